"""A reader of photos that sees what a test says, and the photos that it is shown."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

from core.compliance.crops import upright
from core.compliance.reading import Candidate, Facing, Gallery, Gap, Quality, Reading
from core.pictures import check
from core.planogram.planogram import Planogram

WIDTH, ROW_PX = 1200, 240


def photo_of(rows: int = 3, seed: int = 0, kind: str = "JPEG") -> bytes:
    """Colored noise, as wide as the fake's boxes and ``rows`` shelves high."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (rows * 6, 30, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(coarse).resize((WIDTH, rows * ROW_PX)).save(out, kind)
    return out.getvalue()


@dataclass
class FakeReader:
    """Sees every planned facing where it should stand, as ``change`` leaves it; without a plan, the first
    products of the gallery in one row. ``shown`` keeps what it was asked."""

    sure: float = 0.95
    change: Callable[[tuple[Facing, ...]], tuple[Facing, ...]] = lambda facings: facings
    gaps: tuple[Gap, ...] = ()
    quality: Quality = field(default_factory=Quality)
    before: Callable[[], None] = lambda: None
    shown: list[tuple[Gallery, Planogram | None]] = field(default_factory=list)
    name: str = "fake 1"

    def read(self, photo: bytes, gallery: Gallery, expected: Planogram | None = None) -> Reading:
        self.before()
        checked = check(photo)
        upright(photo)
        self.shown.append((gallery, expected))
        if expected is None:
            ids = [[p.product_id for p in gallery.products[:4]]]
        else:
            ids = [
                [p.product_id for p in expected.positions if p.row == r for _ in range(p.facings)]
                for r in range(expected.fixture.rows)
            ]
        high = checked.height_px / max(len(ids), 1)
        facings = tuple(
            Facing((c * wide + 4, r * high + 20, wide - 8, high - 30), 0.9, r,
                   candidates=(Candidate(product, self.sure),), found_by="fake")
            for r, row in enumerate(ids) if row
            for wide in [checked.width_px / len(row)] for c, product in enumerate(row)
        )
        shelves = tuple(((0.0, (r + 1) * high - 8), (float(checked.width_px), (r + 1) * high - 8))
                        for r in range(len(ids)))
        return Reading(checked.width_px, checked.height_px, self.change(facings), self.gaps, shelves,
                       self.quality, (self.name,), (), 12.0)


def named(facing: Facing, product_id: int | None, probability: float = 0.93) -> Facing:
    """The facing under another name; None: of no product of the gallery."""
    candidates = () if product_id is None else (Candidate(product_id, probability),)
    return replace(facing, candidates=candidates)
