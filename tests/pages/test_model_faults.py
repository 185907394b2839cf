"""Whatever a server of models does, a page shows the rules' text, marked, soon after the last try."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import delete
from streamlit.testing.v1 import AppTest

from core.capabilities import whatif_words
from core.language import Answer, Caps, Tier
from core.models import Models
from core.store import tables as t
from core.workbench.door import equip
from ml.backends import Backend
from ml.claude import Claude
from ml.openai_compatible import OpenAICompatible
from ml.router import Router
from pages.parts import nav, told
from tests.support.language_server import FAULTS, LanguageServer, Reply, language_server

WITHIN_S, MOST_AFTER_S = 1.0, 2.0
WRONG = "The proposed plan earns $987,654 more a day."


class Timed(Router):
    """Remembers how long each answer took, and the answers."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.took: list[float] = []
        self.answers: list[Answer] = []

    def stream(self, task, ledger) -> Iterator[str | Answer]:
        begun = time.monotonic()
        for piece in super().stream(task, ledger):
            if isinstance(piece, Answer):
                self.took.append(time.monotonic() - begun)
                self.answers.append(piece)
            yield piece


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    with language_server(Reply("Fine.")) as made:
        yield made


@pytest.fixture
def routed(demo, server, monkeypatch) -> Iterator[Timed]:
    """Two models on the same server, each of its own protocol; no answer kept from before."""
    with demo.database.session(demo.actor) as session:
        session.execute(delete(t.ModelAnswer))
    monkeypatch.setattr(whatif_words, "WITHIN_S", WITHIN_S)
    before = demo.memory.models
    router = Timed((
        Backend(OpenAICompatible("small", f"{server.url}/v1", "small"), Tier.LOCAL, 0.0, 0.0),
        Backend(Claude("large", "k", server.url), Tier.PREMIUM, 2.0, 10.0),
    ), Caps())
    router.prepare()
    equip(demo.database, Models(language=router))
    yield router
    equip(demo.database, before)


@pytest.fixture(scope="module")
def compared(demo):
    """A plan with the change that a merchandiser would try first."""
    card = demo.planograms()[0]
    return demo.predict_revenue(card.id, demo.proposals(card.id)[0].plan)


def shown(app) -> str:
    return " ".join(h.value for h in app.html)


def script(fault: str) -> Reply:
    return Reply(WRONG) if fault == "wrong number" else Reply("Fine.", fault=fault, retry_after="0.1")


def text_alone(found) -> AppTest:
    """A page of nothing but the text that a model may write."""
    def page(wb, found) -> None:
        from pages.parts import told

        told.show(wb, "By rule.", "x", lambda: wb.explain_whatif(found))

    return AppTest.from_function(page, args=found, default_timeout=60).run()


@pytest.mark.parametrize("fault", [*FAULTS, "wrong number"])
def test_a_fault_ends_in_the_rules_text_marked_and_in_time(demo, compared, routed, server, fault) -> None:
    """No exception, no error box; the reason stands in the quiet line."""
    reply = script(fault)
    server.script = lambda _sent: reply
    app = text_alone((demo, compared))
    _judged(app, routed)
    assert "987,654" not in shown(app)


@pytest.mark.parametrize("fault", ["cut", "slow"])
def test_the_whole_page_stands_beside_a_fault(open_page, routed, server, fault) -> None:
    """As it does without a model."""
    server.script = lambda _sent: script(fault)
    app = open_page(nav.WHAT_IF)
    _judged(app, routed)
    assert '<h1 class="wb-head"' in shown(app)


def _judged(app: AppTest, routed: Timed) -> None:
    assert not app.exception
    assert [e.value for e in app.error] == []
    assert routed.answers
    assert all(a.degraded and a.model == "rule" and a.calls for a in routed.answers)
    assert max(routed.took) < WITHIN_S + MOST_AFTER_S
    text = shown(app)
    assert routed.answers[-1].text.split(".")[0].replace("&", "&amp;")[:40] in text
    assert told.BY_RULES in text


def test_a_good_answer_is_shown_with_who_wrote_it(demo, compared, routed, server) -> None:
    """The same server without a fault."""
    lift = compared.lift.value
    server.script = lambda _sent: Reply(f"The proposed plan changes what is earned by {abs(lift):.1f}%.")
    app = text_alone((demo, compared))
    assert not app.exception
    assert routed.answers[-1].model == "small", routed.answers[-1].reason
    assert "Written by small, its numbers and names checked." in shown(app)
