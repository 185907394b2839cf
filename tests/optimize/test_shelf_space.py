"""The open shelf space instance: plans keep every printed constraint, and their loss is the model's own."""

from __future__ import annotations

import numpy as np
import pytest

from core.optimize.solve import solve
from tests.support import shelf_space as open_model

needs_data = pytest.mark.skipif(not open_model.FOLDER.exists(), reason="the open shelf space instance is not here")
pytestmark = [pytest.mark.real, needs_data]


@pytest.mark.parametrize("blocks", [False, True])
def test_plan_keeps_every_printed_constraint(blocks: bool) -> None:
    """No row, bound or whole number of the printed model is broken, and objective and bound agree with it."""
    case = open_model.small()
    posed, asked = open_model.problem(case, blocks=blocks), open_model.model(case, blocks=blocks)
    found = solve(posed, time_limit_s=12)
    x = open_model.values(case, asked, posed, found)
    assert open_model.broken(asked, x) == 0
    assert open_model.loss(case, asked, x) == pytest.approx(case.worst - found.objective)
    assert case.worst - found.bound <= open_model.loss(case, asked, x) + 1e-6
    assert len(np.unique(case.block[posed.options.item[found.chosen]])) > 1


def test_checker_sees_what_is_broken() -> None:
    """Facings that do not fit, half a facing, a window moved or narrowed are each counted."""
    case = open_model.small()
    posed, asked = open_model.problem(case, blocks=True), open_model.model(case, blocks=True)
    found = solve(posed, time_limit_s=8)
    x, column = open_model.values(case, asked, posed, found), asked.columns
    window = found.windows[0]
    place = (window.block, window.first)
    for name, at, more in (("n", (0, 0), 40.0), ("n", (0, 0), 0.5), ("x", place, 9.0), ("b", place, -9.0)):
        changed = x.copy()
        changed[column[name][at]] += more
        assert open_model.broken(asked, changed) > 0
