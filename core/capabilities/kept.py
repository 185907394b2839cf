"""Kept forecasts with what came true, ready to be judged: one row a span, with its verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.capabilities.accuracy import Judged
from core.forecast.counts import Counts
from core.forecast.panel import BoolArray, FloatArray

LEAST_AVAILABLE = 0.5
"""A span of which less was in stock says little about the forecast."""
WEEK = 7
FAST, SLOW = 7.0, 1.0
VOLUMES = ("A unit a day or more", "1 to 7 units a week", "Less than one a week")


@dataclass(frozen=True, eq=False)
class Kept:
    """Judged spans. ``site_weeks``, ``site_months`` (28 days), ``product_weeks`` and ``product_months``:
    columns run_id, site_id (product_id), day, origin (the first day forecast by the run), lead (weeks ahead,
    from 1), version, replayed, expected, variance, actual, naive, scale, pit. Days count from 1970-01-01.

    ``newest``: the last day that any of them covers, None where nothing can be judged yet.
    """

    site_weeks: pd.DataFrame
    site_months: pd.DataFrame
    product_weeks: pd.DataFrame
    product_months: pd.DataFrame

    @property
    def newest(self) -> int | None:
        weeks = self.site_weeks
        return None if weeks.empty else int(weeks["day"].max()) + WEEK - 1


def with_verdict(rows: pd.DataFrame, runs: pd.DataFrame, share: FloatArray) -> pd.DataFrame:
    """Rows as the store keeps them, in the form of ``Kept``. ``share`` (n,): how much of the expected units
    could be sold; what is said of the whole span shrinks with it. ``runs``: run_id, origin, version,
    replayed."""
    frame = rows.assign(share=share)
    frame = frame[frame["share"] >= LEAST_AVAILABLE].merge(runs, on="run_id")
    part = frame.pop("share").to_numpy()
    for name in ("expected", "variance", "naive", "scale"):
        frame[name] = frame[name].to_numpy() * part
    frame["lead"] = (frame["day"] - frame["origin"]) // WEEK + 1
    counts = Counts(frame["expected"].to_numpy(), frame["variance"].to_numpy())
    frame["pit"] = counts.pit(frame["actual"].to_numpy(np.float64), _draws(frame))
    return frame.drop(columns=[c for c in ("available", "stocked") if c in frame]).reset_index(drop=True)


def judged_rows(frame: pd.DataFrame) -> Judged:
    """The rows of a ``Kept`` frame as arrays; what errs together is a site."""
    names = ("expected", "variance", "actual", "naive", "scale", "pit")
    values = {name: frame[name].to_numpy(np.float64) for name in names}
    return Judged(**values, cluster=frame["site_id"].to_numpy(np.int64))


def volume_class(frame: pd.DataFrame, days: int) -> NDArray[np.int64]:
    """The place in ``VOLUMES`` of each row, by the units expected a week."""
    weekly = frame["expected"].to_numpy() * WEEK / days
    return np.where(weekly >= FAST, 0, np.where(weekly >= SLOW, 1, 2)).astype(np.int64)


def spaced(origins: NDArray[np.int64]) -> BoolArray:
    """Which of a run's origins to judge so that they lie a week or more apart, newest first, (n,)."""
    keep = np.zeros(len(origins), bool)
    last = None
    for i in np.argsort(-origins, kind="stable"):
        if last is None or last - origins[i] >= WEEK:
            keep[i], last = True, int(origins[i])
    return keep


def _draws(frame: pd.DataFrame) -> FloatArray:
    """A fixed uniform number for each row, told by its keys, so that a filter never changes a verdict."""
    mixed = np.zeros(len(frame), np.uint64)
    for name in ("run_id", "site_id", "product_id", "day"):
        if name in frame:
            mixed = (mixed + frame[name].to_numpy().astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
