"""The optimizer: feasible or a precise conflict, never worse than what stands, proven where it says so."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.capabilities.optimize import Goals, Lock, Wishes, optimize
from core.capabilities.optimize.progress import Step
from core.capabilities.optimize.value import REVENUE, worth_of
from core.capabilities.whatif import predict_revenue
from core.errors import BadInput, RuleViolation
from core.planogram.findings import Rule
from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.rules import added_violations, violations
from core.site.site import Site
from tests.support.sites import make_catalog, make_plan, make_product, make_site

FAST = 0.3


def rich_site(fixture: Fixture, catalog: dict, plan: Planogram, seed: int = 1) -> Site:
    """Slots, neighbors and substitution all matter."""
    rng = np.random.default_rng(seed)
    cells = len(make_site(fixture, catalog).response.zones)
    ids = list(catalog)
    pairs = {(int(a), int(b)): float(rng.normal(0, 0.5)) for a, b in rng.choice(ids, (len(ids), 2)) if a != b}
    return make_site(fixture, catalog, slot=rng.normal(0, 0.3, cells), affinity=pairs, neighbor=0.3,
                     diversion=0.4, space=0.2, draws=20, reference=plan, sd=0.05)


def machine(count: int = 12, cells: int = 6, seed: int = 1) -> tuple[Planogram, Site]:
    fixture = Fixture.machine((cells // 2, cells - cells // 2))
    plan = make_plan(fixture, list(range(1, cells + 1)))
    return plan, rich_site(fixture, make_catalog(count), plan, seed)


def test_what_is_returned_is_better_than_what_stands_and_than_the_automatic_layout() -> None:
    """On the full response, by what-if's own figures."""
    plan, site = machine(12, 8)
    found = optimize(plan, site)
    told = predict_revenue(plan, found.plan, site)
    assert found.value > found.present_value
    assert found.autofill_value is not None
    assert found.value >= found.autofill_value
    assert found.predicted_lift.value == pytest.approx(told.lift.value)
    assert found.predicted_lift.lower <= found.predicted_lift.value <= found.predicted_lift.upper
    assert not violations(found.plan, site.catalog)


def test_the_proof_of_a_machine_holds_against_every_arrangement() -> None:
    """Without neighbors and substitution the separable optimum is the true one: all 360 are tried."""
    fixture = Fixture.machine((2, 2))
    catalog = make_catalog(6)
    plan = make_plan(fixture, [1, 2, 3, 4])
    site = make_site(fixture, catalog, slot={"A1": 0.4, "A2": -0.3, "B1": 0.1}, space=0.05, sd=1e-6)
    found = optimize(plan, site, Wishes(max_facings=1))
    money = worth_of(site, plan, REVENUE)
    best = max(money.of(make_plan(fixture, list(four))) for four in permutations(catalog, 4))
    assert found.value == pytest.approx(best)
    assert found.objective_value == pytest.approx(best, rel=1e-4)
    assert found.gap == pytest.approx(0.0, abs=1e-9)
    assert found.baseline_value == pytest.approx(money.of(plan), rel=1e-4)


def test_a_lock_keeps_its_product_where_it_is() -> None:
    """One that stands there, and one that is to be put there."""
    plan, site = machine(12, 8)
    found = optimize(plan, site, Wishes(locks=(Lock("A1", 1), Lock("B2", 11))))
    assert [found.plan.at(0, 0).product_id, found.plan.at(1, 1).product_id] == [1, 11]


def test_a_position_locked_on_the_plan_stays_as_it_is() -> None:
    """The same position, price and stock included."""
    plan, site = machine(12, 8)
    locked = plan.with_positions(replace(p, locked=p.product_id == 3, price=9.0) for p in plan.positions)
    found = optimize(locked, site)
    assert locked.of_product(3)[0] in found.plan.positions


@pytest.mark.parametrize(("wishes", "rule", "words"), [
    (Wishes(locks=(Lock("A1", 1), Lock("A1", 2))), Rule.LOCKED, "they overlap"),
    (Wishes(locks=(Lock("A1", 20),)), Rule.LOCKED, "needs a place that is frozen"),
    (Wishes(locks=(Lock("A2", 1),), max_facings={1: 0}), Rule.FACINGS, "may have at most 0"),
    (Wishes(min_facings={1: 3}, max_facings=2), Rule.FACINGS, "at least 3 facings and at most 2"),
    (Wishes(min_facings={20: 1}), Rule.FACINGS, "cannot: Ice"),
    (Wishes(min_facings=dict.fromkeys(range(1, 6), 2)), Rule.FACINGS, "locks leave 8 of 8"),
    (Wishes(products=(1, 2), min_facings={3: 1}), Rule.FACINGS, "not among the products"),
])  # fmt: skip
def test_a_conflict_is_told_with_its_lock_or_limit(wishes: Wishes, rule: Rule, words: str) -> None:
    """Which wish, which product, which rule."""
    fixture = Fixture.machine((4, 4))
    catalog = make_catalog(12) | {
        20: make_product(20, "candy", name="Ice", temperature=TemperatureZone.FROZEN)
    }
    plan = make_plan(fixture, range(1, 9))
    with pytest.raises(RuleViolation) as told:
        optimize(plan, make_site(fixture, catalog), wishes)
    assert told.value.violations[0].rule is rule
    assert words in told.value.message


def test_under_the_strict_rules_two_locks_of_one_product_conflict() -> None:
    """There it stands once."""
    fixture = Fixture.shelves(24, 2)
    plan = make_plan(fixture, {"A1": 1}, rule_set=RuleSet.STRICT)
    with pytest.raises(RuleViolation, match="stands"):
        optimize(plan, make_site(fixture), Wishes(locks=(Lock("A1", 1), Lock("B1", 1))))


@pytest.mark.parametrize("wishes", [
    Wishes(goals=Goals(revenue=-1.0)), Wishes(goals=Goals()), Wishes(time_limit_s=0.0),
    Wishes(products=(1, 999)), Wishes(products=()), Wishes(locks=(Lock("Z9", 1),)), Wishes(min_facings=-1),
    Wishes(max_facings={999: 1}),
])  # fmt: skip
def test_a_wish_that_means_nothing_is_refused(wishes: Wishes) -> None:
    """With a sentence, and nothing is changed."""
    plan, site = machine()
    with pytest.raises(BadInput):
        optimize(plan, site, wishes)


def test_every_product_that_is_not_placed_has_its_own_reason() -> None:
    """Too tall, too cold, forbidden, and what it would bring at its best place."""
    fixture = Fixture.machine((4, 4))
    catalog = make_catalog(12) | {
        20: make_product(20, "candy", name="Ice", temperature=TemperatureZone.FROZEN),
        21: make_product(21, "candy", name="Tower", height_in=40.0),
    }
    plan = make_plan(fixture, range(1, 9))
    site = make_site(fixture, catalog)
    found = optimize(plan, site, Wishes(max_facings={2: 0}))
    reasons = {n.product_id: n.reason for n in found.not_placed}
    assert set(reasons) == set(catalog) - set(found.plan.product_ids)
    assert "frozen" in reasons[20]
    assert "too tall" in reasons[21]
    assert "at most 0" in reasons[2]
    others = [why for i, why in reasons.items() if i not in (2, 20, 21)]
    assert others
    assert all("its best place" in why and "$" in why for why in others)


def test_a_product_that_is_worth_as_much_as_what_stands_changes_less_than_a_cent() -> None:
    """No reason says that it would bring $0.00 less."""
    fixture = Fixture.machine((2,))
    catalog = {i: make_product(i, "candy", name=f"Bar {i}") for i in (1, 2, 3)}
    plan = make_plan(fixture, (1, 2))
    found = optimize(plan, make_site(fixture, catalog, base=dict.fromkeys(catalog, 0.0)))
    (left,) = found.not_placed
    assert "less than a cent a day" in left.reason


def test_the_lines_add_up_and_each_can_be_taken_alone() -> None:
    """All of them are the whole plan; any of them keep the rules."""
    plan, site = machine(14, 10, seed=3)
    found = optimize(plan, site)
    assert sum(line.gain for line in found.lines) == pytest.approx(found.gain.value)
    assert set(found.accept([line.key for line in found.lines]).positions) == set(found.plan.positions)
    for line in found.lines:
        assert not added_violations(plan, found.accept([line.key]), site.catalog)
        assert line.what
        assert "$" in line.why


def test_stopping_keeps_the_best_so_far() -> None:
    """The callback says no at once."""
    steps: list[Step] = []

    def stop(step: Step) -> bool:
        steps.append(step)
        return False

    plan, site = machine(30, 20)
    found = optimize(plan, site, progress=stop)
    assert len(steps) == 1
    assert found.stopped_early
    assert found.value >= found.present_value


def test_progress_rises_to_the_end() -> None:
    """Share and worth never fall."""
    steps: list[Step] = []
    plan, site = machine(20, 12)
    optimize(plan, site, progress=lambda step: steps.append(step) or True)
    assert [s.share for s in steps] == sorted(s.share for s in steps)
    assert steps[-1].share > 0.9
    assert steps[-1].worth >= steps[0].worth


def test_goals_pull_the_plan_their_way() -> None:
    """Margin earns more margin than revenue does, variety shows more products, health more health."""
    fixture = Fixture.machine((5, 5))
    rng = np.random.default_rng(5)
    catalog = {
        i: make_product(i, "soda" if i % 3 else "water", price=float(rng.uniform(1, 4)),
                        cost=float(rng.uniform(0.1, 0.9)), velocity=float(rng.uniform(0.2, 3)),
                        health_score=float(rng.uniform(0, 100)))
        for i in range(1, 16)
    }
    plan = make_plan(fixture, range(1, 11))
    site = rich_site(fixture, catalog, plan)
    by = {name: optimize(plan, site, Wishes(goals=Goals(**{name: 1.0})))
          for name in ("revenue", "margin", "health_score", "variety")}
    for name in ("margin", "health_score"):
        worth = worth_of(site, plan, Goals(**{name: 1.0}))
        assert worth.of(by[name].plan) >= worth.of(by["revenue"].plan) - 1e-9
        assert by[name].predicted_lift.value >= 0
    assert len(by["variety"].plan.product_ids) >= len(by["revenue"].plan.product_ids)


def test_shelves_in_blocks_keep_each_category_together() -> None:
    """Within its window on neighboring rows stands nothing else."""
    fixture = Fixture.shelves(60, 3)
    catalog = make_catalog(18, ("soda", "water", "chips"))
    plan = make_plan(fixture, {"A1": 1, "A2": 2, "A3": 4, "B1": 5}, rule_set=RuleSet.STRICT)
    site = rich_site(fixture, catalog, plan)
    found = optimize(plan, site, Wishes(blocks="category", time_limit_s=3.0))
    rows: dict[tuple[str, int], list[int]] = {}
    for p in found.plan.positions:
        rows.setdefault((catalog[p.product_id].category, p.row), []).extend(
            range(p.column, p.column + p.cells)
        )
    windows = {name: (min(min(c) for (n, _), c in rows.items() if n == name),
                      max(max(c) for (n, _), c in rows.items() if n == name))
               for name in {n for n, _ in rows}}
    for (name, row) in rows:
        low, high = windows[name]
        inside = {other for (other, r), c in rows.items() if r == row and any(low <= x <= high for x in c)}
        assert inside == {name}
    assert not violations(found.plan, catalog)


def test_an_empty_plan_is_filled() -> None:
    """From nothing: no lift in percent, but money."""
    fixture = Fixture.shelves(36, 2)
    plan = Planogram(fixture, (), RuleSet.STRICT)
    found = optimize(plan, make_site(fixture), Wishes(time_limit_s=1.0))
    assert found.gain.value > 0
    assert found.predicted_lift.value == 0
    assert sum(p.cells for p in found.plan.positions) == fixture.cell_count


HOSTILE = [
    {}, {"temperature": TemperatureZone.FROZEN}, {"height_in": 99.0}, {"width_in": 500.0},
    {"width_in": 14.0}, {"price": 0.0}, {"velocity": 0.0}, {"cost": 9.0}, {"health_score": None},
    {"name": "<b>Cola</b>"}, {"width_in": 0.0},
]  # fmt: skip
FIXTURES = {
    "machine": (Fixture.machine((4, 3, 2)), RuleSet.AS_FOUND),
    "strict machine": (Fixture.machine((4, 4)), RuleSet.STRICT),
    "shelves": (Fixture.shelves(30, 2), RuleSet.STRICT),
    "free": (Fixture.shelves(20, 2, cell_width_in=0.5), RuleSet.STRICT),
}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_mix_of_wishes_is_feasible_or_a_precise_conflict(data: st.DataObject) -> None:
    """Locks, limits and hostile products at random, on machines and shelves."""
    fixture, rule_set = FIXTURES[data.draw(st.sampled_from(sorted(FIXTURES)))]
    ids = st.integers(1, 12)
    catalog = {
        i: make_product(i, ("soda", "water", "chips")[i % 3], **{"velocity": 0.3 * i, **hostile})
        for i, hostile in zip(range(1, 13), data.draw(st.lists(
            st.sampled_from(HOSTILE), min_size=12, max_size=12)), strict=True)
    }
    usual = {i: replace(p, width_in=3.0) for i, p in catalog.items()}
    slots = ["A1", "A2", "A3", "B1", "B2"]
    cells = data.draw(st.dictionaries(st.sampled_from(["A1", "A2", "B1", "B2"]), ids, max_size=4))
    cells = {slot: i for i, slot in {i: slot for slot, i in cells.items()}.items()}  # each product once
    plan = make_plan(fixture, cells, rule_set=rule_set)
    if data.draw(st.booleans()) and plan.positions:
        plan = plan.with_positions(replace(p, locked=k == 0) for k, p in enumerate(plan.positions))
    limit = st.one_of(st.none(), st.integers(0, 3), st.dictionaries(ids, st.integers(0, 4), max_size=3))
    wishes = Wishes(
        goals=Goals(1.0, data.draw(st.sampled_from([0.0, 1.0])), data.draw(st.sampled_from([0.0, 1.0])), 0.5),
        products=data.draw(st.one_of(st.none(), st.lists(ids, min_size=1, max_size=8).map(tuple))),
        locks=tuple(Lock(s, i) for s, i in data.draw(
            st.lists(st.tuples(st.sampled_from(slots), ids), max_size=3))),
        min_facings=data.draw(limit), max_facings=data.draw(limit),
        blocks=data.draw(st.sampled_from([None, None, "brand", "category"])), time_limit_s=FAST,
    )
    site = make_site(fixture, usual, neighbor=0.2, diversion=0.3, draws=10)
    site = replace(site, catalog=catalog)
    try:
        found = optimize(plan, site, wishes)
    except RuleViolation as conflict:
        assert conflict.violations
        assert all(v.message and v.hint for v in conflict.violations)
        assert {v.rule for v in conflict.violations} <= {Rule.LOCKED, Rule.FACINGS, Rule.REPEATED}
        return
    _require_kept(plan, found.plan, site, wishes)
    assert found.gap >= 0.0
    assert found.objective_value <= found.bound + 1e-9
    stands = set(found.plan.product_ids)
    asked = set(catalog if wishes.products is None else wishes.products)
    assert {n.product_id for n in found.not_placed} == asked - stands


def _require_kept(before: Planogram, plan: Planogram, site: Site, wishes: Wishes) -> None:
    """The plan breaks no rule that stood, and keeps every lock and limit."""
    assert not added_violations(before, plan, site.catalog)
    for p in before.positions:
        assert not p.locked or p in plan.positions
    for lock in wishes.locks:
        row, column = plan.fixture.locate(lock.slot)
        there = plan.at(row, column)
        assert there is not None
        assert there.product_id == lock.product_id
    held = {p.product_id for p in before.positions if p.locked} | {k.product_id for k in wishes.locks}
    for i in site.catalog:
        n = sum(p.facings for p in plan.of_product(i))
        low, high = wishes.min_facings, wishes.max_facings
        if isinstance(low, dict):
            assert n >= low.get(i, 0)
        elif isinstance(low, int) and n and i not in held:
            assert n >= low
        if isinstance(high, dict):
            assert n <= high.get(i, 99)
        elif isinstance(high, int):
            assert n <= high


def test_nothing_is_frozen_of_which_nobody_said_that_it_may_be() -> None:
    """Unless it stands there, or is named."""
    fixture = replace(Fixture.machine((2, 2)), temperature_zone=TemperatureZone.FROZEN)
    catalog = {
        i: make_product(i, "candy", velocity=float(i), temperature=TemperatureZone.FROZEN if i < 4 else None)
        for i in range(1, 7)
    }
    plan = make_plan(fixture, [1, 2, 3, 4])
    site = make_site(fixture, catalog)
    assert not {5, 6} & set(optimize(plan, site).plan.product_ids)
    assert 6 in optimize(plan, site, Wishes(products=(1, 2, 6))).plan.product_ids
    assert 5 in optimize(plan, site, Wishes(min_facings={5: 1})).plan.product_ids
