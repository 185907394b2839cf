"""The hard rules: what no page, optimizer, model or import may break.

``violations`` judges a whole plan, ``added_violations`` only what an edit made worse, because a plan
``as found`` never has to be mended before it may be edited. Soft rules are in ``notices``.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, RuleViolation
from core.planogram.findings import Notice, Rule, Violation
from core.planogram.fixture import Fixture, Placement
from core.planogram.notices import notices
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog
from core.planogram.space import display_cells, footprint_in, is_free, product_cells, row_length, tolerance
from core.units import COLLISION_TOLERANCE_IN, RETAIL_CELL_WIDTH_IN, slot_name

__all__ = [
    "Notice", "Rule", "Violation", "added_violations", "check", "check_edit", "footprint_in",
    "notices", "product_cells", "refusal", "violations",
]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

PRODUCT_BOUND = frozenset({Rule.KNOWN_PRODUCT, Rule.PRODUCT_SIZE, Rule.REPEATED, Rule.TEMPERATURE})
"""Rules that a product breaks wherever it stands: moving it breaks nothing new."""


@dataclass(frozen=True, slots=True)
class _Finding:
    violation: Violation
    positions: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class _Table:
    """Positions as columns, shape (n,) each; ``sound``: numbers that geometry can be judged on."""

    row: FloatArray
    column: FloatArray
    cells: FloatArray
    x: FloatArray
    width: FloatArray
    counts: FloatArray
    """(n, 3): facings wide, high and deep."""
    start: FloatArray
    end: FloatArray
    on_row: BoolArray


def violations(plan: Planogram, catalog: Catalog) -> tuple[Violation, ...]:
    """Every hard rule that the plan breaks, in the order of ``Rule`` and of the positions."""
    return tuple(f.violation for f in _findings(plan, catalog))


def check(plan: Planogram, catalog: Catalog) -> None:
    """Raises RuleViolation with all violations when there are any."""
    broken = violations(plan, catalog)
    if broken:
        raise refusal(broken)


def added_violations(before: Planogram, after: Planogram, catalog: Catalog) -> tuple[Violation, ...]:
    """Violations of ``after`` that were not there in ``before``.

    A rule of place counts when it involves a position whose place or size is new; a rule of the
    product (temperature, repetition) when the product breaks it more often than before.
    """
    found = _findings(after, catalog)
    if not found:
        return ()
    old = Counter(
        (f.violation.rule, f.violation.product_id) for f in _findings(before, catalog)
    )
    moved = _new_indices(before, after, _geometry)
    restocked = _new_indices(before, after, _amounts)
    added = []
    for f in found:
        rule = f.violation.rule
        key = (rule, f.violation.product_id)
        if rule in PRODUCT_BOUND or rule is Rule.GRID:
            new = old[key] <= 0
            old[key] -= 1
        else:
            new = bool((restocked if rule is Rule.AMOUNT else moved) & set(f.positions))
        if new:
            added.append(f.violation)
    return tuple(added)


def check_edit(before: Planogram, after: Planogram, catalog: Catalog) -> None:
    """Raises RuleViolation when ``after`` breaks a rule that ``before`` did not."""
    broken = added_violations(before, after, catalog)
    if broken:
        raise refusal(broken)


def refusal(broken: Sequence[Violation]) -> RuleViolation:
    """The error that tells of one or more violations."""
    first = broken[0]
    more = f" {len(broken) - 1} more rules are broken." if len(broken) > 2 else ""
    more = " One more rule is broken." if len(broken) == 2 else more
    return RuleViolation(first.message + more, first.hint, broken)


def _new_indices(
    before: Planogram, after: Planogram, key: Callable[[Position], Hashable]
) -> set[int]:
    left = Counter(key(p) for p in before.positions)
    new = set()
    for i, p in enumerate(after.positions):
        k = key(p)
        if left[k] > 0:
            left[k] -= 1
        else:
            new.add(i)
    return new


def _geometry(p: Position) -> Hashable:
    return (p.product_id, p.row, p.column, p.cells, p.x_in, p.width_in,
            p.facings, p.facings_high, p.facings_deep)


def _amounts(p: Position) -> Hashable:
    return p.product_id, p.capacity, p.quantity, p.par_level, p.price


def _findings(plan: Planogram, catalog: Catalog) -> list[_Finding]:
    found = list(_grid(plan.fixture))
    if not plan.positions:
        return found
    table = _table(plan)
    found += _products(plan, catalog)
    found += _facings(plan, catalog, table)
    found += _outside(plan, catalog, table)
    found += _footprints(plan, catalog, table)
    found += _overlaps(plan, catalog, table)
    found += _amount_findings(plan, catalog)
    return found


def _table(plan: Planogram) -> _Table:
    rows = [
        (p.row, p.column, p.cells, p.x_in, p.width_in, p.facings, p.facings_high, p.facings_deep)
        for p in plan.positions
    ]
    values = np.array(rows, dtype=np.float64)
    row, column, cells, x, width = values[:, :5].T
    start, end = (x, x + width) if is_free(plan.fixture) else (column, column + cells)
    on_row = (row == np.floor(row)) & (row >= 0) & (row < plan.fixture.rows)
    return _Table(row, column, cells, x, width, values[:, 5:], start, end, on_row)


def _grid(fixture: Fixture) -> Iterator[_Finding]:
    if fixture.placement is not Placement.CELLS:
        return
    if fixture.cell_width_in != RETAIL_CELL_WIDTH_IN:
        yield _Finding(Violation(
            Rule.GRID,
            f"A retail grid has cells of {RETAIL_CELL_WIDTH_IN:g} in, not {fixture.cell_width_in:g}.",
            hint="Use a free shelf for other widths.",
        ))
        return
    columns = math.floor(fixture.width_in / RETAIL_CELL_WIDTH_IN + 1e-9)
    if any(n != columns for n in fixture.row_columns):
        yield _Finding(Violation(
            Rule.GRID,
            f"A fixture {fixture.width_in:g} in wide has {columns} columns of {RETAIL_CELL_WIDTH_IN:g} in, "
            f"not {fixture.columns}.",
            hint="Let the columns follow from the width.",
        ))


def _products(plan: Planogram, catalog: Catalog) -> Iterator[_Finding]:
    """Rules of the product alone: known, measured, standing once, at its temperature."""
    seen: set[int] = set()
    needs_width = plan.fixture.placement is not Placement.SLOTS
    for i, p in enumerate(plan.positions):
        product = catalog.get(p.product_id)
        if product is None:
            yield _finding(Rule.KNOWN_PRODUCT, p, i,
                           f"Product {p.product_id} at {_slot(p)} is not in the catalog.",
                           "Add the product first, or take it off the plan.")
            continue
        if needs_width and not (math.isfinite(product.width_in) and product.width_in > 0):
            yield _finding(Rule.PRODUCT_SIZE, p, i,
                           f"{product.name} at {_slot(p)} has a width of {product.width_in:g} in.",
                           "Give the product a width above 0 inches.")
        need, zone = product.temperature, plan.fixture.temperature_zone
        if need is not None and need is not zone:
            yield _finding(Rule.TEMPERATURE, p, i,
                           f"{product.name} needs a place that is {need}, and this one is {zone}.",
                           f"Place it in a fixture that is {need}.")
        if p.product_id in seen and plan.rule_set is RuleSet.STRICT:
            yield _finding(Rule.REPEATED, p, i, f"{product.name} stands a second time, at {_slot(p)}.",
                           "Keep one place and give it more facings.")
        seen.add(p.product_id)


def _facings(plan: Planogram, catalog: Catalog, table: _Table) -> Iterator[_Finding]:
    whole = np.isfinite(table.counts) & (table.counts == np.floor(table.counts)) & (table.counts >= 1)
    for i in np.flatnonzero(~whole.all(axis=1)):
        p = plan.positions[i]
        wrong = next(v for v, ok in zip(table.counts[i], whole[i], strict=True) if not ok)
        yield _finding(Rule.FACINGS, p, int(i), f"{_name(p, catalog)} at {_slot(p)} has {wrong:g} facings.",
                       "Facings are whole numbers from 1.")


def _outside(plan: Planogram, catalog: Catalog, table: _Table) -> Iterator[_Finding]:
    fixture = plan.fixture
    ends = np.array([row_length(fixture, r) for r in range(fixture.rows)])
    limit = ends[np.where(table.on_row, table.row, 0).astype(np.int64)]
    slack = tolerance(fixture)
    inside = table.on_row & (table.start >= -slack) & (table.end <= limit + slack)
    for i in np.flatnonzero(~inside):
        p = plan.positions[i]
        yield _finding(Rule.OUTSIDE, p, int(i),
                       f"{_name(p, catalog)} does not lie inside the fixture at {_slot(p)}.", _room(fixture))


def _footprints(plan: Planogram, catalog: Catalog, table: _Table) -> Iterator[_Finding]:
    """Cells, left edge and width agree with the product, the facings and the fixture."""
    fixture = plan.fixture
    free = is_free(fixture)
    sound = table.on_row & np.isfinite(table.start) & np.isfinite(table.end) & (table.end > table.start)
    if free:
        needed = _per_facing(plan, catalog, free) * table.counts[:, 0]
        if plan.rule_set is RuleSet.STRICT:
            sound &= ~(table.width < needed - COLLISION_TOLERANCE_IN)
        shown = [
            display_cells(fixture, p.row, p.x_in, p.width_in) == (p.column, p.cells) if ok else True
            for p, ok in zip(plan.positions, sound, strict=True)
        ]
        sound &= np.array(shown)
    else:
        pitch = fixture.cell_width_in
        needed = _per_facing(plan, catalog, free) * table.counts[:, 0]
        sound &= np.isnan(needed) | (table.cells == needed)
        sound &= (table.column == np.floor(table.column)) & (table.cells == np.floor(table.cells))
        sound &= np.abs(table.x - table.column * pitch) <= COLLISION_TOLERANCE_IN
        sound &= np.abs(table.width - table.cells * pitch) <= COLLISION_TOLERANCE_IN
    for i in np.flatnonzero(table.on_row & ~sound).tolist():
        p = plan.positions[i]
        wants = f" and needs {needed[i]:g} {'in' if free else 'cells'}" if math.isfinite(needed[i]) else ""
        yield _finding(
            Rule.FOOTPRINT, p, i,
            f"{_name(p, catalog)} at {_slot(p)} takes {p.width_in:g} in ({p.cells} cells) for "
            f"{p.facings} facings{wants}.",
            "Place the product again, so that its width is taken from the catalog.",
        )


def _per_facing(plan: Planogram, catalog: Catalog, free: bool) -> FloatArray:
    """Units that one facing of each position takes, NaN where the product says nothing, shape (n,)."""
    known: dict[int, float] = {}
    for product_id in plan.product_ids:
        product = catalog.get(product_id)
        try:
            if product is None:
                known[product_id] = math.nan
            elif free:
                known[product_id] = footprint_in(product, plan.fixture, 1)
            else:
                known[product_id] = float(product_cells(product, plan.fixture))
        except BadInput:  # told as PRODUCT_SIZE
            known[product_id] = math.nan
    return np.array([known[p.product_id] for p in plan.positions])


def _overlaps(plan: Planogram, catalog: Catalog, table: _Table) -> Iterator[_Finding]:
    usable = table.on_row & np.isfinite(table.start) & np.isfinite(table.end) & (table.end > table.start)
    found = np.flatnonzero(usable)
    order: list[int] = found[np.lexsort((table.end[found], table.start[found], table.row[found]))].tolist()
    slack = tolerance(plan.fixture)
    by_row: dict[float, list[int]] = defaultdict(list)
    for i in order:
        by_row[float(table.row[i])].append(i)
    for members in by_row.values():
        index = np.array(members)
        reach = np.maximum.accumulate(table.end[index])
        for k in np.flatnonzero(table.start[index[1:]] < reach[:-1] - slack):
            i = members[k + 1]
            j = next(m for m in members[: k + 1] if table.end[m] == reach[k])
            p, other = plan.positions[i], plan.positions[j]
            yield _Finding(
                Violation(
                    Rule.OVERLAP,
                    f"{_name(p, catalog)} at {_slot(p)} overlaps {_name(other, catalog)} at {_slot(other)}.",
                    _slot(p), p.product_id, "Move one of them, or take fewer facings.",
                ),
                (i, j),
            )


def _amount_findings(plan: Planogram, catalog: Catalog) -> Iterator[_Finding]:
    for i, p in enumerate(plan.positions):
        stock = {"capacity": p.capacity, "quantity": p.quantity, "par level": p.par_level}
        wrong: list[tuple[str, float]] = [
            (name, v) for name, v in stock.items() if v is not None and not (v >= 0 and v == v // 1)
        ]
        if p.price is not None and not (math.isfinite(p.price) and p.price >= 0):
            wrong.append(("price", p.price))
        for name, value in wrong:
            yield _finding(Rule.AMOUNT, p, i, f"{_name(p, catalog)} at {_slot(p)} has a {name} of {value:g}.",
                           f"Give a {name} of 0 or more.")


def _finding(rule: Rule, p: Position, index: int, message: str, hint: str) -> _Finding:
    return _Finding(Violation(rule, message, _slot(p), p.product_id, hint), (index,))


def _slot(p: Position) -> str:
    """A slot name even for a place that is none."""
    try:
        return slot_name(p.row, p.column) if p.row >= 0 else f"row {p.row}"
    except (TypeError, ValueError, OverflowError):
        return f"row {p.row}, column {p.column}"


def _name(p: Position, catalog: Catalog) -> str:
    product = catalog.get(p.product_id)
    return product.name if product else f"Product {p.product_id}"


def _room(fixture: Fixture) -> str:
    if is_free(fixture):
        return f"A shelf is {fixture.width_in:g} in wide, and there are {fixture.rows}."
    return f"Slots run from A1 to {slot_name(fixture.rows - 1, fixture.row_columns[-1] - 1)}."
