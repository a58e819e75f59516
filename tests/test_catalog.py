"""In whose prices the catalogue is shown, what ids lead to, and how variants are chosen."""

import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.dataset import price
from resolvers.catalog.encoding import encode_variants
from resolvers.text import fold
from schema.queries import API_VERSION as VERSION_SERVED
from tests.api import Client
from tests.contract.reference import VERSION, archive
from tests.transport.node import node

SEVEN = "gid://shopify/Product/7"


@pytest.mark.parametrize(
    ("country", "currency", "amount"),
    [
        ("DE", "EUR", price(7, 1)),
        ("GB", "GBP", price(7, 1) * 9 // 6),
        ("ZZ", "EUR", price(7, 1)),
        ("JP", "EUR", price(7, 1)),
    ],
)
async def test_prices_are_those_of_the_country(guest: Client, country: str, currency: str, amount: int) -> None:
    query = "query($c: CountryCode) @inContext(country: $c) { node(id: $id) { ... on ProductVariant { %s } } }"
    query = query.replace("$c: CountryCode", "$c: CountryCode, $id: ID!")
    fields = (
        "price { amount currencyCode } priceV2 { amount } product { priceRange { minVariantPrice { currencyCode } } }"
    )
    answer = await guest.run(query % fields, {"c": country, "id": "gid://shopify/ProductVariant/19"})
    text = f"{amount / 100:.2f}".rstrip("0")
    assert answer["node"]["price"] == {"amount": text, "currencyCode": currency}
    assert answer["node"]["priceV2"] == {"amount": text}
    assert answer["node"]["product"]["priceRange"]["minVariantPrice"] == {"currencyCode": currency}


NODES = """{ shop { id logo: brand { logo { id } } privacyPolicy { id } } collections(first: 1) { nodes { id } }
  products(first: 250) { nodes { id category { id } options { id optionValues { id } }
    variants(first: 1) { nodes { id } } media(first: 9) { nodes { id } } reviews(first: 1) { nodes { id } }
    metafield(namespace: "custom", key: "care") { id } } } }"""


def ids_in(value: Any) -> set[str]:
    """Every id anywhere in an answer."""
    if isinstance(value, dict):
        own = {value["id"]} if "id" in value else set()
        return own.union(*map(ids_in, value.values()))
    return set().union(*map(ids_in, value)) if isinstance(value, list) else set()


async def test_every_kind_of_node_comes_back_by_its_id(demo: Client) -> None:
    found = ids_in(await demo.run(NODES))
    kinds = {gid.split("/")[3]: gid for gid in sorted(found)}
    assert set(kinds) >= {
        "Shop", "MediaImage", "Video", "ExternalVideo", "Model3d", "ShopPolicy", "Collection", "Product",
        "TaxonomyCategory", "ProductOption", "ProductOptionValue", "ProductVariant", "Metafield", "Review",
    }  # fmt: skip
    nodes = await demo.run("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", {"ids": list(kinds.values())})
    assert nodes["nodes"] == [{"__typename": kind, "id": gid} for kind, gid in kinds.items()]


STRANGE = ["", "7", "gid://shopify/Product/", "gid://shopify/Product/x", "gid://shopify/Product/-1",
           "gid://shopify/Product/1e3", "gid://shopify/Product/99999999999999999999", "gid://shopify/Product/٣",
           "gid://other/Product/1", "gid://shopify/Nothing/1",
           "gid://shopify/Cart/none", "gid://shopify/MediaImage/999999", "🛒" * 50]  # fmt: skip


@pytest.mark.parametrize("gid", STRANGE)
async def test_an_id_of_nothing_is_null_and_never_an_error(guest: Client, gid: str) -> None:
    query = """query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } product(id: $id) { id }
      collection(id: $id) { id } }"""
    assert await guest.run(query, {"id": gid}) == {
        "node": None,
        "nodes": [None],
        "product": None,
        "collection": None,
    }


CURTAINS = """query($chosen: [SelectedOptionInput!]!, $unknown: Boolean, $case: Boolean) { product(handle: "%s") {
  exact: variantBySelectedOptions(selectedOptions: $chosen, ignoreUnknownOptions: $unknown,
    caseInsensitiveMatch: $case) { selectedOptions { name value } }
  first: selectedOrFirstAvailableVariant(selectedOptions: $chosen, ignoreUnknownOptions: $unknown,
    caseInsensitiveMatch: $case) { availableForSale selectedOptions { name value } }
  adjacent: adjacentVariants(selectedOptions: $chosen, ignoreUnknownOptions: $unknown, caseInsensitiveMatch: $case) {
    selectedOptions { name value } } } }"""


@pytest.fixture(scope="session")
async def wide(demo: Client) -> dict[str, Any]:
    """The demo shop's product with three options, and all its variants."""
    answer = await demo.run("{ products(first: 250) { nodes { handle options { name optionValues { name } } } } }")
    product: dict[str, Any] = next(one for one in answer["products"]["nodes"] if len(one["options"]) == 3)
    query = """query($h: String) { product(handle: $h) {
      variants(first: 250) { nodes { selectedOptions { name value } } } } }"""
    variants = (await demo.run(query, {"h": product["handle"]}))["product"]["variants"]["nodes"]
    return product | {"variants": [variant["selectedOptions"] for variant in variants]}


def differing(one: list[dict[str, str]], other: list[dict[str, str]]) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


async def test_a_selection_finds_its_variant_and_those_beside_it(demo: Client, wide: dict[str, Any]) -> None:
    assert len(wide["variants"]) > 100
    for chosen in wide["variants"][::17]:
        answer = (await demo.run(CURTAINS % wide["handle"], {"chosen": chosen}))["product"]
        assert answer["exact"]["selectedOptions"] == chosen
        assert answer["first"]["selectedOptions"] == chosen
        beside = [variant["selectedOptions"] for variant in answer["adjacent"]]
        expected = [variant for variant in wide["variants"] if differing(variant, chosen) == 1]
        assert sorted(map(str, beside)) == sorted(map(str, expected))


async def test_how_strictly_a_selection_is_meant(demo: Client, wide: dict[str, Any]) -> None:
    chosen = wide["variants"][5]
    query = CURTAINS % wide["handle"]

    async def asked(options: list[dict[str, str]], **how: bool) -> dict[str, Any]:
        found: dict[str, Any] = (await demo.run(query, {"chosen": options, **how}))["product"]
        return found

    shouted = [{"name": one["name"].upper(), "value": one["value"].upper()} for one in chosen]
    assert (await asked(shouted, unknown=False))["exact"] is None
    assert (await asked(shouted, case=True))["exact"]["selectedOptions"] == chosen
    more = [*chosen, {"name": "Flavour", "value": "Plum"}]
    assert (await asked(more, unknown=False))["exact"] is None
    assert (await asked(more, unknown=True))["exact"]["selectedOptions"] == chosen
    partial = await asked(chosen[:1], unknown=True)
    assert partial["exact"] is None
    assert partial["first"]["selectedOptions"][0] == chosen[0]
    assert partial["first"]["availableForSale"] is True
    nonsense = await asked([{"name": chosen[0]["name"], "value": "no such value"}], unknown=True)
    assert nonsense["first"]["availableForSale"] is True


async def test_every_value_names_the_first_variant_that_has_it(demo: Client, wide: dict[str, Any]) -> None:
    query = """query($h: String) { product(handle: $h) { options { name optionValues { name
      firstSelectableVariant { selectedOptions { name value } } } } } }"""
    for option in (await demo.run(query, {"h": wide["handle"]}))["product"]["options"]:
        for value in option["optionValues"]:
            chosen = {"name": option["name"], "value": value["name"]}
            first = next(variant for variant in wide["variants"] if chosen in variant)
            assert value["firstSelectableVariant"]["selectedOptions"] == first


@pytest.fixture(scope="session")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A script that decodes with the decoder of the storefront library itself."""
    script: Path = tmp_path_factory.mktemp("decoder") / "decode.cjs"
    with tarfile.open(archive(VERSION)) as package:
        member = package.extractfile("package/dist/node-dev/optionValueDecoder.js")
        assert member is not None
        script.with_name("decoder.cjs").write_bytes(member.read())
    script.write_text(
        "const { decodeEncodedVariant } = require('./decoder.cjs');\n"
        "const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
        "console.log(JSON.stringify(texts.map(decodeEncodedVariant)));\n"
    )
    return script


@settings(max_examples=5, deadline=None)
@given(
    matrices=st.lists(
        st.integers(1, 3).flatmap(
            lambda width: st.sets(st.tuples(*[st.integers(0, 12)] * width), min_size=1, max_size=60)
        ),
        min_size=40,
        max_size=60,
    )
)
def test_the_storefront_librarys_decoder_reads_what_we_encode(
    decoder: Path, matrices: list[set[tuple[int, ...]]]
) -> None:
    texts = json.dumps([encode_variants(matrix) for matrix in matrices])
    done = subprocess.run([*node(), decoder], input=texts, capture_output=True, text=True, check=True)
    assert [sorted(map(tuple, found)) for found in json.loads(done.stdout)] == [sorted(matrix) for matrix in matrices]


async def test_no_variant_is_encoded_as_nothing(guest: Client) -> None:
    assert encode_variants([]) == ""
    answer = await guest.run('{ product(handle: "product-1") { encodedVariantExistence encodedVariantAvailability } }')
    assert answer["product"]["encodedVariantExistence"] == "v1_0-2"


async def test_a_refused_field_leaves_its_siblings_alone(guest: Client) -> None:
    """They share what is loaded: the first collection's siblings are given up, another root's still want it."""
    foreign = (await guest.run("{ blogs(first: 1) { edges { cursor } } }"))["blogs"]["edges"][0]["cursor"]
    query = """query($after: String) {
      refused: collections(first: 5) { nodes {
        metafields(identifiers: [{key: "x"}]) { id } products(first: 3, after: $after) { nodes { id } } } }
      wanted: collections(first: 5) { edges { node { id metafields(identifiers: [{key: "x"}]) { id } } } } }"""
    # The roots are one object and fail together; the error is the one that the caller made, and no other.
    answer = (await guest.send(query, {"after": foreign})).json()
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_REQUEST"}
    nullable = """query($after: String) {
      product(id: "gid://shopify/Product/7") { vendor tags category { name } variants(first: 3, after: $after) {
        nodes { id } } }
      productByHandle(handle: "product-7") { tags category { name } rating { count } } }"""
    answer = (await guest.send(nullable, {"after": foreign})).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_REQUEST"]
    assert answer["data"]["product"] is None
    assert answer["data"]["productByHandle"]["rating"]["count"] == 5


@pytest.mark.parametrize(("length", "text"), [(0, ""), (1, "…"), (2, "N…"), (500, None)])
async def test_descriptions_are_cut_to_the_length_asked_for(guest: Client, length: int, text: str | None) -> None:
    query = 'query($n: Int) { product(id: "gid://shopify/Product/7") { description cut: description(truncateAt: $n) } }'
    product = (await guest.run(query, {"n": length}))["product"]
    whole = product["description"]
    assert len(whole) > 2
    assert product["cut"] == (whole if text is None else text.replace("N", whole[0]))
    error = await guest.refused(query, {"n": -1})
    assert error["message"] == "truncateAt must not be negative, and is -1."


@pytest.mark.parametrize("asked", ["maxWidth: 0", "maxHeight: -1", "scale: 0", "scale: 4", "maxWidth: 5761"])
async def test_sizes_that_no_picture_can_have_are_refused(guest: Client, asked: str) -> None:
    query = f'{{ product(id: "gid://shopify/Product/7") {{ featuredImage {{ url(transform: {{ {asked} }}) }} }} }}'
    error = await guest.refused(query)
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert error["message"].startswith(f"Image {asked.split(':')[0]} must be from 1 to ")


async def test_recommendations_know_their_product(guest: Client) -> None:
    answer = await guest.run(
        '{ a: productRecommendations(productId: "gid://shopify/Product/7") { id productType }'
        ' b: productRecommendations(productHandle: "product-7", intent: COMPLEMENTARY) { id productType }'
        ' c: productRecommendations(productHandle: "nothing") { id } }'
    )
    assert answer["c"] is None
    assert 0 < len(answer["a"]) <= 10
    assert SEVEN not in {product["id"] for product in answer["a"] + answer["b"]}
    assert "Type 7" not in {product["productType"] for product in answer["b"]}
    error = await guest.refused("{ productRecommendations { id } }")
    assert error["extensions"]["code"] == "BAD_REQUEST"


async def test_pictures_are_where_the_client_reaches_us(demo: Client) -> None:
    query = """{ product(handle: "tar-soap") { featuredImage { url small: url(transform: { maxWidth: 200, crop: CENTER,
      maxHeight: 100, preferredContentType: PNG, scale: 2 }) originalSrc width } } }"""
    picture = (await demo.run(query))["product"]["featuredImage"]
    assert picture["url"].startswith("http://shop.test/media/")
    assert picture["url"] == picture["originalSrc"]
    answer = await demo.http.get(picture["small"])
    assert answer.headers["content-type"] == "image/png"
    error = await demo.refused(query.replace("maxWidth: 200", "maxWidth: 99999"))
    assert error["extensions"]["code"] == "BAD_REQUEST"


async def test_tags_and_types_are_listed_once_by_the_alphabet(demo: Client) -> None:
    query = "{ %s(first: %d) { nodes edges { cursor node } pageInfo { hasNextPage hasPreviousPage } } }"
    for name in ("productTags", "productTypes"):
        everything = (await demo.run(query % (name, 250)))[name]
        assert len(everything["nodes"]) > 10
        assert everything["nodes"] == sorted(set(everything["nodes"]), key=fold)
        assert [edge["node"] for edge in everything["edges"]] == everything["nodes"]
        few = (await demo.run(query % (name, 3)))[name]
        assert few["nodes"] == everything["nodes"][:3]
        assert few["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}
        error = await demo.refused(query % (name, 251))
        assert error["extensions"]["code"] in ("BAD_REQUEST", "LIMIT_EXCEEDED")


async def test_the_versions_that_paths_may_name(demo: Client) -> None:
    found = (await demo.run("{ publicApiVersions { handle displayName supported } }"))["publicApiVersions"]
    assert found == [
        {"handle": VERSION_SERVED, "displayName": VERSION_SERVED, "supported": True},
        {"handle": "unstable", "displayName": "Unstable", "supported": False},
    ]
