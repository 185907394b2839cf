"""Edits: every change a person can make to a planogram, as a pure function that returns a new one.

A place is given as a slot text (``B4`` or the machine's own label), as (row, column), or as the
``Position`` itself, which is the unambiguous way on a free shelf. Every edit raises BadInput for a
place or product that does not exist and RuleViolation, with the reasons, for what a hard rule or a
lock forbids; then nothing has changed. Only violations that the edit adds count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import BadInput, RuleViolation
from core.planogram.findings import Rule, Violation
from core.planogram.places import Place, count, find, is_number, require_cell, standing_at
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product
from core.planogram.rules import check_edit, violations
from core.planogram.space import (
    extent,
    fits,
    gap_around,
    is_free,
    middle_of,
    new_position,
    relocated,
    room_of,
    span,
    start_of,
)
from core.planogram.targets import legal_targets

__all__ = [
    "UNCHANGED", "Dropped", "Place", "RuleSetSwitch", "copy_row", "drop", "find", "legal_targets", "lock",
    "move", "move_many", "place", "remove", "set_facings", "set_price", "set_stock", "swap",
    "switch_rule_set", "unlock",
]

MAX_FACINGS, MAX_STOCK, MAX_PRICE = 999, 100_000, 1_000_000.0


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a drag did: the new plan and one short sentence about it."""

    plan: Planogram
    description: str


@dataclass(frozen=True, slots=True)
class RuleSetSwitch:
    """The plan under the wanted rule set, or unchanged with what has to be mended first."""

    plan: Planogram
    to_mend: tuple[Violation, ...]


class _Unchanged:
    """Marks a stock figure that the caller did not name; ``None`` means "not known"."""


UNCHANGED = _Unchanged()


def place(
    plan: Planogram, catalog: Catalog, product_id: int, row: int, column: int | None = None,
    *, x_in: float | None = None, facings: int = 1,
) -> Planogram:
    """Puts a product at a cell, or on a free shelf at ``x_in`` inches."""
    product = _product(catalog, product_id)
    start = _start(plan, row, column, x_in)
    added = new_position(product, plan.fixture, row, start, count(facings, "facings", 1, MAX_FACINGS))
    return _checked(plan, plan.with_positions((*plan.positions, added)), catalog)


def move(
    plan: Planogram, catalog: Catalog, source: Place, row: int, column: int | None = None,
    *, x_in: float | None = None,
) -> Planogram:
    """Moves a position, with all it carries, to a cell or to ``x_in`` inches."""
    position = _free_to_change(plan, find(plan, source), catalog)
    there = relocated(position, plan.fixture, row, _start(plan, row, column, x_in))
    return _checked(plan, _replaced(plan, {position: there}), catalog)


def move_many(
    plan: Planogram, catalog: Catalog, sources: Sequence[Place], rows: int = 0, columns: int = 0,
    *, x_in: float = 0.0,
) -> Planogram:
    """Moves several positions together by whole rows and columns (a free shelf also takes inches)."""
    chosen = dict.fromkeys(find(plan, s) for s in sources)
    fixture = plan.fixture
    down = count(rows, "rows", -fixture.rows, fixture.rows)
    shift = start_of(fixture, count(columns, "columns", -fixture.columns, fixture.columns))
    if x_in and not (is_free(fixture) and is_number(x_in)):
        raise BadInput(f"A shift of {x_in} in is not possible here.", "Give rows and columns.")
    for p in chosen:
        _free_to_change(plan, p, catalog)
    there = {p: relocated(p, fixture, p.row + down, span(p, fixture)[0] + shift + x_in) for p in chosen}
    return _checked(plan, _replaced(plan, there), catalog)


def swap(plan: Planogram, catalog: Catalog, first: Place, second: Place) -> Planogram:
    """Exchanges two positions. Where they differ in width each moves within the room the other leaves."""
    a = _free_to_change(plan, find(plan, first), catalog)
    b = _free_to_change(plan, find(plan, second), catalog)
    if a == b:
        return plan
    return _checked(plan, _replaced(plan, _exchanged(plan, catalog, a, b)), catalog)


def drop(
    plan: Planogram, catalog: Catalog, target: tuple[int, int], *,
    source: Place | None = None, product_id: int | None = None,
) -> Dropped:
    """What a drag onto a cell does.

    From the product list (``product_id``) it places, or replaces what stands there; from another slot
    (``source``) it moves, or swaps. An empty target takes the product as near the pointer as it fits.
    """
    row, column = target
    moving = None if source is None else _free_to_change(plan, find(plan, source), catalog)
    occupant = standing_at(plan, row, column)
    if moving is not None:
        return _drop_moving(plan, catalog, moving, occupant, row, column)
    if product_id is None:
        raise BadInput("Nothing was dragged.", "Drag a product from the list or from another slot.")
    return _drop_new(plan, catalog, _product(catalog, product_id), occupant, row, column)


def remove(plan: Planogram, catalog: Catalog, source: Place) -> Planogram:
    """Takes a position off the plan."""
    position = _free_to_change(plan, find(plan, source), catalog)
    return _replaced(plan, {position: None})


def set_facings(
    plan: Planogram, catalog: Catalog, source: Place, facings: int,
    *, high: int | None = None, deep: int | None = None,
) -> Planogram:
    """Changes the facings. More of them take room to the right first, then to the left; capacity follows."""
    position = _free_to_change(plan, find(plan, source), catalog)
    wide = count(facings, "facings", 1, MAX_FACINGS)
    changed = replace(
        _widened(plan, catalog, position, wide),
        facings_high=position.facings_high if high is None else count(high, "facings high", 1, MAX_FACINGS),
        facings_deep=position.facings_deep if deep is None else count(deep, "facings deep", 1, MAX_FACINGS),
    )
    return _checked(plan, _replaced(plan, {position: changed}), catalog)


def set_price(plan: Planogram, source: Place, price: float | None) -> Planogram:
    """Sets the price at this place in currency units; ``None`` goes back to the product's own."""
    position = find(plan, source)
    if price is not None and not (is_number(price) and 0 <= price <= MAX_PRICE):
        raise BadInput(f"A price of {price} is not possible.", f"Give a price from 0 to {MAX_PRICE:,.0f}.")
    return _replaced(plan, {position: replace(position, price=price)})


def set_stock(
    plan: Planogram, source: Place, *, capacity: int | _Unchanged | None = UNCHANGED,
    quantity: int | _Unchanged | None = UNCHANGED, par_level: int | _Unchanged | None = UNCHANGED,
) -> Planogram:
    """Sets what is named of capacity, quantity and par level; ``None`` means not known."""
    position = find(plan, source)
    figures = {"capacity": capacity, "quantity": quantity, "par_level": par_level}
    changes: dict[str, int | None] = {}
    for name, value in figures.items():
        if not isinstance(value, _Unchanged):
            words = name.replace("_", " ")
            changes[name] = None if value is None else count(value, words, 0, MAX_STOCK)
    changed = replace(position, **changes)  # type: ignore[arg-type]
    if changed.capacity is not None:
        for name in ("quantity", "par_level"):
            held = changes.get(name)
            if held is not None and held > changed.capacity:
                raise BadInput(
                    f"A {name.replace('_', ' ')} of {held} is more than the {changed.capacity} that "
                    f"{changed.slot} holds.",
                    "Raise the capacity, or give less.",
                )
    return _replaced(plan, {position: changed})


def lock(plan: Planogram, source: Place) -> Planogram:
    """Holds a position where it is, for people and for the optimizer."""
    position = find(plan, source)
    return _replaced(plan, {position: replace(position, locked=True)})


def unlock(plan: Planogram, source: Place) -> Planogram:
    """Frees a locked position."""
    position = find(plan, source)
    return _replaced(plan, {position: replace(position, locked=False)})


def copy_row(plan: Planogram, catalog: Catalog, from_row: int, to_row: int) -> Planogram:
    """Sets a row as another row is, in place of what stood there; quantities are not copied.

    Under the strict rule set this is refused unless the row is empty, because a product stands once.
    """
    for row in (from_row, to_row):
        require_cell(plan, row, 0)
    if from_row == to_row:
        return plan
    for p in plan.positions:
        if p.row == to_row:
            _free_to_change(plan, p, catalog)
    copies = [
        relocated(replace(p, quantity=None, locked=False), plan.fixture, to_row, span(p, plan.fixture)[0])
        for p in plan.positions if p.row == from_row
    ]
    kept = [p for p in plan.positions if p.row != to_row]
    return _checked(plan, plan.with_positions([*kept, *copies]), catalog)


def switch_rule_set(plan: Planogram, catalog: Catalog, rule_set: RuleSet) -> RuleSetSwitch:
    """Puts the plan under another rule set if it keeps it, else says what has to change first."""
    switched = replace(plan, rule_set=rule_set)
    if rule_set is RuleSet.AS_FOUND:
        return RuleSetSwitch(switched, ())
    to_mend = violations(switched, catalog)
    return RuleSetSwitch(plan if to_mend else switched, to_mend)


def _drop_moving(
    plan: Planogram, catalog: Catalog, moving: Position, occupant: Position | None, row: int, column: int
) -> Dropped:
    name = _name(catalog, moving.product_id)
    if occupant is not None and occupant is not moving:
        other = _name(catalog, occupant.product_id)
        changed = swap(plan, catalog, moving, occupant)
        return Dropped(changed, f"Swapped {name} ({moving.slot}) with {other} ({occupant.slot}).")
    there = _nearest(plan, catalog, moving, row, column, occupant, [moving])
    if there == moving:
        return Dropped(plan, f"{name} stays at {moving.slot}.")
    changed = _checked(plan, _replaced(plan, {moving: there}), catalog)
    return Dropped(changed, f"Moved {name} from {moving.slot} to {there.slot}.")


def _drop_new(
    plan: Planogram, catalog: Catalog, product: Product, occupant: Position | None, row: int, column: int
) -> Dropped:
    if occupant is not None and occupant.product_id == product.id:
        raise _refused(Rule.REPEATED, occupant, f"{product.name} stands there already.",
                       "Change its facings instead.")
    gone = [] if occupant is None else [_free_to_change(plan, occupant, catalog)]
    draft = new_position(product, plan.fixture, row, 0.0)
    added = _nearest(plan, catalog, draft, row, column, occupant, gone)
    cleared = plan if occupant is None else _replaced(plan, {occupant: None})
    changed = _checked(plan, plan.with_positions([*cleared.positions, added]), catalog)
    if occupant is None:
        return Dropped(changed, f"Placed {product.name} at {added.slot}.")
    other = _name(catalog, occupant.product_id)
    return Dropped(changed, f"Replaced {other} with {product.name} at {added.slot}.")


def _nearest(
    plan: Planogram, catalog: Catalog, position: Position, row: int, column: int,
    occupant: Position | None, gone: Sequence[Position],
) -> Position:
    """The position in the gap at a cell, or that its occupant leaves, as near to the cell as it fits."""
    if occupant is None:
        gap = gap_around(plan, row, middle_of(plan.fixture, row, column), gone)
    else:
        gap = room_of(plan, occupant, gone)
    return _settled(plan, catalog, position, row, start_of(plan.fixture, column), gap)


def _settled(
    plan: Planogram, catalog: Catalog, position: Position, row: int, wish: float, gap: tuple[float, float]
) -> Position:
    """The position in a gap, as near to ``wish`` as it fits. Raises RuleViolation when it does not fit."""
    need, (left, right) = extent(position, plan.fixture), gap
    if not fits(need, left, right):
        unit = "in" if is_free(plan.fixture) else "cells"
        there = relocated(position, plan.fixture, row, wish)
        name = _name(catalog, position.product_id)
        raise _refused(
            Rule.OVERLAP, there,
            f"{name} needs {need:g} {unit} and {max(right - left, 0):g} are free at {there.slot}.",
            "Free more room, or take fewer facings.",
        )
    return relocated(position, plan.fixture, row, max(left, min(wish, right - need)))


def _exchanged(
    plan: Planogram, catalog: Catalog, a: Position, b: Position
) -> dict[Position, Position | None]:
    """Both positions in each other's place; on one row the outer edges of the pair stay."""
    fixture = plan.fixture
    if (b.row, b.x_in) < (a.row, a.x_in):
        a, b = b, a
    a_start, (b_start, b_end) = span(a, fixture)[0], span(b, fixture)
    wish_a = b_end - extent(a, fixture) if a.row == b.row else b_start
    gap_a, gap_b = room_of(plan, a, (a, b)), room_of(plan, b, (a, b))
    return {
        a: _settled(plan, catalog, a, b.row, wish_a, gap_b),
        b: _settled(plan, catalog, b, a.row, a_start, gap_a),
    }


def _widened(plan: Planogram, catalog: Catalog, position: Position, facings: int) -> Position:
    """The position with other facings, its room and its stock in proportion."""
    fixture = plan.fixture
    before = max(position.facings, 1)
    capacity = None if position.capacity is None else round(position.capacity * facings / before)
    wider = replace(
        position, facings=facings, cells=position.cells // before * facings,
        width_in=position.width_in * facings / before, capacity=capacity,
        quantity=_at_most(position.quantity, capacity), par_level=_at_most(position.par_level, capacity),
    )
    gap = room_of(plan, position, [position])
    return _settled(plan, catalog, wider, position.row, span(position, fixture)[0], gap)


def _at_most(value: int | None, limit: int | None) -> int | None:
    return value if value is None or limit is None else min(value, limit)


def _checked(before: Planogram, after: Planogram, catalog: Catalog) -> Planogram:
    check_edit(before, after, catalog)
    return after


def _replaced(plan: Planogram, changes: Mapping[Position, Position | None]) -> Planogram:
    """Each key exchanged for its value, once; ``None`` takes it off."""
    left = dict(changes)
    result = []
    for p in plan.positions:
        changed = left.pop(p) if p in left else p
        if changed is not None:
            result.append(changed)
    return plan.with_positions(result)


def _free_to_change(plan: Planogram, position: Position, catalog: Catalog) -> Position:
    if position.locked:
        message = f"{_name(catalog, position.product_id)} at {position.slot} is locked."
        raise _refused(Rule.LOCKED, position, message, "Unlock it first.")
    return position


def _refused(rule: Rule, position: Position, message: str, hint: str) -> RuleViolation:
    violation = Violation(rule, message, position.slot, position.product_id, hint)
    return RuleViolation(message, hint, [violation])


def _product(catalog: Catalog, product_id: int) -> Product:
    product = catalog.get(product_id)
    if product is None:
        raise BadInput(f"Product {product_id} is not in the catalog.", "Choose a product from the list.")
    return product


def _name(catalog: Catalog, product_id: int) -> str:
    product = catalog.get(product_id)
    return product.name if product else f"Product {product_id}"


def _start(plan: Planogram, row: int, column: int | None, x_in: float | None) -> float:
    """Units of the place that was asked for. Raises BadInput when there is none."""
    if x_in is None:
        if column is None:
            raise BadInput("No place was given.", "Give a column, or inches on a free shelf.")
        require_cell(plan, row, column)
        return start_of(plan.fixture, column)
    require_cell(plan, row, 0)
    if not is_free(plan.fixture):
        raise BadInput("This fixture has fixed cells.", "Give a row and a column.")
    if not is_number(x_in):
        raise BadInput(f"A left edge of {x_in} in is not possible.", "Give a number of inches.")
    return float(x_in)
