"""Words along an unrolled front, so that a shelf that is not straight can be told apart from one that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.planogram.fixture import Fixture, Shape
from core.planogram.geometry import front


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place along the front: the end of a side, a corner, an angle."""

    along_in: float
    text: str
    kind: str
    """``corner``: a line through all shelves; ``tick``: a small one; ``name``: of the stretch around it."""


_TICKS: dict[Shape, Sequence[tuple[float, str]]] = {
    Shape.HALF_CIRCLE: ((0.0, "left"), (0.25, "45°"), (0.5, "front"), (0.75, "45°"), (1.0, "right")),
    Shape.CIRCLE: (
        (0.0, "back"), (0.125, "135°"), (0.25, "left"), (0.375, "45°"), (0.5, "front"),
        (0.625, "45°"), (0.75, "right"), (0.875, "135°"), (1.0, "back"),
    ),
    Shape.END_CAP: ((0.0, "left aisle"), (0.5, "front"), (1.0, "right aisle")),
}


def marks(fixture: Fixture) -> tuple[Mark, ...]:
    """What an unrolled front needs to be told apart from a straight one, left to right."""
    edge = front(fixture)
    if edge.corner_in is not None:
        corner, end = edge.corner_in, edge.length_in
        return (
            Mark(corner / 2, "left leg", "name"),
            Mark(corner, "corner", "corner"),
            Mark((corner + end) / 2, "right leg", "name"),
        )
    return tuple(Mark(edge.length_in * at, text, "tick") for at, text in _TICKS.get(fixture.shape, ()))
