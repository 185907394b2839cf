"""The demo company in the database, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select, text

from core.errors import Conflict
from core.store import planograms
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.demo.build import build_demo, has_demo, truth_path_of
from core.store.demo.truth import Truth
from core.store.demo.world import simulate
from core.store.sites import load_history
from tests.store.demo.demo_support import SMALL, TODAY, build, count


def test_build_writes_the_whole_world(database: Database, tmp_path: Path):
    """Counts in the summary, in the tables and in the simulated world agree."""
    summary = build(database, tmp_path)
    world = simulate(4, last_day=TODAY - timedelta(days=1), **SMALL)
    assert summary.last_day == TODAY - timedelta(days=1)
    assert summary.sites == count(database, t.Site) == len(world.places)
    assert summary.products == count(database, t.Product) == len(world.catalog)
    assert summary.planograms == count(database, t.Planogram) == len(world.sites)
    assert summary.sales_lines == count(database, t.SalesLine) == len(world.lines.spot)
    assert summary.daily_rows == count(database, t.DailySales) == len(world.slot_days.spot)
    assert count(database, t.Category) == 21
    assert count(database, t.Company) == 3


def test_totals_of_lines_days_and_planograms_agree(database: Database, tmp_path: Path):
    """To the ten-thousandth."""
    build(database, tmp_path)
    with database.admin_session() as session:
        lines, days, plans = (
            session.execute(select(func.sum(column))).scalar_one()
            for column in (t.SalesLine.amount_e4, t.DailySales.revenue_e4, t.PlanogramPerformance.revenue_e4)
        )
    assert lines == days == plans
    assert lines > 0


def test_build_keeps_every_foreign_key(database: Database, tmp_path: Path):
    """Though they are not checked row by row."""
    build(database, tmp_path)
    with database.engine.connect() as connection:
        if database.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        else:
            query = text("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated "
                         "AND conrelid IN ('sales_line'::regclass, 'daily_sales'::regclass)")
            assert connection.execute(query).scalar() == 5


def test_history_from_the_database_is_the_simulated_one(database: Database, tmp_path: Path):
    """And the truth beside it speaks of the same planograms and products."""
    summary = build(database, tmp_path)
    world = simulate(4, last_day=TODAY - timedelta(days=1), **SMALL)
    truth = Truth.load(tmp_path / "truth.npz")
    with database.session(Actor(summary.manager_id, summary.company_id, "manager")) as session:
        histories = load_history(session)
    assert len(histories) == len(world.histories)
    for found, made in zip(histories, world.histories, strict=True):
        assert found.daily["units"].sum() == made.daily["units"].sum()
        assert found.daily["revenue"].sum() == pytest.approx(made.daily["revenue"].sum())
        assert found.daily["stockout"].sum() == made.daily["stockout"].sum()
        assert [(p.start, p.end) for p in found.periods] == [(p.start, p.end) for p in made.periods]
        np.testing.assert_allclose(
            truth.true_rates(found.site_id, found.periods[-1].plan),
            world.truth.true_rates(made.site_id, made.periods[-1].plan),
        )


def test_current_version_is_last_and_says_who_and_why(database: Database, tmp_path: Path):
    """Planograms open by the machine's key; versions have dates, persons and comments."""
    summary = build(database, tmp_path)
    with database.session(Actor(summary.manager_id, summary.company_id, "manager")) as session:
        device = session.scalars(select(t.Device)).first()
        assert device is not None
        saved = planograms.load(session, f"{device.id}_0")
        versions = planograms.versions(session, saved.id)
    assert saved.version == versions[0].version == len(versions)
    assert all(v.comment and v.created_by for v in versions)
    days = [v.effective_from for v in versions]
    assert days == sorted(days, reverse=True)
    assert all(p.quantity is not None for p in saved.plan.positions)


def test_everything_is_marked_as_demo(database: Database, tmp_path: Path):
    """So that one button can remove it."""
    build(database, tmp_path)
    for model in (t.Site, t.Store, t.Device, t.Product, t.Category, t.Planogram, t.Project, t.Fixture):
        assert count(database, model, ~model.is_demo) == 0
        assert count(database, model) > 0


def test_there_is_a_user_of_every_role(database: Database, tmp_path: Path):
    """None of them can sign in with a password."""
    summary = build(database, tmp_path)
    with database.session(Actor(None, summary.company_id)) as session:
        users = session.scalars(select(t.User)).all()
    assert {u.role for u in users} == set(t.ROLES)
    assert {u.password_hash for u in users} == {""}
    assert next(u for u in users if u.id == summary.manager_id).role == "manager"


def test_a_second_build_is_refused_and_changes_nothing(database: Database, tmp_path: Path):
    """Two demo companies would be one too many."""
    summary = build(database, tmp_path)
    with pytest.raises(Conflict):
        build(database, tmp_path)
    assert count(database, t.SalesLine) == summary.sales_lines


def test_a_build_that_fails_leaves_nothing(database: Database, tmp_path: Path):
    """One transaction holds all of it."""

    def stop(share: float, _: str) -> None:
        if share > 0.6:
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        build_demo(database, seed=4, today=TODAY, progress=stop, truth_path=tmp_path / "truth.npz", **SMALL)
    assert not has_demo(database)
    assert count(database, t.Product) == 0
    assert count(database, t.Company) == 2
    assert not (tmp_path / "truth.npz").exists()


def test_truth_lies_beside_a_sqlite_file(tmp_path: Path):
    """Under the database's name; a server has no such place."""
    assert truth_path_of(Database(f"sqlite:///{tmp_path / 'a.db'}")) == tmp_path / "a.truth.npz"
    assert truth_path_of(Database("postgresql://localhost/a")) is None
