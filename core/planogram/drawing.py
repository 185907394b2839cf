"""A planogram as a drawing: boards, price rails, packages and numbers, on whatever a ``Pen`` paints.

Lengths are points (1/72 in of paper), y downward from the top. The front is drawn unrolled, as the flat
editor shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from core.planogram.drawing_packages import aspect_of
from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog, Product
from core.planogram.space import is_free, row_length
from core.units import row_letter, slot_name

INK, QUIET, ACCENT = "#1c2430", "#667085", "#1f5fd0"
BACK, BOARD, RAIL, EDGE = "#f2f4f7", "#b9c0cb", "#ffffff", "#d5dae2"
TAG_PT = 18.0
"""Room at the left for the letter of a shelf."""
BOARD_PT = 4.0
RAIL_PT, NAMES_PT = 25.0, 18.0
MARK_PT = 8.5
GAP_PT = 6.0
CLEARANCE = 1.12
MOST_DRAWN = 60
"""Facings of a position beyond which more would be a blur."""
SMALLEST_TEXT_PT, NAME_SIZE_PT = 5.2, 6.6


class Pen(Protocol):
    """What can draw: a page of a PDF, a picture."""

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, edge: str = "", radius: float = 0.0
    ) -> None: ...

    def circle(self, x: float, y: float, radius: float, fill: str, edge: str = "") -> None: ...

    def text(
        self, x: float, y: float, text: str, size: float, *, is_bold: bool = False, color: str = INK,
        anchor: str = "left",
    ) -> None:
        """``y`` is the baseline; ``anchor`` is left, middle or right."""
        ...

    def width(self, text: str, size: float, is_bold: bool = False) -> float: ...

    def package(
        self, product: Product, x: float, y: float, width: float, height: float, is_faded: bool = False
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A number on a position, and whether the position stands back because nothing is to be done there."""

    text: str = ""
    is_faded: bool = False
    color: str = ACCENT


@dataclass(frozen=True)
class Strip:
    """A stretch of a shelf, from ``left`` to ``right`` inches, as wide as ``width`` points."""

    plan: Planogram
    products: Catalog
    row: int
    width: float
    left: float
    right: float
    limit_pt: float = 150.0
    marks: Mapping[Position, Mark] = field(default_factory=dict)
    has_rail: bool = True
    has_names: bool = False

    @property
    def rail_pt(self) -> float:
        """Height of the price rail; names take two small lines."""
        return (RAIL_PT if self.has_rail else 0.0) + (NAMES_PT if self.has_names else 0.0)

    @property
    def per_inch(self) -> float:
        return (self.width - TAG_PT) / (self.right - self.left)

    @property
    def positions(self) -> list[Position]:
        """Those whose middle lies on the stretch."""
        return [p for p in self.plan.positions if p.row == self.row
                and self.left <= p.x_in + p.width_in / 2 < self.right]

    @property
    def tallest_in(self) -> float:
        """Inches that the products on the whole shelf reach, at most the height of the shelf."""
        heights = [_height(self.products.get(p.product_id)) * p.facings_high for p in self.plan.positions
                   if p.row == self.row]
        return min(max(heights, default=4.0) * CLEARANCE, max(self.plan.fixture.shelf_height_in, 1.0))

    @property
    def room_pt(self) -> float:
        """Height above the board."""
        return max(min(self.tallest_in * self.per_inch, self.limit_pt), 28.0)

    @property
    def height(self) -> float:
        return self.room_pt + BOARD_PT + self.rail_pt

    def draw(self, pen: Pen, x: float, y: float) -> None:
        """The strip with its upper left corner at (x, y)."""
        board = y + self.room_pt
        inner = (min(_inches(self.plan.fixture, self.row), self.right) - self.left) * self.per_inch
        pen.rect(x + TAG_PT, y, inner, self.room_pt, BACK)
        pen.text(x, board - 2, row_letter(self.row), 13, is_bold=True, color=QUIET)
        for p in self.positions:
            self._products(pen, p, x, y)
        pen.rect(x + TAG_PT, board, inner, BOARD_PT, BOARD)
        if self.has_rail:
            pen.rect(x + TAG_PT, board + BOARD_PT, inner, self.rail_pt, RAIL, EDGE)
            for p in self.positions:
                self._tag(pen, p, x, board + BOARD_PT)
            for column in _empty_slots(self.plan, self.row):
                self._empty(pen, column, x, board + BOARD_PT)
        for p in self.positions:
            mark = self.marks.get(p)
            if mark is not None and mark.text:
                self._mark(pen, p, mark, x, y)

    def _span(self, p: Position, x: float) -> tuple[float, float]:
        """(left, width) of a position in points."""
        return x + TAG_PT + (p.x_in - self.left) * self.per_inch, p.width_in * self.per_inch

    def _size(self, p: Position, product: Product | None) -> tuple[float, float]:
        """(width, height) of one drawn package."""
        scale = self.room_pt / self.tallest_in
        high = min(p.facings_high, 6)
        height = min(_height(product) * scale, self.room_pt * 0.96 / high)
        room = p.width_in * self.per_inch / min(p.facings, MOST_DRAWN) * 0.94
        width = height * (aspect_of(product) if product is not None else 0.6)
        if width > room:
            height = min(height, height * room / width * 1.3)
            width = room
        return width, height

    def _products(self, pen: Pen, p: Position, x: float, y: float) -> None:
        product = self.products.get(p.product_id)
        left, span = self._span(p, x)
        width, height = self._size(p, product)
        shown = min(p.facings, MOST_DRAWN)
        step = span / shown
        mark = self.marks.get(p, Mark())
        for facing in range(shown):
            at = left + facing * step + (step - width) / 2
            for level in range(min(p.facings_high, 6)):
                top = y + self.room_pt - (level + 1) * height
                if product is None:
                    pen.rect(at, top, width, height, EDGE, QUIET)
                else:
                    pen.package(product, at, top, width, height, mark.is_faded)

    def _tag(self, pen: Pen, p: Position, x: float, y: float) -> None:
        left, span = self._span(p, x)
        pen.rect(left, y, span, self.rail_pt, RAIL, EDGE)
        fixture = self.plan.fixture
        name = "" if is_free(fixture) else fixture.label(p.row, p.column) or p.slot
        price = "" if p.price is None else f"${p.price:,.2f}"
        lines = [(name, True), (price, False)] if name else [(price, True)]
        tone = QUIET if self.marks.get(p, Mark()).is_faded else INK
        for number, (text, is_bold) in enumerate(line for line in lines if line[0]):
            size = fitting(pen, text, span - 3, 9.5 if number == 0 else 8.5, is_bold)
            if size >= SMALLEST_TEXT_PT:
                base = y + (10.5 if number == 0 else 21)
                pen.text(left + span / 2, base, text, size, is_bold=is_bold, color=tone, anchor="middle")
        product = self.products.get(p.product_id)
        if self.has_names and product is not None and span > 16:
            for number, line in enumerate(_two_lines(pen, product.name, span - 3)):
                pen.text(left + span / 2, y + 30.5 + 7.5 * number, line, NAME_SIZE_PT, color=tone,
                         anchor="middle")

    def _empty(self, pen: Pen, column: int, x: float, y: float) -> None:
        fixture = self.plan.fixture
        pitch = fixture.cell_width_in
        if not self.left <= (column + 0.5) * pitch < self.right:
            return
        span = pitch * self.per_inch
        left = x + TAG_PT + (column * pitch - self.left) * self.per_inch
        name = fixture.label(self.row, column) or slot_name(self.row, column)
        for text, base, top in ((name, 10.5, 9.5), ("empty", 21, 7.5)):
            size = fitting(pen, text, span - 3, top, False)
            if size >= SMALLEST_TEXT_PT:
                pen.text(left + span / 2, y + base, text, size, color=QUIET, anchor="middle")

    def _mark(self, pen: Pen, p: Position, mark: Mark, x: float, y: float) -> None:
        left, span = self._span(p, x)
        _, height = self._size(p, self.products.get(p.product_id))
        radius = min(MARK_PT, max(span / 2, 5.0))
        top = y + self.room_pt - height * min(p.facings_high, 6)
        middle = min(max(top + height * 0.8, y + radius), y + self.room_pt - radius)
        pen.circle(left + span / 2, middle, radius, mark.color, "#ffffff")
        size = fitting(pen, mark.text, radius * 1.7, radius * 1.25, True)
        pen.text(left + span / 2, middle + size * 0.36, mark.text, size, is_bold=True, color="#ffffff",
                 anchor="middle")


def strips(
    plan: Planogram, products: Catalog, width: float, *, row: int | None = None, limit_pt: float = 150.0,
    marks: Mapping[Position, Mark] | None = None, has_rail: bool = True, has_names: bool = False,
    narrowest_pt: float = 0.0,
) -> Iterator[Strip]:
    """The strips of a plan, or of one row, from the top, each ``width`` points wide.

    With ``narrowest_pt`` a long shelf is cut into strips, so that a narrow position is at least as wide.
    """
    pieces = _pieces(plan, width - TAG_PT, narrowest_pt)
    for r in range(plan.fixture.rows) if row is None else (row,):
        for left, right in pairwise(_cuts(plan, r, pieces)):
            yield Strip(plan, products, r, width, left, right, limit_pt, marks or {}, has_rail, has_names)


def _cuts(plan: Planogram, row: int, pieces: int) -> list[float]:
    """Where a row is cut, in inches, its ends included: never through a position, never beyond the row."""
    fixture = plan.fixture
    cuts = [0.0]
    for piece in range(1, pieces):
        cut = piece * fixture.width_in / pieces
        through = [p.right_in for p in plan.positions if p.row == row and p.x_in < cut < p.right_in]
        cut = max([cut, *through])
        if cuts[-1] < cut < _inches(fixture, row):
            cuts.append(cut)
    return [*cuts, fixture.width_in + 1e-6 if len(cuts) == 1 else max(_inches(fixture, row), cuts[-1] + 1.0)]


def _pieces(plan: Planogram, width: float, narrowest_pt: float) -> int:
    if not narrowest_pt or not plan.positions:
        return 1
    widths = sorted(p.width_in / p.facings for p in plan.positions)
    narrow = widths[len(widths) // 4]
    wanted = narrowest_pt / max(narrow * width / plan.fixture.width_in, 0.5)
    return min(max(1, -int(-wanted // 1)), 4)


def _inches(fixture: Fixture, row: int) -> float:
    length = row_length(fixture, row)
    return length if is_free(fixture) else length * fixture.cell_width_in


def _height(product: Product | None) -> float:
    return product.height_in if product is not None and product.height_in > 0 else 5.0


def _empty_slots(plan: Planogram, row: int) -> list[int]:
    """Columns of a machine's row where nothing stands."""
    if plan.fixture.placement is not Placement.SLOTS:
        return []
    taken = {c for p in plan.positions if p.row == row for c in range(p.column, p.column + p.cells)}
    return [c for c in range(plan.fixture.row_columns[row]) if c not in taken]


def fitting(pen: Pen, text: str, width: float, size: float, is_bold: bool) -> float:
    """The size, or the smaller one at which a text fits a width."""
    long = pen.width(text, size, is_bold)
    return size if long <= width else size * max(width, 0.0) / max(long, 1e-9)


def clipped(pen: Pen, text: str, width: float, size: float, is_bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than ``width``."""
    if pen.width(text, size, is_bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if pen.width(text[:middle].rstrip() + "…", size, is_bold) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def _two_lines(pen: Pen, text: str, width: float) -> list[str]:
    """A name in at most two lines of a width."""
    lines = wrapped(pen, text, width, NAME_SIZE_PT)
    if len(lines) <= 2:
        return lines
    return [lines[0], clipped(pen, " ".join(lines[1:]), width, NAME_SIZE_PT)]


def wrapped(pen: Pen, text: str, width: float, size: float, is_bold: bool = False) -> list[str]:
    """The lines of a text within a width; a word that is wider is cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.width(longer, size, is_bold) <= width:
            lines[-1] = longer
        elif lines[-1]:
            lines.append(clipped(pen, word, width, size, is_bold))
        else:
            lines[-1] = clipped(pen, word, width, size, is_bold)
    return lines
