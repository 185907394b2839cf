"""How good forecasts were: scores of what was expected against what came true, as plain arrays.

WAPE and bias are shares of the units sold. MASE is the mean error over the mean change from one span to the
next before the forecast (Hyndman and Koehler 2006), as a ratio of sums, so that a product that hardly sells
cannot outweigh the rest. Coverage is judged by the randomized probability integral transform (Czado, Gneiting
and Held 2009), for an interval of counts cannot hold exactly nine in ten. The pinball loss is the mean over
``PINBALL_LEVELS``, as a share of the units sold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.forecast.counts import Counts
from core.forecast.panel import BoolArray, FloatArray, IntArray

LEVELS = (0.5, 0.8, 0.9, 0.95)
"""Intervals whose coverage is told."""
CURVE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
PINBALL_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
PIT_BINS = 10
PINBALL_ROWS = 3_000
"""Of more rows than this, evenly spread ones stand for all: quantiles of counts take time."""


@dataclass(frozen=True, eq=False)
class Judged:
    """n forecasts and what came true, all (n,). ``expected`` and ``variance`` of the units that could be
    sold, ``actual`` what was, ``naive`` the same span before (NaN: not known), ``scale`` the mean change
    between such spans (NaN: not known), ``pit`` in 0–1, ``cluster`` numbers what errs together (a site)."""

    expected: FloatArray
    variance: FloatArray
    actual: FloatArray
    naive: FloatArray
    scale: FloatArray
    pit: FloatArray
    cluster: IntArray

    def __post_init__(self) -> None:
        shapes = {getattr(self, name).shape for name in self.__dataclass_fields__}
        if len(shapes) != 1 or len(next(iter(shapes))) != 1:
            raise BadInput("Forecasts and actuals must have one value each.", "Give arrays of one length.")

    def __len__(self) -> int:
        return len(self.expected)

    def of(self, rows: BoolArray | IntArray) -> Judged:
        """Some of the rows."""
        return replace(self, **{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})


def judged(
    expected: FloatArray, variance: FloatArray, actual: FloatArray, *, naive: FloatArray | None = None,
    scale: FloatArray | None = None, cluster: IntArray | None = None, draw: FloatArray | None = None,
) -> Judged:
    """Put forecasts and actuals, all (n,), together. ``draw``: uniform numbers for the randomized transform;
    give each row its own fixed one, so that a filter does not change its verdict."""
    n = len(expected)
    none = np.full(n, np.nan)
    uniform = np.random.default_rng(1).random(n) if draw is None else draw
    sold = np.asarray(actual, np.float64)
    return Judged(
        np.asarray(expected, np.float64), np.asarray(variance, np.float64), sold,
        none if naive is None else np.asarray(naive, np.float64),
        none if scale is None else np.asarray(scale, np.float64),
        np.asarray(Counts(np.asarray(expected), np.asarray(variance)).pit(sold, uniform), np.float64),
        np.arange(n) if cluster is None else np.asarray(cluster, np.int64),
    )


@dataclass(frozen=True, slots=True)
class Scores:
    """What a set of judged forecasts is worth; shares of the units sold unless said otherwise.

    ``floor``: the WAPE that counting noise alone would leave a perfect forecast · ``naive``: that of the
    weeks before, on the rows that have one · ``skill``: share of the naive error that is saved ·
    ``bias``: more expected than sold is positive · ``coverage``: nominal → share held, ``spread`` its
    standard error with what errs together taken together.
    """

    rows: int
    units: float
    expected: float
    wape: float
    floor: float
    naive: float | None
    skill: float | None
    mase: float | None
    bias: float
    pinball: float
    coverage: Mapping[float, float]
    spread: Mapping[float, float]


def score(rows: Judged) -> Scores | None:
    """The scores, None where nothing can be judged (no rows, or nothing sold at all)."""
    sold = float(rows.actual.sum())
    if not len(rows) or sold <= 0:
        return None
    error = np.abs(rows.expected - rows.actual)
    both = np.isfinite(rows.naive)
    naive_error = float(np.abs(rows.naive - rows.actual)[both].sum())
    skill = 1.0 - float(error[both].sum()) / naive_error if naive_error > 0 else None
    sold_both = float(rows.actual[both].sum())
    scaled = np.isfinite(rows.scale)
    scale = float(rows.scale[scaled].sum())
    held = {level: coverage(rows, level) for level in LEVELS}
    return Scores(
        rows=len(rows), units=sold, expected=float(rows.expected.sum()), wape=float(error.sum()) / sold,
        floor=float(counting_error(rows.expected).sum()) / sold,
        naive=naive_error / sold_both if sold_both > 0 else None, skill=skill,
        mase=float(error[scaled].sum()) / scale if scale > 0 else None,
        bias=float(rows.expected.sum()) / sold - 1.0, pinball=pinball(rows),
        coverage={level: share for level, (share, _) in held.items()},
        spread={level: spread for level, (_, spread) in held.items()},
    )


def counting_error(mean: FloatArray) -> FloatArray:
    """E|N − m| of a Poisson count of mean m, same shape: the error that no forecast can avoid (Crow 1958)."""
    from scipy.special import gammaln

    m = np.maximum(np.asarray(mean, np.float64), 1e-12)
    k = np.floor(m)
    return np.asarray(2.0 * np.exp(-m + (k + 1.0) * np.log(m) - gammaln(k + 1.0)), np.float64)


def coverage(rows: Judged, level: float) -> tuple[float, float]:
    """Share of the actuals inside the central interval of ``level``, and its standard error by clusters."""
    inside = (np.abs(rows.pit - 0.5) <= level / 2.0).astype(np.float64)
    return _share(inside, rows.cluster)


def calibration(rows: Judged, levels: Sequence[float] = CURVE) -> tuple[FloatArray, FloatArray]:
    """Share held and its standard error at each nominal level, both (levels,)."""
    found = np.array([coverage(rows, level) for level in levels])
    return found[:, 0], found[:, 1]


def pit_histogram(pit: FloatArray, bins: int = PIT_BINS) -> FloatArray:
    """Share of the transforms in each of ``bins`` equal parts, (bins,): flat where the forecast is honest,
    a valley where intervals are too narrow, a hill where they are too wide, a slope where it is biased."""
    if not len(pit):
        return np.zeros(bins)
    count = np.bincount(np.minimum((pit * bins).astype(np.int64), bins - 1), minlength=bins)
    return np.asarray(count / len(pit), np.float64)


def pinball(rows: Judged, levels: Sequence[float] = PINBALL_LEVELS) -> float:
    """Mean quantile loss over ``levels``, twice it as a share of the units sold, so that a point forecast's
    would be its WAPE."""
    step = -(-len(rows) // PINBALL_ROWS)
    rows = rows.of(np.arange(0, len(rows), max(step, 1)))
    counts = Counts(rows.expected, rows.variance)
    loss = 0.0
    for level in levels:
        miss = rows.actual - counts.quantile(level)
        loss += float(np.maximum(level * miss, (level - 1.0) * miss).sum())
    sold = float(rows.actual.sum())
    return 2.0 * loss / len(levels) / sold if sold > 0 else float("nan")


def by_group(rows: Judged, group: NDArray[np.int64]) -> dict[int, Scores]:
    """Scores of each group, by its number; groups in which nothing sold are left out."""
    order = np.argsort(group, kind="stable")
    numbers, starts = np.unique(group[order], return_index=True)
    parts = np.split(order, starts[1:])
    found = {int(n): score(rows.of(part)) for n, part in zip(numbers, parts, strict=False)}
    return {number: scores for number, scores in found.items() if scores is not None}


def _share(inside: FloatArray, cluster: IntArray) -> tuple[float, float]:
    """A mean and its standard error by clusters (the linearized ratio)."""
    if not len(inside):
        return float("nan"), float("nan")
    share = float(inside.mean())
    _, code = np.unique(cluster, return_inverse=True)
    total = np.bincount(code, inside - share)
    groups = len(total)
    if groups < 2:
        return share, float("nan")
    return share, float(np.sqrt((total**2).sum() * groups / (groups - 1)) / len(inside))
