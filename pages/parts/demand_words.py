"""What the demand pages say in words: first lines, findings of charts, numbers, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import mode
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import demand_charts as charts
from pages.parts import format as fmt
from pages.parts import frame, nav, tables

if TYPE_CHECKING:
    from core.capabilities.demand import Accuracy, DemandForecast, FleetDemand, ProductDemand, SalesHistory
    from core.capabilities.valuation import Estimate
    from core.forecast.panel import FloatArray

SAME = 0.03
MODEL_CHECK = "model_check.py"


def units(amount: Estimate) -> tuple[str, str]:
    """ "312 units" and "278–349"."""
    return f"{fmt.units(amount.value)} units", f"{fmt.units(amount.lower)}{fmt.DASH}{fmt.units(amount.upper)}"


def service_days(demand: DemandForecast) -> int:
    """The interval between two services that most of a place's products have."""
    return mode([p.stock.service_days for p in demand.products] or [demand.policy.service_days])


def refill(demand: DemandForecast) -> str:
    """The next service as people say it: "Thursday's refill", "the refill on Dec 3"."""
    days = service_days(demand)
    when = demand.first_day + timedelta(days=days)
    return f"{when:%A}’s refill" if days <= 7 else f"the refill on {fmt.day(when)}"


def numbers(demand: DemandForecast) -> None:
    """Four figures of a place."""
    ahead = f"next {len(demand.days)} days"
    amount, bounds = units(demand.units)
    money, money_bounds = amounts(demand.revenue)
    lost = sum(p.stock.lost_margin for p in demand.products)
    saving = sum(p.stock.saving for p in demand.products)
    cells = (
        (f"Units, {ahead}", amount.split()[0], bounds),
        (f"Revenue, {ahead}", money, money_bounds),
        ("Likely to run out", f"{len(demand.high_risk)}", f"of {fmt.count(len(demand.products), 'product')}"),
        ("Margin lost a month", fmt.money(lost), f"pars save {fmt.money(saving)} in all"),
    )  # fmt: skip
    figures(cells)


def figures(cells: Sequence[tuple[str, str, str]]) -> None:
    """Label, figure and what stands under it, side by side."""
    with st.grid(4, min_column_width=150):
        for label, value, note in cells:
            st.metric(label, value, note, delta_color="off", delta_arrow="off", border=True, height="stretch")


def amounts(amount: Estimate) -> tuple[str, str]:
    """ "$412" and "380–446"."""
    head, _, bounds = fmt.estimate(amount.value, amount.lower, amount.upper).partition(" ")
    return head, bounds.strip("()")


def course(
    demand: DemandForecast, product: ProductDemand | None, plain: DemandForecast | None = None
) -> tuple[str, str]:
    """The finding of the fan and what it shows; with ``plain``, what the suppositions change."""
    if plain is not None:
        return supposed(demand, product, plain)
    if product is not None:
        finding, what = change(product.history, product.mean), product.name
    else:
        finding, what = change(demand.history, demand.daily_mean), "All products"
    learned = (product or demand).learned_from
    return finding, f"{what}, against the last 4 weeks · {learned}"


def supposed(
    demand: DemandForecast, product: ProductDemand | None, plain: DemandForecast
) -> tuple[str, str]:
    """What the suppositions change, in units over the days ahead."""
    name = product.name if product else "all products"
    before = (plain.product(product.product_id) if product else plain) or plain
    more = (product or demand).units.value - before.units.value
    said = f"{'+' if more >= 0 else fmt.MINUS}{fmt.units(abs(more))} units in {len(demand.days)} days"
    return f"What you suppose changes demand by {said}", f"For {name}; dashed: without it"


def change(history: SalesHistory, mean: FloatArray) -> str:
    """Units a day expected against those of the last four weeks, in a sentence."""
    sold = charts.recent(history.units, 28)
    before, then = float(sold.mean()) if len(sold) else 0.0, float(mean.mean())
    said = f"{fmt.units(then)} units a day"
    if before <= 0:
        return f"{said} are expected"
    if abs(then / before - 1) < SAME:
        return f"Demand holds at {said}"
    verb = "rises" if then > before else "falls"
    return f"Demand {verb} {fmt.percent(abs(100 * (then / before - 1)))} to {said}"


def causes(days: Sequence[date], factors: Mapping[str, FloatArray]) -> tuple[str, str]:
    """Which cause moves the forecast most, and when."""
    total = np.sum(list(factors.values()), axis=0)
    moving = {
        name: units for name, units in factors.items() if name != "base" and charts.shown(units, total, name)
    }
    note = "Units a day by cause; together they are the forecast"
    if not moving:
        return "Nothing but the usual level", note
    name = max(moving, key=lambda n: float(np.abs(moving[n]).max()))
    k = int(np.abs(moving[name]).argmax())
    signed = f"{'+' if moving[name][k] >= 0 else fmt.MINUS}{fmt.units(abs(float(moving[name][k])))}"
    unit = "unit" if signed.strip("+−") == "1" else "units"
    when = f"{days[k]:%A}s" if name == "weekday" else f"{days[k]:%A}, {fmt.day(days[k])}"
    return f"{charts.PART_NAMES[name]} moves it most: {signed} {unit} on {when}", note


def show_causes(first_day: date, factors: Mapping[str, FloatArray]) -> None:
    """What a forecast is made of, with its finding and its download."""
    length = len(next(iter(factors.values())))
    days = [first_day + timedelta(days=k) for k in range(length)]
    frame.title(*causes(days, factors))
    frame.chart(charts.breakdown(days, factors, frame.is_dark(), phone=frame.is_phone()), key="causes")
    rows = pd.DataFrame({charts.PART_NAMES[name]: units.round(3) for name, units in factors.items()})
    rows.insert(0, "Day", [day.isoformat() for day in days])
    tables.download(rows, "Download the causes", "demand_causes")


def calendar(demand: DemandForecast, past: FloatArray) -> tuple[str, str]:
    """How often something was sold out, and what comes."""
    out, days = int((past > 0).sum()), past.shape[1]
    weeks = max(1, round(days / 7))
    finding = f"Nothing was sold out in the last {weeks} weeks"
    if out:
        products = int((past > 0).any(axis=1).sum())
        finding = (
            f"{fmt.count(products, 'product')} sold out on {fmt.count(out, 'slot day')} in {weeks} weeks"
        )
    return finding, (
        "Left of the line: days out of stock; right: the chance to be out by the end of a day, as stocked "
        "today. Dotted: services"
    )


def sources(demand: DemandForecast | FleetDemand) -> None:
    """How good it is, what it was learned from, what it takes for granted."""
    with st.container(border=True, key="card_source"):
        frame.title(*_judged(demand.accuracy))
        if any(entry.path == MODEL_CHECK for entry in nav.PAGES):
            st.page_link(MODEL_CHECK, label="Look at the model check", icon=":material/fact_check:")
        lines = [demand.learned_from[:1].upper() + demand.learned_from[1:], *demand.assumptions]
        items = "".join(f"<li>{frame.text(line)}</li>" for line in lines if line)
        st.html(f'<ul class="wb-list">{items}</ul>')


def degraded(demand: DemandForecast) -> None:
    """The quiet mark of a forecast from little history, with what there is and what would do."""
    if demand.degraded:
        known = fmt.count(demand.history_days, "day")
        frame.fallback(
            f"{fmt.confidence(demand.confidence).capitalize()} confidence: {known} of history here, "
            "so it leans on similar places and its intervals are wide"
        )


def _judged(found: Accuracy) -> tuple[str, str]:
    """ "Off by 15% a week …; 81% of 9-in-10 intervals held"."""
    if found.wape is None:
        return "Not judged yet: too little history", found.basis
    text = f"Off by {fmt.share(found.wape)} a week over the last {fmt.count(found.origins, 'origin')}"
    if found.coverage is not None:
        text += f"; {fmt.share(found.coverage)} of the 9 in 10 intervals held"
    return text, found.basis
