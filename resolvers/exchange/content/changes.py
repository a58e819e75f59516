"""What an import of content does and finds, file by file."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import exchange as db
from db.base import Row
from db.session import Session
from resolvers.exchange.content.documents import ContentError
from resolvers.exchange.report import Finding, Summary


@dataclass
class Changes:
    """Counts what came of each file. What a refused file described stays as it was."""

    root: Path
    summary: Summary

    def __post_init__(self) -> None:
        self._refused: set[Path] = set()

    def files(self, folder: Path, pattern: str) -> list[Path]:
        """The files of a folder, in the order of their names."""
        found = sorted(path for path in folder.glob(pattern) if path.is_file())
        self.summary.rows += len(found)
        return found

    def folders(self, folder: Path) -> list[Path]:
        """The folders in a folder, in the order of their names."""
        found = sorted(path for path in folder.iterdir() if path.is_dir())
        self.summary.rows += len(found)
        return found

    @contextmanager
    def refusing(self, path: Path) -> Iterator[None]:
        """A ContentError in here costs this file alone."""
        try:
            yield
        except ContentError as error:
            self._refused.add(path)
            self.summary.refuse(Finding(None, "", self._name(path), str(error)))

    def warn(self, path: Path, reason: str) -> None:
        """Something in a file that is left out."""
        self.summary.tell(Finding(None, "", self._name(path), reason, refused=False))

    def count(self, standing: Any | None, brought: tuple[int, bool]) -> None:
        """One thing, as `bring` answered."""
        if standing is None:
            self.summary.created += 1
        elif brought[1]:
            self.summary.changed += 1
        else:
            self.summary.unchanged += 1

    async def remove(
        self, session: Session, row: type[Row], standing: Mapping[str, Any], wanted: Collection[str], folder: Path
    ) -> None:
        """Remove what no file describes any more, except what a refused file may have meant."""
        refused = {path.parent.name if path.name == "blog.toml" else path.stem for path in self._refused}
        gone = [known.id for handle, known in standing.items() if handle not in wanted and handle not in refused]
        if gone:
            self.summary.removed += len(gone)
            await session.change(db.removed(row, gone))

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self.root))
