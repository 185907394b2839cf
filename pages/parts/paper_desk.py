"""A document while it is worked on in one browser session: what was read, what was answered, pictures."""

from __future__ import annotations

import hashlib
import io
from base64 import b64encode
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from core.capabilities.draft import Band

if TYPE_CHECKING:
    from core.capabilities.draft import Draft
    from core.workbench.papers import ReadPaper

SHOWN_PX, CROP_PX = 1_150, 84
QUALITY = 72
AROUND = 0.35
"""Of a cell's height that is shown around it."""


class Desk:
    """``answers``: product of a cell by its number, None to leave it empty; ``history``: the answers before
    each change."""

    def __init__(self, read: ReadPaper, name: str) -> None:
        self.read = read
        self.name = name or "A photo"
        self.answers: dict[int, int | None] = {}
        self.history: list[dict[int, int | None]] = []
        self.upside_down = False
        self._crops: dict[int, str] = {}

    @cached_property
    def key(self) -> str:
        """The same for the same document."""
        told = "|".join(f"{c.text}{c.slot}" for c in self.read.paper.cells)
        return hashlib.sha256(f"{self.name}{told}".encode()).hexdigest()[:12]

    def answer(self, said: Mapping[int, int | None]) -> None:
        """Take answers over; ``undo`` takes them back."""
        self.history.append(dict(self.answers))
        self.answers.update(said)

    def undo(self) -> None:
        """The answers as they were before the last ones."""
        if self.history:
            self.answers = self.history.pop()

    def open(self, drafted: Draft) -> list[int]:
        """Cells that nobody has answered and that are not certain, the least known first."""
        asked = [*drafted.cells(Band.UNKNOWN), *drafted.cells(Band.CHECK)]
        return [i for i in asked if i not in self.answers]

    @cached_property
    def pages(self) -> list[tuple[str, int, int]]:
        """(address, width, height) of a picture of each page, small enough to be sent."""
        return [(_address(s.picture), s.width, s.height) for s in self.read.paper.sheets]

    def crop(self, cell: int) -> str:
        """The address of a picture of what is written in a cell, "" without one."""
        if cell not in self._crops:
            self._crops[cell] = self._cut(cell)
        return self._crops[cell]

    def _cut(self, number: int) -> str:
        from PIL import Image

        cell = self.read.found[number].cell
        x, y, w, h = cell.box
        if not self.read.paper.sheets or w <= 0 or h <= 0:
            return ""
        sheet = self.read.paper.sheets[cell.page]
        rim = AROUND * min(h, 0.03)
        with Image.open(io.BytesIO(sheet.picture)) as page:
            box = (max(0.0, x - rim) * page.width, max(0.0, y - rim) * page.height,
                   min(1.0, x + w + rim) * page.width, min(1.0, y + h + rim) * page.height)
            part = page.convert("RGB").crop(tuple(round(v) for v in box))
        part.thumbnail((420, CROP_PX))
        return _jpeg(part)


def _address(picture: bytes) -> str:
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as page:
        small = page.convert("RGB")
    small.thumbnail((SHOWN_PX, SHOWN_PX * 3))
    return _jpeg(small)


def _jpeg(picture: object) -> str:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=QUALITY)  # type: ignore[attr-defined]
    return f"data:image/jpeg;base64,{b64encode(target.getvalue()).decode()}"
