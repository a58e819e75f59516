"""What Storekeep sets out to reach beside the others, and whether a run reached it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bench.contenders import FLOOR_SERVER, MERCURIUS, POSTGRAPHILE_5, STOREKEEP, STOREKEEP_CACHED, TEXTBOOK, Contender
from bench.measure import Figures
from bench.questions import ADD, DETAIL, DETAIL_AGAIN, LARGE, LISTING, LISTING_AGAIN, TINY, Question

Measured = Mapping[tuple[str, str], Figures]


@dataclass(frozen=True, eq=False)
class Column:
    """One kind of ratio: ours to the best of some others, which has to be at least, or at most, the target."""

    title: str
    of: Callable[[Figures], float]
    others: tuple[Contender, ...]
    at_most: bool = False

    def best(self, values: Iterable[float]) -> float:
        """The best of several servers' figures."""
        return min(values) if self.at_most else max(values)


def _rate(figures: Figures) -> float:
    return figures.rate


def _cpu(figures: Figures) -> float:
    return figures.cpu_ms


COLUMNS = (
    Column("throughput to the textbook server's", _rate, (TEXTBOOK,)),
    Column("throughput to PostGraphile's", _rate, (POSTGRAPHILE_5,)),
    Column("CPU a request to the best Mercurius'", _cpu, MERCURIUS, at_most=True),
    Column("throughput to the best Mercurius'", _rate, MERCURIUS),
    Column("throughput to a Starlette endpoint's that returns a body of equal size", _rate, (FLOOR_SERVER,)),
)
TARGETS: dict[Question, tuple[float | None, ...]] = {
    LISTING: (15, 1.5, 0.6, 0.9, None),
    DETAIL: (15, 1.3, 0.7, 1.0, None),
    TINY: (15, 1.5, None, 0.5, None),
    LARGE: (15, 2, 0.4, 1.2, None),
    ADD: (10, 1.2, None, 0.8, None),
    LISTING_AGAIN: (None, None, None, None, 0.5),
    DETAIL_AGAIN: (None, None, None, None, 0.5),
}


@dataclass(frozen=True)
class Cell:
    """One target beside what was measured; ``ratio`` is None where one of the two was not measured."""

    question: Question
    column: Column
    target: float
    ratio: float | None

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        if self.ratio is None:
            return False
        return self.ratio <= self.target if self.column.at_most else self.ratio >= self.target

    def __str__(self) -> str:
        sign = "≤" if self.column.at_most else "≥"
        wanted = f"{sign} {self.target:g}"
        if self.ratio is None:
            return f"not measured ({wanted})"
        return f"{self.ratio:.2f} ({wanted}) {'met' if self.met else '**missed**'}"


def cells(measured: Measured) -> list[Cell]:
    """Every target, in the order of the questions."""
    return [
        Cell(question, column, target, _ratio(question, column, measured))
        for question, targets in TARGETS.items()
        for column, target in zip(COLUMNS, targets, strict=True)
        if target is not None
    ]


def missed(measured: Measured) -> list[Cell]:
    """The targets that were measured and not reached."""
    return [cell for cell in cells(measured) if cell.ratio is not None and not cell.met]


def _ratio(question: Question, column: Column, measured: Measured) -> float | None:
    ours = STOREKEEP_CACHED if FLOOR_SERVER in column.others else STOREKEEP
    mine = measured.get((question.key, ours.name))
    found = [measured.get((question.key, other.name)) for other in column.others]
    theirs = column.best(column.of(figures) for figures in found if figures) if any(found) else 0
    return column.of(mine) / theirs if mine and theirs else None
