"""A photo of a shelf that nobody has to go to: drawn from its plan, with departures that are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from core.planogram.planogram import Planogram
from core.planogram.product import Catalog

DRAWN = "drawn sample photo"
"""Among the methods of a reading whose photo was drawn."""


@dataclass(frozen=True, slots=True)
class Departed:
    """How a drawn shelf departs from its plan. ``kind``: "missing", "replaced", "swapped" or
    "fewer_facings"; row and column of the position, from 0; ``actual`` is None where nothing stands."""

    kind: str
    row: int
    column: int
    expected: int
    actual: int | None


@dataclass(frozen=True, slots=True)
class Sample:
    """``photo``: JPEG."""

    photo: bytes
    departures: tuple[Departed, ...]


class Studio(Protocol):
    """What draws products and photographs drawn shelves; the same for the same arguments."""

    def packshot(self, catalog: Catalog, product_id: int) -> bytes:
        """A clean picture of a product, PNG, that says in its text chunk "Source" that it is drawn."""

    def photograph(
        self, plan: Planogram, catalog: Catalog, packshots: Mapping[int, bytes], seed: int
    ) -> Sample:
        """The plan's shelf with a few departures. ``catalog``: what may stand there, each with a packshot."""


def words(sample: Sample, plan: Planogram, catalog: Catalog) -> str:
    """What was drawn into a sample, in one sentence."""
    if not sample.departures:
        return "The sample is drawn as planned."
    return f"Drawn into the sample: {'; '.join(_words(d, plan, catalog) for d in sample.departures)}."


def _words(departed: Departed, plan: Planogram, catalog: Catalog) -> str:
    expected = catalog[departed.expected].name
    actual = "" if departed.actual is None else catalog[departed.actual].name
    at = next((p for p in plan.positions if (p.row, p.column) == (departed.row, departed.column)), None)
    slot = plan.fixture.label(departed.row, departed.column) or (at.slot if at is not None else "")
    return {
        "missing": f"{expected} taken out at {slot}",
        "fewer_facings": f"one facing of {expected} taken out at {slot}",
        "replaced": f"{actual} put in place of {expected} at {slot}",
    }.get(departed.kind, f"{expected} at {slot} swapped with {actual}")
