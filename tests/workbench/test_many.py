"""Many plans are changed together, all or none, and brought back together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.capabilities.valuation import Estimate
from core.errors import BadInput, Conflict, NotAllowed, NotFound, RuleViolation
from core.planogram import edit
from core.planogram.bulk import Remove, Reprice
from core.planogram.rules import violations
from core.store.database import Actor, Database
from core.store.demo.build import build_demo
from core.store.users import demo_actor
from core.workbench import Workbench
from core.workbench.many import total_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many") / "workbench.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    build_demo(database, seed=5, days=60, machines=4, stores=1)
    database.close()
    return path


@pytest.fixture
def wb(made: Path, tmp_path: Path) -> Iterator[Workbench]:
    """The manager's door on a company of its own."""
    path = tmp_path / "workbench.db"
    path.write_bytes(made.read_bytes())
    database = Database(f"sqlite:///{path}")
    actor = demo_actor(database)
    assert actor is not None
    yield Workbench(database, actor)
    database.close()


@pytest.fixture
def machines(wb: Workbench) -> list[int]:
    return [p.id for p in wb.planograms() if p.device_id is not None]


def common(wb: Workbench, machines: list[int]) -> int:
    """The product that stands in most machines."""
    plans = [wb.open(i).plan for i in machines]
    ids = [i for p in plans for i in p.product_ids]
    return max(sorted(set(ids)), key=ids.count)


def test_similar_plans_are_offered_the_most_alike_first(wb: Workbench, machines: list[int]) -> None:
    """Not the plan itself, and never a shelf for a machine."""
    found = wb.similar(machines[0])
    assert machines[0] not in {s.planogram_id for s in found}
    assert {s.planogram_id for s in found} <= set(machines)
    assert [round(s.likeness, 2) for s in found] == sorted((round(s.likeness, 2) for s in found), reverse=True)


def test_a_layout_is_copied_to_other_machines_and_brought_back(wb: Workbench, machines: list[int]) -> None:
    """Previewed, saved with its comment in one go, undone in one go."""
    targets = [s.planogram_id for s in wb.similar(machines[0])]
    before = {i: wb.open(i).plan for i in targets}
    found = wb.preview_copy(machines[0], targets)
    assert {p.planogram_id for p in found} == set(targets)
    for item in found:
        assert violations(item.after, wb.catalog()) == ()
    batch = wb.save_many("As in the lobby", found)
    changed = [p.planogram_id for p in found if p.changed]
    assert (batch.plans, batch.title, batch.undone_at) == (len(changed), "As in the lobby", None)
    assert all(wb.open(i).comment == "As in the lobby" for i in changed)
    assert wb.batches()[0] == batch
    undone = wb.undo_many(batch.id)
    assert len(undone.restored) == len(changed)
    assert {i: wb.open(i).plan for i in targets} == before
    with pytest.raises(RuleViolation, match="undone already"):
        wb.undo_many(batch.id)


def test_only_products_that_stood_there_before_are_copied_where_that_is_wanted(
    wb: Workbench, machines: list[int]
) -> None:
    """The rest is told as not sold there."""
    (item,) = wb.preview_copy(machines[0], [machines[1]], only_known=True)
    seen = {i for v in wb.versions(machines[1]) for i in wb.open(machines[1], v.version).plan.product_ids}
    assert set(item.after.product_ids) <= seen
    missing = set(wb.open(machines[0]).plan.product_ids) - seen
    told = {d.product_id for d in item.differences if d.text.endswith("is not sold there.")}
    assert told == missing


def test_a_price_changes_everywhere_and_is_worth_something(wb: Workbench, machines: list[int]) -> None:
    """With counts before it is saved, and the sum of what the machines would earn more."""
    product = common(wb, machines)
    found = wb.preview_edit(Reprice(product, 9.75), machines)
    places = {p.planogram_id: len(p.before.of_product(product)) for p in found}
    assert {p.planogram_id: p.places for p in found} == places
    worth = wb.worth(found)
    assert set(worth) == {i for i, n in places.items() if n}
    assert total_of(list(worth.values())).value == pytest.approx(sum(w.value for w in worth.values()))
    wb.save_many(wb.describe_edit(Reprice(product, 9.75)), found)
    for i in machines:
        assert {p.price for p in wb.open(i).plan.of_product(product)} <= {9.75}


def test_a_plan_that_does_not_allow_the_change_says_why_and_stays(wb: Workbench, machines: list[int]) -> None:
    """The others change."""
    product = common(wb, machines)
    held = next(i for i in machines if wb.open(i).plan.of_product(product))
    saved = wb.open(held)
    wb.save(held, saved.version, edit.lock(saved.plan, saved.plan.of_product(product)[0]))
    found = {p.planogram_id: p for p in wb.preview_edit(Remove(product), machines)}
    assert "locked" in found[held].error
    assert not found[held].changed
    wb.save_many("Without it", list(found.values()))
    assert wb.open(held).plan.of_product(product)


def test_nothing_is_saved_where_someone_saved_one_of_them_since(wb: Workbench, machines: list[int]) -> None:
    """All or none."""
    product = common(wb, machines)
    found = wb.preview_edit(Remove(product), machines)
    last = [p for p in found if p.changed][-1]
    wb.restore(last.planogram_id, 1)
    versions = {i: wb.open(i).version for i in machines}
    with pytest.raises(Conflict, match=wb.open(last.planogram_id).name):
        wb.save_many("Without it", found)
    assert {i: wb.open(i).version for i in machines} == versions
    assert wb.batches() == []


def test_undo_leaves_alone_what_was_saved_since(wb: Workbench, machines: list[int]) -> None:
    """Nobody's later work is lost."""
    found = [p for p in wb.preview_edit(Remove(common(wb, machines)), machines) if p.changed]
    batch = wb.save_many("Without it", found)
    later = wb.restore(found[0].planogram_id, 1)
    undone = wb.undo_many(batch.id)
    assert undone.left == (later.name,)
    assert wb.open(later.id).version == later.version
    assert len(undone.restored) == len(found) - 1


def test_what_makes_no_sense_is_refused(wb: Workbench, machines: list[int]) -> None:
    """No plans, no change, an unknown product or batch, a viewer."""
    for call in (lambda: wb.preview_edit(Remove(1), []), lambda: wb.preview_copy(machines[0], []),
                 lambda: wb.preview_edit(Remove(1), [1] * 1001), lambda: wb.save_many("Nothing", [])):
        with pytest.raises(BadInput):
            call()
    assert "not in the catalog" in wb.preview_edit(Remove(99_999), machines)[0].error
    with pytest.raises(NotFound):
        wb.undo_many(99)
    viewer = Workbench(wb.database, Actor(None, wb.actor.company_id, "viewer"))
    with pytest.raises(NotAllowed):
        viewer.save_many("Mine", wb.preview_edit(Remove(1), machines))
    with pytest.raises(NotAllowed):
        viewer.undo_many(1)


def test_the_sum_of_nothing_is_nothing() -> None:
    """And has no width."""
    assert total_of([]) == Estimate(0.0, 0.0, 0.0)
