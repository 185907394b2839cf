"""Slots, inches and money: the small conversions that every layer shares.

A slot is written ``B4``: row letter from the top, column number from the left, both as people
say them. Inside, rows and columns count from 0. Money is kept in the database as an integer
number of ten-thousandths (``e4``) of the currency unit, so that totals are exact.
"""

from __future__ import annotations

import re
from decimal import Decimal

from core.errors import BadInput

MONEY_SCALE = 10_000
COLLISION_TOLERANCE_IN = 0.01
RETAIL_CELL_WIDTH_IN = 6.0

_SLOT = re.compile(r"^\s*([A-Za-z]{1,2})\s*-?\s*(\d{1,3})\s*$")


def row_letter(row: int) -> str:
    """0 → ``A``, 25 → ``Z``, 26 → ``AA``."""
    return chr(65 + row) if row < 26 else chr(64 + row // 26) + chr(65 + row % 26)


def slot_name(row: int, column: int) -> str:
    """(1, 3) → ``B4``."""
    return f"{row_letter(row)}{column + 1}"


def parse_slot(text: str) -> tuple[int, int]:
    """``B4`` → (1, 3). Raises BadInput when the text is not a slot."""
    match = _SLOT.match(text)
    if match is None or int(match[2]) == 0:
        raise BadInput(
            f"“{text}” is not a slot.", "Write a row letter and a column number, such as B4."
        )
    row = 0
    for letter in match[1].upper():
        row = row * 26 + ord(letter) - 64
    return row - 1, int(match[2]) - 1


def to_e4(amount: Decimal | float | int) -> int:
    """Currency units → exact ten-thousandths, rounded half even."""
    return round(Decimal(str(amount)) * MONEY_SCALE)


def from_e4(amount_e4: int) -> float:
    """Ten-thousandths → currency units."""
    return amount_e4 / MONEY_SCALE
