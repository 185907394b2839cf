"""Words → plan: the forms, follow-ups, spelling, and what is asked back or refused."""

from __future__ import annotations

import pytest

from core.ask.language import AskBack, Cannot, Understood, understand
from core.ask.period import Period
from core.ask.plan import Compare, Condition, Filter, Having, Order, Plan
from core.ask.words.vocabulary import Vocabulary
from tests.support.ask_names import TODAY, small_company

MONTH = Period("previous", "month")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return small_company()


CASES = {
    "revenue last month": Plan("value", ("revenue",), period=MONTH),
    "reveneu of Hamden Grocer": Plan("value", ("revenue",), filters=(Filter("place", (12,)),)),
    "top 5 products by units": Plan("ranking", ("units",), ("product",), limit=5),
    "which store has the best-performing frozen section?": Plan(
        "ranking", ("revenue",), ("store",), filters=(Filter("zone", ("frozen",)),), limit=1),
    "worst selling products in store 2": Plan(
        "ranking", ("units",), ("product",), filters=(Filter("place", (12,)),),
        order=Order(descending=False), limit=10),
    "show me all planograms with beef products in summer": Plan(
        "list", of="planogram", filters=(Filter("plan_season", ("summer",)),),
        conditions=(Condition("stands", (Filter("product", (4, 5)),)),)),
    "what is missing from store 2's end cap?": Plan(
        "missing", filters=(Filter("place", (12,)), Filter("shape", ("end cap",)))),
    "stores that carry Alpine but not Volt": Plan("list", of="store", conditions=(
        Condition("stands", (Filter("brand", ("Alpine",)),)),
        Condition("stands", (Filter("brand", ("Volt",)),), negated=True))),
    "products with fewer than 2 facings": Plan(
        "list", ("facings",), of="product", having=(Having("facings", "<", 2.0),)),
    "products with more than 10 facings in store 2": Plan(
        "ranking", ("facings",), ("product",), filters=(Filter("place", (12,)),),
        having=(Having("facings", ">", 10.0),)),
    "revenue compared with last month": Plan(
        "value", ("revenue",), compare=Compare(), period=Period("current", "month")),
    "how many products does store 1 carry": Plan(
        "count", of="product", conditions=(Condition("stands", (Filter("place", (11,)),)),)),
    "share of space of Alpine": Plan(
        "value", ("facings",), filters=(Filter("brand", ("Alpine",)),), share=True),
    "weekly units in gyms": Plan("trend", ("units",), ("week",), filters=(Filter("venue", ("gym",)),)),
    "velocity of Volt": Plan("value", ("units",), filters=(Filter("brand", ("Volt",)),), per=("day",)),
    "audits": Plan("value", ("audits",), period=Period("last", "day", 30)),
}


@pytest.mark.parametrize("text", CASES)
def test_a_question_becomes_its_plan(text: str, vocabulary: Vocabulary) -> None:
    """The forms that are asked most."""
    found = understand(text, vocabulary, TODAY)
    assert isinstance(found, Understood), found
    assert found.plan == CASES[text]


BEFORE = Plan("ranking", ("revenue",), ("store",), period=MONTH)
FOLLOWING = {
    "and in winter?": Plan("ranking", ("revenue",), ("store",), period=Period("named", "season", 4)),
    "only the frozen ones": Plan(
        "ranking", ("revenue",), ("store",), filters=(Filter("temperature", ("frozen",)),), period=MONTH),
    "by category": Plan("ranking", ("revenue",), ("category",), period=MONTH),
    "just the top 3": Plan("ranking", ("revenue",), ("store",), period=MONTH, limit=3),
    "and units?": Plan("ranking", ("units",), ("store",), period=MONTH),
}


@pytest.mark.parametrize("text", FOLLOWING)
def test_a_follow_up_changes_only_what_it_says(text: str, vocabulary: Vocabulary) -> None:
    """Period, filter, grouping, number and measure replace their own; all else is kept."""
    found = understand(text, vocabulary, TODAY, BEFORE)
    assert isinstance(found, Understood), found
    assert found.plan == FOLLOWING[text]


def test_a_name_that_several_have_is_asked_back_with_choices(vocabulary: Vocabulary) -> None:
    """Never guessed."""
    found = understand("revenue in Hyde Park", vocabulary, TODAY)
    assert isinstance(found, AskBack)
    assert {c.label for c in found.choices} == {"Hyde Park Fitness", "Hyde Park High School"}


@pytest.mark.parametrize("text", [
    "revenue of Foobar", "margin of store 123", "revenue of the purple products", "best", "what about it",
])
def test_what_is_not_understood_whole_is_asked_back(text: str, vocabulary: Vocabulary) -> None:
    """A word that nothing explains is never passed over."""
    assert isinstance(understand(text, vocabulary, TODAY), AskBack)


@pytest.mark.parametrize("text", [
    "why did revenue drop", "revenue next month", "which products are bought together", "sales on rainy days",
    "delete all products", "what is the admin password", "revenue of stores that carry Volt",
])
def test_what_lies_outside_is_told_so(text: str, vocabulary: Vocabulary) -> None:
    """With what can be asked instead."""
    found = understand(text, vocabulary, TODAY)
    assert isinstance(found, Cannot)
    assert found.instead


def test_a_question_for_reasons_is_known_as_one(vocabulary: Vocabulary) -> None:
    """So that a page can point to where reasons are told."""
    told = [understand(text, vocabulary, TODAY) for text in ("why did revenue drop", "revenue next month")]
    assert [getattr(found, "is_why", None) for found in told] == [True, False]


def test_a_corrected_name_is_told(vocabulary: Vocabulary) -> None:
    """The answer says which name it took."""
    found = understand("revenue of Hamden Grocer", vocabulary, TODAY)
    assert isinstance(found, Understood)
    assert found.doubts == ("“hamden grocer” was taken for “Hampden Grocer”.",)
