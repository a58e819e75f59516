"""Who may read which error."""

import logging
from collections.abc import AsyncIterator

import pytest

from app.graphql import OperationScope
from tests.transport.schema import SECRET
from tests.transport.serving import Served, make_endpoint, serving


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serving(make_endpoint()) as found:
        yield found


@pytest.mark.parametrize("field", ["breaks", "breaksAll", "breaksWithCoreError", "wrongType", "missing", "ofNoType"])
async def test_what_is_our_fault_is_masked(served: Served, field: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "storekeep.graphql"):
        response = await served.post(f"query Page {{ {field} {'{ name }' if field == 'ofNoType' else ''} }}")
    assert SECRET not in response.text
    assert "hunter2" not in response.text
    body = response.json()
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["path"] == [field]
    assert error["locations"]
    (record,) = [record for record in caplog.records if record.name == "storekeep.graphql"]
    assert error["extensions"]["id"] in error["message"]
    assert error["extensions"]["id"] in record.getMessage()
    assert record.exc_info is not None
    assert "Page" in record.getMessage()
    assert field in record.getMessage()
    assert (SECRET in caplog.text) == (field not in ("missing", "ofNoType"))


async def test_the_rest_of_the_answer_stands(served: Served) -> None:
    answer = await served.run("{ hello breaks limited }")
    assert answer["data"] == {"hello": "hello world", "breaks": None, "limited": None}
    assert len(answer["errors"]) == 2


async def test_a_failure_without_any_data_is_500_for_new_clients(served: Served) -> None:
    new = await served.post("{ breaksAll }", headers={"accept": "application/graphql-response+json"})
    old = await served.post("{ breaksAll }")
    assert (new.status_code, old.status_code) == (500, 200)
    assert new.json()["data"] is None


async def test_one_cause_has_one_id_and_one_entry_in_the_log(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    answer = await served.run("{ a: shared b: shared c: breaks }")
    ids = {error["path"][0]: error["extensions"]["id"] for error in answer["errors"]}
    assert ids["a"] == ids["b"] != ids["c"]
    assert len([record for record in caplog.records if record.name == "storekeep.graphql"]) == 2


async def test_a_client_error_is_shown_word_for_word(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    answer = await served.run("{ limited }")
    assert answer["errors"] == [
        {
            "message": "Ask for fewer.",
            "locations": [{"line": 1, "column": 3}],
            "path": ["limited"],
            "extensions": {"code": "BAD_REQUEST", "most": 5},
        }
    ]
    assert caplog.records == []


async def test_a_permission_is_shown(served: Served) -> None:
    (error,) = (await served.run("{ secret }"))["errors"]
    assert error["message"] == "Staff only."
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_an_argument_that_its_variable_leaves_invalid_is_the_callers_fault(served: Served) -> None:
    (error,) = (await served.run("query ($n: Int) { required(number: $n) }", n=None))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["path"] == ["required"]


async def test_a_directive_that_its_variable_leaves_invalid_is_the_callers_fault(served: Served) -> None:
    answer = await served.run("query ($yes: Boolean = true) { hello @include(if: $yes) }", yes=None)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert answer["data"] is None


async def test_a_context_that_cannot_be_made_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    def make_context(scope: OperationScope) -> None:
        raise RuntimeError(SECRET)

    async with serving(make_endpoint(make_context=make_context)) as broken:
        response = await broken.post("{ hello }")
    assert "hunter2" not in response.text
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["extensions"]["id"] in caplog.text


class TestSuggestions:
    QUERIES = (
        "{ helo }",
        "{ hello(nam: 1) }",
        "{ product }",
        "query ($f: [Filtr!]) { products(filters: $f) { nodes { name } } }",
        "{ products(filters: {tag: 1}) { nodes { name } } }",
        "{ product { ... on Prodct { name } } }",
        "query @inContext(country: D) { hello }",
        "query @inContext(countr: DE) { hello }",
        '{ product { named(nam: "a") { name } } }',
    )

    @pytest.mark.parametrize("query", QUERIES)
    async def test_nothing_is_suggested_in_production(self, served: Served, query: str) -> None:
        errors = (await served.run(query))["errors"]
        assert errors
        assert all("Did you mean" not in error["message"] for error in errors)

    async def test_nothing_is_suggested_for_variables_either(self, served: Served) -> None:
        query = (
            "query ($c: CountryCode, $f: [Filter!]) @inContext(country: $c) { products(filters: $f) { __typename } }"
        )
        answer = await served.run(query, c="D", f=[{"tag": 1}])
        assert len(answer["errors"]) == 2
        assert all("Did you mean" not in error["message"] for error in answer["errors"])

    async def test_in_development_they_help(self) -> None:
        async with serving(make_endpoint(suggestions=True)) as helpful:
            for query in ("{ helo }", "{ hello(nam: 1) }", "{ product }"):
                (error,) = (await helpful.run(query))["errors"]
                assert "Did you mean" in error["message"]


class TestIntrospection:
    async def test_it_is_off_in_production(self, served: Served) -> None:
        for query in ("{ __schema { queryType { name } } }", '{ __type(name: "Product") { name } }'):
            answer = await served.run(query)
            assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
            assert "data" not in answer

    async def test_typename_is_no_introspection(self, served: Served) -> None:
        assert (await served.run("{ __typename product { __typename } }"))["data"] == {
            "__typename": "QueryRoot",
            "product": {"__typename": "Product"},
        }
