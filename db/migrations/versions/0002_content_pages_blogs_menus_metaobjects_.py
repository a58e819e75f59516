"""Content: pages, blogs, menus, metaobjects, redirects

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "0002"
down_revision: str | None = "0001"


OWNED = ("metafields", "metafield_definitions")
OLD = "owner_kind in ('product', 'variant', 'collection', 'shop')"
NEW = "owner_kind in ('product', 'variant', 'collection', 'shop', 'page', 'blog', 'article')"


def _owners(table: str, condition: str) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_owner_kind"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_owner_kind"), condition)


def upgrade() -> None:
    for table in OWNED:
        _owners(table, NEW)
    op.create_table(
        "blogs",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("handle", sa.String(255), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_key", db.types.SortText, nullable=False),
        sa.Column("seo_title", sa.String(), nullable=True),
        sa.Column("seo_description", sa.String(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blogs")),
        sa.UniqueConstraint("handle", name=op.f("uq_blogs_handle")),
    )
    with op.batch_alter_table("blogs", schema=None) as batch_op:
        batch_op.create_index("ix_blogs_title_key", ["title_key", "id"], unique=False)

    op.create_table(
        "menus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(255), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menus")),
        sa.UniqueConstraint("handle", name=op.f("uq_menus_handle")),
    )
    op.create_table(
        "metaobject_definitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(255), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fields", db.types.Json, nullable=False),
        sa.Column("title_key", sa.String(), nullable=True),
        sa.Column("description_key", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metaobject_definitions")),
        sa.UniqueConstraint("type", name=op.f("uq_metaobject_definitions_type")),
    )
    op.create_table(
        "pages",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("handle", sa.String(255), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_key", db.types.SortText, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_text", sa.String(), nullable=False),
        sa.Column("published_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("seo_title", sa.String(), nullable=True),
        sa.Column("seo_description", sa.String(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("handle", name=op.f("uq_pages_handle")),
    )
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.create_index("ix_pages_title_key", ["title_key", "id"], unique=False)
        batch_op.create_index("ix_pages_updated_at", ["updated_at", "id"], unique=False)

    op.create_table(
        "redirects",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redirects")),
        sa.UniqueConstraint("path", name=op.f("uq_redirects_path")),
    )
    op.create_table(
        "menu_items",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("menu_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", db.types.BigId, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("resource_id", db.types.BigId, nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("tags", db.types.Json, nullable=False),
        sa.CheckConstraint("(kind = 'HTTP') = (url is not null)", name=op.f("ck_menu_items_url")),
        sa.CheckConstraint(
            "kind in ('ARTICLE', 'BLOG', 'CATALOG', 'COLLECTION', 'COLLECTIONS', 'CUSTOMER_ACCOUNT_PAGE', 'FRONTPAGE', 'HTTP', 'METAOBJECT', 'PAGE', 'PRODUCT', 'SEARCH', 'SHOP_POLICY')",
            name=op.f("ck_menu_items_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["menu_id"], ["menus.id"], name=op.f("fk_menu_items_menu_id_menus"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["menu_items.id"], name=op.f("fk_menu_items_parent_id_menu_items"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_items")),
    )
    with op.batch_alter_table("menu_items", schema=None) as batch_op:
        batch_op.create_index("ix_menu_items_menu_id", ["menu_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_menu_items_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "metaobjects",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("handle", sa.String(255), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("fields", db.types.Json, nullable=False),
        sa.Column("published_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["metaobject_definitions.id"],
            name=op.f("fk_metaobjects_definition_id_metaobject_definitions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metaobjects")),
        sa.UniqueConstraint("definition_id", "handle", name=op.f("uq_metaobjects_definition_id_handle")),
    )
    with op.batch_alter_table("metaobjects", schema=None) as batch_op:
        batch_op.create_index("ix_metaobjects_type", ["type", "id"], unique=False)
        batch_op.create_index("ix_metaobjects_updated_at", ["type", "updated_at", "id"], unique=False)

    op.create_table(
        "articles",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("blog_id", db.types.BigId, nullable=False),
        sa.Column("blog_key", db.types.SortText, nullable=False),
        sa.Column("handle", sa.String(255), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_key", db.types.SortText, nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("content_html", sa.String(), nullable=False),
        sa.Column("excerpt", sa.String(), nullable=True),
        sa.Column("excerpt_html", sa.String(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("author_key", db.types.SortText, nullable=False),
        sa.Column("author_email", sa.String(), nullable=False),
        sa.Column("author_bio", sa.String(), nullable=True),
        sa.Column("media_id", db.types.BigId, nullable=True),
        sa.Column("published_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("seo_title", sa.String(), nullable=True),
        sa.Column("seo_description", sa.String(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["blog_id"], ["blogs.id"], name=op.f("fk_articles_blog_id_blogs"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_articles_media_id_media"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("blog_id", "handle", name=op.f("uq_articles_blog_id_handle")),
    )
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index("ix_articles_author_key", ["author_key", "id"], unique=False)
        batch_op.create_index("ix_articles_blog_key", ["blog_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_articles_media_id"), ["media_id"], unique=False)
        batch_op.create_index("ix_articles_published_at", ["published_at", "id"], unique=False)
        batch_op.create_index("ix_articles_title_key", ["title_key", "id"], unique=False)
        batch_op.create_index("ix_articles_updated_at", ["updated_at", "id"], unique=False)

    op.create_table(
        "article_tags",
        sa.Column("article_id", db.types.BigId, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_tags_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "key", name=op.f("pk_article_tags")),
    )
    with op.batch_alter_table("article_tags", schema=None) as batch_op:
        batch_op.create_index("ix_article_tags_key", ["key", "article_id"], unique=False)


def downgrade() -> None:
    for table in OWNED:
        owned = sa.table(table, sa.column("owner_kind"))
        op.execute(owned.delete().where(owned.c.owner_kind.in_(("page", "blog", "article"))))
        _owners(table, OLD)
    with op.batch_alter_table("article_tags", schema=None) as batch_op:
        batch_op.drop_index("ix_article_tags_key")

    op.drop_table("article_tags")
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.drop_index("ix_articles_updated_at")
        batch_op.drop_index("ix_articles_title_key")
        batch_op.drop_index("ix_articles_published_at")
        batch_op.drop_index(batch_op.f("ix_articles_media_id"))
        batch_op.drop_index("ix_articles_blog_key")
        batch_op.drop_index("ix_articles_author_key")

    op.drop_table("articles")
    with op.batch_alter_table("metaobjects", schema=None) as batch_op:
        batch_op.drop_index("ix_metaobjects_updated_at")
        batch_op.drop_index("ix_metaobjects_type")

    op.drop_table("metaobjects")
    with op.batch_alter_table("menu_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_menu_items_parent_id"))
        batch_op.drop_index("ix_menu_items_menu_id")

    op.drop_table("menu_items")
    op.drop_table("redirects")
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.drop_index("ix_pages_updated_at")
        batch_op.drop_index("ix_pages_title_key")

    op.drop_table("pages")
    op.drop_table("metaobject_definitions")
    op.drop_table("menus")
    with op.batch_alter_table("blogs", schema=None) as batch_op:
        batch_op.drop_index("ix_blogs_title_key")

    op.drop_table("blogs")
