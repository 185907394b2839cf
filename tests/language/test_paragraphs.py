"""Paragraphs by hand over the door's real facts; see docs/models.md for what each half told."""

from __future__ import annotations

from ml.quality import judge_text
from tests.language.paragraphs import facts, names, paragraphs, planted

FACTS, NAMES = facts(), names()


def test_right_paragraphs_pass() -> None:
    """Not all: three of 47 are still rejected."""
    rejected = [p for p in paragraphs() if not judge_text(p.text, FACTS[p.about], names=NAMES).ok]
    assert len(paragraphs()) >= 40
    assert len(rejected) <= 3


def test_a_planted_mistake_is_caught() -> None:
    """A wrong number, or a product that the data do not hold, one at a time."""
    wrong = list(planted(seed=3, each=1))
    caught = [x for x in wrong if not judge_text(x.text, FACTS[x.paragraph.about], names=NAMES).ok]
    assert len(wrong) >= 300
    assert len(caught) >= 0.92 * len(wrong)
