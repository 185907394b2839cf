"""Language models through the door: the overview's words, tuning, roll-out and taking it back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.capabilities.overview.spoken import told
from core.capabilities.overview.words import TEMPLATE, Facts, FairShare, Improvement, Metrics
from core.errors import BadInput, NotAllowed
from core.language import Call, Tier
from core.models import Models
from core.store.database import Actor, Database
from core.store.language import StoreLedger
from core.workbench import Workbench
from core.workbench.door import equip
from ml.backends import Backend
from ml.openai_compatible import OpenAICompatible
from ml.quality import judge_text
from ml.router import Router
from tests.support.language_server import LanguageServer, Reply, language_server

FACTS = Facts(
    Metrics(
        space_utilization=0.873, category_balance=0.81, osa=0.964, daily_revenue=108.4, daily_interval=(96.2, 121.0),
        daily_margin=40.0, revenue_per_size=1.81, size_word="slot", best_places_used=0.42, days_of_supply=9.0,
        running_short=2, products=34, positions=40, facings_per_product=1.2, empty_places=0, layout_score=71.0,
        open_issues=3, fair_share=(FairShare("Candy", 0.2, 0.31, 64.0), FairShare("Water", 0.4, 0.25, 160.0)),
    ),
    (), 8, 3, (Improvement("Swap Cola at A2 with Nuts at D5.", 46.0, (12.0, 80.0)),),
)


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    with language_server(Reply("This plan earns $987,654 a day.")) as made:
        yield made


@pytest.fixture
def bench(database: Database, server: LanguageServer) -> Workbench:
    model = OpenAICompatible("small", f"{server.url}/v1", "small")
    equip(database, Models(language=Router((Backend(model, Tier.LOCAL, 0.0, 0.0),))))
    return Workbench(database, Actor(None, 1, "admin"))


def test_the_template_says_only_what_it_was_told() -> None:
    """The validator accepts the template over the values that a model is given."""
    verdict = judge_text(TEMPLATE.write(FACTS), told(FACTS), names=("Root Beer",))
    assert verdict.ok, verdict.problems


def test_a_saved_plans_overview_is_written_by_the_model_where_its_numbers_are_right(
    bench: Workbench, server: LanguageServer
) -> None:
    """Else by the template; a draft asks nobody."""
    plan_id = bench.planograms()[0].id
    wrong = bench.overview(plan_id)
    assert (wrong.written_by, "987,654" in wrong.text) == ("template", False)
    said = f"{wrong.metrics.products} products stand on this plan."
    server.script = lambda _sent: Reply(said)
    right = bench.overview(plan_id)
    assert (right.written_by, right.text) == ("small", said)
    asked = len(server.sent)
    assert bench.overview(plan_id, bench.open(plan_id).plan).written_by == "template"
    assert len(server.sent) == asked


def test_the_thresholds_follow_the_log_once_a_week(bench: Workbench, database: Database) -> None:
    """With a report; a second look in the same week changes nothing."""
    ledger = StoreLedger(database, bench.actor)
    for _ in range(60):
        ledger.note(Call("overview", "small", Tier.LOCAL, "ok", "", 5.0, quality=1.0, complexity=0.5, prompt="overview 1"))
    first = bench.tune_language()
    assert (first.version, first.local_limit("overview")) == (1, 0.6)
    assert bench.tune_language() == first
    assert bench.router_policies()[0].report["steps"][0]["judged"] == 60


def test_a_roll_out_is_a_version_and_can_be_taken_back(bench: Workbench, database: Database) -> None:
    """By an admin; of a model that is set up."""
    assert bench.roll_out_model("small", 10.0).roll_out == {"small": 10.0}
    assert bench.roll_back_router(0).roll_out == {}
    with pytest.raises(BadInput):
        bench.roll_out_model("nobody's", 10.0)
    with pytest.raises(BadInput):
        bench.roll_out_model("small", 101.0)
    with pytest.raises(BadInput):
        bench.roll_back_router(77)
    with pytest.raises(NotAllowed):
        Workbench(database, Actor(None, 1, "manager")).roll_out_model("small", 10.0)
