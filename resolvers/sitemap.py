"""What has pages of its own, for search engines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db import storefront as db
from db.session import Session
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.loading import Loader


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page of the online shop; ``type`` is a metaobject's, None for all else."""

    handle: str
    title: str
    updated_at: datetime
    type: str | None


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """Up to 250 entries."""

    items: list[SitemapEntry]
    has_next_page: bool


class SizeOfSitemap(Loader[str, int]):
    """How many entries there are of a kind."""

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[int]:
        context = self.context
        return [(await session.tuples(db.sitemap_size(kind, context.country, context.now)))[0][0] for kind in keys]


async def sitemap_pages(context: Context, kind: str) -> int:
    """How many pages a sitemap has; at least one."""
    return max(1, -(-await context.loader(SizeOfSitemap).load(kind) // db.SITEMAP_PAGE))


async def sitemap_page(context: Context, kind: str, page: int) -> SitemapPage:
    """A page of a sitemap, counted from 1. Raises ClientError for a number below that."""
    if not 1 <= page <= 1_000_000:
        raise ClientError("BAD_REQUEST", f"Pages of a sitemap are counted from 1, and {page} is none.")
    async with context.read() as session:
        rows = await session.tuples(db.sitemap_page(kind, context.country, context.now, page))
    entries = [SitemapEntry(*row) for row in rows]
    return SitemapPage(entries[: db.SITEMAP_PAGE], len(entries) > db.SITEMAP_PAGE)
