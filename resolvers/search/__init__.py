"""What customers search and filter by: the syntax of `query` arguments, and the filters of a collection."""

from resolvers.search.collections import COLLECTION_KEYS, collection_query
from resolvers.search.content import (
    ARTICLE_KEYS,
    BLOG_KEYS,
    PAGE_KEYS,
    REDIRECT_KEYS,
    article_query,
    blog_query,
    page_query,
    redirect_query,
)
from resolvers.search.facets import Facet, FacetValue, facets_of
from resolvers.search.filters import (
    ProductFilters,
    active_filters,
    conditions_of,
    filter_conditions,
    filters_as_written,
    price_bounds,
)
from resolvers.search.products import PRODUCT_KEYS, product_query
from resolvers.search.relevance import Listing
from resolvers.search.syntax import unknown_keys

__all__ = [
    "ARTICLE_KEYS",
    "BLOG_KEYS",
    "COLLECTION_KEYS",
    "PAGE_KEYS",
    "PRODUCT_KEYS",
    "REDIRECT_KEYS",
    "Facet",
    "FacetValue",
    "Listing",
    "ProductFilters",
    "active_filters",
    "article_query",
    "blog_query",
    "collection_query",
    "conditions_of",
    "facets_of",
    "filter_conditions",
    "filters_as_written",
    "page_query",
    "price_bounds",
    "product_query",
    "redirect_query",
    "unknown_keys",
]
