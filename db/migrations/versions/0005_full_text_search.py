"""Full-text search

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    op.create_table(
        "search_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_index")),
    )
    op.create_table(
        "search_words",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("word", db.types.SortText, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_words")),
        sa.UniqueConstraint("language", "word", name=op.f("uq_search_words_language_word")),
    )
    op.create_table(
        "search_postings",
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("owner_id", db.types.BigId, nullable=False),
        sa.Column("word_id", db.types.BigId, nullable=False),
        sa.Column("distance", sa.SmallInteger(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "owner_id", "word_id", name=op.f("pk_search_postings")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("search_postings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_search_postings_nearest", ["word_id", "kind", "distance", "owner_id", "parts"], unique=False
        )

    op.create_table(
        "search_forms",
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("form", db.types.SortText, nullable=False),
        sa.Column("word_id", db.types.BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["word_id"], ["search_words.id"], name=op.f("fk_search_forms_word_id_search_words"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("language", "form", name=op.f("pk_search_forms")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("search_forms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_forms_word_id"), ["word_id"], unique=False)

    op.create_table(
        "search_spellings",
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("spelling", db.types.SortText, nullable=False),
        sa.Column("form", db.types.SortText, nullable=False),
        sa.PrimaryKeyConstraint("language", "spelling", "form", name=op.f("pk_search_spellings")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("search_spellings")
    with op.batch_alter_table("search_forms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_forms_word_id"))

    op.drop_table("search_forms")
    with op.batch_alter_table("search_postings", schema=None) as batch_op:
        batch_op.drop_index("ix_search_postings_nearest")

    op.drop_table("search_postings")
    op.drop_table("search_words")
    op.drop_table("search_index")
