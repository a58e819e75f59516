"""What the words of a question mean: words of the index, with slips of the keyboard forgiven."""

from collections.abc import Sequence
from dataclasses import dataclass

from db import search as db
from db.search import BEGINNING, EVERYWHERE, EXACT, SLIP, Asked, Kind, Known, Part, Sought
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.languages import DEFAULT
from resolvers.search.analysis import Slot, distance, misspellings, question, slips, upright
from resolvers.search.syntax import MAX_CHARACTERS, storable
from resolvers.shop import TheShop

MOST_MEANT = 5
"""How many words a mistyped one may have meant."""


@dataclass(frozen=True)
class Meant:
    """One word of a question: what was typed, and the words of the index that it may be, with a form of each."""

    typed: str
    words: tuple[tuple[Known, str], ...]

    @property
    def sought(self) -> Sought:
        """For the index."""
        return Sought(tuple(word for word, _ in self.words))


async def language_of(context: Context) -> str:
    """What an operation asks in: its own language, else the shop's."""
    spoken = await context.speaks()
    if spoken is None:
        shop = await context.loader(TheShop).load(1)
        spoken = shop.language_code if shop else DEFAULT
    return spoken


async def meant_by(context: Context, text: str, *, is_open: bool) -> list[Meant] | None:
    """What the words of a question mean, in the order in which they were typed; None when one of them means nothing,
    and when there are none.

    ``is_open``: the last word may go on. Raises ClientError for a question that is too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise ClientError("BAD_REQUEST", f"A search query may have at most {MAX_CHARACTERS:,} characters.")
    language = await language_of(context)
    slots = question(storable(text), language, is_open=is_open)
    if not slots:
        return None
    words = sorted({word for slot in slots for word in slot.words})
    beginnings = sorted({beginning for slot in slots for beginning in slot.beginnings})
    known: dict[tuple[str, bool], list[tuple[int, str, int]]] = {}
    async with context.read() as session:
        for asked, is_beginning, word, form, things in await session.tuples(
            db.words_meant(language, words, beginnings)
        ):
            known.setdefault((asked, bool(is_beginning)), []).append((word, form, things))
    found = [_meant(slot, known) for slot in slots]
    if any(meant is None for meant in found):
        return await _mended(context, slots, found, language)
    return [meant for meant in found if meant is not None]


def _meant(slot: Slot, known: dict[tuple[str, bool], list[tuple[int, str, int]]]) -> Meant | None:
    words: dict[int, tuple[Known, str]] = {}
    asked = [((word, False), EXACT) for word in slot.words]
    asked += [((beginning, True), BEGINNING) for beginning in slot.beginnings]
    for key, quality in asked:
        for word, form, things in known.get(key, ()):
            # Words that no text has any more stay in the vocabulary.
            if things and word not in words:
                words[word] = (Known(word, quality, things), upright(form))
    return Meant(slot.typed, tuple(words.values())) if words else None


async def _mended(
    context: Context, slots: Sequence[Slot], found: Sequence[Meant | None], language: str
) -> list[Meant] | None:
    """The same with slips of the keyboard forgiven; None when a word still means nothing."""
    wrong = [slot.typed for slot, meant in zip(slots, found, strict=True) if meant is None]
    if not all(map(slips, wrong)):
        return None
    spelt = sorted({spelling for typed in wrong for spelling in misspellings(typed)})
    async with context.read() as session:
        candidates = await session.tuples(db.words_spelt(language, spelt))
    mended = {typed: _nearest(typed, candidates) for typed in wrong}
    whole = [meant or mended[slot.typed] for slot, meant in zip(slots, found, strict=True)]
    return [meant for meant in whole if meant] if all(whole) else None


def _nearest(typed: str, candidates: Sequence[tuple[str, int, int]]) -> Meant | None:
    """What takes the fewest slips, and of those what most things have."""
    near: dict[int, list[tuple[int, str, int]]] = {}
    for form, word, things in candidates:
        needed = distance(typed, form, slips(typed))
        if things and needed is not None:
            near.setdefault(needed, []).append((-things, form, word))
    if not near:
        return None
    words: dict[int, tuple[Known, str]] = {}
    for things, form, word in sorted(near[min(near)])[:MOST_MEANT]:
        words.setdefault(word, (Known(word, SLIP, -things), form))
    return Meant(typed, tuple(words.values()))


def asked_for(meant: Sequence[Meant], kinds: Sequence[Kind], parts: Part = EVERYWHERE) -> Asked:
    """The question to the index, the rarest word first."""
    rarest = sorted((one.sought for one in meant), key=lambda sought: sought.things)
    return Asked(tuple(rarest), tuple(kinds), parts)
