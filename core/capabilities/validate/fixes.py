"""Fixes of one click: for each issue a few edits that may mend it, and the first that does.

An edit is tried on the plan. It counts as a fix when the issue is gone, no hard rule is broken anew and the
layout score is no lower. Of several, those that cost least money come first, judged to first order: how
fast a product earns times what its place is worth.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

import numpy as np

from core.capabilities.overlays import units_a_day
from core.capabilities.validate.edits import Fix
from core.capabilities.validate.rules import weight
from core.capabilities.widen import covering
from core.errors import WorkbenchError
from core.planogram import geometry
from core.planogram.findings import Notice, Rule, Violation
from core.planogram.fixture import Placement
from core.planogram.notices import TALL_PACK_IN
from core.planogram.planogram import Planogram, Position
from core.planogram.space import footprint_in, span
from core.planogram.weight import grams
from core.site.site import Site
from core.site.zones import FloatArray

TRIES, TRIES_EACH = 13, 3
"""Edits tried for all issues of a plan together, and for one: what keeps the answer instant."""

Finding = Violation | Notice
Judge = Callable[[Planogram], tuple[Finding, ...]]


class Workshop:
    """A plan to mend: what is known of its products and places."""

    def __init__(self, plan: Planogram, site: Site, found: Sequence[Finding], judge: Judge) -> None:
        self.plan, self.site, self.judge = plan, site, judge
        self.catalog = site.catalog
        self.before = Counter(_mark(f) for f in found)
        self.at = {(p.slot, p.product_id): p for p in plan.positions if p.row >= 0 and p.column >= 0}

    def position(self, finding: Finding) -> Position | None:
        return self.at.get((finding.slot or "", finding.product_id or 0))

    @cached_property
    def speed(self) -> dict[Position, float]:
        """Money a day of each position, its place put aside."""
        sound = [p for p in self.plan.positions if p.product_id in self.catalog]
        plan = self.plan.with_positions(sound)
        try:
            units = units_a_day(plan, covering(self.site, (plan,)))
        except (KeyError, IndexError, ValueError):  # a broken plan has no rates
            return dict.fromkeys(sound, 0.0)
        return {p: u * self.price(p) / self.worth(p) for p, u in zip(plan.positions, units, strict=True)}

    def worth(self, position: Position) -> float:
        """Sales of the position's place relative to an average one, 1 where nothing is known."""
        fixture, zones = self.plan.fixture, self.site.response.zones
        if len(zones) != fixture.cell_count or not 0 <= position.row < fixture.rows:
            return 1.0
        if not 0 <= position.column < fixture.row_columns[position.row]:
            return 1.0
        return float(self._slot_value[fixture.cell_index(position.row, position.column)])

    @cached_property
    def _slot_value(self) -> FloatArray:
        return np.asarray(np.exp(self.site.response.point.slot[0]))

    def price(self, position: Position) -> float:
        return self.catalog[position.product_id].price if position.price is None else position.price

    def exchanged(self, a: Position, b: Position) -> float:
        """Money a day that a swap brings, to first order."""
        return (self.speed.get(a, 0.0) - self.speed.get(b, 0.0)) * (self.worth(b) - self.worth(a))

    @cached_property
    def newcomers(self) -> list[int]:
        """Products that are not on the plan and may stand on it, those that would earn most first."""
        plan, response = self.plan, self.site.response
        standing, zone = set(plan.product_ids), plan.fixture.temperature_zone
        earned = np.exp(response.point.base[0]) * response.reference_price
        order = np.argsort(-earned, kind="stable")
        ranked = [int(response.product_ids[i]) for i in order]
        slots = plan.fixture.placement is Placement.SLOTS
        return [
            i for i in ranked
            if i in self.catalog and i not in standing and self.catalog[i].temperature in (None, zone)
            and (slots or 0 < self.catalog[i].width_in <= plan.fixture.width_in)
        ]

    def name(self, position: Position) -> str:
        product = self.catalog.get(position.product_id)
        return product.name if product else f"Product {position.product_id}"

    def swaps(self, moving: Position, others: Sequence[Position]) -> Iterator[Fix]:
        """Swaps of a position with others: those that keep categories together first, then by money."""
        free = [p for p in others if not p.locked and p is not moving and p.product_id != moving.product_id]
        for other in sorted(free, key=lambda p: (-self._at_home(moving, p), -self.exchanged(moving, p))):
            yield Fix("swap", f"Swap with {self.name(other)} at {other.slot}", moving, other)

    def _at_home(self, a: Position, b: Position) -> int:
        """How many of two positions would stand beside their category after a swap, 0–2."""
        return (self.category(a) in self._beside[b]) + (self.category(b) in self._beside[a])

    @cached_property
    def _beside(self) -> dict[Position, set[str]]:
        """Categories that touch each position, its own included: of two of one category each finds its own
        where the other stood."""
        near = {p: {self.category(p)} for p in self.plan.positions}
        for i, a in enumerate(self.plan.positions):
            for b in self.plan.positions[i + 1 :]:
                if touching(self.plan, a, b):
                    near[a].add(self.category(b))
                    near[b].add(self.category(a))
        return near

    def category(self, position: Position) -> str:
        product = self.catalog.get(position.product_id)
        return product.category if product else ""


def mended(workshop: Workshop, issues: Sequence[Finding]) -> Mapping[int, Fix]:
    """``id`` of a finding → its fix, where one was found within the tries; what weighs most comes first."""
    order = sorted((f for f in issues if f.rule in _WAYS),
                   key=lambda f: (-weight(f.rule, f.severity), f.rule not in _SURE))
    ways = {id(f): _WAYS[f.rule](workshop, f) for f in order}
    found: dict[int, Fix] = {}
    left = TRIES
    for _ in range(TRIES_EACH):
        for finding in order:
            fix = None if id(finding) in found or left <= 0 else next(ways[id(finding)], None)
            if fix is not None:
                left -= 1
                if _mends(workshop, finding, fix):
                    found[id(finding)] = fix
    return found


def _mends(workshop: Workshop, finding: Finding, fix: Fix) -> bool:
    try:
        after = fix.applied(workshop.plan, workshop.catalog)
    except WorkbenchError:
        return False
    left = Counter(_mark(f) for f in workshop.judge(after))
    gone = left[_mark(finding)] < workshop.before[_mark(finding)]
    worse = any(count > workshop.before[mark] for mark, count in left.items() if mark[0] == "error")
    return gone and not worse and _lost(left) <= _lost(workshop.before) + 1e-9


def _lost(marks: Counter[tuple[str, Rule]]) -> float:
    """What all issues together take off the score, in parts of a position."""
    return sum(count * weight(rule, severity) for (severity, rule), count in marks.items())


def _mark(finding: Finding) -> tuple[str, Rule]:
    """By what issues are counted before and after an edit."""
    return finding.severity, finding.rule


# --- ways to mend, by rule ---


def _swap_anywhere(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    p = workshop.position(finding)
    return iter(()) if p is None or p.locked else workshop.swaps(p, workshop.plan.positions)


def _swap_up(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """A fast seller changes places with one that has less to lose."""
    p = workshop.position(finding)
    for fix in iter(()) if p is None else _swap_anywhere(workshop, finding):
        if isinstance(fix.value, Position) and p is not None and workshop.exchanged(p, fix.value) > 0:
            yield fix


def _lower(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """A tall pack changes places with a low one of the two bottom rows."""
    p, rows = workshop.position(finding), workshop.plan.fixture.rows
    if p is None or p.locked:
        return iter(())
    low = [q for q in workshop.plan.positions
           if q.row >= rows - 2 and _pack_height(workshop, q) < TALL_PACK_IN]
    return workshop.swaps(p, low)


def _pack_height(workshop: Workshop, p: Position) -> float:
    product = workshop.catalog.get(p.product_id)
    return product.pack_height_in if product else math.inf


def _heavier_low(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """A heavy product changes places with a light one below it."""
    p = workshop.position(finding)
    if p is None or p.locked:
        return iter(())
    start, end = span(p, workshop.plan.fixture)
    light = []
    for q in workshop.plan.positions:
        low, high = span(q, workshop.plan.fixture)
        if q.row > p.row and low < end and start < high and _weight(workshop, q) < _weight(workshop, p) / 2:
            light.append(q)
    return workshop.swaps(p, light)


def _weight(workshop: Workshop, p: Position) -> float:
    product = workshop.catalog.get(p.product_id)
    weight = grams(product.size) if product else None
    return math.inf if weight is None else weight


def _together(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """A stray product changes places with a neighbor of its category's others."""
    p, catalog = workshop.position(finding), workshop.catalog
    if p is None or p.locked:
        return iter(())
    category = catalog[p.product_id].category
    family = [q for q in workshop.plan.positions
              if q is not p and q.product_id in catalog and catalog[q.product_id].category == category]
    beside = [q for q in workshop.plan.positions
              if q not in family and q is not p and any(touching(workshop.plan, q, f) for f in family)]
    return workshop.swaps(p, beside)


def touching(plan: Planogram, a: Position, b: Position) -> bool:
    """Whether two positions stand side by side, or one straight above the other."""
    if abs(a.row - b.row) > 1:
        return False
    (a_start, a_end), (b_start, b_end) = span(a, plan.fixture), span(b, plan.fixture)
    if a.row == b.row:
        return abs(a_start - b_end) < 1e-6 or abs(b_start - a_end) < 1e-6
    return a_start < b_end and b_start < a_end


def _fill(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """An empty place gets the product that would earn most of those that are not here, or one more facing of
    its neighbor."""
    plan, fixture = workshop.plan, workshop.plan.fixture
    row, column = fixture.locate(finding.slot or "")
    beside = [p for p in plan.positions
              if p.row == row and not p.locked and column in (p.column - 1, p.column + p.cells)]
    names = workshop.catalog
    new = (Fix("replace", f"Place {names[i].name} there", (row, column), i) for i in workshop.newcomers[:2])
    more = (Fix("facings", f"Give {workshop.name(p)} one more facing", p, p.facings + 1) for p in beside)
    return chain(more, new) if fixture.placement is not Placement.SLOTS else new


def _another(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """Another product takes the place, or the position goes."""
    p = workshop.position(finding)
    if p is None or p.locked:
        return
    for i in workshop.newcomers[:2]:
        yield Fix("replace", f"Put {workshop.catalog[i].name} at {p.slot} instead", p, i)
    yield Fix("remove", f"Take it off {p.slot}", p)


def _shallower(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """Another product that is no deeper than there is room takes the place, of its category first."""
    p, fixture = workshop.position(finding), workshop.plan.fixture
    if p is None or p.locked:
        return
    products = [workshop.catalog[i] for i in workshop.newcomers]
    share = [footprint_in(q, fixture) for q in products]
    room = geometry.room_behind_in(fixture, [q.width_in for q in products], share).tolist()
    fits = [q for q, deep in zip(products, room, strict=True) if 0 < q.depth_in <= deep]
    for q in sorted(fits, key=lambda q: q.category != workshop.category(p))[:2]:
        yield Fix("replace", f"Put {q.name} at {p.slot} instead", p, q.id)
    yield Fix("remove", f"Take it off {p.slot}", p)


def _weaker_goes(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """Of the places of a product the weakest is given to another one."""
    same = (p for p in workshop.plan.positions if p.product_id == finding.product_id and not p.locked)
    places = sorted(same, key=workshop.worth)
    if not places:
        return
    for i in workshop.newcomers[:2]:
        yield Fix("replace", f"Put {workshop.catalog[i].name} at {places[0].slot} instead", places[0], i)
    if finding.severity == "error":
        yield Fix("remove", f"Take it off {places[0].slot}", places[0])


def _fewer(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    p = workshop.position(finding)
    if p is not None and not p.locked and p.facings > 1:
        yield Fix("facings", "Give it one facing less", p, p.facings - 1)


def _smaller(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """Less room for one that overlaps, else off with it."""
    yield from _fewer(workshop, finding)
    p = workshop.position(finding)
    if p is not None and not p.locked:
        yield Fix("remove", f"Take it off {p.slot}", p)


def _off(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    p = workshop.position(finding)
    if p is not None and not p.locked:
        yield Fix("remove", f"Take it off {p.slot}", p)


def _stack_lower(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    p = workshop.position(finding)
    if p is None or p.locked:
        return
    room, height = workshop.plan.fixture.shelf_height_in + 0.01, workshop.catalog[p.product_id].height_in
    fits = math.floor(room / height)
    if 1 <= fits < p.facings_high:
        yield Fix("stack", f"Stack {fits} high instead of {p.facings_high}", p, fits)
    else:
        yield from _another(workshop, finding)


def _sell_in_time(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """Stock only what sells before it is too old."""
    p = workshop.position(finding)
    if p is None or len(workshop.plan.of_product(p.product_id)) > 1:
        return
    life = workshop.catalog[p.product_id].shelf_life_days
    units = workshop.speed.get(p, 0.0) * workshop.worth(p) / max(workshop.price(p), 1e-9)
    least = math.floor((life or 0) * units)
    if least >= 1:
        yield Fix("stock", f"Stock {least} at most", p, (least, least))


def _raise_par(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    """Raise the par level as far as the slot holds."""
    p = workshop.position(finding)
    told = [int(word.rstrip(".")) for word in finding.hint.split() if word.rstrip(".").isdigit()]
    if p is None or not told or len(workshop.plan.of_product(p.product_id)) > 1:
        return
    if p.capacity is None or told[0] <= p.capacity:
        yield Fix("stock", f"Raise the par level to {told[0]}", p, (p.quantity, told[0]))


def _own_price(workshop: Workshop, finding: Finding) -> Iterator[Fix]:
    p = workshop.position(finding)
    if p is None:
        return
    product = workshop.catalog[p.product_id]
    if product.price > product.cost and p.price is not None:
        yield Fix("price", f"Set the product's own price, ${product.price:.2f}", p, product.price)


_SURE = frozenset({
    Rule.KNOWN_PRODUCT, Rule.PRODUCT_SIZE, Rule.FACINGS, Rule.OUTSIDE, Rule.FOOTPRINT, Rule.OVERLAP,
    Rule.SHELF_HEIGHT, Rule.SPOILAGE, Rule.EMPTY, Rule.PAR_BELOW_FORECAST, Rule.BELOW_COST, Rule.UNPRICED,
    Rule.OVERFACED,
})
"""Rules whose fix nearly always holds, so that it is tried before the swaps."""
_WAYS: Mapping[Rule, Callable[[Workshop, Finding], Iterator[Fix]]] = {
    Rule.KNOWN_PRODUCT: _off, Rule.PRODUCT_SIZE: _off, Rule.FACINGS: _off, Rule.OUTSIDE: _off,
    Rule.FOOTPRINT: _off, Rule.OVERLAP: _smaller, Rule.REPEATED: _weaker_goes, Rule.TEMPERATURE: _another,
    Rule.PACK_HEIGHT: _lower, Rule.SHELF_DEPTH: _shallower, Rule.SHELF_HEIGHT: _stack_lower,
    Rule.CATEGORY_TOGETHER: _together,
    Rule.BEST_PLACES: _swap_up, Rule.LOOK_ALIKE: _swap_anywhere,
    Rule.HEAVY_LOW: _heavier_low, Rule.SPOILAGE: _sell_in_time, Rule.EMPTY: _fill,
    Rule.PAR_BELOW_FORECAST: _raise_par, Rule.BELOW_COST: _own_price, Rule.UNPRICED: _own_price,
    Rule.OVERFACED: _fewer,
}
