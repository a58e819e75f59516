"""Words that mean the same

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    op.add_column("shops", sa.Column("synonyms", db.types.Json, nullable=True))


def downgrade() -> None:
    op.drop_column("shops", "synonyms")
