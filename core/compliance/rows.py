"""Which row of a photo is which row of a plan.

A photo shows a run of neighboring rows, the outer ones perhaps cut off, and a reader may miss an empty row or
see one too many. Rows are matched in their order by what stands on them (global alignment; Needleman and
Wunsch 1970); where the photo's rows are further apart than usual, a row between them is easily skipped.
"""

from __future__ import annotations

import numpy as np

from core.compliance.planned import FloatArray, Planned
from core.compliance.seen import Seen

_CUT_OFF, _MISSED, _MISSED_IN_ROOM = 0.15, 0.8, 0.3
"""Cost of a planned row that is not seen: beyond the photo, between two rows, where there is room for it."""
_BEYOND, _BETWEEN, _PLANNED_ELSEWHERE = 0.4, 1.0, 0.6
"""Cost of a seen row that is not planned, and what is added where its products are planned in some row."""
_NO_CONTENT = 0.3
_ROOM = 1.5
"""Times the usual distance of two rows from which another one may lie between them."""


def match_rows(seen: Seen, planned: Planned) -> dict[int, int]:
    """Seen row → planned row, both from the top; rows of either that have no partner are left out."""
    likeness = _likeness(seen, planned)
    count_seen, count_planned = likeness.shape
    distance = _distances(seen.row_y)
    best = likeness.max(axis=1, initial=0.0)
    total = np.zeros((count_seen + 1, count_planned + 1))
    came = np.zeros(total.shape, np.intp)
    for s in range(count_seen + 1):
        for p in range(count_planned + 1):
            if s == p == 0:
                continue
            moves = (
                total[s - 1, p - 1] + likeness[s - 1, p - 1] if s and p else -np.inf,
                total[s - 1, p] - (_BEYOND if p in (0, count_planned) else _BETWEEN)
                - _PLANNED_ELSEWHERE * best[s - 1] if s else -np.inf,
                total[s, p - 1] - _skipped(s, distance) if p else -np.inf,
            )
            came[s, p] = np.argmax(moves)
            total[s, p] = moves[came[s, p]]
    pairs = {}
    s, p = count_seen, count_planned
    while s and p:
        if came[s, p] == 0:
            s, p = s - 1, p - 1
            pairs[s] = p
        elif came[s, p] == 1:
            s -= 1
        else:
            p -= 1
    return dict(sorted(pairs.items()))


def _skipped(after: int, distance: FloatArray) -> float:
    """Cost of a planned row that would lie below the first ``after`` seen rows."""
    if after in (0, len(distance) + 1):
        return _CUT_OFF
    return _MISSED_IN_ROOM if distance[after - 1] >= _ROOM else _MISSED


def _distances(row_y: FloatArray) -> FloatArray:
    """(rows - 1,) distances of neighboring rows in multiples of their median; 1 where not known."""
    steps = np.diff(row_y)
    known = steps[np.isfinite(steps) & (steps > 0)]
    if len(known) < 2:
        return np.ones(len(steps))
    return np.nan_to_num(steps / np.median(known), nan=1.0)


def _likeness(seen: Seen, planned: Planned) -> FloatArray:
    """(seen rows, planned rows): the share of a seen row's packages that the planned row has room for."""
    rows, products = planned.plan.fixture.rows, len(planned.products)
    expected = np.zeros((rows, products))
    inside = (planned.row >= 0) & (planned.row < rows)
    np.add.at(expected, (planned.row[inside], planned.product[inside]), 1.0)
    found = np.zeros((seen.rows, products))
    np.add.at(found, seen.row, seen.shares)
    size = np.bincount(seen.row, minlength=seen.rows).astype(float)
    shared = np.minimum(found[:, None], expected[None]).sum(axis=2)
    empty = (size[:, None] == 0) | ((found.sum(axis=1) < 0.1 * size)[:, None])
    likeness: FloatArray = np.where(empty, _NO_CONTENT, shared / np.maximum(size, 1.0)[:, None])
    return likeness
