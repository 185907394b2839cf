"""The one sentence that says the number that matters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from core.ask.dimensions import DIMENSIONS, Holds
from core.ask.measures import Value
from core.ask.period import Days
from core.ask.plan import Plan
from core.ask.query.compile import Column, Role
from core.ask.wording import WEEKDAYS, Names, filters_in_words, measured_in_words
from core.units import row_letter, slot_name

Row = Sequence[Any]
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
CENTS_BELOW = 1000.0
NAMED = 3


def sentence(
    plan: Plan, columns: Sequence[Column], rows: Sequence[Row], truncated: bool, days: Days | None,
    currency: str, names: Names,
) -> str:
    """What the answer says, in one sentence."""
    span = f" from {_day(days.first)} to {_day(days.last)}" if days is not None and days.count > 1 else ""
    span = f" on {_day(days.first)}" if days is not None and days.count == 1 else span
    if plan.form == "count" and not plan.by:
        count = rows[0][0] if rows else 0
        return f"{_number(count)} {_things(str(plan.of), count)} found{span if plan.conditions else ''}."
    if not rows:
        return f"Nothing was found{span}."
    if plan.form == "value":
        return _valued(plan, columns, rows[0], span, currency, names)
    if plan.form in ("list", "missing"):
        return _listing(plan, columns, rows, truncated)
    if plan.form == "trend":
        return _course(plan, columns, rows, currency)
    return _leading(plan, columns, rows, truncated, span, currency)


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


def _with_unit(value: Any, column: Column, currency: str) -> str:
    text = shown(value, column, currency)
    return f"{text} {column.unit}" if column.unit and value is not None else text


def _valued(
    plan: Plan, columns: Sequence[Column], row: Row, span: str, currency: str, names: Names
) -> str:
    told = dict(zip((c.name for c in columns), row, strict=True))
    first = columns[0]
    what = measured_in_words(plan) if len(plan.measures) == 1 else first.label
    where = filters_in_words(plan.filters, names)
    index = next((i for i, c in enumerate(columns) if c.holds is Value.SHARE and plan.share), 0)
    text = f"{_capital(what + where)}: {_with_unit(row[index], columns[index], currency)}"
    rate = told.get(f"{first.name}_change_rate")
    if plan.compare is not None:
        before = columns[1]
        text += f", {'not comparable with' if rate is None else f'{rate:+.1%} against'} "
        text += f"{_with_unit(row[1], before, currency)} before"
    return f"{text}{span}."


def _listing(plan: Plan, columns: Sequence[Column], rows: Sequence[Row], truncated: bool) -> str:
    at = _name_index(columns)
    told = [str(row[at]) for row in rows[:NAMED]]
    more = len(rows) - len(told)
    count = f"{'More than ' if truncated else ''}{len(rows):,} {_things(plan.of or 'product', len(rows))}"
    verb = (" is" if len(rows) == 1 else " are") + " missing" if plan.form == "missing" else ""
    return f"{count}{verb}: {', '.join(told)}{f' and {more:,} more' if more else ''}."


def _course(plan: Plan, columns: Sequence[Column], rows: Sequence[Row], currency: str) -> str:
    time = next(i for i, c in enumerate(columns) if c.role is Role.KEY and c.holds is Holds.DATE)
    value = next(i for i, c in enumerate(columns) if c.role is Role.MEASURE)
    known = [row for row in rows if row[value] is not None]
    what = _capital(measured_in_words(plan))
    if not known:
        return f"{what} is not known in any {DIMENSIONS[columns[time].of].label}."
    top = max(known, key=lambda row: row[value])
    group = f" ({_label(columns, top)})" if len(plan.by) > 1 else ""
    return (f"{what} was highest {_then(top[time], columns[time].of)}{group}: "
            f"{_with_unit(top[value], columns[value], currency)}.")


def _then(day: date, grain: str) -> str:
    told = {
        "day": f"on {_day(day)}", "week": f"in the week of {_day(day)}", "month": f"in {day:%B %Y}",
        "quarter": f"in Q{(day.month + 2) // 3} {day.year}", "year": f"in {day.year}",
    }
    return told[grain]


def _leading(
    plan: Plan, columns: Sequence[Column], rows: Sequence[Row], truncated: bool, span: str, currency: str
) -> str:
    kind = plan.order.column if plan.order is not None and plan.order.column != "name" else "value"
    suffix = {"value": "", "share": "_share"}.get(kind, f"_{kind}")
    measures = [i for i, c in enumerate(columns) if c.role is Role.MEASURE]
    value = next((i for i in measures if suffix and columns[i].name.endswith(suffix)), measures[0])
    first, column = rows[0], columns[value]
    end = "lowest" if plan.order is not None and not plan.order.descending else "highest"
    text = f"{_label(columns, first)}: {end} {column.label}, {_with_unit(first[value], column, currency)}"
    by_time = any(c.role is Role.KEY and DIMENSIONS[c.of].name in ("weekday", "season") for c in columns)
    if plan.form == "count" or by_time or (plan.order is not None and plan.order.column == "name"):
        best = max((r for r in rows if r[value] is not None), key=lambda r: r[value], default=first)
        text = f"{_label(columns, best)}: highest {column.label}, {_with_unit(best[value], column, currency)}"
    text += span
    if len(rows) > 1:
        cut = truncated and plan.limit is None
        text += f"; the first {len(rows):,} are shown" if truncated and not cut else ""
        text += f"; {'more than ' if cut else ''}{len(rows):,} rows" if cut or not truncated else ""
    return f"{text}."


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


def _things(of: str, count: int) -> str:
    return DIMENSIONS[of].label if count == 1 else DIMENSIONS[of].plural
