"""The router's thresholds follow the log, a step at a time, and drift is told."""

from __future__ import annotations

import random

from core.language import Call, Policy, Tier
from ml.learning import drift_of, tune, wilson


def _calls(good: int, bad: int, complexity: float = 0.5, tier: Tier = Tier.LOCAL) -> list[Call]:
    def made(outcome: str, quality: float) -> Call:
        return Call("overview", "m", tier, outcome, "", 100.0, quality=quality, complexity=complexity)

    return [made("ok", 0.95)] * good + [made("rejected", 0.3)] * bad


def test_a_threshold_rises_where_answers_below_it_are_good() -> None:
    """By one step, and never over the highest."""
    tuned = tune(_calls(100, 1), [], Policy())
    assert tuned.changed
    assert tuned.policy.local_limit("overview") == 0.6
    assert tune(_calls(100, 0, 0.89), [], Policy(local_up_to={"overview": 0.9})).policy.local_limit("overview") == 0.9


def test_a_threshold_falls_where_answers_below_it_are_poor() -> None:
    """By one step."""
    assert tune(_calls(10, 30), [], Policy()).policy.local_limit("overview") == 0.5


def test_little_evidence_changes_nothing() -> None:
    """Too few calls, calls far below the threshold, calls from the cache, or a share in between."""
    for calls in (_calls(10, 0), _calls(50, 0, 0.1), _calls(42, 8)):
        assert not tune(calls, [], Policy()).changed


def test_the_report_tells_what_was_seen() -> None:
    """As plain values."""
    report = tune(_calls(100, 1), _calls(50, 50), Policy()).report()
    assert report["steps"][0] == {
        "kind": "overview", "tier": "local", "before": 0.55, "after": 0.6, "judged": 101, "good": 100}
    assert {d["what"]: d["grade"] for d in report["drift"]}["quality"] == "grave"


def test_the_same_weeks_do_not_drift_and_others_do() -> None:
    """By the population stability index."""
    rng = random.Random(5)

    def week(mean: float) -> list[Call]:
        return [Call("k", "m", Tier.LOCAL, "ok", "", rng.gauss(mean, 20), quality=0.9, complexity=0.4)
                for _ in range(500)]

    same = {d.what: d.grade for d in drift_of(week(100), week(100))}
    other = {d.what: d.grade for d in drift_of(week(130), week(100))}
    assert same["latency"] == "none"
    assert other["latency"] == "grave"
    assert drift_of(week(1)[:5], week(1)) == ()


def test_the_interval_of_a_share_holds_it() -> None:
    """And stays within 0 and 1."""
    low, high = wilson(18, 20)
    assert 0.0 <= low < 0.9 < high <= 1.0
