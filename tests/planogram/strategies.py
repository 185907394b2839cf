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
empty_plans = st.builds(lambda f, r: Planogram(f, (), r), fixtures, st.sampled_from(RuleSet))
