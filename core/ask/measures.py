"""What can be measured: each measure with its unit, the table that it is read from and how it sums.

The formulas in words are in docs/ask.md, those in SQL in ``core.ask.query``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fact(StrEnum):
    """The tables that measures are read from."""

    SALES = "sales"
    SPACE = "space"
    CATALOG = "catalog"
    AUDITS = "audits"


class Value(StrEnum):
    """What kind of number a column holds; says how it is written."""

    MONEY = "money"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    CHANGE_RATE = "change rate"


@dataclass(frozen=True, slots=True)
class Measure:
    """``parts``: sums that it is made of, as ``fact.name`` · ``present``: the fact whose rows make a group ·
    ``zero``: without rows it is 0, not unknown · ``shared``: whether it has shares."""

    name: str
    label: str
    unit: str
    value: Value
    fact: Fact
    parts: tuple[str, ...]
    zero: bool = False
    shared: bool = False


def _all() -> tuple[Measure, ...]:
    sales, space, catalog, audits = Fact.SALES, Fact.SPACE, Fact.CATALOG, Fact.AUDITS
    money, count, number, share = Value.MONEY, Value.COUNT, Value.NUMBER, Value.SHARE
    return (
        Measure("revenue", "revenue", "", money, sales, ("sales.revenue",), True, True),
        Measure("units", "units sold", "units", count, sales, ("sales.units",), True, True),
        Measure("margin", "margin", "", money, sales, ("sales.margin",), shared=True),
        Measure("margin_rate", "margin rate", "", share, sales, ("sales.margin", "sales.margin_revenue")),
        Measure("average_price", "average selling price", "", money, sales, ("sales.revenue", "sales.units")),
        Measure("stockouts", "days out of stock", "days", count, sales, ("sales.stockouts",), True, True),
        Measure("products_sold", "products sold", "products", count, sales, ("sales.products",), True),
        Measure("facings", "facings", "facings", count, space, ("space.facings",), True, True),
        Measure("positions", "positions", "positions", count, space, ("space.positions",), True, True),
        Measure("products", "products on the shelf", "products", count, space, ("space.products",), True),
        Measure("shelf_feet", "shelf space", "ft", number, space, ("space.width",), True, True),
        Measure("capacity", "capacity", "units", count, space, ("space.capacity",)),
        Measure("stock", "stock", "units", count, space, ("space.stock",)),
        Measure("par", "par level", "units", count, space, ("space.par",)),
        Measure("shelf_price", "shelf price", "", money, space, ("space.price", "space.priced")),
        Measure("days_of_supply", "days of supply", "days", number, space, ("space.stock", "sales.units")),
        Measure("list_price", "list price", "", money, catalog, ("catalog.price", "catalog.products")),
        Measure("cost", "cost", "", money, catalog, ("catalog.cost", "catalog.costed")),
        Measure("unit_margin", "margin a unit", "", money, catalog, ("catalog.margin", "catalog.costed")),
        Measure("shelf_life", "shelf life", "days", number, catalog, ("catalog.life", "catalog.lived")),
        Measure("compliance", "compliance", "", share, audits, ("audits.score", "audits.weight")),
        Measure("availability", "on-shelf availability", "", share, audits,
                ("audits.availability", "audits.availability_weight")),
        Measure("violations", "findings", "findings", count, audits, ("audits.violations",), True),
        Measure("audits", "audits", "audits", count, audits, ("audits.audits",), True),
    )


MEASURES: Mapping[str, Measure] = {m.name: m for m in _all()}


@dataclass(frozen=True, slots=True)
class Per:
    """What a measure can be divided by. ``part``: a sum as in ``Measure``; of ``day`` and ``place`` it is
    made by the compiler."""

    name: str
    label: str
    part: str = ""


PERS: Mapping[str, Per] = {
    p.name: p for p in (
        Per("facing", "facing", "space.facings"), Per("position", "position", "space.positions"),
        Per("foot", "foot of shelf", "space.width"), Per("day", "day"), Per("place", "place"),
    )
}
