"""Heat zones: which slots sell more, how that was learned, and which swaps pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import charts, empty, frame, nav, session, shelf_grid, tables
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.capabilities.heat import HeatMap, Swap
    from core.capabilities.zone_effects import PlaceEffect, ZoneEffects
    from core.planogram.planogram import Planogram
    from core.store.planograms import SavedPlanogram

MEASURES = {"Potential": "potential", "Realized": "realized", "Score": "score"}
MEANINGS = {
    "potential": "What an average product of this plan would earn at each slot, a day",
    "realized": "What each slot earned a day over the last 28 days",
    "score": "Score of what stands at each slot, of 100",
}
SCALES = {"Blue to yellow": charts.CIVIDIS, "Blue to red": charts.BLUE_RED}


def show() -> None:
    now = session.context()
    if now.planogram_id is None:
        empty.no_planogram()
        return
    wb = session.workbench()
    saved = wb.open(now.planogram_id, now.version)
    head = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        label = st.segmented_control(
            "Measure",
            list(MEASURES),
            default="Potential",
            key="measure",
            bind="query-params",
            label_visibility="collapsed",
            required=True,
        )
        scale = st.segmented_control(
            "Colors",
            list(SCALES),
            default="Blue to yellow",
            key="colors",
            bind="query-params",
            label_visibility="collapsed",
            required=True,
        )
    measure = MEASURES[label or "Potential"]
    heat = wb.heat(saved.id, measure, plan=saved.plan)
    catalog = wb.catalog()
    names = {p: catalog[p].name for p in saved.plan.product_ids}
    effects = wb.zone_effects(saved.id)
    with head:
        _headline(saved, heat, names)
    left, right = st.columns([2.1, 1], gap="small")
    with left:
        _shelf(saved, heat, names, effects, SCALES[scale or "Blue to yellow"])
        _effects(effects)
    with right:
        _swaps(saved, heat, names)
    _table(saved, heat, names)


def _headline(saved: SavedPlanogram, heat: HeatMap, names: dict[int, str]) -> None:
    if not heat.swaps:
        frame.headline(f"{saved.name}: the fast sellers stand in the best slots", "no swap would earn more")
        return
    best = next((swap for swap in heat.swaps if swap.interval[0] > 0), heat.swaps[0])
    amount, bounds = fmt.more_parts(best.expected_gain_per_month, *best.interval)
    may = "earns" if best.interval[0] > 0 else "may earn"
    frame.headline(
        f"One swap at {saved.site_name or saved.name} {may} {amount} a month more",
        bounds,
        f"swap {names[best.product_a]} and {names[best.product_b]}",
        nav.EDITOR,
        session.link_params(saved.id),
    )


def _shelf(
    saved: SavedPlanogram, heat: HeatMap, names: dict[int, str], effects: ZoneEffects, scale: tuple[str, ...]
) -> None:
    def say(value: float) -> str:
        return f"{value:.0f}" if heat.measure == "score" else fmt.price(value)

    cells = [
        shelf_grid.Cell(
            slot.row,
            slot.column,
            slot.value,
            name := _standing(saved.plan, slot.row, slot.column, names),
            f"{slot.slot} · {name or 'empty'}\n"
            f"{fmt.percent(100 * (slot.revenue_multiplier - 1), signed=True)} against an average slot\n"
            f"from {slot.learned_from}",
        )
        for slot in heat.slots
    ]
    marked = {}
    for number, swap in enumerate(heat.swaps, 1):
        for slot in (swap.a, swap.b):
            marked[saved.plan.fixture.locate(slot)] = str(number)
    with st.container(border=True, key="card_shelf"):
        frame.title(_finding(effects), f"{MEANINGS[heat.measure]} · {heat.learned_from}")
        st.html(shelf_grid.shelf(cells, say, scale, marked))
        low, high = shelf_grid.value_limits(cells)
        caption = "Score" if heat.measure == "score" else "A day"
        st.html(shelf_grid.legend(low, high, say, caption, scale))


def _finding(effects: ZoneEffects) -> str:
    """The best row against the worst, in one sentence."""
    if len(effects.rows) < 2:
        return "How the slots sell"
    best = max(effects.rows, key=lambda e: e.percent)
    worst = min(effects.rows, key=lambda e: e.percent)
    ratio = (100 + best.percent) / max(100 + worst.percent, 1e-9) - 1
    if ratio >= 0.02 and best.lower <= worst.upper:
        return f"Row {best.name} seems to sell best, but the rows' intervals overlap"
    if ratio < 0.02:
        return "All rows sell alike here"
    return (
        f"The same product sells {fmt.percent(100 * ratio)} more in row {best.name} than in row {worst.name}"
    )


def _standing(plan: Planogram, row: int, column: int, names: dict[int, str]) -> str:
    """What stands at a zone; on a free shelf a zone is a six-inch stretch."""
    width = 6.0 if plan.fixture.placement == "free" else plan.fixture.cell_width_in
    middle = (column + 0.5) * width
    found = next((p for p in plan.positions if p.row == row and p.x_in <= middle < p.right_in), None)
    found = found or (plan.at(row, column) if plan.fixture.placement != "free" else None)
    return names[found.product_id] if found else ""


def _swaps(saved: SavedPlanogram, heat: HeatMap, names: dict[int, str]) -> None:
    with st.container(border=True, key="card_swaps"):
        frame.title("Swaps worth trying", "Numbers as on the shelf; money a month with its interval")
        if not heat.swaps:
            frame.quiet("None: every pair earns most where it stands.")
        for number, swap in enumerate(heat.swaps, 1):
            _swap(saved, swap, number, names)


def _swap(saved: SavedPlanogram, swap: Swap, number: int, names: dict[int, str]) -> None:
    amount, bounds = fmt.signed_parts(swap.expected_gain_per_month, *swap.interval)
    sure = swap.interval[0] > 0
    amount = f'<em class="wb-up">{amount}</em>' if sure else f"<em>{amount}</em>"
    unsure = "" if sure else " <span>· may be no gain</span>"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.html(
            f'<div class="wb-swap" title="{frame.text(swap.reason)}"><b>{number}</b><div>'
            f"{frame.text(names[swap.product_a])} <span>{swap.a}</span><br>"
            f"↔ {frame.text(names[swap.product_b])} <span>{swap.b}</span><br>"
            f"{amount} <span>{bounds}</span>{unsure}</div></div>",
            width="stretch",
        )
        if st.button("Try it", key=f"swap_{swap.a}_{swap.b}", help="Open it in the editor"):
            _open_swapped(saved, swap)


def _open_swapped(saved: SavedPlanogram, swap: Swap) -> None:
    with frame.telling():
        plan = session.workbench().swapped(saved.id, swap.a, swap.b, saved.plan)
        session.propose(saved.id, plan, f"Swapped {swap.a} and {swap.b}")
        st.switch_page(nav.EDITOR, query_params=session.link_params(saved.id))


def _effects(effects: ZoneEffects) -> None:
    left, right = st.columns([1, 1.6], gap="small")
    span = f"{fmt.nine_in_ten(effects.level)} between the whiskers · {effects.learned_from}"
    with left, st.container(border=True, key="card_rows", height="stretch"):
        frame.title("Rows, from the top", span)
        _bars(effects.rows, "rows", upright=False)
    with right, st.container(border=True, key="card_columns", height="stretch"):
        frame.title("Columns, from the left", span)
        _bars(effects.columns, "columns", upright=True)


def _bars(effects: tuple[PlaceEffect, ...], key: str, upright: bool) -> None:
    figure = charts.effects(
        [e.name for e in effects],
        [e.percent for e in effects],
        [e.lower for e in effects],
        [e.upper for e in effects],
        "sales against the average place",
        frame.is_dark(),
        upright,
    )
    frame.chart(figure, key=f"effects_{key}")


def _table(saved: SavedPlanogram, heat: HeatMap, names: dict[int, str]) -> None:
    unit = "Score" if heat.measure == "score" else "Money a day"
    rows = pd.DataFrame(
        {
            "Slot": [s.slot for s in heat.slots],
            "Product": [_standing(saved.plan, s.row, s.column, names) for s in heat.slots],
            unit: [s.value for s in heat.slots],
            "Against average": [100 * (s.revenue_multiplier - 1) for s in heat.slots],
            "Visibility": [100 * s.visibility for s in heat.slots],
            "Learned from": [s.learned_from for s in heat.slots],
        }
    )
    with st.expander("All slots as a table", icon=":material/table:"):
        st.dataframe(
            rows,
            hide_index=True,
            column_config={
                unit: st.column_config.NumberColumn(format="%.0f" if heat.measure == "score" else "$%.2f"),
                "Against average": st.column_config.NumberColumn(format="%+.0f%%"),
                "Visibility": st.column_config.ProgressColumn(min_value=0, max_value=100, format="%.0f%%"),
            },
        )
        tables.download(rows, "Download the slots", f"heat_{saved.id}_{heat.measure}")


show()
