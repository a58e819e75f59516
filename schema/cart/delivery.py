"""How the lines of a cart get to the buyer: the types that clients ask for, of which no shop has any yet."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry
from strawberry import UNSET, Parent

from resolvers.paging import Page
from schema.caching import PRIVATE
from schema.cart.lines import BaseCartLine
from schema.codes import CountryCode
from schema.customers import MailingAddress, MailingAddressInput
from schema.paging import After, Before, Connection, First, Last, Reverse
from schema.pricing import MoneyV2

DeliveryAddress = Annotated[
    MailingAddress,
    strawberry.union("DeliveryAddress", description="Where the buyer has things sent.", directives=[PRIVATE]),
]


@strawberry.enum(description="How closely an address is looked at before it is taken.")
class DeliveryAddressValidationStrategy(StrEnum):
    COUNTRY_CODE_ONLY = "COUNTRY_CODE_ONLY"
    STRICT = "STRICT"


@strawberry.input(description="Where a buyer likes to have things sent.")
class DeliveryAddressInput:
    customer_address_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The global id of one of the customer's addresses."
    )
    delivery_address: MailingAddressInput | None = strawberry.field(default=UNSET, description="The address.")
    delivery_address_validation_strategy: DeliveryAddressValidationStrategy | None = strawberry.field(
        default=DeliveryAddressValidationStrategy.COUNTRY_CODE_ONLY, description="How closely to look at it."
    )
    one_time_use: bool | None = strawberry.field(
        default=False, description="Whether it is not to be kept with the customer's addresses."
    )


@strawberry.enum(description="How things get to the buyer.")
class DeliveryMethodType(StrEnum):
    LOCAL = "LOCAL"
    NONE = "NONE"
    PICK_UP = "PICK_UP"
    PICKUP_POINT = "PICKUP_POINT"
    RETAIL = "RETAIL"
    SHIPPING = "SHIPPING"


@strawberry.enum(description="How a buyer likes to get things.")
class PreferenceDeliveryMethodType(StrEnum):
    PICK_UP = "PICK_UP"
    PICKUP_POINT = "PICKUP_POINT"
    SHIPPING = "SHIPPING"


@strawberry.type(description="Where a buyer likes to fetch things.", directives=[PRIVATE])
class CartDeliveryCoordinatesPreference:
    country_code: CountryCode = strawberry.field(description="The country.")
    latitude: float = strawberry.field(description="Degrees north.")
    longitude: float = strawberry.field(description="Degrees east.")


@strawberry.type(description="How and where a buyer likes to get things.", directives=[PRIVATE])
class CartDeliveryPreference:
    coordinates: CartDeliveryCoordinatesPreference | None = strawberry.field(description="Where; may be null.")
    delivery_method: list[PreferenceDeliveryMethodType] = strawberry.field(description="How.")
    pickup_handle: list[str] = strawberry.field(description="Places to fetch things from.")


@strawberry.type(description="How a buyer likes to pay and get things.", directives=[PRIVATE])
class CartPreferences:
    delivery: CartDeliveryPreference | None = strawberry.field(description="How to get things; may be null.")
    wallet: list[str] | None = strawberry.field(description="How to pay; may be null.")


@strawberry.type(description="One way to have things delivered.", directives=[PRIVATE])
class CartDeliveryOption:
    code: str | None = strawberry.field(description="For programs; may be null.")
    delivery_method_type: DeliveryMethodType = strawberry.field(description="How things get there.")
    description: str | None = strawberry.field(description="About it; may be null.")
    estimated_cost: MoneyV2 = strawberry.field(description="What it costs, as far as is known.")
    handle: str = strawberry.field(description="What it is chosen by.")
    title: str | None = strawberry.field(description="Its name; may be null.")


@strawberry.type(description="Lines that are sent together.", directives=[PRIVATE])
class CartDeliveryGroup:
    @strawberry.field(graphql_type=Connection[BaseCartLine], description="The lines; at most 250 a page.")
    @staticmethod
    def cart_lines(
        group: Parent[Any],
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
    ) -> Page[Any]:
        lines: Page[Any] = group.cart_lines
        return lines

    delivery_address: MailingAddress = strawberry.field(description="Where they are sent to.")
    delivery_options: list[CartDeliveryOption] = strawberry.field(description="How they can be sent.")
    id: strawberry.ID = strawberry.field(description="The group's id.")
    selected_delivery_option: CartDeliveryOption | None = strawberry.field(
        description="How they are to be sent; null: not chosen yet."
    )
