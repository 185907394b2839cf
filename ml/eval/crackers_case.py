"""The real case of the crackers shelf with its plan: what an audit of the photo is compared with."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path

from core.compliance.reading import Candidate, Facing, Gap, Reading
from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product
from core.planogram.space import display_cells
from ml.eval.crackers import Crackers, data_folder

TRUTH = Path(__file__).parents[2] / "tests" / "real" / "crackers_truth.json"
SIZE = (2586, 3161)
"""Pixels of the photo."""
_CELL_IN = 5.0
"""Only for showing positions on a grid: the shelf is judged in inches."""
_LYING = 100.0
"""Pixels above the lowest package of its row from which one does not stand on the shelf."""
_BRANDS = ("Triscuit", "Wheat Thins", "Ritz", "Nabisco Ritz", "Tate's Bake Shop", "Chicken In A Biskit")


class Case(Crackers):
    """The photo's folder; adds the plan, the catalog and what the eye sees as a reading."""

    @classmethod
    def here(cls) -> Case:
        """Where the real data lies (``WORKBENCH_REAL_DATA``)."""
        return cls(data_folder(), TRUTH)

    @cached_property
    def catalog(self) -> Catalog:
        """The thirteen products."""
        return {
            p.product_id: Product(
                p.product_id, p.name, "Cookies" if "Cookies" in p.name else "Crackers", _brand(p.name),
                width_in=p.width_in or 0.0, height_in=p.height_in or 0.0,
            )
            for p in self.gallery.products
        }

    @cached_property
    def plan(self) -> Planogram:
        """One row a shelf, from the top, and one position a package, as the file has it."""
        data = json.loads((self.folder / "planogram.json").read_text(encoding="utf-8"))
        shelves = sorted(data["Fixtures"], key=lambda f: f["Y"])
        rows = {f["Id"]: row for row, f in enumerate(shelves)}
        width, height = data["Width"], data["Height"]
        columns = (round(width / _CELL_IN),) * len(rows)
        fixture = Fixture(width, height, 18.0, columns, _CELL_IN, Placement.FREE)
        positions = []
        for p in data["Positions"]:
            row, wide = rows[p["FixtureId"]], self.catalog[int(p["ProductId"])].width_in
            column, cells = display_cells(fixture, row, p["X"], wide)
            positions.append(Position(int(p["ProductId"]), row, column, cells, p["X"], wide))
        return Planogram(fixture, tuple(positions), RuleSet.AS_FOUND)

    @cached_property
    def by_eye(self) -> Reading:
        """What a person saw, as a reading in which all is certain; no candidate: not in the catalog."""
        facings = tuple(
            Facing(box, 1.0, row, candidates=() if product is None else (Candidate(product, 1.0),))
            for box, row, product in self.seen
        )
        told = json.loads(self.truth.read_text(encoding="utf-8"))["gaps"]
        gaps = tuple(Gap(box, g["row"]) for box, g in zip(self.gaps, told, strict=True))
        shelves = []
        for row in range(1 + max(f.row for f in facings)):
            feet = [(f.box[0] + f.box[2] / 2, f.box[1] + f.box[3]) for f in facings if f.row == row]
            floor = max(y for _, y in feet)
            shelves.append(tuple(sorted(foot for foot in feet if foot[1] > floor - _LYING)))
        return Reading(*SIZE, facings, gaps, tuple(shelves), methods=("by eye",))


def _brand(name: str) -> str:
    found = next((brand for brand in _BRANDS if name.startswith(brand)), "")
    return found.removeprefix("Nabisco ")
