"""What the words of a question mean: words of the index, with slips of the keyboard forgiven."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db import search as db
from db.search import BEGINNING, EVERYWHERE, EXACT, PROMINENT, SLIP, SYNONYM, Asked, Kind, Known, Part, Sought
from resolvers.context import Context
from resolvers.search.analysis import Slot, begins_alike, distance, misspellings, names_first, question, slips, upright
from resolvers.search.synonyms import thesaurus, with_synonyms
from resolvers.search.syntax import check_length, storable
from resolvers.shop import SynonymsOfShop, TheShop, language_of

MOST_MEANT = 5
"""How many words a mistyped one may have meant."""


@dataclass(frozen=True)
class Meant:
    """One word of a question: what was typed, and the words of the index that it may be, with a form of each.

    What was only meant counts in ``parts`` that say what something is: in descriptions there are words like any other.
    """

    typed: str
    words: tuple[tuple[Known, str], ...]
    parts: Part = EVERYWHERE

    @property
    def is_scant(self) -> bool:
        """Whether it is a letter or two, that many words begin with: what it will name cannot be told yet."""
        return len(self.typed) <= 2 and all(word.quality == BEGINNING for word, _ in self.words)

    @property
    def sought(self) -> Sought:
        """For the index."""
        return Sought(tuple(word for word, _ in self.words), self.parts)


async def _synonyms(context: Context) -> Sequence[Mapping[str, Any]]:
    """What the shop says means the same: of its row where `language_of` reads that anyway, else by themselves."""
    if context.may_translate:
        return await context.loader(SynonymsOfShop).load(1)
    shop = await context.loader(TheShop).load(1)
    return shop.synonyms or [] if shop else []


async def meant_by(context: Context, text: str, *, is_open: bool, is_lenient: bool = False) -> list[Meant] | None:
    """What the words of a question mean, in the order in which they were typed; None when one of them means nothing,
    and when there are none.

    ``is_open``: the last word may go on. ``is_lenient``: a word may mean what the shop says means the same, and what
    means nothing is left out, unless all does. Raises ClientError for a question that is too long.
    """
    check_length(text)
    language = await language_of(context)
    slots = question(storable(text), language, is_open=is_open)
    if not slots:
        return None
    if is_lenient:
        slots = with_synonyms(slots, thesaurus(await _synonyms(context), language))
    words = sorted({word for slot in slots for word in (*slot.words, *slot.alike)})
    beginnings = sorted({beginning for slot in slots for beginning in (*slot.beginnings, *slot.alike_ends)})
    known: dict[tuple[str, bool], list[tuple[int, str, int]]] = {}
    async with context.read() as session:
        for asked, is_beginning, word, form, things in await session.tuples(
            db.words_meant(language, words, beginnings, is_alone=len(slots) == 1)
        ):
            known.setdefault((asked, bool(is_beginning)), []).append((word, form, things))
    found = [_meant(slot, known) for slot in slots]
    unknown = [slot.typed for slot, meant in zip(slots, found, strict=True) if meant is None]
    if unknown and (any if is_lenient else all)(map(slips, unknown)):
        mended = await _mended(context, unknown, language)
        found = [meant or mended.get(slot.typed) for slot, meant in zip(slots, found, strict=True)]
    whole = [meant for meant in found if meant is not None]
    return whole if whole and (is_lenient or len(whole) == len(slots)) else None


def _meant(slot: Slot, known: dict[tuple[str, bool], list[tuple[int, str, int]]]) -> Meant | None:
    words: dict[int, tuple[Known, str]] = {}
    asked = [((word, False), EXACT) for word in slot.words]
    asked += [((word, False), SYNONYM) for word in slot.alike]
    asked += [((beginning, True), BEGINNING) for beginning in (*slot.beginnings, *slot.alike_ends)]
    for key, quality in asked:
        for word, form, things in known.get(key, ()):
            # Words that no text has any more stay in the vocabulary.
            if things and word not in words:
                words[word] = (Known(word, quality, things), upright(form))
    return Meant(slot.typed, tuple(words.values())) if words else None


async def _mended(context: Context, wrong: Sequence[str], language: str) -> dict[str, Meant]:
    """What words that mean nothing may have been meant to be, slips of the keyboard forgiven."""
    spelt = sorted({spelling for typed in wrong for spelling in misspellings(typed)})
    async with context.read() as session:
        candidates = await session.tuples(db.words_spelt(language, spelt))
    return {typed: meant for typed in wrong if (meant := _nearest(typed, candidates)) is not None}


def _nearest(typed: str, candidates: Sequence[tuple[str, int, int, int]]) -> Meant | None:
    """What takes the fewest slips, and of those what most things say that they are; nothing of descriptions alone."""
    near: dict[int, list[tuple[int, str, int, int]]] = {}
    for form, word, things, prominent in candidates:
        needed = distance(typed, form, slips(typed))
        if prominent and needed is not None and begins_alike(typed, form):
            near.setdefault(needed, []).append((-prominent, form, word, things))
    if not near:
        return None
    words: dict[int, tuple[Known, str]] = {}
    for _, form, word, things in sorted(near[min(near)])[:MOST_MEANT]:
        words.setdefault(word, (Known(word, SLIP, things), form))
    return Meant(typed, tuple(words.values()), PROMINENT)


def asked_for(meant: Sequence[Meant], kinds: Sequence[Kind], parts: Part = EVERYWHERE) -> Asked:
    """The question to the index, the rarest word first."""
    rarest = sorted((one.sought for one in meant), key=lambda sought: sought.things)
    return Asked(tuple(rarest), tuple(kinds), parts)


def in_turns(meant: Sequence[Meant], asked: Asked, language: str) -> tuple[Asked, Asked | None]:
    """A question, and what to ask instead where it finds nothing: what has most of the words; None for a single word.

    Several words that only descriptions have are as good as nothing: one of them in a title says more. What lacks a
    word is only found by what it says it is, and the word that names a thing counts most, the last in most languages.
    """
    if len(meant) == 1:
        return asked, None
    naming = sorted(meant if names_first(language) else reversed(meant), key=lambda one: one.is_scant)
    sought = tuple([one.sought for one in naming])
    return replace(asked, is_demanding=True), replace(asked, sought=sought, is_loose=True)
