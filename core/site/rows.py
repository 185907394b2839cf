"""The rows of a history, each at the unit of positions that it can be told apart for.

A row of several days (weekly data) is read as one row a day with its units spread as days sell, so that
it falls into the right periods and weeks; ``mark`` remembers that they were one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.planogram.planogram import Position
from core.site.arrays import totals
from core.site.days import DayArray, DayFactors, as_days, spans
from core.site.site import SiteHistory
from core.site.zones import FloatArray, IntArray

PROMOTIONS = ("promotion", "feature")


def periods_days(history: SiteHistory) -> tuple[DayArray, DayArray]:
    """(first, last) day of each period, in order."""
    periods = sorted(history.periods, key=lambda p: p.start)
    return (
        np.array([p.start for p in periods], dtype="datetime64[D]"),
        np.array([p.end for p in periods], dtype="datetime64[D]"),
    )


@dataclass(frozen=True, eq=False)
class Lines:
    """The rows of a history as arrays, one day each: ``code`` index of the product (−1: not known),
    ``promoted`` (rows, 2) in order of ``PROMOTIONS``, ``mark`` the first day of the row it came from."""

    day: DayArray
    mark: IntArray
    code: IntArray
    row: IntArray
    column: IntArray
    units: FloatArray
    revenue: FloatArray
    stockout: NDArray[np.bool_]
    promoted: FloatArray

    @classmethod
    def read(cls, history: SiteHistory, product_ids: IntArray, factors: DayFactors) -> Lines:
        """The rows of ``daily``, several days apart."""
        frame = history.daily
        first, span = as_days(frame["day"]), spans(history)
        at = np.repeat(np.arange(len(frame)), span)
        offset = np.arange(len(at)) - np.repeat(np.cumsum(span) - span, span)
        day = first[at] + offset
        part = np.ones(len(at))
        if (span > 1).any():
            share = factors.share(day)
            part = share / totals(at, share, len(frame))[at]
        return cls(
            day, first[at].astype(np.int64), _codes(frame["product_id"].to_numpy(np.int64), product_ids)[at],
            frame["row"].to_numpy(np.int64)[at], frame["column"].to_numpy(np.int64)[at],
            frame["units"].to_numpy(np.float64)[at] * part, frame["revenue"].to_numpy(np.float64)[at] * part,
            frame["stockout"].to_numpy(bool)[at],
            np.column_stack([
                np.nan_to_num(frame[name].to_numpy(np.float64))[at] if name in frame else np.zeros(len(at))
                for name in PROMOTIONS
            ]),
        )

    def of(self, chosen: NDArray[np.bool_]) -> Lines:
        """Some of the rows."""
        return Lines(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Rows:
    """The lines that could be placed, with their ``unit``; ``lost`` units could not."""

    lines: Lines
    unit: IntArray
    unit_of_position: IntArray
    lost: float

    @classmethod
    def read(
        cls, history: SiteHistory, product_ids: IntArray, factors: DayFactors,
        positions: Sequence[Position], period: IntArray, product: IntArray,
    ) -> Rows:
        """Place the rows of a history on the positions of its periods, (N,) each with its product."""
        lines, bounds = Lines.read(history, product_ids, factors), periods_days(history)
        day, code = lines.day, lines.code
        grid, first = _lookups(history, len(bounds[0]), len(product_ids), positions, period, product)
        k = np.searchsorted(bounds[0], day, side="right") - 1
        inside = (k >= 0) & (code >= 0)
        inside[inside] = day[inside] <= bounds[1][k[inside]]
        place = np.full(len(day), -1, np.int64)
        on_grid = inside & (lines.row >= 0) & (lines.column >= 0)
        on_grid &= (lines.row < grid.shape[1]) & (lines.column < grid.shape[2])
        place[on_grid] = grid[k[on_grid], lines.row[on_grid], lines.column[on_grid]]
        right = np.zeros(len(day), bool)
        right[place >= 0] = product[place[place >= 0]] == code[place >= 0]
        vague = inside & ~right
        place[vague] = first[k[vague], code[vague]]
        pooled = np.zeros(first.shape, bool)
        pooled[k[vague], code[vague]] = True
        leader = np.where(pooled[period, product], first[period, product], np.arange(len(positions)))
        _, unit_of_position = np.unique(leader, return_inverse=True)
        ok = inside & (place >= 0)
        return cls(
            lines.of(ok), unit_of_position[place[ok]], unit_of_position, float(lines.units[~ok].sum())
        )


def _codes(ids: IntArray, known: IntArray) -> IntArray:
    """Index of each id in the sorted ``known``, −1 where it is not there."""
    if not len(known):
        return np.full(len(ids), -1, np.int64)
    place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return np.where(known[place] == ids, place, -1)


def _lookups(
    history: SiteHistory, n_periods: int, n_products: int,
    positions: Sequence[Position], period: IntArray, product: IntArray,
) -> tuple[IntArray, IntArray]:
    """(period, row, column) → position and (period, product) → first position, −1 for none."""
    fixture = history.fixture
    widest = max((q.column + q.cells for q in positions), default=0)
    tallest = max((q.row + 1 for q in positions), default=0)
    grid = np.full((n_periods, max(fixture.rows, tallest), max(fixture.columns, widest)), -1, np.int64)
    first = np.full((n_periods, n_products), -1, np.int64)
    for i in range(len(positions) - 1, -1, -1):
        q, k = positions[i], period[i]
        grid[k, q.row, q.column : q.column + max(q.cells, 1)] = i
        first[k, product[i]] = i
    return grid, first
