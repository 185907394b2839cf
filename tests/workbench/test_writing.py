"""Texts through the door: by rules where no model is set up, by a model where its text holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete

from core.capabilities import whatif_words
from core.capabilities.category_words import reasoned
from core.compliance.audit import audit
from core.compliance.reading import Reading
from core.compliance.spoken import summed_up
from core.compliance.spoken import told as audit_told
from core.language import Tier
from core.models import Models
from core.store import language
from core.store import tables as t
from core.workbench import Workbench
from core.workbench.door import equip
from core.workbench.writing import Telling, Written, last
from ml.backends import Backend
from ml.openai_compatible import OpenAICompatible
from ml.quality import judge_text
from ml.router import Router
from tests.support.language_server import LanguageServer, Reply, language_server


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    with language_server(Reply("It will earn $987,654 a day more.")) as made:
        yield made


@pytest.fixture
def by_model(wb: Workbench, server: LanguageServer) -> Iterator[Workbench]:
    model = OpenAICompatible("writer", f"{server.url}/v1", "writer")
    equip(wb.database, Models(language=Router((Backend(model, Tier.LOCAL, 0.0, 0.0),))))
    yield wb
    equip(wb.database, Models())
    with wb.database.session(wb.actor) as session:
        session.execute(delete(t.ModelAnswer))


def _whatif(wb: Workbench) -> Any:
    card = wb.planograms()[0]
    saved = wb.open(card.id)
    proposal = wb.proposals(saved.id, saved.plan)[0]
    return wb.predict_revenue(saved.id, proposal.plan, current=saved.plan), proposal.name


def _audit(wb: Workbench) -> Any:
    plan = wb.open(wb.planograms()[0].id).plan
    return audit(Reading(1000, 800, ()), plan, wb.catalog())


def _together(wb: Workbench) -> Any:
    plan = wb.open(wb.planograms()[0].id).plan
    return wb.categories_together(wb.suggest_categories(plan.fixture)[0], plan.fixture)


def test_without_a_model_rules_write_everything_at_once(wb: Workbench) -> None:
    """One piece each, marked as nobody's."""
    found, name = _whatif(wb)
    seen = wb.overview(wb.planograms()[0].id, by_rule=True)
    told: tuple[tuple[Telling, str], ...] = (
        (wb.explain_whatif(found, name), whatif_words.explained(found, name)),
        (wb.write_overview(seen), seen.text),
        (wb.sum_up_audit(_audit(wb), "Front"), summed_up(_audit(wb))),
        (wb.reason_categories(_together(wb)), reasoned(_together(wb))),
    )
    assert wb.language_models == ()
    for telling, text in told:
        assert list(telling) == [Written(text)]
        assert text


def test_the_rules_texts_hold_against_their_own_data(wb: Workbench) -> None:
    """The validator accepts what the rules say of proposals."""
    names = tuple(p.name for p in wb.catalog().values())
    for card in wb.planograms()[:2]:
        saved = wb.open(card.id)
        for proposal in wb.proposals(saved.id, saved.plan):
            found = wb.predict_revenue(saved.id, proposal.plan, current=saved.plan)
            text = whatif_words.explained(found, proposal.name)
            verdict = judge_text(text, whatif_words.told(found, proposal.name), names=names)
            assert verdict.ok, (text, verdict.problems)
    shelf = _audit(wb)
    verdict = judge_text(summed_up(shelf), audit_told(shelf, "Front"), names=names)
    assert verdict.ok, (summed_up(shelf), verdict.problems)


def test_a_models_text_that_holds_takes_their_place(by_model: Workbench, server: LanguageServer) -> None:
    """In pieces, then whole with its writer; the same is not asked twice; what it cost is kept by kind."""
    found, name = _whatif(by_model)
    text = f"The change brings ${found.delta.value:,.2f} a day, and {found.break_even.positions_changed} places change."
    server.script = lambda _sent: Reply(text)
    pieces = list(by_model.explain_whatif(found, name))
    assert pieces[-1] == Written(text, "writer")
    assert "".join(p for p in pieces if isinstance(p, str)) == text
    assert last(by_model.explain_whatif(found, name)) == Written(text, "writer")
    assert len(server.sent) == 1
    with by_model.database.session(by_model.actor) as session:
        usage = language.usage(session, t.now().replace(year=2000), t.now(), ("task",))
    assert usage[("whatif_explanation",)].answers == 2


def test_a_models_text_with_a_wrong_number_is_not_shown_as_what_counts(by_model: Workbench) -> None:
    """The rules' text stands in its place, and says so."""
    found, name = _whatif(by_model)
    whole = last(by_model.explain_whatif(found, name))
    assert whole.text == whatif_words.explained(found, name)
    assert (whole.by, bool(whole.instead_of)) == ("", True)


@pytest.mark.parametrize("said", [
    "See https://evil.test/x for more.", "It is <b>good</b>.", "![x](https://evil.test/p.png)", "Look at www.evil.test now.",
    "<script>alert(1)</script> It is fine.", "[click here](javascript:alert(1))",
])
def test_markup_and_links_never_stand(by_model: Workbench, server: LanguageServer, said: str) -> None:
    """Whatever data talked a model into them."""
    server.script = lambda _sent: Reply(said)
    whole = last(by_model.write_overview(by_model.overview(by_model.planograms()[0].id, by_rule=True)))
    assert (whole.by, said in whole.text) == ("", False)


Rewrite = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


def _steps(server: LanguageServer, rewrite: Rewrite) -> None:
    def script(sent: Any) -> Reply:
        data = sent.body["messages"][-1]["content"].partition("<data>")[2].partition("</data>")[0]
        return Reply(json.dumps({"steps": rewrite(json.loads(data)["steps"])}))
    server.script = script


def test_instructions_are_reworded_step_by_step(by_model: Workbench, server: LanguageServer) -> None:
    """With the model's name on the paper."""
    plan = by_model.planograms()[0].id
    _steps(server, lambda steps: [{**s, "text": "Kindly " + s["text"][0].lower() + s["text"][1:]} for s in steps])
    body = json.loads(by_model.instructions(plan, "json", tone="friendly").content)
    assert body["worded_by"] == "writer"
    assert all(step["text"].startswith("Kindly place") for step in body["steps"])
    assert b"Worded by writer" in by_model.instructions(plan, "md", tone="friendly").content


@pytest.mark.parametrize("rewrite", [
    lambda steps: steps[:-1],
    lambda steps: [{**s, "text": s["text"].replace("facing", "box")[:-3]} for s in steps],
    lambda steps: [{**steps[0], "text": steps[0]["text"].replace(" at ", " at Z9, then ")}, *steps[1:]],
    lambda steps: [{**steps[0], "text": "Go home."}, *steps[1:]],
    lambda steps: [{**steps[0], "text": steps[0]["text"] + " <b>now</b>"}, *steps[1:]],
    lambda steps: [{**steps[0], "text": steps[0]["text"] + " Call 555 first."}, *steps[1:]],
], ids=["a step less", "a place cut", "another place", "no product", "markup", "another number"])
def test_steps_that_lost_or_won_something_are_the_rules(
    by_model: Workbench, server: LanguageServer, rewrite: Rewrite
) -> None:
    """All of them: a paper has one voice."""
    _steps(server, rewrite)
    body = json.loads(by_model.instructions(by_model.planograms()[0].id, "json", tone="friendly").content)
    assert body["worded_by"] == "rules"
    assert all(step["text"].startswith("Please place") for step in body["steps"])


def test_a_plain_tone_asks_nobody(by_model: Workbench, server: LanguageServer) -> None:
    """It is as the rules write it."""
    assert b"Place " in by_model.instructions(by_model.planograms()[0].id, "md").content
    assert server.sent == []
