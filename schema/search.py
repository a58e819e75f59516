"""Full-text search."""

from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET, Parent

from db.catalog import CollectionRow, ProductRow
from db.content import ArticleRow, PageRow
from db.search import Kind, Part
from resolvers import finding
from resolvers.context import Info
from resolvers.finding import Availability, Found, Limit, Suggestions, Wish
from resolvers.search import Facet
from resolvers.search.completing import Suggestion
from schema.caching import CATALOGUE, PART
from schema.catalog.collections import Collection
from schema.catalog.filters import Filter, ProductFilter, plain_filters
from schema.catalog.products import Product
from schema.content.pages import Article, Page
from schema.paging import SORTED_BY, After, Before, First, Last, PageInfo, Reverse, given, page_args
from schema.trackable import Trackable

COUNTING = 5_000
"""What the filters of a search cost: 5 for each of its hits."""


@strawberry.enum(description="What search results are sorted by.")
class SearchSortKeys(StrEnum):
    PRICE = "PRICE"
    RELEVANCE = "RELEVANCE"


@strawberry.enum(description="What `search` can find.")
class SearchType(StrEnum):
    ARTICLE = "ARTICLE"
    PAGE = "PAGE"
    PRODUCT = "PRODUCT"


@strawberry.enum(description="Whether the last word of a search may be the beginning of one.")
class SearchPrefixQueryType(StrEnum):
    LAST = "LAST"
    NONE = "NONE"


@strawberry.enum(description="What becomes of products that cannot be bought.")
class SearchUnavailableProductsType(StrEnum):
    HIDE = "HIDE"
    LAST = "LAST"
    SHOW = "SHOW"


@strawberry.enum(description="The parts of things that `predictiveSearch` looks at.")
class SearchableField(StrEnum):
    AUTHOR = "AUTHOR"
    BODY = "BODY"
    PRODUCT_TYPE = "PRODUCT_TYPE"
    TAG = "TAG"
    TITLE = "TITLE"
    VARIANTS_BARCODE = "VARIANTS_BARCODE"
    VARIANTS_SKU = "VARIANTS_SKU"
    VARIANTS_TITLE = "VARIANTS_TITLE"
    VENDOR = "VENDOR"


@strawberry.enum(description="What `predictiveSearch` can answer.")
class PredictiveSearchType(StrEnum):
    ARTICLE = "ARTICLE"
    COLLECTION = "COLLECTION"
    PAGE = "PAGE"
    PRODUCT = "PRODUCT"
    QUERY = "QUERY"


@strawberry.enum(description="Whether `limit` holds for all types together or for each.")
class PredictiveSearchLimitScope(StrEnum):
    ALL = "ALL"
    EACH = "EACH"


_PARTS = {
    SearchableField.AUTHOR: Part.AUTHOR,
    SearchableField.BODY: Part.BODY,
    SearchableField.PRODUCT_TYPE: Part.TYPE | Part.CATEGORY,
    SearchableField.TAG: Part.TAG,
    SearchableField.TITLE: Part.TITLE,
    SearchableField.VARIANTS_BARCODE: Part.BARCODE,
    SearchableField.VARIANTS_SKU: Part.SKU,
    SearchableField.VARIANTS_TITLE: Part.VARIANT,
    SearchableField.VENDOR: Part.VENDOR,
}
_USUAL_PARTS = Part.TITLE | Part.TYPE | Part.CATEGORY | Part.VARIANT | Part.VENDOR

SearchResultItem: TypeAlias = Annotated[
    Article | Page | Product,
    strawberry.union("SearchResultItem", description="What a search can find.", directives=[PART]),
]


@strawberry.type(description="Something found, and its place in the list.", directives=[PART])
class SearchResultItemEdge:
    cursor: str = strawberry.field(description="The place; for `after` and `before`.")
    node: SearchResultItem = strawberry.field(description="What was found.")


@strawberry.type(
    description="A page of search results. One of `first` and `last` is required, at most 250.", directives=[PART]
)
class SearchResultItemConnection:
    edges: list[SearchResultItemEdge] = strawberry.field(description="What was found, with cursors.")
    nodes: list[SearchResultItem] = strawberry.field(description="What was found.")
    page_info: PageInfo = strawberry.field(description="Whether there is more, and how to go on.")

    @strawberry.field(description="How many things were found, on all pages; 800 at most, the best of them.")
    @staticmethod
    async def total_count(found: Parent[Found], info: Info) -> int:
        return await finding.count_found(info.context, found)

    @strawberry.field(
        graphql_type=list[Filter],
        description="What the products of all pages can be filtered by: what the shop offers and they have values of."
        " Empty for a search that finds no products, whatever is chosen.",
        metadata={"cost": COUNTING},
    )
    @staticmethod
    async def product_filters(found: Parent[Found], info: Info) -> list[Facet]:
        return await finding.facets_found(info.context, found)


@strawberry.type(description="A search that may be meant.", directives=[CATALOGUE])
class SearchQuerySuggestion(Trackable):
    styled_text: str = strawberry.field(
        description="The same as HTML: what was typed stands in `mark`, what is added in `span`."
    )
    text: str = strawberry.field(description="What to search for.")

    @classmethod
    def is_type_of(cls, value: object, info: Info) -> bool:
        return isinstance(value, Suggestion)


@strawberry.type(
    description="What may be meant by what was typed so far; each list the best first.", directives=[CATALOGUE]
)
class PredictiveSearchResult:
    @strawberry.field(graphql_type=list[Article], description="Articles.")
    @staticmethod
    def articles(found: Parent[Suggestions]) -> list[ArticleRow]:
        return found.of(Kind.ARTICLE)

    @strawberry.field(graphql_type=list[Collection], description="Collections.")
    @staticmethod
    def collections(found: Parent[Suggestions]) -> list[CollectionRow]:
        return found.of(Kind.COLLECTION)

    @strawberry.field(graphql_type=list[Page], description="Pages.")
    @staticmethod
    def pages(found: Parent[Suggestions]) -> list[PageRow]:
        return found.of(Kind.PAGE)

    @strawberry.field(graphql_type=list[Product], description="Products.")
    @staticmethod
    def products(found: Parent[Suggestions]) -> list[ProductRow]:
        return found.of(Kind.PRODUCT)

    queries: list[SearchQuerySuggestion] = strawberry.field(description="What else to search for.")


Typed: TypeAlias = Annotated[str, strawberry.argument(description="What to look for, at most 4,096 characters.")]
Unavailable: TypeAlias = Annotated[
    SearchUnavailableProductsType | None,
    strawberry.argument(description="What becomes of products that cannot be bought; last by default."),
]


def _availability(asked: SearchUnavailableProductsType | None) -> Availability:
    return Availability((given(asked) or SearchUnavailableProductsType.LAST).value)


@strawberry.type
class SearchQuery:
    @strawberry.field(
        graphql_type=PredictiveSearchResult | None,
        description="What may be meant by what was typed so far; never null. The last word may be a beginning.",
    )
    @staticmethod
    async def predictive_search(
        info: Info,
        query: Typed,
        limit: Annotated[
            int | None, strawberry.argument(description="At most so many, 1 to 10; 10 by default.")
        ] = UNSET,
        limit_scope: Annotated[
            PredictiveSearchLimitScope | None,
            strawberry.argument(description="Whether of all types together or of each; together by default."),
        ] = UNSET,
        searchable_fields: Annotated[
            list[SearchableField] | None,
            strawberry.argument(
                description="The parts to look at; title, type, vendor and variants' titles by default."
            ),
        ] = UNSET,
        types: Annotated[
            list[PredictiveSearchType] | None, strawberry.argument(description="What to answer; all by default.")
        ] = UNSET,
        unavailable_products: Unavailable = UNSET,
    ) -> Suggestions:
        _search_of(info, query)
        wanted = set(given(types) or PredictiveSearchType)
        parts = Part(0)
        for field in given(searchable_fields) or ():
            parts |= _PARTS[field]
        wish = Wish(
            query,
            tuple(kind for kind in Kind if kind.name in wanted),
            availability=_availability(unavailable_products),
            parts=parts or _USUAL_PARTS,
        )
        of_each = given(limit_scope) is PredictiveSearchLimitScope.EACH
        how_many = Limit(10 if (asked := given(limit)) is None else asked, of_each=of_each)
        return await finding.suggest(info.context, wish, how_many, queries=PredictiveSearchType.QUERY in wanted)

    @strawberry.field(
        graphql_type=SearchResultItemConnection,
        description="Products, pages and articles that have every word of a query, or most of them where nothing has "
        "all, at most 250 a page. Words are found in any form and with slips of the keyboard; the best 800 hits are "
        "listed.",
    )
    @staticmethod
    async def search(
        info: Info,
        query: Typed,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        sort_key: Annotated[SearchSortKeys | None, SORTED_BY] = SearchSortKeys.RELEVANCE,
        types: Annotated[
            list[SearchType] | None, strawberry.argument(description="What to find; all by default.")
        ] = UNSET,
        prefix: Annotated[
            SearchPrefixQueryType | None,
            strawberry.argument(description="Whether the last word may be a beginning; it may by default."),
        ] = UNSET,
        product_filters: Annotated[
            list[ProductFilter] | None, strawberry.argument(description="Conditions that products must meet.")
        ] = UNSET,
        unavailable_products: Unavailable = UNSET,
    ) -> Any:
        _search_of(info, query)
        filters = await plain_filters(info.context, given(product_filters) or [])
        wanted = set(given(types) or SearchType)
        wish = Wish(
            query,
            tuple(kind for kind in Kind if kind.name in wanted),
            is_open=given(prefix) is not SearchPrefixQueryType.NONE,
            filters=filters,
            availability=_availability(unavailable_products),
        )
        args = page_args(first, after, last, before, reverse, sort_key)
        return await finding.search(info.context, wish, args)


def _search_of(info: Info, query: str) -> None:
    """Remembers what this field searched for, for those that it answers."""
    info.context.searches[str(info.path.key)] = query
