"""A question as tokens: folded, singular, without punctuation; names of the company go the same way."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}/\d{2,4}|\d+-\d+(?!\w)|\d+(?:\.\d+)?k?(?!\w)|[^\W_]+|[$€£%]|[<>=]+"
)
_CONTRACTED = re.compile(
    r"\b(can|do|does|did|is|are|was|were|has|have|had|would|should|could|wo|ai)n[’']?t\b"
)
_POSSESSIVE = re.compile(r"[’']s\b|(?<=s)[’'](?=\s|$)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_PER = re.compile(
    r"(?<=[a-z$%)])\s*/\s*(?=(?:facing|foot|feet|ft|lin(?:ear)?|day|slot|position|store|machine|place|site|location"
    r"|week|month|wk|mo)\b)"
)
_PLUS, _OR_MORE = re.compile(r"(?<=[a-z%)])\s*\+\s*(?=[a-z])"), re.compile(r"(?<=\d)\+(?!\d)")
_GLUED = re.compile(r"\b(top|bottom|best|worst|last|past)(\d+)\b")
_WITHOUT, _WITH = re.compile(r"\bw/o\b"), re.compile(r"\bw/")
_NUMBER_OF = re.compile(r"#\s*of\b|#\s*(?=[a-z])|\bno\.?\s+of\b|\b(?:nr|nbr|num)\b\.?\s+(?:of\b|(?=[a-z]))")
_IRREGULAR = {
    "does": "do",
    "was": "was",
    "is": "is",
    "this": "this",
    "has": "has",
    "its": "its",
    "us": "us",
    "as": "as",
    "less": "less",
    "versus": "versus",
    "vs": "vs",
    "plus": "plus",
    "shelves": "shelf",
    "halves": "half",
    "autumns": "autumn",
    "yes": "yes",
    "gross": "gross",
    "always": "always",
    "unless": "unless",
    "business": "business",
    "sos": "sos",
    "oos": "oos",
    "campus": "campus",
    "columbus": "columbus",
    "fitness": "fitness",
    "access": "access",
    "address": "address",
    "swiss": "swiss",
    "across": "across",
    "series": "series",
    "was ": "was",
    "tax": "tax",
    "taxes": "tax",
    "buses": "bus",
    "cookies": "cookie",
    "smoothies": "smoothie",
    "brownies": "brownie",
    "movies": "movie",
    "calories": "calorie",
    "skus": "sku",
    "menus": "menu",
}


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` as folded · ``stem``: its singular · ``said``: as it was written · ``comma``: whether
    one stands before it."""

    text: str
    stem: str
    said: str
    comma: bool = False


@lru_cache(maxsize=8192)
def singular(word: str) -> str:
    """The singular of an English noun, near enough for matching both sides the same way."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes")):
        return word[:-2]
    return word[:-1]


def fold(text: str) -> str:
    """Lower case, without accents, possessives, hyphens between words and thousands' commas."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    plain = _CONTRACTED.sub(r"\1 not", plain)
    plain = _THOUSANDS.sub("", _POSSESSIVE.sub("", plain))
    plain = _GLUED.sub(r"\1 \2", plain).replace("≥", ">=").replace("≤", "<=")
    plain = _OR_MORE.sub(" or more", _PLUS.sub(" and ", _PER.sub(" per ", plain)))
    plain = _NUMBER_OF.sub(" number of ", plain)
    plain = _WITHOUT.sub("without ", plain)
    return _WITH.sub("with ", plain).replace("'", "").replace("&", " and ")


def tokens(text: str) -> tuple[Token, ...]:
    """The words and numbers of a text, in order."""
    folded, found, end = fold(text), [], 0
    for match in _TOKEN.finditer(folded):
        word, between = match[0], folded[end : match.start()]
        found.append(Token(word, singular(word), word, "," in between or ";" in between))
        end = match.end()
    return tuple(found)


@lru_cache(maxsize=16384)
def stems(text: str) -> tuple[str, ...]:
    """The singulars alone."""
    return tuple(t.stem for t in tokens(text))
