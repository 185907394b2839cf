"""What is ranked, listed or counted where no noun says it: "which chips sell best", "what ran out"."""

from __future__ import annotations

from core.ask.dimensions import DIMENSIONS
from core.ask.words.beside import best_of, catalogued
from core.ask.words.draft import GOODS, Draft, Unclear, filter_of
from core.ask.words.framing import is_bare
from core.ask.words.reading import names_left
from core.ask.words.subjects import best_noun

_RISERS = ("gainers", "losers", "risers", "fallers", "decliners", "climbers")
_ASKING = ("do", "does", "did", "is", "are", "has", "have")


def settle(draft: Draft) -> None:
    """What words of selling and being out mean where no list asks for them."""
    _count_days_out(draft)
    if _asks_products(draft):
        draft.subject = "product"
        return
    _price_asked(draft)
    _measure_verbs(draft)
    best_of(draft)
    noun = best_noun(draft)
    if draft.by and noun and draft.subject is None:
        label = label_of(draft.by[0])
        raise Unclear(f"The {noun} of each {label} is not one list: which one shall be ranked?")
    risers = any(p.kind == "change" and p.plural and p.text.split()[-1] in _RISERS for p in draft.pieces)
    goods = any(found.dimension in GOODS for _, _, found in names_left(draft))
    if risers and goods and draft.subject is None and not draft.by:
        draft.subject = "product"
    by_units = (draft.best or "").endswith("units")
    bare = any(p.kind == "best" and is_bare(p.text) for p in draft.pieces)
    if by_units and not bare and draft.subject is None and not draft.by and not draft.versus:
        draft.subject = "product"
        draft.one = not any(p.kind == "best" and p.plural for p in draft.pieces)


def _price_asked(draft: Draft) -> None:
    """ "How much is the Cobb Salad": of one product its price."""
    told = draft.measures or draft.subject or draft.by or draft.best or draft.having or draft.period
    pieces = [p for p in draft.pieces if not (p.kind == "number" and p.value == 1)]
    if told or [p.kind for p in pieces] != ["ask", "name"] or not pieces[0].is_("ask", "much"):
        return
    words, asked = draft.linked.words, draft.pieces[0]
    found = filter_of(pieces[1], draft.vocabulary)
    one = found is not None and found.dimension == "product" and len(found.values) == 1
    is_next = words[asked.at + asked.length : asked.at + asked.length + 1]
    if one and asked.text.lower() == "how much" and is_next in (("is",), ("are",), ("for",)):
        draft.take(*(i for i in draft.free() if draft.is_(i, "number")))
        draft.measures.append("list_price")


def _said(draft: Draft, relation: str) -> list[int]:
    return [i for i in draft.free() if draft.pieces[i].is_("rel", relation)]


def _count_days_out(draft: Draft) -> None:
    """ "How many did we sell", "how many days was Volt out", "everything by Alpine"."""
    sold, out = _said(draft, "sold"), _said(draft, "out_of_stock")
    if draft.count and draft.subject is None and not draft.measures and not draft.having and sold:
        draft.measures.append("units")
        draft.take(*sold)
    first = draft.piece(0)
    whole = first is not None and first.kind == "whole" and first.text in ("everything", "anything")
    told = draft.having or (names_left(draft) and not draft.measures)
    if whole and told and draft.subject is None and not draft.by:
        draft.subject = "product"
    _subject_of_name(draft)
    catalogued(draft)
    days = [i for i in draft.free() if draft.pieces[i].is_("thing", "day")]
    if (draft.subject == "day" and draft.count and out) or (draft.count and days and out):
        draft.subject, draft.measures = None, [*draft.measures, "stockouts"]
        draft.take(*days, *out)


def _asks_products(draft: Draft) -> bool:
    """ "What's in machine 3", "what ran out last week"."""
    if _is_yes_or_no(draft):
        return True
    if not any(p.is_("ask", "what") for p in draft.pieces):
        return False
    told = _said(draft, "sold") or _said(draft, "out_of_stock") or _said(draft, "stands")
    other = draft.measures or draft.best or draft.by or draft.trend or draft.change or draft.count
    return _only_places(draft) or (bool(told) and draft.subject is None and not other)


def _is_yes_or_no(draft: Draft) -> bool:
    """ "Does machine 25 carry Volt", "is Volt out of stock in store 3": the products that do."""
    verbs = [p for p in draft.pieces if p.kind == "rel"]
    rest = {p.kind for p in draft.pieces} - {"rel", "name", "family", "temperature", "time", "whole"}
    goods = any(found.dimension in GOODS for _, _, found in names_left(draft))
    asked = any(word in _ASKING for word in draft.linked.opening[:1])
    told = draft.measures or draft.by or draft.best or draft.having or draft.subject
    return bool(asked and len(verbs) == 1 and goods and not rest and not told)


def _measure_verbs(draft: Draft) -> None:
    """ "Sold most", "ran out most", "sold by store": by units, days out and revenue."""
    sold, out = _said(draft, "sold"), _said(draft, "out_of_stock")
    grouped = draft.best or draft.by or draft.trend or draft.change
    if not draft.measures and out and (grouped or draft.subject is None):
        draft.measures.append("stockouts")
        draft.take(*out)
    much = any(p.is_("ask", "much") for p in draft.pieces)
    selling = not draft.measures and sold and draft.best is None and draft.subject is None
    if selling and (much or draft.compare or draft.trend or draft.by or draft.versus):
        draft.measures.append("revenue")
        draft.take(*sold)
    if not draft.measures and sold and draft.best and not draft.best.endswith("units"):
        draft.best += "_units"
        draft.take(*sold)


def _only_places(draft: Draft) -> bool:
    """ "What's in machine 3?" """
    found = [f for _, _, f in names_left(draft)]
    said = (
        draft.subject
        or draft.measures
        or draft.best
        or draft.by
        or draft.trend
        or draft.change
        or draft.count
    )
    other = [i for i in draft.free() if draft.pieces[i].kind in ("rel", "not", "missing", "time", "number")]
    goods = any(f.dimension in GOODS for f in found)
    about = draft.linked.opening[1:] == ("about",)
    none = draft.missing or draft.versus or draft.period is not None or draft.compare is not None
    return bool(found) and not (said or other or goods or about or none)


def _subject_of_name(draft: Draft) -> None:
    """ "Which chips sell best", "how many drinks does store 3 carry", "best drinks": products are meant."""
    if draft.subject is not None or draft.by or draft.versus or (draft.measures and not draft.best):
        return
    for i in draft.free():
        found = filter_of(draft.pieces[i], draft.vocabulary)
        if found is None or found.dimension not in (*GOODS, "venue"):
            continue
        before = draft.piece(i - 1)
        if before is not None and before.text.endswith(" of") and before.is_("ask", "which"):
            draft.subject, draft.one = found.dimension, True
            return
        doing = before is not None and before.is_("ask", "what") and {"do", "does", "did"} & set(
            draft.linked.words[before.at + before.length : draft.pieces[i].at])
        if doing and not draft.best:
            return
        apart = before is not None and before.at + before.length < draft.pieces[i].at
        if found.dimension == "venue" and apart:
            return
        cued = (
            before is not None
            and (
                before.is_("ask", "which", "what", "list")
                or before.kind in ("best", "count", "whole")
                or (before.kind == "number" and bool(draft.best or draft.limit))
            )
        ) or _is_described(draft, i)
        sold = any(draft.pieces[k].is_("rel", "sold") for k in draft.free())
        if cued and not (before is not None and before.kind == "count" and sold and not draft.having):
            draft.subject = "place" if found.dimension == "venue" else "product"
            draft.one = not draft.pieces[i].plural
        return


def _is_described(draft: Draft, i: int) -> bool:
    """ "Drinks we do not carry", "gyms without Volt", "snacks with fewer than 2 facings"."""
    piece, follows = draft.pieces[i], draft.piece(i + 1)
    asked = [m for m in draft.measures if m not in [h.measure for h in draft.having]]
    if i or follows is None or asked or not (piece.plural or piece.kind == "family"):
        return False
    return bool(draft.having) or follows.kind in ("rel", "not", "only")


def label_of(dimension: str) -> str:
    return DIMENSIONS[dimension].label
