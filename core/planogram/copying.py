"""A layout taken over to another machine or shelf, with what has to differ there and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from core.errors import BadInput
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product
from core.planogram.space import (
    ROUNDING,
    extent,
    fits,
    is_free,
    new_position,
    relocated,
    room_in_words,
    row_length,
    span,
    start_of,
    tolerance,
)
from core.units import slot_name

KINDS = ("left out", "moved", "fewer facings", "other price", "kept")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as in the source. ``kind`` is one of ``KINDS``; ``slot_from`` speaks of the
    source, ``slot_to`` of the target."""

    kind: str
    product_id: int
    slot_from: str | None
    slot_to: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Adapted:
    """The plan for the target's fixture, and every difference, those of most weight first."""

    plan: Planogram
    differences: tuple[Difference, ...]
    placed: int
    """Positions of the source that stand in the plan."""


def adapt(
    source: Planogram, target: Planogram, catalog: Catalog, allowed: Collection[int] | None = None,
    *, keep_prices: bool = True,
) -> Adapted:
    """The source's layout on the target's fixture, under its rule set and beside what is locked there.

    Every position keeps its place and facings where the target has them; the rest goes to the nearest
    stretch with room, the fastest sellers first, with fewer facings if need be, or is left out. ``allowed``
    are the products that may be sold there, all by default. ``keep_prices``: a product that stands in the
    target keeps its price of there. The plan breaks no rule that the target keeps, and the same input gives
    the same plan.
    """
    work = _Adapter(source, target, catalog, allowed, keep_prices)
    waiting = [p for p in source.positions if not work.take_over(p)]
    for p in sorted(waiting, key=lambda p: (-_worth(catalog.get(p.product_id)), p.row, p.x_in)):
        work.find_room(p)
    work.note_kept()
    order = {kind: n for n, kind in enumerate(KINDS)}
    found = sorted(work.differences, key=lambda d: (order[d.kind], d.slot_from or "", d.slot_to or ""))
    plan = target.with_positions([*work.locked, *work.placed])
    return Adapted(plan, tuple(found), len(work.placed) + len(work.alike))


def likeness(a: Planogram, b: Planogram) -> float:
    """How much of two fixtures is the same, from 0 to 1: cells that both have, of all cells; 0 for other
    zones, or where one is a machine and the other a shelf."""
    one, other = a.fixture, b.fixture
    if one.temperature_zone is not other.temperature_zone or one.placement is not other.placement:
        return 0.0
    rows = max(one.rows, other.rows)
    cells = [(_cells(one, r), _cells(other, r)) for r in range(rows)]
    return sum(min(pair) for pair in cells) / sum(max(pair) for pair in cells)


class _Adapter:
    """What stands in the target so far."""

    def __init__(
        self, source: Planogram, target: Planogram, catalog: Catalog, allowed: Collection[int] | None,
        keep_prices: bool,
    ) -> None:
        self.source, self.target, self.catalog, self.allowed = source, target, catalog, allowed
        self.fixture, self.keep_prices = target.fixture, keep_prices
        self.locked = [p for p in target.positions if p.locked]
        self.placed: list[Position] = []
        self.alike: list[Position] = []
        """Locked positions with the product that the source has there."""
        self.differences: list[Difference] = []

    def take_over(self, p: Position) -> bool:
        """Place a position where it stands in the source; False where it has to look for room."""
        if self._is_locked_alike(p):
            return True
        reason = self._refused(p)
        if reason:
            self._differ("left out", p, None, reason)
            return True
        if p.row >= self.fixture.rows:
            return False
        wanted = self._copy(p, p.row, self._start(p), p.facings)
        if wanted is None or not self._is_free(wanted):
            return False
        self._place(p, wanted)
        return True

    def find_room(self, p: Position) -> None:
        """The nearest stretch that takes the position, with as many facings as find room."""
        product = self.catalog[p.product_id]
        if (reason := self._repeated(p)) is not None:
            self._differ("left out", p, None, reason)
            return
        room = self._room_words(p)
        for facings in range(p.facings, 0, -1):
            there = self._nearest(p, facings)
            if there is not None:
                self._place(p, there)
                self._tell(p, there, product.name, room)
                return
        self._differ("left out", p, None, f"{product.name} finds no room: {room}.")

    def note_kept(self) -> None:
        """Tell what stays where it is locked, though the source has something else there."""
        for p in (q for q in self.locked if q not in self.alike):
            name = self._name(p.product_id)
            text = f"{name} stays at {p.slot}, where it is locked."
            self.differences.append(Difference("kept", p.product_id, None, p.slot, text))

    def _is_locked_alike(self, p: Position) -> bool:
        same = [q for q in self.locked if (q.product_id, q.row, q.column) == (p.product_id, p.row, p.column)]
        self.alike += same
        return bool(same)

    # --- places ---

    def _start(self, p: Position) -> float:
        """Where a position of the source begins, in units of the target."""
        mine, other = self.source.fixture, self.fixture
        if is_free(mine) == is_free(other) and (is_free(other) or mine.placement is other.placement):
            return span(p, mine)[0]
        return start_of(other, min(p.column, other.row_columns[p.row] - 1))

    def _copy(self, p: Position, row: int, start: float, facings: int) -> Position | None:
        """The position with its facings at a place of the target; None where its width says nothing."""
        try:
            made = new_position(self.catalog[p.product_id], self.fixture, row, start, facings)
        except BadInput:
            return None
        if is_free(self.fixture) and is_free(self.source.fixture):
            width = p.width_in * facings / max(p.facings, 1)
            if self.target.rule_set is RuleSet.AS_FOUND or width >= made.width_in:
                made = relocated(replace(made, width_in=width), self.fixture, row, start)
        return replace(made, facings_high=p.facings_high, facings_deep=p.facings_deep)

    def _is_free(self, p: Position) -> bool:
        start, end = span(p, self.fixture)
        slack = tolerance(self.fixture) + ROUNDING
        if start < -ROUNDING or end > row_length(self.fixture, p.row) + ROUNDING:
            return False
        return not any(
            q.row == p.row and min(end, other[1]) - max(start, other[0]) > slack
            for q in self._standing() for other in (span(q, self.fixture),)
        )

    def _nearest(self, p: Position, facings: int) -> Position | None:
        draft = self._copy(p, 0, 0.0, facings)
        if draft is None:
            return None
        need, wish = extent(draft, self.fixture), self._wish(p)
        best: tuple[float, int, float] | None = None
        height = self.fixture.shelf_height_in
        unit = 1.0 if is_free(self.fixture) else self.fixture.cell_width_in
        for row in range(self.fixture.rows):
            for left, right in self._gaps(row):
                if fits(need, left, right):
                    start = max(left, min(wish, right - need))
                    far = abs(row - p.row) * height + abs(start - wish) * unit
                    if best is None or (far, row, start) < best:
                        best = (far, row, start)
        return None if best is None else self._copy(p, best[1], best[2], facings)

    def _wish(self, p: Position) -> float:
        return self._start(replace(p, row=min(p.row, self.fixture.rows - 1)))

    def _gaps(self, row: int) -> Iterator[tuple[float, float]]:
        """Free stretches of a row in units, from the left."""
        cursor = 0.0
        spans = sorted(span(q, self.fixture) for q in self._standing() if q.row == row)
        for start, end in spans:
            if start - cursor > ROUNDING:
                yield cursor, start
            cursor = max(cursor, end)
        if row_length(self.fixture, row) - cursor > ROUNDING:
            yield cursor, row_length(self.fixture, row)

    def _standing(self) -> list[Position]:
        return [*self.locked, *self.placed]

    def _place(self, p: Position, there: Position) -> None:
        local = next((q for q in self.target.of_product(p.product_id)), None)
        place = (there.row, there.column)
        same = next((q for q in self.target.positions if (q.row, q.column) == place), None)
        stays = same is not None and same.product_id == p.product_id and same.facings == there.facings
        price = local.price if local is not None and self.keep_prices else p.price
        self.placed.append(replace(
            there, price=price, capacity=same.capacity if same and same.cells == there.cells else None,
            quantity=same.quantity if same and stays else None,
            par_level=same.par_level if same and stays else None,
        ))
        if price != p.price:
            mine, own = (_money(v) for v in (p.price, price))
            text = f"{self._name(p.product_id)} keeps its price here, {own} instead of {mine}."
            self._differ("other price", p, there, text)

    # --- words ---

    def _refused(self, p: Position) -> str:
        """Why a product cannot stand in the target at all, or nothing."""
        product, zone = self.catalog.get(p.product_id), self.fixture.temperature_zone
        if product is None:
            return f"Product {p.product_id} is not in the catalog."
        if self.allowed is not None and p.product_id not in self.allowed:
            return f"{product.name} is not sold there."
        if product.temperature not in (None, zone):
            return f"{product.name} needs a place that is {product.temperature}, this one is {zone}."
        return self._repeated(p) or ""

    def _repeated(self, p: Position) -> str | None:
        if self.target.rule_set is not RuleSet.STRICT:
            return None
        there = next((q for q in self._standing() if q.product_id == p.product_id), None)
        if there is None:
            return None
        return f"{self._name(p.product_id)} stands at {there.slot} already, and may stand once."

    def _tell(self, p: Position, there: Position, name: str, room: str) -> None:
        if there.facings < p.facings:
            text = f"{name} has {there.facings} of {p.facings} facings at {there.slot}: {room}."
            self._differ("fewer facings", p, there, text)
        if (there.row, there.column) != (p.row, p.column):
            text = f"{name} stands at {there.slot} instead of {p.slot}: {self._why(p)}."
            self._differ("moved", p, there, text)

    def _why(self, p: Position) -> str:
        if p.row >= self.fixture.rows:
            return f"there are {self.fixture.rows} rows here"
        if p.column >= self.fixture.row_columns[p.row]:
            return f"row {slot_name(p.row, 0)[:-1]} has {self.fixture.row_columns[p.row]} places here"
        start = self._start(p)
        for q in self.locked:
            if q.row == p.row and span(q, self.fixture)[0] - ROUNDING <= start < span(q, self.fixture)[1]:
                return f"{self._name(q.product_id)} is locked there"
        return "there is less room here"

    def _room_words(self, p: Position) -> str:
        draft = self._copy(p, 0, 0.0, p.facings)
        if draft is None:
            return "its width is not known"
        gaps = [right - left for row in range(self.fixture.rows) for left, right in self._gaps(row)]
        need = room_in_words(extent(draft, self.fixture), self.fixture)
        return f"it needs {need}, the widest free stretch has {max(gaps, default=0.0):g}"

    def _differ(self, kind: str, p: Position, there: Position | None, text: str) -> None:
        slot = None if there is None else there.slot
        self.differences.append(Difference(kind, p.product_id, p.slot, slot, text))

    def _name(self, product_id: int) -> str:
        product = self.catalog.get(product_id)
        return product.name if product else f"Product {product_id}"


def _cells(fixture: Fixture, row: int) -> int:
    return fixture.row_columns[row] if row < fixture.rows else 0


def _worth(product: Product | None) -> float:
    """Money a day that a product turns over, as far as the catalog knows."""
    return 0.0 if product is None else product.velocity * product.price


def _money(price: float | None) -> str:
    return "the product's own" if price is None else f"${price:,.2f}"
