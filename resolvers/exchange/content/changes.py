"""What an import of content does and finds, file by file."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import exchange as db
from db.base import Row
from db.session import Session
from resolvers.exchange.report import Finding, Summary
from resolvers.exchange.texts import ContentError


@dataclass
class Changes:
    """Counts what came of each file. What a refused file described stays as it was."""

    root: Path
    summary: Summary

    def __post_init__(self) -> None:
        self._refused: set[Path] = set()

    def files(self, folder: Path, pattern: str) -> list[Path]:
        """The files of a folder, in the order of their names; those that lead elsewhere are refused."""
        return self._within(sorted(path for path in folder.glob(pattern) if path.is_symlink() or path.is_file()))

    def folders(self, folder: Path) -> list[Path]:
        """The folders in a folder, in the order of their names; those that lead elsewhere are refused."""
        return self._within(sorted(path for path in folder.iterdir() if path.is_symlink() or path.is_dir()))

    def _within(self, paths: list[Path]) -> list[Path]:
        self.summary.rows += len(paths)
        found, folded = [], dict[str, str]()
        for path in paths:
            with self.refusing(path):
                self.stay_within(path)
                same = folded.setdefault(path.name.casefold(), path.name)
                if same != path.name:
                    raise ContentError(f"some systems cannot tell it from {same}; keep one of them")
                found.append(path)
        return found

    def stay_within(self, path: Path) -> None:
        """Raises ContentError for a link that leads out of the folder, or nowhere."""
        try:
            is_inside = path.resolve(strict=True).is_relative_to(self.root.resolve())
        except (OSError, RuntimeError) as error:
            what = "it is a link that leads nowhere" if path.is_symlink() else "it is missing"
            raise ContentError(what) from error
        if not is_inside:
            raise ContentError("it is a link that leads out of the folder; put a copy in its place")

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
