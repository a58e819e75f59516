"""A whole shop as files, and back."""

from pathlib import Path
from typing import Any

from app.media import FileMediaStore
from db import demo as demo_shop
from db.base import Row
from db.session import Database
from resolvers.exchange import export_folder, import_folder
from tests.databases import Databases

DEMO = Path(demo_shop.__file__).parent
OF_THE_DATABASE = {"alembic_version", "imports", "events", "event_log", "outbox", "inventory_movements"}
"""Tables that say what happened, and not what the shop is."""


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


async def exported(database: Database, folder: Path, target: str, store: str = "store") -> tuple[Path, list[str]]:
    _, left_out = await export_folder(database, FileMediaStore(folder / store).path, folder / target)
    return folder / target, left_out


async def imported(database: Database, folder: Path, source: Path, store: str = "store") -> list[str]:
    """What an import refused or warned of."""
    summary = await import_folder(database, FileMediaStore(folder / store), source, is_demo=True)
    return [f"{found.severity}: {found.handle}: {found.reason}" for found in summary.total.findings]


async def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every table but for times, ids replaced by the place of what they name in its table."""
    tables = {name: table for name, table in Row.metadata.tables.items() if name not in OF_THE_DATABASE}
    read: dict[str, list[dict[str, Any]]] = {}
    async with database.read() as session:
        for name, table in tables.items():
            key = list(table.primary_key.columns)
            rows = (await session.connection.execute(table.select().order_by(*key))).mappings()
            read[name] = [dict(row) for row in rows]
    places: dict[str, dict[int, Any]] = {}
    for name, rows in read.items():
        # Pictures are told apart by what they show; in which order they came is nobody's business.
        places[name] = {
            row["id"]: (row["source"], row["embed_url"]) if name == "media" else at
            for at, row in enumerate(rows)
            if "id" in row
        }
    kinds = {"product": "products", "variant": "variants", "collection": "collections", "shop": "shops",
             "page": "pages", "blog": "blogs", "article": "articles"}  # fmt: skip
    gids = {"Product": "products", "ProductVariant": "variants", "Collection": "collections", "Page": "pages",
            "Article": "articles", "Metaobject": "metaobjects", "MediaImage": "media"}  # fmt: skip

    def replaced(value: Any) -> Any:
        if isinstance(value, str) and "gid://shopify/" in value:
            head, _, rest = value.partition("gid://shopify/")
            kind, _, rest = rest.partition("/")
            digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
            return f"{head}<{kind} {places[gids[kind]][int(digits)]}>" + replaced(rest[len(digits) :])
        if isinstance(value, list):
            return [replaced(item) for item in value]
        return {key: replaced(item) for key, item in value.items()} if isinstance(value, dict) else value

    def shown(name: str, row: dict[str, Any]) -> dict[str, Any]:
        table = tables[name]
        found = {}
        for column in table.columns:
            value = row[column.name]
            foreign = next(iter(column.foreign_keys), None)
            if column.name == "published_at":
                value = value is not None
            elif column.name.endswith("_at") or (column.name == "id" and name != "shops"):
                continue
            elif foreign is not None and value is not None:
                value = places[foreign.column.table.name][value]
            elif column.name == "owner_id":
                value = places[kinds[row["owner_kind"]]][value]
            elif column.name == "resource_id" and value is not None:
                kind = {"SHOP_POLICY": "policies"}.get(row["kind"], f"{row['kind'].lower()}s")
                value = places[kind][value]
            found[column.name] = replaced(value)
        return found

    return {name: sorted((shown(name, row) for row in rows), key=repr) for name, rows in read.items()}


async def same_again(backend: str, databases: Databases, folder: Path, source: Path) -> list[str]:
    """Import a folder, export it, import that elsewhere, and export it again; answers what exports left out."""
    async with Database(await databases.fresh(backend, "empty")) as first:
        await imported(first, folder, source)
        before = await everything(first)
        once, left_out = await exported(first, folder, "once")
        twice, _ = await exported(first, folder, "twice")
        assert files(twice) == files(once)
    async with Database(await databases.fresh(backend, "empty")) as second:
        assert await imported(second, folder, once, "other") == []
        after = await everything(second)
        for name, rows in before.items():
            assert after[name] == rows, name
        again, _ = await exported(second, folder, "again", "other")
        assert files(again) == files(once)
    return left_out


async def test_the_demo_shop(backend: str, databases: Databases, tmp_path: Path) -> None:
    assert await same_again(backend, databases, tmp_path, DEMO) == []
