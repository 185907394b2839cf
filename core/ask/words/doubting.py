"""What may mean two things, or what no plan says, and is asked back whatever else was understood."""

from __future__ import annotations

from core.ask.dimensions import DIMENSIONS
from core.ask.measures import MEASURES, Fact
from core.ask.words.draft import GOODS, PLACES, Draft, Outside, Unclear, filter_of, scope_of
from core.ask.words.subjects import LISTED


def check_whole(draft: Draft) -> None:
    """Raises Unclear for a share of two things, and for a change since a day."""
    if draft.share and set(draft.by) & {"brand", "product", "category"} and _shares_goods(draft):
        raise Unclear("Share of what? Shares are of the whole, not of a category or brand.")
    timed = all(scope_of(d) == "time" for d in (*draft.by, *(f.dimension for f in draft.filters)))
    if draft.share and timed:
        raise Unclear("Share of what? Shares are of products, brands, categories, places or planograms.")
    goods = [f for f in draft.filters if f.dimension in ("brand", "category", "product") and not f.negated]
    if draft.share and not draft.by and len(goods) > 1:
        raise Unclear(
            "Share of what? Shares are of the whole, not of a category: ask by brand, for instance."
        )
    spans = any(p.kind == "time" and " to " in p.text for p in draft.pieces)
    dated = draft.change and draft.period is not None and draft.period.kind == "between"
    if dated and draft.period is not None and (not draft.period.last or spans):
        raise Unclear("Compared with which period? Say, for instance, this month compared with last month.")


def refuse_worst(draft: Draft) -> None:
    """ "The worst stockouts": the fewest by the letter, the most by what people mean. Raises Unclear."""
    bad = any(p.kind == "best" and p.text.split()[0] in ("worst", "poorest", "weakest") for p in draft.pieces)
    if bad and draft.measures and draft.measures[0] in ("stockouts", "violations"):
        raise Unclear(f"The most {MEASURES[draft.measures[0]].label}, or the fewest?")


def refuse_cut(draft: Draft) -> None:
    """ "Margin by category, top 5 stores": what is grouped is not what is cut. Raises Unclear."""
    for i, piece in enumerate(draft.pieces):
        k = i + 2 if piece.kind == "best" and i + 1 < len(draft.pieces) and (
            draft.pieces[i + 1].kind == "number") else i + 1
        cut = draft.piece(k)
        if piece.kind != "best" or cut is None or not cut.is_("thing", *LISTED) or not draft.by:
            continue
        if cut.value not in (draft.subject, *draft.by):
            raise Unclear(f"What shall be ranked: by {DIMENSIONS[draft.by[0]].label}, or {cut.text}?")


def _shares_goods(draft: Draft) -> bool:
    """ "Each brand's share of water revenue"."""
    for i, piece in enumerate(draft.pieces[:-1]):
        found = filter_of(draft.pieces[i + 1], draft.vocabulary)
        goods = found is not None and found.dimension in GOODS
        if goods and piece.kind == "share" and piece.text.endswith(" of"):
            return True
    return False


def refuse_conditions(draft: Draft) -> None:
    """ "Revenue of stores that carry A": what is measured of a list has no plan."""
    for i in draft.free():
        piece, follows = draft.pieces[i], draft.piece(i + 1)
        before = draft.piece(i - 1)
        if not piece.is_("rel", "stands") or follows is None or before is None or before.kind != "thing":
            continue
        found = filter_of(follows, draft.vocabulary)
        if (
            found is not None
            and found.dimension in GOODS
            and before.value in (*PLACES, "planogram")
            and any(MEASURES[m].fact is not Fact.SPACE for m in draft.measures)
        ):
            raise Outside("A measure of places chosen by what they carry takes two questions")
