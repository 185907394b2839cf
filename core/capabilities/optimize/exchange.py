"""Local search over arrangements of shelves on the full response: exchange, replace, insert, reface.

Every step keeps the strips' lengths, the limits and the blocks; the first one that gains is taken
(variable neighborhood descent, Hansen & Mladenović 2001). What a row is worth is remembered by what stands
on it, so that a step costs the one or two rows it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.capabilities.optimize.shelf import Arrangement, Placed, Shelves
from core.capabilities.optimize.value import tangent
from core.site.zones import FloatArray

LEAST_GAIN = 1e-9
ROUNDING = 1e-6
OFTEN = 64
"""Steps between two looks at the clock."""

Stop = Callable[[], bool]
Tell = Callable[[float], None]
Change = tuple[tuple[int, tuple[Placed, ...]], ...]
"""(strip, what stands there then) of each strip that a step changes."""


def exchanged(shelves: Shelves, start: Arrangement, stop: Stop, tell: Tell) -> Arrangement:
    """An arrangement that no single step makes worth more, or the best when ``stop`` says so."""
    best, worth = start, shelves.value(start)
    gained = True
    while gained and not stop():
        gained = False
        for steps in (_refaced, _inserted, _replaced, _swapped):
            again = True
            while again and not stop():
                again = False
                for k, change in enumerate(steps(shelves, best)):
                    if k % OFTEN == 0 and stop():
                        break
                    trial = _applied(best, change)
                    now = shelves.value(trial)
                    if now > worth + LEAST_GAIN * max(abs(worth), 1.0):
                        best, worth, again, gained = trial, now, True, True
                        tell(worth)
                        break
    return best


def _applied(arrangement: Arrangement, change: Change) -> Arrangement:
    strips = list(arrangement)
    for i, strip in change:
        strips[i] = strip
    return tuple(strips)


def _room(shelves: Shelves, i: int, strip: tuple[Placed, ...]) -> float:
    """Units of a strip that nothing takes; negative where it is too full."""
    return shelves.strips[i].length - sum(float(shelves.length[k]) * f for k, f in strip)


def _alike(shelves: Shelves, k: int, i: int) -> bool:
    """Whether a product may stand on a strip."""
    return not shelves.strips[i].key or shelves.keys[k] == shelves.strips[i].key


def _absent(shelves: Shelves, arrangement: Arrangement) -> list[int]:
    stands = {k for strip in arrangement for k, _ in strip}
    return [k for k in range(len(shelves.products)) if k not in stands and shelves.most[k] >= 1]


def _facings(shelves: Shelves, k: int, room: float) -> list[int]:
    """Numbers of facings to try in some room: the fewest and the most that fit."""
    length = float(shelves.length[k])
    most = min(int(shelves.most[k]), int((room + ROUNDING) // length))
    least = int(shelves.smallest[k])
    return [] if most < least else sorted({least, most})


def _with(strip: tuple[Placed, ...], j: int, *now: Placed) -> tuple[Placed, ...]:
    return (*strip[:j], *now, *strip[j + 1 :])


@dataclass(frozen=True, eq=False)
class _Now:
    """What stands, n places: ``where`` (strip, place on it), ``slot`` (n,) log effect of the place, ``money``
    (n,) first-order worth, ``per`` (K,) of a unit of attraction, ``alone`` (K,) attraction of one facing."""

    where: list[tuple[int, int]]
    slot: FloatArray
    money: FloatArray
    per: FloatArray
    alone: FloatArray


def _now(shelves: Shelves, best: Arrangement) -> _Now:
    at = tangent(shelves.worth, shelves.products, *shelves.totals(best))
    per, alone = at.per_attraction[shelves.products], np.exp(shelves.log_strength[shelves.products])
    space = shelves.worth.site.response.point.space[0, shelves.products]
    where, slot, money = [], [], []
    for i, strip in enumerate(best):
        x = shelves.strips[i].start
        for j, (k, facings) in enumerate(strip):
            wide = float(shelves.length[k]) * facings
            left, width = np.array([x]) * shelves.inches, np.array([wide]) * shelves.inches
            effect = float(shelves.place(shelves.strips[i].row, left, width)[0])
            where.append((i, j))
            slot.append(effect)
            money.append(float(per[k] * alone[k] * np.exp(effect) * facings ** space[k]))
            x += wide
    return _Now(where, np.array(slot), np.array(money), per, alone)


def _replaced(shelves: Shelves, best: Arrangement) -> Iterator[Change]:
    """A product makes way for one that does not stand anywhere; what promises most at first order first."""
    absent, now = np.array(_absent(shelves, best), np.int64), _now(shelves, best)
    if not len(absent) or not len(now.where):
        return
    promise = np.exp(now.slot)[:, None] * (now.per * now.alone)[absent][None, :] - now.money[:, None]
    for n in np.argsort(-promise, axis=None, kind="stable").tolist():
        (i, j), other = now.where[n // len(absent)], int(absent[n % len(absent)])
        k, facings = best[i][j]
        if shelves.required[k] or not _alike(shelves, other, i):
            continue
        room = _room(shelves, i, best[i]) + float(shelves.length[k]) * facings
        for f in _facings(shelves, other, room):
            yield ((i, _with(best[i], j, (other, f))),)


def _inserted(shelves: Shelves, best: Arrangement) -> Iterator[Change]:
    """A product that does not stand anywhere goes where there is room; one more facing where there is."""
    absent = _absent(shelves, best)
    for i, strip in enumerate(best):
        room = _room(shelves, i, strip)
        for j, (k, facings) in enumerate(strip):
            if facings < shelves.most[k] and shelves.length[k] <= room + ROUNDING:
                yield ((i, _with(strip, j, (k, facings + 1))),)
        for k in absent:
            if _alike(shelves, k, i):
                for f in _facings(shelves, k, room):
                    for j in range(len(strip) + 1):
                        yield ((i, (*strip[:j], (k, f), *strip[j:])),)


def _refaced(shelves: Shelves, best: Arrangement) -> Iterator[Change]:
    """A facing goes from one product to another of its strip."""
    for i, strip in enumerate(best):
        for a, (k, facings) in enumerate(strip):
            if facings <= shelves.smallest[k]:
                continue
            less = _with(strip, a, (k, facings - 1))
            room = _room(shelves, i, less)
            for b, (other, n) in enumerate(strip):
                if b != a and n < shelves.most[other] and shelves.length[other] <= room + ROUNDING:
                    yield ((i, _with(less, b, (other, n + 1))),)


def _swapped(shelves: Shelves, best: Arrangement) -> Iterator[Change]:
    """Two products change places, on one strip or between two; what promises most at first order first."""
    now = _now(shelves, best)
    better = np.exp(now.slot[None, :] - now.slot[:, None]) - 1.0
    promise = now.money[:, None] * better + now.money[None, :] * better.T
    first, second = np.triu_indices(len(now.where), 1)
    for n in np.argsort(-promise[first, second], kind="stable").tolist():
        (i, a), (j, b) = now.where[first[n]], now.where[second[n]]
        p, q = best[i][a], best[j][b]
        if i == j:
            yield ((i, _with(_with(best[i], a, q), b, p)),)
            continue
        if not (_alike(shelves, p[0], j) and _alike(shelves, q[0], i)):
            continue
        here, there = _with(best[i], a, q), _with(best[j], b, p)
        if _room(shelves, i, here) >= -ROUNDING and _room(shelves, j, there) >= -ROUNDING:
            yield ((i, here), (j, there))
