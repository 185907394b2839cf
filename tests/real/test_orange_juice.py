"""Prices and promotions of real stores: a third of them, on weeks that were not judged in docs/real.md."""

from __future__ import annotations

import pytest

from tests.real.juice_contest import OURS, Contest, contest, elasticities, scores
from tests.real.orange_juice import FILE, history, weekly

EARLIER = 121
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FILE.exists(), reason=f"the orange juice data are not at {FILE}"),
]


@pytest.fixture(scope="module")
def earlier() -> Contest:
    return contest(EARLIER, stores=14)


def test_a_store_is_told_in_full():
    """Every carton of its weeks, and no week after the last known one."""
    table = weekly()
    store = history(2, EARLIER)
    mine = table[(table["store"] == 2) & (table["week"] < EARLIER)]
    assert store.daily["units"].sum() == mine["units"].sum()
    assert store.days == 7 * mine["week"].nunique()
    assert (store.daily["day"].dt.day_name() == "Thursday").all()


def test_held_out_weeks_are_predicted_better_than_by_log_log_regressions(earlier: Contest):
    """By R² of the mean and by MAPE of the median."""
    table = scores(earlier)
    others = table.drop(index=OURS)
    assert table.loc[OURS, "R²"] > others["R²"].max()
    assert table.loc[OURS, "MAPE"] < others["MAPE"].min()


def test_intervals_hold_about_as_often_as_they_say(earlier: Contest):
    """90 %, of weeks that lie up to 20 ahead."""
    assert scores(earlier).loc[OURS, "90 % holds"] == pytest.approx(0.9, abs=0.04)


def test_elasticities_are_those_of_brands(earlier: Contest):
    """Between −1.3 and −4, as published; what is advertised sells more and answers more steeply."""
    table = elasticities(earlier.fit)
    assert table["elasticity"].between(-4.0, -1.1).all()
    assert table["elasticity"].mean() == pytest.approx(-2.5, abs=0.6)
    assert (table["advertised"] < table["elasticity"]).all()
    assert (table["feature"] > 1.0).all()
