"""Bringing translations to what files say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from db import translating as db
from db.search import Kind
from db.session import Database, Session
from db.translations import TranslationRow
from resolvers.exchange.cells import CellError
from resolvers.exchange.report import Finding, Reporter, Summary, UnreadableError
from resolvers.exchange.setting import Setting
from resolvers.exchange.sheet import Row
from resolvers.exchange.table import Table, named, open_table
from resolvers.exchange.translations.fields import (
    COLUMNS,
    DEFAULT,
    DERIVED,
    ELSEWHERE,
    FIELDS,
    LOCALE,
    MARKET,
    NAMED,
    TRANSLATED,
    TYPE,
    Key,
    Target,
)
from resolvers.exchange.translations.owners import NotFoundError, Owners, is_general
from resolvers.languages import LanguageError, language_code, language_tag
from resolvers.search.documents import documents_of
from resolvers.search.indexing import index

T = TypeVar("T")

_FOUND = {"collection": Kind.COLLECTION, "page": Kind.PAGE, "article": Kind.ARTICLE}
"""What can be searched beside products, by what translations call it."""

BATCH = 200
"""How many rows are looked up, and how many texts are written, at once."""


async def import_translations(
    database: Database, setting: Setting, folder: Path, *, dry_run: bool = False, reporter: Reporter | None = None
) -> Summary:
    """Make the shop's translations those of the folder's CSV files; what no row says is removed.

    A row that makes no sense is refused and costs only itself; what it may have meant stays. Rows about one product's
    option go before those about that option everywhere. Raises `UnreadableError` for a file without the columns.
    """
    summary = Summary(file=str(folder), encoding="UTF-8", reporter=reporter)
    work = _Work(database, setting.language, summary, dry_run)
    for path in _files(folder):
        table = open_table(database, setting, path, named(*COLUMNS), NAMED, dry_run=dry_run, reporter=reporter)
        for column in COLUMNS:
            if column in (TYPE, "Field", LOCALE, TRANSLATED) and column not in table.sheet.columns:
                raise UnreadableError(f"{path} has no column {column!r}")
        await work.read(table)
        summary.add(table.summary)
    await work.remove()
    await work.index(setting)
    return summary


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.csv"))


@dataclass(frozen=True)
class _Said:
    """What a row says of each text, and where."""

    row: Row
    language: str
    texts: dict[Key, str]


@dataclass
class _Work:
    database: Database
    own: str
    summary: Summary
    dry_run: bool
    owners: Owners = field(default_factory=Owners)
    seen: dict[str, dict[Key, int]] = field(default_factory=lambda: defaultdict(dict))
    """By language, every text that a row of any file is about, and the line."""
    touched: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By kind, the ids of everything whose texts in some language changed."""
    is_whole: bool = True

    async def read(self, table: Table) -> None:
        """Carry out a file, rows about everything last: they say only what no other row said."""
        general: list[Row] = []
        for rows in _batches(self._wanted(table)):
            async with self.database.read() as session:
                await self.owners.learn(session, rows)
            await self._settle(table, [row for row in rows if not is_general(row, self.owners)])
            general += (row for row in rows if is_general(row, self.owners))
        for rows in _batches(general):
            async with self.database.read() as session:
                await self.owners.learn(session, rows)
            await self._settle(table, rows, is_general=True)
        if table.sheet.damage:
            self.is_whole = False
            table.summary.refuse(Finding(None, "", "", f"the file {table.sheet.damage}"))

    def _wanted(self, table: Table) -> Iterable[Row]:
        """The rows that translate something; the others are told of where somebody could have meant them."""
        for row in table.sheet.read():
            type_ = row.get(TYPE)
            if not row.get(TRANSLATED):
                continue
            if row.get(MARKET):
                table.warn(row, MARKET, "texts for one market alone are not kept; left out")
            elif row.get("Field") == "handle":
                table.warn(row, "Field", "handles are the same in every language; left out")
            elif type_.startswith(ELSEWHERE):
                table.warn(row, TYPE, f"nothing here corresponds to {type_}; left out")
            elif type_ not in FIELDS:
                table.refuse(row, TYPE, f"{type_!r} is no type; these are: {', '.join(FIELDS)}")
            else:
                yield row

    async def _settle(self, table: Table, rows: Sequence[Row], *, is_general: bool = False) -> None:
        said = [one for row in rows if (one := self._said(table, row, is_general)) is not None]
        for language in {one.language for one in said}:
            await self._bring(table, language, [one for one in said if one.language == language])

    def _said(self, table: Table, row: Row, is_general: bool) -> _Said | None:
        """What a row says; None for one that is refused."""
        column = LOCALE
        try:
            language = language_code(row.get(LOCALE))
            if language == self.own:
                raise CellError(f"the shop is written in {language_tag(language)}; change the texts themselves")
            targets = self.owners.find(row)
            column = TRANSLATED
            known = self.seen[language]
            if not is_general and (twice := next((known[one.key] for one in targets if one.key in known), None)):
                raise CellError(f"is translated on line {twice} already")
            open_ = [target for target in targets if target.key not in known]
            for target in open_:
                known |= dict.fromkeys(target.keys, row.line)
            texts = {key: text for target in open_ for key, text in target.texts(row.get(TRANSLATED)).items()}
        except NotFoundError as error:
            table.refuse(row, error.column, str(error))
            return None
        except (CellError, LanguageError) as error:
            table.refuse(row, column, str(error))
            return None
        self._compare(table, row, targets)
        return _Said(row, language, texts)

    def _compare(self, table: Table, row: Row, targets: Sequence[Target]) -> None:
        default = row.get(DEFAULT)
        if default and any(target.is_outdated(default) for target in targets):
            table.warn(row, DEFAULT, "is not what the shop says any more; the translation may be outdated")

    async def _bring(self, table: Table, language: str, said: Sequence[_Said]) -> None:
        """Write what some rows say, as far as it differs."""
        async with self.database.read() as session:
            standing = await _standing(session, language, (key for one in said for key in one.texts))
        stale: list[Key] = []
        new: dict[Key, str] = {}
        for one in said:
            differing = {key: text for key, text in one.texts.items() if standing.get(key) != text}
            made = bool(one.texts) and not any(key in standing for key in one.texts)
            table.count(made=made, changed=bool(differing))
            stale += (key for key in differing if key in standing)
            new |= differing
        if new and not self.dry_run:
            async with self.database.bulk() as session:
                for part in _parts(stale):
                    await session.change(db.removed(language, part))
                await session.add_all(TranslationRow, [_row(language, key, text) for key, text in new.items()])
            self._touch(new)

    async def remove(self) -> None:
        """Take away what no row said, unless a file could not be read to its end."""
        if not self.is_whole:
            return
        async with self.database.read() as session:
            for language in await session.rows(db.languages()):
                known = self.seen[language]
                gone = [key for key in await session.tuples(db.keys_in(language)) if key not in known]
                self.summary.removed += sum((kind, name) not in DERIVED for kind, _, name in gone)
                await self._forget(language, gone)

    async def _forget(self, language: str, keys: Sequence[Key]) -> None:
        for part in _parts(() if self.dry_run else keys):
            async with self.database.bulk() as session:
                await session.change(db.removed(language, part))
            self._touch(part)

    def _touch(self, keys: Iterable[Key]) -> None:
        for kind, owner, _ in keys:
            self.touched[kind].add(owner)

    async def index(self, setting: Setting) -> None:
        """Have everything found by what it says now."""
        languages = [setting.language, *setting.other_languages]
        async with self.database.read() as session:
            products = self.touched["product"] | {
                *await session.rows(db.products_of_options(sorted(self.touched["option"]))),
                *await session.rows(db.products_of_values(sorted(self.touched["option_value"]))),
            }
        owners = {Kind.PRODUCT: products, **{kind: self.touched[name] for name, kind in _FOUND.items()}}
        for kind, ids in owners.items():
            for part in _parts(sorted(ids)):
                async with self.database.bulk() as session:
                    documents = await documents_of(session, kind, part, languages)
                    setting.lexicon.learn(await index(session, documents, setting.lexicon))


def _parts(said: Sequence[T], size: int = BATCH) -> Iterable[Sequence[T]]:
    return (said[start : start + size] for start in range(0, len(said), size))


def _batches(rows: Iterable[Row]) -> Iterable[list[Row]]:
    waiting: list[Row] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == BATCH:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


async def _standing(session: Session, language: str, keys: Iterable[Key]) -> dict[Key, str]:
    owners: dict[str, dict[int, None]] = defaultdict(dict)
    for kind, key, _ in keys:
        owners[kind][key] = None
    return {
        (kind, key, name): text
        for kind, ids in owners.items()
        for key, name, text in await session.tuples(db.standing(language, kind, list(ids)))
    }


def _row(language: str, key: Key, text: str) -> dict[str, object]:
    kind, owner, name = key
    return {"owner_kind": kind, "owner_id": owner, "field": name, "language": language, "value": text}
