"""The par table: what every par level costs, edited in place, saved as a version of the planogram."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, packages, session, tables

if TYPE_CHECKING:
    from core.capabilities.demand import DemandForecast, ProductDemand, StockCost
    from core.planogram.product import Product
    from core.store.planograms import SavedPlanogram

COSTS = ("Lost margin", "Spoilage", "Holding")
NEW, FILLED = "New par", "Filled to"
ANCHOR = "par-levels"
ROW_HEIGHT = 38
MOST_ROWS = 12
_WEEKS = 8


@dataclass(frozen=True, slots=True)
class ParLine:
    """A product of the table: the ``par`` on paper (None: not set), what refills fill up to ``now``, what is
    suggested, the most that fits, and what each level costs."""

    demand: ProductDemand
    picture: str
    par: int | None
    now: int
    suggested: int
    most: int
    costs: tuple[StockCost, ...]

    def at(self, par: int) -> StockCost | None:
        """The cost of a level, or of the nearest that is known; None where nothing is."""
        return min(self.costs, key=lambda cost: abs(cost.level - par), default=None)

    def cost(self, par: int) -> tuple[float, float, float]:
        """Money a month of each of ``COSTS``."""
        found = self.at(par)
        return (found.lost_margin, found.spoilage, found.holding) if found else (0.0, 0.0, 0.0)


def lines_of(demand: DemandForecast, catalog: Mapping[int, Product]) -> list[ParLine]:
    """A line a product, those first where the suggested level saves most."""
    found = []
    for product in demand.products:
        stock = product.stock
        most = max(stock.suggested_par_level, round(stock.capacity or 0), round(stock.stocked))
        picture = packages.picture(catalog[product.product_id]) if product.product_id in catalog else ""
        found.append(ParLine(
            product, picture, None if stock.par_level is None else round(stock.par_level),
            round(stock.stocked), stock.suggested_par_level,
            round(stock.capacity) if stock.capacity else max(2 * most, 12), stock.curve,
        ))
    return sorted(found, key=lambda line: -line.demand.stock.saving)


def edited(base: Sequence[int], edits: Mapping[int, Mapping[str, object]]) -> list[int]:
    """The par levels after the edits of a table: row → its changed cells. A cleared cell is no edit."""
    pars = list(base)
    for row, cells in edits.items():
        value = cells.get(NEW)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= row < len(pars):
            pars[row] = round(value)
    return pars


def changes(lines: Sequence[ParLine], pars: Sequence[int], taken: Mapping[int, int]) -> dict[int, int]:
    """What there is to save, product → par: what was edited, and of the levels ``taken`` as suggested all
    that the plan does not say yet, though its slots may be filled to them."""
    found = {}
    for line, par in zip(lines, pars, strict=True):
        product_id = line.demand.product_id
        if par != line.now or (product_id in taken and par != line.par):
            found[product_id] = par
    return found


def total(lines: Sequence[ParLine], pars: Sequence[int]) -> dict[str, float]:
    """Money a month of each of ``COSTS`` over all products."""
    costs = np.array([line.cost(par) for line, par in zip(lines, pars, strict=True)]).reshape(-1, len(COSTS))
    return dict(zip(COSTS, costs.sum(axis=0).tolist(), strict=True))


def table(lines: Sequence[ParLine], base: Sequence[int], pars: Sequence[int]) -> pd.DataFrame:
    """What the editor shows: ``base`` is what its editable column starts from, ``pars`` what it says now."""
    now = [sum(line.cost(line.now)) for line in lines]
    then = [line.cost(par) for line, par in zip(lines, pars, strict=True)]
    risk = [(found := line.at(par)) and 100 * found.risk for line, par in zip(lines, pars, strict=True)]
    rates = [_rate(line.demand) for line in lines]
    return pd.DataFrame({
        "Picture": [line.picture for line in lines],
        "Product": [line.demand.name for line in lines],
        "8 weeks": [_weekly(line.demand) for line in lines],
        "Units a day": [rate[0] for rate in rates],
        "9 in 10": [rate[1] for rate in rates],
        "Supply": [line.demand.stock.days_of_supply for line in lines],
        "Risk now": [100 * line.demand.stock.stockout_risk for line in lines],
        "Par now": [line.par for line in lines],
        FILLED: [line.now for line in lines],
        "Suggested": [line.suggested for line in lines],
        NEW: list(base),
        "Risk then": risk,
        "Change, $": [round(sum(costs) - before, 2) + 0.0 for costs, before in zip(then, now, strict=True)],
        "Costs": [sum(costs) for costs in then],
        **{name: [costs[k] for costs in then] for k, name in enumerate(COSTS)},
        "Slots": [line.demand.slots for line in lines],
    })


@st.fragment
def show(demand: DemandForecast, saved: SavedPlanogram, catalog: Mapping[int, Product]) -> None:
    """The card: totals, buttons, the table, save and undo. Alone when a par is edited."""
    lines = lines_of(demand, catalog)
    state = _state(saved)
    base = [state["base"].get(line.demand.product_id, line.now) for line in lines]
    key = f"pars_{saved.id}_{saved.version}_{state['round']}"
    edits = st.session_state.get(key, {}).get("edited_rows", {})
    pars = edited(base, edits)
    with st.container(border=True, key="card_pars"):
        st.html(f'<div id="{ANCHOR}"></div>')
        _title(lines, demand)
        _totals(lines, pars)
        _buttons(lines, pars, state, saved)
        rows = table(lines, base, pars)
        st.data_editor(
            rows, key=key, hide_index=True, row_height=ROW_HEIGHT, column_config=_columns(lines),
            column_order=_order(lines, rows.columns),
            height=min(len(rows), MOST_ROWS) * ROW_HEIGHT + 40, num_rows="fixed",
            disabled=[name for name in rows.columns if name != NEW], placeholder=fmt.NOTHING,
            alt="Par levels and what they cost",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            tables.download(_plain(rows, pars), "Download the par levels", f"pars_{saved.id}")
            frame.quiet(_words(demand))


def _title(lines: Sequence[ParLine], demand: DemandForecast) -> None:
    wrong = [line for line in lines if line.now != line.suggested]
    saving = sum(line.demand.stock.saving for line in lines)
    finding = "All par levels are as suggested"
    if wrong:
        finding = f"{fmt.count(len(wrong), 'par level')} of {len(lines)} would be better otherwise"
    if wrong and saving >= 0.5:
        finding = f"Suggested par levels save {fmt.money(saving)} a month"
    if all(line.par is None for line in lines):
        finding = f"No par level is set here: {fmt.count(len(lines), 'level')} {_are(len(lines))} suggested"
    frame.title(finding, f"Edit “{NEW}” to see at once what a level costs, in money a month")


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _totals(lines: Sequence[ParLine], pars: Sequence[int]) -> None:
    now, then = total(lines, [line.now for line in lines]), total(lines, pars)
    change = round(sum(then.values()) - sum(now.values()), 2) + 0.0
    tone = "" if abs(change) < 0.005 else "wb-up" if change < 0 else "wb-down"
    told = fmt.signed_money(change) if tone else "no change"
    cells = [
        *((name, fmt.money(then[name]), _against(then[name] - now[name])) for name in COSTS),
        ("Together", fmt.money(sum(then.values())), f'<em class="{tone}">{told}</em> against today'),
    ]
    st.html('<div class="wb-sums">' + "".join(
        f"<div><span>{name}</span><b>{value}</b><small>{note}</small></div>" for name, value, note in cells
    ) + "</div>")


def _against(change: float) -> str:
    return "as today" if abs(change) < 0.005 else f"{fmt.signed_money(change)}"


def _buttons(
    lines: Sequence[ParLine], pars: Sequence[int], state: dict[str, Any], saved: SavedPlanogram
) -> None:
    changed = changes(lines, pars, state["base"])
    suggested = {line.demand.product_id: line.suggested for line in lines}
    taken = state["base"] == suggested and list(pars) == list(suggested.values())
    better = not taken and any(line.suggested != line.par for line in lines)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Use suggested", icon=":material/auto_fix_high:", disabled=not better, key="pars_use",
            on_click=_restart, args=(state, suggested),
        )  # fmt: skip
        st.button(
            "Reset", icon=":material/restart_alt:", disabled=not changed, key="pars_reset",
            on_click=_restart, args=(state, {}),
        )  # fmt: skip
        label = f"Save {fmt.count(len(changed), 'par level')}" if changed else "Save par levels"
        if st.button(label, icon=":material/save:", type="primary", disabled=not changed, key="pars_save"):
            _save(saved, changed)
        if (undo := state.get("undo")) and st.button(
            f"Undo version {undo[1]}", icon=":material/undo:", key="pars_undo", type="tertiary"
        ):
            _undo(saved, *undo)


def _state(saved: SavedPlanogram) -> dict[str, Any]:
    """What this session did to a planogram's pars: where the table starts, how often it started anew."""
    kept: dict[int, dict[str, Any]] = st.session_state.setdefault("demand_pars", {})
    return kept.setdefault(saved.id, {"base": {}, "round": 0})


def _restart(state: dict[str, Any], base: Mapping[int, int]) -> None:
    """Start the table anew from other pars, its edits forgotten."""
    state.update(base=dict(base), round=state["round"] + 1)


def _save(saved: SavedPlanogram, changed: Mapping[int, int]) -> None:
    with frame.telling():
        words = f"Par levels of {fmt.count(len(changed), 'product')}, from the demand page"
        after = session.workbench().save_pars(saved.id, saved.version, changed, words)
        _turn(saved, f"Saved as version {after.version}.", undo=(saved.version, after.version))


def _undo(saved: SavedPlanogram, before: int, after: int) -> None:
    with frame.telling():
        session.workbench().restore(saved.id, before)
        _turn(saved, f"Version {after} undone: the par levels are those of version {before}.", undo=None)


def _turn(saved: SavedPlanogram, words: str, undo: tuple[int, int] | None) -> None:
    """Show the newest version, and say what was done."""
    state = _state(saved)
    state.update(base={}, round=state["round"] + 1, undo=undo)
    session.look_at(saved.id)
    st.toast(words, icon=":material/check:")
    st.rerun()


def _order(lines: Sequence[ParLine], names: Iterable[str]) -> list[str]:
    """On a phone what is edited comes before what explains it. What slots are filled to is told only where
    that is not their par."""
    first = ["Picture", "Product", NEW, "Suggested", "Change, $", "Risk then"] if frame.is_phone() else []
    left_out = {*first, FILLED} if all(line.par in (None, line.now) for line in lines) else {*first}
    return [*first, *(name for name in names if name not in left_out)]


def _columns(lines: Sequence[ParLine]) -> dict[str, Any]:
    config = st.column_config
    money, risk = "$%.2f", {"min_value": 0, "max_value": 100, "format": "%.0f%%"}
    return {
        "Picture": config.ImageColumn("", width=46, pinned=True),
        "Product": config.TextColumn(width=118 if frame.is_phone() else 200, pinned=not frame.is_phone()),
        "8 weeks": config.LineChartColumn(y_min=0, width=76, help="units a week, up to now"),
        "Units a day": config.NumberColumn(format="%.1f", width=82, help="expected, while in stock"),
        "9 in 10": config.TextColumn(width=70, help="the interval of units a day over the days ahead"),
        "Supply": config.NumberColumn(format="%.1f days", width=78, help="of a slot filled to today's par"),
        "Risk now": config.ProgressColumn(
            **risk, width=92, help="chance to run out before the next service, at today's par"
        ),
        "Par now": config.NumberColumn(width=66, help="as the plan says"),
        FILLED: config.NumberColumn(width=66, help="what refills really fill up to, read from the sales"),
        "Suggested": config.NumberColumn(width=78, help="where one unit more costs what it saves"),
        NEW: config.NumberColumn(
            min_value=0, max_value=max((line.most for line in lines), default=1), step=1, width=82,
            required=True, help="edit me: type a level and press Enter",
        ),
        "Risk then": config.ProgressColumn(**risk, width=92, help="the same chance at the new par"),
        "Change, $": config.NumberColumn(format="%+.2f", width=80, help="against today's par, money a month"),
        "Costs": config.NumberColumn(
            format=money, width=76, help="lost margin, spoilage and holding at the new par, a month"
        ),
        **{name: config.NumberColumn(format=money, width=92) for name in COSTS},
        "Slots": config.TextColumn(width=76),
    }


def _plain(rows: pd.DataFrame, pars: Sequence[int]) -> pd.DataFrame:
    """The table as it is downloaded: with what was edited, without pictures."""
    return rows.assign(**{NEW: list(pars)}).drop(columns=["Picture", "8 weeks"])


def _rate(demand: ProductDemand) -> tuple[float, str]:
    days = max(len(demand.mean), 1)
    low, high = demand.units.lower / days, demand.units.upper / days
    return demand.units.value / days, f"{low:.1f}{fmt.DASH}{high:.1f}"


def _weekly(demand: ProductDemand) -> list[float]:
    units = demand.history.units[-7 * _WEEKS :]
    whole = units[len(units) % 7 :].reshape(-1, 7)
    return [float(week) for week in whole.sum(axis=1)]


def _words(demand: DemandForecast) -> str:
    policy = demand.policy
    free = sum(not product.stock.cost_known for product in demand.products)
    if free:
        return (
            f"{fmt.count(free, 'product')} of {len(demand.products)} {_are(free)} without a known cost, "
            f"taken as {fmt.share(policy.unknown_cost)} of the price; with the real one the levels get better"
        )
    return (
        f"A missed sale costs its margin and {fmt.share(policy.goodwill)} of goodwill; stock costs "
        f"{fmt.share(policy.holding_per_year)} of its worth a year"
    )
