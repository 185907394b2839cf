"""What trees see of a week ahead: the methods, late sales, what is known ahead, of it and of its site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.forecast.methods import Evidence
from core.forecast.panel import FloatArray, IntArray, sums
from core.forecast.profiles import Feature

LAG_WEEKS = (1, 4, 13)
USUAL_WEEKS = 8
OWN_UNITS, GROUP_UNITS = 0.5, 2.0
"""Units added to sold and expected before their ratio's logarithm, of a series and of a group."""


@dataclass(frozen=True, eq=False)
class View:
    """A panel as seen from one origin.

    ``level`` (S, M) by each method, ``past`` evidence · ``due`` (S, reach) of the steps ahead, without
    the effects of prices, and ``units`` sold in them · ``sold``, ``expected_share`` (S, T) units and exposure
    × profile of all steps, of which those before the origin are looked at · ``price`` (1 or S, T + H) the
    factor of prices and promotions · ``standing`` (S,) 1 where it stands there at the origin, else 0.
    """

    origin: int
    level: FloatArray
    past: Evidence
    due: FloatArray
    units: FloatArray
    site: IntArray
    product: IntArray
    sold: FloatArray
    expected_share: FloatArray
    price: FloatArray
    standing: FloatArray


def weeks_of(values: FloatArray, week: int) -> FloatArray:
    """Sums of (S, reach) over weeks, the last one as it is, (S, W)."""
    return np.add.reduceat(values, np.arange(0, values.shape[1], week), axis=1)


def table(view: View, features: Sequence[Feature], week: int) -> FloatArray:
    """What trees see: (S, W, F)."""
    level = np.maximum(view.level, 1e-6)
    base = level.mean(axis=1)
    fixed = [np.log(base), *np.log(level[:, ::2] / base[:, None]).T, np.log1p(view.past.all_sold),
             np.log(_total(view.site, base)), np.log(_total(view.product, base)), *_lags(view, base, week)]
    shape = (len(base), -(-view.due.shape[1] // week))
    columns = [x[:, None] for x in fixed]
    columns.append(np.arange(shape[1])[None])
    columns += _lifts(view, base, week)
    columns += _known(view, features, week)
    return np.stack([np.broadcast_to(x, shape) for x in columns], axis=2).astype(np.float32)


def _lags(view: View, base: FloatArray, week: int) -> list[FloatArray]:
    """Logarithm of sold over expected (S,) in the last weeks: of the series, its site and its product."""
    found = []
    for weeks in LAG_WEEKS:
        past = slice(max(view.origin - weeks * week, 0), view.origin)
        sold = view.sold[:, past].sum(axis=1, dtype=np.float64)
        expected = base * view.expected_share[:, past].sum(axis=1, dtype=np.float64)
        found.append(np.log((sold + OWN_UNITS) / (expected + OWN_UNITS)))
        for code in (view.site, view.product):
            group = (_total(code, sold) + GROUP_UNITS) / (_total(code, expected) + GROUP_UNITS)
            found.append(np.log(group))
    return found


def _lifts(view: View, base: FloatArray, week: int) -> list[FloatArray]:
    """What the regression makes of the prices of each week ahead and of the week before it, of the series
    and of all that stands at its site (S, W): customers who take one product leave another."""
    reach = view.due.shape[1]
    last = _means(view.price[:, max(view.origin - week, 0) : view.origin], week)[:, -1:]
    own = _means(view.price[:, view.origin : view.origin + reach], week)
    own = np.broadcast_to(np.concatenate([last, own], axis=1), (len(base), own.shape[1] + 1))
    weight = (base * view.standing)[:, None]
    size = int(view.site.max(initial=0)) + 1
    total = [sums(view.site, column, size) for column in (own * weight).T]
    there = (np.stack(total, axis=1) / (sums(view.site, weight[:, 0], size)[:, None] + 1e-9))[view.site]
    own, there = np.log(own), np.log(np.maximum(there, 1e-6))
    return [own[:, 1:], there[:, 1:], own[:, 1:] - there[:, 1:],
            own[:, :1], there[:, :1], own[:, :-1], there[:, :-1]]


def _known(view: View, features: Sequence[Feature], week: int) -> list[FloatArray]:
    """Each feature but the weekdays in the weeks ahead, and against its mean of the weeks before."""
    ahead = slice(view.origin, view.origin + view.due.shape[1])
    before = slice(max(view.origin - USUAL_WEEKS * week, 0), view.origin)
    found = []
    for feature in features:
        if feature.factor == "weekday":
            continue
        here = _means(feature.values[:, ahead], week)
        found += [here, here - feature.values[:, before].mean(axis=1, keepdims=True)]
    return found


def _means(values: FloatArray, week: int) -> FloatArray:
    return weeks_of(values, week) / np.diff([*range(0, values.shape[1], week), values.shape[1]])


def _total(code: IntArray, base: FloatArray) -> FloatArray:
    return sums(code, base, int(code.max(initial=0)) + 1)[code]
