"""From an alignment to departures: which facing of the plan stands right, and how the others are told, each
once. A product that stands elsewhere is one departure, not a missing and an extra one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from core.compliance.align import Alignment
from core.compliance.findings import Kind
from core.compliance.planned import BoolArray, FloatArray, IntArray, row_width_in
from core.compliance.reading import SHOWN_FROM

_INSIDE = 0.75
"""Share of a planned facing's box that must be in the photo for its absence to be seen: what is cut by the
border is easily missed."""
_OPEN, _MOST_HIDDEN = 0.25, 0.5
"""Share of a planned facing's box that something may be before, for its absence to be seen; and where the
rest of it is seen to be a gap."""
_FREE = 0.3
"""Share of a planned facing's room from which it is free rather than closed up."""
_CLOSED, _NO_GAP_TOLD, _ON_TOP = (0.5, 0.4), 0.4, 0.55
"""Confidence that a facing is absent: its neighbors have closed up (and how much more where all of the row
else is right); its room looks free, but no gap is told there, so that a detection may have been missed; its
layer is seen on other packages, but not here."""
_MOVED_TOO = 0.4
"""Most confidence that a facing is missing where another product has taken the place of all its block and
others of the block were found elsewhere: it is likely to stand with them, and was not seen."""
_NEXT_TO = 0.3
"""Of a package's width: so far beyond the ends of the row its middle still belongs to the fixture."""


class State(IntEnum):
    """Of a planned facing."""

    RIGHT = 0
    OTHER = 1
    """Another product stands there."""
    UNKNOWN = 2
    """A package that is not in the catalog stands there."""
    UNSURE = 3
    """A package stands there that may be the product."""
    GAP = 4
    CLOSED = 5
    FREE = 6
    NOT_SEEN = 7


@dataclass(frozen=True, slots=True)
class Departure:
    """``units`` of the plan that are concerned (for a moved product: where it belongs), ``facings`` of the
    reading. ``product_id`` is what stands there (None: not known). ``have`` of ``want`` facings side by side
    stand. ``because`` chooses the words."""

    kind: Kind
    units: tuple[int, ...]
    facings: tuple[int, ...]
    confidence: float
    because: str
    product_id: int | None = None
    have: int = 0
    want: int = 0


@dataclass(frozen=True, eq=False)
class Judgement:
    """``state`` (units,) and ``sure`` (units,): how sure it is. ``moved`` maps a facing to the unit where it
    belongs; ``outside`` are facings that are not of this fixture."""

    state: IntArray
    sure: FloatArray
    moved: dict[int, int]
    outside: frozenset[int]
    departures: tuple[Departure, ...]


def judge(a: Alignment) -> Judgement:
    """What departs from the plan, without names."""
    state, sure = _states(a)
    outside = _outside(a)
    surplus = _surplus(a, state, outside)
    runs = _extends(a, state)
    moved = _moves(a, state, surplus, runs)
    departures = [
        *_told_moves(a, moved), *_told_units(a, state, sure, moved, runs),
        *_told_extras(a, [f for f in surplus if a.unit_of[f] < 0 and f not in moved], runs),
    ]
    return Judgement(state, sure, moved, outside, tuple(departures))


def named_confidence(a: Alignment, facing: int) -> float:
    """That a package is there and is what it is named; of a nameless one, that it is not in the catalog."""
    seen = a.seen
    share = seen.named_share[facing] if seen.named[facing] >= 0 else seen.unknown[facing]
    return float(seen.confidence[facing] * share)


def _states(a: Alignment) -> tuple[IntArray, FloatArray]:
    """(state, sureness) of each unit."""
    seen, planned = a.seen, a.planned
    found = a.facing_of >= 0
    if not len(seen):
        found[:] = False
    at = np.maximum(a.facing_of, 0)
    named = seen.named[at] if len(seen) else np.full(len(planned), -1)
    unknown = seen.unknown[at] if len(seen) else np.zeros(len(planned))
    there = seen.confidence[at] if len(seen) else np.zeros(len(planned))
    share = seen.named_share[at] if len(seen) else np.zeros(len(planned))
    right = found & (a.share_right >= SHOWN_FROM)
    layer_seen = _layer_seen(a)
    row_right = _row_right(a, right)
    rules = [
        (right, State.RIGHT, a.share_right),
        (found & (named >= 0), State.OTHER, there * share),
        (found & (unknown >= SHOWN_FROM), State.UNKNOWN, there * unknown),
        (found, State.UNSURE, np.minimum(there * (1 - a.share_right), 0.45)),
        (_unseen(a), State.NOT_SEEN, np.zeros(len(planned))),
        (a.gap > 0, State.GAP, a.gap),
        ((planned.layer == 0) & (a.room < _FREE), State.CLOSED, _CLOSED[0] + _CLOSED[1] * row_right),
        (layer_seen, State.FREE, np.full(len(planned), _ON_TOP)),
        (np.ones(len(planned), bool), State.FREE, np.full(len(planned), _NO_GAP_TOLD)),
    ]
    state = np.select([r[0] for r in rules], [int(r[1]) for r in rules])
    return state.astype(np.intp), np.select([r[0] for r in rules], [r[2] for r in rules])


def in_photo(a: Alignment) -> BoolArray:
    """Units whose place is in the photo."""
    inside: BoolArray = a.inside >= _INSIDE
    return inside


def _unseen(a: Alignment) -> BoolArray:
    """Units of which no one could say that they are absent: outside the photo, or behind something."""
    unseen: BoolArray = ~in_photo(a) | (a.hidden > np.where(a.gap > 0, _MOST_HIDDEN, _OPEN))
    return unseen


def _layer_seen(a: Alignment) -> BoolArray:
    """Units on others that are seen, of a layer at least half of which is seen."""
    planned = a.planned
    standing = np.flatnonzero((planned.layer == 0) & (a.facing_of >= 0))
    near = np.abs(planned.center_in[:, None] - planned.center_in[standing]) < planned.width_in[:, None] / 2
    carried = (near & (planned.row[:, None] == planned.row[standing])).any(axis=1)
    key = planned.row * (1 + int(planned.layer.max(initial=0))) + planned.layer
    size = int(key.max(initial=0)) + 1
    total = np.bincount(key, minlength=size)
    seen = np.bincount(key, a.facing_of >= 0, minlength=size)
    most: BoolArray = (2 * seen >= total)[key]
    raised: BoolArray = most & carried & (planned.layer > 0)
    return raised


def _row_right(a: Alignment, right: BoolArray) -> FloatArray:
    """(units,) share of the packages in a unit's row that stand right."""
    rows = a.planned.plan.fixture.rows
    inside = (a.plan_row >= 0) & (a.on < 0)
    total = np.bincount(a.plan_row[inside], minlength=rows + 1)
    good = np.bincount(np.clip(a.planned.row, 0, rows), right, minlength=rows + 1)
    share: FloatArray = (good / np.maximum(total, 1))[np.clip(a.planned.row, 0, rows)]
    return np.minimum(share, 1.0)


def _outside(a: Alignment) -> frozenset[int]:
    """Facings beside the fixture or in rows that the plan does not have."""
    found = []
    for f in np.flatnonzero((a.unit_of < 0) & (a.on < 0)):
        row = int(a.plan_row[f])
        if row < 0:
            found.append(int(f))
            continue
        scale = next(a.scales[s] for s, p in a.rows.items() if p == row)
        slack = _NEXT_TO * a.seen.boxes[f, 2] / scale.px_per_in
        if not -slack <= a.place_in[f] <= row_width_in(a.planned.plan, row) + slack:
            found.append(int(f))
    return frozenset(found)


def _surplus(a: Alignment, state: IntArray, outside: frozenset[int]) -> list[int]:
    """Facings on the fixture that stand where the plan has another product, or none."""
    placed = np.flatnonzero(a.unit_of >= 0)
    wrong = placed[np.isin(state[a.unit_of[placed]], (State.OTHER, State.UNKNOWN))]
    left = np.flatnonzero((a.unit_of < 0) & (a.on < 0))
    return [f for f in np.union1d(wrong, left).tolist() if f not in outside]


def _extends(a: Alignment, state: IntArray) -> dict[int, int]:
    """Facing → unit of its product beside which it stands, in an unbroken run of that product."""
    found: dict[int, int] = {}
    for row in range(a.seen.rows):
        order = a.seen.of_row(row, 0)
        named = a.seen.named[order]
        starts = np.flatnonzero(np.diff(named, prepend=named[:1] - 1) != 0)
        for run in np.split(order, starts[1:]) if len(order) else []:
            units = a.unit_of[run]
            right = units[units >= 0]
            right = right[state[right] == State.RIGHT]
            if len(right) and a.seen.named[run[0]] >= 0:
                found |= {int(f): int(right[0]) for f in run}
    return found


def _moves(a: Alignment, state: IntArray, surplus: Iterable[int], runs: dict[int, int]) -> dict[int, int]:
    """Facing → unit where it belongs: the nearest place that lacks it. What only extends its own block has
    not moved, unless it has changed places with what stands in its room."""
    seen, planned = a.seen, a.planned
    lacking: dict[int, list[int]] = defaultdict(list)
    absent = np.flatnonzero(~np.isin(state, (State.RIGHT, State.UNSURE, State.NOT_SEEN)))
    for lacks in absent.tolist():
        lacking[planned.product_ids[lacks]].append(lacks)
    shelf = planned.plan.fixture.shelf_height_in
    options: list[tuple[bool, float, float, float, int, int]] = []
    for f in surplus:
        wanted = lacking.get(int(seen.named[f]), ())
        here = planned.product_ids[a.unit_of[f]] if a.unit_of[f] >= 0 else None
        for u in wanted:
            there = int(a.facing_of[u])
            exchanged = here is not None and there >= 0 and int(seen.named[there]) == here
            if f in runs and not exchanged:
                continue
            off = float(abs(planned.center_in[u] - a.place_in[f]))
            far = abs(int(planned.row[u]) - int(a.plan_row[f])) * shelf + off
            options.append((not exchanged, far, float(seen.center_px[f]), float(seen.boxes[f, 1]), u, f))
    moved: dict[int, int] = {}
    taken: set[int] = set()
    for *_, u, f in sorted(options):
        if f not in moved and u not in taken:
            moved[f] = u
            taken.add(u)
    return moved


def _told_moves(a: Alignment, moved: dict[int, int]) -> list[Departure]:
    """One departure for the facings of a product that went from one position to another; those of which that
    is not sure are asked about apart, so that they make no doubt of the others."""
    groups: dict[tuple[int, int, int, int, bool], list[int]] = defaultdict(list)
    for f, u in moved.items():
        here = int(a.unit_of[f])
        at = (int(a.planned.position[here]), -1) if here >= 0 else (-1, int(a.plan_row[f]))
        is_sure = named_confidence(a, f) >= SHOWN_FROM
        groups[(int(a.planned.position[u]), int(a.seen.named[f]), *at, is_sure)].append(f)
    return [
        Departure(Kind.WRONG_POSITION, tuple(sorted(moved[f] for f in fs)), _by_place(a, fs),
                  min(named_confidence(a, f) for f in fs), "moved", int(a.seen.named[fs[0]]))
        for fs in groups.values()
    ]


def _told_units(
    a: Alignment, state: IntArray, sure: FloatArray, moved: dict[int, int], runs: dict[int, int]
) -> list[Departure]:
    """Planned facings that do not stand right and whose product has not been found elsewhere: the sure ones
    of a position together, and the others apart."""
    homes = set(moved.values())
    left = set(a.planned.position[list(homes)].tolist())
    sure = np.where(np.isin(a.planned.position, list(left)) & _taken(a, moved), np.minimum(sure, _MOVED_TOO),
                    sure)
    groups: dict[tuple[int, int, int, bool, bool], list[int]] = defaultdict(list)
    for u in np.flatnonzero((state != State.RIGHT) & (state != State.NOT_SEEN)):
        if int(u) in homes:
            continue
        f = int(a.facing_of[u])
        actual = int(a.seen.named[f]) if f >= 0 else -1
        is_sure = bool(sure[u] >= SHOWN_FROM)
        groups[(int(a.planned.position[u]), int(state[u]), actual, f in moved, is_sure)].append(int(u))
    stands = set(a.seen.named[a.seen.confidence >= SHOWN_FROM].tolist())
    return [
        _told(a, State(s), units, None if actual < 0 else actual, taken, sure, state, stands, runs)
        for (_, s, actual, taken, _), units in groups.items()
    ]


def _taken(a: Alignment, moved: Iterable[int]) -> BoolArray:
    """(units,) whether a product that has moved stands on a planned facing's place."""
    units = a.unit_of[list(moved)]
    taken: BoolArray = np.isin(np.arange(len(a.planned)), units[units >= 0])
    return taken


def _told(
    a: Alignment, state: State, units: list[int], actual: int | None, taken: bool, sure: FloatArray,
    states: IntArray, stands: set[int], runs: dict[int, int],
) -> Departure:
    """The departure of facings of one position that share their state. ``taken``: a moved product stands
    there, which is told of itself."""
    product = a.planned.product_ids[units[0]]
    block = np.flatnonzero((a.blocks == a.blocks[units[0]]) & (states != State.NOT_SEEN))
    have, want = int((states[block] == State.RIGHT).sum()), len(block)
    facings = tuple(int(f) for f in a.facing_of[units] if f >= 0)
    confidence = float(min(sure[u] for u in units))
    if state in (State.OTHER, State.UNKNOWN, State.UNSURE) and not taken:
        pushed = state is State.OTHER and _is_pushed(a, units, facings, states, runs)
        kind = Kind.WRONG_FACINGS if pushed else Kind.WRONG_PRODUCT
        because = {State.OTHER: "other", State.UNKNOWN: "unknown", State.UNSURE: "unsure"}[state]
        return Departure(kind, tuple(units), facings, confidence, because, actual, have, want)
    because = "taken" if taken else "closed" if state is State.CLOSED else "empty"
    kind = (Kind.WRONG_FACINGS if product in stands
            else Kind.OUT_OF_STOCK if because == "empty" else Kind.MISSING_PRODUCT)
    return Departure(kind, tuple(units), facings if taken else (), confidence, because,
                     actual if taken else None, have, want)


def _is_pushed(
    a: Alignment, units: list[int], facings: tuple[int, ...], states: IntArray, runs: dict[int, int]
) -> bool:
    """Whether a neighbor has taken some, but not all, facings of a position."""
    position = a.planned.position == a.planned.position[units[0]]
    return bool((states[position] == State.RIGHT).any()) and all(f in runs for f in facings)


def _told_extras(a: Alignment, extras: list[int], runs: dict[int, int]) -> list[Departure]:
    """Packages for which the plan has no place: more of a product beside its own, or something else."""
    more: dict[tuple[int, bool], list[int]] = defaultdict(list)
    told = []
    for f in extras:
        if f in runs:
            more[int(a.blocks[runs[f]]), named_confidence(a, f) >= SHOWN_FROM].append(f)
            continue
        named = int(a.seen.named[f])
        because = "extra" if named >= 0 else "unknown" if a.seen.unknown[f] >= SHOWN_FROM else "unsure"
        sure = named_confidence(a, f)
        told.append(Departure(Kind.EXTRA_PRODUCT, (), (f,), sure if because != "unsure" else min(sure, 0.45),
                              because, named if named >= 0 else None))
    for (block, _), fs in more.items():
        units = np.flatnonzero(a.blocks == block)
        have = int((a.share_right[units] >= SHOWN_FROM).sum()) + len(fs)
        told.append(Departure(Kind.WRONG_FACINGS, (runs[fs[0]],), _by_place(a, fs),
                              min(named_confidence(a, f) for f in fs), "more", int(a.seen.named[fs[0]]), have,
                              len(units)))
    return told


def _by_place(a: Alignment, facings: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(facings, key=lambda f: (a.seen.row[f], a.seen.center_px[f], a.seen.boxes[f, 1])))
