"""What storefronts send to change carts."""

import strawberry
from strawberry import UNSET

from resolvers.cart.asked import Attribute, LineChange, NewCart, NewLine
from schema.cart.delivery import DeliveryAddressInput
from schema.codes import CountryCode, in_particular


@strawberry.input(description="A note for the shop.")
class AttributeInput:
    key: str = strawberry.field(description="Its name.")
    value: str = strawberry.field(description="Its text.")


@strawberry.input(description="What to put into a cart.")
class CartLineInput:
    attributes: list[AttributeInput] | None = strawberry.field(default=UNSET, description="Notes on the line.")
    merchandise_id: strawberry.ID = strawberry.field(description="The global id of a variant.")
    quantity: int | None = strawberry.field(default=1, description="How many; at least 1.")
    selling_plan_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Refused for goods that are not sold under a plan."
    )

    def plain(self) -> NewLine:
        """The same for resolvers."""
        return NewLine(
            self.merchandise_id,
            1 if self.quantity is None else self.quantity,
            plain_notes(self.attributes) or (),
            self.selling_plan_id or None,
        )


@strawberry.input(description="How to change a line of a cart; what is left out or null stays as it is.")
class CartLineUpdateInput:
    attributes: list[AttributeInput] | None = strawberry.field(
        default=UNSET, description="The new notes; an empty list removes them."
    )
    id: strawberry.ID = strawberry.field(description="The line's global id.")
    merchandise_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Another variant.")
    quantity: int | None = strawberry.field(default=UNSET, description="The new quantity; 0 removes the line.")
    selling_plan_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Refused for goods that are not sold under a plan."
    )

    def plain(self) -> LineChange:
        """The same for resolvers."""
        return LineChange(
            self.id,
            None if self.quantity is UNSET else self.quantity,
            self.merchandise_id or None,
            plain_notes(self.attributes),
            self.selling_plan_id or None,
        )


@strawberry.input(description="Who a cart belongs to. In an update, what is left out stays, and null removes it.")
class CartBuyerIdentityInput:
    country_code: CountryCode | None = strawberry.field(default=UNSET, description="Where the buyer is.")
    delivery_address_preferences: list[DeliveryAddressInput] | None = strawberry.field(
        default=UNSET,
        description="Where the buyer likes to have things sent, at most 250; taken from older clients, and not kept.",
        deprecation_reason="Carts take no addresses yet.",
    )
    email: str | None = strawberry.field(default=UNSET, description="The buyer's address.")
    phone: str | None = strawberry.field(default=UNSET, description="The buyer's number.")

    def plain(self) -> dict[str, str | None]:
        """What was said, for resolvers."""
        country = self.country_code.value if self.country_code else None
        said = {"country_code": (self.country_code, in_particular(country)), "email": (self.email, self.email or None)}
        said["phone"] = (self.phone, self.phone or None)
        return {name: value for name, (given, value) in said.items() if given is not UNSET}


@strawberry.input(description="A cart to open.")
class CartInput:
    attributes: list[AttributeInput] | None = strawberry.field(default=UNSET, description="Notes on it.")
    buyer_identity: CartBuyerIdentityInput | None = strawberry.field(default=UNSET, description="Whose it is.")
    discount_codes: list[str] | None = strawberry.field(default=UNSET, description="Codes to try; at most 250.")
    gift_card_codes: list[str] | None = strawberry.field(default=UNSET, description="Codes to try; at most 250.")
    lines: list[CartLineInput] | None = strawberry.field(default=UNSET, description="What to put in; at most 250.")
    note: str | None = strawberry.field(default=UNSET, description="A note for the shop.")

    def plain(self) -> NewCart:
        """The same for resolvers."""
        buyer = self.buyer_identity or CartBuyerIdentityInput()
        return NewCart(
            lines=tuple(line.plain() for line in self.lines or ()),
            attributes=plain_notes(self.attributes) or (),
            note=self.note or None,
            buyer=buyer.plain(),
            discount_codes=tuple(self.discount_codes or ()),
            gift_card_codes=tuple(self.gift_card_codes or ()),
        )


def plain_notes(notes: list[AttributeInput] | None) -> tuple[Attribute, ...] | None:
    """Notes for resolvers; None where nothing was said."""
    if notes is None or notes is UNSET:
        return None
    return tuple(Attribute(note.key, note.value) for note in notes)
