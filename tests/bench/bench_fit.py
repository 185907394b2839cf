"""Fit of one machine-year and of a fleet of 40 machines, on worlds of the demo's simulator.

Reference of the same run: the least-squares solution of a dense system of like size, with nothing of what
makes it an estimate (no shrinkage, no censoring, no intervals).
"""

from __future__ import annotations

import time

import numpy as np

from core.site.estimate import fit_fleet
from core.store.demo.world import World, simulate
from tests.bench.report import Figure, print_figures, quickest

SEED, DAYS, MACHINES, RUNS = 4711, 365, 40, 3


def seconds(world: World, sites: int) -> float:
    """Of the fit and one site's draws, as a page needs them."""
    started = time.perf_counter()
    fit = fit_fleet(world.histories[:sites], world.catalog)
    fit.response(world.histories[0].site_id)
    return time.perf_counter() - started


def dense_ms(rows: int, columns: int) -> float:
    rng = np.random.default_rng(0)
    matrix, wanted = rng.normal(size=(rows, columns)), rng.normal(size=rows)
    return quickest(lambda: np.linalg.lstsq(matrix, wanted, rcond=None), 3)


def main() -> list[Figure]:
    world = simulate(SEED, days=DAYS, machines=MACHINES, stores=0)
    slots = world.histories[0].fixture.cell_count
    seconds(world, 1)  # loads the libraries
    one = min(seconds(world, 1) for _ in range(RUNS))
    fleet = seconds(world, len(world.histories))
    reference = f"dense least squares, 52 weeks × {slots} slots by 100 unknowns, {dense_ms(52 * slots, 100):.0f} ms"
    return [
        Figure(f"fit of one machine, {DAYS} days", "s", 1.0, one, reference=reference),
        Figure(f"fit of {len(world.histories)} machines, {DAYS} days", "s", 30.0, fleet,
               reference=f"{len(world.histories)} × one machine alone {one * len(world.histories):.1f} s"),
    ]


if __name__ == "__main__":
    print_figures(main())
