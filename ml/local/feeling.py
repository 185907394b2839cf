"""VADER (Hutto and Gilbert 2014): how a short text feels about its subject, by a lexicon and rules."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ml.local.cards import verify

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

PACKAGE = "vaderSentiment"


def installed() -> bool:
    """Whether the package is there; nothing is imported."""
    return find_spec(PACKAGE) is not None


class Vader:
    """A ``core.small_models.TextScorer``: −1 against, 1 in favor; English."""

    name = "vader"

    def prepare(self) -> None:
        _ = self._analyzer

    def scores(self, texts: Sequence[str]) -> list[float]:
        return [float(self._analyzer.polarity_scores(text)["compound"]) for text in texts]

    @cached_property
    def _analyzer(self) -> SentimentIntensityAnalyzer:
        from vaderSentiment import vaderSentiment

        verify(self.name, Path(vaderSentiment.__file__).parent)
        return vaderSentiment.SentimentIntensityAnalyzer()
