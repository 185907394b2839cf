"""A machine's own selection texts ("148", "B4", "12") → cabinet, row and column of its slots.

A label that has a place keeps it for ever: sales are keyed by slot, so what is imported later may
only add slots. New labels go where their scheme says, or to the end of the row if that is taken.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from core.planogram.fixture import MAX_MACHINE_COLUMNS, MAX_MACHINE_ROWS, Fixture, TemperatureZone

PACKED_COLUMNS = 10
"""Columns of a row where the labels show no rows of their own."""

_WHOLE_FLOAT = re.compile(r"([0-9]+)\.0+")
_BLANK = frozenset({"", "-", "--", "n/a", "na", "none", "null", "?"})
_LETTER_FIRST = re.compile(r"([A-Z])[- ]?([0-9]{1,2})")
_NUMBER_FIRST = re.compile(r"([0-9]{1,2})[- ]?([A-Z])")
_DIGITS = re.compile(r"[0-9]+")


class Cell(NamedTuple):
    """A slot of a device, all three counted from 0."""

    cabinet: int
    row: int
    column: int


def clean_label(text: str) -> str:
    """A selection as people say it: no outer spaces, capitals, ``148.0`` is 148; empty for none."""
    label = text.strip().upper()
    if label.lower() in _BLANK:
        return ""
    whole = _WHOLE_FLOAT.fullmatch(label)
    return whole[1] if whole else label


def arrange(labels: Collection[str], known: Mapping[str, Cell] | None = None) -> dict[str, Cell]:
    """Every label's cell; those in ``known`` keep theirs, no two labels share one."""
    result = dict(known or {})
    new = sorted(set(labels) - set(result) - {""}, key=_natural)
    if not new:
        return result
    wanted = _scheme([*result, *new], result)
    taken = set(result.values())
    for label in new:
        cell = wanted.get(label)
        if cell is None or cell in taken:
            cell = _free(cell or Cell(0, 0, 0), taken, packed=cell is None)
        result[label] = cell
        taken.add(cell)
    return result


def _natural(label: str) -> tuple[tuple[int, int | str], ...]:
    return tuple((0, int(p)) if p.isdigit() else (1, p) for p in re.split(r"([0-9]+)", label) if p)


def _free(start: Cell, taken: Collection[Cell], packed: bool) -> Cell:
    """The first free cell: behind the row's last for one that was beaten to its place, else anywhere."""
    if not packed:
        columns = [c.column for c in taken if c[:2] == start[:2]]
        if max(columns, default=-1) + 1 < MAX_MACHINE_COLUMNS:
            return Cell(start.cabinet, start.row, max(columns, default=-1) + 1)
    cabinet = 0
    while True:
        for row in range(MAX_MACHINE_ROWS):
            for column in range(PACKED_COLUMNS):
                if (cell := Cell(cabinet, row, column)) not in taken:
                    return cell
        cabinet += 1


def _scheme(labels: list[str], known: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells that the labels' own form suggests; a label of no form is left out."""
    letters = {label: m for label in labels if (m := _LETTER_FIRST.fullmatch(label))}
    reverse = {label: m for label in labels if (m := _NUMBER_FIRST.fullmatch(label))}
    numbers = {label: int(label) for label in labels if _DIGITS.fullmatch(label)}
    result: dict[str, Cell | None] = {}
    first = 0 if any(int(m[2]) == 0 for m in letters.values()) else 1
    for label, match in letters.items():
        result[label] = _within(ord(match[1]) - 65, int(match[2]) - first)
    for label, match in reverse.items():
        result[label] = _within(max(int(match[1]) - 1, 0), ord(match[2]) - 65)
    by_length: dict[int, dict[str, int]] = {}
    for label, value in numbers.items():
        by_length.setdefault(len(label), {})[label] = value
    hundreds = by_length.pop(3, {})
    result |= _by_digits(hundreds, known)
    rest = {label: value for part in by_length.values() for label, value in part.items()}
    result |= _by_tens(rest)
    return {label: cell for label, cell in result.items() if cell is not None}


def _within(row: int, column: int) -> Cell | None:
    """A cell whose rows beyond a cabinet's go to the next one; None where the row is too long."""
    if column >= MAX_MACHINE_COLUMNS:
        return None
    return Cell(row // MAX_MACHINE_ROWS, row % MAX_MACHINE_ROWS, column)


def _by_digits(labels: Mapping[str, int], known: Mapping[str, Cell]) -> dict[str, Cell | None]:
    """Three digits are cabinet, tray and column (148: tray 4, column 8); where they count too many
    cabinets of one or two trays, tray and two digits of column (412: tray 4, column 12)."""
    if not labels:
        return {}
    digits = {label: tuple(map(int, label)) for label in labels}
    leading = sorted({d[0] for d in digits.values()})
    if len(leading) >= 3 and {d[1] for d in digits.values()} <= {0, 1}:
        first = 0 if any(v % 100 == 0 for v in labels.values()) else 1
        return {
            label: _within(d[0] - min(leading[0], 1), d[1] * 10 + d[2] - first)
            for label, d in digits.items()
        }
    first_tray = 0 if any(d[1] == 0 for d in digits.values()) else 1
    first_column = 0 if any(d[2] == 0 for d in digits.values()) else 1
    cabinets = {digits[label][0]: cell.cabinet for label, cell in known.items() if label in digits}
    for digit in leading:
        cabinets.setdefault(digit, max(cabinets.values(), default=-1) + 1)
    return {
        label: Cell(cabinets[d[0]], d[1] - first_tray, d[2] - first_column) for label, d in digits.items()
    }


def _by_tens(labels: Mapping[str, int]) -> dict[str, Cell | None]:
    """One or two digits: the ten is the tray (34: tray 3, column 4) unless the numbers just count on
    from 1, ten to a row. Longer numbers have no form."""
    short = {label: value for label, value in labels.items() if len(label) <= 2}
    if not short:
        return {}
    lowest = min(short.values())
    if lowest < PACKED_COLUMNS:
        first = min(lowest, 1)
        return {label: _within(*divmod(value - first, PACKED_COLUMNS)) for label, value in short.items()}
    first = 0 if any(value % 10 == 0 for value in short.values()) else 1
    return {label: _within(value // 10 - 1, value % 10 - first) for label, value in short.items()}


def fixture_for(cells: Mapping[str, Cell], cabinet: int, zone: TemperatureZone, pitch_in: float) -> Fixture:
    """A cabinet's grid: rows as long as their last slot, a slot nobody has named has no label. The
    cabinet has at least one slot."""
    here = {(c.row, c.column): label for label, c in cells.items() if c.cabinet == cabinet}
    lengths = [1] * (max(row for row, _ in here) + 1)
    for row, column in here:
        lengths[row] = max(lengths[row], column + 1)
    labels = tuple(tuple(here.get((r, c), "") for c in range(n)) for r, n in enumerate(lengths))
    return Fixture.machine(tuple(lengths), zone, labels, pitch_in)


def cells_of(fixtures: Mapping[int, Fixture]) -> dict[str, Cell]:
    """Cabinet index → fixture, back to the cells of the labels."""
    return {
        label: Cell(cabinet, r, c)
        for cabinet, fixture in fixtures.items()
        for r, row in enumerate(fixture.labels)
        for c, label in enumerate(row)
        if label
    }
