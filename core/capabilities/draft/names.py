"""How well a name as it is written fits a product: words, sizes and misread letters.

Likeness is Tversky's (1977) ratio of the rarity of the words that both share against that of the words that
only one has, as in product search; here a word that is missing on either side counts, because two flavors of
a brand differ in a single word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log1p

from core.planogram.product import Product

ALIKE = 0.72
"""Likeness of letters from which two words may be the same one, misread or shortened."""
ONLY_WRITTEN, ONLY_KNOWN = 1.0, 0.8
"""What a word counts that only the paper has, and one that only the product has."""
SIZE_LEFT_OUT = 0.12
"""What a size counts that the paper leaves out."""
CUT = "…"
_SIZE = re.compile(
    r"(\d+(?:[.,]\d+)?)\.?\s*(fl\.?\s*oz|[o0]z|ounces?|ml|cl|kg|g|lbs?|ct|count|pk|pack|l|liters?|pcs?)\b")
_UNITS = {"oz": "oz", "0z": "oz", "ounce": "oz", "ounces": "oz", "lbs": "lb", "count": "ct", "pack": "pk",
          "liter": "l", "liters": "l", "pcs": "ct", "pc": "ct"}
_MISREAD = re.compile(r"(?<![\d.,])(\d{1,2}[.,]\d|\d{1,2}(?:[.,]\d)? )[o0][z217](?![\d.])")
"""Ounces as narrow letters are read: "1.5 02", "1.901"."""
_APART = re.compile(r"\b(\d{1,2})[.,] (\d)\b")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Words:
    """A name as words and sizes ("12oz"). ``is_cut``: it ends with an ellipsis; ``begun``: the number of a
    size that is cut off."""

    words: tuple[str, ...]
    sizes: frozenset[str]
    is_cut: bool = False
    begun: str = ""


def words_of(text: str) -> Words:
    """The words of a name, plain small letters, and its sizes in one spelling."""
    is_cut = text.rstrip().endswith((CUT, "...", ".."))
    plain = unicodedata.normalize("NFKD", text.replace("&", " ")).encode("ascii", "ignore").decode().lower()
    plain = _APART.sub(r"\1.\2", plain)
    plain = _MISREAD.sub(r"\1 oz", plain)
    sizes = set()
    for number, unit in _SIZE.findall(plain):
        unit = re.sub(r"^fl|[\s.]", "", unit)
        sizes.add(f"{float(number.replace(',', '.')):g}{_UNITS.get(unit, unit)}")
    rest = _WORD.findall(_SIZE.sub(" ", plain))
    begun = rest.pop() if is_cut and rest and rest[-1].isdecimal() else ""
    return Words(tuple(w for w in rest if len(w) > 1 or w.isdecimal()), frozenset(sizes), is_cut, begun)


class Names:
    """The names of a catalog, made ready to be compared."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._of: dict[int, tuple[Words, frozenset[str]]] = {}
        counts: Counter[str] = Counter()
        for p in products:
            named = words_of(p.name)
            sizes = named.sizes | words_of(p.size).sizes
            words = Words(named.words, sizes)
            also = frozenset((*words_of(p.brand).words, *words_of(p.category).words)) - set(named.words)
            self._of[p.id] = words, also
            counts.update(set(named.words))
        self._rarity: Mapping[str, float] = {
            word: log1p(len(self._of) / count) for word, count in counts.items()
        }
        self._unknown = log1p(len(self._of))

    def likeness(self, written: Words, product_id: int) -> float:
        """0–1; 1 where every word and the size agree."""
        known, also = self._of[product_id]
        if not written.words and not written.sizes:
            return 0.0
        left = list(known.words)
        shared = only_written = 0.0
        words = _mended(written.words, left)
        for at, word in enumerate(words):
            best, how = _best(word, left, written.is_cut and at == len(words) - 1)
            if best is not None:
                left.remove(best)
                weight = self._weight(best)
                shared += weight * how
                only_written += ONLY_WRITTEN * weight * (1.0 - how)
            elif word not in also and not _in_pieces(word, left):
                only_written += ONLY_WRITTEN * self._weight(word)
        if written.is_cut:  # what comes after the last word that is seen may have been cut off
            seen = [at for at, word in enumerate(known.words) if word not in left]
            left = [word for word in left if known.words.index(word) < max(seen, default=0)]
        only_known = ONLY_KNOWN * sum(map(self._weight, left))
        total = shared + only_written + only_known
        return (shared / total if total else 0.0) * _size_fits(written, known)

    def _weight(self, word: str) -> float:
        return self._rarity.get(word, self._unknown)


def _mended(words: tuple[str, ...], known: list[str]) -> list[str]:
    """Words of which two neighbors that the product writes as one are one: "Pret zels"."""
    made: list[str] = []
    for word in words:
        if made and made[-1] not in known and made[-1] + word in known:
            made[-1] += word
        else:
            made.append(word)
    return made


def _best(word: str, among: list[str], is_cut: bool) -> tuple[str | None, float]:
    """The word that is meant and how sure that is."""
    if word in among:
        return word, 1.0
    from rapidfuzz.fuzz import ratio

    top, how = None, ALIKE
    for other in among:
        alike = ratio(_read(word), _read(other)) / 100.0
        if word.isdecimal() or other.isdecimal():
            alike = 0.0
        elif (is_cut or len(word) >= 3) and other.startswith(word):
            alike = max(alike, 0.95 if is_cut else 0.85)
        if alike > how:
            top, how = other, alike
    return top, how


def _read(word: str) -> str:
    """Letters that are taken for one another in print, as one."""
    return word.replace("rn", "m").replace("0", "o").replace("1", "l").replace("i", "l").replace("5", "s")


def _in_pieces(word: str, left: list[str]) -> bool:
    """Whether a word is two of the product's written as one, which are taken off then."""
    for first in left:
        rest = word.removeprefix(first)
        if rest != word and rest in left and rest != first:
            left.remove(first)
            left.remove(rest)
            return True
    return False


def _size_fits(written: Words, known: Words) -> float:
    if written.sizes & known.sizes:
        return 1.0
    if written.begun and not written.sizes:
        return 1.0 if any(size.startswith(written.begun) for size in known.sizes) else 0.55
    if written.sizes:
        return 0.75 if not known.sizes else 0.55
    return 1.0 - SIZE_LEFT_OUT / 2 if known.sizes else 1.0
