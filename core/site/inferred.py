"""Stockouts that nobody recorded: a run of days without a sale that the rate makes improbable.

Each series is in stock or out. Out of stock it sells nothing; in stock a day without a sale has the
probability (1 + v·λ)^(−1/v) of a negative binomial with the day's mean λ: the series' own rate, times what
the day is worth by weekday, times how the other products of the place did that day (a closed school
sells nothing of anything). The probability of being out is that of a hidden Markov chain (Baum and Petrie
1966), forward and backward over the days, all series at once.

False alarms are kept in check: of the runs without a sale only those count that had a chance of one in
twenty to last so long. The rate is estimated from the days in stock and so in turn with the probabilities.
Slots that sell a unit every other day say little of single days; it is for runs that outlast them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.site.response import BoolArray
from core.site.zones import FloatArray, IntArray

NOISE = 0.25
"""v: somewhat more than demand shows, so that a quiet spell passes for one."""
RUNS_OUT, RECORDING = 0.01, 0.25
"""Chance a day that a series of high demand is found empty in the morning, and the share of that which goes
unseen where the source records stockouts. It falls with the square of slow demand: a coil lasts until the
next visit."""
REFILLED = 0.45
ALARM = 0.05
ROUNDS = 2
OTHERS_WEIGHT, OWN_WEIGHT = 1.0, 2.0
"""Units that the guess of three days' factor (1) and of a series' rate (its place's mean) are worth."""
RELEVANT = 0.05


def out_probability(
    units: FloatArray, share: FloatArray, recorded: BoolArray, site: IntArray | None = None
) -> FloatArray:
    """Probability that a series was out of stock on a day, (S, T).

    ``units`` (S, T) sold · ``share`` (S, T) of an average day that the series stood there, 0 where it did
    not · ``recorded`` (S, T) stockouts that the source tells of, which get 0 here · ``site`` (S,) labels of
    the places, one place where not given.
    """
    label = np.zeros(len(units), np.int64) if site is None else np.unique(site, return_inverse=True)[1]
    silent = (share > 0) & ~recorded
    out = np.zeros(units.shape)
    if not silent.any():
        return out
    recording = np.bincount(label, recorded.any(axis=1)) > 0
    for _ in range(ROUNDS):
        expected = _expected(units, np.where(silent, share, 0.0) * (1.0 - out), share, label)
        empty = np.where(silent & (units <= 0), -np.log1p(NOISE * expected) / NOISE, 0.0)
        usual = (expected.sum(axis=1) / np.maximum((share > 0).sum(axis=1), 1)) ** 2
        start = np.where(recording[label], RECORDING, 1.0) * RUNS_OUT * usual / (1.0 + usual)
        long = _improbable(empty, units, silent)
        told = long.any(axis=1)
        out = np.zeros(units.shape)
        out[told] = _smoothed(empty[told], units[told], silent[told], start[told]) * long[told]
    return np.where(out >= RELEVANT, out, 0.0)


def _expected(units: FloatArray, known: FloatArray, share: FloatArray, label: IntArray) -> FloatArray:
    """Mean of each series and day in stock: rate × share × how the others of the place did, (S, T)."""
    member = np.eye(int(label.max()) + 1)[label]
    seen, days = (units * (known > 0)).sum(axis=1), known.sum(axis=1)
    place = (member.T @ seen) / np.maximum(member.T @ days, 1e-9)
    usual = np.maximum(place[label], 1e-9)
    rate = (seen + OWN_WEIGHT) / (days + OWN_WEIGHT / usual)
    plain = rate[:, None] * known
    sold = units * (known > 0)
    others, wanted = (_three_days(member @ (member.T @ x) - x) for x in (sold, plain))
    return np.asarray(rate[:, None] * share * (others + OTHERS_WEIGHT) / (wanted + OTHERS_WEIGHT))


def _three_days(values: FloatArray) -> FloatArray:
    """Sums of each day with its neighbors, (S, T)."""
    padded = np.pad(values, ((0, 0), (1, 1)))
    return np.asarray(padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:])


def _smoothed(empty: FloatArray, units: FloatArray, there: BoolArray, start: FloatArray) -> FloatArray:
    """Posterior probability of being out, from the log probabilities ``empty`` of days without a sale in
    stock; where the series does not stand it begins anew, in stock. ``behind``: how much likelier what comes
    after a day is for one that was out on it than for one in stock."""
    odds = np.where(there & (units <= 0), np.exp(np.minimum(-empty, 50.0)), 0.0).T.copy()
    present = there.T.astype(np.float64)
    ahead, behind = np.empty(odds.shape), np.empty(odds.shape)
    out = np.zeros(len(start))
    for t in range(len(odds)):
        prior = start + out * (1.0 - REFILLED - start)
        weight = prior * odds[t]
        out = present[t] * weight / (weight + (1.0 - prior))
        ahead[t] = out
    later = np.ones(len(start))
    for t in range(len(odds) - 1, -1, -1):
        behind[t] = later
        likely = odds[t] * later
        later = (REFILLED + (1.0 - REFILLED) * likely) / (1.0 - start + start * likely)
        later += (1.0 - present[t]) * (1.0 - later)
    weighed = ahead * behind
    return np.asarray((weighed / (weighed + 1.0 - ahead + 1e-300)).T)


@dataclass(frozen=True, eq=False)
class _Runs:
    """Runs of days without a sale: the ``of_day`` (S, T) run, −1 for none, and of each run the log
    probability ``chance`` of its days after the first."""

    of_day: IntArray
    chance: FloatArray


def _runs(empty: FloatArray, quiet: BoolArray) -> _Runs:
    begins = quiet.copy()
    begins[:, 1:] &= ~quiet[:, :-1]
    number = np.cumsum(begins).reshape(begins.shape) - 1
    of_day = np.where(quiet, number, -1)
    later = quiet & ~begins
    return _Runs(of_day, np.asarray(np.bincount(of_day[later], empty[later], int(begins.sum()))))


def _improbable(empty: FloatArray, units: FloatArray, there: BoolArray) -> BoolArray:
    """Days of runs that are too long for chance, (S, T)."""
    runs = _runs(empty, there & (units <= 0))
    if not len(runs.chance):
        return np.zeros(units.shape, bool)
    kept = runs.chance <= np.log(ALARM)
    return np.asarray(np.where(runs.of_day >= 0, kept[runs.of_day], False))
