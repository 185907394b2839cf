"""What models cost is written down before it is spent, on both kinds of database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.language import Call, Caps, KeptAnswer, OverBudget, Policy, Tier
from core.store import language
from core.store.database import Actor, Database
from core.store.language import StoreLedger

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CALL = Call("overview", "mid", Tier.MID, "started", "because", prompt="overview 1")
WIDE = Caps(request=10**9, user_day=10**9, day=10**9, month=10**9)


def _ledger(database: Database, actor: Actor, at: datetime = NOON) -> StoreLedger:
    return StoreLedger(database, actor, lambda: at)


def _spend(ledger: StoreLedger, usd_e6: int, caps: Caps = WIDE) -> int:
    call_id = ledger.reserve(CALL, usd_e6, caps)
    ledger.settle(call_id, replace(CALL, outcome="ok", cost_usd_e6=usd_e6))
    return call_id


@pytest.mark.parametrize("cap", ["request", "user_day", "day", "month"])
def test_a_call_that_could_reach_beyond_a_cap_is_not_made(database: Database, acme: Actor, cap: str) -> None:
    """Whichever cap it is, and nothing is noted."""
    ledger = _ledger(database, acme)
    with pytest.raises(OverBudget):
        ledger.reserve(CALL, 101, replace(WIDE, **{cap: 100}))
    with database.session(acme) as session:
        assert language.calls(session, NOON - timedelta(days=1)) == []


def test_what_is_set_aside_counts_until_it_is_settled(database: Database, acme: Actor) -> None:
    """A call in the air holds its most; settled, it holds its cost."""
    ledger = _ledger(database, acme)
    first = ledger.reserve(CALL, 80, replace(WIDE, day=100))
    with pytest.raises(OverBudget):
        ledger.reserve(CALL, 30, replace(WIDE, day=100))
    ledger.settle(first, replace(CALL, outcome="ok", cost_usd_e6=10))
    ledger.reserve(CALL, 30, replace(WIDE, day=100))


def test_budgets_hold_with_twenty_threads(database: Database, acme: Actor) -> None:
    """Sixty calls of 7 at once under a cap of 100: fourteen are made."""
    caps = replace(WIDE, month=100)

    def call(_n: int) -> bool:
        try:
            _spend(_ledger(database, acme), 7, caps)
        except OverBudget:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        made = sum(pool.map(call, range(60)))
    with database.session(acme) as session:
        spent = sum(c.call.cost_usd_e6 for c in language.calls(session, NOON - timedelta(days=1)))
    assert (made, spent) == (14, 98)


def test_days_months_users_and_companies_have_budgets_of_their_own(
    database: Database, acme: Actor, other: Actor
) -> None:
    """Yesterday's money is not today's, last month's not this month's, another company's not ours."""
    _spend(_ledger(database, acme), 90)
    caps = replace(WIDE, day=100)
    _spend(_ledger(database, acme, NOON + timedelta(days=1)), 90, caps)
    _spend(_ledger(database, other), 90, caps)
    with pytest.raises(OverBudget):
        _spend(_ledger(database, acme, NOON + timedelta(days=1)), 90, replace(WIDE, month=200))
    _spend(_ledger(database, acme, NOON + timedelta(days=12)), 90, replace(WIDE, month=200))


def test_answers_are_kept_for_a_day_and_for_their_company(
    database: Database, acme: Actor, other: Actor
) -> None:
    """The same key of another company is another answer."""
    answer = KeptAnswer({"rows": [1, None, "x"]}, "mid", Tier.MID, 0.9)
    _ledger(database, acme).keep("k", answer)
    _ledger(database, acme).keep("k", answer)
    assert _ledger(database, acme).kept("k") == answer
    assert _ledger(database, other).kept("k") is None
    assert _ledger(database, acme, NOON + timedelta(hours=25)).kept("k") is None


def test_policies_are_versions_and_an_old_one_can_be_put_back(database: Database, acme: Actor) -> None:
    """The newest is in force; a rollback is a new version."""
    ledger = _ledger(database, acme)
    assert ledger.policy() == Policy()
    with database.session(acme) as session:
        first = language.save_policy(session, Policy(local_up_to={"overview": 0.4}), "person")
        language.save_policy(session, replace(first, local_up_to={"overview": 0.9}), "tuned", {"why": "seen"})
        again = language.save_policy(session, first, "rolled back")
        cards = language.policies(session)
    assert ledger.policy() == again == replace(first, version=3)
    assert [c.origin for c in cards] == ["rolled back", "tuned", "person"]


def test_usage_tells_local_from_bought_and_answers_from_calls(database: Database, acme: Actor) -> None:
    """A failed call is a call, but no answer; a cached answer is an answer, but no call."""
    ledger = _ledger(database, acme)
    ledger.note(replace(CALL, tier=Tier.RULES, model="rule", outcome="ok"))
    ledger.note(replace(CALL, tier=Tier.LOCAL, model="small", outcome="rejected", quality=0.3))
    _spend(ledger, 2_000_000)
    ledger.note(replace(CALL, outcome="ok", cache="memory"))
    ledger.note(replace(CALL, tier=Tier.RULES, model="rule", outcome="fell back"))
    with database.session(acme) as session:
        found = language.usage(session, NOON - timedelta(hours=1), NOON + timedelta(hours=1))[()]
        by_model = language.usage(session, NOON - timedelta(hours=1), NOON + timedelta(hours=1), ("model",))
    assert (found.calls, found.answers, found.local, found.cached, found.fell_back, found.failed_calls) == (
        2, 4, 1, 1, 1, 1)
    assert (found.cost_usd, found.local_share) == (2.0, 0.25)
    assert set(by_model) == {("rule",), ("small",), ("mid",)}


def test_an_answer_that_many_keep_at_once_is_kept(database: Database, acme: Actor) -> None:
    """The same question of many people at the same moment is no defect of any of them."""
    ledger = _ledger(database, acme)
    for key in ("one", "two", "three"):
        with ThreadPoolExecutor(8) as pool:
            made = [pool.submit(ledger.keep, key, KeptAnswer(str(n), "mid", Tier.MID, 0.9)) for n in range(16)]
        assert [one.exception() for one in made] == [None] * 16
        assert ledger.kept(key) is not None


@pytest.mark.parametrize("said", ["what\x00 it said", "half \ud83d of a sign"])
def test_what_a_model_says_of_itself_can_be_noted(database: Database, acme: Actor, said: str) -> None:
    """Reasons quote answers, which may hold what no text of a database can."""
    ledger = _ledger(database, acme)
    ledger.settle(ledger.reserve(CALL, 5, WIDE), replace(CALL, outcome="rejected", reason=said))
    ledger.note(replace(CALL, reason=said))
    with database.session(acme) as session:
        reasons = {c.call.reason for c in language.calls(session, NOON - timedelta(days=1))}
    assert len(reasons) == 1
    assert reasons.pop() in ("what it said", "half  of a sign")


def test_an_answer_with_a_sign_that_no_text_holds_is_kept(database: Database, acme: Actor) -> None:
    """As it is, or without the sign."""
    ledger = _ledger(database, acme)
    ledger.keep("odd", KeptAnswer("a\x00b\ud83dc", "mid", Tier.MID, 0.9))
    kept = ledger.kept("odd")
    assert kept is not None
    assert kept.value.startswith("a")
