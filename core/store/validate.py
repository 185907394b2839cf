"""Small checks of what people and files send, each with one clear sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from core.errors import BadInput
from core.planogram.places import is_number
from core.units import to_e4

MAX_ID = 2**31 - 1
"""PostgreSQL keeps ids in four bytes and refuses to look for a larger one."""
MAX_NAME = 200
MAX_TEXT = 500
MAX_PRICE = 1_000_000.0
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters, which PostgreSQL and exports refuse, and halves of characters."""


def only_fields(changes: Mapping[str, Any], allowed: Iterable[str], noun: str) -> None:
    """Raise BadInput for a field that the thing does not have or that may not be changed."""
    known = set(allowed)
    if unknown := sorted(changes.keys() - known):
        raise BadInput(
            f"A {noun} has no field “{unknown[0]}” to set.", f"Set any of {', '.join(sorted(known))}."
        )


def number(value: Any, name: str, *, least: float, most: float, above: bool = False) -> float:
    """A finite number within [least, most], or above ``least`` where ``above``."""
    if not is_number(value):
        raise BadInput(f"{name} “{value}” is not a number.", "Write a plain number.")
    if value < least or value > most or (above and value == least):
        limit = f"above {least:g}" if above else f"at least {least:g}"
        raise BadInput(f"{name} {value:g} is out of range.", f"Give a number {limit} and at most {most:g}.")
    return float(value)


def optional_number(value: Any, name: str, *, least: float, most: float) -> float | None:
    return None if value is None else number(value, name, least=least, most=most)


def money_e4(value: Any, name: str) -> int:
    """Currency units → exact ten-thousandths."""
    return to_e4(number(value, name, least=0.0, most=MAX_PRICE))


def whole(value: Any, name: str, *, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"{name} “{value}” is not a whole number.", "Write a whole number.")
    return int(number(value, name, least=least, most=most))


def text(value: Any, name: str, most: int = MAX_TEXT) -> str:
    """Text without outer spaces and control characters, possibly empty."""
    if not isinstance(value, str):
        raise BadInput(f"{name} “{value}” is not text.", "Write it as text.")
    if len(value) > most:
        raise BadInput(f"{name} of {len(value):,} characters is too long.", f"Keep it under {most:,}.")
    if unprintable := UNPRINTABLE.search(value):
        raise BadInput(f"{name} holds the character U+{ord(unprintable[0]):04X}, which no text has.",
                       "Write it without control characters.")
    return value.strip()


def name(value: Any) -> str:
    """A name without outer spaces, not empty."""
    result = text(value, "Name", MAX_NAME)
    if not any(c.isprintable() and not c.isspace() for c in result):
        raise BadInput("A name is missing.", "Write a name.")
    if len(result.splitlines()) > 1:
        raise BadInput("A name has more than one line.", "Write it on one line.")
    return result


def choice(value: Any, name: str, allowed: Iterable[str]) -> str:
    options = tuple(allowed)
    if value not in options:
        raise BadInput(f"“{value}” is not a {name}.", f"Choose one of {', '.join(options)}.")
    return str(value)


def shares(value: Any, name: str, count: int) -> list[float]:
    """``count`` numbers that are not negative, or none at all."""
    if not isinstance(value, (list, tuple)) or len(value) not in (0, count):
        raise BadInput(f"{name} needs {count} numbers.", "Give one for each, or leave it empty.")
    return [number(v, name, least=0.0, most=1e9) for v in value]
