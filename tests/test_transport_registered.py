"""The memory of registered texts in the hands of strangers: bounded, right, and not theirs to empty."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.graphql.persisted.registered import MOST_LIVES, MOST_PASSED_OVER, RegisteredTexts


@dataclass
class _Crowd:
    """Strangers who register texts of their own, and ask for them, as they like."""

    texts: RegisteredTexts
    registered: list[str] = field(default_factory=list)

    def register(self, length: int = 10) -> None:
        name = f"theirs{len(self.registered)}"
        self.registered.append(name)
        self.texts.add(name, "x" * length)

    def ask(self, first: int) -> None:
        """For every text of theirs from this one on, be it still there or not."""
        for name in self.registered[first:]:
            self.texts.get(name)


class Memory(RuleBasedStateMachine):
    """Anything that anybody does, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = RegisteredTexts(max_count=5, max_characters=100)
        self.sent: dict[str, str] = {}

    @rule(name=st.integers(0, 30), text=st.text("ab", max_size=40))
    def register(self, name: int, text: str) -> None:
        # A hash has one text for good.
        sent = self.sent.setdefault(str(name), text)
        was_known = self.texts.get(str(name)) is not None
        is_new = self.texts.add(str(name), sent)
        assert not (was_known and is_new)
        assert self.texts.get(str(name)) == (sent if was_known or is_new else None)

    @rule(name=st.integers(0, 30))
    def ask(self, name: int) -> None:
        assert self.texts.get(str(name)) in (None, self.sent.get(str(name)))

    @invariant()
    def bounded(self) -> None:
        held = [text for name, text in self.sent.items() if name in self.texts._known]
        assert len(held) == len(self.texts) <= 5
        assert sum(map(len, held)) == self.texts.characters <= 100


TestMemory = Memory.TestCase


def _popular(capacity: int) -> tuple[RegisteredTexts, _Crowd]:
    """A full memory with one text, `ours`, that is asked for often."""
    texts = RegisteredTexts(max_count=capacity)
    crowd = _Crowd(texts)
    for _ in range(capacity - 1):
        crowd.register()
    texts.add("ours", "{ hello }")
    for _ in range(MOST_LIVES):
        texts.get("ours")
    return texts, crowd


@given(st.integers(20, 60), st.lists(st.none() | st.integers(0, 80), max_size=100))
@settings(deadline=None)
def test_what_is_used_stays_whatever_strangers_do(capacity: int, asked: list[int | None]) -> None:
    texts, crowd = _popular(capacity)
    most = len(crowd.registered) + MOST_LIVES * ((capacity - 1) // (MOST_PASSED_OVER + 1))
    for first in asked:
        if first is not None:
            crowd.ask(first)
        elif len(crowd.registered) < most:
            crowd.register()
    assert texts.get("ours") == "{ hello }"


@given(st.integers(2, 60))
def test_what_is_used_outlasts_a_flood_for_which_nobody_asks(capacity: int) -> None:
    texts, crowd = _popular(capacity)
    for _ in range(MOST_LIVES * (capacity - 1)):
        crowd.register()
    assert len(texts) == capacity
    assert texts.get("ours") == "{ hello }"


@given(st.lists(st.integers(0, 250), max_size=300))
def test_texts_in_use_outlive_a_crowd_of_any_lengths(lengths: list[int]) -> None:
    """By characters, with what a storefront sends a page: every document once, then a few strangers."""
    texts = RegisteredTexts(max_characters=1_000)
    ours = {f"ours{number}": "y" * 40 for number in range(5)}
    for name, text in ours.items():
        texts.add(name, text)
    crowd = _Crowd(texts)
    for number, length in enumerate(lengths):
        if number % 2 == 0:
            assert {name: texts.get(name) for name in ours} == ours
        crowd.register(length)
        assert texts.characters <= 1_000


def test_what_nobody_asks_for_goes_first() -> None:
    texts = RegisteredTexts(max_count=3)
    for name in "abc":
        assert texts.add(name, name)
    assert texts.get("a") == "a"
    assert texts.add("d", "d")
    assert [texts.get(name) for name in "abcd"] == ["a", None, "c", "d"]


def test_what_was_asked_for_long_ago_goes_in_the_end() -> None:
    texts = RegisteredTexts(max_count=3)
    for name in "abc":
        texts.add(name, name)
        for _ in range(100):
            texts.get(name)
    tries = 0
    while not texts.add(f"new{tries}", "new"):
        tries += 1
        assert tries <= 3 * MOST_LIVES
    assert tries > 0
    assert len(texts) == 3


def test_a_text_that_would_push_out_most_others_is_not_kept() -> None:
    texts = RegisteredTexts(max_characters=1_000)
    assert not texts.add("long", "x" * 251)
    assert texts.add("short", "x" * 250)
    assert (len(texts), texts.characters) == (1, 250)
