"""Named statements over the content that a storefront may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, cast, func, tuple_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Tuples
from db.content.metaobjects import MetaobjectDefinitionRow, MetaobjectRow
from db.content.navigation import MenuItemRow, MenuRow, RedirectRow
from db.content.pages import ArticleRow, ArticleTagRow, BlogRow, PageRow
from db.keys import among
from db.paging import Children, Order
from db.types import SortText

Condition = ColumnElement[bool]

PAGE_ORDERS = {
    "ID": Order("pages.id", (col(PageRow.id),)),
    "RELEVANCE": Order("pages.id", (col(PageRow.id),)),
    "TITLE": Order("pages.title", (col(PageRow.title_key), col(PageRow.id))),
    "UPDATED_AT": Order("pages.updated", (col(PageRow.updated_at), col(PageRow.id))),
}

BLOG_ORDERS = {
    "ID": Order("blogs.id", (col(BlogRow.id),)),
    "RELEVANCE": Order("blogs.id", (col(BlogRow.id),)),
    "HANDLE": Order("blogs.handle", (cast(col(BlogRow.handle), SortText), col(BlogRow.id))),
    "TITLE": Order("blogs.title", (col(BlogRow.title_key), col(BlogRow.id))),
}

ARTICLE_ORDERS = {
    "ID": Order("articles.id", (col(ArticleRow.id),)),
    "RELEVANCE": Order("articles.id", (col(ArticleRow.id),)),
    "AUTHOR": Order("articles.author", (col(ArticleRow.author_key), col(ArticleRow.id))),
    "BLOG_TITLE": Order("articles.blog", (col(ArticleRow.blog_key), col(ArticleRow.id))),
    "PUBLISHED_AT": Order("articles.published", (col(ArticleRow.published_at), col(ArticleRow.id))),
    "TITLE": Order("articles.title", (col(ArticleRow.title_key), col(ArticleRow.id))),
    "UPDATED_AT": Order("articles.updated", (col(ArticleRow.updated_at), col(ArticleRow.id))),
}

METAOBJECT_ORDERS = {
    "id": Order("metaobjects.id", (col(MetaobjectRow.id),)),
    "updated_at": Order("metaobjects.updated", (col(MetaobjectRow.updated_at), col(MetaobjectRow.id))),
}

REDIRECT_ORDER = Order("redirects.id", (col(RedirectRow.id),))


def published(row: Any, now: datetime) -> tuple[Condition, ...]:
    """What a storefront may see of the enclosing statement's pages, articles or metaobjects."""
    return (col(row.published_at) <= now,)


def pages_by_id(ids: Sequence[int], now: datetime) -> SelectOfScalar[PageRow]:
    return select(PageRow).where(among(PageRow.id, ids), *published(PageRow, now))


def pages_by_handle(handles: Sequence[str], now: datetime) -> SelectOfScalar[PageRow]:
    return select(PageRow).where(among(PageRow.handle, handles), *published(PageRow, now))


def blogs_by_id(ids: Sequence[int]) -> SelectOfScalar[BlogRow]:
    return select(BlogRow).where(among(BlogRow.id, ids))


def blogs_by_handle(handles: Sequence[str]) -> SelectOfScalar[BlogRow]:
    return select(BlogRow).where(among(BlogRow.handle, handles))


def articles_by_id(ids: Sequence[int], now: datetime) -> SelectOfScalar[ArticleRow]:
    return select(ArticleRow).where(among(ArticleRow.id, ids), *published(ArticleRow, now))


def articles_by_handle(keys: Sequence[tuple[int, str]], now: datetime) -> SelectOfScalar[ArticleRow]:
    """By (blog id, handle)."""
    blogs, handles = [key[0] for key in keys], [key[1] for key in keys]
    found = select(ArticleRow).where(among(ArticleRow.blog_id, blogs), among(ArticleRow.handle, handles))
    return found.where(*published(ArticleRow, now))


def articles_of_blogs(now: datetime, conditions: Sequence[Condition] = ()) -> Children:
    return Children(ArticleRow, col(ArticleRow.blog_id), where=(*published(ArticleRow, now), *conditions))


def tags_of_articles(ids: Sequence[int]) -> Tuples:
    """(article, tag) in the tags' order."""
    tags = select(ArticleTagRow.article_id, ArticleTagRow.name).where(among(ArticleTagRow.article_id, ids))
    return tags.order_by(col(ArticleTagRow.article_id), col(ArticleTagRow.key))


def authors_of_blogs(ids: Sequence[int], now: datetime) -> Tuples:
    """(blog, the id of the newest article of each author)."""
    newest = func.max(ArticleRow.id)
    found = select(ArticleRow.blog_id, newest).where(among(ArticleRow.blog_id, ids), *published(ArticleRow, now))
    return found.group_by(col(ArticleRow.blog_id), col(ArticleRow.author_key)).order_by(
        col(ArticleRow.blog_id), col(ArticleRow.author_key)
    )


def menus_by_id(ids: Sequence[int]) -> SelectOfScalar[MenuRow]:
    return select(MenuRow).where(among(MenuRow.id, ids))


def menus_by_handle(handles: Sequence[str]) -> SelectOfScalar[MenuRow]:
    return select(MenuRow).where(among(MenuRow.handle, handles))


def items_of_menus(menus: Sequence[int]) -> SelectOfScalar[MenuItemRow]:
    """All items of menus, at whatever depth, in their order."""
    return select(MenuItemRow).where(among(MenuItemRow.menu_id, menus)).order_by(col(MenuItemRow.position))


def menu_items_by_id(ids: Sequence[int]) -> SelectOfScalar[MenuItemRow]:
    return select(MenuItemRow).where(among(MenuItemRow.id, ids))


def redirects_by_id(ids: Sequence[int]) -> SelectOfScalar[RedirectRow]:
    return select(RedirectRow).where(among(RedirectRow.id, ids))


def definitions() -> SelectOfScalar[MetaobjectDefinitionRow]:
    """Every kind of metaobject; a shop has some dozens."""
    return select(MetaobjectDefinitionRow).order_by(col(MetaobjectDefinitionRow.type))


def metaobjects_by_id(ids: Sequence[int], now: datetime) -> SelectOfScalar[MetaobjectRow]:
    return select(MetaobjectRow).where(among(MetaobjectRow.id, ids), *published(MetaobjectRow, now))


def metaobjects_by_handle(keys: Sequence[tuple[str, str]], now: datetime) -> SelectOfScalar[MetaobjectRow]:
    """By (type, handle)."""
    named = tuple_(col(MetaobjectRow.type), col(MetaobjectRow.handle)).in_(keys)
    return select(MetaobjectRow).where(named, *published(MetaobjectRow, now))


def of_type(type_: str) -> Condition:
    """The enclosing statement's metaobjects of a type."""
    return col(MetaobjectRow.type) == type_
