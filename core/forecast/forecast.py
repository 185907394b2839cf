"""What a forecast says: means, factors that multiply to them, and distributions of any sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from core.forecast.counts import Counts
from core.forecast.panel import BoolArray, FloatArray, IntArray, codes, sums

FACTORS = ("base", "weekday", "season", "weather", "event", "holiday", "price")
LEAST_FACTOR = 1e-9


@dataclass(frozen=True, eq=False)
class Forecast:
    """H steps of S series, the first on ``first_day``.

    ``mean`` (S, H) units a step with the product in stock all the time · ``factors``: name of ``FACTORS``
    but "base" → multiplier (1 or S, H); ``base`` (S, H) is the mean without them, so that base times all
    factors is the mean · ``noise`` (S,) variance of a step's count over its mean · ``day_shock``: variance
    of what a site's series share on one step, relative, ``product_shock``, ``fleet_shock``: of what a
    product's series, and all, share on one step · ``tail``: as Counts's ·
    ``level_error`` (S,), ``site_error`` (S,), ``product_error`` (S,), ``fleet_error``: variances of what
    stays wrong over the whole horizon, relative, by series, shared by a site, by a product everywhere, by
    all · ``method``: index into ``methods`` (S,), how the mean was chosen ·
    ``history_days`` (S,) days in stock learned from · ``version`` of the model.
    """

    first_day: date
    step_days: int
    mean: FloatArray
    base: FloatArray
    factors: Mapping[str, FloatArray]
    site: IntArray
    product: IntArray
    noise: FloatArray
    day_shock: float
    level_error: FloatArray
    site_error: FloatArray
    fleet_error: float
    method: IntArray
    methods: Sequence[str]
    history_days: FloatArray
    version: str
    product_error: FloatArray = field(default_factory=lambda: np.zeros(1))
    fleet_shock: float = 0.0
    product_shock: float = 0.0
    tail: float = 0.0

    def counts(self) -> Counts:
        """The distribution of each series' each step, (S, H)."""
        mean = np.asarray(self.mean, np.float64)
        relative = self.level_error + self.site_error + self.product_error
        relative = relative + self.fleet_error + self.day_shock + self.fleet_shock + self.product_shock
        noise = np.broadcast_to(self.noise, mean.shape[:1])[:, None]
        excess = np.broadcast_to(relative, mean.shape[:1])[:, None] * mean**2
        return Counts(mean, noise * mean + excess, self.tail)

    def totals(
        self, groups: IntArray | None = None, first: int = 0, last: int | None = None,
        among: BoolArray | None = None,
    ) -> Counts:
        """The distribution of the sum over steps ``first`` to ``last`` (not included; the end) of each
        group of series: ``groups`` (S,) numbers 0 … G−1, by default each series alone; (G,).
        ``among``: only these series count."""
        series = self.mean.shape[0]
        group = np.arange(series) if groups is None else np.asarray(groups, np.int64)
        size = int(group.max(initial=-1)) + 1
        mean = np.asarray(self.mean[:, first:last], np.float64)
        if among is not None:
            mean = np.where(np.asarray(among, bool)[:, None], mean, 0.0)
        each = mean.sum(axis=1)
        variance = sums(group, self.noise * each + self.level_error * each**2, size)
        variance += _shared(group, self.site, np.sqrt(self.site_error) * each, size)
        variance += _shared(group, self.product, np.sqrt(self.product_error) * each, size)
        variance += self.fleet_error * sums(group, each, size) ** 2
        variance += self.day_shock * _shared_by_step(group, self.site, mean, size)
        variance += self.fleet_shock * _shared_by_step(group, np.zeros_like(self.site), mean, size)
        if self.product_shock:
            variance += self.product_shock * _shared_by_step(group, self.product, mean, size)
        return Counts(sums(group, each, size), variance, self.tail)

    def contributions(self) -> Mapping[str, np.ndarray]:
        """Units a step that each of ``FACTORS`` adds, name → (S, H), adding up to ``mean`` exactly: the
        logarithmic mean Divisia split (Ang 2005), which leaves no residual and favors no order."""
        mean, base = np.asarray(self.mean, np.float64), np.asarray(self.base, np.float64)
        logs = {name: np.log(np.maximum(f, LEAST_FACTOR)) for name, f in self.factors.items()}
        total = np.broadcast_to(sum(logs.values(), np.zeros((1, 1))), mean.shape)
        flat = np.abs(total) < 1e-9
        middle = np.where(flat, mean, (mean - base) / np.where(flat, 1.0, total))
        parts = {name: middle * np.broadcast_to(log, mean.shape) for name, log in logs.items()}
        rest = mean - sum(parts.values(), np.zeros_like(mean))
        return {"base": rest} | {name: parts.get(name, np.zeros_like(mean)) for name in FACTORS[1:]}


def _shared(group: IntArray, label: IntArray, amount: FloatArray, size: int) -> FloatArray:
    """Variance (size,) of what the series of one label have in common: squares of their sums by group."""
    pair, pair_group = _pairs(group, label)
    return sums(pair_group, sums(pair, amount, len(pair_group)) ** 2, size)


def _shared_by_step(group: IntArray, label: IntArray, mean: FloatArray, size: int) -> FloatArray:
    """Σ over steps and labels of the squared sums of ``mean`` (S, h) by group, (size,)."""
    pair, pair_group = _pairs(group, label)
    squares = sum(
        (sums(pair, column, len(pair_group)) ** 2 for column in mean.T), np.zeros(len(pair_group))
    )
    return sums(pair_group, squares, size)


def _pairs(group: IntArray, label: IntArray) -> tuple[IntArray, IntArray]:
    """Number of each series' (group, label), and the group of each number."""
    code, labels = codes(label)
    keys, pair = np.unique(group * labels + code, return_inverse=True)
    return pair.astype(np.int64), keys // labels
