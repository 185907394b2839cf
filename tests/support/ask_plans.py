"""Plans as hypothesis draws them: any that is valid, over ids of both companies and of none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from core.ask.dimensions import DIMENSIONS, GRAINS, THINGS, Holds
from core.ask.measures import MEASURES, PERS, Fact
from core.ask.period import Period
from core.ask.plan import RELATIONS, Compare, Condition, Filter, Having, Order, Plan
from core.errors import BadInput

FILTERING = [d for d in DIMENSIONS.values() if d.holds is not Holds.DATE]
IDS = {
    "product": [*range(1, 13), 1001, 1003, 77_777], "category": [1, 2, 3, 4, 1001], "place": [1, 2, 3, 4, 1001],
    "store": [11, 12, 1011], "machine": [20, 21, 1020], "planogram": [*range(1, 11), 1001], "project": [5, 1005],
}
TEXTS: dict[str, list[Any]] = {
    "brand": ["Alpine", "O'Neil", "<b>Bold</b>", None, "x' OR '1'='1"], "venue": ["office", "grocery store", None],
    "plan_season": ["summer", "autumn", None], "slot": ["A1", "A2", "B1", "B3"], "row": [0, 1, 2],
}


def _values(name: str) -> st.SearchStrategy[tuple[Any, ...]]:
    pool = IDS.get(name) or TEXTS.get(name) or list(DIMENSIONS[name].choices)
    return st.lists(st.sampled_from(pool), min_size=1, max_size=4, unique=True).map(tuple)


def serving(facts: Iterable[Fact], names: Iterable[str] = DIMENSIONS) -> list[str]:
    """Dimensions that all the tables have."""
    return [name for name in names if all(fact in DIMENSIONS[name].facts for fact in facts)]


@st.composite
def filters(draw: st.DrawFn, facts: frozenset[Fact]) -> Filter:
    name = draw(st.sampled_from(serving(facts, [d.name for d in FILTERING])))
    return Filter(name, draw(_values(name)), draw(st.booleans()))


def periods() -> st.SearchStrategy[Period]:
    days = st.dates(date(2025, 12, 20), date(2026, 3, 20))
    return st.one_of(
        st.builds(Period, st.just("last"), st.sampled_from(["day", "week", "month"]), st.integers(1, 40)),
        st.builds(Period, st.sampled_from(["current", "previous"]),
                  st.sampled_from(["day", "week", "month", "quarter", "season", "year"])),
        st.builds(lambda u, n, y: Period("named", u, n, y), st.sampled_from(["month", "quarter", "season"]),
                  st.integers(1, 4), st.sampled_from([None, 2025, 2026])),
        st.lists(days, min_size=2, max_size=2).map(sorted).map(lambda d: Period("between", first=d[0], last=d[1])),
        st.just(Period("all")),
    )


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    relation = draw(st.sampled_from(list(RELATIONS)))
    return Condition(
        relation, tuple(draw(st.lists(filters(frozenset({RELATIONS[relation]})), max_size=2))), draw(st.booleans()), draw(st.none() | periods()),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any valid plan."""
    form = draw(st.sampled_from(["value", "ranking", "ranking", "trend", "list", "count", "missing"]))
    measures = tuple(draw(st.lists(st.sampled_from(list(MEASURES)), min_size=1, max_size=2, unique=True)))
    facts = frozenset(Fact(p.split(".")[0]) for m in measures for p in MEASURES[m].parts)
    chosen = tuple(draw(st.lists(filters(facts), max_size=2))) if serving(facts) else ()
    period = draw(st.none() | periods())
    per = tuple(draw(st.lists(st.sampled_from(list(PERS)), max_size=1)))
    having = tuple(draw(st.lists(st.builds(
        Having, st.sampled_from(measures), st.sampled_from(["<", ">=", "!="]),
        st.sampled_from([0.0, 1.0, 3.0, 40.0])), max_size=1)))
    compare = draw(st.sampled_from([None, None, Compare(), Compare("year_before")]))
    by = draw(st.lists(st.sampled_from(serving(facts) or ["product"]), min_size=1, max_size=2, unique=True))
    grain = draw(st.sampled_from(GRAINS))
    fields: dict[str, Any] = {"form": form, "filters": chosen, "period": period}
    if form in ("value", "ranking", "trend"):
        share = draw(st.booleans()) and not per and compare is None
        fields |= {"measures": measures, "per": per, "compare": compare, "share": share}
    if form == "ranking":
        order = draw(st.none() | st.builds(Order, st.just("value"), st.booleans()))
        fields |= {"by": tuple(by), "having": having, "order": order}
    if form == "trend":
        fields |= {"by": (grain, *[d for d in by if d not in GRAINS][:1]), "having": having, "compare": None}
    if form in ("list", "count"):
        of = draw(st.sampled_from(list(THINGS)))
        own = draw(st.lists(st.sampled_from(THINGS[of]), max_size=2, unique=True))
        told = tuple(Filter(name, draw(_values(name)), draw(st.booleans())) for name in own)
        fields |= {"of": of, "filters": told, "conditions": tuple(draw(st.lists(conditions(), max_size=2)))}
        if draw(st.booleans()):
            fields |= {"measures": measures, "having": having}
        if form == "count" and "having" in fields and draw(st.booleans()):
            fields["filters"] = (*told, *chosen)
        if form == "count" and draw(st.booleans()):
            fields["by"] = tuple(name for name in own[:1] if name != of)
    if form == "missing":
        fields.pop("period")
        names = ["product", "category", "temperature", "place", "store", "kind", "zone", "shape", "planogram"]
        own = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
        fields["filters"] = tuple(Filter(name, draw(_values(name)), draw(st.booleans())) for name in own)
    try:
        return Plan(**fields)
    except BadInput:
        assume(False)
        raise
