"""What goes on from an answer, short forms of the trade, and what may not be passed over beside them."""

from __future__ import annotations

from datetime import date

import pytest

from core.ask.language import Understood, understand
from core.ask.period import Period
from core.ask.plan import Filter, Order, Plan
from tests.support.ask_names import TODAY, small_company

VOCABULARY = small_company()


def _plan(text: str, *before: str) -> Plan | None:
    plan = None
    for said in (*before, text):
        found = understand(said, VOCABULARY, TODAY, plan)
        plan = found.plan if isinstance(found, Understood) else None
    return plan


@pytest.mark.parametrize(("text", "same"), [
    ("revenue by store L4W", "revenue by store last 4 weeks"), ("units LY", "units last year"),
    ("revenue LTM", "revenue last 12 months"), ("revenue last 30d", "revenue last 30 days"),
    ("revenue in the past fortnight", "revenue last 14 days"), ("revenue Nov 1 - Nov 7", "revenue Nov 1 to 7"),
    ("revenue from 1 to 7 November", "revenue from November 1 to November 7"), ("revenue H1", "revenue H1 2026"),
    ("units/facing by brand", "units per facing by brand"), ("rev + units by store", "revenue and units by store"),
    ("rev, units by store", "revenue and units by store"), ("top5 brands", "top 5 brands"),
    ("how much profit did drinks bring", "margin of drinks"), ("how much cash did Volt bring in", "revenue of Volt"),
    ("top 3 stores and machines", "top 3 places"), ("units on the top shelf", "units on the top row"),
    ("capacity versus stock by brand", "capacity and stock by brand"),
    ("brands that make up more than 10% of revenue", "brands with a share of revenue above 10%"),
    ("did we make more in October than in September", "revenue October versus September"),
    ("which stores sold at least one Volt product", "which stores sold Volt"),
    ("does store 2 carry Volt", "which Volt products does store 2 carry"),
])
def test_short_forms_say_what_the_long_ones_say(text: str, same: str) -> None:
    """Letters for weeks, dates in a row, signs between measures, verbs of earning."""
    assert _plan(same) is not None
    assert _plan(text) == _plan(same)


@pytest.mark.parametrize(("text", "before", "same"), [
    ("now by margin", "top 5 stores by revenue", "top 5 stores by margin"),
    ("the other way round", "top 5 stores by revenue", "bottom 5 stores by revenue"),
    ("best 3", "list all stores", "top 3 stores"),
    ("show all of them", "revenue by store", "revenue by store"),
    ("drop water", "revenue by category", "revenue by category without water"),
    ("by brand instead of category", "units by category", "units by brand"),
    ("compare that to last year", "revenue last month", "revenue last month vs last year"),
    ("in percent", "revenue by category", "share of revenue by category"),
    ("switch to units", "revenue by store", "units by store"),
])
def test_a_turn_changes_what_it_says(text: str, before: str, same: str) -> None:
    """The measure, the order, the number, what is left out, the grouping, what it is held against."""
    if text == "show all of them":
        before = "top 2 stores by revenue"
    assert _plan(same) is not None
    assert _plan(text, before) == _plan(same)


def test_the_month_before_that_is_counted_from_the_answer() -> None:
    """Not from today, and not as a comparison."""
    found = _plan("and the month before that?", "revenue last month")
    assert found == Plan("value", ("revenue",), period=Period("between", first=date(2026, 9, 1), last=date(2026, 9, 30)))


def test_all_of_a_ranking_in_order_are_not_cut() -> None:
    """ "Lowest first" is an order, "the lowest" is the one."""
    assert _plan("stores ranked by revenue, lowest first") == Plan(
        "ranking", ("revenue",), ("store",), order=Order("value", False))
    one = _plan("which of our stores had the lowest revenue")
    assert one is not None
    assert one.limit == 1


def test_kinds_of_places_say_where_goods_were_sold() -> None:
    """ "Drinks sold in machines that did not sell in stores"."""
    found = _plan("which drinks sold in machines last week did not sell in stores")
    assert found is not None
    assert [(c.filters, c.negated) for c in found.conditions] == [
        ((Filter("kind", ("device",)),), False), ((Filter("kind", ("store",)),), True)]


def test_what_is_measured_at_a_place_is_counted_there() -> None:
    """And listed as a ranking, as the same things asked for by "which" are."""
    counted = _plan("how many products have more than 2 facings in store 2")
    assert counted is not None
    assert counted.measured_filters == (Filter("place", (12,)),)
    assert _plan("which ones?", "how many products have more than 2 facings in store 2") == _plan(
        "which products have more than 2 facings in store 2")


@pytest.mark.parametrize(("text", "before"), [
    ("share of weekends in revenue", ()), ("each brand's share of water revenue", ()),
    ("which store has the worst stockouts", ()), ("units on the bottom shelf", ()),
    ("which stores carry Volt, and which of those were out of it last week", ()),
    ("revenue change September to October", ()), ("best 3", ("stores that carry Volt",)),
    ("the other way round", ("revenue last month",)), ("top seller in every store", ()),
])
def test_what_no_plan_says_is_asked_back(text: str, before: tuple[str, ...]) -> None:
    """Shares of days, of a category, two questions in one, rows from below, and orders of nothing."""
    assert not before or _plan(*before) is not None
    assert _plan(text, *before) is None
