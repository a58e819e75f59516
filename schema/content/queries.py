"""Where queries of the content begin."""

from enum import StrEnum
from typing import Annotated

import strawberry
from strawberry import UNSET

from db.content import ArticleRow, BlogRow, MenuRow, MetaobjectRow, PageRow, RedirectRow
from resolvers.content import metaobjects, navigation, pages
from resolvers.context import Info
from resolvers.errors import ClientError
from resolvers.ids import numbered
from resolvers.paging import Page as PageOf
from resolvers.search import ARTICLE_KEYS, BLOG_KEYS, PAGE_KEYS, REDIRECT_KEYS
from schema.asked import asked
from schema.content.metaobjects import Metaobject
from schema.content.navigation import Menu, UrlRedirect
from schema.content.pages import Article, ArticleSearch, ArticleSortKeys, Blog, BlogSortKeys, Page, PageSortKeys
from schema.paging import SORTED_BY, After, Before, Connection, First, Last, Reverse, page_args
from schema.queries import GlobalId, Handle, SearchText, SomeHandle, SomeId, number_of


@strawberry.input(description="Names a metaobject.")
class MetaobjectHandleInput:
    handle: str = strawberry.field(description="Its name, unique in its type.")
    type: str = strawberry.field(description="What kind it is.")


class MetaobjectSort(StrEnum):
    """What metaobjects are sorted by; text in the schema."""

    ID = "id"
    UPDATED_AT = "updated_at"


@strawberry.type
class ContentQuery:
    @strawberry.field(graphql_type=Article | None, description="The article of that id; or null.")
    @staticmethod
    async def article(info: Info, id: GlobalId) -> ArticleRow | None:
        number = numbered(id, "Article")
        return None if number is None else await info.context.loader(pages.ArticleById).load(number)

    @strawberry.field(graphql_type=Connection[Article], description="The articles of all blogs, at most 250 a page.")
    @staticmethod
    async def articles(
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
        return await pages.list_articles(info.context, args, asked(info, query, ARTICLE_KEYS))

    @strawberry.field(graphql_type=Blog | None, description="The blog of that id, else of that handle; or null.")
    @staticmethod
    async def blog(info: Info, id: SomeId = UNSET, handle: SomeHandle = UNSET) -> BlogRow | None:
        return await pages.find_blog(info.context, number_of(id, "Blog"), handle or None)

    @strawberry.field(
        graphql_type=Blog | None, description="The blog of that handle; or null.", deprecation_reason="Use `blog`."
    )
    @staticmethod
    async def blog_by_handle(info: Info, handle: Handle) -> BlogRow | None:
        return await pages.find_blog(info.context, None, handle)

    @strawberry.field(graphql_type=Connection[Blog], description="Blogs, at most 250 a page.")
    @staticmethod
    async def blogs(
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        sort_key: Annotated[BlogSortKeys | None, SORTED_BY] = BlogSortKeys.ID,
        query: SearchText = UNSET,
    ) -> PageOf[BlogRow]:
        args = page_args(first, after, last, before, reverse, sort_key)
        return await pages.list_blogs(info.context, args, asked(info, query, BLOG_KEYS))

    @strawberry.field(graphql_type=Menu | None, description="The menu of that handle; or null.")
    @staticmethod
    async def menu(info: Info, handle: Handle) -> MenuRow | None:
        return await info.context.loader(navigation.MenuByHandle).load(handle)

    @strawberry.field(
        graphql_type=Metaobject | None, description="The metaobject of that id, else of that type and handle; or null."
    )
    @staticmethod
    async def metaobject(
        info: Info,
        id: SomeId = UNSET,
        handle: Annotated[MetaobjectHandleInput | None, strawberry.argument(description="Its type and name.")] = UNSET,
    ) -> MetaobjectRow | None:
        named = (handle.type, handle.handle) if handle else None
        return await metaobjects.find_metaobject(info.context, number_of(id, "Metaobject"), named)

    @strawberry.field(
        graphql_type=Connection[Metaobject],
        description="The metaobjects of a type, at most 250 a page; `sortKey` is `id` or `updated_at`.",
    )
    @staticmethod
    async def metaobjects(
        info: Info,
        type: Annotated[str, strawberry.argument(description="What kind.")],
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        sort_key: Annotated[str | None, SORTED_BY] = UNSET,
    ) -> PageOf[MetaobjectRow]:
        try:
            sort = MetaobjectSort(sort_key or MetaobjectSort.ID)
        except ValueError as unknown:
            raise ClientError("BAD_REQUEST", "`sortKey` of metaobjects is `id` or `updated_at`.") from unknown
        args = page_args(first, after, last, before, reverse, sort)
        return await metaobjects.list_metaobjects(info.context, type, args)

    @strawberry.field(graphql_type=Page | None, description="The page of that id, else of that handle; or null.")
    @staticmethod
    async def page(info: Info, id: SomeId = UNSET, handle: SomeHandle = UNSET) -> PageRow | None:
        return await pages.find_page(info.context, number_of(id, "Page"), handle or None)

    @strawberry.field(
        graphql_type=Page | None, description="The page of that handle; or null.", deprecation_reason="Use `page`."
    )
    @staticmethod
    async def page_by_handle(info: Info, handle: Handle) -> PageRow | None:
        return await pages.find_page(info.context, None, handle)

    @strawberry.field(graphql_type=Connection[Page], description="Pages that the shop wrote, at most 250 a page.")
    @staticmethod
    async def pages(
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        sort_key: Annotated[PageSortKeys | None, SORTED_BY] = PageSortKeys.ID,
        query: SearchText = UNSET,
    ) -> PageOf[PageRow]:
        args = page_args(first, after, last, before, reverse, sort_key)
        return await pages.list_pages(info.context, args, asked(info, query, PAGE_KEYS))

    @strawberry.field(graphql_type=Connection[UrlRedirect], description="Paths that have moved, at most 250 a page.")
    @staticmethod
    async def url_redirects(
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        query: SearchText = UNSET,
    ) -> PageOf[RedirectRow]:
        args = page_args(first, after, last, before, reverse)
        return await navigation.list_redirects(info.context, args, asked(info, query, REDIRECT_KEYS))
