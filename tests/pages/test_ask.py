"""The ask page: real examples, an answer with its rows, follow-ups, choices, the query as fields, the link."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.ask.plan import Plan, to_json
from core.errors import TooLarge
from core.language import Answer, Tier
from core.small_models import Heard
from core.store import questions
from core.workbench import Workbench
from pages.parts import ask_table, nav


def _text(app: AppTest) -> str:
    return "\n".join(h.value for h in app.html)


def _ask(app: AppTest, text: str) -> AppTest:
    app.chat_input(key="ask_box").set_value(text).run()
    assert not app.exception
    return app


def test_every_example_of_the_empty_page_is_answered(open_page, demo):
    """They are made of names that the company has, and each finds something."""
    examples = demo.ask_examples()
    assert 4 <= len(examples) <= 6
    app = open_page(nav.ASK)
    assert [b.key for b in app.button if str(b.key).startswith("example_")] == [
        f"example_{i}" for i in range(len(examples))
    ]
    for text in examples:
        _outcome, found = demo.ask(text)
        assert found is not None, text
        assert found.says_something, text
    app.button(key="example_0").click().run()
    _outcome, found = demo.ask(examples[0])
    assert found.sentence in _text(app)


def test_an_answer_shows_names_units_and_where_it_comes_from(open_page, demo):
    """No ids; rows as the engine gave them; tables, rows read and the age of the data in one line."""
    app = _ask(open_page(nav.ASK), "top 3 products by revenue and units")
    _outcome, found = demo.ask("top 3 products by revenue and units")
    shown = app.dataframe[0].value
    assert list(shown.columns) == ["Product", "Revenue", "Units sold"]
    assert shown["Product"].tolist() == [row[1] for row in found.rows]
    told = _text(app)
    assert found.sentence in told
    assert f"{found.sources.rows_read:,} rows read" in told
    assert "From daily sales" in told


def test_a_question_goes_on_from_the_one_before(open_page):
    """The link then carries the plan, as its words alone do not say it."""
    app = _ask(open_page(nav.ASK), "revenue by store")
    assert app.query_params["q"] == "revenue by store"
    assert "plan" not in app.query_params
    _ask(app, "and by month")
    assert json.loads(app.query_params["plan"])["by"] == ["month"]
    assert "revenue by month" in _text(app)
    app.button(key="ask_clear").click().run()
    assert "q" not in app.query_params
    assert app.button(key="example_0")


def test_a_link_asks_its_question_once(open_page):
    """In words, or as the plan behind them; a plan that is none counts for nothing."""
    assert "Revenue: " in _text(open_page(nav.ASK, q="revenue"))
    plan = json.dumps(to_json(Plan("value", ("units",))))
    app = open_page(nav.ASK, q="and units", plan=plan)
    assert "Units sold: " in _text(app)
    assert len(app.chat_message) == 2
    app.run()
    assert len(app.chat_message) == 2
    assert "Revenue: " in _text(open_page(nav.ASK, q="revenue", plan='{"form": "drop table"}'))


def test_what_is_unclear_is_chosen_by_a_button(open_page, demo):
    """The choice asks the question again with the whole name."""
    text, choices = _unclear(demo)
    app = _ask(open_page(nav.ASK), text)
    found = app.button(key="choice_0_0")
    assert found.label.replace("\\", "") == choices[0].label
    found.click().run()
    assert not app.exception
    assert demo.ask(choices[0].text)[1].sentence in _text(app)


def _unclear(demo: Workbench):
    """A question with a word that several places have in their names."""
    for place in demo.ask_vocabulary().names.places:
        for word in place.name.split():
            text = f"revenue of {word}"
            outcome = demo.ask_words(text)
            if getattr(outcome, "choices", ()):
                return text, outcome.choices
    pytest.fail("no word is unclear in this company")


def test_what_cannot_be_answered_says_what_can(open_page):
    """With examples to begin from."""
    app = _ask(open_page(nav.ASK), "what will the weather be tomorrow")
    assert "not answered here" in _text(app)
    assert "can be asked" in _text(app)
    assert app.button(key="example_0")


def test_a_question_for_reasons_is_shown_the_way_to_what_if(open_page):
    """Beside saying that it is not answered here."""
    app = _ask(open_page(nav.ASK), "why did sales drop?")
    assert [link.page for link in app.get("page_link")] == ["what_if"]
    assert not _ask(open_page(nav.ASK), "revenue next month").get("page_link")


def test_a_column_of_money_has_cents_throughout_or_not_at_all(demo):
    """Whole dollars where an amount is a thousand or more."""
    found = demo.ask("revenue by store")[1]
    column = next(c for c in found.columns if c.name == "revenue")
    at = found.columns.index(column)
    for amounts, told in (((1234.5, 982.7, -0.2), ["$1,234", "$983", "$0"]), ((98.5, -7.0), ["$98.50", "-$7.00"])):
        rows = tuple((*row[:at], amount, *row[at + 1 :])
                     for row, amount in zip(found.rows * 3, amounts, strict=False))
        assert [ask_table.writer(replace(found, rows=rows), column)(amount) for amount in amounts] == told


def test_the_query_is_edited_as_fields(open_page, demo):
    """A field changed asks again with the changed plan."""
    app = _ask(open_page(nav.ASK), "revenue by store last week")
    app.toggle(key="ask_edit_0").set_value(True).run()
    assert app.button(key="ask_again_0").disabled
    app.multiselect(key="ask_0_0_measures").set_value(["units"]).run()
    assert "units sold by store, last week" in _text(app)
    app.button(key="ask_again_0").click().run()
    assert not app.exception
    found = demo.ask("units by store last week")[1]
    assert app.dataframe[-1].value.iloc[:, 1].tolist() == [row[2] for row in found.rows]
    assert json.loads(app.query_params["plan"])["measures"] == ["units"]


@pytest.mark.parametrize("form", ["value", "ranking", "trend", "list", "count"])
def test_every_kind_of_question_can_be_edited(open_page, form):
    """Its fields are drawn, and turning it to another kind settles instead of running in circles."""
    app = _ask(open_page(nav.ASK), "revenue by store compared with last month")
    app.toggle(key="ask_edit_0").set_value(True).run()
    app.selectbox(key="ask_0_0_form").set_value(form).run()
    assert not app.exception
    assert not app.error
    if form != "ranking":
        app.button(key="ask_again_0").click().run()
        assert not app.error
        assert len(app.chat_message) == 4


def test_the_last_question_is_taken_back(open_page):
    """The talk goes on from the one before, and the address says that one again."""
    app = _ask(open_page(nav.ASK), "revenue by store")
    _ask(app, "and by month")
    app.button(key="ask_undo").click().run()
    assert len(app.chat_message) == 2
    assert app.query_params["q"] == "revenue by store"
    assert "going on from" not in _text(app)
    _ask(app, "and by category")
    assert "revenue by category" in _text(app)
    assert "going on from: revenue by store, last 30 days" in _text(app)


def test_what_comes_next_is_one_step_away(open_page, demo):
    """A button asks the whole plan; what it is called stands as the question."""
    app = _ask(open_page(nav.ASK), "which store has the highest revenue")
    label, plan = demo.ask_onward(demo.ask("which store has the highest revenue")[1].plan)[0]
    app.button(key="onward_0_0").click().run()
    assert not app.exception
    assert label in app.chat_message[2].markdown[0].value
    assert demo.ask_plan(plan).sentence in _text(app)


def test_an_answer_is_kept_on_home_under_a_title(open_page, demo):
    """Its plan, as it was answered."""
    app = _ask(open_page(nav.ASK), "units by store last week")
    app.text_input(key="ask_title_0").set_value("Units a store")
    next(b for b in app.button if b.label == "Save").click().run()
    assert not app.error
    kept = demo.saved_tiles()[-1]
    demo.remove_tile(kept.id)
    assert (kept.title, kept.question) == ("Units a store", "units by store last week")
    assert kept.plan == to_json(demo.ask("units by store last week")[1].plan)


def test_a_wrong_answer_is_told_with_what_was_meant(open_page, demo):
    """A thumb up is kept at once; a thumb down asks first, and is kept with the plan that was wrong."""
    app = _ask(open_page(nav.ASK), "revenue by store")
    app.feedback(key="ask_judge_0").set_value(0).run()
    app.text_input(key="ask_meant_0").set_value("only machines")
    next(b for b in app.button if b.label == "Send").click().run()
    assert "Thank you" in _text(app)
    with demo.database.session(demo.actor) as session:
        said = questions.question_feedback(session)[0]
    assert (said.question, said.verdict, said.comment) == ("revenue by store", "wrong", "only machines")
    assert said.plan == to_json(demo.ask("revenue by store")[1].plan)
    _ask(app, "and by month")
    app.feedback(key="ask_judge_1").set_value(1).run()
    assert "Thank you" in _text(app)
    with demo.database.session(demo.actor) as session:
        assert questions.question_feedback(session)[0].verdict == "right"


def _telling(monkeypatch, model: str, *pieces: str) -> None:
    """A language model that says this, and by whom the whole is in the end."""
    def told(_wb, _question, found):
        yield from pieces
        text = "".join(pieces) if model != "rule" else found.sentence
        yield Answer(text, model, Tier.LOCAL, "tried")

    monkeypatch.setattr(Workbench, "words_answers", True)
    monkeypatch.setattr(Workbench, "ask_told", told)


def test_a_language_model_words_the_rows_beside_the_sentence(open_page, demo, monkeypatch):
    """The computed sentence stays; markup in what it says stays text."""
    _telling(monkeypatch, "small", "One store ", "leads **by far**.")
    app = _ask(open_page(nav.ASK), "revenue by store")
    for _ in range(2):
        words = "\n".join(m.value for m in app.chat_message[1].markdown)
        assert "leads \\*\\*by far\\*\\*" in words
        assert "In the words of small" in _text(app)
        assert demo.ask("revenue by store")[1].sentence in _text(app)
        app.run()


def test_words_that_did_not_pass_go_again(open_page, monkeypatch):
    """What was streamed and then refused is not left standing."""
    _telling(monkeypatch, "rule", "Ninety-nine stores lead.")
    app = _ask(open_page(nav.ASK), "revenue by store")
    assert "Ninety" not in "\n".join(m.value for m in app.markdown)
    assert "In the words of" not in _text(app)


def test_what_was_heard_is_read_before_it_is_asked(open_page):
    """It comes into the field; nothing is asked yet."""
    app = open_page(nav.ASK)
    app.session_state["ask_heard"] = ("revenue by store", 0.4)
    app.run()
    assert not app.exception
    assert "Not heard well" in app.toast[0].value
    assert not app.chat_message


def test_a_recording_comes_back_as_text_into_the_field(open_page, monkeypatch):
    """Where a speech model is installed; it is asked when the person sends it."""
    real, sent = st.chat_input, []

    def once(*args, **more):
        assert more["accept_audio"]
        widget = real(*args, **more)
        if not sent:
            sent.append(True)
            return SimpleNamespace(text="", audio=BytesIO(b"RIFF"))
        return widget

    monkeypatch.setattr(Workbench, "speech", object())
    monkeypatch.setattr(Workbench, "heard", lambda _wb, _wav: Heard("revenue by store", 0.9, 1.5))
    monkeypatch.setattr(st, "chat_input", once)
    app = open_page(nav.ASK)
    assert not app.exception
    assert app.chat_input(key="ask_box").proto.value == "revenue by store"
    assert "Read what was heard" in app.toast[0].value
    assert not app.chat_message


def test_markup_in_a_question_stays_text(open_page):
    """Asked back, never run."""
    app = _ask(open_page(nav.ASK), "revenue of <script>alert(1)</script> [x](http://x)")
    assert "<script>alert" not in _text(app)
    assert "[x](http" not in app.chat_message[0].markdown[0].value


def test_an_answer_that_takes_too_long_is_told_in_place(open_page, monkeypatch):
    """The talk goes on."""
    def late(*_args, **_more):
        raise TooLarge("The answer takes longer than 5 seconds.", "Ask for a shorter period.")

    app = open_page(nav.ASK)
    with monkeypatch.context() as patch:
        patch.setattr(Workbench, "ask", late)
        _ask(app, "revenue")
        assert "shorter period" in app.error[0].value
    assert "Revenue: " in _text(_ask(app, "revenue"))


@pytest.mark.parametrize(
    ("text", "head"),
    [("revenue by slot", "Slot"), ("share of revenue by category", "Category"), ("margin by month", "Month"),
     ("units by weekday", "Weekday"), ("which machines do not have water", "Machine")],
)  # fmt: skip
def test_rows_have_no_ids(demo, text, head):
    """Whatever is asked: every column says something to people."""
    _outcome, found = demo.ask(text)
    assert found is not None
    rows = ask_table.table(found)
    assert isinstance(rows, pd.DataFrame)
    assert len(rows) == len(found.rows)
    assert not [name for name in rows.columns if "id" in name.lower().split()]
    assert head in rows.columns
