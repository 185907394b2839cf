"""Writing a space-planning file: anew, or into the text of the file that the plan came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.planogram.files import psa_read
from core.planogram.files import psa_shelves as shelves
from core.planogram.files.fields import fixture_fields
from core.planogram.files.match import find_products
from core.planogram.files.psa_rows import (
    FIRST_LINE,
    VERSION,
    FixtureCell,
    PlanogramCell,
    PositionCell,
    ProductCell,
    SegmentCell,
    encode,
    is_plain,
    number_text,
    row,
)
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog, Product
from core.planogram.space import is_free, row_length
from core.units import row_letter

BOARD_IN = 1.0
SAME_IN = 1e-6


def write(
    plan: Planogram, products: Catalog, *, name: str = "", season: str | None = None,
    source: str | None = None,
) -> bytes:
    """The plan as a file of version 2017.2.0. With ``source``, the text that ``PlanFile.source`` kept, rows
    and cells that are not the plan's stay as they are there."""
    if source is not None:
        return encode([*_Rewriting(plan, products, name, season, psa_read.sections(source)[0]).lines()])
    head = [FIRST_LINE, f"; Version {VERSION}", "; Codepage=1252", row("Project", {1: name})]
    listed = [product_row(products.get(i), i) for i in plan.product_ids]
    return encode([*head, *listed, _planogram_row(plan, name, season), *_boards(plan, products)])


def _planogram_row(plan: Planogram, name: str, season: str | None, base: Sequence[str] = ()) -> str:
    fixture, cell = plan.fixture, PlanogramCell
    own = {"name": name, "season": season, "rule_set": plan.rule_set.value,
           "fixture": fixture_fields(fixture)}
    return row("Planogram", {
        cell.NAME: name, cell.WIDTH: number_text(fixture.width_in), cell.KEY: "1",
        cell.HEIGHT: number_text(fixture.height_in), cell.DEPTH: number_text(fixture.depth_in),
        cell.DESC_50: psa_read.own_text(own),
    }, base)


def product_row(product: Product | None, product_id: int) -> str:
    """A product; of one that the catalog lacks only the id."""
    cell = ProductCell
    if product is None:
        return row("Product", {cell.ID: str(product_id)})
    texts = {field: getattr(product, field) for field in ("name", "brand", "category", "size")}
    odd = {field: text for field, text in texts.items() if not is_plain(text)}
    return row("Product", {
        cell.UPC: product.upc, cell.ID: str(product.id), cell.NAME: product.name, cell.BRAND: product.brand,
        cell.CATEGORY: product.category, cell.SIZE: product.size, cell.WIDTH: number_text(product.width_in),
        cell.HEIGHT: number_text(product.height_in), cell.DEPTH: number_text(product.depth_in),
        cell.PRICE: number_text(product.price), cell.CASE_COST: number_text(product.cost),
        cell.CASE_TOTAL: "1",
        cell.DESC_50: psa_read.own_text(odd) if odd else "",
    })


def _boards(plan: Planogram, products: Catalog) -> Iterator[str]:
    """One bay, its shelves from the top, each followed by what stands on it."""
    fixture, cell = plan.fixture, FixtureCell
    size = {SegmentCell.WIDTH: fixture.width_in, SegmentCell.HEIGHT: fixture.height_in,
            SegmentCell.DEPTH: fixture.depth_in, SegmentCell.X: 0.0, SegmentCell.Y: 0.0, SegmentCell.Z: 0.0}
    yield row("Segment", {SegmentCell.NAME: "1", SegmentCell.KEY: "1",
                          **{c: number_text(v) for c, v in size.items()}})
    thickness = min(BOARD_IN, fixture.shelf_height_in / 4)
    for number in range(fixture.rows):
        y = (fixture.rows - 1 - number) * fixture.shelf_height_in
        sizes = {cell.X: 0.0, cell.WIDTH: row_inches(fixture, number), cell.Y: y, cell.HEIGHT: thickness,
                 cell.Z: 0.0, cell.DEPTH: fixture.depth_in}
        yield row("Fixture", {cell.TYPE: "0", cell.NAME: f"Shelf {row_letter(number)}",
                              cell.KEY: str(number + 1), **{c: number_text(v) for c, v in sizes.items()}})
        for rank, p in enumerate((p for p in plan.positions if p.row == number), start=1):
            yield position_row(p, products.get(p.product_id), (p.x_in, y + thickness, rank))


def row_inches(fixture: Fixture, number: int) -> float:
    """Width of a row."""
    length = row_length(fixture, number)
    return length if is_free(fixture) else length * fixture.cell_width_in


def position_row(
    p: Position, product: Product | None, place: tuple[float, float, int],
    key: tuple[str, str] | None = None, scale: float = 1.0,
) -> str:
    """A position at (x, y) in inches, the rank-th of its shelf; sizes in the file's units."""
    cell = PositionCell
    x, y, rank = place
    sizes = {cell.X: x, cell.WIDTH: p.width_in, cell.Y: y, cell.Z: 0.0}
    if product is not None:
        sizes |= {
            cell.HEIGHT: product.height_in * p.facings_high, cell.DEPTH: product.depth_in * p.facings_deep,
            cell.MERCH_WIDTH: product.width_in, cell.MERCH_HEIGHT: product.height_in,
            cell.MERCH_DEPTH: product.depth_in,
        }
    upc, number = key or (product.upc if product else "", str(p.product_id))
    return row("Position", {
        cell.UPC: upc, cell.ID: number, cell.KEY: str(rank), cell.MERCH_STYLE: "0",
        cell.FACINGS: str(p.facings), cell.FACINGS_HIGH: str(p.facings_high),
        cell.FACINGS_DEEP: str(p.facings_deep), cell.ORIENTATION: "0", cell.RANK_X: str(rank),
        cell.DESC_30: psa_read.own_text(_stock(p)),
        **{c: number_text(v / scale) for c, v in sizes.items()},
    })


def _stock(p: Position) -> dict[str, Any]:
    return {"capacity": p.capacity, "quantity": p.quantity, "par_level": p.par_level, "price": p.price,
            "locked": p.locked}


class _Rewriting:
    """The plan put into the section of a file that it came from."""

    def __init__(
        self, plan: Planogram, products: Catalog, name: str, season: str | None, section: psa_read.Section
    ) -> None:
        self._plan, self._products, self._section = plan, products, section
        self._name, self._season = name, season
        self._file = psa_read.plan_of(section)
        own = psa_read.own_values(section.planogram.text_of(PlanogramCell.DESC_50))
        self._layout = psa_read.layout(section, own)
        self._is_ours = bool(own.get("fixture"))
        self._keys = self._known_keys()
        self._keeps_boards = self._layout.fixture == plan.fixture and not self._is_ours
        self._new: dict[int, list[str]] = defaultdict(list)
        self._kept: dict[int, str] = {}
        if self._keeps_boards:
            self._assign()

    def lines(self) -> Iterator[str]:
        """Every line of the new file."""
        section, number = self._section, -1
        yield from (r.text for r in section.shared)
        known = {i for i in self._plan.product_ids if i in self._keys}
        yield from (product_row(self._products.get(i), i) for i in self._plan.product_ids if i not in known)
        yield self._planogram()
        if not self._keeps_boards:
            yield from _boards(self._plan, self._products)
            yield from (r.text for r in section.rows if r.kind not in ("Segment", "Fixture", "Position"))
            return
        for record in section.rows:
            if record.kind != "Position":
                yield record.text
            elif record.line in self._kept:
                yield self._kept[record.line]
            if record.kind == "Fixture":
                number += 1
                yield from self._new[number]

    def _planogram(self) -> str:
        cell, was = PlanogramCell, self._section.planogram
        if not self._keeps_boards:
            return _planogram_row(self._plan, self._name, self._season, was.cells)
        unchanged = (self._name, self._season, self._plan.rule_set) == (
            self._file.name, self._file.season, self._file.rule_set)
        if unchanged:
            return was.text
        own = {"name": self._name, "season": self._season, "rule_set": self._plan.rule_set.value}
        return row("Planogram", {cell.NAME: self._name, cell.DESC_50: psa_read.own_text(own)}, was.cells)

    def _known_keys(self) -> dict[int, tuple[str, str]]:
        """(UPC, id) in the file of each product of the catalog that it describes."""
        listed = [(r.text_of(ProductCell.UPC), r.text_of(ProductCell.ID), r) for r in self._section.products]
        keys = [(upc, number) for upc, number, _ in listed]
        described = [
            psa_read.product_of(r, key, r.line, self._layout.scale, self._is_ours)
            for key, (_, _, r) in zip(keys, listed, strict=True)
        ]
        found = find_products(described, self._products)
        return {i: key for i, key in zip(reversed(found), reversed(keys), strict=True) if i is not None}

    def _assign(self) -> None:
        """Each position to its own row of the file: the one at its place, else the nearest of its product
        on the board, else one of its product elsewhere, else a new row."""
        items = {e.line: e.item for e in self._file.positions}
        left: dict[tuple[str, str], list[tuple[shelves.Placed, int]]] = defaultdict(list)
        for placed, number in self._layout.positions:
            if placed.record.line in items:
                left[psa_read.key_of(placed.record)].append((placed, number))
        wanted = list(self._plan.positions)
        for is_near in (self._is_there, self._is_on_board, lambda p, placed, number: True):
            rest = []
            for p in wanted:
                of_product = left.get(self._keys.get(p.product_id, ("", "")), [])
                near = [entry for entry in of_product if is_near(p, *entry)]
                if near:
                    entry = min(near, key=lambda e: abs(e[0].x - self._layout.left - p.x_in))
                    of_product.remove(entry)
                    self._put(p, entry, items[entry[0].record.line])
                else:
                    rest.append(p)
            wanted = rest
        for p in wanted:
            board, place = self._place(p)
            self._new[board].append(position_row(
                p, self._products.get(p.product_id), place, self._keys.get(p.product_id), self._layout.scale))

    @staticmethod
    def _is_on_board(p: Position, _placed: shelves.Placed, number: int) -> bool:
        return number == p.row

    def _is_there(self, p: Position, placed: shelves.Placed, number: int) -> bool:
        x = placed.x - self._layout.left
        return number == p.row and _same(x, p.x_in) and _same(placed.width, p.width_in)

    def _put(self, p: Position, entry: tuple[shelves.Placed, int], item: Mapping[str, Any]) -> None:
        """The row of a position with what is new about it, where it stood or on its new board."""
        placed, number = entry
        record, cell, scale = placed.record, PositionCell, self._layout.scale
        facings = {cell.FACINGS: p.facings, cell.FACINGS_HIGH: p.facings_high,
                   cell.FACINGS_DEEP: p.facings_deep}
        cells: dict[int, str] = {c: str(n) for c, n in facings.items() if max(record.count(c), 1) != n}
        if not _same(placed.width, p.width_in):
            cells[cell.WIDTH] = number_text(p.width_in / scale)
        board, (x, y, _) = self._place(p)
        if number == p.row and _same(placed.x, x):
            board = placed.board
        else:
            cells[cell.X] = number_text(x / scale)
        if number != p.row:
            cells[cell.Y] = number_text(y / scale)
        stock = _stock(p)
        if any((item.get(k) or None) != (v or None) for k, v in stock.items()):
            cells[cell.DESC_30] = psa_read.own_text(stock)
        text = row("Position", cells, record.cells) if cells else record.text
        if board != placed.board:
            self._new[board].append(text)
        else:
            self._kept[record.line] = text

    def _place(self, p: Position) -> tuple[int, tuple[float, float, int]]:
        """The board under a position, and its (x, y, rank) in inches of the file's planogram."""
        found, shelf = self._layout, self._layout.rows[p.row]
        x = p.x_in + found.left
        middle = x + p.width_in / 2
        board = next((i for i in shelf.boards if found.boards[i].x <= middle <= found.boards[i].right),
                     shelf.boards[0])
        on = found.boards[board]
        is_above = bool(shelf.placed) and (shelf.layer > 0 or on.kind in shelves.PEGS)
        return board, (x, shelf.placed[0].y if is_above else on.y + on.height, 0)


def _same(a: float, b: float) -> bool:
    return abs(a - b) < SAME_IN
