"""What customers search and filter by: the syntax of `query` arguments, and the filters of a collection."""

from resolvers.search.asking import language_of
from resolvers.search.collections import collection_query
from resolvers.search.content import article_query, blog_query, page_query, redirect_query
from resolvers.search.facets import Facet, FacetValue, facets_of
from resolvers.search.filters import ProductFilters, filter_conditions, options_as_written, price_bounds
from resolvers.search.products import product_query
from resolvers.search.relevance import Listing

__all__ = [
    "Facet",
    "FacetValue",
    "Listing",
    "ProductFilters",
    "article_query",
    "blog_query",
    "collection_query",
    "facets_of",
    "filter_conditions",
    "language_of",
    "options_as_written",
    "page_query",
    "price_bounds",
    "product_query",
    "redirect_query",
]
