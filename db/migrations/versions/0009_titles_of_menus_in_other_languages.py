"""Titles of menus in other languages

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    does = (
        "BEGIN DELETE FROM translations WHERE owner_kind = 'menu' AND owner_id = OLD.id; END"
        if op.get_bind().dialect.name == "sqlite"
        else "EXECUTE FUNCTION forget_translations('menu')"
    )
    op.execute(f"CREATE TRIGGER tr_menus_translations AFTER DELETE ON menus FOR EACH ROW {does}")


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER tr_menus_translations" + ("" if is_sqlite else " ON menus"))
    op.execute("DELETE FROM translations WHERE owner_kind = 'menu'")
