"""Numbers and words as people read them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.parts import format as fmt

amounts = st.floats(-1e6, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "low", "high", "per", "text"),
    [
        (412.3, 380.2, 445.9, "a month", "$412 a month (380–446)"),
        (11.412, 8.13, 14.86, "a day", "$11.40 a day (8.10–14.90)"),
        (412.0, 70.0, 750.0, "", "$410 (70–750)"),
        (1.234, 1.2, 1.3, "", "$1.23 (1.20–1.30)"),
        (2.0, -1.0, 5.0, "a day", "$2.00 a day (−1.00 to 5.00)"),
        (5.0, 5.0, 5.0, "", "$5.00 (5.00–5.00)"),
    ],
)
def test_estimate_shows_no_more_digits_than_its_interval_deserves(value, low, high, per, text):
    """The last digit is worth about a tenth of the half-width."""
    assert fmt.estimate(value, low, high, per) == text


def test_signed_estimate_carries_the_sign_on_all_three_numbers():
    """A change is read by its sign first."""
    assert fmt.signed_estimate(6.1, 3.2, 9.3, "a day") == "+$6.10 a day (+3.20 to +9.30)"
    assert fmt.signed_estimate(-0.72, -1.4, 0.1) == "−$0.72 (−1.40 to +0.10)"


@given(amounts, st.floats(0.1, 1e5), st.floats(0.1, 1e5))
def test_estimate_rounds_by_at_most_a_tenth_of_the_half_width(value, below, above):
    """Rounding for the eye never moves the number by more than the interval allows."""
    step = fmt.step_of(value - below, value + above)
    assert step <= max((below + above) / 2 / 10, 0.01) + 1e-9


@pytest.mark.parametrize(
    ("value", "text"),
    [(4.2, "$4.20"), (99.99, "$99.99"), (1234.5, "$1,234"), (-3, "−$3.00"), (None, "–"), (float("nan"), "–")],
)
def test_money_keeps_cents_only_where_they_matter(value, text):
    """Cents below a hundred dollars, thousands separated above."""
    assert fmt.money(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(4.13, "+4.1%"), (46.4, "+46%"), (-9.94, "−9.9%"), (9.97, "+10%"), (0.0, "0%"), (-0.01, "0%")],
)
def test_percent_drops_decimals_above_ten(value, text):
    """Lifts are signed, and nothing is never signed."""
    assert fmt.percent(value, signed=True) == text


def test_lift_gives_its_interval():
    """The interval carries signs and no second percent mark."""
    assert fmt.lift(4.13, 1.2, 7.0) == "+4.1% (+1.2 to +7.0)"


@pytest.mark.parametrize(
    ("value", "text"),
    [(950, "$950"), (1234, "$1.2k"), (12000, "$12k"), (3.4e6, "$3.4M"), (2.5, "$2.50"), (0, "$0")],
)
def test_short_money_fits_an_axis(value, text):
    """Thousands and millions are abbreviated."""
    assert fmt.short_money(value) == text


@pytest.mark.parametrize(("value", "word"), [(0.1, "weak"), (0.5, "fair"), (0.8, "good"), (0.95, "strong")])
def test_confidence_in_words(value, word):
    """About 0.3 at a day, 0.5 at a week, 0.8 at a month, 0.95 at a quarter."""
    assert fmt.confidence(value) == word


def test_dates_as_people_say_them():
    """The year only when it is not this one."""
    today = date(2026, 11, 21)
    assert fmt.day(date(2026, 11, 3), today) == "Nov 3"
    assert fmt.day(date(2025, 11, 3), today) == "Nov 3, 2025"
    assert fmt.days(date(2026, 10, 22), date(2026, 11, 18), today) == "Oct 22 – Nov 18"


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (datetime(2026, 11, 21, 11, 59, 30, tzinfo=UTC), "just now"),
        (datetime(2026, 11, 21, 11, 48), "12 minutes ago"),
        (datetime(2026, 11, 21, 10, 0, tzinfo=UTC), "2 hours ago"),
        (date(2026, 11, 20), "yesterday"),
        (date(2026, 11, 16), "5 days ago"),
        (date(2026, 9, 1), "Sep 1"),
    ],
)
def test_ago_says_how_old_something_is(when, text):
    """Minutes, hours, days, then the date."""
    assert fmt.ago(when, datetime(2026, 11, 21, 12, 0, tzinfo=UTC)) == text


def test_count_speaks_in_the_singular_and_the_plural():
    """One machine, many machines, many facings."""
    assert fmt.count(1, "machine") == "1 machine"
    assert fmt.count(1204, "row") == "1,204 rows"
    assert fmt.count(2, "category", "categories") == "2 categories"


def test_break_even_never_reached_is_said_in_words():
    """A plan that earns nothing more has no number of days."""
    assert fmt.days_to_recover(None) == "never at this lift"
    assert fmt.days_to_recover(8.2) == "9 days"
    assert fmt.days_to_recover(0.2) == "under a day"


def test_nine_in_ten_names_the_level():
    """Levels are said as odds."""
    assert fmt.nine_in_ten(0.9) == "9 in 10"
    assert fmt.nine_in_ten(0.95) == "19 in 20"


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([3], "3"), ([2, 3], "2, 3"), ([7, 2, 3, 4, 5, 6, 9], "2–7, 9"), ([1, 1, 4], "1, 4")],
)
def test_runs_of_numbers_are_drawn_together(numbers, text):
    """Three and more; each number once, in rising order."""
    assert fmt.runs(numbers) == text
