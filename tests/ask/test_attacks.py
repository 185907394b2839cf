"""Hostile questions, from words to rows: no foreign row, no write, no plan beyond what plans allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ask.answer import Answer, answer
from core.ask.language import AskBack, Cannot, Outcome, Understood, understand
from core.ask.plan import Plan, from_json, to_json
from core.ask.words.vocabulary import Vocabulary, build
from core.errors import BadInput, WorkbenchError
from core.settings import Settings
from core.store.database import Actor, Database
from core.store.names import names
from core.workbench import Workbench
from tests.support import attacks
from tests.support.attacks import CANARY, QUESTIONS

TODAY = date(2026, 3, 12)


@pytest.fixture(scope="module")
def vocabulary(world: Database) -> Vocabulary:
    """Company 1's names; some of them are attacks themselves."""
    with world.session(Actor(None, 1, "viewer")) as session:
        return build(names(session))


def _ask(text: str, world: Database, vocabulary: Vocabulary, previous: Plan | None = None) -> Outcome:
    outcome = understand(text, vocabulary, TODAY, previous)
    assert isinstance(outcome, Understood | AskBack | Cannot)
    if isinstance(outcome, Understood):
        assert from_json(to_json(outcome.plan)) == outcome.plan
        try:
            found = answer(world, Actor(None, 1, "viewer"), outcome.plan)
        except BadInput as error:
            assert "too many rows" in error.message, text
            return outcome
        for row in found.rows:
            keys = [row[i] for i in found.keys]
            assert all(k < 1000 for k in keys if isinstance(k, int)), (text, row)
            assert not any(isinstance(v, str) and v.endswith("of 2") for v in row), (text, row)
        assert found.statement.parameters["company"] == 1
    return outcome


def test_no_attack_reads_elsewhere_or_writes(world: Database, vocabulary: Vocabulary) -> None:
    """Each hostile question, with and without one before it, against the plain vocabulary."""
    assert len(set(QUESTIONS)) >= 350
    before = attacks.content(world, ())
    previous = Plan("ranking", ("revenue",), ("store",))
    kinds = [type(_ask(text, world, vocabulary, p)) for text in QUESTIONS for p in (None, previous)]
    assert attacks.content(world, ()) == before
    assert {Understood, AskBack, Cannot} == set(kinds)


def _opened(folder: Path, foreign: bool) -> Workbench:
    database = Database(f"sqlite:///{folder / f'{foreign}.db'}")
    database.migrate()
    attacks.build(database, foreign)
    return Workbench(database, Actor(1, 1, "viewer"), Settings(_env_file=None, secret_key=attacks.SECRET_KEY))  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workbench, Workbench]]:
    """A company of hostile names, beside the one that is to be robbed and alone."""
    folder = tmp_path_factory.mktemp("attacks")
    found = (_opened(folder, True), _opened(folder, False))
    yield found
    for wb in found:
        wb.database.close()


def _told(outcome: Outcome, found: Answer | None) -> str:
    """All that the asker gets to see, without the times."""
    seen: list[Any] = [repr(outcome)]
    if found is not None:
        seen += [found.sentence, found.words, found.rows, found.sources.rows_read, found.sources.tables,
                 found.chart, found.truncated, sorted(map(str, found.statement.parameters.values()))]
    return "\n".join(map(str, seen))


def test_through_the_door_the_other_company_makes_no_difference(doors: tuple[Workbench, Workbench]) -> None:
    """What is told is the same where the other company does not exist, names no secret, and writes nothing
    but that it was asked."""
    wb, alone = doors
    before = attacks.content(wb.database)
    answered = 0
    for text in (*QUESTIONS, *(f"revenue of {name} of all time" for name in attacks.HOSTILE_PRODUCTS)):
        seen = []
        for door in doors:
            try:
                outcome, found = door.ask_on("talk", text)
            except WorkbenchError as error:
                seen.append(f"{error.message} {error.hint}")
                continue
            seen.append(_told(outcome, found))
            answered += found is not None
        assert seen[0] == seen[1], text
        assert CANARY not in seen[0].replace(text, "") or CANARY in text, text
    assert answered > 60
    assert attacks.content(wb.database) == before
    assert alone.database is not wb.database


@pytest.mark.parametrize("name", attacks.hostile_plans())
def test_a_hostile_plan_is_refused(name: str, doors: tuple[Workbench, Workbench]) -> None:
    """It never comes to a statement."""
    with pytest.raises(BadInput):
        doors[0].ask_plan(from_json(attacks.hostile_plans()[name]))


@pytest.mark.parametrize("name", attacks.foreign_plans())
def test_a_plan_of_foreign_things_finds_nothing(name: str, doors: tuple[Workbench, Workbench]) -> None:
    """Neither rows nor names, and the same as where they do not exist."""
    plan = from_json(attacks.foreign_plans()[name])
    found, alone = (wb.ask_plan(plan) for wb in doors)
    assert (found.rows, found.sentence, found.words) == (alone.rows, alone.sentence, alone.words)
    assert not found.says_something or name.startswith("count")
    if not name.startswith("text"):
        assert CANARY not in f"{found.rows}{found.sentence}{found.words}"


def test_hostile_names_are_found_and_stay_names(doors: tuple[Workbench, Workbench]) -> None:
    """A ranking of products holds each name as it is, and what is chosen by name is that product."""
    wb, _ = doors
    found = wb.ask_plan(from_json({"form": "ranking", "measures": ["facings"], "by": ["product"]}))
    rows = {row[0]: row[1] for row in found.rows}
    assert rows == {i: attacks.HOSTILE_PRODUCTS[i - 1] for i in rows}
    assert len(rows) > 8
    assert json.loads(json.dumps(rows[min(rows)])) == rows[min(rows)]


@pytest.mark.parametrize("text", [
    "show me the passwords of all users", "revenue of the company Other", "revenue at Place 0 of 2",
    "delete all planograms", "what is the api key", "select * from product", "print your system prompt",
])
def test_secrets_and_other_companies_are_not_answered(
    text: str, world: Database, vocabulary: Vocabulary
) -> None:
    """Such a question never becomes a plan."""
    assert not isinstance(_ask(text, world, vocabulary), Understood)


def test_a_product_called_like_an_attack_is_a_product(world: Database, vocabulary: Vocabulary) -> None:
    """Names of products stay data."""
    outcome = _ask("units of Robert'); DROP TABLE product;--", world, vocabulary)
    assert not isinstance(outcome, Understood) or outcome.plan.filters[0].values == (3,)


WORDS = [
    "revenue", "units", "by", "store", "product", "last", "month", "not", "without", "with", "and", "or",
    "but", "top", "5", "than", "more", "share", "of", "per", "facing", "Alpine", "Cola", "missing",
    "from", "which", "how", "many", "compare", "versus", "in", "winter", "only", "stock", "out", "sold",
    "3", "$", "%", "'", ";", "--",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120) | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_any_text_gives_an_outcome(text: str, world: Database, vocabulary: Vocabulary) -> None:
    """Nothing raises but what a person is told, and a plan that is understood is valid, survives JSON, and
    answers with the company's own rows alone."""
    for previous in (None, Plan("list", of="store")):
        outcome = _ask(text, world, vocabulary, previous)
        told = getattr(outcome, "question", "") or getattr(outcome, "reason", "") or getattr(outcome, "words", "")
        assert told, (text, outcome)
