"""Instructions as PDF: pictures with numbers, steps with boxes to check, type that reads on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.planogram.drawing import ACCENT, QUIET, Mark, Pen, clipped, fitting, strips, wrapped
from core.planogram.drawing_packages import aspect_of
from core.planogram.files.pages import (
    MARGIN_PT,
    PAPERS,
    STEP_MARK_PT,
    Block,
    Header,
    Picture,
    Words,
    document,
    step_mark,
)
from core.planogram.fixture import Fixture
from core.planogram.instructions import Act, Instructions, Step, facings_of, short_place
from core.planogram.instructions_text import parts_of, shelf_name
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog, Product

NARROWEST_PT, LIMIT_PT = 20.0, 125.0
NAME_PT, DETAIL_PT, PLACE_PT = 17.0, 13.5, 19.0
STEP_PT, PACKAGE_PT = 46.0, 32.0
PLACE_SHARE = 0.27
AMBER, RED = "#b45309", "#b42318"
COLORS = {Act.TAKE_OUT: RED, Act.HOLD: AMBER}
_VERBS = {Act.TAKE_OUT: "Take out", Act.HOLD: "Hold for a moment", Act.MOVE: "Move", Act.PLACE: "Place",
          Act.REFACE: "Other facings", Act.REPRICE: "New price", Act.STOCK: "Note"}


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step: a box to check, its number, the package, what to do, and where."""

    step: Step
    product: Product | None
    where: str
    detail: str
    keeps_next: bool = False

    def _lines(self, pen: Pen, width: float) -> list[str]:
        name = self.product.name if self.product else self.step.text
        return wrapped(pen, name, self._room(width), NAME_PT, True)[:3]

    def _room(self, width: float) -> float:
        taken = STEP_MARK_PT + PACKAGE_PT + 14
        return width - taken - (PLACE_SHARE * width if self.where else 0)

    def height(self, pen: Pen, width: float) -> float:
        return max(STEP_PT, 24 + len(self._lines(pen, width)) * NAME_PT * 1.2 + 3)

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        color = COLORS.get(self.step.act, ACCENT)
        left = x + step_mark(pen, x, y, self.step.number, color)
        if self.product is not None:
            tall = min(36.0, PACKAGE_PT / aspect_of(self.product))
            wide = tall * aspect_of(self.product)
            pen.package(self.product, left + (PACKAGE_PT - wide) / 2, y + 38 - tall, wide, tall)
        left += PACKAGE_PT + 8
        base = y + NAME_PT
        for line in self._lines(pen, width):
            pen.text(left, base, line, NAME_PT, is_bold=True)
            base += NAME_PT * 1.2
        detail = clipped(pen, self.detail, self._room(width), DETAIL_PT)
        pen.text(left, base + 1, detail, DETAIL_PT, color=QUIET)
        room = PLACE_SHARE * width
        size = fitting(pen, self.where, room, PLACE_PT, True)
        pen.text(x + width, y + PLACE_PT, self.where, size, is_bold=True, color=color, anchor="right")


def write(
    found: Instructions, products: Catalog, *, name: str, about: str, paper: str = "letter"
) -> bytes:
    """Letter or A4, upright; every page names plan, version and date."""
    blocks = _reset(found, products, paper) if found.is_reset else _new_set(found, products, paper)
    return document(list(blocks), Header(name, about), paper)


def _new_set(found: Instructions, products: Catalog, paper: str) -> Iterator[Block]:
    """Each shelf: its picture with the numbers of the steps, then the steps."""
    yield Words("Set up the shelf" if len(found.steps) else "Nothing to set up", 24, is_bold=True)
    yield Words(f"{found.summary} Numbers in the pictures are those of the steps.", 13, color=QUIET)
    marks = {s.after: Mark(str(s.number)) for s in found.steps if s.after is not None}
    for title, steps in parts_of(found):
        row = steps[0].row or 0
        yield Words(title, 18, is_bold=True, space_before=12, keeps_next=True)
        yield from _pictures(found.plan, products, row, marks, paper, keeps_next=True)
        yield from (_line(step, found, products) for step in steps)


def _reset(found: Instructions, products: Catalog, paper: str) -> Iterator[Block]:
    """What stands now and what shall stand, the steps in order, then each changed shelf as it shall look."""
    yield Words("Reset the shelf" if found.steps else "Nothing to do", 24, is_bold=True)
    yield Words(found.summary, 14)
    if not found.steps:
        return
    assert found.before is not None
    leaving = _marks(found.before, {s.before: s for s in found.steps if s.before is not None and s.act in (
        Act.TAKE_OUT, Act.HOLD, Act.MOVE, Act.REFACE)})
    yield Words("Now: what is numbered leaves its place or changes", 15, is_bold=True, space_before=10,
                keeps_next=True)
    for row in _touched(leaving):
        yield from _pictures(found.before, products, row, leaving, paper)
    for title, steps in parts_of(found):
        yield Words(title, 20, is_bold=True, space_before=14, keeps_next=True)
        yield from (_line(step, found, products) for step in steps)
    # Of several steps that end at a place the first one counts: it brings the product.
    arriving = _marks(found.plan, {s.after: s for s in reversed(found.steps) if s.after is not None})
    yield Words("When you are done", 20, is_bold=True, space_before=16, keeps_next=True)
    for row in _touched(arriving) or range(found.plan.fixture.rows):
        yield Words(shelf_name(row, found.plan.fixture), 14, is_bold=True, space_before=8, keeps_next=True)
        yield from _pictures(found.plan, products, row, arriving, paper)


def _marks(plan: Planogram, touched: Mapping[Position, Step]) -> dict[Position, Mark]:
    """Numbers where something is to be done, the rest in the background."""
    return {
        p: Mark(str(touched[p].number), color=COLORS.get(touched[p].act, ACCENT)) if p in touched
        else Mark(is_faded=True)
        for p in plan.positions
    }


def _touched(marks: Mapping[Position, Mark]) -> list[int]:
    return sorted({p.row for p, mark in marks.items() if mark.text})


def _pictures(
    plan: Planogram, products: Catalog, row: int, marks: Mapping[Position, Mark], paper: str, *,
    keeps_next: bool = False,
) -> Iterator[Block]:
    width = PAPERS[paper][0] - 2 * MARGIN_PT
    for strip in strips(
        plan, products, width, row=row, marks=marks, limit_pt=LIMIT_PT, narrowest_pt=NARROWEST_PT
    ):
        yield Picture(strip, keeps_next=keeps_next)


def _line(step: Step, found: Instructions, products: Catalog) -> Block:
    if step.product_id is None:
        return Words(f"{step.number}. {step.text}", 15, is_bold=True)
    old = found.before.fixture if found.before is not None else found.plan.fixture
    return StepLine(step, products.get(step.product_id), _where(step, old, found.plan.fixture), _detail(step))


def _where(step: Step, old: Fixture, new: Fixture) -> str:
    """ "B2 to A1" for a move, else the one place."""
    a = "" if step.before is None else short_place(step.before, old)
    b = "" if step.after is None else short_place(step.after, new)
    if step.act is Act.MOVE:
        return f"{a} to {b}"
    return b or a


def _detail(step: Step) -> str:
    """What to do in a few words: the verb, facings and price."""
    a, b = step.before, step.after
    verb = "Put back" if step.is_held else _VERBS.get(step.act, "")
    if step.act is Act.REPRICE and a is not None and b is not None:
        old, new = (f"${p.price:,.2f}" if p.price is not None else "none" for p in (a, b))
        return f"{verb}: {new} (was {old})"
    if step.act is Act.STOCK:
        return step.text.partition(": ")[2]
    if b is None:
        return verb if step.act is Act.HOLD or a is None else f"{verb} ({facings_of(a)})"
    changed = a is not None and facings_of(a) != facings_of(b)
    was = f" (was {facings_of(a, short=True)})" if changed and a is not None else ""
    price = f" · ${b.price:,.2f}" if a is None and b.price is not None and not step.is_held else ""
    return f"{verb}: {facings_of(b)}{was}{price}"
