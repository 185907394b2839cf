"""What came of a predicted change of a plan, once it was really made and has sold for two weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.errors import WorkbenchError
from core.planogram.planogram import Planogram

LEAST_DAYS = 14
Cells = Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Money a mean day over the days from ``first`` to ``last`` after the change, against the interval that
    was predicted for it; ``held`` says whether it lay inside."""

    version: int
    first: date
    last: date
    daily_revenue: float
    predicted: float
    lower: float
    upper: float

    @property
    def held(self) -> bool:
        return self.lower <= self.daily_revenue <= self.upper


@dataclass(frozen=True, slots=True)
class Stood:
    """A version that was put in place on ``since``; the next one came on ``until`` (None: it stands)."""

    version: int
    plan: Planogram
    since: date
    until: date | None


def cells_of(plan: Planogram) -> Cells:
    """(row, column) → product, every cell that a position takes."""
    return {
        (p.row, column): p.product_id
        for p in plan.positions for column in range(p.column, p.column + p.cells)
    }


def cells_asked(plan: Planogram, slots: Sequence[Mapping[str, Any]]) -> Cells | None:
    """The same of a proposal as it was asked: slot, product and facings to the right; None where a slot is
    not on the fixture."""
    found = {}
    try:
        for slot in slots:
            row, column = plan.fixture.locate(str(slot["position"]))
            for step in range(int(slot.get("facings") or 1)):
                found[row, column + step] = int(slot["product_id"])
    except (WorkbenchError, KeyError, TypeError, ValueError):
        return None
    return found


def put_in_place(request: Mapping[str, Any], stood: Sequence[Stood]) -> Stood | None:
    """The first version whose every cell holds what was proposed; None where none does."""
    slots = (request.get("proposed_planogram") or {}).get("slots")
    if not slots:
        return None
    return next((s for s in stood if cells_asked(s.plan, slots) == cells_of(s.plan)), None)


def judged_days(stood: Stood, covered: date, horizon: int) -> tuple[date, date] | None:
    """The days after a change by which it is judged: from the day after it until the next change, the end of
    the data or the horizon; None while these are fewer than ``LEAST_DAYS``."""
    first = stood.since + timedelta(days=1)
    last = min(covered, first + timedelta(days=horizon - 1))
    if stood.until is not None:
        last = min(last, stood.until - timedelta(days=1))
    return (first, last) if (last - first).days + 1 >= LEAST_DAYS else None


def outcome(
    stood: Stood, days: tuple[date, date], revenue: float, result: Mapping[str, Any]
) -> Outcome | None:
    """``revenue`` of those days against the stored answer; None where that says no interval."""
    proposed = result.get("proposed") or {}
    interval = proposed.get("confidence_interval") or {}
    if not {"lower", "upper"} <= interval.keys() or "daily_revenue" not in proposed:
        return None
    first, last = days
    return Outcome(
        stood.version, first, last, revenue / ((last - first).days + 1), float(proposed["daily_revenue"]),
        float(interval["lower"]), float(interval["upper"]),
    )
