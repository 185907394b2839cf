"""What a benchmark found, and how it is said: one line a task on the screen, one row in ``docs/bench.md``."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

ROUNDS = 3
"""A short task is timed in rounds and its quietest one counts: other work on the machine only adds."""
HEADER = ("task", "target", "p50", "p95", "", "reference of the same run")


@dataclass(frozen=True, slots=True)
class Figure:
    """One task. ``p95`` is None where there are too few runs for one; then ``p50`` is judged."""

    task: str
    unit: str
    limit: float
    p50: float
    p95: float | None = None
    reference: str = ""

    @property
    def passes(self) -> bool:
        return (self.p50 if self.p95 is None else self.p95) < self.limit

    @property
    def cells(self) -> tuple[str, ...]:
        p95 = "" if self.p95 is None else amount(self.p95, self.unit)
        limit = f"{'p95 ' if self.p95 is not None else ''}< {self.limit:g} {self.unit}"
        return (self.task, limit, amount(self.p50, self.unit), p95, "PASS" if self.passes else "over",
                self.reference)


def amount(value: float, unit: str) -> str:
    """1.234 → ``1.23 s``; from ten on one decimal, from a thousand on none."""
    decimals = 2 if abs(value) < 10 else 1 if abs(value) < 1000 else 0
    return f"{value:,.{decimals}f} {unit}"


def print_figures(figures: Sequence[Figure]) -> None:
    """A table with columns of even width."""
    rows = [HEADER, *(figure.cells for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADER))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def markdown(figures: Sequence[Figure]) -> str:
    rows = [HEADER, ("---",) * len(HEADER), *(figure.cells for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def timed(task: str, limit_ms: float, call: Callable[[int], object], times: int, reference: str = "") -> Figure:
    """``call(i)`` for ``times`` different i in each round, after a few that warm up; milliseconds."""
    rounds = []
    for r in range(ROUNDS):
        took = []
        for i in range(r * times, (r + 1) * times):
            started = time.perf_counter()
            call(i)
            took.append((time.perf_counter() - started) * 1000.0)
        rounds.append(np.percentile(took, (50, 95)))
    p50, p95 = min(rounds, key=lambda both: both[1])
    return Figure(task, "ms", limit_ms, float(p50), float(p95), reference)


def machine() -> str:
    """How fast this machine is at the moment, so that figures of two machines can be compared."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(500, 500))
    rows = [(i, str(i)) for i in range(100_000)]

    def count() -> None:
        total = 0
        for i in range(1_000_000):
            total += i

    def insert() -> None:
        with sqlite3.connect(":memory:") as connection:
            connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
            connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
        connection.close()

    multiply_ms, count_ms, insert_ms = (quickest(task) for task in (lambda: matrix @ matrix, count, insert))
    busy = f"{os.getloadavg()[0]:.1f} processes busy" if hasattr(os, "getloadavg") else "load not known"
    return (
        f"{os.cpu_count()} cores, {busy}; 500 × 500 matrix product {multiply_ms:.1f} ms, "
        f"a million steps of Python {count_ms:.0f} ms, 100,000 rows into SQLite in memory {insert_ms:.0f} ms"
    )


def quickest(call: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of the fastest of a few calls."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        took.append(time.perf_counter() - started)
    return min(took) * 1000.0
