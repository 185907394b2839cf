"""What rows and columns do to sales: the slot effects of the response, summed up for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.capabilities.valuation import CONFIDENCE_LEVEL
from core.site.site import Site
from core.site.zones import FloatArray, IntArray
from core.units import row_letter


@dataclass(frozen=True, slots=True)
class PlaceEffect:
    """Sales in a row or column against the average place, in percent, with the interval."""

    name: str
    percent: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class ZoneEffects:
    rows: tuple[PlaceEffect, ...]
    columns: tuple[PlaceEffect, ...]
    level: float
    learned_from: str


def zone_effects(site: Site, level: float = CONFIDENCE_LEVEL) -> ZoneEffects:
    """Geometric mean of the slot multipliers of each row and column, from the point and the draws."""
    response, zones = site.response, site.response.zones
    rows = _effects(zones.row, response.point.slot, response.draws.slot, level, row_letter)
    columns = _effects(zones.column, response.point.slot, response.draws.slot, level, lambda c: str(c + 1))
    return ZoneEffects(rows, columns, level, response.provenance.phrase)


def _effects(
    group: IntArray, point: FloatArray, draws: FloatArray, level: float, name: Callable[[int], str]
) -> tuple[PlaceEffect, ...]:
    numbers = np.unique(group)
    member = (group[None, :] == numbers[:, None]).astype(float)
    member /= member.sum(axis=1, keepdims=True)
    middle = _percent(point @ member.T)[0]
    lower, upper = np.quantile(_percent(draws @ member.T), ((1 - level) / 2, (1 + level) / 2), axis=0)
    return tuple(
        PlaceEffect(name(int(n)), float(m), min(float(a), float(m)), max(float(b), float(m)))
        for n, m, a, b in zip(numbers, middle, lower, upper, strict=True)
    )


def _percent(log_multiplier: FloatArray) -> FloatArray:
    result: FloatArray = 100.0 * np.expm1(log_multiplier)
    return result
