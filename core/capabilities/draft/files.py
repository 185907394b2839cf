"""A planogram file as a draft: what it says of places is kept to the last digit; only products are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.capabilities.draft.place import NotPlaced, Placed
from core.paper import Cell, Paper
from core.planogram.files import PlanFile
from core.planogram.files.match import match
from core.planogram.parse import position_from_payload
from core.planogram.product import Catalog, Product


def paper_of(file: PlanFile) -> Paper:
    """What a file says, a cell a position, in the order of the file."""
    cells = []
    for number, position in enumerate(file.positions):
        product = file.products[position.product].product
        # Any product stands where the file says; this one is only asked for the place.
        there = position_from_payload({**position.item, "product_id": 0}, file.fixture, {0: _STANDING})
        cells.append(Cell(product.name, there.row, number, product.upc, there.slot, there.facings,
                          there.facings_high, there.price))
    return Paper(file.name, tuple(cells), file.fixture.rows, methods=("the file's own columns",),
                 notes=(*file.notes, *(f"Line {p.line}: {p.error}" for p in file.problems)))


_STANDING = Product(0, "", "")


def place_file(file: PlanFile, picks: Mapping[int, int], catalog: Catalog) -> Placed:
    """The file's plan with the products of ``picks``, by number of its position."""
    kept = [i for i in range(len(file.positions)) if i in picks]
    # Each position with a product of its own, as a person may tell two of one name apart.
    own = replace(
        file, products=tuple(file.products[file.positions[i].product] for i in kept),
        positions=tuple(replace(file.positions[i], product=n, line=i) for n, i in enumerate(kept)),
        problems=(),
    )
    matched = match(own, catalog, {n: picks[i] for n, i in enumerate(kept)})
    left = tuple(NotPlaced(p.line, p.error) for p in matched.problems)
    gone = {n.cell for n in left}
    paper = paper_of(own)
    at = {(c.slot, picks[kept[n]]): kept[n] for n, c in enumerate(paper.cells) if kept[n] not in gone}
    named = [at.get((p.slot, p.product_id)) for p in matched.plan.positions]
    of = tuple(() if cell is None else (cell,) for cell in named)
    return Placed(matched.plan, left, of)
