"""The fix list of an audit as PDF: the marked photo, then steps with boxes to check."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.compliance.findings import Audit
from core.compliance.fixes import Do, Fix
from core.planogram.drawing import ACCENT, QUIET, Pen, wrapped
from core.planogram.drawing_packages import aspect_of
from core.planogram.files.pages import STEP_MARK_PT, Block, Header, Photo, Words, document, step_mark
from core.planogram.product import Catalog, Product

STEP_PT, PACKAGE_PT, TEXT_PT = 44.0, 32.0, 15.0
AMBER, RED = "#b45309", "#b42318"
COLORS = {Do.REMOVE: RED, Do.HOLD: AMBER, Do.ASK: AMBER}


@dataclass(frozen=True, slots=True)
class FixLine:
    """A fix: a box to check, its number, the package, the sentence."""

    fix: Fix
    product: Product | None
    keeps_next: bool = False

    def _lines(self, pen: Pen, width: float) -> list[str]:
        return wrapped(pen, self.fix.text, width - STEP_MARK_PT - PACKAGE_PT - 14, TEXT_PT, False)[:4]

    def height(self, pen: Pen, width: float) -> float:
        return max(STEP_PT, 14 + len(self._lines(pen, width)) * TEXT_PT * 1.3)

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        left = x + step_mark(pen, x, y, self.fix.number, COLORS.get(self.fix.do, ACCENT))
        if self.product is not None:
            tall = min(34.0, PACKAGE_PT / aspect_of(self.product))
            wide = tall * aspect_of(self.product)
            pen.package(self.product, left + (PACKAGE_PT - wide) / 2, y + 37 - tall, wide, tall)
        for line_number, line in enumerate(self._lines(pen, width)):
            pen.text(left + PACKAGE_PT + 8, y + TEXT_PT * (1.3 * line_number + 1.2), line, TEXT_PT)


def write(
    found: Sequence[Fix], audit: Audit, products: Catalog, marked: bytes, *, name: str, about: str,
    paper: str = "letter",
) -> bytes:
    """Letter or A4, upright. ``marked``: the photo with the findings on it (``annotate.annotated``)."""
    return document(list(_blocks(found, audit, products, marked)), Header(name, about), paper)


def _blocks(found: Sequence[Fix], audit: Audit, products: Catalog, marked: bytes) -> Iterator[Block]:
    from PIL import Image

    yield Words("What to do at the shelf" if found else "Nothing to do", 24, is_bold=True)
    yield Words(audit.summary, 13, color=QUIET)
    with Image.open(io.BytesIO(marked)) as picture:
        yield Photo(marked, picture.size)
    told = [f for f in found if f.do is not Do.ASK]
    asked = [f for f in found if f.do is Do.ASK]
    for title, part in (("In this order", told), ("Please check", asked)):
        if part:
            yield Words(title, 18, is_bold=True, space_before=10, keeps_next=True)
        for fix in part:
            yield FixLine(fix, products.get(fix.product_id) if fix.product_id is not None else None)
