"""The one sentence that says the number that matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from core.ask.dimensions import DIMENSIONS, Holds
from core.ask.measures import Value
from core.ask.period import Days
from core.ask.plan import Plan
from core.ask.query.columns import Column, Role
from core.ask.wording import WEEKDAYS, Names, filters_in_words, measured_in_words, subject_in_words
from core.units import row_letter, slot_name

Row = Sequence[Any]
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
CENTS_BELOW = 1000.0
NAMED = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of an answer: its plan, rows and columns, the days that they are of, and names."""

    plan: Plan
    columns: Sequence[Column]
    rows: Sequence[Row]
    truncated: bool
    days: Days | None
    before: Days | None
    currency: str
    names: Names


def sentence(
    plan: Plan, columns: Sequence[Column], rows: Sequence[Row], truncated: bool, days: Days | None,
    currency: str, names: Names, before: Days | None = None,
) -> str:
    """What the answer says, in one sentence: the number, what it is of, its period and what it is compared
    with. ``days`` of the period and ``before`` of the one to compare with."""
    told = Told(plan, columns, rows, truncated, days, before, currency, names)
    if plan.form == "count" and not plan.by:
        return _counted(told)
    if not rows:
        return _nothing(told)
    made = {"value": _valued, "list": _listing, "missing": _listing, "trend": _course}
    return made.get(plan.form, _leading)(told)


def _counted(told: Told) -> str:
    count = told.rows[0][0] if told.rows else 0
    span = _span(told.days) if told.plan.conditions else ""
    return f"{_number(count)} {_things_said(told, count)}{span}."


def _nothing(told: Told) -> str:
    if told.plan.of is not None or told.plan.form == "missing":
        return f"No {_things_said(told, 0)}{_span(told.days)}."
    return f"Nothing was found for {_what(told)}{_span(told.days)}."


def shown(value: Any, column: Column, currency: str = "USD") -> str:
    """A value as people read it: money with its sign, shares as percent, dates as days."""
    if value is None:
        return "not known"
    if column.holds is Value.MONEY:
        sign, symbol = "-" if value < 0 else "", SYMBOLS.get(currency, f"{currency} ")
        return f"{sign}{symbol}{abs(value):,.{2 if abs(value) < CENTS_BELOW else 0}f}"
    if column.holds is Value.SHARE:
        return f"{value:.1%}"
    if column.holds is Value.CHANGE_RATE:
        return f"{value:+.1%}"
    if column.holds is Value.NUMBER:
        return f"{value:,.1f}"
    if isinstance(value, date):
        return _day(value)
    if column.of == "weekday":
        return WEEKDAYS[int(value) - 1]
    if column.of == "row":
        return f"row {row_letter(int(value))}"
    return _number(value)


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def _span(days: Days | None) -> str:
    """" from Oct 22 to Nov 20, 2026"."""
    if days is None or not days.count:
        return ""
    if days.count == 1:
        return f" on {_day(days.first)}"
    first = f"{days.first:%b} {days.first.day}" if days.first.year == days.last.year else _day(days.first)
    return f" from {first} to {_day(days.last)}"


def _with_unit(value: Any, column: Column, currency: str) -> str:
    """The unit is left out where the name of the measure says it."""
    text = shown(value, column, currency)
    unit = column.unit if column.unit not in column.label.split() else ""
    return f"{text} {unit}" if unit and value is not None else text


def _what(told: Told) -> str:
    """What is measured, of what and where: "revenue of frozen products"."""
    return measured_in_words(told.plan) + filters_in_words(told.plan.filters, told.names)


def _things_said(told: Told, count: int) -> str:
    """The things with what was asked of them: "products with facings over 2"."""
    plan = told.plan
    many, one = DIMENSIONS[plan.of or "product"].plural, DIMENSIONS[plan.of or "product"].label
    bare = replace(plan, form="count", measures=plan.measures if plan.having else (), by=(), limit=None,
                   order=None) if plan.of is not None else plan
    said = subject_in_words(bare, told.names).removeprefix("number of ")
    return one + said.removeprefix(many) if count == 1 and said.startswith(many) else said


def _valued(told: Told) -> str:
    plan, columns, row = told.plan, told.columns, told.rows[0]
    what = _what(told) if len(plan.measures) == 1 else columns[0].label + filters_in_words(
        plan.filters, told.names)
    index = next((i for i, c in enumerate(columns) if c.holds is Value.SHARE and plan.share), 0)
    text = f"{_capital(what)}: {_with_unit(row[index], columns[index], told.currency)}{_span(told.days)}"
    return f"{text}{_against(told, row)}."


def _against(told: Told, row: Row) -> str:
    """", +3.1% against $12,144 from Oct 1 to Oct 20", of a comparison."""
    if told.plan.compare is None:
        return ""
    at = {column.name: i for i, column in enumerate(told.columns)}
    first = told.plan.measures[0]
    name = next((c.name.removesuffix("_before") for c in told.columns if c.name.endswith("_before")), first)
    rate, before = row[at[f"{name}_change_rate"]], at[f"{name}_before"]
    then = _with_unit(row[before], told.columns[before], told.currency)
    lead = f", {rate:+.1%} against" if rate is not None else ", not comparable with"
    return f"{lead} {then}{_span(told.before) or ' before'}"


def _listing(told: Told) -> str:
    plan, rows, at = told.plan, told.rows, _name_index(told.columns)
    named = [str(row[at]) for row in rows[:NAMED]]
    more = len(rows) - len(named)
    count = f"{'More than ' if told.truncated else ''}{len(rows):,} {_things_said(told, len(rows))}"
    span = _span(told.days) if plan.conditions else ""
    return f"{count}{span}: {', '.join(named)}{f' and {more:,} more' if more else ''}."


def _course(told: Told) -> str:
    """Where the course was highest and lowest, of times that lie in the period whole."""
    columns, plan = told.columns, told.plan
    time = next(i for i, c in enumerate(columns) if c.role is Role.KEY and c.holds is Holds.DATE)
    value = next(i for i, c in enumerate(columns) if c.role is Role.MEASURE)
    if plan.share:
        value = next((i for i, c in enumerate(columns) if c.holds is Value.SHARE), value)
    grain = columns[time].of
    known = [row for row in told.rows if row[value] is not None]
    if not known:
        return f"{_capital(_what(told))} is not known in any {DIMENSIONS[grain].label}."
    whole = [row for row in known if is_whole(row[time], grain, told.days)]
    among = whole if len({row[time] for row in whole}) > 1 else known

    others = [i for i in range(len(columns)) if i != time]

    def at(row: Row) -> str:
        group = _label([columns[i] for i in others], [row[i] for i in others]) if len(plan.by) > 1 else ""
        told_value = _with_unit(row[value], columns[value], told.currency)
        return f"{_then(row[time], grain)}{f' ({group})' if group else ''}, {told_value}"

    top, low = (best(among, key=lambda row: row[value]) for best in (max, min))
    text = f"{_capital(_what(told))}{_span(told.days)}: highest {at(top)}"
    if len(plan.by) == 1 and top[value] != low[value]:
        text += f"; lowest {at(low)}"
    if among is whole and whole != known:
        text += f", of the whole {DIMENSIONS[grain].plural}"
    return f"{text}."


def is_whole(first: date, grain: str, days: Days | None) -> bool:
    """Whether a day, week, month … that begins with ``first`` lies in the days whole."""
    if days is None or grain == "day":
        return True
    months = {"month": 1, "quarter": 3, "year": 12}.get(grain)
    if months is None:
        after = first + timedelta(days=7)
    else:
        count = first.year * 12 + first.month - 1 + months
        after = date(count // 12, count % 12 + 1, 1)
    return first >= days.first and after - timedelta(days=1) <= days.last


def _then(day: date, grain: str) -> str:
    told = {
        "day": f"on {_day(day)}", "week": f"in the week of {_day(day)}", "month": f"in {day:%B %Y}",
        "quarter": f"in Q{(day.month + 2) // 3} {day.year}", "year": f"in {day.year}",
    }
    return told[grain]


def _leading(told: Told) -> str:
    plan, columns, rows = told.plan, told.columns, told.rows
    kind = plan.order.column if plan.order is not None and plan.order.column != "name" else "value"
    suffix = {"value": "_share" if plan.share else "", "share": "_share"}.get(kind, f"_{kind}")
    measures = [i for i, c in enumerate(columns) if c.role is Role.MEASURE]
    value = next((i for i in measures if suffix and columns[i].name.endswith(suffix)), measures[0])
    column, first = columns[value], rows[0]
    down = plan.order is None or plan.order.descending
    by_time = any(c.role is Role.KEY and DIMENSIONS[c.of].name in ("weekday", "season") for c in columns)
    if plan.form == "count" or by_time or (plan.order is not None and plan.order.column == "name"):
        first = max((r for r in rows if r[value] is not None), key=lambda r: r[value], default=first)
        down = True
    where = filters_in_words(plan.filters, told.names)
    text = f"{_label(columns, first)}: {_extreme(column, first[value], down, suffix)}{where}, "
    text += _with_unit(first[value], column, told.currency) + _span(told.days)
    text += _against(told, first) if not suffix.startswith("_change") else _then_and_now(told, first)
    return f"{text}{_of_how_many(told)}."


def _extreme(column: Column, value: Any, down: bool, suffix: str) -> str:
    """"highest revenue", "fewest facings", "largest fall of margin"."""
    if suffix.startswith("_change") and value and (value > 0) == down:
        return f"largest {'rise' if down else 'fall'} of {column.label.removeprefix('change of ')}"
    ends = ("fewest", "most") if column.holds is Value.COUNT else ("lowest", "highest")
    return f"{ends[down]} {column.label}"


def _then_and_now(told: Told, row: Row) -> str:
    """What a change is between: ", $1,204 against $900 from Oct 1 to Oct 20"."""
    now, before = (next(i for i, c in enumerate(told.columns) if c.role is Role.MEASURE) + k for k in (0, 1))
    texts = [_with_unit(row[i], told.columns[i], told.currency) for i in (now, before)]
    return f", {texts[0]} against {texts[1]}{_span(told.before)}"


def _of_how_many(told: Told) -> str:
    count, limit = len(told.rows), told.plan.limit
    if count < 2 or (told.truncated and limit is not None):
        return f"; the first {count:,} are shown" if count > 1 else ""
    groups = DIMENSIONS[told.plan.by[0]].plural if len(told.plan.by) == 1 else "rows"
    return f"; {'more than ' if told.truncated else ''}{count:,} {groups} in all"


def _label(columns: Sequence[Column], row: Row) -> str:
    """What people call the row: its names, or its keys where they have none."""
    if all(any(c.name == n for c in columns) for n in ("cabinet", "column")):
        cells = {c.name: v for c, v in zip(columns, row, strict=True)}
        return f"{slot_name(cells['row'], cells['column'])}, {cells['place']}"
    named = {c.of for c in columns if c.role is Role.NAME}
    told = [
        str(value) if c.role is Role.NAME else shown(value, c) if value is not None else f"no {c.label}"
        for c, value in zip(columns, row, strict=True)
        if c.role is Role.NAME or (c.role is Role.KEY and c.of not in named)
    ]
    return _capital(", ".join(told))


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _name_index(columns: Sequence[Column]) -> int:
    return next((i for i, c in enumerate(columns) if c.role is Role.NAME), 0)

