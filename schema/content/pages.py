"""Pages, blogs and articles."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeAlias

import strawberry
from strawberry import UNSET, Parent

from db.content import ArticleRow, BlogRow, PageRow
from resolvers import links
from resolvers.catalog.media import MediaById
from resolvers.content import pages
from resolvers.context import Info
from resolvers.media import Picture, picture_of
from resolvers.paging import Page as PageOf
from resolvers.search import ARTICLE_KEYS
from resolvers.text import truncated
from schema.asked import asked
from schema.caching import CONTENT, PART
from schema.catalog.media import Image
from schema.catalog.metafields import HasMetafields
from schema.fields import edge
from schema.node import Node
from schema.paging import SORTED_BY, After, Before, Connection, First, Last, Reverse, TruncateAt, given, page_args
from schema.scalars import Html, Url
from schema.seo import SEO, itself
from schema.trackable import OnlineStorePublishable, Trackable


@strawberry.enum(description="What pages are sorted by.")
class PageSortKeys(StrEnum):
    ID = "ID"
    RELEVANCE = "RELEVANCE"
    TITLE = "TITLE"
    UPDATED_AT = "UPDATED_AT"


@strawberry.enum(description="What blogs are sorted by.")
class BlogSortKeys(StrEnum):
    HANDLE = "HANDLE"
    ID = "ID"
    RELEVANCE = "RELEVANCE"
    TITLE = "TITLE"


@strawberry.enum(description="What articles are sorted by.")
class ArticleSortKeys(StrEnum):
    AUTHOR = "AUTHOR"
    BLOG_TITLE = "BLOG_TITLE"
    ID = "ID"
    PUBLISHED_AT = "PUBLISHED_AT"
    RELEVANCE = "RELEVANCE"
    TITLE = "TITLE"
    UPDATED_AT = "UPDATED_AT"


ArticleSearch: TypeAlias = Annotated[
    str | None,
    strawberry.argument(description="Only what this search asks for, such as `tag:ceramics AND author:'Ada'`."),
]


async def _page_url(page: Parent[PageRow], info: Info) -> Url | None:
    return Url(await links.address(info.context, f"pages/{page.handle}"))


async def _blog_url(blog: Parent[BlogRow], info: Info) -> Url | None:
    return Url(await links.address(info.context, f"blogs/{blog.handle}"))


async def _article_url(article: Parent[ArticleRow], info: Info) -> Url | None:
    blog = await info.context.loader(pages.BlogById).load(article.blog_id)
    return Url(await links.address(info.context, f"blogs/{blog.handle}/{article.handle}")) if blog else None


@strawberry.type(description="A page that the shop wrote, such as its story.", directives=[CONTENT])
class Page(HasMetafields, Node, OnlineStorePublishable, Trackable, row=PageRow, by=pages.PageById):
    body: Html = strawberry.field(description="The text; may be empty.")
    created_at: datetime = strawberry.field(description="When it was written.")
    handle: str = strawberry.field(description="Its name in URLs; unique among pages.")
    online_store_url: Url | None = strawberry.field(resolver=_page_url, description="Where it is in the online shop.")
    seo: SEO | None = strawberry.field(resolver=itself, description="How search engines should show it.")
    title: str = strawberry.field(description="Its title.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @strawberry.field(description="Its first 150 characters without HTML; may be empty.")
    @staticmethod
    def body_summary(page: Parent[PageRow]) -> str:
        return truncated(page.body_text, 150)


@strawberry.type(description="Who wrote an article.", directives=[PART])
class ArticleAuthor:
    @strawberry.field(description="A few words about the author; may be null.")
    @staticmethod
    def bio(article: Parent[ArticleRow]) -> str | None:
        return article.author_bio

    @strawberry.field(description="The author's address; may be empty.")
    @staticmethod
    def email(article: Parent[ArticleRow]) -> str:
        return article.author_email

    @strawberry.field(description="The name up to the last word.")
    @staticmethod
    def first_name(article: Parent[ArticleRow]) -> str:
        return article.author_name.rpartition(" ")[0] or article.author_name

    @strawberry.field(description="The last word of the name; empty when it has one.")
    @staticmethod
    def last_name(article: Parent[ArticleRow]) -> str:
        return article.author_name.rpartition(" ")[2] if " " in article.author_name else ""

    @strawberry.field(description="The whole name.")
    @staticmethod
    def name(article: Parent[ArticleRow]) -> str:
        return article.author_name


@strawberry.type(description="An entry of a blog.", directives=[CONTENT])
class Article(HasMetafields, Node, OnlineStorePublishable, Trackable, row=ArticleRow, by=pages.ArticleById):
    author: ArticleAuthor = strawberry.field(
        resolver=itself, description="Who wrote it.", deprecation_reason="Use `authorV2`."
    )
    author_v2: ArticleAuthor | None = strawberry.field(name="authorV2", resolver=itself, description="Who wrote it.")
    blog: Annotated["Blog", strawberry.lazy("schema.content.pages")] = edge(
        pages.BlogById, key="blog_id", description="The blog that it belongs to."
    )
    excerpt_html: Html | None = strawberry.field(description="Its beginning or a summary, as HTML; may be null.")
    handle: str = strawberry.field(description="Its name in URLs; unique in its blog.")
    online_store_url: Url | None = strawberry.field(
        resolver=_article_url, description="Where it is in the online shop."
    )
    published_at: datetime = strawberry.field(description="When it appeared.")
    seo: SEO | None = strawberry.field(resolver=itself, description="How search engines should show it.")
    tags: list[str] = edge(pages.TagsByArticle, key="id", description="What it is about, by name.")
    title: str = strawberry.field(description="Its title.")

    @strawberry.field(description="The text without HTML, cut to `truncateAt` characters.")
    @staticmethod
    def content(article: Parent[ArticleRow], truncate_at: TruncateAt = UNSET) -> str:
        return truncated(article.content, given(truncate_at))

    @strawberry.field(description="The text.")
    @staticmethod
    def content_html(article: Parent[ArticleRow]) -> Html:
        return Html(article.content_html)

    @strawberry.field(description="Its summary without HTML, cut to `truncateAt` characters; may be null.")
    @staticmethod
    def excerpt(article: Parent[ArticleRow], truncate_at: TruncateAt = UNSET) -> str | None:
        return None if article.excerpt is None else truncated(article.excerpt, given(truncate_at))

    @strawberry.field(graphql_type=Image | None, description="The picture that stands for it; may be null.")
    @staticmethod
    async def image(article: Parent[ArticleRow], info: Info) -> Picture | None:
        if article.media_id is None:
            return None
        return picture_of(await info.context.loader(MediaById).load(article.media_id))


@strawberry.type(description="A series of articles.", directives=[CONTENT])
class Blog(HasMetafields, Node, OnlineStorePublishable, row=BlogRow, by=pages.BlogById):
    authors: list[ArticleAuthor] = edge(pages.AuthorsByBlog, key="id", description="Who wrote for it.")
    handle: str = strawberry.field(description="Its name in URLs; unique among blogs.")
    online_store_url: Url | None = strawberry.field(resolver=_blog_url, description="Where it is in the online shop.")
    seo: SEO | None = strawberry.field(resolver=itself, description="How search engines should show it.")
    title: str = strawberry.field(description="Its title.")

    @strawberry.field(graphql_type=Article | None, description="Its article of that handle; or null.")
    @staticmethod
    async def article_by_handle(
        blog: Parent[BlogRow],
        info: Info,
        handle: Annotated[str, strawberry.argument(description="The article's name in URLs.")],
    ) -> ArticleRow | None:
        return await info.context.loader(pages.ArticleByHandle).load((blog.id, handle))

    @strawberry.field(graphql_type=Connection[Article], description="Its articles, at most 250 a page.")
    @staticmethod
    async def articles(
        blog: Parent[BlogRow],
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        sort_key: Annotated[ArticleSortKeys | None, SORTED_BY] = ArticleSortKeys.ID,
        query: ArticleSearch = UNSET,
    ) -> PageOf[ArticleRow]:
        args = page_args(first, after, last, before, reverse, sort_key)
        text = asked(info, query, ARTICLE_KEYS)
        return await info.context.loader(pages.ArticlesByBlog, text).load((blog.id, args))
