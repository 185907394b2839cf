"""Pieces → draft: each rule takes the pieces that it explains."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from core.ask.dimensions import GRAINS
from core.ask.measures import MEASURES, Value
from core.ask.period import Period, resolve
from core.ask.plan import Compare, Filter
from core.ask.words.amounts import having
from core.ask.words.beside import DONE, catalogued, compared, orders, stocked
from core.ask.words.comparing import comparisons, means
from core.ask.words.draft import GOODS, Draft, Outside, Unclear, filter_of
from core.ask.words.grouping import grains, groups, kinds_compared
from core.ask.words.pieces import Piece
from core.ask.words.subjects import LISTED, is_beside, subject_of

_PRICES = ("list_price", "cost", "unit_margin", "shelf_price")
_LOOSE = ("make", "made", "earn", "earned", "bring in", "brought in", "bring", "brought", "take in",
          "makes", "earns", "brings in", "brings", "takes in", "takes", "took in", "take", "took", *DONE,
          "sale", "sales")
"""Words of revenue that say nothing beside another measure: "how much profit did drinks bring"."""
_BEST_BY = {"price": "list_price", "margin": "margin", "stock": "stock"}


def read(draft: Draft) -> Draft:
    """Everything but the conditions of a list, which need the subject first. Raises Unclear and Outside."""
    _refuse(draft)
    for rule in (
        means,
        comparisons,
        _plan_seasons,
        _times,
        _weekdays,
        kinds_compared,
        having,
        _best,
        compared,
        stocked,
        grains,
        groups,
        _share,
        _change,
        _per,
        _measures,
        subject_of,
        catalogued,
        _cues,
    ):
        rule(draft)
    return draft


def _refuse(draft: Draft) -> None:
    if orders(draft.linked.words):
        raise Outside("An order changes data")
    if any(p.is_("best") and p.text == "bottom" and q.is_("measure", "space") and q.text == "shelf"
           for p, q in pairwise(draft.pieces)):
        raise Unclear("Which row is the bottom shelf? Rows are counted from the top: A, B, C …")
    past = any(p.kind == "unknown" and "ago" in p.text.split() for p in draft.pieces)
    if past and any(p.is_("measure", *_PRICES) for p in draft.pieces):
        raise Outside("That is about prices and costs of the past")
    if any(_is_priced(draft, i) for i in draft.free()):
        raise Unclear("The list price, or the average price paid: which is meant?")
    _refuse_words(draft)


def _refuse_words(draft: Draft) -> None:
    """Two questions at once, what is not answered, and what nothing or several things explain."""
    for i, piece in enumerate(draft.pieces):
        if i > 1 and piece.is_("ask", "which", "where") and draft.is_(i - 1, "and"):
            raise Unclear("These are two questions: which one first?")
    for piece in draft.pieces:
        if piece.kind == "forbidden":
            raise Outside(f"“{piece.text}” is about {piece.value}")
    for piece in draft.pieces:
        if piece.kind == "several":
            raise Unclear(f"Which “{piece.text}” do you mean?", piece.value, piece.text)
        if piece.kind == "unknown":
            choices = piece.value if isinstance(piece.value, tuple) else ()
            raise Unclear(f"What do you mean by “{piece.text}”?", choices, piece.text)
        if piece.kind == "time" and piece.value.problem:
            raise Unclear(f"Which days do you mean by “{piece.text}”?")


def _sold_for(draft: Draft, i: int) -> bool:
    """ "What did we sell the Volt for last month"."""
    follows, asked = draft.piece(i + 1), any(p.is_("ask", "what", "much") for p in draft.pieces[:i])
    if not asked or follows is None or follows.kind != "name" or follows.value.dimension not in GOODS:
        return False
    after = follows.at + follows.length
    return draft.linked.words[after : after + 1] == ("for",)


def _is_priced(draft: Draft, i: int) -> bool:
    """ "What does Volt sell for", "products that sell for less than $2"."""
    piece, follows = draft.pieces[i], draft.piece(i + 1)
    after = piece.at + piece.length
    selling = piece.is_("rel", "sold") and piece.text.lower() in ("sell", "sells", "selling")
    if piece.is_("rel", "sold") and (draft.linked.words[-1] == "for" or _sold_for(draft, i)):
        return True
    ends = follows is None or follows.kind in ("op", "sign", "best")
    return selling and draft.linked.words[after : after + 1] == ("for",) and ends


def _plan_seasons(draft: Draft) -> None:
    """A season beside planograms is their own."""
    free = draft.free()
    plans = any(draft.is_(i, "thing", "planogram") for i in free)
    measured = any(draft.is_(i, "measure") and MEASURES.get(draft.pieces[i].value) for i in free)
    for i in free:
        piece = draft.pieces[i]
        if piece.kind != "time" or piece.value.season is None or not plans:
            continue
        if draft.is_(i + 1, "thing", "planogram") or draft.is_(i - 1, "thing", "planogram") or not measured:
            draft.take(i)
            names = ("spring", "summer", "autumn", "winter")
            _add_values(draft, Filter("plan_season", (names[piece.value.season - 1],)))


def _add_values(draft: Draft, found: Filter) -> None:
    for k, old in enumerate(draft.filters):
        if old.dimension == found.dimension and old.negated == found.negated:
            draft.filters[k] = Filter(
                found.dimension, tuple(dict.fromkeys((*old.values, *found.values))), found.negated
            )
            return
    draft.filters.append(found)


def _times(draft: Draft) -> None:
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind != "time" or (piece.value.weekdays and draft.is_(i - 1, "by")):
            continue
        if piece.value.weekdays:
            _days_of_weeks(draft, i)
        elif draft.period is None:
            draft.period = piece.value.period
        elif draft.compare is None and (whole := _joined(draft, i)) is not None:
            draft.period = whole
            draft.take(i - 1)
        elif draft.compare is None and draft.is_(i - 1, "and", "or", "and"):
            raise Unclear("Only one period can be asked for at a time: which one?")
        elif draft.period != piece.value.period:
            raise Unclear(f"Which period do you mean: “{draft.period.label}” or “{piece.text}”?")
        draft.take(i)


def _days_of_weeks(draft: Draft, i: int) -> None:
    piece = draft.pieces[i]
    if piece.text == "weekdays" and _ranks(draft, i):
        draft.by.append("weekday")
        draft.ranked = True
        return
    negated = draft.is_(i - 1, "not")
    if negated:
        draft.take(i - 1)
    _add_values(draft, Filter("weekday", piece.value.weekdays, negated))


def _joined(draft: Draft, i: int) -> Period | None:
    """ "By month, in June and July": both, where groups of time tell them apart and one follows the other."""
    timed = any(p.is_("grain") or p.is_("thing", *GRAINS) for p in draft.pieces)
    today, period = draft.linked.today, draft.pieces[i].value.period
    if not timed or not draft.is_(i - 1, "and", "and") or today is None:
        return None
    if draft.period is None or period is None:
        return None
    ahead = date(9000, 1, 1)
    first = resolve(draft.period, ahead if draft.period.year else today)
    second = resolve(period, ahead if period.year else today)
    after = second.first == first.last + timedelta(days=1)
    return Period("between", first=first.first, last=second.last) if after else None


def _ranks(draft: Draft, i: int) -> bool:
    """ "Rank weekdays by revenue", "the best weekdays": the days are held against each other."""
    before = draft.piece(i - 1)
    led = before is not None and (before.kind in ("rank", "best", "number") or before.is_("ask", "which"))
    return led or draft.is_(i + 1, "rank") or (i == 0 and draft.is_(1, "by"))


def _weekdays(draft: Draft) -> None:
    """ "Weekday sales": those of Monday to Friday."""
    for i in draft.free():
        before = draft.piece(i - 1)
        asked = before is not None and before.kind in ("ask", "by", "per", "best", "count", "number")
        if draft.is_(i, "thing", "weekday") and draft.is_(i + 1, "measure") and not asked:
            draft.take(i)
            _add_values(draft, Filter("weekday", (1, 2, 3, 4, 5)))


def _best(draft: Draft) -> None:
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind != "best":
            continue
        draft.take(i)
        down = str(piece.value).startswith("worst")
        units = str(piece.value).endswith("units")
        measure = _BEST_BY.get(str(piece.value).partition("_")[2])
        if measure is not None:
            draft.measures.append(measure)
        current = draft.best or ""
        draft.best = ("worst" if down or current.startswith("worst") else "best") + (
            "_units" if units or current.endswith("units") else ""
        )
        for k in (i + 1, i - 1):
            if draft.is_(k, "number") and draft.pieces[k].value.is_integer() and draft.limit is None:
                draft.limit = int(draft.pieces[k].value)
                draft.take(k)
                break
    for i in draft.free():
        if draft.limit is None and draft.is_(i, "number") and _counted(draft, i + 1):
            if not draft.is_(i - 1, "ask") or not draft.pieces[i - 1].text.endswith(" of"):
                draft.limit = int(draft.pieces[i].value)
            draft.take(i)


def _counted(draft: Draft, i: int) -> bool:
    """ "The 5 stores with …", "3 brands", "which 5 slots": things that a number before them may count."""
    piece = draft.piece(i)
    if piece is not None and piece.kind == "thing" and draft.best:
        asked = draft.is_(i - 2, "ask", "which") or piece.value in ("slot", "row", "venue")
        if asked and piece.plural:
            return True
    return piece is not None and piece.plural and piece.kind == "thing" and piece.value in LISTED


def _share(draft: Draft) -> None:
    for i in draft.free():
        if draft.is_(i, "share"):
            draft.take(i)
            grows = draft.compare is not None or any(p.kind == "change" for p in draft.pieces)
            relative = draft.pieces[i].text.startswith(("in ", "as "))
            margins = [k for k in draft.free() if relative and draft.is_(k, "measure", "margin")]
            if margins and not draft.by:
                draft.take(*margins)
                draft.measures.append("margin_rate")
            else:
                draft.share = draft.share or not (grows and relative)


def _change(draft: Draft) -> None:
    for i in draft.free():
        if draft.is_(i, "change"):
            draft.take(i)
            value = str(draft.pieces[i].value)
            against = any(draft.is_(k, "versus") for k in draft.free()) and draft.compare is None
            if value == "any" and (draft.trend or against):
                continue
            draft.change = value if draft.change in (None, "any") else draft.change
            draft.compare = draft.compare or Compare("before")


def _per(draft: Draft) -> None:
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind in ("per", "per_place") and piece.value != "per":
            draft.take(i)
            value = "place" if piece.kind == "per_place" else str(piece.value)
            if value not in draft.per:
                draft.per.append(value)


def _measures(draft: Draft) -> None:
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind != "measure":
            continue
        draft.take(i)
        name = str(piece.value)
        if name == "space" or (name == "shelf_feet" and draft.share and "space" in piece.text):
            name = "facings" if draft.share else "shelf_feet"
        if name == "velocity":
            name = "units"
            if "day" not in draft.per:
                draft.per.append("day")
        if name not in draft.measures:
            draft.measures.append(name)
        _take_sign(draft, i, name)
        if piece.text.startswith("price list") and not draft.by:
            draft.by.append("product")
    if any(m in _PRICES for m in draft.measures):
        draft.take(*(i for i in draft.free() if draft.is_(i, "number") and draft.pieces[i].value == 1
                     and draft.is_(i + 1, "name") and draft.pieces[i + 1].value.dimension == "product"))
    loose = [p.text for p in draft.pieces if p.is_("measure", "revenue")]
    if (
        len(draft.measures) > 1
        and loose
        and all(t in _LOOSE for t in loose)
        and not any(p.is_("and", "and") for p in draft.pieces)
    ):
        draft.measures.remove("revenue")
    sold = [m for m in draft.measures if m in ("revenue", "units")]
    listed = draft.linked.commas or any(p.is_("and") for p in draft.pieces)
    if len(sold) == 2 and not listed:
        draft.measures.remove("revenue" if _named_units(draft) else "units")


def _take_sign(draft: Draft, i: int, name: str) -> None:
    """ "Margin $", "$ sales"."""
    money = MEASURES[name].value is Value.MONEY
    for k, beyond in ((i - 1, i - 2), (i + 1, i + 2)):
        if money and draft.is_(k, "sign", "$", "€", "£") and not draft.is_(beyond, "number"):
            draft.take(k)


def _named_units(draft: Draft) -> bool:
    return any(p.is_("measure", "units") for p in draft.pieces)


def _cues(draft: Draft) -> None:
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.is_("ask", "when"):
            raise Unclear("By what shall it be told: day, weekday, week, month, quarter or year?")
        if piece.kind in ("ask", "whole", "count", "order", "only"):
            draft.take(i)
            draft.by_name = draft.by_name or piece.kind == "order"
            draft.count = draft.count or piece.kind == "count"
            draft.listed = draft.listed or piece.is_("ask", "list")
        elif piece.kind == "rank":
            draft.take(i)
            draft.ranked = True
        elif piece.kind == "missing":
            draft.take(i)
            draft.missing = True
        elif piece.is_("versus"):
            draft.take(i)
            draft.versus = True
        elif piece.kind == "thing" and piece.value not in ("store", "machine") and is_beside(draft, i):
            draft.take(i)


def names_left(draft: Draft) -> list[tuple[int, Piece, Filter]]:
    """Names, zones and the like that nothing took yet."""
    found = []
    for i in draft.free():
        one = filter_of(draft.pieces[i], draft.vocabulary)
        if one is not None:
            found.append((i, draft.pieces[i], one))
    return found
