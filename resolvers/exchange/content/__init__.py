"""The content of a shop from a folder of files: pages, blogs, metaobjects, menus and redirects."""

from pathlib import Path

from db import exchange as db
from db.search import Kind
from db.session import Database, Session
from resolvers.exchange.columns import MetafieldKey
from resolvers.exchange.content.changes import Changes
from resolvers.exchange.content.metafields import Metafields
from resolvers.exchange.content.metaobjects import bring_metaobjects
from resolvers.exchange.content.navigation import bring_menus, bring_redirects
from resolvers.exchange.content.pages import bring_blogs, bring_pages
from resolvers.exchange.content.places import Places
from resolvers.exchange.pictures import Pictures
from resolvers.exchange.report import Reporter, Summary
from resolvers.media import MediaStore
from resolvers.search.building import index_all

FOLDER = "content"
READ = "content/*", "content/pages/*", "content/blogs/*/*", "content/metaobjects/*", "content/pictures/*"
"""What of a shop's folder counts as its content."""


class _RehearsedError(Exception):
    """Ends a transaction whose writes were only tried."""


async def import_content(
    database: Database, store: MediaStore, folder: Path, *, dry_run: bool = False, reporter: Reporter | None = None
) -> Summary:
    """Bring content to what the files of a shop's folder say, in one transaction.

    Of each kind that the folder has a file or folder for, what no file describes is removed. A file that makes no
    sense is refused and costs only what it describes. Menus come last, because they lead to all the rest.
    """
    place = folder / FOLDER
    summary = Summary(file=str(place), encoding="UTF-8", reporter=reporter)
    changes = Changes(place, summary)
    with Pictures(store, folder, dry_run=dry_run) as pictures:
        try:
            async with database.write() as session:
                metafields = Metafields(await _types(session))
                if (place / "pages").is_dir():
                    await bring_pages(session, place / "pages", changes, metafields)
                if (place / "blogs").is_dir():
                    await bring_blogs(session, place / "blogs", changes, pictures, metafields)
                if (place / "metaobjects").is_dir():
                    await bring_metaobjects(session, place / "metaobjects", changes, pictures)
                await metafields.bring(session, changes, pictures)
                if (place / "redirects.csv").is_file():
                    await bring_redirects(session, place / "redirects.csv", changes)
                if (place / "menus.toml").is_file():
                    await bring_menus(session, place / "menus.toml", changes, Places())
                await index_all(session, Kind.PAGE, Kind.ARTICLE)
                if dry_run:
                    raise _RehearsedError
        except _RehearsedError:
            return summary
    return summary


async def _types(session: Session) -> dict[MetafieldKey, str]:
    return {(row.owner_kind, row.namespace, row.key): row.type for row in await session.rows(db.definitions())}
