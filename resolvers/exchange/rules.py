"""Which products a collection's rules find: a pure function over a product's state."""

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from resolvers.amounts import exponent
from resolvers.exchange.setting import Setting
from resolvers.exchange.states import Product
from resolvers.text import fold

TEXT_COLUMNS = frozenset({"title", "type", "vendor", "tag", "variant_title", "category"})
NUMBER_COLUMNS = frozenset({"variant_price", "variant_compare_at_price", "variant_inventory", "variant_weight"})
COLUMNS = TEXT_COLUMNS | NUMBER_COLUMNS
RELATIONS = frozenset(
    "equals not_equals greater_than less_than starts_with ends_with contains not_contains is_set is_not_set".split()  # noqa: SIM905 - reads as a list
)


class RuleError(ValueError):
    """A rule that cannot be understood; the message says which part."""


def parse_rules(text: str) -> dict[str, Any] | None:
    """Rules as a cell says them, such as ``all: tag equals linen; variant_price less_than 50``; None for an empty cell.

    Raises `RuleError`.
    """
    if not text:
        return None
    match, mark, rest = text.partition(":")
    match = match.strip().casefold()
    if not mark or match not in ("all", "any"):
        raise RuleError(f"{text!r} does not begin with 'all:' or 'any:'")
    rules = [_rule(part.strip()) for part in rest.split(";") if part.strip()]
    if not rules:
        raise RuleError(f"{text!r} has no rule")
    return {"match": match, "rules": rules}


def _rule(text: str) -> dict[str, str]:
    column, relation, value = (*text.split(None, 2), "", "", "")[:3]
    if column not in COLUMNS:
        raise RuleError(f"{column!r} in {text!r} is not a column; these are: {', '.join(sorted(COLUMNS))}")
    if relation not in RELATIONS:
        raise RuleError(f"{relation!r} in {text!r} is not a relation; these are: {', '.join(sorted(RELATIONS))}")
    if relation not in ("is_set", "is_not_set") and not value:
        raise RuleError(f"{text!r} says nothing to compare with")
    if column in NUMBER_COLUMNS and value:
        _number(value)
    return {"column": column, "relation": relation, "value": value}


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise RuleError(f"{text!r} is not a number") from None


def collections_of(product: Product, setting: Setting) -> set[int]:
    """Ids of the collections whose rules the product meets."""
    return {
        collection.id for collection in setting.ruled if collection.rules and meets(product, collection.rules, setting)
    }


def meets(product: Product, rules: dict[str, Any], setting: Setting) -> bool:
    """Whether a product meets the rules. One about variants is met when any variant meets it.

    Texts compare without case and accents; prices are those of the primary market, in its currency; stock is over all
    locations; weights are grams.
    """
    outcomes = (_meets_rule(product, rule, setting) for rule in rules["rules"])
    return all(outcomes) if rules["match"] == "all" else any(outcomes)


def _meets_rule(product: Product, rule: dict[str, str], setting: Setting) -> bool:
    column, relation, value = rule["column"], rule["relation"], rule["value"]
    if column in TEXT_COLUMNS:
        return _compare([fold(text) for text in _texts(product, column) if text], relation, fold(value), _TEXT)
    wanted = _number(value) if value else Decimal(0)
    return _compare(_numbers(product, column, setting), relation, wanted, _NUMBER)


def _texts(product: Product, column: str) -> Iterable[str]:
    match column:
        case "title":
            return [product.values["title"]]
        case "type":
            return [product.values["product_type"]]
        case "vendor":
            return [product.values["vendor"]]
        case "category":
            return [product.category or ""]
        case "tag":
            return product.tags
        case _:
            return [variant.title for variant in product.variants]


def _numbers(product: Product, column: str, setting: Setting) -> list[Decimal]:
    primary = setting.primary
    prices = [variant.prices[primary.id] for variant in product.variants if (primary.id) in variant.prices]
    unit = Decimal(10) ** -exponent(primary.currency_code)
    match column:
        case "variant_price":
            return [price.amount * unit for price in prices]
        case "variant_compare_at_price":
            return [price.compare_at * unit for price in prices if price.compare_at is not None]
        case "variant_inventory":
            return [Decimal(variant.stock or 0) for variant in product.variants]
        case _:
            return [Decimal(str(v.values["grams"])) for v in product.variants if v.values["grams"] is not None]


_TEXT: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda has, value: has == value,
    "starts_with": lambda has, value: has.startswith(value),
    "ends_with": lambda has, value: has.endswith(value),
    "contains": lambda has, value: value in has,
    "greater_than": lambda has, value: has > value,
    "less_than": lambda has, value: has < value,
}
_NUMBER: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda has, value: has == value,
    "greater_than": lambda has, value: has > value,
    "less_than": lambda has, value: has < value,
    "starts_with": lambda has, value: str(has).startswith(str(value)),
    "ends_with": lambda has, value: str(has).endswith(str(value)),
    "contains": lambda has, value: str(value) in str(has),
}


def _compare(has: list[Any], relation: str, value: Any, how: dict[str, Callable[[Any, Any], bool]]) -> bool:
    """Whether any of the values a product has stands in the relation; the negated relations ask that none does."""
    match relation:
        case "is_set":
            return bool(has)
        case "is_not_set":
            return not has
        case "not_equals" | "not_contains":
            return not any(how[relation.removeprefix("not_")](item, value) for item in has)
        case _:
            return any(how[relation](item, value) for item in has)
