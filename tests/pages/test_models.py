"""The Models page: an honest empty state, what was asked and cost, and what only an admin may change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete

from core.language import MICRO, Call, Caps, Tier
from core.models import Models
from core.settings import Settings
from core.store import tables as t
from core.store.language import StoreLedger
from core.workbench.door import equip
from ml.backends import Backend
from ml.openai_compatible import OpenAICompatible
from ml.registry import registry
from ml.router import Router
from pages.parts import model_words as words
from pages.parts import nav

SETTINGS = Settings()


def first_line(app) -> str:
    return next((h.value for h in app.html if '<h1 class="wb-head"' in h.value), "")


def shown(app) -> str:
    return " ".join(h.value for h in app.html)


def router(*backends: Backend) -> Models:
    return Models(language=Router(backends, Caps(), entries=lambda: registry(SETTINGS)))


def forget(demo) -> None:
    """No calls and no policy: other tests ask the same company."""
    with demo.database.session(demo.actor) as session:
        session.execute(delete(t.Inference))
        session.execute(delete(t.RouterPolicy))


@pytest.fixture
def unasked(demo):
    """A company of which nobody has asked a model anything, before and afterwards."""
    before = demo.memory.models
    forget(demo)
    yield demo
    forget(demo)
    equip(demo.database, before)


@pytest.fixture
def asked(unasked):
    """A week of calls of two models."""
    demo = unasked
    model = OpenAICompatible("small", "http://127.0.0.1:9/v1", "small")
    equip(demo.database, router(Backend(model, Tier.LOCAL, 0.0, 0.0)))
    ledger = StoreLedger(demo.database, demo.actor)
    for i in range(10):
        ledger.note(Call("overview", "small", Tier.LOCAL, "ok", "", 200.0, 0, 900, 90, quality=0.9, prompt="overview 1"))
        if i % 5 == 0:
            ledger.note(Call("analysis", "big", Tier.PREMIUM, "ok", "", 4000.0, MICRO // 50, 9000, 900, prompt="analysis 1"))
    ledger.note(Call("overview", "small", Tier.LOCAL, "timeout", "", 900.0, prompt="overview 1"))
    return demo


def test_without_a_model_the_page_says_what_one_would_add(open_page, unasked):
    """And still shows the registry and where a text would go."""
    equip(unasked.database, router())
    app = open_page(nav.MODELS)
    assert not app.exception
    assert "Rules write every text here, for $0" in first_line(app)
    assert "What a language model would add" in shown(app)
    assert "A rule would answer, at no cost" in shown(app)
    assert len(app.dataframe[0].value) == len(registry(SETTINGS))


def test_the_first_line_tells_local_share_and_the_months_money(open_page, asked):
    """Ten of twelve answers cost nothing; two cost two cents each."""
    app = open_page(nav.MODELS)
    assert not app.exception
    assert "83% of 12 answers came from rules and local models" in first_line(app)
    assert "$0.04 of $200 spent this month" in first_line(app)
    assert "too slow: 1" in shown(app)
    assert "A premium model alone would have cost about" in shown(app)
    assert list(app.dataframe[0].value["Kind of work"]) == ["Analyses of plans", "Overviews of plans"]


def test_a_typed_text_is_routed_without_a_call(open_page, asked):
    """The kind decides; the reason is told."""
    app = open_page(nav.MODELS)
    calls = asked.model_use(30).whole.answers
    app.text_area(key="route_text").set_value("Is cola a drink?").run()
    app.selectbox(key="route_kind").set_value("label").run()
    assert "A rule would answer" in shown(app)
    app.selectbox(key="route_kind").set_value("creative").run()
    assert "small, a local model, would answer at no cost" in shown(app)
    assert "a task of kind creative" in shown(app)
    assert asked.model_use(30).whole.answers == calls


def test_only_an_admin_rolls_out_sets_budgets_and_puts_back(open_page, asked, monkeypatch):
    """A manager reads; an admin's press is a new version."""
    asked.tune_language()
    app = open_page(nav.MODELS)
    assert not [b for b in app.button if b.label == "Roll out"]
    assert "An administrator may change this." in shown(app)
    admin = replace(asked.actor, role="admin")
    monkeypatch.setattr("pages.parts.start.House.demo_actor", lambda self: admin)
    app = open_page(nav.MODELS)
    app.number_input(key="roll_small").set_value(10).run()
    next(b for b in app.button if b.label == "Roll out").click().run()
    assert not app.exception
    assert asked.router_policies()[0].policy.roll_out == {"small": 10.0}
    assert "small to 10% of users" in shown(app)
    next(b for b in app.button if b.label == "Put back in force").click().run()
    assert asked.router_policies()[0].policy.roll_out == {}


def test_what_does_not_work_now_is_marked(open_page, asked, monkeypatch):
    """A model that rests, a cache that is down."""
    monkeypatch.setattr(Router, "faults", ("Redis does not answer.",))
    app = open_page(nav.MODELS)
    assert not app.exception
    assert any("Redis does not answer" in m.value for m in app.markdown)


def test_small_amounts_keep_their_first_digit():
    """No answer seems free that was not."""
    assert [words.usd(x) for x in (0.0, 0.00004, 0.00066, 0.012, 3.5, 240.0)] == [
        "$0.00", "under $0.0001", "$0.0007", "$0.01", "$3.50", "$240",
    ]
