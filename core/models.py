"""What the engine asks of a model, and what stands in where there is none.

A model is handed in from outside (see ``app.py``); nothing here knows how it computes.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from core.language import RULES_ONLY, Language

if TYPE_CHECKING:
    from core.compliance.reading import ShelfReader, TagReader
    from core.compliance.samples import Studio
    from core.paper import PaperReader
    from core.small_models import Speech, TextScorer

Vectors = NDArray[np.float32]

_WORD = re.compile(r"[^\W_]+")
LETTERS = 3
LETTERS_WEIGHT = 0.7
"""Of all of a word's runs of letters together, against 1 for the word itself."""


class Embedder(Protocol):
    """Texts as points whose nearness is likeness of meaning."""

    @property
    def name(self) -> str:
        """The model and its version: vectors of two names are never compared."""

    @property
    def learned(self) -> bool:
        """Whether it knows meaning; false for likeness of letters."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, (n, d), in the order of ``texts``; zeros for a text without a word."""


@dataclass(frozen=True, slots=True)
class HashedWords:
    """Likeness of words and of their letters, with no model: every word and every run of three letters is
    hashed to a signed place of ``size`` (feature hashing; Weinberger et al. 2009). The same text is the same
    vector on every machine."""

    size: int = 256
    name: str = field(default="hashed words 1", init=False)
    learned: bool = field(default=False, init=False)

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.size), np.float32)
        known: dict[str, Vectors] = {}
        for i, text in enumerate(texts):
            for word in _words(text):
                if word not in known:
                    known[word] = self._word(word)
                vectors[i] += known[word]
        norm = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(norm, 1e-12)
        return unit

    def _word(self, word: str) -> Vectors:
        vector = np.zeros(self.size, np.float32)
        bound = f"<{word}>"
        parts = [bound[i : i + LETTERS] for i in range(len(bound) - LETTERS + 1)]
        for text, weight in [(f"={word}", 1.0), *((p, LETTERS_WEIGHT / len(parts) ** 0.5) for p in parts)]:
            code = zlib.crc32(text.encode())
            vector[code % self.size] += weight if code & 0x80000000 else -weight
        return vector


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or text
    return _WORD.findall(plain.casefold())


@dataclass(frozen=True, slots=True)
class Models:
    """The models of this process; what was not handed in has its stand-in."""

    embedder: Embedder = HashedWords()
    reader: ShelfReader | None = None
    """What reads photos of shelves; without one no photo can be audited."""
    studio: Studio | None = None
    """What draws sample photos; without one a photo has to be brought."""
    tags: TagReader | None = None
    """What reads price labels on photos of shelves; without one no price is checked."""
    papers: PaperReader | None = None
    """What reads planograms on paper; without one they can only be imported as files."""
    language: Language = RULES_ONLY
    """The router of language models; without one every text comes from a rule."""
    speech: Speech | None = None
    """What hears spoken questions; without one they are typed."""
    sentiment: TextScorer | None = None
    """How a remark feels about its subject, −1 to 1."""
