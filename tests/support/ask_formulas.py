"""Keys, filters and formulas of docs/ask.md over plain rows, for ``ask_reference``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from core.ask.dimensions import DIMENSIONS, Holds, Scope
from core.ask.period import season_of, start_of, unit_of
from core.ask.plan import Filter

TEXTS = [d.name for d in DIMENSIONS.values() if d.holds is Holds.TEXT]
GRAINS = ("day", "week", "month", "quarter", "year")

NOWHERE = {"place": None, "kind": None, "venue": None, "store": None, "machine": None}
_PLAN = ("planogram", "project", "plan_season", "status", "zone", "shape")


def of_plan(plan: dict[str, Any] | None) -> dict[str, Any]:
    return {name: None if plan is None else plan[name] for name in _PLAN}


def times_of(day: date) -> dict[str, Any]:
    return {**{g: start_of(unit_of(g), day) for g in GRAINS}, "season": season_of(day), "weekday": day.isoweekday()}


def key_of(row: dict[str, Any], by: Sequence[str]) -> tuple[Any, ...]:
    found: list[Any] = []
    for d in by:
        found += [row["place"], row["cabinet"], row["row"], row["column"]] if d == "slot" else [row[d]]
    return tuple(found)


def is_known(by: Sequence[str], key: Sequence[Any]) -> bool:
    names = [d for d in by for _ in DIMENSIONS[d].keys]
    return all(v is not None or d in TEXTS for d, v in zip(names, key, strict=True))


def passes(row: dict[str, Any], f: Filter) -> bool:
    if f.dimension == "slot":
        if row["row"] is None:
            return False
        return (f"{chr(65 + row['row'])}{row['column'] + 1}" in f.values) != f.negated
    return (row[f.dimension] in f.values) != f.negated


def passes_all(row: dict[str, Any], filters: Sequence[Filter]) -> bool:
    return all(passes(row, f) for f in filters)


def of_places(filters: Sequence[Filter]) -> list[Filter]:
    return [f for f in filters if DIMENSIONS[f.dimension].scope is Scope.PLACE]


def over(above: Any, below: Any) -> Any:
    return None if above is None or not below else above / below


def sum_of(rows: Sequence[dict[str, Any]], name: str) -> Any:
    known = [r[name] for r in rows if r[name] is not None]
    return sum(known) if known else None


def _mean(rows: Sequence[dict[str, Any]], name: str) -> Any:
    known = [r[name] for r in rows if r[name] is not None]
    return sum(known) / len(known) / 10_000 if known else None


def _margin(rows: Sequence[dict[str, Any]]) -> Any:
    known = [r["revenue"] - r["units"] * r["cost"] for r in rows if r["cost"] > 0]
    return sum(known) / 10_000 if known else None


def _margin_rate(rows: Sequence[dict[str, Any]]) -> Any:
    return over(_margin(rows), sum(r["revenue"] for r in rows if r["cost"] > 0) / 10_000)


def latest(rows: Sequence[dict[str, Any]], by: Sequence[str]) -> list[dict[str, Any]]:
    grain = next((d for d in by if DIMENSIONS[d].scope is Scope.TIME), None)
    last: dict[Any, dict[str, Any]] = {}
    for r in sorted(rows, key=lambda r: (r["moment"], r["id"])):
        last[r["planogram"], r[grain] if grain else None] = r
    return list(last.values())


def audited(name: str, rows: Sequence[dict[str, Any]]) -> Any:
    if name == "violations":
        return sum(r["violations"] for r in rows)
    column = "score" if name == "compliance" else "available"
    known = [r for r in rows if r[column] is not None]
    return over(sum(r[column] * r["weight"] for r in known), sum(r["weight"] for r in known)) if known else None


def _unit_margin(rows: Sequence[dict[str, Any]]) -> Any:
    known = [r["price"] - r["cost"] for r in rows if r["cost"] > 0]
    return sum(known) / len(known) / 10_000 if known else None


def _cost(rows: Sequence[dict[str, Any]]) -> Any:
    known = [r["cost"] for r in rows if r["cost"] > 0]
    return sum(known) / len(known) / 10_000 if known else None


def _life(rows: Sequence[dict[str, Any]]) -> Any:
    known = [r["life"] for r in rows if r["life"] is not None]
    return sum(known) / len(known) if known else None


SIMPLE: dict[str, Any] = {
    "revenue": lambda rows: sum(r["revenue"] for r in rows) / 10_000,
    "units": lambda rows: sum(r["units"] for r in rows),
    "margin": _margin, "margin_rate": _margin_rate,
    "average_price": lambda rows: over(sum(r["revenue"] for r in rows) / 10_000, sum(r["units"] for r in rows)),
    "stockouts": lambda rows: sum(r["stockout"] for r in rows),
    "products_sold": lambda rows: len({r["product"] for r in rows if r["units"] > 0}),
    "facings": lambda rows: sum(r["facings"] for r in rows), "positions": len,
    "products": lambda rows: len({r["product"] for r in rows}),
    "shelf_feet": lambda rows: sum(r["width"] for r in rows) / 12,
    "capacity": lambda rows: sum_of(rows, "capacity"), "stock": lambda rows: sum_of(rows, "stock"),
    "par": lambda rows: sum_of(rows, "par"), "shelf_price": lambda rows: _mean(rows, "shelf_price"),
    "list_price": lambda rows: _mean(rows, "price"), "cost": _cost, "unit_margin": _unit_margin,
    "shelf_life": _life, "audits": len,
}


def same(a: Any, b: Any) -> bool:
    """Whether two values agree but for rounding in double precision."""
    if isinstance(a, int | float) and isinstance(b, int | float) and not isinstance(a, bool):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return bool(a == b)
