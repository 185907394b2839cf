"""What can group and filter, and what there is to list: see "Things and dimensions" in docs/ask.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.ask.measures import Fact
from core.ask.period import Unit


class Scope(StrEnum):
    """What a dimension tells about."""

    PRODUCT = "product"
    PLACE = "place"
    PLAN = "plan"
    SHELF = "shelf"
    TIME = "time"


class Holds(StrEnum):
    """What its values are."""

    ID = "id"
    TEXT = "text"
    NUMBER = "number"
    SLOT = "slot"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Dimension:
    """``keys``: the columns that say which row it is · ``named``: whether a name stands beside them ·
    ``choices``: its values, where there are only these."""

    name: str
    label: str
    scope: Scope
    holds: Holds
    facts: frozenset[Fact]
    keys: tuple[str, ...]
    named: bool = False
    choices: tuple[str | int, ...] = ()

    @property
    def plural(self) -> str:
        if self.label.endswith("y") and not self.label.endswith("day"):
            return f"{self.label[:-1]}ies"
        head, of, rest = self.label.partition(" of ")
        return f"{head}s{of}{rest}"


def _all() -> tuple[Dimension, ...]:
    sold = frozenset({Fact.SALES, Fact.SPACE, Fact.AUDITS})
    goods = frozenset({Fact.SALES, Fact.SPACE, Fact.CATALOG})
    shelf = frozenset({Fact.SALES, Fact.SPACE})
    timed = frozenset({Fact.SALES, Fact.AUDITS})
    product, place, plan = Scope.PRODUCT, Scope.PLACE, Scope.PLAN
    ident, text, time = Holds.ID, Holds.TEXT, Scope.TIME
    zones = ("ambient", "refrigerated", "frozen")
    return (
        Dimension("product", "product", product, ident, goods, ("product_id",), True),
        Dimension("brand", "brand", product, text, goods, ("brand",)),
        Dimension("category", "category", product, ident, goods, ("category_id",), True),
        Dimension("temperature", "temperature", product, text, goods, ("temperature",), choices=zones),
        Dimension("place", "place", place, ident, sold, ("site_id",), True),
        Dimension("kind", "kind of place", place, text, sold, ("kind",), choices=("store", "device")),
        Dimension("store", "store", place, ident, sold, ("store_id",), True),
        Dimension("machine", "machine", place, ident, sold, ("device_id",), True),
        Dimension("venue", "venue type", place, text, sold, ("venue_type",)),
        Dimension("planogram", "planogram", plan, ident, sold, ("planogram_id",), True),
        Dimension("project", "project", plan, ident, sold, ("project_id",), True),
        Dimension("plan_season", "season of the plan", plan, text, sold, ("plan_season",)),
        Dimension("status", "status", plan, text, sold, ("status",),
                  choices=("draft", "prepared", "implemented")),
        Dimension("zone", "temperature zone", plan, text, sold, ("zone",), choices=zones),
        Dimension("shape", "shape of fixture", plan, text, sold, ("shape",),
                  choices=("straight", "end cap", "L", "half circle", "circle")),
        Dimension("row", "row", Scope.SHELF, Holds.NUMBER, shelf, ("row",)),
        Dimension("slot", "slot", Scope.SHELF, Holds.SLOT, shelf,
                  ("site_id", "cabinet", "row", "column"), True),
        Dimension("day", "day", time, Holds.DATE, timed, ("day",)),
        Dimension("week", "week", time, Holds.DATE, timed, ("week",)),
        Dimension("month", "month", time, Holds.DATE, timed, ("month",)),
        Dimension("quarter", "quarter", time, Holds.DATE, timed, ("quarter",)),
        Dimension("year", "year", time, Holds.DATE, timed, ("year",)),
        Dimension("season", "season", time, text, frozenset({Fact.SALES}), ("season",),
                  choices=("spring", "summer", "autumn", "winter")),
        Dimension("weekday", "weekday", time, Holds.NUMBER, frozenset({Fact.SALES}), ("weekday",),
                  choices=(1, 2, 3, 4, 5, 6, 7)),
    )


DIMENSIONS: Mapping[str, Dimension] = {d.name: d for d in _all()}
GRAINS: tuple[Unit, ...] = ("day", "week", "month", "quarter", "year")
LEFT_OUT = frozenset({"row"})
"""Without an id, but rows that have none are left out all the same."""

PLACES = ("place", "kind", "store", "machine", "venue")
_GOODS = ("product", "brand", "category", "temperature")
THINGS: Mapping[str, tuple[str, ...]] = {
    "product": _GOODS, "brand": _GOODS, "category": _GOODS,
    "place": PLACES, "store": PLACES, "machine": PLACES,
    "planogram": ("planogram", "project", "plan_season", "status", "zone", "shape", *PLACES),
    "project": ("project",),
}
"""What can be listed → the dimensions that filter and break down its list."""
