"""Instructions, carried out by the letter, end in the plan."""

from __future__ import annotations

import dataclasses
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from core.planogram import edit
from core.planogram.fixture import Fixture
from core.planogram.instructions import Act, instructions
from core.planogram.instructions_text import as_json, as_markdown
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product
from core.planogram.rules import violations
from core.planogram.space import span, tolerance
from tests.planogram.strategies import catalogs, empty_plans
from tests.planogram.test_edit_properties import EDITS, K, filled, run

PLACE = ("row", "column", "cells", "x_in", "width_in", "facings", "facings_high", "facings_deep")
NOTES = ("capacity", "par_level")


def steps_of(plan, catalog, before=None):
    """The steps as another program gets them."""
    found = instructions(plan, catalog, before)
    return found, json.loads(as_json(found, catalog, name="x", version=2, from_version=1))["steps"]


def carried_out(steps, before, fixture):
    """What stands after the steps: nothing but a pair of hands and what each step says."""
    shelf = wanted(before) if before else []
    current = before.fixture if before else fixture
    hands = []

    def take(step):
        place = step["from"]
        found = next(p for p in shelf if all(getattr(p, k) == place[k] for k in PLACE)
                     and p.product_id == step["product_id"])
        shelf.remove(found)
        return found

    def put(position, place):
        shelf.append(dataclasses.replace(position, **{k: place[k] for k in PLACE}))
        free_of_overlap(shelf, current)

    for step in steps:
        match step["type"]:
            case "take out":
                take(step)
            case "hold":
                hands.append(take(step))
            case "place" if step["held"]:
                held = next(p for p in hands if p.product_id == step["product_id"])
                hands.remove(held)
                put(held, step["to"])
            case "place":
                to = step["to"]
                new = Position(step["product_id"], 0, 0, 1, 0.0, 1.0, price=to["price"],
                               **{k: to[k] for k in NOTES})
                put(new, to)
            case "move" | "reface":
                put(take(step), step["to"])
            case "rebuild":
                assert shelf == []
                current = fixture
            case "reprice" | "stock":
                names = ("price",) if step["type"] == "reprice" else NOTES
                index = next(i for i, p in enumerate(shelf) if p.product_id == step["product_id"]
                             and (p.row, p.x_in) == (step["to"]["row"], step["to"]["x_in"]))
                shelf[index] = dataclasses.replace(shelf[index], **{k: step["to"][k] for k in names})
    assert hands == []
    return sorted(shelf, key=lambda p: (p.row, p.x_in, p.product_id))


def free_of_overlap(shelf, fixture):
    """Nothing is ever put where something stands."""
    new = shelf[-1]
    for other in shelf[:-1]:
        if other.row == new.row:
            (a, b), (c, d) = span(new, fixture), span(other, fixture)
            assert min(b, d) - max(a, c) <= tolerance(fixture) + 1e-9


def wanted(plan):
    """The positions without what no step is about: locks and counted stock."""
    return [dataclasses.replace(p, locked=False, quantity=None) for p in plan.positions]


@st.composite
def two_plans(draw):
    """Two lawful plans on one fixture: the second is the first shuffled by edits, or filled on its own."""
    catalog = draw(catalogs())
    empty = draw(empty_plans)
    before = [*run(empty, catalog, draw(st.lists(EDITS, max_size=6)))][-1]
    if draw(st.booleans()):
        start = filled(empty, dict(reversed(catalog.items())), draw(st.integers(1, 4)))
    else:
        start = before
    swaps = [("swap", a, b) for a, b in draw(st.lists(st.tuples(K, K), max_size=8))]
    after = [*run(start, catalog, [*swaps, *draw(st.lists(EDITS, max_size=10))])][-1] if start is before else start
    return before, dataclasses.replace(after, fixture=before.fixture), catalog


@settings(max_examples=200, deadline=None)
@given(two_plans())
def test_a_reset_carried_out_ends_in_the_plan(case):
    """Any two lawful plans; on the way nothing is put where something stands."""
    before, after, catalog = case
    found, steps = steps_of(after, catalog, before)
    assert carried_out(steps, before, after.fixture) == wanted(after)
    touched = [s["product_id"] for s in steps if s["type"] in ("take out", "move", "reface", "place", "hold")]
    held = len(found.of(Act.HOLD))
    most = max(len(before.positions), len(after.positions)) + len(found.of(Act.TAKE_OUT)) + 2 * held
    assert len(touched) <= most


@settings(max_examples=60, deadline=None)
@given(two_plans())
def test_a_new_set_carried_out_ends_in_the_plan(case):
    """From an empty fixture, shelf by shelf, left to right."""
    _, plan, catalog = case
    _, steps = steps_of(plan, catalog)
    assert carried_out(steps, None, plan.fixture) == wanted(plan)
    assert [(s["to"]["row"], s["to"]["x_in"]) for s in steps] == sorted((p.row, p.x_in) for p in plan.positions)


def machine(*rows):
    """Products by slot, 0 for an empty one."""
    fixture = Fixture.machine(tuple(len(r) for r in rows))
    positions = [Position(product, r, c, 1, c * 2.8, 2.8) for r, row in enumerate(rows)
                 for c, product in enumerate(row) if product]
    return Planogram(fixture, tuple(positions), RuleSet.AS_FOUND)


CATALOG = {i: Product(i, f"Snack {i}", "Chips") for i in range(1, 13)}


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(1, 13)))
def test_each_circle_of_a_shuffled_machine_takes_one_hold(order):
    """A permutation of slots: every product moves once, one of each circle is held meanwhile."""
    before, after = machine(range(1, 7), range(7, 13)), machine(order[:6], order[6:])
    found = instructions(after, CATALOG, before)
    left, circles = {i: p for i, p in enumerate(order, start=1) if i != p}, 0
    while left:
        at = next(iter(left))
        while at in left:
            at = left.pop(at)
        circles += 1
    moved = sum(i != p for i, p in enumerate(order, start=1))
    assert len(found.of(Act.HOLD)) == circles
    assert len(found.steps) == moved + circles


def test_what_goes_is_taken_out_first_and_what_stays_is_not_touched():
    """One product leaves, one takes its place, one is new, the rest stays."""
    before, after = machine([1, 2, 3, 4]), machine([1, 3, 5, 4])
    found = instructions(after, CATALOG, before)
    assert [s.text for s in found.steps] == [
        "Take out Snack 2 from A2.", "Move Snack 3 from A3 to A2.", "Place 1 facing of Snack 5 at A3."]
    assert found.summary == "1 to take out, 1 to move, 1 new."


def test_facings_and_prices_are_told():
    """A product with more facings in place, and another price."""
    catalog = {1: Product(1, "Chips", "Chips", width_in=6.0), 2: Product(2, "Nuts", "Nuts", width_in=6.0)}
    empty = Planogram(Fixture.shelves(36, 2))
    before = edit.place(edit.place(empty, catalog, 1, 0, 0), catalog, 2, 0, 3)
    after = edit.set_facings(before, catalog, "A1", 2)
    after = edit.set_price(after, "A4", 2.25)
    found = instructions(after, catalog, before)
    assert [s.text for s in found.steps] == ["Give Chips at A1 2 facings instead of 1.", "Price Nuts at A4 at $2.25."]
    assert violations(after, catalog) == ()


def test_another_fixture_is_rebuilt():
    """Everything comes out, the fixture changes, everything goes in."""
    before, after = machine([1, 2]), machine([1], [2])
    found, steps = steps_of(after, CATALOG, before)
    assert [s.act for s in found.steps] == [Act.TAKE_OUT, Act.TAKE_OUT, Act.REBUILD, Act.PLACE, Act.PLACE]
    assert carried_out(steps, before, after.fixture) == wanted(after)


def test_the_same_plan_asks_for_nothing():
    """No step, and the sentence says so."""
    found = instructions(machine([1, 2]), CATALOG, machine([1, 2]))
    assert (found.steps, found.summary) == ((), "Nothing has to be done.")


def test_a_machines_own_labels_name_the_places():
    """People find selection 148, not B8."""
    plan = machine([1, 2])
    fixture = dataclasses.replace(plan.fixture, labels=(("110", "111"),))
    found = instructions(dataclasses.replace(plan, fixture=fixture), CATALOG)
    assert found.steps[1].text == "Place 1 facing of Snack 2 at 111."


def test_markdown_is_a_check_list_by_shelf_and_names_stay_data():
    """A product name with markup is written, not read."""
    catalog = {**CATALOG, 2: Product(2, "<b>*Two*</b> [x](y)", "Chips")}
    text = as_markdown(instructions(machine([1], [2]), catalog), name="Lobby #1", about="Version 3").decode()
    assert text.splitlines()[0] == "# Lobby \\#1"
    assert "## Tray A, the top one" in text
    assert "- [ ] 2. Place 1 facing of \\<b\\>\\*Two\\*\\</b\\> \\[x\\](y) at B1." in text


def test_four_hundred_positions_take_no_time():
    """A long run, every product somewhere else: sorted, not searched."""
    import time

    fixture = Fixture.shelves(600, 4)
    catalog = {i: Product(i, f"P{i}", "c", width_in=6.0) for i in range(400)}

    def plan(order):
        return Planogram(fixture, tuple(
            Position(p, n // 100, n % 100, 1, n % 100 * 6.0, 6.0) for n, p in enumerate(order)))

    before, after = plan(range(400)), plan([(i * 7 + 3) % 400 for i in range(400)])
    started = time.perf_counter()
    found = instructions(after, catalog, before)
    assert time.perf_counter() - started < 1.5
    assert found.steps
