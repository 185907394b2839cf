"""Land, state and county outlines for maps without tiles: read from ``outlines.npz``, cut to a view.

The shapes are in the public domain; ``outlines_make`` says where they come from and makes the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SCALE = 91.0
COUNTIES_BELOW_DEG = 6.0


@dataclass(frozen=True, slots=True)
class View:
    """A stretch of the earth in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def span(self) -> float:
        return max(self.east - self.west, self.north - self.south)

    def wider(self, by: float) -> View:
        return View(self.west - by, self.south - by, self.east + by, self.north + by)


def land(view: View) -> list[list[list[float]]]:
    """Rings of US states and other countries that reach into the view."""
    return _near("state", view) + _near("country", view)


def counties(view: View) -> list[list[list[float]]]:
    """County borders as lines, only for views near enough to want them."""
    return _near("county", view) if view.span < COUNTIES_BELOW_DEG else []


@cache
def _lines(kind: str) -> tuple[tuple[NDArray[np.float64], ...], NDArray[np.float64]]:
    """All lines of a kind and their boxes (n, 4): west, south, east, north."""
    with np.load(Path(__file__).with_name("outlines.npz"), allow_pickle=False) as file:
        points = file[f"{kind}_points"] / SCALE
        ends = file[f"{kind}_ends"]
    starts = np.concatenate([[0], ends[:-1]])
    low = np.minimum.reduceat(points, starts)
    high = np.maximum.reduceat(points, starts)
    return tuple(np.split(points, ends[:-1])), np.concatenate([low, high], axis=1)


def _near(kind: str, view: View) -> list[list[list[float]]]:
    lines, boxes = _lines(kind)
    west, south, east, north = boxes.T
    hit = (west <= view.east) & (east >= view.west) & (south <= view.north) & (north >= view.south)
    return [lines[i].round(3).tolist() for i in np.flatnonzero(hit)]
