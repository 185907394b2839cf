"""How far each method is trusted: weights by class that would have served the origins before best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.forecast.panel import FloatArray, IntArray, sums

CLASS_RATES = (0.15, 1.0)
"""Units a day that part slow, middling and fast series."""
CLASSES = ("slow", "middling", "fast")
EQUAL_SHARE = 0.08
"""Weight of equal weights, as a share of what the origins say."""


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


def fit_weights(views: Sequence[View], classes: Sequence[IntArray]) -> FloatArray:
    """(C, M), not negative, each row adding up to 1: least squares on absolute scale, every kind of view
    counting the same, drawn to equal weights."""
    from scipy.optimize import nnls

    count, width = len(CLASSES), views[0].forecasts.shape[1]
    normal, right = np.zeros((count * width,) * 2), np.zeros(count * width)
    names = [v.name for v in views]
    for name in dict.fromkeys(names):
        both = [_rows(v, c, count) for v, c in zip(views, classes, strict=True) if v.name == name]
        rows, target = zip(*both, strict=True)
        x, y = np.concatenate(rows), np.concatenate(target)
        usual = x.sum(axis=1) / width
        scale = 1.0 / np.sqrt(np.sqrt(1.5 * usual + 0.05 * usual**2 + 0.05))
        x, y = x * scale[:, None], y * scale
        total = (y**2).sum() + 1e-9
        normal += x.T @ x / total
        right += x.T @ y / total
    shrink = EQUAL_SHARE * np.trace(normal) / len(right) / width
    normal += np.eye(len(right)) * shrink
    right += shrink / width
    one = np.kron(np.eye(count), np.ones((1, width))) * np.sqrt(np.trace(normal) * 1e3)
    normal += one.T @ one
    right += one.T @ np.full(count, one.max())
    factor = np.linalg.cholesky(normal + np.eye(len(right)) * 1e-9 * np.trace(normal))
    solution, _ = nnls(factor.T, np.linalg.solve(factor, right))
    weights = solution.reshape(count, width)
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9))


def _rows(view: View, classes: IntArray, count: int) -> tuple[FloatArray, FloatArray]:
    size, width = int(view.group.max(initial=0)) + 1, view.forecasts.shape[1]
    key = view.group * count + classes
    table = np.zeros((size * count, width))
    np.add.at(table, key, view.forecasts)
    actual = sums(view.group, view.actual, size)
    rows = table.reshape(size, count * width)
    used = rows.any(axis=1)
    return rows[used], actual[used]
