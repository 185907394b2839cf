"""Poisson regression of many series at once, each effect shrunk from the fleet down to the series.

The effect of a feature on a series is a sum over levels (all, venue, category, site, product, series), each
drawn from a normal distribution whose variance is estimated (empirical Bayes; Gelman and Hill 2007, ch. 12),
found by going through the levels in turn: a step of Fisher scoring for what the levels above leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.forecast.panel import FloatArray, IntArray, codes

FIRST_SPREAD = 0.3
"""Standard deviation of effects between the groups of a level, before any is seen."""
TOP_SPREAD = 2.0
PASSES = 2
LONGEST_EFFECT = 4.0
"""Logarithm; larger effects of one step of Fisher scoring are cut."""
OUTLIER = 3.0
"""Standard deviations beyond which an error counts no more than that (Huber 1964)."""
CHUNK = 2_000


@dataclass(frozen=True, eq=False)
class Data:
    """``units``, ``expected`` (C, T) without the effects · ``features`` (P, 1 or C, T) · ``noise``,
    ``excess``: variance of a count of mean m = noise · m + excess · m²."""

    units: FloatArray
    expected: FloatArray
    features: FloatArray
    noise: float
    excess: float


@dataclass(eq=False)
class Effects:
    """Effects found so far: by level ``parts`` (G, P) and variances ``spread`` (P,); a search that goes on
    from where it stopped."""

    levels: Sequence[tuple[IntArray, int]]
    parts: list[FloatArray]
    spread: list[FloatArray]

    @staticmethod
    def none(labels: Sequence[IntArray], width: int) -> Effects:
        """``labels``: (C,) a level, from the coarsest to the finest."""
        levels = [codes(label) for label in labels]
        wide = [np.full(width, TOP_SPREAD if size == 1 else FIRST_SPREAD) ** 2 for _, size in levels]
        return Effects(levels, [np.zeros((size, width)) for _, size in levels], wide)

    def of_rows(self) -> FloatArray:
        """(C, P) logarithms a unit of each feature."""
        both = zip(self.parts, self.levels, strict=True)
        return np.asarray(np.sum([part[code] for part, (code, _) in both], axis=0))


def fit(data: Data, effects: Effects, passes: int = PASSES) -> FloatArray:
    """Effects (C, P) of each row of ``data``, after some passes more. A level's information counts by how
    far the errors of its rows go together, or a promotion in forty stores would count as forty."""
    width = len(data.features)
    effect = effects.of_rows()
    if not width or not data.units.any():
        return effect
    for _ in range(passes):
        information, score, rest = scores(data, effect)
        for k, (code, size) in enumerate(effects.levels):
            together = (grouped(rest, code, size) ** 2).sum() / max(float((rest**2).sum()), 1e-9)
            a, b = (grouped(x, code, size) / max(float(together), 1.0) for x in (information, score))
            inverse = np.linalg.inv(a + np.eye(width) / effects.spread[k])
            new = np.einsum("gpq,gq->gp", inverse, b + np.einsum("gpq,gq->gp", a, effects.parts[k]))
            new = np.clip(new, -LONGEST_EFFECT, LONGEST_EFFECT)
            change = (new - effects.parts[k])[code]
            effects.parts[k], effect = new, effect + change
            score = score - np.einsum("cpq,cq->cp", information, change)
            if size > 1:
                variance = np.diagonal(inverse, axis1=1, axis2=2)
                effects.spread[k] = np.clip((new**2 + variance).mean(axis=0), 1e-6, TOP_SPREAD**2)
    return effect


def scores(data: Data, effect: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Information (C, P, P) and score (C, P) of each row, and its standardized errors (C, T)."""
    rows, width = effect.shape
    information, score = np.empty((rows, width, width)), np.empty((rows, width))
    errors = np.empty(data.units.shape, np.float32)
    shared = data.features.shape[1] == 1
    outer = None
    if shared:
        x = data.features[:, 0]
        outer = (x[:, None] * x[None]).reshape(width * width, -1).T
    for first in range(0, rows, CHUNK):
        part = slice(first, first + CHUNK)
        x = data.features[:, 0] if shared else data.features[:, part]
        log = effect[part].astype(np.float32) @ x if shared else np.einsum("cp,pct->ct", effect[part], x)
        mean = data.expected[part] * np.exp(np.clip(log, -5, 5))
        scale = data.noise + data.excess * mean
        reach = OUTLIER * np.sqrt(scale * mean)
        weight, rest = mean / scale, np.clip(data.units[part] - mean, -reach, reach) / scale
        errors[part] = rest * np.sqrt(scale / np.maximum(mean, 1e-9))
        if outer is not None:
            information[part] = (weight @ outer).reshape(-1, width, width)
            score[part] = rest @ x.T
        else:
            xt = np.ascontiguousarray(x.transpose(1, 0, 2))
            information[part] = (xt * weight[:, None]) @ xt.transpose(0, 2, 1)
            score[part] = np.einsum("cpt,ct->cp", xt, rest)
    return information, score, errors


def grouped(values: FloatArray, code: IntArray, size: int) -> FloatArray:
    """Σ of rows by code, (size, …)."""
    if size == 1:
        return np.asarray(values.sum(axis=0, keepdims=True))
    order = np.argsort(code, kind="stable")
    starts = np.searchsorted(code[order], np.arange(size))
    return np.asarray(np.add.reduceat(values[order], starts, axis=0))
