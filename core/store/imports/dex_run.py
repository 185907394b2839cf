"""Import an audit: what the machine sold since its last reading, and what stands in it now.

One transaction. Every reading is kept by its moment, so that the same file again, or a reading between two
that are already here, adds nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import delete, select

from core.errors import BadInput, TooLarge
from core.planogram.planogram import Planogram, Position, RuleSet
from core.store import planograms
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.imports.dex import LIMIT_BYTES, Audit, Counters, Selection, is_audit, read_audits
from core.store.imports.dex_sales import sold_between
from core.store.imports.entities import SiteRef, resolve_places, resolve_products, resolve_slots
from core.store.imports.history import INFERRED, planograms_of
from core.store.imports.lock import import_lock
from core.store.imports.products import ProductTotal, price_products
from core.store.imports.read import RowError, sha256_of
from core.store.imports.rows import Place
from core.store.imports.run import ImportReport, PlaceImported, Progress
from core.store.places import plan_name
from core.store.plan_rows import fixture_of, identity
from core.store.sales import DAY_S, EPOCH, Lines, insert_lines, refresh_daily, slot_cell, touch_sites
from core.store.tenant import TenantSession
from core.units import from_e4

FROM_MACHINE = "Read from the machine"
"""Comment of a version that an audit told."""
TRANSACTION = "DEX"
MAPPING = {"slot": "PA101", "price": "PA102", "product": "PA103", "quantity": "PA201", "total": "PA202"}

_read: Any = t.AuditRead
_line: Any = t.SalesLine
_cabinet: Any = t.Cabinet
_fixture: Any = t.Fixture
_product: Any = t.Product


@dataclass
class _Result:
    """What came of the audits of a file so far."""

    read: int = 0
    imported: int = 0
    known: int = 0
    products_created: int = 0
    revenue_e4: int = 0
    days: tuple[int, ...] = ()
    places: tuple[SiteRef, ...] = ()
    rejected: tuple[RowError, ...] = ()
    notes: tuple[str, ...] = ()


def is_audit_file(path: Path) -> bool:
    """Whether a file holds audits, told by its first bytes."""
    with path.open("rb") as file:
        return is_audit(file.read(65_536))


def import_audits(
    database: Database, actor: Actor, path: Path, name: str, dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Import the audits of a file for the actor's company; ``rows_read`` counts selections.

    The first reading of a machine tells what stands in it and where its counters are; sales are what the
    next one differs by, dated at its moment. ``dry_run`` reports the same and changes nothing.

    Raises TooLarge, BadInput for a file without blocks or an audit with selections and no date or machine,
    Conflict while another import of the company does not end.
    """
    tell = progress or (lambda share, doing: None)
    tell(0.0, "Reading the audit")
    if path.stat().st_size > LIMIT_BYTES:
        raise TooLarge(f"The audit has more than {LIMIT_BYTES // 2**20} MB.", "Send one reading a file.")
    audits = sorted(read_audits(path.read_bytes()), key=lambda a: a.read_at or datetime.min)
    for audit in audits:
        _require_named(audit)
    with import_lock(database, actor.company_id), _transaction(database, actor, dry_run) as session:
        import_id = _open(session, path, name)
        result = _Result()
        for number, audit in enumerate(audits):
            tell(0.1 + 0.8 * number / len(audits), "Comparing the counters")
            _import(session, audit, import_id, result)
        _close(session, import_id, result)
        report = _report(session, import_id, result, dry_run)
    tell(1.0, "Done")
    return report


@contextmanager
def _transaction(database: Database, actor: Actor, dry_run: bool) -> Iterator[TenantSession]:
    if not dry_run:
        with database.writing_session(actor) as session:
            yield session
        return
    with TenantSession(database.engine, actor=actor, expire_on_commit=False) as session:
        yield session
        session.rollback()


def _require_named(audit: Audit) -> None:
    if not audit.selections:
        return
    if not audit.machine:
        raise BadInput("The audit does not name its machine (ID1).", "Read it with its identification.")
    if audit.read_at is None:
        raise BadInput("The audit does not say when it was read (ID5).", "Set the machine's clock first.")


def _open(session: TenantSession, path: Path, name: str) -> int:
    row = t.SalesImport(
        file_name=name, sha256=sha256_of(path), size_bytes=path.stat().st_size, mapping=dict(MAPPING),
        created_by=session.actor.user_id,
    )
    session.add(row)
    session.flush()
    return identity(row.id)


def _import(session: TenantSession, audit: Audit, import_id: int, result: _Result) -> None:
    """One reading: its place, its products, what it sold since the one before, what stands there."""
    result.rejected += audit.problems
    result.notes += audit.notes
    if not audit.machine:
        return
    place = Place(device_id=audit.serial or audit.asset, machine=audit.asset)
    ref = resolve_places(session, [place])[0]
    result.places += (ref,)
    if audit.read_at is None or not audit.selections:
        result.notes += (f"The audit of {audit.machine} names no selections, so it tells no sales.",)
        return
    used = [s for s in audit.selections if s.is_used]
    result.read += len(used)
    names = [s.name or f"{audit.machine} selection {s.label}" for s in used]
    products, created = resolve_products(session, names, {})
    result.products_created += created
    labels = ["", *(s.label for s in used)]
    slots = resolve_slots(session, [ref], labels, [(0, i) for i in range(1, len(labels))])[0, 1:]
    stands = _Stands(used, products, [int(code) for code in slots])
    read_at = int(audit.read_at.replace(tzinfo=UTC).timestamp())
    if _keep(session, ref, stands, read_at, import_id, result):
        _set_prices(session, stands)
        result.notes += _lay_out(session, ref, stands, EPOCH + timedelta(days=read_at // DAY_S))


@dataclass(frozen=True, slots=True)
class _Stands:
    """The selections in use, with the product and the slot code of each."""

    selections: Sequence[Selection]
    products: Sequence[int]
    slots: Sequence[int]

    @property
    def kept(self) -> dict[str, list[int | None]]:
        """As ``AuditRead.counters`` keeps them."""
        rows = zip(self.selections, self.slots, self.products, strict=True)
        return {s.label: [*astuple(s.counters), slot, product] for s, slot, product in rows}


def _keep(
    session: TenantSession, ref: SiteRef, stands: _Stands, read_at: int, import_id: int, result: _Result
) -> bool:
    """Keep a reading and the sales that it parts from those before and after; whether it is the newest."""
    rows = session.scalars(select(_read).where(_read.site_id == ref.site_id).order_by(_read.read_at)).all()
    here = next((row for row in rows if row.read_at == read_at), None)
    if here is None:
        here = t.AuditRead(site_id=ref.site_id, read_at=read_at, import_id=import_id, counters=stands.kept)
        session.add(here)
        session.flush()
        is_known = False
    else:
        is_known = True
    before = next((row for row in reversed(rows) if row.read_at < read_at), None)
    after = next((row for row in rows if row.read_at > read_at), None)
    if after is not None and not is_known:
        gone = _forget(session, ref.site_id, after.read_at)
        inserted = _insert(session, here, after, import_id, result)
        result.imported += inserted if not gone else 0
    if before is not None:
        result.imported += _insert(session, before, here, import_id, result)
    else:
        result.known += len(stands.selections) if is_known else 0
        result.notes += (
            f"This is the first reading of {ref.name}: the next one will tell what was sold since.",)
    return after is None


def _forget(session: TenantSession, site_id: int, read_at: int) -> int:
    """Take back the sales of a reading whose span is parted now; returns how many lines they were."""
    done: Any = session.execute(
        delete(_line).where(
            _line.site_id == site_id, _line.sold_at == read_at, _line.transaction_code == TRANSACTION)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)


def _insert(
    session: TenantSession, before: t.AuditRead, after: t.AuditRead, import_id: int, result: _Result
) -> int:
    """The sales between two readings, at the moment of the later one; returns how many lines were new."""
    sold = sold_between(_counters(before), _counters(after))
    if resets := sum(s.was_reset for s in sold):
        result.notes += (f"The counters of {resets} selections began anew: they count since their reset.",)
    if not sold:
        return 0
    units, amount, slots, products = np.array(
        [(s.units, s.amount_e4, *after.counters[s.label][4:6]) for s in sold], np.int64).T
    n, site_id, day = len(sold), after.site_id, after.read_at // DAY_S
    lines = Lines(
        np.full(n, site_id), np.full(n, after.read_at), [TRANSACTION] * n, slots, products, amount // units,
        np.zeros(n, np.int64), units, amount,
    )
    inserted = insert_lines(session.connection(), session.company_id, import_id, lines)
    result.known += n - inserted
    result.revenue_e4 += int(amount.sum())
    result.days += (day,)
    if inserted:
        days = max((after.read_at - before.read_at) // DAY_S, 1)
        refresh_daily(session.connection(), session.company_id, [site_id], day, day)
        price_products(session, {
            p: ProductTotal(int(units[products == p].sum()), int(amount[products == p].sum()), days)
            for p in np.unique(products).tolist()
        })
        touch_sites(session, [site_id])
    return inserted


def _counters(row: t.AuditRead) -> dict[str, Counters]:
    return {label: Counters(*values[:4]) for label, values in row.counters.items()}


def _set_prices(session: TenantSession, stands: _Stands) -> None:
    """Products that have no price get the one that the machine asks."""
    asked = {p: s.price_e4 for s, p in zip(stands.selections, stands.products, strict=True) if s.price_e4}
    bare = select(_product).where(_product.id.in_(list(asked)), _product.price_e4 == 0)
    for row in session.scalars(bare).all():
        row.price_e4 = asked[row.id]
    session.flush()


def _lay_out(session: TenantSession, ref: SiteRef, stands: _Stands, day: date) -> tuple[str, ...]:
    """Bring the plans of the machine's cabinets to what the audit says; a plan that a person changed stays,
    and the note tells how far they differ."""
    rows = session.execute(
        select(_cabinet, _fixture).join(_fixture, _fixture.id == _cabinet.fixture_id)
        .where(_cabinet.device_id == ref.own_id).order_by(_cabinet.cabinet_index)
    ).all()
    plans = planograms_of(session, [ref.own_id]).get(ref.own_id, [])
    notes: list[str] = []
    for number, (cabinet, fixture_row) in enumerate(rows):
        fixture = fixture_of(fixture_row)
        positions = [
            Position(product, row, column, 1, column * fixture.cell_width_in, fixture.cell_width_in,
                     price=None if s.price_e4 is None else from_e4(s.price_e4))
            for s, product, code in zip(stands.selections, stands.products, stands.slots, strict=True)
            for index, row, column in [slot_cell(code)] if index == cabinet.cabinet_index
        ]
        found = Planogram(fixture, tuple(positions), RuleSet.AS_FOUND)
        if number >= len(plans):
            planograms.create(
                session, plan_name(ref.name, cabinet.cabinet_index, len(rows) > 1), found,
                status="implemented", cabinet_id=identity(cabinet.id), is_primary=True, comment=FROM_MACHINE,
                effective_from=day,
            )
        else:
            notes += _bring_up(session, plans[number], found, day)
    return tuple(notes)


def _bring_up(session: TenantSession, plan_id: int, found: Planogram, day: date) -> list[str]:
    saved = planograms.load(session, plan_id)
    if _what_stands(saved.plan) == _what_stands(found):
        return []
    if saved.comment in (FROM_MACHINE, INFERRED, planograms.EMPTY):
        kept = {(p.row, p.column, p.product_id): p for p in saved.plan.positions}
        positions = [
            replace(kept.get((p.row, p.column, p.product_id), p), price=p.price) for p in found.positions
        ]
        plan = found.with_positions(positions)
        planograms.save(session, plan_id, saved.last_version, plan, FROM_MACHINE, day)
        return []
    differing = {where[:2] for where in _what_stands(found) ^ _what_stands(saved.plan)}
    return [f"The machine differs from the plan {saved.name} in {len(differing)} slots; the plan stays."]


def _what_stands(plan: Planogram) -> set[tuple[int, int, int, float | None]]:
    return {(p.row, p.column, p.product_id, p.price) for p in plan.positions}


def _close(session: TenantSession, import_id: int, result: _Result) -> None:
    row = session.get_one(t.SalesImport, import_id)
    row.status, row.finished_at = "done", t.now()
    row.rows_read, row.rows_imported, row.rows_duplicate = result.read, result.imported, result.known
    row.rows_rejected = len(result.rejected)
    row.rejected = [{"line": e.line, "error": e.error} for e in result.rejected[:1000]]
    if result.days:
        row.period_from = EPOCH + timedelta(days=min(result.days))
        row.period_to = EPOCH + timedelta(days=max(result.days))
    session.flush()


def _report(session: TenantSession, import_id: int, result: _Result, dry_run: bool) -> ImportReport:
    plans = planograms_of(session, [ref.own_id for ref in result.places])
    places = {
        ref.own_id: PlaceImported(
            None if dry_run and ref.is_new else ref.own_id, ref.name, tuple(plans.get(ref.own_id, ())))
        for ref in result.places
    }
    days = [EPOCH + timedelta(days=d) for d in result.days]
    return ImportReport(
        None if dry_run else import_id, result.read, result.imported, result.known, len(result.rejected),
        result.rejected, dict(MAPPING), tuple(places.values()), (), result.products_created,
        (min(days), max(days)) if days else None, result.revenue_e4, tuple(dict.fromkeys(result.notes)),
    )


