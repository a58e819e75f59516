"""The shop itself."""

from enum import StrEnum
from typing import Any

import strawberry
from strawberry import Parent

from db.shop import PolicyRow, ShopRow
from resolvers import links, shop
from resolvers.catalog import media
from resolvers.context import Info
from resolvers.ids import global_id
from schema.caching import CONTENT, PART
from schema.catalog.media import MediaImage
from schema.catalog.metafields import HasMetafields
from schema.codes import CountryCode, CurrencyCode
from schema.fields import edge
from schema.node import Node
from schema.scalars import Color, Url
from schema.seo import itself


@strawberry.enum(description="Brands of payment cards.")
class CardBrand(StrEnum):
    AMERICAN_EXPRESS = "AMERICAN_EXPRESS"
    DINERS_CLUB = "DINERS_CLUB"
    DISCOVER = "DISCOVER"
    JCB = "JCB"
    MASTERCARD = "MASTERCARD"
    VISA = "VISA"


@strawberry.enum(description="Wallets that a customer can pay with.")
class DigitalWallet(StrEnum):
    ANDROID_PAY = "ANDROID_PAY"
    APPLE_PAY = "APPLE_PAY"
    GOOGLE_PAY = "GOOGLE_PAY"
    SHOPIFY_PAY = "SHOPIFY_PAY"


@strawberry.type(description="Where the online shop is.", directives=[PART])
class Domain:
    @strawberry.field(description="The host's name, such as `shop.example`.")
    @staticmethod
    def host(row: Parent[ShopRow]) -> str:
        return row.domain

    @strawberry.field(description="Whether it is reached by https; always true.")
    @staticmethod
    def ssl_enabled() -> bool:
        return True

    @strawberry.field(description="Its front page.")
    @staticmethod
    def url(row: Parent[ShopRow]) -> Url:
        return Url(f"https://{row.domain}")


@strawberry.type(description="A pair of colours that go together.", directives=[PART])
class BrandColorGroup:
    @strawberry.field(graphql_type=Color | None, description="Of the background; may be null.")
    @staticmethod
    def background(pair: Parent[dict[str, str]]) -> str | None:
        return pair.get("background")

    @strawberry.field(graphql_type=Color | None, description="Of what stands on it; may be null.")
    @staticmethod
    def foreground(pair: Parent[dict[str, str]]) -> str | None:
        return pair.get("foreground")


@strawberry.type(description="The shop's colours.", directives=[PART])
class BrandColors:
    @strawberry.field(graphql_type=list[BrandColorGroup], description="The main ones.")
    @staticmethod
    def primary(row: Parent[ShopRow]) -> Any:
        return row.colors.get("primary", [])

    @strawberry.field(graphql_type=list[BrandColorGroup], description="Those beside them.")
    @staticmethod
    def secondary(row: Parent[ShopRow]) -> Any:
        return row.colors.get("secondary", [])


@strawberry.type(description="How the shop presents itself.", directives=[PART])
class Brand:
    cover_image: MediaImage | None = edge(media.MediaById, key="cover_id", description="A wide picture; may be null.")
    logo: MediaImage | None = edge(media.MediaById, key="logo_id", description="The logo; may be null.")
    short_description: str | None = strawberry.field(description="What it is, in a sentence; may be null.")
    slogan: str | None = strawberry.field(description="Its slogan; may be null.")
    square_logo: MediaImage | None = edge(
        media.MediaById, key="square_logo_id", description="The logo in a square; may be null."
    )

    @strawberry.field(graphql_type=BrandColors, description="Its colours.")
    @staticmethod
    def colors(row: Parent[ShopRow]) -> ShopRow:
        return row


@strawberry.type(description="How customers can pay.", directives=[PART])
class PaymentSettings:
    @strawberry.field(graphql_type=list[CardBrand], description="The cards that are taken.")
    @staticmethod
    def accepted_card_brands(row: Parent[ShopRow]) -> list[str]:
        return row.card_brands

    @strawberry.field(
        description="Where older clients sent card numbers. No client should: payment has a page of its own."
    )
    @staticmethod
    def card_vault_url(row: Parent[ShopRow]) -> Url:
        return Url(f"https://{row.domain}")

    @strawberry.field(graphql_type=CountryCode, description="Where the shop is at home.")
    @staticmethod
    def country_code(row: Parent[ShopRow]) -> str:
        return row.country_code

    @strawberry.field(graphql_type=CurrencyCode, description="The shop's own currency.")
    @staticmethod
    def currency_code(row: Parent[ShopRow]) -> str:
        return row.currency_code

    @strawberry.field(graphql_type=list[CurrencyCode], description="The currencies that its markets sell in.")
    @staticmethod
    async def enabled_presentment_currencies(info: Info) -> list[str]:
        return await shop.presentment_currencies(info.context)

    @strawberry.field(description="Always null: payments are the shop's own.")
    @staticmethod
    def shopify_payments_account_id() -> str | None:
        return None

    @strawberry.field(graphql_type=list[DigitalWallet], description="The wallets that are taken.")
    @staticmethod
    def supported_digital_wallets(row: Parent[ShopRow]) -> list[str]:
        return row.digital_wallets


@strawberry.type(description="One of the shop's legal texts.", directives=[CONTENT])
class ShopPolicy(Node, row=PolicyRow, by=shop.PolicyById):
    handle: str = strawberry.field(description="Its name in URLs.")
    title: str = strawberry.field(description="Its title.")
    body: str = strawberry.field(description="Its text, as HTML.")

    @strawberry.field(description="Its page in the online shop.")
    @staticmethod
    async def url(policy: Parent[PolicyRow], info: Info) -> Url:
        return Url(await links.policy_page(info.context, policy.handle))


@strawberry.type(description="A legal text that has a default where the shop wrote none.", directives=[PART])
class ShopPolicyWithDefault:
    handle: str = strawberry.field(description="Its name in URLs.")
    title: str = strawberry.field(description="Its title.")
    body: str = strawberry.field(description="Its text, as HTML.")

    @strawberry.field(description="The global id; null for a default.")
    @staticmethod
    def id(policy: Parent[PolicyRow]) -> strawberry.ID | None:
        return None if policy.id is None else strawberry.ID(global_id("ShopPolicy", policy.id))

    @strawberry.field(description="Its page in the online shop.")
    @staticmethod
    async def url(policy: Parent[PolicyRow], info: Info) -> Url:
        return Url(await links.policy_page(info.context, policy.handle))


def _policy(kind: str, description: str) -> Any:
    async def resolve(info: Info) -> Any:
        return await info.context.loader(shop.PolicyByKind).load(kind)

    return strawberry.field(resolver=resolve, description=f"{description}; null when the shop has none.")


@strawberry.type(description="The shop.", directives=[CONTENT])
class Shop(HasMetafields, Node, row=ShopRow, by=shop.TheShop):
    brand: Brand | None = strawberry.field(resolver=itself, description="How it presents itself.")
    contact_information: ShopPolicy | None = _policy("contact_information", "How to reach it")
    description: str | None = strawberry.field(description="What it is; may be null.")
    legal_notice: ShopPolicy | None = _policy("legal_notice", "Who runs it")
    money_format: str = strawberry.field(description="How amounts are written, such as `€{{amount}}`.")
    name: str = strawberry.field(description="Its name.")
    payment_settings: PaymentSettings = strawberry.field(resolver=itself, description="How customers can pay.")
    primary_domain: Domain = strawberry.field(resolver=itself, description="Where the online shop is.")
    privacy_policy: ShopPolicy | None = _policy("privacy", "What happens to personal data")
    refund_policy: ShopPolicy | None = _policy("refund", "How goods can be returned")
    shipping_policy: ShopPolicy | None = _policy("shipping", "How goods are sent")
    terms_of_sale: ShopPolicy | None = _policy("terms_of_sale", "The terms of sale")
    terms_of_service: ShopPolicy | None = _policy("terms_of_service", "The terms of service")

    @strawberry.field(graphql_type=list[CountryCode], description="The countries that its markets cover.")
    @staticmethod
    async def ships_to_countries(info: Info) -> list[str]:
        return await shop.countries_sold_to(info.context)

    @strawberry.field(
        graphql_type=ShopPolicyWithDefault | None, description="The terms of subscriptions; null when it has none."
    )
    @staticmethod
    async def subscription_policy(info: Info) -> PolicyRow | None:
        return await info.context.loader(shop.PolicyByKind).load("subscription")
