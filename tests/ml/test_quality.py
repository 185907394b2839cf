"""What a text may say of its data, case by case."""

from __future__ import annotations

import pytest

from ml.quality import judge_text

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
