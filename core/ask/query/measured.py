"""Groups with their measures: the parts of all tables brought together, divided, shared and compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Subquery, and_, case, func, literal, or_, select, true, union_all
from sqlalchemy import null as sql_null

from core.ask.dimensions import DIMENSIONS, LEFT_OUT, Holds, Scope
from core.ask.measures import MEASURES, PERS, Fact, Measure
from core.ask.plan import Filter, Plan
from core.ask.query.facts import part
from core.ask.query.ground import Expr, Ground, number, quotient
from core.ask.query.wanted import Wanted, keys_of, without
from core.ask.query.when import When, count_days, first_days
from core.units import MONEY_SCALE

Sum = Callable[[str], Expr]
"""``fact.name`` → the sum of a group."""
INCHES_A_FOOT = 12.0
ROWS_READ = "rows_read"
"""The column that counts the rows of the tables from which all groups are made."""
_SHARED_SCOPES = (Scope.PRODUCT,)
_OTHER_SCOPES = (Scope.PLACE, Scope.PLAN, Scope.SHELF)


@dataclass(frozen=True)
class Measured:
    """``table`` has ``k0`` … for the keys and one column for each of ``columns``, by name: (name, measure,
    "value" | "share" | "before" | "change" | "change_rate") · ``of_things``: joined to a list of things."""

    table: Subquery
    columns: tuple[tuple[str, Measure, str], ...]
    of_things: bool = False


def measured(
    ground: Ground, plan: Plan, when: When, by: tuple[str, ...], filters: tuple[Filter, ...]
) -> Measured:
    """The measures of a plan by groups."""
    eras = 2 if when.before is not None else 1
    groups = _groups(ground, plan, when, by, filters, eras)
    joined: Any = groups
    totals = None
    if plan.share:
        totals, on = _totals(ground, plan, when, by, filters, groups)
        joined = groups.join(totals, on, isouter=True)
    columns: list[tuple[str, Measure, str, Expr]] = []
    for name in plan.measures:
        columns += _columns(plan, when, by, filters, MEASURES[name], groups, totals)
    keys = [groups.c[f"k{i}"] for i in range(len(keys_of(by)))]
    found = select(*keys, *(value.label(name) for name, _, _, value in columns)).select_from(joined)
    read = [func.coalesce(c, 0) for c in groups.c if c.name.rpartition("_")[0].endswith("_n")]
    found = found.add_columns(func.sum(sum(read[1:], read[0])).over().label(ROWS_READ))
    if by:
        present = [func.coalesce(groups.c[f"{MEASURES[m].fact}_n_{era}"], 0) > 0
                   for m in plan.measures for era in range(eras)]
        found = found.where(or_(*present), *_known(by, groups))
    return Measured(found.subquery("measured"), tuple((n, m, k) for n, m, k, _ in columns), bool(plan.of))


def _known(by: Sequence[str], table: Any) -> list[Any]:
    """Rows whose ids are known; an unknown text is a row of its own."""
    return [table.c[f"k{i}"].is_not(None) for i, (d, _) in enumerate(keys_of(by))
            if DIMENSIONS[d].holds in (Holds.ID, Holds.SLOT) or d in LEFT_OUT]


def _sums(plan: Plan) -> dict[Fact, list[str]]:
    """Table → the sums that the measures and denominators need of it."""
    found: dict[Fact, list[str]] = {}
    parts = [p for name in plan.measures for p in MEASURES[name].parts]
    parts += [PERS[p].part for p in plan.per if PERS[p].part]
    if "place" in plan.per:
        parts += [f"{MEASURES[name].fact}.places" for name in plan.measures]
    for text in parts:
        fact, name = text.split(".")
        found.setdefault(Fact(fact), []).append(name)
    return {fact: list(dict.fromkeys(names)) for fact, names in found.items()}


def _groups(
    ground: Ground, plan: Plan, when: When, by: tuple[str, ...], filters: tuple[Filter, ...], eras: int
) -> Subquery:
    """One row a group: its keys, and ``{fact}_{sum}_{era}`` for each sum."""
    needed = _sums(plan)
    keys = [f"k{i}" for i in range(len(keys_of(by)))]
    parts = []
    for era in range(eras):
        for fact, sums in needed.items():
            found = part(ground, fact, _wanted(plan, when, fact, by, filters, sums, era)).subquery()
            own = {f"{fact}_{name}_{era}": found.c[name] for name in (*sums, "n")}
            parts.append((found, own))
    names = [name for _, own in parts for name in own]
    types = {name: column.type for _, own in parts for name, column in own.items()}
    rows = union_all(*(
        select(*(found.c[k] for k in keys),
               *(own.get(n, _nothing(types[n])).label(n) for n in names))
        for found, own in parts
    )).subquery("parts")
    together = select(*(rows.c[k] for k in keys), *(func.sum(rows.c[n]).label(n) for n in names))
    return together.group_by(*(rows.c[k] for k in keys)).subquery("groups")


def _nothing(kind: Any) -> Expr:
    from sqlalchemy import cast

    return cast(sql_null(), kind)


def _wanted(
    plan: Plan, when: When, fact: Fact, by: tuple[str, ...], filters: tuple[Filter, ...], sums: list[str],
    era: int,
) -> Wanted:
    serving = tuple(f for f in filters if fact in DIMENSIONS[f.dimension].facts)
    return Wanted(
        by, serving, tuple(sums), when.era(era),
        as_of=when.as_of if era == 0 else when.as_of_before, latest=when.latest_audits,
        long=when.is_long(when.era(era)),
    )


def _totals(
    ground: Ground, plan: Plan, when: When, by: tuple[str, ...], filters: tuple[Filter, ...],
    groups: Subquery,
) -> tuple[Subquery, Any]:
    """What shares are of, and how its rows go with the groups: see "share of" in docs/ask.md."""
    scopes = share_scopes(by, filters)
    parts: list[Any] = []
    for fact, sums in _sums(plan).items():
        wanted = without(_wanted(plan, when, fact, by, filters, sums, 0), *scopes)
        parts.append((fact, sums, part(ground, fact, wanted).subquery()))
    kept = [d for d in by if DIMENSIONS[d].scope not in scopes]
    place = {pair: i for i, pair in enumerate(keys_of(by))}
    pairs = [(f"k{place[pair]}", f"k{i}") for i, pair in enumerate(keys_of(kept))]
    fact, sums, first = parts[0]
    joined: Any = first
    columns = [first.c[k].label(k) for _, k in pairs]
    columns += [first.c[n].label(f"{fact}_{n}") for n in sums]
    for fact, sums, other in parts[1:]:
        joined = joined.outerjoin(other, _same([(first.c[k], other.c[k]) for _, k in pairs]))
        columns += [other.c[n].label(f"{fact}_{n}") for n in sums]
    totals = select(*columns).select_from(joined).subquery("totals")
    return totals, _same([(groups.c[a], totals.c[b]) for a, b in pairs])


def share_scopes(by: Sequence[str], filters: Sequence[Filter]) -> tuple[Scope, ...]:
    """What the total of a share leaves out: products, or where the question has none, places and plans."""
    named = {DIMENSIONS[d].scope for d in (*by, *(f.dimension for f in filters))}
    return _SHARED_SCOPES if Scope.PRODUCT in named else _OTHER_SCOPES


def _same(pairs: Sequence[tuple[Expr, Expr]]) -> Any:
    return and_(*(a.is_not_distinct_from(b) for a, b in pairs)) if pairs else true()


def _columns(
    plan: Plan, when: When, by: tuple[str, ...], filters: tuple[Filter, ...], measure: Measure,
    groups: Subquery, totals: Subquery | None,
) -> list[tuple[str, Measure, str, Expr]]:
    name = "_per_".join((measure.name, *plan.per))

    def of(era: int) -> Expr:
        def total(text: str) -> Expr:
            fact, part_name = text.split(".")
            return groups.c[f"{fact}_{part_name}_{era}"]

        days = _days_of(when, by, filters, era, groups)
        return _divided(plan, measure, _value(measure, total, days), total, days)

    value = of(0)
    found = [(name, measure, "value", value)]
    if totals is not None:
        def whole(text: str) -> Expr:
            return totals.c[text.replace(".", "_")]

        share = quotient(number(value), number(_value(measure, whole, literal(1))))
        found.append((f"{name}_share", measure, "share", share))
    if when.before is not None:
        earlier = of(1)
        both = (func.coalesce(value, 0), func.coalesce(earlier, 0)) if measure.zero else (value, earlier)
        found += [
            (f"{name}_before", measure, "before", earlier),
            (f"{name}_change", measure, "change", both[0] - both[1]),
            (f"{name}_change_rate", measure, "change_rate", quotient(number(both[0]), number(earlier)) - 1.0),
        ]
    return found


def _days_of(
    when: When, by: tuple[str, ...], filters: tuple[Filter, ...], era: int, groups: Subquery
) -> Expr:
    """Days of the period, or of the group of time, that pass the filters on days."""
    grain = next((d for d in by if DIMENSIONS[d].scope is Scope.TIME), None)
    if grain is None:
        return literal(count_days(when.era(era), filters))
    key = groups.c[f"k{[d for d, _ in keys_of(by)].index(grain)}"]
    counts = first_days(grain, when.era(era), filters)
    return case(*((key == k, literal(n)) for k, n in counts.items()), else_=sql_null())


def _divided(plan: Plan, measure: Measure, value: Expr, total: Sum, days: Expr) -> Expr:
    for name in plan.per:
        if name == "day":
            below: Expr = days
        elif name == "place":
            below = total(f"{measure.fact}.places")
        else:
            below = number(total(PERS[name].part))
            below = below / INCHES_A_FOOT if name == "foot" else below
        value = quotient(number(value), number(below))
    return value


def _value(measure: Measure, total: Sum, days: Expr) -> Expr:
    """The measure's formula in docs/ask.md."""
    sums = [total(p) for p in measure.parts]
    if measure.name == "shelf_feet":
        return func.coalesce(number(sums[0]), 0.0) / INCHES_A_FOOT
    if measure.name == "days_of_supply":
        return quotient(number(sums[0]) * days, number(sums[1]))
    if measure.value.value == "money":
        return _money(measure, sums)
    if len(sums) == 2:
        return quotient(number(sums[0]), number(sums[1]))
    return func.coalesce(sums[0], 0) if measure.zero else sums[0]


def _money(measure: Measure, sums: Sequence[Expr]) -> Expr:
    amount = number(sums[0]) / float(MONEY_SCALE)
    if len(sums) == 2:
        return quotient(amount, number(sums[1]))
    return func.coalesce(amount, 0.0) if measure.zero else amount


def chosen(plan: Plan, table: Measured) -> list[Any]:
    """The plan's comparisons of measures, as conditions on the table."""
    found = []
    for held in plan.having:
        column = column_named(table, held.measure, held.column)
        compare: dict[str, Any] = {
            "<": column < held.amount, "<=": column <= held.amount, ">": column > held.amount,
            ">=": column >= held.amount, "=": column == held.amount, "!=": column != held.amount,
        }
        found.append(compare[held.operator])
    return found


def column_named(table: Measured, measure: str, kind: str) -> Expr:
    """A measure's value, share, change or change rate."""
    return value_of(table, next(n for n, m, k in table.columns if m.name == measure and k == kind))


def value_of(table: Measured, name: str) -> Expr:
    """A column by its name; where the table is joined to things, 0 for those of which nothing is there."""
    column: Expr = table.table.c[name]
    measure, kind = next((m, k) for n, m, k in table.columns if n == name)
    plain = measure.zero and kind == "value" and name == measure.name
    return func.coalesce(column, 0) if table.of_things and plain else column

