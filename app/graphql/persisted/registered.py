"""The texts that clients have registered under their hashes: a memory that strangers can fill, and hardly empty."""

from collections import OrderedDict
from dataclasses import dataclass

# How often a text in use is passed over before it goes, and how many are passed over for one newcomer.
MOST_LIVES = 8
MOST_PASSED_OVER = 8


@dataclass(slots=True)
class _Registered:
    text: str
    lives: int = 0


class RegisteredTexts:
    """At most `max_count` texts by their SHA-256, of at most `max_characters` characters together.

    Whoever registers is a stranger, and may register without end. So what is asked for earns lives, up to eight, and
    loses one each time that its turn to go comes; for one newcomer at most eight are passed over, and if none of them
    goes the newcomer is not kept. A text with eight lives outlasts eight times `max_count` newcomers for which nobody
    asks, and eight ninths of `max_count` whatever is asked for in between.
    """

    def __init__(self, max_count: int = 1_000, max_characters: int = 1_000_000) -> None:
        self._max_count = max_count
        self._max_characters = max_characters
        self._characters = 0
        # The next one to go comes first.
        self._known: OrderedDict[str, _Registered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    @property
    def characters(self) -> int:
        """How long the texts are together."""
        return self._characters

    def get(self, sha256: str) -> str | None:
        """The text of this hash. Being asked for keeps it."""
        found = self._known.get(sha256)
        if found is None:
            return None
        found.lives = min(found.lives + 1, MOST_LIVES)
        return found.text

    def add(self, sha256: str, text: str) -> bool:
        """Remember a text by its hash, which the caller has verified. Whether it was new, and is kept now."""
        if sha256 in self._known or not self._make_room(len(text)):
            return False
        self._known[sha256] = _Registered(text)
        self._characters += len(text)
        return True

    def _make_room(self, size: int) -> bool:
        # One that would push out most others is not worth them.
        if size * 4 > self._max_characters:
            return False
        passed_over = 0
        while len(self._known) >= self._max_count or self._characters + size > self._max_characters:
            if passed_over == MOST_PASSED_OVER:
                return False
            sha256, oldest = self._known.popitem(last=False)
            if oldest.lives:
                oldest.lives -= 1
                self._known[sha256] = oldest
                passed_over += 1
            else:
                self._characters -= len(oldest.text)
        return True
