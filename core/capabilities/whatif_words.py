"""Why a proposed plan earns what it is expected to, in words: by rules, or as a language model's task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.capabilities.attribution import ProductContribution
from core.capabilities.phrases import count, money
from core.capabilities.valuation import Estimate
from core.capabilities.whatif import RevenuePrediction
from core.language import LanguageTask

THIS = "The proposed plan"
KIND, MOST_TOKENS, WITHIN_S = "whatif_explanation", 280, 6.0
PRODUCTS_TOLD, RISKS_TOLD = 8, 3
NOTHING = 0.005
"""Money a day below which nothing is said of a cause or a product."""
CAUSES = {
    "place": "better places", "facings": "facings", "neighbors": "neighbors", "price": "prices",
    "added": "products that are added", "removed": "products that are taken out",
    "substitution": "what shoppers take instead",
}
_LOSING = {"place": "worse places"}


def explained(found: RevenuePrediction, name: str = THIS) -> str:
    """A paragraph: what it brings, what makes it so, what it costs, and how sure that is."""
    if not found.break_even.positions_changed:
        return f"{_named(name)} changes nothing, so it earns the same."
    return " ".join(part for part in (_gain(found, name), _why(found), _cost(found), _sure(found)) if part)


def task(
    found: RevenuePrediction, name: str = THIS, names: Sequence[str] = ()
) -> LanguageTask:
    """What is asked of the router. ``names``: those of all products of the company."""
    return LanguageTask(
        KIND, told(found, name), lambda: explained(found, name), names=tuple(names), max_tokens=MOST_TOKENS,
        within_s=WITHIN_S,
    )


def told(found: RevenuePrediction, name: str) -> dict[str, Any]:
    """All that may be said, as plain values."""
    even = found.break_even
    return {
        "plan": name,
        "revenue_now_a_day": found.baseline.daily_revenue,
        "revenue_then_a_day": found.proposed.daily_revenue,
        "change_a_day": {"revenue_change": found.delta.value, "interval": _bounds(found.delta)},
        "lift_percent": found.lift.value, "lift_percent_interval": _bounds(found.lift),
        "interval_holds_in_percent_of_cases": round(100 * found.confidence_level),
        "causes": [
            {"name": CAUSES.get(cause, cause), "revenue_change_a_day": value}
            for cause, value in found.causes.items() if abs(value) >= NOTHING
        ],
        "products": [
            {"product": p.name, "revenue_change_a_day": p.delta_daily_revenue, "because_of": _main(p.causes)}
            for p in _changed(found)[:PRODUCTS_TOLD]
        ],
        "positions_to_touch": even.positions_changed, "labor_cost": even.implementation_cost,
        "days_to_recover": even.days_to_recover, "horizon_days": found.horizon_days,
        "risks": [{"risk": r.factor, "what_to_do": r.mitigation} for r in found.risk_factors[:RISKS_TOLD]],
        "learned_from": found.model.learned_from,
    }


def _named(name: str) -> str:
    return name if name == THIS else f"“{name}”"


def _bounds(e: Estimate) -> tuple[float, float]:
    return e.lower, e.upper


def _changed(found: RevenuePrediction) -> list[ProductContribution]:
    changed = [p for p in found.products if abs(p.delta_daily_revenue) >= NOTHING]
    return sorted(changed, key=lambda p: -abs(p.delta_daily_revenue))


def _main(causes: dict[str, float]) -> str:
    cause = max(causes, key=lambda c: abs(causes[c]), default="")
    return _word(cause, causes.get(cause, 0.0))


def _word(cause: str, value: float) -> str:
    return _LOSING.get(cause, CAUSES.get(cause, cause)) if value < 0 else CAUSES.get(cause, cause)


def _gain(found: RevenuePrediction, name: str) -> str:
    d = found.delta
    low, high = sorted((abs(d.lower), abs(d.upper))) if d.lower * d.upper > 0 else (
        (d.lower, d.upper) if d.value >= 0 else (-d.upper, -d.lower))
    way = "more" if d.value >= 0 else "less"
    return (f"{_named(name)} is expected to earn {money(abs(d.value), (low, high))} a day {way} than now, "
            f"{abs(found.lift.value):.1f}%.")


def _why(found: RevenuePrediction) -> str:
    causes = {c: v for c, v in found.causes.items() if abs(v) >= NOTHING}
    if not causes:
        return ""
    main = max(causes, key=lambda c: abs(causes[c]))
    text = f"Most of the change comes from {_word(main, causes[main])} ({_signed(causes[main])} a day)"
    changed = _changed(found)
    gains, losses = ([p for p in changed if (p.delta_daily_revenue > 0) == up] for up in (True, False))
    told = [f"{verb} {few[0].name} ({_signed(few[0].delta_daily_revenue)})"
            for verb, few in (("most is gained by", gains), ("most is lost by", losses)) if few]
    return "; ".join((text, *told)) + "."


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else '−'}${abs(value):,.2f}"


def _cost(found: RevenuePrediction) -> str:
    even = found.break_even
    head = (f"It means touching {count(even.positions_changed, 'position')}, about "
            f"${even.implementation_cost:,.2f} of labor")
    if even.days_to_recover is None:
        return f"{head}, which it does not earn back."
    days = max(round(even.days_to_recover), 1)
    return f"{head}, earned back in about {count(days, 'day')}."


def _sure(found: RevenuePrediction) -> str:
    odds = f"{round(10 * found.confidence_level):.0f} times in 10"
    if round(100 * found.confidence_level) % 10:
        odds = f"{round(20 * found.confidence_level):.0f} times in 20"
    if found.delta.lower < 0 < found.delta.upper:
        return f"It may be no change at all: {odds} the truth lies in an interval that holds gain and loss."
    return f"The interval holds the truth {odds}."
