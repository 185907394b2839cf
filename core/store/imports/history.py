"""Write the planogram history that was inferred, before the versions that people made.

An inferred version has no author and the comment ``INFERRED``. Inferring again replaces inferred
versions, and the ``EMPTY`` one that a new machine starts with; versions that people made keep their
content and order and stay the last ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select, text, update

from core.planogram.planogram import RuleSet
from core.store import tables as t
from core.store.imports.infer import Runs, Sales, State, infer, states
from core.store.places import plan_name
from core.store.plan_rows import identity
from core.store.planograms import EMPTY
from core.store.sales import DAY_S, EPOCH, slot_cell
from core.store.tenant import TenantSession

IntArray = NDArray[np.int64]
INFERRED = "Inferred from sales"
TOGETHER = 300_000
"""Days of sales that are inferred at once: one pass over the days for many slots."""
SALES_FIELDS = ("site", "slot", "day", "product", "units")

_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_position: Any = t.Position
_cabinet: Any = t.Cabinet
_fixture: Any = t.Fixture
_site: Any = t.Site
_device: Any = t.Device
_assignment: Any = t.ExperimentAssignment
_LIFE: tuple[Any, ...] = (t.PlanStep, t.PlanComment, t.PlanProof, t.PhotoAudit)


@dataclass(frozen=True, slots=True)
class _Cabinet:
    """A cabinet of a machine and the pitch of its slots."""

    id: int
    index: int
    device_name: str
    site_id: int
    fixture_id: int
    pitch_in: float


def infer_history(session: TenantSession, site_ids: Sequence[int]) -> None:
    """Infer and store the planogram history of every machine among the sites from its daily sales."""
    cabinets = _cabinets(session, site_ids)
    connection = session.connection()
    parts: list[Sales] = []
    for site_id in sorted(cabinets):
        parts.append(_daily(connection, session.company_id, site_id))
        if sum(len(part.site) for part in parts) > TOGETHER or site_id == max(cabinets):
            runs = infer(Sales(*(np.concatenate([getattr(p, f) for p in parts]) for f in SALES_FIELDS)))
            parts = []
            for of_site in np.unique(runs.site).tolist():
                _write_site(session, cabinets[of_site], runs.of_site(of_site))


def _write_site(session: TenantSession, cabinets: Mapping[int, _Cabinet], runs: Runs) -> None:
    """Store the history of one machine."""
    prices = _prices(session.connection(), session.company_id, runs)
    found = states(runs, (runs.slot - 1) // 65_536)
    for index, cabinet in cabinets.items():
        if index in found:
            _write(session, cabinet, len(cabinets) > 1, found[index], runs, prices)


def _cabinets(session: TenantSession, site_ids: Sequence[int]) -> dict[int, dict[int, _Cabinet]]:
    """Site id → cabinet index → cabinet."""
    rows = session.execute(
        select(
            _cabinet.id, _cabinet.cabinet_index, _site.name, _site.id, _cabinet.fixture_id,
            _fixture.cell_width_in,
        )
        .join(_device, _device.id == _cabinet.device_id)
        .join(_site, _site.id == _device.site_id)
        .join(_fixture, _fixture.id == _cabinet.fixture_id)
        .where(_site.id.in_(list(site_ids)))
    )
    result: dict[int, dict[int, _Cabinet]] = {}
    for row in rows:
        result.setdefault(row[3], {})[row[1]] = _Cabinet(*row)
    return result


def _daily(connection: Connection, company_id: int, site_id: int) -> Sales:
    found = connection.execute(
        text(
            "SELECT slot, day, product_id, units FROM daily_sales WHERE company_id = :company "
            "AND site_id = :site AND slot > 0 AND units > 0"
        ),
        {"company": company_id, "site": site_id},
    )
    values = chain.from_iterable(found.cursor.fetchall())  # plain tuples of the driver: half the time
    columns = np.fromiter(values, np.int64).reshape(-1, 4).T
    return Sales(np.full(columns.shape[1], site_id), columns[0], columns[1], columns[2], columns[3])


def _prices(connection: Connection, company_id: int, runs: Runs) -> IntArray:
    """Price of each run's latest sale in ten-thousandths, shape (runs,); one site's runs."""
    wanted = {
        (slot, product, day): i
        for i, (slot, product, day) in enumerate(
            zip(runs.slot.tolist(), runs.product.tolist(), runs.last.tolist(), strict=True)
        )
    }
    result: IntArray = np.zeros(len(runs.site), np.int64)
    keys = list(wanted)
    for start in range(0, len(keys), 1000):
        listed = ",".join(f"({slot},{product},{day})" for slot, product, day in keys[start : start + 1000])
        found = connection.execute(
            text(
                f"WITH wanted(slot, product_id, day) AS (VALUES {listed}) "
                "SELECT w.slot, w.product_id, w.day, l.price_e4 FROM wanted w CROSS JOIN sales_line l "
                "WHERE l.company_id = :company AND l.site_id = :site "
                f"AND l.sold_at >= w.day * {DAY_S} AND l.sold_at < (w.day + 1) * {DAY_S} "
                "AND l.slot = w.slot AND l.product_id = w.product_id "
                "ORDER BY l.sold_at, l.transaction_code, l.price_e4, l.k"
            ),
            {"company": company_id, "site": int(runs.site[0])},
        )
        for slot, product, day, price in found:
            result[wanted[slot, product, day]] = price
    return result


def _write(
    session: TenantSession, cabinet: _Cabinet, is_one_of_many: bool, history: Sequence[State], runs: Runs,
    prices: IntArray,
) -> None:
    """Make the inferred versions of a cabinet's plan equal to the history."""
    plan_id = _plan_of(session, cabinet, is_one_of_many)
    kept, made_by_hand = _existing(session, plan_id, cabinet.fixture_id)
    wanted = [(EPOCH + timedelta(days=s.since), _positions(cabinet, s, runs, prices)) for s in history]
    same = 0
    while same < min(len(kept), len(wanted)) and kept[same][1:] == wanted[same]:
        same += 1
    _delete(session, [row[0] for row in kept[same:]])
    _make_room(session, made_by_hand, len(wanted))
    for number, (version_id, *_) in enumerate(kept[:same], start=1):
        _renumber(session, version_id, number)
    _add(session, plan_id, cabinet.fixture_id, wanted[same:], same + 1)
    numbers = session.scalars(select(_version.version).where(_version.planogram_id == plan_id))
    last = max(len(wanted), *numbers)
    session.execute(
        update(_plan).where(_plan.id == plan_id).values(last_version=last, updated_at=t.now())
        .execution_options(synchronize_session=False)
    )


Values = tuple[Any, ...]


def _positions(cabinet: _Cabinet, state: State, runs: Runs, prices: IntArray) -> tuple[Values, ...]:
    """(product, row, column, x, width, price e4) of each position, sorted as a planogram sorts them."""
    rows = []
    pitch = cabinet.pitch_in
    for run in state.run.tolist():
        _, row, column = slot_cell(int(runs.slot[run]))
        rows.append((int(runs.product[run]), row, column, column * pitch, pitch, int(prices[run])))
    return tuple(sorted(rows, key=lambda r: (r[1], r[3], r[0])))


def _plan_of(session: TenantSession, cabinet: _Cabinet, is_one_of_many: bool) -> int:
    """The plan that stands in the cabinet, made where there is none."""
    found = session.scalar(select(_plan.id).where(_plan.cabinet_id == cabinet.id, _plan.is_primary))
    if found is not None:
        return int(found)
    name = plan_name(cabinet.device_name, cabinet.index, is_one_of_many)
    row = t.Planogram(
        name=name, status="implemented", site_id=cabinet.site_id, cabinet_id=cabinet.id, is_primary=True
    )
    session.add(row)
    session.flush()
    return identity(row.id)


def _existing(
    session: TenantSession, plan_id: int, fixture_id: int
) -> tuple[list[tuple[int, date, tuple[Values, ...]]], list[tuple[int, int]]]:
    """(inferred versions as (id, day, positions), oldest first; others as (id, number)). A version that
    an experiment runs on is one of the others.

    Where the cabinet has grown, no inferred version counts as equal, so that all get its new grid.
    """
    rows = session.execute(
        select(_version.id, _version.version, _version.fixture_id, _version.comment, _version.created_by,
               _version.effective_from)
        .where(_version.planogram_id == plan_id).order_by(_version.version)
    ).all()
    pinned = set(session.scalars(select(_assignment.planogram_version_id)))
    inferred = [
        r for r in rows
        if ((r.created_by is None and r.comment == INFERRED) or (r.version == 1 and r.comment == EMPTY))
        and r.id not in pinned
    ]
    others = [(r.id, r.version) for r in rows if r not in inferred]
    positions: dict[int, list[Values]] = {}
    found = session.execute(
        select(
            _position.planogram_version_id, _position.product_id, _position.row_index,
            _position.column_index, _position.x_in, _position.width_in, _position.price_e4,
        )
        .where(_position.planogram_version_id.in_([r.id for r in inferred if r.fixture_id == fixture_id]))
        .order_by(_position.planogram_version_id, _position.ordinal)
    )
    for version_id, *values in found:
        positions.setdefault(version_id, []).append(tuple(values))
    return [(r.id, r.effective_from, tuple(positions.get(r.id, ()))) for r in inferred], others


def _delete(session: TenantSession, version_ids: Sequence[int]) -> None:
    """Remove inferred versions; what people said of them and did with them stays with the plan."""
    if not version_ids:
        return
    for kept in _LIFE:
        session.execute(
            update(kept).where(kept.planogram_version_id.in_(version_ids)).values(planogram_version_id=None)
            .execution_options(synchronize_session=False)
        )
    for statement in (
        delete(_position).where(_position.planogram_version_id.in_(version_ids)),
        delete(_version).where(_version.id.in_(version_ids)),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def _make_room(session: TenantSession, others: Sequence[tuple[int, int]], count: int) -> None:
    """Number the versions that people made behind the inferred ones, in their own order."""
    shift = count + 1 - min((number for _, number in others), default=count + 1)
    if shift <= 0:
        return
    for version_id, number in sorted(others, key=lambda o: -o[1]):
        _renumber(session, version_id, number + shift)


def _renumber(session: TenantSession, version_id: int, number: int) -> None:
    session.execute(
        update(_version).where(_version.id == version_id, _version.version != number).values(version=number)
        .execution_options(synchronize_session=False)
    )


def _add(
    session: TenantSession, plan_id: int, fixture_id: int,
    wanted: Sequence[tuple[date, tuple[Values, ...]]], first: int,
) -> None:
    """Store versions numbered from ``first``."""
    made = [
        t.PlanogramVersion(
            planogram_id=plan_id, version=first + i, fixture_id=fixture_id, rule_set=RuleSet.AS_FOUND.value,
            comment=INFERRED, effective_from=day,
        )
        for i, (day, _) in enumerate(wanted)
    ]
    session.add_all(made)
    session.flush()
    names = ("product_id", "row_index", "column_index", "x_in", "width_in", "price_e4")
    rows: list[Mapping[str, Any]] = [
        {"planogram_version_id": version.id, "ordinal": at, **dict(zip(names, values, strict=True))}
        for version, (_, positions) in zip(made, wanted, strict=True)
        for at, values in enumerate(positions)
    ]
    if rows:
        session.execute(insert(t.Position), rows)


def planograms_of(session: TenantSession, device_ids: Sequence[int]) -> dict[int, list[int]]:
    """Device id → its standing planograms, by cabinet."""
    rows = session.execute(
        select(_cabinet.device_id, _plan.id)
        .join(_plan, _plan.cabinet_id == _cabinet.id)
        .where(_cabinet.device_id.in_(list(device_ids)), _plan.is_primary)
        .order_by(_cabinet.device_id, _cabinet.cabinet_index)
    )
    result: dict[int, list[int]] = {}
    for device_id, plan_id in rows:
        result.setdefault(device_id, []).append(plan_id)
    return result
