"""Cost, waiting, faults and the price of a premium model alone, from columns of calls."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from core.capabilities.model_use import CallColumns, model_use

FIRST = date(2026, 5, 1)
PREMIUM = (2.0, 10.0)


def columns(*rows: tuple) -> CallColumns:
    """Rows of (task, day, tier, outcome, cached, cost_e6, latency, tokens in, tokens out, quality)."""
    tasks = tuple(sorted({r[0] for r in rows}))
    outcomes = tuple(sorted({r[3] for r in rows}))
    return CallColumns(
        FIRST, tasks, outcomes, np.array([r[1] for r in rows], np.int64),
        np.array([tasks.index(r[0]) for r in rows], np.int64), np.array([r[2] for r in rows], np.int64),
        np.array([outcomes.index(r[3]) for r in rows], np.int64),
        np.array([r[3] in ("ok", "fell back") for r in rows], bool), np.array([r[3] == "fell back" for r in rows], bool),
        np.array([r[4] for r in rows], bool), np.array([r[5] for r in rows], np.int64),
        np.array([r[6] for r in rows], float), np.array([r[7] for r in rows], np.int64),
        np.array([r[8] for r in rows], np.int64), np.array([r[9] for r in rows], float),
    )


CALLS = columns(
    ("overview", 0, 0, "ok", False, 0, 2.0, 0, 0, np.nan),
    ("overview", 0, 1, "ok", False, 0, 400.0, 1000, 100, 1.0),
    ("overview", 2, 2, "rejected", False, 500, 900.0, 1000, 100, 0.0),
    ("overview", 2, 0, "fell back", False, 0, 1.0, 0, 0, np.nan),
    ("analysis", 1, 3, "ok", False, 40_000, 3000.0, 10_000, 2000, 1.0),
    ("analysis", 2, 3, "ok", True, 0, 3.0, 0, 0, 1.0),
)


def test_kinds_are_told_by_cost_with_their_shares_and_waits() -> None:
    """A rejected call costs, and is no answer; a rule for want of better is not counted as local."""
    use = model_use(CALLS, 3, PREMIUM)
    analysis, overview = use.kinds
    assert (analysis.task, analysis.answers, analysis.local_share, analysis.cached) == ("analysis", 2, 0.0, 1)
    assert (overview.answers, overview.fell_back, overview.failed) == (3, 1, 1)
    assert overview.local_share == pytest.approx(2 / 3)
    assert (overview.p50_ms, overview.quality) == (2.0, 0.5)
    assert use.faults == {"rejected": 1, "fell back": 1}
    assert use.whole.answers == 5


def test_money_by_day_adds_up_to_what_was_spent() -> None:
    """Of calls that failed as well."""
    use = model_use(CALLS, 3, PREMIUM)
    assert use.cost.shape == (2, 3)
    assert use.cost.sum(axis=1) == pytest.approx([k.cost_usd for k in use.kinds])
    assert use.whole.cost_usd == pytest.approx(0.0405)
    assert use.days[0] == FIRST


def test_all_premium_takes_unknown_lengths_by_the_mean_of_their_kind() -> None:
    """Two answers tell their length: an overview of $0.003 and an analysis of $0.04."""
    use = model_use(CALLS, 3, PREMIUM)
    assert use.all_premium_usd == pytest.approx(3 * 0.003 + 2 * 0.04)
    assert use.measured == pytest.approx(2 / 5)


def test_without_calls_or_lengths_nothing_is_made_up() -> None:
    """No share, no wait, no comparison."""
    none = model_use(columns(), 7, PREMIUM)
    assert (none.whole.local_share, none.whole.p95_ms, none.all_premium_usd, none.kinds) == (None, None, None, ())
    ruled = model_use(columns(("label", 0, 0, "ok", False, 0, 1.0, 0, 0, np.nan)), 7, PREMIUM)
    assert ruled.all_premium_usd is None
    assert model_use(CALLS, 3, None).all_premium_usd is None
