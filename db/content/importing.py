"""Named statements for importing and exporting content: everything, whether a storefront may see it or not."""

from collections.abc import Sequence

from sqlalchemy import Delete, delete, tuple_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Tuples
from db.catalog.metafields import MetafieldOwner, MetafieldRow
from db.content.metaobjects import MetaobjectRow
from db.content.navigation import MenuItemRow, MenuRow, RedirectRow
from db.content.pages import ArticleRow, ArticleTagRow, BlogRow, PageRow
from db.keys import among


def all_pages() -> SelectOfScalar[PageRow]:
    return select(PageRow).order_by(col(PageRow.handle))


def all_blogs() -> SelectOfScalar[BlogRow]:
    return select(BlogRow).order_by(col(BlogRow.handle))


def all_articles(blog_id: int) -> SelectOfScalar[ArticleRow]:
    return select(ArticleRow).where(col(ArticleRow.blog_id) == blog_id).order_by(col(ArticleRow.handle))


def all_menus() -> SelectOfScalar[MenuRow]:
    return select(MenuRow).order_by(col(MenuRow.handle))


def all_redirects() -> SelectOfScalar[RedirectRow]:
    return select(RedirectRow).order_by(col(RedirectRow.path))


def all_metaobjects(definition_id: int) -> SelectOfScalar[MetaobjectRow]:
    found = select(MetaobjectRow).where(col(MetaobjectRow.definition_id) == definition_id)
    return found.order_by(col(MetaobjectRow.handle))


def article_named(blog: str, handle: str) -> SelectOfScalar[int]:
    """The id of a blog's article."""
    found = select(ArticleRow.id).join(BlogRow, col(BlogRow.id) == ArticleRow.blog_id)
    return found.where(col(BlogRow.handle) == blog, col(ArticleRow.handle) == handle)


def metaobject_named(type_: str, handle: str) -> SelectOfScalar[int]:
    """The id of a metaobject."""
    return select(MetaobjectRow.id).where(col(MetaobjectRow.type) == type_, col(MetaobjectRow.handle) == handle)


def articles_named(paths: Sequence[tuple[str, str]]) -> Tuples:
    """(blog's handle, handle, id), by the first two."""
    columns = col(BlogRow.handle), col(ArticleRow.handle)
    found = select(*columns, col(ArticleRow.id)).join(BlogRow, col(BlogRow.id) == ArticleRow.blog_id)
    return found.where(tuple_(*columns).in_(paths))


def metaobjects_named(paths: Sequence[tuple[str, str]]) -> Tuples:
    """(type, handle, id), by the first two."""
    columns = col(MetaobjectRow.type), col(MetaobjectRow.handle)
    return select(*columns, col(MetaobjectRow.id)).where(tuple_(*columns).in_(paths))


def article_paths(ids: Sequence[int]) -> Tuples:
    """(id, blog's handle, handle)."""
    found = select(col(ArticleRow.id), col(BlogRow.handle), col(ArticleRow.handle))
    return found.join(BlogRow, col(BlogRow.id) == ArticleRow.blog_id).where(among(ArticleRow.id, ids))


def metaobject_paths(ids: Sequence[int]) -> Tuples:
    """(id, type, handle)."""
    columns = col(MetaobjectRow.id), col(MetaobjectRow.type), col(MetaobjectRow.handle)
    return select(*columns).where(among(MetaobjectRow.id, ids))


def removed_orphans(kind: MetafieldOwner, row: type[PageRow] | type[BlogRow] | type[ArticleRow]) -> Delete:
    """Metafields of pages, blogs or articles that are there no more."""
    there = select(row.id)
    return delete(MetafieldRow).where(col(MetafieldRow.owner_kind) == kind, col(MetafieldRow.owner_id).not_in(there))


def removed_tags(article_id: int) -> Delete:
    return delete(ArticleTagRow).where(col(ArticleTagRow.article_id) == article_id)


def removed_items(menu_id: int) -> Delete:
    return delete(MenuItemRow).where(col(MenuItemRow.menu_id) == menu_id)
