"""The folder `content`: pages, blogs with their articles, metaobjects."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from db import content as db
from db import exchange
from db.catalog import MediaRow, MetafieldRow
from db.catalog.metafields import MetafieldOwner
from db.content import ArticleRow, BlogRow, MetaobjectDefinitionRow, MetaobjectRow, PageRow
from db.session import Session
from resolvers.exchange.metafields import Metafield
from resolvers.exchange.outgoing.documents import document
from resolvers.exchange.outgoing.staging import Outgoing
from resolvers.exchange.outgoing.values import Values, read_values

Said = dict[int, dict[str, dict[str, Any]]]
"""Metafields by owner, namespace and key, as TOML has them."""


async def write_pages(out: Outgoing) -> None:
    """Write a file for every page."""
    async with out.database.read() as session:
        pages = await session.rows(db.all_pages())
        said = await _metafields(session, out, MetafieldOwner.PAGE, pages)
    for page in pages:
        head = {"title": page.title, **_published(page.published_at), **_seo(page), "metafields": said.get(page.id)}
        out.text(f"content/pages/{page.handle}.html", document(head, page.body))


async def write_blogs(out: Outgoing) -> None:
    """Write a folder for every blog, with a file for every article."""
    async with out.database.read() as session:
        blogs = await session.rows(db.all_blogs())
        said = await _metafields(session, out, MetafieldOwner.BLOG, blogs)
    progress = out.progress("content/blogs")
    for done, blog in enumerate(blogs, 1):
        head = {"title": blog.title, **_seo(blog), "metafields": said.get(blog.id)}
        out.toml(f"content/blogs/{blog.handle}/blog.toml", head)
        await _write_articles(out, blog)
        progress(done, len(blogs))


async def _write_articles(out: Outgoing, blog: BlogRow) -> None:
    async with out.database.read() as session:
        articles = await session.rows(db.all_articles(blog.id))
        said = await _metafields(session, out, MetafieldOwner.ARTICLE, articles)
        tags: dict[int, list[str]] = defaultdict(list)
        for article, name in await session.tuples(db.tags_of_articles([row.id for row in articles])):
            tags[article].append(name)
        media = await session.rows(exchange.media_by_id([row.media_id for row in articles if row.media_id is not None]))
    pictures = {row.id: row for row in media}
    for article in articles:
        head = {
            **_article(article, sorted(tags[article.id])),
            **_picture(out, pictures.get(article.media_id or 0)),
            **_seo(article),
            "metafields": said.get(article.id),
        }
        name = f"content/blogs/{blog.handle}/{article.handle}.html"
        out.text(name, document(head, article.content_html))


def _article(article: ArticleRow, tags: list[str]) -> dict[str, Any]:
    return {
        "title": article.title,
        "author": article.author_name,
        "author_email": article.author_email or None,
        "author_bio": article.author_bio,
        **_published(article.published_at),
        "tags": tags or None,
        "excerpt": article.excerpt_html,
    }


def _picture(out: Outgoing, picture: MediaRow | None) -> dict[str, Any]:
    if picture is None or picture.source is None:
        return {}
    return {"image": out.picture(picture.source), "image_alt": picture.alt}


def _published(since: datetime | None) -> dict[str, Any]:
    return {"published": False} if since is None else {"published_at": since}


def _seo(row: PageRow | BlogRow | ArticleRow) -> dict[str, Any]:
    said = {"title": row.seo_title, "description": row.seo_description}
    return {"seo": said} if any(said.values()) else {}


async def _metafields(
    session: Session, out: Outgoing, kind: MetafieldOwner, owners: Sequence[PageRow | BlogRow | ArticleRow]
) -> Said:
    """What stands under ``metafields`` of each owner. Those without a definition could not be read back."""
    rows = await session.rows(exchange.metafields(kind, [owner.id for owner in owners]))
    values = await read_values(session, out, map(_metafield, rows))
    handles = {owner.id: owner.handle for owner in owners}
    found: Said = defaultdict(lambda: defaultdict(dict))
    for row in sorted(rows, key=lambda row: (row.owner_id, row.namespace, row.key)):
        what = f"Metafield {row.namespace}.{row.key} of the {kind} {handles[row.owner_id]}"
        if (row.owner_kind, row.namespace, row.key) not in out.setting.definitions:
            out.leave_out(what, "no definition says what it is")
        elif (entry := values.entry(_metafield(row))) is None:
            out.leave_out(what, "what it refers to is gone")
        else:
            found[row.owner_id][row.namespace][row.key] = entry
    return found


def _metafield(row: MetafieldRow) -> Metafield:
    return Metafield(row.type, row.value)


async def write_metaobjects(out: Outgoing) -> None:
    """Write a file for every kind of metaobject, its entries in the order in which they were made."""
    async with out.database.read() as session:
        definitions = await session.rows(db.definitions())
    progress = out.progress("content/metaobjects")
    for done, definition in enumerate(definitions, 1):
        async with out.database.read() as session:
            rows = sorted(await session.rows(db.all_metaobjects(definition.id)), key=lambda row: row.id)
            values = await read_values(session, out, (value for row in rows for value in _fields(row).values()))
        head = {
            "name": definition.name,
            "title": definition.title_key,
            "description": definition.description_key,
            "fields": {field["key"]: field["type"] for field in definition.fields},
            "entries": [_entry(definition, row, values) for row in rows],
        }
        out.toml(f"content/metaobjects/{definition.type}.toml", head)
        progress(done, len(definitions))


def _entry(definition: MetaobjectDefinitionRow, row: MetaobjectRow, values: Values) -> dict[str, Any]:
    said = {key: values.cell(value) or None for key, value in _fields(row).items()}
    shown = {"published": False} if row.published_at is None else {}
    return {"handle": row.handle, **shown, **{field["key"]: said.get(field["key"]) for field in definition.fields}}


def _fields(row: MetaobjectRow) -> dict[str, Metafield]:
    return {field["key"]: Metafield(field["type"], field["value"]) for field in row.fields}
