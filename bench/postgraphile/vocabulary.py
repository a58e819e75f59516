"""The five questions as PostGraphile's schema puts them, and its answers in the words of everybody else's.

It fetches the same facts. What it leaves to whoever asks, and the other servers do themselves: amounts written with a
decimal point, global ids, a line's total.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench.questions import ADD, DETAIL, LARGE, LISTING, TINY, Question

Answer = dict[str, Any]

DOCUMENTS = {
    LISTING: """query Listing($first: Int!, $after: Cursor) {
  allProducts(first: $first, after: $after) {
    nodes {
      rowId handle title vendor
      minimumPrice maximumPrice currencyCode
      images(first: 1, orderBy: [POSITION_ASC, PRIMARY_KEY_ASC]) { nodes { url altText width height } }
      variants(first: 3, orderBy: [POSITION_ASC, PRIMARY_KEY_ASC]) { nodes { rowId title amount currencyCode } }
      ratingAverage ratingCount
    }
    pageInfo { hasNextPage endCursor }
  }
}""",
    DETAIL: """query Detail($handle: String!) {
  productByHandle(handle: $handle) {
    rowId handle title vendor productType descriptionHtml
    minimumPrice maximumPrice currencyCode
    images(first: 20, orderBy: [POSITION_ASC, PRIMARY_KEY_ASC]) { nodes { url altText width height } }
    variants(first: 100, orderBy: [POSITION_ASC, PRIMARY_KEY_ASC]) {
      nodes { rowId title sku availableForSale amount compareAtAmount currencyCode }
    }
    ratingAverage ratingCount
    reviews(first: 10, orderBy: [CREATED_AT_DESC, PRIMARY_KEY_DESC]) {
      nodes { rowId rating title body author createdAt }
    }
  }
}""",
    TINY: "{ shop { name } }",
    LARGE: """query Large($first: Int!, $after: Cursor) {
  allProducts(first: $first, after: $after) {
    nodes {
      rowId handle title
      variants(first: 3, orderBy: [POSITION_ASC, PRIMARY_KEY_ASC]) { nodes { rowId title amount currencyCode } }
      images(first: 2, orderBy: [POSITION_ASC, PRIMARY_KEY_ASC]) { nodes { url altText } }
    }
    pageInfo { hasNextPage endCursor }
  }
}""",
    ADD: """mutation Add($token: String!, $variants: [BigInt]!, $quantities: [Int]!) {
  cartLinesAdd(input: { token: $token, variants: $variants, quantities: $quantities }) {
    addition {
      cart {
        token totalQuantity totalAmount currencyCode
        lines(first: 10, orderBy: [PRIMARY_KEY_DESC]) {
          nodes { key quantity merchandise { rowId title amount currencyCode } }
        }
      }
      warnings
    }
  }
}""",
}


def variables(question: Question, given: dict[str, Any]) -> dict[str, Any]:
    """The variables of a question as its document here takes them."""
    if question != ADD:
        return given
    lines = given["lines"]
    return {
        "token": _key(given["cart"]),
        "variants": [_key(line["merchandiseId"]) for line in lines],
        "quantities": [line["quantity"] for line in lines],
    }


def answer(question: Question, data: Answer) -> Answer:
    """Its answer in the shape and the order of the question."""
    return _SHAPES[question](data)


def _key(gid: str) -> str:
    return gid.rsplit("/", 1)[-1]


def _money(amount: str | None, currency: str) -> Answer | None:
    if amount is None:
        return None
    whole, hundredths = divmod(int(amount), 100)
    decimals = f"{hundredths:02d}"
    return {"amount": f"{whole}.{decimals.removesuffix('0')}" if hundredths else f"{whole}.0", "currencyCode": currency}


def _range(product: Answer) -> Answer:
    currency = product["currencyCode"]
    return {
        "minVariantPrice": _money(product["minimumPrice"], currency),
        "maxVariantPrice": _money(product["maximumPrice"], currency),
    }


def _rating(product: Answer) -> Answer:
    mean = product["ratingAverage"]
    return {"average": None if mean is None else round(mean, 2), "count": product["ratingCount"]}


def _named(kind: str, row: Answer, *fields: str) -> Answer:
    return {"id": f"gid://shopify/{kind}/{row['rowId']}", **{field: row[field] for field in fields}}


def _priced(variant: Answer) -> Answer:
    price = _money(variant["amount"], variant["currencyCode"])
    return {**_named("ProductVariant", variant, "title"), "price": price}


def _nodes(connection: Answer, shape: Callable[[Answer], Answer]) -> Answer:
    return {"nodes": [shape(node) for node in connection["nodes"]]}


def _listing(data: Answer) -> Answer:
    def shape(product: Answer) -> Answer:
        return {
            **_named("Product", product, "handle", "title", "vendor"),
            "priceRange": _range(product),
            "featuredImage": next(iter(product["images"]["nodes"]), None),
            "variants": _nodes(product["variants"], _priced),
            "rating": _rating(product),
        }

    products = data["allProducts"]
    return {"products": {**_nodes(products, shape), "pageInfo": products["pageInfo"]}}


def _detail(data: Answer) -> Answer:
    def variant(row: Answer) -> Answer:
        currency = row["currencyCode"]
        return {
            **_named("ProductVariant", row, "title", "sku", "availableForSale"),
            "price": _money(row["amount"], currency),
            "compareAtPrice": _money(row["compareAtAmount"], currency),
        }

    def review(row: Answer) -> Answer:
        written = datetime.fromisoformat(row["createdAt"]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {**_named("Review", row, "rating", "title", "body", "author"), "createdAt": written}

    product = data["productByHandle"]
    fields = ("handle", "title", "vendor", "productType", "descriptionHtml")
    return {
        "product": {
            **_named("Product", product, *fields),
            "priceRange": _range(product),
            "images": product["images"],
            "variants": _nodes(product["variants"], variant),
            "rating": _rating(product),
            "reviews": _nodes(product["reviews"], review),
        }
    }


def _large(data: Answer) -> Answer:
    def shape(product: Answer) -> Answer:
        variants = _nodes(product["variants"], _priced)
        return {**_named("Product", product, "handle", "title"), "variants": variants, "images": product["images"]}

    products = data["allProducts"]
    return {"products": {**_nodes(products, shape), "pageInfo": products["pageInfo"]}}


def _add(data: Answer) -> Answer:
    def line(row: Answer) -> Answer:
        variant = row["merchandise"]
        total = _money(str(int(variant["amount"]) * row["quantity"]), variant["currencyCode"])
        shown = {"id": f"gid://shopify/CartLine/{row['key']}", "quantity": row["quantity"]}
        return {**shown, "merchandise": _priced(variant), "cost": {"totalAmount": total}}

    addition = data["cartLinesAdd"]["addition"]
    cart = addition["cart"]
    shown = {
        "id": f"gid://shopify/Cart/{cart['token']}",
        "totalQuantity": cart["totalQuantity"],
        "cost": {"totalAmount": _money(cart["totalAmount"], cart["currencyCode"])},
        "lines": _nodes(cart["lines"], line),
    }
    warnings = [{"code": "MERCHANDISE_NOT_ENOUGH_STOCK", "message": message} for message in addition["warnings"]]
    return {"cartLinesAdd": {"cart": shown, "userErrors": [], "warnings": warnings}}


_SHAPES = {LISTING: _listing, DETAIL: _detail, TINY: lambda data: data, LARGE: _large, ADD: _add}
