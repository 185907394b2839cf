"""Simulated shelves: what was changed is found, nothing is invented, and nothing a reading holds raises."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compliance.audit import audit
from core.compliance.findings import Audit, Kind
from core.compliance.fixes import fixes
from core.compliance.reading import Candidate, Facing, Gap, Reading
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog, Product
from tests.compliance.shelves import (
    Stands,
    catalog_of,
    free_plan,
    machine_plan,
    moved,
    read,
    stands_of,
    told,
    with_room,
)

FOREIGN = 90
"""Product FOREIGN + w is w inches wide and in no plan."""
APART = 3
"""Rooms between two departures of a row: a row of which most is wrong can be told in many ways."""


def random_plan(rng: np.random.Generator) -> tuple[Catalog, Planogram]:
    """A shelf in inches or a machine, of 2 to 6 rows."""
    count, rows = int(rng.integers(5, 16)), int(rng.integers(2, 7))
    foreign = {FOREIGN + w: Product(FOREIGN + w, "Foreign", "", width_in=w, height_in=7.0) for w in range(2, 7)}
    if rng.random() < 0.4:
        trays = [[int(i) for i in rng.integers(0, count + 1, int(rng.integers(6, 11)))] for _ in range(rows)]
        return {**catalog_of([2.6] * count), **foreign}, machine_plan(trays)
    catalog = catalog_of([float(w) for w in rng.uniform(2, 6, count)])
    shelves = []
    for _ in range(rows):
        order = rng.integers(1, count + 1, int(rng.integers(4, 9))).tolist()
        shelves.append([(i, int(rng.integers(1, 4))) for i, before in zip(order, [0, *order], strict=False)
                        if i != before])
    return {**catalog, **foreign}, free_plan(shelves, catalog)


def departed(
    rng: np.random.Generator, rooms: list[Stands], catalog: Catalog
) -> tuple[list[Stands], set[int], list[int]]:
    """The shelf after some removals, replacements and an exchange, the rooms concerned, and one more package
    that the reader misses. All of them stand apart from each other."""
    apart: list[int] = []
    for i in rng.permutation(len(rooms)).tolist():
        if all(rooms[i].row != rooms[k].row or abs(i - k) > APART for k in apart):
            apart.append(i)
    rng.shuffle(apart)
    changed, after = set(), list(rooms)
    for i in apart[: max(1, len(rooms) // 8)]:
        wide = int(catalog[rooms[i].planned or 0].width_in)
        after = with_room(after, i, [None, 0, FOREIGN + wide][int(rng.integers(3))])
        changed.add(i)
    left = [i for i in apart if i not in changed]
    for a, b in pairwise(left):
        pa, pb = rooms[a].product_id, rooms[b].product_id
        if pa and pb and pa != pb and abs(catalog[pa].width_in - catalog[pb].width_in) < 0.8:
            after = with_room(with_room(after, a, pb), b, pa)
            changed |= {a, b}
            break
    missed = [i for i in left if i not in changed][:1]
    return after, changed, missed


@pytest.mark.parametrize("seed", range(40))
def test_every_departure_is_found_and_none_is_invented(seed: int) -> None:
    """With noisy boxes and a package that the reader misses, for shelves and machines."""
    rng = np.random.default_rng(seed)
    catalog, plan = random_plan(rng)
    rooms, changed, missed = departed(rng, stands_of(plan), catalog)
    found = audit(read(plan, rooms, catalog, rng, 2.0, missed), plan, catalog)
    assert told(found, rooms, missed) == changed


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_a_perfect_reading_has_score_one(seed: int) -> None:
    """No plan makes an audit tell what is not so."""
    catalog, plan = random_plan(np.random.default_rng(seed))
    reading = read(plan, stands_of(plan), catalog)
    found = audit(reading, plan, catalog)
    assert not found.violations
    assert not found.to_check
    assert found.compliance_score in (1.0, None)
    assert not fixes(found, reading, plan, catalog)


def facts(found: Audit) -> set[tuple[object, ...]]:
    return {(v.id, v.kind, v.text, v.box, v.confidence) for v in (*found.violations, *found.to_check)}


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_order_of_a_reading_does_not_matter(seed: int) -> None:
    """Facings and gaps in any order tell the same."""
    rng = np.random.default_rng(seed)
    catalog, plan = random_plan(rng)
    rooms, _, missed = departed(rng, stands_of(plan), catalog)
    reading = read(plan, rooms, catalog, rng, 2.0, missed)
    shuffled = replace(
        reading, facings=tuple(reading.facings[i] for i in rng.permutation(len(reading.facings))),
        gaps=tuple(reading.gaps[i] for i in rng.permutation(len(reading.gaps))),
    )
    first, second = audit(reading, plan, catalog), audit(shuffled, plan, catalog)
    assert facts(first) == facts(second)
    assert first.compliance_score == pytest.approx(second.compliance_score)


@given(st.integers(0, 10_000), st.floats(0.3, 3.0), st.floats(-200, 400))
@settings(max_examples=25, deadline=None)
def test_neither_size_nor_place_in_the_photo_matters(seed: int, size: float, shift: float) -> None:
    """The same shelf nearer, further and elsewhere in a large photo tells the same departures."""
    rng = np.random.default_rng(seed)
    catalog, plan = random_plan(rng)
    rooms, changed, missed = departed(rng, stands_of(plan), catalog)
    reading = read(plan, rooms, catalog, rng, 0.0, missed)
    wide, high = int(reading.width * size), int(reading.height * size)
    other = moved(
        reading, lambda b: (500 + shift + size * b[0], 100 + size * b[1], size * b[2], size * b[3]),
        wide + 1500, high + 200,
    )
    kinds = sorted(v.kind for v in audit(reading, plan, catalog).violations)
    assert sorted(v.kind for v in audit(other, plan, catalog).violations) == kinds
    assert len(kinds) > 0 or not changed


numbers = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1e4, 1e4)
boxes = st.tuples(numbers, numbers, numbers, numbers)
candidates = st.builds(Candidate, st.integers(-5, 20), st.floats(-1, 2) | st.just(math.nan))
hostile = st.builds(
    Facing, boxes, st.floats(-1, 2) | st.just(math.nan), st.integers(-3, 50),
    candidates=st.lists(candidates, max_size=3).map(tuple),
)
edges = st.lists(st.tuples(numbers, numbers), max_size=3).map(tuple)
readings = st.builds(
    Reading, st.integers(0, 5000), st.integers(0, 5000), st.lists(hostile, max_size=25).map(tuple),
    st.lists(st.builds(Gap, boxes, st.integers(-3, 50), numbers), max_size=5).map(tuple),
    st.lists(edges, max_size=6).map(tuple),
)


@given(readings, st.integers(0, 10_000))
@settings(max_examples=120, deadline=None)
def test_no_reading_raises(reading: Reading, seed: int) -> None:
    """Whatever a reader makes up, the answer has a score between 0 and 1 and finite boxes."""
    catalog, plan = random_plan(np.random.default_rng(seed))
    found = audit(reading, plan, catalog)
    score = found.compliance_score
    assert score is None or (found.score_low is not None and found.score_high is not None)
    if score is not None and found.score_low is not None and found.score_high is not None:
        assert 0 <= found.score_low <= score <= found.score_high <= 1
    ids = [v.id for v in (*found.violations, *found.to_check)]
    assert len(set(ids)) == len(ids)
    assert all(math.isfinite(c) for v in found.violations for c in v.box)
    assert all(v.confidence >= 0.5 for v in found.violations)
    fixes(found, reading, plan, catalog)


def test_an_empty_photo_and_an_empty_plan_are_answered() -> None:
    """Nothing read is nothing told as a fact; nothing planned has no score."""
    catalog = catalog_of([4.0, 5.0])
    plan = free_plan([[(1, 2), (2, 2)]], catalog)
    nothing = audit(Reading(100, 100, ()), plan, catalog)
    assert not nothing.violations
    empty = audit(read(plan, stands_of(plan), catalog), replace(plan, positions=()), catalog)
    assert empty.compliance_score is None
    assert {v.kind for v in empty.violations} <= {Kind.EXTRA_PRODUCT}


def test_two_hundred_products_that_the_catalog_lacks_are_answered() -> None:
    """A plan of products that nobody knows, photographed."""
    catalog = catalog_of([3.0] * 200)
    plan = free_plan([[(10 * r + i + 1, 1) for i in range(10)] for r in range(20)], catalog)
    reading = read(plan, stands_of(plan), catalog)
    found = audit(reading, plan, {})
    assert found.compliance_score == 1.0
    assert found.facings[0].name == "product 1"
