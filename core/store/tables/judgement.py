"""What was forecast, and what came true: the rows that the estimates are judged by.

A run is one forecast of one origin's whole fleet (the demo's places or the user's own). Its rows cover spans
of ``days`` days from ``day`` on: 1 (the first week), 7 (each of four weeks) and 28. All days count from
1970-01-01, as in the sales tables.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from core.store.tables.base import (
    DemoRow,
    TenantRow,
    UtcDateTime,
    check,
    clustered,
    now,
    of,
    of_company,
    referable,
)


class ForecastRun(DemoRow, table=True):
    """One forecast of a fleet from what was known at the end of ``last_known_day``.

    ``replayed``: made later than that day, from the data up to it alone. ``seconds`` it took.
    """

    __tablename__ = "forecast_run"
    __table_args__ = (
        of_company(),
        referable(),
        UniqueConstraint("company_id", "is_demo", "last_known_day", "model_version"),
    )

    id: int | None = Field(default=None, primary_key=True)
    last_known_day: int
    model_version: str
    replayed: bool = False
    series: int = 0
    seconds: float = 0.0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Forecast(TenantRow, table=True):
    """Units of a product at a site over a span, as expected by a run.

    ``expected`` and ``variance`` are of a product in stock all the time · ``naive``: what the same span of
    the weeks before sold · ``scale``: mean absolute change from one such span to the next before the run.
    Filled in later: ``available``, the share of the span on which the product stood there in stock, and
    ``actual``, the units sold on those days.
    """

    __tablename__ = "forecast"
    __table_args__ = (
        of("run_id", "forecast_run"),
        of("site_id", "site"),
        of("product_id", "product", ondelete=None),
        check("span_positive", "days > 0"),
        check("variance_not_negative", "variance >= 0"),
        clustered(),
    )

    run_id: int = Field(primary_key=True)
    days: int = Field(primary_key=True)
    site_id: int = Field(primary_key=True)
    product_id: int = Field(primary_key=True)
    day: int = Field(primary_key=True)
    expected: float
    variance: float
    naive: float | None = None
    scale: float | None = None
    available: float | None = None
    actual: int | None = None


class SiteForecast(TenantRow, table=True):
    """As ``Forecast`` for all products of a site together, whose errors go together.

    Filled in later from the products' rows: ``stocked``, what was expected of the products for the days on
    which they were there, and ``actual``, what those sold.
    """

    __tablename__ = "site_forecast"
    __table_args__ = (
        of("run_id", "forecast_run"),
        of("site_id", "site"),
        check("span_positive", "days > 0"),
        check("variance_not_negative", "variance >= 0"),
        clustered(),
    )

    run_id: int = Field(primary_key=True)
    days: int = Field(primary_key=True)
    site_id: int = Field(primary_key=True)
    day: int = Field(primary_key=True)
    expected: float
    variance: float
    naive: float | None = None
    scale: float | None = None
    stocked: float | None = None
    actual: int | None = None
