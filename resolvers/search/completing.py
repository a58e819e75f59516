"""What else to search for: typed words completed and mended, and the names of what they find."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from resolvers.search.analysis import SHORTEST_END, folded_word, stem, words_of
from resolvers.search.asking import Meant


@dataclass(frozen=True)
class Suggestion:
    """Something else to search for; ``styled_text`` is the same as HTML."""

    text: str
    styled_text: str


def suggestions(meant: Sequence[Meant], titles: Iterable[str], language: str) -> list[Suggestion]:
    """Suggestions for typed words, the likeliest first: what the last of them may become, then titles of hits.

    Only words that stand in one of the titles, so that each suggestion finds something.
    """
    typed = [one.typed for one in meant]
    spoken: dict[str, str] = {}
    whole = []
    for title in titles:
        words = words_of(title)
        whole.append(" ".join(written for _, written in words))
        for word, written in words:
            spoken.setdefault(stem(word, language), written)
    before = [_mended(one, spoken, language) for one in meant[:-1]]
    meaning = {stem(form, language) for _, form in meant[-1].words}
    ends = [word for word_stem, word in spoken.items() if word_stem in meaning]
    joined = "".join(typed[-2:]) if before else None
    # What was typed as two words may be the beginning of one.
    begun = [[*(before[:-1] if joined and folded_word(end).startswith(joined) else before), end] for end in ends]
    texts = dict.fromkeys([*map(" ".join, begun), *filter(None, whole)])
    return [Suggestion(text, _styled(text, [*typed, joined] if joined else typed)) for text in texts]


def _mended(meant: Meant, spoken: dict[str, str], language: str) -> str:
    """A word as it was typed, if the index knows it so, else as it was meant."""
    forms = [form for _, form in meant.words]
    if any(form.startswith(stem(meant.typed, language)) for form in forms):
        return meant.typed
    return next((spoken[form] for form in forms if form in spoken), forms[0])


def _styled(text: str, typed: Sequence[str]) -> str:
    """What was typed stands in ``mark``, what is added in ``span``."""
    return " ".join(_styled_word(word, typed) for word in text.split())


def _styled_word(word: str, typed: Sequence[str]) -> str:
    folded = folded_word(word)
    begun = max((one for one in typed if folded.startswith(one)), key=len, default="")
    ended = max((one for one in typed if len(one) >= SHORTEST_END and folded.endswith(one)), key=len, default="")
    if begun or not ended:
        # A letter that is typed as two is marked as a whole.
        length = next((at for at in range(len(word) + 1) if folded_word(word[:at]).startswith(begun)), len(word))
        return _tagged("mark", word[:length]) + _tagged("span", word[length:])
    start = next((at for at in reversed(range(len(word))) if folded_word(word[at:]).endswith(ended)), 0)
    return _tagged("span", word[:start]) + _tagged("mark", word[start:])


def _tagged(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>" if text else ""
