"""What a rule has to say: a violation blocks, a notice advises."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Hard rules first, soft rules after ``LOCKED``."""

    GRID = "grid"
    KNOWN_PRODUCT = "known_product"
    PRODUCT_SIZE = "product_size"
    FACINGS = "facings"
    OUTSIDE = "outside"
    FOOTPRINT = "footprint"
    OVERLAP = "overlap"
    REPEATED = "repeated"
    TEMPERATURE = "temperature"
    AMOUNT = "amount"
    LOCKED = "locked"

    PACK_HEIGHT = "pack_height"
    SHELF_HEIGHT = "shelf_height"
    SHELF_DEPTH = "shelf_depth"
    CATEGORY_TOGETHER = "category_together"
    BEST_PLACES = "best_places"
    COMPETING_APART = "competing_apart"
    HEAVY_LOW = "heavy_low"
    SPOILAGE = "spoilage"
    LOOK_ALIKE = "look_alike"
    EMPTY = "empty"
    PAR_BELOW_FORECAST = "par_below_forecast"
    BELOW_COST = "below_cost"
    OVERFACED = "overfaced"
    UNPRICED = "unpriced"


@dataclass(frozen=True, slots=True)
class Violation:
    """A hard rule that is broken. ``slot`` and ``product_id`` are ``None`` for the whole fixture."""

    rule: Rule
    message: str
    slot: str | None = None
    product_id: int | None = None
    hint: str = ""

    @property
    def severity(self) -> str:
        return "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """A soft rule that is not followed: shown, never blocking."""

    rule: Rule
    message: str
    slot: str | None = None
    product_id: int | None = None
    hint: str = ""
    severity: str = "warning"
