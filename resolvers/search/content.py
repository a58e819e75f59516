"""What the search syntax can ask of pages, blogs, articles and redirects."""

from collections.abc import Mapping
from functools import partial

from db import search as db
from db.content import ArticleRow, BlogRow, PageRow, RedirectRow
from db.search import Condition, Kind, Part
from resolvers.search.analysis import LANGUAGE
from resolvers.search.meaning import Meaning, condition, free_text, handle, moment, reversed_, searched, tag
from resolvers.search.syntax import parse

Keys = Mapping[str | None, Meaning]

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


def article_query(query: str | None, language: str = LANGUAGE) -> list[Condition]:
    """The conditions of a `query` argument on articles; none for a query that asks for nothing.

    Raises ClientError above the bounds of the syntax, as do the others here.
    """
    return _asked(_ARTICLES, query, language)


def blog_query(query: str | None, language: str = LANGUAGE) -> list[Condition]:
    """The same on blogs."""
    return _asked(_BLOGS, query, language)


def page_query(query: str | None, language: str = LANGUAGE) -> list[Condition]:
    """The same on pages."""
    return _asked(_PAGES, query, language)


def redirect_query(query: str | None) -> list[Condition]:
    """The same on redirects; text without a key is a path."""
    return _asked(_REDIRECTS, query)


def _asked(keys: Keys, query: str | None, language: str = LANGUAGE) -> list[Condition]:
    found = condition(parse(query or "", language), lambda term: keys[term.field](term) if term.field in keys else None)
    return [] if found is None else [found]
