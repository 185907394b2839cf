"""Reading a space-planning file: its planograms, their fixtures as rows, and what stands where."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from core.errors import BadInput
from core.planogram.files import psa_shelves as shelves
from core.planogram.files.fields import fixture_from, rule_set_from
from core.planogram.files.psa_rows import (
    PlanogramCell,
    PositionCell,
    ProductCell,
    Record,
    decode,
    records,
)
from core.planogram.files.values import FilePosition, FileProduct, PlanFile, RowProblem, require_few
from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import RuleSet
from core.planogram.product import Product

OWN = "wb1 "
"""How the texts begin in which this program keeps what the format has no column for."""
FREE_CELL_IN = 0.1
INCHES_A_CM = 1 / 2.54
TALL_IN, TALL_PRODUCT_IN = 120.0, 14.0
"""Above these a planogram's height or the median product's height is taken for centimeters."""


@dataclass(frozen=True)
class Section:
    """One planogram of a file: its row, the rows up to the next one, and what of the file it shares."""

    shared: tuple[Record, ...]
    planogram: Record
    rows: tuple[Record, ...]

    def of_kind(self, kind: str) -> list[Record]:
        return [record for record in self.rows if record.kind == kind]

    @property
    def products(self) -> list[Record]:
        return [record for record in self.shared if record.kind == "Product"]

    @property
    def text(self) -> str:
        return "\n".join(r.text for r in (*self.shared, self.planogram, *self.rows))


@dataclass(frozen=True)
class Layout:
    """Where the positions of a section stand: (record, row, item) each, on which fixture."""

    fixture: Fixture
    boards: tuple[shelves.Board, ...]
    rows: tuple[shelves.Shelf, ...]
    left: float
    scale: float
    positions: tuple[tuple[shelves.Placed, int], ...]
    problems: tuple[RowProblem, ...]


def read(content: bytes) -> PlanFile:
    """The first planogram of a file. Raises BadInput for a file of another kind or without a planogram."""
    return read_all(content)[0]


def read_all(content: bytes) -> tuple[PlanFile, ...]:
    """Every planogram of a file. Raises BadInput as ``read``."""
    return tuple(plan_of(section) for section in sections(decode(content)))


def sections(text: str) -> list[Section]:
    """The file parted at its planograms. Raises BadInput where there is none."""
    every = records(text)
    starts = [i for i, record in enumerate(every) if record.kind == "Planogram"]
    if not starts:
        raise BadInput("The file holds no planogram.", "Export a planogram, not only its products.")
    shared = tuple(every[: starts[0]])
    ends = [*starts[1:], len(every)]
    return [
        Section(shared, every[start], tuple(every[start + 1 : end]))
        for start, end in zip(starts, ends, strict=True)
    ]


def plan_of(section: Section) -> PlanFile:
    """What a section says."""
    own = own_values(section.planogram.text_of(PlanogramCell.DESC_50))
    found = layout(section, own)
    keys = shelves.products_by_key(section.products)
    index: dict[tuple[str, str], int] = {}
    products: list[FileProduct] = []
    positions: list[FilePosition] = []
    problems = list(found.problems)
    is_ours = bool(own.get("fixture"))
    for placed, row in found.positions:
        key = key_of(placed.record)
        product = keys.get(key)
        try:
            if key not in index:
                products.append(product_of(product, key, placed.record.line, found.scale, is_ours))
                index[key] = len(products) - 1
            item = _item(placed, product, row, found)
            positions.append(FilePosition(placed.record.line, index[key], item))
        except BadInput as error:
            problems.append(RowProblem(placed.record.line, error.message))
    name = str(own.get("name") or _printable(section.planogram.text_of(PlanogramCell.NAME)))
    season = own.get("season")
    return PlanFile(
        name, None if season is None else str(season), found.fixture,
        rule_set_from(own.get("rule_set") or RuleSet.AS_FOUND), tuple(products), tuple(positions),
        tuple(problems), _notes(found, is_ours), section.text,
    )


def layout(section: Section, own: Mapping[str, Any]) -> Layout:
    """The fixture of a section and the row of each position; rows that cannot be read become problems."""
    require_few(len(section.of_kind("Position")))
    keys = shelves.products_by_key(section.products)
    scale = 1.0 if own.get("fixture") else _scale(section)
    boards, placed, problems = _read_rows(section, keys, scale)
    planogram = section.planogram
    width, height, depth = (
        planogram.number(c) * scale for c in (PlanogramCell.WIDTH, PlanogramCell.HEIGHT, PlanogramCell.DEPTH)
    )
    known = _own_fixture(own, boards, width, height)
    if known is not None:
        return Layout(known, boards, (), 0.0, 1.0, tuple((p, p.board) for p in placed), problems)
    rows = shelves.shelves_of(boards, placed)
    if not rows:
        raise BadInput("The planogram has no shelf.", "Export it with its fixtures.")
    left, right = shelves.span_of(boards, rows, width)
    fixture = _free_fixture(boards, rows, left, right, (height, depth))
    at = {id(p): number for number, shelf in enumerate(rows) for p in shelf.placed}
    return Layout(
        fixture, boards, tuple(rows), left, scale, tuple((p, at[id(p)]) for p in placed if id(p) in at),
        problems,
    )


def _read_rows(
    section: Section, keys: Mapping[tuple[str, str], Record], scale: float
) -> tuple[tuple[shelves.Board, ...], tuple[shelves.Placed, ...], tuple[RowProblem, ...]]:
    boards: list[shelves.Board] = []
    placed: list[shelves.Placed] = []
    problems: list[RowProblem] = []
    for record in section.rows:
        try:
            if record.kind == "Fixture":
                boards.append(shelves.board_of(record, scale))
            elif record.kind == "Position" and not boards:
                problems.append(RowProblem(record.line, "The position stands before the first fixture."))
            elif record.kind == "Position" and boards[-1].kind in shelves.NO_PLACE:
                problems.append(RowProblem(record.line, "The position belongs to a fixture that holds none."))
            elif record.kind == "Position":
                product = keys.get(key_of(record))
                placed.append(shelves.placed_of(record, len(boards) - 1, product, scale))
        except BadInput as error:
            if record.kind == "Fixture":
                raise BadInput(f"Line {record.line}: {error.message}", error.hint) from error
            problems.append(RowProblem(record.line, error.message))
    return tuple(boards), tuple(placed), tuple(problems)


def _own_fixture(
    own: Mapping[str, Any], boards: Sequence[shelves.Board], width: float, height: float
) -> Fixture | None:
    """The fixture that this program wrote, unless another one changed the boards since."""
    if not isinstance(own.get("fixture"), Mapping):
        return None
    fixture = fixture_from(own["fixture"])
    heights = [board.y for board in boards]
    unchanged = (
        len(boards) == fixture.rows and (width, height) == (fixture.width_in, fixture.height_in)
        and heights == sorted(heights, reverse=True)
    )
    return fixture if unchanged else None


def _free_fixture(
    boards: Sequence[shelves.Board], rows: Sequence[shelves.Shelf], left: float, right: float,
    sizes: tuple[float, float],
) -> Fixture:
    full = max(1, int((right - left) / FREE_CELL_IN + 1e-6))
    columns = []
    for shelf in rows:
        ends = [boards[i].right for i in shelf.boards] + [p.right for p in shelf.placed]
        columns.append(min(full, max(1, int((max(ends) - left) / FREE_CELL_IN + 0.999_999))))
    columns[columns.index(max(columns))] = full
    height, depth = sizes
    return Fixture(
        right - left, height if height > 0 else max(b.y for b in boards) + 12.0, depth if depth > 0 else 18.0,
        tuple(columns), FREE_CELL_IN, Placement.FREE,
    )


def _scale(section: Section) -> float:
    """Inches a unit of the file: no column says so, but people and products have their size."""
    heights = [h for record in section.products if (h := record.number(ProductCell.HEIGHT)) > 0]
    is_cm = section.planogram.number(PlanogramCell.HEIGHT) > TALL_IN or (
        bool(heights) and median(heights) > TALL_PRODUCT_IN)
    return INCHES_A_CM if is_cm else 1.0


def key_of(record: Record) -> tuple[str, str]:
    """(UPC, id) by which a position names its product."""
    return record.text_of(PositionCell.UPC), record.text_of(PositionCell.ID)


def _item(
    placed: shelves.Placed, product: Record | None, row: int, found: Layout
) -> dict[str, Any]:
    record, cell = placed.record, PositionCell
    item: dict[str, Any] = {
        "row": row, "x_in": placed.x - found.left, "width_in": placed.width,
        "facings": max(record.count(cell.FACINGS), 1),
        "facings_high": max(record.count(cell.FACINGS_HIGH), 1),
        "facings_deep": max(record.count(cell.FACINGS_DEEP), 1),
        "capacity": shelves.capacity_of(record, product),
    }
    return item | own_values(record.text_of(cell.DESC_30))


def product_of(
    record: Record | None, key: tuple[str, str], line: int, scale: float, is_ours: bool
) -> FileProduct:
    """A product by its row, where it has one, and the (UPC, id) that names it. Raises BadInput."""
    upc, number = key
    if record is None:
        return FileProduct(line, Product(int(number) if is_ours and number.isdigit() else 0, "", "", upc=upc))
    cell = ProductCell
    if not upc and not is_ours and number.isdigit() and 8 <= len(number) <= 14:
        upc = number
    own = own_values(record.text_of(cell.DESC_50))
    texts = {"name": cell.NAME, "brand": cell.BRAND, "category": cell.CATEGORY, "size": cell.SIZE}
    fields: dict[str, Any] = {
        field: str(own.get(field) or _printable(record.text_of(c))) for field, c in texts.items()
    }
    sizes: dict[str, Any] = {
        field: record.number(c) * scale
        for field, c in (("width_in", cell.WIDTH), ("height_in", cell.HEIGHT), ("depth_in", cell.DEPTH))
        if record.number(c) > 0
    }
    units = record.count(cell.CASE_TOTAL)
    cost = record.number(cell.CASE_COST) / units if units > 0 else 0.0
    product = Product(
        id=int(number) if is_ours and number.isdigit() else 0, upc=_printable(upc), **fields, **sizes,
        price=max(record.number(cell.PRICE), 0.0), cost=max(cost, 0.0),
    )
    given = frozenset(k for k, v in fields.items() if v) | sizes.keys() | {"upc", "price", "cost"}
    return FileProduct(record.line, product, given)


def own_values(written: str) -> dict[str, Any]:
    """What this program keeps in a free text; nothing for a text of anybody else."""
    if not written.startswith(OWN):
        return {}
    try:
        values = json.loads(written.removeprefix(OWN))
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def own_text(values: Mapping[str, Any]) -> str:
    """The text of ``own_values``."""
    return OWN + json.dumps(values, separators=(",", ":"))


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())


def _notes(found: Layout, is_ours: bool) -> tuple[str, ...]:
    notes = []
    if found.scale != 1.0:
        notes.append("The file's measures were read as centimeters.")
    layers = sum(shelf.layer > 0 for shelf in found.rows)
    if layers:
        notes.append("What stands on top of other products has rows of its own: "
                     f"{layers} more than the fixture has boards.")
    if not is_ours and len({b.x for b in found.boards}) > 1:
        notes.append("Boards of neighboring bays at one height were joined to one row.")
    return tuple(notes)



