"""Use of models through the door: what was asked, what may be spent, what people said, what was heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from core.errors import BadInput, NotAllowed
from core.language import MICRO, Answer, Call, Caps, LanguageTask, Tier
from core.models import Models
from core.small_models import Heard
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.language import StoreLedger
from core.store.questions import add_question_feedback
from core.workbench import Workbench
from core.workbench.door import equip
from ml.backends import Backend
from ml.openai_compatible import OpenAICompatible
from ml.router import Router

CALL = Call("overview", "small", Tier.MID, "ok", "", 500.0, 2 * MICRO, 1000, 100, quality=1.0, complexity=0.5,
            prompt="overview 1")


@dataclass
class Mood:
    """Feels what its script says."""

    name: str = "mood"

    def prepare(self) -> None:
        """Nothing to load."""

    def scores(self, texts: Sequence[str]) -> list[float]:
        return [0.8 if "good" in text else -0.6 for text in texts]


@dataclass
class Ear:
    name: str = "ear"

    def prepare(self) -> None:
        """Nothing to load."""

    def transcribe(self, wav: bytes) -> Heard:
        return Heard("what sold best", 0.7, 2.0)


@pytest.fixture
def bench(database: Database) -> Workbench:
    model = OpenAICompatible("small", "http://127.0.0.1:9/v1", "small")
    router = Router((Backend(model, Tier.MID, 1.0, 1.0),), Caps(MICRO, 5 * MICRO, 20 * MICRO, 100 * MICRO))
    equip(database, Models(language=router, sentiment=Mood(), speech=Ear()))
    made = Workbench(database, Actor(None, 1, "admin"))
    with database.session(made.actor) as session:
        for table in (t.Inference, t.RouterPolicy, t.QuestionFeedback):
            session.execute(delete(table))
    return made


def test_the_period_ends_today_and_leaves_out_what_lies_before(bench: Workbench, database: Database) -> None:
    """Calls of the photo reader, which have no prompt, are not the router's."""
    StoreLedger(database, bench.actor).note(CALL)
    StoreLedger(database, bench.actor).note(Call("photo", "reader", Tier.LOCAL, "ok", ""))
    StoreLedger(database, bench.actor, lambda: t.now() - timedelta(days=8)).note(CALL)
    week, month = bench.model_use(7), bench.model_use(30)
    assert (week.whole.answers, month.whole.answers) == (1, 2)
    assert week.cost[0, -1] == pytest.approx(2.0)
    assert week.days[-1] == t.now().date()
    with pytest.raises(BadInput):
        bench.model_use(0)


def test_a_budget_set_here_stops_the_next_call(bench: Workbench) -> None:
    """By an admin; it can only be tighter than that of the settings, and a rule answers marked."""
    asked = LanguageTask("analysis", {"a": 1}, lambda: "by rule", within_s=1.0)
    bench.set_model_budgets({"request": 0.0, "month": 5_000.0})
    answer: Answer = bench.memory.models.language.answer(asked, bench.ledger)
    assert (answer.text, answer.degraded) == ("by rule", True)
    assert "over budget" in answer.reason
    assert bench.budget_limits()["month"] == (100.0, 100.0)
    assert bench.budget_limits()["request"] == (0.0, 1.0)


def test_budgets_are_an_admins_and_outlive_a_rollback(bench: Workbench, database: Database) -> None:
    """Nonsense is refused and changes nothing."""
    bench.set_model_budgets({"day": 3.0})
    bench.roll_back_router(0)
    assert bench.budget_limits()["day"] == (3.0, 20.0)
    for wrong in ({"year": 1.0}, {"day": -1.0}, {"day": float("nan")}):
        with pytest.raises(BadInput):
            bench.set_model_budgets(wrong)
    with pytest.raises(NotAllowed):
        Workbench(database, Actor(None, 1, "manager")).set_model_budgets({"day": 9.0})
    assert bench.budget_limits()["day"] == (3.0, 20.0)


def test_what_is_spent_counts_for_user_day_and_month(bench: Workbench, database: Database) -> None:
    """Of this user, of everyone."""
    StoreLedger(database, bench.actor).note(CALL)
    assert [(b.name, b.spent_usd, b.cap_usd) for b in bench.model_budgets()] == [
        ("user_day", 2.0, 5.0), ("day", 2.0, 20.0), ("month", 2.0, 100.0),
    ]


def test_acceptance_counts_verdicts_and_feels_the_remarks(bench: Workbench, database: Database) -> None:
    """By who answered."""
    with database.session(bench.actor) as session:
        for verdict, comment in (("right", "good one"), ("right", ""), ("wrong", "useless")):
            add_question_feedback(session, "q", verdict, comment=comment)
    found = bench.model_acceptance()
    assert [(a.by, a.right, a.judged) for a in found] == [("rules", 2, 3)]
    assert found[0].mood == pytest.approx(0.1)


def test_drift_needs_calls_on_both_sides(bench: Workbench, database: Database) -> None:
    """Then tells what has moved."""
    assert bench.model_drift() == ()
    old = StoreLedger(database, bench.actor, lambda: t.now() - timedelta(days=10))
    for _ in range(30):
        old.note(CALL)
        StoreLedger(database, bench.actor).note(Call(
            "overview", "small", Tier.LOCAL, "ok", "", 5.0, quality=0.2, complexity=0.9, prompt="overview 1"))
    assert {d["what"]: d["grade"] for d in bench.model_drift()}["tiers"] == "grave"


def test_a_weekly_look_that_changes_nothing_is_kept_and_a_roll_out_does_not_delay_the_next(
    bench: Workbench, database: Database
) -> None:
    """The report says what was seen; the thresholds stay."""
    bench.roll_out_model("small", 50.0)
    ledger = StoreLedger(database, bench.actor)
    for i in range(40):
        outcome = "ok" if i % 5 else "rejected"
        ledger.note(Call("overview", "small", Tier.LOCAL, outcome, "", 5.0, complexity=0.5, prompt="overview 1"))
    policy = bench.tune_language()
    newest = bench.router_policies()[0]
    assert (newest.origin, newest.report["steps"][0]["judged"]) == ("checked", 40)
    assert policy.local_limit("overview") == 0.55
    assert policy.roll_out == {"small": 50.0}
    assert bench.tune_language().version == policy.version


def test_what_was_heard_is_logged_without_its_words(bench: Workbench, database: Database) -> None:
    """As a local call; without a model, one sentence says to type."""
    assert bench.heard(b"RIFF") == Heard("what sold best", 0.7, 2.0)
    with database.session(bench.actor) as session:
        row = session.scalars(select(t.Inference).where(t.Inference.task == "voice")).one()
    assert (row.model, row.is_local, row.cost_usd_e6, row.quality) == ("ear", True, 0, 0.7)
    assert "sold" not in row.reason
    equip(database, Models())
    assert bench.speech is None
    with pytest.raises(BadInput):
        bench.heard(b"RIFF")
