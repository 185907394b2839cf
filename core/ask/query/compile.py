"""A plan → one SELECT: groups or things, with their names, in order, and one row more than asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, select

from core.ask.dimensions import DIMENSIONS, GRAINS, Holds, Scope
from core.ask.plan import MAX_ROWS, Plan
from core.ask.query.columns import Column, Role, key_column, measure_columns, plain, with_name
from core.ask.query.ground import Expr, Ground
from core.ask.query.measured import ROWS_READ, Measured, chosen, column_named, measured
from core.ask.query.missing import missing
from core.ask.query.things import counted, listed
from core.ask.query.wanted import keys_of
from core.ask.query.when import When


@dataclass(frozen=True)
class Compiled:
    """``select`` gives the columns in order, and up to ``limit`` + 1 rows · ``counts_rows``: with one column
    more, the rows that all of it sums."""

    select: Select[Any]
    columns: tuple[Column, ...]
    limit: int
    counts_rows: bool = False


def compile_plan(plan: Plan, ground: Ground, when: When) -> Compiled:
    """The one statement that answers a plan."""
    limit = MAX_ROWS if plan.limit is None else plan.limit
    made = {"list": listed, "count": counted, "missing": missing}.get(plan.form, _grouped)
    found, columns = made(plan, ground, when)
    return Compiled(found.limit(limit + 1), tuple(columns), limit, made is _grouped)


def _grouped(plan: Plan, ground: Ground, when: When) -> tuple[Select[Any], list[Column]]:
    table = measured(ground, plan, when, plan.by, plan.filters)
    source: Any = table.table
    columns: list[Column] = []
    shown: list[Expr] = []
    for name, key, index in _indexed(plan.by):
        value = table.table.c[f"k{index}"]
        columns.append(key_column(name, key))
        shown.append(value)
        if DIMENSIONS[name].named and key == DIMENSIONS[name].keys[0]:
            source, label = with_name(ground, source, "place" if name == "slot" else name, value)
            columns.append(Column("place" if name == "slot" else name, DIMENSIONS[name].label, Role.NAME,
                                  Holds.TEXT, name))
            shown.append(label)
    measures, values = measure_columns(plan, table)
    every = (*shown, *values, table.table.c[ROWS_READ])
    found = select(*(value.label(f"c{i}") for i, value in enumerate(every)))
    found = found.select_from(source).where(*chosen(plan, table))
    return found.order_by(*_order(plan, ground, table, shown, columns)), columns + measures


def _indexed(by: Sequence[str]) -> list[tuple[str, str, int]]:
    return [(name, key, i) for i, (name, key) in enumerate(keys_of(by))]


def _order(
    plan: Plan, ground: Ground, table: Measured, shown: Sequence[Expr], columns: Sequence[Column]
) -> list[Any]:
    """By time, or by the leading measure with unknown ones last; then by the keys, unknown ones first."""
    keys = [(c, v) for c, v in zip(columns, shown, strict=True) if c.role is Role.KEY]
    if plan.form == "trend":
        keys.sort(key=lambda pair: pair[0].of not in GRAINS)
        return [step for c, v in keys for step in _rising(ground, v, c)]
    first: list[Any] = []
    calendar = [(c, v) for c, v in keys if DIMENSIONS[c.of].scope is Scope.TIME]
    if plan.order is not None and plan.order.column == "name":
        names = [v for c, v in zip(columns, shown, strict=True) if c.role is Role.NAME]
        first = [plain(ground, v).desc() if plan.order.descending else plain(ground, v) for v in names]
    elif plan.by and not (calendar and plan.order is None and plan.limit is None):
        kind, down = (plan.order.column, plan.order.descending) if plan.order else ("value", True)
        value = column_named(table, plan.measures[0], kind)
        first = [case((value.is_(None), 1), else_=0), value.desc() if down else value.asc()]
    return first + [step for c, v in keys for step in _rising(ground, v, c)]


def _rising(ground: Ground, value: Expr, column: Column) -> list[Any]:
    if column.holds is Holds.TEXT:
        return [case((value.is_(None), 0), else_=1), plain(ground, value)]
    return [value.asc()]
