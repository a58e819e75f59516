"""What shoppers ask the demo shop, and what they are answered: the same in the same order by both databases."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.api import Client

QUESTIONS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "fixtures" / "questions.toml").read_text(encoding="utf-8")
)
SEARCH = """query($ask: String!, $types: [SearchType!], $prefix: SearchPrefixQueryType,
  $unavailable: SearchUnavailableProductsType, $country: CountryCode, $language: LanguageCode)
  @inContext(country: $country, language: $language) {
  search(query: $ask, first: 50, types: $types, prefix: $prefix, unavailableProducts: $unavailable) {
    totalCount nodes { ... on Product { handle } ... on Page { handle } ... on Article { handle } } } }"""
PREDICTIVE = """query($ask: String!, $fields: [SearchableField!], $country: CountryCode, $language: LanguageCode)
  @inContext(country: $country, language: $language) {
  predictiveSearch(query: $ask, searchableFields: $fields, limitScope: EACH) {
    products { handle } collections { handle } pages { handle } articles { handle } queries { text } } }"""


def place(question: dict[str, Any]) -> dict[str, str]:
    """Where the language of a question is spoken; nowhere in particular for the shop's own."""
    return {"country": "DE", "language": question["language"]} if "language" in question else {}


async def found(client: Client, question: dict[str, Any]) -> list[str]:
    """Handles in the order of the answer; the total count goes first."""
    asked = {name: question[name] for name in ("ask", "types", "prefix", "unavailable") if name in question}
    answer = (await client.run(SEARCH, asked | place(question)))["search"]
    handles = [node["handle"] for node in answer["nodes"]]
    assert answer["totalCount"] >= len(handles)
    return handles


async def suggested(client: Client, question: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Handles, and queries that are suggested."""
    asked = {name: question[name] for name in ("ask", "fields") if name in question}
    answer = (await client.run(PREDICTIVE, asked | place(question)))["predictiveSearch"]
    queries = [query["text"] for query in answer.pop("queries")]
    return [node["handle"] for nodes in answer.values() for node in nodes], queries


def judge(question: dict[str, Any], handles: list[str]) -> None:
    """Whether an answer has what it must have, where it must."""
    first = question.get("first", [])
    assert handles[: len(first)] == first, question
    assert set(question.get("also", [])) <= set(handles), question
    assert not set(question.get("never", [])) & set(handles), question


def named(question: dict[str, Any]) -> str:
    return " ".join(
        str(question[name])
        for name in ("ask", "language", "prefix", "unavailable", "fields", "types")
        if name in question
    )


@pytest.mark.parametrize("question", QUESTIONS["search"], ids=named)
async def test_a_search_answers_what_was_meant(demo: Client, demo_twin: Client, question: dict[str, Any]) -> None:
    handles = await found(demo, question)
    judge(question, handles)
    assert await found(demo_twin, question) == handles


@pytest.mark.parametrize("question", QUESTIONS["predictive"], ids=named)
async def test_typing_is_met_with_what_may_be_meant(demo: Client, demo_twin: Client, question: dict[str, Any]) -> None:
    handles, queries = await suggested(demo, question)
    judge(question, handles)
    assert queries[: len(question.get("suggests", []))] == question.get("suggests", [])
    assert await suggested(demo_twin, question) == (handles, queries)


@pytest.mark.parametrize(
    ("ask", "language", "styled"),
    [
        ("linen cur", "EN", "<mark>linen</mark> <mark>cur</mark><span>tains</span>"),
        ("harbourm", "EN", "<mark>harbourm</mark><span>aster</span>"),
        ("küch", "DE", "<mark>küch</mark><span>enwaage</span>"),
        ("kuch", "DE", "<mark>küch</mark><span>enwaage</span>"),
        ("gies", "DE", "<mark>gieß</mark><span>kanne</span>"),
        ("becher", "DE", "<span>steinzeug</span><mark>becher</mark>"),
    ],
)
async def test_what_was_typed_is_marked_in_what_is_suggested(
    demo: Client, ask: str, language: str, styled: str
) -> None:
    query = """query($ask: String!, $language: LanguageCode) @inContext(country: DE, language: $language) {
      predictiveSearch(query: $ask) { queries { styledText } } }"""
    answer = (await demo.run(query, {"ask": ask, "language": language}))["predictiveSearch"]
    assert answer["queries"][0]["styledText"] == styled


def test_there_are_sixty_questions_at_least() -> None:
    assert len(QUESTIONS["search"]) + len(QUESTIONS["predictive"]) >= 60
