"""What a forecast says: means, factors that multiply to them, and distributions of any sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.forecast.counts import Counts
from core.forecast.panel import BoolArray, FloatArray, IntArray

FACTORS = ("base", "weekday", "season", "weather", "event", "holiday", "price")


@dataclass(frozen=True, eq=False)
class Forecast:
    """H steps of S series, the first on ``first_day``.

    ``mean`` (S, H) units a step with the product in stock all the time · ``factors``: name of ``FACTORS``
    but "base" → multiplier (1 or S, H); ``base`` (S, H) is the mean without them, so that base times all
    factors is the mean · ``noise`` (S,) variance of a step's count over its mean · ``day_shock``: variance
    of what a site's series share on one step, relative · ``level_error`` (S,), ``site_error`` (S,),
    ``fleet_error``: variances of what stays wrong over the whole horizon, relative, by series, shared by a
    site, shared by all · ``method``: index into ``methods`` (S,), how the mean was chosen ·
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

    def counts(self) -> Counts:
        """The distribution of each series' each step, (S, H)."""
        raise NotImplementedError

    def totals(
        self, groups: IntArray | None = None, first: int = 0, last: int | None = None,
        among: BoolArray | None = None,
    ) -> Counts:
        """The distribution of the sum over steps ``first`` to ``last`` (not included; the end) of each
        group of series: ``groups`` (S,) numbers 0 … G−1, by default each series alone; (G,).
        ``among``: only these series count."""
        raise NotImplementedError

    def contributions(self) -> Mapping[str, np.ndarray]:
        """Units a step that each of ``FACTORS`` adds, name → (S, H), adding up to ``mean`` exactly: the
        logarithmic mean Divisia split (Ang 2005), which leaves no residual and favors no order."""
        raise NotImplementedError
