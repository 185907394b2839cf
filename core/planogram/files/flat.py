"""A planogram as one table, a row a position: what the CSV and the Excel file have in common.

A row names its slot, its product with what a catalog needs to know of it, facings, stock, and the fixture,
so that a single row says everything about itself. A plan without positions has one row without product.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.errors import BadInput
from core.planogram.files.fields import choice, fixture_fields, fixture_from, rule_set_from, text
from core.planogram.files.values import FilePosition, FileProduct, PlanFile, RowProblem
from core.planogram.fixture import MAX_SHELVES, Fixture, TemperatureZone
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog, Product
from core.units import parse_slot, slot_name

Row = Mapping[str, Any]
"""Field → value, texts as they stand in the file; a blank one is an empty text or None."""

POSITION = ("slot", "label", "product", "brand", "category", "size", "upc", "facings", "facings_high",
            "facings_deep", "price", "capacity", "quantity", "par_level", "x_in", "width_in", "locked")
PRODUCT = ("product_id", "product_width_in", "product_height_in", "product_depth_in", "pack_height_in",
           "list_price", "cost", "product_temperature")
PLAN = ("planogram", "season", "rule_set", "shape", "placement", "temperature_zone", "fixture_width_in",
        "fixture_height_in", "fixture_depth_in", "cell_width_in", "row_columns", "labels")
COLUMNS = (*POSITION, *PRODUCT, *PLAN)

_OTHER_NAMES = {
    "position": "slot", "coil": "slot", "selection": "label", "product_name": "product", "name": "product",
    "item": "product", "gtin": "upc", "ean": "upc", "barcode": "upc", "facings_wide": "facings",
    "par": "par_level", "qty": "quantity", "temperature": "temperature_zone", "planogram_name": "planogram",
}
_WHOLE = frozenset({"facings", "facings_high", "facings_deep", "capacity", "quantity", "par_level"})
_REAL = frozenset({"price", "x_in", "width_in"})
_NAMING = ("product", "upc", "product_id")
_FIXTURE = ("fixture_width_in", "fixture_height_in", "fixture_depth_in")
_SIZES = {"product_width_in": "width_in", "product_height_in": "height_in", "product_depth_in": "depth_in",
          "pack_height_in": "pack_height_in", "list_price": "price", "cost": "cost"}


def rows_of(
    plan: Planogram, products: Catalog, *, name: str = "", season: str | None = None
) -> list[dict[str, Any]]:
    """Rows by ``COLUMNS``; None where there is nothing to say."""
    head = plan_fields(plan, name, season)
    rows = [{**_position_row(p, plan.fixture), **_product_row(products.get(p.product_id), p.product_id),
             **head} for p in plan.positions] or [head]
    if plan.fixture.labels:
        rows[0]["labels"] = json.dumps([list(row) for row in plan.fixture.labels], ensure_ascii=False)
    return [{column: row.get(column) for column in COLUMNS} for row in rows]


def plan_fields(plan: Planogram, name: str, season: str | None) -> dict[str, Any]:
    """What every row says of the plan and its fixture, the machine's labels aside."""
    fields = fixture_fields(plan.fixture)
    return {
        "planogram": name, "season": season, "rule_set": plan.rule_set.value,
        "shape": fields["shape"], "placement": fields["placement"],
        "temperature_zone": fields["temperature_zone"], "fixture_width_in": fields["width_in"],
        "fixture_height_in": fields["height_in"], "fixture_depth_in": fields["depth_in"],
        "cell_width_in": fields["cell_width_in"],
        "row_columns": " ".join(str(n) for n in fields["row_columns"]), "labels": None,
    }


def _position_row(p: Position, fixture: Fixture) -> dict[str, Any]:
    row = {name: getattr(p, name) for name in POSITION if hasattr(p, name)}
    return {**row, "locked": "yes" if p.locked else None, "label": fixture.label(p.row, p.column) or None}


def _product_row(product: Product | None, product_id: int) -> dict[str, Any]:
    if product is None:
        return {"product_id": product_id}
    return {
        "product": product.name, "brand": product.brand, "category": product.category,
        "size": product.size, "upc": product.upc, "product_id": product.id,
        "product_temperature": None if product.temperature is None else product.temperature.value,
        **{column: getattr(product, field) for column, field in _SIZES.items()},
    }


def header_of(cells: Sequence[object]) -> list[str]:
    """Field names of a header; an unknown column keeps its own name and is not read."""
    plain = [re.sub(r"[^a-z0-9]+", "_", str(cell or "").strip().lower()).strip("_") for cell in cells]
    return [_OTHER_NAMES.get(name, name) for name in plain]


def read_rows(rows: Iterable[tuple[int, Row]]) -> PlanFile:
    """The planogram of a table; each row with its line.

    Raises BadInput for a table without slots or places, or with an impossible fixture. Without the size of
    the fixture it is taken for a machine whose slots are those that the rows name.
    """
    numbered = list(rows)
    head = _head(numbered)
    used = [entry for entry in numbered if any(_filled(entry[1], c) for c in _NAMING)]
    fixture, notes = _fixture(head, used)
    products: list[FileProduct] = []
    index: dict[tuple[str, ...], int] = {}
    positions, problems = [], []
    for line, row in used:
        try:
            key = tuple(_text(row, c) for c in _NAMING)
            if key not in index:
                products.append(_product(line, row))
                index[key] = len(products) - 1
            positions.append(FilePosition(line, index[key], _item(row, fixture)))
        except BadInput as error:
            problems.append(RowProblem(line, error.message))
    return PlanFile(
        _text(head, "planogram"), _text(head, "season") or None, fixture,
        rule_set_from(_text(head, "rule_set")), tuple(products), tuple(positions), tuple(problems), notes,
    )


def _head(rows: Sequence[tuple[int, Row]]) -> dict[str, Any]:
    """The first value of each column that speaks of the whole plan."""
    head: dict[str, Any] = {}
    for _, row in rows:
        head |= {c: row[c] for c in PLAN if c not in head and row.get(c) not in (None, "")}
    return head


def _fixture(head: Row, used: Sequence[tuple[int, Row]]) -> tuple[Fixture, tuple[str, ...]]:
    if not any(_filled(head, column) for column in _FIXTURE):
        return _inferred(head, used), ("The file does not say how large the fixture is: it was taken for a "
                                       "machine with the slots that the rows name.",)
    fields = {
        "width_in": _number(head, "fixture_width_in"), "height_in": _number(head, "fixture_height_in"),
        "depth_in": _number(head, "fixture_depth_in"), "cell_width_in": _number(head, "cell_width_in"),
        "row_columns": _columns(_text(head, "row_columns")), "labels": _labels(str(head.get("labels") or "")),
        **{name: _text(head, name) or None for name in ("shape", "placement", "temperature_zone")},
    }
    return fixture_from(fields), ()


def _columns(written: str) -> list[int]:
    parts = written.replace(",", " ").split()
    if not parts or not all(p.isascii() and p.isdigit() and len(p) < 6 for p in parts):
        raise BadInput(f"“{written[:40]}” does not tell the columns of each row.", "Write them as 8 8 8 8.")
    return [int(p) for p in parts]


def _labels(written: str) -> Any:
    if not written:
        return []
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        raise BadInput("The selection labels cannot be read.", "Leave the column labels as it was.") from None


def _inferred(head: Row, used: Sequence[tuple[int, Row]]) -> Fixture:
    """A machine with the slots that are named. Raises BadInput where they make no grid."""
    places = []
    for line, row in used:
        try:
            places.append(parse_slot(_text(row, "slot")))
        except BadInput as error:
            raise BadInput(f"Line {line}: {error.message}", error.hint) from error
    if not places:
        raise BadInput("The file names no slot with a product.", "Send columns slot, product and facings.")
    rows = max(row for row, _ in places) + 1
    if rows > MAX_SHELVES:
        raise BadInput(f"Slot {slot_name(rows - 1, 0)} is too far down.",
                       f"A fixture has up to {MAX_SHELVES} rows.")
    columns = [max([column for row, column in places if row == r], default=0) + 1 for r in range(rows)]
    zone = choice(TemperatureZone, _text(head, "temperature_zone") or "ambient", "temperature zone")
    return Fixture.machine(tuple(columns), zone)


def _product(line: int, row: Row) -> FileProduct:
    number = _number(row, "product_id")
    zone = _text(row, "product_temperature")
    sizes: dict[str, Any] = {}
    for column, field in _SIZES.items():
        value = _number(row, column)
        if value is not None:
            sizes[field] = value
    given = {c for c in ("brand", "category", "size", "upc") if _filled(row, c)} | set(sizes)
    product = Product(
        id=int(number) if number is not None and number.is_integer() else 0, name=_text(row, "product"),
        category=_text(row, "category"), brand=_text(row, "brand"), size=_text(row, "size"),
        upc=_text(row, "upc"), **sizes,
        temperature=choice(TemperatureZone, zone, "temperature zone") if zone else None,
    )
    return FileProduct(line, product, frozenset(given | ({"temperature"} if zone else set())))


def _item(row: Row, fixture: Fixture) -> dict[str, Any]:
    item: dict[str, Any] = {}
    for name in _WHOLE | _REAL:
        value = _number(row, name)
        if value is not None:
            item[name] = int(value) if name in _WHOLE and value.is_integer() else value
    item["locked"] = _text(row, "locked").lower() in ("yes", "true", "1", "x")
    item["row"], column = _place(row, fixture)
    if column is not None:
        item["column"] = column
    return item


def _place(row: Row, fixture: Fixture) -> tuple[int, int | None]:
    """(row, column) of a slot, or of the machine's own label. Raises BadInput."""
    slot, label = _text(row, "slot"), _text(row, "label")
    if not slot and not label:
        raise BadInput("The row names no slot.", "Write a slot such as B4.")
    try:
        place = parse_slot(slot) if slot else fixture.locate(label)
    except BadInput:
        place = fixture.locate(slot)
    if not (place[0] < fixture.rows and place[1] < fixture.row_columns[place[0]]):
        raise BadInput(f"Slot {slot} is not on this fixture.",
                       f"It has {fixture.rows} rows of up to {fixture.columns} columns.")
    return place


def _filled(row: Row, column: str) -> bool:
    return _text(row, column) != ""


def _text(row: Row, column: str) -> str:
    value = row.get(column)
    return "" if value is None else text(value, column).strip()


def _number(row: Row, column: str) -> float | None:
    """A number as spreadsheets write it, None for a blank. Raises BadInput."""
    value = row.get(column)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    written = _text(row, column).lstrip("$€£").strip()
    if not written:
        return None
    if re.fullmatch(r"-?\d+,\d{1,2}", written):
        written = written.replace(",", ".")
    try:
        return float(written.replace(",", ""))
    except ValueError:
        raise BadInput(f"{column.replace('_', ' ').capitalize()} “{written[:40]}” is not a number.",
                       "Write a plain number.") from None


