"""The search syntax: what each form means, and that no text whatever breaks it."""

from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import ClientError
from resolvers.search.syntax import MAX_CHARACTERS, MAX_NESTING, MAX_TERMS, And, Node, Not, Op, Or, Term, parse


def word(value: str, **more: bool) -> Term:
    return Term(None, Op.EQUAL, value, **more)


A, B, C, D = (word(name) for name in "abcd")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        (" \t\n", None),
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a b OR c d", Or((And((A, B)), And((C, D))))),
        ("a (b OR c) d", And((A, Or((B, C)), D))),
        ("(a b) (c AND d)", And((A, B, C, D))),
        ("NOT a OR b", Or((Not(A), B))),
        ("NOT (a OR b) c", And((Not(Or((A, B))), C))),
        ("-a", Not(A)),
        ("-(a b)", Not(And((A, B)))),
        ("NOT -a", A),
        ("--a", A),
        ("a -b", And((A, Not(B)))),
        ("a - b", And((A, word("-"), B))),
        ("a-b", word("a-b")),
        ("and or not", And((word("and"), word("or"), word("not")))),
        (r"\AND", word("AND")),
        ('"AND"', word("AND", phrase=True)),
        ('"blue shirt"', word("blue shirt", phrase=True)),
        ("'blue shirt'", word("blue shirt", phrase=True)),
        (r'"5\" nail \\"', word('5" nail \\', phrase=True)),
        ('6"', word('6"')),
        ("men's", word("men's")),
        ("shir*", word("shir", prefix=True)),
        (r"shir\*", word("shir*")),
        ('"blue shi"*', word("blue shi", phrase=True, prefix=True)),
        ("*", Term(None, Op.EXISTS, "")),
        ("tag:sale", Term("tag", Op.EQUAL, "sale")),
        ("Tag:Sale", Term("tag", Op.EQUAL, "Sale")),
        ("tag:'on sale'", Term("tag", Op.EQUAL, "on sale", phrase=True)),
        ('vendor:""', Term("vendor", Op.EQUAL, "", phrase=True)),
        ("tag:sa*", Term("tag", Op.EQUAL, "sa", prefix=True)),
        ("tag:*", Term("tag", Op.EXISTS, "")),
        (r"tag:\*", Term("tag", Op.EQUAL, "*")),
        ("-tag:sale", Not(Term("tag", Op.EQUAL, "sale"))),
        ("variants.price:>=10.5", Term("variants.price", Op.AT_LEAST, "10.5")),
        ("variants.price:<10 a", And((Term("variants.price", Op.LESS, "10"), A))),
        ("id:<=7", Term("id", Op.AT_MOST, "7")),
        ("created_at:>'2024-05-01'", Term("created_at", Op.MORE, "2024-05-01", phrase=True)),
        ("created_at:>2024-05-01T10:00:00Z", Term("created_at", Op.MORE, "2024-05-01T10:00:00Z")),
        (r"a\:b", word("a:b")),
        (r"a\ b", word("a b")),
        (":a", word(":a")),
    ],
)
def test_a_query_reads_as_documented(text: str, tree: Node | None) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a AND", A),
        ("a OR", A),
        ("a NOT", A),
        ("OR a", A),
        ("AND OR NOT", None),
        ("a OR OR b", Or((A, B))),
        ("NOT OR a", A),
        ("a (b", And((A, B))),
        ("a) b", And((A, B))),
        ("()", None),
        ("-() a", A),
        (")(", None),
        ('"a b', word("a b", phrase=True)),
        ("tag:", None),
        ("tag:> a", A),
        ("-", word("-")),
        ("\\", word("\\")),
        ("(" * 4000 + "a", A),
        ("-(" * 2000 + "a", A),
        (")" * 4096, None),
        ("a\x00b \ud800", And((A, B))),
    ],
)
def test_what_is_half_typed_is_completed(text: str, tree: Node | None) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a" * (MAX_CHARACTERS + 1), "4,096 characters"),
        ("a " * (MAX_TERMS + 1), "64 terms"),
        ("a -(b OR " * MAX_NESTING + "c", "12 levels"),
    ],
)
def test_the_bounds_are_said(text: str, says: str) -> None:
    with pytest.raises(ClientError, match=says) as refused:
        parse(text)
    assert refused.value.code == "BAD_REQUEST"


def test_up_to_the_bounds_all_is_read() -> None:
    assert parse("a" * MAX_CHARACTERS) == word("a" * MAX_CHARACTERS)
    assert parse("a " * MAX_TERMS) == And((A,) * MAX_TERMS)


pieces = st.sampled_from(
    [
        "AND",
        "OR",
        "NOT",
        "-",
        "(",
        ")",
        '"',
        "'",
        "\\",
        ":",
        ">",
        "<=",
        "*",
        " ",
        "tag",
        "a",
        "é",
        "🙂",
        "\u202e",
        "\x00",
    ]
)


@given(st.one_of(st.text(), st.lists(pieces, max_size=400).map("".join)))
def test_no_text_breaks_the_parser(text: str) -> None:
    with suppress(ClientError):
        parse(text)


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
names = st.from_regex(r"[a-z_][a-z0-9_.]{0,9}", fullmatch=True)
comparing = st.sampled_from([Op.LESS, Op.AT_MOST, Op.MORE, Op.AT_LEAST])
terms = st.one_of(
    st.builds(Term, st.none() | names, st.just(Op.EQUAL), words, phrase=st.just(True), prefix=st.booleans()),
    st.builds(Term, st.none() | names, st.just(Op.EQUAL), words.filter(len), prefix=st.booleans()),
    st.builds(Term, names, comparing, words, phrase=st.just(True)),
    st.builds(Term, names, comparing, words.filter(len)),
    st.builds(Term, st.none() | names, st.just(Op.EXISTS), st.just("")),
)


def joined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def several(kind: type[And] | type[Or]) -> st.SearchStrategy[Node]:
        parts = st.lists(inner.filter(lambda node: not isinstance(node, kind)), min_size=2, max_size=3)
        return parts.map(tuple).map(kind)

    return st.one_of(several(And), several(Or), inner.filter(lambda node: not isinstance(node, Not)).map(Not))


def rendered(node: Node) -> str:
    """The text of a tree: the inverse of parsing."""
    if isinstance(node, And | Or):
        return "(" + (" AND " if isinstance(node, And) else " OR ").join(map(rendered, node.parts)) + ")"
    if isinstance(node, Not):
        return "NOT " + rendered(node.part)
    if node.op is Op.EXISTS:
        value = "*"
    elif node.phrase:
        value = '"' + node.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    else:
        value = "".join("\\" + character for character in node.value)
    key = "" if node.field is None else f"{node.field}:"
    return key + (node.op.value if node.op is not Op.EXISTS else "") + value + "*" * node.prefix


@given(st.recursive(terms, joined, max_leaves=10))
def test_rendering_and_parsing_give_the_same_tree(tree: Node) -> None:
    with suppress(ClientError):
        assert parse(rendered(tree)) == tree


@pytest.mark.parametrize("piece", ["a", "(", "-(", ")", '"', "\\", "a:", "-", "*", "'\\", "\\'", "tag:"])
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        best = float("inf")
        for _ in range(7):
            started = process_time()
            with suppress(ClientError):
                parse(text)
            best = min(best, process_time() - started)
        return best

    assert seconds(4096) < 40 * seconds(256) + 0.002
