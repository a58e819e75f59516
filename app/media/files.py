"""Files that are written whole or not at all."""

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

_PART = ".part"
# Seconds after which nobody can still be writing a part.
_ABANDONED = 3600


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` under ``path``: whoever opens it finds all of it, even after a power cut. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}{_PART}")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def is_part(name: str) -> bool:
    """Whether this is the name of a file that is still being written, or was when its process died."""
    return name.startswith(".") and name.endswith(_PART)


def remove_abandoned(folder: Path) -> None:
    """Remove the parts that a process left in ``folder`` when it was killed."""
    for path in folder.glob(f".*{_PART}"):
        # Another process that starts at the same time removes the same ones.
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink()
