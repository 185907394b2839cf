"""Plans of small problems against every choice there is, and what is asked of any plan."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from core.optimize.check import broken_rules
from core.optimize.problem import Items, Options, Problem, Strips
from core.optimize.solution import worth
from core.optimize.solve import solve


def tray(values: np.ndarray, **items: object) -> Problem:
    """Items × cells of one tray, each option one cell wide."""
    count, cells = values.shape
    item, cell = (a.ravel() for a in np.indices(values.shape))
    options = Options.of(item, 0, 1, values.ravel(), at=cell)
    return Problem(Strips.of([cells]), Items.of(count, **items), options)


def best_of_all(problem: Problem) -> float:
    """The best objective over every set of options, each chosen at most once, that breaks no rule."""
    n = len(problem.options)
    best = -np.inf
    for size in range(n + 1):
        for chosen in itertools.combinations(range(n), size):
            picked = np.array(chosen, np.int64)
            if not broken_rules(problem, picked, np.ones(size, np.int64)):
                best = max(best, worth(problem, picked, np.ones(size, np.int64)))
    return best


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to nine options of up to four items on up to two strips, fixed and free, with every kind of limit."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    items, strips, n = int(rng.integers(1, 5)), int(rng.integers(1, 3)), int(rng.integers(1, 10))
    fixed = draw(st.booleans())
    item = rng.integers(0, items, n)
    options = Options.of(
        item, rng.integers(0, strips, n), rng.integers(1, 4, n), rng.integers(0, 20, n) / 2,
        at=rng.integers(0, 4, n) if fixed else np.nan, weight=rng.integers(0, 4, n), facings=rng.integers(1, 3, n),
        amount=rng.integers(0, 5, n), locked=rng.random(n) < draw(st.sampled_from([0.0, 0.2])),
    )
    slope = np.sort(rng.integers(0, 5, (items, 2)), axis=1)[:, ::-1]
    return Problem(
        Strips.of(rng.integers(2, 8, strips), rng.integers(3, 12, strips)),
        Items.of(
            items, min_facings=rng.integers(1, 3, items), max_facings=rng.integers(2, 5, items),
            max_places=rng.integers(1, 3, items), required=rng.random(items) < draw(st.sampled_from([0.0, 0.3])),
            gain_width=rng.integers(1, 4, (items, 2)), gain_slope=slope,
            place_share=np.stack([np.ones(items), rng.random(items)], axis=1),
        ),
        options,
    )


@settings(max_examples=60, deadline=None)
@given(problems())
def test_best_of_all_choices_is_found_and_bounded(problem: Problem) -> None:
    """The plan keeps every rule, and its objective is that of the best of all choices, where demands hold."""
    found = solve(problem, time_limit_s=20)
    broken = broken_rules(problem, found.chosen, found.times, found.x)
    unmet = len(found.unmet_items) + len(found.unmet_locks)
    best = best_of_all(problem)
    assert found.proven
    assert bool(unmet) == (best == -np.inf)
    if unmet:
        assert len(broken) == unmet
    else:
        assert broken == ()
        assert found.objective == pytest.approx(best)
        assert found.bound >= best - 1e-6
        assert found.objective == pytest.approx(worth(problem, found.chosen, found.times))


def test_assignment_equals_the_integer_program() -> None:
    """Both ways agree where both apply, with places that count less and less."""
    values = np.random.default_rng(3).gamma(2, 1, (6, 8))
    share = np.tile([1.0, 0.5, 0.2], (6, 1))
    pure = tray(values, max_places=3, place_share=share)
    heavy = Problem(Strips.of([8], [100]), pure.items, Options.of(
        pure.options.item, 0, 1, pure.options.value, at=pure.options.at, weight=1))
    assert solve(pure).objective == pytest.approx(solve(heavy).objective)


def test_best_place_counts_in_full() -> None:
    """The better of two places is worth all, the other its share."""
    problem = tray(np.array([[10.0, 6.0]]), max_places=2, place_share=np.array([[1.0, 0.5]]))
    assert solve(problem).objective == pytest.approx(13.0)


def test_same_option_side_by_side_until_its_limit() -> None:
    """An option taken several times is laid as one run of facings, up to what the item may show."""
    problem = Problem(Strips.of([10]), Items.of(1, max_facings=3), Options.of([0], 0, 2, 1, most=5))
    found = solve(problem)
    assert found.times.tolist() == [3]
    assert found.objective == 3.0


def test_lock_that_cannot_stand_is_named() -> None:
    """A locked option wider than its strip is unmet, and the rest is planned."""
    problem = Problem(
        Strips.of([4]), Items.of(2), Options.of([0, 1], 0, [9, 2], [5, 3], locked=[True, False])
    )
    found = solve(problem)
    assert found.unmet_locks == (0,)
    assert found.chosen.tolist() == [1]


def test_two_locks_on_one_place_leave_one_unmet() -> None:
    """Of two locks that overlap, one holds."""
    problem = Problem(
        Strips.of([3]), Items.of(2), Options.of([0, 1], 0, 2, [5, 3], at=[0, 1], locked=True)
    )
    assert len(solve(problem).unmet_locks) == 1


def test_stop_when_asked_keeps_the_best() -> None:
    """The progress callback ends the search at once; what was found is a plan."""
    rng = np.random.default_rng(1)
    item, strip = (a.ravel() for a in np.indices((60, 5)))
    problem = Problem(
        Strips.of(np.full(5, 300.0)), Items.of(60),
        Options.of(item, strip, rng.uniform(20, 90, 60)[item], rng.uniform(20, 90, 60)[item]),
    )
    found = solve(problem, time_limit_s=60, progress=lambda told: False)
    assert found.seconds < 30
    assert broken_rules(problem, found.chosen, found.times, found.x) == ()


def test_no_plan_is_below_its_start() -> None:
    """With no time at all the start comes back."""
    rng = np.random.default_rng(2)
    problem = tray(rng.gamma(2, 1, (20, 20)), required=np.arange(20) == 0)
    start = np.arange(20) * 20 + np.arange(20)
    found = solve(problem, time_limit_s=0.0, start=start)
    assert found.objective >= worth(problem, start, np.ones(20, np.int64)) - 1e-9


def test_nothing_to_choose_is_an_empty_plan() -> None:
    """No options: nothing is chosen, and that is proven."""
    problem = Problem(Strips.of([4]), Items.of(2), Options.of([], [], [], []))
    found = solve(problem)
    assert (len(found.chosen), found.objective, found.proven) == (0, 0.0, True)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"item": [7]}, "An option names an item that is not there."),
        ({"strip": 4}, "An option names a strip that is not there."),
        ({"value": np.nan}, "A width, weight or value is not a finite number."),
        ({"width": 0}, "An option has no width."),
        ({"most": 0}, "An option shows no facing."),
        ({"at": 1, "most": 2}, "An option with a fixed place is chosen once."),
    ],
)
def test_contradicting_arrays_are_refused(changed: dict[str, object], sentence: str) -> None:
    """Each defect has its sentence."""
    arguments = {"item": [0], "strip": 0, "width": 1, "value": 1, **changed}
    with pytest.raises(BadInput, match=sentence):
        Problem(Strips.of([4]), Items.of(1), Options.of(**arguments))


def test_free_options_stand_left_or_right_of_a_lock() -> None:
    """Two cells in the middle are locked; of two widths that fit beside it in sum only those that fit a gap stand."""
    problem = Problem(
        Strips.of([6]), Items.of(4),
        Options.of([0, 1, 2, 3], 0, [2, 3, 2, 1], [1, 9, 4, 3], at=[2, np.nan, np.nan, np.nan], locked=[1, 0, 0, 0]),
    )
    found = solve(problem)
    assert found.objective == pytest.approx(8.0)
    assert broken_rules(problem, found.chosen, found.times, found.x) == ()


def test_required_item_that_a_lock_leaves_no_gap_for_is_told() -> None:
    """One cell on each side of the lock, and the required item needs two in a row."""
    problem = Problem(
        Strips.of([4]), Items.of(2, required=[False, True]),
        Options.of([0, 1], 0, [2, 2], 1, at=[1, np.nan], locked=[True, False]),
    )
    found = solve(problem)
    assert len(found.unmet_items) + len(found.unmet_locks) == 1
