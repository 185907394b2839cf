"""A photo with what was found on it: boxes, large numbers that a phone shows, a few words to zoom in on."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.compliance.crops import upright
from core.compliance.findings import Audit, Kind, Standing, Violation
from core.compliance.reading import SHOWN_FROM, Box
from core.planogram.drawing_fonts import font

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageDraw import ImageDraw as Pen
    from PIL.ImageFont import FreeTypeFont

LONG_SIDE = 1600
"""Pixels of the picture's long side."""
QUALITY = 88
QUIET = "ok"
UNSURE = "unsure"
COLORS: dict[str, str] = {
    QUIET: "#2f9e6e", UNSURE: "#5b6472", Kind.MISSING_PRODUCT: "#d55e00", Kind.OUT_OF_STOCK: "#d55e00",
    Kind.WRONG_PRODUCT: "#c2307f", Kind.WRONG_POSITION: "#9a6700", Kind.WRONG_FACINGS: "#0072b2",
    Kind.EXTRA_PRODUCT: "#7a4fbf",
}
"""Kind of mark → color: hues that color-blind people tell apart (after Okabe & Ito 2008), with words beside
them."""
MOST_LINES = 3
_QUIET_STANDING = frozenset({Standing.RIGHT, Standing.PILED})
_WORDS = {
    Kind.MISSING_PRODUCT: "Missing", Kind.OUT_OF_STOCK: "Out of stock", Kind.WRONG_PRODUCT: "Wrong",
    Kind.WRONG_POSITION: "Moved", Kind.WRONG_FACINGS: "Facings", Kind.EXTRA_PRODUCT: "Extra",
}
_Room = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """A box in pixels of the upright photo and the kind that its color follows; ``number``, "" for none, and
    a few words. ``absent``: nothing stands there, and it is drawn dashed. ``faded``: drawn quietly, such as a
    finding that a person dismissed."""

    box: Box
    kind: str = QUIET
    number: str = ""
    text: str = ""
    absent: bool = False
    faded: bool = False


def marks_of(audit: Audit, dismissed: Collection[str] = ()) -> list[Mark]:
    """What stands right, quietly; violations in their colors, numbered from 1 as in ``audit.violations``;
    what a person should check, in gray. Dismissed ones are faded."""
    marks = [
        Mark(d.box) for d in audit.detected
        if d.standing in _QUIET_STANDING and d.confidence >= SHOWN_FROM
    ]
    for number, violation in enumerate((*audit.violations, *audit.to_check), 1):
        kind = violation.kind.value if number <= len(audit.violations) else UNSURE
        faded, absent = violation.id in dismissed, not violation.facings
        marks += [
            Mark(box, kind, str(number), "" if i else short(violation), absent, faded)
            for i, box in enumerate(violation.boxes or (violation.box,))
        ]
    return marks


def short(violation: Violation) -> str:
    """A violation in a few words."""
    expected, actual = violation.expected, violation.actual
    word = _WORDS[violation.kind] if violation.is_fact else f"Check: {_WORDS[violation.kind].lower()}"
    if violation.kind is Kind.WRONG_FACINGS and expected is not None:
        word = f"{actual.facings if actual else 0} of {expected.facings}"
    shown = actual if violation.kind in (Kind.WRONG_PRODUCT, Kind.EXTRA_PRODUCT) else expected or actual
    if shown is None or (shown is actual and shown.product_id is None):
        return f"{word}: not in the catalog" if violation.is_fact else f"{word}: not known"
    return f"{word}: {shown.name}"


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
    rooms = [_corners(mark.box, scale * shrink, picture) for mark in ordered]
    taken: list[_Room] = []
    for mark, room in zip(ordered, rooms, strict=True):
        _frame(pen, mark, room, picture)
    for mark, room in zip(reversed(ordered), reversed(rooms), strict=True):
        _words(pen, mark, room, picture, taken)
    for mark, room in zip(ordered, rooms, strict=True):
        _badge(pen, mark, room, picture)
    target = io.BytesIO()
    Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB").save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def _frame(pen: Pen, mark: Mark, room: _Room, picture: Picture) -> None:
    color = COLORS.get(mark.kind, COLORS[UNSURE])
    loud = mark.kind != QUIET and not mark.faded
    width = max(2, round(max(picture.size) / (260 if loud else 640)))
    if mark.absent:
        pen.rectangle(room, fill=_rgba(color, 26))
        _dashes(pen, room, _rgba(color, 120 if mark.faded else 255), width)
        return
    pen.rectangle(room, outline=_rgba(color, 255 if loud else 150), width=width)


def _badge(pen: Pen, mark: Mark, room: _Room, picture: Picture) -> None:
    """The number, white on the color, in the upper left corner: large enough where the picture is shrunk to
    a phone's width."""
    if not mark.number:
        return
    size = _badge_size(picture)
    face = font(size, True)
    wide, high = max(round(face.getlength(mark.number)) + size // 2, round(1.25 * size)), round(1.25 * size)
    left, top = min(room[0], picture.width - wide), min(room[1], picture.height - high)
    fill = _rgba(COLORS.get(mark.kind, COLORS[UNSURE]), 150 if mark.faded else 255)
    pen.rounded_rectangle((left, top, left + wide, top + high), 4, fill=fill)
    pen.text((left + wide / 2, top + high / 2), mark.number, "#ffffff", face, anchor="mm")


def _badge_size(picture: Picture) -> int:
    """Pixels of a number's type."""
    return max(14, round(max(picture.size) / 44))


def _words(pen: Pen, mark: Mark, room: _Room, picture: Picture, taken: list[_Room]) -> None:
    """White words on the color at the foot of the box, moved up where other words are; none where the box has
    no room for them below its number."""
    size = max(12, round(max(picture.size) / 92))
    face = font(size, True)
    step = round(1.2 * size)
    most = min(MOST_LINES, (room[3] - room[1] - round(1.25 * _badge_size(picture)) - 4) // step)
    if not mark.text or most < 1:
        return
    lines = _wrapped(mark.text, max(room[2] - room[0] - 8, 5 * size), face, most)
    wide = max(round(face.getlength(line)) for line in lines) + 8
    left = min(room[0], max(0, picture.width - wide))
    box = (left, room[3] - step * len(lines) - 4, max(left + wide, min(room[2], picture.width)), room[3])
    while any(_overlap(box, other, step // 2) for other in taken) and box[1] > room[1]:
        box = (box[0], box[1] - step, box[2], box[3] - step)
    taken.append(box)
    pen.rectangle(box, fill=_rgba(COLORS.get(mark.kind, COLORS[UNSURE]), 130 if mark.faded else 225))
    for i, line in enumerate(lines):
        pen.text((box[0] + 4, box[1] + 2 + (i + 0.5) * step), line, "#ffffff", face, anchor="lm")


def _wrapped(text: str, width: float, face: FreeTypeFont, most: int) -> list[str]:
    """At most ``most`` lines that fit the width, the last one shortened where there is more."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and face.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [_shortened(line, width, face) for line in lines]


def _shortened(text: str, width: float, face: FreeTypeFont) -> str:
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip(' …')}…"


def _dashes(pen: Pen, room: _Room, color: tuple[int, int, int, int], width: int) -> None:
    left, top, right, bottom = room
    step = 5 * width
    for x in range(left, right, 2 * step):
        for y in (top, max(top, bottom - width)):
            pen.rectangle((x, y, min(x + step, right), y + width), fill=color)
    for y in range(top, bottom, 2 * step):
        for x in (left, max(left, right - width)):
            pen.rectangle((x, y, x + width, min(y + step, bottom)), fill=color)


def _corners(box: Box, scale: float, picture: Picture) -> _Room:
    x, y, w, h = (round(v * scale) for v in box)
    left, top = min(max(x, 0), picture.width - 2), min(max(y, 0), picture.height - 2)
    right, bottom = min(x + w, picture.width - 1), min(y + h, picture.height - 1)
    return left, top, max(left + 1, right), max(top + 1, bottom)


def _overlap(a: _Room, b: _Room, slack: int) -> bool:
    """By more than ``slack`` pixels."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return min(across, down) > slack


def _rgba(color: str, alpha: int) -> tuple[int, int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16), alpha
