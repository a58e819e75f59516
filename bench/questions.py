"""The five questions, word for word what every server is asked that speaks the same schema."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Question:
    """One operation, how many connections ask it at once, and for a list how many products a page holds."""

    key: str
    title: str
    query: str
    connections: int = 16
    page_size: int | None = None


LISTING = Question(
    "Q1",
    "listing: 20 products, price range, first image, 3 variants with price, rating",
    """query Listing($first: Int!, $after: String) {
  products(first: $first, after: $after) {
    nodes {
      id handle title vendor
      priceRange { minVariantPrice { amount currencyCode } maxVariantPrice { amount currencyCode } }
      featuredImage { url altText width height }
      variants(first: 3) { nodes { id title price { amount currencyCode } } }
      rating { average count }
    }
    pageInfo { hasNextPage endCursor }
  }
}""",
    page_size=20,
)

DETAIL = Question(
    "Q2",
    "detail: a product by handle, its variants, images, up to 10 reviews with author",
    """query Detail($handle: String!) {
  product(handle: $handle) {
    id handle title vendor productType descriptionHtml
    priceRange { minVariantPrice { amount currencyCode } maxVariantPrice { amount currencyCode } }
    images(first: 20) { nodes { url altText width height } }
    variants(first: 100) {
      nodes {
        id title sku availableForSale
        price { amount currencyCode } compareAtPrice { amount currencyCode }
      }
    }
    rating { average count }
    reviews(first: 10) { nodes { id rating title body author createdAt } }
  }
}""",
)

TINY = Question("Q3", "tiny: { shop { name } }", "{ shop { name } }")

LARGE = Question(
    "Q4",
    "large: 250 products, 3 variants and 2 images each",
    """query Large($first: Int!, $after: String) {
  products(first: $first, after: $after) {
    nodes {
      id handle title
      variants(first: 3) { nodes { id title price { amount currencyCode } } }
      images(first: 2) { nodes { url altText } }
    }
    pageInfo { hasNextPage endCursor }
  }
}""",
    connections=4,
    page_size=250,
)

ADD = Question(
    "Q5",
    "add a line to a cart, and read the cart",
    """mutation Add($cart: ID!, $lines: [CartLineInput!]!) {
  cartLinesAdd(cartId: $cart, lines: $lines) {
    cart {
      id totalQuantity
      cost { totalAmount { amount currencyCode } }
      lines(first: 10) {
        nodes {
          id quantity
          merchandise { ... on ProductVariant { id title price { amount currencyCode } } }
          cost { totalAmount { amount currencyCode } }
        }
      }
    }
    userErrors { code field message }
    warnings { code message }
  }
}""",
)

LISTING_AGAIN = Question("C1", "cached: the listing's first page, again and again", LISTING.query)
DETAIL_AGAIN = Question("C2", "cached: the same product's detail, again and again", DETAIL.query)

QUESTIONS = (LISTING, DETAIL, TINY, LARGE, ADD)
CACHED = (LISTING_AGAIN, DETAIL_AGAIN)


def samples(question: Question, products: int, breadth: int) -> list[dict[str, Any]]:
    """What to ask for, at most about ``breadth`` different things; for a list only its first page."""
    if question.page_size is not None:
        return [{"first": question.page_size, "after": None}]
    if question == LISTING_AGAIN:
        return [{"first": LISTING.page_size, "after": None}]
    if question == DETAIL_AGAIN:
        return [{"handle": "product-1"}]
    if question == DETAIL:
        return [{"handle": f"product-{1 + n * products // breadth}"} for n in range(breadth)]
    if question == ADD:
        # Three lines a cart, as carts are; those that follow one another belong to different carts.
        carts = range(1, min(breadth, 100, products) + 1)
        return [
            {
                "cart": f"gid://shopify/Cart/bench-cart-{cart}",
                "lines": [{"merchandiseId": f"gid://shopify/ProductVariant/{cart * 3 - 3 + variant}", "quantity": 1}],
            }
            for variant in (1, 2, 3)
            for cart in carts
        ]
    return [{}]
