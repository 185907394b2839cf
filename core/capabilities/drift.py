"""Whether errors have begun to lean one way: a scan over all stretches of weeks, with few false alarms.

A stream is the weekly standardized error of one place, one category or the fleet. Its statistic is the
largest standardized sum over any stretch of two to ``LONGEST`` weeks (the CUSUM's range, Page 1954; Siegmund
1985). What it reaches without drift is found by simulating streams of the same length, spread and memory;
among many streams the false discovery rate is held (Benjamini and Hochberg 1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.forecast.panel import BoolArray, FloatArray, IntArray

SHORTEST, LONGEST = 2, 8
LEAST_WEEKS = 6
DRAWS = 20_000
FALSE_DISCOVERIES = 0.05
PSI_NOTABLE, PSI_GRAVE = 0.1, 0.25
"""Customary limits of the population stability index."""


@dataclass(frozen=True, eq=False)
class Scan:
    """For K streams: the stretch ``first`` to ``after`` (not included) of weeks that leans most, its mean
    standardized error ``lean`` (positive: more came than was expected), the chance ``p`` of as much without
    drift, and which are ``found`` at the false discovery rate asked for; all (K,)."""

    first: IntArray
    after: IntArray
    lean: FloatArray
    p: FloatArray
    found: BoolArray


def scan(errors: FloatArray, rate: float = FALSE_DISCOVERIES, seed: int = 11) -> Scan:
    """Scan standardized errors (K, W), NaN where a week is not known. The spread and the memory from week to
    week are taken from all streams together, robustly, so that a few that drift hide nothing."""
    known = np.isfinite(errors)
    count, weeks = errors.shape
    if weeks < LEAST_WEEKS or not known.any():
        nothing = np.zeros(count, np.int64)
        return Scan(nothing, nothing, np.zeros(count), np.ones(count), np.zeros(count, bool))
    spread = 1.4826 * float(np.median(np.abs(errors[known] - np.median(errors[known])))) or 1.0
    clipped = np.clip(errors / spread, -2.5, 2.5)
    memory = _memory(clipped) if count >= 5 else 0.0
    statistic, first, after = _largest(np.nan_to_num(errors) / spread, known)
    rng = np.random.default_rng(seed)
    null = _streams(rng, DRAWS, weeks, memory)
    if count < 5:  # too few to know their spread well: let the null know its own as badly
        middle = np.median(null, axis=1, keepdims=True)
        null = null / (1.4826 * np.median(np.abs(null - middle), axis=1, keepdims=True))
    reached, _, _ = _largest(null, np.ones_like(null, bool))
    beyond = DRAWS - np.searchsorted(np.sort(reached), statistic, side="left")
    p = (1.0 + beyond) / (1.0 + DRAWS)
    lean = np.array([
        np.nanmean(row[a:b]) if np.isfinite(row[a:b]).any() else 0.0
        for row, a, b in zip(errors, first, after, strict=True)
    ])
    return Scan(first, after, lean, p, discoveries(p, rate))


def discoveries(p: FloatArray, rate: float) -> BoolArray:
    """Which hypotheses to reject so that at most ``rate`` of those rejected are expected to be true, (K,)."""
    order = np.argsort(p)
    within = p[order] <= rate * np.arange(1, len(p) + 1) / max(len(p), 1)
    last = int(np.flatnonzero(within)[-1]) + 1 if within.any() else 0
    found = np.zeros(len(p), bool)
    found[order[:last]] = True
    return found


def stability(before: FloatArray, now: FloatArray) -> float:
    """Population stability index between two histograms of shares, same shape: 0 where they are equal."""
    a, b = np.maximum(before, 1e-4), np.maximum(now, 1e-4)
    return float(((b - a) * np.log(b / a)).sum())


def normal_scores(pit: FloatArray) -> FloatArray:
    """The standardized error of a probability integral transform: standard normal where it is uniform."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(pit, 1e-4, 1 - 1e-4)), np.float64)


def _memory(errors: FloatArray) -> float:
    """Correlation of one week's errors with the next's within a stream, 0–0.8."""
    before, after = errors[:, :-1], errors[:, 1:]
    both = np.isfinite(before) & np.isfinite(after)
    if both.sum() < 20:
        return 0.0
    a, b = before[both], after[both]
    found = float((a * b).mean() / max(float((a**2).mean() * (b**2).mean()) ** 0.5, 1e-9))
    return min(max(found, 0.0), 0.8)


def _streams(rng: np.random.Generator, count: int, weeks: int, memory: float) -> FloatArray:
    """Stationary first-order autoregressions of unit variance, (count, weeks)."""
    noise = rng.standard_normal((count, weeks))
    for week in range(1, weeks):
        noise[:, week] = memory * noise[:, week - 1] + np.sqrt(1 - memory**2) * noise[:, week]
    return noise


def _largest(errors: FloatArray, known: BoolArray) -> tuple[FloatArray, IntArray, IntArray]:
    """The largest |sum| / √length over all stretches, and where it is; each (K,)."""
    count, weeks = errors.shape
    total = np.concatenate([np.zeros((count, 1)), np.cumsum(np.where(known, errors, 0.0), axis=1)], axis=1)
    number = np.concatenate([np.zeros((count, 1)), np.cumsum(known, axis=1)], axis=1)
    best, first, after = np.zeros(count), np.zeros(count, np.int64), np.zeros(count, np.int64)
    for length in range(SHORTEST, min(LONGEST, weeks) + 1):
        n = number[:, length:] - number[:, :-length]
        size = np.abs(total[:, length:] - total[:, :-length]) / np.sqrt(np.maximum(n, 1.0))
        size = np.where(n >= SHORTEST, size, 0.0)
        at = size.argmax(axis=1)
        value = size[np.arange(count), at]
        better = value > best
        best = np.where(better, value, best)
        first = np.where(better, at, first)
        after = np.where(better, at + length, after)
    return best, first, after
