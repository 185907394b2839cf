"""Chunks of texts → checked rows as numbers, each bad row with its reason.

No loop runs over rows: a column is dictionary-encoded, each distinct text is read once (and remembered
over the chunks), and the row arrays are gathered by code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.store.imports.columns import ColumnMapping
from core.store.imports.names import Role, normalize
from core.store.imports.read import Chunk, RowError
from core.store.imports.slots import clean_label
from core.store.imports.values import (
    DATE_AND_TIME,
    DateOrder,
    DecimalMark,
    Evidence,
    Unreadable,
    date_order,
    decimal_mark,
    parse_amount,
    parse_moment,
    parse_quantity,
    parse_time,
)
from core.units import from_e4

IntArray = NDArray[np.int64]
DAY_S = 86_400
NO_VALUE = np.iinfo(np.int64).min

_REFUSED_STATUS = frozenset({
    "failed", "failure", "declined", "denied", "void", "voided", "cancelled", "canceled", "refunded",
    "refund", "reversed", "error", "rejected", "test", "not vended", "vend failed",
    "storniert", "storno", "abgebrochen", "fehlgeschlagen",
    "annule", "annulee", "echoue", "rembourse",
    "anulado", "anulada", "cancelado", "cancelada", "fallido", "reembolsado",
})
"""Words of a status, as ``normalize`` writes them, that mean that nothing was sold."""


@dataclass(frozen=True, slots=True)
class Place:
    """The texts by which a row names where it happened."""

    device_id: str = ""
    machine: str = ""
    store_id: str = ""
    store: str = ""

    @property
    def is_device(self) -> bool:
        return bool(self.device_id.strip() or self.machine.strip())

    @property
    def key(self) -> str:
        """What tells the place from others: its number where the file has one, else its name."""
        return self.device_id or self.machine if self.is_device else self.store_id or self.store

    @property
    def name(self) -> str:
        """The text as it stands in the file."""
        return self.machine or self.device_id if self.is_device else self.store or self.store_id

    @property
    def known(self) -> bool:
        return any(text.strip() for text in (self.device_id, self.machine, self.store_id, self.store))


PLACE_ROLES = (Role.DEVICE_ID, Role.MACHINE, Role.STORE_ID, Role.STORE)


T = TypeVar("T")


class Vocabulary(Generic[T]):
    """Values numbered in the order in which they came."""

    def __init__(self) -> None:
        self._codes: dict[T, int] = {}

    def code(self, value: T) -> int:
        return self._codes.setdefault(value, len(self._codes))

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def values(self) -> list[T]:
        return list(self._codes)


@dataclass
class Witness:
    """What the file shows of its date order and decimal mark, gathered chunk by chunk."""

    orders: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)

    def hear(self, texts: Sequence[str], tell: Callable[[str], str], into: set[str]) -> None:
        fresh = set(texts) - self._seen
        self._seen |= fresh
        into |= {tell(text) for text in fresh}

    def evidence(self, mapping: ColumnMapping, delimiter: str) -> Evidence:
        """Decided where the file shows one form only; else by what its language and marks imply."""
        commas, dots = "," in self.marks, "." in self.marks
        mark: DecimalMark | None = None
        if mapping.decimal or commas != dots:
            mark = mapping.decimal or ("," if commas else ".")
        elif not commas:
            mark = "," if delimiter == ";" or mapping.day_first_language else "."
        order: DateOrder | None = mapping.order
        told = self.orders & {"mdy", "dmy"}
        if order is None and len(told) == 1:
            order = "mdy" if "mdy" in told else "dmy"
        elif order is None and not told and (mapping.day_first_language or (commas and not dots)):
            order = "dmy"
        return Evidence(mark, order)


def texts_of(chunk: Chunk, mapping: ColumnMapping) -> pa.RecordBatch:
    """The mapped columns by role, with dates and times apart, and the ``line`` of each row."""
    columns: dict[str, pa.Array] = {"line": pa.array(chunk.lines)}
    for role, index in mapping.index.items():
        if role is Role.DATE:
            columns["date"], columns["clock"] = _split_moments(chunk.columns[index])
        elif role is Role.TRANSACTION:
            columns[role.value] = pc.utf8_trim_whitespace(_plain(chunk.columns[index]))
        elif role is not Role.LOCATION:
            columns[role.value] = _encoded(chunk.columns[index])
    return pa.RecordBatch.from_pydict(columns)


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _encoded(column: pa.Array) -> pa.DictionaryArray:
    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def _split_moments(column: pa.Array) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
    """A column of dates with or without times → (date texts, time texts)."""
    indices = None
    if pa.types.is_dictionary(column.type) or pc.count_distinct(column.slice(0, 10_000)).as_py() < 5_000:
        encoded = _encoded(column)
        column, indices = encoded.dictionary, encoded.indices
    texts = column
    lengths = pc.min_max(pc.binary_length(texts)).as_py()
    fixed = lengths["min"] == lengths["max"] and (lengths["min"] or 0) >= 16
    middle = pc.utf8_slice_codeunits(texts, 10, 11) if fixed else None
    if middle is not None and pc.all(pc.is_in(middle, pa.array([" ", "T"]))).as_py():
        dates, clocks = pc.utf8_slice_codeunits(texts, 0, 10), pc.utf8_slice_codeunits(texts, 11)
    else:
        parts = pc.extract_regex(pc.utf8_trim_whitespace(texts), DATE_AND_TIME)
        dates = pc.if_else(pc.is_valid(parts), pc.struct_field(parts, "date"), texts)
        clocks = pc.fill_null(pc.struct_field(parts, "time"), "")
    return _gather(dates.dictionary_encode(), indices), _gather(clocks.dictionary_encode(), indices)


def _gather(encoded: pa.DictionaryArray, indices: pa.Array | None) -> pa.DictionaryArray:
    if indices is None:
        return encoded
    return pa.DictionaryArray.from_arrays(encoded.indices.take(indices), encoded.dictionary)


def hear(witness: Witness, batch: pa.RecordBatch) -> None:
    """Let a batch of texts give its evidence."""
    witness.hear(batch.column("date").dictionary.to_pylist(), date_order, witness.orders)
    for role in (Role.PRICE, Role.TOTAL, Role.QUANTITY):
        if role.value in batch.schema.names:
            witness.hear(batch.column(role.value).dictionary.to_pylist(), decimal_mark, witness.marks)


class _Reader:
    """One column's texts → numbers, every distinct text read once. ``problem`` 0 means none."""

    def __init__(self, noun: str, parse: Callable[[str], int], problems: Vocabulary[str]) -> None:
        self._noun, self._parse, self._problems = noun, parse, problems
        self._known: dict[str, tuple[int, int]] = {}

    def read(self, column: pa.DictionaryArray) -> tuple[IntArray, IntArray]:
        """(values, problem codes), both (rows,); a blank text gives NO_VALUE and no problem."""
        known = self._known
        pairs = [known.get(t) or known.setdefault(t, self._one(t)) for t in column.dictionary.to_pylist()]
        table: IntArray = np.array(pairs, np.int64).reshape(-1, 2)
        rows = table[column.indices.to_numpy()]
        return rows[:, 0], rows[:, 1]

    def _one(self, text: str) -> tuple[int, int]:
        if not text.strip():
            return NO_VALUE, 0
        try:
            return self._parse(text), 0
        except Unreadable as reason:
            shown = text if len(text) <= 60 else text[:57] + "…"
            return NO_VALUE, self._problems.code(f"{self._noun} “{shown}” {reason}.")


class RowChecker:
    """Texts → rows, chunk by chunk. The vocabularies hold what accepted rows name."""

    def __init__(self, mapping: ColumnMapping, evidence: Evidence) -> None:
        self._mapping = mapping
        self._problems: Vocabulary[str] = Vocabulary()
        self._problems.code("")
        self.places: Vocabulary[Place] = Vocabulary()
        self.products: Vocabulary[str] = Vocabulary()
        self.categories: Vocabulary[str] = Vocabulary()
        self.labels: Vocabulary[str] = Vocabulary()
        self.labels.code("")
        self.product_category: dict[int, int] = {}
        self.named_places: set[int] = set()
        decimal, order = evidence.decimal, evidence.order
        self._date = _Reader("Date", lambda t: parse_moment(t, order), self._problems)
        self._clock = _Reader("Time", parse_time, self._problems)
        self._price = _Reader("Price", lambda t: parse_amount(t, decimal), self._problems)
        self._total = _Reader("Total", lambda t: parse_amount(t, decimal), self._problems)
        self._quantity = _Reader("Quantity", lambda t: parse_quantity(t, decimal), self._problems)
        self._status = _Reader("Status", _check_status, self._problems)

    def check(self, batch: pa.RecordBatch, keep_errors: int) -> tuple[pa.RecordBatch, list[RowError], int]:
        """(accepted rows, the first ``keep_errors`` errors, number of rejected rows) of a batch."""
        n = batch.num_rows
        problem = np.zeros(n, np.int64)
        product = self._codes(batch, Role.PRODUCT, self.products, blank=-1)
        place = self._places(batch)
        sold_at = self._moments(batch, problem)
        price, quantity, amount = self._money(batch, problem)
        if Role.STATUS.value in batch.schema.names:
            _first(problem, self._status.read(batch.column(Role.STATUS.value))[1])
        _first(problem, np.where(place < 0, self._problems.code("No machine or store is named."), 0))
        label = self._labels(batch)
        nameless = (product < 0) & (problem == 0)
        problem[nameless] = -1
        good = problem == 0
        errors = self._errors(batch, problem, keep_errors, place, label, sold_at, amount)
        category = self._codes(batch, Role.CATEGORY, self.categories, blank=-1)
        self._learn_categories(product[good], category[good])
        rows = pa.RecordBatch.from_pydict({
            "place": place[good], "product": product[good], "label": label[good], "sold_at": sold_at[good],
            "price": price[good], "quantity": quantity[good], "amount": amount[good],
            "transaction": self._transactions(batch, good),
        })
        return rows, errors, int(n - good.sum())

    def _codes(self, batch: pa.RecordBatch, role: Role, into: Vocabulary[str], blank: int) -> IntArray:
        if role.value not in batch.schema.names:
            return np.full(batch.num_rows, blank, np.int64)
        column = batch.column(role.value)
        codes = [into.code(t) if t.strip() else blank for t in column.dictionary.to_pylist()]
        result: IntArray = np.array(codes, np.int64)[column.indices.to_numpy()]
        return result

    def _labels(self, batch: pa.RecordBatch) -> IntArray:
        if Role.SLOT.value not in batch.schema.names:
            return np.zeros(batch.num_rows, np.int64)
        column = batch.column(Role.SLOT.value)
        codes = [self.labels.code(clean_label(t)) for t in column.dictionary.to_pylist()]
        result: IntArray = np.array(codes, np.int64)[column.indices.to_numpy()]
        return result

    def _places(self, batch: pa.RecordBatch) -> IntArray:
        """Code of each row's place, −1 where it names none."""
        names = [role.value for role in PLACE_ROLES if role.value in batch.schema.names]
        key: IntArray = np.zeros(batch.num_rows, np.int64)
        for name in names:
            column = batch.column(name)
            key = key * len(column.dictionary) + column.indices.to_numpy()
        distinct, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        codes = np.empty(len(distinct), np.int64)
        for i, row in enumerate(first.tolist()):
            place = Place(**{name: batch.column(name)[row].as_py() for name in names})
            codes[i] = self.places.code(place) if place.known else -1
        self.named_places |= set(codes[codes >= 0].tolist())
        return codes[inverse]

    def _moments(self, batch: pa.RecordBatch, problem: IntArray) -> IntArray:
        """Seconds since 1970-01-01 of each row; notes what cannot be read."""
        sold_at, bad = self._date.read(batch.column("date"))
        _first(problem, bad)
        blank = (sold_at == NO_VALUE) & (bad == 0)
        _first(problem, np.where(blank, self._problems.code("No date is given."), 0))
        clocks = [batch.column("clock")]
        if Role.TIME.value in batch.schema.names:
            clocks.append(batch.column(Role.TIME.value))
        for clock in clocks:
            seconds, bad = _plain_clocks(clock) or self._clock.read(clock)
            _first(problem, bad)
            sold_at = np.where((seconds != NO_VALUE) & (sold_at % DAY_S == 0), sold_at + seconds, sold_at)
        return sold_at

    def _money(self, batch: pa.RecordBatch, problem: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """(price e4, quantity, amount e4) of each row. The file's own line total counts where it has
        one; otherwise price × quantity; a missing price is the total's share a unit."""
        n = batch.num_rows
        read = {}
        for role, reader in (
            (Role.PRICE, self._price), (Role.TOTAL, self._total), (Role.QUANTITY, self._quantity),
        ):
            read[role] = np.full(n, NO_VALUE, np.int64)
            if role.value in batch.schema.names:
                read[role], bad = reader.read(batch.column(role.value))
                _first(problem, bad)
        price, total, quantity = read[Role.PRICE], read[Role.TOTAL], read[Role.QUANTITY]
        quantity = np.where(quantity == NO_VALUE, 1, quantity)
        none = (price == NO_VALUE) & (total == NO_VALUE)
        _first(problem, np.where(none, self._problems.code("No price is given."), 0))
        price = np.where(none, 0, np.where(price == NO_VALUE, total // quantity, price))
        large = price > np.iinfo(np.int64).max // np.maximum(quantity, 1)
        amount = np.where(total == NO_VALUE, np.where(large, 0, price) * quantity, total)
        _first(problem, np.where(large, self._problems.code("Price times quantity is too large."), 0))
        return price, quantity, amount

    def _transactions(self, batch: pa.RecordBatch, good: NDArray[np.bool_]) -> pa.Array:
        if Role.TRANSACTION.value not in batch.schema.names:
            return pa.repeat("", int(good.sum()))
        return batch.column(Role.TRANSACTION.value).filter(pa.array(good))

    def _learn_categories(self, product: IntArray, category: IntArray) -> None:
        """The first category that the file gives a product is its category."""
        done = np.zeros(len(self.products) + 1, bool)
        done[list(self.product_category)] = True
        known = (category >= 0) & ~done[product]
        names, first = np.unique(product[known], return_index=True)
        for name, at in zip(names.tolist(), first.tolist(), strict=True):
            self.product_category.setdefault(name, int(category[known][at]))

    def _errors(
        self, batch: pa.RecordBatch, problem: IntArray, keep: int, place: IntArray, label: IntArray,
        sold_at: IntArray, amount: IntArray,
    ) -> list[RowError]:
        rejected = np.flatnonzero(problem)[:keep]
        lines = batch.column("line").to_numpy()
        texts, places, labels = self._problems.values, self.places.values, self.labels.values
        result = []
        for row in rejected.tolist():
            text = texts[problem[row]] if problem[row] > 0 else _nameless(
                from_e4(int(amount[row])), labels[label[row]], places[place[row]].name, int(sold_at[row])
            )
            result.append(RowError(int(lines[row]), text))
        return result


def _plain_clocks(column: pa.DictionaryArray) -> tuple[IntArray, IntArray] | None:
    """As ``_Reader.read`` for a column that holds nothing but hh:mm:ss, else None."""
    texts = column.dictionary
    if len(texts) == 0 or not pc.all(pc.equal(pc.binary_length(texts), 8)).as_py():
        return None
    first = int(np.frombuffer(texts.buffers()[1], np.int32)[texts.offset])
    letters = np.frombuffer(texts.buffers()[2], np.uint8)[first : first + 8 * len(texts)].reshape(-1, 8)
    digits = letters[:, [0, 1, 3, 4, 6, 7]].astype(np.int64) - 48
    hour, minute, second = (10 * digits[:, i] + digits[:, i + 1] for i in (0, 2, 4))
    plain = (letters[:, [2, 5]] == ord(":")).all() and ((digits >= 0) & (digits <= 9)).all()
    if not plain or hour.max() > 23 or minute.max() > 59 or second.max() > 59:
        return None
    seconds: IntArray = (hour * 3600 + minute * 60 + second)[column.indices.to_numpy()]
    return seconds, np.zeros(len(seconds), np.int64)


def _nameless(amount: float, label: str, place: str, sold_at: int) -> str:
    slot = f" from slot {label}" if label else ""
    day = np.datetime64(sold_at // DAY_S, "D")
    return f"No product is named: {amount:,.2f} sold{slot} at {place} on {day} is not imported."


def _first(problem: IntArray, found: IntArray) -> None:
    """Keep the first problem of each row."""
    np.copyto(problem, found, where=problem == 0)


def _check_status(text: str) -> int:
    if normalize(text) in _REFUSED_STATUS:
        raise Unreadable("means that nothing was sold")
    return 0
