"""The response against the truth of one small world; `make truth` measures many large ones."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from tests.truth.evaluate import WorldResult, evaluate_world
from tests.truth.report import report


@pytest.fixture(scope="module")
def result() -> WorldResult:
    return evaluate_world(seed=7, machines=7, stores=1, what_ifs=150, days=300)


def test_slots_are_ranked_as_they_are(result):
    """Spearman over the slots that held several products, which are most of them."""
    assert result.rank_correlation > 0.8
    assert result.identified > 0.5


def test_intervals_hold_the_true_lift_about_as_often_as_they_say(result):
    """Nominal 90 %, with the room that chance needs in so few."""
    ours = result.of("shrunken")
    low, high = binom.ppf([0.005, 0.995], len(ours), 0.9) / len(ours)
    assert low <= ours.inside.mean() <= high


def test_wide_is_no_way_out(result):
    """The interval score beats that of the model without shrinkage, and points beat "no change"."""
    ours = result.of("shrunken")
    other = result.of("without")
    assert ours.winkler.mean() < other.winkler.mean()
    assert ((ours.point - ours.true) ** 2).mean() < 0.25 * (ours.true**2).mean()


def test_a_twin_changes_nothing(result):
    """The placebo: 0 lies within as many intervals as 90 % ones should hold, but for one world in 100."""
    n = len(result.placebo)
    assert n >= 5
    assert result.placebo.true.abs().max() < 1e-9
    assert result.placebo.inside.sum() >= binom.ppf(0.01, n, 0.9)


def test_the_report_names_every_world_and_kind(result):
    """A table a person can read."""
    text = report([result], 8, 2)
    assert "| 7 |" in text
    assert all(f"| {kind} |" in text for kind in ("swap", "move", "replace", "facings", "price", "several"))
