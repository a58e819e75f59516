"""The demo shop as a German shopper filters it, on both databases: what is shown follows, what is sent stays."""

import json
from typing import Any

import pytest

from tests.api import Client

OF_COLLECTION = """query($filters: [ProductFilter!]) @inContext(country: %s, language: %s) {
  collection(handle: "kitchen") { products(first: 250, filters: $filters) { nodes { handle }
    filters { id label type values { id label count input } } } } }"""
OF_SEARCH = """query($filters: [ProductFilter!]) @inContext(country: DE, language: %s) {
  search(query: "%s", first: 250, types: [PRODUCT], productFilters: $filters) { nodes { ... on Product { handle } }
    productFilters { id label type values { id label count input } } } }"""


async def asked(client: Client, language: str, *filters: dict[str, Any]) -> dict[str, Any]:
    query = OF_COLLECTION % ("DE", language)
    found: dict[str, Any] = (await client.run(query, {"filters": list(filters)}))["collection"]["products"]
    return found


def labels(answer: dict[str, Any], facet: str) -> dict[str, int]:
    found = next(one for one in answer["filters"] if one["id"] == facet)
    return {value["label"]: value["count"] for value in found["values"]}


def inputs(answer: dict[str, Any]) -> dict[str, int]:
    return {value["input"]: value["count"] for facet in answer["filters"] for value in facet["values"]}


async def test_every_label_is_german_and_every_input_as_it_was_written(demo: Client, demo_twin: Client) -> None:
    for client in (demo, demo_twin):
        german, english = [await asked(client, language) for language in ("DE", "EN")]
        assert inputs(german) == inputs(english)
        assert [facet["id"] for facet in german["filters"]] == [facet["id"] for facet in english["filters"]]
        assert {facet["id"]: facet["label"] for facet in german["filters"]} == {
            "filter.v.availability": "Verfügbarkeit",
            "filter.v.price": "Preis",
            "filter.p.product_type": "Art",
            "filter.p.vendor": "Hersteller",
            "filter.v.option.colour": "Farbe",
            "filter.v.option.pattern": "Muster",
            "filter.v.option.size": "Größe",
            "filter.v.option.wood": "Holz",
            "filter.p.m.custom.material": "Material",
            "filter.p.m.custom.made_in": "Hergestellt in",
            "filter.p.m.custom.guarantee_years": "Garantie (Jahre)",
            "filter.p.m.custom.dishwasher_safe": "Spülmaschinenfest",
            "filter.p.t.category": "Abteilung",
            "filter.p.tag": "Thema",
        }
        assert set(labels(german, "filter.v.availability")) == {"Auf Lager", "Nicht auf Lager"}
        assert set(labels(german, "filter.p.m.custom.dishwasher_safe")) == {"Ja", "Nein"}
        assert labels(german, "filter.p.product_type")["Becher"] == labels(english, "filter.p.product_type")["Mugs"]
        assert "Steinzeug" in labels(german, "filter.p.m.custom.material")
        assert "Stoneware" not in labels(german, "filter.p.m.custom.material")


async def test_types_stand_in_the_order_of_their_german_names(demo: Client) -> None:
    shown = list(labels(await asked(demo, "DE"), "filter.p.product_type"))
    assert shown.index("Krüge") < shown.index("Küchentextilien") < shown.index("Messer") < shown.index("Mühlen")


IN_GERMAN = 'query @inContext(language: DE) { products(first: 50, query: "%s") { nodes { %s } } }'


@pytest.mark.parametrize("name", ["Becher", "becher", "Mugs", "MUGS"])
async def test_a_type_is_asked_for_as_it_is_shown_and_as_it_was_written(
    demo: Client, demo_twin: Client, name: str
) -> None:
    for client in (demo, demo_twin):
        wanted = await asked(client, "EN", {"productType": "Mugs"})
        found = await asked(client, "DE", {"productType": name})
        assert found["nodes"] == wanted["nodes"] != []
        assert inputs(found) == inputs(wanted)
        assert labels(found, "filter.p.product_type")["Becher"] == len(wanted["nodes"])
        assert await client.run(IN_GERMAN % (f"product_type:{name}", "id")) == await client.run(
            '{ products(first: 50, query: "product_type:mugs") { nodes { id } } }'
        )
    unknown = await demo.run('{ products(first: 9, query: "product_type:Becher") { nodes { id } } }')
    assert unknown["products"]["nodes"] == []


async def test_a_type_may_begin_with_a_letter_that_english_lacks(demo: Client, demo_twin: Client) -> None:
    for client in (demo, demo_twin):
        found = await asked(client, "DE", {"productType": "Öle"})
        assert found["nodes"] == (await asked(client, "EN", {"productType": "Oils"}))["nodes"]
        listed = await client.run(IN_GERMAN % ("product_type:Öle", "productType"))
        assert {node["productType"] for node in listed["products"]["nodes"]} == {"Öle"}


async def test_a_beginning_of_a_translated_type_is_enough_in_a_query(demo: Client, demo_twin: Client) -> None:
    for client in (demo, demo_twin):
        found = {
            node["productType"]
            for node in (await client.run(IN_GERMAN % ("product_type:küchen*", "productType")))["products"]["nodes"]
        }
        assert found == {"Küchenhelfer", "Küchentextilien", "Küchengeräte"}


async def test_each_type_of_a_german_search_finds_as_many_as_it_says(demo: Client, demo_twin: Client) -> None:
    for client in (demo, demo_twin):
        answer = (await client.run(OF_SEARCH % ("DE", "becher"), {"filters": []}))["search"]
        (types,) = [facet for facet in answer["productFilters"] if facet["id"] == "filter.p.product_type"]
        assert types["label"] == "Art"
        assert {"Becher"} <= {value["label"] for value in types["values"]}
        for value in types["values"]:
            for filter_ in (json.loads(value["input"]), {"productType": value["label"]}):
                found = (await client.run(OF_SEARCH % ("DE", "becher"), {"filters": [filter_]}))["search"]
                assert len(found["nodes"]) == value["count"]


async def test_another_language_costs_one_statement_more_and_the_names_of_types_another(demo: Client) -> None:
    english = await demo.statements(OF_COLLECTION % ("DE", "EN"), {"filters": []})
    german = await demo.statements(OF_COLLECTION % ("DE", "DE"), {"filters": []})
    chosen = await demo.statements(OF_COLLECTION % ("DE", "DE"), {"filters": [{"productType": "Becher"}]})
    assert (english, german, chosen) == (7, 11, 12)


PICTURES = """query @inContext(language: DE) { product(handle: "harbour-mug") { media(first: 20) { nodes { alt } } }
  collection(handle: "kitchen") { image { altText } }
  article: blog(handle: "journal") { articleByHandle(handle: "no-two-are-twins") { image { altText } } }
  menu(handle: "footer") { title } }"""


async def test_pictures_and_menus_speak_german_too(demo: Client, demo_twin: Client) -> None:
    for client in (demo, demo_twin):
        found = await client.run(PICTURES)
        texts = [node["alt"] for node in found["product"]["media"]["nodes"]]
        assert texts[0] == "Steinzeugbecher Harbour in Meersalz: gerader Becher mit rohem Tonfuß und breitem Henkel"
        assert texts[-1] == "Ein Becher füllt sich mit Tee, Dampf steigt auf"
        assert found["collection"]["image"]["altText"] == "Kessel, Gusseisentopf und Becher auf einem Tisch"
        assert found["article"]["articleByHandle"]["image"]["altText"].startswith("Steinzeugbecher Harbour in mehreren")
        assert found["menu"]["title"] == "Fußzeile"
