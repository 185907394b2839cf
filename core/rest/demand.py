"""Demand: what will be wanted of each product, and the stock to keep for it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.capabilities.demand import LONGEST_HORIZON, DemandForecast, ProductDemand
from core.capabilities.outside import EVENT_IMPACTS, Event, Holiday, Outside, Weather
from core.errors import BadInput
from core.rest.auth import PredictionBench
from core.rest.reading import CheckedRoute, Whole
from core.rest.shapes import Json, card_json
from core.telemetry import meters

router = APIRouter(route_class=CheckedRoute, tags=["Estimates"])

MAX_TOLD = 400
RISK_WORDS = ((0.25, "high"), (0.1, "medium"), (0.0, "low"))


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class WeatherDay(_Told):
    """°C in ``temperature`` (or °F in ``temperature_f``); ``usual`` is what is normal then."""

    date: date
    temperature: float | None = None
    temperature_f: float | None = None
    usual: float | None = None
    condition: str = ""

    def told(self) -> Weather:
        celsius = self.temperature
        if celsius is None and self.temperature_f is not None:
            celsius = (self.temperature_f - 32.0) / 1.8
        return Weather(self.date, celsius, self.condition, self.usual)


class LocalEvent(_Told):
    """On ``date``, or ``from`` … ``to``; ``impact`` is the factor on demand, or low, medium, high."""

    day: date | None = Field(default=None, alias="date")
    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="to")
    name: str = ""
    impact: float | Literal["low", "medium", "high"] | None = None

    @model_validator(mode="after")
    def _dated(self) -> LocalEvent:
        if self.day is None and self.start is None:
            raise ValueError("an event needs a date, or from and to")
        return self

    def told(self) -> Event:
        first = self.start or self.day
        assert first is not None
        impact = EVENT_IMPACTS[self.impact] if isinstance(self.impact, str) else self.impact
        return Event(first, self.end or first, self.name, impact)


class PublicHoliday(_Told):
    date: date
    name: str = ""
    impact: float | None = None

    def told(self) -> Holiday:
        return Holiday(self.date, self.name, self.impact)


class ExternalData(_Told):
    weather_forecast: list[WeatherDay] = Field(default=[], max_length=MAX_TOLD)
    events: list[LocalEvent] = Field(default=[], max_length=MAX_TOLD)
    holidays: list[PublicHoliday | date] = Field(default=[], max_length=MAX_TOLD)

    def told(self) -> Outside:
        holidays = (h.told() if isinstance(h, PublicHoliday) else Holiday(h) for h in self.holidays)
        return Outside(
            tuple(w.told() for w in self.weather_forecast), tuple(e.told() for e in self.events),
            tuple(holidays),
        )


class DemandRequest(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    device_id: Whole
    forecast_days: Annotated[Whole, Field(ge=1, le=LONGEST_HORIZON)] = 7
    products: list[Whole] | None = None
    first: date | None = Field(default=None, alias="from")
    include_external_factors: bool = True
    external_data: ExternalData | None = None


@router.post("/planograms/demand-forecast")
def demand_forecast(wb: PredictionBench, body: DemandRequest) -> Json:
    """What a machine will sell day by day, and how much to fill in."""
    if body.products is not None and not body.products:
        raise BadInput("No product is named.", "Leave products out to see all of them.")
    outside = body.external_data.told() if body.external_data and body.include_external_factors else None
    with meters().estimate_seconds.labels("demand").time():
        found = wb.device_demand(
            body.device_id, body.forecast_days, body.first, body.products, outside=outside
        )
    if found.degraded:
        meters().fallbacks.labels("demand").inc()
    shape = demand_json(found)
    kept = wb.record(
        "demand", body.model_dump(mode="json", by_alias=True),
        {"aggregate_metrics": shape["aggregate_metrics"], "from": shape["from"], "to": shape["to"],
         **found.explain()},
        planogram_id=found.planogram_ids[0], model_version=found.model_version,
    )
    return {**shape, "prediction_id": kept}


def demand_json(found: DemandForecast) -> Json:
    """The contract's fields, and beside them where the figures come from."""
    risky = [p.product_id for p in found.high_risk]
    shape: Json = {
        "success": True, "from": found.first_day.isoformat(), "to": found.last_day.isoformat(),
        "forecasts": [_product_json(p, found) for p in found.products],
        "aggregate_metrics": {
            "total_units": found.units.value, "total_units_interval": [found.units.lower, found.units.upper],
            "revenue_forecast": found.revenue.value,
            "revenue_interval": [found.revenue.lower, found.revenue.upper],
            "high_risk_products": risky,
            "optimization_opportunities": [o.message for o in found.opportunities],
        },
        "accuracy": card_json(found.accuracy), "confidence": found.confidence,
        "confidence_level": found.units.level, "degraded": found.degraded,
        "assumptions": list(found.assumptions), "learned_from": found.learned_from,
        "model_metadata": {
            "model_version": found.model_version, "history_days": found.history_days,
            "factors_considered": [k for k, v in found.factors.items() if np.any(np.abs(v) > 1e-9)],
        },
    }
    if found.required_data is not None:
        shape["required_data"] = dict(found.required_data)
    return shape


def _product_json(product: ProductDemand, found: DemandForecast) -> Json:
    stock = product.stock
    names = list(product.factors)
    factors = np.stack([product.factors[name] for name in names], axis=1).tolist()
    lower = np.minimum(product.quantiles[0], product.mean).tolist()
    upper = np.maximum(product.quantiles[-1], product.mean).tolist()
    days = [
        {"date": str(day), "predicted_units": units, "confidence_interval": [lo, hi],
         "factors": dict(zip(names, parts, strict=True))}
        for day, units, lo, hi, parts in zip(
            found.days.tolist(), product.mean.tolist(), lower, upper, factors, strict=True
        )
    ]
    return {
        "product_id": product.product_id, "product_name": product.name, "category": product.category,
        "slots": product.slots, "daily_forecasts": days, "total_units": product.units.value,
        "total_units_interval": [product.units.lower, product.units.upper],
        "recommended_stock": stock.recommended_stock, "stockout_risk": stock.stockout_risk,
        "stockout_risk_level": next(word for least, word in RISK_WORDS if stock.stockout_risk >= least),
        "suggested_par_level": stock.suggested_par_level, "days_of_supply": stock.days_of_supply,
        "expected_lost_units_per_month": stock.lost_units,
        "expected_lost_margin_per_month": stock.lost_margin,
        "spoilage_risk": stock.spoil_risk, "expected_spoiled_units_per_month": stock.spoiled_units,
        "current_par_level": stock.par_level, "capacity": stock.capacity,
        "service_interval_days": stock.service_days, "high_risk": product.high_risk,
        "confidence": product.confidence, "learned_from": product.learned_from, "method": product.method,
    }


