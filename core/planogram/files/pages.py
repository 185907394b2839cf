"""Pages of a printed document: blocks that flow down them, a header, and page x of y."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from core.planogram.drawing import ACCENT, EDGE, GAP_PT, INK, QUIET, Pen, Strip, clipped, fitting, wrapped
from core.planogram.drawing_fonts import font_path
from core.planogram.drawing_packages import picture_of
from core.planogram.product import Product

PAPERS = {"letter": (612.0, 792.0), "a4": (595.28, 841.89)}
MARGIN_PT, HEADER_PT, FOOTER_PT = 36.0, 34.0, 22.0
CHECK_PT, STEP_MARK_PT = 18.0, 60.0
REGULAR, BOLD = "Roboto", "Roboto-Bold"

_typeface = Lock()


def _have_typeface() -> None:
    """Make the typeface known, both of its weights before anybody writes with one."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with _typeface:
        known = pdfmetrics.getRegisteredFontNames()
        for name, path in ((REGULAR, font_path()), (BOLD, font_path(True))):
            if name not in known:
                pdfmetrics.registerFont(TTFont(name, str(path)))


class PagePen:
    """Draws on the pages of a PDF; y runs downward from the top of the page."""

    def __init__(self, paper: str, title: str) -> None:
        from reportlab.pdfgen.canvas import Canvas

        _have_typeface()
        self.page_width, self.page_height = PAPERS[paper]
        self._target = io.BytesIO()
        self._canvas = Canvas(self._target, pagesize=PAPERS[paper], pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Planogram workbench")
        self._pictures: dict[int, Any] = {}

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, edge: str = "", radius: float = 0.0
    ) -> None:
        c = self._canvas
        c.setFillColor(fill)
        if edge:
            c.setStrokeColor(edge)
            c.setLineWidth(0.6)
        c.roundRect(x, self.page_height - y - height, width, height, radius, stroke=int(bool(edge)), fill=1)

    def circle(self, x: float, y: float, radius: float, fill: str, edge: str = "") -> None:
        c = self._canvas
        c.setFillColor(fill)
        if edge:
            c.setStrokeColor(edge)
            c.setLineWidth(1.0)
        c.circle(x, self.page_height - y, radius, stroke=int(bool(edge)), fill=1)

    def text(
        self, x: float, y: float, text: str, size: float, *, is_bold: bool = False, color: str = INK,
        anchor: str = "left",
    ) -> None:
        c = self._canvas
        c.setFillColor(color)
        c.setFont(BOLD if is_bold else REGULAR, size)
        draw = {"left": c.drawString, "middle": c.drawCentredString, "right": c.drawRightString}[anchor]
        draw(x, self.page_height - y, text)

    def width(self, text: str, size: float, is_bold: bool = False) -> float:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        return float(stringWidth(text, BOLD if is_bold else REGULAR, size))

    def package(
        self, product: Product, x: float, y: float, width: float, height: float, is_faded: bool = False
    ) -> None:
        from reportlab.lib.utils import ImageReader

        picture = picture_of(product, is_faded=is_faded)
        if id(picture) not in self._pictures:  # kept with the picture, so that its id stays its own
            self._pictures[id(picture)] = (picture, ImageReader(picture))
        reader = self._pictures[id(picture)][1]
        self._canvas.drawImage(reader, x, self.page_height - y - height, width, height, mask="auto")

    def image(self, content: bytes, x: float, y: float, width: float, height: float) -> None:
        """An encoded picture, such as a photo."""
        from reportlab.lib.utils import ImageReader

        reader = ImageReader(io.BytesIO(content))
        self._canvas.drawImage(reader, x, self.page_height - y - height, width, height)

    def next_page(self) -> None:
        self._canvas.showPage()

    def finished(self) -> bytes:
        self._canvas.save()
        return self._target.getvalue()


class Block(Protocol):
    """Something that stands on a page. ``keeps_next``: never the last thing on one."""

    @property
    def keeps_next(self) -> bool: ...

    def height(self, pen: Pen, width: float) -> float: ...

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph or a heading."""

    text: str
    size: float = 12.0
    is_bold: bool = False
    color: str = INK
    space_before: float = 0.0
    keeps_next: bool = False

    def height(self, pen: Pen, width: float) -> float:
        lines = wrapped(pen, self.text, width, self.size, self.is_bold)
        return self.space_before + self.size * 1.3 * len(lines) + 4

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        for number, line in enumerate(wrapped(pen, self.text, width, self.size, self.is_bold)):
            base = y + self.space_before + self.size * (1.3 * number + 1)
            pen.text(x, base, line, self.size, is_bold=self.is_bold, color=self.color)


@dataclass(frozen=True, slots=True)
class Picture:
    """A strip of a shelf."""

    strip: Strip
    keeps_next: bool = False

    def height(self, pen: Pen, width: float) -> float:
        return self.strip.height + GAP_PT

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        self.strip.draw(pen, x, y)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as wide as the page, or as high as ``most_high`` points; ``size``: its pixels."""

    content: bytes
    size: tuple[int, int]
    most_high: float = 420.0
    keeps_next: bool = False

    def _drawn(self, width: float) -> tuple[float, float]:
        scale = min(width / self.size[0], self.most_high / self.size[1])
        return self.size[0] * scale, self.size[1] * scale

    def height(self, pen: Pen, width: float) -> float:
        return self._drawn(width)[1] + GAP_PT

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        wide, high = self._drawn(width)
        if isinstance(pen, PagePen):
            pen.image(self.content, x + (width - wide) / 2, y, wide, high)


def step_mark(pen: Pen, x: float, y: float, number: int, color: str) -> float:
    """A box to check and the step's number in a circle; how far to the right they reach, in points."""
    pen.rect(x, y + 6, CHECK_PT, CHECK_PT, "#ffffff", INK, 3)
    text = str(number)
    pen.circle(x + CHECK_PT + 21, y + 15, 13, color)
    size = fitting(pen, text, 21, 14, True)
    pen.text(x + CHECK_PT + 21, y + 15 + size * 0.36, text, size, is_bold=True, color="#ffffff",
             anchor="middle")
    return STEP_MARK_PT


@dataclass(frozen=True, slots=True)
class Header:
    """What stands at the top of every page."""

    title: str
    about: str


def document(blocks: Sequence[Block], header: Header, paper: str = "letter") -> bytes:
    """The blocks on as many pages as they take."""
    pen = PagePen(paper, header.title)
    width = pen.page_width - 2 * MARGIN_PT
    pages = _flow(blocks, pen, width)
    for number, page in enumerate(pages, start=1):
        _frame(pen, header, number, len(pages), width)
        for y, block in page:
            block.draw(pen, MARGIN_PT, y, width)
        pen.next_page()
    return pen.finished()


def _flow(blocks: Sequence[Block], pen: PagePen, width: float) -> list[list[tuple[float, Block]]]:
    """Blocks with their y, page by page; what keeps with the next goes to the next page with it."""
    top, bottom = MARGIN_PT + HEADER_PT, pen.page_height - MARGIN_PT - FOOTER_PT
    pages: list[list[tuple[float, Block]]] = [[]]
    y = top
    for group in _groups(blocks):
        heights = [block.height(pen, width) for block in group]
        if y + sum(heights) > bottom and pages[-1]:
            pages.append([])
            y = top
        for block, height in zip(group, heights, strict=True):
            if y + height > bottom and pages[-1]:
                pages.append([])
                y = top
            pages[-1].append((y, block))
            y += height
    return pages


def _groups(blocks: Sequence[Block]) -> list[list[Block]]:
    groups: list[list[Block]] = [[]]
    for block in blocks:
        groups[-1].append(block)
        if not block.keeps_next:
            groups.append([])
    return [group for group in groups if group]


def _frame(pen: PagePen, header: Header, number: int, count: int, width: float) -> None:
    right = MARGIN_PT + width
    page = f"page {number} of {count}"
    room = width - pen.width(page, 10) - 16
    pen.text(MARGIN_PT, MARGIN_PT + 10, clipped(pen, header.title, room, 12, True), 12, is_bold=True)
    pen.text(MARGIN_PT, MARGIN_PT + 23, clipped(pen, header.about, room, 9.5), 9.5, color=QUIET)
    pen.text(right, MARGIN_PT + 10, page, 10, color=QUIET, anchor="right")
    pen.rect(MARGIN_PT, MARGIN_PT + 28, width, 0.8, EDGE)
    pen.text(MARGIN_PT, pen.page_height - MARGIN_PT, "Planogram workbench", 8, color=QUIET)
    pen.circle(right - 3, pen.page_height - MARGIN_PT - 3, 2.4, ACCENT)
