"""One change for many plans: a price, or a product taken off, put in another's place, or added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import BadInput, RuleViolation
from core.planogram import edit
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog, Product
from core.planogram.space import ROUNDING, fits, is_free, length, room_in_words, row_length, span


@dataclass(frozen=True, slots=True)
class Reprice:
    """A product costs ``price`` in currency units wherever it stands; None: its own price."""

    product_id: int
    price: float | None


@dataclass(frozen=True, slots=True)
class Remove:
    product_id: int


@dataclass(frozen=True, slots=True)
class Replace:
    """``by_id`` stands wherever ``product_id`` stood, with as many facings as fit."""

    product_id: int
    by_id: int


@dataclass(frozen=True, slots=True)
class Add:
    """A product where there is room, beside its category if it can be; not where it stands already."""

    product_id: int
    facings: int = 1


BulkEdit = Reprice | Remove | Replace | Add


@dataclass(frozen=True, slots=True)
class Changed:
    """The plan after an edit, and at how many places it changed; 0: it does not concern this plan."""

    plan: Planogram
    places: int


def change(plan: Planogram, catalog: Catalog, wanted: BulkEdit) -> Changed:
    """Make the edit on one plan. Raises BadInput and RuleViolation for what is not possible there."""
    for product_id in _named(wanted):
        if product_id not in catalog:
            raise BadInput(f"Product {product_id} is not in the catalog.", "Choose one from the list.")
    if isinstance(wanted, Add):
        return _added(plan, catalog, wanted)
    there = plan.of_product(wanted.product_id)
    if isinstance(wanted, Reprice):
        there = tuple(p for p in there if p.price != wanted.price)
    after = plan
    for p in there:
        after = _changed(after, catalog, wanted, p)
    return Changed(after, len(there))


def describe(wanted: BulkEdit, catalog: Catalog) -> str:
    """The edit in words, as the comment of the versions that it makes."""
    name = _name(catalog, wanted.product_id)
    if isinstance(wanted, Reprice):
        return f"{name} at {'its own price' if wanted.price is None else f'${wanted.price:,.2f}'}"
    if isinstance(wanted, Remove):
        return f"Without {name}"
    if isinstance(wanted, Replace):
        return f"{_name(catalog, wanted.by_id)} in place of {name}"
    return f"With {name}"


def _changed(plan: Planogram, catalog: Catalog, wanted: BulkEdit, p: Position) -> Planogram:
    if isinstance(wanted, Reprice):
        return edit.set_price(plan, p, wanted.price)
    if isinstance(wanted, Remove):
        return edit.remove(plan, catalog, p)
    assert isinstance(wanted, Replace)
    return _replaced(plan, catalog, p, wanted.by_id)


def _replaced(plan: Planogram, catalog: Catalog, p: Position, product_id: int) -> Planogram:
    """Another product at a place, with as many of its facings as find room."""
    if p.product_id == product_id:
        raise BadInput(f"{_name(catalog, product_id)} cannot replace itself.", "Choose another product.")
    empty = edit.remove(plan, catalog, p)
    x_in = p.x_in if is_free(plan.fixture) else None
    for facings in range(p.facings, 1, -1):
        try:
            return edit.place(empty, catalog, product_id, p.row, p.column, x_in=x_in, facings=facings)
        except RuleViolation:  # one facing fewer may fit
            continue
    return edit.place(empty, catalog, product_id, p.row, p.column, x_in=x_in)


def _added(plan: Planogram, catalog: Catalog, wanted: Add) -> Changed:
    if plan.of_product(wanted.product_id):
        return Changed(plan, 0)
    product = catalog[wanted.product_id]
    need = length(product, plan.fixture, wanted.facings)
    rooms = [(row, left) for row, left, right in _gaps(plan) if fits(need, left, right)]
    if not rooms:
        widest = max((right - left for _, left, right in _gaps(plan)), default=0.0)
        raise BadInput(
            f"{product.name} needs {room_in_words(need, plan.fixture)} and the widest free stretch has "
            f"{widest:g}.",
            "Take something off first, or replace a product.",
        )
    row, left = min(rooms, key=lambda room: (-_company(plan, catalog, product, room, need), room))
    column, x_in = (None, left) if is_free(plan.fixture) else (int(left), None)
    after = edit.place(plan, catalog, product.id, row, column, x_in=x_in, facings=wanted.facings)
    return Changed(after, 1)


def _company(
    plan: Planogram, catalog: Catalog, product: Product, room: tuple[int, float], need: float
) -> int:
    """How many neighbors of its category a product would have; its category on the row counts a little."""
    beside, on_row, (row, left) = 0, 0, room
    for p in plan.positions:
        other = catalog.get(p.product_id)
        if p.row != row or other is None or other.category != product.category:
            continue
        start, end = span(p, plan.fixture)
        on_row = 1
        beside += abs(end - left) < 0.5 or abs(start - left - need) < 0.5
    return 2 * beside + on_row


def _gaps(plan: Planogram) -> Iterator[tuple[int, float, float]]:
    """(row, left, right) of the free stretches in units, from the top and the left."""
    for row in range(plan.fixture.rows):
        cursor = 0.0
        spans = sorted(span(p, plan.fixture) for p in plan.positions if p.row == row)
        for start, end in [*spans, (row_length(plan.fixture, row),) * 2]:
            if start - cursor > ROUNDING:
                yield row, cursor, start
            cursor = max(cursor, end)


def _named(wanted: BulkEdit) -> tuple[int, ...]:
    return (wanted.product_id, wanted.by_id) if isinstance(wanted, Replace) else (wanted.product_id,)


def _name(catalog: Catalog, product_id: int) -> str:
    product = catalog.get(product_id)
    return product.name if product else f"Product {product_id}"
