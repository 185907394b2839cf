"""Tokens become pieces: words of the field, names, times and numbers, each with what it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.ask.plan import Filter
from core.ask.words.distributing import KINDS, distributed
from core.ask.words.lexicon import LONGEST, fillers, lexicon, regions
from core.ask.words.meaning import Meanings, offered, taken
from core.ask.words.spelling import spell
from core.ask.words.times import Time, number, read_time
from core.ask.words.tokens import Token
from core.ask.words.vocabulary import Meaning, Vocabulary

MAX_NAME = 10
GOODS = ("product", "brand", "category", "temperature")
_NOTHING = {
    "revenue": "sold",
    "units": "sold",
    "facings": "stands",
    "positions": "stands",
    "stockouts": "out_of_stock",
    "audits": "audited",
}
"""What a thing without any of a measure has not."""
_GREETINGS = ("morning", "afternoon", "evening")
_SMALL = ("over", "under", "above", "below", "up", "=", "north", "south", "beyond", "maximum", "minimum")
_SIGNS = {"dollar": "$", "buck": "$", "usd": "$", "euro": "€", "percent": "%", "percentage": "%"}
_GENERIC = frozenset(
    ("old", "new", "big", "small", "large", "great", "little", "good", "bad", "high", "low", "long", "short")
)
"""Words that say something of anything: no part of a name by themselves."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Piece:
    """``kind``: name, several, unknown, time, number, filler or a kind of the lexicon · ``value`` as the kind
    says · ``text`` as written · ``plural`` of its last word."""

    kind: str
    value: Any
    text: str
    at: int
    length: int = 1
    plural: bool = False

    def is_(self, kind: str, *values: str) -> bool:
        return self.kind == kind and (not values or self.value in values)


@dataclass(frozen=True, slots=True)
class Linked:
    """The pieces, without fillers, the words that were corrected, and those taken by their meaning
    (written, taken for)."""

    pieces: tuple[Piece, ...]
    corrected: tuple[tuple[str, str], ...]
    texts: frozenset[str]
    opening: tuple[str, ...] = ()
    guessed: tuple[tuple[str, str], ...] = ()
    commas: bool = False


def link(
    tokens: Sequence[Token], vocabulary: Vocabulary, today: date, known: Meanings | None = None
) -> Linked:
    """What each part of a question means, the longest known phrase first; what nothing knows by what it
    means, where that is clear."""
    spelled, corrected = spell(tokens, vocabulary)
    spelled = distributed(spelled, vocabulary)
    found, i = [], 0
    while i < len(spelled):
        piece = _piece(spelled, i, vocabulary, today)
        if piece.kind not in ("filler", "noise"):
            found.append(piece)
        i += piece.length
    found, guessed = _guessed(found, vocabulary, known)
    pieces = tuple(_verbs(_listed(found, spelled)))
    texts = frozenset(t.text for t in spelled)
    opening, commas = tuple(t.text for t in spelled[:2]), any(t.comma for t in spelled)
    return Linked(pieces, corrected, texts, opening, guessed, commas)


def _guessed(
    pieces: list[Piece], vocabulary: Vocabulary, known: Meanings | None
) -> tuple[list[Piece], tuple[tuple[str, str], ...]]:
    """Unknown words side by side as one phrase: a name that they clearly mean, else names to choose from."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        joined = last is not None and last.kind == piece.kind == "unknown" and not (last.value or piece.value)
        if joined and last is not None and last.at + last.length == piece.at:
            length = last.length + piece.length
            found[-1] = replace(last, text=f"{last.text} {piece.text}", length=length, plural=piece.plural)
        else:
            found.append(piece)
    guessed = []
    for k, piece in enumerate(found):
        if piece.kind != "unknown" or piece.value is not None:
            continue
        meaning = taken(piece.text, known)
        if meaning is not None:
            found[k] = replace(piece, kind="name", value=meaning)
            guessed.append((piece.text, meaning.label))
        else:
            found[k] = replace(piece, value=offered(piece.text, vocabulary, known))
    return found, tuple(guessed)


def _listed(pieces: list[Piece], tokens: Sequence[Token]) -> list[Piece]:
    """ "A, B or C": a comma between two of a kind is what stands before the last of them."""
    found: list[Piece] = []
    for k, piece in enumerate(pieces):
        alike = bool(found) and _of_goods(found[-1]) is not None and _of_goods(found[-1]) == _of_goods(piece)
        if alike and tokens[piece.at].comma:
            joins = (p.value for p in pieces[k:] if p.kind == "and" and p.value != "but")
            found.append(Piece("and", next(joins, "and"), ",", piece.at, 0))
        found.append(piece)
    return found


def _of_goods(piece: Piece) -> str | None:
    """What kind of thing a name filters, all goods alike."""
    if piece.kind in ("family", "temperature"):
        return "goods"
    if piece.kind in ("zone", "shape", "status"):
        return piece.kind
    if piece.kind != "name":
        return None
    dimension = str(piece.value.dimension)
    return "goods" if dimension in GOODS else dimension


def _verbs(pieces: list[Piece]) -> list[Piece]:
    """ "Stores that stock Volt": a verb between a thing and a name, not the units that lie there."""
    named = ("name", "several", "family", "temperature", "not", "and")
    pieces = [part for i, piece in enumerate(pieces) for part in _split(pieces, i, piece)]
    for i, piece in enumerate(pieces):
        relation = _NOTHING.get(piece.value) if piece.kind == "measure" else None
        if relation is not None and i and pieces[i - 1].kind == "not" and pieces[i - 1].value != "except":
            pieces[i] = replace(piece, kind="rel", value=relation)
        if (
            piece.text in ("make", "makes")
            and 0 < i < len(pieces) - 1
            and pieces[i - 1].is_("thing", "brand")
            and _of_goods(pieces[i + 1]) == "goods"
        ):
            pieces[i] = replace(piece, kind="filler")
        if relation is not None and _is_had(pieces, i):
            pieces[i - 1] = replace(pieces[i - 1], kind="filler")
            pieces[i] = replace(piece, kind="rel", value=relation)
        stocked = piece.is_("measure", "stock") and piece.text in ("stock", "stocks")
        if (
            stocked
            and 0 < i < len(pieces) - 1
            and pieces[i - 1].kind in ("thing", "not")
            and (pieces[i + 1].kind in named)
        ):
            pieces[i] = replace(piece, kind="rel", value="stands")
    return [_zoned(pieces, i) for i, p in enumerate(pieces) if p.kind != "filler"]


def _is_had(pieces: list[Piece], i: int) -> bool:
    """ "Stores that had stockouts", "machines with sales": those that had any, where nothing is ranked."""
    before = pieces[i - 1] if i > 1 else None
    beside = before is not None and before.is_("rel", "stands") and before.at + before.length == pieces[i].at
    things = beside and pieces[i - 2].kind in ("thing", "name", "family")
    ranked = any(p.kind in ("best", "op", "by", "per", "number", "change", "share", "and") for p in pieces)
    return things and not ranked and pieces[i].value in ("revenue", "units", "stockouts", "audits")


def _zoned(pieces: list[Piece], i: int) -> Piece:
    """ "Frozen planograms", "the refrigerated end cap": of fixtures a temperature is their zone."""
    piece, follows = pieces[i], pieces[i + 1] if i + 1 < len(pieces) else None
    fixture = follows is not None and (follows.is_("thing", "planogram") or follows.kind == "shape")
    return replace(piece, kind="zone") if piece.kind == "temperature" and fixture else piece


def _split(pieces: list[Piece], i: int, piece: Piece) -> list[Piece]:
    """ "Products sold in gyms but not in schools" are things that were sold, where they lead the question."""
    asked = (
        i == 0
        or pieces[i - 1].is_("ask", "which", "what", "list")
        or pieces[i - 1].kind in ("whole", "count")
    )
    grouped = i + 1 < len(pieces) and pieces[i + 1].kind in ("by", "versus")
    if not piece.is_("measure", "products_sold") or not asked or grouped or not piece.text.startswith("pro"):
        return [piece]
    return [
        Piece("thing", "product", "products", piece.at, 1, True),
        Piece("rel", "sold", "sold", piece.at + 1),
    ]


def _piece(tokens: Sequence[Token], i: int, vocabulary: Vocabulary, today: date) -> Piece:
    if i == 0 and tokens[i].text in _GREETINGS and len(tokens) > 1 and tokens[1].comma:
        return Piece("filler", None, tokens[i].text, i)
    if tokens[i].text == "zero" and i + 1 < len(tokens) and _is_measure(tokens[i + 1]):
        return Piece("not", "not", tokens[i].text, i)
    best = _of_names(tokens, i, vocabulary)
    coded = _of_code(tokens, i, vocabulary)
    time = read_time(tokens, i, today) if _may_be_time(tokens, i) else None
    word = _of_field(tokens, i)
    if word is not None and word.kind == "forbidden" and best is not None and best.length >= word.length:
        word = None
    candidates = [p for p in (coded, _timed(tokens, i, time), word, best) if p is not None]
    if candidates:
        chosen = max(candidates, key=lambda p: p.length)
        return _longer_part(tokens, i, vocabulary, chosen) or chosen
    return _looser(tokens, i, vocabulary) or _single(tokens, i)


def _is_measure(token: Token) -> bool:
    return lexicon().get((token.stem,), ("",))[0] == "measure"


def _is_best(token: Token) -> bool:
    return lexicon().get((token.stem,), ("",))[0] == "best"


def _is_end(tokens: Sequence[Token], i: int) -> bool:
    return i + 1 == len(tokens) or tokens[i + 1].comma


def _longer_part(tokens: Sequence[Token], i: int, vocabulary: Vocabulary, chosen: Piece) -> Piece | None:
    """ "The Summer drinks project": a part of a name, longer than what it begins with."""
    if not any(t.stem == "project" for t in tokens):
        return None
    for length in range(min(6, len(tokens) - i), chosen.length, -1):
        parts = vocabulary.parts.get(tuple(t.stem for t in tokens[i : i + length]), ())
        found = tuple(m for m in parts if m.dimension == "project")
        if len(found) == 1:
            return Piece("name", found[0], _said(tokens, i, length), i, length)
    return None


def _single(tokens: Sequence[Token], i: int) -> Piece:
    token = tokens[i]
    n = number(token)
    if n is not None or token.text.replace(".", "", 1).isdigit():
        return Piece("number", float(n if n is not None else token.text), token.text, i)
    if token.text in ("$", "€", "£", "%", "#"):
        return Piece("sign", token.text, token.text, i)
    if token.stem in _SIGNS and i and is_number(tokens[i - 1]):
        return Piece("sign", _SIGNS[token.stem], token.text, i)
    if _is_thousands(token):
        return Piece("number", float(token.text[:-1]) * 1000, token.text, i)
    if token.text in regions():
        return Piece("forbidden", "cities and addresses", token.said, i)
    if token.text == "first" and _is_end(tokens, i) and any(_is_best(t) for t in tokens[:i]):
        return Piece("filler", None, token.text, i)
    if token.text == "over" or token.text in fillers() or token.stem in fillers():
        return Piece("filler", None, token.text, i)
    if token.text == "between":
        return Piece("versus", "compare", token.text, i)
    return Piece("unknown", None, token.said, i, plural=token.text != token.stem)


def _is_thousands(token: Token) -> bool:
    """ "20k"."""
    return token.text.endswith("k") and token.text[:-1].replace(".", "", 1).isdigit()


def _said(tokens: Sequence[Token], i: int, length: int) -> str:
    return " ".join(t.said for t in tokens[i : i + length])


def _may_be_time(tokens: Sequence[Token], i: int) -> bool:
    """ "may" and "fall" are times only where something says so."""
    text = tokens[i].text
    if text not in ("may", "fall", "second", "march"):
        return True
    before = tokens[i - 1].text if i else ""
    after = tokens[i + 1].text if i + 1 < len(tokens) else ""
    if text in ("second", "march"):
        return True
    return before in (
        "in",
        "of",
        "since",
        "for",
        "during",
        "this",
        "last",
        "and",
        "to",
        "vs",
        "versus",
        "the",
        "with",
        "on",
        "compare",
        "from",
        "between",
        "until",
        "before",
    ) or (
        after[:1].isdigit()
        or after in ("planogram", "planograms", "plan", "plans", "layouts", "sales", "revenue")
    )


def _timed(tokens: Sequence[Token], i: int, time: Time | None) -> Piece | None:
    if time is None:
        return None
    return Piece("time", time, _said(tokens, i, time.length), i, time.length)


def _of_field(tokens: Sequence[Token], i: int) -> Piece | None:
    words = lexicon()
    for length in range(min(LONGEST, len(tokens) - i), 0, -1):
        found = words.get(tuple(t.stem for t in tokens[i : i + length]))
        if found is None or not _applies(found, tokens, i, length):
            continue
        last = tokens[i + length - 1]
        return Piece(found[0], found[1], _said(tokens, i, length), i, length, last.text != last.stem)
    return None


def _applies(found: tuple[str, str], tokens: Sequence[Token], i: int, length: int) -> bool:
    """Small words mean a comparison or an average only beside a number or a noun."""
    following = tokens[i + length] if i + length < len(tokens) else None
    if found == ("op", ".."):
        return _is_range(tokens, i + length)
    if found[0] == "op" and tokens[i].text in _SMALL:
        return following is not None and (following.text in "$€£" or is_number(following))
    if tokens[i].stem in _SIGNS and length == 1 and i and is_number(tokens[i - 1]):
        return False
    if found[0] == "share" and tokens[i].text == "how":
        return following is not None and _is_measure(following)
    if found == ("forbidden", "hours of the day") and tokens[i].text == "am":
        return i > 0 and tokens[i - 1].text.isdigit()
    return True


def is_number(token: Token) -> bool:
    return number(token) is not None or token.text.replace(".", "", 1).isdigit() or _is_thousands(token)


def _is_range(tokens: Sequence[Token], at: int) -> bool:
    """ "5 and 10", "$5 to $10", "10% and 20%"."""
    words = [t for t in tokens[at : at + 6] if t.text not in ("$", "€", "£", "%", "percent", "units")]
    return (
        len(words) > 2
        and is_number(words[0])
        and words[1].text in ("and", "to", "through")
        and is_number(words[2])
        and not re.fullmatch(r"(19|20)\d\d", words[0].text)
    )


def _of_names(tokens: Sequence[Token], i: int, vocabulary: Vocabulary) -> Piece | None:
    """The longest whole name from here on."""
    for length in range(min(MAX_NAME, len(tokens) - i), 0, -1):
        key = tuple(t.stem for t in tokens[i : i + length])
        found = vocabulary.exact.get(key)
        if found is None:
            continue
        kept = _preferred(found, tokens, vocabulary, i, length)
        if kept:
            return _named(kept, tokens, i, length)
    return None


def _preferred(
    found: tuple[Meaning, ...], tokens: Sequence[Token], vocabulary: Vocabulary, i: int, length: int
) -> tuple[Meaning, ...]:
    """A plan that is called after its place and its goods is meant only where a plan is spoken of."""
    spoken = any(t.stem in ("planogram", "plan", "layout", "pog", "shelf") for t in tokens)
    if spoken or any(m.dimension != "planogram" for m in found):
        others = tuple(m for m in found if m.dimension == "planogram") if spoken else ()
        return others or tuple(m for m in found if m.dimension != "planogram" or spoken)
    for cut in range(length - 1, 0, -1):
        place = vocabulary.exact.get(tuple(t.stem for t in tokens[i : i + cut]))
        if place and place[0].dimension == "place":
            rest = tokens[i + cut : i + length]
            if all(_is_goods(t, vocabulary) for t in rest):
                return ()
    return found


def _is_goods(token: Token, vocabulary: Vocabulary) -> bool:
    found = lexicon().get((token.stem,))
    return (found is not None and found[0] in ("family", "temperature", "zone")) or (
        token.stem in vocabulary.words or (token.stem,) in vocabulary.exact
    )


def _named(found: tuple[Meaning, ...], tokens: Sequence[Token], i: int, length: int) -> Piece:
    text, last = _said(tokens, i, length), tokens[i + length - 1]
    plural = last.text != last.stem
    first = _merged(found)
    if first is not None:
        return Piece("name", first, text, i, length, plural)
    return Piece("several", found, text, i, length, plural)


def _merged(found: tuple[Meaning, ...]) -> Meaning | None:
    """One meaning: the only one, or the first rule that gave any; None where several have the name."""
    goods = [m for m in found if m.dimension in GOODS]
    if goods and len(goods) == len(found):
        return goods[0]
    return found[0] if len(found) == 1 else None


def _of_code(tokens: Sequence[Token], i: int, vocabulary: Vocabulary) -> Piece | None:
    """ "store 3", "machine no. 12", "row B", "slot A1"."""
    word = lexicon().get((tokens[i].stem,))
    if word is None or word[0] != "thing" or tokens[i].text != tokens[i].stem:
        return None
    at = i + 1
    while at < len(tokens) and tokens[at].text in ("#", "no", "number", "nr", "code"):
        at += 1
    if at >= len(tokens):
        return None
    text, length = tokens[at].text, at - i + 1
    if word[1] in KINDS and text.isdigit() and len(text) < 9:
        found = vocabulary.codes.get((KINDS[word[1]], int(text)))
        said = _said(tokens, i, length)
        return Piece("name", found, said, i, length) if found else Piece("unknown", "name", said, i, length)
    if word[1] == "row" and len(text) == 1 and text in _LETTERS and tokens[i].text in ("row", "shelf"):
        return Piece(
            "name",
            _one("row", _LETTERS.index(text), f"row {text.upper()}"),
            _said(tokens, i, length),
            i,
            length,
        )
    if word[1] == "slot" and len(text) in (2, 3) and text[0] in _LETTERS and text[1:].isdigit():
        return Piece(
            "name", _one("slot", text.upper(), f"slot {text.upper()}"), _said(tokens, i, length), i, length
        )
    return None


def _one(dimension: str, value: int | str, label: str) -> Meaning:
    return Meaning(Filter(dimension, (value,)), label)


def _looser(tokens: Sequence[Token], i: int, vocabulary: Vocabulary) -> Piece | None:
    """A part of a name of a place, plan or project, or words of product names; the longest first."""
    for length in range(min(6, len(tokens) - i), 0, -1):
        span = tokens[i : i + length]
        key = tuple(t.stem for t in span)
        parts = vocabulary.parts.get(key)
        if parts:
            piece = _of_part(parts, tokens, i, length, vocabulary)
            if piece is not None:
                return piece
        if any(t.stem in fillers() or (t.stem,) in lexicon() for t in span) and length > 1:
            continue
        ids = vocabulary.holding(key) if not (length == 1 and key[0].isdigit()) else frozenset()
        if ids and key[0].isalpha() and key[0] not in _GENERIC:
            label = " ".join(t.text for t in span)
            meaning = Meaning(Filter("product", tuple(sorted(ids))), label)
            return Piece("name", meaning, _said(tokens, i, length), i, length, span[-1].text != span[-1].stem)
    return None


def _of_part(
    parts: tuple[Meaning, ...], tokens: Sequence[Token], i: int, length: int, vocabulary: Vocabulary
) -> Piece | None:
    spoken = any(t.stem in ("planogram", "plan", "layout", "pog") for t in tokens)
    if length == 1 and number(tokens[i]) is not None:
        return None
    places = tuple(m for m in parts if m.dimension == "place")
    others = tuple(m for m in parts if m.dimension != "place")
    key = tuple(t.stem for t in tokens[i : i + length])
    if places:
        if length == 1 and vocabulary.holding(key):
            return None
        if len(places) == 1 and (length > 1 or _begins(key, places[0])):
            return Piece("name", places[0], _said(tokens, i, length), i, length)
        return Piece("several", places, _said(tokens, i, length), i, length)
    if length == 1 and not spoken:
        return None
    if len(others) == 1:
        return Piece("name", others[0], _said(tokens, i, length), i, length)
    return Piece("several", others, _said(tokens, i, length), i, length) if length > 1 or spoken else None


def _begins(key: tuple[str, ...], meaning: Meaning) -> bool:
    from core.ask.words.tokens import stems

    return stems(meaning.label)[: len(key)] == key
