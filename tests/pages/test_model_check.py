"""The model check answers for what is chosen, and says what to do where nothing can be judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from core.capabilities.accuracy import judged, score
from core.capabilities.model_check import Drift, Drifting
from core.errors import BadInput
from core.store.judgement import FitCard
from pages.parts import check_words as words
from pages.parts import nav


def first_line(app) -> str:
    return next((h.value for h in app.html if '<h1 class="wb-head"' in h.value), "")


@pytest.fixture(scope="module")
def judged_demo(demo):
    """The small demo with its forecasts kept."""
    demo.keep_forecasts(True)
    return demo


def test_without_kept_forecasts_the_page_offers_to_make_them(open_page, monkeypatch, demo):
    """One sentence, one button."""
    monkeypatch.setattr(type(demo), "judged_origins", lambda self: (False, False))
    app = open_page(nav.MODEL_CHECK)
    assert not app.exception
    assert "No forecast has been kept yet" in first_line(app)
    assert [b.label for b in app.button] == ["Judge the past 12 weeks"]


def _nothing_due(fleet):
    """The same kept forecasts before the first of them has come due."""
    kept = fleet.kept
    spans = (kept.site_weeks, kept.site_months, kept.product_weeks, kept.product_months)
    return replace(fleet, kept=type(kept)(*(rows.iloc[:0] for rows in spans)))


def test_own_forecasts_that_wait_do_not_hide_those_of_the_demo(open_page, monkeypatch, judged_demo):
    """A first import makes a forecast that nothing can be said of for a week."""
    demo_fleet = judged_demo.judged_fleet(True)
    monkeypatch.setattr(type(judged_demo), "judged_origins", lambda self: (True, True))
    monkeypatch.setattr(
        type(judged_demo), "judged_fleet",
        lambda self, is_demo: demo_fleet if is_demo else _nothing_due(demo_fleet),
    )
    app = open_page(nav.MODEL_CHECK)
    assert not app.exception
    assert "were off by" in first_line(app)


def test_where_nothing_is_due_the_demo_can_still_be_judged(open_page, monkeypatch, judged_demo):
    """Where the daily job has not done so yet."""
    waiting = _nothing_due(judged_demo.judged_fleet(True))
    monkeypatch.setattr(type(judged_demo), "judged_origins", lambda self: (True, False))
    monkeypatch.setattr(type(judged_demo), "judged_fleet", lambda self, is_demo: waiting)
    app = open_page(nav.MODEL_CHECK)
    assert not app.exception
    assert "No forecast has come due yet" in first_line(app)
    assert [b.label for b in app.button] == ["Judge the past 12 weeks"]


def test_a_judging_that_fails_says_so_in_the_first_line(open_page, monkeypatch, demo):
    """Not that it is still at work."""
    def fail(self, is_demo, progress=None):
        raise BadInput("The sales cannot be read.", "Import them again.")

    monkeypatch.setattr(type(demo), "judged_origins", lambda self: (False, False))
    monkeypatch.setattr(type(demo), "keep_forecasts", fail)
    app = open_page(nav.MODEL_CHECK)
    app.button[0].click().run()
    for _ in range(50):
        if "could not be forecast" in first_line(app):
            break
        app.run()
    assert "could not be forecast" in first_line(app)
    assert "The sales cannot be read" in app.error[0].value


def test_the_first_line_tells_error_coverage_and_drift(open_page, judged_demo):
    """The one number that matters, how honest the intervals are, and whether anything drifts."""
    app = open_page(nav.MODEL_CHECK)
    assert not app.exception
    assert not app.error
    assert "were off by" in first_line(app)
    assert "90% intervals held" in first_line(app)
    assert "drift" in first_line(app) or "than forecast" in first_line(app)


@pytest.mark.parametrize("grain", ["Place and week", "Product and week", "Product and 4 weeks"])
def test_every_choice_is_answered(open_page, judged_demo, grain):
    """Each way to judge, with each class that it offers first."""
    app = open_page(nav.MODEL_CHECK)
    app.segmented_control(key="by").set_value(grain).run()
    assert not app.exception
    box = next(s for s in app.selectbox if s.label == "Class")
    box.select(box.options[1]).run()
    assert not app.exception
    assert not app.error
    assert first_line(app)


@pytest.mark.parametrize("view", ["Lean", "Intervals"])
def test_the_chart_over_time_has_three_views(open_page, judged_demo, view):
    """Error, lean and intervals, each with its finding."""
    app = open_page(nav.MODEL_CHECK)
    app.segmented_control(key="shown").set_value(view).run()
    assert not app.exception
    assert not app.error


def test_names_never_ids(open_page, judged_demo):
    """The misses name place and product."""
    app = open_page(nav.MODEL_CHECK)
    table = next(d.value for d in app.dataframe if "Likely reason" in d.value.columns)
    products = {p.name for p in judged_demo.catalog().values()}
    assert set(table["Product"]) <= products
    assert table["Place"].str.len().min() > 0


def _drifting(**changes) -> Drifting:
    values = {"kind": "place", "name": "Library north", "since": date(2026, 10, 14), "until": None,
              "percent": 23.4, "p": 0.0004}
    return Drifting(**{**values, **changes})


def test_drift_is_told_in_a_sentence():
    """What changed and since when."""
    assert words.lean(_drifting()) == "Library north sells 23% more than forecast"
    gone = _drifting(until=date(2026, 10, 28), percent=-12.0)
    assert words.lean(gone) == "Library north sold 12% less than forecast"
    together = _drifting(kind="venue", name="school", members=("A", "B", "C"))
    assert words.lean(together) == "3 places of kind “school” sell 23% more than forecast"
    assert words.drifts(Drift((gone,), None)) == "nothing drifts"
    one = words.drifts(Drift((_drifting(), gone), None))
    assert one.startswith("Library north sells 23% more than forecast since")
    assert words.drifts(Drift((_drifting(), _drifting(name="B")), None)).startswith("2 things drift")
    assert words.drift_title(1, 2) == "1 thing drifts; 2 did and stopped"


def test_findings_follow_the_numbers():
    """A lean is called one way or the other, an interval honest, too wide or too narrow."""
    rng = np.random.default_rng(2)
    mean = rng.gamma(4.0, 5.0, 3000)
    sold = rng.poisson(mean).astype(float)
    draw = rng.random(3000)

    def scores(factor: float, variance: float):
        found = score(judged(factor * mean, variance * mean, sold, naive=sold[::-1].copy(), draw=draw))
        assert found is not None
        return found

    assert words.bias_title(scores(1.0, 1.0)) == "Forecasts lean neither way"
    assert words.bias_title(scores(1.2, 1.0)) == "Forecasts expect 20% more than is sold"
    assert "honest" in words.held_title(scores(1.0, 1.0))
    assert "too wide" in words.held_title(scores(1.0, 5.0))
    assert "too narrow" in words.held_title(scores(1.3, 1.3))
    assert words.error_title(scores(1.0, 1.0)).startswith("Forecasts avoid 1")
    assert words.error_title(scores(3.0, 1.0)) == "Repeating the last sales would have been as good"


def test_models_are_named_in_words():
    """Version and origin, not the key of a row."""
    assert words.model_name("response 1.1 demo") == "Response 1.1, demo places"
    assert words.model_name("forecast 1 own") == "Forecast 1, your places"


def test_decisions_about_fits_are_told_with_their_numbers():
    """Taken or refused, why, and by how much."""
    first = {"at": "2026-11-01T10:00:00+00:00", "replaces": True, "reason": "It is the first."}
    worse = {**first, "at": "2026-11-08T10:00:00+00:00", "replaces": False, "reason": "It tells them worse.",
             "counts": 1204, "days": 28, "kept_log_score": -0.5, "new_log_score": -0.75}
    facts = {"planograms": 5, "decisions": [first, worse]}
    fit = FitCard("response 2.0 own", facts, datetime(2026, 11, 8, tzinfo=UTC))
    table = words.fit_table([fit])
    assert table["Decision"].tolist() == [
        "Refused: it tells them worse (log score −0.250 a unit, 1,204 totals of 28 days)",
        "Taken: it is the first",
    ]
    assert table["From"].tolist() == ["5 planograms", ""]
