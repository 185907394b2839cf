"""Wordings: politeness, case and punctuation change nothing; what is not understood is never passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ask.language import Understood, understand
from core.ask.plan import Order, Plan
from core.ask.words.lexicon import lexicon
from core.ask.words.meaning import BAR, Meanings, offered, taken
from core.ask.words.spelling import english
from core.ask.words.vocabulary import Vocabulary
from tests.support.ask_names import TODAY, small_company

VOCABULARY = small_company()


def _plan(text: str, previous: Plan | None = None) -> Plan | None:
    found = understand(text, VOCABULARY, TODAY, previous)
    return found.plan if isinstance(found, Understood) else None


def _questions() -> list[str]:
    """Open questions that this small company understands."""
    records: list[dict[str, Any]] = json.loads((Path(__file__).parent / "open_questions.json").read_text())
    texts = [r["text"] for r in records if r["kind"] == "answer" and "after" not in r]
    return [t for t in texts[:400:2] if _plan(t) is not None]


QUESTIONS = _questions()
UNKNOWN = ("zorblax", "purple", "imported", "loyal", "damaged", "premium", "online", "unsold", "broken", "halal")


def test_most_open_questions_are_understood_here() -> None:
    """Else the properties below would say little."""
    assert len(QUESTIONS) > 80


@given(
    st.sampled_from(QUESTIONS), st.sampled_from(["", "please ", "show me ", "hey, can you tell me ", "I'd like to see "]),
    st.sampled_from(["", "?", "!", ".", " please", ", thanks"]), st.sampled_from([str, str.upper, str.lower, str.title]),
)
@settings(max_examples=150, deadline=None)
def test_manners_case_and_punctuation_change_nothing(text: str, before: str, after: str, case: Any) -> None:
    """The same plan, however it is asked."""
    assert _plan(case(f"{before}{text}{after}")) == _plan(text)


@given(st.sampled_from(QUESTIONS), st.sampled_from(UNKNOWN), st.integers(0, 20))
@settings(max_examples=200, deadline=None)
def test_a_word_that_nothing_explains_is_never_passed_over(text: str, word: str, at: int) -> None:
    """Wherever it stands, the question is not answered."""
    words = text.split()
    words.insert(min(at, len(words)), word)
    assert _plan(" ".join(words)) is None


@given(st.sampled_from(sorted(english())))
@settings(max_examples=200, deadline=None)
def test_an_english_word_is_not_put_right(word: str) -> None:
    """What English has is what was meant: an unknown one is asked back, not taken for a word of the field."""
    found = understand(f"revenue of Volt by store {word}er{word}", VOCABULARY, TODAY)
    assert not isinstance(found, Understood)


@pytest.mark.parametrize("word", ["beer", "food", "prime", "classic", "bacon", "charge", "stone", "plane"])
def test_words_near_to_words_of_the_field_are_asked_back(word: str) -> None:
    """ "Beer" is one letter from "been", which says nothing: it was dropped once."""
    assert _plan(f"revenue of {word} last month") is None


@pytest.mark.parametrize(("text", "same"), [
    ("revenue of stores 1 and 2", "revenue of store 1 and store 2"),
    ("revenue of stores 1-2", "revenue of store 1 and store 2"),
    ("Alpine, Volt and Hearth by units", "units of Alpine and Volt and Hearth"),
    ("everything but Volt: revenue", "revenue excluding Volt"),
    ("stores with revenue above $20k", "stores with revenue over $20,000"),
    ("store 1 vs 2", "store 1 versus store 2"),
    ("rev by store last wk", "revenue by store last week"),
    ("most profitable brand", "brand with the highest margin"),
    ("revenue w/o Volt", "revenue without Volt"),
    ("revenue on 5/1/2026", "revenue on May 1, 2026"),
])
def test_two_ways_to_say_a_thing_are_one_plan(text: str, same: str) -> None:
    """Lists of numbers, exceptions, thousands, short forms and dates."""
    assert _plan(text) == _plan(same)
    assert _plan(text) is not None


@pytest.mark.parametrize("text", [
    "revenue of hot beef water", "products sold only in gyms", "top seller in each category", "when was Volt sold",
    "products in store 2 without sales", "revenue from Monday to Wednesday", "stores with nothing", "sales by",
])
def test_what_no_plan_says_is_not_answered_by_another(text: str) -> None:
    """Only in, the first of each, when, words that contradict each other."""
    assert _plan(text) is None


class Meaning:
    """An embedder for which "gymnasium" is "gym", and "soft beverages" something like "Water"."""

    name, learned = "test 1", True

    def embed(self, texts: Any) -> Any:
        import numpy as np

        axis = {"gym": 0, "gymnasium": 0, "water": 1}
        rows = np.zeros((len(texts), 3), np.float32)
        for i, text in enumerate(texts):
            rows[i, axis.get(text.lower(), 2)] = 1.0
            if text == "liquid":
                rows[i] = (0.0, BAR - 0.1, 0.6)
        return rows


@pytest.fixture
def known() -> Meanings:
    from core.ask.words.meaning import meanings, phrases

    said = {k: m for k, m in phrases(VOCABULARY).items() if k.lower() in ("gym", "water")}
    return meanings(said, Meaning())


def test_a_plain_meaning_is_taken_and_told(known: Meanings) -> None:
    """As a guess, in words."""
    found = understand("revenue of the gymnasium", VOCABULARY, TODAY, None, known)
    assert isinstance(found, Understood)
    assert found.plan.filters[0].values == ("gym",)
    assert found.doubts == ("“gymnasium” was taken for “gym” by its meaning.",)


def test_a_likely_meaning_is_offered_not_taken(known: Meanings) -> None:
    """Below the bar it is a choice."""
    assert taken("liquid", known) is None
    assert "Water" in [m.label for m in offered("liquid", VOCABULARY, known)]
    assert offered("zorblax", VOCABULARY, None) == ()


def test_no_phrase_of_the_field_is_too_long_to_be_read() -> None:
    """Phrases are looked up to a length."""
    from core.ask.words.lexicon import LONGEST

    assert max(map(len, lexicon())) <= LONGEST


def test_a_vocabulary_may_be_empty() -> None:
    """A company that has just begun."""
    from core.ask.words.vocabulary import build
    from core.store.names import Names

    empty: Vocabulary = build(Names((), (), (), (), ()))
    assert isinstance(understand("revenue last month", empty, TODAY), Understood)
    assert not isinstance(understand("revenue of Alpine", empty, TODAY), Understood)


@pytest.mark.parametrize(("text", "same"), [
    ("worst 10 SKUs by margin", "worst 10 products by margin"), ("# of stores", "how many stores"),
    ("no. of UPCs", "how many products"), ("units in stock of Volt", "stock of Volt"),
    ("how many units of Volt are on the shelves now", "stock of Volt"),
    ("money rung up in store 2", "revenue of store 2"), ("units sold by store 2", "units sold in store 2"),
    ("busiest day", "best day"), ("revenue of stores, top 3", "top 3 stores by revenue"),
    ("revenue last 30 dyas", "revenue last 30 days"), ("units last 3 moths", "units last 3 months"),
    ("fridge sections vs freezer sections by revenue", "cooler vs freezer revenue"),
    ("which sold more units, water or jerky", "compare units of water and jerky"),
    ("revenue of the drinks project", "revenue of the project Summer drinks 2026"),
])
def test_two_wordings_mean_the_same(text: str, same: str) -> None:
    """Short forms, trade words, slips in words of time, and what stands behind a comma."""
    assert _plan(same) is not None
    assert _plan(text) == _plan(same)


@pytest.mark.parametrize("text", [
    "how many units does store 2 have", "units sold of products in stock", "catalog revenue", "show me more",
    "more revenue", "sku of Volt", "revenue last bear",
    "please order 40 more cases", "what was the price of Volt two years ago", "how many units in stock did we sell",
    "which products sell more in gyms than in schools",
])
def test_what_may_be_either_is_not_answered(text: str) -> None:
    """Nothing is dropped where two things may be meant."""
    assert _plan(text) is None


def test_the_best_of_a_time_is_ranked() -> None:
    """Groups of time run by the calendar where nothing ranks them."""
    best, by = _plan("best weekday for Volt by units"), _plan("units of Volt by weekday")
    assert best is not None
    assert by is not None
    assert (best.order, best.limit, by.order) == (Order("value"), 1, None)


def test_a_count_lists_what_was_counted_and_a_list_is_counted() -> None:
    """ "Which ones?" and "how many is that?"."""
    counted, listed = _plan("how many stores carry Volt"), _plan("which stores carry Volt")
    assert _plan("which ones?", counted) == listed
    assert _plan("how many is that?", listed) == counted
    assert _plan("how many is that?", _plan("revenue last month")) is None


@pytest.mark.parametrize("text", [
    "and its list price?", "revenue of those stores", "how much does it cost", "margin for that by store",
    "what did they sell", "which of them sold best",
])
def test_what_points_at_nothing_is_asked_back(text: str) -> None:
    """Without a question before, "its" and "those" are nobody's."""
    assert _plan(text) is None


@pytest.mark.parametrize(("text", "same"), [
    ("need revenue by store last month", "revenue by store last month"),
    ("focusing on drinks, revenue by store", "revenue of drinks by store"),
    ("could we get revenue by store", "revenue by store"),
    ("revenue sliced by store", "revenue by store"),
    ("units, top 3 stores", "top 3 stores by units"),
    ("top 3 stores by number of facings", "top 3 stores by facings"),
    ("slowest 3 stores", "bottom 3 stores by units"),
])
def test_everyday_frames_say_nothing_more(text: str, same: str) -> None:
    """The same plan as without them."""
    assert _plan(text) is not None
    assert _plan(text) == _plan(same)


@pytest.mark.parametrize("text", ["focused products", "margin by category, top 5 stores", "slowest growing brands",
                                  "which products do well", "products that sell for less than $2"])
def test_what_may_mean_two_things_is_asked_back(text: str) -> None:
    """It was answered as something else once."""
    assert _plan(text) is None


def test_a_number_alone_cuts_the_answer_before() -> None:
    """ "Give me 2", after a ranking; after one value it says nothing."""
    before = _plan("revenue by store")
    cut = _plan("give me 2", before)
    assert cut is not None
    assert cut.limit == 2
    assert _plan("give me 2", _plan("revenue last month")) is None
