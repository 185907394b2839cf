"""Planogram changes found in the real vending history, replayed: what was expected, and what came.

At every reset that stood long enough on both sides, all machines are fitted on the days before it, and the
change of the machine's and of each changed slot's revenue a day is predicted and compared with the one seen.
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
class Stretch:
    """A plan and the days of it that are compared: ``layout``, expected units a day ``rates`` (D, n), and
    what was seen: revenue a day by slot."""

    plan: Planogram
    days: int
    layout: Layout
    rates: FloatArray
    seen: Mapping[tuple[int, int], float]
    total: float

    def sampled(self, response: Response, rng: np.random.Generator) -> FloatArray:
        """Revenue a day that these days may show by position, (D, n)."""
        units = response.simulate(self.layout, self.rates, self.days, rng)
        return np.asarray(units * self.layout.price / self.days)


def stretch(response: Response, history: SiteHistory, plan: Planogram, first: date, last: date) -> Stretch:
    """What the response expects of a plan on these days, in their season and weekdays; and what came."""
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    layout = response.layout(plan)
    month = days.astype("datetime64[M]").astype(int) % 12
    season = response.season[:, month] * response.weekday[weekday_of(days)]
    rates = response.rates(layout, response.draws) * season.mean(axis=1)[layout.category]
    day = as_days(history.daily["day"])
    sold = history.daily[(day >= days[0]) & (day <= days[-1])]
    by_slot = sold.groupby(["row", "column"])["revenue"].sum() / len(days)
    seen = {(int(r), int(c)): float(v) for (r, c), v in by_slot.items()}
    return Stretch(plan, len(days), layout, rates, seen, float(sold["revenue"].sum()) / len(days))


def replay(histories: Sequence[SiteHistory], catalog: Catalog) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(one row a reset: the whole machine; one row a changed slot). Each with the change of revenue a day
    that was ``expected``, its interval ``low`` to ``high`` with the chance of counts on both sides, and
    the change ``seen``; machines also with the same from what was seen before (``level``…)."""
    machines, slots = [], []
    found = list(resets(histories))
    for day in sorted({r.day for r in found}):
        fit = fit_fleet([h for h in (until(h, day) for h in histories) if h.periods], catalog)
        for reset in (r for r in found if r.day == day):
            response = fit.response(reset.history.site_id, DRAWS, catalog=catalog)
            machine, changed = _replayed(response, reset)
            machines.append(machine)
            slots.extend(changed)
    return pd.DataFrame(machines), pd.DataFrame(slots)


def _replayed(response: Response, reset: Reset) -> tuple[dict[str, object], list[dict[str, object]]]:
    before, after = _stretches(response, reset)
    rng = np.random.default_rng([reset.history.site_id, reset.day.toordinal()])
    old, new = before.sampled(response, rng), after.sampled(response, rng)
    changes = changed_slots(before.plan, after.plan)
    about: dict[str, object] = {"site": reset.history.site_id, "day": reset.day, "days": after.days}
    seen = after.total - before.total
    machine = {
        **about, "slots": len(changes), "before": before.total, "seen": seen,
        **_interval(_money(after).sum(axis=1) - _money(before).sum(axis=1), new.sum(axis=1) - old.sum(axis=1)),
        **_interval(_money(after).sum(axis=1) - before.total, new.sum(axis=1) - before.total, "level_"),
    }
    rows = []
    for slot, kind in changes.items():
        at = [_of_slot(values, stretch, slot) for values, stretch in (
            (old, before), (new, after), (_money(before), before), (_money(after), after)
        )]
        rows.append({
            **about, "slot": slot, "kind": kind, "before": before.seen.get(slot, 0.0),
            "seen": after.seen.get(slot, 0.0) - before.seen.get(slot, 0.0),
            **_interval(at[3] - at[2], at[1] - at[0]),
            **_interval(at[3] - before.seen.get(slot, 0.0), at[1] - before.seen.get(slot, 0.0), "level_"),
        })
    return machine, rows


def _stretches(response: Response, reset: Reset) -> tuple[Stretch, Stretch]:
    day = timedelta(1)
    first = max(reset.before.start, reset.before.end - (LONGEST - 1) * day)
    last = min(reset.after.end, reset.after.start + (LONGEST - 1) * day)
    return (
        stretch(response, reset.history, reset.before.plan, first, reset.before.end),
        stretch(response, reset.history, reset.after.plan, reset.after.start, last),
    )


def _money(s: Stretch) -> FloatArray:
    """Expected revenue a day by position, (D, n)."""
    return np.asarray(s.rates * s.layout.price)


def _of_slot(values: FloatArray, s: Stretch, slot: tuple[int, int]) -> FloatArray:
    """The draws of the position at a slot, (D,); 0 where it is empty."""
    for i, p in enumerate(s.plan.positions):
        if (p.row, p.column) == slot:
            return np.asarray(values[:, i])
    return np.zeros(len(values))


def _interval(expected: FloatArray, sampled: FloatArray, prefix: str = "") -> dict[str, object]:
    low, high = np.quantile(sampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {f"{prefix}expected": float(expected.mean()), f"{prefix}low": low, f"{prefix}high": high}


def changed_slots(before: Planogram, after: Planogram) -> dict[tuple[int, int], str]:
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
