"""Tokens → names of the company: whole ones, codes, parts of names, words of product names."""

from __future__ import annotations

from collections.abc import Sequence

from core.ask.plan import Filter
from core.ask.words.distributing import KINDS
from core.ask.words.lexicon import fillers, lexicon
from core.ask.words.pieces import Piece
from core.ask.words.times import number
from core.ask.words.tokens import Token
from core.ask.words.vocabulary import Meaning, Vocabulary

MAX_NAME = 10


GOODS = ("product", "brand", "category", "temperature")


_GENERIC = frozenset(
    ("old", "new", "big", "small", "large", "great", "little", "good", "bad", "high", "low", "long", "short")
)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def said(tokens: Sequence[Token], i: int, length: int) -> str:
    """The tokens as they were written."""
    return " ".join(t.said for t in tokens[i : i + length])


def of_names(tokens: Sequence[Token], i: int, vocabulary: Vocabulary) -> Piece | None:
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
    text, last = said(tokens, i, length), tokens[i + length - 1]
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


def of_code(tokens: Sequence[Token], i: int, vocabulary: Vocabulary) -> Piece | None:
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
        called = said(tokens, i, length)
        return (
            Piece("name", found, called, i, length) if found else Piece("unknown", "name", called, i, length)
        )
    if word[1] == "row" and len(text) == 1 and text in _LETTERS and tokens[i].text in ("row", "shelf"):
        return Piece(
            "name",
            _one("row", _LETTERS.index(text), f"row {text.upper()}"),
            said(tokens, i, length),
            i,
            length,
        )
    if word[1] == "slot" and len(text) in (2, 3) and text[0] in _LETTERS and text[1:].isdigit():
        return Piece(
            "name", _one("slot", text.upper(), f"slot {text.upper()}"), said(tokens, i, length), i, length
        )
    return None


def _one(dimension: str, value: int | str, label: str) -> Meaning:
    return Meaning(Filter(dimension, (value,)), label)


def looser(tokens: Sequence[Token], i: int, vocabulary: Vocabulary) -> Piece | None:
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
            return Piece("name", meaning, said(tokens, i, length), i, length, span[-1].text != span[-1].stem)
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
            return Piece("name", places[0], said(tokens, i, length), i, length)
        return Piece("several", places, said(tokens, i, length), i, length)
    if length == 1 and not spoken:
        return None
    if len(others) == 1:
        return Piece("name", others[0], said(tokens, i, length), i, length)
    return Piece("several", others, said(tokens, i, length), i, length) if length > 1 or spoken else None


def _begins(key: tuple[str, ...], meaning: Meaning) -> bool:
    from core.ask.words.tokens import stems

    return stems(meaning.label)[: len(key)] == key


_PLAN_WORDS = ("planogram", "plan", "layout", "pog", "plano", "schematic")


def _may_name(tokens: Sequence[Token], i: int, length: int, chosen: Piece) -> bool:
    """Several plans are called so by their goods ("candy end cap planograms"), not by fixtures alone."""
    follows = tokens[i + length]
    if follows.text != follows.stem:
        return length > 1 and chosen.kind in ("name", "family")
    if chosen.kind in ("shape", "zone") and chosen.length == length:
        return i > 0 and tokens[i - 1].text == "the"
    return length > 1 or (i > 0 and tokens[i - 1].text == "the")


def _called(tokens: Sequence[Token], i: int, vocabulary: Vocabulary, chosen: Piece) -> Piece | None:
    """ "The candy end cap planogram", "POGs in Summer drinks": part of the name of a plan or project, however
    its words could be read one by one."""
    within = i > 1 and tokens[i - 1].text in ("in", "within", "under") and tokens[i - 2].stem in _PLAN_WORDS
    for length in range(min(6, len(tokens) - i), 0, -1):
        parts = vocabulary.parts.get(tuple(t.stem for t in tokens[i : i + length]), ())
        follows = tokens[i + length] if i + length < len(tokens) else None
        if (follows is not None and follows.stem == "project") or (within and length > 1):
            found = tuple(m for m in parts if m.dimension == "project")
        elif follows is not None and follows.stem in _PLAN_WORDS and _may_name(tokens, i, length, chosen):
            found = tuple(m for m in parts if m.dimension == "planogram")
        else:
            continue
        if found:
            return _named(found, tokens, i, length)
    return None


def longer_part(tokens: Sequence[Token], i: int, vocabulary: Vocabulary, chosen: Piece) -> Piece | None:
    """ "The Summer drinks project": a part of a name, longer than what it begins with."""
    called = _called(tokens, i, vocabulary, chosen)
    if called is not None:
        if chosen.kind == "name" and chosen.length > called.length:
            return None
        placed = chosen.kind == "name" and chosen.value.dimension == "place"
        return called if called.length > chosen.length or not placed else None
    if not any(t.stem == "project" for t in tokens):
        return None
    for length in range(min(6, len(tokens) - i), chosen.length, -1):
        parts = vocabulary.parts.get(tuple(t.stem for t in tokens[i : i + length]), ())
        found = tuple(m for m in parts if m.dimension == "project")
        if len(found) == 1:
            return Piece("name", found[0], said(tokens, i, length), i, length)
    return None
