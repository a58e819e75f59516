"""What an import found and did."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file. A refusal cost the product (or row) its import, a warning did not.

    ``line`` counts the file's lines from 1, the header included; None where the file as a whole is meant.
    """

    line: int | None
    column: str
    handle: str
    reason: str
    refused: bool = True

    @property
    def severity(self) -> str:
        """``refused`` or ``warning``."""
        return "refused" if self.refused else "warning"


class UnreadableError(Exception):
    """Nothing of what was asked for can be read or written; the message says why, for people."""


Reporter: TypeAlias = Callable[[Finding], None]
Progress: TypeAlias = Callable[[int, int], None]
"""Told (rows done, rows there are)."""


def nothing_to_tell(_done: int, _total: int) -> None:
    """The progress of work that nobody watches."""


@dataclass
class Summary:
    """The outcome of one file, or of several: things are products, or whatever the file's rows describe."""

    file: str = ""
    encoding: str = ""
    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    refused: int = 0
    warnings: int = 0
    told: int = 0
    """How many findings there were."""
    findings: list[Finding] = field(default_factory=list)
    reporter: Reporter | None = None
    kept: int = 20
    """How many findings stay in memory; all of them go to the reporter."""

    def tell(self, finding: Finding) -> None:
        """Record a finding. Refused things are counted by whoever refuses them, once each."""
        self.told += 1
        if not finding.refused:
            self.warnings += 1
        if len(self.findings) < self.kept:
            self.findings.append(finding)
        if self.reporter:
            self.reporter(finding)

    def refuse(self, *findings: Finding) -> None:
        """Count one refused thing, with its reasons."""
        self.refused += 1
        for finding in findings:
            self.tell(finding)

    @property
    def exit_code(self) -> int:
        """0 when all went well, 1 when something was refused."""
        return 1 if self.refused else 0

    def add(self, other: "Summary") -> None:
        """Count what another file brought."""
        for name in ("rows", "created", "changed", "unchanged", "removed", "refused", "warnings", "told"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.findings = (self.findings + other.findings)[: self.kept]
