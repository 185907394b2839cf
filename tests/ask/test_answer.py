"""Every valid plan answers from its own company's rows alone, and agrees with docs/ask.md in pandas."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from core.ask.answer import Answer, answer
from core.ask.measures import MEASURES
from core.ask.period import Period
from core.ask.plan import Compare, Condition, Filter, Having, Order, Plan, from_json, to_json
from core.errors import BadInput
from core.store.database import Actor, Database
from tests.support.ask_plans import plans
from tests.support.ask_reference import Reference, same

QUIET = settings(
    max_examples=50, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
ALL = Period("all")
EXAMPLES = (
    Plan("value", ("revenue", "units", "margin", "stockouts"), period=ALL),
    Plan("ranking", ("revenue",), ("store",), filters=(Filter("zone", ("frozen",)),), period=ALL),
    Plan("ranking", ("revenue",), ("planogram",), per=("facing",), period=ALL),
    Plan("ranking", ("facings",), ("brand", "place"), share=True),
    Plan("ranking", ("revenue",), ("store",), share=True, period=ALL),
    Plan("ranking", ("revenue",), ("category",), compare=Compare(), order=Order("change_rate")),
    Plan("ranking", ("days_of_supply",), ("product",), having=(Having("days_of_supply", "<", 30.0),)),
    Plan("ranking", ("units",), ("weekday",), per=("day", "place"), period=ALL),
    Plan("ranking", ("revenue",), ("slot",), period=ALL),
    Plan("trend", ("compliance", "audits"), ("week",), period=Period("last", "day", 60)),
    Plan("trend", ("revenue",), ("month", "venue"), per=("day",), period=ALL),
    Plan("value", ("facings",), compare=Compare(), period=Period("last", "day", 20)),
    Plan("list", of="planogram", filters=(Filter("plan_season", ("summer",)),),
         conditions=(Condition("stands", (Filter("product", (1, 2)),)),)),
    Plan("list", of="product", conditions=(Condition("sold", (Filter("place", (1,)),), period=ALL),
                                           Condition("sold", (Filter("place", (2,)),), True, period=ALL))),
    Plan("list", ("units",), of="product", having=(Having("units", "=", 0.0),)),
    Plan("list", of="store", filters=(Filter("venue", ("office", "grocery store", None)),)),
    Plan("missing", filters=(Filter("store", (11,)), Filter("shape", ("end cap",)))),
    Plan("count", of="planogram", by=("status",)),
    Plan("count", ("facings",), of="product", filters=(Filter("place", (1,)),), having=(Having("facings", ">=", 1.0),)),
    Plan("count", ("units",), of="place", filters=(Filter("brand", ("Alpine",)),), period=ALL,
         having=(Having("units", ">", 1.0),)),
)


def rows_of(found: Answer) -> list[tuple[Any, ...]]:
    """Keys and measures alone."""
    kept = [i for i in range(len(found.columns)) if i in (*found.keys, *found.measures)]
    return [tuple(row[i] for i in kept) for row in found.rows]


def assert_agrees(plan: Plan, found: Answer, wanted: list[tuple[Any, ...]]) -> None:
    """The same rows: in order where the form has one and no values tie within rounding, else as a set."""
    got = rows_of(found)
    assert len(got) == len(wanted), (plan, got[:5], wanted[:5])
    count = len(found.keys)

    def sorted_(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return sorted(rows, key=lambda r: tuple(map(str, r[:count])))

    for a, b in zip(sorted_(got), sorted_(wanted), strict=True):
        assert len(a) == len(b)
        assert all(same(x, y) for x, y in zip(a, b, strict=True)), (plan, a, b)
    if plan.form not in ("list", "count"):
        index = found.measures[0] - len([c for i, c in enumerate(found.columns[:found.measures[0]])
                                         if i not in found.keys])
        for a, b in zip(got, wanted, strict=True):
            assert same(a[index], b[index]), ("order", plan, got[:6], wanted[:6])


@pytest.mark.parametrize("plan", EXAMPLES, ids=lambda p: f"{p.form}-{'-'.join(p.measures) or p.of}")
def test_an_example_agrees_with_the_definitions(
    plan: Plan, world: Database, acme: Actor, reference: Reference
) -> None:
    """What is asked most is computed as docs/ask.md says."""
    found = answer(world, acme, plan)
    assert_agrees(plan, found, reference.answer(plan))
    assert found.sentence.endswith(".")


@QUIET
@given(plan=plans())
def test_any_plan_agrees_with_the_definitions(world: Database, reference: Reference, plan: Plan) -> None:
    """Compiled, checked, run: the rows are those that the definitions give for the company alone."""
    try:
        found = answer(world, Actor(None, 1), plan)
    except BadInput as error:
        assert "too many rows" in error.message
        return
    assert_agrees(plan, found, reference.answer(plan))
    assert from_json(to_json(plan)) == plan


@pytest.mark.postgres
@settings(parent=QUIET, max_examples=40)
@given(plan=plans())
def test_postgresql_gives_the_same_answers(
    world: Database, postgres_world: Database, reference: Reference, plan: Plan
) -> None:
    """Both databases read the same statement alike."""
    try:
        found = answer(postgres_world, Actor(None, 1), plan)
    except BadInput as error:
        assert "too many rows" in error.message
        return
    assert_agrees(plan, found, reference.answer(plan))


@pytest.mark.postgres
@pytest.mark.parametrize("plan", EXAMPLES, ids=lambda p: f"{p.form}-{'-'.join(p.measures) or p.of}")
def test_an_example_agrees_on_postgresql(
    plan: Plan, postgres_world: Database, acme: Actor, reference: Reference
) -> None:
    """What is asked most is the same on PostgreSQL."""
    assert_agrees(plan, answer(postgres_world, acme, plan), reference.answer(plan))


def test_every_measure_has_a_value(world: Database, acme: Actor, reference: Reference) -> None:
    """No measure is left without a formula."""
    for name in MEASURES:
        plan = Plan("value", (name,), period=None if MEASURES[name].fact != "sales" else ALL)
        assert_agrees(plan, answer(world, acme, plan), reference.answer(plan))


def test_a_company_without_data_gets_empty_answers(world: Database) -> None:
    """Nothing to read is no error: sums are 0, the rest is not known."""
    found = answer(world, Actor(None, 3), Plan("value", ("revenue", "margin")), date(2026, 3, 1))
    assert found.rows == ((0.0, None),)


@pytest.mark.parametrize(("dimension", "foreign"), [
    ("product", 1001), ("category", 1001), ("place", 1001), ("store", 1011), ("machine", 1020),
    ("planogram", 1001), ("project", 1005),
])
def test_ids_of_another_company_find_nothing(
    world: Database, acme: Actor, dimension: str, foreign: int
) -> None:
    """Neither rows nor names of it, in figures, lists, conditions or what is missing."""
    only = (Filter(dimension, (foreign,)),)
    value = answer(world, acme, Plan("value", ("revenue",), filters=only, period=ALL))
    assert value.rows == ((0.0,),)
    assert f"an unknown {dimension}" in value.words
    other = answer(world, Actor(None, 2), Plan("value", ("revenue",), filters=only, period=ALL))
    assert other.rows[0][0] > 0
    assert answer(world, acme, Plan("list", of=dimension, filters=only)).rows == ()
    held = Plan("list", of="planogram", conditions=(Condition("stands", only),))
    assert answer(world, acme, held).rows == ()


def test_hostile_names_stay_data(world: Database, acme: Actor) -> None:
    """Quotes, SQL and markup in names and filters are text like any other."""
    hostile = Filter("brand", ("x' OR '1'='1", "\"; DROP TABLE product; --", "<script>"))
    found = answer(world, acme, Plan("ranking", ("revenue",), ("product",), filters=(hostile,), period=ALL))
    assert found.rows == ()
    assert "DROP" not in found.statement.sql
    named = answer(world, acme, Plan("list", of="product"))
    assert "Robert'); DROP TABLE product;--" in [row[1] for row in named.rows]


def test_an_answer_says_where_it_comes_from(world: Database, acme: Actor) -> None:
    """Tables, rows read, period, today, and whether there is more."""
    found = answer(world, acme, Plan("ranking", ("revenue",), ("product",), period=ALL, limit=2))
    assert found.truncated
    assert len(found.rows) == 2
    assert "daily sales" in found.sources.tables
    assert found.sources.rows_read
    assert found.sources.today == found.sources.days.last  # type: ignore[union-attr]
    assert found.chart == "bar"
    assert answer(world, acme, Plan("value", ("revenue",))).chart is None


def test_a_database_in_memory_is_only_read_too() -> None:
    """There the one connection refuses to write while a question is answered, and writes again after it."""
    from core.store import tables as t

    database = Database("sqlite://")
    database.migrate()
    with database.admin_session() as session:
        session.add(t.Company(id=1, name="Acme"))
    assert answer(database, Actor(None, 1), Plan("value", ("units",))).rows == ((0,),)
    with database.admin_session() as session:
        session.add(t.Company(id=2, name="Other"))
    database.close()


def test_a_number_of_groups_of_time_are_the_largest(world: Database, acme: Actor) -> None:
    """A number ranks them, also where a plan gives no order: not the first by the calendar."""
    cut = answer(world, acme, Plan("ranking", ("units",), ("week",), period=ALL, limit=2))
    ranked = answer(world, acme, Plan("ranking", ("units",), ("week",), period=ALL, order=Order("value"), limit=2))
    assert rows_of(cut) == rows_of(ranked)
