"""Words that a merchant says mean the same, as questions are asked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

from resolvers.search.analysis import Slot, chunks, end_of, stem

MOST_ENDS = 24
"""How many ends of joined words a question may ask for besides: each is looked up by itself."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What means the same as a word: words of the index, and ends of joined ones."""

    words: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()


Thesaurus: TypeAlias = Mapping[str, Alike]
"""By words of the index. Two words are known as one, as the index has them that stand beside each other in a name."""


def thesaurus(said: Sequence[Mapping[str, Any]], language: str) -> Thesaurus:
    """What the groups of a shop's row say of a language; a group of none holds in all."""
    spoken = (None, language, language.partition("_")[0])
    return _thesaurus(tuple(tuple(one["words"]) for one in said if one.get("language") in spoken), language)


@lru_cache(maxsize=64)
def _thesaurus(groups: tuple[tuple[str, ...], ...], language: str) -> Thesaurus:
    found: dict[str, Alike] = defaultdict(Alike)
    for group in groups:
        joined = ["".join(word for chunk in chunks(words) for word in chunk) for words in group]
        known = {stem(word, language): end_of(word, language) for word in joined}
        for word in known:
            others = known.keys() - {word}
            ends = {end for other in others if (end := known[other])}
            found[word] = Alike(found[word].words | others, found[word].ends | ends)
    return dict(found)


def with_synonyms(slots: Sequence[Slot], known: Thesaurus) -> list[Slot]:
    """The words of a question with what else means them; of all ends of joined words the first MOST_ENDS."""
    found, ends_left = [], MOST_ENDS
    for slot in slots:
        alike = [known[word] for word in slot.words if word in known]
        words = {word for one in alike for word in one.words} - set(slot.words)
        ends = sorted({end for one in alike for end in one.ends} - set(slot.beginnings))[:ends_left]
        ends_left -= len(ends)
        found.append(replace(slot, alike=tuple(sorted(words)), alike_ends=tuple(ends)))
    return found
