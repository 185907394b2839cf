"""A planogram on paper as a draft: its products looked up, its shelves laid out, what is unsure marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.capabilities.draft.files import paper_of, place_file
from core.capabilities.draft.fixtures import fixture_of
from core.capabilities.draft.match import CHECK, SURE, Band, Choice, Recognized, recognize
from core.capabilities.draft.place import Hole, NotPlaced, Placed, place
from core.paper import Paper
from core.planogram.files import PlanFile
from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog

__all__ = [
    "CHECK", "SURE", "Band", "Choice", "Draft", "Hole", "NotPlaced", "Recognized", "draft", "fixture_of",
    "paper_of", "recognize",
]


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that nobody has confirmed yet. ``picks``: the product of each cell that has one, by the cell's
    number; ``of``: the cells that each position is from; ``holes``: where something stands that is not
    known."""

    paper: Paper
    found: tuple[Recognized, ...]
    picks: Mapping[int, int]
    plan: Planogram
    not_placed: tuple[NotPlaced, ...]
    of: tuple[tuple[int, ...], ...]
    holes: tuple[Hole, ...] = ()

    def cells(self, band: Band) -> tuple[int, ...]:
        """Numbers of the cells that were recognized so."""
        return tuple(i for i, r in enumerate(self.found) if r.band is band)


def draft(
    paper: Paper, found: tuple[Recognized, ...], catalog: Catalog, *, fixture: Fixture | None = None,
    answers: Mapping[int, int | None] | None = None, upside_down: bool = False, file: PlanFile | None = None,
) -> Draft:
    """A paper's plan on a fixture, by default the one that it speaks of.

    ``answers``: what a person said a cell is, by its number; None to leave its place empty. ``file``: the
    planogram file that the paper is, which has its own fixture and places. Raises BadInput for a fixture that
    cannot be.
    """
    picks = {i: r.product_id for i, r in enumerate(found)} | dict(answers or {})
    chosen = {i: p for i, p in picks.items() if p is not None and p in catalog}
    made: Placed
    if file is not None and fixture is None:
        made = place_file(file, chosen, catalog)
    else:
        own = fixture or fixture_of(paper, _zone(chosen.values(), catalog))
        made = place([r.cell for r in found], chosen, own, catalog, upside_down)
    return Draft(paper, found, chosen, made.plan, made.not_placed, made.of, made.holes)


def _zone(product_ids: Iterable[int], catalog: Catalog) -> TemperatureZone:
    """The temperature that most of the products need."""
    needed = Counter(catalog[i].temperature or TemperatureZone.AMBIENT for i in product_ids)
    return needed.most_common(1)[0][0] if needed else TemperatureZone.AMBIENT
