"""The demo catalog: 21 categories of invented products, the same for every seed.

Brands are invented. Item numbers use the number system that GS1 sets aside for local use (leading 4),
so that no demo GTIN can belong to a real product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.planogram.fixture import TemperatureZone
from core.planogram.product import SEASONS, Product
from core.site.zones import FloatArray

AMBIENT, COLD, FROZEN = TemperatureZone.AMBIENT, TemperatureZone.REFRIGERATED, TemperatureZone.FROZEN


@dataclass(frozen=True, slots=True)
class CategorySpec:
    """What the products of a category share. ``peak``: month of the highest demand, ``swing``: its size;
    ``impulse``: space elasticity of the class; ``hour``: center of its daypart; ``coil``: units a coil."""

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
    items: tuple[str, ...]


IMPULSE, STAPLE, COMMODITY = 0.24, 0.17, 0.10

CATEGORIES: tuple[CategorySpec, ...] = (
    CategorySpec("Potato chips", AMBIENT, IMPULSE, -1.5, .34, 7, .08, 14, 9, (5.0, 7.5, 2.0), .46, 75, 28, (
        "Harbor Kettle|Sea Salt|1.5 oz|1.75", "Harbor Kettle|Salt & Vinegar|1.5 oz|1.75",
        "Harbor Kettle|Barbecue|1.5 oz|1.75", "Prairie|Classic|1.5 oz|1.75", "Prairie|Sour Cream & Onion|1.5 oz|1.75",
        "Prairie|Cheddar|1.5 oz|1.75", "Ridgeway|Wavy Original|1.4 oz|1.60", "Ridgeway|Wavy Jalapeño|1.4 oz|1.60",
        "Root & Field|Sweet Potato|1.2 oz|2.10")),
    CategorySpec("Tortilla chips", AMBIENT, IMPULSE, -1.4, .32, 7, .10, 14, 9, (5.0, 7.5, 2.0), .45, 80, 27, (
        "Casa Lumbre|Nacho|1.75 oz|1.75", "Casa Lumbre|Chili Lime|1.75 oz|1.75", "Casa Lumbre|Cool Herb|1.75 oz|1.75",
        "Mesa Roja|Blue Corn|1.5 oz|1.90", "Mesa Roja|Salsa Verde|1.5 oz|1.90", "Prairie|Corn Scoops|1.5 oz|1.75",
        "Mesa Roja|Smoky Chipotle|1.5 oz|1.90")),
    CategorySpec("Pretzels & crackers", AMBIENT, STAPLE, -1.3, .30, 2, .06, 11, 10, (4.5, 6.5, 1.8), .44, 120, 36, (
        "Stonebridge|Pretzel Twists|1.5 oz|1.50", "Stonebridge|Honey Mustard Pretzels|2 oz|1.75",
        "Stonebridge|Peanut Butter Pretzels|1.5 oz|1.85", "Millhouse|Cheddar Crackers|1.5 oz|1.60",
        "Millhouse|Peanut Butter Crackers|1.4 oz|1.25", "Millhouse|Whole Grain Crackers|1.4 oz|1.50",
        "Golden Sheaf|Cheese Squares|1.5 oz|1.60", "Golden Sheaf|Sesame Thins|1.4 oz|1.75")),
    CategorySpec("Popcorn & puffs", AMBIENT, IMPULSE, -1.4, .30, 1, .06, 15, 8, (5.2, 8.0, 2.2), .42, 70, 40, (
        "Skylark|White Cheddar Popcorn|1 oz|1.75", "Skylark|Kettle Corn|1 oz|1.75", "Skylark|Sea Salt Popcorn|1 oz|1.75",
        "Cloudlet|Cheese Puffs|1.5 oz|1.60", "Cloudlet|Hot Cheese Puffs|1.5 oz|1.60", "Cloudlet|Veggie Puffs|1 oz|1.90")),
    CategorySpec("Cookies", AMBIENT, STAPLE, -1.4, .31, 11, .10, 15, 10, (3.8, 5.0, 1.8), .45, 120, 20, (
        "Marigold|Chocolate Chip|2 oz|1.60", "Marigold|Oatmeal Raisin|2 oz|1.60", "Marigold|Double Chocolate|2 oz|1.60",
        "Nightingale|Cream Sandwich|2 oz|1.75", "Nightingale|Vanilla Wafers|2 oz|1.60", "Hearthside|Fig Bars|2 oz|1.50",
        "Hearthside|Ginger Snaps|2 oz|1.60", "Hearthside|Shortbread|1.8 oz|1.75")),
    CategorySpec("Chocolate bars", AMBIENT, IMPULSE, -1.6, .33, 12, .18, 16, 14, (1.6, 5.8, .9), .50, 240, 14, (
        "Summit|Milk Chocolate|1.5 oz|1.75", "Summit|Dark Chocolate|1.5 oz|1.75", "Summit|Almond|1.5 oz|1.75",
        "Comet|Caramel Nougat|1.9 oz|1.75", "Comet|Peanut Caramel|1.9 oz|1.75", "Comet|Crisp Wafer|1.5 oz|1.75",
        "Kestrel|Peanut Butter Cups|1.5 oz|1.85", "Kestrel|Coconut|1.7 oz|1.75", "Velvet Mill|Hazelnut|1.4 oz|2.10",
        "Velvet Mill|Sea Salt Caramel|1.4 oz|2.10")),
    CategorySpec("Gummies & candy", AMBIENT, IMPULSE, -1.5, .31, 10, .12, 16, 13, (2.6, 6.5, .8), .44, 300, 12, (
        "Jolly Otter|Gummy Otters|2 oz|1.60", "Jolly Otter|Sour Otters|2 oz|1.60", "Jolly Otter|Peach Rings|2 oz|1.60",
        "Prism|Fruit Chews|2 oz|1.50", "Prism|Sour Fruit Chews|2 oz|1.50", "Prism|Candy Shells|1.7 oz|1.60",
        "Old Pier|Licorice Twists|2.5 oz|1.75", "Old Pier|Saltwater Taffy|2 oz|1.75", "Prism|Berry Bites|2 oz|1.60")),
    CategorySpec("Gum & mints", AMBIENT, IMPULSE, -1.0, .26, 2, .04, 13, 15, (1.4, 3.4, .7), .40, 360, 30, (
        "Glint|Peppermint Gum|15 ct|1.50", "Glint|Spearmint Gum|15 ct|1.50", "Glint|Cinnamon Gum|15 ct|1.50",
        "Frostline|Peppermint Mints|1.2 oz|1.75", "Frostline|Wintergreen Mints|1.2 oz|1.75",
        "Frostline|Citrus Mints|1.2 oz|1.75")),
    CategorySpec("Nuts & trail mix", AMBIENT, STAPLE, -1.3, .28, 12, .10, 11, 11, (3.5, 5.5, 1.2), .52, 180, 68, (
        "Timberline|Classic Trail Mix|2 oz|2.00", "Timberline|Tropical Trail Mix|2 oz|2.00",
        "Timberline|Berry Trail Mix|2 oz|2.00", "Orchard Lane|Salted Almonds|1.5 oz|2.25",
        "Orchard Lane|Smoked Almonds|1.5 oz|2.25", "Orchard Lane|Honey Cashews|1.5 oz|2.50",
        "Nutwell|Salted Peanuts|1.75 oz|1.25", "Nutwell|Sunflower Seeds|1.75 oz|1.25")),
    CategorySpec("Snack bars", AMBIENT, STAPLE, -1.5, .32, 1, .14, 10, 13, (1.8, 6.0, .9), .52, 200, 60, (
        "Trailhead|Oats & Honey Bar|1.5 oz|1.60", "Trailhead|Peanut Butter Bar|1.5 oz|1.60",
        "Trailhead|Chocolate Chip Bar|1.5 oz|1.60", "Forge|Chocolate Protein Bar|2.1 oz|2.95",
        "Forge|Peanut Protein Bar|2.1 oz|2.95", "Forge|Cookie Protein Bar|2.1 oz|2.95",
        "Meadow|Almond Date Bar|1.6 oz|2.25", "Meadow|Cherry Date Bar|1.6 oz|2.25",
        "Hearthside|Apple Cereal Bar|1.3 oz|1.25")),
    CategorySpec("Pastries", AMBIENT, STAPLE, -1.3, .31, 1, .08, 8, 8, (4.0, 5.0, 2.0), .46, 30, 12, (
        "Morning Bell|Honey Bun|4 oz|1.85", "Morning Bell|Cinnamon Roll|4 oz|1.95", "Morning Bell|Powdered Donuts|3 oz|1.95",
        "Morning Bell|Chocolate Donuts|3 oz|1.95", "Toaster Lane|Strawberry Tarts|3.6 oz|1.75",
        "Toaster Lane|Brown Sugar Tarts|3.6 oz|1.75", "Morning Bell|Blueberry Muffin|4 oz|2.10")),
    CategorySpec("Beef jerky & meat snacks", AMBIENT, IMPULSE, -1.2, .27, 6, .10, 15, 11, (2.8, 5.5, .8), .56, 240, 42, (
        "Iron Bluff|Original Beef Jerky|1.5 oz|3.50", "Iron Bluff|Peppered Beef Jerky|1.5 oz|3.50",
        "Iron Bluff|Teriyaki Beef Jerky|1.5 oz|3.50", "Iron Bluff|Beef Stick|1 oz|1.95",
        "Big Sky|Smoked Sausage Stick|1.2 oz|1.95", "Big Sky|Turkey Bites|1.2 oz|3.25")),
    CategorySpec("Soft drinks", COLD, COMMODITY, -1.6, .35, 7, .14, 13, 9, (2.6, 4.9, 2.6), .40, 240, 8, (
        "Beacon|Cola|12 oz|1.75", "Beacon|Cola Zero|12 oz|1.75", "Beacon|Cherry Cola|12 oz|1.75",
        "Beacon|Cola|20 oz|2.50", "Beacon|Cola Zero|20 oz|2.50", "Lighthouse|Lemon Lime|12 oz|1.75",
        "Lighthouse|Lemon Lime|20 oz|2.50", "Lighthouse|Ginger Ale|12 oz|1.75", "Old Pier|Root Beer|12 oz|1.75",
        "Old Pier|Cream Soda|12 oz|1.75", "Citron|Orange Soda|12 oz|1.75", "Citron|Grape Soda|12 oz|1.75")),
    CategorySpec("Energy drinks", COLD, STAPLE, -1.4, .34, 9, .06, 9, 8, (2.4, 6.2, 2.4), .52, 300, 10, (
        "Volt|Original|16 oz|3.50", "Volt|Zero Sugar|16 oz|3.50", "Volt|Tropical|16 oz|3.50", "Volt|Berry|16 oz|3.50",
        "Kite|Original|8.4 oz|3.25", "Kite|Sugar Free|8.4 oz|3.25", "Ember|Ginger|12 oz|3.00", "Ember|Peach|12 oz|3.00")),
    CategorySpec("Water", COLD, COMMODITY, -1.2, .33, 7, .28, 13, 9, (2.6, 8.2, 2.6), .30, 540, 92, (
        "Alpine|Spring Water|16.9 oz|1.75", "Alpine|Spring Water|1 L|2.50", "Fjord|Mineral Water|16.9 oz|2.00",
        "Fjord|Sparkling Lime|12 oz|1.75", "Fjord|Sparkling Grapefruit|12 oz|1.75", "Fjord|Sparkling Black Cherry|12 oz|1.75",
        "Glacier Bay|Purified Water|20 oz|1.75", "Glacier Bay|Electrolyte Water|1 L|2.75",
        "Alpine|Sparkling Lemon|12 oz|1.75")),
    CategorySpec("Juice", COLD, COMMODITY, -1.4, .30, 5, .08, 9, 8, (2.7, 7.4, 2.7), .48, 90, 58, (
        "Sunny Grove|Orange|15.2 oz|2.75", "Sunny Grove|Apple|15.2 oz|2.75", "Sunny Grove|Cranberry|15.2 oz|2.75",
        "Sunny Grove|Mixed Berry|15.2 oz|2.75", "Greenhouse|Green Smoothie|12 oz|3.95",
        "Greenhouse|Mango Smoothie|12 oz|3.95", "Greenhouse|Strawberry Smoothie|12 oz|3.95")),
    CategorySpec("Iced tea & coffee", COLD, STAPLE, -1.4, .31, 7, .20, 9, 8, (2.7, 7.6, 2.7), .46, 180, 26, (
        "Magnolia|Sweet Tea|18.5 oz|2.25", "Magnolia|Lemon Tea|18.5 oz|2.25", "Magnolia|Peach Tea|18.5 oz|2.25",
        "Magnolia|Unsweet Tea|18.5 oz|2.25", "Night Owl|Mocha|9.5 oz|3.25", "Night Owl|Vanilla Latte|9.5 oz|3.25",
        "Night Owl|Cold Brew|11 oz|3.50", "Night Owl|Caramel Latte|9.5 oz|3.25")),
    CategorySpec("Sports drinks", COLD, COMMODITY, -1.5, .33, 7, .26, 16, 8, (2.8, 8.2, 2.8), .44, 270, 30, (
        "Stride|Lemon Lime|20 oz|2.50", "Stride|Fruit Punch|20 oz|2.50", "Stride|Cool Blue|20 oz|2.50",
        "Stride|Zero Orange|20 oz|2.50", "Tidal|Coconut Electrolyte|16 oz|2.95", "Tidal|Berry Electrolyte|16 oz|2.95")),
    CategorySpec("Fresh meals", COLD, COMMODITY, -1.3, .36, 4, .05, 12, 5, (5.0, 3.5, 5.0), .58, 5, 62, (
        "Daily Table|Turkey & Swiss Sandwich|7 oz|6.50", "Daily Table|Ham & Cheddar Sandwich|7 oz|6.50",
        "Daily Table|Egg Salad Sandwich|6.5 oz|5.75", "Daily Table|Chicken Caesar Wrap|8 oz|7.25",
        "Daily Table|Garden Salad|8 oz|6.95", "Daily Table|Cobb Salad|9 oz|7.95", "Morning Dew|Greek Yogurt Parfait|6 oz|3.95",
        "Morning Dew|Fruit Cup|7 oz|4.25", "Daily Table|Cheese & Grapes Box|6 oz|5.50", "Daily Table|Hummus Box|6 oz|5.50",
        "Daily Table|Roast Beef Sandwich|7 oz|6.95")),
    CategorySpec("Frozen meals", FROZEN, COMMODITY, -1.4, .32, 1, .12, 12, 6, (5.5, 1.8, 7.5), .56, 270, 40, (
        "Hearth & Pan|Beef Lasagna|9 oz|5.50", "Hearth & Pan|Chicken Alfredo|9 oz|5.50",
        "Hearth & Pan|Mac & Cheese|9 oz|4.95", "Hearth & Pan|Beef & Broccoli|9 oz|5.50", "Casa Lumbre|Bean Burrito|7 oz|3.75",
        "Casa Lumbre|Beef Burrito|7 oz|3.95", "Lantern|Vegetable Fried Rice|9 oz|4.95", "Lantern|Orange Chicken|9 oz|5.50",
        "Hearth & Pan|Pepperoni Pizza|6 oz|4.50")),
    CategorySpec("Ice cream", FROZEN, IMPULSE, -1.4, .34, 7, .42, 16, 8, (3.2, 6.5, 1.5), .44, 360, 16, (
        "Polar Post|Vanilla Sandwich|4 oz|2.50", "Polar Post|Chocolate Cone|4.6 oz|3.00",
        "Polar Post|Caramel Cone|4.6 oz|3.00", "Polar Post|Cookie Sandwich|4 oz|3.00", "Sundance|Fruit Bar Strawberry|3 oz|2.25",
        "Sundance|Fruit Bar Mango|3 oz|2.25", "Sundance|Almond Bar|3 oz|3.25", "Polar Post|Fudge Bar|2.5 oz|2.25")),
)

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
    ("Potato chips", "Chocolate bars", .25), ("Potato chips", "Soft drinks", .45), ("Tortilla chips", "Soft drinks", .45),
    ("Cookies", "Iced tea & coffee", .4), ("Pastries", "Iced tea & coffee", .55), ("Snack bars", "Nuts & trail mix", .35),
    ("Beef jerky & meat snacks", "Nuts & trail mix", .35), ("Beef jerky & meat snacks", "Energy drinks", .5),
    ("Sports drinks", "Water", .35), ("Fresh meals", "Juice", .45), ("Fresh meals", "Water", .4),
    ("Frozen meals", "Ice cream", .3), ("Gum & mints", "Gummies & candy", .2), ("Pretzels & crackers", "Popcorn & puffs", .2),
    ("Cookies", "Pastries", .15), ("Potato chips", "Tortilla chips", .1),
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
        quarters = [float(curves[c, months].mean()) for months in ([2, 3, 4], [5, 6, 7], [8, 9, 10], [11, 0, 1])]
        seasonality = {name: round(20 * q) / 20 for name, q in zip(SEASONS, quarters, strict=True)}
        for k, item in enumerate(spec.items):
            brand, variant, size, price_text = item.split("|")
            price, number = float(price_text), len(products) + 1
            body = f"4{10_000 + 37 * brands.setdefault(brand, len(brands)):05d}{number:05d}"
            width, height, depth = _dimensions(spec.size_in, size, spec.name)
            products[number] = Product(
                number, f"{brand} {variant} {size}", spec.name, brand, size, body + check_digit(body),
                width, height, depth, 0.0, price, round(price * (spec.cost_share + 0.012 * (k % 3 - 1)), 2),
                seasonality=seasonality, shelf_life_days=spec.shelf_life, temperature=spec.temperature,
                health_score=float(np.clip(spec.health + _health_shift(variant), 1, 99)),
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
    words = {"Zero": 12, "Sugar Free": 12, "Unsweet": 30, "Whole Grain": 14, "Veggie": 12, "Dark": 6, "Salad": 18,
             "Fruit": 8, "Green": 12, "Double": -4, "Honey": -2}
    return sum(shift for word, shift in words.items() if word in variant)


def _with_equal_twins(products: dict[int, Product]) -> dict[int, Product]:
    """A twin takes its partner's cost, so that a swap of the two changes neither sales nor margin."""
    ids = {p.name: p.id for p in products.values()}
    for first, second in TWINS:
        a, b = products[ids[first]], products[ids[second]]
        products[b.id] = Product(
            b.id, b.name, b.category, b.brand, b.size, b.upc, a.width_in, a.height_in, a.depth_in, a.pack_height_in,
            a.price, a.cost, a.velocity, a.seasonality, a.shelf_life_days, a.temperature, a.health_score,
        )
    return products
