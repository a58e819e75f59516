"""Building the whole index, and comparing it with the texts."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from db import search as db
from db.search import Kind, SearchIndexRow
from db.session import Database, Session
from resolvers.search.analysis import VERSION, analysed
from resolvers.search.documents import documents_of, languages_of
from resolvers.search.indexing import Lexicon, index

BATCH = 200
"""How many things are indexed in one transaction, or compared at once."""

MOST_TOLD = 20
"""How many contradictions are told of each kind."""


Progress: TypeAlias = Callable[[int, int], None]


def _nobody(_done: int, _of: int) -> None:
    return None


async def is_built(database: Database) -> bool:
    """Whether the index is there, as this version of the code builds it, in all languages of the shop."""
    async with database.read() as session:
        return await session.first(db.version()) == _version(await languages_of(session))


def _version(languages: Sequence[str]) -> str:
    return " ".join([VERSION, *languages])


async def build_index(database: Database, progress: Progress = _nobody) -> int | None:
    """Index everything, unless this version of the analysis did: None then, else how many things.

    ``progress`` hears how many things are done, and of how many.
    """
    return None if await is_built(database) else await rebuild_index(database, progress)


async def rebuild_index(database: Database, progress: Progress = _nobody) -> int:
    """Index everything, a batch at a time, each in its transaction; answers how many things.

    A shop goes on answering meanwhile, and what is interrupted begins anew.
    """
    async with database.read() as session:
        total = sum([await session.first(db.how_many(kind)) or 0 for kind in Kind])
        languages = await languages_of(session)
    done, known = 0, Lexicon()
    for kind in Kind:
        last = 0
        while True:
            async with database.bulk() as session:
                ids = await session.rows(db.ids_after(kind, last, BATCH))
                learned = await index(session, await documents_of(session, kind, ids, languages), known)
            if not ids:
                break
            known.learn(learned)
            done, last = done + len(ids), ids[-1]
            progress(done, total)
    async with database.write() as session:
        for kind in Kind:
            await session.change(db.stale_postings(kind))
        await session.change(db.no_version())
        await session.add_all(SearchIndexRow, [{"version": _version(languages)}])
    return done


async def index_all(session: Session, *kinds: Kind) -> None:
    """Bring the index of some kinds to what the texts say, in the caller's transaction; for kinds of which are few."""
    known, languages = Lexicon(), await languages_of(session)
    for kind in kinds:
        ids, last = [0], 0
        while ids:
            ids = await session.rows(db.ids_after(kind, last, BATCH))
            known.learn(await index(session, await documents_of(session, kind, ids, languages), known))
            last = max(ids, default=last)
        await session.change(db.stale_postings(kind))


async def index_contradictions(database: Database) -> list[str]:
    """A sentence for each thing that is not found by its texts, or found by what it does not say."""
    if not await is_built(database):
        return ["The search index is not there, or an older version built it: run `storekeep migrate`."]
    findings: list[str] = []
    for kind in Kind:
        async with database.read() as session:
            gone = await session.rows(db.stale_owners(kind))
        wrong = [f"{kind.name.capitalize()} {owner} is in the search index, but not in the shop." for owner in gone]
        wrong += [
            f"{kind.name.capitalize()} {owner}: the search index does not say what its texts say."
            for owner in await _differing(database, kind)
        ]
        findings += wrong[:MOST_TOLD]
        if len(wrong) > MOST_TOLD:
            findings.append(f"And {len(wrong) - MOST_TOLD:,} more of the kind {kind.name.lower()}.")
    return findings


async def _differing(database: Database, kind: Kind) -> list[int]:
    found: list[int] = []
    last = 0
    while True:
        async with database.read() as session:
            ids = await session.rows(db.ids_after(kind, last, BATCH))
            if not ids:
                return found
            documents = await documents_of(session, kind, ids, await languages_of(session))
            standing: dict[int, dict[tuple[str, str], tuple[int, int]]] = {owner: {} for owner in ids}
            for owner, language, word, distance, parts in await session.tuples(db.words_of(kind, ids)):
                standing[owner][language, word] = (distance, parts)
        wanted: dict[int, dict[tuple[str, str], tuple[int, int]]] = {owner: {} for owner in ids}
        for document in documents:
            words = analysed(document).words
            wanted[document.owner] |= {(document.language, word): said for word, said in words.items()}
        found += [owner for owner in ids if standing[owner] != wanted[owner]]
        last = ids[-1]
