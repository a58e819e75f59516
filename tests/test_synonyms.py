"""Words that a shop says mean the same: what is kept of them, what questions make of them, and when."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from db.session import Database
from db.shop import ShopRow
from resolvers.exchange.outgoing.toml import toml
from resolvers.exchange.synonyms import SynonymError, synonyms, written_synonyms
from resolvers.search.analysis import question
from resolvers.search.building import build_index, index_contradictions
from resolvers.search.synonyms import thesaurus, with_synonyms
from tests.api import Client
from tests.databases import Databases
from tests.test_content import FILES, written
from tests.test_exchange_shop import everything, exported, imported


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({}, "words must be a list of texts"),
        ({"words": "trousers"}, "words must be a list of texts"),
        ({"words": ["trousers", 3]}, "words must be a list of texts"),
        ({"words": ["trousers"]}, "trousers: a group has from 2 to 12 words, and this one 1"),
        ({"words": [f"word{n}" for n in range(13)]}, "and this one 13"),
        ({"words": ["trousers", "something to wear"]}, "'something to wear' has 3 words; .* one, or two at most"),
        ({"words": ["trousers", "?!"]}, "'\\?!' has 0 words"),
        ({"words": ["t-shirt", "tee", "T shirt"]}, "'T shirt' is there twice"),
        ({"words": ["trousers", "pants"], "lang": "en"}, "lang is not known; it may have language, words"),
        ({"words": ["trousers", "pants"], "language": "english"}, "'english' is not a language"),
    ],
)
def test_a_group_that_makes_no_sense_is_named(table: dict[str, Any], reason: str) -> None:
    with pytest.raises(SynonymError, match=reason):
        synonyms([table])


def test_there_may_be_so_many_groups() -> None:
    group = {"words": ["trousers", "pants"]}
    assert len(synonyms([group] * 200)) == 200
    with pytest.raises(SynonymError, match="201 groups, and 200 are the most"):
        synonyms([group] * 201)


def alike(said: list[dict[str, Any]], text: str, language: str = "EN") -> list[tuple[str, ...]]:
    known = thesaurus(said, language)
    return [slot.alike for slot in with_synonyms(question(text, language, is_open=False), known)]


def test_a_word_means_in_any_form_what_else_is_in_its_groups() -> None:
    said = [{"words": ["trousers", "Pants"]}, {"words": ["pants", "briefs"], "language": "EN"}]
    assert alike(said, "pant") == [("brief", "trouser")]
    assert alike(said, "brown trousers") == [(), ("pant",)]
    assert alike(said, "pants", "FR") == [("trouser",)]
    assert alike([said[1]], "pants", "EN_GB") == [("brief",)]
    assert alike([said[1]], "pants", "FR") == [()]


def test_two_words_are_one_where_they_stand_beside_each_other() -> None:
    said = [{"words": ["cafetière", "French press"]}]
    assert alike(said, "cafetiere") == [("frenchpress",)]
    assert alike(said, "a french press") == [("cafetier",), ("cafetier",)]
    assert alike(said, "french-press") == [("cafetier",), ("cafetier",)]
    assert alike(said, "press") == [()]


def test_the_end_of_a_joined_word_means_the_same_too() -> None:
    known = thesaurus([{"words": ["Hose", "Beinkleid"]}], "DE")
    (slot,) = with_synonyms(question("Beinkleider", "DE", is_open=False), known)
    assert slot.alike_ends == question("Hosen", "DE", is_open=False)[0].beginnings


SEARCH = "query($ask: String!) { search(query: $ask, first: 3) { totalCount nodes { ... on Product { handle } } } }"


async def test_what_means_the_same_is_found_at_once_and_after_the_word_itself(guest: Client) -> None:
    db = guest.shop.database

    async def found(ask: str) -> list[str]:
        answer = (await guest.run(SEARCH, {"ask": ask}))["search"]
        return [str(answer["totalCount"]), *(node["handle"] for node in answer["nodes"])]

    assert await found("gizmo") == ["0"]
    async with db.write() as session:
        await session.change(update(ShopRow).values(synonyms=[{"words": ["product", "gizmo"]}, {"words": ["7", "8"]}]))
    assert await found("gizmo") == await found("product")
    assert await found("gizmo 7") == await found("product 7")
    assert (await found("product 7"))[1:3] == ["product-7", "product-8"]
    assert (await found("product 8"))[1:3] == ["product-8", "product-7"]
    assert await build_index(db) is None
    assert await index_contradictions(db) == []


async def test_many_words_of_large_groups_are_one_question(guest: Client) -> None:
    letters = "abcdefghijkl"
    typed = [f"beinkleid{letter * 2}" for letter in letters]
    groups = [
        {"words": [word, *(f"hose{word[-1]}{letter}{end}" for letter in letters[1:])]}
        for word in typed
        for end in ("rock", "hemd")
    ]
    async with guest.shop.database.write() as session:
        await session.change(update(ShopRow).values(language_code="DE", synonyms=groups))
    assert (await guest.run(SEARCH, {"ask": " ".join(typed)}))["search"]["totalCount"] == 0


SAID = """
[[synonyms]]
words = ["trousers", "pants"]
language = "en"

[[synonyms]]
words = ["cafetière", "french press", "Kaffeebereiter"]
"""


@pytest.mark.parametrize("said", [SAID, "synonyms = []"])
async def test_synonyms_go_along(backend: str, databases: Databases, tmp_path: Path, said: str) -> None:
    source = written(tmp_path, FILES)
    shop = (source / "shop.toml").read_text()
    (source / "shop.toml").write_text(f"{said}\n{shop}" if "[[" not in said else f"{shop}\n{said}")
    urls = [await databases.fresh(backend, "empty") for _ in range(2)]
    async with Database(urls[0]) as first, Database(urls[1]) as second:
        await imported(first, tmp_path, source)
        target, _ = await exported(first, tmp_path, "out")
        await imported(second, tmp_path, target)
        assert (await everything(second))["shops"] == (await everything(first))["shops"]
        # A file that does not mention any leaves them as they are.
        (source / "shop.toml").write_text(f"{shop}\n# Changed.")
        await imported(second, tmp_path, source)
        assert (await everything(second))["shops"] == (await everything(first))["shops"]
    assert tomllib.loads((target / "shop.toml").read_text())["synonyms"] == tomllib.loads(said)["synonyms"]


def test_groups_are_written_as_they_are_read() -> None:
    kept = synonyms(tomllib.loads(SAID)["synonyms"])
    assert kept[0] == {"words": ["trousers", "pants"], "language": "EN"}
    again = tomllib.loads(toml({"synonyms": [written_synonyms(group) for group in kept]}))
    assert synonyms(again["synonyms"]) == kept
