"""Two planted deviations: a machine with a hidden jam, and a cooler laid out the wrong way round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from core.planogram.planogram import Planogram, Position
from core.site.zones import FloatArray, IntArray
from core.store.demo.plans import PlannedPeriod
from core.store.demo.scene import Cabinet
from core.store.demo.truth import Anomaly, Truth
from core.units import row_letter

JAM_DAYS, JAM_FACTOR, JAM_SHARE = 25, 0.04, 0.45
MISLAID_DAYS, DELISTED, MAX_WRONG_FACINGS = 110, 4, 4

Periods = list[list[PlannedPeriod]]


@dataclass(frozen=True, eq=False)
class Jam:
    """Rows of a site (index from 0, −1 for none) that vend almost nothing from a day on."""

    site: int
    rows: IntArray
    since: int

    def factor(self, site: IntArray, row: IntArray) -> FloatArray:
        """What is left of each position's demand once the jam is there, shape (N,)."""
        return np.where((site == self.site) & np.isin(row, self.rows), JAM_FACTOR, 1.0)


def plant_jam(
    truth: Truth, cabinets: Sequence[Cabinet], periods: Periods, calendar: Sequence[date]
) -> tuple[Truth, Jam]:
    """Jam the busiest rows of one snack machine for the last weeks; no stockout tells of it."""
    since = len(calendar) - min(JAM_DAYS, len(calendar) // 3)
    machines = [k for k, c in enumerate(cabinets) if c.model.name.startswith("Meridian")]
    if not machines:
        return truth, Jam(-1, np.zeros(0, np.int64), since)
    site = machines[len(machines) // 2]
    rows = _busiest_rows(truth, site, periods[site][-1].plan)
    letters = ", ".join(row_letter(int(r)) for r in rows)
    text = f"A hidden jam: rows {letters} vend almost nothing, and no stockout is reported."
    anomaly = Anomaly(site + 1, "collapse", calendar[since].isoformat(), text)
    return replace(truth, anomalies=(*truth.anomalies, anomaly)), Jam(site, rows, since)


def _busiest_rows(truth: Truth, site: int, plan: Planogram) -> IntArray:
    """The fewest rows that together make ``JAM_SHARE`` of a site's units."""
    by_row = np.bincount([p.row for p in plan.positions], truth.true_rates(site + 1, plan), plan.fixture.rows)
    order = np.argsort(-by_row)
    needed = int(np.searchsorted(np.cumsum(by_row[order]) / by_row.sum(), JAM_SHARE)) + 1
    return np.asarray(np.sort(order[:needed]), np.int64)


def plant_wrong_set(
    truth: Truth, cabinets: Sequence[Cabinet], periods: Periods, calendar: Sequence[date]
) -> tuple[Truth, Periods]:
    """Give one store's cooler a new set that is wrong in every way, some months ago."""
    coolers = [k for k, c in enumerate(cabinets) if c.model.kind == "cooler"]
    if not coolers:
        return truth, periods
    site = coolers[len(coolers) // 2]
    since = len(calendar) - min(MISLAID_DAYS, len(calendar) // 2)
    kept = [replace(p, end=min(p.end, since - 1)) for p in periods[site] if p.start < since]
    wrong = mislaid(truth, site + 1, kept[-1].plan)
    lost = -truth.true_lift(site + 1, kept[-1].plan, wrong)
    kept.append(PlannedPeriod(since, len(calendar) - 1, wrong, "New beverage set"))
    text = (
        f"A wrong beverage set: the {DELISTED} best sellers were delisted, slow sellers have the eye-level "
        f"shelves and the facings, good ones one facing on the worst shelf. It costs {lost:.0%} of revenue."
    )
    anomaly = Anomaly(site + 1, "layout", calendar[since].isoformat(), text)
    truth = replace(truth, anomalies=(*truth.anomalies, anomaly))
    return truth, [*periods[:site], kept, *periods[site + 1 :]]


def mislaid(truth: Truth, site_id: int, plan: Planogram) -> Planogram:
    """A shelf set without its best sellers, the slow ones on the best shelves with the most facings."""
    fixture = plan.fixture
    rates = truth.true_rates(site_id, plan)
    order = np.argsort(rates)[:-DELISTED]
    effect = truth.slot_effects(site_id)
    row_value = [
        effect[fixture.cell_index(r, 0) : fixture.cell_index(r, 0) + n].mean()
        for r, n in enumerate(fixture.row_columns)
    ]
    slack = fixture.cell_count - len(order)
    positions: list[Position] = []
    at = 0
    for row in np.argsort(-np.array(row_value)):
        column, columns = 0, fixture.row_columns[row]
        while column < columns and at < len(order):
            facings = min(1 + min(MAX_WRONG_FACINGS - 1, slack), columns - column)
            positions.append(_refaced(plan, int(order[at]), int(row), column, facings))
            slack, column, at = slack - facings + 1, column + facings, at + 1
    return plan.with_positions(positions)


def _refaced(plan: Planogram, index: int, row: int, column: int, facings: int) -> Position:
    """One of the plan's positions at another place with other facings, one cell each."""
    old, width = plan.positions[index], plan.fixture.cell_width_in
    deep = (old.capacity or 0) // old.facings
    return replace(
        old,
        row=row,
        column=column,
        cells=facings,
        x_in=column * width,
        width_in=facings * width,
        facings=facings,
        capacity=facings * deep,
        par_level=max(2, facings * deep // 2),
    )
