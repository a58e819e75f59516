"""Conditions on pages, blogs, articles and redirects."""

from sqlalchemy import exists, or_
from sqlmodel import col

from db.content import ArticleRow, ArticleTagRow, BlogRow, PageRow
from db.search.words import Condition, Words, has_folded, has_written


def page_has(words: Words) -> Condition:
    """Whether a page's title or text has the words."""
    return or_(has_folded(col(PageRow.title_key), words), has_written(col(PageRow.body_text), words))


def blog_has(words: Words) -> Condition:
    """Whether a blog's title has the words."""
    return has_folded(col(BlogRow.title_key), words)


def article_has(words: Words) -> Condition:
    """Whether an article's title or text has the words."""
    return or_(has_folded(col(ArticleRow.title_key), words), has_written(col(ArticleRow.content), words))


def article_tagged(key: str, *, prefix: bool = False) -> Condition:
    """Whether an article has a tag of that folded text, or one that begins with it."""
    tag = col(ArticleTagRow.key)
    same = (tag >= key, tag < f"{key}\U0010ffff") if prefix else (tag == key,)
    return exists().where(col(ArticleTagRow.article_id) == ArticleRow.id, *same).correlate(ArticleRow)


def article_tagged_at_all() -> Condition:
    """Whether an article has any tag."""
    return exists().where(col(ArticleTagRow.article_id) == ArticleRow.id).correlate(ArticleRow)
