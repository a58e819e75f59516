"""The shop, its catalogue, carts and events

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "0001"
down_revision: str | None = None


def upgrade() -> None:
    op.create_table(
        "carts",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("attributes", db.types.Json, nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carts")),
        sa.UniqueConstraint("token", name=op.f("uq_carts_token")),
    )
    with op.batch_alter_table("carts", schema=None) as batch_op:
        batch_op.create_index("ix_carts_updated_at", ["updated_at"], unique=False)

    op.create_table(
        "categories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id_categories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("full_name", name=op.f("uq_categories_full_name")),
    )
    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_categories_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "event_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", db.types.BigId, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_event_head_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_head")),
    )
    op.create_table(
        "events",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("payload", db.types.Json, nullable=False),
        sa.Column("position", db.types.BigId, nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_created_at", ["created_at"], unique=False)
        batch_op.create_index(
            "ix_events_unpublished",
            ["id"],
            unique=False,
            sqlite_where=sa.text("position is null"),
            postgresql_where=sa.text("position is null"),
        )
        batch_op.create_index("uq_events_position", ["position"], unique=True)

    op.create_table(
        "imports",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_imports")),
    )
    op.create_table(
        "inventory_movements",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("variant_id", db.types.BigId, nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "reason in ('import', 'count', 'sale', 'return')", name=op.f("ck_inventory_movements_reason")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_movements")),
    )
    with op.batch_alter_table("inventory_movements", schema=None) as batch_op:
        batch_op.create_index("ix_inventory_movements_variant_id", ["variant_id", "location_id", "id"], unique=False)

    op.create_table(
        "locations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("address1", sa.String(), nullable=True),
        sa.Column("address2", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("zip", sa.String(), nullable=True),
        sa.Column("province", sa.String(), nullable=True),
        sa.Column("country_code", sa.String(2), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint("name", name=op.f("uq_locations_name")),
    )
    op.create_table(
        "markets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency_code", sa.String(3), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("rate", db.types.BigId, nullable=False),
        sa.Column("rounding_step", sa.Integer(), nullable=False),
        sa.Column("rounding_ending", sa.Integer(), nullable=False),
        sa.CheckConstraint("rate > 0", name=op.f("ck_markets_rate")),
        sa.CheckConstraint("rounding_step > 0", name=op.f("ck_markets_rounding_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_markets")),
        sa.UniqueConstraint("handle", name=op.f("uq_markets_handle")),
        sa.UniqueConstraint("name", name=op.f("uq_markets_name")),
    )
    with op.batch_alter_table("markets", schema=None) as batch_op:
        batch_op.create_index(
            "uq_markets_is_primary",
            ["is_primary"],
            unique=True,
            sqlite_where=sa.text("is_primary"),
            postgresql_where=sa.text("is_primary"),
        )

    op.create_table(
        "metafield_definitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_kind", sa.String(), nullable=False),
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_inferred", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "owner_kind in ('product', 'variant', 'collection', 'shop')",
            name=op.f("ck_metafield_definitions_owner_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metafield_definitions")),
        sa.UniqueConstraint(
            "owner_kind", "namespace", "key", name=op.f("uq_metafield_definitions_owner_kind_namespace_key")
        ),
    )
    op.create_table(
        "metafields",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("owner_kind", sa.String(), nullable=False),
        sa.Column("owner_id", db.types.BigId, nullable=False),
        sa.Column("namespace", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "owner_kind in ('product', 'variant', 'collection', 'shop')", name=op.f("ck_metafields_owner_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metafields")),
        sa.UniqueConstraint(
            "owner_kind", "owner_id", "namespace", "key", name=op.f("uq_metafields_owner_kind_owner_id_namespace_key")
        ),
    )
    op.create_table(
        "policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("handle", name=op.f("uq_policies_handle")),
        sa.UniqueConstraint("kind", name=op.f("uq_policies_kind")),
    )
    op.create_table(
        "market_countries",
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("market_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id"], ["markets.id"], name=op.f("fk_market_countries_market_id_markets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("country_code", name=op.f("pk_market_countries")),
    )
    with op.batch_alter_table("market_countries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_market_countries_market_id"), ["market_id"], unique=False)

    op.create_table(
        "products",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("handle", sa.String(255), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_key", db.types.SortText, nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("description_html", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("vendor_key", db.types.SortText, nullable=False),
        sa.Column("product_type", sa.String(), nullable=False),
        sa.Column("type_key", db.types.SortText, nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("published_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("is_gift_card", sa.Boolean(), nullable=False),
        sa.Column("seo_title", sa.String(), nullable=True),
        sa.Column("seo_description", sa.String(), nullable=True),
        sa.Column("sold_count", db.types.BigId, nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("status in ('active', 'draft', 'archived')", name=op.f("ck_products_status")),
        sa.CheckConstraint("length(handle) > 0", name=op.f("ck_products_handle")),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_products_category_id_categories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("handle", name=op.f("uq_products_handle")),
    )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_products_category_id"), ["category_id"], unique=False)
        batch_op.create_index("ix_products_created_at", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_products_sold_count", ["sold_count", "id"], unique=False)
        batch_op.create_index("ix_products_title_key", ["title_key", "id"], unique=False)
        batch_op.create_index("ix_products_type_key", ["type_key", "id"], unique=False)
        batch_op.create_index("ix_products_updated_at", ["updated_at", "id"], unique=False)
        batch_op.create_index("ix_products_vendor_key", ["vendor_key", "id"], unique=False)

    op.create_table(
        "media",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("product_id", db.types.BigId, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("embed_url", sa.String(), nullable=True),
        sa.Column("origin_url", sa.String(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("(kind = 'EXTERNAL_VIDEO') = (embed_url is not null)", name=op.f("ck_media_embed_url")),
        sa.CheckConstraint("host is null or host in ('YOUTUBE', 'VIMEO')", name=op.f("ck_media_host")),
        sa.CheckConstraint("kind <> 'IMAGE' or source is not null", name=op.f("ck_media_source")),
        sa.CheckConstraint("kind in ('IMAGE', 'VIDEO', 'EXTERNAL_VIDEO', 'MODEL_3D')", name=op.f("ck_media_kind")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_media_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.create_index("ix_media_product_id", ["product_id", "position", "id"], unique=False)

    op.create_table(
        "product_options",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("product_id", db.types.BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("linked_to", sa.String(), nullable=True),
        sa.CheckConstraint("position between 1 and 3", name=op.f("ck_product_options_position")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_options_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_options")),
        sa.UniqueConstraint("product_id", "name", name=op.f("uq_product_options_product_id_name")),
        sa.UniqueConstraint("product_id", "position", name=op.f("uq_product_options_product_id_position")),
    )
    op.create_table(
        "product_prices",
        sa.Column("market_id", sa.Integer(), nullable=False),
        sa.Column("product_id", db.types.BigId, nullable=False),
        sa.Column("minimum", db.types.BigId, nullable=False),
        sa.Column("maximum", db.types.BigId, nullable=False),
        sa.Column("compare_at_minimum", db.types.BigId, nullable=False),
        sa.Column("compare_at_maximum", db.types.BigId, nullable=False),
        sa.Column("is_included", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id"], ["markets.id"], name=op.f("fk_product_prices_market_id_markets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_prices_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("market_id", "product_id", name=op.f("pk_product_prices")),
    )
    with op.batch_alter_table("product_prices", schema=None) as batch_op:
        batch_op.create_index("ix_product_prices_minimum", ["market_id", "minimum", "product_id"], unique=False)

    op.create_table(
        "product_tags",
        sa.Column("product_id", db.types.BigId, nullable=False),
        sa.Column("tag_key", db.types.SortText, nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_tags_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", "tag_key", name=op.f("pk_product_tags")),
    )
    with op.batch_alter_table("product_tags", schema=None) as batch_op:
        batch_op.create_index("ix_product_tags_tag_key", ["tag_key", "product_id"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("product_id", db.types.BigId, nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("status in ('published', 'pending', 'rejected')", name=op.f("ck_reviews_status")),
        sa.CheckConstraint("rating between 1 and 5", name=op.f("ck_reviews_rating")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_reviews_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index("ix_reviews_product_id", ["product_id", "status", "created_at", "id"], unique=False)

    op.create_table(
        "collections",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("handle", sa.String(255), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_key", db.types.SortText, nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("description_html", sa.String(), nullable=False),
        sa.Column("media_id", db.types.BigId, nullable=True),
        sa.Column("sort_order", sa.String(), nullable=False),
        sa.Column("rules", db.types.Json, nullable=True),
        sa.Column("published_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("seo_title", sa.String(), nullable=True),
        sa.Column("seo_description", sa.String(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "sort_order in ('manual', 'best-selling', 'alpha-asc', 'alpha-desc', 'price-asc', 'price-desc', 'created', 'created-desc')",
            name=op.f("ck_collections_sort_order"),
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_collections_media_id_media"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("handle", name=op.f("uq_collections_handle")),
    )
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.create_index("ix_collections_title_key", ["title_key", "id"], unique=False)
        batch_op.create_index("ix_collections_updated_at", ["updated_at", "id"], unique=False)

    op.create_table(
        "media_sources",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("media_id", db.types.BigId, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("mime_type", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_media_sources_media_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_sources")),
    )
    with op.batch_alter_table("media_sources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_media_sources_media_id"), ["media_id"], unique=False)

    op.create_table(
        "product_option_values",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("option_id", db.types.BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("swatch_color", sa.String(9), nullable=True),
        sa.Column("swatch_media_id", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["option_id"],
            ["product_options.id"],
            name=op.f("fk_product_option_values_option_id_product_options"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["swatch_media_id"],
            ["media.id"],
            name=op.f("fk_product_option_values_swatch_media_id_media"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_option_values")),
        sa.UniqueConstraint("option_id", "name", name=op.f("uq_product_option_values_option_id_name")),
    )
    with op.batch_alter_table("product_option_values", schema=None) as batch_op:
        batch_op.create_index("ix_product_option_values_option_id", ["option_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_option_values_swatch_media_id"), ["swatch_media_id"], unique=False)

    op.create_table(
        "shops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("currency_code", sa.String(3), nullable=False),
        sa.Column("money_format", sa.String(), nullable=False),
        sa.Column("slogan", sa.String(), nullable=True),
        sa.Column("short_description", sa.String(), nullable=True),
        sa.Column("colors", db.types.Json, nullable=False),
        sa.Column("logo_id", sa.Integer(), nullable=True),
        sa.Column("square_logo_id", sa.Integer(), nullable=True),
        sa.Column("cover_id", sa.Integer(), nullable=True),
        sa.Column("card_brands", db.types.Json, nullable=False),
        sa.Column("digital_wallets", db.types.Json, nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_shops_single")),
        sa.ForeignKeyConstraint(["cover_id"], ["media.id"], name=op.f("fk_shops_cover_id_media"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["logo_id"], ["media.id"], name=op.f("fk_shops_logo_id_media"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["square_logo_id"], ["media.id"], name=op.f("fk_shops_square_logo_id_media"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shops")),
    )
    op.create_table(
        "swatches",
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("color", sa.String(9), nullable=True),
        sa.Column("media_id", db.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_swatches_media_id_media"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("name_key", name=op.f("pk_swatches")),
    )
    op.create_table(
        "collection_products",
        sa.Column("collection_id", db.types.BigId, nullable=False),
        sa.Column("product_id", db.types.BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_collection_products_collection_id_collections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_collection_products_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection_id", "product_id", name=op.f("pk_collection_products")),
    )
    with op.batch_alter_table("collection_products", schema=None) as batch_op:
        batch_op.create_index(
            "ix_collection_products_position", ["collection_id", "position", "product_id"], unique=False
        )
        batch_op.create_index("ix_collection_products_product_id", ["product_id", "collection_id"], unique=False)

    op.create_table(
        "variants",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("product_id", db.types.BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=True),
        sa.Column("barcode", sa.String(), nullable=True),
        sa.Column("option1_id", db.types.BigId, nullable=False),
        sa.Column("option2_id", db.types.BigId, nullable=True),
        sa.Column("option3_id", db.types.BigId, nullable=True),
        sa.Column("media_id", db.types.BigId, nullable=True),
        sa.Column("inventory_tracker", sa.String(), nullable=True),
        sa.Column("inventory_policy", sa.String(), nullable=False),
        sa.Column("fulfillment_service", sa.String(), nullable=False),
        sa.Column("grams", sa.Float(), nullable=True),
        sa.Column("weight_unit", sa.String(), nullable=False),
        sa.Column("requires_shipping", sa.Boolean(), nullable=False),
        sa.Column("taxable", sa.Boolean(), nullable=False),
        sa.Column("tax_code", sa.String(), nullable=True),
        sa.Column("cost_amount", db.types.BigId, nullable=True),
        sa.Column("unit_quantity", sa.Float(), nullable=True),
        sa.Column("unit_quantity_unit", sa.String(), nullable=True),
        sa.Column("unit_reference", sa.Integer(), nullable=True),
        sa.Column("unit_reference_unit", sa.String(), nullable=True),
        sa.Column("quantity_minimum", sa.Integer(), nullable=False),
        sa.Column("quantity_maximum", sa.Integer(), nullable=True),
        sa.Column("quantity_increment", sa.Integer(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("inventory_policy in ('deny', 'continue')", name=op.f("ck_variants_inventory_policy")),
        sa.CheckConstraint("weight_unit in ('g', 'kg', 'oz', 'lb')", name=op.f("ck_variants_weight_unit")),
        sa.CheckConstraint("grams is null or grams >= 0", name=op.f("ck_variants_grams")),
        sa.CheckConstraint("option3_id is null or option2_id is not null", name=op.f("ck_variants_options")),
        sa.CheckConstraint(
            "quantity_minimum >= 1 and quantity_increment >= 1 and (quantity_maximum is null or quantity_maximum >= quantity_minimum)",
            name=op.f("ck_variants_quantity_rule"),
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_variants_media_id_media"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["option1_id"], ["product_option_values.id"], name=op.f("fk_variants_option1_id_product_option_values")
        ),
        sa.ForeignKeyConstraint(
            ["option2_id"], ["product_option_values.id"], name=op.f("fk_variants_option2_id_product_option_values")
        ),
        sa.ForeignKeyConstraint(
            ["option3_id"], ["product_option_values.id"], name=op.f("fk_variants_option3_id_product_option_values")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_variants_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
    )
    with op.batch_alter_table("variants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_variants_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variants_option1_id"), ["option1_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variants_option2_id"), ["option2_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variants_option3_id"), ["option3_id"], unique=False)
        batch_op.create_index("ix_variants_product_id", ["product_id", "position", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variants_sku"), ["sku"], unique=False)

    op.create_table(
        "cart_lines",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("cart_id", db.types.BigId, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("variant_id", db.types.BigId, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("attributes", db.types.Json, nullable=False),
        sa.Column("attributes_hash", sa.String(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_cart_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["carts.id"], name=op.f("fk_cart_lines_cart_id_carts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_cart_lines_variant_id_variants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_lines")),
        sa.UniqueConstraint(
            "cart_id", "variant_id", "attributes_hash", name=op.f("uq_cart_lines_cart_id_variant_id_attributes_hash")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_cart_lines_key")),
    )
    with op.batch_alter_table("cart_lines", schema=None) as batch_op:
        batch_op.create_index("ix_cart_lines_variant_id", ["variant_id"], unique=False)

    op.create_table(
        "inventory_levels",
        sa.Column("variant_id", db.types.BigId, nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_inventory_levels_reserved")),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["locations.id"],
            name=op.f("fk_inventory_levels_location_id_locations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_inventory_levels_variant_id_variants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("variant_id", "location_id", name=op.f("pk_inventory_levels")),
    )
    with op.batch_alter_table("inventory_levels", schema=None) as batch_op:
        batch_op.create_index("ix_inventory_levels_location_id", ["location_id"], unique=False)

    op.create_table(
        "price_breaks",
        sa.Column("market_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", db.types.BigId, nullable=False),
        sa.Column("minimum_quantity", sa.Integer(), nullable=False),
        sa.Column("amount", db.types.BigId, nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_price_breaks_amount")),
        sa.CheckConstraint("minimum_quantity > 1", name=op.f("ck_price_breaks_minimum_quantity")),
        sa.ForeignKeyConstraint(
            ["market_id"], ["markets.id"], name=op.f("fk_price_breaks_market_id_markets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_price_breaks_variant_id_variants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("market_id", "variant_id", "minimum_quantity", name=op.f("pk_price_breaks")),
    )
    op.create_table(
        "variant_prices",
        sa.Column("market_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", db.types.BigId, nullable=False),
        sa.Column("product_id", db.types.BigId, nullable=False),
        sa.Column("amount", db.types.BigId, nullable=False),
        sa.Column("compare_at_amount", db.types.BigId, nullable=True),
        sa.Column("is_fixed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_variant_prices_amount")),
        sa.CheckConstraint(
            "compare_at_amount is null or compare_at_amount >= 0", name=op.f("ck_variant_prices_compare_at_amount")
        ),
        sa.ForeignKeyConstraint(
            ["market_id"], ["markets.id"], name=op.f("fk_variant_prices_market_id_markets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_variant_prices_product_id_products"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_variant_prices_variant_id_variants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("market_id", "variant_id", name=op.f("pk_variant_prices")),
    )
    with op.batch_alter_table("variant_prices", schema=None) as batch_op:
        batch_op.create_index("ix_variant_prices_product_id", ["product_id", "market_id"], unique=False)
        batch_op.create_index("ix_variant_prices_variant_id", ["variant_id"], unique=False)

    op.create_index(
        "uq_variants_option_values",
        "variants",
        ["product_id", "option1_id", sa.text("coalesce(option2_id, 0)"), sa.text("coalesce(option3_id, 0)")],
        unique=True,
    )
    op.execute("INSERT INTO event_head (id, position) VALUES (1, 0)")


def downgrade() -> None:
    with op.batch_alter_table("variant_prices", schema=None) as batch_op:
        batch_op.drop_index("ix_variant_prices_variant_id")
        batch_op.drop_index("ix_variant_prices_product_id")

    op.drop_table("variant_prices")
    op.drop_table("price_breaks")
    with op.batch_alter_table("inventory_levels", schema=None) as batch_op:
        batch_op.drop_index("ix_inventory_levels_location_id")

    op.drop_table("inventory_levels")
    with op.batch_alter_table("cart_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_cart_lines_variant_id")

    op.drop_table("cart_lines")
    with op.batch_alter_table("variants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_variants_sku"))
        batch_op.drop_index("ix_variants_product_id")
        batch_op.drop_index(batch_op.f("ix_variants_option3_id"))
        batch_op.drop_index(batch_op.f("ix_variants_option2_id"))
        batch_op.drop_index(batch_op.f("ix_variants_option1_id"))
        batch_op.drop_index(batch_op.f("ix_variants_media_id"))

    op.drop_table("variants")
    with op.batch_alter_table("collection_products", schema=None) as batch_op:
        batch_op.drop_index("ix_collection_products_product_id")
        batch_op.drop_index("ix_collection_products_position")

    op.drop_table("collection_products")
    op.drop_table("swatches")
    op.drop_table("shops")
    with op.batch_alter_table("product_option_values", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_option_values_swatch_media_id"))
        batch_op.drop_index("ix_product_option_values_option_id")

    op.drop_table("product_option_values")
    with op.batch_alter_table("media_sources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_media_sources_media_id"))

    op.drop_table("media_sources")
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.drop_index("ix_collections_updated_at")
        batch_op.drop_index("ix_collections_title_key")

    op.drop_table("collections")
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index("ix_reviews_product_id")

    op.drop_table("reviews")
    with op.batch_alter_table("product_tags", schema=None) as batch_op:
        batch_op.drop_index("ix_product_tags_tag_key")

    op.drop_table("product_tags")
    with op.batch_alter_table("product_prices", schema=None) as batch_op:
        batch_op.drop_index("ix_product_prices_minimum")

    op.drop_table("product_prices")
    op.drop_table("product_options")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_index("ix_media_product_id")

    op.drop_table("media")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_index("ix_products_vendor_key")
        batch_op.drop_index("ix_products_updated_at")
        batch_op.drop_index("ix_products_type_key")
        batch_op.drop_index("ix_products_title_key")
        batch_op.drop_index("ix_products_sold_count")
        batch_op.drop_index("ix_products_created_at")
        batch_op.drop_index(batch_op.f("ix_products_category_id"))

    op.drop_table("products")
    with op.batch_alter_table("market_countries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_market_countries_market_id"))

    op.drop_table("market_countries")
    op.drop_table("policies")
    op.drop_table("metafields")
    op.drop_table("metafield_definitions")
    with op.batch_alter_table("markets", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_markets_is_primary", sqlite_where=sa.text("is_primary"), postgresql_where=sa.text("is_primary")
        )

    op.drop_table("markets")
    op.drop_table("locations")
    with op.batch_alter_table("inventory_movements", schema=None) as batch_op:
        batch_op.drop_index("ix_inventory_movements_variant_id")

    op.drop_table("inventory_movements")
    op.drop_table("imports")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("uq_events_position")
        batch_op.drop_index(
            "ix_events_unpublished",
            sqlite_where=sa.text("position is null"),
            postgresql_where=sa.text("position is null"),
        )
        batch_op.drop_index("ix_events_created_at")

    op.drop_table("events")
    op.drop_table("event_head")
    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_categories_parent_id"))

    op.drop_table("categories")
    with op.batch_alter_table("carts", schema=None) as batch_op:
        batch_op.drop_index("ix_carts_updated_at")

    op.drop_table("carts")
