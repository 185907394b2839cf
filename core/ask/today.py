"""What day it is for a question: the last one with data of the places that it allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from core.ask.dimensions import DIMENSIONS, Scope
from core.ask.measures import Fact
from core.ask.plan import RELATIONS, Filter, Plan
from core.ask.query.ground import Ground, column_of, passes
from core.ask.query.when import When, day_of, when_of
from core.store import tables as t
from core.store.reading import Reader, render


@dataclass(frozen=True, slots=True)
class _Ends:
    """``days``: of all places together · ``places`` that have any."""

    first: date
    last: date
    days: int = 0
    places: int = 0


def when(plan: Plan, reader: Reader, clock: date) -> When:
    """The days that a plan means. ``clock``: taken for today where there are no data at all."""
    audits = _is_of_audits(plan)
    found = [_ends(reader, filters, audits) for filters in _places(plan)]
    ends = [e for e in found if e is not None]
    today = max((e.last for e in ends), default=clock)
    earliest = min((e.first for e in ends), default=None)
    history = sum(e.days for e in ends) / max(sum(e.places for e in ends), 1)
    return when_of(plan, today, earliest, history)


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


def _ends(reader: Reader, filters: tuple[Filter, ...], audits: bool) -> _Ends | None:
    """The first and last day with data of the places that pass."""
    ground = Ground(reader.company_id, reader.is_sqlite)
    of = _of_audits if audits else _of_sales
    first, last, *history = reader.run(render(of(ground, filters), reader.is_sqlite)).rows[0]
    if last is None:
        return None
    if audits:
        return _Ends(_date(first), _date(last))
    return _Ends(day_of(int(first)), day_of(int(last)), *map(int, history))


def _of_sales(ground: Ground, filters: tuple[Filter, ...]) -> Any:
    """The oldest and the newest day, two looks into the key a site; days of all sites, and sites."""
    places = ground.places()

    def end(of: Any, name: str) -> Any:
        sales = ground.table(t.DailySales, name)
        return select(of(sales.c.day)).where(
            ground.own(sales), sales.c.site_id == places.c.site_id).correlate(places).scalar_subquery()

    ends = select(end(func.min, "d0").label("oldest"), end(func.max, "d1").label("newest")).where(
        *(passes(f, column_of(f.dimension, places)[0]) for f in filters)).select_from(places).subquery("ends")
    days = func.sum(ends.c.newest - ends.c.oldest + 1)
    return select(
        func.min(ends.c.oldest), func.max(ends.c.newest), days, func.count(ends.c.newest)).limit(1)


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
