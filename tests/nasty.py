"""A small shop whose texts are as awkward as texts can be; another one for every seed."""

import csv
import io
import random
from typing import Any

from resolvers.exchange.outgoing.documents import document
from resolvers.exchange.outgoing.toml import toml
from tests.exchanging import SHOP

PIECES = (
    '"',
    "'",
    "'''",
    '"""',
    "+++",
    "\n+++\n",
    "é",
    "e\u0301",
    "日本",
    "\u2028",
    "\u0085",
    "\r\n",
    "\r",
    "\n\n",
    "\\",
    "\\n",
    "<b>",
    "</p>",
    "&amp;",
    "&",
    "{{",
    ";",
    "; ",
    ",",
    ":",
    "#",
    "\t",
    "\x0b",
    "\x7f",
    "\x1c",
    "😀",
    "word",
    "two words",
    " ",
    "\u00a0",
    "[",
    "]",
    "=",
    "true",
    "1",
    "\ufeff",
    "İ",
    "ß",
    "gid://shopify/Nothing/",
    "-",
    "../",
    "%",
    "$",
    "<script>x</script>",
)
LINE_PIECES = [piece for piece in PIECES if not {"\n", "\r"} & set(piece)]
HANDLES = ("über-uns", "日本", "a_b", "x" * 120, "-", "con", "a-b", "ñ", "007", "true")
OWNED = {
    "tint": "color",
    "line": "single_line_text_field",
    "lines": "multi_line_text_field",
    "list": "list.single_line_text_field",
    "count": "number_integer",
    "share": "number_decimal",
    "is": "boolean",
    "data": "json",
    "height": "dimension",
    "product": "product_reference",
    "products": "list.product_reference",
    "variant": "variant_reference",
    "collection": "collection_reference",
    "page": "page_reference",
    "article": "list.article_reference",
    "metaobject": "metaobject_reference",
    "picture": "file_reference",
    "pictures": "list.file_reference",
}


class Nasty:
    """The files of one shop, by path."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.handles = list(HANDLES)
        self.random.shuffle(self.handles)
        self.files: dict[str, str] = {"shop.toml": self.shop()}
        self.files["products.csv"] = self.products()
        self.files["collections.csv"] = self.collections()
        self.files["reviews.csv"] = self.reviews()
        self.files["quantity_rules.csv"] = self.table(
            [{"SKU": "S, 0", "Minimum": "2", "Maximum": "", "Increment": "2", "Price Breaks": "4: 3.50; 10: 3.00"}]
        )
        self.files["inventory.csv"] = self.table(
            [
                {"Handle": "mug", "SKU": "S, 0", "Shop": "3", "Store": "not stocked"},
                {"Handle": "mug", "SKU": "S, 1", "Shop": "not stocked", "Store": "-2"},
            ]
        )
        self.content()

    def text(self) -> str:
        """Any text; it begins and ends with a letter, because files are trimmed."""
        return "a" + "".join(self.random.choices(PIECES, k=self.random.randint(0, 12))) + "z"

    def line(self) -> str:
        """The same without line breaks."""
        return "a" + "".join(self.random.choices(LINE_PIECES, k=4)) + "z"

    def maybe(self, value: Any) -> Any:
        """The value, or nothing."""
        return value if self.random.random() < 0.6 else None

    def table(self, rows: list[dict[str, str]]) -> str:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, restval="", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def shop(self) -> str:
        """The bench's shop file, with texts and definitions of our own."""
        definitions = [
            {"owner": owner, "namespace": "custom", "key": key, "type": kind, "name": self.text()}
            for owner in ("page", "blog", "article", "product")
            for key, kind in OWNED.items()
            if (owner, key) != ("product", "height") and not (owner == "product" and "file" in kind)
        ]
        metafields = [
            {"namespace": "odd ns", "key": "a", "type": "multi_line_text_field", "value": self.text()},
            {"namespace": "custom", "key": "b", "type": "json", "value": '{"a": "\\"' + "'" + '"}', "description": "x"},
        ]
        policies = {
            "refund": {"title": "Refund!", "body": self.text()},
            "odd.kind": {"title": "Odd", "body": self.text()},
        }
        filters = [
            {"by": "availability", "label": self.text()},
            {"by": "option", "name": self.text(), "presentation": "swatch", "order": "merchant"},
            {"by": "product_metafield", "key": "line"},
        ]
        extra = {
            "filters": self.maybe(filters),
            "synonyms": self.maybe(
                [{"words": ["it's", 'a "b"', "Ä-ö"], "language": "pt-BR"}, {"words": ["x\\y", "z"]}]
            ),
            "metafields": metafields,
            "definitions": definitions,
            "policies": policies,
            "brand": {"slogan": self.text(), "colors": {"odd key": [{"a": self.text(), "b": [1, [2.5, "x"]]}]}},
        }
        changed = SHOP.replace('"Test Bench"', toml({"x": self.text()}).removeprefix("x = ").strip())
        return changed + f"{toml({'swatches': {self.text(): '#ffffff'}}).removeprefix('[swatches]')}\n" + toml(extra)

    def metafields(self) -> dict[str, Any]:
        """Something of everything, for the head of a page, a blog or an article."""
        said = {
            "tint": "#12ab34",
            "line": self.line(),
            "lines": self.text(),
            "list": [f"{n}; \"'é" for n in range(self.random.randint(1, 3))],
            "count": self.random.choice([0, -7, 12345678901]),
            "share": self.random.choice(["1.50", "-0.1"]),
            "is": self.random.random() < 0.5,
            "data": '{"a": [1, "\\u00e9"]}',
            "height": "9.5 cm",
            "product": "jug",
            "products": ["mug", "jug"],
            "variant": "S, 1",
            "collection": "by-hand",
            "page": self.handles[0],
            "article": [f"{self.handles[1]}/{self.handles[2]}"],
            "metaobject": "odd.type/odd handle / x",
            "picture": "https://cdn.example/a%20b;c.png",
            "pictures": ["https://cdn.example/1;2.png", "https://cdn.example/3.png"],
        }
        return {key: value for key, value in said.items() if self.random.random() < 0.7}

    def products(self) -> str:
        rows = []
        for n, handle in enumerate(("mug", "jug", *self.handles[:3])):
            rows.append(
                {
                    "Handle": handle,
                    "Title": self.text(),
                    "Body (HTML)": self.text(),
                    "Tags": f"t{n}, é",
                    "Vendor": self.text(),
                    "Option1 Name": "Size, \"'",
                    "Option1 Value": "S;",
                    "Variant SKU": f"S, {2 * n}",
                    "Variant Price": "18.00",
                    "Variant Inventory Qty": "3",
                    "Variant Inventory Tracker": "shopify",
                    "SEO Title": self.maybe(self.text()) or "",
                    "Published": self.random.choice(["true", "false"]),
                    "Status": self.random.choice(["active", "draft"]),
                    "Line (product.metafields.custom.lines)": self.text(),
                    "Page (product.metafields.custom.page)": self.handles[0],
                    "Article (product.metafields.custom.article)": f"{self.handles[1]}/{self.handles[2]}",
                    "Odd (product.metafields.odd.guess)": self.text(),
                }
            )
            rows.append(
                {
                    "Handle": handle,
                    "Option1 Value": self.text().replace("\n", " "),
                    "Variant SKU": f"S, {2 * n + 1}",
                    "Variant Price": "7.50",
                    "Price / Japan": "1200" if n % 2 else "",
                }
            )
        return self.table(rows)

    def collections(self) -> str:
        odd, tint = "Odd (collection.metafields.odd.guess)", "(collection.metafields.custom.lines)"
        return self.table(
            [
                {
                    "Handle": "by-hand",
                    "Title": self.text(),
                    "Sort Order": "manual",
                    "Products": "jug;mug",
                    "Body (HTML)": self.text(),
                    odd: self.text(),
                    tint: "x",
                    "Image Src": "https://cdn.example/c.png",
                    "Image Alt Text": self.text(),
                },
                {
                    "Handle": "by-rule",
                    "Title": self.text(),
                    "Sort Order": "price-asc",
                    "Published": "false",
                    "Rules": "any: title contains z; variant_price less_than 50; tag is_set",
                },
            ]
        )

    def reviews(self) -> str:
        return self.table(
            [
                {
                    "Product Handle": handle,
                    "Rating": "4",
                    "Title": self.text(),
                    "Body": self.text(),
                    "Author": self.text(),
                    "Created At": f"2026-02-1{n}T10:00:00.00000{n}Z",
                    "Status": self.random.choice(["published", "pending"]),
                }
                for n, handle in enumerate(("mug", "mug", "jug"))
            ]
        )

    def content(self) -> None:
        for n, handle in enumerate(self.handles[:4]):
            self.files[f"content/pages/{handle}.html"] = document(
                self.head() | {"published": n != 1 or None}, self.html()
            )
        blog = f"content/blogs/{self.handles[1]}"
        self.files[f"{blog}/blog.toml"] = toml({"title": self.text(), "metafields": {"custom": self.metafields()}})
        for handle in self.handles[2:5]:
            head = self.head() | {
                "author": self.text(),
                "author_bio": self.maybe(self.text()),
                "tags": ["É", self.text()],
                "excerpt": self.maybe(self.html()),
                "image": self.maybe(f"https://cdn.example/{self.random.random()}.png"),
                "image_alt": self.text(),
            }
            self.files[f"{blog}/{handle}.html"] = document(head, self.html())
        self.files["content/metaobjects/odd.type.toml"] = self.metaobjects()
        self.files["content/menus.toml"] = toml({"menus": [self.menu(n) for n in range(2)]})
        self.files["content/redirects.csv"] = self.table(
            [{"Redirect from": f"/{self.text()}{n}", "Redirect to": f"/{self.text()}"} for n in range(4)]
        )

    def head(self) -> dict[str, Any]:
        seo = {"title": self.maybe(self.text()), "description": self.maybe(self.text())}
        return {"title": self.text(), "seo": seo, "metafields": {"custom": self.metafields()}}

    def html(self) -> str:
        return self.random.choice(["", f"<p>{self.text()}</p>\n+++\n<p>{self.text()}</p>", self.text()])

    def metaobjects(self) -> str:
        fields = OWNED | {"odd key": "multi_line_text_field"}
        entries = [
            {
                "handle": handle,
                "published": n != 1 or None,
                "odd key": self.maybe(self.text()),
                "line": self.line(),
                "metaobject": f"odd.type/{'odd handle / x' if n else 'b'}",
                "page": self.handles[0],
                "count": "7",
                "lines": self.text(),
                "article": f"{self.handles[1]}/{self.handles[2]}; {self.handles[1]}/{self.handles[3]}",
                "products": "mug; jug",
                "pictures": "https://cdn.example/m.png; https://cdn.example/c.png",
                "list": '["a; b", "c"]',
                "height": "1 m",
            }
            for n, handle in enumerate(("odd handle / x", "b", "B", self.text()))
        ]
        return toml({"name": self.text(), "title": "line", "fields": fields, "entries": entries})

    def menu(self, number: int) -> dict[str, Any]:
        places = [
            "/",
            "search",
            "account",
            "collections",
            "collections/all",
            "collections/by-hand",
            "products/mug",
            f"pages/{self.handles[1]}",
            f"blogs/{self.handles[1]}",
            f"blogs/{self.handles[1]}/{self.handles[2]}",
            "policies/refund",
            "metaobjects/odd.type/odd handle / x",
            "https://x.example/?a=b&c='\"",
            "tel:+1",
        ]

        def items(level: int) -> list[dict[str, Any]] | None:
            if level > 3:
                return None
            return [
                {
                    "title": self.text(),
                    "to": self.random.choice(places),
                    "tags": self.maybe([self.text(), "x"]),
                    "items": items(level + 1) if self.random.random() < 0.6 else None,
                }
                for _ in range(3)
            ]

        return {"handle": f"Menu {number} {self.text()}", "title": self.text(), "items": items(1)}
