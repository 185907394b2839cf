"""Periods are the days that docs/ask.md says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ask.period import Days, Period, before, grouped, resolve, season_of, year_before
from core.errors import BadInput

TODAY = date(2026, 11, 20)
D = date


@pytest.mark.parametrize(("period", "first", "last"), [
    (Period("current", "day"), D(2026, 11, 20), D(2026, 11, 20)),
    (Period("previous", "day"), D(2026, 11, 19), D(2026, 11, 19)),
    (Period("last", "day", 30), D(2026, 10, 22), D(2026, 11, 20)),
    (Period("last", "month", 3), D(2026, 8, 21), D(2026, 11, 20)),
    (Period("last", "year", 1), D(2025, 11, 21), D(2026, 11, 20)),
    (Period("current", "week"), D(2026, 11, 16), D(2026, 11, 20)),
    (Period("previous", "week"), D(2026, 11, 9), D(2026, 11, 15)),
    (Period("previous", "month"), D(2026, 10, 1), D(2026, 10, 31)),
    (Period("previous", "quarter"), D(2026, 7, 1), D(2026, 9, 30)),
    (Period("current", "year"), D(2026, 1, 1), D(2026, 11, 20)),
    (Period("named", "month", 3), D(2026, 3, 1), D(2026, 3, 31)),
    (Period("named", "month", 12), D(2025, 12, 1), D(2025, 12, 31)),
    (Period("named", "quarter", 4), D(2026, 10, 1), D(2026, 11, 20)),
    (Period("named", "season", 2), D(2026, 6, 1), D(2026, 8, 31)),
    (Period("named", "season", 4), D(2025, 12, 1), D(2026, 2, 28)),
    (Period("named", "season", 3), D(2026, 9, 1), D(2026, 11, 20)),
    (Period("named", "year", year=2025), D(2025, 1, 1), D(2025, 12, 31)),
    (Period("between", first=D(2026, 5, 1)), D(2026, 5, 1), D(2026, 11, 20)),
    (Period("all"), D(2025, 10, 17), D(2026, 11, 20)),
])
def test_words_for_a_period_are_days(period: Period, first: date, last: date) -> None:
    """Rolling, whole, in progress, named and open periods."""
    assert resolve(period, TODAY, D(2025, 10, 17)) == Days(first, last)


@pytest.mark.parametrize(("period", "first", "last"), [
    (Period("last", "day", 30), D(2026, 9, 22), D(2026, 10, 21)),
    (Period("previous", "month"), D(2026, 9, 1), D(2026, 9, 30)),
    (Period("current", "month"), D(2026, 10, 1), D(2026, 10, 20)),
    (Period("current", "week"), D(2026, 11, 9), D(2026, 11, 13)),
    (Period("named", "season", 2), D(2026, 3, 1), D(2026, 5, 31)),
    (Period("named", "quarter", 4), D(2026, 7, 1), D(2026, 8, 20)),
])
def test_the_period_before(period: Period, first: date, last: date) -> None:
    """As long as a rolling one, whole for a whole one, as far for one in progress."""
    assert before(period, resolve(period, TODAY), TODAY) == Days(first, last)


def test_a_part_of_march_is_compared_within_february() -> None:
    """The period before never runs into the period itself."""
    today = D(2026, 3, 30)
    period = Period("current", "month")
    assert before(period, resolve(period, today), today) == Days(D(2026, 2, 1), D(2026, 2, 28))


def test_a_year_earlier_is_the_same_dates() -> None:
    """29 February becomes the 28th."""
    assert year_before(Days(D(2024, 2, 29), D(2024, 3, 2))) == Days(D(2023, 2, 28), D(2023, 3, 2))


def test_january_is_winter_and_march_spring() -> None:
    """Seasons are whole months."""
    assert [season_of(D(2026, m, 1)) for m in (1, 3, 8, 11, 12)] == [
        "winter", "spring", "summer", "autumn", "winter"]


@given(st.dates(D(2000, 1, 1), D(2040, 1, 1)), st.integers(0, 900),
       st.sampled_from(["day", "week", "month", "quarter", "season", "year"]))
def test_groups_of_time_cover_a_period_once(first: date, length: int, unit: str) -> None:
    """No day is in two groups, and none is left out."""
    days = Days(first, date.fromordinal(first.toordinal() + length))
    parts = grouped(unit, days)  # type: ignore[arg-type]
    assert [d for part in parts for d in part] == list(days)


@pytest.mark.parametrize("wrong", [
    lambda: Period("soon"),  # type: ignore[arg-type]
    lambda: Period("last", "day", 0), lambda: Period("last", "day"), lambda: Period("last", "season", 2),
    lambda: Period("named", "month", 13), lambda: Period("named", "year"), lambda: Period("between"),
    lambda: Period("between", first=D(2026, 2, 1), last=D(2026, 1, 1)), lambda: Period("named", "day", 3),
])
def test_what_is_no_period_is_refused(wrong: object) -> None:
    """With a sentence, not a trace."""
    with pytest.raises(BadInput):
        wrong()  # type: ignore[operator]
