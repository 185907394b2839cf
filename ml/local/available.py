"""The small models that are there, the better one first: those of a folder, then those of a package."""

from __future__ import annotations

from core.language_settings import LanguageSettings
from core.models import Embedder, HashedWords
from core.small_models import Reranker, Speech, TextScorer
from ml.local import feeling, offense, speech
from ml.local.onnx_text import Classifier, CrossEncoder, FirstToken, complete

BGE, CROSS_ENCODER = "bge-small-en-v1.5", "ms-marco-MiniLM-L12-v2"
DISTILBERT, ROBERTA = "distilbert-sst2", "roberta-toxicity"


def embedder(settings: LanguageSettings) -> Embedder:
    """MiniLM, else BGE, else likeness of words."""
    from ml.text.minilm import MiniLM, installed

    if installed():
        return MiniLM()
    folder = settings.models_folder / BGE
    return FirstToken(BGE, folder) if complete(folder) else HashedWords()


def hearing() -> Speech | None:
    return speech.Whisper() if speech.installed() else None


def sentiment(settings: LanguageSettings) -> TextScorer | None:
    folder = settings.models_folder / DISTILBERT
    if complete(folder):
        return Classifier(DISTILBERT, folder, centered=True)
    return feeling.Vader() if feeling.installed() else None


def toxicity(settings: LanguageSettings) -> TextScorer | None:
    folder = settings.models_folder / ROBERTA
    if complete(folder):
        return Classifier(ROBERTA, folder)
    return offense.ProfanityCheck() if offense.installed() else None


def relevance(settings: LanguageSettings) -> Reranker | None:
    folder = settings.models_folder / CROSS_ENCODER
    return CrossEncoder(CROSS_ENCODER, folder) if complete(folder) else None
