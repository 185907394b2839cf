"""Hypothesis strategies of the engine's values."""

from __future__ import annotations

from hypothesis import strategies as st

from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.product import Product

WIDTHS = st.one_of(
    st.sampled_from([0.5, 3.0, 5.99, 6.0, 11.99, 12.0, 17.5, 18.0, 30.0]), st.floats(0.2, 40.0)
)
ZONES = st.sampled_from([None, None, None, *TemperatureZone])


@st.composite
def catalogs(draw, max_size=8):
    """A small catalog, ids from 1."""
    n = draw(st.integers(1, max_size))
    return {
        i: Product(
            i, f"Product {i}", draw(st.sampled_from(["chips", "candy", "drinks"])), width_in=draw(WIDTHS),
            pack_height_in=draw(st.sampled_from([0.0, 4.9, 5.0, 8.0])), temperature=draw(ZONES),
            price=draw(st.floats(0, 10)), cost=draw(st.floats(0, 10)),
            overall_score=draw(st.one_of(st.none(), st.floats(0, 100))),
        )
        for i in range(1, n + 1)
    }


cell_fixtures = st.builds(
    Fixture.shelves, st.floats(6.0, 60.0), st.integers(1, 4),
    temperature_zone=st.sampled_from([TemperatureZone.AMBIENT, TemperatureZone.FROZEN]),
)
machines = st.builds(Fixture.machine, st.lists(st.integers(1, 8), min_size=1, max_size=5).map(tuple))
free_fixtures = st.builds(
    Fixture.shelves, st.floats(10.0, 60.0), st.integers(1, 3), cell_width_in=st.sampled_from([0.1, 1.0, 2.5])
)
fixtures = st.one_of(cell_fixtures, machines, free_fixtures)


def keeps_the_rules(plan, catalog):
    """The hard rules once more, pair by pair and in inches, sharing no code with ``rules``."""
    fixture, pitch = plan.fixture, plan.fixture.cell_width_in
    free, machine = fixture.placement == "free", fixture.placement == "slots"
    for k, p in enumerate(plan.positions):
        product = catalog[p.product_id]
        assert product.temperature in (None, fixture.temperature_zone)
        assert all(type(n) is int and n >= 1 for n in (p.facings, p.facings_high, p.facings_deep))
        assert 0 <= p.row < fixture.rows
        end = fixture.width_in if free else fixture.row_columns[p.row] * pitch
        assert -0.01 <= p.x_in <= p.x_in + p.width_in <= end + 0.0101
        wide = 1 if product.width_in < 12 else int(product.width_in // 6)
        needed = p.facings * (product.width_in if free else pitch * (1 if machine else wide))
        if free:
            assert p.width_in > 0
            assert plan.rule_set == "as found" or p.width_in >= needed - 0.0101
        else:
            assert abs(p.width_in - needed) < 0.01
        for q in plan.positions[:k]:
            shared = min(p.x_in + p.width_in, q.x_in + q.width_in) - max(p.x_in, q.x_in)
            assert p.row != q.row or shared < 0.0101
            assert plan.rule_set == "as found" or p.product_id != q.product_id
        numbers = (p.capacity, p.quantity, p.par_level, p.price)
        assert all(v is None or 0 <= v < float("inf") for v in numbers)


empty_plans = st.builds(lambda f, r: Planogram(f, (), r), fixtures, st.sampled_from(RuleSet))
