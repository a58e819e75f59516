"""A whole shop as a folder of files: what `import_folder` reads."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from db.session import Database
from resolvers.exchange.outgoing.collections import write_collections
from resolvers.exchange.outgoing.content import write_blogs, write_metaobjects, write_pages
from resolvers.exchange.outgoing.navigation import write_menus, write_redirects
from resolvers.exchange.outgoing.shop import write_shop
from resolvers.exchange.outgoing.staging import Outgoing, owned
from resolvers.exchange.outgoing.tables import (
    write_inventory,
    write_media,
    write_products,
    write_quantity_rules,
    write_reviews,
)
from resolvers.exchange.outgoing.translations import write_translations
from resolvers.exchange.report import Progress, UnreadableError, nothing_to_tell
from resolvers.exchange.setting import read_setting

Writer = Callable[[Outgoing], Awaitable[None]]

WRITERS: tuple[Writer, ...] = (
    write_shop,
    write_products,
    write_inventory,
    write_media,
    write_quantity_rules,
    write_reviews,
    write_collections,
    write_pages,
    write_blogs,
    write_metaobjects,
    write_menus,
    write_redirects,
    write_translations,
)
"""Each writes files of one kind; a further kind is one more entry."""


async def export_folder(
    database: Database,
    file_of: Callable[[str], Path],
    target: Path,
    *,
    progress: Callable[[str], Progress] = lambda name: nothing_to_tell,
) -> tuple[int, list[str]]:
    """Write the whole shop into a folder; answers how many files it is, and a sentence for all that is not in them.

    Importing the folder into an empty database gives an equal shop, and exporting an unchanged shop again the same
    bytes. What orders and time have made is not written: carts, sales, reservations, movements of stock. The folder
    appears when it is whole. One of an earlier export is brought to what the shop is now: its own files that are no
    more go, and files that it did not write stay. ``file_of`` says where the media store keeps a file.

    Raises `UnreadableError` without a shop, for a folder that holds something else, and where nothing can be written.
    """
    async with database.read() as session:
        setting = await read_setting(session)
    if setting is None:
        raise UnreadableError("There is no shop in the database yet: import one first.")
    owned(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{target.name}.", suffix=".part", dir=target.parent) as place:
            out = Outgoing(database, setting, file_of, target, Path(place), progress)
            for write in WRITERS:
                await write(out)
            return out.settle(), out.left_out
    except OSError as error:
        raise UnreadableError(f"{target} cannot be written: {error.strerror}") from error
