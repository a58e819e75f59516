"""What only a demo shop offers."""

from collections.abc import Iterable
from typing import Annotated, Any

import strawberry

from resolvers import demo
from resolvers.context import Info
from resolvers.demo import DemoSale
from resolvers.errors import Problem
from schema.catalog.variants import ProductVariant
from schema.errors import UserError
from schema.fields import command
from schema.permissions import Anyone


@strawberry.type(description="What `demoBuy` answers.")
class DemoBuyPayload:
    variant: ProductVariant | None = strawberry.field(
        default=None, description="What was bought, as it stands now; null when refused."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was bought; empty when it was."
    )

    @classmethod
    def refused(cls, problems: Iterable[Problem], language: str) -> Any:
        """The payload of a command that was not carried out, for people who speak a language."""
        errors = [UserError(code=p.code, message=p.message.said_in(language), field=list(p.field)) for p in problems]
        return cls(user_errors=errors)


@strawberry.type
class DemoMutation:
    @command(
        DemoBuyPayload,
        allow=(Anyone,),
        description="Buys 1 to 100 pieces at once, without cart or checkout. Only demo shops allow it.",
    )
    @staticmethod
    async def demo_buy(
        info: Info,
        merchandise_id: Annotated[strawberry.ID, strawberry.argument(description="A variant's global id.")],
        quantity: Annotated[int, strawberry.argument(description="How many pieces, 1 to 100.")] = 1,
    ) -> DemoSale:
        return await demo.buy(info.context, merchandise_id, quantity)
