"""The demo catalog: 21 categories of invented products, the same for every seed.

Brands are invented. Item numbers use the number system that GS1 sets aside for local use (leading 4),
so that no demo GTIN can belong to a real product.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.planogram.fixture import TemperatureZone
from core.planogram.product import SEASONS, Product
from core.site.zones import FloatArray


@dataclass(frozen=True, slots=True)
class Item:
    """One product of a category."""

    brand: str
    variant: str
    size: str
    price: float

    @property
    def name(self) -> str:
        return f"{self.brand} {self.variant} {self.size}"


@dataclass(frozen=True, slots=True)
class CategorySpec:
    """What the products of a category share. ``space``: space elasticity, by class (impulse .24, staple .17,
    commodity .10); ``price``: own price elasticity; ``peak``: month of the highest demand, ``swing``: its
    size; ``hour``: center of its daypart; ``coil``: units a coil."""

    name: str
    temperature: TemperatureZone
    space: float
    price: float
    diversion: float
    peak: int
    swing: float
    hour: float
    coil: int
    size_in: tuple[float, float, float]
    cost_share: float
    shelf_life: int
    health: int
    items: tuple[Item, ...]


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _category(row: dict[str, str], items: tuple[Item, ...]) -> CategorySpec:
    return CategorySpec(
        row["name"],
        TemperatureZone(row["temperature"]),
        float(row["space"]),
        float(row["price"]),
        float(row["diversion"]),
        int(row["peak"]),
        float(row["swing"]),
        float(row["hour"]),
        int(row["coil"]),
        (float(row["width_in"]), float(row["height_in"]), float(row["depth_in"])),
        float(row["cost_share"]),
        int(row["shelf_life"]),
        int(row["health"]),
        items,
    )


def _read_categories() -> tuple[CategorySpec, ...]:
    items: dict[str, list[Item]] = {}
    for row in _rows("products.csv"):
        item = Item(row["brand"], row["variant"], row["size"], float(row["price"]))
        items.setdefault(row["category"], []).append(item)
    return tuple(_category(row, tuple(items[row["name"]])) for row in _rows("categories.csv"))


CATEGORIES = _read_categories()

TWINS: tuple[tuple[str, str], ...] = (
    ("Prairie Classic 1.5 oz", "Prairie Sour Cream & Onion 1.5 oz"),
    ("Comet Caramel Nougat 1.9 oz", "Comet Peanut Caramel 1.9 oz"),
    ("Forge Chocolate Protein Bar 2.1 oz", "Forge Peanut Protein Bar 2.1 oz"),
    ("Volt Tropical 16 oz", "Volt Berry 16 oz"),
    ("Fjord Sparkling Lime 12 oz", "Fjord Sparkling Grapefruit 12 oz"),
    ("Stride Lemon Lime 20 oz", "Stride Fruit Punch 20 oz"),
    ("Polar Post Chocolate Cone 4.6 oz", "Polar Post Caramel Cone 4.6 oz"),
)

AFFINE: tuple[tuple[str, str, float], ...] = (
    ("Potato chips", "Chocolate bars", 0.25),
    ("Potato chips", "Soft drinks", 0.45),
    ("Tortilla chips", "Soft drinks", 0.45),
    ("Cookies", "Iced tea & coffee", 0.4),
    ("Pastries", "Iced tea & coffee", 0.55),
    ("Snack bars", "Nuts & trail mix", 0.35),
    ("Beef jerky & meat snacks", "Nuts & trail mix", 0.35),
    ("Beef jerky & meat snacks", "Energy drinks", 0.5),
    ("Sports drinks", "Water", 0.35),
    ("Fresh meals", "Juice", 0.45),
    ("Fresh meals", "Water", 0.4),
    ("Frozen meals", "Ice cream", 0.3),
    ("Gum & mints", "Gummies & candy", 0.2),
    ("Pretzels & crackers", "Popcorn & puffs", 0.2),
    ("Cookies", "Pastries", 0.15),
    ("Potato chips", "Tortilla chips", 0.1),
)


def category_index() -> dict[str, int]:
    """Category name → index, in the order of ``CATEGORIES``."""
    return {spec.name: i for i, spec in enumerate(CATEGORIES)}


def season_curves(jitter: FloatArray | None = None) -> FloatArray:
    """Monthly demand of each category, mean 1 over the year, shape (21, 12)."""
    month = np.arange(1, 13)
    peak = np.array([spec.peak for spec in CATEGORIES])[:, None]
    swing = np.array([spec.swing for spec in CATEGORIES])[:, None]
    log_curve = swing * np.cos(2 * np.pi * (month - peak) / 12)
    curve = np.exp(log_curve if jitter is None else log_curve + jitter)
    return np.asarray(curve / curve.mean(axis=1, keepdims=True))


def check_digit(body: str) -> str:
    """The GS1 check digit of a GTIN-12 body of 11 digits (weights 3, 1, 3, … from the left)."""
    total = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(body))
    return str(-total % 10)


def build_catalog() -> dict[int, Product]:
    """All products by id, ids from 1, in the order of the categories."""
    brands: dict[str, int] = {}
    curves = season_curves()
    products: dict[int, Product] = {}
    for c, spec in enumerate(CATEGORIES):
        quarters = [
            float(curves[c, months].mean()) for months in ([2, 3, 4], [5, 6, 7], [8, 9, 10], [11, 0, 1])
        ]
        seasonality = {name: round(20 * q) / 20 for name, q in zip(SEASONS, quarters, strict=True)}
        for k, item in enumerate(spec.items):
            number, shift = len(products) + 1, 0.012 * (k % 3 - 1)
            body = f"4{10_000 + 37 * brands.setdefault(item.brand, len(brands)):05d}{number:05d}"
            width, height, depth = _dimensions(spec.size_in, item.size, spec.name)
            products[number] = Product(
                number,
                item.name,
                spec.name,
                item.brand,
                item.size,
                body + check_digit(body),
                width,
                height,
                depth,
                0.0,
                item.price,
                round(item.price * (spec.cost_share + shift), 2),
                seasonality=seasonality,
                shelf_life_days=spec.shelf_life,
                temperature=spec.temperature,
                health_score=float(np.clip(spec.health + _health_shift(item.variant), 1, 99)),
            )
    return _with_equal_twins(products)


def _dimensions(typical: tuple[float, float, float], size: str, category: str) -> tuple[float, float, float]:
    """Larger bottles are taller; all else has its category's size."""
    width, height, depth = typical
    if category in ("Soft drinks", "Water") and size == "12 oz":
        return 2.6, 4.83, 2.6
    if size == "20 oz":
        return 2.9, 8.5, 2.9
    if size == "1 L":
        return 3.1, 9.4, 3.1
    return width, height, depth


def _health_shift(variant: str) -> int:
    words = {
        "Zero": 12,
        "Sugar Free": 12,
        "Unsweet": 30,
        "Whole Grain": 14,
        "Veggie": 12,
        "Dark": 6,
        "Salad": 18,
        "Fruit": 8,
        "Green": 12,
        "Double": -4,
        "Honey": -2,
    }
    return sum(shift for word, shift in words.items() if word in variant)


def _with_equal_twins(products: dict[int, Product]) -> dict[int, Product]:
    """A twin takes its partner's cost, so that a swap of the two changes neither sales nor margin."""
    ids = {p.name: p.id for p in products.values()}
    for first, second in TWINS:
        a, b = products[ids[first]], products[ids[second]]
        products[b.id] = replace(a, id=b.id, name=b.name, upc=b.upc)
    return products
