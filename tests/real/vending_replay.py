"""Planogram changes found in the real vending history, replayed: what was expected, and what came.

At every reset that stood long enough on both sides, all machines are fitted on the days before it, and the
change of the machine's and of each changed slot's revenue and units a day is predicted and compared with the
one seen; so is each change of the price of a product that stayed.
The resets themselves were inferred from the sales, so the day of a change is known to within a few days, and a
product that never sold is not known at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.site.days import as_days, weekday_of
from core.site.estimate import fit_fleet
from core.site.response import Layout, Response
from core.site.site import PlanPeriod, SiteHistory

FloatArray = NDArray[np.float64]
DAYS_KNOWN, SHORTEST, LONGEST = 42, 7, 28
"""Days of history before a reset, and of the stretches compared before and after it."""
LEVEL, DRAWS = 0.90, 1000
SMALLEST_PRICE_CHANGE = 0.03
MANY = 5
"""Changed slots, more than which make a reset a big one."""
MEASURES = ("revenue", "units")
Slot = tuple[int, int]


@dataclass(frozen=True)
class Reset:
    """A plan that followed another: the days compared are the last of ``before`` and the first of ``after``."""

    history: SiteHistory
    before: PlanPeriod
    after: PlanPeriod

    @property
    def day(self) -> date:
        return self.after.start


def resets(histories: Sequence[SiteHistory]) -> Iterator[Reset]:
    """Those with enough days on both sides."""
    for history in histories:
        periods = sorted(history.periods, key=lambda p: p.start)
        for before, after in pairwise(periods):
            known = (after.start - periods[0].start).days
            if known >= DAYS_KNOWN and min(_length(before), _length(after)) >= SHORTEST:
                yield Reset(history, before, after)


def _length(period: PlanPeriod) -> int:
    return (period.end - period.start).days + 1


def until(history: SiteHistory, day: date) -> SiteHistory:
    """The history as it was known on the morning of a day."""
    periods = tuple(
        replace(p, end=min(p.end, day - timedelta(1))) for p in history.periods if p.start < day
    )
    known = as_days(history.daily["day"]) < np.datetime64(day)
    return replace(history, periods=periods, daily=history.daily[known])


@dataclass(frozen=True)
class Repricing:
    """A product that stayed in its slot while its price changed: the stretches compared, ``old`` price before
    and ``new`` after, each a plan with everything else as on the ``day``."""

    history: SiteHistory
    day: date
    slot: Slot
    before: PlanPeriod
    after: PlanPeriod


def repricings(histories: Sequence[SiteHistory]) -> Iterator[Repricing]:
    """Changes of the price paid in a slot, between two sales at each price at least, with enough days on both
    sides while the product stayed. The day lies midway between the last sale at the old price and the first at
    the new one."""
    for history in histories:
        frame = history.daily.assign(day=as_days(history.daily["day"]))
        frame = frame[(frame["units"] > 0) & (frame["row"] >= 0)].sort_values("day")
        begin = min(p.start for p in history.periods)
        for (row, column, product), sales in frame.groupby(["row", "column", "product_id"]):
            price = (sales["revenue"] / sales["units"]).to_numpy()
            days = as_days(sales["day"])
            steady = np.abs(np.diff(np.log(price))) < SMALLEST_PRICE_CHANGE
            for i in range(2, len(price) - 1):
                if steady[i - 2] and not steady[i - 1] and steady[i]:
                    day = (days[i - 1] + (days[i] - days[i - 1] + 1) // 2).astype(date)
                    found = _repricing(history, day, (int(row), int(column)), int(product), price[i - 1 : i + 1])
                    if found and (day - begin).days >= DAYS_KNOWN:
                        yield found


def _repricing(
    history: SiteHistory, day: date, slot: Slot, product: int, price: FloatArray
) -> Repricing | None:
    stays = [p for p in history.periods if _product_at(p.plan, slot) == product]
    now = next((p for p in stays if p.start <= day <= p.end), None)
    if now is None:
        return None
    first, last = now.start, now.end
    for p in sorted(stays, key=lambda p: p.start, reverse=True):
        first = p.start if p.end + timedelta(1) == first else first
    for p in sorted(stays, key=lambda p: p.start):
        last = p.end if p.start - timedelta(1) == last else last
    plans = [
        now.plan.with_positions(
            replace(q, price=float(value)) if (q.row, q.column) == slot else q for q in now.plan.positions
        ) for value in price
    ]
    before = PlanPeriod(max(first, day - timedelta(LONGEST)), day - timedelta(1), plans[0])
    after = PlanPeriod(day, min(last, day + timedelta(LONGEST - 1)), plans[1])
    if min(_length(before), _length(after)) < SHORTEST:
        return None
    return Repricing(history, day, slot, before, after)


def _product_at(plan: Planogram, slot: Slot) -> int | None:
    position = plan.at(*slot)
    return position.product_id if position else None


@dataclass(frozen=True)
class Stretch:
    """A plan and the days of it that are compared: ``layout``, expected units a day ``rates`` (D, n), and
    what was seen a day by slot, of each of ``MEASURES``."""

    plan: Planogram
    days: int
    layout: Layout
    rates: FloatArray
    seen: Mapping[str, Mapping[Slot, float]]

    def worth(self, measure: str) -> FloatArray:
        """What a unit of each position counts, (n,)."""
        return self.layout.price if measure == "revenue" else np.ones(len(self.layout.price))

    def column(self, slot: Slot) -> int | None:
        """Which position stands at a slot."""
        places = [(p.row, p.column) for p in self.plan.positions]
        return places.index(slot) if slot in places else None


def stretch(response: Response, history: SiteHistory, period: PlanPeriod) -> Stretch:
    """What the response expects of a plan on its days, in their season and weekdays; and what came."""
    days = np.arange(np.datetime64(period.start), np.datetime64(period.end) + 1)
    layout = response.layout(period.plan)
    month = days.astype("datetime64[M]").astype(int) % 12
    season = response.season[:, month] * response.weekday[weekday_of(days)]
    rates = response.rates(layout, response.draws) * season.mean(axis=1)[layout.category]
    day = as_days(history.daily["day"])
    sold = history.daily[(day >= days[0]) & (day <= days[-1])]
    by_slot = sold.groupby(["row", "column"])[list(MEASURES)].sum() / len(days)
    seen = {
        measure: {(int(r), int(c)): float(v) for (r, c), v in by_slot[measure].items()} for measure in MEASURES
    }
    return Stretch(period.plan, len(days), layout, rates, seen)


def replay(histories: Sequence[SiteHistory], catalog: Catalog) -> pd.DataFrame:
    """One row a change, place and measure: ``place`` "machine" or "slot", ``kind`` of change, the change a day
    that was ``expected``, its interval ``low`` to ``high`` with the chance of counts on both sides, the
    change ``seen``, and ``level_…``: the same from what was seen before."""
    rows: list[dict[str, object]] = []
    events: list[Reset | Repricing] = [*resets(histories), *repricings(histories)]
    for day in sorted({e.day for e in events}):
        fit = fit_fleet([h for h in (until(h, day) for h in histories) if h.periods], catalog)
        for event in (e for e in events if e.day == day):
            rows += _replayed(fit.response(event.history.site_id, DRAWS, catalog=catalog), event)
    return pd.DataFrame(rows)


def _replayed(response: Response, event: Reset | Repricing) -> Iterator[dict[str, object]]:
    """The rows of one change."""
    before, after = (stretch(response, event.history, p) for p in _compared(event))
    rng = np.random.default_rng([event.history.site_id, event.day.toordinal()])
    units = [response.simulate(s.layout, s.rates, s.days, rng) / s.days for s in (before, after)]
    if isinstance(event, Repricing):
        places: dict[Slot | None, str] = {event.slot: "repriced"}
    else:
        changes = changed_slots(before.plan, after.plan)
        places = {None: "many" if len(changes) > MANY else "few", **changes}
    for slot, kind in places.items():
        for measure in MEASURES:
            old, new = (_part(s.rates, s, slot, measure) for s in (before, after))
            shown_old, shown_new = (_part(u, s, slot, measure) for u, s in zip(units, (before, after), strict=True))
            was, came = (_seen(s, slot, measure) for s in (before, after))
            yield {
                "site": event.history.site_id, "day": event.day, "slot": slot, "kind": kind, "measure": measure,
                "place": "slot" if slot else "machine", "before": was, "seen": came - was,
                **_interval(new - old, shown_new - shown_old), **_interval(new - was, shown_new - was, "level_"),
            }


def _compared(event: Reset | Repricing) -> tuple[PlanPeriod, PlanPeriod]:
    """The last days before and the first days after."""
    before, after, day = event.before, event.after, timedelta(1)
    return (
        replace(before, start=max(before.start, before.end - (LONGEST - 1) * day)),
        replace(after, end=min(after.end, after.start + (LONGEST - 1) * day)),
    )


def _part(units: FloatArray, s: Stretch, slot: Slot | None, measure: str) -> FloatArray:
    """Draws (D,) of a slot or of the whole machine; 0 of an empty slot."""
    if slot is None:
        return np.asarray(units @ s.worth(measure))
    column = s.column(slot)
    return np.zeros(len(units)) if column is None else np.asarray(units[:, column] * s.worth(measure)[column])


def _seen(s: Stretch, slot: Slot | None, measure: str) -> float:
    return sum(s.seen[measure].values()) if slot is None else s.seen[measure].get(slot, 0.0)


def _interval(expected: FloatArray, sampled: FloatArray, prefix: str = "") -> dict[str, object]:
    low, high = np.quantile(sampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {f"{prefix}expected": float(expected.mean()), f"{prefix}low": low, f"{prefix}high": high}


def changed_slots(before: Planogram, after: Planogram) -> dict[Slot, str]:
    """Slot → what happened there: ``replaced`` by a product that did not stand here, ``moved`` in from
    another slot, ``filled``, ``emptied`` or ``repriced``."""
    old, new = ({(p.row, p.column): p for p in plan.positions} for plan in (before, after))
    here = set(before.product_ids)
    kinds = {slot: _kind(old.get(slot), new.get(slot), here) for slot in sorted({*old, *new})}
    return {slot: kind for slot, kind in kinds.items() if kind}


def _kind(old: Position | None, new: Position | None, here: set[int]) -> str:
    if new is None:
        return "emptied"
    if old is None:
        return "filled"
    if old.product_id != new.product_id:
        return "moved" if new.product_id in here else "replaced"
    if old.price and new.price and abs(np.log(new.price / old.price)) > SMALLEST_PRICE_CHANGE:
        return "repriced"
    return ""
