"""What is compared: measures with numbers, periods with periods, averages over places and days."""

from __future__ import annotations

from datetime import date

from core.ask.dimensions import GRAINS
from core.ask.measures import MEASURES
from core.ask.period import Period, resolve, unit_of
from core.ask.plan import Compare, Filter
from core.ask.words.draft import Draft, Unclear


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
            elif (draft.is_(k, "per") and not draft.is_(k, "per", "per")) or draft.is_(k, "per_place"):
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
    """ "Compared with last month", "vs a year ago", "year over year", "compare June and July"."""
    _two_periods(draft)
    for i in draft.free():
        if i in draft.used:
            continue
        piece = draft.pieces[i]
        if piece.kind == "before":
            _before(draft, i)
        elif piece.is_("versus", "with") or (
            piece.kind == "op" and not draft.is_(i + 1, "number") and not draft.is_(i + 1, "sign")
        ):
            _versus_time(draft, i)
    if draft.compare is not None and "than" in draft.linked.texts:
        draft.take(*(i for i in draft.free() if draft.is_(i, "more")))


def _before(draft: Draft, i: int) -> None:
    """The word alone, with the length of the period in front, or with what compares."""
    value, start = str(draft.pieces[i].value), i
    if value.startswith("each "):
        draft.take(i)
        if any(draft.is_(k, "trend") for k in draft.free()):
            draft.by.append(value.removeprefix("each "))
            return
        draft.compare = Compare("before")
        if not _periods(draft):
            draft.period = Period("current", unit_of(value.removeprefix("each ")))
        return
    if draft.is_(start - 1, "thing", *GRAINS):
        start -= 1
        if draft.is_(start - 1, "number"):
            start -= 1
            _check_length(draft, int(draft.pieces[start].value), str(draft.pieces[start + 1].value))
    elif draft.is_(start - 1, "number") and draft.pieces[start - 1].value in [p.n for p in _periods(draft)]:
        start -= 1
    if draft.is_(start - 1, "versus") or draft.is_(start - 1, "op"):
        start -= 1
    draft.take(*range(start, i + 1))
    draft.compare = Compare("year_before" if value == "year_before" else "before")


def _check_length(draft: Draft, n: int, unit: str) -> None:
    """ "The 30 days before" are as many as the period has."""
    main = next(iter(_periods(draft)), None)
    if main is not None and not (main.kind == "last" and (main.n, main.unit) == (n, unit)):
        raise Unclear(f"A comparison is with a period of the same length, not with {n} {unit}s before.")


def _periods(draft: Draft) -> list[Period]:
    return [p.value.period for i, p in enumerate(draft.pieces) if draft.is_(i, "time") and p.value.period]


def _two_periods(draft: Draft) -> None:
    """ "Compare June with July", "June and July compared": the second is what the first is held against;
    with "and" the earlier one."""
    if not any(p.is_("versus", "compare") for p in draft.pieces):
        return
    times = [i for i in draft.free() if draft.is_(i, "time") and draft.pieces[i].value.period]
    if len(times) != 2 or times[1] - times[0] != 2:
        return
    joined = draft.pieces[times[0] + 1]
    if not (joined.is_("and", "and") or joined.is_("versus")):
        return
    first, second = (draft.pieces[k].value.period for k in times)
    if joined.kind == "and" and _starts(second) > _starts(first):
        first, second = second, first
    draft.take(
        times[0], times[0] + 1, times[1], *(i for i in draft.free() if draft.is_(i, "versus", "compare"))
    )
    held(draft, first, second)


def _starts(period: Period) -> date:
    """Any day will do to tell which is earlier."""
    return resolve(period, date(2030, 7, 15)).first


def _versus_time(draft: Draft, i: int) -> None:
    if not draft.is_(i + 1, "time"):
        return
    said, found = draft.pieces[i + 1], draft.pieces[i + 1].value.period
    if found is None:
        return
    others = [
        p.value.period
        for k, p in enumerate(draft.pieces)
        if k != i + 1 and draft.is_(k, "time") and p.value.period
    ]
    draft.take(i, i + 1)
    if found.kind == "last" and said.text.split()[0].lower() in ("previous", "prior", "preceding"):
        _check_length(draft, found.n or 0, found.unit)
        draft.period = draft.period or found
        draft.compare = Compare("before")
    elif others:
        held(draft, others[0], found)
    elif found.kind == "previous":
        draft.against = found
        held(draft, Period("current", found.unit), found)
    else:
        draft.compare = Compare("period", found)


def held(draft: Draft, main: Period, other: Period) -> None:
    """What the period and the one to compare with say together."""
    draft.period = main
    if other.kind == "previous" and main.kind in ("current", "previous") and main.unit == other.unit:
        draft.compare = Compare("before")
    elif other == Period("previous", "year") and main.unit != "year" and main.kind != "between":
        draft.compare = Compare("year_before")
    else:
        draft.compare = Compare("period", other)
