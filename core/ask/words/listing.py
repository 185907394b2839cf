"""Draft → a list or a count of things, with their conditions."""

from __future__ import annotations

from dataclasses import replace

from core.ask.measures import MEASURES, Fact
from core.ask.period import Period
from core.ask.plan import Filter, Form, Plan, Relation
from core.ask.words.clauses import conditions_of
from core.ask.words.distributing import KINDS as KIND
from core.ask.words.draft import GOODS, Draft, Unclear

_CODES = ("sku", "upc", "gtin", "ean")


def listing(draft: Draft, form: Form) -> Plan:
    goods = draft.subject in GOODS
    _refuse_only(draft)
    _refuse_codes(draft, form)
    sold = any(draft.pieces[i].is_("rel", "sold") for i in draft.free())
    default: Relation = (
        "sold" if sold and not any(draft.pieces[i].is_("rel", "stands") for i in draft.free()) else "stands"
    )
    if draft.one and draft.subject == "product" and form == "list":
        draft.one = False
    _list_things(draft, goods)
    conditions_of(draft, default)
    if any(MEASURES[h.measure].fact is Fact.SALES for h in draft.having):
        draft.clauses = [c for c in draft.clauses if c.relation != "sold" or c.filters or c.negated]
    dated = [c for c in draft.clauses if c.relation != "stands"]
    period = _period(draft, [c.relation for c in dated])
    measures = tuple(dict.fromkeys((*[h.measure for h in draft.having], *draft.measures)))
    if period is not None and not dated and not any(MEASURES[m].fact is not Fact.SPACE for m in measures):
        if not draft.clauses:
            raise Unclear("What happened in that time: sold, or out of stock?")
        draft.clauses = [
            replace(c, relation="sold") if c.relation == "stands" and not _said_stands(draft) else c
            for c in draft.clauses
        ]
    by = tuple(draft.by) if form == "count" else ()
    if draft.subject == "planogram":
        by = tuple("plan_season" if d == "season" else d for d in by)
    return Plan(
        form,
        measures if form == "list" or draft.having else (),
        per=tuple(draft.per),
        by=by,
        of=draft.subject,
        filters=tuple(draft.filters),
        conditions=tuple(draft.clauses),
        having=tuple(draft.having),
        period=period,
        limit=draft.limit,
    )


def _period(draft: Draft, dated: list[Relation]) -> Period | None:
    """ "Out of stock now" is today, "never sold" all days."""
    if draft.period is None and "out_of_stock" in dated and _is_now(draft):
        return Period("current", "day")
    return Period("all") if draft.period is None and dated and _never(draft) else draft.period


def _refuse_only(draft: Draft) -> None:
    """ "Products sold only in gyms": nowhere else, which no condition says. Raises Unclear."""
    for i, piece in enumerate(draft.pieces):
        beside = (draft.piece(i - 1), draft.piece(i + 1))
        if piece.kind == "only" and any(p is not None and p.kind == "rel" for p in beside):
            raise Unclear("“Only” leaves out all others: say “but not” and which.")


def _refuse_codes(draft: Draft, form: Form) -> None:
    """ "The SKU of Volt" is no list of products. Raises Unclear."""
    if draft.one and form == "list" and any(p.kind == "thing" and p.text in _CODES for p in draft.pieces):
        raise Unclear("Codes of products are not told here: which products shall be listed?")


def _said_stands(draft: Draft) -> bool:
    return any(p.is_("rel", "stands") and p.text not in ("with",) for p in draft.pieces)


def _is_now(draft: Draft) -> bool:
    return bool(draft.linked.texts & {"now", "currently", "moment", "presently"})


def _never(draft: Draft) -> bool:
    return "never" in draft.linked.texts


def _list_things(draft: Draft, goods: bool) -> None:
    """Other nouns in a list: "in machines" is a kind of place, "products" beside names says nothing."""
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind != "thing":
            continue
        if piece.value == draft.subject or piece.value in GOODS or piece.value == "place":
            draft.take(i)
        elif piece.value in KIND and not goods:
            draft.take(i)
            if draft.subject in ("planogram", "place"):
                draft.filters.append(Filter("kind", (KIND[piece.value],)))
