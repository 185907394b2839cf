"""A predicted change is judged when it was really made, by the days after it, and not before."""

from __future__ import annotations

from datetime import date

import pytest

from core.capabilities.whatif_outcome import Stood, judged_days, outcome, put_in_place
from core.planogram.fixture import Fixture
from tests.support.sites import make_plan

FIXTURE = Fixture.machine((3, 3))
PLAN = make_plan(FIXTURE, {"A1": 1, "A2": 2, "B1": 3})
STOOD = Stood(4, PLAN, date(2026, 3, 1), None)
RESULT = {"proposed": {"daily_revenue": 50.0, "confidence_interval": {"lower": 45.0, "upper": 55.0}}}


def _request(**slots: int) -> dict:
    return {"proposed_planogram": {"slots": [{"position": s, "product_id": p} for s, p in slots.items()]}}


def test_the_version_that_holds_what_was_proposed_is_found():
    """Whatever the order in which the slots were named."""
    other = Stood(3, make_plan(FIXTURE, {"A1": 1}), date(2026, 2, 1), date(2026, 3, 1))
    assert put_in_place(_request(B1=3, A1=1, A2=2), [other, STOOD]) is STOOD


@pytest.mark.parametrize(
    "request_", [_request(A1=1, A2=2), _request(A1=1, A2=2, B1=9), _request(Z9=1), {}, _request()]
)
def test_another_layout_is_not_the_one_that_was_predicted(request_):
    """Neither a part of it, nor another product, nor a slot that is not there."""
    assert put_in_place(request_, [STOOD]) is None


def test_facings_take_the_slots_to_the_right():
    """As in the request, so on the shelf."""
    wide = Stood(5, make_plan(FIXTURE, {"A1": 1}, facings={"A1": 2}), date(2026, 3, 1), None)
    asked = {"proposed_planogram": {"slots": [{"position": "A1", "product_id": 1, "facings": 2}]}}
    assert put_in_place(asked, [wide]) is wide


def test_two_weeks_must_have_sold():
    """The day of the change itself is left out, and the next change ends it."""
    assert judged_days(STOOD, date(2026, 3, 14), 30) is None
    assert judged_days(STOOD, date(2026, 3, 15), 30) == (date(2026, 3, 2), date(2026, 3, 15))
    assert judged_days(STOOD, date(2026, 6, 1), 30) == (date(2026, 3, 2), date(2026, 3, 31))
    short = Stood(4, PLAN, date(2026, 3, 1), date(2026, 3, 9))
    assert judged_days(short, date(2026, 6, 1), 30) is None


def test_the_mean_day_is_compared_with_the_interval():
    """Inside it held, outside it did not; an answer without an interval is not judged."""
    days = (date(2026, 3, 2), date(2026, 3, 21))
    held = outcome(STOOD, days, 1000.0, RESULT)
    missed = outcome(STOOD, days, 1200.0, RESULT)
    assert held is not None
    assert held.held
    assert held.daily_revenue == 50.0
    assert missed is not None
    assert not missed.held
    assert outcome(STOOD, days, 1000.0, {"proposed": {"daily_revenue": 50.0}}) is None
