"""Which differences are allowed, because a checked-in table says why, and which are failures."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from graphql import GraphQLObjectType, GraphQLSchema

from tests.contract import tables
from tests.contract.compare import Difference, Kind, compare
from tests.contract.walk import closure

HERE = Path(__file__).parent
OUTSIDE = "outside the tables"
# The four reasons, and which differences each of them can be the reason of.
REASONS: Mapping[str, frozenset[Kind]] = MappingProxyType(
    {
        "our addition": frozenset({Kind.EXTRA}),
        OUTSIDE: frozenset({Kind.MISSING, Kind.NARROWER}),
        "deprecated but accepted": frozenset({Kind.EXTRA}),
        "legacy input tolerated": frozenset({Kind.EXTRA}),
    }
)
ROOTS = ("QueryRoot", "Mutation")


@dataclass(frozen=True)
class Promise:
    """What is served in full: types, fields of the two roots, and places of them that come later, with their reason."""

    types: frozenset[str] = frozenset()
    queries: frozenset[str] = frozenset()
    mutations: frozenset[str] = frozenset()
    later: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def read(path: Path = HERE / "served.toml") -> "Promise":
        """Raises an error of tomllib when the file is not well-formed, KeyError when a part of it is missing."""
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        types, queries, mutations = (frozenset(content[name]) for name in ("types", "queries", "mutations"))
        return Promise(types, queries, mutations, content["later"])

    def root_fields(self, root: str) -> frozenset[str]:
        return {"QueryRoot": self.queries, "Mutation": self.mutations}[root]


@dataclass
class Verdict:
    """``failures`` are sentences, ``explained`` differences with their reasons, ``to_come`` what was never promised."""

    failures: list[str] = field(default_factory=list)
    explained: list[tuple[str, Difference]] = field(default_factory=list)
    to_come: list[Difference] = field(default_factory=list)


def read_reasons(path: Path = HERE / "reasons.toml") -> dict[str, list[str]]:
    """Places by reason. Raises an error of tomllib when the file is not well-formed."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def judge(
    ours: GraphQLSchema,
    reference: GraphQLSchema,
    promise: Promise,
    reasons: Mapping[str, Iterable[str]],
    used: frozenset[str] | None = None,
) -> Verdict:
    """Compare the two and look at each difference.

    ``used`` are the places that storefronts need, by default those of the tables.
    """
    verdict = Verdict()
    used = tables.places(reference) if used is None else used
    given, doubled = _given(reasons)
    verdict.failures += doubled
    differences = compare(ours, reference)
    promised = full_types(promise, reference, used)
    judged = _Judge(reference, promise, promised, used, given, verdict)
    for difference in differences:
        judged.look_at(difference)
    verdict.failures += judged.idle(differences)
    verdict.failures += _unknown(promise, reference)
    return verdict


def full_types(promise: Promise, reference: GraphQLSchema, used: frozenset[str]) -> frozenset[str]:
    """The promised types with their connections and edges, and the inputs and enums that their used arguments take."""
    names = {name for kind in promise.types for name in (kind, f"{kind}Connection", f"{kind}Edge")}
    names &= reference.type_map.keys()
    taken = []
    for owner in {*names, *ROOTS}:
        for name, found in getattr(reference.type_map.get(owner), "fields", {}).items():
            if owner in ROOTS and (owner == "Mutation" or name not in promise.root_fields(owner)):
                continue
            arguments = getattr(found, "args", {}).items()
            taken += [one.type for argument, one in arguments if f"{owner}.{name}({argument}:)" in used]
    return frozenset(names | closure(taken))


@dataclass
class _Judge:
    reference: GraphQLSchema
    promise: Promise
    full: frozenset[str]
    used: frozenset[str]
    given: Mapping[str, str]
    verdict: Verdict

    def look_at(self, difference: Difference) -> None:
        place, kind = difference.place, difference.kind
        reason = self.given.get(place)
        if kind is not Kind.EXTRA and place in self.promise.later:
            self._later(difference)
        elif kind is Kind.MISSING and not self._is_promised(difference):
            self.verdict.to_come.append(difference)
        elif kind is not Kind.EXTRA and place in self.used:
            self._fail(difference, "storefronts use it")
        elif reason is None:
            self._fail(difference, "tests/contract/reasons.toml gives no reason")
        elif kind not in REASONS[reason]:
            self._fail(difference, f"{reason!r} is no reason for that")
        else:
            self.verdict.explained.append((reason, difference))

    def idle(self, differences: Iterable[Difference]) -> Iterator[str]:
        """Reasons and postponements of what differs no more."""
        explained = {difference.place for _, difference in self.verdict.explained}
        # A place can fail although it has a reason; that it fails is said already.
        differing = {difference.place for difference in differences}
        to_come = {difference.place for difference in self.verdict.to_come}
        for place, reason in self.given.items():
            if place not in explained and (place not in differing or place in to_come):
                yield f"{place}: {reason!r} applies no longer; remove it from reasons.toml."
        for place in self.promise.later:
            if place not in to_come:
                yield f"{place}: nothing is left to come; remove it from served.toml."

    def _later(self, difference: Difference) -> None:
        if difference.kind is Kind.NARROWER:
            self._fail(difference, "what is there must be right, also where more comes later")
        else:
            self.verdict.to_come.append(difference)

    def _is_promised(self, difference: Difference) -> bool:
        """Whether it has to be there now; types and root fields are only when they are listed."""
        owner, _, rest = difference.place.partition(".")
        if owner in ROOTS and rest:
            return rest.partition("(")[0] in self.promise.root_fields(owner)
        if difference.place.startswith("@"):
            return True
        return owner.partition(" ")[0] in self.full

    def _fail(self, difference: Difference, why: str) -> None:
        self.verdict.failures.append(f"{difference.place}: {difference.kind}, {difference.detail} ({why}).")


def _given(reasons: Mapping[str, Iterable[str]]) -> tuple[dict[str, str], list[str]]:
    given: dict[str, str] = {}
    failures = []
    for reason, listed in reasons.items():
        if reason not in REASONS:
            failures.append(f"{reason!r} is none of the four reasons: {', '.join(REASONS)}.")
            continue
        for place in listed:
            if place in given:
                failures.append(f"{place}: stands twice in reasons.toml.")
            given[place] = reason
    return given, failures


def _unknown(promise: Promise, reference: GraphQLSchema) -> Iterator[str]:
    """Promises that the reference knows nothing of; a slip of the pen would promise nothing."""
    for name in sorted(promise.types - reference.type_map.keys()):
        yield f"{name}: served.toml promises a type that the reference does not have."
    for root in ROOTS:
        found = reference.type_map.get(root)
        known = found.fields.keys() if isinstance(found, GraphQLObjectType) else set()
        for name in sorted(promise.root_fields(root) - set(known)):
            yield f"{root}.{name}: served.toml promises a field that the reference does not have."
