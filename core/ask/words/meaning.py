"""Names near to words that nothing knows, by what they mean and by how they are written.

Only categories and venue types are told by meaning, as everyday words stand for kinds of things ("chewing gum",
"fitness centers"), not for brands or places. Likeness is the cosine of sentence vectors (all-MiniLM-L6-v2 where
it is installed). ``BAR`` is where, of 44 everyday words and 60 words of things that the catalog does not have,
none was taken for the wrong category; below it a name is offered, never taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.ask.words.vocabulary import Meaning, Vocabulary
from core.models import Embedder, Vectors

BAR, CLEAR = 0.8, 0.1
"""The likeness from which a name is taken, and by how much it must be nearer than the next."""
OFFERED, MOST = 0.45, 3
ALIKE = 0.86
"""How like two spellings are (Jaro and Winkler) for one to be offered for the other."""


@dataclass(frozen=True)
class Meanings:
    """Names with their sentence vectors, (n, d)."""

    names: tuple[Meaning, ...]
    vectors: Vectors
    embedder: Embedder

    def near(self, words: str) -> tuple[tuple[Meaning, float], ...]:
        """The nearest names, each once, with their likeness, best first."""
        likeness = self.vectors @ self.embedder.embed([words])[0]
        found: dict[Meaning, float] = {}
        for i in np.argsort(-likeness, kind="stable"):
            found.setdefault(self.names[i], float(likeness[i]))
        return tuple(found.items())[:MOST]


def meanings(vocabulary: Vocabulary, embedder: Embedder) -> Meanings:
    """What the company's categories and venue types mean."""
    phrases: dict[str, Meaning] = {}
    for key, found in vocabulary.exact.items():
        for meaning in found:
            if meaning.dimension in ("category", "venue"):
                phrases.setdefault(" ".join(key), meaning)
                phrases.setdefault(meaning.label, meaning)
    return Meanings(tuple(phrases.values()), embedder.embed(list(phrases)), embedder)


def taken(words: str, known: Meanings | None) -> Meaning | None:
    """The name that unknown words clearly mean, if one does."""
    if known is None or not known.names:
        return None
    near = known.near(words)
    second = near[1][1] if len(near) > 1 else 0.0
    return near[0][0] if near[0][1] >= BAR and near[0][1] - second >= CLEAR else None


def offered(words: str, vocabulary: Vocabulary, known: Meanings | None) -> tuple[Meaning, ...]:
    """Names to choose from for unknown words: those written alike, then those that mean alike."""
    found = list(_written_alike(words, vocabulary))
    if known is not None and known.names:
        found += [m for m, likeness in known.near(words) if likeness >= OFFERED]
    return tuple(dict.fromkeys(found))[:MOST]


def _written_alike(words: str, vocabulary: Vocabulary) -> Sequence[Meaning]:
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    phrases = {" ".join(key): found[0] for key, found in vocabulary.exact.items() if len(key) < 4}
    near = process.extract(words, list(phrases), scorer=JaroWinkler.similarity, score_cutoff=ALIKE, limit=MOST)
    return [phrases[phrase] for phrase, _, _ in near]
