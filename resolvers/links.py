"""Where things of the shop are on the web."""

from db.catalog import CollectionRow, ProductRow
from resolvers.context import Context
from resolvers.shop import the_shop


async def product_page(context: Context, product: ProductRow) -> str:
    """The page of a product in the online shop."""
    return f"https://{(await the_shop(context)).domain}/products/{product.handle}"


async def collection_page(context: Context, collection: CollectionRow) -> str:
    """The page of a collection in the online shop."""
    return f"https://{(await the_shop(context)).domain}/collections/{collection.handle}"


async def policy_page(context: Context, handle: str) -> str:
    """The page of one of the shop's legal texts."""
    return f"https://{(await the_shop(context)).domain}/policies/{handle}"
