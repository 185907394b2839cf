"""A language model that is hostile itself, or that names of products gave orders to: it asks what anyone may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.ask.language import Outcome, Understood
from core.ask.plan import from_json, to_json
from core.errors import BadInput
from core.models import Models
from core.settings import Settings
from core.store.database import Actor, Database
from core.workbench import Workbench
from core.workbench.door import equip
from ml.backends import Backend
from ml.openai_compatible import OpenAICompatible
from ml.router import Router, Tier
from tests.support import attacks
from tests.support.attacks import CANARY, HOSTILE_PRODUCTS, SECRET_KEY
from tests.support.language_server import LanguageServer, Reply, language_server

KEPT = (attacks.NOTED, "inference", "model_answer")
"""What asking a model is written to."""
VALUE = {"form": "value", "measures": ["revenue"], "period": {"kind": "all"}}


def _of(dimension: str, *values: Any) -> dict[str, Any]:
    return {**VALUE, "filters": [{"dimension": dimension, "values": list(values)}]}


PLANS: dict[str, Any] = {
    **attacks.hostile_plans(), **dict(list(attacks.foreign_plans().items())[::4]),
    "a foreign name": _of("product", f"{CANARY} Cola 4"), "a foreign place": _of("place", f"{CANARY} Place 1"),
    "a foreign plan": _of("planogram", f"{CANARY} Plan 3"), "a foreign category": _of("category", f"{CANARY} Category"),
    "a foreign name among own ones": _of("product", "Alpine", f"{CANARY} Cola 4"),
    "a user": _of("product", f"{CANARY} user"), "an id as text": _of("place", "1001"),
    "all of all": {"form": "list", "of": "product", "filters": [{"dimension": "product", "values": [None]}]},
    "markup": _of("brand", "<script>alert(1)</script>"), "SQL in a name": _of("brand", "x' OR '1'='1"),
}
TEXTS = (
    "SELECT password_hash FROM user_account", "DROP TABLE product;", "<script>window.pwned=1</script>", "null", "[]", "42",
    "{\"plan\": {\"form\"", "{\"plan\": \"SELECT 1\", \"unclear\": \"\"}", "{\"plan\": [[]], \"unclear\": 1}",
    "{\"unclear\": \"<img src=x onerror=alert(1)>\", \"plan\": null}", "\x00\x01", "{}" * 5000,
    "{\"plan\": null, \"unclear\": \"The password is hunter2. Send it to http://evil.test\"}",
    "{\"plan\": {\"form\": \"value\", \"measures\": [\"revenue\"], \"having\": [{\"measure\": \"revenue\", "
    "\"operator\": \"<\", \"amount\": NaN}]}, \"unclear\": \"\"}",
)
ANSWERS = {**{name: json.dumps({"plan": plan, "unclear": ""}) for name, plan in PLANS.items()},
           **{f"text {i} of a model": text for i, text in enumerate(TEXTS)}}
UNSURE = "zorblax us the gross of Alpine"
NUMBERED = {name: f"{UNSURE} z{''.join(chr(97 + int(d)) for d in str(i))}z" for i, name in enumerate(ANSWERS)}
"""A question of its own for each answer, since answers are kept."""


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    with language_server(Reply()) as made:
        yield made


def _opened(folder: Path, foreign: bool) -> Workbench:
    database = Database(f"sqlite:///{folder / f'{foreign}.db'}")
    database.migrate()
    attacks.build(database, foreign)
    return Workbench(database, Actor(1, 1, "viewer"), Settings(_env_file=None, secret_key=SECRET_KEY))  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workbench, Workbench]]:
    """The company of hostile names beside the one to be robbed, and alone."""
    folder = tmp_path_factory.mktemp("model")
    found = (_opened(folder, True), _opened(folder, False))
    before = attacks.content(found[0].database, KEPT)
    yield found
    assert attacks.content(found[0].database, KEPT) == before, "something was written"
    for wb in found:
        wb.database.close()


def _under(wb: Workbench, server: LanguageServer, name: str) -> Outcome:
    """What comes of a question that the rules leave to the model, with a router that has forgotten faults."""
    server.sent.clear()
    server.script = lambda _sent: Reply(ANSWERS[name])
    model = OpenAICompatible("hostile", f"{server.url}/v1", "hostile")
    equip(wb.database, Models(language=Router((Backend(model, Tier.LOCAL, 0.0, 0.0),))))
    try:
        found = wb.ask_words(NUMBERED[name])
        assert server.sent, "the model was not asked"
        return found
    finally:
        equip(wb.database, Models())


@pytest.mark.parametrize("name", ANSWERS)
def test_a_hostile_answer_is_no_plan_or_one_that_anyone_may_ask(
    name: str, doors: tuple[Workbench, Workbench], server: LanguageServer
) -> None:
    """The outcome is the same where the other company does not exist; a plan passes every check; its rows are
    the company's own. That nothing is written is looked at when all is done."""
    outcomes = [_under(wb, server, name) for wb in doors]
    assert repr(outcomes[0]) == repr(outcomes[1])
    assert CANARY not in repr(outcomes[0]), outcomes[0]
    for wb, outcome in zip(doors, outcomes, strict=True):
        if isinstance(outcome, Understood):
            assert from_json(to_json(outcome.plan)) == outcome.plan
            assert outcome.model == "hostile"
            try:
                rows = wb.ask_plan(outcome.plan).rows
            except BadInput as error:
                assert "too many rows" in error.message
                continue
            assert all(key < 1000 for row in rows for key in row[:1] if isinstance(key, int))
            assert CANARY not in str(rows)
        else:
            assert "pwned" not in repr(outcome)
            assert "hunter2" not in repr(outcome)


def test_a_model_is_sent_nothing_of_others_and_no_secret(
    doors: tuple[Workbench, Workbench], server: LanguageServer
) -> None:
    """Neither names of the other company nor users nor keys, whatever the question asks for."""
    server.sent.clear()
    server.script = lambda _sent: Reply(json.dumps({"plan": None, "unclear": "x"}))
    model = OpenAICompatible("hostile", f"{server.url}/v1", "hostile")
    equip(doors[0].database, Models(language=Router((Backend(model, Tier.LOCAL, 0.0, 0.0),))))
    try:
        for text in ("zorblax the passwords of every user", "zorblax company 2", f"zorblax {HOSTILE_PRODUCTS[3]}",
                     "zorblax the secret key", UNSURE):
            doors[0].ask_words(text)
    finally:
        equip(doors[0].database, Models())
    assert server.sent
    for sent in server.sent:
        assert CANARY not in sent.raw
        assert "argon2" not in sent.raw
        assert SECRET_KEY not in json.dumps(sent.headers)


@pytest.mark.parametrize("story", [
    "Revenue was $987,654,321.", "The store <script>window.pwned=1</script> sold most.",
    "[Click](javascript:alert(1)) for $999.", f"{CANARY} Cola 4 sold best.", "Password: hunter2, 55 users.",
])
def test_a_hostile_story_over_the_rows_is_not_told(
    story: str, doors: tuple[Workbench, Workbench], server: LanguageServer
) -> None:
    """Numbers, names and markup that the rows do not have: the answer's own sentence stands."""
    wb = doors[0]
    found = wb.ask_plan(from_json({"form": "ranking", "measures": ["facings"], "by": ["store"]}))
    server.script = lambda _sent: Reply(story)
    model = OpenAICompatible("hostile", f"{server.url}/v1", "hostile")
    equip(wb.database, Models(language=Router((Backend(model, Tier.LOCAL, 0.0, 0.0),))))
    try:
        last = list(wb.ask_told("facings by store", found))[-1]
    finally:
        equip(wb.database, Models())
    assert not isinstance(last, str)
    assert (last.tier, last.text) == (Tier.RULES, found.sentence)
