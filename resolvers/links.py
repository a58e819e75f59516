"""Where things of the shop are on the web."""

from db.catalog import CollectionRow, ProductRow
from resolvers.context import Context
from resolvers.shop import the_shop


async def address(context: Context, path: str) -> str:
    """A page of the online shop, by its path without a leading slash."""
    return f"https://{(await the_shop(context)).domain}/{path}"


async def product_page(context: Context, product: ProductRow) -> str:
    """The page of a product in the online shop."""
    return await address(context, f"products/{product.handle}")


async def collection_page(context: Context, collection: CollectionRow) -> str:
    """The page of a collection in the online shop."""
    return await address(context, f"collections/{collection.handle}")


async def policy_page(context: Context, handle: str) -> str:
    """The page of one of the shop's legal texts."""
    return await address(context, f"policies/{handle}")
