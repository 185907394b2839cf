"""Tokens become pieces: words of the field, names, times and numbers, each with what it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from core.ask.words.dates import Time
from core.ask.words.distributing import distributed
from core.ask.words.framing import applies, is_any_one, is_faring, is_frame, lasts
from core.ask.words.joining import guessed, listed, verbs
from core.ask.words.lexicon import LONGEST, fillers, lexicon, regions
from core.ask.words.meaning import Meanings
from core.ask.words.naming import longer_part, looser, of_code, of_names, said
from core.ask.words.pieces import Linked, Piece
from core.ask.words.spelling import spell
from core.ask.words.times import WORDS, number, read_time
from core.ask.words.tokens import Token
from core.ask.words.vocabulary import Vocabulary

"""What a thing without any of a measure has not."""
_GREETINGS = ("morning", "afternoon", "evening")
_SMALL = ("over", "under", "above", "below", "up", "=", "north", "south", "beyond", "maximum", "minimum")
_BEFORE_AMOUNTS = ("than", "least", "most", "exceeding", "exceeds", "$", "€", "£", ">", "<", ">=", "<=")
_CUT = ("last", "prior", "previous", "before")
"""Words that end a comparison only where no time follows: "compared with last"."""
_SIGNS = {"dollar": "$", "buck": "$", "usd": "$", "euro": "€", "percent": "%", "percentage": "%"}
"""Words that say something of anything: no part of a name by themselves."""


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
    found, guesses = guessed(_periods_over(_of_projects(found)), vocabulary, known)
    pieces = tuple(verbs(listed(found, spelled)))
    texts = frozenset(t.text for t in spelled)
    opening, commas = tuple(t.text for t in spelled[:2]), any(t.comma for t in spelled)
    return Linked(pieces, corrected, texts, opening, guesses, commas, tuple(t.text for t in spelled), today)


def _of_projects(pieces: list[Piece]) -> list[Piece]:
    """ "The Summer drinks project 2026": a year beside the name that ends in it is no period as well."""
    found = []
    for i, piece in enumerate(pieces):
        beside = [p for p in (*pieces[max(i - 1, 0) : i + 2 : 2], *pieces[max(i - 2, 0) : i - 1])
                  if p.kind == "name" and p.value.dimension == "project"]
        year = piece.kind == "time" and re.fullmatch(r"20\d\d", piece.text) is not None
        part = [p for p in beside if piece.text in p.value.label.split() and piece.text not in p.text.split()]
        called = i > 0 and pieces[i - 1].is_("thing", "project")
        if not (year and any(_adjoin(p, piece, called) for p in part)):
            found.append(piece)
    return found


def _adjoin(name: Piece, year: Piece, called: bool) -> bool:
    """Beside one another, but for the word "project"."""
    between = year.at - name.at - name.length
    return between == 0 or (between == 1 and called) or year.at + year.length == name.at


def _periods_over(pieces: list[Piece]) -> list[Piece]:
    """ "This year over last year": against it; elsewhere the word says nothing."""
    found = []
    for i, piece in enumerate(pieces):
        if piece.kind == "over":
            beside = pieces[max(i - 1, 0) : i + 2 : 2]
            if not (i > 0 and len(beside) == 2 and all(p.kind == "time" and p.value.period for p in beside)):
                continue
            piece = replace(piece, kind="versus", value="with")
        found.append(piece)
    return found


def _piece(tokens: Sequence[Token], i: int, vocabulary: Vocabulary, today: date) -> Piece:
    if i == 0 and tokens[i].text in _GREETINGS and len(tokens) > 1 and tokens[1].comma:
        return Piece("filler", None, tokens[i].text, i)
    if is_faring(tokens, i):
        return Piece("unknown", None, tokens[i].text, i)
    if is_any_one(tokens, i):
        return Piece("filler", None, tokens[i].text, i)
    if lasts(tokens, i) and not _of_measures(tokens, i):
        return Piece("measure", "shelf_life", tokens[i].text, i)
    zero = tokens[i].text == "zero" and i + 1 < len(tokens)
    if zero and (_is_measure(tokens[i + 1]) or _none_of(tokens, i)):
        return Piece("not", "not", tokens[i].text, i)
    if tokens[i].text in ("out", "down", "up") and _is_broken(tokens, i):
        return Piece("filler", None, tokens[i].text, i)
    best = of_names(tokens, i, vocabulary)
    coded = of_code(tokens, i, vocabulary)
    time = read_time(tokens, i, today) if _may_be_time(tokens, i) and not _is_amount(tokens, i) else None
    word = _of_field(tokens, i)
    if word is not None and word.kind == "forbidden" and best is not None and best.length >= word.length:
        word = None
    candidates = [p for p in (coded, _timed(tokens, i, time), word, best) if p is not None]
    if not candidates and is_frame(tokens, i):
        return Piece("filler", None, tokens[i].text, i)
    if candidates:
        chosen = max(candidates, key=lambda p: p.length)
        return longer_part(tokens, i, vocabulary, chosen) or chosen
    return looser(tokens, i, vocabulary) or _single(tokens, i)


def _is_broken(tokens: Sequence[Token], i: int) -> bool:
    """ "Break October's revenue out by store"."""
    by = i + 1 < len(tokens) and tokens[i + 1].text == "by"
    return by and any(t.text in ("break", "split", "cut", "slice") for t in tokens[:i])


def _none_of(tokens: Sequence[Token], i: int) -> bool:
    """ "Sold zero Tidal"."""
    return i > 0 and lexicon().get((tokens[i - 1].stem,), ("", ""))[1] in ("sold", "stands")


def _of_measures(tokens: Sequence[Token], i: int) -> bool:
    """ "Last for": one phrase of the field."""
    return i + 1 < len(tokens) and (tokens[i].stem, tokens[i + 1].stem) in lexicon()


def _is_measure(token: Token) -> bool:
    return lexicon().get((token.stem,), ("",))[0] == "measure"


def _is_best(token: Token) -> bool:
    return lexicon().get((token.stem,), ("",))[0] == "best"


def _is_end(tokens: Sequence[Token], i: int) -> bool:
    return i + 1 == len(tokens) or tokens[i + 1].comma


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
    if token.text == "over":
        return Piece("over", None, token.text, i)
    if token.text in fillers() or token.stem in fillers():
        return Piece("filler", None, token.text, i)
    if token.text == "between":
        return Piece("versus", "compare", token.text, i)
    return Piece("unknown", None, token.said, i, plural=token.text != token.stem)


def _is_thousands(token: Token) -> bool:
    """ "20k"."""
    return token.text.endswith("k") and token.text[:-1].replace(".", "", 1).isdigit()


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


def _is_amount(tokens: Sequence[Token], i: int) -> bool:
    """ "More than 2,000 units" is no year."""
    if not tokens[i].text.isdigit() or i == 0:
        return False
    before = tokens[i - 1].text
    measured = i + 1 < len(tokens) and _is_measure(tokens[i + 1])
    small = before in ("over", "under", "above", "below", "to") and measured
    return small or before in _BEFORE_AMOUNTS


def _timed(tokens: Sequence[Token], i: int, time: Time | None) -> Piece | None:
    if time is None:
        return None
    return Piece("time", time, said(tokens, i, time.length), i, time.length)


def _of_field(tokens: Sequence[Token], i: int) -> Piece | None:
    words = lexicon()
    for length in range(min(LONGEST, len(tokens) - i), 0, -1):
        found = words.get(tuple(t.stem for t in tokens[i : i + length]))
        if found is None or not _applies(found, tokens, i, length):
            continue
        last = tokens[i + length - 1]
        return Piece(found[0], found[1], said(tokens, i, length), i, length, last.text != last.stem)
    return None


def _applies(found: tuple[str, str], tokens: Sequence[Token], i: int, length: int) -> bool:
    """Small words mean a comparison or an average only beside a number or a noun."""
    following = tokens[i + length] if i + length < len(tokens) else None
    if found == ("op", ".."):
        return _is_range(tokens, i + length)
    if found[0] == "op" and tokens[i].text in _SMALL:
        return following is not None and (following.text in "$€£" or is_number(following))
    if found[0] == "op" and tokens[i].text == "and" and following is not None and following.text == "than":
        return False
    if found[0] == "before" and tokens[i + length - 1].text in _CUT:
        return following is None or (following.text not in WORDS and not is_number(following))
    if tokens[i].stem in _SIGNS and length == 1 and i and is_number(tokens[i - 1]):
        return False
    if found[0] == "share" and tokens[i].text == "how":
        return following is not None and _is_measure(following)
    if not applies(found, tokens, i, length):
        return False
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
