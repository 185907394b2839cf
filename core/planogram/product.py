"""A product as the engine knows it, and the score that is derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.planogram.fixture import TemperatureZone

SEASONS = ("spring", "summer", "autumn", "winter")


@dataclass(frozen=True, slots=True)
class Product:
    """Inches, currency units, units a day, days. ``seasonality`` maps season → relative demand."""

    id: int
    name: str
    category: str
    brand: str = ""
    size: str = ""
    upc: str = ""
    width_in: float = 3.0
    height_in: float = 5.0
    depth_in: float = 3.0
    pack_height_in: float = 0.0
    price: float = 0.0
    cost: float = 0.0
    velocity: float = 0.0
    seasonality: Mapping[str, float] = field(default_factory=dict)
    shelf_life_days: int | None = None
    temperature: TemperatureZone | None = None
    health_score: float | None = None
    overall_score: float | None = None

    @property
    def margin(self) -> float:
        """Margin per unit in currency."""
        return self.price - self.cost

    @property
    def margin_share(self) -> float | None:
        """Margin as a fraction of price; None where price or cost is not known."""
        return self.margin / self.price if self.price > 0 and self.cost > 0 else None


Catalog = Mapping[int, Product]
