"""Where the demo company works: cities, venues, machine models, store fixtures."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from core.planogram.fixture import Fixture, Shape, TemperatureZone

AMBIENT, COLD, FROZEN = TemperatureZone.AMBIENT, TemperatureZone.REFRIGERATED, TemperatureZone.FROZEN


@dataclass(frozen=True, slots=True)
class Neighborhood:
    city: str
    state: str
    name: str
    latitude: float
    longitude: float
    zip_code: str


def _read_cities() -> tuple[tuple[Neighborhood, ...], ...]:
    cities: dict[str, list[Neighborhood]] = {}
    with (Path(__file__).parent / "neighborhoods.csv").open(encoding="utf-8", newline="") as file:
        for city, state, name, latitude, longitude, zip_code in list(csv.reader(file))[1:]:
            hood = Neighborhood(city, state, name, float(latitude), float(longitude), zip_code)
            cities.setdefault(city, []).append(hood)
    return tuple(map(tuple, cities.values()))


CITIES = _read_cities()


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue type. ``vends``: units a day of a 45-slot machine; ``weekday``: Monday to Sunday;
    ``peaks``: hours of traffic with weights; ``holiday``, ``breaks``, ``summer``: factors on public
    holidays, in the winter and the summer break; ``visits``: days between services; ``markup``: price over
    the catalog's; ``taste``: category → log liking."""

    name: str
    noun: str
    vends: float
    weekday: tuple[float, ...]
    peaks: tuple[tuple[float, float], ...]
    holiday: float
    breaks: float
    summer: float
    visits: int
    markup: float
    taste: tuple[tuple[str, float], ...]


VENUES: tuple[Venue, ...] = (
    Venue(
        "office",
        "Offices",
        25,
        (1.2, 1.25, 1.25, 1.2, 1.0, 0.12, 0.08),
        ((10, 2), (13, 3), (15.5, 3)),
        0.12,
        0.5,
        1,
        5,
        1.0,
        (("Snack bars", 0.3), ("Nuts & trail mix", 0.3), ("Iced tea & coffee", 0.3), ("Water", 0.15)),
    ),
    Venue(
        "school",
        "High School",
        32,
        (1.2, 1.2, 1.2, 1.2, 1.1, 0.08, 0.04),
        ((10, 2), (12.2, 4), (15, 3)),
        0.05,
        0.1,
        0.15,
        5,
        0.95,
        (
            ("Gummies & candy", 0.35),
            ("Tortilla chips", 0.25),
            ("Sports drinks", 0.35),
            ("Energy drinks", -0.8),
        ),
    ),
    Venue(
        "gym",
        "Fitness",
        23,
        (1.1, 1.1, 1.05, 1.05, 0.95, 0.9, 0.85),
        ((7, 3), (12, 1), (18, 4)),
        0.5,
        0.8,
        0.95,
        6,
        1.05,
        (
            ("Sports drinks", 0.7),
            ("Snack bars", 0.8),
            ("Water", 0.6),
            ("Energy drinks", 0.4),
            ("Cookies", -0.5),
            ("Potato chips", -0.4),
            ("Chocolate bars", -0.4),
            ("Pastries", -0.6),
        ),
    ),
    Venue(
        "hospital",
        "Medical Center",
        44,
        (1.05, 1.05, 1.05, 1.05, 1.05, 0.9, 0.85),
        ((3, 1), (10, 2), (13, 3), (20, 3)),
        0.85,
        0.9,
        1,
        3,
        1.0,
        (("Fresh meals", 0.3), ("Iced tea & coffee", 0.25), ("Chocolate bars", 0.15)),
    ),
    Venue(
        "transit",
        "Station",
        46,
        (1.1, 1.1, 1.1, 1.1, 1.2, 0.75, 0.65),
        ((8, 4), (13, 1.5), (17.5, 4)),
        0.6,
        0.8,
        0.95,
        3,
        1.1,
        (("Gum & mints", 0.5), ("Water", 0.3), ("Energy drinks", 0.25), ("Pastries", 0.25)),
    ),
    Venue(
        "university",
        "Campus",
        38,
        (1.15, 1.2, 1.2, 1.15, 1.0, 0.65, 0.65),
        ((11, 2), (15, 2), (21, 3)),
        0.35,
        0.2,
        0.45,
        4,
        1.0,
        (
            ("Energy drinks", 0.6),
            ("Frozen meals", 0.3),
            ("Popcorn & puffs", 0.2),
            ("Iced tea & coffee", 0.25),
        ),
    ),
    Venue(
        "mall",
        "Galleria",
        33,
        (0.8, 0.8, 0.85, 0.9, 1.15, 1.4, 1.1),
        ((12.5, 2), (15, 3), (18, 2)),
        0.9,
        1.4,
        1,
        4,
        1.05,
        (("Ice cream", 0.3), ("Gummies & candy", 0.25), ("Soft drinks", 0.2)),
    ),
    Venue(
        "convenience store",
        "Market",
        80,
        (0.95, 0.95, 0.95, 1.0, 1.1, 1.1, 0.95),
        ((8, 3), (12.5, 3), (17.5, 4)),
        0.8,
        0.95,
        1,
        2,
        1.0,
        (("Energy drinks", 0.3), ("Beef jerky & meat snacks", 0.3), ("Gum & mints", 0.2)),
    ),
    Venue(
        "grocery store",
        "Grocer",
        95,
        (0.85, 0.85, 0.9, 0.95, 1.1, 1.25, 1.1),
        ((11, 3), (17.5, 4)),
        0.7,
        1.05,
        1,
        2,
        0.95,
        (("Pretzels & crackers", 0.2), ("Juice", 0.25), ("Frozen meals", 0.2)),
    ),
)
MACHINE_VENUES, STORE_VENUES = range(7), (7, 8)


@dataclass(frozen=True, slots=True)
class CabinetModel:
    """``eye_row`` and ``eye_column``: where on the face people look first, as shares of height and width."""

    name: str
    kind: str
    fixture: Fixture
    eye_row: float
    eye_column: float
    volume: float = 1.0


SNACK = (
    ("Potato chips", 1.5),
    ("Tortilla chips", 1.1),
    ("Popcorn & puffs", 0.6),
    ("Pretzels & crackers", 0.8),
    ("Cookies", 0.9),
    ("Pastries", 0.8),
    ("Snack bars", 1.0),
    ("Nuts & trail mix", 0.8),
    ("Beef jerky & meat snacks", 0.5),
    ("Chocolate bars", 1.4),
    ("Gummies & candy", 1.1),
    ("Gum & mints", 0.5),
)
DRINK = (
    ("Energy drinks", 0.9),
    ("Iced tea & coffee", 0.9),
    ("Juice", 0.6),
    ("Sports drinks", 0.8),
    ("Water", 1.1),
    ("Soft drinks", 1.9),
)
FOOD = (
    ("Fresh meals", 2.2),
    ("Juice", 0.8),
    ("Iced tea & coffee", 0.8),
    ("Water", 0.8),
    ("Soft drinks", 0.8),
)
FREEZER = (("Ice cream", 1.0), ("Frozen meals", 1.1))
MIX = {
    "snacks": SNACK,
    "drinks": DRINK,
    "food": FOOD,
    "frozen": FREEZER,
    "cooler": (*DRINK, ("Fresh meals", 0.5)),
    "end cap": SNACK[-3:],
}
"""Block order from the top of the face, and the share of cells that each category gets."""


def _labels(row_columns: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    """Selections as on a keypad: tray 1 counts 110, 111, …, tray 2 counts 120, 121, …"""
    return tuple(tuple(str(110 + 10 * r + c) for c in range(n)) for r, n in enumerate(row_columns))


def _machine(row_columns: tuple[int, ...], zone: TemperatureZone = AMBIENT, pitch: float = 2.8) -> Fixture:
    return Fixture.machine(row_columns, zone, _labels(row_columns), pitch)


MODELS: dict[str, tuple[CabinetModel, ...]] = {
    "Meridian 48": (CabinetModel("Meridian 48", "snacks", _machine((6, 6, 8, 8, 10, 10)), 0.25, 0.5),),
    "Meridian 36": (CabinetModel("Meridian 36", "snacks", _machine((6, 6, 8, 8, 8)), 0.45, 0.35),),
    "Polar 45": (CabinetModel("Polar 45", "drinks", _machine((9,) * 5, COLD, 3.4), 0.3, 0.5),),
    "Polar 40": (CabinetModel("Polar 40", "drinks", _machine((8,) * 5, COLD, 3.4), 0.55, 0.3),),
    "Duet 64": (
        CabinetModel("Duet 64", "snacks", _machine((6, 6, 6, 8, 8)), 0.4, 0.6, 0.62),
        CabinetModel("Duet 64", "drinks", _machine((6,) * 5, COLD, 3.4), 0.5, 0.4, 0.6),
    ),
    "Bistro 36": (CabinetModel("Bistro 36", "food", _machine((6,) * 6, COLD, 5.4), 0.4, 0.5, 0.75),),
    "Glacier 30": (CabinetModel("Glacier 30", "frozen", _machine((6,) * 5, FROZEN, 5.6), 0.35, 0.5, 0.6),),
}
MODEL_CYCLE = (
    "Meridian 48",
    "Polar 45",
    "Duet 64",
    "Meridian 36",
    "Polar 40",
    "Glacier 30",
    "Bistro 36",
    "Polar 45",
    "Duet 64",
    "Meridian 48",
    "Meridian 36",
)

RUNS = tuple(
    CabinetModel(f"Snack run {feet} ft", "snacks", Fixture.shelves(12.0 * feet, 5), 0.35, 0.5, volume)
    for feet, volume in ((8, 1.1), (12, 1.4), (4, 0.7))
)
COOLER = CabinetModel("Beverage cooler", "cooler", Fixture.shelves(60, 5, 75, 24, COLD), 0.4, 0.5, 1.0)
FREEZER_CAP = CabinetModel(
    "Freezer end cap", "frozen", Fixture.shelves(36, 5, 68, 24, FROZEN, Shape.END_CAP), 0.4, 0.5, 0.4
)
CANDY_CAP = CabinetModel(
    "Candy end cap", "end cap", Fixture.shelves(36, 5, 60, 16, AMBIENT, Shape.END_CAP), 0.3, 0.5, 0.45
)


def store_fixtures(number: int) -> tuple[CabinetModel, ...]:
    """The fixtures of the n-th store: a snack run, mostly a cooler, sometimes an end cap."""
    cooler = () if number % 6 == 5 else (COOLER,)
    cap = ((FREEZER_CAP,), (CANDY_CAP,), ())[number % 3]
    return (RUNS[number % 3], *cooler, *cap)
