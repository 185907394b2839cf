"""The short way of comparing two plans against the long one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.capabilities.change import change, paired_delta
from core.capabilities.valuation import layout_of, money_of, season_ahead
from core.planogram import edit
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram
from core.site.site import Site
from tests.support.sites import make_catalog, make_plan, make_site

FIXTURE = Fixture.machine((4, 4, 3))


def long_way(current: Planogram, proposed: Planogram, site: Site) -> np.ndarray:
    season = season_ahead(site)
    totals = [
        money_of(site, site.response.layout(p), site.response.draws, season).sum(axis=1)
        for p in (current, proposed)
    ]
    return totals[1] - totals[0]


def rich_site(plan: Planogram, seed: int = 3) -> Site:
    rng = np.random.default_rng(seed)
    affinity = {(a, b): float(rng.normal(0, 0.6)) for a in range(1, 8) for b in range(8, 12)}
    return make_site(FIXTURE, make_catalog(14), slot=rng.normal(0, 0.3, 11), affinity=affinity, diversion=0.4,
                     reference=plan, draws=40)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 12), min_size=11, max_size=11),
    st.lists(st.integers(0, 12), min_size=11, max_size=11),
)
def test_paired_delta_equals_the_difference_of_whole_plans(a: list[int], b: list[int]) -> None:
    """For plans that share nothing as well as for equal ones."""
    current, proposed = make_plan(FIXTURE, a), make_plan(FIXTURE, b)
    site = rich_site(current)
    short = paired_delta(current, proposed, site, season_ahead(site), site.response.draws)
    np.testing.assert_allclose(short, long_way(current, proposed, site), atol=1e-9)


def test_an_edit_touches_only_the_categories_concerned() -> None:
    """The layout after an edit is derived from the one before, and equals the one built anew."""
    plan = make_plan(FIXTURE, range(1, 12))
    site = rich_site(plan)
    after = edit.swap(plan, site.catalog, "A1", "C3")
    found = change(plan, after, site)
    assert 0 < found.touched.sum() < len(site.response.categories)
    built = site.response.layout(after)
    for name in built.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(layout_of(after, site), name), getattr(built, name))


def test_no_change_is_worth_nothing() -> None:
    """An equal copy of a plan differs in nothing."""
    plan = make_plan(FIXTURE, range(1, 12))
    site = rich_site(plan)
    season = season_ahead(site)
    assert paired_delta(plan, plan, site, season, None).tolist() == [0.0]
    copy = make_plan(FIXTURE, range(1, 12))
    assert paired_delta(plan, copy, site, season, None)[0] == pytest.approx(0.0, abs=1e-12)
