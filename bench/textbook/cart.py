"""Carts, and the one mutation."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid4

import strawberry
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bench.textbook import models
from bench.textbook.database import sessions
from bench.textbook.types import Info, Money, ProductVariant, gid, key_of

NO_ATTRIBUTES = sha256(b"[]").hexdigest()


@strawberry.type
class CartLineCost:
    total_amount: Money


@strawberry.type
class CartLine:
    id: strawberry.ID
    quantity: int
    line: strawberry.Private[models.CartLine]

    @classmethod
    def from_model(cls, line: models.CartLine) -> "CartLine":
        return cls(id=gid("CartLine", line.key), quantity=line.quantity, line=line)

    @strawberry.field
    async def merchandise(self, info: Info) -> ProductVariant:
        return ProductVariant.from_model(await info.context.loaders.variants.load(self.line.variant_id))

    @strawberry.field
    async def cost(self, info: Info) -> CartLineCost:
        price, currency = await info.context.loaders.prices.load(self.line.variant_id)
        return CartLineCost(total_amount=Money.of(price.amount * self.quantity, currency))


@strawberry.type
class CartLineConnection:
    nodes: list[CartLine]


@strawberry.type
class CartCost:
    total_amount: Money


@strawberry.type
class Cart:
    id: strawberry.ID
    cart: strawberry.Private[models.Cart]

    @classmethod
    def from_model(cls, cart: models.Cart) -> "Cart":
        return cls(id=gid("Cart", cart.token), cart=cart)

    @strawberry.field
    async def total_quantity(self, info: Info) -> int:
        return sum(line.quantity for line in await info.context.loaders.lines_of_carts.load(self.cart.id))

    @strawberry.field
    async def lines(self, info: Info, first: int) -> CartLineConnection:
        lines = await info.context.loaders.lines_of_carts.load(self.cart.id)
        return CartLineConnection(nodes=[CartLine.from_model(line) for line in lines[:first]])

    @strawberry.field
    async def cost(self, info: Info) -> CartCost:
        lines = await info.context.loaders.lines_of_carts.load(self.cart.id)
        prices = await info.context.loaders.prices.load_many([line.variant_id for line in lines])
        total = sum(price.amount * line.quantity for line, (price, _) in zip(lines, prices, strict=True))
        return CartCost(total_amount=Money.of(total, prices[0][1] if prices else "XXX"))


@strawberry.type
class CartUserError:
    code: str
    field: list[str] | None
    message: str


@strawberry.type
class CartWarning:
    code: str
    message: str


@strawberry.type
class CartLinesAddPayload:
    cart: Cart | None
    user_errors: list[CartUserError]
    warnings: list[CartWarning]


@strawberry.input
class CartLineInput:
    merchandise_id: strawberry.ID
    quantity: int = 1


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def cart_lines_add(self, cart_id: strawberry.ID, lines: list[CartLineInput]) -> CartLinesAddPayload:
        async with sessions() as session:
            statement = select(models.Cart).where(models.Cart.token == key_of(cart_id)).with_for_update()
            cart = (await session.exec(statement)).first()
            if cart is None:
                return _refused("The specified cart does not exist.", ["cartId"])
            ids = [int(key_of(line.merchandise_id)) for line in lines]
            found = await session.exec(select(models.Variant).where(col(models.Variant.id).in_(ids)))
            variants = {variant.id: variant for variant in found}
            if missing := [number for number, key in enumerate(ids) if key not in variants]:
                return _refused("The merchandise does not exist.", ["lines", str(missing[0]), "merchandiseId"])
            warnings = [
                warning
                for key, line in zip(ids, lines, strict=True)
                if (warning := await _add(session, cart, variants[key], line.quantity))
            ]
            cart.version += 1
            cart.updated_at = datetime.now(UTC)
            session.add(cart)
            await session.commit()
        return CartLinesAddPayload(cart=Cart.from_model(cart), user_errors=[], warnings=warnings)


def _refused(message: str, field: list[str]) -> CartLinesAddPayload:
    return CartLinesAddPayload(
        cart=None, user_errors=[CartUserError(code="INVALID", field=field, message=message)], warnings=[]
    )


async def _add(session: AsyncSession, cart: models.Cart, variant: models.Variant, quantity: int) -> CartWarning | None:
    same = (models.CartLine.cart_id == cart.id, models.CartLine.variant_id == variant.id)
    line = (await session.exec(select(models.CartLine).where(*same))).first()
    if line is None:
        assert cart.id is not None
        assert variant.id is not None
        line = models.CartLine(
            cart_id=cart.id,
            key=str(uuid4()),
            variant_id=variant.id,
            quantity=quantity,
            attributes_hash=NO_ATTRIBUTES,
        )
    else:
        line.quantity += quantity
    free = await _free(session, variant)
    warning = None
    if free is not None and line.quantity > free:
        line.quantity = free
        warning = CartWarning(code="MERCHANDISE_NOT_ENOUGH_STOCK", message=f"Only {free} pieces are there.")
    session.add(line)
    return warning


async def _free(session: AsyncSession, variant: models.Variant) -> int | None:
    """Pieces free to sell; None where nobody counts or overselling is allowed."""
    if variant.inventory_tracker is None or variant.inventory_policy == "continue":
        return None
    level = models.InventoryLevel
    pieces = select(func.sum(level.on_hand - level.reserved)).where(level.variant_id == variant.id)
    return (await session.exec(pieces)).one() or 0
