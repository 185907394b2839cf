"""From a long table of sales to a panel: duplicates summed, returns netted, gaps filled, moves told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.calendar import DEFAULT_COUNTRY, is_holiday
from core.errors import BadInput
from core.forecast.panel import BoolArray, FloatArray, IntArray, Panel, codes

KEYS = ["site", "product"]
REQUIRED = ("site", "product", "day", "units")


@dataclass(frozen=True, slots=True)
class CleaningReport:
    """What ``clean`` found: rows read, rows without a usable day or number of units (left out), rows that
    repeat another's day (summed), units returned (netted), days on which more came back than went (taken
    from the days before)."""

    rows: int
    unusable: int
    repeated: int
    returned: float
    days_below_zero: int


def clean(
    frame: pd.DataFrame, step_days: int = 1, start: date | None = None
) -> tuple[pd.DataFrame, CleaningReport]:
    """One row a site, product and step with units of at least 0, sorted; and what had to be done for it.
    Steps are counted from ``start``, by default the first day.

    ``frame``: site, product, day, units; where given ``machine`` (a machine that stands at another site is
    another series), ``stockout``, ``exposure`` (0–1), ``price``, ``category``, ``venue``, ``prior_rate``.
    Raises BadInput where a needed column is missing.
    """
    missing = [name for name in REQUIRED if name not in frame.columns]
    if missing:
        raise BadInput(
            f"The table of sales has no column “{missing[0]}”.", f"Columns needed: {', '.join(REQUIRED)}."
        )
    table = frame.assign(
        day=pd.to_datetime(frame["day"], errors="coerce", format="mixed").dt.normalize(),
        units=pd.to_numeric(frame["units"], errors="coerce").replace([np.inf, -np.inf], np.nan),
    )
    usable = table[["day", "units", *KEYS]].notna().all(axis=1)
    table = table[usable]
    keys = _series_keys(table)
    repeated = int(table.duplicated([*keys, "day"]).sum())
    returned = float(-table["units"].clip(upper=0).sum())
    if step_days > 1 and len(table):
        since = (table["day"] - (pd.Timestamp(start) if start else table["day"].min())).dt.days
        table = table.assign(day=table["day"] - pd.to_timedelta(since % step_days, unit="D"))
    rules = {"units": "sum", "stockout": "max", "exposure": "mean", "price": "mean"}
    rules |= dict.fromkeys(("category", "venue", "prior_rate"), "last")
    rules = {name: rule for name, rule in rules.items() if name in table.columns}
    daily = table.groupby([*keys, "day"], sort=True, as_index=False).agg(rules)
    below = int((daily["units"] < 0).sum())
    if below:
        daily["units"] = _netted(daily, keys)
    return daily, CleaningReport(len(frame), int((~usable).sum()), repeated, returned, below)


def panel_of(
    frame: pd.DataFrame,
    *,
    step_days: int = 1,
    start: date | None = None,
    end: date | None = None,
    standing: pd.DataFrame | None = None,
    inputs: Mapping[str, FloatArray] | None = None,
    horizon: int = 92,
    country: str | None = DEFAULT_COUNTRY,
) -> Panel:
    """The panel of a long table (columns as for ``clean``), series sorted by (machine,) site and product.

    ``start``, ``end`` (not included): the days that the table covers; by default its own. A product stands
    at its site from its first row to the site's last, or as ``standing`` (site, product, first, last: both
    days included, several rows a product allowed) says; missing days in between sold nothing, and outside
    of it the exposure is 0. A series named by ``standing`` alone sold nothing. ``inputs`` as Panel's, in
    the panel's order; holidays of ``country`` are added for steps of a day, over ``horizon`` steps more.
    Labels that are not whole numbers are numbered in sorted order. Raises BadInput as ``clean``.
    """
    daily, _ = clean(frame, step_days, start)
    keys = _series_keys(daily)
    names = daily[keys]
    if standing is not None:
        names = pd.concat([names, standing[keys]], ignore_index=True)
    series = names.drop_duplicates().sort_values(keys).reset_index(drop=True)
    first, steps = _period(daily, standing, start, end, step_days)
    number = pd.MultiIndex.from_frame(series)
    s = _places(number, daily)
    t = ((daily["day"] - pd.Timestamp(first)).dt.days // step_days).to_numpy(np.int64)
    inside = np.asarray((t >= 0) & (t < steps), bool)
    daily, s, t = daily[inside], s[inside], t[inside]
    shape, site = (len(series), steps), _codes(series, [key for key in keys if key != "product"])
    if standing is None:
        exposure = _stood(s, t, shape, codes(site)[0])
    else:
        exposure = _stood_as(standing, number, first, step_days, shape)
        exposure[s, t] = 1.0
    units, exposure, censored = _sold(daily, s, t, exposure)
    return Panel(
        start=first, units=units, exposure=exposure, censored=censored,
        site=site, product=_codes(series, ["product"]),
        category=_label(daily, s, len(series), "category"), venue=_label(daily, s, len(series), "venue"),
        price=_last(daily, s, len(series), "price", 0.0),
        prior_rate=_last(daily, s, len(series), "prior_rate", np.nan), step_days=step_days,
        inputs=_with_holidays(inputs or {}, first, steps + horizon, country if step_days == 1 else None),
    )


def _sold(
    daily: pd.DataFrame, s: IntArray, t: IntArray, stood: FloatArray
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Units, exposure and whether it sold out, (S, T), of the rows at ``s``, ``t``; elsewhere nothing was
    sold and the exposure is as ``stood`` says."""
    units, censored, exposure = np.zeros(stood.shape, np.float32), np.zeros(stood.shape, bool), stood.copy()
    units[s, t] = daily["units"]
    if "stockout" in daily:
        censored[s, t] = daily["stockout"].fillna(0).astype(bool)
    if "exposure" in daily:
        exposure[s, t] = daily["exposure"].fillna(1.0).clip(0, 1)
    return units, exposure, censored


def _with_holidays(
    inputs: Mapping[str, FloatArray], first: date, steps: int, country: str | None
) -> Mapping[str, FloatArray]:
    """The inputs, and where a country is given and they know none, its holidays over ``steps`` days."""
    if not country or "holiday" in inputs:
        return dict(inputs)
    days = np.datetime64(first) + np.arange(steps)
    return {**inputs, "holiday": is_holiday(days, country)[None].astype(np.float32)}


def _series_keys(frame: pd.DataFrame) -> list[str]:
    return ["machine", *KEYS] if "machine" in frame.columns else KEYS


def _netted(daily: pd.DataFrame, keys: list[str]) -> FloatArray:
    """Units with what came back taken from the sales before it, else from those after; at least 0.

    The running total of what stays sold never falls: its greatest lower bound from the right.
    """
    total = daily.groupby(keys)["units"].cumsum().clip(lower=0)
    reverse = total[::-1].groupby([daily[key][::-1] for key in keys]).cummin()[::-1]
    return np.asarray(reverse.groupby([daily[key] for key in keys]).diff().fillna(reverse).to_numpy())


def _period(
    daily: pd.DataFrame, standing: pd.DataFrame | None, start: date | None, end: date | None, step_days: int
) -> tuple[date, int]:
    if not len(daily) and (start is None or end is None):
        raise BadInput("The table of sales has no usable row.", "Give a table with at least one sale.")
    first = start or daily["day"].min().date()
    after = end or daily["day"].max().date() + timedelta(days=step_days)
    return first, max(-(-(after - first).days // step_days), 1)


def _stood(s: IntArray, t: IntArray, shape: tuple[int, int], site: IntArray) -> FloatArray:
    """1 from a series' first row to its site's last."""
    opened = np.full(shape[0], shape[1])
    np.minimum.at(opened, s, t)
    closed = np.full(int(site.max(initial=0)) + 1, -1)
    np.maximum.at(closed, site[s], t)
    step = np.arange(shape[1])
    return ((step >= opened[:, None]) & (step <= closed[site][:, None])).astype(np.float32)


def _stood_as(
    standing: pd.DataFrame, number: pd.MultiIndex, first: date, step_days: int, shape: tuple[int, int]
) -> FloatArray:
    s = _places(number, standing)
    zero = pd.Timestamp(first)
    opened = ((pd.to_datetime(standing["first"]) - zero).dt.days // step_days).to_numpy()
    closed = ((pd.to_datetime(standing["last"]) - zero).dt.days // step_days).to_numpy()
    edges = np.zeros((shape[0], shape[1] + 1), np.int32)
    np.add.at(edges, (s, np.clip(opened, 0, shape[1])), 1)
    np.add.at(edges, (s, np.clip(closed + 1, 0, shape[1])), -1)
    return (edges.cumsum(axis=1)[:, :-1] > 0).astype(np.float32)


def _places(number: pd.MultiIndex, frame: pd.DataFrame) -> IntArray:
    rows = pd.MultiIndex.from_frame(frame[list(number.names)])
    return np.asarray(number.get_indexer(rows), np.int64)


def _codes(series: pd.DataFrame, columns: list[str]) -> IntArray:
    """Labels of the series: the numbers themselves, or places in sorted order."""
    if len(columns) == 1 and pd.api.types.is_integer_dtype(series[columns[0]]):
        return series[columns[0]].to_numpy(np.int64)
    return np.asarray(series.groupby(columns, sort=True).ngroup(), np.int64)


def _label(daily: pd.DataFrame, s: IntArray, size: int, column: str) -> IntArray:
    if column not in daily.columns:
        return np.zeros(size, np.int64)
    values = daily[column]
    if pd.api.types.is_integer_dtype(values):
        code = values.to_numpy(np.int64)
    else:
        code = np.asarray(pd.factorize(values.astype(str), sort=True)[0], np.int64)
    label = np.zeros(size, np.int64)
    label[s] = code
    return label


def _last(daily: pd.DataFrame, s: IntArray, size: int, column: str, default: float) -> FloatArray:
    value = np.full(size, default)
    if column in daily.columns:
        found: BoolArray = daily[column].notna().to_numpy()
        value[s[found]] = daily[column].to_numpy(np.float64)[found]
    return value
