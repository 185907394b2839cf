"""The days and versions that a plan means, once today is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.ask.dimensions import GRAINS
from core.ask.period import (
    Days,
    Period,
    add_months,
    before,
    grouped,
    resolve,
    season_of,
    start_of,
    unit_of,
    year_before,
)
from core.ask.plan import Filter, Plan
from core.errors import BadInput

DEFAULT = Period("last", "day", 30)
DEFAULT_TREND = {"day": Period("last", "day", 30), "week": Period("last", "day", 91)}
MAX_GROUPS_OF_TIME = 400
MAX_EMPTY = 366 * 100


@dataclass(frozen=True, slots=True)
class When:
    """``days`` of the period and those it is compared with · ``as_of``: the day of what stands, None for now
    (and for the days before likewise) · ``latest_audits``: the last audit of each plan, whenever it was ·
    ``history``: days that a place has on average."""

    today: date
    days: Days
    before: Days | None = None
    as_of: date | None = None
    as_of_before: date | None = None
    latest_audits: bool = False
    earliest: date | None = None
    history: float = 0.0

    def is_long(self, days: Days) -> bool:
        """Whether the days are most of those that are kept."""
        return days.count * 2 > self.history > 0

    def era(self, index: int) -> Days:
        """The period, or (1) the one before."""
        return self.days if index == 0 or self.before is None else self.before


def period_of(plan: Plan) -> Period:
    """The period of a plan, or the default for its form."""
    if plan.period is not None:
        return plan.period
    if plan.form != "trend":
        return DEFAULT
    if plan.grain in DEFAULT_TREND:
        return DEFAULT_TREND[plan.grain]
    return Period("last", "day", 365) if plan.grain == "month" else Period("all")


def when_of(plan: Plan, today: date, earliest: date | None, history: float = 0.0) -> When:
    """Raises BadInput for a period with too many groups of time."""
    period = period_of(plan)
    days = resolve(period, today, earliest)
    if days.count > MAX_EMPTY:
        days = Days(max(days.first, add_months(days.last, -1200)), days.last)
    earlier = _compared(plan, period, days, today, earliest)
    grain = plan.grain
    if grain in GRAINS and len(grouped(unit_of(str(grain)), days)) > MAX_GROUPS_OF_TIME:
        raise BadInput(f"{days.count:,} days by {grain} are too many rows.", "Take a longer unit of time.")
    space_period = plan.is_space_alone and (plan.period is not None or plan.compare is not None)
    return When(
        today, days, earlier,
        as_of=days.last if space_period and days.last < today else None,
        as_of_before=earlier.last if plan.is_space_alone and earlier is not None else None,
        latest_audits=plan.period is None and plan.compare is None and plan.grain is None,
        earliest=earliest, history=history,
    )


def count_days(days: Days, filters: Sequence[Filter]) -> int:
    """Days of a period that pass the filters on weekdays and seasons."""
    chosen = [f for f in filters if f.dimension in ("weekday", "season")]
    if not chosen:
        return days.count
    return sum(all(_passes(day, f) for f in chosen) for day in days)


def first_days(grain: str, days: Days, filters: Sequence[Filter]) -> dict[int | str, int]:
    """Key of each group of time → its days that lie in the period."""
    if grain in GRAINS:
        unit = unit_of(grain)
        return {(start_of(unit, part.first) - EPOCH).days: count_days(part, filters)
                for part in grouped(unit, days)}
    found: dict[int | str, int] = {}
    for day in days:
        if count_days(Days(day, day), filters):
            key: int | str = day.isoweekday() if grain == "weekday" else season_of(day)
            found[key] = found.get(key, 0) + 1
    return found


EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    return (day - EPOCH).days


def day_of(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _compared(plan: Plan, period: Period, days: Days, today: date, earliest: date | None) -> Days | None:
    if plan.compare is None:
        return None
    if plan.compare.period is not None:
        return resolve(plan.compare.period, today, earliest)
    return year_before(days) if plan.compare.to == "year_before" else before(period, days, today)


def _passes(day: date, chosen: Filter) -> bool:
    value = day.isoweekday() if chosen.dimension == "weekday" else season_of(day)
    return (value in chosen.values) != chosen.negated
