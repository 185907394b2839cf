"""A photo with what was found on it: boxes and short labels, readable on a phone."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.compliance.crops import upright
from core.compliance.findings import Audit, Kind, Standing, Violation
from core.compliance.reading import SHOWN_FROM, Box
from core.planogram.drawing_fonts import font

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageDraw import ImageDraw as Pen

LONG_SIDE = 1600
"""Pixels of the picture's long side."""
QUALITY = 88
QUIET = "ok"
UNSURE = "unsure"
GAP = "gap"
COLORS: dict[str, str] = {
    QUIET: "#2f9e6e", UNSURE: "#6b7280", GAP: "#d55e00", Kind.MISSING_PRODUCT: "#d55e00",
    Kind.OUT_OF_STOCK: "#d55e00", Kind.WRONG_PRODUCT: "#cc3d8f", Kind.WRONG_POSITION: "#b87a00",
    Kind.WRONG_FACINGS: "#0072b2", Kind.EXTRA_PRODUCT: "#7a4fbf",
}
"""Kind of mark → color: hues that color-blind people tell apart (after Okabe & Ito 2008), with words beside
them."""
DASHED = frozenset({Kind.MISSING_PRODUCT, Kind.OUT_OF_STOCK, GAP})
"""Drawn where something should stand and does not."""
_QUIET_STANDING = frozenset({Standing.RIGHT, Standing.PILED})


@dataclass(frozen=True, slots=True)
class Mark:
    """A box in pixels of the upright photo, the kind that its color follows, and a few words or none.
    ``faded``: drawn quietly, such as a finding that a person dismissed."""

    box: Box
    kind: str = QUIET
    text: str = ""
    faded: bool = False


def marks_of(audit: Audit, dismissed: Collection[str] = ()) -> list[Mark]:
    """What stands right, quietly; violations in their colors, numbered from 1 as in ``audit.violations``;
    what a person should check, in gray. Dismissed ones are faded."""
    marks = [
        Mark(d.box) for d in audit.detected
        if d.standing in _QUIET_STANDING and d.confidence >= SHOWN_FROM
    ]
    for number, violation in enumerate((*audit.violations, *audit.to_check), 1):
        sure = number <= len(audit.violations)
        kind = violation.kind.value if sure else UNSURE
        faded = violation.id in dismissed
        text = f"{number} {short(violation)}" if sure else f"{number} Check: {short(violation)}"
        boxes = violation.boxes or (violation.box,)
        marks += [Mark(box, kind, "" if i else text, faded) for i, box in enumerate(boxes)]
    return marks


def short(violation: Violation) -> str:
    """A violation in a few words, the product's name first where nothing else matters more."""
    expected = violation.expected.name if violation.expected else ""
    actual = violation.actual.name if violation.actual else ""
    if violation.kind is Kind.WRONG_PRODUCT:
        return f"{actual or 'Unknown'}, not {expected}" if expected else actual
    if violation.kind is Kind.WRONG_FACINGS and violation.expected:
        have = violation.actual.facings if violation.actual else 0
        return f"{have} of {violation.expected.facings}: {expected}"
    words = {
        Kind.MISSING_PRODUCT: "Missing", Kind.OUT_OF_STOCK: "Out of stock", Kind.WRONG_POSITION: "Moved",
        Kind.EXTRA_PRODUCT: "Extra",
    }
    return f"{words.get(violation.kind, violation.kind.value)}: {expected or actual}"


def annotated(photo: bytes, marks: Iterable[Mark], long_side: int = LONG_SIDE) -> bytes:
    """The photo as JPEG with the marks on it, the loud ones on top. Raises BadInput for a broken photo."""
    from PIL import Image, ImageDraw

    picture, scale = upright(photo)
    shrink = min(1.0, long_side / max(picture.size))
    if shrink < 1:
        size = (max(1, round(picture.width * shrink)), max(1, round(picture.height * shrink)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    ordered = sorted(marks, key=lambda m: (m.kind != QUIET and not m.faded, bool(m.text)))
    placed: list[tuple[int, int, int, int]] = []
    for mark in ordered:
        _frame(pen, mark, scale * shrink, picture)
    for mark in reversed(ordered):
        if mark.text:
            _label(pen, mark, scale * shrink, picture, placed)
    target = io.BytesIO()
    Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB").save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def _frame(pen: Pen, mark: Mark, scale: float, picture: Picture) -> None:
    left, top, right, bottom = _corners(mark.box, scale, picture)
    color = COLORS.get(mark.kind, COLORS[UNSURE])
    loud = mark.kind != QUIET and not mark.faded
    width = max(2, round(max(picture.size) / (320 if loud else 640)))
    if mark.kind in DASHED:
        pen.rectangle((left, top, right, bottom), fill=_rgba(color, 40))
        _dashes(pen, (left, top, right, bottom), color, width)
        return
    if loud:
        pen.rectangle((left, top, right, bottom), fill=_rgba(color, 36))
    pen.rectangle((left, top, right, bottom), outline=_rgba(color, 120 if mark.faded else 255), width=width)


def _label(
    pen: Pen, mark: Mark, scale: float, picture: Picture, placed: list[tuple[int, int, int, int]]
) -> None:
    """White words on the color, at the top of the box, moved down where another label is."""
    left, top, right, _ = _corners(mark.box, scale, picture)
    size = max(13, round(max(picture.size) / 72))
    face = font(size, True)
    text = _shortened(mark.text, max(right - left - 8, 6 * size), face.getlength)
    wide, high = round(face.getlength(text)) + 10, size + 8
    x = min(left, max(0, picture.width - wide))
    box = (x, top, x + wide, top + high)
    while any(_overlap(box, other) for other in placed) and box[3] + high < picture.height:
        box = (box[0], box[1] + high, box[2], box[3] + high)
    placed.append(box)
    color = COLORS.get(mark.kind, COLORS[UNSURE])
    pen.rounded_rectangle(box, 3, fill=_rgba(color, 150 if mark.faded else 235))
    pen.text((box[0] + 5, box[1] + high / 2), text, "#ffffff", face, anchor="lm")


def _dashes(pen: Pen, box: Sequence[int], color: str, width: int) -> None:
    left, top, right, bottom = box
    step = 6 * width
    for x in range(left, right, 2 * step):
        for y in (top, bottom - width):
            pen.rectangle((x, y, min(x + step, right), y + width), fill=color)
    for y in range(top, bottom, 2 * step):
        for x in (left, right - width):
            pen.rectangle((x, y, x + width, min(y + step, bottom)), fill=color)


def _corners(box: Box, scale: float, picture: Picture) -> tuple[int, int, int, int]:
    x, y, w, h = (round(v * scale) for v in box)
    left, top = min(max(x, 0), picture.width - 2), min(max(y, 0), picture.height - 2)
    return left, top, max(left + 1, min(x + w, picture.width - 1)), max(
        top + 1, min(y + h, picture.height - 1))


def _shortened(text: str, width: float, length: Callable[[str], float]) -> str:
    if length(text) <= width:
        return text
    while text and length(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _rgba(color: str, alpha: int) -> tuple[int, int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16), alpha
