"""The crackers photo against its plan, as it is and altered: by eye and by the reader that needs no training.

``python -m ml.eval.alterations`` does the same for some fifty photos; here are few, because each is read.
"""

from __future__ import annotations

import numpy as np
import pytest

from core.compliance.audit import audit
from core.compliance.findings import Audit, Kind
from core.compliance.reading import Candidate, Facing, Gap, Reading
from ml.eval.alterations import alterations, darkened, encoded, removed, rotated, swapped
from ml.eval.crackers_case import Case
from ml.eval.rooms import UNKNOWN, Altered, inside, judged
from ml.vision.reader import PhotoReader

CASE = Case.here()
SEEN = 0.5
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CASE.folder.exists(), reason=f"the photo of crackers is not at {CASE.folder}"),
]

BASE = [
    (0, Kind.WRONG_FACINGS, "Ritz Original Crackers - Fresh Stacks", None),
    (2, Kind.WRONG_FACINGS, "Tate's Bake Shop Chocolate Chip Cookies", None),
    (2, Kind.WRONG_PRODUCT, "Tate's Bake Shop Chocolate Chip Cookies", "none"),
    (2, Kind.WRONG_PRODUCT, "Tate's Bake Shop Chocolate Chip Cookies", "none"),
    (3, Kind.WRONG_PRODUCT, "Wheat Thins Sundried Tomato & Basil Crackers", "Wheat Thins Original Crackers"),
    (3, Kind.WRONG_PRODUCT, "Wheat Thins Sundried Tomato & Basil Crackers", "Wheat Thins Original Crackers"),
    (3, Kind.WRONG_PRODUCT, "Wheat Thins Sundried Hint of Salt Crackers", "Wheat Thins Original Crackers"),
    (3, Kind.WRONG_PRODUCT, "Wheat Thins Sundried Hint of Salt Crackers", "Wheat Thins Original Crackers"),
    (4, Kind.WRONG_PRODUCT, "Wheat Thins Sundried Tomato & Basil Crackers",
     "Wheat Thins Sundried Hint of Salt Crackers"),
    (5, Kind.WRONG_FACINGS, "Triscuit Cracked Pepper & Olive Oil Crackers", None),
]
"""Row, kind, what is planned and what stands there ("none": not in the catalog), from the left of each row."""


def told(found: Audit) -> list[tuple[int, Kind, str, str | None]]:
    result = []
    for v in found.violations:
        assert v.expected is not None
        assert v.spot is not None
        stands = None
        if v.kind is Kind.WRONG_PRODUCT and v.actual is not None:
            stands = "none" if v.actual.product_id is None else v.actual.name
        result.append((v.spot.row, v.kind, v.expected.name, stands))
    return result


def as_seen(altered: Altered) -> Reading:
    """A perfect reading of an altered photo: what is mostly in it, by its rooms."""
    height, width = altered.pixels.shape[:2]
    shown = [room for room in altered.rooms if inside(room.box, width, height) > SEEN]
    rows = {row: i for i, row in enumerate(sorted({room.row for room in shown}))}
    facings = tuple(
        Facing(r.box, 1.0, rows[r.row], candidates=() if r.stands == UNKNOWN else (Candidate(r.stands, 1.0),))
        for r in shown if r.stands is not None
    )
    return Reading(width, height, facings, tuple(Gap(r.box, rows[r.row]) for r in shown if r.stands is None))


def test_what_the_eye_sees_departs_from_the_plan_row_by_row() -> None:
    """Ten facings, each told once; two rows depart in nothing else, and one in nothing."""
    found = audit(CASE.by_eye, CASE.plan, CASE.catalog)
    assert told(found) == BASE
    assert [row.right for row in found.rows] == [7, 12, 6, 6, 8, 9]
    assert not found.to_check


def test_a_perfect_reading_of_every_alteration_is_told_rightly() -> None:
    """Swapped, removed, replaced; turned, smaller and cropped: the alignment alone makes no mistake."""
    for altered in alterations(CASE, seed=7, each=3, views=2):
        found = judged(CASE, altered, audit(as_seen(altered), CASE.plan, CASE.catalog))
        assert not found.words, (altered.kind, altered.name)
        assert found.right > 0


def test_the_photo_is_read_and_told_as_the_eye_does() -> None:
    """With nothing but packshots and the plan."""
    reading = PhotoReader().read(CASE.photo, CASE.gallery, CASE.plan)
    assert told(audit(reading, CASE.plan, CASE.catalog)) == BASE


def test_altered_photos_are_read_and_told() -> None:
    """Two packages exchanged in the dark, and one gone in a photo held askew: both found, nothing invented."""
    rng = np.random.default_rng(3)
    base = alterations(CASE, each=0, views=0)[0]
    reader = PhotoReader()
    for altered in (darkened(swapped(CASE, base, rng), rng), rotated(removed(CASE, base, rng), rng)):
        reading = reader.read(encoded(altered.pixels), CASE.gallery, CASE.plan)
        found = judged(CASE, altered, audit(reading, CASE.plan, CASE.catalog))
        assert found.found, altered.name
        assert not found.words, found.words
