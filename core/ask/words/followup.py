"""Follow-ups: the plan before, with what the new words replace or add."""

from __future__ import annotations

from dataclasses import replace

from core.ask.dimensions import GRAINS, THINGS
from core.ask.measures import MEASURES
from core.ask.period import SEASONS
from core.ask.plan import Condition, Filter, Order, Plan
from core.ask.words.clauses import filters_of
from core.ask.words.comparing import held
from core.ask.words.draft import GOODS, Draft, Unclear
from core.ask.words.pieces import Linked
from core.ask.words.reading import read
from core.ask.words.shaping import best_first, rest

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
_POINTING = {"which", "what", "who", "list", "name", "them", "those", "these", "they", "ones"}


def follows(linked: Linked, previous: Plan | None = None) -> bool:
    """Whether it is no question of its own: it measures, lists and ranks nothing, or says that it goes on."""
    kinds = [p.kind for p in linked.pieces]
    first = linked.pieces[0] if linked.pieces else None
    asks = any(
        p.kind in ("measure", "count", "missing") or p.is_("ask", "which", "where", "list", "much")
        for p in linked.pieces
    )
    if (first is not None and first.is_("and")) or linked.opening in (("what", "about"), ("how", "about")):
        return True
    if not asks and not (
        "thing" in kinds
        and ("rel" in kinds or "best" in kinds)
        and first is not None
        and first.kind in ("thing", "best")
        and len(kinds) > 3
    ):
        return True
    if _reranks(linked) or (previous is not None and _turned(linked, previous) is not None):
        return True
    return len(kinds) == 1 or (bool(linked.texts & {"same", "instead"}) and len(kinds) < 6)


def _reranks(linked: Linked) -> bool:
    """ "By margin", "now rank them by units"."""
    kinds = [p.kind for p in linked.pieces]
    led = bool(kinds) and kinds[0] in ("by", "rank")
    return led and "measure" in kinds and set(kinds) <= {"by", "rank", "measure", "and", "per", "best"}


def _ranked(previous: Plan) -> Plan:
    """The things of a list as a ranking. Raises Unclear where no filter says which they are."""
    filters = list(previous.filters)
    goods = previous.of in GOODS
    for c in previous.conditions:
        placed = goods and all(f.dimension not in GOODS for f in c.filters)
        if c.negated or c.relation not in ("stands", "sold") or (c.filters and not placed) or c.period:
            raise Unclear("The best of a list with conditions takes two questions: what shall be ranked?")
        filters += c.filters
    if previous.having or previous.of is None:
        raise Unclear("What shall be ranked?")
    return Plan("ranking", previous.measures or ("revenue",), by=(previous.of,), filters=tuple(filters),
                period=previous.period)


def _turned(linked: Linked, previous: Plan) -> Plan | None:
    """ "How many is that?" counts the list before, "which ones?" lists what was counted."""
    pieces = [p for p in linked.pieces if not p.is_("thing", previous.of or "") and p.kind != "and"]
    if len(pieces) > 1 or (len(pieces) == 0 and not linked.texts & {"them", "those", "these"}):
        return None
    having = tuple(dict.fromkeys(h.measure for h in previous.having))
    if previous.form == "list" and pieces and pieces[0].kind == "count":
        return replace(previous, form="count", measures=having, order=None, limit=None)
    asked = not pieces or pieces[0].is_("ask", "which", "what", "list")
    if previous.form == "count" and asked and not previous.by and linked.texts & _POINTING:
        return replace(previous, form="list")
    return None


def follow(linked: Linked, vocabulary: object, previous: Plan) -> Plan:
    """The plan before with the new period, filter, grouping, measure or number in place of its own."""
    return _turned(linked, previous) or _followed(linked, vocabulary, previous)


def _followed(linked: Linked, vocabulary: object, previous: Plan) -> Plan:
    draft = read(Draft(linked, vocabulary))  # type: ignore[arg-type]
    if previous.form == "list" and (draft.best is not None or _reranks(linked)):
        previous = _ranked(previous)
    if draft.against is not None and previous.period is not None:
        held(draft, previous.period, draft.against)
    said_subject = draft.subject
    for i in draft.free():
        piece = draft.pieces[i]
        if (
            piece.kind in ("and", "rel", "versus", "ask", "whole", "best", "reverse", "by", "rank")
            and not (i and draft.pieces[i - 1].is_("not"))
        ) or (piece.kind == "thing" and piece.value in ("product", "place")):
            draft.take(i)
    filters_of(draft)
    kinds = {"store": "store", "machine": "device"}
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind == "thing" and piece.value in kinds:
            draft.take(i)
            if set(previous.by) & set(kinds):
                draft.by = [str(piece.value) if d in kinds else d for d in previous.by]
                continue
            draft.filters.append(Filter("kind", (kinds[piece.value],)))
    left = rest(draft)
    if left:
        raise Unclear(f"What do you mean by “{left[0]}” here?")
    if said_subject in kinds and set(previous.by) & set(kinds) and not draft.by:
        draft.by = [said_subject if d in kinds else d for d in previous.by]
    elif (
        said_subject in kinds
        and not draft.best
        and previous.form in ("ranking", "value", "trend")
        and not draft.by
    ):
        draft.filters.append(Filter("kind", (kinds[said_subject],)))
    if previous.of == "planogram" and draft.period is not None and draft.period.unit == "season":
        season = SEASONS[(draft.period.n or 1) - 1]
        draft.filters.append(Filter("plan_season", (season,)))
        draft.period = None
    return _merged(draft, previous)


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
        down = draft.best.startswith("worst")
        plan = replace(plan, order=Order("value", False) if down else best_first(draft, plan.by))
    if any(p.kind == "reverse" for p in draft.pieces):
        plan = _reversed(plan)
    if draft.limit is not None and plan.form == "trend":
        raise Unclear("A course over time has all its days: which of them shall be shown?")
    if draft.limit is not None:
        plan = replace(plan, limit=draft.limit)
    if plan == previous:
        raise Unclear("What shall be different from the question before?")
    return plan


def _reversed(plan: Plan) -> Plan:
    """ "The other way round". Raises Unclear where nothing has an order."""
    if plan.form != "ranking":
        raise Unclear("What shall be the other way round?")
    order = plan.order or Order("value")
    return replace(plan, order=replace(order, descending=not order.descending))


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
