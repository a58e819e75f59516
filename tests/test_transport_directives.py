"""@inContext and @defer: in the SDL, in the scope, and taken out before execution."""

from collections.abc import AsyncIterator
from enum import Enum
from typing import Any

import pytest
import strawberry
from strawberry.printer import print_schema

from schema.directives import install_directives
from tests.transport.schema import CountryCode, LanguageCode, make_schema
from tests.transport.serving import Served, make_endpoint, serving


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serving(make_endpoint()) as found:
        yield found


class TestSdl:
    def test_both_are_printed_without_null_defaults(self) -> None:
        printed = print_schema(make_schema())
        lines = [line.strip() for line in printed.splitlines()]
        expected = {
            "directive @inContext(",
            "country: CountryCode",
            "language: LanguageCode",
            "buyer: BuyerInput",
            "preferredLocationId: ID",
            "visitorConsent: VisitorConsent",
            ") on QUERY | MUTATION | SUBSCRIPTION",
            "directive @defer(",
            "if: Boolean = true",
            "label: String",
            ") on FRAGMENT_SPREAD | INLINE_FRAGMENT",
            "customerAccessToken: String!",
            "companyLocationId: ID",
            "saleOfData: Boolean",
        }
        assert expected <= set(lines)
        ours = [block for block in printed.split("\n}\n") if "directive @" in block or "input BuyerInput" in block]
        assert ours
        assert "= null" not in "".join(ours)

    def test_the_schema_can_still_be_asked_of_its_strawberry_side(self) -> None:
        schema = make_schema()
        assert schema._schema._strawberry_schema is schema  # type: ignore[attr-defined]
        assert schema.execute_sync("{ __typename }").errors, "graphql-core's own execute refuses a schema with @defer"

    def test_installing_twice_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="already"):
            install_directives(make_schema(), CountryCode, LanguageCode)

    def test_an_enum_that_strawberry_does_not_know_is_an_error(self) -> None:
        class Plain(Enum):
            A = "a"

        @strawberry.type
        class Query:
            a: int = 1

        with pytest.raises(TypeError, match="Plain"):
            install_directives(strawberry.Schema(query=Query), Plain, LanguageCode)

    def test_a_type_of_the_schema_is_used_instead_of_ours(self) -> None:
        @strawberry.input
        class BuyerInput:
            customer_access_token: str
            company_location_id: strawberry.ID | None = None

        @strawberry.type
        class Query:
            @strawberry.field
            def a(self, buyer: BuyerInput | None = None) -> int:
                return 1

        schema = strawberry.Schema(query=Query)
        install_directives(schema, CountryCode, LanguageCode)
        core = schema._schema
        directive = core.get_directive("inContext")
        assert directive is not None
        assert directive.args["buyer"].type is core.type_map["BuyerInput"]
        assert print_schema(schema).count("input BuyerInput") == 1


class TestInContext:
    @pytest.mark.parametrize(
        ("directive", "variables", "seen"),
        [
            ("", {}, "None"),
            ("@inContext(country: DE, language: EN)", {}, "DE"),
            ("@inContext(language: DE)", {}, "None"),
            ("@inContext(country: ZZ, language: DE)", {}, "ZZ"),
            ("@inContext(country: null)", {}, "None"),
            ('@inContext(preferredLocationId: "gid://shopify/Location/1")', {}, "None"),
            ("@inContext(country: $c, language: $l)", {"c": "FR", "l": "EN"}, "FR"),
            ("@inContext(country: $c, language: $l)", {}, "None"),
            ("@inContext(country: $c, language: $l)", {"c": None}, "None"),
            ('@inContext(country: DE, buyer: {customerAccessToken: "t"})', {}, "DE"),
            ("@inContext(country: DE, visitorConsent: {analytics: true, saleOfData: false})", {}, "DE"),
        ],
    )
    async def test_it_is_read(self, served: Served, directive: str, variables: dict[str, Any], seen: str) -> None:
        declared = "($c: CountryCode, $l: LanguageCode)" if "$c" in directive else ""
        answer = await served.run(f"query Q {declared} {directive} {{ scope }}", **variables)
        assert answer["data"]["scope"] == f"{seen} {served.url}"

    async def test_on_a_mutation(self, served: Served) -> None:
        answer = await served.run('mutation @inContext(country: DE) { write(text: "a") { text } }')
        assert answer == {"data": {"write": {"text": "a"}}}

    @pytest.mark.parametrize("value", ["XX", '"DE"', "5"])
    async def test_a_wrong_value_is_refused(self, served: Served, value: str) -> None:
        answer = await served.run(f"query @inContext(country: {value}) {{ scope }}")
        assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"

    async def test_it_does_not_stand_on_a_field(self, served: Served) -> None:
        assert "data" not in await served.run("{ scope @inContext(country: DE) }")


class TestDefer:
    @pytest.mark.parametrize(
        ("defer", "variables"),
        [
            ("@defer", {}),
            ("@defer(if: true)", {}),
            ("@defer(if: false)", {}),
            ('@defer(label: "cart")', {}),
            ("@defer(if: $yes)", {"yes": True}),
            ("@defer(if: $yes)", {"yes": False}),
            ("@defer(if: $yes)", {}),
            ("@defer @include(if: true)", {}),
        ],
    )
    async def test_the_fragment_is_answered_in_place(
        self, served: Served, defer: str, variables: dict[str, Any]
    ) -> None:
        declared = "($yes: Boolean = true)" if "$yes" in defer else ""
        spread = (
            f"mutation {declared} {{ write {{ text ...F {defer} }} }} fragment F on Written {{ product {{ name }} }}"
        )
        inline = f"mutation {declared} {{ write {{ text ... {defer} {{ product {{ name }} }} }} }}"
        for query in (spread, inline):
            answer = await served.run(query, **variables)
            assert answer == {"data": {"write": {"text": "", "product": {"name": "Shirt"}}}}

    async def test_other_directives_beside_it_still_count(self, served: Served) -> None:
        answer = await served.run("{ product { name ... @defer @skip(if: true) { price { amount } } } }")
        assert answer == {"data": {"product": {"name": "Shirt"}}}

    async def test_it_is_validated_before_it_is_taken_out(self, served: Served) -> None:
        wrong = ("@defer(if: 5)", "@defer(iff: true)", "@defer(label: 5)", "@defer @defer")
        for defer in wrong:
            answer = await served.run(f"{{ product {{ ... {defer} {{ name }} }} }}")
            assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", defer

    async def test_a_client_of_increments_reads_plain_json(self, served: Served) -> None:
        headers = {"accept": "multipart/mixed; deferSpec=20220824, application/json"}
        response = await served.post("{ product { ... @defer { name } } }", headers=headers)
        assert response.headers["content-type"] == "application/json; charset=utf-8"
        assert response.json() == {"data": {"product": {"name": "Shirt"}}}
