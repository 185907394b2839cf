"""Names near to words that nothing knows, by what they mean and by how they are written.

Only categories and venue types are told by meaning, as everyday words stand for kinds of things ("chewing
gum", "gymnasium"), not for brands or places. Likeness is the cosine of sentence vectors (all-MiniLM-L6-v2
where it is installed). ``BAR`` is where, of 44 everyday words, 80 of things that no catalog here has and
1,500 of common English, none was taken for the wrong kind; below it a name is offered, never taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Thread

import numpy as np

from core.ask.words.vocabulary import Meaning, Vocabulary
from core.errors import WorkbenchError
from core.models import Embedder, Vectors
from core.telemetry import log

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


def phrases(vocabulary: Vocabulary) -> dict[str, Meaning]:
    """How categories and venue types are called."""
    found: dict[str, Meaning] = {}
    for key, named in vocabulary.exact.items():
        for meaning in named:
            if meaning.dimension in ("category", "venue"):
                found.setdefault(" ".join(key), meaning)
                found.setdefault(meaning.label, meaning)
    return found


def meanings(said: Mapping[str, Meaning], embedder: Embedder) -> Meanings:
    """What phrases mean."""
    return Meanings(tuple(said.values()), embedder.embed(list(said)), embedder)


class Learning:
    """``meanings`` read in the background; ``now`` is None until they are there."""

    def __init__(self, said: Mapping[str, Meaning], embedder: Embedder) -> None:
        self.now: Meanings | None = None
        self._said, self._embedder = said, embedder
        Thread(target=self._learn, name="meanings of kinds", daemon=True).start()

    def _learn(self) -> None:
        try:
            self.now = meanings(self._said, self._embedder)
        except WorkbenchError:
            log().exception("meanings_failed")


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
    near = process.extract(
        words, list(phrases), scorer=JaroWinkler.similarity, score_cutoff=ALIKE, limit=MOST
    )
    return [phrases[phrase] for phrase, _, _ in near]
