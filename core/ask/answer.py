"""A plan, answered: rows with their columns, one sentence, a fitting chart, and their sources."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import select

from core.ask.dimensions import DIMENSIONS, Holds
from core.ask.measures import Value
from core.ask.period import Days
from core.ask.plan import Filter, Plan
from core.ask.query import Column, Compiled, Role, When, compile_plan
from core.ask.query.columns import with_name
from core.ask.query.ground import Ground
from core.ask.query.when import day_of
from core.ask.sentence import sentence
from core.ask.today import when
from core.ask.wording import Names, has_period, plain_name, words
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.freshness import Freshness, freshness
from core.store.reading import Reader, Statement, reader, render

Chart = Literal["line", "bar"]
MAX_BARRED = 2
"""Groups of groups that bars still tell apart; how many bars are drawn is up to whoever draws."""
_READ = {
    "daily_sales": "daily sales", "position": "positions on plans", "product": "products",
    "photo_audit": "photo audits", "planogram": "planograms", "site": "places", "project": "projects",
}


@dataclass(frozen=True, slots=True)
class Sources:
    """``tables`` in words · ``rows_read``: rows of the measures' tables that the figures sum, None for lists
    of things · ``days`` of the period, None where it decides nothing · ``today`` of the question."""

    tables: tuple[str, ...]
    rows_read: int | None
    days: Days | None
    before: Days | None
    today: date
    data_version: str
    last_import: datetime | None


@dataclass(frozen=True)
class Answer:
    """``rows`` in the order of ``columns``: ids and counts are int, dates date, money and shares float, None
    where not known · ``truncated``: there are more rows · ``words``: the plan in words · ``statement``: the
    SELECT that ran, with its parameters."""

    plan: Plan
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    sentence: str
    chart: Chart | None
    words: str
    sources: Sources
    currency: str
    truncated: bool
    statement: Statement
    seconds: float

    @property
    def keys(self) -> tuple[int, ...]:
        """Which columns say which row it is."""
        return tuple(i for i, c in enumerate(self.columns) if c.role is Role.KEY)

    @property
    def says_something(self) -> bool:
        """Whether there is a row that is not all zero or unknown."""
        return any(not self.measures or any(row[i] for i in self.measures) for row in self.rows)

    @property
    def measures(self) -> tuple[int, ...]:
        """Which columns are measured."""
        return tuple(i for i, c in enumerate(self.columns) if c.role is Role.MEASURE)


def answer(database: Database, actor: Actor, plan: Plan, clock: date | None = None) -> Answer:
    """The answer to a plan, from the actor's company alone. ``clock``: the day where there are no data.

    Raises BadInput for a period with too many groups of time, TooLarge where it takes too long.
    """
    started = time.perf_counter()
    with database.session(actor) as session:
        fresh = freshness(session)
    with reader(database, actor) as reading:
        at = when(plan, reading, clock or date.today())
        ground = Ground(actor.company_id, reading.is_sqlite)
        compiled = compile_plan(plan, ground, at)
        statement = render(compiled.select, reading.is_sqlite)
        found = reading.run(statement).rows
        names = _names(plan, reading)
    rows = tuple(_typed(row, compiled.columns) for row in found[: compiled.limit])
    made = Answer(
        plan, compiled.columns, rows, "", _chart(plan, rows), words(plan, names),
        _sources(plan, at, fresh, statement, compiled, found), fresh.currency,
        len(found) > compiled.limit, statement, 0.0,
    )
    return _told(made, names, time.perf_counter() - started)


def _told(made: Answer, names: Names, seconds: float) -> Answer:
    return replace(made, sentence=sentence(made.plan, made.columns, made.rows, made.truncated,
                                           made.sources.days, made.currency, names, made.sources.before),
                   seconds=seconds)


def _typed(row: Sequence[Any], columns: Sequence[Column]) -> tuple[Any, ...]:
    return tuple(_value(value, column) for value, column in zip(row, columns, strict=False))


def _value(value: Any, column: Column) -> Any:
    if value is None or column.role in (Role.NAME, Role.ATTRIBUTE):
        return value
    if column.holds is Holds.DATE:
        return day_of(int(value))
    if column.role is Role.KEY:
        return value if column.holds is Holds.TEXT else int(value)
    if isinstance(value, Decimal):
        value = float(value)
    if column.holds in (Value.MONEY, Value.SHARE, Value.NUMBER, Value.CHANGE_RATE):
        return float(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _chart(plan: Plan, rows: Sequence[Sequence[Any]]) -> Chart | None:
    counted = plan.form == "count" and bool(plan.by)
    if len(rows) < 2 or not (plan.measures or counted) or (plan.of is not None and not counted):
        return None
    if plan.form == "trend":
        return "line"
    return "bar" if len(plan.by) <= MAX_BARRED else None


def _sources(
    plan: Plan, at: When, fresh: Freshness, statement: Statement, compiled: Compiled,
    found: Sequence[Sequence[Any]],
) -> Sources:
    read = None
    if compiled.counts_rows:
        read = int(found[0][-1] or 0) if found else 0
    told = tuple(label for table, label in _READ.items() if f"FROM {table} " in statement.sql
                 or f"JOIN {table} " in statement.sql)
    days = at.days if has_period(plan) else None
    return Sources(told, read, days, at.before, at.today, fresh.data_version, fresh.last_import)


def _names(plan: Plan, reading: Reader) -> Names:
    """The names of the ids in the plan's filters, as far as the company has them."""
    wanted: dict[str, set[int]] = {}
    for f in _filters(plan):
        if DIMENSIONS[f.dimension].holds is Holds.ID:
            wanted.setdefault(f.dimension, set()).update(v for v in f.values[:8] if isinstance(v, int))
    known: dict[tuple[str, int], str] = {}
    for dimension, ids in wanted.items():
        known |= {(dimension, key): name for key, name in _look_up(dimension, sorted(ids), reading)}

    def name(dimension: str, value: int | str | None) -> str:
        if isinstance(value, int) and DIMENSIONS[dimension].holds is Holds.ID:
            return known.get((dimension, value), f"an unknown {DIMENSIONS[dimension].label}")
        return plain_name(dimension, value)

    return name


def _look_up(dimension: str, ids: list[int], reading: Reader) -> list[tuple[int, str]]:
    ground = Ground(reading.company_id, reading.is_sqlite)
    models: Mapping[str, Any] = {
        "product": t.Product, "category": t.Category, "place": t.Site, "planogram": t.Planogram,
        "project": t.Project, "store": t.Store, "machine": t.Device,
    }
    thing = ground.table(models[dimension], "th")
    rows = select(thing.c.id).where(ground.own(thing), thing.c.id.in_(ids)).subquery("wanted")
    source, name = with_name(ground, rows, dimension, rows.c.id)
    statement = select(rows.c.id, name.label("name")).select_from(source).limit(len(ids))
    return [(int(key), str(text)) for key, text in reading.run(render(statement, reading.is_sqlite)).rows]


def _filters(plan: Plan) -> list[Filter]:
    return [*plan.filters, *(f for c in plan.conditions for f in c.filters)]


__all__ = ["Answer", "Sources", "answer"]
