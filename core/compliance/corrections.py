"""What a person says of a reading, put into it. The corrected reading is derived, never stored: the reading
and the corrections are, and an audit of ``apply(reading, corrections)`` follows from both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.compliance.findings import Kind, Violation
from core.compliance.reading import Box, Candidate, Facing, Gap, Reading
from core.errors import BadInput

BY_PERSON = "person"
_SAME = 0.5
"""Share of a gap that a package must cover for the gap not to be one."""


class Says(StrEnum):
    """``IS``: the package at a facing is ``product_id`` (None: it is not in the catalog). ``NOTHING``: there
    is no package at a facing. ``PACKAGE``: there is one in ``box`` that was not found, of ``product_id``
    (None: not in the catalog). ``EMPTY``: nothing stands in ``box``, where something may be planned."""

    IS = "is"
    NOTHING = "nothing"
    PACKAGE = "package"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that a person says. ``facing`` is an index into the facings of the *uncorrected* reading;
    ``box`` is in pixels of the upright photo. ``row`` (from 0) where the person knows it."""

    says: Says
    facing: int | None = None
    box: Box | None = None
    product_id: int | None = None
    row: int | None = None


def apply(reading: Reading, corrections: Sequence[Correction]) -> Reading:
    """The reading as people correct it: the last word on a facing counts. Facings keep their index, except
    those after one that is removed; new ones come last.

    Raises BadInput for a facing that the reading does not have and for a box outside the photo.
    """
    facings: list[Facing | None] = list(reading.facings)
    added: list[Facing] = []
    emptied: list[Gap] = []
    for c in corrections:
        if c.says in (Says.IS, Says.NOTHING):
            at = _facing(reading, c)
            facings[at] = _named(reading.facings[at], c.product_id) if c.says is Says.IS else None
            continue
        box = _box(reading, c)
        row = c.row if c.row is not None else row_at(reading, box)
        if c.says is Says.PACKAGE:
            added.append(_named(Facing(box, 1.0, row), c.product_id))
        else:
            emptied.append(Gap(box, row))
    stand = [f for f in facings if f is not None] + added
    freed = [Gap(old.box, old.row) for old, new in zip(reading.facings, facings, strict=True) if new is None]
    gaps = [
        gap for gap in (*reading.gaps, *emptied, *freed)
        if not any(_cover(f.box, gap.box) >= _SAME for f in _judges(gap, reading, stand, added))
    ]
    return replace(reading, facings=tuple(stand), gaps=tuple(gaps))


def settled(violation: Violation, is_confirmed: bool) -> tuple[Correction, ...]:
    """What a verdict on a violation says of the photo; nothing where it leaves open what else is true.

    Confirmed: what was named is that, what was missing is. Dismissed: the planned product stands there.
    """
    expected = violation.expected.product_id if violation.expected else None
    gone = violation.kind in (Kind.MISSING_PRODUCT, Kind.OUT_OF_STOCK, Kind.WRONG_FACINGS)
    if gone and not violation.facings:
        says = Says.EMPTY if is_confirmed else Says.PACKAGE
        product = None if is_confirmed else expected
        return tuple(Correction(says, box=box, product_id=product) for box in violation.boxes if box[2] > 0)
    actual = violation.actual
    more = violation.kind is Kind.WRONG_FACINGS and actual and violation.expected and (
        actual.facings > violation.expected.facings)
    if not is_confirmed and not more and (gone or violation.kind is Kind.WRONG_PRODUCT):
        return tuple(Correction(Says.IS, f, product_id=expected) for f in violation.facings)
    if is_confirmed and actual is not None and actual.product_id is not None and not gone:
        return tuple(Correction(Says.IS, f, product_id=actual.product_id) for f in violation.facings)
    return ()


def row_at(reading: Reading, box: Box) -> int:
    """The row on whose shelf a box stands: that of the packages beside it, else that of the nearest edge."""
    bottom, middle = box[1] + box[3], box[0] + box[2] / 2
    near = [
        (abs(f.box[1] + f.box[3] - bottom) + 0.2 * abs(f.box[0] + f.box[2] / 2 - middle), f.row)
        for f in reading.facings
    ]
    near += [
        (min(abs(y - bottom) for _, y in edge), row) for row, edge in enumerate(reading.shelves) if edge
    ]
    return min(near, default=(0.0, 0))[1]


def _named(facing: Facing, product_id: int | None) -> Facing:
    """As a person names it: for sure, or for sure not in the catalog."""
    names = () if product_id is None else (Candidate(product_id, 1.0),)
    return replace(facing, confidence=1.0, candidates=names, found_by=BY_PERSON)


def _facing(reading: Reading, c: Correction) -> int:
    if c.facing is None or not 0 <= c.facing < len(reading.facings):
        raise BadInput(
            f"Package {c.facing} is not one of the {len(reading.facings)} that were found.",
            "Name a package by its number in the list of what was detected.",
        )
    return c.facing


def _box(reading: Reading, c: Correction) -> Box:
    """Cut to the photo."""
    if c.box is None or not all(math.isfinite(v) for v in c.box):
        raise BadInput("A box is missing.", "Draw a box around the place on the photo.")
    x, y, w, h = c.box
    left, top = max(x, 0.0), max(y, 0.0)
    right, bottom = min(x + w, float(reading.width)), min(y + h, float(reading.height))
    if right - left < 1 or bottom - top < 1:
        raise BadInput(
            f"The box at {x:g}, {y:g} of {w:g} × {h:g} pixels has no part in the photo of "
            f"{reading.width} × {reading.height}.",
            "Draw it on the photo.",
        )
    return left, top, right - left, bottom - top


def _judges(gap: Gap, reading: Reading, stand: list[Facing], added: list[Facing]) -> list[Facing]:
    """Packages that can say that a gap is none: of one that was read, only those that people added."""
    return added if any(gap is g for g in reading.gaps) else stand


def _cover(box: Box, other: Box) -> float:
    """Share of ``other`` that ``box`` covers."""
    wide = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
    tall = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
    return max(wide, 0.0) * max(tall, 0.0) / max(other[2] * other[3], 1e-9)
