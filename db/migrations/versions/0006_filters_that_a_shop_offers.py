"""Filters that a shop offers

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    op.add_column("shops", sa.Column("filters", db.types.Json, nullable=True))


def downgrade() -> None:
    op.drop_column("shops", "filters")
