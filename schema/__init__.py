"""What Storekeep promises: its GraphQL schema."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema.caching import install_cache_control
from schema.cart.lines import CartLine, ComponentizableCartLine
from schema.cart.roots import CartMutation, CartQuery, CartSubscription
from schema.catalog.media import ExternalVideo, MediaImage, Model3d, Video
from schema.catalog.metafields import Metafield
from schema.catalog.stores import StoreQuery
from schema.codes import CountryCode, LanguageCode
from schema.content.queries import ContentQuery
from schema.demo import DemoMutation
from schema.directives import install_directives
from schema.discounts import (
    CartAutomaticDiscountAllocation,
    CartCodeDiscountAllocation,
    CartCustomDiscountAllocation,
)
from schema.inventory import InventorySubscription
from schema.localization import LocalizationQuery
from schema.node import declare_rows
from schema.queries import CatalogQuery
from schema.reviews import Review
from schema.scalars import SCALARS
from schema.search import SearchQuery
from schema.sitemap import SitemapQuery, SitemapResource, SitemapResourceMetaobject

schema = strawberry.Schema(
    query=merge_types(
        "QueryRoot",
        (CatalogQuery, ContentQuery, SearchQuery, SitemapQuery, StoreQuery, CartQuery, LocalizationQuery),
    ),
    mutation=merge_types("Mutation", (CartMutation, DemoMutation)),
    subscription=merge_types("Subscription", (CartSubscription, InventorySubscription)),
    # Reached through interfaces alone.
    types=[
        SitemapResource,
        SitemapResourceMetaobject,
        CartAutomaticDiscountAllocation,
        CartCodeDiscountAllocation,
        CartCustomDiscountAllocation,
        CartLine,
        ComponentizableCartLine,
        ExternalVideo,
        MediaImage,
        Metafield,
        Model3d,
        Review,
        Video,
    ],
    config=StrawberryConfig(scalar_map=SCALARS),
)
install_directives(schema, CountryCode, LanguageCode)
install_cache_control(schema)
declare_rows(schema)
