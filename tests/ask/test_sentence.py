"""The sentence of an answer: the number, what it is of, its period, and what it is compared with."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.ask.dimensions import DIMENSIONS, Holds
from core.ask.measures import Value
from core.ask.period import Days
from core.ask.plan import Compare, Filter, Having, Order, Plan
from core.ask.query import Column, Role
from core.ask.sentence import is_whole, sentence
from core.ask.wording import plain_name

NOVEMBER = Days(date(2026, 11, 1), date(2026, 11, 20))
OCTOBER = Days(date(2026, 10, 1), date(2026, 10, 20))
REVENUE = Column("revenue", "revenue", Role.MEASURE, Value.MONEY, "revenue")
BEFORE = Column("revenue_before", "revenue before", Role.MEASURE, Value.MONEY, "revenue")
CHANGE = Column("revenue_change", "change of revenue", Role.MEASURE, Value.MONEY, "revenue")
RATE = Column("revenue_change_rate", "change of revenue", Role.MEASURE, Value.CHANGE_RATE, "revenue")
COMPARED = (REVENUE, BEFORE, CHANGE, RATE)
PLACE = (Column("site_id", "place", Role.KEY, Holds.ID, "place"),
         Column("place", "place", Role.NAME, Holds.TEXT, "place"))
PRODUCT = (Column("product_id", "product", Role.KEY, Holds.ID, "product"),
           Column("product", "product", Role.NAME, Holds.TEXT, "product"))
FACINGS = Column("facings", "facings", Role.MEASURE, Value.COUNT, "facings", "facings")


def _said(plan: Plan, columns: Any, rows: Any, days: Days | None = NOVEMBER, before: Days | None = None) -> str:
    return sentence(plan, columns, rows, False, days, "USD", plain_name, before)


def test_a_value_says_what_it_is_of_and_when() -> None:
    """The year once where both ends have the same."""
    plan = Plan("value", ("revenue",), filters=(Filter("temperature", ("frozen",)),))
    assert _said(plan, (REVENUE,), [(1204.5,)]) == (
        "Revenue of frozen products: $1,204 from Nov 1 to Nov 20, 2026."
    )
    day = Days(date(2026, 11, 20), date(2026, 11, 20))
    assert _said(Plan("value", ("revenue",)), (REVENUE,), [(12.5,)], day) == "Revenue: $12.50 on Nov 20, 2026."


@pytest.mark.parametrize(("rate", "told"), [(0.25, "+25.0% against"), (None, "not comparable with")])
def test_a_comparison_names_both_periods(rate: float | None, told: str) -> None:
    """And does not make a rate up where there is none."""
    plan = Plan("value", ("revenue",), compare=Compare())
    said = _said(plan, COMPARED, [(1000.0, 800.0, 200.0, rate)], before=OCTOBER)
    assert said == (f"Revenue: $1,000 from Nov 1 to Nov 20, 2026, {told} $800.00 from Oct 1 to Oct 20, 2026.")


def test_a_ranking_says_who_leads_and_of_how_many() -> None:
    """Few and many where things are counted, low and high else."""
    rows = [(7, "Oak Hill", 9.0), (8, "Elm", 4.0)]
    plan = Plan("ranking", ("revenue",), ("place",))
    assert _said(plan, (*PLACE, REVENUE), rows) == (
        "Oak Hill: highest revenue, $9.00 from Nov 1 to Nov 20, 2026; 2 places in all."
    )
    plan = Plan("ranking", ("facings",), ("product",), order=Order(descending=False))
    said = _said(plan, (*PRODUCT, FACINGS), [(1, "Cola", 2), (2, "Gum", 3)], None)
    assert said == "Cola: fewest facings, 2; 2 products in all."


@pytest.mark.parametrize(("rate", "down", "told"), [(0.5, True, "largest rise of revenue, +50.0%"),
                                                   (-0.5, False, "largest fall of revenue, -50.0%"),
                                                   (-0.1, True, "highest change of revenue, -10.0%")])
def test_a_ranking_of_changes_says_what_lies_between(rate: float, down: bool, told: str) -> None:
    """A rise is called so only where it rose."""
    plan = Plan("ranking", ("revenue",), ("place",), compare=Compare(), order=Order("change_rate", down))
    said = _said(plan, (*PLACE, *COMPARED), [(7, "Elm", 15.0, 10.0, 5.0, rate)], before=OCTOBER)
    assert told in said
    assert "$15.00 against $10.00 from Oct 1 to Oct 20, 2026" in said


def test_a_course_takes_no_part_of_a_month_for_a_low() -> None:
    """Its ends are there in part; the low is that of the whole months."""
    columns = (Column("month", "month", Role.KEY, Holds.DATE, "month"), REVENUE)
    rows = [(date(2026, m, 1), v) for m, v in ((8, 5.0), (9, 70.0), (10, 90.0), (11, 30.0))]
    days = Days(date(2026, 8, 20), date(2026, 11, 20))
    assert _said(Plan("trend", ("revenue",), ("month",)), columns, rows, days) == (
        "Revenue from Aug 20 to Nov 20, 2026: highest in October 2026, $90.00; lowest in September 2026, "
        "$70.00, of the whole months."
    )


def test_a_list_says_what_its_things_have_in_common() -> None:
    """One thing in the singular, none as none."""
    plan = Plan("list", ("facings",), of="product", having=(Having("facings", ">", 2.0),))
    columns = (*PRODUCT, FACINGS)
    assert _said(plan, columns, [(1, "Cola", 3)], None) == "1 product with facings over 2: Cola."
    assert _said(plan, columns, [], None) == "No products with facings over 2."
    rows = [(k, f"P{k}", 3) for k in range(5)]
    assert _said(plan, columns, rows, None) == "5 products with facings over 2: P0, P1, P2 and 2 more."


def test_what_nothing_was_found_for_is_named() -> None:
    """With its period."""
    plan = Plan("ranking", ("revenue",), ("place",), filters=(Filter("brand", ("Alpine",)),))
    assert _said(plan, (*PLACE, REVENUE), []) == (
        "Nothing was found for revenue of Alpine from Nov 1 to Nov 20, 2026."
    )


@pytest.mark.parametrize(("first", "grain", "whole"), [
    (date(2026, 10, 1), "month", True), (date(2026, 11, 1), "month", False), (date(2026, 9, 1), "month", False),
    (date(2026, 11, 9), "week", True), (date(2026, 11, 16), "week", False), (date(2026, 7, 1), "quarter", False),
    (date(2026, 11, 20), "day", True),
])  # fmt: skip
def test_a_time_is_whole_when_the_period_holds_all_of_it(first: date, grain: str, whole: bool) -> None:
    """Both ends included."""
    assert is_whole(first, grain, Days(date(2026, 9, 2), date(2026, 11, 20))) is whole


def test_every_plural_is_one() -> None:
    """Of things with two words too."""
    assert DIMENSIONS["kind"].plural == "kinds of place"
    assert DIMENSIONS["category"].plural == "categories"
