"""A server in a process of its own, for tests that send it signals.

It prints its address once it answers, and at the end that its app was closed. Where that takes time, it says so before.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from app.server import bound, run
from tests.transport.serving import make_endpoint


def main() -> None:
    endpoint = make_endpoint()
    port, grace, closing = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])

    def started(urls: list[str]) -> None:
        sys.stdout.write(f"{urls[0]}\n")
        sys.stdout.flush()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        if closing:
            sys.stdout.write("closing\n")
            sys.stdout.flush()
            await asyncio.sleep(closing)
        sys.stdout.write("closed\n")

    app = Starlette(routes=endpoint.routes(), lifespan=lifespan)
    sockets = bound("127.0.0.1", port)
    run(app, sockets, drain=endpoint.drain, on_started=started, grace=grace)


if __name__ == "__main__":
    main()
