"""The open shelf space model of Oliveira and Tollander de Balsch (2020), and its small instance.

``model`` writes every variable and constraint of the printed formulation, for plain HiGHS, and to check a plan
against; ``problem`` poses the same to the optimizer. The objective is a loss, to be minimized.

One index of the printed order constraint is taken as a misprint: there block b begins b's own width right of
where b' begins, so that nothing may stand beside a block wider than half a shelf. Here it is the width of b',
as in the constraint's twin, so that b begins where b' ends.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd

from core.optimize.highs import Program
from core.optimize.problem import Items, Options, Problem, Strips
from core.optimize.solution import Solution

FOLDER = Path(os.environ.get("WORKBENCH_REAL_DATA", Path(__file__).parents[3] / "shared" / "data")) / "shelf_space"
EMPTY, SHORTAGE, LEVEL = 0.5, 10.0, 0.1
"""The model's default weights w1, w2, w3."""


@dataclass(frozen=True, eq=False)
class Instance:
    """Products (P,), shelves (S,): W, H, D(emand), G(ain), M (weight), L(evel) as the model's letters; ``units``
    (P, S) per facing and replenishment period of 30 days."""

    width: np.ndarray
    height: np.ndarray
    weight: np.ndarray
    demand: np.ndarray
    profit: np.ndarray
    priority: np.ndarray
    least: np.ndarray
    most: np.ndarray
    block: np.ndarray
    units: np.ndarray
    shelf_width: np.ndarray
    shelf_height: np.ndarray
    shelf_carries: np.ndarray
    level: np.ndarray

    @property
    def fits(self) -> np.ndarray:
        """(P, S)"""
        return (self.height[:, None] <= self.shelf_height) & (self.weight[:, None] <= self.shelf_carries)

    @property
    def worst(self) -> float:
        """The loss of an empty wall."""
        return float(EMPTY * self.shelf_width.sum() + SHORTAGE * self.profit @ self.demand)


def small() -> Instance:
    """118 products, 7 shelves, 7 blocks."""
    p = pd.read_csv(FOLDER / "small_products.csv")
    s = pd.read_csv(FOLDER / "small_shelves.csv")
    per_period = 30.0 / p.replenishment_interval.to_numpy()
    return Instance(
        width=p.width.to_numpy(), height=p.height.to_numpy(), weight=p.weight.to_numpy(),
        demand=p.monthly_demand.to_numpy(), profit=p.unit_margin.clip(lower=0.0).to_numpy(),
        priority=p.up_down_order_criteria.to_numpy(), least=p.min_facing.to_numpy(), most=p.max_facing.to_numpy(),
        block=pd.factorize(p.blocking_field)[0],
        units=s.total_length.to_numpy() / p.depth.to_numpy()[:, None] * per_period[:, None],
        shelf_width=s.total_width.to_numpy(dtype=float), shelf_height=s.total_height.to_numpy(),
        shelf_carries=s.product_max_unit_weight.to_numpy(), level=s.level.to_numpy(),
    )


def problem(case: Instance, *, blocks: bool) -> Problem:
    """The instance as the optimizer takes it; its objective is ``case.worst`` less the loss."""
    product, shelf = np.nonzero(case.fits)
    value = EMPTY * case.width[product] - LEVEL * case.priority[product] * case.level[shelf]
    return Problem(
        Strips.of(case.shelf_width),
        Items.of(
            len(case.width), min_facings=np.maximum(case.least, 1), max_facings=case.most,
            max_places=len(case.shelf_width), block=case.block if blocks else -1,
            gain_width=case.demand[:, None], gain_slope=SHORTAGE * case.profit[:, None],
        ),
        Options.of(product, shelf, case.width[product], value, amount=case.units[product, shelf],
                   most=case.most[product]),
    )


@dataclass(frozen=True, eq=False)
class Model:
    """The printed model as a program that maximizes the loss's negative; columns by the model's names."""

    program: Program
    columns: dict[str, np.ndarray]


def model(case: Instance, *, blocks: bool) -> Model:
    """Every variable and constraint as printed."""
    products, shelves, count = len(case.width), len(case.shelf_width), int(case.block.max()) + 1
    q = Program()
    c = {
        "n": q.add_columns(products * shelves, -LEVEL * np.outer(case.priority, case.level).ravel(),
                           upper=np.where(case.fits, np.inf, 0.0).ravel(), integer=True).reshape(products, shelves),
        "y": q.add_columns(products, upper=1.0, integer=True),
        "s": q.add_columns(products), "e": q.add_columns(products, -SHORTAGE * case.profit),
        "o": q.add_columns(shelves, -EMPTY),
    }
    p, s = (axis.ravel() for axis in np.indices((products, shelves)))
    n, each = c["n"].ravel(), np.arange(products)
    q.add_rows(products, 0.0, np.inf, (p, n, 1.0), (each, c["y"], -1.0))
    q.add_rows(products, 0.0, np.inf, (p, n, 1.0), (each, c["y"], -case.least))
    q.add_rows(products, -np.inf, 0.0, (p, n, 1.0), (each, c["y"], -case.most))
    q.add_rows(products, -np.inf, 0.0, (each, c["s"], 1.0), (p, n, -case.units.ravel()))
    q.add_rows(products, -np.inf, case.demand, (each, c["s"], 1.0))
    q.add_rows(products, case.demand, case.demand, (each, c["s"], 1.0), (each, c["e"], 1.0))
    q.add_rows(shelves, case.shelf_width, case.shelf_width, (s, n, case.width[p]), (np.arange(shelves), c["o"], 1.0))
    if blocks:
        _add_blocks(q, c, case, count)
    return Model(q, c)


def _add_blocks(q: Program, c: dict[str, np.ndarray], case: Instance, count: int) -> None:
    products, shelves = c["n"].shape
    for name in ("b", "z", "f", "l", "x"):
        whole = name in "zfl"
        c[name] = q.add_columns(count * shelves, upper=1.0 if whole else np.inf, integer=whole).reshape(count, shelves)
    c["m"], c["xm"] = q.add_columns(count), q.add_columns(count)
    c["w"] = q.add_columns(count * count, upper=1.0, integer=True).reshape(count, count)
    c["v"] = q.add_columns(count, upper=1.0, integer=True)
    p = np.arange(products)
    each = np.arange(count)
    for s in range(shelves):
        wide, n, b, z, x = case.shelf_width[s], c["n"][:, s], c["b"][:, s], c["z"][:, s], c["x"][:, s]
        q.add_rows(count, -np.inf, 0.0, (case.block, n, case.width), (each, b, -1.0))
        q.add_rows(1, -np.inf, wide, (0, b, 1.0))
        q.add_rows(count, -np.inf, 0.0, (each, b, 1.0), (each, z, -wide))
        for kept, at in ((b, c["m"]), (x, c["xm"])):
            q.add_rows(count, -wide, np.inf, (each, kept, 1.0), (each, at, -1.0), (each, z, -wide))
            q.add_rows(count, -np.inf, wide, (each, kept, 1.0), (each, at, -1.0), (each, z, wide))
        q.add_rows(count, 0.0, np.inf, (case.block, n, 1.0), (each, z, -1.0))
        q.add_rows(products, -np.inf, 0.0, (p, n, 1.0), (p, z[case.block], -case.most))
        q.add_rows(products, -np.inf, 0.0, (p, n, 1.0), (p, c["v"][case.block], -case.most))
        q.add_rows(count, -np.inf, 0.0, (each, x, 1.0), (each, z, -wide))
        q.add_rows(count, -np.inf, wide, (each, x, 1.0), (each, b, 1.0))
        for i, j in permutations(range(count), 2):
            # x_i + W(1 - z_i) >= x_j + b_j - W(1 - w_ij) and x_j + W(1 - z_j) >= x_i + b_i - W w_ij
            q.add_rows(1, -2 * wide, np.inf, (0, [x[i], z[i], x[j], b[j], c["w"][i, j]], [1, -wide, -1, -1, -wide]))
            q.add_rows(1, -wide, np.inf, (0, [x[j], z[j], x[i], b[i], c["w"][i, j]], [1, -wide, -1, -1, wide]))
    z, f, last = c["z"], c["f"], c["l"]
    for edge in (f, last):
        q.add_rows(count, -np.inf, 1.0, (np.repeat(each, shelves), edge.ravel(), 1.0))
    q.add_rows(count, 0.0, 0.0, (each, f[:, 0], 1.0), (each, z[:, 0], -1.0))
    q.add_rows(count, 0.0, 0.0, (each, last[:, -1], 1.0), (each, z[:, -1], -1.0))
    for s in range(shelves - 1):
        q.add_rows(count, 0.0, 0.0, (each, f[:, s + 1], 1.0), (each, z[:, s], 1.0), (each, z[:, s + 1], -1.0),
                   (each, last[:, s], -1.0))


def values(case: Instance, asked: Model, posed: Problem, found: Solution) -> np.ndarray:
    """The model's variables for a plan of ``posed``."""
    c = asked.columns
    x = np.zeros(asked.program.columns)
    n = np.zeros(c["n"].shape)
    np.add.at(n, (posed.options.item[found.chosen], posed.options.strip[found.chosen]), found.times)
    x[c["n"]], x[c["y"]] = n, n.sum(axis=1) > 0
    x[c["s"]] = np.minimum((case.units * n).sum(axis=1), case.demand)
    x[c["e"]] = case.demand - x[c["s"]]
    x[c["o"]] = case.shelf_width - case.width @ n
    if "z" not in c:
        return x
    x[c["v"]] = 1.0
    for w in found.windows:
        rows = slice(w.first, w.last + 1)
        for name, value in (("z", 1.0), ("b", w.width), ("x", w.x)):
            x[c[name][w.block, rows]] = value
        x[c["f"][w.block, w.first]] = x[c["l"][w.block, w.last]] = 1.0
        x[c["m"][w.block]], x[c["xm"][w.block]] = w.width, w.x
    for a, b in permutations(found.windows, 2):  # w = 1: b stands left of a, on a shelf of both
        share = a.first <= b.last and b.first <= a.last
        x[c["w"][a.block, b.block]] = float(share and b.x < a.x)
    return x


def broken(asked: Model, x: np.ndarray, slack: float = 1e-3) -> int:
    """How many rows, bounds and whole numbers of the model some values break by more than ``slack`` mm."""
    q = asked.program
    lower, upper, whole = (np.concatenate(part) for part in (q.lower, q.upper, q.integer))
    row = np.zeros(q.rows)
    for rows, columns, coefficients in q.entries:
        np.add.at(row, rows, coefficients * x[columns])
    low, high = np.concatenate(q.row_lower), np.concatenate(q.row_upper)
    outside = (row < low - slack) | (row > high + slack)
    return int(outside.sum() + ((x < lower - slack) | (x > upper + slack)).sum()
               + (np.abs(x - np.round(x))[whole] > 1e-6).sum())


def loss(case: Instance, asked: Model, x: np.ndarray) -> float:
    """The model's objective, from its own variables."""
    return -float(np.concatenate(asked.program.cost) @ x)
