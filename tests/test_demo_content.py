"""The demo shop's files: complete, consistent, and what `db.demo.write` writes."""

import csv
from pathlib import Path

from db.demo import authored, write

DEMO = Path(authored.__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_csv_files_are_what_the_source_says() -> None:
    for name, text in write.files().items():
        assert (DEMO / name).read_text(encoding="utf-8") == text, f"{name}: run python -m db.demo.write"


def test_every_picture_named_exists() -> None:
    named = {row["Image Src"] for row in rows("products.csv")} | {row["Variant Image"] for row in rows("products.csv")}
    named |= {row["Image Src"] for row in rows("collections.csv")}
    missing = sorted(path for path in named if path and not (DEMO / path).is_file())
    assert missing == []
