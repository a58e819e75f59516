"""From a product's rows to what they say, every cell understood: pure, but for looking up pictures.

A column that the file lacks says nothing, so that what stands is kept; an empty cell says "nothing here".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any, TypeAlias

from db.catalog.products import MAX_VARIANTS
from resolvers.amounts import AmountError, minor_units
from resolvers.exchange import cells
from resolvers.exchange.cells import CellError, same_word
from resolvers.exchange.columns import GOOGLE_COLUMNS, MetafieldKey, google_key, metafield_column
from resolvers.exchange.fields import PRODUCT, VARIANT, Column
from resolvers.exchange.metafields import LIST, Metafield, fallback, is_reference, parts, stored
from resolvers.exchange.pictures import Picture, Pictures
from resolvers.exchange.report import Finding
from resolvers.exchange.setting import Setting
from resolvers.exchange.sheet import Row, Sheet
from resolvers.exchange.states import Price
from resolvers.text import plain_text, safe_html

DEFAULT_OPTION, DEFAULT_VALUE = "Title", "Default Title"


class Keep(Enum):
    """Says that what stands is kept."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True, slots=True)
class Reference:
    """A metafield whose value names other things by handle or SKU."""

    type: str
    names: tuple[str, ...]
    line: int
    column: str


Said: TypeAlias = Metafield | Reference | None
"""What a metafield's cell says; None takes the value away."""


@dataclass(slots=True)
class PictureDraft:
    """A picture that the rows name; None for one that cannot be had, so that the standing one at its place stays."""

    picture: Picture | None
    position: int | None
    alt: str | Keep | None


@dataclass(slots=True)
class VariantDraft:
    """A variant that a row describes; ``fixed`` are prices in markets, None where they are converted."""

    line: int
    options: tuple[str, ...]
    values: dict[str, Any]
    price: int | None
    compare_at: int | Keep | None
    fixed: dict[int, Price | None]
    quantity: int | None
    picture: Picture | Keep | None
    metafields: dict[MetafieldKey, Said]


@dataclass(slots=True)
class ProductDraft:
    """A product that rows describe. ``options`` are (name, linked to), None when the file has no options."""

    handle: str
    line: int
    values: dict[str, Any]
    published: bool | Keep = KEEP
    category: str | Keep | None = KEEP
    tags: list[str] | Keep = KEEP
    options: list[tuple[str, str | Keep | None]] | None = None
    variants: list[VariantDraft] = field(default_factory=list)
    pictures: list[PictureDraft] | Keep = KEEP
    metafields: dict[MetafieldKey, Said] = field(default_factory=dict)
    included: dict[int, bool] = field(default_factory=dict)


Reader: TypeAlias = Callable[[str], Any]


class Drafter:
    """Understands the rows of one file. ``types`` are those of its metafield columns."""

    def __init__(
        self, sheet: Sheet, setting: Setting, pictures: Pictures, types: dict[MetafieldKey, tuple[str, bool]]
    ) -> None:
        self.sheet = sheet
        self.setting = setting
        self.pictures = pictures
        self.types = types
        columns = sheet.columns
        self._product = [column for column in PRODUCT if column.heading in columns]
        self._variant = [column for column in VARIANT if column.heading in columns]
        self._has_options = "Option1 Value" in columns
        words = {same_word(column): column for column in columns}
        self._included, self._priced, self._compared = (
            {
                market.id: words[word]
                for market in setting.markets
                if (word := same_word(f"{what} / {market.name}")) in words
            }
            for what in ("Included", "Price", "Compare At Price")
        )
        self._metafields = [(key, metafield_column(key)) for key in types if metafield_column(key) in columns]
        self._metafields += [(google_key(name), name) for name in GOOGLE_COLUMNS if name in columns]

    def draft(self, handle: str, rows: list[Row]) -> tuple[ProductDraft, list[Finding]]:
        """What the rows say, and what is wrong with them; with a refusal among the findings it is not to be used."""
        return _Drafting(self, handle, rows).run()


class _Drafting:
    """The work on one product's rows."""

    def __init__(self, drafter: Drafter, handle: str, rows: list[Row]) -> None:
        self.by = drafter
        self.sheet, self.setting = drafter.sheet, drafter.setting
        self.handle, self.rows = handle, rows
        self.findings: list[Finding] = []

    def run(self) -> tuple[ProductDraft, list[Finding]]:
        head = next((row for row in self.rows if row.get("Title")), self.rows[0])
        draft = ProductDraft(self.handle, head.line, {})
        for row in self.rows:
            if row.surplus:
                self.refuse(row, "", f"has {row.surplus} cells more than the header: a comma without quotation marks?")
        if len(self.handle) > cells.LONGEST_HANDLE:
            self.refuse(head, "Handle", f"is longer than {cells.LONGEST_HANDLE} characters")
        if self.findings:
            return draft, self.findings
        self._read_head(head, draft)
        if "Image Src" in self.sheet.columns:
            draft.pictures = list(self._read_pictures())
        described = [row for row in self.rows if self._describes_variant(row)]
        if len(described) > MAX_VARIANTS:
            self.refuse(head, "", f"has {len(described):,} variants; {MAX_VARIANTS:,} are the most")
            return draft, self.findings
        if self.by._has_options and described:
            draft.options = self._read_options(described)
        chosen = self._chosen(described, draft.options)
        draft.variants = [self._read_variant(row, values) for row, values in zip(described, chosen, strict=True)]
        self._read_metafields(draft)
        return draft, self.findings

    def refuse(self, row: Row, column: str, reason: str) -> None:
        """Note why the product cannot be imported."""
        self.findings.append(Finding(row.line, self.sheet.heading(column), self.handle, reason))

    def warn(self, row: Row, column: str, reason: str) -> None:
        """Note what was left out."""
        self.findings.append(Finding(row.line, self.sheet.heading(column), self.handle, reason, refused=False))

    def cell(self, row: Row, column: str, reader: Reader, empty: Any = None) -> Any:
        """A cell as ``reader`` understands it; ``empty`` when there is nothing in it, or nothing to understand."""
        text = row.get(column)
        if not text:
            return empty
        try:
            return reader(text)
        except (CellError, AmountError) as error:
            self.refuse(row, column, str(error))
            return empty

    def _describes_variant(self, row: Row) -> bool:
        return any(row.get(column) for column in ("Option1 Value", "Variant Price", "Variant SKU"))

    def _read_head(self, head: Row, draft: ProductDraft) -> None:
        columns = self.sheet.columns
        if head.get("Title"):
            draft.values["title"] = head.get("Title")
        if "Body (HTML)" in columns:
            draft.values["description_html"] = html = safe_html(head.get("Body (HTML)"))
            draft.values["description"] = plain_text(html)
        draft.values |= self._plain(head, self.by._product)
        if "Published" in columns:
            draft.published = self.cell(head, "Published", cells.yes_or_no, KEEP)
        if "Product Category" in columns:
            draft.category = self.cell(head, "Product Category", cells.category)
        if "Tags" in columns:
            draft.tags = cells.tags(head.get("Tags"))
        for market, column in self.by._included.items():
            if head.get(column):
                draft.included[market] = self.cell(head, column, cells.yes_or_no, True)

    def _plain(self, row: Row, columns: list[Column]) -> dict[str, Any]:
        currency = self.setting.currency
        return {
            column.field: self.cell(row, column.heading, partial(column.value, currency=currency), column.empty)
            for column in columns
        }

    def _read_pictures(self) -> Iterator[PictureDraft]:
        has_alt = "Image Alt Text" in self.sheet.columns
        seen: dict[str, PictureDraft] = {}
        for row in self.rows:
            picture = self._picture(row, "Image Src")
            if picture is None:
                continue
            name = row.get("Image Src") if picture is KEEP else picture.source
            alt = row.get("Image Alt Text") or None
            if name in seen:
                first = seen[name]
                first.alt = first.alt or alt
                continue
            found = None if picture is KEEP else picture
            seen[name] = PictureDraft(found, self._position(row), alt if has_alt else KEEP)
        yield from seen.values()

    def _position(self, row: Row) -> int | None:
        try:
            return cells.whole(row.get("Image Position")) if row.get("Image Position") else None
        except CellError as error:
            self.warn(row, "Image Position", f"{error}; the order of the rows counts")
            return None

    def _picture(self, row: Row, column: str) -> Picture | Keep | None:
        """The picture of a cell; one that cannot be had takes nothing away."""
        text = row.get(column)
        try:
            return self.by.pictures.find(text) if text else None
        except CellError as error:
            self.warn(row, column, f"{error}; what stands there stays")
            return KEEP

    def _read_options(self, described: list[Row]) -> list[tuple[str, str | Keep | None]]:
        """Names of the options that are in use, each from the first row that says one."""
        found: list[tuple[str, str | Keep | None]] = []
        for n in (1, 2, 3):
            column, linked = f"Option{n} Name", f"Option{n} Linked To"
            named = next((row for row in self.rows if row.get(column)), None)
            name = " ".join(named.get(column).split()) if named else ""
            for row in described:
                if row.get(column) and same_word(row.get(column)) != same_word(name):
                    self.refuse(
                        row, column, f"says {row.get(column)!r}, but line {named.line if named else 0} {name!r}"
                    )
            if not name:
                name = self._unnamed(described, n)
            if not name:
                continue
            if same_word(name) in {same_word(other) for other, _ in found}:
                self.refuse(described[0], column, f"{name!r} is named twice")
            link = next((row.get(linked) for row in self.rows if row.get(linked)), None)
            found.append((name, link if linked in self.sheet.columns else KEEP))
        return found

    def _unnamed(self, described: list[Row], n: int) -> str:
        """The name of an option that no row names: only the one option of a product without options needs none."""
        valued = next((row for row in described if row.get(f"Option{n} Value")), None)
        if n == 1 and (valued is None or same_word(valued.get("Option1 Value")) == same_word(DEFAULT_VALUE)):
            return DEFAULT_OPTION
        if valued:
            self.refuse(
                valued, f"Option{n} Name", f"is empty, but Option{n} Value says {valued.get(f'Option{n} Value')!r}"
            )
        return ""

    def _chosen(
        self, described: list[Row], options: list[tuple[str, str | Keep | None]] | None
    ) -> list[tuple[str, ...]]:
        """Each variant's option values, in the spelling that came first."""
        if options is None:
            return [()] * len(described)
        used = [n for n in (1, 2, 3) if self._in_use(described, n)]
        spellings: list[dict[str, str]] = [{} for _ in used]
        lines: dict[tuple[str, ...], int] = {}
        found = []
        for row in described:
            chosen = []
            for n, spelling in zip(used, spellings, strict=True):
                value = " ".join(row.get(f"Option{n} Value").split())
                is_default = same_word(value) == same_word(DEFAULT_VALUE)
                if is_default or (not value and len(used) == 1 and len(described) == 1):
                    value = DEFAULT_VALUE
                if not value:
                    self.refuse(row, f"Option{n} Value", "is empty, but the product has this option")
                chosen.append(spelling.setdefault(same_word(value), value))
            values = tuple(chosen)
            if values in lines:
                self.refuse(row, "Option1 Value", f"{' / '.join(values)!r} stands on line {lines[values]} already")
            lines.setdefault(values, row.line)
            found.append(values)
        return found

    def _in_use(self, described: list[Row], n: int) -> bool:
        return n == 1 or any(row.get(f"Option{n} Name") for row in self.rows)

    def _read_variant(self, row: Row, options: tuple[str, ...]) -> VariantDraft:
        columns = self.sheet.columns
        for column in ("Variant SKU", "Variant Barcode"):
            if cells.looks_shortened(row.get(column)):
                self.warn(row, column, "looks shortened by a spreadsheet")
        return VariantDraft(
            line=row.line,
            options=options,
            values=self._plain(row, self.by._variant),
            price=self._price(row),
            compare_at=(
                self._amount(row, "Variant Compare At Price", self.setting.primary.currency_code)
                if "Variant Compare At Price" in columns
                else KEEP
            ),
            fixed=self._fixed(row),
            quantity=self.cell(row, "Variant Inventory Qty", cells.pieces),
            picture=self._picture(row, "Variant Image") if "Variant Image" in columns else KEEP,
            metafields={},
        )

    def _amount(self, row: Row, column: str, currency: str) -> int | None:
        found: int | None = self.cell(row, column, lambda text: minor_units(text, currency))
        return found

    def _price(self, row: Row) -> int | None:
        if "Variant Price" not in self.sheet.columns:
            return None
        if not row.get("Variant Price"):
            self.refuse(row, "Variant Price", "is empty")
        return self._amount(row, "Variant Price", self.setting.primary.currency_code)

    def _fixed(self, row: Row) -> dict[int, Price | None]:
        """Prices that the row fixes in markets other than the primary."""
        found: dict[int, Price | None] = {}
        for market in self.setting.markets:
            column, compared = self.by._priced.get(market.id), self.by._compared.get(market.id)
            if market.is_primary or not column:
                continue
            amount = self._amount(row, column, market.currency_code)
            compare_at = self._amount(row, compared, market.currency_code) if compared else None
            if amount is None and compare_at is not None and compared:
                self.warn(row, compared, f"is left out, because {column} is empty")
            found[market.id] = None if amount is None else Price(amount, compare_at, is_fixed=True)
        return found

    def _read_metafields(self, draft: ProductDraft) -> None:
        variants = {variant.line: variant for variant in draft.variants}
        for key, column in self.by._metafields:
            if key[0] == "variant":
                for row in self.rows:
                    if row.line in variants:
                        variants[row.line].metafields[key] = self._metafield(row, column, key)
                continue
            said = [row for row in self.rows if row.get(column)]
            draft.metafields[key] = self._metafield(said[0], column, key) if said else None
            for row in said[1:]:
                if row.get(column) != said[0].get(column):
                    self.warn(row, column, f"differs from line {said[0].line}, which counts")

    def _metafield(self, row: Row, column: str, key: MetafieldKey) -> Said:
        text = row.get(column)
        if not text:
            return None
        type_, is_inferred = self.by.types.get(key, ("single_line_text_field", True))
        if is_reference(type_):
            names = parts(text) if type_.startswith(LIST) else [text]
            return Reference(type_, tuple(names), row.line, self.sheet.heading(column))
        try:
            return stored(type_, text)
        except CellError as error:
            if is_inferred:
                return fallback(text)
            self.refuse(row, column, f"{error} (the type of this metafield is {type_})")
            return None
