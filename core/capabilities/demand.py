"""What will be wanted at a place and in the fleet, with intervals, reasons and the stock to keep."""

from __future__ import annotations

from core.capabilities.demand_results import (
    LONGEST_HORIZON,
    QUANTILES,
    Accuracy,
    DemandForecast,
    FleetDemand,
    Opportunity,
    PlaceDemand,
    ProductDemand,
    ProductStock,
    ProductTotal,
    SalesHistory,
    StockCost,
)

__all__ = [
    "LONGEST_HORIZON", "QUANTILES", "Accuracy", "DemandForecast", "FleetDemand", "Opportunity", "PlaceDemand",
    "ProductDemand", "ProductStock", "ProductTotal", "SalesHistory", "StockCost",
]
