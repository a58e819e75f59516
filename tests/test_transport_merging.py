"""The linear check of overlapping fields, judged by graphql-core's own rule over generated documents."""

import random

import pytest
from graphql import GraphQLSchema, OverlappingFieldsCanBeMergedRule, build_schema, parse, specified_rules, validate

from app.graphql.merging import check_merging

SCHEMA = build_schema(
    """
    interface Being { name: String  age: Int!  friend: Being  friends: [Being!] }
    type Dog implements Being { name: String  age: Int!  friend: Dog  friends: [Being!]  bark: Int  owner: Person }
    type Cat implements Being { name: String!  age: Int!  friend: Being  friends: [Being!]!  meow: String owner: Person}
    type Person { name(full: Boolean, in: [Style!]): String  pet: Pet  pets(first: Int): [Pet]  being: Being }
    input Style { a: Int  b: Int }
    union Pet = Dog | Cat
    type Query { dog: Dog  cat: Cat  being: Being  pet: Pet  person: Person }
    """
)
OTHERS = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]
FIELDS = {
    "Query": ["dog", "cat", "being", "pet", "person"],
    "Being": ["name", "age", "friend", "friends"],
    "Dog": ["name", "age", "friend", "bark", "owner"],
    "Cat": ["name", "age", "friend", "meow", "owner"],
    "Person": ["name", "pet", "pets", "being"],
    "Pet": ["__typename"],
}
WITHIN = {"Being": ["Being", "Dog", "Cat"], "Pet": ["Dog", "Cat", "Being"], "Dog": ["Dog", "Being", "Pet"]}
ARGUMENTS = {
    "name": ["", "(full: true)", "(full: false)", "(full: $flag)", "(in: {a: 1, b: 2})", "(in: [{b: 2, a: 1}])"],
    "pets": ["", "(first: 1)", "(first: 2)"],
}


class Generator:
    """Documents that are valid but for overlapping fields. Few names, so that many of them overlap."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.fragments: dict[str, str] = {}

    def document(self) -> str:
        body = self.selections("Query", 4)
        flag = "($flag: Boolean)" if "$flag" in body + "".join(self.fragments.values()) else ""
        return f"query {flag} {{ {body} }} " + " ".join(self.fragments.values())

    def selections(self, type_: str, depth: int) -> str:
        return " ".join(self.selection(type_, depth) for _ in range(self.random.randint(1, 3)))

    def selection(self, type_: str, depth: int) -> str:
        chance = self.random.random()
        inner = self.random.choice(WITHIN.get(type_, [type_]))
        if depth > 0 and chance < 0.2:
            return f"... on {inner} {{ {self.selections(inner, depth - 1)} }}"
        if depth > 0 and chance < 0.35:
            name = f"F{len(self.fragments)}"
            self.fragments[name] = ""
            self.fragments[name] = f"fragment {name} on {inner} {{ {self.selections(inner, depth - 1)} }}"
            return f"...{name} ...{name}"
        return self.field(type_, depth)

    def field(self, type_: str, depth: int) -> str:
        definition = SCHEMA.get_type(type_)
        name = self.random.choice(FIELDS[type_])
        result = str(definition.fields[name].type).strip("[]!") if name != "__typename" else "String"  # type: ignore[union-attr]
        below = ""
        if result in FIELDS:
            if depth <= 0:
                return "__typename"
            below = f" {{ {self.selections(result, depth - 1)} }}"
        alias = self.random.choice(["", "", "a: ", "b: "])
        arguments = self.random.choice(ARGUMENTS[name]) if type_ == "Person" and name in ARGUMENTS else ""
        return f"{alias}{name}{arguments}{below}"


def verdicts(schema: GraphQLSchema, text: str) -> tuple[bool, bool]:
    document = parse(text)
    assert validate(schema, document, OTHERS) == []
    stock = validate(schema, document, [OverlappingFieldsCanBeMergedRule])
    return bool(stock), bool(check_merging(schema, document))


@pytest.mark.parametrize("block", range(2))
def test_agrees_with_the_stock_rule_on_generated_documents(block: int) -> None:
    conflicts = 0
    for seed in range(block * 80, block * 80 + 80):
        text = Generator(seed).document()
        stock, ours = verdicts(SCHEMA, text)
        assert ours == stock, text
        conflicts += stock
    # A judge that always says the same proves nothing.
    assert 8 < conflicts < 72


@pytest.mark.parametrize(
    ("text", "conflict"),
    [
        ("{ dog { name name } }", None),
        ("{ dog { a: name a: age } }", "they return conflicting types"),
        ("{ dog { a: bark a: age } }", "they return conflicting types"),
        ("{ being { ... on Dog { a: age } ... on Cat { a: age } } }", None),
        ("{ being { ... on Dog { a: name } ... on Cat { a: meow } } }", None),
        ("{ being { ... on Dog { name } ... on Cat { name } } }", "they return conflicting types"),
        ("{ being { ... on Dog { a: name } a: friend { name } } }", "they return conflicting types"),
        ("{ person { name(full: true) name(full: false) } }", "they have differing arguments"),
        ("{ person { name(in: {a: 1, b: 2}) name(in: {b: 2, a: 1}) } }", None),
        ("{ dog { a: friend { name } a: friend { name: age } } }", "conflicting types"),
        ("{ dog { owner { a: pet { __typename } } owner { a: being { name } } } }", "are different fields"),
        ("{ dog { ...F } dog { ...G } } fragment F on Dog { x: name } fragment G on Dog { x: age }", "conflicting"),
        ("{ dog { owner { __typename } owner { n: __typename } } }", None),
    ],
)
def test_says_what_conflicts(text: str, conflict: str | None) -> None:
    errors = check_merging(SCHEMA, parse(text))
    if conflict is None:
        assert errors == []
    else:
        assert len(errors) == 1
        assert conflict in errors[0].message
        assert "Use different aliases" in errors[0].message
        assert len(errors[0].locations or ()) == 2


def test_gives_up_within_its_budget() -> None:
    errors = check_merging(SCHEMA, parse("{" + "dog { name } " * 100 + "}"), budget=150)
    assert [error.extensions for error in errors] == [{"code": "LIMIT_EXCEEDED", "limit": "overlaps", "maximum": 150}]
    assert check_merging(SCHEMA, parse("{" + "dog { name } " * 100 + "}"), budget=250) == []
