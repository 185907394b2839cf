"""A rendered picture and what is truly to be seen in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box

Image8 = NDArray[np.uint8]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shown:
    """A package that stands at the front. ``box``: of its front, cut at the picture's edge, pixels;
    ``quad``: its uncut corners top left, top right, bottom right, bottom left; ``visible``: share of its
    front that nothing hides and the picture contains; ``row`` from the top, ``column`` the cell (with a
    planogram) or the place in the row; row −1: outside of the fixture."""

    box: Box
    quad: tuple[Point, Point, Point, Point]
    product_id: int
    kind: str
    row: int
    column: int
    visible: float


@dataclass(frozen=True, slots=True)
class ShownGap:
    """Room where a facing is missing: its box in pixels, which product was to stand there if known, and how
    much of the room nothing hides."""

    box: Box
    row: int
    column: int
    product_id: int | None = None
    visible: float = 1.0


@dataclass(frozen=True, slots=True)
class Departure:
    """How the shelf departs from its plan. ``type``: "missing", "replaced", "swapped", "fewer_facings" or
    "unknown"; ``actual`` is None where nothing stands."""

    type: str
    row: int
    column: int
    expected: int | None
    actual: int | None


@dataclass(frozen=True, eq=False)
class Rendered:
    """``image``: (height, width, 3) RGB. ``shelves``: each row's edge from left to right, pixels.
    ``outline``: the fixture's corners, top left first, clockwise, pixels."""

    image: Image8
    packages: tuple[Shown, ...]
    gaps: tuple[ShownGap, ...] = ()
    shelves: tuple[tuple[Point, ...], ...] = ()
    departures: tuple[Departure, ...] = ()
    alterations: tuple[str, ...] = ()
    outline: tuple[Point, ...] = ()
