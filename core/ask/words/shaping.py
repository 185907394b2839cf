"""Draft → plan: which form it is, its defaults and its order."""

from __future__ import annotations

from collections.abc import Sequence

from core.ask.dimensions import GRAINS
from core.ask.measures import MEASURES, Fact
from core.ask.period import Period
from core.ask.plan import Filter, Form, Having, Operator, Order, Plan
from core.ask.words.clauses import filters_of
from core.ask.words.distributing import KINDS as KIND
from core.ask.words.doubting import check_whole, refuse_conditions, refuse_cut, refuse_worst
from core.ask.words.draft import GOODS, PLACES, Draft, Outside, Unclear, scope_of
from core.ask.words.listing import listing
from core.ask.words.reading import names_left
from core.ask.words.settling import label_of, settle
from core.ask.words.subjects import LISTED

SEVERAL = 10
_HELD = ("product", "brand", "category", "venue", "place", "shape", "zone")


def shape(draft: Draft) -> Plan:
    """The plan that the draft says. Raises Unclear, Outside, and BadInput for what does not go together."""
    settle(draft)
    if draft.missing:
        return _missing(draft)
    if draft.count and draft.subject == "product" and not draft.measures and set(draft.by) & set(PLACES):
        draft.subject, draft.measures = None, ["products"]
    if draft.count and draft.subject in LISTED and not draft.measures:
        return _counted_there(draft) if draft.having and _is_scoped(draft) else listing(draft, "count")
    if _is_list(draft) and not (draft.having and _is_scoped(draft)):
        return listing(draft, "list")
    return _measured(draft)


def _counted_there(draft: Draft) -> Plan:
    """ "How many products had more than 10 facings in store 2": measured there alone."""
    _drop_noise(draft)
    filters_of(draft)
    _kinds(draft)
    measures = tuple(dict.fromkeys(h.measure for h in draft.having))
    return Plan("count", measures, of=draft.subject, filters=tuple(draft.filters), having=tuple(draft.having),
                per=tuple(draft.per), by=tuple(draft.by), period=draft.period)


def _is_list(draft: Draft) -> bool:
    if draft.subject not in LISTED or draft.share or draft.change or draft.compare or draft.trend:
        return False
    if draft.best or draft.by or draft.ranked or (draft.per and not draft.having):
        return False
    asked = [m for m in draft.measures if m not in [h.measure for h in draft.having]]
    return not asked or (draft.listed and not asked)


def _is_scoped(draft: Draft) -> bool:
    """Whether names say where (of what) is measured, not which things are meant: a ranking then."""
    goods = draft.subject in GOODS
    kinds = any(draft.pieces[i].is_("thing", *KIND) for i in draft.free())
    return (goods and kinds) or any(
        (f.dimension in GOODS) != goods
        and not (f.dimension in PLACES and draft.subject in PLACES)
        and draft.subject != "planogram"
        for _, _, f in names_left(draft)
    )


def _missing(draft: Draft) -> Plan:
    if draft.count:
        raise Unclear("What is missing is listed, not counted: which products are missing?")
    if draft.subject not in (None, "product"):
        raise Outside("Only products are missing from somewhere")
    for i in draft.free():
        if draft.pieces[i].kind in ("rel", "thing") and draft.pieces[i].value in (
            "stands",
            "product",
            "place",
            "zone",
        ):
            draft.take(i)
    filters_of(draft)
    _kinds(draft)
    return Plan("missing", filters=tuple(draft.filters), limit=draft.limit)


def _measured(draft: Draft) -> Plan:
    if draft.subject is not None and draft.subject not in draft.by:
        draft.by.insert(0, draft.subject)
    refuse_conditions(draft)
    refuse_cut(draft)
    _per_places(draft)
    both = [i for i in draft.free() if draft.pieces[i].is_("thing", *KIND)]
    if draft.versus and not draft.by and {draft.pieces[i].value for i in both} == set(KIND):
        draft.take(*both)
        draft.by.append("kind")
    _group_nouns(draft)
    _drop_noise(draft)
    filters_of(draft)
    _kinds(draft)
    _agree(draft)
    _versus(draft)
    if draft.measures and (draft.change or draft.compare) and all(
            MEASURES[m].fact is Fact.CATALOG for m in draft.measures):
        raise Outside("That is about prices and costs of the past")
    check_whole(draft)
    draft.measures += [h.measure for h in draft.having if h.measure not in draft.measures]
    joined = draft.linked.commas or any(p.is_("and", "and") or p.kind == "op" for p in draft.pieces)
    if len(draft.measures) > 1 and not joined and not draft.best:
        raise Unclear(f"Which is meant: {' or '.join(MEASURES[m].label for m in draft.measures)}? Say “and”.")
    if not draft.measures:
        _default_measure(draft)
    _whose_change(draft)
    refuse_worst(draft)
    if not draft.measures:
        raise Unclear("What shall be measured: revenue, units, margin, facings …?")
    facts = {MEASURES[m].fact for m in draft.measures}
    priced = facts == {Fact.CATALOG} or draft.measures == ["shelf_price"]
    if priced and (draft.compare or (draft.period and draft.period.kind != "current")):
        raise Outside("That is about prices and costs of the past")
    if "audits" in draft.measures and draft.period is None and not draft.trend:
        draft.period = Period("last", "day", 30)
    form: Form = "value"
    ranks_time = draft.subject in GRAINS and draft.best is not None
    if draft.trend and not ranks_time:
        form = "trend"
    elif draft.by:
        form = "ranking"
    return _plan(draft, form)


def _whose_change(draft: Draft) -> None:
    """ "Stores whose revenue fell": those of them alone."""
    sign: dict[str | None, Operator] = {"up": ">", "down": "<"}
    if "whose" in draft.linked.texts and draft.change in sign and draft.measures and not draft.having:
        draft.having.append(Having(draft.measures[0], sign[draft.change], 0.0, "change"))


def _per_places(draft: Draft) -> None:
    """ "Which venue type has the most stockouts per machine": on average, not one of each."""
    for i, piece in enumerate(draft.pieces[:-1]):
        thing = draft.pieces[i + 1]
        placed = piece.is_("by", "per") and thing.is_("thing", *KIND, "place")
        if not placed or thing.value not in draft.by:
            continue
        others = [d for d in draft.by if d != thing.value]
        if set(others) & {"venue", "kind"} or (others and draft.best and draft.subject in others):
            draft.by, draft.per = others, [*draft.per, "place"]
            if thing.value in KIND:
                draft.filters.append(Filter("kind", (KIND[thing.value],)))


def _group_nouns(draft: Draft) -> None:
    """ "Revenue of our brands": of each of them."""
    named = {found.dimension for _, _, found in names_left(draft)}
    for i in draft.free():
        piece = draft.pieces[i]
        if (
            piece.kind == "thing"
            and piece.plural
            and piece.value in ("brand", "category")
            and piece.value not in named
        ):
            draft.take(i)
            if piece.value not in draft.by:
                draft.by.append(str(piece.value))


def _plan(draft: Draft, form: Form) -> Plan:
    limit = draft.limit
    if form == "ranking" and limit is None and draft.subject is not None and not draft.having:
        limit = _natural_limit(draft)
    if (
        form == "ranking"
        and draft.best
        and len(draft.by) > 1
        and (draft.one or draft.limit)
        and draft.subject
    ):
        raise Unclear(
            f"The first of each {label_of(draft.by[1])} is not one list: which one shall be ranked?"
        )
    if form == "trend" and draft.limit is not None:
        raise Unclear("A course over time has all its days: which of them shall be shown?")
    if form == "value" and (draft.having or draft.limit or draft.best):
        raise Unclear("Best of what: products, stores, machines, categories?")
    return Plan(
        form,
        tuple(draft.measures),
        by=tuple(draft.by),
        filters=tuple(draft.filters),
        having=tuple(draft.having),
        per=tuple(draft.per),
        share=draft.share,
        compare=draft.compare,
        period=draft.period,
        order=_order(draft, form),
        limit=limit,
    )


def _natural_limit(draft: Draft) -> int | None:
    cut = draft.best and not all(_orders(p.text) for p in draft.pieces if p.kind == "best")
    asked = cut or draft.change or any(p.is_("ask", "which", "what", "where") for p in draft.pieces)
    if not asked or len(draft.by) > 1:
        return None
    return 1 if draft.one else SEVERAL


def _orders(text: str) -> bool:
    """ "Lowest first", "ascending": the order of all of them."""
    return text.endswith((" first", "ascending", "ascending order", "descending order")) or " to " in text


def _agree(draft: Draft) -> None:
    """A place that is not of the venue or kind said is another place than was meant."""
    known = {p.site_id: p for p in draft.vocabulary.names.places}
    places = [
        known[int(v)]
        for f in draft.filters
        if f.dimension == "place" and not f.negated
        for v in f.values
        if isinstance(v, int) and v in known
    ]
    for f in draft.filters:
        if (
            f.dimension in ("venue", "kind")
            and places
            and not f.negated
            and not any((p.venue if f.dimension == "venue" else p.kind) in f.values for p in places)
        ):
            raise Unclear(f"{places[0].name} is no {f.values[0]}: which place do you mean?")


def _order(draft: Draft, form: Form) -> Order | None:
    if form != "ranking":
        return None
    if draft.by_name:
        return Order("name", descending=False)
    worst = (draft.best or "").startswith("worst")
    if draft.change is not None and draft.compare is not None:
        absolute = bool(draft.linked.texts & {"dollars", "absolute", "amount"})
        down = (draft.change == "down") != worst
        return Order("change" if absolute else "change_rate", descending=not down)
    return Order("value", descending=False) if worst else best_first(draft, draft.by)


def best_first(draft: Draft, by: Sequence[str]) -> Order | None:
    """Groups of time run by the calendar unless an order says that they are ranked."""
    ranked = draft.best is not None or draft.ranked or draft.limit is not None
    timed = any(scope_of(d) == "time" for d in by)
    return Order("value") if timed and ranked else None


def _default_measure(draft: Draft) -> None:
    if draft.best is not None:
        section = draft.subject in ("store", "machine", "place") and any(
            f.dimension == "zone" for f in draft.filters
        )
        draft.measures.append("units" if draft.best.endswith("units") and not section else "revenue")
    elif (
        draft.ranked
        or draft.change
        or draft.compare
        or (draft.trend and draft.filters)
        or (draft.versus and draft.by)
    ):
        draft.measures.append("revenue")


def _versus(draft: Draft) -> None:
    """ "A versus B": a ranking by what both are."""
    if not draft.versus or draft.compare:
        return
    if draft.by:
        _versus_within(draft)
        return
    several = [f.dimension for f in draft.filters if len(f.values) > 1 and not f.negated]
    if not several and len(draft.measures) > 1:
        return
    if "weekday" in several:
        raise Unclear("Days of the week are not held against each other: ask by weekday.")
    if len(several) != 1:
        raise Unclear("What shall be compared? Name two of the same kind, such as two stores.")
    said = [
        w
        for w in ("store", "machine")
        if any((p.kind == "name" and p.text.startswith(w)) or p.is_("thing", w) for p in draft.pieces)
    ]
    draft.by.append(said[0] if several[0] == "place" and len(said) == 1 else several[0])


def _versus_within(draft: Draft) -> None:
    """ "Volt against Ember by week": each of both."""
    if any(f.dimension == "product" and len(f.values) > 6 for f in draft.filters):
        raise Unclear("What shall be compared? Name two of the same kind, such as two brands.")
    for f in draft.filters:
        if 1 < len(f.values) < 7 and not f.negated and f.dimension in _HELD:
            within = {f.dimension, *(("store", "machine") if f.dimension == "place" else ())}
            if not within & set(draft.by) and len(draft.by) < 3:
                draft.by.append(f.dimension)


def _drop_noise(draft: Draft) -> None:
    """Words that add nothing where a measure says what is asked: "that we sold", "with the highest"."""
    for i in draft.free():
        piece = draft.pieces[i]
        negated = i and draft.pieces[i - 1].is_("not")
        if (
            (
                piece.kind == "rel"
                and piece.value in ("sold", "stands")
                and not negated
                and not (piece.value == "stands" and i and draft.pieces[i - 1].kind == "best")
            )
            or (piece.kind == "thing" and piece.value in (*GOODS, "place", draft.subject or ""))
            or (
                piece.is_("thing", "planogram")
                and any(
                    scope_of(f.dimension) == "plan"
                    for f in (*draft.filters, *(found for _, _, found in names_left(draft)))
                )
            )
            or (
                piece.kind == "thing"
                and piece.value == "zone"
                and any(
                    draft.pieces[k].kind == "temperature"
                    for k in (i - 1, i + 1)
                    if 0 <= k < len(draft.pieces)
                )
            )
        ):
            draft.take(i)


def _kinds(draft: Draft) -> None:
    """ "in machines": places of that kind; beside the name of one it says nothing."""
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind == "thing" and piece.value in KIND:
            draft.take(i)
            placed = any(f.dimension in ("place", "venue", "kind") for f in draft.filters)
            if not placed and not set(draft.by) & {"store", "machine"}:
                draft.filters.append(Filter("kind", (KIND[piece.value],)))


def rest(draft: Draft) -> list[str]:
    """Words that no part of the plan explains."""
    silent = ("and", "ask", "whole", "best")
    kept = [i for i in draft.free() if draft.pieces[i].kind not in silent]
    return [draft.pieces[i].text for i in kept]
