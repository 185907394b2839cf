"""What is ranked, listed or counted where no noun says it: "which chips sell best", "what ran out"."""

from __future__ import annotations

from core.ask.dimensions import DIMENSIONS
from core.ask.words.beside import best_of
from core.ask.words.draft import GOODS, Draft, Unclear, filter_of
from core.ask.words.reading import names_left


def settle(draft: Draft) -> None:
    """What words of selling and being out mean where no list asks for them."""
    sold = [i for i in draft.free() if draft.pieces[i].is_("rel", "sold")]
    out = [i for i in draft.free() if draft.pieces[i].is_("rel", "out_of_stock")]
    if draft.count and draft.subject is None and not draft.measures and sold:
        draft.measures.append("units")
        draft.take(*sold)
    _subject_of_name(draft)
    days = [i for i in draft.free() if draft.pieces[i].is_("thing", "day")]
    if (draft.subject == "day" and draft.count and out) or (draft.count and days and out):
        draft.subject, draft.measures = None, [*draft.measures, "stockouts"]
        draft.take(*days, *out)
    what = any(p.is_("ask", "what") for p in draft.pieces)
    if what and _only_places(draft):
        draft.subject = "product"
        return
    if (
        what
        and (sold or out or _carried(draft))
        and draft.subject is None
        and not (draft.measures or draft.best or draft.by or draft.trend or draft.change or draft.count)
    ):
        draft.subject = "product"
        return
    if (
        not draft.measures
        and out
        and (draft.best or draft.by or draft.trend or draft.change or draft.subject is None)
    ):
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
    best_of(draft)
    if draft.by and (noun := _best_noun(draft)) and draft.subject is None:
        raise Unclear(
            f"The {noun} of each {label_of(draft.by[0])} is not one list: which one shall be ranked?"
        )
    if (
        (draft.best or "").endswith("units")
        and draft.subject is None
        and not draft.by
        and not _several_alike(draft)
    ):
        draft.subject = "product"
        draft.one = not any(p.kind == "best" and p.plural for p in draft.pieces)


def _best_noun(draft: Draft) -> str:
    """ "Bestsellers", "worst performer": products, said without the word."""
    nouns = ("seller", "sellers", "performer", "performers", "mover", "movers", "bestseller", "bestsellers")
    return next((p.text for p in draft.pieces if p.kind == "best" and p.text.split()[-1] in nouns), "")


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
    if draft.subject is not None or draft.by or (draft.measures and not draft.best):
        return
    for i in draft.free():
        found = filter_of(draft.pieces[i], draft.vocabulary)
        if found is None or found.dimension not in (*GOODS, "venue"):
            continue
        before = draft.piece(i - 1)
        if before is not None and before.text.endswith(" of") and before.is_("ask", "which"):
            draft.subject, draft.one = found.dimension, True
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
        if cued and not (before is not None and before.kind == "count" and sold):
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


def _carried(draft: Draft) -> bool:
    return any(draft.pieces[i].is_("rel", "stands") for i in draft.free())


def _several_alike(draft: Draft) -> bool:
    return draft.versus


def label_of(dimension: str) -> str:
    return DIMENSIONS[dimension].label
