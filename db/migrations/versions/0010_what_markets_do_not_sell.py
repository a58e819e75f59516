"""What markets do not sell

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    op.create_index(
        "ix_product_prices_excluded",
        "product_prices",
        ["market_id", "product_id"],
        sqlite_where=sa.text("is_included = 0"),
        postgresql_where=sa.text("not is_included"),
    )


def downgrade() -> None:
    op.drop_index("ix_product_prices_excluded", "product_prices")
