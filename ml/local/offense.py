"""A linear model of offensive words (alt-profanity-check), which takes three seconds to load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from core.errors import WorkbenchError
from ml.local.cards import verify

PACKAGE = "profanity_check"


def installed() -> bool:
    """Whether the package is there; nothing is imported."""
    return find_spec(PACKAGE) is not None


class ProfanityCheck:
    """A ``core.small_models.TextScorer``: the chance 0–1 that a text offends. It knows words, not what they
    mean, and takes some names of products for oaths: leave names out of what it is asked."""

    name = "alt-profanity-check"

    def __init__(self) -> None:
        self._lock = Lock()

    def prepare(self) -> None:
        with self._lock:
            _ = self._chances

    def scores(self, texts: Sequence[str]) -> list[float]:
        if not texts:
            return []
        self.prepare()
        return [float(chance) for chance in self._chances(list(texts))]

    @cached_property
    def _chances(self) -> Callable[[list[str]], Any]:
        """The package opens pickles when it is imported, so its files are checked before."""
        spec = find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise WorkbenchError(
                "No model of offensive words is installed.", "Run pip install -r requirements-local.txt."
            )
        verify(self.name, Path(spec.origin).parent / "data")
        from profanity_check import predict_prob

        found: Callable[[list[str]], Any] = predict_prob
        return found
