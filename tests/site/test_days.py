"""What a day is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.site.days import day_factors, first_weekday
from tests.site.worlds import one_product

DAYS = 365
FIRST = np.datetime64("2025-01-01")
PUBLIC = ("2025-01-20", "2025-05-26", "2025-07-04", "2025-09-01", "2025-11-11", "2025-11-27", "2025-12-25")


def year(units: np.ndarray, venue: str = "office", country: str = "US"):
    return replace(one_product(units.tolist()), venue_type=venue, country=country)


def closed_on_holidays() -> np.ndarray:
    units = np.full(DAYS, 20)
    units[[int((np.datetime64(day) - FIRST) / np.timedelta64(1, "D")) for day in PUBLIC]] = 0
    return units


def test_an_office_that_closes_on_holidays_is_told_from_a_hospital_that_does_not():
    """Each venue type has its own factor."""
    office, hospital = day_factors([
        year(closed_on_holidays()), replace(year(np.full(DAYS, 20), "hospital"), site_id=2)
    ])
    assert office.holiday < 0.45
    assert hospital.holiday == pytest.approx(1.0, abs=0.05)
    christmas = np.array([date(2025, 12, 25)], dtype="datetime64[D]")
    assert office.share(christmas)[0] == pytest.approx(office.holiday * office.weekday[3])


def test_holidays_are_those_of_the_country():
    """Thanksgiving is none in France."""
    (us,) = day_factors([year(closed_on_holidays())])
    (france,) = day_factors([year(closed_on_holidays(), country="FR")])
    assert us.holiday < france.holiday - 0.2


def test_weekly_rows_say_nothing_of_weekdays():
    """All of them begin on a Monday; that is no reason to think that Mondays sell everything."""
    history = one_product([70] * 20)
    days = np.datetime64("2025-01-06") + 7 * np.arange(20)
    weekly = replace(
        history, daily=history.daily.assign(day=days, days=7),
        periods=(replace(history.periods[0], start=date(2025, 1, 6), end=date(2025, 5, 25)),),
    )
    (factors,) = day_factors([weekly])
    assert factors.weekday == pytest.approx(np.ones(7))
    assert factors.holiday == pytest.approx(1.0)


def test_weeks_begin_on_the_weekday_on_which_prices_change():
    """Ads that run from Wednesday on; with steady prices weeks begin on Monday."""
    history = one_product([3] * 140)
    wednesdays = (np.arange(140) // 7) % 2  # the first day, 2025-01-01, is one
    daily = history.daily.assign(revenue=history.daily["units"] * np.where(wednesdays, 1.5, 2.0))
    assert first_weekday(replace(history, daily=daily)) == 2
    assert first_weekday(history) == 0
