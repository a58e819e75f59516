"""`python -m tests.contract [--version X]`: the comparison with the reference, and what a newer one brings."""

import argparse
import sys

from schema import schema
from tests.contract import report, tables
from tests.contract.compare import compare
from tests.contract.judge import Promise, judge, read_reasons
from tests.contract.reference import VERSION, UnavailableError, reference


def main() -> int:
    """Returns 0 when nothing fails, 1 when something does, 2 when the reference cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description=__doc__)
    parser.add_argument("--version", default=VERSION, help=f"a version of the package on npm (default {VERSION})")
    version: str = parser.parse_args().version
    try:
        theirs, pinned = reference(version), reference(VERSION)
    except UnavailableError as error:
        print(error, file=sys.stderr)
        return 2
    used = tables.places(pinned)
    verdict = judge(schema._schema, theirs, Promise.read(), read_reasons(), used)
    print(*report.lines(verdict, version, used), sep="\n")
    if version != VERSION:
        print(*report.news(compare(pinned, theirs), VERSION, version, used), sep="\n")
    return 1 if verdict.failures else 0


if __name__ == "__main__":
    sys.exit(main())
