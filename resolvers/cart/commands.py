"""Changing carts. Each command is one transaction that locks its cart; a refusal leaves everything as it was."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson

from db import cart as db
from db import inventory, storefront
from db.base import light
from db.cart import CartLineRow, CartRow
from db.catalog import VariantRow
from db.session import Session
from resolvers.cart.reads import token_of
from resolvers.context import Context
from resolvers.errors import Change, Problem, Refused
from resolvers.events import publish
from resolvers.ids import global_id, numbered, parse_id
from resolvers.inventory import can_be_bought

MAX_LINES = 500
"""The most lines that a cart may hold."""
MAX_QUANTITY = 1_000_000
"""The most pieces of one line."""
MAX_NOTE = 5_000
"""The most characters of a note."""
MAX_ATTRIBUTES, MAX_KEY, MAX_VALUE = 50, 255, 5_000
"""How many notes a cart or line takes, and the most characters of their names and texts."""


@dataclass(frozen=True)
class Attribute:
    """A note for the shop on a cart or line."""

    key: str
    value: str | None


@dataclass(frozen=True)
class NewLine:
    """What to add: a variant's global id, how many, and notes."""

    merchandise_id: str
    quantity: int = 1
    attributes: tuple[Attribute, ...] = ()
    selling_plan_id: str | None = None


@dataclass(frozen=True)
class LineChange:
    """What to change of a line; None leaves it as it is."""

    id: str
    quantity: int | None = None
    merchandise_id: str | None = None
    attributes: tuple[Attribute, ...] | None = None
    selling_plan_id: str | None = None


@dataclass(frozen=True)
class NewCart:
    """A cart to create."""

    lines: tuple[NewLine, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    note: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Notice:
    """Something the customer should know although the command was carried out."""

    code: str
    message: str
    target: str


@dataclass(frozen=True)
class CartChange(Change):
    """The cart as the command left it."""

    cart: CartRow
    warnings: list[Notice] = field(default_factory=list)


async def create_cart(context: Context, new: NewCart) -> CartChange:
    """Open a cart, with lines if given. Its country is the given one, else the operation's."""
    problems = [*_notes_problems(new.attributes, ("input", "attributes")), *_head_problems(new)]
    if problems:
        raise Refused(*problems)
    async with context.write() as session:
        values = {
            "token": secrets.token_urlsafe(24),
            "country_code": new.country or context.country,
            "email": new.email,
            "phone": new.phone,
            "note": new.note,
            "attributes": _plain(new.attributes),
        }
        cart = await session.add(CartRow, values)
        notices = await _add(session, context, cart, new.lines, ("input", "lines"))
        await _announce(session, cart)
    return CartChange(cart, notices)


async def add_lines(context: Context, cart_id: str, lines: Sequence[NewLine]) -> CartChange:
    """Add lines; the same variant with the same attributes merges into one line."""
    async with context.write() as session:
        cart = await _locked(session, cart_id)
        notices = await _add(session, context, cart, lines, ("lines",))
        await _announce(session, cart)
    return CartChange(cart, notices)


async def update_lines(context: Context, cart_id: str, changes: Sequence[LineChange]) -> CartChange:
    """Change quantities, variants or attributes of lines; a quantity of 0 removes the line."""
    async with context.write() as session:
        cart = await _locked(session, cart_id)
        lines = await _named_lines(session, cart, [change.id for change in changes], ("lines",), "id")
        touched: dict[int, str] = {}
        for number, (line, change) in enumerate(zip(lines, changes, strict=True)):
            key = await _change(session, context, line, change, number)
            if key:
                touched[number] = key
        notices = await _fit_stock(session, context, list(dict.fromkeys(touched.values())))
        await _announce(session, cart)
    return CartChange(cart, notices)


async def remove_lines(context: Context, cart_id: str, line_ids: Sequence[str]) -> CartChange:
    """Remove lines."""
    async with context.write() as session:
        cart = await _locked(session, cart_id)
        lines = await _named_lines(session, cart, line_ids, ("lineIds",), None)
        await session.change(db.remove_lines([line.id for line in lines]))
        await _announce(session, cart)
    return CartChange(cart)


async def _locked(session: Session, cart_id: str) -> CartRow:
    token = token_of(cart_id)
    rows = await session.returning(db.touch_cart(token)) if token else []
    if not rows:
        raise Refused(Problem("INVALID", "The specified cart does not exist.", ("cartId",)))
    cart: CartRow = light(CartRow)(*rows[0])
    return cart


async def _announce(session: Session, cart: CartRow) -> None:
    await publish(session, "cart.changed", {"cart_id": cart.id})


async def _add(
    session: Session, context: Context, cart: CartRow, lines: Sequence[NewLine], path: tuple[str, ...]
) -> list[Notice]:
    variants = await _variants(session, context, [line.merchandise_id for line in lines])
    problems = [
        problem
        for number, (line, variant) in enumerate(zip(lines, variants, strict=True))
        if (problem := _problem_of(line, variant, (*path, str(number))))
    ]
    if problems:
        raise Refused(*problems)
    merged: dict[str, str] = {}
    for line, variant in zip(lines, variants, strict=True):
        values = _line_values(cart.id, variant.id, line.quantity, line.attributes)
        await session.change(db.merge_line(is_sqlite=context.db.is_sqlite, values=values))
        merged[f"{variant.id}/{values['attributes_hash']}"] = ""
    if not merged:
        return []
    everything = await session.rows(db.lines_of_cart(cart.id))
    if len(everything) > MAX_LINES:
        raise Refused(Problem("CART_TOO_LARGE", f"A cart holds at most {MAX_LINES} lines.", path))
    touched = [line for line in everything if f"{line.variant_id}/{line.attributes_hash}" in merged]
    _check_rules(touched, {variant.id: variant for variant in variants if variant}, path)
    return await _fit_stock(session, context, [line.key for line in touched])


def _problem_of(line: NewLine, variant: VariantRow | None, path: tuple[str, ...]) -> Problem | None:
    if variant is None:
        message = f"The merchandise with id {line.merchandise_id} does not exist."
        return Problem("INVALID", message, (*path, "merchandiseId"))
    noted = next(_notes_problems(line.attributes, (*path, "attributes")), None)
    return noted or _plan_problem(line.selling_plan_id, path) or _quantity_problem(line.quantity, 1, path)


def _head_problems(new: NewCart) -> Iterator[Problem]:
    if new.note and len(new.note) > MAX_NOTE:
        yield Problem("NOTE_TOO_LONG", f"A note has at most {MAX_NOTE:,} characters.", ("input", "note"))
    for name, text in (("email", new.email), ("phone", new.phone)):
        if text and len(text) > MAX_KEY:
            yield Problem("INVALID", f"It has at most {MAX_KEY} characters.", ("input", "buyerIdentity", name))


def _notes_problems(attributes: Sequence[Attribute], path: tuple[str, ...]) -> Iterator[Problem]:
    if len(attributes) > MAX_ATTRIBUTES:
        yield Problem("INVALID", f"At most {MAX_ATTRIBUTES} attributes are kept.", path)
    for number, note in enumerate(attributes[:MAX_ATTRIBUTES]):
        if not 0 < len(note.key) <= MAX_KEY or len(note.value or "") > MAX_VALUE:
            message = f"A key has 1 to {MAX_KEY} characters, a value at most {MAX_VALUE:,}."
            yield Problem("INVALID", message, (*path, str(number)))


def _plan_problem(plan: str | None, path: tuple[str, ...]) -> Problem | None:
    if plan is None:
        return None
    message = "The merchandise is not sold under that selling plan."
    return Problem("SELLING_PLAN_NOT_APPLICABLE", message, (*path, "sellingPlanId"))


def _quantity_problem(quantity: int, least: int, path: tuple[str, ...]) -> Problem | None:
    if quantity < least:
        return Problem("INVALID", f"The quantity must be at least {least}.", (*path, "quantity"))
    if quantity > MAX_QUANTITY:
        return Problem("MAXIMUM_EXCEEDED", f"The quantity must be at most {MAX_QUANTITY}.", (*path, "quantity"))
    return None


def _check_rules(lines: Sequence[CartLineRow], variants: dict[int | None, VariantRow], path: tuple[str, ...]) -> None:
    problems = []
    for line in lines:
        variant = variants[line.variant_id]
        at_least, step, at_most = variant.quantity_minimum, variant.quantity_increment, variant.quantity_maximum
        if line.quantity < at_least:
            message = f"{variant.title} is sold from {at_least} pieces on."
            problems.append(Problem("MINIMUM_NOT_MET", message, path))
        elif line.quantity % step:
            problems.append(Problem("INVALID_INCREMENT", f"{variant.title} is sold in steps of {step} pieces.", path))
        elif line.quantity > min(at_most or MAX_QUANTITY, MAX_QUANTITY):
            message = f"At most {at_most or MAX_QUANTITY} pieces of {variant.title} are sold at once."
            problems.append(Problem("MAXIMUM_EXCEEDED", message, path))
    if problems:
        raise Refused(*problems)


async def _change(session: Session, context: Context, line: CartLineRow, change: LineChange, number: int) -> str | None:
    """Carries out one change; answers the key of the line that results, None for a removed one."""
    path = ("lines", str(number))
    quantity = line.quantity if change.quantity is None else change.quantity
    noted = next(_notes_problems(change.attributes or (), (*path, "attributes")), None)
    problem = noted or _plan_problem(change.selling_plan_id, path) or _quantity_problem(quantity, 0, path)
    if problem:
        raise Refused(problem)
    if quantity == 0:
        await session.change(db.remove_lines([line.id]))
        return None
    merchandise = change.merchandise_id or global_id("ProductVariant", line.variant_id)
    (variant,) = await _variants(session, context, [merchandise])
    if variant is None:
        message = f"The merchandise with id {merchandise} does not exist."
        raise Refused(Problem("INVALID", message, (*path, "merchandiseId")))
    attributes = _noted(line.attributes) if change.attributes is None else change.attributes
    values = _line_values(line.cart_id, variant.id, quantity, attributes)
    same = (line.variant_id, line.attributes_hash) == (variant.id, values["attributes_hash"])
    if same:
        await session.change(db.change_line(line.id, {"quantity": quantity}))
    else:
        await session.change(db.remove_lines([line.id]))
        values["key"] = line.key
        await session.change(db.merge_line(is_sqlite=context.db.is_sqlite, values=values))
    lines = await session.rows(db.lines_of_cart(line.cart_id))
    wanted = (variant.id, values["attributes_hash"])
    result = next(row for row in lines if (row.variant_id, row.attributes_hash) == wanted)
    _check_rules([result], {variant.id: variant}, path)
    return result.key


async def _named_lines(
    session: Session, cart: CartRow, ids: Sequence[str], path: tuple[str, ...], leaf: str | None
) -> list[CartLineRow]:
    named = [parse_id(gid) for gid in ids]
    keys = [name[1] if name and name[0] in ("CartLine", "ComponentizableCartLine") else "" for name in named]
    rows = {row.key: row for row in await session.rows(db.lines_by_key(keys)) if row.cart_id == cart.id}
    problems = [
        Problem(
            "INVALID_MERCHANDISE_LINE",
            f"The merchandise line with id {gid} does not exist.",
            (*path, str(number), *([leaf] if leaf else [])),
        )
        for number, (gid, key) in enumerate(zip(ids, keys, strict=True))
        if key not in rows
    ]
    if problems:
        raise Refused(*problems)
    return [rows[key] for key in keys]


async def _variants(session: Session, context: Context, ids: Sequence[str]) -> list[Any]:
    numbers = [numbered(gid, "ProductVariant") for gid in ids]
    known = [number for number in numbers if number is not None]
    if not known:
        return [None] * len(ids)
    rows = await session.rows(storefront.variants_by_id(known, context.country, context.now))
    found = {row.id: row for row in rows}
    return [None if number is None else found.get(number) for number in numbers]


async def _fit_stock(session: Session, context: Context, keys: Sequence[str]) -> list[Notice]:
    """Cuts lines down to what can be bought, and says so: the customer gets the rest, not an error."""
    if not keys:
        return []
    lines = await session.rows(db.lines_by_key(keys))
    ids = [line.variant_id for line in lines]
    rows = await session.rows(storefront.variants_by_id(ids, context.country, context.now))
    variants = {row.id: row for row in rows}
    stock = dict(await session.tuples(inventory.stock_of_variants(ids)))
    notices = []
    for line in lines:
        free = int(stock.get(line.variant_id, 0))
        variant = variants.get(line.variant_id)
        if variant is None or can_be_bought(variant, free - line.quantity + 1):
            continue
        if free <= 0:
            await session.change(db.remove_lines([line.id]))
            message = f"{variant.title} is sold out; it was not put into the cart."
            target = global_id("ProductVariant", line.variant_id)
            notices.append(Notice("MERCHANDISE_OUT_OF_STOCK", message, target))
        else:
            await session.change(db.change_line(line.id, {"quantity": free}))
            message = f"Only {free} pieces are there; the line was cut down to {free}."
            notices.append(Notice("MERCHANDISE_NOT_ENOUGH_STOCK", message, global_id("CartLine", line.key)))
    return notices


def _line_values(cart_id: int, variant_id: int, quantity: int, attributes: Sequence[Attribute]) -> dict[str, Any]:
    plain = _plain(attributes)
    ordered = sorted(plain, key=lambda note: (note["key"], note["value"] or ""))
    return {
        "cart_id": cart_id,
        "key": str(uuid4()),
        "variant_id": variant_id,
        "quantity": quantity,
        "attributes": plain,
        "attributes_hash": hashlib.sha256(orjson.dumps(ordered)).hexdigest(),
    }


def _plain(attributes: Sequence[Attribute]) -> list[dict[str, Any]]:
    return [{"key": attribute.key, "value": attribute.value} for attribute in attributes]


def _noted(attributes: Sequence[dict[str, Any]]) -> tuple[Attribute, ...]:
    return tuple(Attribute(note["key"], note["value"]) for note in attributes)
