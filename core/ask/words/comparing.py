"""What is compared: measures with numbers, periods with periods, averages over places and days."""

from __future__ import annotations

from core.ask.dimensions import GRAINS
from core.ask.measures import MEASURES
from core.ask.period import Period
from core.ask.plan import Compare, Filter
from core.ask.words.draft import Draft


def means(draft: Draft) -> None:
    """A denominator ("average revenue per store"), where "average" is not part of a measure."""
    for i in draft.free():
        if draft.is_(i, "per_place", "store", "machine"):
            draft.filters.append(Filter("kind", ("store" if draft.pieces[i].value == "store" else "device",)))
    for i in draft.free():
        if draft.pieces[i].kind != "mean":
            continue
        for k in draft.free():
            if draft.is_(k, "by", "per") and draft.is_(k + 1, "thing", "store", "machine", "place"):
                draft.take(i, k, k + 1)
                draft.per.append("place")
                if draft.pieces[k + 1].value != "place":
                    kind = "store" if draft.pieces[k + 1].value == "store" else "device"
                    draft.filters.append(Filter("kind", (kind,)))
            elif draft.is_(k, "per", "day") or draft.is_(k, "per_place"):
                draft.take(i)
            elif draft.is_(k, "grain", "day"):
                draft.take(i, k)
                draft.per.append("day")
            elif (
                draft.is_(k, "measure")
                and k == i + 1
                and MEASURES.get(draft.pieces[k].value) is not None
                and (len(MEASURES[draft.pieces[k].value].parts) > 1)
            ):
                draft.take(i)


def comparisons(draft: Draft) -> None:
    """ "compared with last month", "vs a year ago", "a year over year"."""
    for i in draft.free():
        piece = draft.pieces[i]
        if piece.kind == "before":
            compared = i and (draft.is_(i - 1, "versus") or draft.is_(i - 1, "op"))
            start = i
            while start and (
                draft.is_(start - 1, "versus")
                or draft.is_(start - 1, "number")
                or draft.is_(start - 1, "thing", *GRAINS)
            ):
                start -= 1
            draft.take(*range(start if compared or start < i else i, i + 1))
            draft.compare = Compare("year_before" if piece.value == "year_before" else "before")
        elif piece.is_("versus", "with") or (
            piece.kind == "op" and not draft.is_(i + 1, "number") and not draft.is_(i + 1, "sign")
        ):
            _versus_time(draft, i)


def _versus_time(draft: Draft, i: int) -> None:
    if not draft.is_(i + 1, "time"):
        return
    found = draft.pieces[i + 1].value.period
    if found is None:
        return
    main = next(
        (
            draft.pieces[k].value.period
            for k in draft.free()
            if k != i + 1 and draft.is_(k, "time") and draft.pieces[k].value.period
        ),
        None,
    )
    draft.take(i, i + 1)
    if found.kind == "previous" and (main is None or (main.kind == "current" and main.unit == found.unit)):
        draft.compare = Compare("before")
        draft.period = Period("current", found.unit)
    else:
        draft.compare = Compare("period", found)
    if main is None and draft.period is None and found.kind != "previous":
        draft.compare = Compare("period", found)
