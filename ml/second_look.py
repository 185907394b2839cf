"""What small models say of a text that a language model wrote, after its numbers and names were found right.

Both are optional. One that fails is left out, and the log says so: a text is never lost for want of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import WorkbenchError
from core.small_models import Reranker, TextScorer
from core.telemetry import log

OFFENSIVE = 0.8
"""Of one sentence without the names in it. Over 1,500 right sentences the model said 0.46 at most, of the
mildest of five insults 0.83."""
RELEVANCE_WEIGHT = 0.15
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class SecondLook:
    """``toxicity`` (0–1) rejects; ``relevance`` (0–1, of a text to its question) counts as a part of
    quality."""

    toxicity: TextScorer | None = None
    relevance: Reranker | None = None

    def prepare(self) -> None:
        """Load what is there."""
        for model in (self.toxicity, self.relevance):
            if model is not None:
                try:
                    model.prepare()
                except (WorkbenchError, OSError) as error:
                    log().warning("small_model_failed", model=model.name, error=str(error)[:200])

    def offense(self, text: str, names: Sequence[str]) -> str:
        """What is wrong with a text that offends, "" for one that does not. Names of products are taken out:
        some read like oaths."""
        if self.toxicity is None or not text:
            return ""
        for name in sorted((n for n in names if n and n in text), key=len, reverse=True):
            text = text.replace(name, "it")
        try:
            worst = max(self.toxicity.scores(_SENTENCE.split(text)))
        except (WorkbenchError, OSError) as error:
            log().warning("small_model_failed", model=self.toxicity.name, error=str(error)[:200])
            return ""
        return "a sentence is offensive" if worst >= OFFENSIVE else ""

    def quality(self, score: float, question: str, text: str) -> float:
        """The validator's score, with how well the text answers its question."""
        if self.relevance is None or not question:
            return score
        try:
            near = self.relevance.scores(question, [text])[0]
        except (WorkbenchError, OSError) as error:
            log().warning("small_model_failed", model=self.relevance.name, error=str(error)[:200])
            return score
        return (1.0 - RELEVANCE_WEIGHT) * score + RELEVANCE_WEIGHT * near
