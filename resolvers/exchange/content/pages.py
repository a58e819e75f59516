"""Pages, blogs and articles from files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from db import content as db
from db.catalog.metafields import MetafieldOwner
from db.content import ArticleRow, ArticleTagRow, BlogRow, PageRow
from db.session import Session
from db.types import utc_now
from resolvers.exchange.cells import CellError, handle_of
from resolvers.exchange.content.changes import Changes
from resolvers.exchange.content.documents import Head, read_document, read_head
from resolvers.exchange.content.metafields import Metafields
from resolvers.exchange.pictures import Pictures
from resolvers.exchange.texts import ContentError
from resolvers.exchange.upsert import bring, differs, shop_pictures
from resolvers.text import fold, plain_text, safe_html


async def bring_pages(session: Session, folder: Path, changes: Changes, metafields: Metafields) -> None:
    """Make the pages those of the folder ``pages``, each a file named for its handle."""
    standing = {row.handle: row for row in await session.rows(db.all_pages())}
    wanted = {}
    for path in changes.files(folder, "*.html"):
        with changes.refusing(path):
            document = read_document(path)
            known = standing.get(path.stem)
            values = {
                **_titled(document.head),
                "body": document.body,
                "body_text": plain_text(document.body),
                "published_at": _published(document.head, known),
            }
            said = metafields.read(MetafieldOwner.PAGE, document.head)
            document.head.close()
            wanted[_handle(path)] = path, values, said
    for handle, (path, values, said) in wanted.items():
        known = standing.get(handle)
        key, changed = await _brought(session, PageRow, known, handle, values)
        changes.count(known, (key, changed))
        metafields.expect(MetafieldOwner.PAGE, key, path, said, is_unchanged=not changed)
    await changes.remove(session, PageRow, standing, wanted, folder)


async def bring_blogs(
    session: Session, folder: Path, changes: Changes, pictures: Pictures, metafields: Metafields
) -> None:
    """Make the blogs those of the folder ``blogs``: a folder each, with blog.toml and a file for every article."""
    standing = {row.handle: row for row in await session.rows(db.all_blogs())}
    wanted: dict[str, int] = {}
    for place in changes.folders(folder):
        with changes.refusing(place / "blog.toml"):
            changes.stay_within(place / "blog.toml")
            head = read_head(place / "blog.toml")
            values, said = _titled(head), metafields.read(MetafieldOwner.BLOG, head)
            head.close()
            handle = _handle(place)
            known = standing.get(handle)
            key, changed = await _brought(session, BlogRow, known, handle, values)
            changes.count(known, (key, changed))
            metafields.expect(MetafieldOwner.BLOG, key, place / "blog.toml", said, is_unchanged=not changed)
            wanted[handle] = key
            await _bring_articles(session, place, changes, pictures, metafields, key, values["title_key"])
    await changes.remove(session, BlogRow, standing, wanted, folder)


async def _bring_articles(
    session: Session,
    folder: Path,
    changes: Changes,
    pictures: Pictures,
    metafields: Metafields,
    blog_id: int,
    blog_key: str,
) -> None:
    standing = {row.handle: row for row in await session.rows(db.all_articles(blog_id))}
    tags: dict[int, list[str]] = {row.id: [] for row in standing.values()}
    for article, name in await session.tuples(db.tags_of_articles(list(tags))):
        tags[article].append(name)
    seen = set()
    for path in changes.files(folder, "*.html"):
        with changes.refusing(path):
            document = read_document(path)
            known = standing.get(path.stem)
            values = _article(document.head, document.body) | {
                "blog_id": blog_id,
                "blog_key": blog_key,
                "published_at": _published(document.head, known),
                "media_id": await _picture(session, document.head, pictures),
            }
            named = {fold(name): name for name in document.head.texts("tags")}
            said = metafields.read(MetafieldOwner.ARTICLE, document.head)
            document.head.close()
            handle = _handle(path)
            seen.add(handle)
            key, changed = await _brought(session, ArticleRow, known, handle, values)
            if sorted(tags.get(key, [])) != sorted(named.values()):
                changed = True
                await session.change(db.removed_tags(key))
                rows = [{"article_id": key, "key": tag, "name": name} for tag, name in named.items()]
                await session.add_all(ArticleTagRow, rows)
            changes.count(known, (key, changed))
            metafields.expect(MetafieldOwner.ARTICLE, key, path, said, is_unchanged=not changed)
    await changes.remove(session, ArticleRow, standing, seen, folder)


def _article(head: Head, body: str) -> dict[str, Any]:
    author = head.required("author")
    excerpt = head.text("excerpt")
    html = safe_html(excerpt) if excerpt else None
    return {
        **_titled(head),
        "content_html": body,
        "content": plain_text(body),
        "excerpt_html": html,
        "excerpt": plain_text(html) if html else None,
        "author_name": author,
        "author_key": fold(author),
        "author_email": head.text("author_email") or "",
        "author_bio": head.text("author_bio"),
    }


def _titled(head: Head) -> dict[str, Any]:
    title, seo = head.required("title"), head.table("seo")
    values = {
        "title": title,
        "title_key": fold(title),
        "seo_title": seo.text("title"),
        "seo_description": seo.text("description"),
    }
    seo.close()
    return values


def _published(head: Head, known: Any | None) -> Any:
    """From when on it is shown: what the head says, else since it was first imported; None for never."""
    shown, since = head.flag("published", default=True), head.moment("published_at")
    if not shown:
        return None
    return since or (known and known.published_at) or utc_now()


async def _picture(session: Session, head: Head, pictures: Pictures) -> int | None:
    named, alt = head.text("image"), head.text("image_alt")
    if named is None:
        return None
    try:
        picture = pictures.find(named)
    except CellError as error:
        raise ContentError(f"image: {error}") from error
    return (await shop_pictures(session, [(picture, alt)]))[picture.source]


def _handle(path: Path) -> str:
    handle = path.stem if path.suffix else path.name
    if handle_of(handle) != handle:
        raise ContentError(f"{handle!r} cannot stand in an address; name it {handle_of(handle)!r}")
    return handle


async def _brought(
    session: Session, row: Any, standing: Any | None, handle: str, values: Mapping[str, Any]
) -> tuple[int, bool]:
    changes = {"handle": handle, **values}
    if standing is None or differs(standing, changes):
        changes["updated_at"] = utc_now()
    return await bring(session, row, standing, changes)
