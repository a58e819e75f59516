"""Building the search index where there is none, while people watch."""

from rich.console import Console

from app.progress import bars
from db.session import Database
from resolvers.search.building import build_index


async def with_search_index(database: Database) -> int | None:
    """Build the index unless this version did, with a bar on a terminal; answers how many things, None for nothing."""
    with bars(Console(stderr=True)) as listener:
        return await build_index(database, listener("search index"))
