"""What an optimized plan changes, as lines that can be taken one by one, and what each is worth.

Two changes belong to one line when one needs the other: the new place overlaps the old one, or a product
leaves the one for the other. So any choice of lines is a plan that keeps the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from core.capabilities.optimize.value import Worth
from core.capabilities.optimize.wishes import Task
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.space import span

MOST_SAID = 3
"""Steps of a line that are all named in its short form."""
MOST_ORDERED = 40
"""Lines that are ordered by what each adds to those before; more are ordered by what each is worth alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """One change. ``gone`` and ``new`` are its positions · ``what`` says it in short, ``steps`` in full,
    ``why`` gives the reason with money · ``gain``: worth a day by the goals that it adds to the lines above
    it, ``daily_revenue``: money a day likewise; both add up to the whole plan's."""

    key: int
    slots: tuple[str, ...]
    what: str
    steps: tuple[str, ...]
    why: str
    gain: float
    daily_revenue: float
    gone: tuple[Position, ...]
    new: tuple[Position, ...]

    @property
    def product_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(p.product_id for p in (*self.new, *self.gone)))


def taken(plan: Planogram, lines: Sequence[Line], keys: Collection[int]) -> Planogram:
    """The plan with the lines of these keys carried out."""
    chosen = [line for line in lines if line.key in set(keys)]
    gone = {id(p) for line in chosen for p in line.gone}
    kept = [p for p in plan.positions if id(p) not in gone]
    return plan.with_positions([*kept, *(p for line in chosen for p in line.new)])


def lines_of(task: Task, best: Planogram, money: Worth) -> tuple[Line, ...]:
    """The lines that lead from the task's plan to ``best``, the best first. ``money``: revenue a day."""
    plan = task.plan
    bare = [
        Line(k, (), "", (), "", 0.0, 0.0, gone, new) for k, (gone, new) in enumerate(_groups(plan, best))
    ]
    ordered = _ordered(task.worth, plan, bare)
    before, after = _of_positions(money, plan), _of_positions(money, best)
    said, keys = [], []
    worth, revenue = task.worth.of(plan), money.of(plan)
    for n, line in enumerate(ordered):
        keys.append(line.key)
        now = taken(plan, bare, keys)
        w, r = task.worth.of(now), money.of(now)
        slots = tuple(dict.fromkeys(p.slot for p in (*line.new, *line.gone)))
        steps = _steps(task, best, line)
        said.append(Line(
            n, slots, _what(steps), steps, _why(task, line, before, after), w - worth, r - revenue,
            line.gone, line.new,
        ))
        worth, revenue = w, r
    return tuple(said)


def _groups(
    plan: Planogram, best: Planogram
) -> list[tuple[tuple[Position, ...], tuple[Position, ...]]]:
    """(positions that go, positions that come) of each change, in the order of the shelf."""
    same = set(plan.positions) & set(best.positions)
    gone = [p for p in plan.positions if p not in same]
    new = [p for p in best.positions if p not in same]
    nodes = [*gone, *new]
    root = list(range(len(nodes)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    counts = Counter(p.product_id for p in gone), Counter(p.product_id for p in new)
    moves = {i for i in counts[0] if plan.rule_set is RuleSet.STRICT or counts[0][i] == counts[1][i] == 1}
    for i, p in enumerate(nodes):
        for j, q in enumerate(nodes[:i]):
            same_product = p.product_id == q.product_id and p.product_id in moves
            if same_product or (p.row == q.row and _meet(plan, p, q)):
                root[find(i)] = find(j)
    groups: dict[int, tuple[list[Position], list[Position]]] = {}
    for i, p in enumerate(nodes):
        groups.setdefault(find(i), ([], []))[0 if i < len(gone) else 1].append(p)
    return [(tuple(old), tuple(fresh)) for old, fresh in groups.values()]


def _meet(plan: Planogram, p: Position, q: Position) -> bool:
    (a, b), (c, d) = span(p, plan.fixture), span(q, plan.fixture)
    return min(b, d) - max(a, c) > 1e-9


def _ordered(worth: Worth, plan: Planogram, lines: Sequence[Line]) -> list[Line]:
    """Each line the one that adds most to those before it."""
    left, done = list(lines), []
    if len(left) > MOST_ORDERED:
        alone = [worth.of(taken(plan, lines, [line.key])) for line in left]
        return [left[i] for i in np.argsort(-np.array(alone), kind="stable")]
    keys: list[int] = []
    while left:
        gains = [worth.of(taken(plan, lines, [*keys, line.key])) for line in left]
        line = left.pop(int(np.argmax(gains)))
        keys.append(line.key)
        done.append(line)
    return done


def _of_positions(money: Worth, plan: Planogram) -> dict[Position, float]:
    """Money a day of each position."""
    return dict(zip(plan.positions, money.by_position(plan).tolist(), strict=True))


def _steps(task: Task, best: Planogram, line: Line) -> tuple[str, ...]:
    """The change in full: what comes, what moves, what goes."""
    old, new = _places(line.gone), _places(line.new)
    stood, stands = set(task.plan.product_ids), set(best.product_ids)
    comes = [
        f"{task.name(i)} takes {_slots(at)} too" if i in stood else f"{task.name(i)} comes to {_slots(at)}"
        for i, at in new.items() if i not in old
    ]
    goes = [
        f"{task.name(i)} {'gives up' if i in stands else 'leaves'} {_slots(at)}"
        for i, at in old.items() if i not in new
    ]
    moves = [_moved(task, i, old[i], new[i]) for i in new if i in old]
    return (*comes, *moves, *goes)


def _what(steps: tuple[str, ...]) -> str:
    if len(steps) <= MOST_SAID:
        return _listed(steps) + "."
    return f"{steps[0]}, and {len(steps) - 1} changes that go with it."


def _moved(task: Task, product_id: int, old: list[Position], new: list[Position]) -> str:
    was, now = sum(p.facings for p in old), sum(p.facings for p in new)
    name = task.name(product_id)
    if _slots(old) == _slots(new):
        return f"{name} at {_slots(new)} gets {_facings(now)} instead of {was}"
    more = f" with {_facings(now)} instead of {was}" if was != now else ""
    return f"{name} moves from {_slots(old)} to {_slots(new)}{more}"


def _facings(n: int) -> str:
    return "1 facing" if n == 1 else f"{n} facings"


def _why(
    task: Task, line: Line, before: dict[Position, float], after: dict[Position, float]
) -> str:
    """The reason in money: what comes earns, what goes earned, and what moving brings."""
    old = {i: sum(before[p] for p in line.gone if p.product_id == i) for i in line.product_ids}
    new = {i: sum(after[p] for p in line.new if p.product_id == i) for i in line.product_ids}
    stays = {p.product_id for p in after}
    came, left = [i for i in new if not old[i]], [i for i in old if not new[i]]
    gone, parts = [i for i in left if i not in stays], []
    if came:
        who = f"{task.name(came[0])} earns" if len(came) == 1 else f"The {len(came)} that come earn"
        parts.append(f"{who} ${sum(new[i] for i in came):,.2f} a day there")
    if gone:
        who = task.name(gone[0]) if len(gone) == 1 else f"the {len(gone)} that go"
        parts.append(f"{who} earned ${sum(old[i] for i in gone):,.2f}")
    for i in left:
        if i in stays:
            then, now = (sum(v for p, v in held.items() if p.product_id == i) for held in (after, before))
            parts.append(f"{task.name(i)} earns ${then:,.2f} with what it keeps, now ${now:,.2f}")
    moving = [i for i in line.product_ids if old[i] and new[i]]
    if moving:
        who = task.name(moving[0]) if len(moving) == 1 else f"the {len(moving)} that move"
        verb = "earns" if len(moving) == 1 else "earn"
        parts.append(f"{who} {verb} ${sum(new[i] for i in moving):,.2f} instead of "
                     f"${sum(old[i] for i in moving):,.2f}")
    strange = [i for i in came if not task.plan.of_product(i)]
    source = f" ({task.site.response.provenance.phrase_of(strange[0])})" if len(strange) == 1 else ""
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}{source}."


def _places(positions: Sequence[Position]) -> dict[int, list[Position]]:
    found: dict[int, list[Position]] = {}
    for p in positions:
        found.setdefault(p.product_id, []).append(p)
    return found


def _slots(positions: Sequence[Position]) -> str:
    return _listed([p.slot for p in positions])


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]
