"""The fleet's demand: units and revenue together, where money is lost to empty slots, what to do first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import demand_charts as charts
from pages.parts import demand_words, frame, tables
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.capabilities.demand import FleetDemand, PlaceDemand

LIST_LENGTH, MOST_ROWS = 8, 14
WORTH_TELLING = 1.0
"""Money a month below which nothing is said to be lost."""


def show(fleet: FleetDemand, head: Any, marks: dict[date, str], open_place: Callable[[int], None]) -> None:
    """The fleet's page. ``open_place`` turns the page to a planogram, before the script runs again."""
    places = sorted(fleet.places, key=lambda p: -p.lost_margin)
    with head:
        _headline(fleet, places[0], open_place)
    _numbers(fleet)
    left, right = st.columns([1.75, 1], gap="small")
    with left, st.container(border=True, key="card_fan", height="stretch"):
        _fan(fleet, marks)
    with right, st.container(border=True, key="card_causes", height="stretch"):
        demand_words.show_causes(fleet.first_day, fleet.factors)
    left, right = st.columns([1.75, 1], gap="small")
    with left, st.container(border=True, key="card_places", height="stretch"):
        _places(places, open_place)
    with right, st.container(border=True, key="card_todo", height="stretch"):
        _opportunities(fleet, open_place)
    _products(fleet)
    demand_words.sources(fleet)


def _headline(fleet: FleetDemand, worst: PlaceDemand, open_place: Callable[[int], None]) -> None:
    amount, bounds = demand_words.units(fleet.units)
    places = fmt.count(len(fleet.places), "planogram")
    text = f"{places} will sell {amount} in the next {len(fleet.days)} days"
    quiet = f"({bounds}, {fmt.nine_in_ten(fleet.units.level)})"
    if fleet.lost_margin < WORTH_TELLING:
        frame.headline(text, f"{quiet}; no slot is likely to run empty")
        return
    frame.headline(
        text, f"{quiet}; empty slots cost {fmt.money(fleet.lost_margin)} a month",
        f"start with {worst.name}", on_click=lambda: open_place(worst.planogram_id),
    )


def _numbers(fleet: FleetDemand) -> None:
    ahead = f"next {len(fleet.days)} days"
    amount, bounds = demand_words.units(fleet.units)
    money, money_bounds = demand_words.amounts(fleet.revenue)
    risky, places = sum(p.high_risk for p in fleet.places), sum(p.high_risk > 0 for p in fleet.places)
    saving = sum(p.saving for p in fleet.places)
    demand_words.figures((
        (f"Units, {ahead}", amount.split()[0], bounds),
        (f"Revenue, {ahead}", money, money_bounds),
        ("Likely to run out", f"{risky:,}", f"slots in {fmt.count(places, 'planogram')}"),
        ("Margin lost a month", fmt.money(fleet.lost_margin), f"pars save {fmt.money(saving)} in all"),
    ))  # fmt: skip


def _fan(fleet: FleetDemand, marks: dict[date, str]) -> None:
    never = np.zeros(len(fleet.history.units))
    course = charts.course(fleet.first_day, fleet.history, fleet.daily_mean, fleet.daily, never)
    finding = demand_words.change(fleet.history, fleet.daily_mean)
    frame.title(finding, f"All planograms, against the last 4 weeks · {fleet.learned_from}")
    frame.chart(charts.fan(course, marks, frame.is_dark(), phone=frame.is_phone()), key="fleet_fan")
    rows = pd.DataFrame({
        "Day": [day.isoformat() for day in course.days], "Expected units": fleet.daily_mean.round(1),
        **{f"{level:.0%} quantile": fleet.daily[k] for k, level in enumerate(charts.quantiles())},
        **{charts.PART_NAMES[name]: units.round(2) for name, units in fleet.factors.items()},
    })
    tables.download(rows, "Download the forecast", "demand_fleet")


def _opportunities(fleet: FleetDemand, open_place: Callable[[int], None]) -> None:
    frame.title("What to do first", "By what it is worth, money a month")
    if not fleet.opportunities:
        frame.quiet("Nothing: the par levels are as they should be.")
    for number, found in enumerate(fleet.opportunities[:LIST_LENGTH]):
        st.button(
            frame.md(found.message), key=f"todo_{number}", icon=":material/inventory_2:", type="tertiary",
            width="stretch", on_click=open_place, args=(found.planogram_id,),
        )  # fmt: skip


def _places(places: list[PlaceDemand], open_place: Callable[[int], None]) -> None:
    rows = pd.DataFrame({
        "Planogram": [p.name for p in places],
        "Lost margin": [p.lost_margin for p in places],
        "Savings": [p.saving for p in places],
        "At risk": [100 * p.high_risk / max(p.products, 1) for p in places],
        "Units": [round(p.units.value) for p in places],
        "Units, 9 in 10": [demand_words.units(p.units)[1] for p in places],
        "Revenue, $": [round(p.revenue.value) for p in places],
        "Revenue, 9 in 10": [demand_words.amounts(p.revenue)[1] for p in places],
        "Stock now": [round(p.stock_units) for p in places],
        "Suggested": [round(p.suggested_units) for p in places],
        "Confidence": [fmt.confidence(p.confidence) for p in places],
    })

    def opened() -> None:
        picked = st.session_state.demand_places.selection.rows
        if picked:
            open_place(places[picked[0]].planogram_id)

    config = st.column_config
    worst, finding = places[0], "No planogram loses much to empty slots"
    if worst.lost_margin >= WORTH_TELLING:
        finding = f"{worst.name} loses most to empty slots: {fmt.money(worst.lost_margin)} a month"
    frame.title(finding, "Select a row to open its demand; lost margin and savings are money a month")
    st.dataframe(
        rows, key="demand_places", hide_index=True, on_select=opened, selection_mode="single-row",
        height="content" if len(rows) <= MOST_ROWS else 38 + 32 * MOST_ROWS,
        alt="Planograms by margin lost to empty slots",
        column_config={
            "Planogram": config.TextColumn(width=190, pinned=not frame.is_phone()),
            "Units": config.NumberColumn(format="localized", help="over the days ahead"),
            "Revenue, $": config.NumberColumn(format="localized", help="over the days ahead"),
            "At risk": config.ProgressColumn(
                width=100, min_value=0, max_value=100, format="%.0f%%",
                help="products that are likely to run out before the next refill",
            ),
            "Lost margin": config.NumberColumn(format="dollar"),
            "Savings": config.NumberColumn(format="dollar", help="at the suggested par levels"),
            "Stock now": config.NumberColumn(help="units after a refill, today's par levels"),
            "Suggested": config.NumberColumn(help="units after a refill, suggested par levels"),
        },
    )
    tables.download(rows, "Download the planograms", "demand_planograms")


def _products(fleet: FleetDemand) -> None:
    found = sorted(fleet.products, key=lambda p: -p.lost_margin)
    rows = pd.DataFrame({
        "Product": [p.name for p in found],
        "Category": [p.category for p in found],
        "Places": [p.places for p in found],
        "Units": [round(p.units.value) for p in found],
        "Units, 9 in 10": [demand_words.units(p.units)[1] for p in found],
        "Revenue, $": [round(p.revenue.value) for p in found],
        "Likely to run out": [p.high_risk for p in found],
        "Lost margin": [p.lost_margin for p in found],
    })
    with st.expander("All products as a table", icon=":material/table:"):
        config = st.column_config
        st.dataframe(
            rows, hide_index=True, alt="Products of the fleet by margin lost",
            column_config={
                "Units": config.NumberColumn(format="localized"),
                "Revenue, $": config.NumberColumn(format="localized"),
                "Likely to run out": config.NumberColumn(help="places where it is"),
                "Lost margin": config.NumberColumn(format="dollar", help="money a month"),
            },
        )
        tables.download(rows, "Download the products", "demand_products")
