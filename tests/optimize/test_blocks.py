"""Layouts with blocks: rules kept, bounds valid, small ones proven, against every choice there is."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.optimize.check import broken_by, broken_rules
from core.optimize.problem import IntArray, Items, Options, Problem, Strips
from core.optimize.solution import worth
from core.optimize.solve import solve
from tests.support.layouts import retail


@st.composite
def shelves(draw: st.DrawFn, locks: bool = False) -> Problem:
    """Two or three shelves of four to six cells, up to three blocks, up to ten options."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    strips, items, n = int(rng.integers(2, 4)), int(rng.integers(3, 7)), int(rng.integers(4, 11))
    wide = int(rng.integers(4, 7))
    item, width = rng.integers(0, items, n), rng.integers(1, 4, n)
    locked = np.zeros(n, bool)
    at = np.full(n, np.nan)
    if locks:
        locked[0] = True
        at[0] = rng.integers(0, wide - width[0] + 1)
    return Problem(
        Strips.of(np.full(strips, float(wide)), rng.integers(4, 12, strips)),
        Items.of(items, block=rng.integers(0, 3, items), required=rng.random(items) < draw(st.sampled_from([0, 0.2]))),
        Options.of(item, rng.integers(0, strips, n), width, rng.integers(1, 20, n), at=at,
                   weight=rng.integers(0, 4, n), locked=locked),
    )


def best_layout(problem: Problem) -> float:
    """The best objective over all sets of options that keep the rules and stand in windows; -inf for none."""
    n = len(problem.options)
    sets = [np.array(chosen, np.int64) for size in range(n + 1) for chosen in combinations(range(n), size)]
    values = [worth(problem, chosen, np.ones(len(chosen), np.int64)) for chosen in sets]
    for k in np.argsort(values)[::-1]:
        chosen = sets[k]
        if not broken_rules(problem, chosen, np.ones(len(chosen), np.int64)) and has_windows(problem, chosen):
            return float(values[k])
    return -np.inf


def has_windows(problem: Problem, chosen: IntArray) -> bool:
    """Whether the blocks of chosen options can stand in windows, tried on every cell in every order."""
    options = problem.options
    block = problem.items.block[options.item[chosen]]
    spans = []
    for b in np.unique(block):
        mine = chosen[block == b]
        strips = np.unique(options.strip[mine])
        if len(strips) <= strips[-1] - strips[0]:
            return False
        spans.append((mine, int(strips[0]), int(strips[-1])))
    return any(_placed(problem, order, []) for order in permutations(spans)) if spans else True


def _placed(problem: Problem, left: tuple, done: list) -> bool:
    if not left:
        return True
    (mine, first, last), *rest = left
    begin = max((x + w for x, w, f, e in done if f <= last and first <= e), default=0)
    wide = int(problem.strips.width[0])
    for x in range(begin, wide):
        for w in range(1, wide - x + 1):
            if all(_fits(problem, mine, s, x, w) for s in range(first, last + 1)):
                return _placed(problem, tuple(rest), [*done, (x, w, first, last)]) or (
                    x + 1 < wide and _placed_later(problem, left, done, x, w)
                )
    return False


def _placed_later(problem: Problem, left: tuple, done: list, x0: int, w0: int) -> bool:
    """Other places of the first block, where the leftmost and narrowest one leaves no room for the rest."""
    (mine, first, last), *rest = left
    wide = int(problem.strips.width[0])
    return any(
        all(_fits(problem, mine, s, x, w) for s in range(first, last + 1))
        and _placed(problem, tuple(rest), [*done, (x, w, first, last)])
        for x in range(x0, wide) for w in range(1, wide - x + 1) if (x, w) != (x0, w0)
    )


def _fits(problem: Problem, mine: IntArray, strip: int, x: int, w: int) -> bool:
    """Whether what stands on a strip fits a window, left and right of what is locked there."""
    options = problem.options
    here = mine[options.strip[mine] == strip]
    fixed, free = here[~np.isnan(options.at[here])], here[np.isnan(options.at[here])]
    if not len(fixed):
        return bool(options.width[free].sum() <= w)
    lock = fixed[0]
    before, after = options.at[lock] - x, x + w - options.at[lock] - options.width[lock]
    if before < 0 or after < 0:
        return False
    return any(
        sum(options.width[o] for o, s in zip(free, sides, strict=True) if s == 0) <= before
        and sum(options.width[o] for o, s in zip(free, sides, strict=True) if s == 1) <= after
        for sides in product((0, 1), repeat=len(free))
    )


@settings(max_examples=40, deadline=None)
@given(shelves())
def test_small_layout_is_the_best_of_all(problem: Problem) -> None:
    """Proven, equal to the best of all choices, every rule kept; demands that cannot be held are told."""
    found = solve(problem, time_limit_s=20)
    assert broken_by(problem, found) == ()
    best = best_layout(problem)
    assert bool(found.unmet_items or found.unmet_locks) == (best == -np.inf)
    if best > -np.inf:
        assert found.objective == pytest.approx(best)
        assert found.proven


def test_lock_that_required_items_leave_no_room_for_is_told_once() -> None:
    """Three inches of four are required on the first shelf, and one inch is locked in the middle of them: it
    stands elsewhere, its lock is told as unmet, and nothing else is said of it."""
    one, zeros = np.ones(5, int), np.zeros((5, 0))
    items = Items(one, 1000 * one, one, np.array([True, False, False, False, True]), np.array([0, 2, 2, 2, 1]),
                  zeros, zeros, zeros)
    options = Options(
        np.array([2, 3, 0, 2, 1, 0, 2, 1, 4]), np.array([0, 1, 0, 1, 1, 0, 0, 1, 1]),
        np.array([1.0, *[np.nan] * 8]), np.array([1.0, 3, 3, 2, 3, 3, 1, 1, 2]),
        np.array([3.0, 1, 2, 3, 1, 3, 2, 3, 1]), np.ones(9, int), np.array([18.0, 2, 2, 4, 4, 17, 12, 5, 1]),
        np.zeros(9), np.ones(9, int), np.array([True, *[False] * 8]),
    )  # fmt: skip
    problem = Problem(Strips(np.array([4.0, 4.0]), np.array([6.0, 8.0])), items, options)
    found = solve(problem, time_limit_s=20)
    assert found.unmet_locks == (0,)
    assert broken_by(problem, found) == ()


@settings(max_examples=30, deadline=None)
@given(shelves(locks=True))
def test_lock_stays_at_its_place(problem: Problem) -> None:
    """A locked option stands where it is locked, its block around it, and the rest is the best of all."""
    found = solve(problem, time_limit_s=20)
    assert broken_by(problem, found) == ()
    best = best_layout(problem)
    if best > -np.inf:
        assert found.unmet_locks == ()
        assert found.objective == pytest.approx(best)


def test_search_without_proof_keeps_rules_and_bound() -> None:
    """The way of large problems: windows kept, within the bound, close to it, better with more time."""
    problem = retail(3, products=40, shelves=4, width=60.0, brands=9)
    told = []
    found = solve(problem, time_limit_s=8, gap=0.01, progress=lambda p: told.append(p) or True)
    assert broken_by(problem, found) == ()
    assert 0 < found.objective <= found.bound
    assert found.gap < 0.15
    assert all(a.objective < b.objective for a, b in pairwise(told))


def test_asked_to_stop_at_the_first_layout() -> None:
    """A progress callback that returns False gets the layout that it was told of."""
    problem = retail(4, products=40, shelves=4, width=60.0, brands=5)
    found = solve(problem, time_limit_s=30, progress=lambda p: False)
    assert found.stopped_by == "asked"
    assert found.seconds < 20
    assert broken_by(problem, found) == ()


def test_locks_and_required_products_of_a_shop_are_kept() -> None:
    """A shop in cells whose plan is locked in parts gets a plan that holds them, on whole cells, near the bound."""
    plain = retail(1, products=60, shelves=5, width=26.0, brands=9)
    wide = np.maximum(1.0, np.floor(plain.options.width / plain.options.facings / 3)) * plain.options.facings
    plain = replace(plain, options=replace(plain.options, width=wide))
    before = solve(plain, time_limit_s=5)
    kept = before.chosen[:: len(before.chosen) // 4][:4]
    options = plain.options
    rest = np.flatnonzero(~np.isin(options.item, options.item[kept]))
    at = np.concatenate([np.full(len(rest), np.nan), before.x[np.isin(before.chosen, kept)]])
    locked = np.arange(len(rest) + 4) >= len(rest)
    posed = replace(
        plain,
        items=replace(plain.items, required=np.isin(np.arange(60), options.item[before.chosen[1::9]])),
        options=replace(options.take(np.append(rest, kept)), at=at, locked=locked),
    )
    found = solve(posed, time_limit_s=8)
    assert (found.unmet_items, found.unmet_locks) == ((), ())
    assert broken_by(posed, found) == ()
    assert (found.x == np.floor(found.x)).all()
    assert found.gap < 0.15
