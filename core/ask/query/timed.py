"""Days and moments → the groups of time that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import DateTime, bindparam, case, literal

from core.ask.period import Days, grouped, season_of, start_of, unit_of
from core.ask.query.ground import Expr, Ground
from core.ask.query.when import day_number


def time_key(name: str, day: Expr, days: Days) -> Expr:
    """The group of time of a day number: its first day as a number, or its weekday or season."""
    if name == "day":
        return day
    if name == "weekday":
        return day + 3 - (day + 3) // 7 * 7 + 1
    if name == "week":
        return (day + 3) // 7 * 7 - 3
    return _stepped(day, [(day_number(p.last) + 1, key) for p, key in _groups(name, days)])


def _groups(name: str, days: Days) -> list[tuple[Days, Expr]]:
    if name == "season":
        return [(p, literal(season_of(p.first))) for p in grouped("season", days)]
    unit = unit_of(name)
    return [(p, literal(day_number(start_of(unit, p.first)))) for p in grouped(unit, days)]


def _stepped(value: Expr, steps: Sequence[tuple[Any, Expr]]) -> Expr:
    """The result of the first step that the value lies before; of the last one otherwise. Found by halves,
    since it is looked for in every row."""
    if len(steps) < 2:
        return steps[0][1] if steps else literal(0)
    half = len(steps) // 2
    earlier, later = _stepped(value, steps[:half]), _stepped(value, steps[half:])
    return case((value < steps[half - 1][0], earlier), else_=later)


def moment_key(ground: Ground, grain: str, at: Expr, days: Days) -> Expr:
    """The group of time of a moment, by its day in UTC."""
    groups = _groups(grain, days)
    return _stepped(at, [(moment(ground, p.last + timedelta(days=1)), key) for p, key in groups])


def moment(ground: Ground, day: date) -> Expr:
    """The start of a day in UTC as a parameter, as the database keeps moments."""
    start = datetime.combine(day, time(), UTC)
    value: Any = f"{start:%Y-%m-%d %H:%M:%S}.000000" if ground.sqlite else start
    return bindparam(None, value, type_=DateTime(timezone=True))
