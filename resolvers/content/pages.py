"""Reading pages, blogs and articles."""

from collections.abc import Sequence

from db import content as db
from db.content import ArticleRow, BlogRow, PageRow
from db.paging import Children, page
from db.search import Condition, Kind
from db.session import Session
from resolvers.context import Context
from resolvers.loading import Loader, PageLoader, grouped, picked
from resolvers.paging import Page, PageArgs, page_of
from resolvers.search import Listing, article_query, blog_query, page_query


class PageById(Loader[int, PageRow | None]):
    """What a storefront may see of pages."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[PageRow | None]:
        return picked({row.id: row for row in await session.rows(db.pages_by_id(keys, self.context.now))}, keys)


class PageByHandle(Loader[str, PageRow | None]):
    """The same by handle."""

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[PageRow | None]:
        return picked({row.handle: row for row in await session.rows(db.pages_by_handle(keys, self.context.now))}, keys)


class BlogById(Loader[int, BlogRow | None]):
    """Blogs; every blog can be seen."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[BlogRow | None]:
        return picked({row.id: row for row in await session.rows(db.blogs_by_id(keys))}, keys)


class BlogByHandle(Loader[str, BlogRow | None]):
    """The same by handle."""

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[BlogRow | None]:
        return picked({row.handle: row for row in await session.rows(db.blogs_by_handle(keys))}, keys)


class ArticleById(Loader[int, ArticleRow | None]):
    """What a storefront may see of articles."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[ArticleRow | None]:
        return picked({row.id: row for row in await session.rows(db.articles_by_id(keys, self.context.now))}, keys)


class ArticleByHandle(Loader[tuple[int, str], ArticleRow | None]):
    """The same by (blog id, handle)."""

    async def fetch(self, session: Session, keys: Sequence[tuple[int, str]]) -> list[ArticleRow | None]:
        rows = await session.rows(db.articles_by_handle(keys, self.context.now))
        return picked({(row.blog_id, row.handle): row for row in rows}, keys)


class ArticlesByBlog(PageLoader[ArticleRow]):
    """The articles of a blog that a `query` argument asks for."""

    orders = db.ARTICLE_ORDERS

    in_sql = False

    def __init__(self, context: Context, query: str | None) -> None:
        super().__init__(context)
        self.query = query
        self.asked: list[Condition] = []

    async def answer(self, keys: Sequence[tuple[int, PageArgs]]) -> list[Page[ArticleRow]]:
        self.asked = await article_query(self.context, self.query)
        return await super().answer(keys)

    def children(self) -> Children:
        return db.articles_of_blogs(self.context.now, self.asked)


class TagsByArticle(Loader[int, list[str]]):
    """The tags of articles, by name."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[list[str]]:
        return grouped(await session.tuples(db.tags_of_articles(keys)), keys)


class AuthorsByBlog(Loader[int, list[ArticleRow]]):
    """An article of each author who wrote for a blog: what is known of authors stands in their articles."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[list[ArticleRow]]:
        found = await session.tuples(db.authors_of_blogs(keys, self.context.now))
        articles = await session.rows(db.articles_by_id([article for _, article in found], self.context.now))
        rows = {row.id: row for row in articles}
        return grouped([(blog, rows[article]) for blog, article in found if article in rows], keys)


async def find_page(context: Context, page_id: int | None, handle: str | None) -> PageRow | None:
    """One page by id, else by handle; None when neither is given or nothing visible has it."""
    if page_id is not None:
        return await context.loader(PageById).load(page_id)
    return await context.loader(PageByHandle).load(handle) if handle is not None else None


async def find_blog(context: Context, blog_id: int | None, handle: str | None) -> BlogRow | None:
    """One blog by id, else by handle; None when neither is given or nothing has it."""
    if blog_id is not None:
        return await context.loader(BlogById).load(blog_id)
    return await context.loader(BlogByHandle).load(handle) if handle is not None else None


async def list_pages(context: Context, args: PageArgs, query: str | None) -> Page[PageRow]:
    """A page of pages, sorted by a PageSortKeys value."""
    order = db.PAGE_ORDERS[args.sort or "ID"]
    return await Listing(Kind.PAGE, db.published(PageRow, context.now), page_query, order).page(context, args, query)


async def list_blogs(context: Context, args: PageArgs, query: str | None) -> Page[BlogRow]:
    """A page of blogs, sorted by a BlogSortKeys value."""
    order = args.turned(db.BLOG_ORDERS[args.sort or "ID"])
    window = args.window(order)
    asked = await blog_query(context, query)
    async with context.read() as session:
        return page_of(await session.tuples(page(BlogRow, asked, order, window)), order, window)


async def list_articles(context: Context, args: PageArgs, query: str | None) -> Page[ArticleRow]:
    """A page of the articles of all blogs, sorted by an ArticleSortKeys value."""
    order, seen = db.ARTICLE_ORDERS[args.sort or "ID"], db.published(ArticleRow, context.now)
    return await Listing(Kind.ARTICLE, seen, article_query, order).page(context, args, query)
