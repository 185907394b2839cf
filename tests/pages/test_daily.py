"""The daily job looks at the log of models, whatever became of the rest of the day."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from core.language import Call, Tier
from core.models import Models
from core.settings import Settings
from core.store import tables as t
from core.store.language import StoreLedger
from core.workbench import Workbench
from core.workbench.door import equip
from ml.router import Router
from pages.parts import daily


@pytest.fixture
def logged(demo):
    """Sixty good answers of a local model near its threshold."""
    before = demo.memory.models
    equip(demo.database, Models(language=Router(())))
    ledger = StoreLedger(demo.database, demo.actor)
    for _ in range(60):
        ledger.note(Call("overview", "small", Tier.LOCAL, "ok", "", 5.0, quality=1.0, complexity=0.5, prompt="overview 1"))
    yield demo
    with demo.database.session(demo.actor) as session:
        session.execute(delete(t.Inference))
        session.execute(delete(t.RouterPolicy))
    equip(demo.database, before)


def test_the_router_is_tuned_though_the_forecasts_failed(logged, monkeypatch) -> None:
    """With a report that is kept, once a week, and taken back by an admin."""
    def fail(self, is_demo: bool) -> None:
        raise ValueError("no sales")

    monkeypatch.setattr(Workbench, "finish_learning", fail)
    daily.run(logged.database, Settings())
    daily.run(logged.database, Settings())
    cards = logged.router_policies()
    assert [(c.origin, c.policy.local_limit("overview")) for c in cards] == [("tuned", 0.6)]
    assert cards[0].report["steps"][0] == {
        "kind": "overview", "tier": "local", "before": 0.55, "after": 0.6, "judged": 60, "good": 60,
    }
    admin = Workbench(logged.database, type(logged.actor)(None, logged.actor.company_id, "admin"))
    assert admin.roll_back_router(0).local_limit("overview") == 0.55
    daily.run(logged.database, Settings())
    assert logged.router_policies()[0].origin == "rolled back"
