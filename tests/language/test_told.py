"""Texts with one planted mistake are caught, right ones pass; see docs/models.md for the large run."""

from __future__ import annotations

import pytest

from ml.quality import judge_text
from tests.language.told import told

SEEDS = range(5000, 5160)


def test_right_texts_pass() -> None:
    """At most one in twenty is rejected."""
    rejected = [t for t in map(told, SEEDS) if not judge_text(t.text, t.data, names=t.names).ok]
    assert len(rejected) <= 0.05 * len(SEEDS)


@pytest.mark.parametrize("kind", ["number", "name", "code"])
def test_one_planted_mistake_is_caught(kind: str) -> None:
    """At least nineteen in twenty."""
    planted = [t for t in (told(seed, kind) for seed in SEEDS) if t.planted]
    caught = [t for t in planted if not judge_text(t.text, t.data, names=t.names).ok]
    assert len(planted) >= 70
    assert len(caught) >= 0.95 * len(planted)
