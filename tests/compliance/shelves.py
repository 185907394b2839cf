"""Simulated shelves for the tests of compliance: plans, what stands there, and what a reader makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.compliance.findings import Audit
from core.compliance.reading import Box, Candidate, Facing, Gap, Reading
from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product

PX_PER_IN, LEFT_PX, TOP_PX = 20.0, 40.0, 60.0


@dataclass(frozen=True)
class Stands:
    """A facing's room on a shelf and what stands in it: a product's id, None for nothing, 0 for a package
    that no catalog knows."""

    row: int
    left_in: float
    product_id: int | None
    planned: int | None
    position: int = -1


def catalog_of(widths: Sequence[float], heights: Sequence[float] | None = None) -> Catalog:
    """Products 1 … n of these widths in inches."""
    tall = heights or [7.0] * len(widths)
    return {
        i: Product(i, f"Product {i}", f"category {i % 3}", f"brand {i % 4}", width_in=w, height_in=h)
        for i, (w, h) in enumerate(zip(widths, tall, strict=True), start=1)
    }


def free_plan(rows: Sequence[Sequence[tuple[int, int]]], catalog: Catalog, gap_in: float = 0.1) -> Planogram:
    """A shelf in inches: each row a list of (product, facings) side by side."""
    positions = []
    for r, row in enumerate(rows):
        x = 0.5
        for product_id, facings in row:
            wide = catalog[product_id].width_in + gap_in
            positions.append(Position(product_id, r, 0, 1, x, wide * facings, facings))
            x += wide * facings
    width = max((p.right_in for p in positions), default=40.0) + 0.5
    fixture = Fixture(width, 12.0 * len(rows), 18.0, (10,) * len(rows), width / 10, Placement.FREE)
    return Planogram(fixture, tuple(positions))


def machine_plan(rows: Sequence[Sequence[int | None]]) -> Planogram:
    """A machine: each tray a list of products, None for an empty slot."""
    fixture = Fixture.machine(tuple(len(row) for row in rows), pitch_in=3.0)
    positions = [
        Position(p, r, c, 1, c * 3.0, 3.0) for r, row in enumerate(rows) for c, p in enumerate(row) if p
    ]
    return Planogram(fixture, tuple(positions), RuleSet.AS_FOUND)


def stands_of(plan: Planogram) -> list[Stands]:
    """A shelf on which all stands as planned, facing by facing."""
    fixture = plan.fixture
    rooms = []
    for i, p in enumerate(plan.positions):
        pitch = fixture.width_in / fixture.row_columns[p.row]
        start = p.column * pitch if fixture.placement is Placement.SLOTS else p.x_in
        width = p.cells * pitch if fixture.placement is Placement.SLOTS else p.width_in
        rooms += [
            Stands(p.row, start + k * width / p.facings, p.product_id, p.product_id, i)
            for k in range(p.facings)
        ]
    return rooms


def read(
    plan: Planogram, stands: Sequence[Stands], catalog: Catalog, rng: np.random.Generator | None = None,
    noise_px: float = 0.0, missed: Sequence[int] = (), sureness: float = 0.95,
) -> Reading:
    """What a reader tells of a shelf seen squarely. Rooms of ``missed`` (by index) are not detected."""
    noise = rng or np.random.default_rng(0)
    height = plan.fixture.shelf_height_in
    facings, gaps = [], []
    for i, s in enumerate(stands):
        product = catalog.get(s.product_id or s.planned or 0, Product(0, "", "", width_in=4.0, height_in=7.0))
        room = catalog[s.planned] if s.planned in catalog else product
        x = LEFT_PX + (s.left_in + 0.05) * PX_PER_IN
        bottom = TOP_PX + (s.row + 1) * height * PX_PER_IN
        wide, high = product.width_in * PX_PER_IN, product.height_in * PX_PER_IN
        dx, dy, dw, dh = noise.normal(0, noise_px, 4) if noise_px else (0.0, 0.0, 0.0, 0.0)
        box = (x + dx, bottom - high + dy, max(wide + dw, 5.0), max(high + dh, 5.0))
        if s.product_id is None:
            gaps.append(Gap((x, bottom - high, room.width_in * PX_PER_IN, high), s.row, 0.9))
        elif i not in missed:
            names = () if s.product_id == 0 else (Candidate(s.product_id, sureness),)
            facings.append(Facing(box, 0.95, s.row, candidates=names))
    shelves = tuple(
        ((0.0, y), (LEFT_PX * 2 + plan.fixture.width_in * PX_PER_IN, y))
        for y in (TOP_PX + (r + 1) * height * PX_PER_IN for r in range(plan.fixture.rows))
    )
    width = int(LEFT_PX * 2 + plan.fixture.width_in * PX_PER_IN)
    tall = int(TOP_PX * 2 + plan.fixture.height_in * PX_PER_IN)
    return Reading(width, tall, tuple(facings), tuple(gaps), shelves)


def moved(reading: Reading, turn: Callable[[Box], Box], width: int, height: int) -> Reading:
    """The same photo taken another way: every box through ``turn``."""
    facings = tuple(replace(f, box=turn(f.box)) for f in reading.facings)
    gaps = tuple(replace(g, box=turn(g.box)) for g in reading.gaps)
    edges = tuple(
        tuple((box[0], box[1]) for x, y in edge for box in [turn((x, y, 1.0, 1.0))]) for edge in reading.shelves
    )
    return replace(reading, facings=facings, gaps=gaps, shelves=edges, width=width, height=height)


def told(found: Audit, stands: Sequence[Stands], missed: Sequence[int] = ()) -> set[int]:
    """The rooms (by index) that the facts of an audit are about."""
    seen = [i for i, s in enumerate(stands) if s.product_id is not None and i not in missed]
    return {
        room for v in found.violations
        for room in ([seen[f] for f in v.facings] if v.facings else v.units)
    }


def with_room(stands: Sequence[Stands], at: int, product_id: int | None) -> list[Stands]:
    """The same shelf with another product (None: nothing, 0: an unknown package) in one room."""
    return [replace(s, product_id=product_id) if i == at else s for i, s in enumerate(stands)]
