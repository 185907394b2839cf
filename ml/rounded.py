"""How far a value may lie from the number said: by its digits, and by words such as about, nearly, over."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from ml.stated import Number

ABOUT, PART, MOST_PART = 0.06, 0.1, 3.0
"""How far a number that is said to be rough may be off: of its value; a fraction, in hundredths at most."""
BEYOND, MOST_BEYOND = 0.15, 10.0
"""How far "over 40" or "under a third" may lie from where they say, at most."""
MUCH_MORE, TIMES_OFF = 1.45, 0.1
"""A ratio that is said to be exceeded, and one that is told as "twice"."""
_LADDER = (5.0, 10.0, 20.0, 25.0, 100 / 3, 50.0, 200 / 3, 75.0, 80.0, 90.0, 100.0)
"""Fractions in hundredths that people say: "more than a quarter" is less than a third."""
MOST_SHARE = 3.0
"""Larger shares are told in hundredths; of one between 1 and this it is not known."""
_EPS = 1.0 + 1e-9


def says(n: Number, value: float, unit: str, steps: float = 1.0) -> bool:
    """Whether a stated number is the value, as it is or rounded to the step in which it is written; within so
    many ``steps`` where what it follows from was rounded too."""
    scales: tuple[float, ...] = (1.0,)
    if {n.unit, unit} in ({"share"}, {"share", ""}) and abs(value) <= MOST_SHARE:
        scales = (100.0,) if abs(value) <= 1.0 else (100.0, 1.0)
        scales = (1.0,) if not n.unit and n.step < 1.0 and n.value < 1.0 else scales  # "a score of 0.88"
    below, above = _slack(n, steps)
    return any(-below * _EPS <= abs(value) * scale - n.value <= above * _EPS for scale in scales)


def _slack(n: Number, steps: float) -> tuple[float, float]:
    """How far below the number said the value may be, and how far above."""
    half = 0.5 * n.step * steps
    if n.part:
        return _part_slack(n)
    if not n.lean:
        return half, half
    rough = max(half, ABOUT * n.value)
    far = max(rough, min(_last_digit(n), BEYOND * n.value))
    near = min(half, 0.02 * n.value)
    return {"about": (rough, rough), "over": (near, far), "under": (far, near), "nearly": (far, near)}[n.lean]


def _part_slack(n: Number) -> tuple[float, float]:
    plain = min(ABOUT * n.value, MOST_PART)
    if n.lean in ("", "about"):
        slack = plain if not n.lean else min(PART * n.value, MOST_PART)
        return slack, slack
    under = _LADDER[max(bisect_left(_LADDER, n.value - 0.1) - 1, 0)]
    over = _LADDER[min(bisect_right(_LADDER, n.value + 0.1), len(_LADDER) - 1)]
    if n.lean == "over":
        return 0.01 * n.value, max(min(over - n.value, MOST_BEYOND), 0.0)
    if n.lean == "nearly":
        return max(PART * n.value, plain), 0.01 * n.value
    return max(min(n.value - under, MOST_BEYOND), 0.0), 0.01 * n.value


def _last_digit(n: Number) -> float:
    """What one more in the last digit said would make: 10 of "40", 1 of "44"."""
    said, whole = n.step, round(n.value / n.step)
    while whole and whole % 10 == 0:
        said, whole = said * 10.0, whole // 10
    return said


def is_times(n: Number, ratio: float) -> bool:
    """Whether a multiple such as "twice" or "nearly 3 times" tells of a ratio."""
    if n.lean == "over":
        return n.value * (1.0 - 0.02) <= ratio <= MUCH_MORE * n.value
    slack = max(TIMES_OFF * n.value, 0.0 if n.lean else 0.5 * n.step)
    if n.lean in ("under", "nearly"):
        return -1.5 * slack <= ratio - n.value <= 0.02 * n.value
    return abs(ratio - n.value) <= slack
