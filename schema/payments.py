"""What pays for a cart."""

import strawberry

from schema.caching import PRIVATE
from schema.node import Node
from schema.pricing import MoneyV2


@strawberry.type(
    description="A gift card that pays for some of a cart. None does so far: no shop has any yet.", directives=[PRIVATE]
)
class AppliedGiftCard(Node):
    amount_used: MoneyV2 = strawberry.field(description="What it pays, in the shop's currency.")
    balance: MoneyV2 = strawberry.field(description="What is left on it.")
    last_characters: str = strawberry.field(description="The last characters of its code.")
    presentment_amount_used: MoneyV2 = strawberry.field(description="What it pays, in the cart's currency.")
