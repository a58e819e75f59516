"""The columns that hold one plain value of a product or a variant: how each is read, kept and written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from resolvers.amounts import amount_text, minor_units
from resolvers.exchange import cells


@dataclass(frozen=True, slots=True)
class Column:
    """``field`` names the row's column; ``empty`` is what an empty cell says, and what something new has."""

    heading: str
    field: str
    read: Callable[[str], Any] = str
    show: Callable[[Any], str] = str
    empty: Any = None
    is_money: bool = False
    """Whether it is an amount in the shop's currency, which then says how it is read and written."""

    def value(self, text: str, currency: str) -> Any:
        """What a cell with something in it says. Raises `CellError`, `AmountError`."""
        return minor_units(text, currency) if self.is_money else self.read(text)

    def cell(self, value: Any, currency: str) -> str:
        """The cell that says a value."""
        if value is None:
            return ""
        return amount_text(value, currency) if self.is_money else self.show(value)


PRODUCT = (
    Column("Vendor", "vendor", empty=""),
    Column("Type", "product_type", empty=""),
    Column("Gift Card", "is_gift_card", cells.yes_or_no, cells.truth_text, False),
    Column("SEO Title", "seo_title"),
    Column("SEO Description", "seo_description"),
    Column("Status", "status", cells.status, empty="active"),
)
VARIANT = (
    Column("Variant SKU", "sku", cells.code, cells.code_text),
    Column("Variant Grams", "grams", cells.measure, cells.number_text),
    Column("Variant Inventory Tracker", "inventory_tracker"),
    Column("Variant Inventory Policy", "inventory_policy", cells.policy, empty="deny"),
    Column("Variant Fulfillment Service", "fulfillment_service", empty="manual"),
    Column("Variant Requires Shipping", "requires_shipping", cells.yes_or_no, cells.truth_text, True),
    Column("Variant Taxable", "taxable", cells.yes_or_no, cells.truth_text, True),
    Column("Unit Price Total Measure", "unit_quantity", cells.measure, cells.number_text),
    Column("Unit Price Total Measure Unit", "unit_quantity_unit", cells.measure_unit, str.lower),
    Column("Unit Price Base Measure", "unit_reference", cells.whole),
    Column("Unit Price Base Measure Unit", "unit_reference_unit", cells.measure_unit, str.lower),
    Column("Variant Barcode", "barcode", cells.code, cells.code_text),
    Column("Variant Weight Unit", "weight_unit", cells.weight_unit, empty="g"),
    Column("Variant Tax Code", "tax_code"),
    Column("Cost per item", "cost_amount", is_money=True),
)

NEW_PRODUCT: dict[str, Any] = {
    "description": "",
    "description_html": "",
    "published_at": None,
    **{column.field: column.empty for column in PRODUCT},
}
"""What a new product says as long as no file says otherwise; only its title has no default."""

NEW_VARIANT: dict[str, Any] = {column.field: column.empty for column in VARIANT}
