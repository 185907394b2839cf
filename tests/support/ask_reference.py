"""docs/ask.md computed with pandas from the raw tables: what the compiled statements must agree with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from core.ask.dimensions import DIMENSIONS, Scope
from core.ask.measures import MEASURES, Fact
from core.ask.period import Days, Period, before, resolve, year_before
from core.ask.plan import Condition, Filter, Plan
from tests.support.ask_formulas import (
    GRAINS,
    NOWHERE,
    SIMPLE,
    audited,
    is_known,
    key_of,
    latest,
    of_places,
    over,
    passes,
    passes_all,
    same,
    sum_of,
    times_of,
)
from tests.support.ask_raw import Raw

OPERATORS = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b,
}
PERS = {"facing": "facings", "position": "positions", "foot": "shelf_feet"}
Rows = list[tuple[Any, ...]]


class Reference(Raw):
    """One company's answers."""

    def today(self, plan: Plan) -> tuple[date, date]:
        """Today, and the first day with data."""
        audits = plan.facts == {Fact.AUDITS} if plan.measures else bool(
            [c for c in plan.conditions if c.relation != "stands"]
        ) and all(c.relation in ("audited", "stands") for c in plan.conditions)
        sets = [of_places(plan.filters)]
        if not sets[0] and plan.conditions:
            told = [of_places(c.filters) for c in plan.conditions if c.relation != "stands"]
            sets = [[]] if not told or [] in told else told
        rows = self.audits() if audits else self.sales()
        days = [r["at"] for filters in sets for r in rows if passes_all(r, filters)]
        return (max(days), min(days)) if days else (date.today(), date.today())

    @lru_cache(maxsize=4)  # noqa: B019
    def days(self, plan: Plan) -> tuple[Days, Days | None, date, date]:
        today, first = self.today(plan)
        period = plan.period
        if period is None:
            period = Period("last", "day", 30)
            if plan.form == "trend":
                spans = {"day": 30, "week": 91, "month": 365}
                period = Period("last", "day", spans[plan.grain]) if plan.grain in spans else Period("all")
        days = resolve(period, today, first)
        if plan.compare is None:
            return days, None, today, first
        if plan.compare.period is not None:
            return days, resolve(plan.compare.period, today, first), today, first
        return days, year_before(days) if plan.compare.to == "year_before" else before(period, days, today), today, first

    def rows(self, plan: Plan, fact: Fact, era: int) -> list[dict[str, Any]]:
        days, earlier, today, _ = self.days(plan)
        span = days if era == 0 or earlier is None else earlier
        if fact is Fact.CATALOG:
            return self.catalog()
        if fact is Fact.SPACE:
            as_of = None
            if (plan.is_space_alone and era == 1) or (plan.is_space_alone and (plan.period or plan.compare) and span.last < today):
                as_of = span.last
            return self.space(as_of)
        rows = self.audits() if fact is Fact.AUDITS else self.sales()
        if fact is Fact.AUDITS and plan.period is None and plan.compare is None and plan.grain is None:
            return rows
        return [r for r in rows if span.first <= r["at"] <= span.last]

    def answer(self, plan: Plan) -> Rows:
        """Key and measure values of every row, in the order of docs/ask.md where it gives one."""
        if plan.form == "missing":
            return self.missing(plan)
        if plan.form in ("list", "count"):
            return self.things(plan)
        groups = self.groups(plan, plan.by, plan.filters)
        found = [(key, values) for key, values in groups.items() if is_known(plan.by, key)]
        found = [(k, v) for k, v in found if self.holds(plan, v)]
        return [(*k, *v.values()) for k, v in self.ordered(plan, found)]

    def ordered(self, plan: Plan, found: list[Any]) -> list[Any]:
        keys = [(d, key) for d in plan.by for key in DIMENSIONS[d].keys]

        def rising(key: Sequence[Any]) -> Any:
            return tuple((value is not None, value if value is not None else 0) for value in key)

        found = sorted(found, key=lambda kv: rising(kv[0]))
        timed = any(DIMENSIONS[d].scope is Scope.TIME for d in plan.by)
        if plan.form == "trend":
            at = next(i for i, (d, _) in enumerate(keys) if d in GRAINS)
            return sorted(found, key=lambda kv: kv[0][at])
        if plan.by and not (timed and plan.order is None and plan.limit is None):
            column = plan.order.column if plan.order else "value"
            down = plan.order.descending if plan.order else True
            name = "_per_".join((plan.measures[0], *plan.per)) + ("" if column == "value" else f"_{column}")
            known = [kv for kv in found if kv[1][name] is not None]
            known.sort(key=lambda kv: kv[1][name], reverse=down)
            return known + [kv for kv in found if kv[1][name] is None]
        return found

    def holds(self, plan: Plan, values: dict[str, Any]) -> bool:
        for held in plan.having:
            name = "_per_".join((held.measure, *plan.per)) + ("" if held.column == "value" else f"_{held.column}")
            value = values[name]
            if value is None or not OPERATORS[held.operator](value, held.amount):
                return False
        return True

    def groups(self, plan: Plan, by: tuple[str, ...], filters: tuple[Filter, ...]) -> dict[Any, dict[str, Any]]:
        eras = 2 if plan.compare is not None else 1
        facts = set(plan.facts)
        split: dict[tuple[Fact, int], dict[Any, list[dict[str, Any]]]] = {}
        for fact in facts:
            for era in range(eras):
                serving = [f for f in filters if fact in DIMENSIONS[f.dimension].facts]
                grouped: dict[Any, list[dict[str, Any]]] = {}
                for r in self.rows(plan, fact, era):
                    if self.allowed(r, serving, by):
                        grouped.setdefault(key_of(r, by), []).append(r)
                split[fact, era] = grouped
        keys = {k for grouped in split.values() for k in grouped} if by else {()}
        found = {}
        for key in keys:
            parts = {pair: grouped.get(key, []) for pair, grouped in split.items()}
            if by and not any(parts[MEASURES[m].fact, e] for m in plan.measures for e in range(eras)):
                continue
            found[key] = self.measured(plan, by, filters, key, parts, eras)
        return found

    def allowed(self, row: dict[str, Any], filters: Sequence[Filter], by: Sequence[str] = ()) -> bool:
        """Rows of no plan or no place are left out where the question speaks of plans or places."""
        scopes = {DIMENSIONS[d].scope for d in (*by, *(f.dimension for f in filters))}
        if (Scope.PLAN in scopes and row["planogram"] is None) or (Scope.PLACE in scopes and row["place"] is None):
            return False
        return passes_all(row, filters)

    def measured(
        self, plan: Plan, by: tuple[str, ...], filters: Sequence[Filter], key: Any,
        parts: dict[Any, list[dict[str, Any]]], eras: int,
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name in plan.measures:
            told = []
            for era in range(eras):
                value = self.value(plan, name, by, filters, key, parts, era)
                for per in plan.per:
                    value = over(value, self.denominator(plan, per, name, by, filters, key, parts, era))
                told.append(value)
            label = "_per_".join((name, *plan.per))
            values[label] = told[0]
            if plan.share:
                values[f"{label}_share"] = over(told[0], self.total(plan, name, by, filters, key))
            if eras == 2:
                now, then = told
                if MEASURES[name].zero:
                    now, then_or = now or 0, then or 0
                else:
                    then_or = then
                values[f"{label}_before"] = told[1]
                values[f"{label}_change"] = None if now is None or then_or is None else now - then_or
                rate = over(now, told[1])
                values[f"{label}_change_rate"] = None if rate is None else rate - 1
        return values

    def total(self, plan: Plan, name: str, by: tuple[str, ...], filters: Sequence[Filter], key: Any) -> Any:
        scopes = {DIMENSIONS[d].scope for d in (*by, *(f.dimension for f in filters))}
        out = {Scope.PRODUCT} if Scope.PRODUCT in scopes else {Scope.PLACE, Scope.PLAN, Scope.SHELF}
        kept = [d for d in by if DIMENSIONS[d].scope not in out]
        names = [d for d in by for _ in DIMENSIONS[d].keys]
        wanted = tuple(v for d, v in zip(names, key, strict=True) if d in kept)
        rest = [f for f in filters if DIMENSIONS[f.dimension].scope not in out]
        fact = MEASURES[name].fact
        rows = [r for r in self.rows(plan, fact, 0) if self.allowed(r, rest, kept) and key_of(r, kept) == wanted]
        return self.value(plan, name, tuple(kept), rest, wanted, {(fact, 0): rows}, 0)

    def denominator(
        self, plan: Plan, per: str, name: str, by: tuple[str, ...], filters: Sequence[Filter], key: Any,
        parts: dict[Any, list[dict[str, Any]]], era: int,
    ) -> Any:
        if per == "day":
            return self.count_days(plan, tuple(by), tuple(filters), key, era)
        if per == "place":
            return len({r["place"] for r in parts[MEASURES[name].fact, era]} - {None})
        return self.value(plan, PERS[per], by, filters, key, parts, era)

    @lru_cache(maxsize=64)  # noqa: B019
    def count_days(self, plan: Plan, by: tuple[str, ...], filters: Sequence[Filter], key: Any, era: int) -> int:
        days, earlier, _, _ = self.days(plan)
        span = days if era == 0 or earlier is None else earlier
        grain = next((d for d in by if DIMENSIONS[d].scope is Scope.TIME), None)
        at = [d for d in by for _ in DIMENSIONS[d].keys].index(grain) if grain else None
        found = 0
        for day in span:
            times = times_of(day)
            if all(passes(times, f) for f in filters if f.dimension in ("weekday", "season")):
                found += at is None or times[grain] == key[at]
        return found

    def value(
        self, plan: Plan, name: str, by: tuple[str, ...], filters: Sequence[Filter], key: Any,
        parts: dict[Any, list[dict[str, Any]]], era: int,
    ) -> Any:
        rows = parts[MEASURES[name].fact, era]
        if name == "days_of_supply":
            sold = sum(r["units"] for r in parts[Fact.SALES, era])
            stock = sum_of(rows, "stock")
            return None if stock is None or not sold else stock * self.count_days(plan, tuple(by), tuple(filters), key, era) / sold
        if name in ("compliance", "availability", "violations"):
            return audited(name, latest(rows, by))
        return SIMPLE[name](rows)

    # -- things

    def things(self, plan: Plan) -> Rows:
        of = str(plan.of)
        rows = self.universe(of, plan)
        rows = [r for r in rows if passes_all(r, plan.own_filters)]
        for condition in plan.conditions:
            met = self.met(plan, of, condition)
            rows = [r for r in rows if (r[of] in met) != condition.negated]
        if plan.measures:
            groups = self.groups(plan, (of,), plan.measured_filters)
            kept = []
            for r in rows:
                if plan.measured_filters and (r[of],) not in groups:
                    continue
                empty = {"_per_".join((m, *plan.per)): 0 if MEASURES[m].zero and not plan.per else None
                         for m in plan.measures}
                values = groups.get((r[of],), empty)
                if self.holds(plan, values):
                    kept.append({**r, "values": values})
            rows = kept
        if plan.form == "count":
            if not plan.by:
                return [(len({r[of] for r in rows}),)]
            counts: dict[Any, set[Any]] = {}
            for r in rows:
                counts.setdefault(key_of(r, plan.by), set()).add(r[of])
            return [(*k, len(v)) for k, v in counts.items() if is_known(plan.by, k)]
        unique = {r[of]: r for r in rows}
        ordered = sorted(unique.values(), key=lambda r: (r["name"], r[of]))
        return [(r[of], *(r.get("values") or {}).values()) for r in ordered]

    def universe(self, of: str, plan: Plan) -> list[dict[str, Any]]:
        names = {r["id"]: r["name"] for r in self.raw["Category"].to_dict("records")}
        if of in ("product", "brand", "category"):
            rows = [{**p, "name": p["name"] if of == "product" else names[p["category"]] if of == "category"
                     else p["brand"]} for p in self.products.values()]
            if of == "category" and not plan.own_filters and not plan.by:
                rows = [{"category": k, "name": n} for k, n in names.items()]
            return [r for r in rows if r[of] is not None]
        if of in ("place", "store", "machine"):
            rows = [dict(p) for p in self.places.values() if p[of] is not None]
            if of == "store":
                sites = {r["id"]: self.places[r["site_id"]]["name"] for r in self.raw["Store"].to_dict("records")}
                rows = [{**r, "name": sites[r["store"]]} for r in rows]
            return rows
        if of == "planogram":
            return [{**self.places.get(p["site"], NOWHERE), **p} for p in self.plans.values()]
        return [{"project": r["id"], "name": r["name"]} for r in self.raw["Project"].to_dict("records")]

    def met(self, plan: Plan, of: str, condition: Condition) -> set[Any]:
        days, _, today, first = self.days(plan)
        if condition.period is not None:
            days = resolve(condition.period, today, first)
        if condition.relation == "stands":
            rows = self.space(None, standing=of != "planogram")
        elif condition.relation == "audited":
            latest = plan.period is None and plan.compare is None and condition.period is None
            rows = [r for r in self.audits() if latest or days.first <= r["at"] <= days.last]
        else:
            rows = [r for r in self.sales() if days.first <= r["at"] <= days.last]
        rows = [r for r in rows if self.allowed(r, condition.filters, (of,))]
        if condition.relation == "sold":
            rows = [r for r in rows if r["units"] > 0]
        if condition.relation == "out_of_stock":
            rows = [r for r in rows if r["stockout"]]
        return {r[of] for r in rows} - {None}

    def missing(self, plan: Plan) -> Rows:
        goods = [f for f in plan.filters if DIMENSIONS[f.dimension].scope is Scope.PRODUCT]
        where = [f for f in plan.filters if f not in goods]
        standing = [{**self.places[p["site"]], **p} for p in self.plans.values() if p["stands"] and p["site"]]
        target = [p for p in standing if passes_all(p, where)]
        sites, kinds = {p["site"] for p in target}, {p["kind"] for p in target}
        furniture = {(p["placement"], p["shape"], p["zone"]) for p in target}
        peers = {p["planogram"]: p for p in standing if p["site"] not in sites and p["kind"] in kinds
                 and (p["placement"], p["shape"], p["zone"]) in furniture}
        held = {r["product"] for r in self.space(None) if r["planogram"] in {p["planogram"] for p in target}}
        at: dict[int, set[int]] = {}
        for r in self.space(None):
            if r["planogram"] in peers and r["product"] not in held and passes_all(r, goods):
                at.setdefault(r["product"], set()).add(r["place"])
        total = len({p["site"] for p in peers.values()})
        found = [(product, len(s), total) for product, s in at.items() if len(s) * 2 >= total]
        return sorted(found, key=lambda r: (-r[1], r[0]))


__all__ = ["Reference", "same"]
