"""Issues of a plan: found, mended by one edit, acknowledged."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.capabilities.validate import Validation, validate
from core.planogram.findings import Rule
from core.planogram.fixture import Fixture, Shape, TemperatureZone
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.product import Product
from core.planogram.rules import violations
from core.site.site import Site
from tests.support.sites import make_catalog, make_plan, make_site

FIXTURE = Fixture.machine((4, 4, 4))
CATALOG = make_catalog(16)
KINDS = len(Rule) - 1
"""All rules but the one of locks, which is of edits."""


def site_of(plan: Planogram, catalog: dict[int, Product]) -> Site:
    return make_site(plan.fixture, catalog, slot={"A1": 0.5, "C4": -0.5}, reference=plan, draws=20)


def rules(found: Validation) -> set[Rule]:
    return {issue.rule for issue in found.issues}


def test_there_are_more_than_a_dozen_kinds_of_issues() -> None:
    """Hard and soft."""
    assert KINDS >= 12


def test_a_well_kept_plan_scores_high_and_an_error_caps_the_score() -> None:
    """A broken hard rule is never outweighed."""
    catalog = {i: replace(CATALOG[1], id=i, name=f"{'abcdefgh'[i]} thing") for i in range(1, 5)}
    plan = make_plan(Fixture.machine((4,)), [1, 2, 3, 4])
    good = validate(plan, site_of(plan, catalog))
    assert good.score > 90.0
    cold = {**catalog, 2: replace(catalog[2], temperature=TemperatureZone.FROZEN)}
    bad = validate(plan, site_of(plan, cold))
    assert (bad.issues[0].severity, bad.issues[0].rule) == ("error", Rule.TEMPERATURE)
    assert bad.score < 60.0


def _broken(rule: Rule) -> tuple[Planogram, dict[int, Product]]:
    """A plan that breaks one rule in a way that one edit mends."""
    catalog = dict(CATALOG)
    plan = make_plan(FIXTURE, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    if rule is Rule.EMPTY:
        plan = plan.with_positions(plan.positions[:-1])
    elif rule is Rule.TEMPERATURE:
        catalog[1] = replace(catalog[1], temperature=TemperatureZone.FROZEN)
    elif rule is Rule.REPEATED:
        plan = make_plan(FIXTURE, [1, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    elif rule is Rule.BELOW_COST:
        catalog[2] = replace(catalog[2], cost=1.0, price=2.0)
        plan = make_plan(FIXTURE, plan.product_ids, prices={"A2": 0.5})
    elif rule is Rule.PACK_HEIGHT:
        catalog[1] = replace(catalog[1], pack_height_in=6.0)
    elif rule is Rule.HEAVY_LOW:
        catalog[1], catalog[5] = replace(catalog[1], size="2 l"), replace(catalog[5], size="1 oz")
    elif rule is Rule.SPOILAGE:
        catalog[3] = replace(catalog[3], shelf_life_days=3)
        full = [replace(p, capacity=60, quantity=60) if p.product_id == 3 else p for p in plan.positions]
        plan = plan.with_positions(full)
    elif rule is Rule.LOOK_ALIKE:
        catalog[2] = replace(catalog[2], name="Blue Agave Tea 12 oz", brand="Blue")
        catalog[3] = replace(catalog[3], name="Blue Agave Tea 20 oz", brand="Blue")
    return plan, catalog


@pytest.mark.parametrize("rule", [
    Rule.EMPTY, Rule.TEMPERATURE, Rule.REPEATED, Rule.BELOW_COST, Rule.PACK_HEIGHT, Rule.HEAVY_LOW,
    Rule.SPOILAGE, Rule.LOOK_ALIKE,
])
def test_an_issue_is_found_with_its_place_and_mended_by_its_fix(rule: Rule) -> None:
    """The fix ends it and breaks nothing."""
    plan, catalog = _broken(rule)
    site = site_of(plan, catalog)
    before = validate(plan, site)
    issue = next(i for i in before.issues if i.rule is rule)
    assert issue.slot is not None
    assert issue.fix is not None, issue.message
    after = issue.fix.applied(plan, catalog)
    count = sum(i.rule is rule for i in before.issues)
    assert sum(i.rule is rule for i in validate(after, site).issues) < count
    assert len(violations(after, catalog)) <= len(violations(plan, catalog))
    assert issue.fix.explain()["slot"]


def test_a_product_that_nobody_knows_is_an_error_and_taken_off() -> None:
    """It does not keep the other rules from being judged."""
    plan = make_plan(FIXTURE, [1, 1, 3, 4])
    stranger = replace(plan.positions[3], product_id=999)
    plan = plan.with_positions([*plan.positions[:3], stranger])
    found = validate(plan, site_of(make_plan(FIXTURE, [1, 1, 3]), CATALOG))
    assert {Rule.KNOWN_PRODUCT, Rule.REPEATED} <= rules(found)
    fix = next(i.fix for i in found.issues if i.rule is Rule.KNOWN_PRODUCT)
    assert fix is not None
    assert 999 not in fix.applied(plan, CATALOG).product_ids


def test_positions_outside_the_fixture_are_told_and_nothing_raises() -> None:
    """As an import may bring them."""
    plan = make_plan(FIXTURE, [1, 2, 3, 4])
    plan = plan.with_positions([*plan.positions, replace(plan.positions[0], product_id=5, row=9)])
    found = validate(plan, site_of(plan.with_positions(plan.positions[:4]), CATALOG))
    assert Rule.OUTSIDE in rules(found)


def test_an_acknowledged_warning_no_longer_counts_until_its_facts_change() -> None:
    """Its key holds while the figures are much the same."""
    plan, catalog = _broken(Rule.SPOILAGE)
    site = site_of(plan, catalog)
    before = validate(plan, site)
    issue = next(i for i in before.issues if i.rule is Rule.SPOILAGE)
    known = validate(plan, site, {issue.key})
    told = next(i for i in known.issues if i.key == issue.key)
    assert told.acknowledged
    assert told.fix is None
    assert known.score > before.score
    more = plan.with_positions(replace(p, quantity=20) if p.product_id == 3 else p for p in plan.positions)
    again = next(i for i in validate(more, site, {issue.key}).issues if i.rule is Rule.SPOILAGE)
    assert not again.acknowledged


def test_an_error_cannot_be_acknowledged() -> None:
    """Its key in the list changes nothing."""
    plan, catalog = _broken(Rule.TEMPERATURE)
    site = site_of(plan, catalog)
    key = validate(plan, site).issues[0].key
    assert not validate(plan, site, {key}).issues[0].acknowledged


def test_par_levels_are_judged_where_the_service_is_known() -> None:
    """A week's sales against what is filled in."""
    plan = make_plan(FIXTURE, [1, 2, 3])
    plan = plan.with_positions(replace(p, capacity=100, par_level=1) for p in plan.positions)
    site = site_of(plan, CATALOG)
    assert Rule.PAR_BELOW_FORECAST not in rules(validate(plan, site))
    found = validate(plan, site, service_days=7)
    issue = next(i for i in found.issues if i.rule is Rule.PAR_BELOW_FORECAST)
    assert issue.fix is not None
    raised = issue.fix.applied(plan, CATALOG).of_product(issue.product_id or 0)[0].par_level
    assert raised is not None
    assert raised > 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 16), min_size=12, max_size=12), st.integers(0, 3))
def test_every_offered_fix_can_be_made_and_breaks_no_rule(products: list[int], cold: int) -> None:
    """Whatever the plan."""
    catalog = {
        i: replace(p, temperature=TemperatureZone.FROZEN) if cold and i % 7 == cold else p
        for i, p in CATALOG.items()
    }
    plan = make_plan(FIXTURE, products, rule_set=RuleSet.AS_FOUND)
    site = site_of(plan, catalog)
    found = validate(plan, site)
    assert 0.0 <= found.score <= 100.0
    errors = sum(i.severity == "error" for i in found.issues)
    for issue in found.issues:
        if issue.fix is not None:
            after = issue.fix.applied(plan, catalog)
            assert after != plan
            assert len(violations(after, catalog)) <= errors


def test_a_machine_of_sixty_slots_is_judged_in_an_instant() -> None:
    """With its fixes; the quietest of several runs, and four times what ``make bench`` holds it to, because
    other tests use the machine too."""
    fixture, rng = Fixture.machine((10,) * 6), np.random.default_rng(0)
    catalog = make_catalog(80)
    plan = make_plan(fixture, rng.permutation(np.arange(1, 81))[:60].tolist())
    site = site_of(plan, catalog)
    took = []
    for _ in range(7):
        started = time.process_time()
        validate(plan, site)
        took.append(time.process_time() - started)
    assert min(took) < 0.2


def test_what_is_too_deep_makes_room_for_what_fits() -> None:
    """On a half circle, where neighbors lean towards each other; another of its category first."""
    fixture = Fixture.shelves(36.0, 2, 40.0, 10.0, shape=Shape.HALF_CIRCLE)
    catalog = make_catalog(12)
    catalog[1] = replace(catalog[1], depth_in=9.5)
    plan = make_plan(fixture, {"A1": 1})
    site = make_site(fixture, catalog, reference=plan, draws=20)
    issue = next(i for i in validate(plan, site).issues if i.rule is Rule.SHELF_DEPTH)
    assert issue.fix is not None
    after = issue.fix.applied(plan, catalog)
    assert 1 not in after.product_ids
    assert len(after.positions) == 1
    assert not [i for i in validate(after, site).issues if i.rule is Rule.SHELF_DEPTH]
