"""What is read by the drivers alone is what SQLAlchemy reads; and connections outlive whoever gives up on them."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import asyncpg
import pytest
from sqlalchemy import (
    Boolean,
    Float,
    Integer,
    Numeric,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy import select as core_select
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.dialects.sqlite.pysqlite import dialect as pysqlite_dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import cloned_traverse
from sqlmodel import select

from app.main import Shop
from bench.dataset import fill
from db.base import table_of
from db.catalog import ProductRow, VariantRow
from db.forms import Asked, Given
from db.keys import among
from db.prepared import FORMS, Prepared, Statements
from db.session import Database, Session, Tally
from db.shapes import Shape
from db.sqlite.readers import SPARED
from db.types import Json, UtcDateTime, read_json
from schema import schema as served
from tests.api import Client
from tests.databases import Databases
from tests.fuzzing import Finds, Writer, ways

NOON = datetime(2026, 5, 4, 12, 30, 15, 123456, UTC)
PRODUCT, VARIANT = table_of(ProductRow), table_of(VariantRow)


def plain(statement: Any, formed: Any) -> Any:
    """A statement as SQLAlchemy takes it: with its values in what its form was made of, where it is one of a form."""
    if not isinstance(statement, Asked):
        return statement

    def bound(bind: Any) -> None:
        if isinstance(bind.value, Given):
            bind.value = bind.value.of(statement.values)

    return cloned_traverse(formed, {}, {"bindparam": bound})


def flat(shape: Shape, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row as it was before light rows were made of it."""
    found = []
    for kind, thing in zip(shape, row, strict=True) if shape else ():
        names = [column.name for column in table_of(kind).columns] if kind else []
        found += [None if thing is None else getattr(thing, name) for name in names] if kind else [thing]
    return tuple(found) if shape else row


class Compared:
    """Asks twice, by the driver alone and by SQLAlchemy, and notes which answers are not equal."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.kinds: set[Prepared] = set()
        self.differing: list[str] = []
        self._formed: dict[Any, Any] = {}

    async def fetch(self, statement: Any) -> tuple[Prepared, Sequence[Any]]:
        form = statement.form if isinstance(statement, Asked) else None
        if form is not None and form not in self._formed:
            # Some forget it when they have been asked.
            self._formed[form] = form.statement
        prepared, rows = await self.database._store.fetch(statement)
        self.kinds.add(prepared)
        if form is not None and form.once:
            found = prepared.values(rows)
        else:
            shape = prepared.shape(statement)
            found = [flat(shape, row) for row in prepared.tuples(statement, rows)]
        async with self.database.engine_for_reading.connect() as connection:
            asked = plain(statement, self._formed.get(form))
            expected = [tuple(row) for row in (await connection.execute(asked)).all()]
        # What is raised here would be told as an error of the operation, and masked.
        if repr(found) != repr(expected):
            self.differing.append(f"{statement}\n{found}\n{expected}")
        return prepared, rows


class TwiceAsked(Database):
    """A database whose every read is compared."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.compared = Compared(self)

    @asynccontextmanager
    async def read(self, tally: Tally | None = None) -> AsyncIterator[Session]:
        yield Session(self.compared, tally or Tally())


class Unknown(FunctionElement[int]):
    """A function of which SQLAlchemy keeps no form."""

    type = Integer()
    inherit_cache = False


@compiles(Unknown)
def _unknown(element: Unknown, compiler: Any, **kw: Any) -> str:
    return f"abs({compiler.process(element.clauses, **kw)})"


def _every_kind() -> list[Any]:
    """Statements of every kind that the rows and the named statements are made of."""
    product = select(ProductRow).order_by(ProductRow.id)
    named: Any = select(VariantRow.id).where(VariantRow.id == bindparam("key"))
    page = bindparam(None, 2, Integer, unique=True, literal_execute=True)
    cte = core_select(PRODUCT.c.id).where(PRODUCT.c.id > 1).cte("some")
    return [
        product,
        product.limit(page),
        select(ProductRow, VariantRow, ProductRow.status).join(VariantRow, isouter=True).order_by(VariantRow.id),
        core_select(
            literal(7), literal(2**40), literal("é"), literal(True), literal(None, String), literal(NOON, UtcDateTime)
        ),
        core_select(literal({"a": [1, None, "ü"]}, Json), literal(None, Json), literal("text", String)),
        core_select(cast(literal("1.25", String), Numeric(10, 2)), func.avg(VARIANT.c.id), cast(literal(1.5), Float)),
        core_select(func.count(), func.max(PRODUCT.c.created_at, type_=UtcDateTime), PRODUCT.c.status)
        .group_by(PRODUCT.c.status)
        .order_by(PRODUCT.c.status),
        core_select(case((PRODUCT.c.is_gift_card, literal("card")), else_=literal("thing"))).order_by(PRODUCT.c.id),
        core_select(cast(PRODUCT.c.is_gift_card, Boolean), PRODUCT.c.created_at).order_by(PRODUCT.c.id),
        *[
            select(VariantRow.sku).where(VARIANT.c.id.in_(keys)).order_by(VARIANT.c.id)
            for keys in ([], [1], [1, 2, 3], range(40))
        ],
        select(VariantRow.id).where(tuple_(VARIANT.c.id, VARIANT.c.product_id).in_([(1, 1), (2, 1)])),
        *[select(VariantRow.id).where(among(VARIANT.c.id, keys)).order_by(VARIANT.c.id) for keys in ([], [1, 3])],
        select(ProductRow.id).where(among(PRODUCT.c.handle, ["product-1", "'"])),
        named.params(key=1),
        named.params(key=2),
        core_select(cte.c.id).order_by(cte.c.id),
        union_all(core_select(PRODUCT.c.id, literal("p")), core_select(VARIANT.c.id, literal("v"))).order_by("id"),
        core_select(Unknown(literal(-4))),
        core_select(literal_column("1 + 1"), literal_column("'x'", String)),
        text("select id, handle from products where id = :id order by 1").bindparams(id=1),
        text("select handle from products").columns(PRODUCT.c.handle),
    ]


async def test_every_kind_of_statement_reads_as_by_sqlalchemy(small_url: str) -> None:
    async with TwiceAsked(small_url) as database:
        # The second time, each has a form that is known.
        for statement in [*_every_kind(), *_every_kind()]:
            await database.compared.fetch(statement)
    assert len(database.compared.kinds) >= 20
    assert database.compared.differing == []


async def test_values_are_what_python_calls_them(small_url: str) -> None:
    statement: Any = core_select(
        literal(NOON, UtcDateTime),
        literal({"a": [1]}, Json),
        literal(True),
        cast(literal("1.50", String), Numeric(9, 2)),
    )
    async with Database(small_url) as database, database.read() as session:
        ((at, made, is_so, amount),) = await session.tuples(statement)
    assert (at, made, is_so, amount) == (NOON, {"a": [1]}, True, Decimal("1.5"))
    assert [type(each) for each in (at, made, is_so, amount)] == [datetime, dict, bool, Decimal]
    assert at.tzinfo is UTC


async def test_rows_are_those_that_were_found_and_none_for_one_that_was_not(small_url: str) -> None:
    beside = VARIANT.c.product_id == PRODUCT.c.id
    statement: Any = select(ProductRow, literal(7), VariantRow)
    statement = statement.join(VariantRow, beside & (VARIANT.c.id == 1), isouter=True)
    async with Database(small_url) as database, database.read() as session:
        products = await session.rows(select(ProductRow).order_by(ProductRow.id))
        variants = await session.rows(select(VariantRow).where(VARIANT.c.id == 1))
        found = await session.tuples(statement.order_by(ProductRow.id))
        alone: Any = select(VariantRow)
        assert await session.tuples(alone.where(VARIANT.c.id == 1)) == [(variants[0],)]
    of_one = {variant.product_id: variant for variant in variants}
    assert found == [(product, 7, of_one.get(product.id)) for product in products]
    assert [variant is None for _, _, variant in found] == [False, True, True]
    assert products[0].created_at.tzinfo is UTC


async def ask_for_everything(client: Client, seed: int) -> None:
    """One operation for each field that is served, with any arguments, in any language."""
    core, finds = served._schema, Finds()
    for kind in sorted(ways(core)):
        for name in core.type_map[kind].fields:  # type: ignore[attr-defined]
            operation = Writer(core, Random(f"{seed} {kind} {name}"), finds).aimed(kind, name)
            assert operation is not None
            body = json.dumps({"query": operation.text, "variables": operation.values})
            response = await client.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
            assert response.status_code < 500


@asynccontextmanager
async def twice_asked(client: Client) -> AsyncIterator[Compared]:
    """Let a shop's reads be compared meanwhile."""
    shop: Shop = client.shop
    usual = shop.database
    async with TwiceAsked(usual.url.render_as_string(hide_password=False)) as database:
        shop.database = database
        try:
            yield database.compared
        finally:
            shop.database = usual


async def test_whatever_is_asked_reads_as_by_sqlalchemy(guest: Client) -> None:
    async with twice_asked(guest) as compared:
        await ask_for_everything(guest, 1)
    assert compared.differing == []
    assert len(compared.kinds) > 60


async def test_nobody_who_reads_writes(small_url: str) -> None:
    """Nor after the same connection has written."""
    async with Database(small_url, readers=1) as database, database.read() as session:
        for _ in range(2):
            for statement in (text("delete from products"), update(VARIANT).values(sku="?").returning(VARIANT.c.id)):
                with pytest.raises(
                    (sqlite3.OperationalError, asyncpg.ReadOnlySQLTransactionError), match=r"read-?only"
                ):
                    await session.tuples(statement)
            async with database.write() as writing:
                assert await writing.change(update(VARIANT).values(sku="written")) > 0
        assert set(await session.rows(select(VariantRow.sku))) == {"written"}


class TestWhatIsUsedOfOthers:
    """The private parts that `db.prepared` needs; another version of SQLAlchemy may call them otherwise."""

    def test_a_cache_key_brings_the_values(self) -> None:
        key, given, named = select(VariantRow.id).where(VARIANT.c.id == 7)._generate_cache_key()  # type: ignore[misc]
        assert hash(key) == hash(select(VariantRow.id).where(VARIANT.c.id == 8)._generate_cache_key().key)
        assert [bind.effective_value for bind in given] == [7]
        assert not named

    @pytest.mark.parametrize("dialect", [asyncpg_dialect(), pysqlite_dialect()], ids=lambda one: str(one.name))
    def test_a_compiler_tells_of_parameters_and_columns(self, dialect: Any) -> None:
        page = bindparam(None, 2, Integer, unique=True, literal_execute=True)
        statement: Any = core_select(VARIANT.c.id, VARIANT.c.sku).where(VARIANT.c.id > 7).limit(page)
        key = statement._generate_cache_key()
        compiled = statement.compile(dialect=dialect, cache_key=key)
        assert compiled.cache_key is key
        (clones,) = [compiled._cache_key_bind_match[0][bind] for bind in key.bindparams if bind.value == 7]
        assert {compiled.bind_names[bind] for bind in clones} == {"id_1"}
        values = compiled.construct_params(
            extracted_parameters=key.bindparams, escape_names=False, _collected_params=None
        )
        late = compiled._process_parameters_for_postcompile(values)
        assert (late.positiontup[0], late.statement.count("LIMIT 2"), dict(late.processors)) == ("id_1", 1, {})
        assert isinstance(compiled._bind_processors, dict)
        assert [column.name for column in compiled._result_columns] == ["id", "sku"]
        processor = UtcDateTime()._cached_result_processor(dialect, None)
        assert (processor is not None) == (dialect.name == "sqlite")

    def test_what_is_kept_is_bounded(self) -> None:
        statements = Statements(pysqlite_dialect())
        for n in range(FORMS * 2):
            statements.prepare(core_select(literal_column(str(n))))
        assert len(statements._forms) <= FORMS * 1.5

    @pytest.mark.parametrize("dialect", [asyncpg_dialect(), pysqlite_dialect()], ids=lambda one: str(one.name))
    def test_a_number_is_written_into_the_same_form(self, dialect: Any) -> None:
        statements, forms = Statements(dialect), set()
        for size, start in ((0, 0), (1, 250), (250, 1), (10**9, 3), (604_730_192_855_371_001, 9)):
            limit, offset = (bindparam(None, one, Integer, unique=True, literal_execute=True) for one in (size, start))
            statement = core_select(VARIANT.c.id).where(VARIANT.c.id > 7, VARIANT.c.sku == f"LIMIT {size}")
            prepared, sql, parameters = statements.prepare(statement.limit(limit).offset(offset))
            assert " ".join(sql.split()).endswith(f"LIMIT {size} OFFSET {start}")
            assert parameters == [7, f"LIMIT {size}"]
            forms.add(prepared)
        assert len(forms) == 1


async def test_postgresql_prepares_a_long_statement_once(databases: Databases) -> None:
    """Planned statements may be longer than what the driver keeps by itself; preparing takes ten times as long."""
    url = await databases.fresh("postgresql", "small", lambda db: fill(db, 3))
    long = core_select(literal_column(f"'{'x' * 20_000}'"))
    kept = core_select(func.count()).select_from(text("pg_prepared_statements where length(statement) > 20000"))
    async with Database(url, readers=1) as database, database.read() as session:
        for _ in range(3):
            await session.tuples(long)
        assert await session.tuples(kept) == [(1,)]


def counting(numbers: int) -> Any:
    """A statement on SQLite that counts so far."""
    numbered = "with recursive n(i) as (select 1 union all select i + 1 from n where i < :most) select max(i) from n"
    return text(numbered).bindparams(most=numbers)


FAR = 500_000_000
"""It would take SQLite half a minute to count so far."""


class TestSqlite:
    @pytest.fixture
    async def database(self, databases: Databases) -> AsyncIterator[Database]:
        async with Database(await databases.fresh("sqlite", "small", lambda db: fill(db, 3))) as database:
            yield database

    async def test_what_takes_long_leaves_the_event_loop_to_others(self, database: Database) -> None:
        async with database.read() as session:
            counted = asyncio.create_task(session.tuples(counting(3_000_000)))
            quick = 0
            while not counted.done():
                assert len(await session.rows(select(ProductRow.id))) == 3
                quick += 1
                await asyncio.sleep(0)
        assert await counted == [(3_000_000,)]
        assert quick > 3

    async def test_what_took_long_is_spared_the_event_loop_for_a_while(self, database: Database) -> None:
        statement = counting(200_000)
        prepared, _, _ = database._store._statements.prepare(statement)  # type: ignore[attr-defined]
        async with database.read() as session:
            assert await session.tuples(statement) == [(200_000,)]
            assert prepared.spared == SPARED
            assert await session.tuples(statement) == [(200_000,)]
        assert prepared.spared == SPARED - 1

    async def test_what_is_given_up_ends_and_leaves_its_connection(self, database: Database) -> None:
        async with database.read() as session:
            for _ in range(8):
                # More often than there are threads, each of which would be busy for long.
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await session.tuples(counting(FAR))
            assert await session.tuples(counting(200_000)) == [(200_000,)]
        assert database.idle <= 5

    async def test_many_that_take_long_wait_for_each_other(self, database: Database) -> None:
        async with database.read() as session:
            found = await asyncio.gather(*(session.tuples(counting(50_000 + n)) for n in range(20)))
        assert found == [[(50_000 + n,)] for n in range(20)]
        assert database.idle <= 5

    async def test_a_mistake_is_sqlites_to_tell(self, database: Database) -> None:
        async with database.read() as session:
            with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere"):
                await session.tuples(text("select 1 from nowhere"))
            assert len(await session.rows(select(ProductRow.id))) == 3


ASLEEP = text(
    "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep%'"
    " and datname = current_database() and pid <> pg_backend_pid()"
)
WHO = text("select pg_backend_pid()")


OPEN = "select count(*) from pg_stat_activity where state like 'idle in transaction%' and datname = current_database()"


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection of its own."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        yield connection
    finally:
        await connection.close()


async def kill(url: str) -> None:
    """End every connection to a database, as a PostgreSQL that is started again does."""
    async with connected(url) as connection:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


class TestPostgresql:
    @pytest.fixture
    async def url(self, databases: Databases) -> str:
        return await databases.fresh("postgresql", "small", lambda db: fill(db, 3))

    @pytest.fixture
    async def database(self, url: str) -> AsyncIterator[Database]:
        async with Database(url, readers=2) as database:
            yield database

    async def test_what_is_given_up_ends_and_leaves_its_connection(self, database: Database) -> None:
        async with database.read() as session:
            before = await session.tuples(WHO)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await session.tuples(text("select pg_sleep(60)"))
            assert database.idle == 1
            assert await session.tuples(WHO) == before
            assert await session.tuples(ASLEEP) == [(0,)]

    async def test_a_write_that_is_given_up_is_rolled_back(self, database: Database) -> None:
        async def write() -> None:
            async with asyncio.timeout(0.2), database.write() as session:
                assert await session.change(text("delete from reviews")) > 0
                await session.tuples(text("select pg_sleep(60)"))

        with pytest.raises(TimeoutError):
            await write()
        async with database.read() as session:
            assert (await session.tuples(text("select count(*) from reviews")))[0][0] > 0
            assert await session.tuples(ASLEEP) == [(0,)]

    async def test_a_begin_that_is_cancelled_leaves_no_transaction_open(self, database: Database, url: str) -> None:
        async def write() -> None:
            async with database.write() as session:
                await session.tuples(WHO)

        for turns in range(1, 5):
            await write()
            begun = asyncio.create_task(write())
            for _ in range(turns):
                await asyncio.sleep(0)
            begun.cancel()
            with pytest.raises(asyncio.CancelledError):
                await begun
            async with connected(url) as other:
                for _ in range(100):
                    if not await other.fetchval(OPEN):
                        break
                    await asyncio.sleep(0.02)
                assert await other.fetchval(OPEN) == 0

    async def test_many_take_turns_on_few_connections(self, database: Database) -> None:
        async def who() -> int:
            async with database.read() as session:
                await session.tuples(text("select pg_sleep(0.01)"))
                return int((await session.tuples(WHO))[0][0])

        assert len(set(await asyncio.gather(*(who() for _ in range(20))))) == 2
        assert database.idle == 2

    async def test_a_server_that_was_started_again_is_not_noticed(self, database: Database, url: str) -> None:
        async with database.read() as session:
            for _ in range(3):
                before = await asyncio.gather(*(session.tuples(WHO) for _ in range(2)))
                await kill(url)
                after = await asyncio.gather(*(session.tuples(WHO) for _ in range(2)))
                assert not {found[0] for found in before} & {found[0] for found in after}
                await kill(url)
                async with database.write() as writing:
                    assert len(await writing.rows(select(ProductRow.id))) == 3

    async def test_what_is_lost_in_the_middle_is_told_where_it_may_have_written(
        self, database: Database, url: str
    ) -> None:
        async def write() -> None:
            async with database.write() as session:
                await session.change(text("delete from reviews"))
                await asyncio.gather(session.tuples(text("select pg_sleep(60)")), kill(url))

        with pytest.raises(asyncpg.PostgresConnectionError):
            await write()
        async with database.read() as session:
            assert (await session.tuples(text("select count(*) from reviews")))[0][0] > 0

    async def test_a_mistake_is_told_and_costs_no_connection(self, database: Database) -> None:
        async with database.read() as session:
            before = await session.tuples(WHO)
            for statement in (text("select 1 from nowhere"), text("select 1 / 0")):
                with pytest.raises(asyncpg.PostgresError):
                    await session.tuples(statement)
            assert await session.tuples(WHO) == before

    async def test_a_table_that_is_changed_meanwhile_is_read_as_it_is(self, database: Database) -> None:
        async with database.read() as session:
            statement = text("select * from redirects")
            before = await session.tuples(statement)
            async with database.write() as writing:
                await writing.change(text("alter table redirects add column more integer"))
            assert await session.tuples(statement) == [(*row, None) for row in before]

    async def test_statements_can_be_left_unprepared(self, url: str) -> None:
        """For what stands between here and PostgreSQL and knows nothing of prepared ones."""
        mark = "&" if "?" in url else "?"
        async with Database(f"{url}{mark}prepared_statement_cache_size=0") as database, database.read() as session:
            for _ in range(3):
                assert len(await session.rows(select(ProductRow))) == 3
            assert await session.tuples(text("select count(*) from pg_prepared_statements")) == [(0,)]
            # It may refuse a connection that brings settings.
            assert await session.tuples(text("show default_transaction_read_only")) == [("off",)]
            async with database.write() as writing:
                assert await writing.change(update(VARIANT).values(sku="written")) > 0


@pytest.mark.parametrize(
    "stored", ['{"a": [1, -2.5, null, true, "\\u00fc"]}', "18446744073709551615", '["\\ud800"]', "[NaN]"]
)
def test_json_is_read_as_the_standard_library_reads_it(stored: str) -> None:
    assert repr(read_json(stored)) == repr(json.loads(stored))
