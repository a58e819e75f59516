"""What the search syntax can ask of pages, blogs, articles and redirects."""

from functools import partial

from db import search as db
from db.content import ArticleRow, BlogRow, PageRow, RedirectRow
from db.search import Condition, Kind, Part
from resolvers.context import Context
from resolvers.search.meaning import Keys, by_keys, free_text, handle, moment, reversed_, searched, tag

_TAG = tag(db.article_tagged, db.article_tagged_at_all)

_ARTICLES: Keys = {
    None: searched(Kind.ARTICLE, db.article_has),
    "author": free_text(partial(db.has_folded, ArticleRow.author_key)),
    "blog_title": free_text(partial(db.has_folded, ArticleRow.blog_key)),
    "created_at": moment(ArticleRow.created_at),
    "tag": _TAG,
    "tag_not": reversed_(_TAG),
    "updated_at": moment(ArticleRow.updated_at),
}

_BLOGS: Keys = {
    None: free_text(db.blog_has),
    "created_at": moment(BlogRow.created_at),
    "handle": handle(BlogRow.handle),
    "title": free_text(partial(db.has_folded, BlogRow.title_key)),
    "updated_at": moment(BlogRow.updated_at),
}

_PAGES: Keys = {
    None: searched(Kind.PAGE, db.page_has),
    "created_at": moment(PageRow.created_at),
    "handle": handle(PageRow.handle),
    "title": searched(Kind.PAGE, partial(db.has_folded, PageRow.title_key), Part.TITLE),
    "updated_at": moment(PageRow.updated_at),
}

_REDIRECTS: Keys = {
    None: handle(RedirectRow.path),
    "created_at": moment(RedirectRow.created_at),
    "path": handle(RedirectRow.path),
    "target": handle(RedirectRow.target),
}

ARTICLE_KEYS, BLOG_KEYS, PAGE_KEYS, REDIRECT_KEYS = (
    frozenset(key for key in keys if key) for keys in (_ARTICLES, _BLOGS, _PAGES, _REDIRECTS)
)


async def article_query(context: Context, query: str | None, *, of_few: bool = False) -> list[Condition]:
    """The conditions of a `query` argument on articles; see `Query`, as for the others here."""
    return await by_keys(_ARTICLES, context, query, of_few=of_few)


async def blog_query(context: Context, query: str | None) -> list[Condition]:
    """The same on blogs."""
    return await by_keys(_BLOGS, context, query)


async def page_query(context: Context, query: str | None, *, of_few: bool = False) -> list[Condition]:
    """The same on pages."""
    return await by_keys(_PAGES, context, query, of_few=of_few)


async def redirect_query(context: Context, query: str | None) -> list[Condition]:
    """The same on redirects; text without a key is a path."""
    return await by_keys(_REDIRECTS, context, query)
