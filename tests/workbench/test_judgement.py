"""The workbench keeps its forecasts, replays past weeks, and judges them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from core.capabilities.model_check import Choice, choices
from core.planogram.edit import swap
from core.store import planograms, records
from core.store import tables as t
from core.units import slot_name
from core.workbench import Workbench
from core.workbench.outcomes import judge_predictions

_sales: Any = t.DailySales


@pytest.fixture(scope="module")
def judged(wb: Workbench) -> Workbench:
    """The demo of ninety days, with what can be replayed."""
    assert wb.keep_forecasts(True) >= 4
    return wb


def test_past_weeks_are_replayed_and_today_is_kept(judged: Workbench) -> None:
    """One forecast a week from the eighth week on, and one that is not replayed."""
    fleet = judged.judged_fleet(True)
    days = [run.last_known for run in fleet.runs]
    assert [run.replayed for run in fleet.runs] == [False, *[True] * (len(days) - 1)]
    assert {(a - b).days for a, b in pairwise(days)} == {7}


def test_keeping_twice_adds_nothing(judged: Workbench) -> None:
    """The daily job may run as often as it likes."""
    before = judged.judged_fleet(True)
    assert judged.keep_forecasts(True) == 0
    assert judged.judged_fleet(True) is before


def test_nothing_is_kept_where_nothing_is_sold(judged: Workbench) -> None:
    """The user has no places here."""
    assert judged.keep_forecasts(False) == 0
    assert judged.judged_origins() == (False, True)


def test_what_came_true_is_what_was_sold(judged: Workbench) -> None:
    """The judged week of a product equals its daily sales, days out of stock left out."""
    weeks = judged.judged_fleet(True).kept.product_weeks
    row = weeks.sort_values("expected").iloc[-1]
    with judged.database.session(judged.actor) as session:
        sold = session.execute(
            select(func.sum(_sales.units)).where(
                _sales.site_id == int(row["site_id"]), _sales.product_id == int(row["product_id"]),
                _sales.day >= int(row["day"]), _sales.day < int(row["day"]) + 7, ~_sales.stockout,
            )
        ).scalar_one()
    assert int(row["actual"]) == sold


def test_the_check_answers_every_choice(judged: Workbench) -> None:
    """Grains, weeks ahead and classes: scores, or none where nothing is left."""
    fleet = judged.judged_fleet(True)
    for grain in ("place", "product", "month"):
        for among in ("", *choices(fleet.kept, fleet.labels, grain)[:4]):
            found = judged.model_check(fleet, Choice(grain, 4, 0, among))
            assert found.scores is None or 0 <= found.scores.wape < 3
    scores = judged.model_check(fleet, Choice()).scores
    assert scores is not None
    assert scores.wape < 0.5
    assert scores.naive is not None
    assert 0.5 < scores.coverage[0.9] <= 1.0


def test_classes_add_up_to_all(judged: Workbench) -> None:
    """Units by venue, volume, category and weeks ahead."""
    fleet = judged.judged_fleet(True)
    choice = Choice("product", 0, 0)
    whole = judged.model_check(fleet, choice).scores
    assert whole is not None
    for grouping in ("venue", "volume", "category", "ahead", "version", "place"):
        parts = judged.accuracy_by_class(fleet, choice, grouping)
        assert sum(s.units for s in parts.values()) == pytest.approx(whole.units)


def test_misses_have_names_and_reasons(judged: Workbench) -> None:
    """Outside their interval, each with a sentence."""
    fleet = judged.judged_fleet(True)
    for miss in judged.worst_misses(fleet, Choice("place", 0, 0), 10):
        assert miss.reason
        assert not miss.lower <= miss.actual <= miss.upper
        assert fleet.labels.sites[miss.site_id]
        assert fleet.labels.products[miss.product_id]


def _quiet_since(wb: Workbench, planogram_id: int, day: date) -> bool:
    """No version of the plan came into force after the day."""
    return all(v.effective_from is None or v.effective_from < day for v in wb.versions(planogram_id))


def test_a_what_if_that_was_carried_out_gets_its_outcome(judged: Workbench) -> None:
    """Only once a version that holds the proposal is known to have stood for two weeks."""
    since = judged.judged_fleet(True).runs[0].last_known - timedelta(days=20)
    card = next(c for c in judged.planograms() if c.device_id is not None and _quiet_since(judged, c.id, since))
    saved = judged.open(card.id)
    a, b = saved.plan.positions[:2]
    proposed = swap(saved.plan, judged.catalog(), slot_name(a.row, a.column), slot_name(b.row, b.column))
    found = judged.predict_revenue(card.id, proposed)
    slots = [
        {"position": slot_name(p.row, p.column), "product_id": p.product_id, "facings": p.cells}
        for p in proposed.positions
    ]
    observed = found.proposed.observed
    with judged.database.session(judged.actor) as session:
        asked = records.add_prediction(
            session, "revenue", {"proposed_planogram": {"slots": slots}, "prediction_horizon_days": 30},
            {"proposed": {"daily_revenue": found.proposed.daily_revenue,
                          "confidence_interval": {"lower": observed.lower, "upper": observed.upper}}},
            planogram_id=card.id,
        )
    with judged.database.session(judged.actor) as session:
        assert judge_predictions(session) == 0
        planograms.save(session, card.id, saved.last_version, proposed, effective_from=since)
        assert judge_predictions(session) == 1
        assert judge_predictions(session) == 0
        row = session.get_one(t.Prediction, asked)
        assert row.actual is not None
        assert row.actual["first"] == (since + timedelta(days=1)).isoformat()
        assert row.actual["daily_revenue"] > 0
    assert judged.whatif_outcomes()[0][0] == card.id


def test_removing_the_demo_removes_what_was_forecast_for_it(judged: Workbench) -> None:
    """The last test of this file: afterwards nothing of the demo is left to judge."""
    judged.remove_demo()
    assert judged.judged_origins() == (False, False)
    with judged.database.session(judged.actor) as session:
        for model in (t.Forecast, t.SiteForecast, t.ForecastRun):
            assert session.execute(select(func.count()).select_from(model)).scalar_one() == 0
