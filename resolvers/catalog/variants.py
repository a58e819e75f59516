"""Reading variants and options, and choosing among variants."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from db import storefront as db
from db.catalog import OptionRow, OptionValueRow, VariantRow
from db.paging import Children
from db.session import Session
from resolvers.catalog.encoding import encode_variants
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.loading import Loader, PageLoader, grouped, picked


class VariantById(Loader[int, VariantRow | None]):
    """Variants of products that a storefront may see."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._held: dict[int, VariantRow] = {}

    def hold(self, rows: Sequence[VariantRow]) -> None:
        """Take in what the operation has read already, as the shop wrote it."""
        self._held = {row.id: row for row in rows}
        for row in rows if self.context.is_as_written else ():
            self.prime(row.id, row)

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[VariantRow | None]:
        if self._held.keys() >= set(keys):
            found = [self._held[key] for key in keys]
            await session.translate(found)
            return list(found)
        statement = db.variants_by_id(keys, self.context.country, self.context.now)
        rows = {row.id: row for row in await session.rows(statement)}
        return picked(rows, keys)


class VariantsByProduct(PageLoader[VariantRow]):
    """A product's variants, by position unless asked otherwise."""

    orders = {"POSITION": db.VARIANT_ORDERS["POSITION"], **db.VARIANT_ORDERS}

    def children(self) -> Children:
        return db.variants_of_products()


class OptionsByProduct(Loader[int, list[OptionRow]]):
    """A product's options, by position."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[list[OptionRow]]:
        rows = await session.rows(db.options_of_products(keys))
        return grouped(((row.product_id, row) for row in rows), keys)


async def options_of(context: Context, product_id: int, first: int | None) -> list[OptionRow]:
    """A product's options, only the first few if so asked; there are at most three."""
    if first is not None and first < 0:
        raise ClientError("BAD_REQUEST", f"first must not be negative, and is {first}.")
    return (await context.loader(OptionsByProduct).load(product_id))[:first]


class ValuesByOption(Loader[int, list[OptionValueRow]]):
    """An option's values, by position."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[list[OptionValueRow]]:
        rows = await session.rows(db.values_of_options(keys))
        return grouped(((row.option_id, row) for row in rows), keys)


class OptionById(Loader[int, OptionRow | None]):
    """Options of products that a storefront may see."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[OptionRow | None]:
        statement = db.options_by_id(keys, self.context.country, self.context.now)
        rows = {row.id: row for row in await session.rows(statement)}
        return picked(rows, keys)


class ValueById(Loader[int, OptionValueRow | None]):
    """Option values of products that a storefront may see."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[OptionValueRow | None]:
        statement = db.values_by_id(keys, self.context.country, self.context.now)
        rows = {row.id: row for row in await session.rows(statement)}
        return picked(rows, keys)


@dataclass(frozen=True)
class SelectedOption:
    """An option's name and the value chosen for it."""

    name: str
    value: str


class SelectedOptionsByVariant(Loader[int, list[SelectedOption]]):
    """What makes a variant that variant, by the options' positions."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[list[SelectedOption]]:
        found = await session.tuples(db.chosen_by_variants(keys))
        shown = await session.said({OptionRow: (row[1] for row in found), OptionValueRow: (row[3] for row in found)})
        named = (
            (variant, SelectedOption(shown.get((OptionRow, option), name), shown.get((OptionValueRow, value), text)))
            for variant, option, name, value, text in found
        )
        return grouped(named, keys)


class FirstVariantByValue(Loader[int, VariantRow | None]):
    """The variant that combines an option value with the first values of the other options."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[VariantRow | None]:
        rows = dict(await session.tuples(db.first_variants_of_values(keys)))
        return picked(rows, keys)


@dataclass(frozen=True)
class _Choice:
    """A value of an option, with its names as they are shown and as the shop wrote them."""

    option_id: int
    value_id: int
    options: tuple[str, str]
    values: tuple[str, str]


class _ChoicesByProduct(Loader[int, list[_Choice]]):
    """Every choice of a product, by the positions of options and values."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[list[_Choice]]:
        found = await session.as_written.tuples(db.values_of_products(keys))
        written = [(option.name, value.name) for option, value in found]
        await session.translate([row for pair in found for row in pair])
        choices = (
            (option.product_id, _Choice(option.id, value.id, (option.name, names[0]), (value.name, names[1])))
            for (option, value), names in zip(found, written, strict=True)
        )
        return grouped(choices, keys)


@dataclass(frozen=True)
class Selection:
    """The option values that a client named, and how strictly it means them."""

    options: tuple[SelectedOption, ...] = ()
    ignore_unknown: bool = True
    ignore_case: bool = False


@dataclass(frozen=True)
class _Wish:
    """What is wanted of one product: these values, and how many of them a variant must have."""

    product_id: int
    values: tuple[int, ...]
    wanted: int


def _rounds(keys: Sequence[_Wish]) -> Iterable[tuple[int, dict[int, _Wish]]]:
    """The wishes as (how many values are wanted, wish by product), each for one statement.

    A statement tells products apart, but not two wishes about one product: those take turns.
    """
    rounds: dict[tuple[int, int], dict[int, _Wish]] = defaultdict(dict)
    for key in dict.fromkeys(keys):
        turn = next(n for n in count() if key.product_id not in rounds[key.wanted, n])
        rounds[key.wanted, turn][key.product_id] = key
    return [(wanted, wishes) for (wanted, _), wishes in rounds.items()]


def _values(wishes: Mapping[int, _Wish]) -> list[int]:
    return [value for wish in wishes.values() for value in wish.values]


class _BestVariant(Loader[_Wish, VariantRow | None]):
    async def fetch(self, session: Session, keys: Sequence[_Wish]) -> list[VariantRow | None]:
        found: dict[_Wish, VariantRow] = {}
        for wanted, wishes in _rounds(keys):
            rows = await session.rows(db.best_variants(list(wishes), _values(wishes), wanted))
            found |= {wishes[row.product_id]: row for row in rows}
        return picked(found, keys)


class _MatchingVariants(Loader[_Wish, list[VariantRow]]):
    async def fetch(self, session: Session, keys: Sequence[_Wish]) -> list[list[VariantRow]]:
        found: dict[_Wish, list[VariantRow]] = defaultdict(list)
        for wanted, wishes in _rounds(keys):
            for row in await session.rows(db.matching_variants(list(wishes), _values(wishes), wanted)):
                found[wishes[row.product_id]].append(row)
        return [found[key] for key in keys]


async def selected_or_first_available(context: Context, product_id: int, selection: Selection) -> VariantRow | None:
    """The first variant with all the selected options that can be bought, else with them, else of all.

    None when an option is unknown and the selection does not ignore that, or when the product has no variant.
    """
    wish = await _wish(context, product_id, selection)
    return await context.loader(_BestVariant).load(wish) if wish else None


async def variant_by_selection(context: Context, product_id: int, selection: Selection) -> VariantRow | None:
    """The variant whose options are exactly the selected ones; None when there is none."""
    wish = await _wish(context, product_id, selection)
    if wish is None or wish.wanted != len(await context.loader(OptionsByProduct).load(product_id)):
        return None
    return next(iter(await context.loader(_MatchingVariants).load(wish)), None)


async def adjacent_variants(context: Context, product_id: int, selection: Selection) -> list[VariantRow]:
    """The variants that differ in one option from the selection, by id.

    Where nothing is selected, or nothing that the product has and the selection ignores that, they are those beside the
    first variant that can be bought. Empty when an option is unknown and the selection does not ignore that.
    """
    wish = await _wish(context, product_id, selection)
    if wish is not None and not wish.values:
        first = await context.loader(_BestVariant).load(wish)
        chosen = (first.option1_id, first.option2_id, first.option3_id) if first else ()
        values = tuple(value for value in chosen if value)
        wish = _Wish(product_id, values, len(values))
    if wish is None or not wish.values:
        return []
    return await context.loader(_MatchingVariants).load(_Wish(product_id, wish.values, wish.wanted - 1))


async def _wish(context: Context, product_id: int, selection: Selection) -> _Wish | None:
    """The selection in this product's own values; None when it names what the product has not.

    Names are those that are shown, else those that the shop wrote: a client may have them from either.
    """
    if not selection.options:
        return _Wish(product_id, (), 0)
    choices = await context.loader(_ChoicesByProduct).load(product_id)
    spelt = str.casefold if selection.ignore_case else str
    known: dict[tuple[str, str], _Choice] = {}
    # A name that is shown goes before one that another value was written with.
    for option, value in ((0, 0), (1, 1), (0, 1), (1, 0)):
        for choice in choices:
            known.setdefault((spelt(choice.options[option]), spelt(choice.values[value])), choice)
    names = {key[0] for key in known}
    chosen: dict[int, int] = {}
    for named in selection.options:
        name, found = spelt(named.name), known.get((spelt(named.name), spelt(named.value)))
        if found:
            chosen[found.option_id] = found.value_id
        elif name in names or not selection.ignore_unknown:
            return _Wish(product_id, (), 0) if selection.ignore_unknown else None
    return _Wish(product_id, tuple(chosen.values()), len(chosen))


class EncodedVariants(Loader[int, tuple[str, str]]):
    """(which combinations of values exist, which of them can be bought), each as a ``v1_`` string."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[tuple[str, str]]:
        values = await session.as_written.tuples(db.values_of_products(keys))
        ranks: dict[int, int] = {}
        counts: dict[tuple[int, int], int] = defaultdict(int)
        for option, value in values:
            ranks[value.id] = counts[option.product_id, option.position]
            counts[option.product_id, option.position] += 1
        existing: dict[int, list[tuple[int, ...]]] = {key: [] for key in keys}
        free: dict[int, list[tuple[int, ...]]] = {key: [] for key in keys}
        for product, *chosen, can_be_bought in await session.tuples(db.choices_of_products(keys)):
            path = tuple(ranks[value] for value in chosen if value is not None)
            existing[product].append(path)
            if can_be_bought:
                free[product].append(path)
        return [(encode_variants(existing[key]), encode_variants(free[key])) for key in keys]


_GRAMS = {"g": 1.0, "kg": 1000.0, "oz": 28.349523125, "lb": 453.59237}


def weight_in(grams: float | None, unit: str) -> float | None:
    """A weight in another unit (``g``, ``kg``, ``oz``, ``lb``), to four places; None stays None."""
    return None if grams is None else round(grams / _GRAMS[unit], 4)
