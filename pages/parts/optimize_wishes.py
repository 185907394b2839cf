"""What the optimizer is asked for: goals, products, locks, facings, blocks, time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame

if TYPE_CHECKING:
    from core.capabilities.optimize import Wishes
    from core.planogram.planogram import Planogram
    from core.planogram.product import Catalog

GOALS = {
    "Revenue": {"revenue": 1.0},
    "Margin": {"margin": 1.0},
    "Balanced": {"revenue": 0.5, "margin": 0.3, "variety": 0.1, "health_score": 0.1},
    "Variety": {"revenue": 0.5, "variety": 0.5},
    "Health": {"revenue": 0.4, "health_score": 0.6},
}
OWN = "Own mix"
WEIGHTS = {"revenue": "Revenue", "margin": "Margin", "variety": "Variety", "health_score": "Health"}
EVERYTHING, PRESENT = "All that fit", "Only what stands here"
TIMES = {"Up to 20 seconds": 20.0, "1 minute": 60.0, "5 minutes": 300.0}
USUAL_TIME = "Up to 20 seconds"
BLOCKS = {"Free": None, "By category": "category", "By brand": "brand"}


def default() -> Wishes:
    """What is looked for where nobody asked for anything else."""
    from core.capabilities.optimize import Wishes

    return Wishes(time_limit_s=TIMES[USUAL_TIME])


def ask(plan: Planogram, catalog: Catalog, found: bool) -> Wishes | None:
    """Goals, time and the button in one line, the rest folded away; the wishes when they are sent. ``found``:
    a layout is shown, and to save it is what comes next."""
    with st.container(border=True, key="card_wishes"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.segmented_control(
                "What the layout should bring", [*GOALS, OWN], default="Revenue", required=True, key="goal",
                bind="query-params",
            )  # fmt: skip
            time = st.segmented_control("Time", list(TIMES), default=USUAL_TIME, required=True)
            sent = st.button("Find the best layout", icon=":material/auto_awesome:", key="find_best",
                             type="secondary" if found else "primary")
        goals = _goals(chosen or "Revenue")
        with st.expander("Products, locks, facings, blocks"):
            left, middle, right = st.columns(3, gap="small")
            with left:
                products = _products(plan, catalog)
            with middle:
                locks = _locks(plan, catalog)
            with right:
                blocks = st.segmented_control("Keep together", list(BLOCKS), default="Free", required=True)
            limits = _facings(plan, catalog)
    if not sent:
        return None
    return _wishes(goals, products, locks, limits, BLOCKS[blocks or "Free"], TIMES[time or USUAL_TIME])


def _goals(chosen: str) -> dict[str, float]:
    """The weights of a preset, or those of the four sliders."""
    if chosen in GOALS:
        return GOALS[chosen]
    columns = st.columns(4)
    return {
        name: column.slider(label, 0, 100, 100 if name == "revenue" else 0, 5) / 100
        for column, (name, label) in zip(columns, WEIGHTS.items(), strict=True)
    }


def _products(plan: Planogram, catalog: Catalog) -> tuple[int, ...] | None:
    """Who may stand there; None for everybody who fits."""
    categories = sorted({p.category for p in catalog.values()})
    chosen = st.selectbox("Products to choose from", [EVERYTHING, PRESENT, "Some categories"])
    if chosen == EVERYTHING:
        return None
    if chosen == PRESENT:
        return plan.product_ids
    present = sorted({catalog[i].category for i in plan.product_ids if i in catalog})
    wanted = set(st.multiselect("Categories", categories, default=present))
    return tuple(p.id for p in catalog.values() if p.category in wanted)


def _locks(plan: Planogram, catalog: Catalog) -> list[tuple[str, int]]:
    """Slots that are to keep what stands there."""
    at = {p.slot: p for p in plan.positions if not p.locked}

    def say(slot: str) -> str:
        return f"{slot} · {catalog[at[slot].product_id].name}"

    picked = st.multiselect("Keep where it is", list(at), format_func=say, placeholder="Nothing more")
    locked = sum(p.locked for p in plan.positions)
    if locked:
        stay = "stays" if locked == 1 else "stay"
        frame.quiet(f"{fmt.count(locked, 'position')} locked in the plan {stay} too.")
    return [(slot, at[slot].product_id) for slot in picked]


def _facings(plan: Planogram, catalog: Catalog) -> tuple[Any, Any]:
    """(fewest, most facings), each for all products or for those that are named."""
    left, right = st.columns([1, 2], gap="small")
    with left:
        low = st.number_input("At least, of a product that is placed", 1, 12, 1)
        high = st.number_input("At most", 1, 50, None, placeholder="No limit of your own")
    with right:
        frame.quiet("Single products: one with a minimum has to stand there; at most 0 keeps it out.")
        names = sorted(p.name for p in catalog.values())
        empty = pd.DataFrame({"Product": pd.Series(dtype=str), "At least": pd.Series(dtype="Int64"),
                              "At most": pd.Series(dtype="Int64")})  # fmt: skip
        each = st.data_editor(
            empty, num_rows="dynamic", hide_index=True, key="optimize_limits",
            column_config={
                "Product": st.column_config.SelectboxColumn(options=names, required=True, width="large"),
                "At least": st.column_config.NumberColumn(min_value=0, max_value=50, step=1),
                "At most": st.column_config.NumberColumn(min_value=0, max_value=50, step=1),
            },
        )  # fmt: skip
    by_name = {p.name: p.id for p in catalog.values()}
    each = each.assign(id=[by_name.get(name) for name in each["Product"]])
    return _limit(int(low) if low > 1 else None, each, "At least"), _limit(high, each, "At most")


def _wishes(
    goals: dict[str, float], products: tuple[int, ...] | None, locks: list[tuple[str, int]],
    limits: tuple[Any, Any], blocks: Any, time_s: float,
) -> Wishes:  # fmt: skip
    from core.capabilities.optimize import Goals, Lock, Wishes

    held = tuple(Lock(slot, i) for slot, i in locks)
    return Wishes(Goals(**goals), products, held, *limits, blocks, time_s)


def _limit(every: int | None, each: pd.DataFrame, column: str) -> Any:
    """One number for all, or a number by product where some are named."""
    pairs = zip(each["id"], each[column], strict=True)
    named = {int(i): int(n) for i, n in pairs if pd.notna(i) and pd.notna(n)}
    return named or every
