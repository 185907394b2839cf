"""The small models that are there: one function for each Protocol of ``core.small_models``."""

from __future__ import annotations

from core.small_models import Speech, TextScorer
from ml.local import feeling, offense, speech


def hearing() -> Speech | None:
    return speech.Whisper() if speech.installed() else None


def sentiment() -> TextScorer | None:
    return feeling.Vader() if feeling.installed() else None


def toxicity() -> TextScorer | None:
    return offense.ProfanityCheck() if offense.installed() else None
