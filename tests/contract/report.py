"""The comparison as somebody reads it on a terminal."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from textwrap import wrap

from tests.contract.compare import Difference, Kind
from tests.contract.judge import Verdict

_WIDTH = 118


def lines(verdict: Verdict, version: str, used: Collection[str]) -> Iterator[str]:
    """The whole report; failures come last, where the eye is when it scrolled by."""
    yield f"Compared with the Storefront API schema of @shopify/hydrogen-react {version}."
    yield from _section("To come (a * marks what storefronts use)", _grouped(verdict.to_come, used))
    by_reason = defaultdict(list)
    for reason, difference in verdict.explained:
        by_reason[reason].append(difference)
    for reason, differences in sorted(by_reason.items()):
        yield from _section(f"Different: {reason}", _grouped(differences, used))
    yield from _section("Failures", verdict.failures)
    yield ""
    yield (
        f"{len(verdict.failures)} failures, {len(verdict.explained)} differences with a reason, "
        f"{len(verdict.to_come)} to come."
    )


def news(differences: Iterable[Difference], older: str, newer: str, used: Collection[str]) -> Iterator[str]:
    """What a newer reference adds, takes away and changes. ``differences`` are those of the older from the newer."""
    titles = {
        Kind.MISSING: f"{newer} adds to {older}",
        Kind.EXTRA: f"{newer} no longer has",
        Kind.NARROWER: f"{newer} changes, so that what fits {older} may not fit",
    }
    found = sorted(differences)
    for kind, title in titles.items():
        yield from _section(f"{title} (a * marks what storefronts use)", _grouped(_of(found, kind), used))
    if not found:
        yield f"{newer} and {older} are the same."


def _of(differences: Iterable[Difference], kind: Kind) -> list[Difference]:
    return [difference for difference in differences if difference.kind is kind]


def _section(title: str, rows: Iterable[str]) -> Iterator[str]:
    listed = list(rows)
    if listed:
        yield ""
        yield f"{title}:"
        for row in listed:
            yield from wrap(row, _WIDTH, initial_indent="  ", subsequent_indent=" " * 13, break_on_hyphens=False)


def _grouped(differences: Iterable[Difference], used: Collection[str]) -> Iterator[str]:
    """Missing and extra names of one owner on one line; what is narrower needs its own."""
    owners: dict[tuple[Kind, str], list[str]] = defaultdict(list)
    single = []
    for difference in differences:
        mark = "*" if difference.place in used else ""
        if difference.kind is Kind.NARROWER:
            single.append(f"{difference.kind:8} {difference.place}{mark} {difference.detail}")
        else:
            owner, rest = _split(difference.place)
            owners[difference.kind, owner].append(f"{rest}{mark}")
    for (kind, owner), names in sorted(owners.items()):
        yield f"{kind:8} {owner}: {', '.join(names)}"
    yield from single


def _split(place: str) -> tuple[str, str]:
    for separator in (".", " implements ", " | "):
        owner, found, rest = place.partition(separator)
        if found:
            return owner, rest if separator == "." else f"{separator.strip()} {rest}"
    return ("directives", place) if place.startswith("@") else ("types", place)
