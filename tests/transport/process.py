"""A server in a process of its own, for tests that send it signals.

It prints its address once it answers, and at the end that its app was closed.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from app.server import bound, run
from tests.transport.serving import make_endpoint


def main() -> None:
    endpoint = make_endpoint()

    def started(urls: list[str]) -> None:
        sys.stdout.write(f"{urls[0]}\n")
        sys.stdout.flush()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        sys.stdout.write("closed\n")

    app = Starlette(routes=endpoint.routes(), lifespan=lifespan)
    sockets = bound("127.0.0.1", int(sys.argv[1]))
    run(app, sockets, drain=endpoint.drain, on_started=started, grace=float(sys.argv[2]))


if __name__ == "__main__":
    main()
