"""Customers and their addresses, as far as carts speak of them: no shop has customer accounts yet."""

from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET, Parent

from schema.caching import PRIVATE
from schema.codes import CountryCode
from schema.node import Node


@strawberry.type(description="Somebody with an account at the shop. Nobody has one so far.", directives=[PRIVATE])
class Customer:
    display_name: str = strawberry.field(description="The name, else the address.")
    email: str | None = strawberry.field(description="The e-mail address; may be null.")
    first_name: str | None = strawberry.field(description="The first name; may be null.")
    id: strawberry.ID = strawberry.field(description="The global id.")
    last_name: str | None = strawberry.field(description="The last name; may be null.")
    phone: str | None = strawberry.field(description="The number; may be null.")


WithCompany: TypeAlias = Annotated[bool | None, strawberry.argument(description="Whether to name the company.")]
WithName: TypeAlias = Annotated[bool | None, strawberry.argument(description="Whether to name the person.")]


@strawberry.type(description="Where something can be sent to. Carts take no addresses so far.", directives=[PRIVATE])
class MailingAddress(Node):
    address1: str | None = strawberry.field(description="Street and number; may be null.")
    address2: str | None = strawberry.field(description="Flat or floor; may be null.")
    city: str | None = strawberry.field(description="The town; may be null.")
    company: str | None = strawberry.field(description="The company; may be null.")
    country: str | None = strawberry.field(description="The country's name; may be null.")
    country_code_v2: CountryCode | None = strawberry.field(
        name="countryCodeV2", description="The country; may be null."
    )
    first_name: str | None = strawberry.field(description="The first name; may be null.")

    @strawberry.field(description="The lines of a label.")
    @staticmethod
    def formatted(address: Parent[Any], with_company: WithCompany = True, with_name: WithName = False) -> list[str]:
        person, company = address.name if with_name else None, address.company if with_company else None
        town = " ".join(filter(None, (address.zip, address.city)))
        return [line for line in (person, company, address.address1, address.address2, town, address.country) if line]

    formatted_area: str | None = strawberry.field(description="Town, province and country; may be null.")
    last_name: str | None = strawberry.field(description="The last name; may be null.")
    latitude: float | None = strawberry.field(description="Degrees north; null when not known.")
    longitude: float | None = strawberry.field(description="Degrees east; null when not known.")
    name: str | None = strawberry.field(description="First and last name; may be null.")
    phone: str | None = strawberry.field(description="The number; may be null.")
    province: str | None = strawberry.field(description="The province's name; may be null.")
    province_code: str | None = strawberry.field(description="The province's code; may be null.")
    zip: str | None = strawberry.field(description="The postal code; may be null.")


@strawberry.input(description="Where something is to be sent to.")
class MailingAddressInput:
    address1: str | None = strawberry.field(default=UNSET, description="Street and number.")
    address2: str | None = strawberry.field(default=UNSET, description="Flat or floor.")
    city: str | None = strawberry.field(default=UNSET, description="The town.")
    company: str | None = strawberry.field(default=UNSET, description="The company.")
    country: str | None = strawberry.field(default=UNSET, description="The country's name.")
    first_name: str | None = strawberry.field(default=UNSET, description="The first name.")
    last_name: str | None = strawberry.field(default=UNSET, description="The last name.")
    phone: str | None = strawberry.field(default=UNSET, description="The number.")
    province: str | None = strawberry.field(default=UNSET, description="The province's name.")
    zip: str | None = strawberry.field(default=UNSET, description="The postal code.")
