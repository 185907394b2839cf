"""A planogram as PDF: the picture of every shelf and the list of what stands on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.planogram.drawing import EDGE, QUIET, Pen, clipped, strips
from core.planogram.files.pages import MARGIN_PT, PAPERS, Block, Header, Picture, Words, document
from core.planogram.fixture import Shape
from core.planogram.instructions import facings_of, short_place
from core.planogram.instructions_text import shelf_name
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog

NARROWEST_PT = 17.0
ROW_PT = 19.0
_COLUMNS = ((0.0, 0.13), (0.13, 0.45), (0.58, 0.17), (0.75, 0.15), (0.90, 0.10))
"""(start, width) of slot, product, UPC, facings and price, as shares of the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: slot, product, UPC, facings, price."""

    cells: tuple[str, str, str, str, str]
    is_head: bool = False
    keeps_next: bool = False

    def height(self, pen: Pen, width: float) -> float:
        return ROW_PT

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        size = 8.5 if self.is_head else 10.5
        pen.rect(x, y + ROW_PT - 0.5, width, 0.5, EDGE)
        for number, (text, (start, share)) in enumerate(zip(self.cells, _COLUMNS, strict=True)):
            is_bold = number < 2 and not self.is_head
            shown = clipped(pen, text, share * width - 6, size, is_bold)
            at = x + (start + share) * width if number == 4 else x + start * width
            pen.text(at, y + 13, shown, size, is_bold=is_bold and number == 0,
                     color=QUIET if self.is_head else "#1c2430", anchor="right" if number == 4 else "left")


def write(
    plan: Planogram, products: Catalog, *, name: str = "", about: str = "", paper: str = "letter"
) -> bytes:
    """Letter or A4, upright."""
    return document(list(_blocks(plan, products, paper)), Header(name, about), paper)


def _blocks(plan: Planogram, products: Catalog, paper: str) -> Iterator[Block]:
    fixture = plan.fixture
    width = PAPERS[paper][0] - 2 * MARGIN_PT
    yield Words(_summary(plan), 12, color=QUIET)
    for row in range(fixture.rows):
        yield Words(shelf_name(row, fixture), 15, is_bold=True, space_before=10, keeps_next=True)
        for strip in strips(plan, products, width, row=row, narrowest_pt=NARROWEST_PT, limit_pt=130):
            yield Picture(strip, keeps_next=True)
        standing = [p for p in plan.positions if p.row == row]
        if not standing:
            yield Words("Nothing stands here.", 10.5, color=QUIET)
            continue
        yield Line(("Place", "Product", "UPC", "Facings", "Price"), is_head=True, keeps_next=True)
        for p in standing:
            yield _line(p, plan, products)


def _summary(plan: Planogram) -> str:
    f = plan.fixture
    shape = "" if f.shape is Shape.STRAIGHT else f", {f.shape}"
    return (f"{len(plan.product_ids):,} products in {len(plan.positions):,} places on {f.rows} "
            f"{'trays' if f.placement.value == 'slots' else 'shelves'}, {f.width_in:g} × {f.height_in:g} × "
            f"{f.depth_in:g} in, {f.temperature_zone}{shape}.")


def _line(p: Position, plan: Planogram, products: Catalog) -> Line:
    product = products.get(p.product_id)
    name = product.name if product else f"Product {p.product_id}"
    size = f", {product.size}" if product and product.size and product.size not in name else ""
    price = "" if p.price is None else f"${p.price:,.2f}"
    upc = product.upc if product else ""
    return Line((short_place(p, plan.fixture), name + size, upc, facings_of(p), price))
