"""Where along a photo's row an inch of the plan lies.

Along one row pixels are nearly ``px_per_in * inches + offset_px``. Both are found by voting (Hough): every
pair of a seen facing and a planned facing that it may be proposes offsets, package widths propose the scale,
and the proposal with which most facings fall into place wins. A row that says little (one product all along,
or nothing known) borrows from its neighbors, because shelves of one fixture stand below one another.
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
_LIKELY = 0.15
_OFF_SCALE, _OFF_PLACE = 0.15, 0.3
"""What a facing loses for a scale a tenth off the packages' widths, and for one facing off its neighbors."""


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
    """Proposals (h,) of a row: scale, offset, and votes; ``prior`` is the scale that widths tell."""

    scales: FloatArray
    offsets: FloatArray
    votes: FloatArray
    prior: float
    facings: int
    pitch_in: float
    middle_in: float

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
    general = _scale_of_widths(seen, planned)
    rows = [_proposals(seen, planned, f, u, general) for f, u in pairs]
    middle, scale = _neighbors(rows, seen, planned)
    result = []
    for i, row in enumerate(rows):
        borrowed = Scale(scale[i], middle[i] - scale[i] * row.middle_in)
        if not len(row.votes):
            result.append(borrowed)
            continue
        off = np.abs(row.middle_px - middle[i]) / (row.pitch_in * scale[i])
        result.append(row.best(row.votes - _OFF_PLACE * row.facings * np.minimum(off, 3.0)))
    return result


def _scale_of_widths(seen: Seen, planned: Planned) -> float:
    """Pixels an inch by the widths of the packages that are known, else by the room that they all take."""
    sizes = dict(zip(planned.product_ids, planned.size_in, strict=True))
    known = np.array([sizes.get(int(p), np.nan) for p in seen.named])
    ratios = (seen.boxes[:, 2] / known)[np.isfinite(known)]
    if len(ratios):
        return float(np.median(ratios))
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
    if not len(i):
        none = np.zeros(0)
        return _Row(none, none, none, general, len(facings), pitch, middle)
    likely = shares[i, j]
    sure = likely >= 0.5
    own = seen.boxes[facings[i[sure]], 2] / planned.size_in[units[j[sure]]]
    prior = float(np.median(own)) if len(np.unique(i[sure])) >= 3 else general
    prior = float(np.clip(prior, 0.6 * general, 1.7 * general))
    px = seen.center_px[facings]
    scales, offsets = _peaks(prior * _SCALES, px[i], at_in[j], likely, pitch)
    off = np.abs(px[None, :, None] - scales[:, None, None] * at_in - offsets[:, None, None])
    off /= _TOLERANCE * scales[:, None, None] * wide_in
    near = shares * np.maximum(1 - off * off, 0.0)
    votes = (near.max(axis=2).sum(axis=1) + near.max(axis=1).sum(axis=1)) / 2
    wrong = np.minimum((np.log(scales / prior) / 0.1) ** 2, 6.0)
    return _Row(scales, offsets, votes - _OFF_SCALE * likely.max() * min(len(facings), len(units)) * wrong,
                prior, len(facings), pitch, middle)


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


def _neighbors(rows: Sequence[_Row], seen: Seen, planned: Planned) -> tuple[FloatArray, FloatArray]:
    """What the sure rows say of each row: (pixels at its middle, pixels an inch), (rows,) each."""
    known = [(i, row.best(row.votes), row.sureness) for i, row in enumerate(rows) if len(row.votes)]
    middles_in = np.array([row.middle_in for row in rows])
    if not known:
        one = _scale_of_widths(seen, planned)
        middle = seen.reading.width / 2
        if len(seen):
            middle = float((seen.boxes[:, 0].min() + seen.right_px.max()) / 2)
        offset = middle - one * planned.plan.fixture.width_in / 2
        return offset + one * middles_in, np.full(len(rows), one)
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
