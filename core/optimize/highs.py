"""Mixed integer programs, put together from arrays and solved by HiGHS, which can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.optimize.problem import BoolArray, FloatArray, IntArray

Ended = Literal["optimal", "gap", "time", "asked", "infeasible"]
OnBounds = Callable[[float, float], bool]
"""Is told (objective, bound) now and then; returns False to stop."""
Term = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]
"""Entries of rows: row, column, coefficient."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """``x``: values of the columns, None without a plan · ``objective``, ``bound`` of the maximum."""

    x: FloatArray | None
    objective: float
    bound: float
    ended: Ended


@dataclass(eq=False)
class Program:
    """A program to maximize, put together column by column and row by row."""

    cost: list[FloatArray] = field(default_factory=list)
    lower: list[FloatArray] = field(default_factory=list)
    upper: list[FloatArray] = field(default_factory=list)
    integer: list[BoolArray] = field(default_factory=list)
    entries: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)
    row_lower: list[FloatArray] = field(default_factory=list)
    row_upper: list[FloatArray] = field(default_factory=list)
    columns: int = 0
    rows: int = 0

    def add_columns(
        self,
        count: int,
        cost: npt.ArrayLike = 0.0,
        lower: npt.ArrayLike = 0.0,
        upper: npt.ArrayLike = np.inf,
        integer: bool = False,
    ) -> IntArray:
        """New columns; returns their indices."""
        for kept, given in ((self.cost, cost), (self.lower, lower), (self.upper, upper)):
            kept.append(np.broadcast_to(np.asarray(given, dtype=float), (count,)))
        self.integer.append(np.full(count, integer))
        first = self.columns
        self.columns += count
        return np.arange(first, self.columns)

    def add_rows(
        self, count: int, lower: npt.ArrayLike, upper: npt.ArrayLike,
        *terms: Term,
    ) -> IntArray:  # fmt: skip
        """``count`` new rows, of ``terms`` (rows from 0 on); returns their indices."""
        for kept, given in ((self.row_lower, lower), (self.row_upper, upper)):
            kept.append(np.broadcast_to(np.asarray(given, dtype=float), (count,)))
        for row, column, coefficient in terms:
            columns = np.atleast_1d(np.asarray(column, dtype=np.int64))
            rows = np.broadcast_to(np.asarray(row, dtype=np.int64), columns.shape) + self.rows
            values = np.broadcast_to(np.asarray(coefficient, dtype=float), columns.shape)
            self.entries.append((rows, columns, values))
        first = self.rows
        self.rows += count
        return np.arange(first, self.rows)

    def model(self) -> Any:
        """The program as HiGHS takes it. Entries of the same row and column are added up."""
        import highspy
        from scipy.sparse import csc_array

        lp = highspy.HighsLp()
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.num_col_, lp.num_row_ = self.columns, self.rows
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = map(_joined, (self.cost, self.lower, self.upper))
        lp.row_lower_, lp.row_upper_ = _joined(self.row_lower), _joined(self.row_upper)
        rows, columns, values = (_joined([entry[i] for entry in self.entries]) for i in range(3))
        place = (rows.astype(np.int32), columns.astype(np.int32))
        matrix = csc_array((values, place), (self.rows, self.columns))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
        lp.a_matrix_.value_ = matrix.data
        whole = np.concatenate(self.integer) if self.integer else np.zeros(0, bool)
        if whole.any():
            kinds = np.where(whole, highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous)
            lp.integrality_ = kinds.tolist()
        return lp

    def solve(
        self,
        time_limit_s: float,
        *,
        gap: float = 0.0,
        start: tuple[IntArray, FloatArray] | None = None,
        on_bounds: OnBounds | None = None,
        nodes: int | None = None,
        seed: int = 0,
        relaxed: bool = False,
    ) -> Outcome:
        """The best values of the columns within the time.

        ``gap``: relative gap that is close enough · ``start``: columns of a known plan with
        their values; the others follow · ``nodes``: stop after
        so many nodes of the tree, which unlike the time is the same on every machine · ``relaxed``: as a
        linear program, without whole numbers; its objective is then the bound.
        """
        import highspy

        solver = highspy.Highs()
        options = {
            "output_flag": False, "threads": 1, "random_seed": seed, "time_limit": max(time_limit_s, 0.01),
            "mip_rel_gap": gap, "mip_abs_gap": 1e-9, "solve_relaxation": relaxed,
        }  # fmt: skip
        if nodes is not None:
            options["mip_max_nodes"] = nodes
        for name, value in options.items():
            solver.setOptionValue(name, value)
        solver.passModel(self.model())
        if start is not None:
            columns, values = start
            solver.setSolution(len(columns), columns.astype(np.int32), values.astype(float))
        if on_bounds is not None:
            _tell(solver, on_bounds)
        solver.run()
        return _outcome(solver, relaxed)


def _tell(solver: Any, on_bounds: OnBounds) -> None:
    def tell(event: Any) -> None:
        data = event.data_out
        if not on_bounds(data.mip_primal_bound, data.mip_dual_bound):
            event.interrupt()

    solver.cbMipInterrupt += tell


def _outcome(solver: Any, relaxed: bool) -> Outcome:
    import highspy

    status, info = solver.getModelStatus(), solver.getInfo()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return Outcome(None, -np.inf, -np.inf, "infeasible")
    found = info.primal_solution_status == 2  # kSolutionStatusFeasible
    done = status == highspy.HighsModelStatus.kOptimal
    x = np.array(solver.getSolution().col_value) if found else None
    objective = float(info.objective_function_value) if found else -np.inf
    bound = (objective if done else np.inf) if relaxed else float(info.mip_dual_bound)
    ended: Ended = "time"
    if done:
        ended = "optimal" if relaxed or info.mip_gap <= 1e-9 else "gap"
    elif status == highspy.HighsModelStatus.kInterrupt:
        ended = "asked"
    return Outcome(x, objective, bound, ended)


def _joined(parts: list[Any]) -> FloatArray:
    return np.concatenate(parts) if parts else np.zeros(0)
