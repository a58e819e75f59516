"""What can be translated: types of things as files call them, their fields, and the columns behind these."""

from dataclasses import dataclass
from typing import TypeAlias

from resolvers.exchange.cells import CellError
from resolvers.exchange.metafields import LINE, LINES, LIST, Metafield, shown, stored
from resolvers.text import plain_text, safe_html

COLUMNS = (
    "Type", "Identification", "Field", "Locale", "Market", "Status", "Default content", "Translated content",
)  # fmt: skip
TYPE, NAMED, FIELD, LOCALE, MARKET, STATUS, DEFAULT, TRANSLATED = COLUMNS


@dataclass(frozen=True)
class TextField:
    """A column with a text; ``plain`` is the column that keeps the same without HTML."""

    name: str
    is_html: bool = False
    plain: str | None = None


_TITLE = {"title": TextField("title")}
_SEO = {"meta_title": TextField("seo_title"), "meta_description": TextField("seo_description")}
_DESCRIBED = {"body_html": TextField("description_html", True, "description")}
_NAME = {"name": TextField("name")}
_ALT = {"alt": TextField("alt")}

FIELDS: dict[str, dict[str, TextField]] = {
    "PRODUCT": {**_TITLE, **_DESCRIBED, "product_type": TextField("product_type"), **_SEO},
    "PRODUCT_OPTION": _NAME,
    "PRODUCT_OPTION_VALUE": _NAME,
    "MEDIA_IMAGE": _ALT,
    "COLLECTION": {**_TITLE, **_DESCRIBED, **_SEO},
    "COLLECTION_IMAGE": _ALT,
    "METAFIELD": {"value": TextField("value")},
    "PAGE": {**_TITLE, "body_html": TextField("body", True, "body_text"), **_SEO},
    "BLOG": {**_TITLE, **_SEO},
    "ARTICLE": {
        **_TITLE,
        "body_html": TextField("content_html", True, "content"),
        "summary_html": TextField("excerpt_html", True, "excerpt"),
        **_SEO,
    },
    "ARTICLE_IMAGE": _ALT,
    "MENU": _TITLE,
    "LINK": _TITLE,
    "METAOBJECT": {},
    "FILTER": {"label": TextField("label")},
    "SHOP": {name: TextField(name) for name in ("description", "slogan", "short_description")},
    "SHOP_POLICY": {**_TITLE, "body": TextField("body", True)},
}
"""By type and field, in the order of exports. The fields of metaobjects are named by their keys."""

KINDS = {
    "PRODUCT": "product",
    "PRODUCT_OPTION": "option",
    "PRODUCT_OPTION_VALUE": "option_value",
    "MEDIA_IMAGE": "media",
    "COLLECTION": "collection",
    "COLLECTION_IMAGE": "media",
    "METAFIELD": "metafield",
    "PAGE": "page",
    "BLOG": "blog",
    "ARTICLE": "article",
    "ARTICLE_IMAGE": "media",
    "MENU": "menu",
    "LINK": "menu_item",
    "METAOBJECT": "metaobject",
    "FILTER": "shop",
    "SHOP": "shop",
    "SHOP_POLICY": "policy",
}
"""What the database calls the types."""

ELSEWHERE = (
    "ONLINE_STORE_",
    "EMAIL_",
    "PACKING_SLIP",
    "PAYMENT_",
    "DELIVERY_",
    "SELLING_PLAN",
    "COOKIE",
)
"""How types begin that other exports have, and that nothing here corresponds to."""

DISPLAY_NAME = "display_name"
"""The column that repeats a metaobject's title."""

DERIVED = {
    (KINDS[type_], field.plain) for type_, fields in FIELDS.items() for field in fields.values() if field.plain
} | {("metaobject", DISPLAY_NAME)}
"""Texts that follow from others and stand in no file, by kind and column."""

_TEXTS = frozenset({LINE, LINES, "rich_text_field", "json", "link", "url"})

Key: TypeAlias = tuple[str, int, str]
"""A text: (kind, id, column)."""


def is_text(type_: str) -> bool:
    """Whether values of a metafield's type are texts; numbers, dates and references are the same in every language."""
    return type_.removeprefix(LIST) in _TEXTS


@dataclass(frozen=True)
class Target:
    """A text of the shop's, which a row translates. ``type`` is that of a metafield or of a metaobject's field."""

    kind: str
    id: int
    field: TextField
    present: str
    type: str | None = None
    is_display_name: bool = False

    @property
    def key(self) -> Key:
        """Which text it is."""
        return self.kind, self.id, self.field.name

    @property
    def keys(self) -> list[Key]:
        """It, and the texts that follow from it."""
        derived = (self.field.plain, DISPLAY_NAME if self.is_display_name else None)
        return [self.key, *((self.kind, self.id, name) for name in derived if name)]

    def texts(self, cell: str) -> dict[Key, str]:
        """What a cell's text makes of it, and of what follows from it. Raises CellError."""
        value = self._value(cell)
        if not value:
            raise CellError("nothing of it can be shown")
        return {key: plain_text(value) if key[2] == self.field.plain else value for key in self.keys}

    def cell(self, value: str) -> str:
        """A value as it stands in a file; `texts` reads it."""
        return shown(Metafield(self.type, value)) if self.type else value

    def is_outdated(self, default: str) -> bool:
        """Whether what was translated is no longer what the shop says."""
        if default == self.cell(self.present).strip():
            return False
        try:
            return self._value(default) != self.present
        except CellError:
            return True

    def _value(self, cell: str) -> str:
        if self.type:
            return stored(self.type, cell).value
        return safe_html(cell) if self.field.is_html else cell
