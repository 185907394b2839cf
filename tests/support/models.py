"""Models that tests can look into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.models import HashedWords, Vectors


@dataclass
class Counting:
    """A model of meaning that remembers what it was asked."""

    name: str = "counting 1"
    learned: bool = True
    asked: list[str] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return HashedWords().embed(texts)
