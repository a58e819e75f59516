"""The ``v1_`` encoding: which combinations of option values exist, as a trie that a storefront decodes in one look.

``0:0-1,1:1,,`` reads: first option's value 0 with second option's values 0 to 1 and … A colon goes down one option, a
comma ends a group, a space is a gap and a dash a run in a sequence of values. Values are numbered by position from 0.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby


def encode_variants(paths: Iterable[Sequence[int]]) -> str:
    """The encoding of value numbers, one sequence a variant, all of the same length; ``""`` for no variant."""
    ordered = sorted({tuple(path) for path in paths})
    # The group of the whole is the string itself and is not ended.
    return f"v1_{_encode(ordered)[:-1]}" if ordered else ""


def _encode(paths: Sequence[tuple[int, ...]]) -> str:
    if len(paths[0]) == 1:
        return " ".join(_runs([path[0] for path in paths])) + ","
    groups = groupby(paths, key=lambda path: path[0])
    return "".join(f"{value}:{_encode([path[1:] for path in group])}" for value, group in groups) + ","


def _runs(values: Sequence[int]) -> list[str]:
    runs: list[list[int]] = []
    for value in values:
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
