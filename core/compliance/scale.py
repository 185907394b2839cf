"""Where along a photo's row an inch of the plan lies.

Along one row pixels are nearly ``px_per_in * inches + offset_px``. Both are found by voting (Hough): every
pair of a seen facing and a planned facing that it may be proposes offsets, the distances of neighbors the
scale, and the proposal with which most facings fall into place wins. A row that says little (one product all
along, or nothing known) borrows from its neighbors, because shelves of one fixture stand below one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.compliance.planned import FloatArray, IntArray, Planned
from core.compliance.seen import Seen

_SCALES = np.geomspace(0.72, 1.4, 23)
_OFFSETS = 3
"""Best offsets of each scale that are looked at."""
_TOLERANCE = 0.6
"""Of a facing's width: so far from its place it counts no longer."""
_BIN = 0.25
_AROUND = np.array([-0.5, -0.25, 0.0, 0.25, 0.5])
"""Of a facing's width: what is tried around the place that the rows around tell."""
_LIKELY = 0.15
_ENOUGH = 5
"""Pairs of neighbors that tell a scale."""
_CLOSE = 35.0
"""Percentile of their distances: between some of them a package is missing."""
_OFF_PRIOR, _OFF_SCALE, _OFF_PLACE = 0.07, 0.3, 0.3
"""What a facing loses for a scale a tenth off what packages say, for one a tenth off the rows around, and for
standing one facing off them."""
_MOST_OFF = 6.0
_BENT_FROM, _ROUNDS = 8, 5
"""Pairs that tell how a row is bent, and rounds of its fit."""
_FAR_BEYOND = 0.25
"""Of what they span: so far beyond them the bend is followed."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Pixels = ``px_per_in`` × inches + ``offset_px``; ``support`` is how many facings fall into place."""

    px_per_in: float
    offset_px: float
    support: float = 0.0

    def px(self, inches: FloatArray) -> FloatArray:
        return self.px_per_in * inches + self.offset_px

    def inches(self, px: FloatArray) -> FloatArray:
        return (px - self.offset_px) / self.px_per_in


@dataclass(frozen=True, eq=False)
class _Row:
    """Facings of a row at ``px`` (n,), units at ``at_in`` (m,), which of them may be which (n, m), and
    proposals (h,): scale, offset, and votes."""

    px: FloatArray
    at_in: FloatArray
    wide_in: FloatArray
    shares: FloatArray
    usual: float
    scales: FloatArray
    offsets: FloatArray
    votes: FloatArray
    pitch_in: float
    middle_in: float

    def also(self, scales: FloatArray, offsets: FloatArray) -> _Row:
        """With more proposals."""
        facing, unit = np.nonzero(self.shares)
        off = self.px[facing] - scales[:, None] * self.at_in[unit] - offsets[:, None]
        off /= _TOLERANCE * scales[:, None] * self.wide_in[unit]
        near = self.shares[facing, unit] * np.maximum(1 - off * off, 0.0)
        votes = (_sum_of_best(near, facing) + _sum_of_best(near, unit)) / 2
        most = self.shares.max(initial=0.0) * min(self.shares.shape)
        votes -= _OFF_PRIOR * most * _squared_off(scales, self.usual)
        return replace(
            self, scales=np.concatenate([self.scales, scales]),
            offsets=np.concatenate([self.offsets, offsets]), votes=np.concatenate([self.votes, votes]),
        )

    def best(self, votes: FloatArray) -> Scale:
        at = int(np.argmax(votes))
        return Scale(float(self.scales[at]), float(self.offsets[at]), float(self.votes[at]))

    @property
    def middle_px(self) -> FloatArray:
        return self.scales * self.middle_in + self.offsets

    @property
    def sureness(self) -> float:
        """How many votes the best proposal is ahead of the best that puts facings elsewhere."""
        if not len(self.votes):
            return 0.0
        at = int(np.argmax(self.votes))
        other = np.abs(self.middle_px - self.middle_px[at]) > 0.5 * self.pitch_in * self.scales[at]
        return float(self.votes[at] - self.votes[other].max(initial=0.0))


def scales_of(
    seen: Seen, planned: Planned, pairs: Sequence[tuple[IntArray, IntArray]]
) -> list[Scale]:
    """The scale of each row, for pairs of (seen facings, planned units) of the same row, top to bottom."""
    if not pairs:
        return []
    general = _usual_scale(seen, planned, pairs)
    rows = [_proposals(seen, planned, f, u, general) for f, u in pairs]
    middle, scale = _neighbors(rows, seen, planned, general)
    result = []
    for i, row in enumerate(rows):
        borrowed = Scale(scale[i], middle[i] - scale[i] * row.middle_in)
        if not len(row.votes):
            result.append(borrowed)
            continue
        around = borrowed.offset_px + row.pitch_in * scale[i] * _AROUND
        wider = row.also(np.full(len(around), scale[i]), around)
        off = np.abs(wider.middle_px - middle[i]) / (row.pitch_in * scale[i])
        lost = _OFF_PLACE * np.minimum(off, 3.0) + _OFF_SCALE * _squared_off(wider.scales, scale[i])
        result.append(wider.best(wider.votes - len(row.px) * lost))
    return result


def _sum_of_best(near: FloatArray, of: IntArray) -> FloatArray:
    """(h,) the sum over what pairs are ``of`` (k,) of the largest of their (h, k) values."""
    order = np.argsort(of, kind="stable")
    starts = np.flatnonzero(np.diff(of[order], prepend=-1))
    best: FloatArray = np.maximum.reduceat(near[:, order], starts, axis=1).sum(axis=1)
    return best


def _squared_off(scales: FloatArray, usual: float) -> FloatArray:
    """Squared distance of scales in tenths, bounded: what is far off is no further off."""
    off: FloatArray = np.minimum((np.log(scales / usual) / 0.1) ** 2, _MOST_OFF)
    return off


def _usual_scale(seen: Seen, planned: Planned, pairs: Sequence[tuple[IntArray, IntArray]]) -> float:
    """Pixels an inch by the distances of neighbors that are known, which unlike the widths of boxes do not
    grow where a photo is turned; else by those widths."""
    sizes = dict(zip(planned.product_ids, planned.size_in, strict=True))
    ratios = []
    for facings, units in pairs:
        rooms = {planned.product_ids[u]: planned.width_in[u] for u in units}
        on_shelf = facings[seen.level[facings] == 0]
        takes = np.array([rooms.get(int(p), np.nan) for p in seen.named[on_shelf]])
        ratios.append(np.diff(seen.center_px[on_shelf]) / ((takes[1:] + takes[:-1]) / 2))
    apart = np.concatenate(ratios) if ratios else np.zeros(0)
    apart = apart[np.isfinite(apart) & (apart > 0)]
    if len(apart) >= _ENOUGH:
        return float(np.percentile(apart, _CLOSE))
    known = np.array([sizes.get(int(p), np.nan) for p in seen.named])
    widths = (seen.boxes[:, 2] / known)[np.isfinite(known)]
    if len(widths):
        return float(np.median(widths))
    if len(seen) and len(planned):
        return float(np.median(seen.boxes[:, 2]) / np.median(planned.size_in))
    return max(1.0, seen.reading.width / planned.plan.fixture.width_in)


def _proposals(seen: Seen, planned: Planned, facings: IntArray, units: IntArray, general: float) -> _Row:
    """Scales around that of the row's own packages, each with the offsets that most pairs propose."""
    at_in, wide_in = planned.center_in[units], planned.width_in[units]
    pitch = float(np.median(wide_in)) if len(units) else 1.0
    middle = float((at_in.min() + at_in.max()) / 2) if len(units) else planned.plan.fixture.width_in / 2
    shares = seen.shares[np.ix_(facings, planned.product[units])] if len(units) else np.zeros((0, 0))
    i, j = np.nonzero(shares > _LIKELY)
    px, none = seen.center_px[facings], np.zeros(0)
    row = _Row(px, at_in, wide_in, shares, general, none, none, none, pitch, middle)
    if not len(i):
        return row
    return row.also(*_peaks(general * _SCALES, px[i], at_in[j], shares[i, j], pitch))


def _peaks(
    scales: FloatArray, px: FloatArray, at_in: FloatArray, weight: FloatArray, pitch_in: float
) -> tuple[FloatArray, FloatArray]:
    """For each scale the offsets on which most pairs agree: (scales, offsets), (h,) each."""
    proposed = px - scales[:, None] * at_in
    step = _BIN * pitch_in * scales
    low = proposed.min(axis=1)
    bins = np.minimum(((proposed - low[:, None]) / step[:, None]).astype(np.intp) + 1, 4000)
    count = int(bins.max()) + 2
    flat = bins + count * np.arange(len(scales))[:, None]
    shape, size = (len(scales), count), count * len(scales)
    mass = np.bincount(flat.ravel(), np.tile(weight, len(scales)), size).reshape(shape)
    sums = np.bincount(flat.ravel(), (proposed * weight).ravel(), size).reshape(shape)
    votes = mass.copy()
    votes[:, 1:-1] = mass[:, 1:-1] + (mass[:, :-2] + mass[:, 2:]) / 2
    top = np.argsort(-votes, axis=1, kind="stable")[:, :_OFFSETS]
    # The mean of what voted for a bin is nearer than the middle of the bin.
    middle = low[:, None] + (np.arange(count) - 0.5) * step[:, None]
    mean = np.where(mass > 0, sums / np.maximum(mass, 1e-12), middle)
    offsets = np.take_along_axis(mean, top, axis=1)
    return np.repeat(scales, top.shape[1]), offsets.ravel()


def _neighbors(
    rows: Sequence[_Row], seen: Seen, planned: Planned, general: float
) -> tuple[FloatArray, FloatArray]:
    """What the sure rows say of each row: (pixels at its middle, pixels an inch), (rows,) each."""
    known = [(i, row.best(row.votes), row.sureness) for i, row in enumerate(rows) if len(row.votes)]
    middles_in = np.array([row.middle_in for row in rows])
    if not known:
        middle = seen.reading.width / 2
        if len(seen):
            middle = float((seen.boxes[:, 0].min() + seen.right_px.max()) / 2)
        offset = middle - general * planned.plan.fixture.width_in / 2
        return offset + general * middles_in, np.full(len(rows), general)
    at = np.array([i for i, _, _ in known], float)
    weight = np.array([max(sure, 1e-3) for _, _, sure in known])
    scales = np.array([s.px_per_in for _, s, _ in known])
    scale = np.clip(_line(at, scales, weight, len(rows)), scales.min(), scales.max())
    center_in = planned.plan.fixture.width_in / 2
    centers = np.array([s.px_per_in * center_in + s.offset_px for _, s, _ in known])
    center = _line(at, centers, weight, len(rows))
    return center + scale * (middles_in - center_in), scale


def _line(at: FloatArray, values: FloatArray, weight: FloatArray, count: int) -> FloatArray:
    """A line through most of the values (Theil and Sen, weighted) at 0 … count - 1; with fewer than three
    of them, or where their weight is on one, their weighted median."""
    i, j = np.triu_indices(len(at), 1)
    slope = 0.0
    if len(at) >= 3:
        slope = _median((values[j] - values[i]) / (at[j] - at[i]), np.minimum(weight[i], weight[j]))
    level = _median(values - slope * at, weight)
    fitted: FloatArray = level + slope * np.arange(count, dtype=np.float64)
    return fitted


def _median(values: FloatArray, weight: FloatArray) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def refined(scale: Scale, px: FloatArray, at_in: FloatArray) -> Scale:
    """The same by what has been matched: the median line through (n,) pairs, from four pairs on."""
    if len(px) < 4 or np.ptp(at_in) <= 0:
        return scale
    i, j = np.triu_indices(len(px), 1)
    apart = at_in[j] - at_in[i]
    far = apart > 0.25 * np.ptp(at_in)
    slope = float(np.median((px[j] - px[i])[far] / apart[far]))
    if not 0.6 * scale.px_per_in < slope < 1.6 * scale.px_per_in:
        return scale
    return replace(scale, px_per_in=slope, offset_px=float(np.median(px - slope * at_in)))


def bent(at_in: FloatArray, off_px: FloatArray, asked_in: FloatArray) -> FloatArray:
    """How far (m,) places lie from where a row's line has them: a photo taken from the side shows its near
    end larger. A parabola through the (n,) distances of what has been matched, by reweighted least squares
    (Cauchy), so that what has been matched wrongly hardly counts; 0 with few pairs."""
    if len(at_in) < _BENT_FROM or np.ptp(at_in) <= 0:
        return np.zeros(len(asked_in))
    low, span = at_in.min(), np.ptp(at_in)
    terms = np.vander((at_in - low) / span, 3)
    weight = np.ones(len(at_in))
    for _ in range(_ROUNDS):
        root = np.sqrt(weight)
        fitted = np.linalg.lstsq(terms * root[:, None], off_px * root, rcond=None)[0]
        miss = off_px - terms @ fitted
        usual = max(float(np.median(np.abs(miss))), 1.0)
        weight = 1 / (1 + (miss / (2 * usual)) ** 2)
    asked = np.clip((asked_in - low) / span, -_FAR_BEYOND, 1 + _FAR_BEYOND)
    off: FloatArray = np.vander(asked, 3) @ fitted
    return off
