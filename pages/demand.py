"""Demand: what will sell, why, what runs out before the next service, and what each par level costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from core.calendar import country_of, holidays_between
from core.errors import NotFound
from pages.parts import demand_charts as charts
from pages.parts import (
    demand_fleet,
    demand_inputs,
    demand_pars,
    demand_words,
    empty,
    frame,
    nav,
    session,
    tables,
)
from pages.parts import format as fmt

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from core.capabilities.demand import DemandForecast, ProductDemand
    from core.capabilities.outside import Outside
    from core.capabilities.stock import StockPolicy
    from core.workbench import Workbench

PLACE, FLEET = "This place", "Fleet"
HORIZONS = {"7 days": 7, "14 days": 14, "28 days": 28}
ALL = 0
MOST_ROWS = 16
WORKING = "Forecasting all places together, once after new sales; you can leave and come back"


def show() -> None:
    now = session.context()
    if now.planogram_id is None:
        empty.no_planogram()
        return
    head = st.container()
    view, horizon, service = _controls()
    if view == FLEET:
        _fleet(head, horizon, service)
        return
    _place(head, now.planogram_id, horizon, service)


def _controls() -> tuple[str, int, int | None]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = st.segmented_control(
            "View", [PLACE, FLEET], default=PLACE, key="of", bind="query-params", required=True,
        )  # fmt: skip
        horizon = st.segmented_control(
            "Looking ahead", list(HORIZONS), default="14 days", key="ahead_days", bind="query-params",
            required=True,
        )  # fmt: skip
        service = st.number_input(
            "Days between services", 1, 60, None, 1, key="service", bind="query-params", width=170,
            placeholder="as planned", help="Empty: as known for the place, else every 7 days",
        )  # fmt: skip
    return view or PLACE, HORIZONS[horizon or "14 days"], service


def _place(head: DeltaGenerator, planogram_id: int, horizon: int, service: int | None) -> None:
    wb = session.workbench()
    saved = wb.open(planogram_id, session.context().version)
    with st.spinner(WORKING, show_time=True), st.skeleton(height=420):
        plain = _forecast(wb, saved.id, horizon, service)
    if plain is None or not plain.products:
        with head:
            frame.headline(f"{saved.name} has nothing to forecast yet")
        empty.state(
            "It stands at no place." if plain is None else "Nothing stands on its shelf.",
            "A product that never sold here leans on similar ones; it only needs a slot.",
            "Open the editor", nav.EDITOR,
        )  # fmt: skip
        return
    numbers = st.container()
    outside = demand_inputs.show(plain.first_day, horizon)
    demand = plain if outside is None else _forecast(wb, saved.id, horizon, service, outside) or plain
    with head:
        _headline(demand, outside is not None)
    with numbers:
        demand_words.degraded(demand)
        demand_words.numbers(demand)
    marks = _marks(demand.first_day, len(demand.days), saved.is_demo)
    if outside is not None:
        marks |= {event.first: event.name for event in outside.events}
        marks |= {holiday.day: holiday.name for holiday in outside.holidays}
    _course(demand, None if outside is None else plain, marks)
    demand_pars.show(demand, saved, wb.catalog())
    _calendar(demand)
    demand_words.sources(demand)


def _forecast(
    wb: Workbench, planogram_id: int, horizon: int, service: int | None, outside: Outside | None = None
) -> DemandForecast | None:
    """None for a plan that stands nowhere."""
    try:
        return wb.demand(planogram_id, horizon, policy=_policy(service), outside=outside)
    except NotFound:
        return None


def _policy(service: int | None) -> StockPolicy | None:
    from core.capabilities.stock import StockPolicy

    return None if service is None else StockPolicy(every=service)


def _fleet(head: DeltaGenerator, horizon: int, service: int | None) -> None:
    wb = session.workbench()
    cards = {card.id: card for card in wb.planograms()}
    here = cards.get(session.context().planogram_id or 0)
    with st.spinner(WORKING, show_time=True), st.skeleton(height=420):
        fleet = wb.fleet_demand(horizon, policy=_policy(service), is_demo=here and here.is_demo)
    if fleet is None or not fleet.places:
        empty.no_sites()
        return
    places = (p for p in fleet.places if p.planogram_id in cards)
    named = tuple(replace(p, name=cards[p.planogram_id].name) for p in places)
    marks = _marks(fleet.first_day, len(fleet.days), bool(here and here.is_demo))
    demand_fleet.show(replace(fleet, places=named), head, marks, _open_place)


def _open_place(planogram_id: int) -> None:
    session.look_at(planogram_id)
    st.session_state["of"] = PLACE


def _marks(first_day: date, horizon: int, is_demo: bool) -> dict[date, str]:
    """Holidays behind and ahead."""
    start = first_day - timedelta(days=charts.HISTORY_DAYS)
    last = first_day + timedelta(days=horizon - 1)
    return dict(holidays_between(start, last, country_of(is_demo)))


def _headline(demand: DemandForecast, supposed: bool) -> None:
    units = demand_words.units(demand.units)
    risky = len(demand.high_risk)
    quiet = f"({units[1]}, {fmt.nine_in_ten(demand.units.level)})"
    would = "would" if supposed else "will"
    text = f"{demand.name} {would} sell {units[0]} in the next {len(demand.days)} days"
    if not risky:
        frame.headline(text, f"{quiet}; every product should last until {demand_words.refill(demand)}")
        return
    frame.headline(
        text,
        f"{quiet}; {fmt.count(risky, 'product')} likely to run out before {demand_words.refill(demand)}",
        "see the par levels", anchor=demand_pars.ANCHOR,
    )  # fmt: skip


@st.fragment
def _course(demand: DemandForecast, plain: DemandForecast | None, marks: dict[date, str]) -> None:
    """The fan and its causes, for all products or for one; choosing another runs this alone. ``plain``: the
    forecast without what is supposed; ``marks``: holidays and events by day."""
    names = {ALL: "All products"} | {p.product_id: p.name for p in demand.products}
    left, right = st.columns([1.75, 1], gap="small")
    with left, st.container(border=True, key="card_fan", height="stretch"):
        top = st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute")
        with top:
            title = st.container(width="stretch")
            chosen = st.selectbox(
                "Product", list(names), format_func=names.__getitem__, key="product", bind="query-params",
                label_visibility="collapsed", width=220,
            )  # fmt: skip
        product = demand.product(chosen) if chosen else None
        with title:
            frame.title(*demand_words.course(demand, product, plain))
        dark, phone = frame.is_dark(), frame.is_phone()
        course = course_of(demand, product)
        if plain is not None:
            same = plain.product(product.product_id) if product else None
            course = replace(course, plain=course_of(plain, same).middle)
        frame.chart(charts.fan(course, marks, dark, phone=phone), key="fan")
        tables.download(
            forecast_table(demand, product), "Download the forecast", f"demand_{demand.planogram_ids[0]}",
            key="download_forecast",
        )
    with right, st.container(border=True, key="card_causes", height="stretch"):
        demand_words.show_causes(demand.first_day, (product or demand).factors)


def course_of(demand: DemandForecast, product: ProductDemand | None = None) -> charts.Course:
    """What was sold and what is expected, of one product or of all together."""
    if product is not None:
        return charts.course(demand.first_day, product.history, product.mean, product.quantiles)
    out = np.mean([p.history.stockout for p in demand.products], axis=0)
    return charts.course(demand.first_day, demand.history, demand.daily_mean, demand.daily, out)


def forecast_table(demand: DemandForecast, product: ProductDemand | None = None) -> pd.DataFrame:
    """Days by product: expected units, quantiles, what each cause adds."""
    days = [day.isoformat() for day in course_of(demand).days]
    return pd.concat([
        pd.DataFrame({
            "Day": days, "Product": one.name, "Expected units": one.mean.round(3),
            **{f"{level:.0%} quantile": one.quantiles[k] for k, level in enumerate(charts.quantiles())},
            **{charts.PART_NAMES[name]: units.round(3) for name, units in one.factors.items()},
        })
        for one in ([product] if product is not None else demand.products)
    ], ignore_index=True)  # fmt: skip


def _calendar(demand: DemandForecast) -> None:
    products = sorted(demand.products, key=lambda p: -p.stock.stockout_risk)
    phone = frame.is_phone()
    weeks = charts.PHONE_DAYS if phone else charts.HISTORY_DAYS
    past = np.array([charts.recent(p.history.stockout, weeks) for p in products])
    ahead = np.array([p.risk_by_day for p in products])
    with st.container(border=True, key="card_calendar"):
        more = len(products) > MOST_ROWS
        with st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute"):
            title = st.container(width="stretch")
            everything = more and st.toggle(
                f"All {len(products)} products", key="all_products", bind="query-params"
            )
        with title:
            frame.title(*demand_words.calendar(demand, past))
        shown = slice(None) if everything else slice(MOST_ROWS)
        figure = charts.calendar(
            [p.name for p in products[shown]], demand.first_day, past[shown], ahead[shown],
            _visits(demand), frame.is_dark(), phone,
        )  # fmt: skip
        frame.chart(figure, key="calendar")
        days = [demand.first_day + timedelta(days=k) for k in range(-past.shape[1], ahead.shape[1])]
        rows = pd.DataFrame(np.hstack([past, ahead]), columns=[day.isoformat() for day in days])
        rows.insert(0, "Product", [p.name for p in products])
        tables.download(rows, "Download the calendar", f"stockouts_{demand.planogram_ids[0]}")


def _visits(demand: DemandForecast) -> list[date]:
    """The services ahead, by the interval that most products have."""
    every = demand_words.service_days(demand)
    return [demand.first_day + timedelta(days=k) for k in range(every, len(demand.days), every)]


show()
