"""The pool: methods that say at which level each series goes on, all series at once.

A kernel gives the past weights that fall with age. Two matrix products, units and exposure × profile by
kernels, hold all that the methods need of the history: ``Evidence``. A level is then a gamma-Poisson
posterior mean (Robbins 1956; Gamerman, Rezende dos Santos and Franco 2013 for the discounting): what was sold
over what was due, shrunk to what is expected of the series otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.forecast.panel import FloatArray, IntArray, Panel, codes, sums

WINDOWS = (28, 56)
"""Days of the plain means."""
HALF_LIVES = (7, 14, 28, 56, 112)
"""Days after which an exponentially weighted observation counts half."""
LONG = len(WINDOWS) + HALF_LIVES.index(112)
"""Kernel of the slow level, which the faster methods lean on."""
OWN_UNITS = 2.0
"""Units that the expectation of a series is worth beside its own sales."""
GROUP_UNITS = 20.0
"""The same for the index of a site, product or fleet, whose sales vary together."""
TSB_ALPHA = 0.1

METHODS = (
    *(f"mean of {d} days" for d in WINDOWS),
    *(f"smoothed, half-life {d} days" for d in HALF_LIVES),
    *(f"slow, with the site's last {span}" for span in ("days", "weeks", "months")),
    "slow, with the product's last months", "slow, with site and product",
    "slow, with the section's last weeks",
    "slow, with the fleet's last weeks", "damped trend", "TSB",
)


@dataclass(frozen=True, eq=False)
class Evidence:
    """``sold``, ``due`` (S, K): units, and exposure × profile, weighted by each kernel · ``all_sold``,
    ``all_due`` (S,) of the whole past."""

    sold: FloatArray
    due: FloatArray
    all_sold: FloatArray
    all_due: FloatArray


@dataclass(frozen=True, eq=False)
class Labels:
    """Codes 0 … G−1 of the series and their number, by what they share."""

    site: IntArray
    product: IntArray
    section: IntArray
    """Category within a site."""
    told: FloatArray
    """Units a full step that others expect, NaN where there is none."""

    @staticmethod
    def of(panel: Panel) -> Labels:
        section = panel.site * (int(panel.category.max()) + 1) + panel.category
        return Labels(
            codes(panel.site)[0], codes(panel.product)[0], codes(section)[0],
            np.asarray(panel.prior_rate, np.float64) * panel.step_days,
        )


def evidence(units: FloatArray, due: FloatArray, origins: Sequence[int], step_days: int) -> list[Evidence]:
    """Of each origin: what was known before that step."""
    kernel = np.concatenate([_kernels(units.shape[1], o, step_days) for o in origins], axis=1)
    parts = [np.asarray(x, np.float32) @ kernel for x in (units, due)]
    width = kernel.shape[1] // len(origins)
    sold, stood = (np.split(part.astype(np.float64), len(origins), axis=1) for part in parts)
    return [Evidence(n[:, : width - 1], e[:, : width - 1], n[:, -1], e[:, -1])
            for n, e in zip(sold, stood, strict=True)]


def _kernels(steps: int, origin: int, step_days: int) -> FloatArray:
    age = (origin - 0.5 - np.arange(steps)) * step_days
    past = age > 0
    plain = [past & (age < days) for days in WINDOWS]
    fading = [past * 0.5 ** (np.maximum(age, 0) / days) for days in HALF_LIVES]
    return np.stack([*plain, *fading, past], axis=1).astype(np.float32)


def expected_rate(seen: Evidence, labels: Labels, own_units: float = OWN_UNITS) -> FloatArray:
    """Units a full step expected of each series without its own history (S,): what others say of it, else
    the product elsewhere times what the site and its category sell against others."""
    sold, due = seen.sold[:, LONG], seen.due[:, LONG]
    rate = np.full(len(sold), (sold.sum() + 0.1) / (due.sum() + 1.0))
    for code in (labels.product, labels.site, labels.section, labels.product):
        rate = rate * index(sold, due * rate, code, 10.0)
    return np.asarray(np.where(labels.told > 0, labels.told, rate))


def index(sold: FloatArray, expected: FloatArray, code: IntArray, units: float) -> FloatArray:
    """Sold over expected of each series' group (S,), shrunk to 1 by ``units`` units."""
    size = int(code.max(initial=0)) + 1
    ratio = (sums(code, sold, size) + units) / (sums(code, expected, size) + units)
    return np.asarray(ratio[code])


def levels(seen: Evidence, labels: Labels, chance: FloatArray) -> FloatArray:
    """Levels (S, M) in units a full step, by ``METHODS``. ``chance`` (S,): the level by TSB."""
    prior = expected_rate(seen, labels)
    slow = _posterior(seen, LONG, prior)
    own = [_posterior(seen, k, prior) for k in range(len(WINDOWS))]
    own += [_posterior(seen, len(WINDOWS) + k, slow) for k in range(len(HALF_LIVES))]
    days, weeks, months = (len(WINDOWS) + k for k in (0, 1, 3))

    def shifted(k: int, code: IntArray, level: FloatArray) -> FloatArray:
        return level * index(seen.sold[:, k], seen.due[:, k] * level, code, GROUP_UNITS)

    by_site = shifted(weeks, labels.site, slow)
    own_due = seen.all_due * slow
    chance = slow + (chance - slow) * own_due / (own_due + OWN_UNITS)
    trend = (own[len(WINDOWS) + 2] / slow) ** 0.5
    return np.stack([
        *own, shifted(days, labels.site, slow), by_site, shifted(months, labels.site, slow),
        shifted(months, labels.product, slow), shifted(months, labels.product, by_site),
        shifted(weeks, labels.section, by_site), shifted(weeks, np.zeros_like(labels.site), slow),
        own[len(WINDOWS) + 2] * np.clip(trend, 0.7, 1.4), chance,
    ], axis=1)


def _posterior(seen: Evidence, k: int, prior: FloatArray) -> FloatArray:
    return np.asarray(prior * (seen.sold[:, k] + OWN_UNITS) / (seen.due[:, k] * prior + OWN_UNITS))


def tsb(
    units: FloatArray, due: FloatArray, origins: Sequence[int], alpha: float = TSB_ALPHA
) -> list[FloatArray]:
    """Level (S,) at each of the rising ``origins`` by Teunter, Syntetos and Babai (2011): chance and size of
    a sale, smoothed apart, the size only when one occurs. Steps without exposure are passed over."""
    first = origins[0]
    stood = np.maximum((due[:, :first] > 0).sum(axis=1), 1)
    hits = (units[:, :first] > 0).sum(axis=1)
    chance = (hits + 0.05) / (stood + 1.0)
    size = (units[:, :first].sum(axis=1) + 1.0) / (hits + 1.0)
    found = []
    for t in range(origins[-1]):
        if t in origins:
            found.append(np.asarray(chance * size, np.float64))
        known = due[:, t] > 0
        step = alpha * known * np.minimum(due[:, t], 1.0)
        hit = units[:, t] > 0
        chance = chance + step * (hit - chance)
        rate = units[:, t] / np.where(known, due[:, t], 1.0)
        size = size + np.where(hit, step, 0.0) * (rate - size)
    return [*found, np.asarray(chance * size, np.float64)]
