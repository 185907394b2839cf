"""What the engine asks of small models that run in its own process: feeling, offense, relevance, speech.

All are optional. Each is handed in from outside and computes nothing before its first call; what does the
work without it is named by the registry (``core.language.ModelEntry.stand_in``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

LONGEST_S = 60.0
MOST_BYTES = 8_000_000
"""Of a spoken question: a minute of 16-bit stereo at 32 kHz and more."""


class TextScorer(Protocol):
    """One number for each text."""

    @property
    def name(self) -> str:
        """As in the registry."""

    def prepare(self) -> None:
        """Load what the first text needs."""

    def scores(self, texts: Sequence[str]) -> Sequence[float]:
        """Of feeling: −1 (against) to 1 (in favor). Of offense: 0–1."""


class Reranker(Protocol):
    """How well each text answers a query, read together with it."""

    @property
    def name(self) -> str:
        """As in the registry."""

    def prepare(self) -> None:
        """Load what the first query needs."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """0–1 for each text."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said. ``text`` is empty where nothing was; ``confidence`` 0–1 as the model puts it, not
    calibrated; ``seconds`` of sound."""

    text: str
    confidence: float
    seconds: float


class Speech(Protocol):
    """Spoken words as text."""

    @property
    def name(self) -> str:
        """As in the registry."""

    def prepare(self) -> None:
        """Load what the first call needs."""

    def transcribe(self, wav: bytes) -> Heard:
        """Of a WAV file, at most ``LONGEST_S`` and ``MOST_BYTES``. Raises BadInput for what is none or is
        longer, WorkbenchError where the model cannot be loaded."""
