"""Named statements that find data which contradicts itself; on a healthy database each finds nothing."""

import sqlalchemy
from sqlalchemy import and_, func, or_
from sqlmodel import col, select

from db.base import Tuples
from db.cart import CartLineRow
from db.inventory import InventoryLevelRow, InventoryMovementRow
from db.pricing import ProductPriceRow, VariantPriceRow, market_of


def stock_off_ledger() -> Tuples:
    """(variant, location, on hand, sum of movements) where the last two differ."""
    level, movement = InventoryLevelRow, InventoryMovementRow
    moved = func.coalesce(func.sum(col(movement.delta)), 0)
    same = and_(col(movement.variant_id) == level.variant_id, col(movement.location_id) == level.location_id)
    return (
        select(level.variant_id, level.location_id, level.on_hand, moved)
        .outerjoin(movement, same)
        .group_by(col(level.variant_id), col(level.location_id), col(level.on_hand))
        .having(moved != level.on_hand)
    )


def ranges_off_prices() -> Tuples:
    """(market, product, its range, the range of its variants' prices) where they differ."""
    price, total = VariantPriceRow, ProductPriceRow
    low, high = func.min(col(price.amount)), func.max(col(price.amount))
    same = and_(col(price.product_id) == total.product_id, col(price.market_id) == total.market_id)
    return (
        sqlalchemy.select(
            col(total.market_id), col(total.product_id), col(total.minimum), col(total.maximum), low, high
        )
        .join(price, same)
        .group_by(col(total.market_id), col(total.product_id), col(total.minimum), col(total.maximum))
        .having(or_(low != total.minimum, high != total.maximum))
    )


def lines_without_price() -> Tuples:
    """(cart, line) whose variant has no price in the primary market."""
    same = and_(
        col(VariantPriceRow.variant_id) == CartLineRow.variant_id, col(VariantPriceRow.market_id) == market_of(None)
    )
    return (
        select(CartLineRow.cart_id, CartLineRow.id)
        .outerjoin(VariantPriceRow, same)
        .where(col(VariantPriceRow.variant_id).is_(None))
    )
