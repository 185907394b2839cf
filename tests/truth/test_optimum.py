"""The optimizer against the truth of one small world; `make optimum` measures large ones."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.truth.evaluate import first_world
from tests.truth.optimum import evaluate_optimum, report, share


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return evaluate_optimum(first_world(7, machines=5, stores=0, days=240), most=5)


def test_the_estimated_model_is_good_enough_to_act_on(rows):
    """Most of what the true optimum would add, in a world of few machines."""
    assert share(rows).median() > 0.8


def test_no_plan_truly_earns_less_than_what_stands_or_than_the_automatic_layout(rows):
    """Under the truth, not only under the estimate."""
    assert (rows.ours > rows.now).all()
    assert (rows.ours > rows.autofill).all()


def test_what_is_predicted_is_near_what_is_true(rows):
    """Choosing the best does not make the lift a boast: on average within a third of it."""
    true = 100.0 * (rows.ours / rows.now - 1.0)
    assert rows.point.mean() == pytest.approx(true.mean(), rel=1 / 3)


def test_the_report_names_every_cabinet(rows):
    """A table a person can read."""
    text = report(rows)
    assert all(f"| {name} |" in text for name in rows.name)
    assert "Median share" in text
