"""What the shop itself answers, and what it has counted: the truth that storefronts' pages are compared with."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.request import Request, urlopen

_COUNTED = re.compile(r'storekeep_operations_total\{operation="([^"]*)",outcome="([^"]*)",type="[^"]*"\} ([0-9.e+]+)')


@dataclass
class Shop:
    """A shop that runs at ``url``. ``before`` is what had been counted when it was last looked at."""

    url: str
    before: Counter[tuple[str, str]] = field(default_factory=Counter)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310
        with urlopen(request, timeout=30) as response:  # noqa: S310 - our own address
            answer: dict[str, Any] = json.load(response)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def look(self) -> None:
        """Count from here on."""
        self.before = self._counted()

    def operations(self) -> Counter[tuple[str, str]]:
        """How many operations of each name ended how (`ok`, `error`, `refused` …) since the last look."""
        return self._counted() - self.before

    def _counted(self) -> Counter[tuple[str, str]]:
        with urlopen(f"{self.url}/metrics", timeout=30) as response:  # noqa: S310 - our own address
            text = response.read().decode()
        return Counter({(name, outcome): int(float(number)) for name, outcome, number in _COUNTED.findall(text)})


def dollars(amount: str) -> str:
    """An amount as American storefronts write it."""
    return f"${float(amount):,.2f}"
