"""What a text may say of its data, case by case."""

from __future__ import annotations

import pytest

from ml.quality import judge_text, plain

DATA = {
    "plan": "Lobby", "daily_revenue": 1234.5, "space_utilization": 0.873, "lift_percent": -5.2,
    "products": [
        {"name": "Cola Zero 12 oz", "units": 120, "revenue": 210.4, "slot": "A2"},
        {"name": "Sea Salt Chips", "units": 80, "revenue": 99.0, "slot": "B4"},
    ],
}
NAMES = ("Cola Zero 12 oz", "Sea Salt Chips", "Root Beer 12 oz")


@pytest.mark.parametrize("text", [
    "It earns $1,234.50 a day.", "It earns about $1,200 a day.", "It earns $1.2k a day.",
    "87 % of the space is used.", "Revenue falls by 5.2 percent.",
    "Cola Zero sold 120 units and Sea Salt Chips 80.", "120 units of Cola Zero and 80 of Sea Salt Chips were sold.",
    "Cola Zero and Sea Salt Chips sold 120 and 80 units.", "Together Cola Zero and Sea Salt Chips sold 200 units.",
    "Cola Zero sold 40 units more than Sea Salt Chips.", "Cola Zero stands at A2. It sold 120 units.",
    "It was so on November 22 at 10:30.", "Cola Zero 12 oz makes 68 % of the money.",
    "Cola Zero sold 1.5 times as much as Sea Salt Chips.", "Moving things takes time.",
])
def test_what_the_data_say_passes(text: str) -> None:
    """As it is, rounded, or as it follows."""
    verdict = judge_text(text, DATA, names=NAMES)
    assert verdict.ok, verdict.problems
    assert verdict.score > 0.75


@pytest.mark.parametrize("text", [
    "It earns $1,334.50 a day.", "It earns about $1,500 a day.", "It earns $12.3k a day.",
    "78 % of the space is used.", "Revenue rises by 5.2 percent.", "Cola Zero sold 80 units.",
    "Cola Zero sold 80 units and Sea Salt Chips 120.", "Cola Zero and Sea Salt Chips sold 80 and 120 units.",
    "Together Cola Zero and Sea Salt Chips sold 220 units.", "Cola Zero stands at C7.",
    "Root Beer sold 120 units.", "Turbo Lime Fizz sold 120 units.", "Move Turbo Fizz to A2.",
    "Cola Zero sold $120.", "**Cola Zero** sold 120 units.", "Cola Zero sold <b>120</b> units.",
    "Cola Zero sold ninety units.", "Try “lime fizz deluxe” instead.",
])
def test_what_the_data_do_not_say_is_a_problem(text: str) -> None:
    """With the words that are wrong."""
    verdict = judge_text(text, DATA, names=NAMES)
    assert not verdict.ok
    assert verdict.problems
    assert verdict.score < 0.75


def test_what_the_question_says_may_be_repeated() -> None:
    """Its names and numbers are the asker's."""
    assert judge_text("Of 500 units of Root Beer the data say nothing.", DATA, names=NAMES,
                      question="Did Root Beer sell 500 units?").ok


def test_a_text_that_says_nothing_is_not_good_enough() -> None:
    """Where the data hold numbers; a label says nothing either, and is right."""
    vague = judge_text("This plan is doing quite well in most of what matters to it.", DATA, names=NAMES)
    assert vague.ok
    assert vague.score < 0.75
    assert judge_text("Beverages", DATA, names=NAMES).score > 0.75


def test_marks_of_emphasis_are_taken_off_before_a_text_is_judged() -> None:
    """What remains is judged and shown; links stay, and are rejected."""
    text = plain("**Cola Zero** sold *120* units; 3 * 4 stays.")
    assert text == "Cola Zero sold 120 units; 3 * 4 stays."
    assert judge_text(plain("**Cola Zero** sold 120 units."), DATA, names=NAMES).ok
    assert not judge_text(plain("See [**Cola Zero**](https://a.test)."), DATA, names=NAMES).ok


TOLD = {
    "metrics": {"daily_revenue": 60.29, "daily_margin": 32.06, "positions": 32, "running_short": 3, "osa": 0.905},
    "categories": [
        {"category": "Potato chips", "space_share": 0.139, "sales_share": 0.061},
        {"category": "Beef jerky & meat snacks", "space_share": 0.056, "sales_share": 0.1},
    ],
    "improvements": [
        {"advice": "Swap Cola Zero at C5 with Sea Salt Chips at E2.", "monthly_gain": 45.12},
        {"advice": "Swap Root Beer at B2 with Green Tea at E1.", "monthly_gain": 17.97},
    ],
}


@pytest.mark.parametrize(("right", "wrong"), [
    ("It earns $60.29 a day, about $1,810 a month.", "It earns $60.29 a day, about $2,400 a month."),
    ("Of $60.29 a day $32.06 is margin, just over half.", "Of $60.29 a day $32.06 is margin, just over a third."),
    ("3 of the 32 positions run short.", "3 of the 23 positions run short."),
    ("The two swaps together bring $63 a month.", "The two swaps together bring $73 a month."),
    ("Availability is 90.5%; the other 9.5% is lost.", "Availability is 90.5%; the other 14.5% is lost."),
    ("Jerky sells 10% on 5.6% of the room.", "Jerky sells 10% on 13.9% of the room."),
    ("Potato chips get more than twice the room they sell: 13.9% against 6.1%.",
     "Potato chips get more than twice the room they sell: 13.9% against 9.1%."),
])
def test_what_follows_in_one_step_passes_and_what_does_not_is_caught(right: str, wrong: str) -> None:
    """Of numbers of like units that the sentence states or names."""
    verdict = judge_text(right, TOLD, names=NAMES)
    assert verdict.ok, verdict.problems
    assert not judge_text(wrong, TOLD, names=NAMES).ok


AUDIT = {
    "compliance_score": 0.8765, "compliance_interval": [0.782, 0.8842], "planned_facings_seen": 50,
    "facings_right": 43, "share_of_products_available": 0.931, "departures": 5,
    "departures_by_kind": [{"kind": "a wrong product", "number": 3}, {"kind": "out of stock", "number": 2}],
    "shelves": [{"label": "Shelf A", "facings_right": 6, "facings_planned": 10},
                {"label": "Shelf B", "facings_right": 8, "facings_planned": 10},
                {"label": "Shelf C", "facings_right": 29, "facings_planned": 30}],
}
CHANGE = {
    "plan": "Fewer drinks", "change_a_day": {"revenue_change": -0.2754, "interval": [-0.4913, -0.07251]},
    "causes": [{"name": "better places", "revenue_change_a_day": -0.5101},
               {"name": "facings", "revenue_change_a_day": 0.4116},
               {"name": "neighbors", "revenue_change_a_day": 0.1278},
               {"name": "products that are taken out", "revenue_change_a_day": -0.3047}],
    "days_to_recover": 55.12, "horizon_days": 30,
}


@pytest.mark.parametrize(("data", "right", "wrong"), [
    (AUDIT, "Seven facings out of fifty are wrong, i.e. 14%.", "Nine facings out of fifty are wrong, i.e. 18%."),
    (AUDIT, "Shelves A and B have 14 of 20 facings right.", "Shelves A and B have 12 of 20 facings right."),
    (AUDIT, "60% of the departures are mix-ups.", "80% of the departures are mix-ups."),
    (AUDIT, "Two in five departures are out of stock.", "Three in ten departures are out of stock."),
    (AUDIT, "Availability stands at 93%, so 7% can't be bought.", "Availability stands at 93%, so 5% can't be bought."),
    (AUDIT, "The score is close to 88, with an interval from 78 to 88.", "The score is close to 78."),
    (AUDIT, "The interval is 78% to 88%, some 10 points wide.", "The interval is 78% to 88%, some 16 points wide."),
    (CHANGE, "Facings and neighbors bring 54 cents.", "Facings and neighbors bring 74 cents."),
    (CHANGE, "On the harmful side stand 81 cents.", "On the harmful side stand 61 cents."),
    (CHANGE, "It loses 7 cents a day if we're lucky, 49 if we're not.",
     "It loses 7 cents a day if we're lucky, 69 if we're not."),
    (CHANGE, "It takes 55 days to earn back. Our horizon is 30.", "It takes 55 days to earn back. Our horizon is 40."),
    (TOLD, "The daily margin is $32.06 (53% of revenue).", "The daily margin is $32.06 (63% of revenue)."),
    (TOLD, "Over a month that is about $1,800 in sales, with some $960 of it margin.",
     "Over a month that is about $1,800 in sales, with some $1,300 of it margin."),
    (TOLD, "Potato chips sell some $3.70 a day of the $60.29.", "Potato chips sell some $8.70 a day of the $60.29."),
])
def test_parts_sums_and_ends_of_what_is_named_pass_and_others_do_not(data: object, right: str, wrong: str) -> None:
    """Of things named together, lists, intervals, scores as points, months and horizons."""
    verdict = judge_text(right, data)
    assert verdict.ok, verdict.problems
    assert not judge_text(wrong, data).ok


@pytest.mark.parametrize("wrong", [
    "Jerky sells 10% on 10% of the room.", "The two swaps bring $45 between them.",
    "It earns about $60 a month.", "Gains lie somewhere between $45 and $95 a month.",
])
def test_a_field_of_another_period_or_told_twice_is_no_support(wrong: str) -> None:
    """One field tells one share of a thing, a day is no month, and a gain is no end of its interval."""
    data = {**TOLD, "improvements": [{**swap, "interval": [14.0, 95.0]} for swap in TOLD["improvements"]]}
    assert not judge_text(wrong, data, names=NAMES).ok


def test_a_verb_before_a_name_is_no_part_of_it() -> None:
    """At the start of a sentence; a name that nobody knows is one still."""
    data = {"advice": "Swap Comet Caramel Nougat at D3 with Ginger Snaps at B2.", "monthly_gain": 17.0}
    assert judge_text("Letting Comet Caramel Nougat move would bring $17 a month.", data).ok
    assert not judge_text("Letting Nordic Rye Snaps move would bring $17 a month.", data).ok


def test_ranks_that_close_a_list_are_claims() -> None:
    """ "At 11th and 12th", and each one of a list of them."""
    data = {"categories": ["Jerky", "Chips", "Candy"]}
    assert judge_text("Chips and candy close the list at 2nd and 3rd.", data).ok
    assert not judge_text("Chips and candy close the list at 2nd and 6th.", data).ok
    assert not judge_text("Jerky ranks first, chips fifth and candy third.", data).ok


LISTED = {
    **AUDIT, "learned_from": "learned from 13 months here",
    "daily_revenue": 211.0, "daily_interval": [207.1, 215.4], "lift_percent_interval": [1.698, 7.621],
    "causes": [{"name": "facings", "revenue_change_a_day": 0.4116},
               {"name": "what shoppers take instead", "revenue_change_a_day": 0.08513}],
    "violations": [{"slot": "A1", "how_grave": "high"}, {"slot": "A2", "how_grave": "high"},
                   {"slot": "B4", "how_grave": "medium"}, {"slot": "C1", "how_grave": "low"},
                   {"slot": "C2", "how_grave": "low"}],
    "advice": "Fill 3 positions that last less than 3 days.", "running_short": 3, "days_of_supply": 12.6,
}


@pytest.mark.parametrize(("right", "wrong"), [
    ("Departures: 5.", "Departures: 6."),
    ("Departures: 5 (high 2, medium 1, low 2).", "Departures: 5 (high 2, medium 2, low 2)."),
    ("On a good day we'd see $215, on a weak day $207.", "On a good day we'd see $255, on a weak day $207."),
    ("The bad case adds 1.7%, the good case 7.6%.", "The bad case adds 1.7%, the good case 9.6%."),
    ("It rests on 13 months of local sales.", "It rests on 18 months of local sales."),
    ("Facings help ($0.41 a day), and substitution gives 9 cents.",
     "Facings help ($0.41 a day), and substitution gives 19 cents."),
    ("Three spots have less than 3 days of stock.", "Three spots have less than 7 days of stock."),
    ("The score of 0.88 says so.", "The score of 0.68 says so."),
    ("Shelf A is the worst. Overall that's 43 facings out of 50.",
     "Shelf A is the worst. Overall that's 33 facings out of 50."),
    ("That closes all five.", "That closes all seven."),
])
def test_what_the_data_state_passes_in_other_words_and_other_numbers_do_not(right: str, wrong: str) -> None:
    """Labels, ends of intervals, texts of the data word for word, scores as decimals, the whole, lists."""
    verdict = judge_text(right, LISTED)
    assert verdict.ok, verdict.problems
    assert not judge_text(wrong, LISTED).ok
