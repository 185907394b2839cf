"""EVA-DTS audits (DEX files): the lines of a machine's counters as values. No database.

An audit is text, one block a line, ``TYPE*field*field…`` (EVA-DTS 6, European Vending Association). Blocks
that nobody here knows are kept. What follows a PA1 (PA2, PA3 …) belongs to its selection. Amounts are whole
numbers in the smallest unit of the currency; ID401 says how many decimals that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from core.errors import BadInput, TooLarge
from core.store.imports.read import RowError
from core.store.imports.slots import clean_label

MAGIC = b"DXS*"
LIMIT_BYTES = 8 * 2**20
DECIMALS = 2
"""Where a machine does not say."""

_BLOCK = re.compile(rb"[A-Z]{1,3}[0-9]{0,3}\*")
_SIGNS = (b"\nDXS*", b"\nST*", b"\nID1*", b"\nPA1*", b"\nVA1*")
_DATE = re.compile(r"(?:20)?([0-9]{2})([0-9]{2})([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{2}):?([0-9]{2}):?([0-9]{2})?")
_DASHED = re.compile(r"([0-9]{2})-([0-9]{2})-20([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Block:
    """A line of an audit: its number in the file, its type and its fields as they stand."""

    line: int
    kind: str
    fields: tuple[str, ...]

    def text(self, number: int) -> str:
        """A field counted from 1, without outer spaces; empty where the block is shorter."""
        return self.fields[number - 1].strip() if 0 < number <= len(self.fields) else ""

    def whole(self, number: int) -> int | None:
        """A field as a whole number, None where it is blank. Raises BadInput for anything else."""
        written = self.text(number)
        if not written:
            return None
        if not re.fullmatch(r"-?[0-9]{1,15}", written):
            raise BadInput(f"{self.kind}{number:02} “{written[:40]}” is not a whole number.",
                           "Read the machine again.")
        return int(written)


@dataclass(frozen=True, slots=True)
class Counters:
    """What a selection sold: units and value (in ten-thousandths of the currency unit) since the machine was
    initialized (PA201, PA202) and since its counters were last reset (PA203, PA204). None: not told."""

    units_init: int | None = None
    value_init: int | None = None
    units_reset: int | None = None
    value_reset: int | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection as PA1 names it: ``label`` (PA101), ``price_e4`` (PA102), ``name`` (PA103, may be empty);
    units of test vends (PA301) and free vends (PA401) since initialization."""

    line: int
    label: str
    name: str
    price_e4: int | None
    counters: Counters = Counters()
    test_vends: int | None = None
    free_vends: int | None = None

    @property
    def is_used(self) -> bool:
        """Whether anything stands there: it has a name or a price, or something was sold."""
        c = self.counters
        return bool(self.name or self.price_e4 or c.units_init or c.units_reset or c.value_init)


@dataclass(frozen=True, slots=True)
class Audit:
    """One reading of a machine.

    ``serial`` (ID101) and ``asset`` (ID106, empty where it is no number of the operator's) name the machine,
    ``read_at`` is by its own clock, None where it tells none. ``value_e4`` and ``units`` are the totals since
    initialization (VA101, VA102). ``blocks`` holds every line.
    """

    serial: str
    asset: str
    model: str
    currency: str
    decimals: int
    read_at: datetime | None
    selections: tuple[Selection, ...]
    units: int | None
    value_e4: int | None
    blocks: tuple[Block, ...]
    problems: tuple[RowError, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def machine(self) -> str:
        """The text that names the machine, empty where the audit names none."""
        return self.asset or self.serial


def is_audit(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an audit, whatever the file is called."""
    start = head.lstrip(b"\xef\xbb\xbf\r\n \x02\x01")[:65_536]
    lines = b"\n" + start.replace(b"\r", b"\n")
    return start.startswith(MAGIC) or (bool(_BLOCK.match(start)) and sum(s in lines for s in _SIGNS) >= 2)


def read_audits(content: bytes) -> tuple[Audit, ...]:
    """Every audit of a file, in its order; a file of several readings has a DXS block before each.

    A block with a field that cannot be read becomes a problem of its line. Raises BadInput for a file
    without any block and TooLarge above ``LIMIT_BYTES``.
    """
    if len(content) > LIMIT_BYTES:
        raise TooLarge(f"The audit has more than {LIMIT_BYTES // 2**20} MB.", "Send one reading a file.")
    blocks = list(_blocks(_text(content)))
    if not blocks:
        raise BadInput("The file holds no EVA-DTS block.", "Send the audit as it was read from the machine.")
    starts = [i for i, block in enumerate(blocks) if block.kind == "DXS"]
    cuts = [0, *starts[1:], len(blocks)]
    return tuple(_audit(blocks[a:b]) for a, b in pairwise(cuts))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _blocks(text: str) -> Iterator[Block]:
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        written = line.strip("\x00\x01\x02\x03\x1a")
        if written.strip():
            kind, *fields = written.split("*")
            yield Block(number, kind.strip(), tuple(fields))


@dataclass
class _Found:
    """What the blocks of an audit have said so far."""

    first: dict[str, Block] = field(default_factory=dict)
    selections: dict[str, Selection] = field(default_factory=dict)
    current: str = ""
    problems: list[RowError] = field(default_factory=list)


def _audit(blocks: Sequence[Block]) -> Audit:
    found = _Found()
    for block in blocks:
        found.first.setdefault(block.kind, block)
    nothing = Block(0, "", ())
    head, money, totals = (found.first.get(kind, nothing) for kind in ("ID1", "ID4", "VA1"))
    notes = []
    try:
        decimals = money.whole(1)
    except BadInput as error:
        found.problems.append(RowError(money.line, error.message))
        decimals = None
    if decimals is None or not 0 <= decimals <= 4:
        decimals = DECIMALS
        notes.append(f"The machine does not say its decimals (ID401); amounts are read with {DECIMALS}.")
    for block in blocks:
        try:
            _take(found, block, 10 ** (4 - decimals))
        except BadInput as error:
            found.problems.append(RowError(block.line, error.message))
            if block.kind == "PA1":
                found.current = ""
    units = value = None
    try:
        units, value = totals.whole(2), _money(totals.whole(1), 10 ** (4 - decimals))
    except BadInput:
        notes.append(f"The totals (VA1) on line {totals.line} are no numbers; the line is kept as it stands.")
    return Audit(
        head.text(1), _asset(head.text(6)), head.text(2), money.text(3), decimals, _read_at(found.first),
        tuple(found.selections.values()), units, value, tuple(blocks),
        tuple(sorted(found.problems, key=lambda p: p.line)), tuple(notes),
    )


def _asset(written: str) -> str:
    """An asset number has a digit other than 0; a maker's name in its place is none."""
    return written if any(c in "123456789" for c in written) else ""


def _money(amount: int | None, scale: int) -> int | None:
    return None if amount is None else amount * scale


def _take(found: _Found, block: Block, scale: int) -> None:
    """What a block says of a selection. Raises BadInput."""
    if block.kind == "PA1":
        label = clean_label(block.text(1))
        found.current = ""
        if not label:
            raise BadInput("A PA1 block names no selection.", "Read the machine again.")
        if label in found.selections:
            raise BadInput(f"Selection {label} occurs a second time.", "Read the machine again.")
        price = _money(block.whole(2), scale)
        if price is not None and price < 0:
            raise BadInput(f"Selection {label} has a price below 0.", "Read the machine again.")
        found.selections[label] = Selection(block.line, label, block.text(3), price)
        found.current = label
    elif found.current and block.kind in _OF_SELECTION:
        was = found.selections[found.current]
        found.selections[found.current] = _OF_SELECTION[block.kind](was, block, scale)


def _vends(was: Selection, block: Block, scale: int) -> Selection:
    units, value = block.whole(1), _money(block.whole(2), scale)
    return replace(was, counters=Counters(units, value, block.whole(3), _money(block.whole(4), scale)))


def _tests(was: Selection, block: Block, _scale: int) -> Selection:
    return replace(was, test_vends=block.whole(1))


def _gifts(was: Selection, block: Block, _scale: int) -> Selection:
    return replace(was, free_vends=block.whole(1))


_OF_SELECTION = {"PA2": _vends, "PA3": _tests, "PA4": _gifts}


def _read_at(first: dict[str, Block]) -> datetime | None:
    """The moment of the reading: the machine's clock (ID5), else the log of readings (EA3), else TA1."""
    for kind, day, clock in (("ID5", 1, 2), ("EA3", 2, 3), ("TA1", 1, 2)):
        block = first.get(kind)
        moment = None if block is None else _moment(block.text(day), block.text(clock))
        if moment is not None:
            return moment
    return None


def _moment(day: str, clock: str) -> datetime | None:
    """yymmdd or yyyymmdd (TA1: dd-mm-yyyy) and hhmm or hhmmss; None for what is no date."""
    dashed = _DASHED.fullmatch(day)
    parts = (dashed[3], dashed[2], dashed[1]) if dashed else None
    plain = _DATE.fullmatch(day)
    if parts is None and plain is not None:
        parts = (plain[1], plain[2], plain[3])
    if parts is None:
        return None
    time = _CLOCK.fullmatch(clock)
    hours, minutes, seconds = (int(t or 0) for t in time.groups()) if time else (0, 0, 0)
    try:
        return datetime(2000 + int(parts[0]), int(parts[1]), int(parts[2]), hours, minutes, seconds)
    except ValueError:
        return None
