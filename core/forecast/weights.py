"""How far each method is trusted: weights by class that would have served the origins before best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.forecast.panel import FloatArray, IntArray, sums

CLASS_RATES = (0.15, 1.0)
"""Units a day that part slow, middling and fast series."""
CLASSES = ("slow", "middling", "fast")
EQUAL_SHARE = 1.0
"""Weight of equal weights, as a share of what the origins say: combinations that are nearly equal are hard to
beat (Claeskens, Magnus, Vasnev and Wang 2016)."""


def class_of(rate: FloatArray, step_days: int) -> IntArray:
    """Class (S,) by units a full step."""
    return np.digitize(rate / step_days, CLASS_RATES).astype(np.int64)


@dataclass(frozen=True, eq=False)
class View:
    """Groups over one window of one origin: ``group`` (S,) codes, ``forecasts`` (S, M) and ``actual`` (S,)
    of the window."""

    name: str
    group: IntArray
    forecasts: FloatArray
    actual: FloatArray


@dataclass(frozen=True, eq=False)
class Normal:
    """Normal equations of one origin, added up over its views."""

    matrix: FloatArray
    right: FloatArray


def normal_of(views: Sequence[View], classes: IntArray) -> Normal:
    """Least squares of each view's totals on what each class's methods say, on the scale of absolute
    errors, every kind of view counting the same."""
    count, width = len(CLASSES), views[0].forecasts.shape[1]
    normal, right = np.zeros((count * width,) * 2), np.zeros(count * width)
    for name in dict.fromkeys(v.name for v in views):
        both = [_rows(v, classes, count) for v in views if v.name == name]
        x, y = (np.concatenate(parts) for parts in zip(*both, strict=True))
        usual = x.sum(axis=1) / width
        scale = (1.5 * usual + 0.05 * usual**2 + 0.05) ** -0.25
        x, y = x * scale[:, None], y * scale
        total = (y**2).sum() + (x**2).sum() / width + 1e-9
        normal += x.T @ x / total
        right += x.T @ y / total
    return Normal(normal, right)


def fit_weights(normals: Sequence[Normal], count: int) -> FloatArray:
    """(C, M), not negative, each row adding up to 1, drawn to equal weights."""
    from scipy.optimize import nnls

    normal = np.sum([n.matrix for n in normals], axis=0)
    right = np.sum([n.right for n in normals], axis=0)
    width = len(right) // count
    shrink = EQUAL_SHARE * np.trace(normal) / len(right) / width
    normal = normal + np.eye(len(right)) * (shrink + 1e-9 * np.trace(normal) + 1e-12)
    one = np.kron(np.eye(count), np.ones((1, width)))
    firm = 1e3 * np.trace(normal) + 1e-9
    normal = normal + firm * one.T @ one
    factor = np.linalg.cholesky(normal)
    solution, _ = nnls(factor.T, np.linalg.solve(factor, right + shrink / width + firm))
    weights = solution.reshape(count, width)
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9))


def _rows(view: View, classes: IntArray, count: int) -> tuple[FloatArray, FloatArray]:
    size, width = int(view.group.max(initial=0)) + 1, view.forecasts.shape[1]
    key = view.group * count + classes
    table = np.stack([sums(key, column, size * count) for column in view.forecasts.T], axis=1)
    actual = sums(view.group, view.actual, size)
    rows = table.reshape(size, count * width)
    used = rows.any(axis=1)
    return rows[used], actual[used]
