"""Which media type a client sends and which one it wants back."""

import re
from functools import lru_cache

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"

# What a browser's form can send to another site without asking first.
SIMPLE_KINDS = frozenset({"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})

MOST_CHARACTERS = 1_000
"""Of a header that is read here; browsers send a few hundred."""

_PARAMETER = re.compile(r';\s*([\w!#$%&\'*+.^`|~-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*)')
# A quote that is never closed goes on to the end, or each quote after it would be looked for one of its own.
_RANGE = re.compile(r'((?:[^,"]|"(?:[^"\\]|\\.|\\$)*+(?:"|$))+)')


def media_type(header: str) -> tuple[str, dict[str, str]]:
    """The type of a Content-Type header or media range, in lower case, and its parameters."""
    kind, _, _ = header.partition(";")
    parameters = {name.lower(): value.strip('"').lower() for name, value in _PARAMETER.findall(header)}
    return kind.strip().lower(), parameters


def is_json(header: str) -> bool:
    """Whether a Content-Type is JSON in UTF-8, the only thing that a POST may carry."""
    # What is remembered is only what is short.
    return len(header) <= MOST_CHARACTERS and _is_json(header)


@lru_cache(maxsize=256)
def _is_json(header: str) -> bool:
    kind, parameters = media_type(header)
    return kind == JSON and parameters.get("charset", "utf-8") in ("utf-8", "utf8")


def accepted(headers: tuple[str, ...]) -> str | None:
    """The media type to answer with; None where the client accepts neither of ours, or sends too much to be read.

    Without an Accept header, and for wildcards, that is application/json, which every client reads. The higher quality
    wins, then the type that is named over a wildcard, then the one named first.
    """
    return _accepted(headers) if len(headers) + sum(map(len, headers)) <= MOST_CHARACTERS else None


@lru_cache(maxsize=256)
def _accepted(headers: tuple[str, ...]) -> str | None:
    ranges = [media_type(found) for header in headers for found in _RANGE.findall(header) if found.strip()]
    if not ranges:
        return JSON
    best: tuple[float, int, int] | None = None
    chosen: str | None = None
    for offer in (JSON, RESPONSE_JSON):
        rank = _rank(offer, ranges)
        if rank is not None and (best is None or rank > best):
            best, chosen = rank, offer
    return chosen


def _rank(offer: str, ranges: list[tuple[str, dict[str, str]]]) -> tuple[float, int, int] | None:
    """Quality, precision and earliness of the most precise range that covers `offer`; None where it is not wanted."""
    found: tuple[int, int, float] | None = None
    for position, (kind, parameters) in enumerate(ranges):
        precision = {offer: 2, "application/*": 1, "*/*": 0}.get(kind)
        if precision is None or parameters.get("charset", "utf-8") not in ("utf-8", "utf8"):
            continue
        candidate = (precision, -position, _quality(parameters))
        if found is None or candidate[:2] > found[:2]:
            found = candidate
    if found is None or found[2] <= 0:
        return None
    precision, earliness, quality = found
    return quality, precision, earliness


def _quality(parameters: dict[str, str]) -> float:
    try:
        return min(max(float(parameters.get("q", "1")), 0.0), 1.0)
    except ValueError:
        return 0.0
