"""Forecasts are kept, and what came true is filled in from the sales, on both kinds of database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from core.store import judgement, records
from core.store import tables as t
from core.store.database import Actor, Database

ORIGIN = date(2026, 3, 1)
FIRST = (ORIGIN - judgement.EPOCH).days + 1


@pytest.fixture
def shop(database: Database, acme: Actor) -> Database:
    """Acme's machine 1 with products 1 and 2; three weeks of sales after the origin: product 1 sells two a
    day, product 2 one a day, and is out of stock on the second day."""
    with database.session(acme) as session:
        for row in (t.Site(kind="device", name="Lobby", source_name="M1"), t.Category(name="snacks")):
            session.add(row)
        session.flush()
        for name in ("Chips", "Nuts"):
            session.add(t.Product(category_id=1, name=name))
        session.flush()
        for day in range(FIRST, FIRST + 21):
            session.add(t.DailySales(site_id=1, day=day, slot=1, product_id=1, units=2))
            out = day == FIRST + 1
            session.add(t.DailySales(site_id=1, day=day, slot=2, product_id=2, units=0 if out else 1,
                                     stockout=out))
    return database


def _columns(days: int = 7, starts: tuple[int, ...] = (0, 7, 14, 21), **changes: Any) -> dict[str, Any]:
    n = len(starts)
    return {
        "site_id": np.ones(2 * n, np.int64), "product_id": np.repeat([1, 2], n),
        "day": FIRST + np.tile(starts, 2), "days": np.full(2 * n, days),
        "expected": np.repeat([13.0, 8.0], n), "variance": np.repeat([13.0, 8.0], n),
        "naive": np.full(2 * n, np.nan), "scale": np.full(2 * n, 2.0), **changes,
    }


def _save(session: Any, version: str = "v1", replayed: bool = False, origin: date = ORIGIN) -> int:
    products = _columns()
    sites = {k: v[:4] for k, v in products.items() if k != "product_id"}
    sites["expected"] = np.full(4, 21.0)
    return judgement.save_run(session, False, origin, version, replayed=replayed, series=2, seconds=0.1,
                              products=products, sites=sites)


def test_what_came_true_is_filled_in_for_spans_that_have_ended(shop: Database, acme: Actor) -> None:
    """Three of four weeks; the day out of stock counts neither as sold nor as available."""
    with shop.session(acme) as session:
        run = _save(session)
        judgement.fill_actuals(session)
        rows = judgement.product_rows(session, [run], 7).sort_values(["product_id", "day"])
        places = judgement.site_rows(session, [run], 7).sort_values("day")
    assert rows["actual"].tolist() == [14, 14, 14, 6, 7, 7]
    assert rows["available"].tolist() == pytest.approx([1, 1, 1, 6 / 7, 1, 1])
    assert rows["naive"].isna().all()
    assert places["actual"].tolist() == [20, 21, 21]
    assert places["stocked"].tolist() == pytest.approx([13 + 8 * 6 / 7, 21, 21])


def test_filling_in_twice_changes_nothing(shop: Database, acme: Actor) -> None:
    """A job that is repeated does no harm."""
    with shop.session(acme) as session:
        run = _save(session)
        judgement.fill_actuals(session)
        before = judgement.product_rows(session, [run], 7)
        judgement.fill_actuals(session)
        judgement.fill_actuals(session, ORIGIN)
        assert judgement.product_rows(session, [run], 7).equals(before)


def test_sales_that_come_late_are_filled_in_again(shop: Database, acme: Actor) -> None:
    """Spans that reach to the day from which sales changed; earlier ones stay as they were judged."""
    with shop.session(acme) as session:
        run = _save(session)
        judgement.fill_actuals(session)
        session.add(t.DailySales(site_id=1, day=FIRST + 10, slot=3, product_id=1, units=5))
        session.flush()
        judgement.fill_actuals(session)
        assert judgement.product_rows(session, [run], 7)["actual"].sum() == 62
        judgement.fill_actuals(session, ORIGIN + timedelta(days=11))
        found = judgement.product_rows(session, [run], 7)
    assert found["actual"].sum() == 67


def test_a_product_that_left_its_plan_is_not_judged(shop: Database, acme: Actor) -> None:
    """The plan of the second week holds product 1 alone: what the forecast said of product 2 is void."""
    with shop.session(acme) as session:
        session.add(t.Fixture(width_in=20, height_in=60, depth_in=20, row_columns=[8, 8]))
        session.flush()
        session.add(t.Planogram(name="Plan", site_id=1, last_version=2))
        session.flush()
        for version, since in ((1, ORIGIN - timedelta(days=90)), (2, ORIGIN + timedelta(days=9))):
            session.add(t.PlanogramVersion(planogram_id=1, version=version, fixture_id=1,
                                           effective_from=since))
        session.flush()
        for version, products in ((1, (1, 2)), (2, (1,))):
            for k, product in enumerate(products):
                session.add(t.Position(planogram_version_id=version, ordinal=k, product_id=product,
                                       row_index=0, column_index=k, x_in=0.0, width_in=2.5))
        session.flush()
        run = _save(session)
        judgement.fill_actuals(session)
        rows = judgement.product_rows(session, [run], 7)
    assert rows.groupby("product_id")["day"].count().to_dict() == {1: 3, 2: 1}


def test_the_same_day_is_kept_once_a_version(shop: Database, acme: Actor) -> None:
    """A newer forecast of the day takes the place, a replayed one never that of one made in time."""
    with shop.session(acme) as session:
        _save(session, replayed=True)
        second = _save(session)
        third = _save(session, replayed=True)
        other = _save(session, "v2")
        found = judgement.runs(session, False)
    assert second == third
    assert {r.id for r in found} == {second, other}
    assert not any(r.replayed for r in found)


def test_another_company_sees_nothing(shop: Database, acme: Actor, other: Actor) -> None:
    """Neither the runs nor, by their numbers, the rows."""
    with shop.session(acme) as session:
        run = _save(session)
        judgement.fill_actuals(session)
    with shop.session(other) as session:
        judgement.fill_actuals(session)
        assert judgement.runs(session, False) == []
        assert judgement.product_rows(session, [run], 7).empty
        assert judgement.site_rows(session, [run], 7).empty


def test_old_runs_are_thinned_to_one_a_week(shop: Database, acme: Actor) -> None:
    """Twelve daily runs long ago become the first of each week; recent ones stay."""
    with shop.session(acme) as session:
        for k in range(12):
            _save(session, origin=ORIGIN + timedelta(days=k))
        assert judgement.thin(session, False) == 0
        _save(session, origin=ORIGIN + timedelta(days=90))
        gone = judgement.thin(session, False)
        kept = [r.last_known for r in judgement.runs(session, False)][1:]
    assert gone == 12 - len(kept)
    assert len({(d - judgement.EPOCH).days // 7 for d in kept}) == len(kept)


def test_products_of_long_ago_are_forgotten_and_places_stay(shop: Database, acme: Actor) -> None:
    """The rows of single products are the many; those of places tell the long story."""
    with shop.session(acme) as session:
        run = _save(session)
        judgement.fill_actuals(session)
        _save(session, origin=ORIGIN + timedelta(days=judgement.PRODUCT_ROWS_KEPT + 1))
        judgement.thin(session, False)
        assert judgement.product_rows(session, [run], 7).empty
        assert len(judgement.site_rows(session, [run], 7)) == 3


def test_what_ifs_wait_for_their_outcome(shop: Database, acme: Actor) -> None:
    """Open while their plan has changed since and nothing is known; told once it is."""
    with shop.session(acme) as session:
        session.add(t.Fixture(width_in=20, height_in=60, depth_in=20, row_columns=[8, 8]))
        session.flush()
        session.add(t.Planogram(name="Plan", site_id=1, last_version=1))
        session.flush()
        asked = records.add_prediction(session, "revenue", {"a": 1}, {"b": 2}, planogram_id=1)
        records.add_prediction(session, "heat", {}, {}, planogram_id=1)
        assert judgement.open_predictions(session) == []
        session.add(t.PlanogramVersion(planogram_id=1, version=1, fixture_id=1, effective_from=ORIGIN))
        session.flush()
        assert [p.id for p in judgement.open_predictions(session)] == [asked]
        judgement.set_actual(session, asked, {"daily_revenue": 3.0})
        assert judgement.open_predictions(session) == []
        assert judgement.outcomes(session) == [(1, {"daily_revenue": 3.0})]
