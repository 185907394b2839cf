"""How good the forecasts have been, as one answer: over time, by class, how honest, what drifts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from core.capabilities.accuracy import (
    CURVE,
    Scores,
    by_group,
    calibration,
    pit_histogram,
    score,
)
from core.capabilities.drift import normal_scores, scan, stability
from core.capabilities.kept import VOLUMES, WEEK, Kept, judged_rows, volume_class
from core.forecast.panel import FloatArray, IntArray

EPOCH = date(1970, 1, 1)
Grain = Literal["place", "product", "month"]
Grouping = Literal["volume", "category", "venue", "ahead", "version", "place"]
Kind = Literal["fleet", "venue", "place", "category", "spread"]
RECENT_WEEKS = 4
TOGETHER = 3
"""Places of one kind that begin to lean in the same week, the same way, are told as one."""
FLEET_ALARM = 0.01


@dataclass(frozen=True, slots=True)
class Labels:
    """Names to judge by: site → name and venue type, product → name and category."""

    sites: Mapping[int, str]
    venues: Mapping[int, str]
    products: Mapping[int, str]
    categories: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """What to judge: ``grain`` a place's week, a product's week or a product's 28 days · ``weeks`` back from
    the newest judged day, 0 all · ``lead`` weeks ahead, 0 all · ``among`` a venue type, category or volume
    class, empty all · ``version`` of the model, empty all."""

    grain: Grain = "place"
    weeks: int = 12
    lead: int = 1
    among: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class WeekScores:
    """The scores of the spans that began on ``week``."""

    week: date
    scores: Scores


@dataclass(frozen=True, slots=True)
class Drifting:
    """Something that began to lean: ``name`` (empty: all places together; of a kind of place, what kind),
    the first day of it and of what came after (None: it goes on), ``percent`` more or less than expected
    meanwhile, the chance ``p`` of as much without drift; ``members``: the places that do it together."""

    kind: Kind
    name: str
    since: date
    until: date | None
    percent: float
    p: float
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drift:
    """What leans or has leaned, what still does first; ``shift`` the stability index of the spread of errors
    in the last four weeks, None with too few."""

    found: tuple[Drifting, ...]
    shift: float | None

    @property
    def now(self) -> tuple[Drifting, ...]:
        return tuple(d for d in self.found if d.until is None)


@dataclass(frozen=True, eq=False)
class ModelCheck:
    """``scores`` of the choice, ``over_time`` its weeks, ``levels`` and ``held`` (with standard errors) the
    calibration curve, ``pit`` its histogram."""

    choice: Choice
    scores: Scores | None
    over_time: tuple[WeekScores, ...]
    levels: FloatArray
    held: FloatArray
    held_error: FloatArray
    pit: FloatArray


def choices(kept: Kept, labels: Labels, grain: Grain) -> list[str]:
    """What ``Choice.among`` can be for a grain."""
    venues = sorted({labels.venues.get(s, "") for s in kept.site_weeks["site_id"].unique()} - {""})
    if grain == "place":
        return venues
    found = kept.product_weeks["product_id"].unique()
    return [*VOLUMES, *sorted({labels.categories.get(p, "") for p in found} - {""}), *venues]


def check(kept: Kept, labels: Labels, choice: Choice) -> ModelCheck:
    """Judge what was chosen."""
    rows = select(kept, labels, choice)
    judged = judged_rows(rows)
    held, error = calibration(judged)
    by_week = by_group(judged, rows["day"].to_numpy(np.int64))
    return ModelCheck(
        choice, score(judged), tuple(WeekScores(_day(day), s) for day, s in sorted(by_week.items())),
        np.array(CURVE), held, error, pit_histogram(judged.pit),
    )


def select(kept: Kept, labels: Labels, choice: Choice) -> pd.DataFrame:
    """The judged spans of a choice."""
    rows = grains(kept)[choice.grain]
    wanted = np.ones(len(rows), bool)
    if choice.weeks and kept.newest is not None:
        wanted &= rows["day"].to_numpy() > kept.newest - choice.weeks * WEEK
    if choice.lead and choice.grain != "month":
        wanted &= rows["lead"].to_numpy() == choice.lead
    if choice.version:
        wanted &= (rows["version"] == choice.version).to_numpy(bool)
    if choice.among in VOLUMES:
        days = 4 * WEEK if choice.grain == "month" else WEEK
        wanted &= volume_class(rows, days) == VOLUMES.index(choice.among)
    elif choice.among:
        here = (rows["site_id"].map(labels.venues) == choice.among).to_numpy(bool)
        if choice.grain != "place":
            here |= (rows["product_id"].map(labels.categories) == choice.among).to_numpy(bool)
        wanted &= here
    return rows.loc[wanted]


def grains(kept: Kept) -> dict[Grain, pd.DataFrame]:
    """The judged spans of each grain."""
    return {"place": kept.site_weeks, "product": kept.product_weeks, "month": kept.product_months}


def by_class(kept: Kept, labels: Labels, choice: Choice, grouping: Grouping) -> dict[str, Scores]:
    """Scores of each class of the chosen spans, in the classes' own order, the largest first else."""
    if grouping == "ahead":
        rows = select(kept, labels, Choice(choice.grain, choice.weeks, 0, choice.among, choice.version))
        codes, names = rows["lead"].to_numpy(np.int64), {k: f"{k} weeks ahead" for k in range(2, 9)}
        names[1] = "1 week ahead"
    elif grouping == "volume":
        rows = select(kept, labels, choice)
        codes = volume_class(rows, 4 * WEEK if choice.grain == "month" else WEEK)
        names = dict(enumerate(VOLUMES))
    elif grouping == "version":
        rows = select(kept, labels, Choice(choice.grain, choice.weeks, choice.lead, choice.among))
        codes, found = pd.factorize(rows["version"], sort=True)
        names = dict(enumerate(map(str, found)))
    else:
        rows = select(kept, labels, choice)
        key, told = {"venue": ("site_id", labels.venues), "place": ("site_id", labels.sites),
                     "category": ("product_id", labels.categories)}[grouping]
        codes, found = pd.factorize(rows[key].map(told).fillna("not known"), sort=True)
        names = dict(enumerate(map(str, found)))
    scores = by_group(judged_rows(rows), np.asarray(codes, np.int64))
    ordered = sorted(scores) if grouping in ("ahead", "volume", "version") else sorted(
        scores, key=lambda code: -scores[code].units)
    return {names[code]: scores[code] for code in ordered}


def drift_of(kept: Kept, labels: Labels) -> Drift:
    """What leans, and whether errors are spread as before."""
    return Drift(drifting(kept, labels), shift(kept))


def drifting(kept: Kept, labels: Labels) -> tuple[Drifting, ...]:
    """What has begun to lean in the weeks ahead by one, the newest first; empty where nothing did."""
    weeks = kept.site_weeks[kept.site_weeks["lead"] == 1]
    if weeks.empty:
        return ()
    days = np.sort(weeks["day"].unique())
    found = [*_fleet(weeks, days), *_places(weeks, days, labels)]
    products = kept.product_weeks[kept.product_weeks["lead"] == 1]
    found += _categories(products, days, labels.categories)
    return tuple(sorted(found, key=lambda d: (d.until is not None, d.kind != "fleet", d.p, -abs(d.percent))))


def shift(kept: Kept) -> float | None:
    """The population stability index of the products' transforms, the last four weeks against those before;
    None with too few of either."""
    rows = kept.product_weeks[kept.product_weeks["lead"] == 1]
    if kept.newest is None or rows.empty:
        return None
    recent = rows["day"] > kept.newest - RECENT_WEEKS * WEEK
    before, now = rows.loc[~recent, "pit"].to_numpy(), rows.loc[recent, "pit"].to_numpy()
    if min(len(before), len(now)) < 200:
        return None
    return stability(pit_histogram(before), pit_histogram(now))


def _fleet(weeks: pd.DataFrame, days: IntArray) -> list[Drifting]:
    """All places together: whether they lean, and whether intervals hold less or more than they did."""
    errors = _streams(weeks, "site_id", days)[1]
    found = []
    mean = scan(np.nanmean(errors, axis=0)[None])
    if mean.p[0] < FLEET_ALARM:
        found.append(_told("fleet", "", weeks, days, int(mean.first[0]), int(mean.after[0]), mean.p[0]))
    wide = scan(np.nanmean(np.abs(errors), axis=0)[None] - float(np.nanmean(np.abs(errors))))
    if wide.p[0] < FLEET_ALARM:
        found.append(_told("spread", "", weeks, days, int(wide.first[0]), int(wide.after[0]), wide.p[0]))
    return found


def _places(weeks: pd.DataFrame, days: IntArray, labels: Labels) -> list[Drifting]:
    """Places that lean against what the others do in the same weeks; those that do it together, as one."""
    ids, errors = _streams(weeks, "site_id", days)
    if len(ids) < 2:
        return []
    found = scan(errors - np.nanmedian(errors, axis=0))
    groups: dict[tuple[str, int, bool], list[int]] = {}
    for k in np.flatnonzero(found.found).tolist():
        key = (labels.venues.get(int(ids[k]), ""), int(found.first[k]), bool(found.lean[k] > 0))
        groups.setdefault(key, []).append(k)
    told = []
    for (venue, first, _), members in groups.items():
        parts = [members] if venue and len(members) >= TOGETHER else [[k] for k in members]
        for part in parts:
            rows = weeks[weeks["site_id"].isin(ids[part])]
            names = tuple(sorted(labels.sites.get(int(i), "") for i in ids[part]))
            kind: Kind = "place" if len(part) == 1 else "venue"
            after, p = int(found.after[part].max()), float(found.p[part].min())
            name = names[0] if kind == "place" else venue
            told.append(_told(kind, name, rows, days, first, after, p, names))
    return told


def _categories(products: pd.DataFrame, days: IntArray, names: Mapping[int, str]) -> list[Drifting]:
    """Categories that lean against the others, over all places."""
    rows = products.assign(category=products["product_id"].map(names).fillna(""))
    total = rows.groupby(["category", "day"], as_index=False)[["actual", "expected", "variance"]].sum()
    if total["category"].nunique() < 5:
        return []
    error = np.log(total["actual"].clip(lower=0.5) / total["expected"].clip(lower=0.5))
    noise = np.sqrt(total["variance"]) / total["expected"].clip(lower=0.5)
    total["pit"] = 0.0
    ids, errors = _streams(total.assign(error=error / noise), "category", days, "error")
    found = scan(errors - np.nanmedian(errors, axis=0))
    return [
        _told("category", str(ids[k]), total[total["category"] == ids[k]], days, int(found.first[k]),
              int(found.after[k]), found.p[k])
        for k in np.flatnonzero(found.found)
    ]


def _streams(rows: pd.DataFrame, by: str, days: IntArray, value: str = "") -> tuple[np.ndarray, FloatArray]:
    """Labels (K,) and their standardized errors by week, (K, W), NaN where there is none."""
    error = rows[value].to_numpy() if value else normal_scores(rows["pit"].to_numpy())
    table = rows.assign(error=error).pivot_table(index=by, columns="day", values="error")
    return table.index.to_numpy(), table.reindex(columns=days).to_numpy(np.float64)


def _told(
    kind: Kind, name: str, rows: pd.DataFrame, days: IntArray, first: int, after: int, p: float,
    members: tuple[str, ...] = (),
) -> Drifting:
    meanwhile = rows[(rows["day"] >= days[first]) & (rows["day"] <= days[after - 1])]
    percent = 100.0 * (float(meanwhile["actual"].sum()) / max(float(meanwhile["expected"].sum()), 1e-9) - 1.0)
    until = None if after == len(days) else _day(int(days[after]))
    return Drifting(kind, name, _day(int(days[first])), until, percent, float(p), members)


def _day(day: int) -> date:
    return EPOCH + timedelta(days=int(day))
