"""Sequences, rows and the scale of a row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.compliance.align import align, sequence
from tests.compliance.shelves import LEFT_PX, PX_PER_IN, catalog_of, free_plan, moved, read, stands_of

CATALOG = catalog_of([4.9, 3.0, 5.5])
PLAN = free_plan([[(1, 3), (2, 2), (3, 2)], [(2, 9)], [(3, 2), (1, 3)]], CATALOG)


def best(score: np.ndarray, insert: np.ndarray, delete: np.ndarray) -> float:
    """The plain dynamic program, one cell after the other."""
    n, m = score.shape
    total = np.zeros((n + 1, m + 1))
    for i in range(n + 1):
        for j in range(m + 1):
            options = [0.0] if i == j == 0 else []
            options += [total[i - 1, j] - insert[i - 1]] if i else []
            options += [total[i, j - 1] - delete[j - 1]] if j else []
            options += [total[i - 1, j - 1] + score[i - 1, j - 1]] if i and j else []
            total[i, j] = max(options)
    return float(total[n, m])


@given(st.data(), st.integers(0, 7), st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_a_sequence_is_aligned_as_the_plain_program_does(data: st.DataObject, n: int, m: int) -> None:
    """The pairs of the vectorized program are monotone and worth as much as the best there is."""
    score = data.draw(arrays(float, (n, m), elements=st.floats(-2, 1)))
    insert = data.draw(arrays(float, n, elements=st.floats(0, 1)))
    delete = data.draw(arrays(float, m, elements=st.floats(0, 1)))
    pairs = sequence(score, insert, delete)
    assert (np.diff(pairs, axis=0) > 0).all()
    worth = score[pairs[:, 0], pairs[:, 1]].sum()
    worth -= np.delete(insert, pairs[:, 0]).sum() + np.delete(delete, pairs[:, 1]).sum()
    assert worth == pytest.approx(best(score, insert, delete), abs=1e-6)


def test_the_scale_of_every_row_is_found() -> None:
    """Pixels an inch and where the shelf begins, even where one product stands all along a row."""
    a = align(read(PLAN, stands_of(PLAN), CATALOG, np.random.default_rng(1), 1.5), PLAN, CATALOG)
    assert set(a.scales) == {0, 1, 2}
    for scale in a.scales.values():
        assert scale.px_per_in == pytest.approx(PX_PER_IN, rel=0.02)
        assert scale.offset_px == pytest.approx(LEFT_PX, abs=8)


def test_a_row_of_one_product_is_placed_by_its_neighbors() -> None:
    """Eight of nine stand there: which one lacks is told by where the rows above and below stand."""
    for gone in (7, 11, 15):
        rooms = [r for i, r in enumerate(stands_of(PLAN)) if i != gone]
        a = align(read(PLAN, rooms, CATALOG), PLAN, CATALOG)
        assert np.flatnonzero(a.facing_of < 0).tolist() == [gone]


@pytest.mark.parametrize("turn", [-0.09, 0.09])
def test_a_turned_photo_is_aligned(turn: float) -> None:
    """Five degrees: rows slope, and boxes are as wide as before."""
    reading = read(PLAN, stands_of(PLAN), CATALOG)
    turned = moved(reading, lambda b: (200 + b[0] - turn * (b[1] + b[3] / 2), 200 + b[1] + turn * b[0],
                                       b[2], b[3]), 1400, 1300)
    a = align(turned, PLAN, CATALOG)
    assert (a.facing_of == np.arange(len(a.planned))).all()


def test_where_a_missing_facing_should_stand_is_between_its_neighbors() -> None:
    """The box has the size of the product, and stands on the shelf."""
    full = read(PLAN, stands_of(PLAN), CATALOG)
    less = replace(full, facings=tuple(f for i, f in enumerate(full.facings) if i != 4))
    box = align(less, PLAN, CATALOG).boxes[4]
    assert box == pytest.approx(full.facings[4].box, abs=4)
