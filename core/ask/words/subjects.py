"""The noun that a question is about: what is ranked, listed or counted."""

from __future__ import annotations

from core.ask.dimensions import GRAINS
from core.ask.words.draft import GOODS, Draft, filter_of

_NOUNS = ("seller", "sellers", "performer", "performers", "mover", "movers", "bestseller", "bestsellers")
_PLURAL_VERBS = ("are", "were", "have", "do", "sell", "make", "take", "carry", "earn", "bring")
LISTED = ("product", "brand", "category", "place", "store", "machine", "planogram", "project")


def subject_of(draft: Draft) -> None:
    """What is ranked, listed or counted: the first thing after which, top, how many …, or that leads."""
    lead = [i for i, p in enumerate(draft.pieces) if p.kind != "whole"]
    _appositions(draft)
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind != "thing" or _is_adjective(draft, i) or (best_noun(draft) and _is_named(draft, i)):
            continue
        if piece.is_("thing", "store", "machine") and draft.is_(i + 1, "only") and draft.measures:
            continue
        if _frames(draft, i):
            continue
        if _leads(draft, i, lead) or _is_cut(draft, i):
            draft.subject, draft.one = str(piece.value), not piece.plural or _picks_one(draft, i)
            draft.take(i)
            return
        if piece.value in LISTED or piece.value in (
            "venue",
            "kind",
            "slot",
            "row",
            *GRAINS,
            "weekday",
            "season",
        ):
            break
    if any(p.is_("ask", "where") for p in draft.pieces):
        draft.subject = "place"


def _frames(draft: Draft, i: int) -> bool:
    """ "In machines, revenue by category": where it is measured, said before all else."""
    piece = draft.pieces[i]
    led = piece.is_("thing", "store", "machine") and piece.plural and all(
        p.kind in ("only", "time") for p in draft.pieces[:i])
    before = draft.linked.words[piece.at - 1] if piece.at else ""
    asked = bool(draft.by) or any(p.kind in ("best", "ask") for p in draft.pieces[i:])
    return led and before in ("in", "at", "to", "for", "on", "within") and asked


def _is_cut(draft: Draft, i: int) -> bool:
    """ "Margin per slot, top 5 machines": what is cut is said last, after a comma."""
    k = i - 1 if draft.pieces[i - 1].kind != "number" else i - 2
    if k < 1 or draft.pieces[k].kind != "best" or draft.by or not draft.linked.commas:
        return False
    first, before = min(k, i - 1), draft.pieces[k - 1]
    near = before.at + before.length == draft.pieces[first].at
    return near and any(p.kind == "measure" for p in draft.pieces[:k]) and i + 1 == len(draft.pieces)


def best_noun(draft: Draft) -> str:
    """ "Bestsellers", "worst performer": products, said without the word."""
    return next((p.text for p in draft.pieces if p.kind == "best" and p.text.split()[-1] in _NOUNS), "")


def _picks_one(draft: Draft, i: int) -> bool:
    """ "Which of our stores had the lowest …" is one of them; "which of our stores have …" are several."""
    of = any(p.is_("ask", "which") and p.text.lower().endswith(" of") for p in draft.pieces[:i])
    after = draft.pieces[i].at + draft.pieces[i].length
    several = any(word in _PLURAL_VERBS for word in draft.linked.words[after : after + 1])
    return of and draft.best is not None and not several


def _is_named(draft: Draft, i: int) -> bool:
    """ "In the candy category": the noun says what kind of thing the name before it is."""
    before = draft.piece(i - 1)
    found = filter_of(before, draft.vocabulary) if before is not None else None
    return found is not None and found.dimension == draft.pieces[i].value


def _is_adjective(draft: Draft, i: int) -> bool:
    """ "Ambient product margin", "orange products revenue"."""
    cued = any(p.kind in ("ask", "best", "count", "by") for p in draft.pieces[:i])
    before = draft.piece(i - 1)
    named = before is not None and filter_of(before, draft.vocabulary) is not None
    after = draft.pieces[i].at + draft.pieces[i].length
    described = bool({"that", "which"} & set(draft.linked.words[after : after + 1]))
    return (
        draft.pieces[i].is_("thing", "product")
        and named
        and not described
        and not cued
        and ((follows := draft.piece(i + 1)) is not None and follows.kind == "measure")
    )


def _appositions(draft: Draft) -> None:
    """ "The store in Columbia City": a noun that says what kind of place the name beside it is."""
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind != "thing" or piece.plural or piece.value not in ("store", "machine", "place"):
            continue
        before = draft.piece(i - 1)
        if before is not None and before.kind in ("ask", "best", "by", "per", "count", "not"):
            continue
        found = [filter_of(p, draft.vocabulary) for p in (draft.piece(i + 1), before) if p is not None]
        if any(f is not None and f.dimension == "place" for f in found):
            draft.take(i)


def _leads(draft: Draft, at: int, lead: list[int]) -> bool:
    """Only adjectives, numbers and cues stand before it."""
    cues = (
        "best",
        "ask",
        "count",
        "number",
        "name",
        "zone",
        "shape",
        "temperature",
        "family",
        "time",
        "whole",
        "status",
        "and",
        "not",
        "before",
        "change",
        "only",
        "rank",
    )
    before = draft.piece(at - 1)
    if before is not None and before.is_("ask", "which", "what"):
        between = draft.linked.words[before.at + before.length : draft.pieces[at].at]
        return not {"do", "does", "did"} & set(between)
    for k in lead:
        if k >= at:
            break
        piece = draft.pieces[k]
        if _frames(draft, k):
            continue
        if piece.kind == "measure" and k and draft.pieces[k - 1].kind == "best":
            continue
        if piece.kind not in cues and not (piece.kind == "rel" and k + 1 == at):
            return False
        asked = k > 1 and draft.pieces[k - 2].is_("ask", "which", "what")
        if piece.kind == "rel" and asked and _is_goods(draft, k - 1):
            return False
        if piece.is_("ask", "much") or (piece.kind == "rel" and not _asked(draft, k)):
            return False
    return True


def _is_goods(draft: Draft, i: int) -> bool:
    """ "Which drinks sold in …"."""
    found = filter_of(draft.pieces[i], draft.vocabulary)
    return found is not None and found.dimension in GOODS


def _asked(draft: Draft, before: int) -> bool:
    return any(p.kind in ("ask", "count", "best") for p in draft.pieces[:before])


def is_beside(draft: Draft, i: int) -> bool:
    """A noun that only says what kind of thing a name beside it is."""
    piece = draft.pieces[i]
    after = i + 2 if draft.is_(i + 1, "not") else i + 1
    for k in (i - 1, after):
        other = draft.piece(k)
        found = filter_of(other, draft.vocabulary) if other is not None else None
        if found is not None:
            same = found.dimension == piece.value
            if piece.plural and piece.value in ("brand", "category") and not same:
                continue
            goods = piece.value in ("product", "category", "brand") and found.dimension in GOODS
            spot = piece.value in ("place", "venue") and found.dimension in ("place", "venue", "kind")
            zone = piece.value == "zone" and found.dimension == "temperature"
            if same or goods or spot or zone:
                return True
    return False
