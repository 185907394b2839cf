"""Follow-ups: the plan before, with what the new words replace or add."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from core.ask.dimensions import GRAINS, THINGS
from core.ask.measures import MEASURES, Fact
from core.ask.period import SEASONS
from core.ask.plan import Condition, Filter, Order, Plan
from core.ask.words.clauses import filters_of
from core.ask.words.comparing import held
from core.ask.words.distributing import KINDS
from core.ask.words.draft import Draft, Unclear
from core.ask.words.framing import dangling
from core.ask.words.pieces import Linked
from core.ask.words.reading import read
from core.ask.words.shaping import best_first, rest
from core.ask.words.subjects import LISTED
from core.ask.words.turning import (
    counts_again,
    in_place,
    left_out,
    ranked,
    recounted,
    reranks,
    shifted,
    turned,
    turned_round,
    whole,
)

_SILENT = ("and", "rel", "versus", "ask", "whole", "best", "reverse", "by", "rank")
_GOES_ON = tuple((verb, word) for verb in ("switch", "change", "turn", "convert", "show", "make", "do", "put")
                 for word in ("to", "it", "that", "this"))
_STARTS = (
    "and",
    "what",
    "how",
    "only",
    "just",
    "now",
    "same",
    "but",
    "by",
    "instead",
    "per",
    "without",
    "except",
    "also",
    "then",
)


def follows(linked: Linked, previous: Plan | None = None) -> bool:
    """Whether it is no question of its own: it measures, lists and ranks nothing, or says that it goes on."""
    linked = in_place(linked)
    kinds = [p.kind for p in linked.pieces]
    first = linked.pieces[0] if linked.pieces else None
    asks = any(
        p.kind in ("measure", "count", "missing") or p.is_("ask", "which", "where", "list", "much")
        for p in linked.pieces
    )
    if (first is not None and first.is_("and")) or linked.opening in (("what", "about"), ("how", "about")):
        return True
    if dangling(linked) or (previous is not None and counts_again(linked, previous)):
        return True
    if linked.opening in _GOES_ON and len(kinds) < 5:
        return True
    pointed = bool(linked.texts & {"ones", "those", "them", "these"}) and "thing" not in kinds
    if pointed and ("op" in kinds or (linked.opening[:1] == ("which",) and len(kinds) < 4)):
        return True
    if not asks and not (
        "thing" in kinds
        and ("rel" in kinds or "best" in kinds)
        and first is not None
        and first.kind in ("thing", "best")
        and len(kinds) > 3
    ):
        return True
    if reranks(linked) or (previous is not None and turned(linked, previous) is not None):
        return True
    return len(kinds) == 1 or (bool(linked.texts & {"same", "instead"}) and len(kinds) < 6)


def follow(linked: Linked, vocabulary: object, previous: Plan) -> Plan:
    """The plan before with the new period, filter, grouping, measure or number in place of its own."""
    for rule in (whole, recounted, turned, shifted):
        if found := rule(linked, previous):
            return found
    return _followed(linked, vocabulary, previous)


def _followed(linked: Linked, vocabulary: object, previous: Plan) -> Plan:
    linked = left_out(in_place(linked))
    draft = read(Draft(linked, vocabulary))  # type: ignore[arg-type]
    if previous.form == "list" and (draft.best is not None or reranks(linked)):
        previous = ranked(previous)
    if draft.against is not None and previous.period is not None:
        held(draft, previous.period, draft.against)
    elif draft.period is not None and draft.compare is None and any(
            p.is_("versus", "compare") for p in draft.pieces):
        if previous.period is None:
            raise Unclear("Which days shall be compared with that?")
        held(draft, previous.period, draft.period)
    _refuse_count(draft, previous)
    _take_silent(draft)
    filters_of(draft)
    _kinds(draft, previous)
    left = rest(draft)
    if left:
        raise Unclear(f"What do you mean by “{left[0]}” here?")
    if previous.of == "planogram" and draft.period is not None and draft.period.unit == "season":
        season = SEASONS[(draft.period.n or 1) - 1]
        draft.filters.append(Filter("plan_season", (season,)))
        draft.period = None
    return _merged(draft, previous)


def _refuse_count(draft: Draft, previous: Plan) -> None:
    """ "10 stores", "top 10 stores" after products: of each, or in their place? Raises Unclear."""
    known = (*previous.by, previous.of, *draft.by)
    kinds = draft.subject in KINDS and bool(set(KINDS) & set(previous.by))
    asked = draft.best is not None and previous.form == "ranking" and draft.subject in LISTED and not kinds
    if asked and draft.subject not in known:
        raise Unclear(f"What shall be shown of each {draft.subject}? Say it whole.")
    for number, thing in pairwise(draft.pieces):
        other = thing.is_("thing", *LISTED) and thing.value not in known
        if number.kind == "number" and draft.limit == number.value and other and draft.best is None:
            raise Unclear(f"What shall be shown of {number.text} {thing.text}?")


def _take_silent(draft: Draft) -> None:
    for i in draft.free():
        piece = draft.pieces[i]
        negated = i > 0 and draft.pieces[i - 1].is_("not")
        if (piece.kind in _SILENT and not negated) or piece.is_("thing", "product", "place"):
            draft.take(i)


def _kinds(draft: Draft, previous: Plan) -> None:
    """ "And machines?": in place of the stores that were grouped, else only those."""
    grouped = set(previous.by) & set(KINDS)
    for i in draft.free():
        piece = draft.pieces[i]
        if not piece.is_("thing", *KINDS):
            continue
        draft.take(i)
        if grouped:
            draft.by = [str(piece.value) if d in KINDS else d for d in previous.by]
        else:
            draft.filters.append(Filter("kind", (KINDS[piece.value],)))
    subject = draft.subject
    if subject not in KINDS or draft.by:
        return
    if grouped:
        draft.by = [str(subject) if d in KINDS else d for d in previous.by]
    elif not draft.best and previous.form in ("ranking", "value", "trend"):
        draft.filters.append(Filter("kind", (KINDS[str(subject)],)))


def _merged(draft: Draft, previous: Plan) -> Plan:
    plan = previous
    plan = replace(plan, period=draft.period or plan.period, compare=draft.compare or plan.compare)
    for one in draft.filters:
        plan = _filtered(plan, one)
    if draft.measures:
        plan = _measured(plan, tuple(draft.measures))
    if draft.per:
        plan = replace(plan, per=tuple(draft.per))
    if draft.share:
        plan = replace(plan, share=True)
    if draft.by:
        plan = _grouped(plan, tuple(draft.by))
    if draft.having:
        plan = replace(
            plan,
            having=tuple(draft.having),
            measures=tuple(dict.fromkeys((*plan.measures, *(h.measure for h in draft.having)))),
        )
    if draft.best is not None and plan.form == "ranking":
        plan = _reordered(plan, draft, draft.best)
    if any(p.kind == "reverse" for p in draft.pieces):
        plan = turned_round(plan)
    if draft.limit is not None and plan.form == "trend":
        raise Unclear("A course over time has all its days: which of them shall be shown?")
    if draft.limit is not None:
        plan = replace(plan, limit=draft.limit)
    if plan == previous:
        raise Unclear("What shall be different from the question before?")
    return plan


def _reordered(plan: Plan, draft: Draft, best: str) -> Plan:
    """ "The worst ones", "the slowest instead": the latter by units, where it was by revenue."""
    if best.endswith("units") and not draft.measures and plan.measures == ("revenue",):
        plan = _measured(plan, ("units",))
    down = best.startswith("worst")
    return replace(plan, order=Order("value", False) if down else best_first(draft, plan.by))


def _filtered(plan: Plan, one: Filter) -> Plan:
    if plan.of is not None and one.dimension not in THINGS[plan.of]:
        return replace(plan, conditions=_conditioned(plan.conditions, one))
    kept = tuple(f for f in plan.filters if f.dimension != one.dimension and not _narrower(f, one))
    return replace(plan, filters=(*kept, one))


def _narrower(old: Filter, new: Filter) -> bool:
    """A place replaces a kind of place or a venue, and the other way round a venue a place."""
    return old.dimension == "place" and new.dimension in ("venue", "kind") and not new.negated


def _conditioned(conditions: tuple[Condition, ...], one: Filter) -> tuple[Condition, ...]:
    if not conditions:
        return (Condition("stands", (one,)),)
    found = []
    for c in conditions[:1]:
        kept = tuple(f for f in c.filters if f.dimension != one.dimension)
        found.append(replace(c, filters=(*kept, one)))
    return (*found, *conditions[1:])


def _measured(plan: Plan, measures: tuple[str, ...]) -> Plan:
    if plan.of is not None:
        return replace(plan, measures=measures)
    if all(MEASURES[m].fact is Fact.CATALOG for m in measures):
        plan = replace(plan, period=None, compare=None, per=())
    share = plan.share and all(MEASURES[m].shared for m in measures)
    having = tuple(h for h in plan.having if h.measure in measures)
    return replace(plan, measures=measures, share=share, having=having)


def _grouped(plan: Plan, by: tuple[str, ...]) -> Plan:
    timed = any(d in GRAINS for d in by)
    if plan.form in ("list", "missing"):
        raise Unclear("A list has no groups: what shall be measured by it?")
    if plan.form == "count":
        return replace(plan, by=by)
    if timed:
        return replace(plan, form="trend", by=by, order=None, limit=None)
    alike = len(by) == len(plan.by) and {*by, *plan.by} <= {"store", "machine", "place"}
    limit = plan.limit if plan.form == "ranking" and (plan.limit != 1 or alike) else None
    return replace(plan, form="ranking", by=by, limit=limit)
