"""What day it is for a question: the last one with data of the places that it allows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, null, select

from core.ask.dimensions import DIMENSIONS, Scope
from core.ask.measures import Fact
from core.ask.period import Period
from core.ask.plan import RELATIONS, Filter, Plan
from core.ask.query.ground import Ground, column_of, passes
from core.ask.query.when import When, day_of, period_of, when_of
from core.store import tables as t
from core.store.reading import Reader, render


def when(plan: Plan, reader: Reader, clock: date) -> When:
    """The days that a plan means. ``clock``: taken for today where there are no data at all."""
    ends = _days(plan, reader)
    today = max((last for _, last in ends), default=clock)
    earliest = min((first for first, _ in ends), default=None)
    return when_of(plan, today, earliest)


def _days(plan: Plan, reader: Reader) -> list[tuple[date, date]]:
    """First and last day with data, for each set of places allowed."""
    periods = [period_of(plan), *(c.period for c in plan.conditions if c.period is not None)]
    if plan.compare is not None and plan.compare.period is not None:
        periods.append(plan.compare.period)
    first = any(_is_open(p) for p in periods)
    audits = _is_of_audits(plan)
    found = [_range(reader, filters, audits, first) for filters in _places(plan)]
    return [days for days in found if days is not None]


def _is_open(period: Period) -> bool:
    return period.kind == "all" or (period.kind == "between" and period.first is None)


def _is_of_audits(plan: Plan) -> bool:
    if plan.measures:
        return plan.facts == {Fact.AUDITS}
    facts = {RELATIONS[c.relation] for c in plan.conditions if c.relation != "stands"}
    return facts == {Fact.AUDITS}


def _places(plan: Plan) -> list[tuple[Filter, ...]]:
    """The filters on places: the question's own, else those of its conditions on what happened."""
    own = _of_places(plan.filters)
    if own or not plan.conditions:
        return [own]
    found = [_of_places(c.filters) for c in plan.conditions if c.relation != "stands"]
    return [()] if not found or () in found else found


def _of_places(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    return tuple(f for f in filters if DIMENSIONS[f.dimension].scope is Scope.PLACE)


def _range(
    reader: Reader, filters: tuple[Filter, ...], audits: bool, first: bool
) -> tuple[date, date] | None:
    ground = Ground(reader.company_id, reader.is_sqlite)
    if audits:
        moments = reader.run(render(_of_audits(ground, filters), reader.is_sqlite)).rows[0]
        if moments[0] is None:
            return None
        return _date(moments[0]), _date(moments[1])
    days = reader.run(render(_of_sales(ground, filters, first), reader.is_sqlite)).rows[0]
    if days[1] is None:
        return None
    return day_of(int(days[0] if first else days[1])), day_of(int(days[1]))


def _of_sales(ground: Ground, filters: tuple[Filter, ...], first: bool) -> Any:
    """The newest day (and the oldest): two looks into the key a site."""
    places = ground.places()

    def end(of: Any, name: str) -> Any:
        sales = ground.table(t.DailySales, name)
        return select(of(sales.c.day)).where(
            ground.own(sales), sales.c.site_id == places.c.site_id).correlate(places).scalar_subquery()

    newest = end(func.max, "d1").label("newest")
    oldest = (end(func.min, "d0") if first else null()).label("oldest")
    ends = select(oldest, newest).select_from(places).where(
        *(passes(f, column_of(f.dimension, places)[0]) for f in filters)).subquery("ends")
    return select(func.min(ends.c.oldest), func.max(ends.c.newest)).limit(1)


def _of_audits(ground: Ground, filters: tuple[Filter, ...]) -> Any:
    audit, plans, places = ground.table(t.PhotoAudit, "a"), ground.plans(), ground.places()
    joined = audit.join(plans, plans.c.planogram_id == audit.c.planogram_id).outerjoin(
        places, places.c.site_id == plans.c.site_id)
    return (
        select(func.min(audit.c.created_at), func.max(audit.c.created_at)).select_from(joined)
        .where(ground.own(audit), audit.c.usable, audit.c.score.is_not(None),
               *(passes(f, column_of(f.dimension, places)[0]) for f in filters))
        .limit(1)
    )


def _date(moment: Any) -> date:
    """The UTC day of a moment as the databases give it."""
    from datetime import UTC

    if isinstance(moment, datetime):
        return moment.astimezone(UTC).date()
    return date.fromisoformat(str(moment)[:10])
