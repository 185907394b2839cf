"""What people do in the editor: an event becomes an edit of the plan, an ``EditSession`` becomes a new one.

Pure: no screen, no database. Events come from the browser as plain dicts and are not trusted; whatever
cannot be understood raises BadInput, whatever a rule forbids RuleViolation, and then nothing has changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import BadInput
from core.planogram import edit
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.units import row_letter, slot_name

Event = Mapping[str, Any]
SAME_PLACE_IN = 0.02
MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class Step:
    """A plan and, in words, the edit that led to it. ``product_id`` came to stand at ``slot``, if one did."""

    plan: Planogram
    title: str = ""
    product_id: int | None = None
    slot: str | None = None
    source: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class EditSession:
    """A person's edits since a saved version. ``client`` and ``ack``: whose events are in, up to which."""

    base_version: int
    saved: Planogram
    present: Step
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()
    client: str = ""
    ack: int = 0
    edits: int = 0
    """Counts every change of the plan on screen, undo and redo included."""
    steps_saved: int = 0
    """Steps that lie before the saved plan."""

    @classmethod
    def start(cls, version: int, plan: Planogram) -> EditSession:
        return cls(version, plan, Step(plan))

    @property
    def plan(self) -> Planogram:
        return self.present.plan

    @property
    def changed(self) -> bool:
        return self.plan != self.saved

    @property
    def unsaved(self) -> int:
        """How many steps the plan on screen is away from the saved one."""
        return max(1, abs(len(self.past) - self.steps_saved)) if self.changed else 0

    def did(self, step: Step) -> EditSession:
        """After an edit; one that changed nothing leaves no trace."""
        if step.plan == self.plan:
            return self
        past = (*self.past, self.present)[-MAX_STEPS:]
        return replace(self, present=step, past=past, future=(), edits=self.edits + 1)

    def undone(self) -> EditSession:
        """One step back. Raises BadInput when there is none."""
        if not self.past:
            raise BadInput("There is nothing to undo.", "Move a product first.")
        return replace(
            self,
            present=self.past[-1],
            past=self.past[:-1],
            future=(self.present, *self.future),
            edits=self.edits + 1,
        )

    def redone(self) -> EditSession:
        """One step forward again. Raises BadInput when there is none."""
        if not self.future:
            raise BadInput("There is nothing to redo.", "Redo brings back what was undone last.")
        return replace(
            self,
            present=self.future[0],
            past=(*self.past, self.present),
            future=self.future[1:],
            edits=self.edits + 1,
        )

    def rebased(self, version: int, plan: Planogram) -> EditSession:
        """The same edits seen from a newly saved version: they are what was saved."""
        return replace(self, base_version=version, saved=plan, steps_saved=len(self.past))

    def acknowledged(self, client: str, seq: int) -> EditSession:
        return replace(self, client=client, ack=seq)


def fresh_events(session: EditSession, message: Event) -> list[Event]:
    """The events of a message that were not applied before, in order: a resent event does nothing twice."""
    events = message.get("events")
    if not isinstance(events, Sequence) or isinstance(events, str):
        return []
    known = session.ack if message.get("client") == session.client else 0
    found = [
        e for e in events if isinstance(e, Mapping) and isinstance(e.get("seq"), int) and e["seq"] > known
    ]
    return sorted(found, key=lambda e: e["seq"])


def is_edit(event: Event) -> bool:
    return event.get("type") in _EDITS


def apply(session: EditSession, event: Event, catalog: Catalog) -> EditSession:
    """The session after one edit event. Raises BadInput and RuleViolation; then nothing has changed."""
    kind = event.get("type")
    if kind == "undo":
        return session.undone()
    if kind == "redo":
        return session.redone()
    make = _EDITS.get(str(kind))
    if make is None:
        raise BadInput(f"The editor does not know the action “{kind}”.", "Reload the page.")
    return session.did(make(session.plan, event, catalog))


def find(plan: Planogram, place: Any) -> Position:
    """The position that an event speaks of, by row and left edge. Raises BadInput when it is not there."""
    row, x = _whole(place, "row"), _inches(place)
    near = [p for p in plan.positions if p.row == row and abs(p.x_in - x) <= SAME_PLACE_IN]
    if not near:
        raise BadInput("What you moved is no longer there.", "Look at the shelf and try again.")
    return min(near, key=lambda p: abs(p.x_in - x))


def _place(plan: Planogram, event: Event, catalog: Catalog) -> Step:
    product_id, to = _whole(event, "product"), _target(event.get("to"))
    row, column, x = to
    after = edit.place(plan, catalog, product_id, row, column, x_in=_free_x(plan, x))
    return Step(
        after, f"{_name(catalog, product_id)} → {slot_name(row, column)}", product_id, slot_name(row, column)
    )


def _replace(plan: Planogram, event: Event, catalog: Catalog) -> Step:
    product_id, there = _whole(event, "product"), find(plan, event.get("at"))
    dropped = edit.drop(plan, catalog, (there.row, there.column), product_id=product_id)
    return Step(dropped.plan, f"{_name(catalog, product_id)} → {there.slot}", product_id, there.slot)


def _move(plan: Planogram, event: Event, catalog: Catalog) -> Step:
    moving = find(plan, event.get("from"))
    row, column, x = _target(event.get("to"))
    after = edit.move(plan, catalog, moving, row, column, x_in=_free_x(plan, x))
    return Step(
        after,
        f"{_name(catalog, moving.product_id)} → {slot_name(row, column)}",
        moving.product_id,
        slot_name(row, column),
        (moving.row, moving.column),
    )


def _swap(plan: Planogram, event: Event, catalog: Catalog) -> Step:
    a, b = find(plan, event.get("a")), find(plan, event.get("b"))
    after = edit.swap(plan, catalog, a, b)
    title = f"{_name(catalog, a.product_id)} ↔ {_name(catalog, b.product_id)}"
    return Step(after, title, a.product_id, b.slot, (a.row, a.column))


def _shift(plan: Planogram, event: Event, catalog: Catalog) -> Step:
    chosen = [find(plan, place) for place in _items(event)]
    after = edit.move_many(
        plan, catalog, chosen, _whole(event, "rows"), _whole(event, "columns"), x_in=_number(event, "inches")
    )
    return Step(after, f"{_names(catalog, chosen)} moved")


def _remove(plan: Planogram, event: Event, catalog: Catalog) -> Step:
    chosen = [find(plan, place) for place in _items(event)]
    after = plan
    for position in chosen:
        after = edit.remove(after, catalog, position)
    return Step(after, f"{_names(catalog, chosen)} removed")


def _facings(plan: Planogram, event: Event, catalog: Catalog) -> Step:
    position, facings = find(plan, event.get("at")), _whole(event, "facings")
    after = edit.set_facings(plan, catalog, position, facings)
    return Step(after, f"{_name(catalog, position.product_id)}: {position.facings} → {facings} facings")


def _lock(plan: Planogram, event: Event, catalog: Catalog) -> Step:
    chosen, locked = [find(plan, place) for place in _items(event)], event.get("locked") is True
    after = plan
    for position in chosen:
        after = edit.lock(after, position) if locked else edit.unlock(after, position)
    return Step(after, f"{_names(catalog, chosen)} {'locked' if locked else 'unlocked'}")


def _copy_row(plan: Planogram, event: Event, catalog: Catalog) -> Step:
    source, target = _whole(event, "from"), _whole(event, "to")
    after = edit.copy_row(plan, catalog, source, target)
    return Step(after, f"Shelf {row_letter(source)} copied to {row_letter(target)}")


_EDITS: dict[str, Callable[[Planogram, Event, Catalog], Step]] = {
    "place": _place,
    "replace": _replace,
    "move": _move,
    "swap": _swap,
    "shift": _shift,
    "remove": _remove,
    "facings": _facings,
    "lock": _lock,
    "copyRow": _copy_row,
}


def _target(place: Any) -> tuple[int, int, float]:
    return _whole(place, "row"), _whole(place, "column"), _inches(place)


def _free_x(plan: Planogram, x: float) -> float | None:
    """On a grid the cell decides, on a free shelf the inch."""
    return x if plan.fixture.placement.value == "free" else None


def _items(event: Event) -> Sequence[Any]:
    items = event.get("items")
    if not isinstance(items, Sequence) or isinstance(items, str) or not items:
        raise BadInput("No position was chosen.", "Select one or more positions first.")
    return items


def _whole(values: Any, name: str) -> int:
    value = values.get(name) if isinstance(values, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"The {name} “{value}” is not a whole number.", "Reload the page and try again.")
    return value


def _number(values: Any, name: str) -> float:
    value = values.get(name) if isinstance(values, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadInput(f"The {name} “{value}” is not a number.", "Reload the page and try again.")
    return float(value)


def _inches(place: Any) -> float:
    return _number(place, "x")


def _name(catalog: Catalog, product_id: int) -> str:
    product = catalog.get(product_id)
    return product.name if product else f"Product {product_id}"


def _names(catalog: Catalog, chosen: Sequence[Position]) -> str:
    return _name(catalog, chosen[0].product_id) if len(chosen) == 1 else f"{len(chosen)} products"
