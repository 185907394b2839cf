"""From an audit to what a person in the store does, each product handled once.

What stands wrong and what should stand there instead are two small plans; the instructions of a reset order
the way from one to the other: out first, then moves when their place is free, circles by way of the hands.
What is needed and stands nowhere comes from the back stock. What is not sure is asked, not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Any

import numpy as np

from core.compliance.align import Alignment, align
from core.compliance.audit import told
from core.compliance.findings import Audit, Kind, Spot
from core.compliance.judge import Judgement, State, judge
from core.compliance.reading import SHOWN_FROM, Reading
from core.compliance.score import name_of
from core.compliance.words import NOT_IN_CATALOG, spot_at
from core.planogram.geometry import pitch_in
from core.planogram.instructions import Act, Step, instructions
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.planogram.space import is_free


class Do(StrEnum):
    """What a fix asks for."""

    REMOVE = "remove"
    SWAP = "swap"
    MOVE = "move"
    FILL = "fill"
    HOLD = "hold"
    """In a circle of more than two, until its place is free."""
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing to do. ``product_id`` is None for a package that is not in the catalog. ``source`` is where
    to take it from (None: the back stock), ``target`` where to put it (None: off the shelf). A swap trades
    the places of ``product_id`` at ``source`` and ``other_id`` at ``target``. ``is_held``: it comes out of
    the hands, where an earlier fix left it. ``violation_ids`` are those that it settles."""

    number: int
    do: Do
    text: str
    product_id: int | None
    name: str
    facings: int = 1
    source: Spot | None = None
    target: Spot | None = None
    other_id: int | None = None
    other_name: str = ""
    is_held: bool = False
    violation_ids: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values, for other programs and tables."""
        return {
            "number": self.number, "type": self.do.value, "text": self.text, "product_id": self.product_id,
            "name": self.name, "facings": self.facings, "from": _spot_json(self.source),
            "to": _spot_json(self.target), "other_product_id": self.other_id,
            "other_name": self.other_name or None, "violation_ids": list(self.violation_ids),
        }


@dataclass(frozen=True, slots=True)
class _Task:
    """A fix with the facings of the reading and of the plan that it handles."""

    fix: Fix
    facings: tuple[int, ...] = ()
    units: tuple[int, ...] = ()

    def key(self, a: Alignment) -> tuple[object, ...]:
        """What facings that can be handled together have in common: they go the same way. In a machine from
        slot to slot, on a shelf from shelf to the same products side by side."""
        in_inches = is_free(a.planned.plan.fixture)
        goes = [int(a.blocks[u] if in_inches else a.planned.position[u]) for u in self.units]
        comes = [
            (int(a.plan_row[f]), -1 if in_inches else int(a.planned.position[a.unit_of[f]]))
            for f in self.facings
        ]
        return self.fix.do, self.fix.product_id, self.fix.other_id, goes, comes


def fixes(found: Audit, reading: Reading, plan: Planogram, catalog: Catalog) -> tuple[Fix, ...]:
    """The fix list of an audit of ``reading`` against ``plan``, in the order in which to do it."""
    a = align(reading, plan, catalog)
    return _fixes(found, a, judge(a), catalog)


def audited(reading: Reading, plan: Planogram, catalog: Catalog) -> tuple[Audit, tuple[Fix, ...]]:
    """The audit of a reading and its fix list, from one alignment."""
    a = align(reading, plan, catalog)
    j = judge(a)
    found = told(a, j, catalog)
    return found, _fixes(found, a, j, catalog)


def _fixes(found: Audit, a: Alignment, j: Judgement, catalog: Catalog) -> tuple[Fix, ...]:
    plan = a.planned.plan
    stands, wanted = _as_it_stands(a, j), _as_it_should(a, j)
    before = replace(plan, positions=tuple(stands.values()))
    after = replace(plan, positions=tuple(wanted.values()))
    steps = instructions(after, catalog, before).steps
    facing_of = {id(p): f for f, p in stands.items()}
    unit_of = {id(p): u for u, p in wanted.items()}
    tasks = _merged(_tasks(steps, a, facing_of, unit_of, catalog), a)
    todo = [replace(t.fix, violation_ids=_settled(t, found)) for t in tasks] + _questions(found)
    return tuple(replace(fix, number=n) for n, fix in enumerate(todo, start=1))


def _as_it_stands(a: Alignment, j: Judgement) -> dict[int, Position]:
    """Facing → a position of it, for what stands wrong for sure."""
    stands: dict[int, Position] = {}
    for f in sorted({f for d in j.departures if d.confidence >= SHOWN_FROM for f in d.facings}):
        unit = int(a.unit_of[f])
        named = int(a.seen.named[f])
        if unit >= 0:
            stands[f] = replace(_unit_position(a, unit), product_id=named)
            continue
        row = int(a.plan_row[f])
        wide = float(a.seen.boxes[f, 2]) / next(s.px_per_in for r, s in a.scales.items() if a.rows[r] == row)
        left = max(float(a.place_in[f]) - wide / 2, 0.0)
        spot = spot_at(a.planned.plan, row, left)
        stands[f] = Position(named, row, spot.column, 1, left, wide)
    return stands


def _as_it_should(a: Alignment, j: Judgement) -> dict[int, Position]:
    """Unit → its position, for planned facings that for sure do not stand."""
    homes = set(j.moved.values())
    lacking = np.flatnonzero(~np.isin(j.state, (State.RIGHT, State.NOT_SEEN, State.UNSURE)))
    return {u: _unit_position(a, u) for u in lacking.tolist() if u in homes or j.sure[u] >= SHOWN_FROM}


def _unit_position(a: Alignment, unit: int) -> Position:
    """One facing of a position, as a position."""
    p = a.planned.position_of(unit)
    cells = max(1, p.cells // max(1, p.facings))
    number = int(a.planned.number[unit])
    return Position(
        p.product_id, p.row, p.column + min(number * cells, max(p.cells - cells, 0)), cells,
        float(a.planned.left_in[unit]), float(a.planned.width_in[unit]),
    )


def _tasks(
    steps: Sequence[Step], a: Alignment, facing_of: dict[int, int], unit_of: dict[int, int], catalog: Catalog
) -> Iterator[_Task]:
    """The steps of a reset as fixes; of two that trade places, one."""
    held: dict[int, list[Position]] = {}
    at = 0
    while at < len(steps):
        step, ahead = steps[at], steps[at + 1:at + 3]
        at += 1
        source = None if step.before is None else _spot(a, step.before)
        target = None if step.after is None else _spot(a, step.after)
        facings = () if step.before is None else (facing_of[id(step.before)],)
        units = () if step.after is None else (unit_of[id(step.after)],)
        position = step.after or step.before
        if position is None:
            continue
        who = _who(position.product_id, catalog)
        if step.act is Act.HOLD and _trade(step, ahead):
            other, back = ahead
            assert other.before is not None
            at += 2
            named = _who(other.before.product_id, catalog)
            yield _Task(Fix(0, Do.SWAP, "", *who, 1, source, _spot(a, other.before), *named),
                        (*facings, facing_of[id(other.before)]),
                        (unit_of[id(back.after)], unit_of[id(other.after)]))
        elif step.act is Act.HOLD and step.before is not None:
            held.setdefault(step.before.product_id, []).append(step.before)
            yield _Task(Fix(0, Do.HOLD, "", *who, 1, source), facings)
        elif step.is_held and held.get(position.product_id):
            origin = held[position.product_id].pop(0)
            yield _Task(Fix(0, Do.MOVE, "", *who, 1, _spot(a, origin), target, is_held=True),
                        (facing_of[id(origin)],), units)
        else:
            do = {Act.TAKE_OUT: Do.REMOVE, Act.PLACE: Do.FILL}.get(step.act, Do.MOVE)
            yield _Task(Fix(0, do, "", *who, 1, source, target), facings, units)


def _trade(step: Step, ahead: Sequence[Step]) -> bool:
    """Whether what is held goes where the next one, which takes its place, comes from."""
    if len(ahead) < 2 or step.before is None:
        return False
    other, back = ahead
    return (
        other.act is Act.MOVE and back.is_held and other.before is not None and other.after is not None
        and back.after is not None and back.after.product_id == step.before.product_id
        and _same_room(other.after, step.before) and _same_room(back.after, other.before)
    )


def _same_room(a: Position, b: Position) -> bool:
    return a.row == b.row and abs(a.x_in - b.x_in) < max(a.width_in, b.width_in) / 2


def _merged(tasks: Iterable[_Task], a: Alignment) -> list[_Task]:
    """Facings that one after the other go the same way are one fix, with its words."""
    result: list[_Task] = []
    for _, alike in groupby(tasks, key=lambda task: task.key(a)):
        group = list(alike)
        fix = replace(group[0].fix, facings=len(group))
        result.append(_Task(fix, tuple(f for t in group for f in t.facings),
                            tuple(u for t in group for u in t.units)))
    return [replace(t, fix=replace(t.fix, text=_text(t.fix))) for t in result]


def _text(fix: Fix) -> str:
    """The sentence of a fix."""
    name = _counted(fix)
    source, target = _at(fix.source), _at(fix.target)
    if fix.do is Do.SWAP:
        return f"Swap {name} {source} with {fix.other_name} {target}."
    if fix.do is Do.REMOVE:
        they = "it belongs" if fix.facings == 1 else "they belong"
        ask = f" and ask whether {they} here" if fix.product_id is None else ""
        return f"Take {name} {_at(fix.source, 'off')}{ask}."
    if fix.do is Do.HOLD:
        return f"Take {name} {_at(fix.source, 'off')} and hold it until its place is free."
    if fix.do is Do.MOVE and fix.is_held:
        return f"Put {name}, taken {_at(fix.source, 'from')}, {_at(fix.target)}."
    if fix.do is Do.MOVE:
        return f"Move {name} {_at(fix.source, 'from')} {_at(fix.target, 'to')}."
    return f"Put {name} from the back stock {target}."


def _counted(fix: Fix) -> str:
    if fix.facings == 1:
        return fix.name
    if fix.product_id is None:
        return f"{fix.facings} packages that are not in the catalog"
    return f"{fix.facings} facings of {fix.name}"


def _at(spot: Spot | None, word: str = "") -> str:
    if spot is None:
        return ""
    return f"{word or ('on' if spot.words.startswith('shelf') else 'at')} {spot.words}"


def _questions(found: Audit) -> list[Fix]:
    """What the photo does not settle."""
    result = []
    for v in found.to_check:
        product = v.expected or v.actual
        result.append(Fix(
            0, Do.ASK, f"Look whether it is so: {v.text}", product.product_id if product else None,
            product.name if product else "", 1, v.spot, violation_ids=(v.id,),
        ))
    return result


def _settled(task: _Task, found: Audit) -> tuple[str, ...]:
    facings, units = set(task.facings), set(task.units)
    return tuple(
        v.id for v in found.violations
        if facings & set(v.facings) or (units & set(v.units) and v.kind is not Kind.EXTRA_PRODUCT)
    )


def _who(product_id: int, catalog: Catalog) -> tuple[int | None, str]:
    return (None, NOT_IN_CATALOG) if product_id < 0 else (product_id, name_of(product_id, catalog))


def _spot(a: Alignment, p: Position) -> Spot:
    return spot_at(a.planned.plan, p.row, p.x_in if is_free(a.planned.plan.fixture) else _left_in(a, p))


def _left_in(a: Alignment, p: Position) -> float:
    """Inches at the middle of a cell of a grid."""
    return (p.column + 0.5) * pitch_in(a.planned.plan.fixture, p.row)


def _spot_json(spot: Spot | None) -> dict[str, Any] | None:
    if spot is None:
        return None
    return {"slot": spot.slot, "label": spot.label or None, "row": spot.row, "column": spot.column,
            "x_in": spot.x_in, "words": spot.words}
