"""Where the volume allows a promise: totals of at least 200 units a week, weekly units and monthly revenue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.forecast.panel import FloatArray, IntArray
from tests.backtest import scores
from tests.backtest.cases import Case
from tests.backtest.rolling import Answer, standing_at

LEAST_WEEKLY_UNITS = 200.0
WEEKS = 4


def by_volume(
    case: Case, given: Mapping[str, Mapping[int, Answer]], judged: Sequence[int]
) -> pd.DataFrame:
    """One row a level and contestant: groups that reached 200 units a week in the eight weeks before the
    first of the ``judged`` origins. Weekly WAPE and R² over all groups, origins and the four weeks ahead;
    MAPE of the revenue of four weeks at the prices of those weeks."""
    rows = []
    for noun, label in _levels(case).items():
        large = _weekly_mean(case, label, judged[0]) >= LEAST_WEEKLY_UNITS
        if not large.any():
            continue
        for name, answers in given.items():
            if len(next(iter(answers.values())).mean) != len(case.site):
                continue
            weeks, money = [], []
            for origin in judged:
                found = _origin(case, label, answers[origin].mean, origin)
                weeks.append([part[large].reshape(-1) for part in found[:2]])
                money.append([part[large] for part in found[2:]])
            forecast, actual = np.concatenate(weeks, axis=1)
            earned, revenue = np.concatenate(money, axis=1)
            here, paid = actual > 0, revenue > 0
            rows.append(
                {
                    "level": noun,
                    "groups": int(large.sum()),
                    "units a week": float(actual[here].mean()),
                    "contestant": name,
                    "wape": scores.wape(forecast[here], actual[here]),
                    "r2": scores.r_squared(forecast[here], actual[here]) if large.sum() > 1 else np.nan,
                    "bias": scores.bias(forecast[here], actual[here]),
                    "revenue mape": float(np.abs(earned[paid] / revenue[paid] - 1).mean()),
                    "revenue r2": scores.r_squared(earned[paid], revenue[paid]) if large.sum() > 1 else np.nan,
                    "floor": scores.noise_floor(actual[here], case.purchase),
                }
            )
    return pd.DataFrame(rows)


def _levels(case: Case) -> dict[str, IntArray]:
    found = {f"all {case.site_noun}s": np.zeros(len(case.site), np.int64), case.site_noun: case.site}
    return found if case.changing else found | {f"{case.product_noun} in all {case.site_noun}s": case.product}


def _sums(label: IntArray, values: FloatArray) -> FloatArray:
    total = np.zeros((int(label.max()) + 1, *values.shape[1:]))
    np.add.at(total, label, values)
    return total


def _weekly_mean(case: Case, label: IntArray, origin: int) -> FloatArray:
    """Units a week of each group over the eight weeks before."""
    first = max(origin - 8 * case.week, 0)
    return _sums(label, case.units[:, first:origin] * case.known[:, first:origin]).mean(axis=1) * case.week


def _origin(case: Case, label: IntArray, mean: FloatArray, origin: int) -> tuple[FloatArray, ...]:
    """Weekly forecast and actual (groups, 4), revenue of all four weeks forecast and actual (groups,)."""
    at = slice(origin, origin + WEEKS * case.week)
    known = case.known[:, at]
    forecast = mean[:, : WEEKS * case.week] * known * standing_at(case, origin)[:, None]
    actual, price = case.units[:, at] * known, case.prices[:, at]
    weekly = [
        _sums(label, part).reshape(-1, WEEKS, case.week).sum(axis=2) for part in (forecast, actual)
    ]
    return (*weekly, *(_sums(label, part * price).sum(axis=1) for part in (forecast, actual)))
