"""Questions one step away: whole plans, none the same, nothing of the question lost."""

from __future__ import annotations

from hypothesis import given, settings

from core.ask.onward import MOST, nearest, onward
from core.ask.period import Period
from core.ask.plan import Compare, Filter, Plan
from tests.support.ask_plans import plans

QUIET = settings(max_examples=60, deadline=None)


def test_the_best_store_leads_to_all_stores_and_the_period_before() -> None:
    """What a person asks next most often comes first."""
    steps = dict(onward(Plan("ranking", ("revenue",), ("store",), limit=1)))
    assert list(steps)[:2] == ["All stores", "Compared with the period before"]
    assert steps["All stores"].limit is None
    assert steps["Compared with the period before"].compare == Compare("before")


def test_how_many_leads_to_which_ones() -> None:
    """With the same conditions."""
    filters = (Filter("brand", ("Alpine",)),)
    ((label, plan),) = onward(Plan("count", of="product", filters=filters))
    assert label == "Which ones"
    assert (plan.form, plan.of, plan.filters) == ("list", "product", filters)


def test_a_value_can_be_split_and_followed_over_time() -> None:
    """Its period stays."""
    last = Period("previous", "month")
    steps = onward(Plan("value", ("units",), period=last))
    assert "Over time, by week" in dict(steps)
    assert all(plan.period == last for _, plan in steps)


@QUIET
@given(plan=plans())
def test_every_step_is_another_question_that_keeps_the_filters(plan: Plan) -> None:
    """Whatever was asked."""
    steps = onward(plan)
    assert len(steps) <= MOST
    assert len({step for _, step in steps} | {plan}) == len(steps) + 1
    for label, step in steps:
        assert label[:1].isupper()
        assert set(plan.filters) <= set(step.filters)


def test_the_nearest_examples_share_words_with_the_question() -> None:
    """Without any in common, the first ones in their order."""
    examples = ("Units by weekday", "Share of revenue by category", "Top 5 products at Elm")
    assert nearest("why did revenue of a category fall", examples, 1) == ("Share of revenue by category",)
    assert nearest("zzz", examples, 2) == examples[:2]
