"""A server in a process of its own, for tests that send it signals: prints its address once it answers."""

import sys

from starlette.applications import Starlette

from app.server import bound, run
from tests.transport.serving import make_endpoint


def main() -> None:
    endpoint = make_endpoint()

    def started(urls: list[str]) -> None:
        sys.stdout.write(f"{urls[0]}\n")
        sys.stdout.flush()

    app = Starlette(routes=endpoint.routes())
    sockets = bound("127.0.0.1", int(sys.argv[1]))
    run(app, sockets, drain=endpoint.drain, on_started=started, grace=float(sys.argv[2]))


if __name__ == "__main__":
    main()
