"""Positions from what a client sends: checked item by item, with the item named in the error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from core.errors import BadInput
from core.planogram.edit import MAX_FACINGS, MAX_PRICE, MAX_STOCK
from core.planogram.fixture import Fixture
from core.planogram.places import count, is_number
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product
from core.planogram.rules import check
from core.planogram.space import is_free, new_position, relocated, span, start_of
from core.units import COLLISION_TOLERANCE_IN

MAX_ITEMS = 20_000


def plan_from_payload(
    items: object, fixture: Fixture, catalog: Catalog, rule_set: RuleSet = RuleSet.STRICT,
    *, merge: bool = True,
) -> Planogram:
    """A whole layout as a planogram. Raises BadInput, or RuleViolation with every hard rule it breaks."""
    plan = Planogram(fixture, positions_from_payload(items, fixture, catalog, merge=merge), rule_set)
    check(plan, catalog)
    return plan


def positions_from_payload(
    items: object, fixture: Fixture, catalog: Catalog, *, merge: bool = True
) -> tuple[Position, ...]:
    """Positions of ``[{row, column | x_in | slot | position, product_id, facings?, …}]``.

    With ``merge``, adjacent positions of one product are taken together as facings. Raises BadInput that
    names the item. Rules are not judged here.
    """
    if not isinstance(items, Sequence) or isinstance(items, str | bytes):
        raise BadInput("The positions are not a list.", "Send a list of positions.")
    if len(items) > MAX_ITEMS:
        raise BadInput(f"{len(items):,} positions are too many.", f"Send at most {MAX_ITEMS:,}.")
    positions = []
    for number, item in enumerate(items, start=1):
        try:
            positions.append(position_from_payload(item, fixture, catalog))
        except BadInput as error:
            raise BadInput(f"Position {number}: {error.message}", error.hint) from error
    return merge_adjacent(positions, fixture) if merge else tuple(positions)


def position_from_payload(item: object, fixture: Fixture, catalog: Catalog) -> Position:
    """One position; see ``positions_from_payload``. Facings take room to the right of the place.

    On a free shelf ``width_in`` (of all facings) keeps the measure of an imported plan.
    """
    if not isinstance(item, Mapping):
        raise BadInput("It is not an object.", "Send product_id and a place.")
    product = _product(item.get("product_id"), catalog)
    row, start = _place(item, fixture)
    facings = _number(item, "facings", 1, MAX_FACINGS, 1)
    position = new_position(product, fixture, row, start, facings or 1)
    if is_free(fixture) and item.get("width_in") is not None:
        position = relocated(replace(position, width_in=_width(item["width_in"])), fixture, row, start)
    return replace(
        position,
        facings_high=_number(item, "facings_high", 1, MAX_FACINGS, 1) or 1,
        facings_deep=_number(item, "facings_deep", 1, MAX_FACINGS, 1) or 1,
        capacity=_number(item, "capacity", 0, MAX_STOCK),
        quantity=_number(item, "quantity", 0, MAX_STOCK),
        par_level=_number(item, "par_level", 0, MAX_STOCK),
        price=_price(item.get("price")),
        locked=_flag(item.get("locked"), "locked"),
    )


def merge_adjacent(positions: Iterable[Position], fixture: Fixture) -> tuple[Position, ...]:
    """Positions with touching neighbors of the same product, height, depth and price joined into facings.

    Stock figures add up where both are known.
    """
    return tuple(_joined(group, fixture) for group in adjacent(positions, fixture))


def adjacent(positions: Iterable[Position], fixture: Fixture) -> list[list[Position]]:
    """The positions grouped as ``merge_adjacent`` joins them, by row and left edge."""
    ordered = sorted(positions, key=lambda p: (p.row, p.x_in, p.product_id))
    groups = [ordered[:1]] if ordered else []
    for a, b in pairwise(ordered):
        if _joins(a, b, fixture):
            groups[-1].append(b)
        else:
            groups.append([b])
    return groups


def _joins(a: Position, b: Position, fixture: Fixture) -> bool:
    same = (a.product_id, a.row, a.facings_high, a.facings_deep) == (
        b.product_id, b.row, b.facings_high, b.facings_deep)
    touching = abs(span(b, fixture)[0] - span(a, fixture)[1]) <= COLLISION_TOLERANCE_IN
    return same and touching and a.price == b.price


def _joined(group: list[Position], fixture: Fixture) -> Position:
    if len(group) == 1:
        return group[0]
    first = group[0]
    whole = replace(
        first,
        facings=sum(p.facings for p in group), cells=sum(p.cells for p in group),
        width_in=sum(p.width_in for p in group),
        capacity=_total([p.capacity for p in group]), quantity=_total([p.quantity for p in group]),
        par_level=_total([p.par_level for p in group]),
        locked=any(p.locked for p in group),
    )
    return relocated(whole, fixture, first.row, span(first, fixture)[0])


def _total(values: list[int | None]) -> int | None:
    known = [v for v in values if v is not None]
    return sum(known) if len(known) == len(values) else None


def _product(value: object, catalog: Catalog) -> Product:
    product = catalog.get(value) if isinstance(value, int) and not isinstance(value, bool) else None
    if product is None:
        raise BadInput(f"Product {_shown(value)} is not in the catalog.",
                       "Use the id of a product of the catalog.")
    return product


def _place(item: Mapping[Any, Any], fixture: Fixture) -> tuple[int, float]:
    """(row, start in units) of a slot, of a row and column, or of a row and inches."""
    slot, x_in, column = item.get("slot", item.get("position")), item.get("x_in"), item.get("column")
    row = None if item.get("row") is None else count(item["row"], "row", 0, fixture.rows - 1)
    if slot is not None:
        if not isinstance(slot, str):
            raise BadInput(f"Slot {_shown(slot)} is not a text.", "Write a slot such as B4.")
        named = fixture.locate(slot)
        if (named[0] if row is None else row, named[1] if column is None else column) != named:
            raise BadInput(f"Slot {slot} and row {row}, column {column} are different places.",
                           "Give one of them; rows and columns count from 0.")
        row, column = named
    if row is None:
        raise BadInput("No place was given.", "Give a slot, or a row with a column or inches.")
    if x_in is not None and (is_free(fixture) or column is None):
        return row, _inches(x_in, fixture)
    return row, start_of(fixture, count(column, "column", 0, fixture.row_columns[row] - 1))


def _width(value: object) -> float:
    if not is_number(value) or value <= 0:
        raise BadInput(f"Width cannot be {_shown(value)}.", "Give inches above 0.")
    return float(value)


def _inches(value: object, fixture: Fixture) -> float:
    if not is_number(value):
        raise BadInput(f"A left edge of {_shown(value)} in is not possible.", "Give a number of inches.")
    if is_free(fixture):
        return float(value)
    column = round(value / fixture.cell_width_in)
    if abs(column * fixture.cell_width_in - value) > COLLISION_TOLERANCE_IN:
        raise BadInput(f"A left edge of {value:g} in is not the edge of a cell.",
                       f"Cells are {fixture.cell_width_in:g} in wide.")
    return float(column)


def _number(item: Mapping[Any, Any], key: str, low: int, high: int, default: int | None = None) -> int | None:
    value = item.get(key)
    if value is None:
        return default
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return count(value, key.replace("_", " "), low, high)


def _flag(value: object, name: str) -> bool:
    if value is None or isinstance(value, bool):
        return value is True
    raise BadInput(f"{name.capitalize()} cannot be {_shown(value)}.", "Give true or false.")


def _price(value: object) -> float | None:
    if value is None:
        return None
    if not is_number(value) or not 0 <= value <= MAX_PRICE:
        raise BadInput(f"Price cannot be {_shown(value)}.", f"Give a price from 0 to {MAX_PRICE:,.0f}.")
    return float(value)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"
