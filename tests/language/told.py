"""Seeded texts over seeded data, in varied wording, right or with one wrong number or name planted.

The wording knows nothing of how texts are judged: sentences are as people and language models write them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CATALOG = (
    "Cola Classic 12 oz", "Cola Zero 12 oz", "Cherry Cola 12 oz", "Lemon Lime Soda 20 oz", "Root Beer 12 oz",
    "Spring Water 16.9 oz", "Sparkling Water Lime 12 oz", "Iced Tea Peach 18.5 oz", "Green Tea Honey 20 oz",
    "Orange Juice 10 oz", "Apple Juice 10 oz", "Energy Rush 16 oz", "Energy Rush Sugar Free 16 oz",
    "Salted Peanuts 2.5 oz", "Honey Roasted Cashews 2 oz", "Trail Mix Berry 3 oz", "BBQ Potato Chips 1.5 oz",
    "Sea Salt Chips 1.5 oz", "Nacho Tortilla Chips 1.75 oz", "Cheese Crackers 1.5 oz", "Pretzel Twists 2 oz",
    "Choco Almond Bar 1.45 oz", "Caramel Crunch Bar 1.8 oz", "Peanut Butter Cups 1.5 oz", "Mint Gum 15 ct",
    "Gummy Bears 5 oz", "Oat Granola Bar 1.4 oz", "Protein Bar Cocoa 2.1 oz", "Beef Jerky Original 1 oz",
    "Turkey Sandwich 7 oz", "Chicken Caesar Wrap 8 oz", "Greek Yogurt Vanilla 5.3 oz", "Fruit Cup Mango 4 oz",
    "Blueberry Muffin 4 oz", "Mrs. Baker's Oatmeal Cookies 2 oz", "7-Grain Crisps 1 oz", "M&N Candy Peanut 1.7 oz",
)
INVENTED = (
    "Zesty Mango Fizz", "Turbo Lime Chips", "Aunt May's Fudge", "Blue Lagoon Water", "Crispy Kale Puffs",
    "Dragon Fruit Soda", "Maple Bacon Popcorn", "Nordic Rye Snaps", "Velvet Cocoa Latte", "Wasabi Pea Mix",
)
SITES = ("Main Street Lobby", "North Gym", "City Hospital East Wing", "Riverside Office", "Campus Library")
CATEGORIES = ("Carbonated drinks", "Salty snacks", "Water", "Candy", "Fresh food", "Energy drinks")


@dataclass
class Draft:
    """A text in the making. Every number and name is put in through ``num`` and ``name``, one of which may be
    the planted one."""

    rng: random.Random
    plant: str = ""
    spots: list[tuple[str, Any]] = field(default_factory=list)
    target: int = -1
    others: tuple[str, ...] = ()

    def num(self, value: float, form: str, rivals: tuple[float, ...] = ()) -> str:
        """A number in a form; wrong where it is the planted one. ``rivals``: the same of other records."""
        self.spots.append(("number", None))
        right = _written(value, form)
        if self.plant != "number" or len(self.spots) - 1 != self.target:
            return right
        for _ in range(60):
            wrong = self._wrong(value, rivals, form)
            if _written(wrong, form) != right and abs(wrong - value) > 0.05 * abs(value) + 1e-9:
                return _written(wrong, form)
        return _written(value * 1.5 + 3, form)

    def name(self, name: str) -> str:
        """A name, in full or without its size; another one where it is the planted one."""
        self.spots.append(("name", None))
        if self.plant == "name" and len(self.spots) - 1 == self.target:
            pick = INVENTED if self.rng.random() < 0.5 or not self.others else self.others
            name = self.rng.choice(pick)
        short = name.rsplit(" ", 2)[0] if name[-1] in "zt" and name.split()[-1] in ("oz", "ct") else name
        return short if self.rng.random() < 0.6 else name

    def _wrong(self, value: float, rivals: tuple[float, ...], form: str) -> float:
        kind = self.rng.random()
        if kind < 0.3 and rivals:
            return self.rng.choice(rivals)
        if kind < 0.5 and value >= 12:
            digits = list(str(round(value)))
            i = self.rng.randrange(len(digits) - 1)
            digits[i], digits[i + 1] = digits[i + 1], digits[i]
            return float("".join(digits))
        wrong = value * self.rng.choice((0.5, 0.7, 0.85, 0.9, 1.12, 1.25, 1.6, 2.0, 10.0))
        return round(wrong) if form in ("n", "word", "days") else wrong


def _written(value: float, form: str) -> str:
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    if form == "word" and 3 < value <= 12 and value == int(value):
        return words[int(value)]
    forms: dict[str, Callable[[float], str]] = {
        "n": lambda v: f"{v:,.0f}", "word": lambda v: f"{v:,.0f}", "n1": lambda v: f"{v:,.1f}",
        "$": lambda v: f"${v:,.2f}", "$0": lambda v: f"${v:,.0f}", "$k": lambda v: f"${v / 1000:,.1f}k",
        "%": lambda v: f"{100 * v:.0f} %", "%1": lambda v: f"{100 * v:.1f}%", "%w": lambda v: f"{100 * v:.0f} percent",
        "~": lambda v: f"about {_rounded(v):,.0f}", "~$": lambda v: f"roughly ${_rounded(v):,.0f}",
        "days": lambda v: f"{v:.0f} days", "pts": lambda v: f"{v:.1f} %",
    }
    return forms[form](value)


def _rounded(value: float) -> float:
    return float(f"{value:.2g}")


def sales(rng: random.Random, d: Draft, chosen: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Products of a machine by units and money."""
    rows = []
    for name in chosen:
        units = rng.randint(14, 900)
        rows.append({"name": name, "units": units, "revenue": round(units * rng.uniform(1.1, 4.2), 2),
                     "facings": rng.randint(1, 9), "days_of_supply": round(rng.uniform(1.2, 28), 1)})
    rows.sort(key=lambda r: -r["revenue"])
    data = {"site": rng.choice(SITES), "period_days": rng.choice((28, 30, 90)), "products": rows}
    a, b, c = rows[0], rows[1], rows[-1]
    u = tuple(r["units"] for r in rows)
    m = tuple(r["revenue"] for r in rows)
    money = rng.choice(("$", "$0", "~$"))
    count = rng.choice(("n", "n", "~"))
    lines: list[Callable[[], str]] = [
        lambda: f"{d.name(a['name'])} leads with {d.num(a['units'], count, u)} units and {d.num(a['revenue'], money, m)}.",
        lambda: f"Over the last {d.num(data['period_days'], 'days')}, {d.name(a['name'])} brought in "
                f"{d.num(a['revenue'], money, m)}, ahead of {d.name(b['name'])} at {d.num(b['revenue'], money, m)}.",
        lambda: f"{d.num(a['units'], 'n', u)} units of {d.name(a['name'])} and {d.num(c['units'], 'n', u)} of {d.name(c['name'])} were sold.",
        lambda: f"By contrast, {d.name(c['name'])} sold only {d.num(c['units'], count, u)} units from "
                f"{d.num(c['facings'], 'word')} facings.",
        lambda: f"{d.name(b['name'])} follows. It earned {d.num(b['revenue'], money, m)} on {d.num(b['units'], count, u)} units.",
        lambda: f"{d.name(a['name'])} and {d.name(b['name'])} sold {d.num(a['units'], 'n', u)} and {d.num(b['units'], 'n', u)} units.",
        lambda: f"Stock of {d.name(c['name'])} lasts {d.num(c['days_of_supply'], 'n1')} days at this rate.",
        lambda: f"Together, {d.name(a['name'])} and {d.name(b['name'])} make {d.num(a['revenue'] + b['revenue'], '$0')}.",
        lambda: f"{d.name(a['name'])} accounts for {d.num(a['revenue'] / sum(m), '%')} of the money.",
        lambda: f"Give {d.name(b['name'])} another facing; it has {d.num(b['facings'], 'word')} now.",
        lambda: f"The gap between {d.name(a['name'])} and {d.name(c['name'])} is {d.num(a['revenue'] - c['revenue'], '$0')}.",
        lambda: "Demand at this site is uneven.",
    ]
    return data, [line() for line in rng.sample(lines, rng.randint(2, 5))]


def whatif(rng: random.Random, d: Draft, chosen: list[str]) -> tuple[dict[str, Any], list[str]]:
    """A proposal and what it is expected to bring."""
    base = rng.uniform(40, 3000)
    lift = rng.uniform(0.02, 0.3) * rng.choice((1, 1, 1, -1))
    low, high = sorted((base * lift * 0.5, base * lift * 1.6))
    cost = rng.uniform(15, 400)
    data = {
        "plan": "Fall reset", "baseline": {"daily_revenue": round(base, 2)},
        "proposed": {"daily_revenue": round(base * (1 + lift), 2)}, "revenue_lift_percent": round(100 * lift, 2),
        "lift_interval_daily": [round(low, 2), round(high, 2)], "labor_cost": round(cost, 2),
        "days_to_recover": round(cost / abs(base * lift), 1), "horizon_days": 30,
        "contributions": [{"product": p, "delta_daily_revenue": round(rng.uniform(0.8, 40), 2)} for p in chosen[:3]],
    }
    up = lift > 0
    first, second = data["contributions"][:2]
    deltas = tuple(c["delta_daily_revenue"] for c in data["contributions"])
    lines: list[Callable[[], str]] = [
        lambda: f"The new plan is expected to make {d.num(base * (1 + lift), '$0')} a day instead of {d.num(base, '$0')}.",
        lambda: f"Revenue {'rises' if up else 'falls'} by {d.num(abs(100 * lift), 'pts')}, from {d.num(base, '$0')} to {d.num(base * (1 + lift), '$0')} a day.",
        lambda: f"That is {d.num(abs(base * lift), '$')} {'more' if up else 'less'} each day.",
        lambda: f"Most of it comes from {d.name(first['product'])}, which adds {d.num(first['delta_daily_revenue'], '$', deltas)} a day.",
        lambda: f"{d.name(second['product'])} contributes {d.num(second['delta_daily_revenue'], '$', deltas)}.",
        lambda: f"Moving everything costs {d.num(cost, '$0')} in labor.",
        lambda: f"The work pays for itself after about {d.num(data['days_to_recover'], 'n1')} days." if up else "The work does not pay.",
        lambda: f"Over {d.num(30, 'days')} the estimate could shift with the season.",
        lambda: "The estimate is uncertain because the history is short.",
    ]
    return data, [line() for line in rng.sample(lines, rng.randint(2, 5))]


def overview(rng: random.Random, d: Draft, chosen: list[str]) -> tuple[dict[str, Any], list[str]]:
    """A plan in numbers."""
    use, osa, places = rng.uniform(0.5, 1), rng.uniform(0.85, 0.999), rng.uniform(0.2, 0.9)
    revenue, per = rng.uniform(60, 2200), rng.uniform(0.4, 9)
    shares = sorted((rng.uniform(0.05, 0.5) for _ in range(3)), reverse=True)
    kinds = rng.sample(CATEGORIES, 3)
    rank, among = rng.randint(1, 40), rng.randint(41, 160)
    data = {
        "name": "Lobby plan", "metrics": {
            "space_utilization": round(use, 4), "osa": round(osa, 4), "best_places_used": round(places, 4),
            "daily_revenue": round(revenue, 2), "revenue_per_slot": round(per, 3), "products": rng.randint(12, 70),
            "empty_places": rng.randint(4, 9), "median_days_of_supply": rng.randint(4, 30),
        },
        "rank": rank, "among": among,
        "categories": [{"category": k, "space_share": round(s, 3), "sales_share": round(s * rng.uniform(0.6, 1.4), 3)}
                       for k, s in zip(kinds, shares, strict=True)],
        "improvements": [f"Swap {chosen[0]} at A2 with {chosen[1]} at D5."],
        "monthly_gain": round(rng.uniform(8, 240), 2),
    }
    x = data["metrics"]
    one, two = data["categories"][:2]
    pct = rng.choice(("%", "%1", "%w"))
    sh = tuple(c["space_share"] for c in data["categories"])
    sl = tuple(c["sales_share"] for c in data["categories"])
    slot = rng.choice(("A2", "A2")) if d.plant != "code" else "F9"
    d.spots.append(("code", None))
    lines: list[Callable[[], str]] = [
        lambda: f"This plan earns {d.num(revenue, '$0')} a day, {d.num(per, '$')} for each slot.",
        lambda: f"{d.num(x['products'], 'n')} products use {d.num(use, pct)} of the space.",
        lambda: f"Products were on the shelf {d.num(osa, '%1')} of the time.",
        lambda: f"{d.name(one['category'])} takes {d.num(one['space_share'], pct, sh)} of the facings and brings {d.num(one['sales_share'], pct, sl)} of sales.",
        lambda: f"With {d.num(two['space_share'], pct, sh)} of the room, {d.name(two['category'])} makes {d.num(two['sales_share'], pct, sl)} of the money.",
        lambda: f"It ranks number {d.num(rank, 'n')} of {d.num(among, 'n')} plans of its kind.",
        lambda: f"Half of the positions last {d.num(x['median_days_of_supply'], 'days')} or more.",
        lambda: f"There are {d.num(x['empty_places'], 'word')} empty places to fill.",
        lambda: f"Only {d.num(places, pct)} of the best places hold fast sellers.",
        lambda: f"Worth {d.num(data['monthly_gain'], '$0')} a month.",
    ]
    must = f"First swap {d.name(chosen[0])} at {slot} with {d.name(chosen[1])} at D5."
    return data, [*[line() for line in rng.sample(lines, rng.randint(2, 4))], must]


def audit(rng: random.Random, d: Draft, chosen: list[str]) -> tuple[dict[str, Any], list[str]]:
    """A shelf photo against its plan."""
    score, seen = rng.uniform(0.4, 0.99), rng.randint(20, 120)
    missing, wrong = rng.randint(4, 12), rng.randint(4, 9)
    data = {
        "store": rng.choice(SITES), "compliance_score": round(score, 3), "facings_seen": seen,
        "facings_planned": seen + missing, "missing_product": missing, "wrong_position": wrong,
        "violations": [
            {"product": chosen[0], "type": "missing_product", "slot": "B3", "lost_daily_revenue": round(rng.uniform(2, 30), 2)},
            {"product": chosen[1], "type": "wrong_facings", "expected_facings": rng.randint(5, 9), "seen_facings": rng.randint(1, 4)},
            {"product": chosen[2], "type": "out_of_stock", "lost_daily_revenue": round(rng.uniform(2, 30), 2)},
        ],
    }
    v = data["violations"]
    lost = (v[0]["lost_daily_revenue"], v[2]["lost_daily_revenue"])
    slot = "B3" if d.plant != "code" else "E7"
    d.spots.append(("code", None))
    lines: list[Callable[[], str]] = [
        lambda: f"The shelf follows its plan to {d.num(score, '%')}.",
        lambda: f"Of {d.num(seen + missing, 'n')} planned facings {d.num(seen, 'n')} were seen.",
        lambda: f"{d.name(v[1]['product'])} shows {d.num(v[1]['seen_facings'], 'n')} facings instead of {d.num(v[1]['expected_facings'], 'n')}.",
        lambda: f"{d.num(missing, 'word')} facings are missing and {d.num(wrong, 'word')} stand in the wrong place.".capitalize(),
        lambda: f"{d.name(v[2]['product'])} is out of stock, which costs {d.num(v[2]['lost_daily_revenue'], '$', lost)} a day.",
        lambda: "Look at the bottom shelf first.",
    ]
    must = f"{d.name(v[0]['product'])} is missing at {slot}; every day without it loses {d.num(lost[0], '$', lost)}."
    return data, [must, *[line() for line in rng.sample(lines, rng.randint(1, 4))]]


WRITERS = (sales, whatif, overview, audit)


@dataclass(frozen=True)
class Told:
    """A text over data; ``planted``: the kind of what is wrong with it, "" for a right one."""

    data: dict[str, Any]
    text: str
    names: tuple[str, ...]
    planted: str


def told(seed: int, plant: str = "") -> Told:
    """One text; with ``plant`` (number, name or code) one such thing in it is wrong, where it has one."""
    writer = WRITERS[seed % len(WRITERS)]
    data, text, spots = _written_by(writer, seed, "", -1)
    places = [i for i, (kind, _) in enumerate(spots) if kind == plant]
    if places:
        target = random.Random(seed * 7 + 1).choice(places)
        right = text
        data, text, _ = _written_by(writer, seed, plant, target)
        plant = plant if text != right else ""
    else:
        plant = ""
    return Told(data, text, (*CATALOG, *SITES), plant)


def _written_by(
    writer: Any, seed: int, plant: str, target: int
) -> tuple[dict[str, Any], str, list[tuple[str, Any]]]:
    rng = random.Random(seed)
    chosen = rng.sample(CATALOG, rng.randint(4, 8))
    others = tuple(name for name in CATALOG if name not in chosen)
    draft = Draft(random.Random(seed + 1), plant, target=target, others=others)
    data, sentences = writer(rng, draft, chosen)
    return data, " ".join(sentences), draft.spots
