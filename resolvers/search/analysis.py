"""Taking texts apart: what of a text goes into the index, and what a question asks of it.

Texts and questions go the same way, and both databases store what comes out; that is why they answer alike.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, pairwise

import snowballstemmer

from db.search import DISTANCES, FARTHEST_TITLE, READ_TITLE, Kind, Part
from resolvers.text import fold

VERSION = "3"
"""Changes when the same text would be taken apart otherwise than before; an index of another version is built anew."""

LANGUAGE = "EN"
"""What texts are in that do not say which language it is."""

LONGEST = 64
"""Of a longer word only that many characters count."""

FURTHER_WORD, FARTHEST_OF_WORDS, ALSO_TYPE = 5, 40, 3

READ = frozenset({Kind.PAGE, Kind.ARTICLE})
"""What is read and not bought. A word in its title is farther than in a title or type of what is bought; in any other
part all kinds are alike, and of equally good hits what is bought comes first."""

_TOKEN = re.compile(r"[^\W_]+(?:[-_./'\u2019\u2010\u2011][^\W_]+)*")
_JOINTS = re.compile(r"[-_./\u2010\u2011]")
_NO_CODE = re.compile(r"[\W_]+")
_UNMARKED = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"})
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_ENGLISH = "a an and are as at be by for from has in is it its of on or that the this to was with"
_GERMAN = (
    "als am an auf aus bei das dem den der des die ein eine einem einen einer es fur im in ist mit nach oder so um und"
    " vom von vor wie zu zum zur"
)
_STOPS: Mapping[str, frozenset[str]] = {
    "de": frozenset(_GERMAN.split()),
    "en": frozenset(_ENGLISH.split()),
}
_IRREGULAR: Mapping[str, Mapping[str, str]] = {
    "en": {
        "knive": "knife", "shelv": "shelf", "loav": "loaf", "scarv": "scarf", "leav": "leaf",
        "wolv": "wolf", "halv": "half", "calv": "calf", "thiev": "thief", "children": "child", "women": "woman",
        "men": "man", "feet": "foot", "teeth": "tooth", "mice": "mous", "gees": "goos",
    },
}  # fmt: skip
"""Plurals that keep another stem than their word, by their stems."""
_JOINING = frozenset({"da", "de", "fi", "hu", "nb", "nl", "no", "sv"})
"""Languages that write several nouns as one word, the last of which says what it is."""

_NAMING_FIRST = frozenset({"ar", "ca", "es", "fr", "ga", "he", "id", "it", "pt", "ro", "vi"})
"""Languages that name a thing before they describe it."""

SHORTEST_END, ENDING = 4, "~"
"""From how many letters on the end of a joined word is found by itself; what begins so is a form turned round."""

_SINGULAR_S = re.compile(r"['\u2019]s$")


@dataclass(frozen=True)
class Document:
    """The texts of one thing in one language, by the parts that they are."""

    kind: Kind
    owner: int
    texts: tuple[tuple[Part, str], ...]
    language: str = LANGUAGE


@dataclass
class Analysed:
    """What of a document the index holds: how far each word is from a perfect hit and in which parts it occurs, and
    the word behind each form.
    """

    words: dict[str, tuple[int, int]] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)

    def add(self, word: str, part: Part, distance: int) -> None:
        """A word was found in a part."""
        nearest, parts = self.words.get(word, (distance, 0))
        self.words[word] = (min(nearest, distance), parts | part)


@dataclass(frozen=True)
class Slot:
    """One word of a question: any of ``words`` meets it, or what begins with one of ``beginnings``; less well what
    means the same, one of the words ``alike`` or what begins with one of ``alike_ends``.

    ``typed`` is what people wrote; a slip in it is mended if all that finds nothing.
    """

    typed: str
    words: tuple[str, ...]
    beginnings: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    alike_ends: tuple[str, ...] = ()


def words_of(text: str) -> list[tuple[str, str]]:
    """The words of a text, folded, each beside how it is written in small letters."""
    folded = [word for chunk in chunks(text) for word in chunk]
    written = [word for chunk in _chunks(text.lower()) for word in chunk]
    return list(zip(folded, written if len(written) == len(folded) else folded, strict=True))


def folded_word(word: str) -> str:
    """A word as the index has it."""
    return _folded(word)


def chunks(text: str) -> list[list[str]]:
    """The words of a text, folded; words with nothing but a hyphen or the like between them are in one list."""
    return _chunks(_folded(text))


def _chunks(text: str) -> list[list[str]]:
    found = []
    for token in _TOKEN.findall(text):
        parts = (_SINGULAR_S.sub("", part) for part in _JOINTS.split(token))
        found.append([part.replace("'", "").replace("\u2019", "")[:LONGEST] for part in parts if part])
    return found


def code(text: str) -> str:
    """A SKU or the like as one word; how its parts are held together does not count."""
    return _NO_CODE.sub("-", _folded(text)).strip("-")[:LONGEST]


def _folded(text: str) -> str:
    return fold(text).translate(_UNMARKED)


@lru_cache(maxsize=65536)
def stem(word: str, language: str) -> str:
    """A word without its ending; with digits in it, it is a number or a code and stays."""
    if not word.isalpha():
        return word
    found: str = _stemmer(language)(word)
    return _IRREGULAR.get(_base(language), {}).get(found, found)


@lru_cache
def _stemmer(language: str):  # type: ignore[no-untyped-def]
    name = _STEMMERS.get(_base(language))
    return snowballstemmer.stemmer(name).stemWord if name else str


def is_stop(word: str, language: str) -> bool:
    """Whether a word says nothing by itself."""
    return word in _STOPS.get(_base(language), ())


def names_first(language: str) -> bool:
    """Whether the first word is what a thing is, and the others say which; else the last one is."""
    return _base(language) in _NAMING_FIRST


def _base(language: str) -> str:
    """A language without its region, as stemmers know it."""
    return language.partition("_")[0].lower()


def end_of(word: str, language: str) -> str | None:
    """A word turned round, by whose beginning the end of a joined word is found; None where words are not joined."""
    turned = stem(word, language)[::-1]
    joins = _base(language) in _JOINING and word.isalpha() and len(turned) >= SHORTEST_END
    return ENDING + turned if joins else None


def upright(form: str) -> str:
    """A form as it is read."""
    return form[:0:-1] if form.startswith(ENDING) else form


def analysed(document: Document) -> Analysed:
    """What of a document the index holds."""
    found, language = Analysed(), document.language
    kinds = {stem(word, language) for part, text in document.texts if part is Part.TYPE for word in _flat(text)}
    for part, text in document.texts:
        if part in (Part.SKU, Part.BARCODE):
            if whole := code(text):
                found.add(whole, part, DISTANCES[part])
            continue
        forms = list(_forms(text, language, is_name=part in (Part.TITLE, Part.TYPE)))
        others = len({form for form in forms if form.is_said}) - 1
        for form in forms:
            word = stem(form.text, language)
            found.forms[form.text] = word
            if form.is_said and (end := end_of(form.text, language)):
                found.forms[end] = word
            distance = DISTANCES[part] if part is not Part.TITLE else _in_title(document.kind, others, word in kinds)
            found.add(word, part, distance)
    return found


def _in_title(kind: Kind, others: int, is_type: bool) -> int:
    """How far a word is that stands in a title beside others."""
    if kind in READ:
        return min(READ_TITLE + others, FARTHEST_TITLE)
    return max(min(others * FURTHER_WORD, FARTHEST_OF_WORDS) - (ALSO_TYPE if is_type else 0), 0)


@dataclass(frozen=True)
class _Form:
    text: str
    is_said: bool = True
    """Whether it stands so in the text, and was not put together."""


def _flat(text: str) -> list[str]:
    return [word for chunk in chunks(text) for word in chunk]


def _forms(text: str, language: str, *, is_name: bool) -> Iterable[_Form]:
    """The words of a text, and those that people may write as one: around a hyphen, beside a number or a letter,
    neighbours in a title or type.
    """
    pieces = chunks(text)
    words = [word for chunk in pieces for word in chunk]
    for word in words:
        if not is_stop(word, language):
            yield _Form(word)
    for chunk in pieces:
        if len(chunk) > 2:
            yield _Form("".join(chunk)[:LONGEST], is_said=False)
        for pair in pairwise(chunk):
            yield _Form("".join(pair)[:LONGEST], is_said=False)
    for first, second in pairwise(words):
        if is_stop(first, language) or is_stop(second, language):
            continue
        if is_name or len(first) == 1 or first.isdigit():
            yield _Form((first + second)[:LONGEST], is_said=False)


MOST_WORDS = 12
"""Of a longer question the first words count."""


def question(text: str, language: str, *, is_open: bool) -> list[Slot]:
    """What a question asks for, word by word; empty when it holds no word.

    ``is_open``: the last word may go on. Words that say nothing by themselves are left out, unless there are no others
    and the last of them may be the beginning of one that says something.
    """
    pieces = chunks(text)
    words = [word for chunk in pieces for word in chunk]
    whole = code(text)
    slots, at = [], 0
    for chunk in pieces:
        joined = {"".join(chunk)[:LONGEST]} if len(chunk) > 1 else set()
        codes = {code("-".join(chunk))} if len(chunk) > 1 else set()
        is_last = at + len(chunk) == len(words)
        for word in chunk:
            before = {words[at - 1] + word} if at else set()
            after = {word + words[at + 1]} if at + 1 < len(words) else set()
            ends = is_open and at == len(words) - 1
            known = {stem(one[:LONGEST], language) for one in {word} | joined | before | after} | codes | {whole}
            going_on = ({word} | before if ends else after if is_open and at == len(words) - 2 else set()) | (
                codes | joined if is_open and is_last else set()
            )
            if (end := end_of(word, language)) and not is_stop(word, language):
                going_on = going_on | {end}
            if not is_stop(word, language):
                slots.append(Slot(word, tuple(sorted(known)), tuple(sorted(going_on))))
                if len(slots) == MOST_WORDS:
                    return slots
            at += 1
    return slots or ([Slot(words[-1], (), (words[-1],))] if words and is_open else [])


# Slips of the keyboard.

_PREFIX = 7


def slips(word: str) -> int:
    """How many slips are forgiven in a word: one from 4 letters on, two from 8."""
    if not word.isalpha() or len(word) < 4:
        return 0
    return 1 if len(word) < 8 else 2


def spellings(form: str) -> set[str]:
    """What is left of a form's beginning without some of its letters: two of them at most, and none of a short one.

    Two words that are as near as `slips` allows have one in common, if the typed one goes through `misspellings`.
    """
    if not form.isalpha() or len(form) < 3:
        return set()
    return _without(form[:_PREFIX], 1 if len(form) < _PREFIX else 2)


def misspellings(word: str) -> set[str]:
    """By which spellings a mistyped word finds what was meant."""
    return _without(word[:_PREFIX], slips(word)) if slips(word) else set()


def _without(word: str, most: int) -> set[str]:
    kept = range(len(word))
    return {
        "".join(letter for at, letter in enumerate(word) if at not in gone)
        for count in range(most + 1)
        for gone in map(set, combinations(kept, count))
    }


def begins_alike(first: str, second: str) -> bool:
    """Whether two words begin with the same letter, or with the same two swapped: hardly anybody mistypes the first."""
    return first[:1] == second[:1] or first[:2] == second[1::-1]


def distance(first: str, second: str, most: int) -> int | None:
    """How many letters have to be added, left out, changed or swapped with their neighbour; None for more than most."""
    if abs(len(first) - len(second)) > most:
        return None
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None
