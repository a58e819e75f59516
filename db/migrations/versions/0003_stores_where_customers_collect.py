"""Stores where customers collect, and their metafields

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"


OWNED = ("metafields", "metafield_definitions")
OLD = "owner_kind in ('product', 'variant', 'collection', 'shop', 'page', 'blog', 'article')"
NEW = "owner_kind in ('product', 'variant', 'collection', 'shop', 'page', 'blog', 'article', 'location')"


def _owners(table: str, condition: str) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_owner_kind"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_owner_kind"), condition)


def upgrade() -> None:
    for table in OWNED:
        _owners(table, NEW)
    op.add_column("locations", sa.Column("province_code", sa.String(), nullable=True))
    op.add_column("locations", sa.Column("pickup", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("locations", sa.Column("pickup_time", sa.String(), nullable=True))


def downgrade() -> None:
    for name in ("pickup_time", "pickup", "province_code"):
        op.drop_column("locations", name)
    for table in OWNED:
        owned = sa.table(table, sa.column("owner_kind"))
        op.execute(owned.delete().where(owned.c.owner_kind == "location"))
        _owners(table, OLD)
