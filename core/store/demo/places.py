"""Where the demo company works: cities, venues, machine models, store fixtures."""

from __future__ import annotations

from dataclasses import dataclass

from core.planogram.fixture import Fixture, Shape
from core.store.demo.assortment import AMBIENT, COLD, FROZEN

CITIES: tuple[tuple[str, str, tuple[tuple[str, float, float, str], ...]], ...] = (
    ("Seattle", "WA", (("Capitol Hill", 47.6231, -122.3207, "98102"), ("Ballard", 47.6688, -122.3845, "98107"),
                       ("Northgate", 47.7062, -122.3257, "98125"), ("Georgetown", 47.5470, -122.3208, "98108"),
                       ("Fremont", 47.6510, -122.3500, "98103"), ("Beacon Hill", 47.5685, -122.3090, "98144"),
                       ("Wallingford", 47.6615, -122.3340, "98103"), ("West Seattle", 47.5612, -122.3870, "98116"),
                       ("Ravenna", 47.6757, -122.3030, "98115"), ("Columbia City", 47.5596, -122.2920, "98118"))),
    ("Denver", "CO", (("Five Points", 39.7590, -104.9780, "80205"), ("Highland", 39.7620, -105.0110, "80211"),
                      ("Cherry Creek", 39.7170, -104.9530, "80206"), ("Baker", 39.7160, -104.9930, "80223"),
                      ("Stapleton", 39.7650, -104.8830, "80238"), ("Washington Park", 39.7000, -104.9690, "80209"),
                      ("Union Station", 39.7530, -105.0000, "80202"), ("Park Hill", 39.7500, -104.9230, "80207"),
                      ("Sloan Lake", 39.7500, -105.0330, "80212"), ("Hampden", 39.6530, -104.9010, "80231"))),
    ("Chicago", "IL", (("Lincoln Park", 41.9230, -87.6450, "60614"), ("Hyde Park", 41.7940, -87.5930, "60615"),
                       ("Wicker Park", 41.9080, -87.6770, "60622"), ("Pilsen", 41.8560, -87.6560, "60608"),
                       ("Uptown", 41.9660, -87.6560, "60640"), ("Bridgeport", 41.8380, -87.6510, "60609"),
                       ("Logan Square", 41.9290, -87.7070, "60647"), ("Loop", 41.8810, -87.6320, "60603"),
                       ("Jefferson Park", 41.9700, -87.7630, "60630"), ("Beverly", 41.7180, -87.6720, "60643"))),
    ("Austin", "TX", (("Mueller", 30.2990, -97.7050, "78723"), ("Hyde Park", 30.3050, -97.7270, "78751"),
                      ("Zilker", 30.2620, -97.7690, "78704"), ("East Austin", 30.2640, -97.7190, "78702"),
                      ("Domain", 30.4020, -97.7250, "78758"), ("Tarrytown", 30.2950, -97.7740, "78703"),
                      ("Riverside", 30.2370, -97.7210, "78741"), ("Allandale", 30.3390, -97.7430, "78757"),
                      ("Downtown", 30.2680, -97.7420, "78701"), ("Oak Hill", 30.2350, -97.8620, "78735"))),
    ("Boston", "MA", (("Back Bay", 42.3500, -71.0810, "02116"), ("Allston", 42.3540, -71.1320, "02134"),
                      ("Dorchester", 42.3010, -71.0670, "02124"), ("Jamaica Plain", 42.3100, -71.1150, "02130"),
                      ("Fenway", 42.3440, -71.0960, "02215"), ("Charlestown", 42.3780, -71.0640, "02129"),
                      ("Roxbury", 42.3250, -71.0900, "02119"), ("Brighton", 42.3500, -71.1560, "02135"),
                      ("South End", 42.3410, -71.0740, "02118"), ("Roslindale", 42.2850, -71.1270, "02131"))),
    ("Atlanta", "GA", (("Midtown", 33.7840, -84.3830, "30309"), ("Buckhead", 33.8390, -84.3790, "30305"),
                       ("Inman Park", 33.7570, -84.3520, "30307"), ("West End", 33.7360, -84.4140, "30310"),
                       ("Virginia Highland", 33.7830, -84.3540, "30306"), ("Grant Park", 33.7370, -84.3690, "30312"),
                       ("Old Fourth Ward", 33.7640, -84.3720, "30312"), ("Druid Hills", 33.7740, -84.3250, "30307"),
                       ("Westside", 33.7860, -84.4220, "30318"), ("East Lake", 33.7560, -84.3010, "30317"))),
)


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue type. ``vends``: units a day of a 45-slot machine; ``weekday``: Monday to Sunday; ``peaks``: hours of
    traffic with weights; ``holiday``, ``breaks``, ``summer``: factor on public holidays, winter break, summer break;
    ``visits``: days between services; ``taste``: category → log liking; ``markup``: price over the catalog's."""

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
    Venue("office", "Offices", 27, (1.2, 1.25, 1.25, 1.2, 1.0, .12, .08), ((10, 2), (13, 3), (15.5, 3)), .12, .5, 1, 4,
          1.0, (("Snack bars", .3), ("Nuts & trail mix", .3), ("Iced tea & coffee", .3), ("Water", .15))),
    Venue("school", "High School", 36, (1.2, 1.2, 1.2, 1.2, 1.1, .08, .04), ((10, 2), (12.2, 4), (15, 3)), .05, .1, .15, 4,
          .95, (("Gummies & candy", .35), ("Tortilla chips", .25), ("Sports drinks", .35), ("Energy drinks", -.8))),
    Venue("gym", "Fitness", 25, (1.1, 1.1, 1.05, 1.05, .95, .9, .85), ((7, 3), (12, 1), (18, 4)), .5, .8, .95, 5,
          1.05, (("Sports drinks", .7), ("Snack bars", .8), ("Water", .6), ("Energy drinks", .4), ("Cookies", -.5),
                 ("Potato chips", -.4), ("Chocolate bars", -.4), ("Pastries", -.6))),
    Venue("hospital", "Medical Center", 50, (1.05, 1.05, 1.05, 1.05, 1.05, .9, .85), ((3, 1), (10, 2), (13, 3), (20, 3)),
          .85, .9, 1, 3, 1.0, (("Fresh meals", .3), ("Iced tea & coffee", .25), ("Chocolate bars", .15))),
    Venue("transit", "Station", 54, (1.1, 1.1, 1.1, 1.1, 1.2, .75, .65), ((8, 4), (13, 1.5), (17.5, 4)), .6, .8, .95, 2,
          1.1, (("Gum & mints", .5), ("Water", .3), ("Energy drinks", .25), ("Pastries", .25))),
    Venue("university", "Campus", 44, (1.15, 1.2, 1.2, 1.15, 1.0, .65, .65), ((11, 2), (15, 2), (21, 3)), .35, .2, .45, 3,
          1.0, (("Energy drinks", .6), ("Frozen meals", .3), ("Popcorn & puffs", .2), ("Iced tea & coffee", .25))),
    Venue("mall", "Galleria", 37, (.8, .8, .85, .9, 1.15, 1.4, 1.1), ((12.5, 2), (15, 3), (18, 2)), .9, 1.4, 1, 4,
          1.05, (("Ice cream", .3), ("Gummies & candy", .25), ("Soft drinks", .2))),
    Venue("convenience store", "Market", 80, (.95, .95, .95, 1.0, 1.1, 1.1, .95), ((8, 3), (12.5, 3), (17.5, 4)), .8, .95, 1,
          2, 1.0, (("Energy drinks", .3), ("Beef jerky & meat snacks", .3), ("Gum & mints", .2))),
    Venue("grocery store", "Grocer", 95, (.85, .85, .9, .95, 1.1, 1.25, 1.1), ((11, 3), (17.5, 4)), .7, 1.05, 1, 2,
          .95, (("Pretzels & crackers", .2), ("Juice", .25), ("Frozen meals", .2))),
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


SNACK = (("Potato chips", 1.5), ("Tortilla chips", 1.1), ("Popcorn & puffs", .6), ("Pretzels & crackers", .8),
         ("Cookies", .9), ("Pastries", .8), ("Snack bars", 1.0), ("Nuts & trail mix", .8),
         ("Beef jerky & meat snacks", .5), ("Chocolate bars", 1.4), ("Gummies & candy", 1.1), ("Gum & mints", .5))
DRINK = (("Energy drinks", .9), ("Iced tea & coffee", .9), ("Juice", .6), ("Sports drinks", .8), ("Water", 1.1),
         ("Soft drinks", 1.9))
FOOD = (("Fresh meals", 2.2), ("Juice", .8), ("Iced tea & coffee", .8), ("Water", .8), ("Soft drinks", .8))
FREEZER = (("Ice cream", 1.0), ("Frozen meals", 1.1))
MIX = {"snacks": SNACK, "drinks": DRINK, "food": FOOD, "frozen": FREEZER, "cooler": (*DRINK, ("Fresh meals", .5)),
       "end cap": SNACK[-3:]}
"""Block order from the top of the face, and the share of cells that each category gets."""


def _labels(row_columns: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    """Selections as on a keypad: tray 1 counts 110, 111, …, tray 2 counts 120, 121, …"""
    return tuple(tuple(str(110 + 10 * r + c) for c in range(n)) for r, n in enumerate(row_columns))


def _machine(row_columns: tuple[int, ...], zone: object = AMBIENT, pitch: float = 2.8) -> Fixture:
    from core.planogram.fixture import TemperatureZone

    return Fixture.machine(row_columns, TemperatureZone(zone), _labels(row_columns), pitch)


MODELS: dict[str, tuple[CabinetModel, ...]] = {
    "Meridian 48": (CabinetModel("Meridian 48", "snacks", _machine((6, 6, 8, 8, 10, 10)), .25, .5),),
    "Meridian 36": (CabinetModel("Meridian 36", "snacks", _machine((6, 6, 8, 8, 8)), .45, .35),),
    "Polar 45": (CabinetModel("Polar 45", "drinks", _machine((9,) * 5, COLD, 3.4), .3, .5),),
    "Polar 40": (CabinetModel("Polar 40", "drinks", _machine((8,) * 5, COLD, 3.4), .55, .3),),
    "Duet 64": (CabinetModel("Duet 64", "snacks", _machine((6, 6, 6, 8, 8)), .4, .6, .62),
                CabinetModel("Duet 64", "drinks", _machine((6,) * 5, COLD, 3.4), .5, .4, .6)),
    "Bistro 36": (CabinetModel("Bistro 36", "food", _machine((6,) * 6, COLD, 5.4), .4, .5, .75),),
    "Glacier 30": (CabinetModel("Glacier 30", "frozen", _machine((6,) * 5, FROZEN, 5.6), .35, .5, .6),),
}
MODEL_CYCLE = ("Meridian 48", "Polar 45", "Duet 64", "Meridian 36", "Polar 40", "Glacier 30", "Bistro 36", "Polar 45",
               "Duet 64", "Meridian 48", "Meridian 36")

RUNS = tuple(
    CabinetModel(f"Snack run {feet} ft", "snacks", Fixture.shelves(12.0 * feet, 5), .35, .5, volume)
    for feet, volume in ((8, 1.1), (12, 1.4), (4, .7))
)
COOLER = CabinetModel("Beverage cooler", "cooler", Fixture.shelves(60, 5, 75, 24, COLD), .4, .5, 1.0)
FREEZER_CAP = CabinetModel("Freezer end cap", "frozen", Fixture.shelves(36, 5, 68, 24, FROZEN, Shape.END_CAP), .4, .5, .4)
CANDY_CAP = CabinetModel("Candy end cap", "end cap", Fixture.shelves(36, 5, 60, 16, AMBIENT, Shape.END_CAP), .3, .5, .45)


def store_fixtures(number: int) -> tuple[CabinetModel, ...]:
    """The fixtures of the n-th store: a snack run, mostly a cooler, sometimes an end cap."""
    cooler = () if number % 6 == 5 else (COOLER,)
    cap = ((FREEZER_CAP,), (CANDY_CAP,), ())[number % 3]
    return (RUNS[number % 3], *cooler, *cap)
