"""The step from the posterior's mode to its mean."""

from __future__ import annotations

import numpy as np
import pytest

from core.site import skew
from core.site.affinity import log_lift
from core.site.arrays import inverse
from core.site.cells import goods_of, site_cells
from core.site.days import day_factors
from core.site.design import build_index, site_design, told_apart
from core.site.solver import local_variance, solve
from core.site.state import SiteState, Solution, means
from tests.site.worlds import tiny_world


@pytest.fixture(scope="module")
def solution() -> Solution:
    world = tiny_world(seed=2, sites=1, days=120, periods=3)
    goods = goods_of(world.catalog)
    history = world.histories[0]
    affinity = log_lift([history], goods.product_ids, goods.category)
    cells = site_cells(history, goods, affinity, day_factors([history])[0])
    stocked = np.unique(cells.standing.product)
    index = build_index(
        stocked, np.zeros((len(stocked), 0)), ["office"], [history.fixture], len(goods.categories),
        *told_apart([cells]),
    )
    return solve([site_design(cells, goods, index)], index, len(goods))


def test_log_rates_bend_as_their_second_differences_say(solution):
    """Along a random direction of the levels, against the model's own rates."""
    state = solution.sites[0]
    m, size = means(state, solution), state.design.local_size
    direction = np.zeros(m.jacobian.shape[1])
    direction[:size] = np.random.default_rng(1).normal(size=size)
    flat, _ = skew._bending(
        state, m, np.outer(direction, direction), np.zeros(len(m.rate)), _groups(state)
    )
    step, there = 1e-3, state.local
    logs = []
    for sign in (1, -1):
        state.local = there + sign * step * direction[:size]
        logs.append(np.log(means(state, solution).rate))
    state.local = there
    second = (logs[0] + logs[1] - 2 * np.log(m.rate)) / step**2
    assert flat[_groups(state)] == pytest.approx(second, abs=1e-4)
    assert np.abs(second).max() > 0.01


def test_the_joint_covariance_holds_the_parts_that_others_use(solution):
    """Own variances on its diagonal, the group's block in its corner, symmetric."""
    state = solution.sites[0]
    joint = skew.joint_covariance(state, solution.covariance, inverse(state.factor[0]))
    size, touched = state.design.local_size, state.design.touched
    assert joint == pytest.approx(joint.T, abs=1e-10)
    assert np.diag(joint)[:size] == pytest.approx(local_variance(state, solution.covariance))
    assert joint[size:, size:] == pytest.approx(solution.covariance[np.ix_(touched, touched)])


def _groups(state: SiteState) -> np.ndarray:
    standing = state.design.cells.standing
    group = np.zeros(len(state.design.cells.unit_product), np.int64)
    group[standing.unit] = standing.group
    return group
