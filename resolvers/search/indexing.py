"""Keeping the index: in the transaction that writes a text, and all at once for a shop that has none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from db import search as db
from db.search import Kind, SearchFormRow, SearchPostingRow, SearchSpellingRow, SearchWordRow
from db.session import Session
from resolvers.search.analysis import Analysed, Document, analysed, spellings

Postings: TypeAlias = dict[int, tuple[int, int]]
"""How far each word of something is from a perfect hit, and in which parts it occurs."""


@dataclass
class Lexicon:
    """What an import knows of the index's vocabulary, so as not to ask again: ids of words, and forms that are there,
    by language. What a transaction adds is known only once that has committed.
    """

    words: dict[tuple[str, str], int] = field(default_factory=dict)
    forms: set[tuple[str, str]] = field(default_factory=set)

    def learn(self, other: "Lexicon") -> None:
        """Know what another does as well."""
        self.words |= other.words
        self.forms |= other.forms


async def index(session: Session, documents: Sequence[Document], known: Lexicon | None = None) -> Lexicon:
    """Have things found by these texts and no others: all languages of a thing are given together.

    Only what differs from the index is written, in the caller's transaction. Answers what ``known`` did not know yet.
    """
    known = known or Lexicon()
    found = [(document, analysed(document)) for document in documents]
    learned = await _learn(session, found, known)
    wanted: dict[Kind, dict[int, Postings]] = defaultdict(dict)
    for document, parts in found:
        postings = wanted[document.kind].setdefault(document.owner, {})
        for word, said in parts.words.items():
            key = (document.language, word)
            postings[known.words.get(key) or learned.words[key]] = said
    for kind, owners in wanted.items():
        await _write(session, kind, owners)
    return learned


async def forget(session: Session, kind: Kind, owners: Sequence[int]) -> None:
    """Have things found no more, in the caller's transaction."""
    if owners:
        await session.change(db.removed_postings(kind, owners))


async def forget_stale(session: Session, *kinds: Kind) -> None:
    """Have nothing found that is not there any more."""
    for kind in kinds:
        await session.change(db.stale_postings(kind))


async def _write(session: Session, kind: Kind, owners: Mapping[int, Postings]) -> None:
    standing: dict[int, Postings] = defaultdict(dict)
    for owner, word, distance, parts in await session.tuples(db.postings_of(kind, list(owners))):
        standing[owner][word] = (distance, parts)
    changed = {owner: words for owner, words in owners.items() if standing.get(owner, {}) != words}
    await forget(session, kind, [owner for owner in changed if owner in standing])
    rows = [
        {"kind": int(kind), "owner_id": owner, "word_id": word, "distance": distance, "parts": int(parts)}
        for owner, words in changed.items()
        for word, (distance, parts) in sorted(words.items())
    ]
    await session.add_all(SearchPostingRow, rows)


async def _learn(session: Session, found: Iterable[tuple[Document, Analysed]], known: Lexicon) -> Lexicon:
    """Make the words, forms and spellings that the index does not have. In one order, so that writers do not tangle."""
    words: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, dict[str, str]] = defaultdict(dict)
    for document, parts in found:
        language = document.language
        forms[language] |= {form: word for form, word in parts.forms.items() if (language, form) not in known.forms}
        words[language].update(word for word in parts.words if (language, word) not in known.words)
    learned = Lexicon()
    for language in sorted(words):
        learned.words |= await _words(session, language, sorted(words[language]))
        ids = {
            form: learned.words.get((language, word)) or known.words[language, word]
            for form, word in forms[language].items()
        }
        await _learn_forms(session, language, ids)
        learned.forms |= {(language, form) for form in ids}
    return learned


async def _words(session: Session, language: str, words: Sequence[str]) -> dict[tuple[str, str], int]:
    if not words:
        return {}
    ids = dict(await session.tuples(db.words_named(language, words)))
    missing = [{"language": language, "word": word} for word in words if word not in ids]
    if missing:
        await session.change_each(db.added(SearchWordRow), missing)
        ids |= dict(await session.tuples(db.words_named(language, [row["word"] for row in missing])))
    return {(language, word): key for word, key in ids.items()}


async def _learn_forms(session: Session, language: str, words: Mapping[str, int]) -> None:
    if not words:
        return
    standing = set(await session.rows(db.forms_named(language, sorted(words))))
    missing = sorted(words.keys() - standing)
    rows = [{"language": language, "form": form, "word_id": words[form]} for form in missing]
    await session.change_each(db.added(SearchFormRow), rows)
    spelt = sorted((spelling, form) for form in missing for spelling in spellings(form))
    rows = [{"language": language, "spelling": spelling, "form": form} for spelling, form in spelt]
    await session.change_each(db.added(SearchSpellingRow), rows)
