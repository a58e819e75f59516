"""Rows of pages, blogs and articles: text that the shop wrote itself."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from db.base import Row
from db.types import BigId, SortText, UtcDateTime, utc_now
from db.wording import Wording


class PageRow(Row, table=True):
    """A page such as "About us". ``published_at`` null or in the future hides it."""

    __tablename__ = "pages"
    __table_args__ = (Index("ix_pages_title_key", "title_key", "id"), Index("ix_pages_updated_at", "updated_at", "id"))
    wording: ClassVar[Wording | None] = Wording("page", ("title", "body", "body_text", "seo_title", "seo_description"))

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    handle: str = Field(unique=True, max_length=255)
    title: str
    title_key: str = Field(sa_type=SortText)
    body: str = ""
    body_text: str = ""
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seo_title: str | None = None
    seo_description: str | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class BlogRow(Row, table=True):
    """A series of articles."""

    __tablename__ = "blogs"
    __table_args__ = (Index("ix_blogs_title_key", "title_key", "id"),)
    wording: ClassVar[Wording | None] = Wording("blog", ("title", "seo_title", "seo_description"))

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    handle: str = Field(unique=True, max_length=255)
    title: str
    title_key: str = Field(sa_type=SortText)
    seo_title: str | None = None
    seo_description: str | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ArticleRow(Row, table=True):
    """An entry of a blog. ``blog_key`` is the blog's ``title_key``, so that articles sort by it."""

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("blog_id", "handle"),
        Index("ix_articles_title_key", "title_key", "id"),
        Index("ix_articles_author_key", "author_key", "id"),
        Index("ix_articles_blog_key", "blog_key", "id"),
        Index("ix_articles_published_at", "published_at", "id"),
        Index("ix_articles_updated_at", "updated_at", "id"),
    )
    wording: ClassVar[Wording | None] = Wording(
        "article", ("title", "content", "content_html", "excerpt", "excerpt_html", "seo_title", "seo_description")
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    blog_id: int = Field(foreign_key="blogs.id", ondelete="CASCADE", sa_type=BigId)
    blog_key: str = Field(sa_type=SortText)
    handle: str = Field(max_length=255)
    title: str
    title_key: str = Field(sa_type=SortText)
    content: str = ""
    content_html: str = ""
    excerpt: str | None = None
    excerpt_html: str | None = None
    author_name: str
    author_key: str = Field(sa_type=SortText)
    author_email: str = ""
    author_bio: str | None = None
    media_id: int | None = Field(default=None, foreign_key="media.id", ondelete="SET NULL", index=True, sa_type=BigId)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seo_title: str | None = None
    seo_description: str | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ArticleTagRow(Row, table=True):
    """A tag on an article; ``key`` is its folded name."""

    __tablename__ = "article_tags"
    __table_args__ = (Index("ix_article_tags_key", "key", "article_id"),)

    article_id: int = Field(primary_key=True, foreign_key="articles.id", ondelete="CASCADE", sa_type=BigId)
    key: str = Field(primary_key=True)
    name: str
