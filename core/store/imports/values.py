"""Texts of a file → money, counts, days and times, each with the reason where it cannot be read.

All functions work on the *distinct* texts of a column: what repeats a million times is read once.
A number or a date that can be read in two ways is decided by ``Evidence`` from the whole file; where
the file has evidence for both readings, or for none, the text stays undecided and the row is rejected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.units import MONEY_SCALE

MAX_AMOUNT = 1_000_000_000
MAX_QUANTITY = 1_000_000
FIRST_YEAR, LAST_YEAR = 1990, 2100

DecimalMark = Literal[".", ","]
DateOrder = Literal["mdy", "dmy"]

_CURRENCY = re.compile(
    r"(?:US\$|CA\$|A\$|R\$|[$€£¥₹₽₺₩]|\b(?:USD|EUR|GBP|CAD|AUD|CHF|SEK|NOK|DKK|PLN|CZK|MXN|JPY)\b|\b(?:Fr|kr|zł|Kč)\b\.?)",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_DIGITS = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+|[0-9]+[.,]")


class Unreadable(ValueError):
    """The text is not a value of its kind; the message completes the sentence "Price “x” …"."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a file writes what can be read in two ways. None: not decided."""

    decimal: DecimalMark | None = None
    order: DateOrder | None = None


# --- numbers -------------------------------------------------------------------------------------


def _bare(text: str) -> tuple[str, bool]:
    """Digits with their marks, and whether the number is negative. Raises Unreadable."""
    rest = _SPACES.sub("", _CURRENCY.sub("", text.strip()))
    negative = False
    if rest.startswith("(") and rest.endswith(")"):
        rest, negative = rest[1:-1], True
    rest = rest.replace("\u2212", "-")
    for mark in ("-", "+"):
        if rest.startswith(mark) or (mark == "-" and rest.endswith(mark)):
            rest, negative = rest.strip(mark), negative != (mark == "-")
            break
    if not _DIGITS.fullmatch(rest):
        raise Unreadable("is not a number")
    return rest, negative


def _grouped(parts: list[str]) -> bool:
    return 1 <= len(parts[0]) <= 3 and parts[0] != "0" and all(len(p) == 3 for p in parts[1:])


def _mark(digits: str) -> DecimalMark | Literal["", "?"]:
    """The decimal mark that the digits show: "." or ",", "" where there is none, "?" for 1,234."""
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        last: DecimalMark = "." if digits.rfind(".") > digits.rfind(",") else ","
        whole, _, fraction = digits.rpartition(last)
        other = "," if last == "." else "."
        if last in whole or other in fraction or not _grouped(whole.split(other)):
            raise Unreadable("is not a number")
        return last
    sign = "." if dots else ","
    if dots + commas > 1:
        if not _grouped(digits.split(sign)):
            raise Unreadable("is not a number")
        return "," if dots else "."
    if not dots + commas:
        return ""
    return "?" if _grouped(digits.split(sign)) else ("." if dots else ",")


def decimal_mark(text: str) -> DecimalMark | Literal["", "?"]:
    """What a text tells of the file's decimal mark; "" for nothing, "?" where it has two readings."""
    try:
        digits, _ = _bare(text)
        return _mark(digits)
    except Unreadable:
        return ""


def parse_e4(text: str, decimal: DecimalMark | None = None) -> int:
    """A number in exact ten-thousandths, rounded half even: ``$1,234.5`` → 12345000.

    Raises Unreadable for what is no number ("free"), is too large, or has two readings ("1,234")
    while ``decimal`` is None.
    """
    digits, negative = _bare(text)
    mark = _mark(digits)
    if mark == "?":
        if decimal is None:
            raise Unreadable("can be read in two ways (thousands or decimals)")
        mark = decimal
    whole, _, fraction = digits.partition(mark) if mark else (digits, "", "")
    whole = whole.replace(".", "").replace(",", "")
    if len(whole) > 12 or int(whole or "0") > MAX_AMOUNT:
        raise Unreadable(f"is larger than {MAX_AMOUNT:,}")
    value = int(whole or "0") * MONEY_SCALE + int((fraction + "0000")[:4])
    rest = fraction[4:].rstrip("0")
    if rest > "5" or (rest == "5" and value % 2):
        value += 1
    return -value if negative else value


def parse_quantity(text: str, decimal: DecimalMark | None = None) -> int:
    """A count of units, 1 or more. Raises Unreadable with the rule that the text breaks."""
    value = parse_e4(text, decimal)
    if value < 0:
        raise Unreadable("is negative: refunds are not sales, enter them as returns")
    if value == 0:
        raise Unreadable("is zero: nothing was sold")
    if value % MONEY_SCALE:
        raise Unreadable("is not a whole number")
    if value > MAX_QUANTITY * MONEY_SCALE:
        raise Unreadable(f"is larger than {MAX_QUANTITY:,}")
    return value // MONEY_SCALE


def parse_amount(text: str, decimal: DecimalMark | None = None) -> int:
    """Money of a sale in ten-thousandths, 0 or more. Raises Unreadable."""
    value = parse_e4(text, decimal)
    if value < 0:
        raise Unreadable("is negative: refunds are not sales")
    return value


# --- dates ---------------------------------------------------------------------------------------

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan january januar jän jänner janv janvier ene enero",
            "feb february februar févr fevr fév fev février fevrier febrero",
            "mar march mär mrz märz maerz mars marzo",
            "apr april avr avril abr abril",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juil juillet julio",
            "aug august août aout agosto ago",
            "sep sept september septembre septiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember déc décembre decembre dic diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_WEEKDAY = re.compile(r"^[^\W\d_]{2,10}\.?,?\s+(?=[0-9])|^[^\W\d_]{2,10}\.?,\s+")
_NAMED_DAY_FIRST = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th|er|\.)?[\s\-/]*(?:de\s+)?([^\W\d_]{3,10})\.?,?[\s\-/]*(?:de\s+)?([0-9]{4}|[0-9]{2})"
)
_NAMED_MONTH_FIRST = re.compile(
    r"([^\W\d_]{3,10})\.?[\s\-/]*([0-9]{1,2})(?:st|nd|rd|th)?,?[\s\-/]+([0-9]{4}|[0-9]{2})"
)
_NAMED_YEAR_FIRST = re.compile(r"([0-9]{4})[\s\-/]([^\W\d_]{3,10})\.?[\s\-/]([0-9]{1,2})")
_SERIAL = re.compile(r"([0-9]{5})(?:\.([0-9]+))?")
_EPOCH = re.compile(r"([0-9]{10})(?:[0-9]{3})?")
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EXCEL_DAY_ZERO = date(1899, 12, 30).toordinal()
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

NOT_A_DATE = "is not a date"
UNDECIDED = "can be month/day or day/month, and the file does not decide which"


def _day(year: int, month: int, day: int) -> int | None:
    """Days since 1970-01-01, or None where there is no such day."""
    if year < 100:
        year += 2000 if year < 70 else 1900
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day).toordinal() - _EPOCH_DAY
    except ValueError:
        return None


def _readings(text: str) -> tuple[int | None, int | None] | None:
    """(month first, day first) of a text like 1/2/2022, None for a text of another form."""
    match = _YEAR_LAST.fullmatch(text)
    if match is None or (match[2] == "-" and len(match[4]) == 2):
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    month_first, day_first = _day(year, first, second), _day(year, second, first)
    if match[2] == "." and day_first is not None:
        month_first = day_first
    return month_first, day_first


def date_order(text: str) -> DateOrder | Literal["", "?"]:
    """What a text tells of the file's date order; "?" where it has two readings, "" for nothing."""
    readings = _readings(text.strip())
    if readings is None or readings[0] == readings[1]:
        return ""
    month_first, day_first = readings
    if month_first is not None and day_first is not None:
        return "?"
    return "mdy" if day_first is None else "dmy"


def _named(text: str) -> int | None:
    """A date with a month name in English, German, French or Spanish."""
    for pattern, order in (
        (_NAMED_DAY_FIRST, (3, 2, 1)), (_NAMED_MONTH_FIRST, (3, 1, 2)), (_NAMED_YEAR_FIRST, (1, 2, 3)),
    ):
        match = pattern.fullmatch(text)
        if match:
            month = _MONTHS.get(match[order[1]].lower())
            return _day(int(match[order[0]]), month, int(match[order[2]])) if month else None
    return None


def parse_date(text: str, order: DateOrder | None = None) -> int:
    """Days since 1970-01-01. Raises Unreadable for no date and for one that cannot be decided."""
    text = text.strip()
    readings = _readings(text)
    if readings is not None:
        return _decide(readings, order)
    match = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        year, month, day = (int(g) for g in match.groups() if g.isdigit())
        found = _day(year, month, day)
    else:
        found = _named(text)
        if found is None:
            found = _named(_WEEKDAY.sub("", text, count=1))
    if found is None:
        raise Unreadable(NOT_A_DATE)
    return found


def _decide(readings: tuple[int | None, int | None], order: DateOrder | None) -> int:
    month_first, day_first = readings
    if month_first is None or day_first is None or month_first == day_first:
        only = day_first if month_first is None else month_first
        if only is None:
            raise Unreadable(NOT_A_DATE)
        return only
    if order is None:
        raise Unreadable(UNDECIDED)
    return month_first if order == "mdy" else day_first


# --- times ---------------------------------------------------------------------------------------

_CLOCK = re.compile(
    r"T?([0-9]{1,2})[:.h]([0-9]{2})(?:[:.m]([0-9]{2})(?:[.,][0-9]{1,9})?)?s?\s*([AaPp]\.?\s?[Mm]\.?)?"
    r"\s*(?:Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?|[A-Z]{2,4}T)?"
)
_CLOCK_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})?")
_HOUR_12 = re.compile(r"([0-9]{1,2})()()\s*([AaPp]\.?\s?[Mm]\.?)")
DATE_AND_TIME = r"^(?P<date>.*?[^ T,])[ T,]+(?P<time>[0-9]{1,2}[:h][0-9]{2}.*|[0-9]{1,2} ?[AaPp][Mm])$"
_DATE_AND_TIME = re.compile(DATE_AND_TIME, re.DOTALL)


def parse_time(text: str) -> int:
    """Seconds since midnight by the clock of the place (a zone is read over). Raises Unreadable."""
    text = text.strip()
    match = _CLOCK.fullmatch(text) or _CLOCK_DIGITS.fullmatch(text) or _HOUR_12.fullmatch(text)
    if match is None:
        raise Unreadable("is not a time")
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    half = (match[4] if match.re.groups > 3 else "") or ""
    if half:
        if not 1 <= hour <= 12:
            raise Unreadable("is not a time")
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    if hour == 24 and not minute and not second:
        return 86_400 - 1
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable("is not a time")
    return hour * 3600 + minute * 60 + second


def split_moment(text: str) -> tuple[str, str]:
    """A date with a time → (date text, time text); the time is empty where there is none."""
    match = _DATE_AND_TIME.match(text.strip())
    return (match["date"], match["time"]) if match else (text.strip(), "")


def parse_moment(text: str, order: DateOrder | None = None) -> int:
    """Seconds since 1970-01-01 by the clock of the place. Also spreadsheet serials and Unix seconds."""
    text = text.strip()
    serial = _SERIAL.fullmatch(text)
    if serial:
        day = int(serial[1]) + _EXCEL_DAY_ZERO - _EPOCH_DAY
        if not _day(FIRST_YEAR, 1, 1) <= day < (_day(LAST_YEAR, 12, 31) or 0):  # type: ignore[operator]
            raise Unreadable(NOT_A_DATE)
        return day * 86_400 + round(float(f"0.{serial[2] or 0}") * 86_400)
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        return int(epoch[1])
    day_text, time_text = split_moment(text)
    return parse_date(day_text, order) * 86_400 + (parse_time(time_text) if time_text else 0)
