"""Money, counts, dates and times as files write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store.imports.values import (
    Unreadable,
    date_order,
    decimal_mark,
    parse_amount,
    parse_date,
    parse_e4,
    parse_moment,
    parse_quantity,
    parse_time,
)

EPOCH = date(1970, 1, 1)
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "amount_e4"),
    [
        ("3.5", 35_000),
        ("1.234,56", 12_345_600),
        ("$1,234.56", 12_345_600),
        ("(3.50)", -35_000),
        ("1 234,50 €", 12_345_000),
        ("1'234.50", 12_345_000),
        ("EUR 3,20", 32_000),
        ("-2", -20_000),
        ("5-", -50_000),
        ("0.125", 1_250),
        (".5", 5_000),
        ("1,234,567", 12_345_670_000),
        ("2.00005", 20_000),
        ("2.00015", 20_002),
        ("2.000051", 20_001),
    ],
)
def test_money_is_read_exactly_whatever_its_dress(text: str, amount_e4: int) -> None:
    """Marks, currency, grouping and sign; beyond four decimals half goes to even."""
    assert parse_e4(text) == amount_e4


@pytest.mark.parametrize("text", ["free", "", "1.2.3", "1,2,3", "12,34.5", "1e5", "NaN", "5%", "99999999999"])
def test_what_is_no_number_is_refused(text: str) -> None:
    """Nothing is guessed out of a text that is not one number."""
    with pytest.raises(Unreadable):
        parse_e4(text)


@given(st.integers(0, 10**10), st.sampled_from([".", ","]), st.booleans())
def test_a_number_reads_back_in_either_mark(value_e4: int, mark: str, grouped: bool) -> None:
    """Round trip through four decimals, with and without thousands."""
    whole, fraction = divmod(value_e4, 10_000)
    group = "," if mark == "." else "."
    text = f"{whole:,}".replace(",", group) if grouped else str(whole)
    assert parse_e4(f"{text}{mark}{fraction:04}", mark) == value_e4  # type: ignore[arg-type]


@given(st.text(max_size=20))
def test_any_text_is_either_a_number_or_unreadable(text: str) -> None:
    """No other error leaves the parsers."""
    for parse in (parse_e4, parse_amount, parse_quantity, parse_date, parse_moment, parse_time):
        try:
            assert isinstance(parse(text), int)
        except Unreadable as error:
            assert str(error)


def test_one_thousand_or_one_point_is_decided_by_the_file_alone() -> None:
    """“1,234” has two readings; without evidence it is refused, “1,23” has one."""
    assert decimal_mark("1,234") == "?"
    assert decimal_mark("1,23") == ","
    assert (parse_e4("1,234", "."), parse_e4("1,234", ",")) == (12_340_000, 12_340)
    with pytest.raises(Unreadable, match="two ways"):
        parse_e4("1,234")


@pytest.mark.parametrize(
    ("text", "rule"), [("-1", "negative"), ("0", "zero"), ("1.5", "whole"), ("2000000", "larger")]
)
def test_a_quantity_that_breaks_a_rule_says_which(text: str, rule: str) -> None:
    """Refunds are no sales, half a can is none either."""
    with pytest.raises(Unreadable, match=rule):
        parse_quantity(text)


@given(DAYS)
def test_a_date_that_can_be_read_one_way_only_reads_back(day: date) -> None:
    """ISO, compact, dotted and with the month's name, with no evidence at all."""
    expected = (day - EPOCH).days
    for form in (
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y%m%d",
        "%d.%m.%Y",
        "%d %B %Y",
        "%b %d, %Y",
        "%d-%b-%Y",
        "%A, %d %B %Y",
    ):
        assert parse_date(day.strftime(form)) == expected, form


@given(DAYS)
def test_a_slashed_date_is_decided_by_its_day_or_by_the_file(day: date) -> None:
    """Days above 12 decide themselves; the others need to be told, unless day and month are equal."""
    expected = (day - EPOCH).days
    us, european = day.strftime("%m/%d/%Y"), day.strftime("%d/%m/%Y")
    assert parse_date(us, "mdy") == parse_date(european, "dmy") == expected
    if day.day > 12:
        assert (date_order(us), date_order(european)) == ("mdy", "dmy")
        assert parse_date(us, "dmy") == parse_date(european, "mdy") == expected
    elif day.day != day.month:
        assert date_order(us) == "?"
        with pytest.raises(Unreadable, match="does not decide"):
            parse_date(us)
    else:
        assert date_order(us) == ""
        assert parse_date(us) == expected


@pytest.mark.parametrize(
    "text", ["31/02/2022", "2022-13-01", "1/1/1822", "tomorrow", "00/00/0000", "1-2-22", "Foo 3, 2022"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """Impossible days and years outside what sales can be of."""
    with pytest.raises(Unreadable):
        parse_date(text)


@pytest.mark.parametrize(
    "text",
    ["5. März 2022", "5 mars 2022", "5 de marzo de 2022", "Mar 5th, 2022", "samedi 5 mars 2022", "5-Mar-22"],
)
def test_months_are_known_in_four_languages(text: str) -> None:
    """With weekdays, ordinals and connecting words."""
    assert parse_date(text) == (date(2022, 3, 5) - EPOCH).days


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)))
def test_a_moment_reads_back_to_the_second(moment: datetime) -> None:
    """ISO with a blank or T, a zone that is read over, and the US clock."""
    moment = moment.replace(microsecond=0)
    expected = round((moment - datetime(1970, 1, 1)) / timedelta(seconds=1))
    for form in (
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%d %H:%M:%S.250+02:00",
        "%B %d, %Y %I:%M:%S %p",
    ):
        assert parse_moment(moment.strftime(form)) == expected, form


def test_spreadsheet_and_unix_numbers_are_moments() -> None:
    """44562.5 is noon of 2022-01-01; ten digits are seconds, thirteen thousandths of them."""
    noon = 18_993 * 86_400 + 43_200
    assert parse_moment("44562.5") == parse_moment(str(noon)) == parse_moment(f"{noon}000") == noon


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:00", 0),
        ("9:05", 32_700),
        ("12:00 AM", 0),
        ("12:30 pm", 45_000),
        ("23:59:59", 86_399),
        ("14h30", 52_200),
        ("1430", 52_200),
        ("24:00", 86_399),
        ("3 pm", 54_000),
    ],
)
def test_times_are_read_from_both_clocks(text: str, seconds: int) -> None:
    """Seconds since midnight."""
    assert parse_time(text) == seconds


@pytest.mark.parametrize("text", ["25:00", "12:60", "13:00 PM", "0:30 AM", "noon"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """Hours, minutes and halves of the day out of range."""
    with pytest.raises(Unreadable):
        parse_time(text)
