"""What the editor draws over the tiles, position by position, as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from core.capabilities.pairs import own_scores
from core.capabilities.shelf import shelf_of
from core.capabilities.valuation import layout_of, money_of, season_ahead
from core.capabilities.widen import covering
from core.errors import BadInput
from core.planogram.findings import Notice, Violation
from core.planogram.notices import notices
from core.planogram.planogram import Planogram
from core.planogram.rules import violations
from core.site.site import Site

Value = float | str | bool | None | list[dict[str, str]]
UNITS = {
    "score": "points", "heat": "× average slot", "revenue": "money a day", "velocity": "units a day",
    "supply": "days", "margin": "share of price", "category": "", "temperature": "", "violations": "",
}
OVERLAYS = tuple(UNITS)
COMPETING = 0.25
"""Log lift below which two products count as taking sales from each other."""


def overlay(plan: Planogram, site: Site, name: str) -> list[Value]:
    """One value a position, in the plan's order; ``None`` where it is not known.

    score 0–100 · heat: sales of the place relative to an average slot · revenue, velocity: expected money
    and units a day · supply: days until the quantity (else the capacity) is sold · margin: share of the
    price · category · temperature: whether the place suits the product's need · violations: what the
    rules say. Raises BadInput for an unknown overlay.
    """
    if name not in _VALUES:
        raise BadInput(f"“{name}” is not an overlay.", f"Choose one of {', '.join(OVERLAYS)}.")
    return _VALUES[name](plan, covering(site, (plan,)))


def position_overlays(
    plan: Planogram, site: Site, names: Sequence[str] = OVERLAYS
) -> list[dict[str, Value]]:
    """A dict a position: its slot and one value an overlay. Raises BadInput as ``overlay``."""
    columns = {name: overlay(plan, site, name) for name in names}
    return [
        {"slot": p.slot, "product_id": float(p.product_id), **{name: columns[name][i] for name in names}}
        for i, p in enumerate(plan.positions)
    ]


def _scores(plan: Planogram, site: Site) -> list[Value]:
    return list(own_scores(plan, site).tolist()) if plan.positions else []


def _heat(plan: Planogram, site: Site) -> list[Value]:
    return list(np.exp(shelf_of(plan, site).slot).tolist())


def _revenue(plan: Planogram, site: Site) -> list[Value]:
    return list(money_of(site, layout_of(plan, site), None, season_ahead(site))[0].tolist())


def units_a_day(plan: Planogram, site: Site) -> list[float]:
    """Expected units a day of each position over the days ahead."""
    layout = layout_of(plan, site)
    units: list[float] = (site.response.rates(layout)[0] * season_ahead(site)[layout.category]).tolist()
    return units


def _velocity(plan: Planogram, site: Site) -> list[Value]:
    return list(units_a_day(plan, site))


def _supply(plan: Planogram, site: Site) -> list[Value]:
    def days(stock: int | None, units: float) -> float | None:
        return None if stock is None or units <= 0 else stock / units

    return [
        days(p.capacity if p.quantity is None else p.quantity, units)
        for p, units in zip(plan.positions, units_a_day(plan, site), strict=True)
    ]


def _margin(plan: Planogram, site: Site) -> list[Value]:
    result: list[Value] = []
    for p in plan.positions:
        product = site.catalog[p.product_id]
        price = product.price if p.price is None else p.price
        result.append((price - product.cost) / price if price > 0 and product.cost > 0 else None)
    return result


def _category(plan: Planogram, site: Site) -> list[Value]:
    return [site.catalog[p.product_id].category for p in plan.positions]


def _temperature(plan: Planogram, site: Site) -> list[Value]:
    zone = plan.fixture.temperature_zone
    return [site.catalog[p.product_id].temperature in (None, zone) for p in plan.positions]


def _violations(plan: Planogram, site: Site) -> list[Value]:
    """Rules broken first, then advice; each with its severity, message and hint."""
    said: dict[str, list[dict[str, str]]] = defaultdict(list)
    findings: list[Violation | Notice] = [*violations(plan, site.catalog), *advice(plan, site)]
    for finding in findings:
        if finding.slot is not None:
            said[finding.slot].append({
                "rule": finding.rule.value, "severity": finding.severity, "message": finding.message,
                "hint": finding.hint,
            })
    return [said.get(p.slot, []) for p in plan.positions]


def advice(plan: Planogram, site: Site) -> tuple[Notice, ...]:
    """The soft rules judged with what is known of the site: slot values, rates and substitutes."""
    site = covering(site, (plan,))
    zones, response = site.response.zones, site.response
    value = None
    if len(zones) == plan.fixture.cell_count:
        value = np.exp(response.point.slot[0])
    rates: dict[int, float] = defaultdict(float)
    for p, units in zip(plan.positions, units_a_day(plan, site), strict=True):
        rates[p.product_id] += units
    ids = [response.index[i] for i in plan.product_ids]
    hostile = np.argwhere(np.triu(response.affinity[np.ix_(ids, ids)] < -COMPETING, 1))
    pairs = [(plan.product_ids[a], plan.product_ids[b]) for a, b in hostile.tolist()]
    return notices(plan, site.catalog, slot_value=value, rates=rates, competing=pairs)


_VALUES: dict[str, Callable[[Planogram, Site], list[Value]]] = {
    "score": _scores, "heat": _heat, "revenue": _revenue, "velocity": _velocity, "supply": _supply,
    "margin": _margin, "category": _category, "temperature": _temperature, "violations": _violations,
}
