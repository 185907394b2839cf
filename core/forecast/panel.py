"""The panel: many series of sales over the same days, the one input of every forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Panel:
    """S series over T steps of ``step_days`` days each (1: daily, 7: weekly), the first on ``start``.

    ``units`` (S, T) sold, not negative · ``exposure`` (S, T) share of the step, 0–1, on which the product
    stood there and was in stock; 0 says that nothing is known of that step, not that nothing was wanted ·
    ``censored`` (S, T) sold out within the step, so that ``units`` is a lower bound · ``site``,
    ``product``, ``category``, ``venue`` (S,) labels, equal where the same · ``price`` (S,) currency, 0
    where not known · ``prior_rate`` (S,) units a full day that other sources expect (the response of the
    site, similar products), NaN where there is none; a series with little history leans on it.

    ``inputs``: what is known beforehand, name → (1 or S, T + H) values, each step with its own. ``log_price``
    (log of the price to its usual), ``promotion`` and any name ending in ``_promotion`` (0–1),
    ``event`` (0–1), ``temperature`` (°C), ``holiday`` (0–1) are told apart in the factors; any other
    name counts as an event. A forecast of H steps needs the H steps after the last.
    """

    start: date
    units: FloatArray
    exposure: FloatArray
    censored: BoolArray
    site: IntArray
    product: IntArray
    category: IntArray
    venue: IntArray
    price: FloatArray
    prior_rate: FloatArray
    step_days: int = 1
    inputs: Mapping[str, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = self.units.shape
        if len(shape) != 2 or self.exposure.shape != shape or self.censored.shape != shape:
            raise BadInput(
                f"Units {shape}, exposure {self.exposure.shape} and censored {self.censored.shape} must have "
                "one shape, series by steps.",
                "Give each series the same steps.",
            )
        if not np.isfinite(self.units).all() or (self.units < 0).any():
            raise BadInput(
                "Units must be finite and not negative.", "Net returns out and leave unknown steps 0."
            )

    @property
    def series(self) -> int:
        return int(self.units.shape[0])

    @property
    def steps(self) -> int:
        return int(self.units.shape[1])

    @property
    def end(self) -> date:
        """The first day after the last step."""
        return self.start + timedelta(days=self.steps * self.step_days)

    @property
    def days(self) -> NDArray[np.datetime64]:
        """The first day of each step, (T,)."""
        return np.datetime64(self.start) + np.arange(self.steps) * self.step_days

    def until(self, step: int) -> Panel:
        """The panel as it was known before ``step``; inputs stay, for what was known beforehand."""
        return replace(
            self,
            units=self.units[:, :step],
            exposure=self.exposure[:, :step],
            censored=self.censored[:, :step],
        )

    def of(self, series: IntArray | BoolArray) -> Panel:
        """Some of the series."""
        return replace(
            self,
            **{name: getattr(self, name)[series] for name in _BY_SERIES},
            inputs={k: v if len(v) == 1 else v[series] for k, v in self.inputs.items()},
        )


_BY_SERIES = ("units", "exposure", "censored", "site", "product", "category", "venue", "price", "prior_rate")


def codes(label: IntArray) -> tuple[IntArray, int]:
    """Labels as numbers 0 … G−1 in their order, and G."""
    found, code = np.unique(label, return_inverse=True)
    return code.astype(np.int64), len(found)


def sums(code: IntArray, amount: FloatArray, size: int) -> FloatArray:
    """Σ of ``amount`` by code, (size,)."""
    return np.asarray(np.bincount(code, np.asarray(amount, np.float64), size), np.float64)
