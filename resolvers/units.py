"""Units of measure, and what a reference quantity costs."""

from fractions import Fraction

from resolvers.amounts import Money

# Each unit: what it measures, and how many of the smallest unit of its system it is.
UNITS: dict[str, tuple[str, Fraction]] = {
    "MG": ("WEIGHT", Fraction(1, 1000)),
    "G": ("WEIGHT", Fraction(1)),
    "KG": ("WEIGHT", Fraction(1000)),
    "OZ": ("WEIGHT", Fraction("28.349523125")),
    "LB": ("WEIGHT", Fraction("453.59237")),
    "ML": ("VOLUME", Fraction(1)),
    "CL": ("VOLUME", Fraction(10)),
    "L": ("VOLUME", Fraction(1000)),
    "M3": ("VOLUME", Fraction(1_000_000)),
    "FLOZ": ("VOLUME", Fraction("29.5735295625")),
    "PT": ("VOLUME", Fraction("473.176473")),
    "QT": ("VOLUME", Fraction("946.352946")),
    "GAL": ("VOLUME", Fraction("3785.411784")),
    "MM": ("LENGTH", Fraction(1)),
    "CM": ("LENGTH", Fraction(10)),
    "M": ("LENGTH", Fraction(1000)),
    "IN": ("LENGTH", Fraction("25.4")),
    "FT": ("LENGTH", Fraction("304.8")),
    "YD": ("LENGTH", Fraction("914.4")),
    "M2": ("AREA", Fraction(1)),
    "FT2": ("AREA", Fraction("0.09290304")),
    "ITEM": ("COUNT", Fraction(1)),
}


def measured_type(unit: str | None) -> str | None:
    """What a unit measures, as the API names it; None without a unit."""
    return None if unit is None else UNITS.get(unit, ("UNKNOWN", Fraction(1)))[0]


def unit_price(
    price: Money, quantity: float | None, unit: str | None, reference: int | None, reference_unit: str | None
) -> Money | None:
    """What the reference quantity costs, rounded half up to a minor unit; None where the units do not compare."""
    if not quantity or not reference or unit not in UNITS or reference_unit not in UNITS:
        return None
    kind, size = UNITS[unit]
    reference_kind, reference_size = UNITS[reference_unit]
    if kind != reference_kind:
        return None
    held = Fraction(str(quantity)) * size
    cost = Fraction(price.amount) * reference * reference_size / held
    return Money(int(cost + Fraction(1, 2)), price.currency)
