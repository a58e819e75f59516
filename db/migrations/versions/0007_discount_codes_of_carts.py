"""Discount codes of carts

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    op.add_column("carts", sa.Column("discount_codes", db.types.Json, nullable=False, server_default=sa.text("'[]'")))


def downgrade() -> None:
    op.drop_column("carts", "discount_codes")
