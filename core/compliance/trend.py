"""Compliance over time: what the audits of a place or a company say, week by week.

Only the last usable audit of each plan in a week counts, so that a shelf that was photographed ten times
weighs no more than one that was photographed once; plans weigh by their facings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol


class Audited(Protocol):
    """What is asked of an audit. ``score`` and ``availability`` 0–1 or None."""

    @property
    def planogram_id(self) -> int: ...
    @property
    def site_id(self) -> int | None: ...
    @property
    def site_name(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def usable(self) -> bool: ...
    @property
    def score(self) -> float | None: ...
    @property
    def availability(self) -> float | None: ...
    @property
    def expected_facings(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Week:
    """From a Monday on: plans audited, and means weighed by planned facings."""

    week: date
    plans: int
    score: float
    availability: float | None


@dataclass(frozen=True, slots=True)
class PlaceTrend:
    """A place (or all, with ``site_id`` None and no name), the weeks with audits in order. ``change``: of the
    score from the week before the last one with audits, None with one week."""

    site_id: int | None
    name: str
    weeks: tuple[Week, ...]

    @property
    def score(self) -> float:
        return self.weeks[-1].score

    @property
    def change(self) -> float | None:
        return self.weeks[-1].score - self.weeks[-2].score if len(self.weeks) > 1 else None


@dataclass(frozen=True, slots=True)
class Trend:
    """All places together, None without a usable audit, and each of them, the least compliant first."""

    overall: PlaceTrend | None
    places: tuple[PlaceTrend, ...]


def trend(audits: Iterable[Audited]) -> Trend:
    """Compliance by week, of all and by place."""
    usable = sorted((a for a in audits if a.usable and a.score is not None), key=lambda a: a.at)
    if not usable:
        return Trend(None, ())
    by_place: dict[tuple[int | None, str], list[Audited]] = defaultdict(list)
    for a in usable:
        by_place[(a.site_id, a.site_name)].append(a)
    places = [PlaceTrend(*place, _weeks(found)) for place, found in by_place.items()]
    return Trend(PlaceTrend(None, "", _weeks(usable)), tuple(sorted(places, key=lambda p: (p.score, p.name))))


def _weeks(audits: Sequence[Audited]) -> tuple[Week, ...]:
    """``audits`` in the order of time."""
    last: dict[date, dict[Hashable, Audited]] = defaultdict(dict)
    for a in audits:
        day = a.at.date()
        last[day - timedelta(days=day.weekday())][a.planogram_id] = a
    return tuple(
        Week(week, len(found), _mean([(a.score, a.expected_facings) for a in found.values()]) or 0.0,
             _mean([(a.availability, a.expected_facings) for a in found.values()]))
        for week, found in sorted(last.items())
    )


def _mean(values: Sequence[tuple[float | None, int]]) -> float | None:
    known = [(v, max(weight, 1)) for v, weight in values if v is not None]
    return sum(v * w for v, w in known) / sum(w for _, w in known) if known else None
