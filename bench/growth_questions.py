"""What shops of different sizes are asked, and how much longer each question may take in the large one.

Add a line to `QUESTIONS` to measure something else.
"""

from dataclasses import dataclass
from typing import Any

LISTS_GROW, OTHERS_GROW = 2.0, 3.0
"""How many times as long a page of a list, and anything else, may take in the large shop."""
CONSTANT = 900_001
"""A collection of the first 1,000 products, the same in every shop; collection 1 holds them all."""

PAGE = "{ pageInfo { endCursor hasNextPage } nodes { id title } }"
FACETS = "{ nodes { id } filters { id values { id label count input } } }"
COLLECTION = f"""query($of: ID!, $first: Int!, $after: String, $sort: ProductCollectionSortKeys,
  $filters: [ProductFilter!]) {{
  collection(id: $of) {{ products(first: $first, after: $after, sortKey: $sort, filters: $filters) {PAGE} }} }}"""
PRODUCTS = f"""query($first: Int = 20, $after: String, $sort: ProductSortKeys, $query: String) {{
  products(first: $first, after: $after, sortKey: $sort, query: $query) {PAGE} }}"""
COLLECTION_FACETS = f"""query($of: ID!, $filters: [ProductFilter!]) {{
  collection(id: $of) {{ products(first: 1, filters: $filters) {FACETS} }} }}"""
RECOMMENDED = """query($id: ID!, $intent: ProductRecommendationIntent) {
  productRecommendations(productId: $id, intent: $intent) { id title } }"""
SEARCH = """query($query: String!, $first: Int = 20, $after: String, $sort: SearchSortKeys,
  $filters: [ProductFilter!]) {
  search(query: $query, first: $first, after: $after, sortKey: $sort, productFilters: $filters) {
    totalCount pageInfo { endCursor hasNextPage }
    nodes { ... on Product { id title } ... on Page { id title } ... on Article { id title } } } }"""
PREDICTIVE = """query($query: String!) { predictiveSearch(query: $query) { products { id title }
  collections { id title } pages { id title } articles { id title } queries { text styledText } } }"""

ALL = "gid://shopify/Collection/1"
SAME = f"gid://shopify/Collection/{CONSTANT}"
LARGE = {"variantOption": {"name": "Size", "value": "Large"}}
FILTERS: dict[str, list[dict[str, Any]]] = {
    "no filter": [],
    "available": [{"available": True}],
    "price": [{"price": {"min": 20, "max": 150}}],
    "vendor": [{"productVendor": "Vendor 7"}],
    "tag of 5 in 100": [{"tag": "tag-7"}],
    "tag of all": [{"tag": "all"}],
    "option": [LARGE],
    "three filters": [{"available": True}, {"price": {"min": 20}}, LARGE],
}
WORDS = {
    "a rare word": "wifide",
    "a word in 5 of 100": "nelu",
    "a word in all": "product",
    "two words": "nelu deba",
    "a rare and a common word": "wifide product",
    "vendor and size": "vendor 7 large",
    "two letters": "ne",
    "a slip": "wifdie",
}
"""What is searched for, of the words of `bench.dataset`; ``deba`` is in nearly all products."""
TYPED = {
    "a rare word": "507",
    "a word in all": "product",
    "a rare and a common word": "product 507",
    "vendor": "vendor 7",
    "vendor and size": "vendor 7 large",
    "two letters": "pr",
    "a slip": "prodcut 507",
}
"""What is typed into a search box, which looks at titles, types, vendors and options."""


@dataclass(frozen=True)
class Question:
    """What is asked. One with ``deep`` takes ``$first`` and ``$after``: a page of 20 behind the first 1,000.

    ``bound`` is how many times as long the large shop may take.
    """

    name: str
    query: str
    variables: dict[str, Any]
    deep: bool = False
    bound: float = OTHERS_GROW


def _in_collection(of: str, sort: str, filters: str) -> Question:
    name = "collection of all" if of == ALL else "collection of 1,000"
    variables = {"of": of, "sort": sort, "filters": FILTERS[filters]}
    return Question(f"{name}, {sort}, {filters}", COLLECTION, variables, deep=True, bound=LISTS_GROW)


def _of_products(sort: str) -> Question:
    return Question(f"products, {sort}", PRODUCTS, {"sort": sort}, deep=True, bound=LISTS_GROW)


QUESTIONS = [
    _in_collection(ALL, "MANUAL", "no filter"),
    _in_collection(ALL, "MANUAL", "three filters"),
    _in_collection(ALL, "BEST_SELLING", "available"),
    _in_collection(ALL, "CREATED", "vendor"),
    _in_collection(ALL, "CREATED", "tag of 5 in 100"),
    _in_collection(ALL, "MANUAL", "tag of all"),
    _in_collection(ALL, "PRICE", "three filters"),
    _in_collection(ALL, "TITLE", "price"),
    _in_collection(ALL, "TITLE", "option"),
    _in_collection(SAME, "PRICE", "no filter"),
    _in_collection(SAME, "TITLE", "three filters"),
    _in_collection(SAME, "TITLE", "tag of all"),
    *map(_of_products, ("PRICE", "VENDOR")),
    *(
        Question(f"products, RELEVANCE, {words}", PRODUCTS, {"sort": "RELEVANCE", "query": WORDS[words]})
        for words in ("a word in 5 of 100", "two words")
    ),
    *(
        Question(f"facets of {of}, {name}", COLLECTION_FACETS, {"of": key, "filters": FILTERS[name]})
        for of, key in (("1,000", SAME), ("all", ALL))
        for name in ("no filter", "three filters")
    ),
    *(
        Question(f"recommendations, {intent}", RECOMMENDED, {"id": "gid://shopify/Product/507", "intent": intent})
        for intent in ("RELATED", "COMPLEMENTARY")
    ),
    *(Question(f"search, {words}", SEARCH, {"query": text}) for words, text in WORDS.items()),
    Question("search, two words, PRICE", SEARCH, {"query": WORDS["two words"], "sort": "PRICE"}),
    Question("search, two words, filters", SEARCH, {"query": WORDS["two words"], "filters": FILTERS["three filters"]}),
    Question("search, a word in all, deep", SEARCH, {"query": WORDS["a word in all"]}, deep=True),
    *(Question(f"predictive, {words}", PREDICTIVE, {"query": text}) for words, text in TYPED.items()),
]

LISTS = [
    *map(_of_products, ("ID", "TITLE", "PRICE")),
    *(_in_collection(ALL, sort, "no filter") for sort in ("MANUAL", "PRICE")),
]
"""Of which a page far behind is compared with the first."""
