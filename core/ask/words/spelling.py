"""Words that nothing knows: put right where they are no English words and one known word is clearly near.

A word that English has is never "put right": "beer" is not "been". The list of words is BERT's vocabulary
(Devlin et al. 2019, Apache 2.0), whole words from four letters on, which are those of common texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from core.ask.words.lexicon import fillers, known_words, lexicon
from core.ask.words.times import NUMBERS, WORDS
from core.ask.words.tokens import Token, singular
from core.ask.words.vocabulary import Vocabulary

SHORTEST = 4
LONG = 7
"""From here on two letters may be wrong, below it one."""


def spell(
    tokens: Sequence[Token], vocabulary: Vocabulary
) -> tuple[tuple[Token, ...], tuple[tuple[str, str], ...]]:
    """The tokens put right, and what was written for what it was taken for."""
    found: list[Token] = []
    corrected: list[tuple[str, str]] = []
    for token in tokens:
        token = _long(token)
        unit = _unit(token, found, vocabulary)
        if unit is not None:
            corrected.append((token.said, unit))
            found.append(replace(token, text=unit, stem=singular(unit)))
            continue
        token = token if _is_known(token, vocabulary) else _based(token)
        right = None if _is_known(token, vocabulary) else _corrected(token, vocabulary.spelling)
        if right is None:
            found.append(token)
            continue
        corrected.append((token.said, right))
        ending = "s" if token.text.endswith("s") and not right.endswith("s") else ""
        found.append(replace(token, text=right + ending, stem=singular(right + ending)))
    return tuple(found), tuple(corrected)


_SHORT = {
    "rn": "now",
    "u": "you",
    "ur": "your",
    "abt": "about",
    "thru": "through",
    "tdys": "today",
    "pcs": "pieces",
    "lst": "last",
    "prev": "previous",
    "yest": "yesterday",
    "yday": "yesterday",
    "tdy": "today",
    "wkly": "weekly",
    "mthly": "monthly",
    "cmp": "compared",
    "excl": "excluding",
    "incl": "including",
    "prods": "products",
    "plz": "please",
    "bev": "beverages",
    "bevs": "beverages",
    "refrig": "refrigerated",
    "fridges": "coolers",
    "mach": "machine",
    "wich": "which",
    "wat": "what",
    "wot": "what",
    "tha": "the",
    "hte": "the",
    "teh": "the",
    "adn": "and",
    "nad": "and",
    "fo": "of",
    "fro": "for",
    "hwo": "how",
    "hw": "how",
    "mny": "many",
    "bst": "best",
    "tpo": "top",
    "yr": "year",
    "yrs": "years",
}


_UNITS = ("day", "days", "week", "weeks", "month", "months", "quarter", "quarters", "year", "years")


def _unit(token: Token, before: Sequence[Token], vocabulary: Vocabulary) -> str | None:
    """A unit of time with a slip in it, where only one can stand: "last 30 dyas", "last wek"."""
    from rapidfuzz.distance import OSA

    counted = len(before) > 1 and (before[-1].text.isdigit() or before[-1].text in NUMBERS)
    led = before[-2].text if counted else before[-1].text if before else ""
    if led not in ("last", "past", "previous", "prior", "this") or not token.text.isalpha():
        return None
    known = token.stem in common() or token.stem in vocabulary.words or token.stem in vocabulary.spelling
    if token.text in _UNITS or known or (not counted and (token.stem in english() or len(token.text) < 3)):
        return None
    allowed = 1 if len(token.text) < LONG else 2
    near = sorted((OSA.distance(token.text, u), abs(len(u) - len(token.text)), u) for u in _UNITS
                  if u[0] == token.text[0] and (len(token.text) > 3 or _misses(token.text, u)))
    return near[0][2] if near and near[0][0] <= allowed else None


def _misses(word: str, unit: str) -> bool:
    """Of three letters little is left: only one is missing, or two stand the wrong way round."""
    return len(unit) == len(word) + 1 or sorted(unit) == sorted(word)


def _long(token: Token) -> Token:
    """A short form, or a slip in a word too short to be put right by likeness."""
    word = _SHORT.get(token.text)
    return token if word is None else replace(token, text=word, stem=singular(word))


@cache
def common() -> frozenset[str]:
    """Every word that the rules of this package read."""
    return known_words() | fillers() | WORDS | frozenset(NUMBERS)


@cache
def english() -> frozenset[str]:
    """Words that are no slips of the pen."""
    return frozenset((Path(__file__).parent / "english.txt").read_text(encoding="ascii").split())


def _is_known(token: Token, vocabulary: Vocabulary) -> bool:
    return (
        not token.stem.isalpha()
        or len(token.text) < SHORTEST
        or token.text in common()
        or token.stem in common()
        or token.stem in vocabulary.spelling
        or token.stem in vocabulary.words
    )


def _based(token: Token) -> Token:
    """Another form of a word of the field: "purchasing", "grossing"."""
    base = next((b for b in _bases(token.text) if _is_verb(b)), None)
    return token if base is None else replace(token, text=base, stem=base)


def _is_verb(word: str) -> bool:
    return lexicon().get((word,), ("",))[0] in ("rel", "change", "forbidden", "versus", "by")


def _bases(word: str) -> Iterator[str]:
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            cut = word[: -len(ending)]
            yield cut
            yield cut + "e"
            if cut[-1] == cut[-2]:
                yield cut[:-1]


def _corrected(token: Token, names: frozenset[str]) -> str | None:
    """Also where the letters that are wrong hide the plural."""
    if token.text in english() or token.stem in english():
        return None
    found = _nearest(token.stem, names) if len(token.stem) >= SHORTEST else None
    if found is None and token.text.endswith("s") and len(token.text) >= SHORTEST:
        found = _nearest(token.text[:-1], names)
    return found


@lru_cache(maxsize=8)
def _pool(names: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(w for w in common() | names if len(w) >= SHORTEST))


@lru_cache(maxsize=4096)
def _nearest(word: str, names: frozenset[str]) -> str | None:
    """The one word within reach (optimal string alignment; of equals the nearest by Jaro and Winkler)."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA, JaroWinkler

    allowed = 1 if len(word) < LONG else 2
    pool = _pool(frozenset() if len(word) <= SHORTEST else names)
    near = []
    for other, distance, _ in process.extract(
        word, pool, scorer=OSA.distance, score_cutoff=allowed, limit=12
    ):
        if other[0] == word[0] or (distance == 1 and len(word) > 5):
            last = 0.0 if other[-1] == word[-1] else 0.02
            near.append((distance, last - JaroWinkler.similarity(word, other), other))
    near.sort()
    if not near or (len(near) > 1 and near[0][:1] == near[1][:1] and near[1][1] - near[0][1] < 0.01):
        return None
    return near[0][2]
