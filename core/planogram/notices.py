"""The soft rules: advice that is shown and never blocks.

Every check runs only when what it needs is known, and says at most one thing about a place, so that the
list stays short enough to act on.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.planogram.findings import Notice, Rule
from core.planogram.fixture import Placement
from core.planogram.notices_room import room_notices
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product
from core.planogram.space import is_free, row_length, span
from core.planogram.weight import grams
from core.units import RETAIL_CELL_WIDTH_IN, slot_name

FloatArray = NDArray[np.float64]

TALL_PACK_IN = 5.0
LOW_ROWS = 2
COMPETING_SLOTS_APART = 2
HEAVY_G = 500.0
FAST_SHARE, WEAK_SHARE = 0.8, 0.4
MIN_RANKED = 5


@dataclass(frozen=True, slots=True)
class _Placed:
    position: Position
    product: Product
    start: float
    end: float


def notices(
    plan: Planogram,
    catalog: Catalog,
    *,
    slot_value: FloatArray | None = None,
    rates: Mapping[int, float] | None = None,
    forecast: Mapping[int, float] | None = None,
    competing: Collection[tuple[int, int]] = (),
) -> tuple[Notice, ...]:
    """Every soft rule that the plan does not follow, in the order of ``Rule``.

    ``slot_value``: worth of each cell, shape (cells,) in the order of ``fixture.cells()``. ``rates``: units
    a day of a product here (the catalog's velocity without it). ``forecast``: units of a product until
    the next service. ``competing``: pairs of products that take sales from each other.
    """
    placed = _placed(plan, catalog)
    speed = {p.product.id: _speed(p.product, rates) for p in placed}
    found: list[Notice] = []
    found += _repeated(plan, placed)
    found += _tall_packs(plan, placed)
    found += _too_tall(plan, placed)
    found += room_notices(plan.fixture, ((p.position, p.product) for p in placed))
    found += _split_categories(plan, placed)
    if slot_value is not None:
        found += _best_places(plan, placed, speed, slot_value)
    found += _competing(plan, placed, competing)
    found += _heavy_high(placed)
    found += _spoilage(placed, speed)
    found += _look_alikes(plan, placed)
    found += _empty(plan)
    found += _par_below(placed, forecast or {})
    return tuple(found)


def _placed(plan: Planogram, catalog: Catalog) -> list[_Placed]:
    """Positions of known products that lie on the fixture, in plan order."""
    result = []
    for p in plan.positions:
        product = catalog.get(p.product_id)
        if product is not None and _on_fixture(plan, p):
            result.append(_Placed(p, product, *span(p, plan.fixture)))
    return result


def _on_fixture(plan: Planogram, p: Position) -> bool:
    if not 0 <= p.row < plan.fixture.rows:
        return False
    start, end = span(p, plan.fixture)
    return 0 <= p.column < plan.fixture.row_columns[p.row] and -1 < start < end < math.inf


def _speed(product: Product, rates: Mapping[int, float] | None) -> float:
    """Units a day, 0 where nothing is known."""
    rate = product.velocity if rates is None else rates.get(product.id, 0.0)
    return rate if math.isfinite(rate) and rate > 0 else 0.0


def _notice(rule: Rule, placed: _Placed, message: str, hint: str = "") -> Notice:
    return Notice(rule, message, placed.position.slot, placed.product.id, hint)


def _by_product(placed: list[_Placed]) -> dict[int, list[_Placed]]:
    groups: dict[int, list[_Placed]] = defaultdict(list)
    for p in placed:
        groups[p.product.id].append(p)
    return groups


def _repeated(plan: Planogram, placed: list[_Placed]) -> Iterator[Notice]:
    if plan.rule_set is RuleSet.STRICT:
        return  # a violation there
    for group in _by_product(placed).values():
        if len(group) > 1:
            slots = _listed([p.position.slot for p in group])
            yield _notice(Rule.REPEATED, group[1],
                          f"{group[0].product.name} stands in {len(group)} places: {slots}.",
                          "Keep it where a best seller needs the room, else free the weaker place.")


def _tall_packs(plan: Planogram, placed: list[_Placed]) -> Iterator[Notice]:
    highest = plan.fixture.rows - LOW_ROWS
    for p in placed:
        if p.product.pack_height_in >= TALL_PACK_IN and p.position.row < highest:
            yield _notice(
                Rule.PACK_HEIGHT, p,
                f"{p.product.name} at {p.position.slot} is packed {p.product.pack_height_in:g} in high.",
                f"Packs of {TALL_PACK_IN:g} in or more belong on the two bottom rows.",
            )


def _too_tall(plan: Planogram, placed: list[_Placed]) -> Iterator[Notice]:
    if plan.fixture.placement is Placement.SLOTS:
        return  # trays differ in height, and a machine's are not known
    room = plan.fixture.shelf_height_in
    for p in placed:
        height = p.product.height_in * p.position.facings_high
        if math.isfinite(height) and height > room + 0.01:
            yield _notice(Rule.SHELF_HEIGHT, p,
                          f"{p.product.name} at {p.position.slot} is {height:g} in high, "
                          f"the shelf {room:.1f} in.",
                          "Stack fewer, or give the shelf more height.")


def _split_categories(plan: Planogram, placed: list[_Placed]) -> Iterator[Notice]:
    """One notice a category that stands in several separate blocks."""
    groups: dict[str, list[_Placed]] = defaultdict(list)
    for p in placed:
        if p.product.category:
            groups[p.product.category].append(p)
    neighbors = _touching(plan, placed)
    for category, members in groups.items():
        blocks = _blocks(members, neighbors)
        if len(blocks) < 2:
            continue
        blocks.sort(key=lambda b: -sum(p.position.facings for p in b))
        slots = _listed([b[0].position.slot for b in blocks])
        yield _notice(Rule.CATEGORY_TOGETHER, blocks[-1][0],
                      f"{category} stands in {len(blocks)} separate places: {slots}.",
                      f"Bring it together around {blocks[0][0].position.slot}.")


def _touching(plan: Planogram, placed: list[_Placed]) -> dict[int, set[int]]:
    """For each position (by id) those next to it on its row or straight above or below it."""
    near: dict[int, set[int]] = defaultdict(set)
    rows: dict[int, list[_Placed]] = defaultdict(list)
    for p in placed:
        rows[p.position.row].append(p)
    pairs = [pair for members in rows.values() for pair in pairwise(members)]
    for row, members in rows.items():
        below = rows.get(row + 1, [])
        pairs += [(a, b) for a in members for b in below if a.start < b.end and b.start < a.end]
    for a, b in pairs:
        near[id(a)].add(id(b))
        near[id(b)].add(id(a))
    return near


def _blocks(members: list[_Placed], near: dict[int, set[int]]) -> list[list[_Placed]]:
    """Connected groups, each in plan order."""
    left = {id(p): p for p in members}
    blocks = []
    while left:
        seed = next(iter(left))
        block, frontier = [left.pop(seed)], [seed]
        while frontier:
            for key in sorted(near[frontier.pop()] & left.keys()):
                block.append(left.pop(key))
                frontier.append(key)
        blocks.append(sorted(block, key=lambda p: (p.position.row, p.start)))
    return blocks


def _best_places(
    plan: Planogram, placed: list[_Placed], speed: Mapping[int, float], slot_value: FloatArray
) -> Iterator[Notice]:
    """Fast sellers (top fifth) that stand in the weaker two fifths of the places in use."""
    fixture = plan.fixture
    offset = np.concatenate([[0], np.cumsum(fixture.row_columns)])
    ranked = [p for p in placed if speed[p.product.id] > 0]
    if len(ranked) < MIN_RANKED:
        return
    first = np.array([offset[p.position.row] + p.position.column for p in ranked])
    last = np.minimum(first + [p.position.cells for p in ranked], len(slot_value))
    sums = np.concatenate([[0.0], np.cumsum(slot_value)])
    single = slot_value[first]  # as it is, so that equal places stay equal
    value = np.where(last - first > 1, (sums[last] - sums[first]) / np.maximum(last - first, 1), single)
    fast = np.array([speed[p.product.id] for p in ranked])
    low, high = np.quantile(value, (WEAK_SHARE, FAST_SHARE))
    weak = (value <= low) & (value < value.max())
    slowest = ranked[int(np.argmin(np.where(value >= high, fast, np.inf)))]
    fastest = (fast >= np.quantile(fast, FAST_SHARE)) & (fast > np.median(fast))
    for i in np.flatnonzero(weak & fastest).tolist():
        p = ranked[i]
        yield _notice(Rule.BEST_PLACES, p,
                      f"{p.product.name} sells {fast[i]:.1f} a day and stands in a weak place, "
                      f"{p.position.slot}.",
                      f"Try it at {slowest.position.slot}, where {slowest.product.name} sells less.")


def _competing(
    plan: Planogram, placed: list[_Placed], competing: Collection[tuple[int, int]]
) -> Iterator[Notice]:
    slot = RETAIL_CELL_WIDTH_IN if is_free(plan.fixture) else 1.0
    groups = _by_product(placed)
    told: set[int] = set()
    for first, second in competing:
        for a in groups.get(first, []):
            for b in groups.get(second, []):
                gap = max(a.start, b.start) - min(a.end, b.end)
                rows = abs(a.position.row - b.position.row)
                apart = max(rows, math.floor(max(gap, -slot) / slot + 1e-6) + 1)
                if apart < COMPETING_SLOTS_APART and id(b.position) not in told and a is not b:
                    told.add(id(b.position))
                    yield _notice(Rule.COMPETING_APART, b,
                                  f"{b.product.name} at {b.position.slot} competes with {a.product.name} "
                                  f"at {a.position.slot}.",
                                  f"Keep them at least {COMPETING_SLOTS_APART} slots apart.")


def _heavy_high(placed: list[_Placed]) -> Iterator[Notice]:
    """A heavy product above one, straight below it, of less than half its weight."""
    weighed = [(p, w) for p in placed if (w := grams(p.product.size)) is not None]
    for p, weight in weighed:
        if weight < HEAVY_G:
            continue
        lighter = [
            q for q, w in weighed
            if q.position.row > p.position.row and q.start < p.end and p.start < q.end and w < weight / 2
        ]
        if lighter:
            q = lighter[-1]
            yield _notice(Rule.HEAVY_LOW, p,
                          f"{p.product.name} ({p.product.size}) at {p.position.slot} stands above "
                          f"{q.product.name} ({q.product.size}) at {q.position.slot}.",
                          "Put the heavier one lower.")


def _spoilage(placed: list[_Placed], speed: Mapping[int, float]) -> Iterator[Notice]:
    for product_id, group in _by_product(placed).items():
        p, life = group[0], group[0].product.shelf_life_days
        known = [s for q in group if (s := _stock(q.position)) is not None]
        if life is None or speed[product_id] == 0 or not known:
            continue
        days = sum(known) / speed[product_id]
        if days > life:
            yield _notice(Rule.SPOILAGE, p,
                          f"{p.product.name} at {p.position.slot} takes {days:.0f} days to sell {sum(known)} "
                          f"and keeps {life}.", f"Stock at most {math.floor(life * speed[product_id])}.")


def _stock(position: Position) -> int | None:
    return position.capacity if position.quantity is None else position.quantity


def _look_alikes(plan: Planogram, placed: list[_Placed]) -> Iterator[Notice]:
    slack = RETAIL_CELL_WIDTH_IN / 2 if is_free(plan.fixture) else 0.5
    for a, b in pairwise(placed):
        if a.position.row != b.position.row or b.start - a.end > slack or a.product.id == b.product.id:
            continue
        if a.product.brand == b.product.brand and _similar(a.product.name, b.product.name):
            yield _notice(Rule.LOOK_ALIKE, b,
                          f"{b.product.name} at {b.position.slot} looks like its neighbor {a.product.name}.",
                          "Set something different between them.")


@lru_cache(maxsize=8192)
def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", name.casefold()))


def _similar(a: str, b: str) -> bool:
    """At least three of five words shared (Jaccard)."""
    first, second = _words(a), _words(b)
    return len(first & second) >= 0.6 * len(first | second) > 0


def _empty(plan: Planogram) -> Iterator[Notice]:
    """One notice a stretch of empty cells, on a free shelf of six inches or more."""
    fixture = plan.fixture
    free = is_free(fixture)
    smallest = RETAIL_CELL_WIDTH_IN if free else 1.0
    for row in range(fixture.rows):
        here = [span(p, fixture) for p in plan.positions if p.row == row and _on_fixture(plan, p)]
        reach = 0.0
        for start, end in [*here, (row_length(fixture, row), 0.0)]:
            gap = start - reach
            if gap >= smallest - 1e-6:
                column = int(reach / fixture.cell_width_in + 1e-6) if free else int(reach)
                column = min(column, fixture.row_columns[row] - 1)
                first, last = slot_name(row, column), slot_name(row, int(start) - 1)
                size = f"{gap:.1f} in" if free else f"{gap:.0f} slot" + ("s" if gap > 1 else "")
                place = f"at {first}" if free or gap == 1 else f"from {first} to {last}"
                yield Notice(Rule.EMPTY, f"{size} empty {place}.", first, None, "Add facings or a product.")
            reach = max(reach, end)


def _par_below(placed: list[_Placed], forecast: Mapping[int, float]) -> Iterator[Notice]:
    for product_id, group in _by_product(placed).items():
        pars = [q.position.par_level for q in group]
        known = [v for v in pars if v is not None]
        need = forecast.get(product_id, 0.0)
        if len(known) == len(pars) and sum(known) < need:
            yield _notice(Rule.PAR_BELOW_FORECAST, group[0],
                          f"{group[0].product.name} has a par level of {sum(known)} and is expected to sell "
                          f"{need:.0f} before the next service.", f"Raise it to {math.ceil(need)}.")


def _listed(slots: list[str]) -> str:
    """At most five, the rest counted."""
    return ", ".join(slots[:5]) + (f" and {len(slots) - 5} more" if len(slots) > 5 else "")
