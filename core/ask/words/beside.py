"""What words say beside one another: whose section, who sold it, what lies in stock, and the catalog."""

from __future__ import annotations

from dataclasses import replace

from core.ask.measures import MEASURES, Fact
from core.ask.plan import Filter
from core.ask.words.draft import GOODS, PLACES, Draft, Unclear
from core.ask.words.pieces import Piece
from core.ask.words.vocabulary import Meaning

_BARE = ("unit", "units", "piece", "pieces", "quantity", "quantities", "qty", "unit count")
LYING = ("in stock", "on the shelf", "on shelf", "stocked", "shelved", "on the shelves", "on shelves")
_HAVING = ("have", "has", "had", "got", "carry", "carries", "hold", "holds", "contain", "contains",
           "stocking")
_NAMED = ("name", "family", "temperature", "zone", "shape")
DONE = ("made", "generated", "brought in", "taken in", "took in", "rung up", "rang up", "turned over",
        "earned", "pulled in", "raked in", "cashed in", "grossed")
_ORDERS = ("order", "reorder", "buy")
_MOVES = ("move", "shift", "relocate", "rearrange", "transfer", "place", "stick", "stock")
_WHITHER = {"to", "onto", "into", "from", "next"}
_LEVELS = {"top": 0, "topmost": 0, "uppermost": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2,
           "fourth": 3, "4th": 3, "fifth": 4, "5th": 4}
_POLITE = ("please", "pls", "plz", "can", "could", "you", "we", "i", "want", "need", "to", "just", "now",
           "kindly", "hey", "hi", "hello", "ok", "okay", "lets", "let", "us", "then", "and", "also", "would",
           "like", "id", "go")


def joined(pieces: list[Piece]) -> list[Piece]:
    """The pieces with nouns and prepositions taken into the words that they belong to."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and (row := _row(last, piece)) is not None:
            found[-1] = row
            continue
        shelf = piece.is_("measure", "space") and last is not None and last.kind == "shape"
        if last is not None and (shelf or (last.kind == "zone" and piece.is_("thing", "zone", "shape"))):
            found[-1] = replace(last, length=piece.at + piece.length - last.at, plural=piece.plural)
            continue
        found.append(piece)
    for i in reversed(range(len(found))):
        found[i] = _of_zones(found, i)
    found = [_of_place(p, found) for p in found]
    found = [p for i, piece in enumerate(found) for p in _fixtures(found, i, piece)]
    return [p for i, p in enumerate(found) if not _is_agent(found, i)]


def _fixtures(pieces: list[Piece], i: int, piece: Piece) -> list[Piece]:
    """ "Which end caps carry candy": planograms of that shape."""
    asked = i > 0 and (pieces[i - 1].kind == "count" or pieces[i - 1].is_("ask", "which", "list"))
    after = pieces[i + 1] if i + 1 < len(pieces) else None
    if piece.kind != "shape" or not asked or after is None or after.kind not in ("rel", "not"):
        return [piece]
    return [piece, Piece("thing", "planogram", piece.text, piece.at + piece.length, 0, piece.plural)]


def _row(order: Piece, noun: Piece) -> Piece | None:
    """ "The top shelf", "second row"."""
    level = _LEVELS.get(order.text.lower())
    shelf = noun.is_("thing", "row") or (noun.is_("measure", "space") and noun.text == "shelf")
    if level is None or not shelf or order.at + order.length != noun.at:
        return None
    meaning = Meaning(Filter("row", (level,)), f"row {level + 1} from the top")
    return Piece("name", meaning, f"{order.text} {noun.text}", order.at, noun.at + noun.length - order.at)


def _of_zones(pieces: list[Piece], i: int) -> Piece:
    """ "Chilled and frozen sections": both are sections."""
    piece = pieces[i]
    after = pieces[i + 1 : i + 3]
    both = len(after) == 2 and after[0].kind in ("and", "versus") and after[1].kind == "zone"
    return replace(piece, kind="zone") if piece.kind == "temperature" and both else piece


def _of_place(piece: Piece, pieces: list[Piece]) -> Piece:
    """ "The freezer end cap plan of Columbia City": of plans alike the one of the place that is named."""
    if piece.kind != "several" or any(m.dimension != "planogram" for m in piece.value):
        return piece
    places = [p.value.label for p in pieces if p.kind == "name" and p.value.dimension == "place"]
    of_them = [m for m in piece.value if any(m.label.startswith(f"{name} ") for name in places)]
    return replace(piece, kind="name", value=of_them[0]) if len(of_them) == 1 else piece


def _is_agent(pieces: list[Piece], i: int) -> bool:
    """ "Units sold by store 3": who sold them, no grouping."""
    if not i < len(pieces) - 1 or not pieces[i].is_("by", "by") or pieces[i].text != "by":
        return False
    before, after = pieces[i - 1] if i else pieces[i], pieces[i + 1]
    if after.kind == "by":
        return True
    sold = before.is_("rel", "sold") or before.text.split()[-1] == "sold"
    sold = sold or any(f" {before.text}".endswith(f" {done}") for done in DONE)
    made = after.kind == "name" and after.value.dimension == "brand" and (
        before.is_("thing", "product") or before.kind in ("family", "temperature", "whole")
        or (before.kind == "name" and before.value.dimension == "category"))
    return (sold and after.kind in _NAMED) or made


def stocked(draft: Draft) -> None:
    """ "How many units are in stock": the stock, not what was sold. Raises Unclear where it may be either."""
    free = draft.free()
    bare = [i for i in free if draft.pieces[i].is_("measure", "units") and draft.pieces[i].text in _BARE]
    others = any(draft.pieces[i].kind == "measure" for i in free if i not in bare)
    lying = [i for i in free if draft.pieces[i].is_("rel", "stands") and draft.pieces[i].text in LYING]
    held = [i for i in free if draft.pieces[i].is_("rel", "stands") and draft.pieces[i].text in _HAVING]
    sold = any(draft.is_(i, "rel", "sold") or draft.is_(i, "not") or draft.is_(i, "rel", "out_of_stock")
               for i in free)
    in_stock = [i for i in free if draft.pieces[i].is_("measure", "stock")]
    if len(bare) != 1 or draft.having or sold:
        _refuse_dropped(draft, lying)
    elif in_stock and not any(draft.is_(i, "and") for i in free):
        draft.take(*bare)
    elif lying and not others:
        draft.take(*bare, *lying, *held)
        draft.measures.append("stock")
    elif held and not others and any(p.kind == "count" for p in draft.pieces):
        raise Unclear("Units sold, or units in stock: which are meant?")


def _refuse_dropped(draft: Draft, lying: list[int]) -> None:
    """Raises Unclear for "units sold of products in stock": what is measured of a list has no plan."""
    measured = [p for i, p in enumerate(draft.pieces) if draft.is_(i, "measure") and p.value in MEASURES]
    sales = any(MEASURES[p.value].fact is Fact.SALES for p in measured)
    moved = any(draft.is_(i, "rel", "sold") for i in draft.free())
    stock = moved and not sales and any(p.value == "stock" for p in measured)
    if ((lying and sales) or stock) and not draft.having:
        raise Unclear("What was sold, or what is in stock: which is meant?")


def catalogued(draft: Draft) -> None:
    """ "Products in the catalog": all there are, whether they stand anywhere or not."""
    if any(h.measure == "products" for h in draft.having) and any(p.kind == "catalog" for p in draft.pieces):
        raise Unclear("Products are counted on the shelf, not in the catalog: ask how many by brand.")
    priced = bool(draft.measures) and all(MEASURES[m].fact is Fact.CATALOG for m in draft.measures)
    for i in draft.free():
        goods = draft.subject in GOODS and set(draft.by) <= set(GOODS)
        if draft.pieces[i].kind != "catalog" or not (goods or priced):
            continue
        draft.take(i)
        for k in (i - 1, i + 1):
            if draft.is_(k, "rel", "stands") and (k < i or k + 1 == len(draft.pieces)):
                draft.take(k)


def compared(draft: Draft) -> None:
    """ "Which sold more, popcorn or crackers": both, the one with more first."""
    asked = any(p.is_("ask", "which", "what") or p.kind == "versus" for p in draft.pieces)
    either = any(p.is_("and", "or") or p.kind == "versus" for p in draft.pieces)
    things = [i + 1 for i, p in enumerate(draft.pieces) if p.kind == "ask" and draft.is_(i + 1, "thing")]
    named = {p.value.dimension for p in draft.pieces if p.kind == "name"}
    alike = all(draft.pieces[i].value in named or (named == {"place"} and draft.pieces[i].value in PLACES)
                for i in things)
    if not alike or "than" in draft.linked.texts:
        return
    for i in draft.free():
        if draft.pieces[i].kind == "more" and asked and either and draft.best is None:
            draft.take(i, *things)
            draft.versus = True
            draft.best = "worst" if draft.pieces[i].value == "less" else "best"


def best_of(draft: Draft) -> None:
    """ "Revenue of stores, top 3": the best of what is named before, where only one thing is."""
    if draft.best is None or draft.subject is not None or draft.by or draft.versus:
        return
    last = max(i for i, p in enumerate(draft.pieces) if p.kind in ("best", "number") and i in draft.used)
    named = {str(p.value) for p in draft.pieces[:last] if p.kind == "thing" and p.value in _RANKED}
    plural = [i for i, p in enumerate(draft.pieces) if i < last and p.is_("thing", *named) and p.plural]
    if len(named) == 1 and plural:
        draft.subject = next(iter(named))
        draft.take(*plural)


_RANKED = ("product", "brand", "category", "place", "store", "machine", "planogram", "project", "venue")


_MANY = ("more", "a", "some", "another", "new", "additional")


def orders(texts: tuple[str, ...]) -> bool:
    """Whether goods are ordered or moved: "please order 40 more cases", "move Volt to the top shelf"."""
    k = 0
    while k < len(texts) and texts[k] in _POLITE:
        k += 1
    if k < len(texts) and texts[k] in _MOVES and _WHITHER & set(texts[k + 2 :]):
        return True
    told = k < len(texts) - 1 and texts[k] in _ORDERS
    return told and (texts[k + 1].isdigit() or texts[k + 1] in _MANY)
