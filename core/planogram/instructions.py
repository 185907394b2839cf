"""From a plan to what a person in the store does, step by step.

A new set fills the shelves from the top, left to right. A reset takes what stands now to what shall stand:
what goes is taken out first, then every position moves once, when its new place is free; where positions
wait for each other in a circle, one of them is held in the hands (or the cart) until its place is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.planogram.diff import match
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.planogram.space import is_free, span, tolerance
from core.units import row_letter


class Act(StrEnum):
    """What a step does."""

    REBUILD = "rebuild"
    TAKE_OUT = "take out"
    HOLD = "hold"
    MOVE = "move"
    PLACE = "place"
    REFACE = "reface"
    REPRICE = "reprice"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``before`` is the position as it stands, ``after`` as it shall stand; a place step
    whose ``is_held`` puts back what an earlier step held."""

    number: int
    act: Act
    text: str
    before: Position | None = None
    after: Position | None = None
    is_held: bool = False

    @property
    def product_id(self) -> int | None:
        position = self.after or self.before
        return None if position is None else position.product_id

    @property
    def row(self) -> int | None:
        """The shelf where the step ends."""
        position = self.after or self.before
        return None if position is None else position.row


@dataclass(frozen=True, slots=True)
class Instructions:
    """The steps from ``before`` (None: an empty fixture) to ``plan``, in the order in which to do them."""

    plan: Planogram
    before: Planogram | None
    steps: tuple[Step, ...]

    @property
    def is_reset(self) -> bool:
        return self.before is not None

    def of(self, *acts: Act) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.act in acts)

    @property
    def summary(self) -> str:
        """One sentence that says how much work it is."""
        if not self.is_reset:
            shelves = _count(self.plan.fixture.rows, "shelf")
            return f"Place {_count(len(self.plan.product_ids), 'product')} on {shelves}."
        held = len(self.of(Act.HOLD))
        counted = [
            (len(self.of(Act.TAKE_OUT)), "to take out"), (len(self.of(Act.MOVE)) + held, "to move"),
            (len([s for s in self.of(Act.PLACE) if not s.is_held]), "new"),
            (len(self.of(Act.REFACE)), "with other facings"), (len(self.of(Act.REPRICE)), "with a new price"),
        ]
        parts = [f"{number} {words}" for number, words in counted if number]
        if not parts:
            return "Nothing has to be done." if not self.steps else f"{_count(len(self.steps), 'step')}."
        hands = f" Keep hands or a cart free: {held} wait until their place is free." if held else ""
        return f"{', '.join(parts).capitalize()}.{hands}"


def instructions(plan: Planogram, products: Catalog, before: Planogram | None = None) -> Instructions:
    """How to set ``plan`` up, on an empty fixture or from what stands there ``before``.

    Both plans are taken to keep the hard rules of place; where another fixture stands there, it is rebuilt.
    """
    words = _Words(plan.fixture, products)
    if before is None:
        return Instructions(plan, None, _numbered(words.place(p) for p in plan.positions))
    if before.fixture != plan.fixture:
        old = _Words(before.fixture, products)
        emptied = [old.take_out(p) for p in before.positions]
        steps = [*emptied, words.rebuild(before.fixture), *(words.place(p) for p in plan.positions)]
        return Instructions(plan, before, _numbered(steps))
    return Instructions(plan, before, _numbered(_reset(before, plan, words)))


def _numbered(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(replace(step, number=number) for number, step in enumerate(steps, start=1))


def _reset(before: Planogram, plan: Planogram, words: _Words) -> list[Step]:
    pairs, gone, new = match(before, plan)
    steps = [words.take_out(p) for p in gone]
    tasks = [_Task(a, b) for a, b in pairs if _stands(a) != _stands(b)]
    tasks += [_Task(None, b) for b in new]
    steps += _ordered(tasks, plan.fixture, words)
    steps += [words.reprice(a, b) for a, b in pairs if a.price != b.price]
    return steps + [words.stock(a, b) for a, b in pairs if _stock(a) != _stock(b)]


@dataclass(eq=False, slots=True)
class _Task:
    """A position to bring to its place. ``before`` is None for what comes from the stock room."""

    before: Position | None
    after: Position
    is_held: bool = False


def _ordered(tasks: Sequence[_Task], fixture: Fixture, words: _Words) -> list[Step]:
    """Each task once, when nothing stands in its way; one of a circle is held first.

    A task waits for every other one that still stands on its new place. Of those that wait for nobody the
    one comes next that fills the place that was just left, else the first from the top left.
    """
    waits = _waits(tasks, fixture)
    blocks: dict[int, list[int]] = {i: [] for i in range(len(tasks))}
    for i, others in enumerate(waits):
        for j in others:
            blocks[j].append(i)
    order = sorted(range(len(tasks)), key=lambda i: _turn(tasks[i]))
    rank = {i: n for n, i in enumerate(order)}
    steps: list[Step] = []
    left = set(order)
    freed: list[int] = []
    while left:
        ready = [i for i in freed if i in left and not waits[i]] or [i for i in left if not waits[i]]
        if ready:
            index = min(ready, key=rank.__getitem__)
            left.discard(index)
            steps.append(words.bring(tasks[index]))
        else:
            index = _to_hold(tasks, waits, min(left, key=rank.__getitem__))
            held = tasks[index]
            assert held.before is not None
            steps.append(words.hold(held.before))
            held.is_held = True
        freed = blocks[index]
        for i in freed:
            waits[i].discard(index)
        blocks[index] = []
    return steps


def _turn(task: _Task) -> tuple[bool, int, float]:
    return task.before is None, task.after.row, task.after.x_in


def _waits(tasks: Sequence[_Task], fixture: Fixture) -> list[set[int]]:
    """For each task those others that stand on its new place."""
    slack = tolerance(fixture)
    standing: dict[int, list[tuple[float, float, int]]] = {}
    for i, task in enumerate(tasks):
        if task.before is not None:
            standing.setdefault(task.before.row, []).append((*span(task.before, fixture), i))
    result = []
    for i, task in enumerate(tasks):
        start, end = span(task.after, fixture)
        result.append({
            j for a, b, j in standing.get(task.after.row, ())
            if j != i and min(b, end) - max(a, start) > slack
        })
    return result


def _to_hold(tasks: Sequence[_Task], waits: Sequence[set[int]], start: int) -> int:
    """The narrowest of a circle of tasks that wait for each other."""
    seen: dict[int, int] = {}
    path: list[int] = []
    at = start
    while at not in seen:
        seen[at] = len(path)
        path.append(at)
        at = min(waits[at])
    return min(path[seen[at]:], key=lambda i: (tasks[i].after.width_in, i))


def _stands(p: Position) -> tuple[object, ...]:
    return p.row, p.column, p.x_in, p.cells, p.width_in, p.facings, p.facings_high, p.facings_deep


def _stock(p: Position) -> tuple[int | None, ...]:
    """What a plan says of stock; the quantity is counted, not planned."""
    return p.capacity, p.par_level


@dataclass(frozen=True)
class _Words:
    """Writes the sentence of a step."""

    fixture: Fixture
    products: Catalog

    def place(self, p: Position, is_held: bool = False) -> Step:
        price = "" if p.price is None else f", price ${p.price:,.2f}"
        verb = "Put back" if is_held else "Place"
        text = f"{verb} {facings_of(p)} of {self._name(p)} {self._at(p)}{'' if is_held else price}."
        return Step(0, Act.PLACE, text, None, p, is_held)

    def take_out(self, p: Position) -> Step:
        return Step(0, Act.TAKE_OUT, f"Take out {self._name(p)} {self._at(p, 'from')}.", p)

    def hold(self, p: Position) -> Step:
        return Step(0, Act.HOLD, f"Take {self._name(p)} off {self._at(p, '')} and hold it for a moment.", p)

    def bring(self, task: _Task) -> Step:
        """A new position, one that was held, a move, or other facings in place."""
        a, b = task.before, task.after
        if a is None or task.is_held:
            return self.place(b, task.is_held)
        if (a.row, a.column, a.x_in) == (b.row, b.column, b.x_in):
            was = facings_of(a, short=True)
            text = f"Give {self._name(b)} {self._at(b)} {facings_of(b)} instead of {was}."
            return Step(0, Act.REFACE, text, a, b)
        other = "" if _size(a) == _size(b) else f", {facings_of(b)} instead of {facings_of(a, short=True)}"
        text = f"Move {self._name(b)} {self._at(a, 'from')} {self._at(b, 'to')}{other}."
        return Step(0, Act.MOVE, text, a, b)

    def reprice(self, a: Position, b: Position) -> Step:
        was = "" if a.price is None else f" (was ${a.price:,.2f})"
        if b.price is None:
            return Step(0, Act.REPRICE, f"Take the price off {self._name(b)} {self._at(b)}{was}.", a, b)
        return Step(0, Act.REPRICE, f"Price {self._name(b)} {self._at(b)} at ${b.price:,.2f}{was}.", a, b)

    def stock(self, a: Position, b: Position) -> Step:
        named = {"capacity": b.capacity, "par level": b.par_level}
        was = {"capacity": a.capacity, "par level": a.par_level}
        parts = [f"{n} {'not set' if v is None else v}" for n, v in named.items() if v != was[n]]
        return Step(0, Act.STOCK, f"Note for {self._name(b)} {self._at(b)}: {', '.join(parts)}.", a, b)

    def rebuild(self, old: Fixture) -> Step:
        new = self.fixture
        text = (f"Rebuild the fixture: {_count(new.rows, 'shelf')}, {new.width_in:g} × {new.height_in:g} in "
                f"instead of {_count(old.rows, 'shelf')}, {old.width_in:g} × {old.height_in:g} in.")
        return Step(0, Act.REBUILD, text)

    def _name(self, p: Position) -> str:
        product = self.products.get(p.product_id)
        return product.name if product else f"product {p.product_id}"

    def _at(self, p: Position, word: str = "at") -> str:
        return f"{word} {place_name(p, self.fixture)}".strip()


def along(x_in: float) -> str:
    """A place along a shelf in words."""
    return f"{x_in:.1f} in from the left" if x_in >= 0.05 else "at the left end"


def place_name(p: Position, fixture: Fixture) -> str:
    """Where a position stands, as people in the store find it: slot, the machine's own selection, or inches
    along a shelf without slots."""
    if is_free(fixture):
        return f"shelf {row_letter(p.row)}, {along(p.x_in)}"
    label = fixture.label(p.row, p.column)
    return label or p.slot


def short_place(p: Position, fixture: Fixture) -> str:
    """As ``place_name``, for a narrow column: "A at 12.5 in" on a shelf without slots."""
    return f"{row_letter(p.row)} at {p.x_in:.1f} in" if is_free(fixture) else place_name(p, fixture)


def facings_of(p: Position, *, short: bool = False) -> str:
    """ "2 facings", "3 facings, 2 high"; ``short`` leaves the noun out where it is one number."""
    more = [f"{n} {word}" for n, word in ((p.facings_high, "high"), (p.facings_deep, "deep")) if n > 1]
    if short and not more:
        return str(p.facings)
    return ", ".join([_count(p.facings, "facing"), *more])


def _size(p: Position) -> tuple[int, int, int]:
    return p.facings, p.facings_high, p.facings_deep


def _count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ves" if noun.endswith("lf") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
