"""Amounts and lists in the words that every rule-written text uses."""

from __future__ import annotations

import math
from collections.abc import Sequence


def money(value: float, interval: tuple[float, float]) -> str:
    """The amount and its interval, without false digits: "$108 (96–121)". The last digit is worth about a
    tenth of the half-width."""
    step = _step(interval)
    digits = 0 if step >= 1.0 else 2
    middle, low, high = (round(v / step) * step for v in (value, *interval))
    plain = [f"{'−' if v < 0 else ''}{abs(v):,.{digits}f}" for v in (low, high)]
    sign = "−" if middle < 0 else ""
    return f"{sign}${abs(middle):,.{digits}f} ({(' to ' if low < 0 else '–').join(plain)})"


def _step(interval: tuple[float, float]) -> float:
    half = (interval[1] - interval[0]) / 2.0
    return min(max(10.0 ** (math.floor(math.log10(half)) - 1), 0.01), 1e6) if half > 0 else 0.01


def count(n: int, noun: str) -> str:
    """ "1 product", "3 products"."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1] if names else "") if part)
