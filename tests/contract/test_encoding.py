"""The encoding of variants as the storefront library itself decodes it."""

import json
import random
import subprocess
from collections.abc import Iterable, Sequence
from itertools import product as combinations
from pathlib import Path
from typing import Any

import pytest

from resolvers.catalog.encoding import encode_variants
from tests.api import Client
from tests.contract.reference import VERSION, archive, member
from tests.transport.node import node

MOST = 2048
"""How many variants a product has at most."""
Places = tuple[int, ...]

PRODUCTS = """query($after: String) { products(first: 250, after: $after) { pageInfo { hasNextPage endCursor } nodes {
  handle encodedVariantExistence encodedVariantAvailability
  options { name optionValues { name } }
  variants(first: 250) { nodes { availableForSale selectedOptions { name value } } } } } }"""


@pytest.fixture(scope="session")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library's decoder, from the same pinned archive as the reference schema."""
    path = tmp_path_factory.mktemp("decoder") / "decoder.mjs"
    path.write_bytes(member(archive(VERSION), "package/dist/node-prod/optionValueDecoder.mjs"))
    return path


def decoded(decoder: Path, questions: Iterable[tuple[str, Sequence[int]]]) -> list[dict[str, Any]]:
    """What the library makes of each encoding of a product with so many values of each option."""
    lines = "\n".join(json.dumps({"encoded": encoded, "shape": shape}) for encoded, shape in questions)
    judge = Path(__file__).with_name("decode.mjs")
    done = subprocess.run(
        [*node(), str(judge), str(decoder)], input=lines, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def agrees(answer: dict[str, Any], paths: Iterable[Places]) -> None:
    expected = sorted(set(paths))
    assert sorted(map(tuple, answer["decoded"])) == expected
    begun = {path[: end + 1] for path in expected for end in range(len(path))}
    assert set(map(tuple, answer["found"])) == begun


def trees() -> list[tuple[tuple[int, ...], list[Places]]]:
    """Products of every number of options, with gaps of every kind, up to the most variants; the same each time."""
    dice = random.Random(11)
    shapes = [(1,), (2,), (12,), (100,), (MOST,), (1, 1), (2, 3), (5, 1), (1, 5), (32, 64), (11, 11)]
    shapes += [(1, 1, 1), (2, 2, 2), (3, 4, 5), (10, 12, 11), (8, 16, 16), (1, 1, 30), (30, 1, 2)]
    made = [(shape, list(combinations(*map(range, shape)))) for shape in shapes]
    gaps = [
        (shape, dice.sample(paths, max(1, int(len(paths) * part)))) for shape, paths in made for part in (0.1, 0.5, 0.9)
    ]
    lonely = [(shape, [paths[0]]) for shape, paths in made] + [(shape, [paths[-1]]) for shape, paths in made]
    return [*made, *gaps, *lonely, *((shape, []) for shape, _ in made)]


def test_generated_products(decoder: Path) -> None:
    made = trees()
    answers = decoded(decoder, [(encode_variants(paths), shape) for shape, paths in made])
    for answer, (_, paths) in zip(answers, made, strict=True):
        agrees(answer, paths)


async def test_every_product_of_the_demo_shop(demo: Client, decoder: Path) -> None:
    shown, after = [], None
    while shown == [] or after:
        page = (await demo.run(PRODUCTS, {"after": after}))["products"]
        shown += page["nodes"]
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert len(shown) > 100
    for field, which in (("Existence", {True, False}), ("Availability", {True})):
        shapes = [[len(option["optionValues"]) for option in each["options"]] for each in shown]
        asked = [(each[f"encodedVariant{field}"], shape) for each, shape in zip(shown, shapes, strict=True)]
        for answer, each in zip(decoded(decoder, asked), shown, strict=True):
            agrees(answer, [_path(each, v) for v in each["variants"]["nodes"] if v["availableForSale"] in which])


def _path(product: dict[str, Any], variant: dict[str, Any]) -> Places:
    chosen = {option["name"]: option["value"] for option in variant["selectedOptions"]}
    places = {o["name"]: [value["name"] for value in o["optionValues"]] for o in product["options"]}
    assert chosen.keys() == places.keys()
    return tuple(places[name].index(chosen[name]) for name in places)
