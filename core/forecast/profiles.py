"""Multipliers of a full step that many series share: weekday, season, holidays and what is known ahead."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.forecast.panel import FloatArray, Panel, codes

WEEKDAY_UNITS = 200.0
"""Units sold that weigh as much as the weekdays of all venues."""


def factors_of(panel: Panel, horizon: int) -> Mapping[str, FloatArray]:
    """Factor → multipliers (1 or S, T + H); a factor that never acts is left out."""
    if panel.step_days != 1:
        return {}
    return {"weekday": weekday_factor(panel, horizon)}


def weekday_factor(panel: Panel, horizon: int) -> FloatArray:
    """Weekday multipliers (S, T + H), mean 1 over a week: by venue, shrunk to all venues, and those to 1."""
    venue, size = codes(panel.venue)
    day = (np.arange(panel.steps + horizon) + panel.start.weekday()) % 7
    dummy = np.eye(7, dtype=np.float32)[day]
    sold, stood = np.zeros((size, 7)), np.zeros((size, 7))
    np.add.at(sold, venue, panel.units @ dummy[: panel.steps])
    usual = panel.units.sum(axis=1) / np.maximum(panel.exposure.sum(axis=1), 1e-9)
    np.add.at(stood, venue, (panel.exposure @ dummy[: panel.steps]) * usual[:, None])
    overall = (sold.sum(axis=0) + WEEKDAY_UNITS / 7) / (stood.sum(axis=0) + WEEKDAY_UNITS / 7)
    shape = (sold + WEEKDAY_UNITS / 7 * overall) / (stood + WEEKDAY_UNITS / 7)
    shape /= shape.mean(axis=1, keepdims=True)
    return np.asarray(shape[:, day][venue], np.float32)
