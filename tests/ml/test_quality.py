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
