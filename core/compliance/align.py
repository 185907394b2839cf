"""What stands on a shelf against what should: row by row, facing by facing.

Compliance by rows and by the alignment of each row's sequence (Needleman and Wunsch 1970, as arXiv
2401.06690 uses it for shelves): a missing package in the middle does not shift all that follow. A pair earns
what the package may be of the planned product and pays for standing elsewhere along the shelf and for
another width; both are soft on a shelf, where packages slide, and hard in a machine, whose slots do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.compliance.planned import BoolArray, FloatArray, IntArray, Planned, planned_facings
from core.compliance.reading import Reading
from core.compliance.rows import match_rows
from core.compliance.scale import Scale, bent, refined, scales_of
from core.compliance.seen import Gaps, Seen, boxes_of, edge_y, gaps_of, seen_facings
from core.planogram.fixture import Placement
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog

_OTHER, _WIDTH = 0.2, 0.15
"""What a pair loses that is another product, and one whose width is half or twice the planned one."""
_INSERT, _DELETE, _DELETE_AT_GAP = 0.45, 0.45, 0.1
_SLIDE = {Placement.FREE: 0.8, Placement.CELLS: 0.8, Placement.SLOTS: 2.0}
"""What a pair loses a facing's width away from its place."""
_FAR = {Placement.FREE: 0.9, Placement.CELLS: 0.9, Placement.SLOTS: 3.0}
_STANDS_NEAR = 0.15
_EMPTY = 0.35
"""Share of a planned facing's room that a gap must cover to be its gap."""
_GRID = 10
"""Places across and down a planned facing's box at which it is asked whether it is hidden."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """``facing_of`` (units,) is the facing that stands on a planned facing's place, whatever its product, and
    ``unit_of`` (facings,) the reverse; -1 for none. ``on`` (facings,) is for a package that stands on one of
    its kind the index of the lowest, else -1.

    For units without a facing: ``boxes`` (units, 4) where they should stand in photo pixels, ``room`` how
    much of it is free, ``gap`` the confidence that a gap is seen there (0: none), ``inside`` the share of it
    that is inside the photo (0 where its row is not in the photo), ``hidden`` the share of it that something
    is before. ``place_in`` (facings,) is where a facing's middle stands in inches along its planned row
    ``plan_row`` (-1: the row is not in the plan).
    """

    seen: Seen
    planned: Planned
    rows: dict[int, int]
    scales: dict[int, Scale]
    facing_of: IntArray
    unit_of: IntArray
    on: IntArray
    boxes: FloatArray
    room: FloatArray
    gap: FloatArray
    inside: FloatArray
    hidden: FloatArray
    place_in: FloatArray
    plan_row: IntArray

    @cached_property
    def blocks(self) -> IntArray:
        """(units,) number of the run of planned facings of one product, side by side, that a unit is in."""
        p = self.planned
        new = (np.diff(p.product) != 0) | (np.diff(p.row) != 0) | (np.diff(p.layer) != 0)
        blocks: IntArray = np.concatenate([np.zeros(min(len(p), 1)), np.cumsum(new)]).astype(np.intp)
        return blocks

    @cached_property
    def share_right(self) -> FloatArray:
        """(units,) probability that the facing on a unit's place is of its product; 0 without one."""
        if not len(self.seen):
            return np.zeros(len(self.planned))
        found = self.facing_of >= 0
        shares = self.seen.shares[np.maximum(self.facing_of, 0), self.planned.product]
        right: FloatArray = np.where(found, shares, 0.0)
        return right


def align(reading: Reading, plan: Planogram, catalog: Catalog) -> Alignment:
    """Rows matched first, then the facings of each pair of rows. Never raises for what a reading holds."""
    planned = planned_facings(plan, catalog)
    seen = seen_facings(reading, planned.products)
    rows = match_rows(seen, planned)
    for s, p in rows.items():
        if planned.layer[planned.row == p].any():
            seen = seen.raised(s)
    gaps = gaps_of(reading, seen)
    pairs = [(seen.of_row(s), planned.of_row(p)) for s, p in rows.items()]
    scales = dict(zip(rows, scales_of(seen, planned, pairs), strict=True))
    facing_of = np.full(len(planned), -1, np.intp)
    unit_of = np.full(len(seen), -1, np.intp)
    for s, p in rows.items():
        for facings, units in _layers(seen, planned, s, p):
            matched = _matched(seen, planned, facings, units, scales[s], gaps.of_row(s))
            facing_of[units[matched[:, 1]]] = facings[matched[:, 0]]
            unit_of[facings[matched[:, 0]]] = units[matched[:, 1]]
        scales[s] = _settled(seen, planned, facing_of, s, p, scales[s])
    on = _stacks(seen, planned, unit_of)
    boxes, place_in, plan_row = _places(seen, planned, rows, scales, facing_of, unit_of)
    room, gap = _emptiness(seen, planned, rows, boxes, gaps)
    return Alignment(seen, planned, rows, scales, facing_of, unit_of, on, boxes, room, gap,
                     _inside(reading, planned, rows, boxes), _hidden(reading, boxes), place_in, plan_row)


def sequence(score: FloatArray, insert: FloatArray, delete: FloatArray) -> IntArray:
    """The pairs (k, 2) of the best monotone alignment of n things with m, for the scores (n, m) of pairs and
    the costs of leaving out one of the first (n,) and one of the second (m,).

    Each row is one running maximum: leaving out second things adds up, so it is a difference of sums.
    """
    n, m = score.shape
    left_out = np.concatenate([[0.0], np.cumsum(delete)])
    total = np.empty((n + 1, m + 1))
    total[0] = -left_out
    for i in range(n):
        best = total[i] - insert[i]
        best[1:] = np.maximum(best[1:], total[i, :-1] + score[i])
        total[i + 1] = np.maximum.accumulate(best + left_out) - left_out
    pairs = []
    i, j = n, m
    while i and j:
        if total[i, j] <= total[i - 1, j - 1] + score[i - 1, j - 1] + 1e-9:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif total[i, j] <= total[i - 1, j] - insert[i - 1] + 1e-9:
            i -= 1
        else:
            j -= 1
    return np.array(pairs[::-1], np.intp).reshape(-1, 2)


def _matched(
    seen: Seen, planned: Planned, facings: IntArray, units: IntArray, scale: Scale, gaps: FloatArray
) -> IntArray:
    """Pairs of places in ``facings`` and ``units``. The second pass knows where the first one found them.
    A unit whose place is a gap (``gaps``: boxes) is easily left out."""
    if not len(facings) or not len(units):
        return np.zeros((0, 2), np.intp)
    placement = planned.plan.fixture.placement
    share = seen.shares[np.ix_(facings, planned.product[units])]
    ratio = np.log(seen.boxes[facings, 2][:, None] / (scale.px_per_in * planned.size_in[units]))
    content = share - _OTHER * (1 - share) - _WIDTH * np.minimum(np.abs(ratio) / 0.7, 1.0)
    insert = _INSERT * np.maximum(seen.confidence[facings], 0.2)
    pairs = np.zeros((0, 2), np.intp)
    center = scale.px(planned.center_in[units])
    for _ in range(2):
        width = scale.px_per_in * planned.size_in[units]
        empty = covered(np.column_stack([center - width / 2, center, width, width]), gaps).sum(axis=1)
        delete = np.where(empty >= 0.5, _DELETE_AT_GAP, _DELETE)
        off = np.abs(seen.center_px[facings][:, None] - center)
        off = off / (scale.px_per_in * planned.width_in[units])
        slide = np.clip(_SLIDE[placement] * (off - _STANDS_NEAR), 0.0, _FAR[placement])
        pairs = sequence(content - slide, insert, delete)
        i, j = pairs[share[pairs[:, 0], pairs[:, 1]] >= 0.5].T
        px, at_in = seen.center_px[facings[i]], planned.center_in[units[j]]
        scale = refined(scale, px, at_in)
        center = scale.px(planned.center_in[units])
        center += bent(at_in, px - scale.px(at_in), planned.center_in[units])
    return pairs


def _layers(seen: Seen, planned: Planned, s: int, p: int) -> list[tuple[IntArray, IntArray]]:
    """What of a row is aligned with what: the packages on the shelf with the planned ones on the shelf, and
    where the plan puts products on others, each layer with the level that is most like it."""
    units = planned.of_row(p)
    layers = [units[planned.layer[units] == k] for k in range(int(planned.layer[units].max(initial=0)) + 1)]
    if len(layers) == 1:
        return [(seen.of_row(s, 0), layers[0])]
    levels = seen.levels(s)
    likeness = np.array([
        [float(seen.shares[np.ix_(f, planned.product[u])].max(axis=1, initial=0.0).sum()) for u in layers]
        for f in levels
    ])
    found = []
    for _ in range(min(len(layers), len(levels))):
        level, layer = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
        found.append((levels[level], layers[layer]))
        likeness[level], likeness[:, layer] = -1.0, -1.0
    return found


def _settled(seen: Seen, planned: Planned, facing_of: IntArray, s: int, p: int, scale: Scale) -> Scale:
    units = planned.of_row(p)
    units = units[facing_of[units] >= 0]
    facings = facing_of[units]
    right = seen.shares[facings, planned.product[units]] >= 0.5
    return refined(scale, seen.center_px[facings[right]], planned.center_in[units[right]])


def _stacks(seen: Seen, planned: Planned, unit_of: IntArray) -> IntArray:
    """Packages on others that are no layer of the plan and of the same product, or of none that is known:
    a pile is one facing wide. One that could not be named is what the plan has there if that is on it."""
    upper = (seen.level > 0) & (unit_of < 0)
    below = np.where(seen.named < 0, _planned_at(planned, unit_of), seen.named)[seen.base]
    same = (seen.named == below) | (seen.named < 0) if len(seen) else upper
    on: IntArray = np.where(upper & same, seen.base, -1)
    return on


def _planned_at(planned: Planned, unit_of: IntArray) -> IntArray:
    """(facings,) the product that the plan has where a facing stands, -1 for none."""
    if not len(planned):
        return np.full(len(unit_of), -1, np.intp)
    here = np.array(planned.product_ids, np.intp)[np.maximum(unit_of, 0)]
    at: IntArray = np.where(unit_of >= 0, here, -1)
    return at


def _places(
    seen: Seen, planned: Planned, rows: dict[int, int], scales: dict[int, Scale], facing_of: IntArray,
    unit_of: IntArray,
) -> tuple[FloatArray, FloatArray, IntArray]:
    """(boxes of units, inches of facings, planned rows of facings). Between two that are matched a place lies
    where they say, beyond them where the scale does: packages slide together."""
    boxes = np.zeros((len(planned), 4))
    place_in = np.zeros(len(seen))
    plan_row = np.full(len(seen), -1, np.intp)
    for s, p in rows.items():
        scale, facings, units = scales[s], seen.of_row(s), planned.of_row(p)
        for layer in np.unique(planned.layer[units]):
            of_layer = units[planned.layer[units] == layer]
            matched = of_layer[facing_of[of_layer] >= 0]
            at_px = _between(planned.center_in[of_layer], planned.center_in[matched],
                             seen.center_px[facing_of[matched]], scale.px_per_in)
            center = scale.px(planned.center_in[of_layer]) if at_px is None else at_px
            boxes[of_layer] = _standing(seen, planned, of_layer, facing_of, center, s, scale)
        known = facings[unit_of[facings] >= 0]
        known = known[np.argsort(seen.center_px[known], kind="stable")]
        place = _between(seen.center_px[facings], seen.center_px[known],
                         planned.center_in[unit_of[known]], 1 / scale.px_per_in)
        place_in[facings] = scale.inches(seen.center_px[facings]) if place is None else place
        plan_row[facings] = p
    return boxes, place_in, plan_row


def _between(at: FloatArray, known: FloatArray, values: FloatArray, slope: float) -> FloatArray | None:
    """Values at places, straight between the known ones and with a slope beyond; None with none known."""
    if not len(known):
        return None
    inner = np.interp(at, known, values)
    found: FloatArray = inner + slope * (np.minimum(at - known[0], 0.0) + np.maximum(at - known[-1], 0.0))
    return found


def _standing(
    seen: Seen, planned: Planned, units: IntArray, facing_of: IntArray, center: FloatArray, s: int,
    scale: Scale,
) -> FloatArray:
    """Boxes (k, 4) of units of one layer whose middles are known: their facing's, else upright on the shelf
    or on what is below them, as high as their product."""
    layer = int(planned.layer[units[0]])
    same, below = seen.of_row(s, layer), seen.of_row(s, layer - 1) if layer else np.zeros(0, np.intp)
    width = planned.size_in[units] * scale.px_per_in
    height = planned.height_in[units] * scale.px_per_in
    usual = float(np.median(seen.boxes[same, 3])) if len(same) else float(np.median(width)) * 1.4
    height = np.where(np.isfinite(height), height, usual)
    if len(same):
        bottom = np.interp(center, seen.center_px[same], seen.bottom_px[same])
    elif len(below):
        bottom = np.interp(center, seen.center_px[below], seen.boxes[below, 1])
    else:
        edges = [edge_y(seen.reading, seen.labels[s], x) for x in center]
        level = seen.row_y[s] if np.isfinite(seen.row_y[s]) else seen.reading.height / 2
        bottom = np.array([level if y is None else y for y in edges])
    boxes = np.column_stack([center - width / 2, bottom - height, width, height])
    found = facing_of[units] >= 0
    boxes[found] = seen.boxes[facing_of[units[found]]]
    return boxes


def _emptiness(
    seen: Seen, planned: Planned, rows: dict[int, int], boxes: FloatArray, gaps: Gaps
) -> tuple[FloatArray, FloatArray]:
    """For each unit the share of its room that no facing of its layer takes, and the confidence of a gap."""
    room, gap = np.zeros(len(planned)), np.zeros(len(planned))
    for s, p in rows.items():
        units = planned.of_row(p)
        for layer in np.unique(planned.layer[units]):
            of_layer = units[planned.layer[units] == layer]
            facings = seen.of_row(s, int(layer))
            room[of_layer] = 1 - np.minimum(covered(boxes[of_layer], seen.boxes[facings]).sum(axis=1), 1.0)
        there = gaps.of_row(s)
        beside: BoolArray = (planned.layer[units] == 0)[:, None] | (covered(boxes[units], there, 1) >= _EMPTY)
        empty: BoolArray = (covered(boxes[units], there) >= _EMPTY) & beside
        gap[units] = (empty * gaps.confidence[gaps.row == s]).max(axis=1, initial=0.0)
    return room, gap


def covered(boxes: FloatArray, others: FloatArray, axis: int = 0) -> FloatArray:
    """(n, m): the share of each box's width (axis 1: height) that each other one covers."""
    start, size = boxes[:, axis][:, None], boxes[:, axis + 2][:, None]
    first = np.maximum(start, others[:, axis])
    last = np.minimum(start + size, others[:, axis] + others[:, axis + 2])
    share: FloatArray = np.maximum(last - first, 0.0) / np.maximum(size, 1e-9)
    return share


def _inside(reading: Reading, planned: Planned, rows: dict[int, int], boxes: FloatArray) -> FloatArray:
    """For each unit the share of its box that lies inside the photo."""
    x, y, w, h = boxes.T
    inside_x = np.clip(np.minimum(x + w, reading.width) - np.maximum(x, 0), 0, None) / np.maximum(w, 1e-9)
    inside_y = np.clip(np.minimum(y + h, reading.height) - np.maximum(y, 0), 0, None) / np.maximum(h, 1e-9)
    inside: FloatArray = np.where(np.isin(planned.row, list(rows.values())), inside_x * inside_y, 0.0)
    return inside


def _hidden(reading: Reading, boxes: FloatArray) -> FloatArray:
    """For each unit the share of its box that what is before the shelf covers, counted on a grid, as several
    things may cover the same part."""
    before = boxes_of(reading.hidden)
    if not len(before):
        return np.zeros(len(boxes))
    at = (np.arange(_GRID) + 0.5) / _GRID
    x, y = boxes[:, 0, None] + at * boxes[:, 2, None], boxes[:, 1, None] + at * boxes[:, 3, None]
    low, high = before[:, :2], before[:, :2] + before[:, 2:]
    across = (x[..., None] > low[:, 0]) & (x[..., None] < high[:, 0])
    down = (y[..., None] > low[:, 1]) & (y[..., None] < high[:, 1])
    covers = (across[:, :, None] & down[:, None]).any(axis=3)
    hidden: FloatArray = covers.mean(axis=(1, 2))
    return hidden
