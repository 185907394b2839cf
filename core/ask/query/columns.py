"""The columns of an answer: keys, the names beside them, measures; and how they are read from a statement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import and_

from core.ask.dimensions import DIMENSIONS, Holds
from core.ask.measures import PERS, Measure, Value
from core.ask.plan import Plan
from core.ask.query.ground import Expr, Ground
from core.ask.query.measured import Measured, value_of
from core.store import tables as t


class Role(StrEnum):
    """What a column is: it says which row, names it for people, tells about it, or is measured."""

    KEY = "key"
    NAME = "name"
    ATTRIBUTE = "attribute"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Column:
    """``holds``: date and text keys, ids, or the kind of number · ``of``: the dimension or measure."""

    name: str
    label: str
    role: Role
    holds: Value | Holds
    of: str = ""
    unit: str = ""


def key_column(name: str, key: str) -> Column:
    dimension = DIMENSIONS[name]
    holds: Value | Holds = Holds.NUMBER if dimension.holds is Holds.SLOT else dimension.holds
    label = dimension.label if len(dimension.keys) == 1 else key.replace("_", " ")
    return Column(key, label, Role.KEY, holds, name)


def measure_columns(plan: Plan, table: Measured) -> tuple[list[Column], list[Expr]]:
    """The columns of measures in order, and their values."""
    columns = [measure_column(plan, name, measure, kind) for name, measure, kind in table.columns]
    return columns, [value_of(table, column.name) for column in columns]


def measure_column(plan: Plan, name: str, measure: Measure, kind: str) -> Column:
    per = "".join(f" per {PERS[p].label}" for p in plan.per)
    label = {
        "value": "", "share": "share of ", "before": "", "change": "change of ", "change_rate": "change of ",
    }[kind] + measure.label + per + (" before" if kind == "before" else "")
    holds = {"share": Value.SHARE, "change_rate": Value.CHANGE_RATE}.get(kind, measure.value)
    if plan.per and holds is Value.COUNT:
        holds = Value.NUMBER
    unit = measure.unit if holds not in (Value.SHARE, Value.CHANGE_RATE) else ""
    return Column(name, label, Role.MEASURE, holds, measure.name, unit)


def with_name(ground: Ground, source: Any, dimension: str, key: Expr) -> tuple[Any, Expr]:
    """The source joined with the table that names a dimension's ids, and the name."""
    if dimension in ("store", "machine"):
        of: Any = t.Store if dimension == "store" else t.Device
        alias = "nst" if dimension == "store" else "ndv"
        thing, site = ground.table(of, alias), ground.table(t.Site, f"{alias}_s")
        joined = source.outerjoin(thing, and_(thing.c.id == key, ground.own(thing))).outerjoin(
            site, and_(site.c.id == thing.c.site_id, ground.own(site)))
        return joined, site.c.name
    model: Any = {"product": t.Product, "category": t.Category, "place": t.Site, "planogram": t.Planogram,
             "project": t.Project}[dimension]
    named = ground.table(model, f"n_{dimension}")
    return source.outerjoin(named, and_(named.c.id == key, ground.own(named))), named.c.name


def plain(ground: Ground, value: Expr) -> Expr:
    """Texts by their code points, on both databases alike."""
    return value if ground.sqlite else value.collate("C")
