"""How numbers and words are written on every page: money, intervals, lifts, dates, confidence.

An estimate is never shown more precisely than its interval deserves: the last digit is worth
about a tenth of the half-width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime

MINUS = "−"
DASH = "–"
NOTHING = "–"

_CONFIDENCE = ((0.4, "weak"), (0.65, "fair"), (0.85, "good"))


def price(amount: float | None) -> str:
    """A price on a rail: always two decimals, "$4.20"."""
    return NOTHING if amount is None or not math.isfinite(amount) else _sign(amount) + f"${abs(amount):,.2f}"


def money(amount: float | None) -> str:
    """An amount that is known exactly: cents below $100, whole dollars above."""
    if amount is None or not math.isfinite(amount):
        return NOTHING
    return price(amount) if abs(amount) < 99.995 else _sign(amount) + f"${abs(amount):,.0f}"


def short_money(amount: float) -> str:
    """For axes and small tiles: "$1.2k", "$3.4M"."""
    size = abs(amount)
    for scale, mark in ((1e6, "M"), (1e3, "k")):
        if size >= scale * 0.9995:
            return f"{_sign(amount)}${_trim(size / scale)}{mark}"
    return _sign(amount) + (f"${size:,.0f}" if size >= 10 or size == round(size) else f"${size:,.2f}")


def signed_money(amount: float | None) -> str:
    """ "+$6.10" or "−$0.70"."""
    if amount is None or not math.isfinite(amount):
        return NOTHING
    return ("+" if amount >= 0 else "") + money(amount)


def estimate(value: float, low: float, high: float, per: str = "") -> str:
    """ "$412 a month (380–446)": an estimated amount with its interval and no false digits."""
    step = step_of(low, high)
    bounds = f"({_plain(low, step)}{DASH}{_plain(high, step)})"
    if min(low, high) < 0:
        bounds = f"({_plain(low, step)} to {_plain(high, step)})"
    return " ".join(part for part in (_amount(value, step), per, bounds) if part)


def signed_estimate(value: float, low: float, high: float, per: str = "") -> str:
    """ "+$6.10 a day (+3.20 to +9.30)": a change in money."""
    head, bounds = signed_parts(value, low, high)
    return " ".join(part for part in (head, per, bounds) if part)


def more_parts(value: float, low: float, high: float) -> tuple[str, str]:
    """As ``signed_parts`` for a sentence that says "more" itself: "$1.42", "(0.64–2.39)"."""
    step = step_of(low, high)
    dash = " to " if min(low, high) < 0 else DASH
    return _amount(value, step), f"({_plain(low, step)}{dash}{_plain(high, step)})"


def signed_parts(value: float, low: float, high: float) -> tuple[str, str]:
    """The change and its interval apart, so that the interval can be set in quiet type."""
    step = step_of(low, high)
    head = _plus(_round(value, step)) + _amount(value, step)
    bounds = " to ".join(_plus(_round(v, step)) + _plain(v, step) for v in (low, high))
    return head, f"({bounds})"


def percent(value: float | None, signed: bool = False) -> str:
    """ "4.1%", "46%": no decimals above 10."""
    if value is None or not math.isfinite(value):
        return NOTHING
    text = f"{abs(value):,.0f}%" if abs(value) >= 9.95 else f"{abs(value):.1f}%"
    if not text.strip("0.%"):
        return "0%"
    return (_plus(value) if signed else "") + _sign(value) + text


def lift(value: float, low: float | None = None, high: float | None = None) -> str:
    """ "+4.1% (+1.2 to +7.0)": a change in percent."""
    if low is None or high is None:
        return percent(value, signed=True)
    bounds = " to ".join(percent(v, signed=True).rstrip("%") for v in (low, high))
    return f"{percent(value, signed=True)} ({bounds})"


def share(fraction: float) -> str:
    """0.46 → "46%"."""
    return percent(100.0 * fraction)


def units(amount: float) -> str:
    """Units a day and the like: one decimal below 10, thousands above."""
    return f"{amount:,.0f}" if abs(amount) >= 9.95 or amount == round(amount) else f"{amount:.1f}"


def count(number: int, noun: str, plural: str = "") -> str:
    """ "1 machine", "3 machines", "1,204 rows"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def runs(numbers: Sequence[int]) -> str:
    """Numbers in rising order, runs of three and more drawn together: "2–7, 9"."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][-1] == number - 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(f"{r[0]}–{r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in found)


def confidence(value: float) -> str:
    """0–1 → weak, fair, good, strong."""
    return next((word for limit, word in _CONFIDENCE if value < limit), "strong")


def nine_in_ten(level: float) -> str:
    """0.9 → "9 in 10": how often the truth lies inside."""
    return f"{round(level * 20)} in 20" if round(level * 100) % 10 else f"{round(level * 10)} in 10"


def day(when: date | None, today: date | None = None) -> str:
    """ "Nov 18", with the year when it is another year than today's."""
    if when is None:
        return NOTHING
    today = today or date.today()
    text = f"{when:%b} {when.day}"
    return text if when.year == today.year else f"{text}, {when.year}"


def days(start: date, end: date, today: date | None = None) -> str:
    """ "Oct 22 – Nov 18"."""
    if start == end:
        return day(start, today)
    same_year = start.year == end.year
    first = f"{start:%b} {start.day}" if same_year else day(start, today)
    return f"{first} {DASH} {day(end, today)}"


def ago(when: datetime | date, now: datetime | None = None) -> str:
    """ "just now", "12 minutes ago", "yesterday", "3 days ago", then the date."""
    now = now or datetime.now(UTC)
    if isinstance(when, datetime):
        moment = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = (now - moment).total_seconds()
        if seconds < 60:
            return "just now"
        if seconds < 3600:
            return count(int(seconds // 60), "minute") + " ago"
        if seconds < 12 * 3600:
            return count(int(seconds // 3600), "hour") + " ago"
        when = moment.date()
    gap = (now.date() - when).days
    if gap <= 0:
        return "today"
    if gap == 1:
        return "yesterday"
    return f"{gap} days ago" if gap < 14 else day(when, now.date())


def days_to_recover(number: float | None) -> str:
    """Break-even in words: "9 days", "never at this lift"."""
    if number is None or not math.isfinite(number) or number < 0:
        return "never at this lift"
    return "under a day" if number < 1 else count(math.ceil(number), "day")


def step_of(low: float, high: float) -> float:
    """The size of the last digit worth showing: a tenth of the half-width, as a power of ten."""
    half = abs(high - low) / 2.0
    if not math.isfinite(half) or half <= 0:
        return 0.01
    return min(max(10.0 ** (math.floor(math.log10(half)) - 1), 0.01), 1e6)


def _round(value: float, step: float) -> float:
    return round(value / step) * step


def _amount(value: float, step: float) -> str:
    return _sign(_round(value, step)) + "$" + _digits(value, step)


def _plain(value: float, step: float) -> str:
    return _sign(_round(value, step)) + _digits(value, step)


def _digits(value: float, step: float) -> str:
    size = abs(_round(value, step))
    return f"{size:,.0f}" if step >= 1 else f"{size:,.2f}"


def _sign(value: float) -> str:
    return MINUS if value < 0 and round(value, 6) != 0 else ""


def _plus(value: float) -> str:
    return "+" if value >= 0 or round(value, 6) == 0 else ""


def _trim(value: float) -> str:
    return f"{value:,.1f}".rstrip("0").rstrip(".") if value < 99.95 else f"{value:,.0f}"


def capital(text: str) -> str:
    """The first letter large, the others as they are."""
    return f"{text[:1].upper()}{text[1:]}"
