"""The door: who may what, and that every answer comes from the same plan, site and response."""

from dataclasses import replace

import pytest

from core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from core.planogram import edit
from core.planogram.fixture import Fixture
from core.store.database import Actor, Database
from core.workbench import Workbench


@pytest.fixture
def plan_id(wb: Workbench) -> int:
    """A machine's plan."""
    return next(card.id for card in wb.planograms() if card.key)


def test_a_saved_edit_is_the_next_version_and_can_be_restored(wb: Workbench, plan_id: int) -> None:
    """Swap, save, compare, restore: the restored version equals the first."""
    before = wb.open(plan_id)
    first, last = before.plan.positions[0], before.plan.positions[-1]
    swapped = edit.swap(before.plan, wb.catalog(), first, last)
    saved = wb.save(plan_id, before.version, swapped, "Swap for a test")
    assert saved.version == before.version + 1
    assert wb.diff(plan_id, before.version, saved.version).moved
    assert wb.versions(plan_id)[0].comment == "Swap for a test"
    assert wb.restore(plan_id, before.version).plan == before.plan


def test_the_second_save_of_the_same_base_is_told(wb: Workbench, plan_id: int) -> None:
    """Two people start from one version; the second gets a Conflict and nothing changes."""
    base = wb.open(plan_id)
    wb.save(plan_id, base.version, base.plan, "first")
    with pytest.raises(Conflict):
        wb.save(plan_id, base.version, base.plan, "second")
    assert wb.open(plan_id).version == base.version + 1


def test_a_viewer_may_look_and_not_save(wb: Workbench, database: Database, plan_id: int) -> None:
    """The engine enforces the role, not the page."""
    viewer = Workbench(database, replace(wb.actor, role="viewer"), wb.settings)
    saved = viewer.open(plan_id)
    assert viewer.heat(plan_id).slots
    with pytest.raises(NotAllowed):
        viewer.save(plan_id, saved.version, saved.plan)


def test_another_company_sees_no_plan(wb: Workbench, database: Database, plan_id: int) -> None:
    """The id of someone else's planogram does not exist."""
    stranger = Workbench(database, Actor(None, wb.actor.company_id + 1, "admin"), wb.settings)
    with pytest.raises(NotFound):
        stranger.open(plan_id)
    assert stranger.planograms() == []


def test_a_plan_that_breaks_a_rule_is_not_saved(wb: Workbench, plan_id: int) -> None:
    """Two positions in one slot: a RuleViolation, and the version stays."""
    base = wb.open(plan_id)
    first, second, *rest = base.plan.positions
    stacked = replace(second, row=first.row, column=first.column, x_in=first.x_in)
    with pytest.raises(RuleViolation):
        wb.save(plan_id, base.version, base.plan.with_positions([first, stacked, *rest]))
    assert wb.open(plan_id).version == base.version


def test_an_unchanged_plan_is_worth_exactly_nothing_more(wb: Workbench, plan_id: int) -> None:
    """What-if, money and contributions of the saved plan against itself."""
    plan = wb.open(plan_id).plan
    answer = wb.predict_revenue(plan_id, plan)
    assert answer.lift.value == pytest.approx(0.0, abs=1e-9)
    assert wb.money(plan_id, plan).delta.value == pytest.approx(0.0, abs=1e-9)


def test_the_move_that_score_promises_is_what_the_what_if_predicts(wb: Workbench, plan_id: int) -> None:
    """One response behind both: the same swap has the same money a day."""
    plan = wb.open(plan_id).plan
    swap = wb.heat(plan_id).swaps[0]
    swapped = edit.swap(plan, wb.catalog(), swap.a, swap.b)
    daily = wb.money(plan_id, swapped).delta.value
    assert swap.expected_gain_per_month == pytest.approx(daily * 30, rel=0.05)


def test_a_place_without_history_answers_from_the_fleet_and_says_so(wb: Workbench) -> None:
    """A new plan of a new fixture: no days here, an interval all the same."""
    products = [p for p in wb.catalog().values() if p.category == "Potato chips"][:4]
    filled = wb.autofill(Fixture.shelves(48, 3), products)
    made = wb.create_planogram("New end cap", filled.plan)
    site = wb.site(made.id)
    assert site.history_days == 0
    assert "similar machines" in site.response.provenance.phrase or "studies" in site.response.provenance.phrase
    money = wb.money(made.id, filled.plan)
    assert money.daily.lower < money.daily.value < money.daily.upper


def test_predictions_are_kept_and_take_feedback(wb: Workbench, plan_id: int) -> None:
    """What was shown can be explained and judged later."""
    number = wb.record("score", {"slot": "B4"}, {"placement_score": 86}, planogram_id=plan_id)
    assert wb.prediction(number).result == {"placement_score": 86}
    assert wb.feedback(number, "accepted") > 0
    with pytest.raises(NotFound):
        wb.feedback(number + 999, "accepted")


def test_every_version_says_what_it_changed(wb: Workbench, plan_id: int) -> None:
    """The history tells what each save did to the one before."""
    before = wb.open(plan_id)
    first, last = before.plan.positions[0], before.plan.positions[-1]
    saved = wb.save(plan_id, before.version, edit.swap(before.plan, wb.catalog(), first, last))
    changes = wb.changes(plan_id)
    assert changes[saved.version].summary.startswith("2 moved")
    assert sorted(changes) == list(range(2, saved.version + 1))
