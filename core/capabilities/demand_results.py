"""What a demand forecast says: units by product and day with intervals and reasons, and the stock to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from core.capabilities.stock import StockPolicy
from core.capabilities.valuation import Estimate
from core.forecast.panel import BoolArray, FloatArray

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
LONGEST_HORIZON = 92
INTERVAL = 0.9
"""Level of every interval here: between the first and the last of ``QUANTILES``."""


@dataclass(frozen=True, eq=False)
class SalesHistory:
    """What was sold: ``days`` (T,), ``units`` (T,), ``stockout`` (T,): sold out or empty that day, so that
    units are a lower bound; ``stood`` (T,): whether it stood there at all."""

    days: NDArray[np.datetime64]
    units: FloatArray
    stockout: BoolArray
    stood: BoolArray


@dataclass(frozen=True, slots=True)
class ProductStock:
    """Units to keep. ``par_level`` and ``capacity`` of today, None where not known; ``stocked``: what a
    refill fills up to today (the par level, where sales bear it out; else the capacity, else
    what is suggested).

    ``recommended_stock``: for the next refill alone · ``suggested_par_level``: one level for all refills of
    the horizon · ``stockout_risk``: chance to be empty before the next refill as stocked today,
    ``risk_suggested`` at the suggested level · ``days_of_supply`` of a full slot today · by 30 days, as
    stocked today: ``lost_units``, ``lost_margin``, ``spoiled_units``; ``spoil_risk``: chance that some of
    a full slot grows too old · ``saving``: money a 30 days that the suggested level saves ·
    ``service_level``: chance that nobody asks in vain, as far as it is worth its cost · ``cost_known``:
    False where what a unit costs is an assumption of the stock policy · ``curve``: what the levels around the
    suggested one cost.
    """

    par_level: float | None
    capacity: float | None
    stocked: float
    recommended_stock: int
    suggested_par_level: int
    stockout_risk: float
    risk_suggested: float
    fill_rate: float
    days_of_supply: float
    lost_units: float
    lost_margin: float
    spoiled_units: float
    spoil_risk: float
    saving: float
    service_level: float
    service_days: int
    unit_margin: float
    cost_known: bool = True
    curve: tuple[StockCost, ...] = ()


@dataclass(frozen=True, slots=True)
class StockCost:
    """What a par level costs in 30 days: lost margin (goodwill included), money tied up, spoilage."""

    level: int
    lost_margin: float
    holding: float
    spoilage: float
    risk: float
    fill_rate: float

    @property
    def total(self) -> float:
        return self.lost_margin + self.holding + self.spoilage


@dataclass(frozen=True, eq=False)
class ProductDemand:
    """One product over the H days ahead. ``mean`` (H,) units a day, ``quantiles`` (7, H) by ``QUANTILES``,
    ``factors``: name → (H,) units that each adds, adding up to the mean; ``units`` and ``revenue`` of the
    whole horizon · ``risk_by_day`` (H,): chance to have run out by the end of a day, filled as today
    on the first and at each service."""

    product_id: int
    name: str
    category: str
    slots: str
    history: SalesHistory
    mean: FloatArray
    quantiles: FloatArray
    factors: Mapping[str, FloatArray]
    units: Estimate
    revenue: Estimate
    price: float
    stock: ProductStock
    high_risk: bool
    confidence: float
    history_days: int
    method: str
    learned_from: str
    risk_by_day: FloatArray

    def explain(self) -> dict[str, object]:
        """Factors and weights behind the figures, as plain values."""
        return {
            "product_id": self.product_id, "name": self.name, "units": self.units.value,
            "factors": {name: float(values.sum()) for name, values in self.factors.items()},
            "method": self.method, "learned_from": self.learned_from, "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One thing to do, and what it is worth in 30 days."""

    message: str
    worth: float
    planogram_id: int
    product_id: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How recent forecasts did, fractions; NaN-free: None where there is too little to judge by. ``wape``
    of weekly units of a place, ``mase`` of products a week against the week before, ``coverage`` of the
    90 % interval of products a week · ``basis`` says on what."""

    wape: float | None
    mase: float | None
    coverage: float | None
    origins: int
    basis: str


@dataclass(frozen=True, eq=False)
class DemandForecast:
    """A place's demand. ``days`` (H,); ``daily`` (7, H): quantiles of all units a day, ``daily_mean`` (H,);
    ``history``: of all products together."""

    name: str
    planogram_ids: tuple[int, ...]
    first_day: date
    days: NDArray[np.datetime64]
    history: SalesHistory
    products: tuple[ProductDemand, ...]
    daily_mean: FloatArray
    daily: FloatArray
    factors: Mapping[str, FloatArray]
    units: Estimate
    revenue: Estimate
    opportunities: tuple[Opportunity, ...]
    accuracy: Accuracy
    policy: StockPolicy
    assumptions: tuple[str, ...]
    confidence: float
    history_days: int
    degraded: bool
    required_data: Mapping[str, object] | None
    learned_from: str
    model_version: str

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=len(self.days) - 1)

    @property
    def high_risk(self) -> tuple[ProductDemand, ...]:
        """Products likely to run out before the next refill, the costliest first."""
        found = [p for p in self.products if p.high_risk]
        return tuple(sorted(found, key=lambda p: -p.stock.lost_margin))

    def product(self, product_id: int) -> ProductDemand | None:
        return next((p for p in self.products if p.product_id == product_id), None)

    def explain(self) -> dict[str, object]:
        """Factors and weights behind the forecast, as plain values."""
        return {
            "units": self.units.value, "products": [p.explain() for p in self.products],
            "factors": {name: float(values.sum()) for name, values in self.factors.items()},
            "method": "a mean of methods weighted by their recent errors; factors split by the logarithmic "
                      "mean (LMDI), which adds up exactly and depends on no order",
            "assumptions": list(self.assumptions), "learned_from": self.learned_from,
        }


@dataclass(frozen=True, slots=True)
class PlaceDemand:
    """A planogram in the fleet's forecast: the horizon's units and revenue; by 30 days as stocked today:
    margin lost to empty slots, units spoiled, and what the suggested par levels save."""

    planogram_id: int
    name: str
    units: Estimate
    revenue: Estimate
    products: int
    high_risk: int
    lost_margin: float
    spoiled_units: float
    saving: float
    stock_units: float
    suggested_units: float
    confidence: float


@dataclass(frozen=True, slots=True)
class ProductTotal:
    """A product over the whole fleet's horizon."""

    product_id: int
    name: str
    category: str
    places: int
    units: Estimate
    revenue: Estimate
    high_risk: int
    lost_margin: float


@dataclass(frozen=True, eq=False)
class FleetDemand:
    """The whole fleet's demand; fields as in ``DemandForecast``."""

    first_day: date
    days: NDArray[np.datetime64]
    history: SalesHistory
    places: tuple[PlaceDemand, ...]
    products: tuple[ProductTotal, ...]
    daily_mean: FloatArray
    daily: FloatArray
    factors: Mapping[str, FloatArray]
    units: Estimate
    revenue: Estimate
    opportunities: tuple[Opportunity, ...]
    accuracy: Accuracy
    policy: StockPolicy
    assumptions: tuple[str, ...]
    learned_from: str
    model_version: str

    @property
    def lost_margin(self) -> float:
        """Margin lost to empty slots in 30 days as stocked today."""
        return sum(p.lost_margin for p in self.places)
