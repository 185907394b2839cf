"""Follow-ups that turn the plan before as a whole: a list into a ranking, its order, its time, its number."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from core.ask.dimensions import GRAINS
from core.ask.period import Period, before, resolve, year_before
from core.ask.plan import Order, Plan
from core.ask.words.draft import GOODS, Unclear
from core.ask.words.pieces import Linked, Piece

_POINTING = {"which", "what", "who", "list", "name", "them", "those", "these", "they", "ones"}
_INSTEAD = (("instead", "of"), ("rather", "than"), ("not", "by"))
_WHOLE = ("previous", "current", "named")


def reranks(linked: Linked) -> bool:
    """ "By margin", "now rank them by units"."""
    kinds = [p.kind for p in linked.pieces]
    led = bool(kinds) and kinds[0] in ("by", "rank")
    return led and "measure" in kinds and set(kinds) <= {"by", "rank", "measure", "and", "per", "best"}


def ranked(previous: Plan) -> Plan:
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


def turned(linked: Linked, previous: Plan) -> Plan | None:
    """ "How many is that?" counts the list before, "which ones?" lists what was counted."""
    pieces = [p for p in linked.pieces if not p.is_("thing", previous.of or "") and p.kind != "and"]
    if len(pieces) > 1 or (len(pieces) == 0 and not linked.texts & {"them", "those", "these"}):
        return None
    having = tuple(dict.fromkeys(h.measure for h in previous.having))
    if previous.form == "list" and pieces and pieces[0].kind == "count":
        return replace(previous, form="count", measures=having, order=None, limit=None)
    asked = not pieces or pieces[0].is_("ask", "which", "what", "list")
    if previous.form == "count" and asked and not previous.by and linked.texts & _POINTING:
        return _listed(previous)
    return None


def _listed(previous: Plan) -> Plan:
    """What was counted, as a list; where it was measured at a place alone, as a ranking."""
    if previous.of is None or not previous.measured_filters:
        return replace(previous, form="list")
    return replace(previous, form="ranking", of=None, by=(previous.of,))


def shifted(linked: Linked, previous: Plan) -> Plan | None:
    """ "And the month before that?", "what about the year before?": the same of that time. Raises Unclear."""
    pieces = [p for p in linked.pieces if p.kind not in ("and", "ask")]
    leads = linked.opening[:1] == ("and",) or linked.opening in (("what", "about"), ("how", "about"))
    if not leads or linked.today is None or not pieces:
        return None
    if not pieces[-1].is_("before", "before", "year_before"):
        return None
    if len(pieces) > 2 or (len(pieces) == 2 and not pieces[0].is_("thing", *GRAINS)):
        return None
    period, compared = previous.period, previous.compare
    unit = pieces[0].value if len(pieces) == 2 else None
    if period is None or compared or (unit and (period.kind not in _WHOLE or period.unit != unit)):
        raise Unclear("Which days are meant? Say the month or the dates.")
    if pieces[-1].value == "before" and period.kind == "current":
        return replace(previous, period=Period("previous", period.unit))
    days = resolve(period, linked.today)
    days = year_before(days) if pieces[-1].value == "year_before" else before(period, days, linked.today)
    return replace(previous, period=Period("between", first=days.first, last=days.last))


def whole(linked: Linked, previous: Plan) -> Plan | None:
    """ "Show all of them": without the number."""
    asked = previous.limit is not None and bool(linked.pieces)
    every = asked and all(_is_whole(p, previous) for p in linked.pieces)
    return replace(previous, limit=None) if every else None


def counts_again(linked: Linked, previous: Plan) -> bool:
    """ "Give me 10", "just 3", after what has a number, or an order that one may cut."""
    pieces = [p for p in linked.pieces if p.kind not in ("ask", "only") and not p.is_("best", "best")]
    led = linked.opening[:1] == ("and",) or linked.opening in (("what", "about"), ("how", "about"))
    alone = len(pieces) == 1 and pieces[0].kind == "number" and float(pieces[0].value).is_integer()
    cut = previous.form == "ranking" or (previous.form == "list" and previous.limit is not None)
    return alone and pieces[0].value > 0 and cut and not (led and previous.limit is None)


def recounted(linked: Linked, previous: Plan) -> Plan | None:
    """The same with that number of rows."""
    if not counts_again(linked, previous):
        return None
    n = next(int(p.value) for p in linked.pieces if p.kind == "number")
    return None if n == previous.limit else replace(previous, limit=n)


def _is_whole(piece: Piece, previous: Plan) -> bool:
    """ "Show all of them", "all stores"."""
    named = piece.is_("thing", *previous.by, previous.of or "")
    return named or piece.kind == "whole" or piece.is_("ask", "list")


def in_place(linked: Linked) -> Linked:
    """ "By brand instead of category": what stood there before says nothing more."""
    at = next((i for i, pair in enumerate(pairwise(linked.words)) if pair in _INSTEAD), None)
    if at is None:
        return linked
    old = next((p for p in linked.pieces if p.at > at + 1), None)
    between = [p for p in linked.pieces if at <= p.at <= at + 1]
    return replace(linked, pieces=tuple(p for p in linked.pieces if p is not old and p not in between))


def left_out(linked: Linked) -> Linked:
    """ "Drop the gyms", said of an answer."""
    if len(linked.pieces) < 2:
        return linked
    first, *others = linked.pieces
    named = all(p.kind in ("name", "family", "temperature", "zone", "shape", "and") for p in others)
    if not named or not first.is_("change", "down") or first.text not in ("drop", "lose"):
        return linked
    return replace(linked, pieces=(replace(first, kind="not", value="except"), *others))


def turned_round(plan: Plan) -> Plan:
    """ "The other way round". Raises Unclear where nothing has an order."""
    if plan.form != "ranking":
        raise Unclear("What shall be the other way round?")
    order = plan.order or Order("value")
    return replace(plan, order=replace(order, descending=not order.descending))
