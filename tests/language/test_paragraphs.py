"""Paragraphs by hand over the door's real facts; see docs/models.md for what they told at first look."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.quality import judge_text, plain
from tests.language.paragraphs import FILES, facts, names, paragraphs, planted

FACTS, NAMES = facts(), names()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_right_paragraphs_pass(file: Path) -> None:
    """All but one in twenty."""
    rejected = [p for p in paragraphs(file) if not judge_text(plain(p.text), FACTS[p.about], names=NAMES).ok]
    assert len(paragraphs(file)) >= 40
    assert len(rejected) <= 0.05 * len(paragraphs(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_planted_mistake_is_caught(file: Path) -> None:
    """A wrong number, a product that the data do not hold, or another one of the same brand."""
    wrong = list(planted(seed=3, each=1, file=file))
    caught = [x for x in wrong if not judge_text(plain(x.text), FACTS[x.paragraph.about], names=NAMES).ok]
    assert len(wrong) >= 200
    assert len(caught) >= 0.92 * len(wrong)
