"""What is behind a sign or a hand is not missing: the audit says that it cannot be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compliance.audit import audit
from core.compliance.findings import Kind
from core.compliance.reading import Box, Reading
from tests.compliance.shelves import catalog_of, free_plan, read, stands_of, with_room

CATALOG = catalog_of([3.0, 4.0, 5.0, 3.5])
PLAN = free_plan([[(1, 3), (2, 2), (3, 2)], [(4, 4), (1, 2), (2, 2)], [(3, 2), (4, 3), (2, 2)]], CATALOG)
STANDS = stands_of(PLAN)
WHOLE = read(PLAN, STANDS, CATALOG)
AT = 4
"""A facing of product 2, which has another one beside it."""


def part(box: Box, share: float) -> Box:
    """The left part of a box."""
    return box[0], box[1], share * box[2], box[3]


def without(at: int) -> Reading:
    """The reading without one package, which is told as no gap either."""
    return replace(WHOLE, facings=tuple(f for i, f in enumerate(WHOLE.facings) if i != at))


def empty(at: int) -> Reading:
    """The reading of a shelf with a gap there."""
    return read(PLAN, with_room(STANDS, at, None), CATALOG)


def test_a_place_behind_something_is_not_judged() -> None:
    """Neither told nor counted, and the audit says of how many places it speaks."""
    found = audit(replace(without(AT), hidden=(WHOLE.facings[AT].box,)), PLAN, CATALOG)
    assert found.violations == found.to_check == ()
    assert (found.planned, found.not_seen, found.hidden, found.places) == (21, 1, 1, 22)
    assert found.compliance_score == 1.0
    assert any("21 of 22 places" in note for note in found.notes)


def test_the_same_place_is_asked_about_with_nothing_before_it() -> None:
    """Neither package nor gap is seen there: to be checked."""
    found = audit(without(AT), PLAN, CATALOG)
    assert [v.kind for v in found.to_check] == [Kind.WRONG_FACINGS]
    assert found.hidden == found.not_seen == 0


@pytest.mark.parametrize(("share", "is_told"), [(0.0, True), (0.4, True), (0.6, False), (1.0, False)])
def test_a_gap_is_told_while_half_of_its_place_is_seen(share: float, is_told: bool) -> None:
    """A sign's even color may look like a shelf's back."""
    reading = replace(empty(AT), hidden=(part(WHOLE.facings[AT].box, share),))
    assert bool(audit(reading, PLAN, CATALOG).violations) is is_told


def test_several_things_before_a_place_hide_what_they_cover_together() -> None:
    """Their common part counts once."""
    x, y, w, h = WHOLE.facings[AT].box
    left, again, right = (x, y, 0.3 * w, h), (x, y, 0.28 * w, h), (x + 0.7 * w, y, 0.3 * w, h)
    assert audit(replace(empty(AT), hidden=(left, again)), PLAN, CATALOG).violations
    assert not audit(replace(empty(AT), hidden=(left, again, right)), PLAN, CATALOG).violations


def test_a_package_that_is_found_counts_though_something_is_before_it() -> None:
    """What is known is not given up."""
    found = audit(replace(WHOLE, hidden=tuple(part(f.box, 0.6) for f in WHOLE.facings)), PLAN, CATALOG)
    assert found.right == found.planned == 22
    assert found.hidden == 0


def test_a_product_behind_something_is_no_reason_to_call_it_unavailable() -> None:
    """All of its places are hidden, so nothing is said of it."""
    kept = tuple(f for f in WHOLE.facings if f.product_id != 3)
    hidden = tuple(f.box for f in WHOLE.facings if f.product_id == 3)
    found = audit(replace(WHOLE, facings=kept, hidden=hidden), PLAN, CATALOG)
    assert found.violations == ()
    assert found.availability == 1.0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 21), max_size=6, unique=True),
    st.lists(st.tuples(*[st.floats(allow_nan=True, allow_infinity=True, width=32)] * 4), max_size=3),
    st.integers(0, 2**16),
)
def test_no_absence_is_told_of_what_is_hidden(gone: list[int], odd: list[Box], seed: int) -> None:
    """Whatever is hidden, and however odd its boxes are."""
    kept = tuple(f for i, f in enumerate(WHOLE.facings) if i not in gone)
    rng = np.random.default_rng(seed)
    behind = [i for i in gone if rng.random() < 0.7]
    hidden = tuple(WHOLE.facings[i].box for i in behind)
    found = audit(replace(WHOLE, facings=kept, hidden=(*hidden, *odd)), PLAN, CATALOG)
    told = {u for v in (*found.violations, *found.to_check) for u in v.units}
    assert not told & set(behind)
    assert found.planned + found.not_seen == 22
