"""The folder that an export writes: whole or not at all, and never over what somebody else put there."""

import errno
import filecmp
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TextIO

from db.session import Database
from resolvers.exchange.csv_rows import CsvRows
from resolvers.exchange.outgoing.toml import toml
from resolvers.exchange.pictures import cell_of, is_on_the_web
from resolvers.exchange.report import Progress, UnreadableError
from resolvers.exchange.setting import Setting

OWN = ".storekeep-export"
"""Lists the files of an export, so that the next one into the same folder knows what is its own."""

_UNNAMEABLE = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOENT}
_SHOWN = 3


@dataclass
class Outgoing:
    """An export under way: what writers of files are given. ``place`` holds the files until all of them are there."""

    database: Database
    setting: Setting
    file_of: Callable[[str], Path]
    """Where the media store keeps a file."""
    target: Path
    place: Path
    progress: Callable[[str], Progress]
    left_out: list[str] = field(default_factory=list)
    """What could not be written, and why; a sentence each."""
    names: dict[str, None] = field(default_factory=dict)
    _before: dict[str, None] = field(init=False)
    _folded: dict[str, str] = field(default_factory=dict)
    _media: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._before = owned(self.target) or {}

    def leave_out(self, what: str, reason: str) -> None:
        """Tell that something is not in the files."""
        self.left_out.append(f"{what} is left out: {reason}")

    def text(self, name: str, text: str) -> None:
        """Write a file; ``name`` is its path in the folder."""
        with self._opened(name) as file:
            if file:
                file.write(text)

    def toml(self, name: str, entries: Mapping[str, Any]) -> None:
        """Write a file of TOML."""
        self.text(name, toml(entries))

    @contextmanager
    def stream(self, name: str) -> Iterator[TextIO]:
        """A file to write to bit by bit."""
        with self._opened(name) as file:
            assert file is not None
            yield file

    @contextmanager
    def rows(self, name: str, columns: Sequence[str]) -> Iterator[CsvRows]:
        """A table to write rows to; without any there is no file."""
        with self.stream(name) as file:
            rows = CsvRows(file, columns)
            yield rows
        if not rows.written:
            (self.place / name).unlink()
            self.names.pop(name)

    def picture(self, source: str) -> str:
        """How files name a picture: by its address, or by the file that is copied into the folder."""
        return self._copied("pictures", source)

    def medium(self, source: str) -> str:
        """How files name what plays a video or shows a model."""
        return self._copied("media", source)

    def _copied(self, folder: str, source: str) -> str:
        if is_on_the_web(source):
            return source
        if (folder, source) not in self._media:
            self._media[folder, source] = self._copy(f"{folder}/{source}", source)
        return self._media[folder, source] or cell_of(source)

    def _copy(self, name: str, source: str) -> str | None:
        # A name is its content's hash: what has that name and size already is the same.
        there = self.target / name
        try:
            kept = self.file_of(source)
            size = kept.stat().st_size
        except (OSError, ValueError):
            if name in self._before and there.is_file():
                # It may be the last copy that there is.
                self.left_out.append(f"The media store has lost {source}; the last export's copy stays")
                self.names[name] = None
                return name
            self.left_out.append(f"The media store has lost {source}, which is still named media:…")
            return None
        self.names[name] = None
        if not (there.is_file() and not there.is_symlink() and there.stat().st_size == size):
            (self.place / folder_of(name)).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept, self.place / name)
        return name

    @contextmanager
    def _opened(self, name: str) -> Iterator[TextIO | None]:
        path = self.place / name
        if (same := self._folded.setdefault(name.casefold(), name)) != name:
            self.leave_out(name, f"some systems cannot tell it from {same}")
            yield None
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            if error.errno not in _UNNAMEABLE:
                raise
            self.leave_out(name, f"there can be no file of that name ({error.strerror})")
            yield None
            return
        self.names[name] = None
        with file:
            yield file

    def settle(self) -> int:
        """Put the files where they belong, and remove those of the last export that are no more; answers how many.

        Raises `UnreadableError`, before anything is touched, where that would replace what is not its own.
        """
        before = owned(self.target) or {}
        self._refuse_others(before)
        self.target.mkdir(parents=True, exist_ok=True)
        # Both until it is done: what a crash leaves here is the next export's to mend.
        _own(self.target, {**before, **self.names})
        for name in self.names:
            made, there = self.place / name, self.target / name
            if made.is_file() and not (there.is_file() and filecmp.cmp(made, there, shallow=False)):
                there.parent.mkdir(parents=True, exist_ok=True)
                os.replace(made, there)
        for name in before:
            if name not in self.names:
                self._remove(name)
        _own(self.target, self.names)
        return len(self.names)

    def _refuse_others(self, before: Mapping[str, None]) -> None:
        root = self.target.resolve()
        for name in {**before, **self.names}:
            if not (self.target / name).parent.resolve().is_relative_to(root):
                raise UnreadableError(f"{self.target / folder_of(name)} leads out of the folder; nothing was written")
        foreign = [name for name in self.names if name not in before and os.path.lexists(self.target / name)]
        if foreign:
            more = f" and {len(foreign) - _SHOWN:,} more" if len(foreign) > _SHOWN else ""
            raise UnreadableError(
                f"{self.target} has files that no export wrote, and this one would replace: "
                f"{', '.join(foreign[:_SHOWN])}{more}. Import or move them first; nothing was written"
            )

    def _remove(self, name: str) -> None:
        (self.target / name).unlink(missing_ok=True)
        folder = (self.target / name).parent
        while folder != self.target and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def folder_of(name: str) -> str:
    """The folder of a file, within the export's."""
    return str(PurePosixPath(name).parent)


def owned(target: Path) -> dict[str, None] | None:
    """The files of the last export into a folder; None where there is nothing yet.

    Raises `UnreadableError` for a folder that is something else.
    """
    if target.is_dir() and (target / OWN).is_file():
        try:
            names = (target / OWN).read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableError(f"{target / OWN} cannot be read: {error}") from error
        if strange := next(filter(_is_strange, names), None):
            raise UnreadableError(f"{target / OWN} names {strange!r}, which no export wrote")
        return dict.fromkeys(name for name in names if name)
    if os.path.lexists(target) and (not target.is_dir() or any(target.iterdir())):
        raise UnreadableError(f"{target} holds something else; name a new folder, or one of an earlier export")
    return None


def _is_strange(name: str) -> bool:
    """Whether no export writes a file of that name: outside of the folder, or hidden, as `.git` is."""
    return name.startswith((".", "/")) or ".." in PurePosixPath(name).parts or "\0" in name


def _own(target: Path, names: Mapping[str, None]) -> None:
    part = target / f"{OWN}.part"
    # A link that somebody put there would have its target written over.
    part.unlink(missing_ok=True)
    part.write_text("".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")
    part.replace(target / OWN)
