"""No sequence of edits, on any kind of fixture and in either rule set, breaks a hard rule."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, WorkbenchError
from core.planogram import edit
from core.planogram.planogram import RuleSet
from core.planogram.rules import violations
from tests.planogram.strategies import catalogs, empty_plans, keeps_the_rules

K = st.integers(0, 10_000)
WILD = st.one_of(st.integers(-3, 40), st.integers(), st.floats(), st.booleans())
FEW = st.one_of(st.integers(1, 4), WILD)
INCHES = st.one_of(st.floats(0, 60), st.floats())
PRICE = st.one_of(st.none(), st.floats(0, 9), WILD)

EDITS = st.one_of(
    st.tuples(st.just("place"), K, K, st.integers(0, 3)),
    st.tuples(st.just("place_at"), K, K, INCHES),
    st.tuples(st.just("drop_new"), K, K),
    st.tuples(st.just("drop"), K, K),
    st.tuples(st.just("move"), K, K),
    st.tuples(st.just("move_at"), K, K, INCHES),
    st.tuples(st.just("swap"), K, K),
    st.tuples(st.just("remove"), K),
    st.tuples(st.just("facings"), K, st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.just("facings"), K, FEW, FEW),
    st.tuples(st.just("price"), K, PRICE),
    st.tuples(st.just("stock"), K, st.integers(0, 9), st.integers(5, 12)),
    st.tuples(st.just("stock"), K, FEW, FEW),
    st.tuples(st.just("lock"), K),
    st.tuples(st.just("unlock"), K),
    st.tuples(st.just("copy_row"), K, K),
    st.tuples(st.just("move_many"), K, K, st.integers(-2, 2), st.integers(-3, 3)),
    st.tuples(st.just("rule_set"), st.sampled_from(RuleSet)),
    st.tuples(st.just("wild"), WILD, WILD, WILD, WILD),
)


def apply(plan, catalog, name, *args):  # noqa: C901  one branch an edit
    """One edit whose numbers choose among what the plan has; raises as the edit does."""
    cells = plan.fixture.cells()
    if name in USES_SOURCE and not plan.positions:
        raise BadInput("Nothing stands here.")
    here = plan.positions[args[0] % len(plan.positions)] if name in USES_SOURCE else (0, 0)
    product = args[0] % (len(catalog) + 1) + 1 if name in USES_PRODUCT else 0
    match name:
        case "place":
            return edit.place(plan, catalog, product, *cells[args[1] % len(cells)], facings=args[2])
        case "place_at":
            return edit.place(plan, catalog, product, args[1] % plan.fixture.rows, x_in=args[2])
        case "drop_new":
            return edit.drop(plan, catalog, cells[args[1] % len(cells)], product_id=product).plan
        case "drop":
            return edit.drop(plan, catalog, cells[args[1] % len(cells)], source=here).plan
        case "move":
            return edit.move(plan, catalog, here, *cells[args[1] % len(cells)])
        case "move_at":
            return edit.move(plan, catalog, here, args[1] % plan.fixture.rows, x_in=args[2])
        case "swap":
            return edit.swap(plan, catalog, here, plan.positions[args[1] % len(plan.positions)])
        case "remove":
            return edit.remove(plan, catalog, here)
        case "facings":
            return edit.set_facings(plan, catalog, here, args[1], high=args[2])
        case "price":
            return edit.set_price(plan, here, args[1])
        case "stock":
            return edit.set_stock(plan, here, quantity=args[1], capacity=args[2])
        case "lock" | "unlock":
            return getattr(edit, name)(plan, here)
        case "copy_row":
            return edit.copy_row(plan, catalog, args[0] % plan.fixture.rows, args[1] % plan.fixture.rows)
        case "move_many":
            others = plan.positions[args[1] % len(plan.positions) :][:2]
            return edit.move_many(plan, catalog, [here, *others], args[2], args[3])
        case "rule_set":
            return edit.switch_rule_set(plan, catalog, args[0]).plan
        case _:
            return edit.place(plan, catalog, 1, args[0], args[1], facings=args[2], x_in=args[3])


USES_SOURCE = {"drop", "move", "move_at", "swap", "remove", "facings", "price", "stock", "lock", "unlock",
               "move_many"}
USES_PRODUCT = {"place", "place_at", "drop_new"}


def filled(plan, catalog, step=2):
    """The plan with products dropped along it as far as they go."""
    for k, cell in enumerate(plan.fixture.cells()[:: max(step, plan.fixture.cell_count // 20)]):
        with suppress(WorkbenchError):
            plan = edit.drop(plan, catalog, cell, product_id=k % len(catalog) + 1).plan
    return plan


def run(plan, catalog, edits):
    """Applies what is allowed and yields every plan on the way."""
    plan = filled(plan, catalog)
    yield plan
    for name, *args in edits:
        with suppress(WorkbenchError):
            plan = apply(plan, catalog, name, *args)
        yield plan


@settings(max_examples=150, deadline=None)
@given(empty_plans, catalogs(), st.lists(EDITS, max_size=20))
def test_no_sequence_of_edits_breaks_a_hard_rule(plan, catalog, edits):
    """Every plan on the way keeps every hard rule, and no edit touches the plan it was given."""
    previous, before = plan, repr(plan)
    for now in run(plan, catalog, edits):
        assert violations(now, catalog) == ()
        keeps_the_rules(now, catalog)
        assert repr(previous) == before
        previous, before = now, repr(now)


@settings(max_examples=100, deadline=None)
@given(empty_plans, catalogs(), st.lists(EDITS, max_size=10), K, K)
def test_highlighted_cells_are_those_where_a_drop_succeeds(plan, catalog, edits, product, source):
    """legal_targets says of every cell what drop then does."""
    plan = [*run(plan, catalog, edits)][-1]
    product_id = product % len(catalog) + 1
    held = [{"product_id": product_id}]
    held += [{"source": plan.positions[source % len(plan.positions)]}] if plan.positions else []
    for drag in held:
        legal = edit.legal_targets(plan, catalog, product_id, drag.get("source"))
        assert legal.shape == (plan.fixture.cell_count,)
        for cell in plan.fixture.cells()[:: max(1, plan.fixture.cell_count // 50)]:
            assert legal[plan.fixture.cell_index(*cell)] == drops(plan, catalog, cell, drag), (cell, drag)


def drops(plan, catalog, cell, drag):
    try:
        edit.drop(plan, catalog, cell, **drag)
    except WorkbenchError:
        return False
    return True


@settings(max_examples=80, deadline=None)
@given(empty_plans, catalogs(), st.lists(EDITS, max_size=10), K, K)
def test_a_drag_from_slot_to_slot_keeps_what_the_position_carries(plan, catalog, edits, source, target):
    """Moves and swaps change places only: never facings, stock or price."""
    plan = [*run(plan, catalog, edits)][-1]
    try:
        after = apply(plan, catalog, "drop", source, target)
    except WorkbenchError:
        return
    assert carried(after) == carried(plan)


def carried(plan):
    return sorted(
        repr((p.product_id, p.facings, p.facings_high, p.facings_deep, p.capacity, p.quantity, p.par_level,
              p.price, p.locked, round(p.width_in, 6)))
        for p in plan.positions
    )
