"""Where the explorer's build stands: a small file beside the builds, read anew for every page.

Only the standard library is imported, because the builder runs before every start of the server.
"""

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).resolve().parent


class Phase(StrEnum):
    """`MISSING`: nobody builds, and nothing is there to serve, be it that the build was never begun or was stopped."""

    MISSING = "missing"
    BUILDING = "building"
    FAILED = "failed"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a build failed, what mends it, and the last lines of the tool that gave up; all of it may be shown."""

    problem: str
    remedy: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """`build` names the directory that is served; an older one goes on being served while its successor is made."""

    phase: Phase = Phase.MISSING
    step: str = ""
    build: str | None = None
    former: str | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Workshop:
    """The explorer's sources and its builds, by default those of this package."""

    source: Path = SOURCE
    dist: Path = field(default=SOURCE / "dist")

    @property
    def _file(self) -> Path:
        return self.dist / "state.json"

    @property
    def _lock(self) -> Path:
        return self.dist / "lock"

    def fingerprint(self) -> str:
        """Sixteen hex digits over everything that the bundle is made of."""
        digest = hashlib.sha256()
        inputs = [self.source / name for name in ("package.json", "package-lock.json", "build.mjs")]
        for path in [*inputs, *sorted((self.source / "src").iterdir())]:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:16]

    def directory(self, build: str) -> Path:
        return self.dist / build

    def complete(self, build: str) -> bool:
        return (self.directory(build) / "manifest.json").is_file()

    def recorded(self) -> State:
        """What the last builder wrote; a builder that was killed may have left `BUILDING`. Unreadable is `MISSING`."""
        try:
            stored = json.loads(self._file.read_bytes())
            trouble = Trouble(**stored["trouble"]) if stored["trouble"] else None
            return State(Phase(stored["phase"]), stored["step"], stored["build"], stored["former"], trouble)
        except (OSError, ValueError, KeyError, TypeError):
            return State()

    def state(self) -> State:
        """What is true now: a build counts as running only while its builder holds the lock."""
        recorded = self.recorded()
        if recorded.build and not self.complete(recorded.build):
            recorded = replace(recorded, build=None, phase=Phase.MISSING)
        if self._locked():
            return replace(recorded, phase=Phase.BUILDING)
        if recorded.phase is Phase.BUILDING:
            return replace(recorded, phase=Phase.MISSING)
        return recorded

    def record(self, state: State) -> None:
        """Replaces the state file in one step, so that a reader sees the old one or the new one."""
        draft = self.dist / f".state.{os.getpid()}"
        draft.write_text(json.dumps(asdict(state), indent=2))
        draft.replace(self._file)

    @contextmanager
    def exclusive(self) -> "Iterator[None]":
        """Only one builder at a time; a second one waits here until the first is done or dead."""
        self.dist.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _locked(self) -> bool:
        try:
            handle: IO[str] = self._lock.open()
        except OSError:
            return False
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False
