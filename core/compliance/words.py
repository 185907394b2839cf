"""Departures as violations: the spot in the store, one sentence, how much it matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from core.compliance.align import Alignment
from core.compliance.findings import Kind, Spot, Stock, Violation
from core.compliance.judge import Departure, Judgement
from core.compliance.reading import Box
from core.compliance.score import name_of
from core.planogram.fixture import Placement
from core.planogram.instructions import along, place_name
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.planogram.space import display_cells, is_free
from core.units import row_letter, slot_name

NOT_IN_CATALOG = "a package that is not in the catalog"
NOT_KNOWN = "a package that could not be named"


def violations(a: Alignment, j: Judgement, catalog: Catalog) -> tuple[Violation, ...]:
    """All departures from the top left, each with an id of its spot and kind: "C4-wrong_product"."""
    made = [_violation(a, d, catalog) for d in j.departures]
    made.sort(key=lambda v: (_order(v.spot), v.kind, v.box, v.text))
    used: Counter[str] = Counter()
    result = []
    for v in made:
        key = f"{v.spot.slot if v.spot else 'off'}-{v.kind}"
        used[key] += 1
        result.append(replace(v, id=key if used[key] == 1 else f"{key}-{used[key]}"))
    return tuple(result)


def spot_of(plan: Planogram, p: Position) -> Spot:
    """Where a position stands."""
    label = plan.fixture.label(p.row, p.column)
    return Spot(p.row, p.column, p.slot, label, round(p.x_in, 2), place_name(p, plan.fixture))


def spot_at(plan: Planogram, row: int, x_in: float) -> Spot:
    """The spot at ``x_in`` inches along a row, whatever is planned there; outside it, the nearest."""
    fixture = plan.fixture
    at = min(max(x_in, 0.0), fixture.width_in)
    if is_free(fixture):
        column, _ = display_cells(fixture, row, at, 0.1)
    else:
        cells = fixture.row_columns[row]
        pitch = fixture.width_in / cells if fixture.placement is Placement.SLOTS else fixture.cell_width_in
        column = min(int(at / pitch), cells - 1)
    words = f"shelf {row_letter(row)}, {along(at)}" if is_free(fixture) else ""
    label = fixture.label(row, column)
    slot = slot_name(row, column)
    return Spot(row, column, slot, label, round(at, 2), words or label or slot)


def where_it_stands(a: Alignment, facing: int) -> Spot | None:
    """The spot of a package that is seen; None in a row that the plan does not have."""
    unit, row = int(a.unit_of[facing]), int(a.plan_row[facing])
    if unit >= 0:
        return _unit_spot(a, unit)
    if row < 0:
        return None
    left = float(a.place_in[facing])
    if is_free(a.planned.plan.fixture):
        scale = next(a.scales[s] for s, p in a.rows.items() if p == row)
        left -= float(a.seen.boxes[facing, 2]) / scale.px_per_in / 2
    return spot_at(a.planned.plan, row, left)


def _unit_spot(a: Alignment, unit: int) -> Spot:
    """The spot of a facing's position; on a shelf in inches with the facing's own place in words."""
    plan, p = a.planned.plan, a.planned.position_of(unit)
    spot = spot_of(plan, p)
    if not is_free(plan.fixture) or a.planned.number[unit] == 0:
        return spot
    own = spot_at(plan, p.row, float(a.planned.left_in[unit]))
    return replace(spot, x_in=own.x_in, words=own.words)


def _violation(a: Alignment, d: Departure, catalog: Catalog) -> Violation:
    boxes = _boxes(a, d)
    expected = actual = None
    if d.units:
        p = a.planned.position_of(d.units[0])
        product = p.product_id
        side_by_side = d.kind is Kind.WRONG_FACINGS
        expected = Stock(product, name_of(product, catalog), _unit_spot(a, d.units[0]),
                         d.want if side_by_side else len(d.units))
        if side_by_side:
            actual = Stock(product, expected.name, expected.spot, d.have)
    if d.facings and d.kind is not Kind.WRONG_FACINGS:
        name = _name(d, catalog)
        actual = Stock(d.product_id, name, where_it_stands(a, d.facings[0]), len(d.facings))
    text = _sentence(a, d, expected, actual, catalog)
    return Violation("", d.kind, text, _severity(d), round(d.confidence, 4), _around(boxes), boxes, expected,
                     actual, d.facings, d.units)


def _name(d: Departure, catalog: Catalog) -> str:
    if d.product_id is not None:
        return name_of(d.product_id, catalog)
    return NOT_IN_CATALOG if d.because == "unknown" else NOT_KNOWN


def _sentence(
    a: Alignment, d: Departure, expected: Stock | None, actual: Stock | None, catalog: Catalog
) -> str:
    if expected is None:
        name = _name(d, catalog)
        at = _at(actual.spot if actual else None)
        planned = d.product_id in a.planned.products
        why = "where the plan has no room for it" if planned else "and is not in this plan"
        return _capital(f"{name} stands {at}{', ' if planned else ' '}{why}.")
    name, at = expected.name, _at(expected.spot)
    if d.kind is Kind.WRONG_POSITION and actual is not None:
        number = "" if len(d.facings) == 1 else f" ({len(d.facings)} facings)"
        return _capital(f"{name}{number} stands {_at(actual.spot)} and belongs {at}.")
    if d.kind is Kind.WRONG_FACINGS:
        return _capital(_of_facings(d, name, at, catalog))
    if d.kind is Kind.WRONG_PRODUCT:
        number = "" if len(d.units) == 1 else f" on {len(d.units)} facings"
        return _capital(f"{_name(d, catalog)} stands {at}{number}, where {name} belongs.")
    if d.kind is Kind.OUT_OF_STOCK:
        return _capital(f"{name} is out of stock {at}: its room is empty.")
    why = f"{_name(d, catalog)} stands there" if d.because == "taken" else "its neighbors have closed up"
    return _capital(f"{name} is missing {at}: {why}.")


def _of_facings(d: Departure, name: str, at: str, catalog: Catalog) -> str:
    counted = f"{name} has {d.have} of {d.want} facings {at}"
    if d.because == "more":
        return f"{name} has {d.have} facings {at}, {d.have - d.want} more than planned."
    if d.because in ("other", "taken"):
        return f"{counted}: {_name(d, catalog)} stands in its room."
    if d.because == "closed":
        return f"{counted}: its neighbors have closed up."
    return f"{counted}: the room of {'one' if len(d.units) == 1 else len(d.units)} is empty."


def _severity(d: Departure) -> str:
    """"high" for a product that cannot be bought or is not ours, "low" for a little more or less of one."""
    if d.kind in (Kind.OUT_OF_STOCK, Kind.MISSING_PRODUCT) or d.because == "unknown":
        return "high"
    if d.kind is Kind.EXTRA_PRODUCT or (d.kind is Kind.WRONG_FACINGS and 2 * d.have >= d.want):
        return "low"
    return "medium"


def _boxes(a: Alignment, d: Departure) -> tuple[Box, ...]:
    rows = a.seen.boxes[list(d.facings)] if d.facings else a.boxes[list(d.units)]
    photo = a.seen.reading
    return tuple(_inside(box, photo.width, photo.height) for box in rows.tolist())


def _inside(box: Iterable[float], width: int, height: int) -> Box:
    x, y, w, h = box
    left, top = min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))
    right, bottom = min(max(x + w, 0.0), float(width)), min(max(y + h, 0.0), float(height))
    return round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1)


def _around(boxes: tuple[Box, ...]) -> Box:
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return left, top, round(right - left, 1), round(bottom - top, 1)


def _at(spot: Spot | None) -> str:
    if spot is None:
        return "beside the fixture"
    return f"{'on' if spot.words.startswith('shelf') else 'at'} {spot.words}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _order(spot: Spot | None) -> tuple[int, float, int]:
    return (spot.row, spot.x_in, spot.column) if spot else (1 << 30, 0.0, 0)


def row_text(name: str, planned: int, right: int, not_seen: int, told: int) -> str:
    """One sentence of a row."""
    if planned == 0 and not_seen:
        return f"Nothing of {name[:1].lower()}{name[1:]} can be seen."
    if planned == 0:
        return f"The plan has nothing on {name[:1].lower()}{name[1:]}."
    beyond = f", {not_seen} not seen" if not_seen else ""
    if right == planned and not told:
        return f"{name}: all {planned} facings stand right{beyond}."
    return f"{name}: {right} of {planned} facings stand right{beyond}."
