"""Translations, and the languages of markets

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "0004"
down_revision: str | None = "0003"

OWNERS = {
    "articles": "article",
    "blogs": "blog",
    "collections": "collection",
    "media": "media",
    "menu_items": "menu_item",
    "metafields": "metafield",
    "metaobjects": "metaobject",
    "pages": "page",
    "policies": "policy",
    "product_option_values": "option_value",
    "product_options": "option",
    "products": "product",
}
"""The tables whose rows take their translations along when they go, and what translations call their rows."""


def upgrade() -> None:
    op.create_table(
        "translations",
        sa.Column("owner_kind", sa.String(20), nullable=False),
        sa.Column("owner_id", db.types.BigId, nullable=False),
        sa.Column("field", sa.String(64), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("owner_kind", "owner_id", "field", "language", name=op.f("pk_translations")),
    )
    op.create_index(op.f("ix_translations_language"), "translations", ["language"], unique=False)
    op.add_column("shops", sa.Column("language_code", sa.String(10), server_default="EN", nullable=False))
    op.add_column("markets", sa.Column("languages", db.types.Json, server_default="[]", nullable=False))
    _follow_owners()


def _follow_owners() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            "CREATE FUNCTION forget_translations() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " DELETE FROM translations WHERE owner_kind = TG_ARGV[0] AND owner_id = OLD.id; RETURN NULL; END $$"
        )
    for table, kind in OWNERS.items():
        does = (
            f"BEGIN DELETE FROM translations WHERE owner_kind = '{kind}' AND owner_id = OLD.id; END"  # noqa: S608 - our own names
            if is_sqlite
            else f"EXECUTE FUNCTION forget_translations('{kind}')"
        )
        op.execute(f"CREATE TRIGGER tr_{table}_translations AFTER DELETE ON {table} FOR EACH ROW {does}")


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in OWNERS:
        op.execute(f"DROP TRIGGER tr_{table}_translations" + ("" if is_sqlite else f" ON {table}"))
    if not is_sqlite:
        op.execute("DROP FUNCTION forget_translations()")
    op.drop_column("markets", "languages")
    op.drop_column("shops", "language_code")
    op.drop_index(op.f("ix_translations_language"), "translations")
    op.drop_table("translations")
