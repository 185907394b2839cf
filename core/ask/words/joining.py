"""What pieces say beside one another: lists after commas, verbs that look like nouns, guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.ask.words import beside
from core.ask.words.meaning import Meanings, offered, taken
from core.ask.words.naming import GOODS
from core.ask.words.pieces import Piece
from core.ask.words.tokens import Token
from core.ask.words.vocabulary import Vocabulary

_NOTHING = {
    "revenue": "sold",
    "units": "sold",
    "facings": "stands",
    "positions": "stands",
    "stockouts": "out_of_stock",
    "audits": "audited",
}


def guessed(
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
    guesses = []
    for k, piece in enumerate(found):
        if piece.kind != "unknown" or piece.value is not None:
            continue
        meaning = taken(piece.text, known)
        if meaning is not None:
            found[k] = replace(piece, kind="name", value=meaning)
            guesses.append((piece.text, meaning.label))
        else:
            asked = any(p.kind == "unknown" for p in found[:k])
            found[k] = replace(piece, value=() if asked else offered(piece.text, vocabulary, known))
    return found, tuple(guesses)


def listed(pieces: list[Piece], tokens: Sequence[Token]) -> list[Piece]:
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


def verbs(pieces: list[Piece]) -> list[Piece]:
    """ "Stores that stock Volt": a verb between a thing and a name, not the units that lie there."""
    named = ("name", "several", "family", "temperature", "not", "and")
    pieces = [part for i, piece in enumerate(pieces) for part in _split(pieces, i, piece)]
    pieces = [_beside_measures(pieces, i) for i in range(len(pieces))]
    pieces = [p for i, piece in enumerate(pieces) for p in _had_out(pieces, i, piece)]
    pieces = _all_places(pieces)
    for i, piece in enumerate(pieces):
        relation = _NOTHING.get(piece.value) if piece.kind == "measure" else None
        if relation is not None and i and pieces[i - 1].kind == "not" and pieces[i - 1].value != "except":
            pieces[i] = replace(piece, kind="rel", value=relation)
        if (
            piece.text in ("make", "makes")
            and 0 < i < len(pieces) - 1
            and pieces[i - 1].is_("thing", "brand")
            and _of_goods(pieces[i + 1]) == "goods"
        ) or _is_maker(pieces, i):
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
    return beside.joined([_zoned(pieces, i) for i, p in enumerate(pieces) if p.kind != "filler"])


def _beside_measures(pieces: list[Piece], i: int) -> Piece:
    """ "Capacity versus stock": both."""
    between = 0 < i < len(pieces) - 1 and pieces[i].is_("versus", "with")
    both = between and pieces[i - 1].kind == pieces[i + 1].kind == "measure"
    return replace(pieces[i], kind="and", value="and") if both else pieces[i]


def _had_out(pieces: list[Piece], i: int, piece: Piece) -> list[Piece]:
    """ "Stores that had Volt out of stock", "different products that sold", "but absent from store 4"."""
    k = i + 1
    while k < len(pieces) and (_of_goods(pieces[k]) == "goods" or (k > i + 1 and pieces[k].kind == "and")):
        k += 1
    after = pieces[k] if k < len(pieces) else None
    if piece.is_("rel", "stands") and k > i + 1 and after is not None and after.is_("rel", "out_of_stock"):
        return []
    told = after is not None and after.is_("rel", "sold", "out_of_stock") and k == i + 1
    if piece.is_("measure", "products") and told and piece.text.split()[0] in ("different", "distinct"):
        return [replace(piece, kind="thing", value="product", plural=True)]
    if piece.kind == "missing" and any(p.is_("and", "but") for p in pieces[:i]):
        return [Piece("not", "not", piece.text, piece.at, 0), replace(piece, kind="rel", value="stands")]
    return [piece]


def _all_places(pieces: list[Piece]) -> list[Piece]:
    """ "The top 5 stores and machines": places of both kinds, where they are not held against each other."""
    if any(p.kind == "versus" for p in pieces):
        return pieces
    for i, (one, join, other) in enumerate(zip(pieces, pieces[1:], pieces[2:], strict=False)):
        both = one.kind == other.kind == "thing" and {one.value, other.value} == {"store", "machine"}
        if both and join.is_("and", "and") and one.plural and other.plural:
            place = Piece("thing", "place", f"{one.text} and {other.text}", one.at,
                          other.at + other.length - one.at, True)
            return [*pieces[:i], place, *pieces[i + 3 :]]
    return pieces


def _is_maker(pieces: list[Piece], i: int) -> bool:
    """ "Everything Skylark makes"."""
    made = i > 1 and i + 1 == len(pieces) and pieces[i].text in ("make", "makes", "made")
    brand = made and pieces[i - 1].kind == "name" and pieces[i - 1].value.dimension == "brand"
    return brand and (pieces[i - 2].kind == "whole" or pieces[i - 2].is_("thing", "product"))


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
    are = follows is None and i > 0 and pieces[i - 1].is_("thing", "planogram")
    fixture = fixture or (are and pieces[i - 1].at + pieces[i - 1].length < piece.at)
    return replace(piece, kind="zone") if piece.kind == "temperature" and fixture else piece


def _split(pieces: list[Piece], i: int, piece: Piece) -> list[Piece]:
    """ "Products sold in gyms but not in schools" are things that were sold, where they lead the question;
    "frozen products sold nothing" are some that were not, wherever they stand."""
    asked = (
        i == 0
        or (i + 1 < len(pieces) and pieces[i + 1].is_("not") and pieces[i + 1].text == "nothing")
        or pieces[i - 1].is_("ask", "which", "what", "list")
        or pieces[i - 1].kind in ("whole", "count")
    )
    grouped = i + 1 < len(pieces) and pieces[i + 1].kind in ("by", "versus")
    grouped = grouped and not pieces[i + 1].text.endswith(" every")
    if not piece.is_("measure", "products_sold") or not asked or grouped or not piece.text.startswith("pro"):
        return [piece]
    return [
        Piece("thing", "product", "products", piece.at, 1, True),
        Piece("rel", "sold", "sold", piece.at + 1),
    ]
