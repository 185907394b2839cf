"""Which product a picture file shows, told by its name: a folder of packshots needs no list beside it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from core.planogram.product import Catalog, Product

SURE, LIKELY = 0.9, 0.7
"""Text match from which a name counts as known, and from which it is offered (see SPEC's bands)."""
AHEAD = 0.03
"""By how much the best name must lead the next to be sure."""
MOST_OFFERED = 3
LEAST_LETTERS = 5
"""Letters of a word of which one may be wrong: "lime" and "lima" are two flavors."""
LONGEST_NAME = 200
"""Letters of a file's name that are looked at; in a ZIP folder it may have as many thousands."""

_DIGITS = re.compile(r"\d{7,14}")
_VIEW = re.compile(
    r"(?:[\s_.-]*\(\d{1,3}\)|[\s_.-]+(?:front|side|left|right|back|rear|top|bottom|packshot|view|img|image|"
    r"[a-z]\d[a-z]\d|v?\d{1,2}))+$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class PictureMatch:
    """``product_id``: None where nothing is sure; ``likely``: the products to choose from, the likeliest
    first; ``by``: "UPC" or "name", what told it; ``score``: 0 to 1."""

    file_name: str
    product_id: int | None
    likely: tuple[int, ...]
    by: str
    score: float


def match_pictures(file_names: Sequence[str], products: Catalog) -> tuple[PictureMatch, ...]:
    """The product of each file, by the first of these that tells it:

    1. a GTIN in the name, of any length, with or without its check digit and leading zeros, as names by the
       GS1 Product Image Specification have it (``00012345678905_A1N1.jpg``);
    2. the product's name, with or without its brand and size, case, order and punctuation aside, with a
       number or a word for the view after it ("… side", "… (2)"), and misspelled a little: a whole word or a
       number that differs is another flavor or size.

    A UPC of two products, or two names that are equally like, are left to the person.
    """
    by_code: dict[str, list[int]] = defaultdict(list)
    for product in products.values():
        for code in _codes(product.upc):
            by_code[code].append(product.id)
    names = [(p.id, _sorted(words)) for p in products.values() for words in _names_of(p)]
    known = _Names(tuple(i for i, _ in names), tuple(text for _, text in names))
    return tuple(_match(name, by_code, known) for name in file_names)


@dataclass(frozen=True, slots=True)
class _Names:
    """What products may be called, words in order, and whose each is."""

    of: tuple[int, ...]
    texts: tuple[str, ...]


def _match(
    file_name: str, by_code: dict[str, list[int]], names: _Names
) -> PictureMatch:
    stem = PurePath(file_name.replace("\\", "/")).stem[:LONGEST_NAME]
    for digits in _DIGITS.findall(stem):
        found = tuple(dict.fromkeys(i for code in _codes(digits) for i in by_code.get(code, ())))
        if found:
            return PictureMatch(file_name, found[0] if len(found) == 1 else None, found, "UPC", 1.0)
    return _by_name(file_name, stem, names)


def _by_name(file_name: str, stem: str, names: _Names) -> PictureMatch:
    # A product may itself be called "… side" or "… 2": the whole name is asked before one without its view.
    asked = dict.fromkeys(w for w in (_words(stem), _words(_VIEW.sub("", stem))) if w)
    likeness: dict[int, tuple[float, bool]] = {}
    for words in asked:
        likeness = _likeness(words, names)
        if any(score >= SURE and same for score, same in likeness.values()):
            break
    ranked = sorted(likeness, key=lambda i: (*(-v for v in likeness[i]), i))
    if not ranked:
        return PictureMatch(file_name, None, (), "", 0.0)
    score, same = likeness[ranked[0]]
    alone = len(ranked) == 1 or likeness[ranked[1]][0] <= score - AHEAD
    sure = ranked[0] if score >= SURE and same and alone else None
    return PictureMatch(file_name, sure, tuple(ranked[:MOST_OFFERED]), "name", score)


def _likeness(words: str, names: _Names) -> dict[int, tuple[float, bool]]:
    """Product → how like its likest name is, of those from ``LIKELY`` on (normalized indel similarity of
    the sorted words), and whether no whole word differs."""
    from rapidfuzz import fuzz, process

    found: dict[int, tuple[float, bool]] = {}
    for text, score, n in process.extract(
        _sorted(words), names.texts, scorer=fuzz.ratio, score_cutoff=100 * LIKELY,
        limit=4 * (MOST_OFFERED + 1),
    ):
        said = score / 100, _same_words(words, text)
        found[names.of[n]] = max(found.get(names.of[n], said), said)
    return found


def _sorted(words: str) -> str:
    return " ".join(sorted(words.split()))


def _same_words(one: str, other: str) -> bool:
    """Whether two texts differ by the spelling of words alone, none of them a number."""
    from rapidfuzz.distance import OSA

    left = sorted((Counter(one.split()) - Counter(other.split())).elements())
    right = sorted((Counter(other.split()) - Counter(one.split())).elements())
    return len(left) == len(right) and all(
        a.isalpha() and b.isalpha() and len(a) >= LEAST_LETTERS and OSA.distance(a, b) <= 1
        for a, b in zip(left, right, strict=True)
    )


def _names_of(product: Product) -> set[str]:
    """The ways in which a file may be named after a product."""
    bare = _words(product.name)
    with_brand = bare if _words(product.brand) in bare else f"{_words(product.brand)} {bare}"
    size = _words(product.size)
    both = {bare, with_brand}
    return {n for n in both | ({f"{n} {size}" for n in both} if size and size not in bare else set()) if n}


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _codes(digits: str) -> tuple[str, ...]:
    """A GTIN without leading zeros, and without its check digit where it has one that is right."""
    code = digits.strip().lstrip("0")
    if not code.isdigit() or len(code) < 6:
        return ()
    return (code, code[:-1]) if _is_checked(code) and len(code) > 7 else (code,)


def _is_checked(code: str) -> bool:
    """Whether the last digit is the check digit (GS1 General Specifications, section 7.9)."""
    weights = [3 if n % 2 == 0 else 1 for n in range(len(code) - 1)]
    total = sum(w * int(c) for w, c in zip(weights, reversed(code[:-1]), strict=True))
    return (10 - total % 10) % 10 == int(code[-1])
