"""An optimized layout on the page: what it brings, its lines, both shelves, its proof, what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.errors import WorkbenchError
from pages.parts import demand_words, frame, nav, optimize_shelves, session, tables
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.capabilities.money import PlanMoney
    from core.capabilities.optimize import Optimized
    from core.capabilities.optimize.lines import Line
    from core.planogram.planogram import Planogram
    from core.planogram.product import Catalog
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench
    from pages.parts.optimize_job import Search

WORTH_TELLING = 0.005
"""Money a day below which nothing is gained."""
FIRST_LINES, SHORT, NOT_PLACED_SHOWN = 8, 3, 12


def show(
    wb: Workbench, saved: SavedPlanogram, catalog: Catalog, found: Optimized, search: Search, head: Any
) -> None:
    """Everything below the first line, which goes to ``head``."""
    with head:
        _headline(saved, found)
    _figures(found)
    _costs(found, catalog)
    shelves = st.container()
    chosen = _lines(wb, saved, found, search) if found.lines else found.plan
    with shelves:
        _shelves(saved, chosen, found, catalog)
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="card_proof", height="stretch"):
        _proof(found)
    with right, st.container(border=True, key="card_risks", height="stretch"):
        _risks(found)
    with st.container(border=True, key="card_not_placed"):
        _not_placed(saved, found, catalog)


def _headline(saved: SavedPlanogram, found: Optimized) -> None:
    gain, lift = found.gain, found.predicted_lift
    if gain.value < -WORTH_TELLING:
        amount, bounds = fmt.signed_parts(gain.value, gain.lower, gain.upper)
        text = f"With these wishes {saved.name} changes by {amount} a day"
        frame.headline(text, f"{bounds}; the present plan breaks one of them")
        return
    if gain.value < WORTH_TELLING:
        frame.headline(f"{saved.name} is as good as it gets", "no layout found earns more with these wishes")
        return
    amount, bounds = fmt.more_parts(gain.value, gain.lower, gain.upper)
    by = "" if found.goals.revenue == 1.0 else " by your goals"
    frame.headline(
        f"{saved.name} could bring {amount} a day{by}",
        f"{bounds}; {fmt.lift(lift.value, lift.lower, lift.upper)}, {fmt.nine_in_ten(lift.level)}",
    )


def _figures(found: Optimized) -> None:
    even, revenue = found.prediction.break_even, found.prediction.delta
    now = found.prediction.baseline.interval
    amount, bounds = fmt.signed_parts(revenue.value, revenue.lower, revenue.upper)
    auto = found.autofill_value
    demand_words.figures((
        ("Revenue a day", amount, f"{bounds.strip('()')}; now {fmt.money(now.value)}"),
        ("To touch", fmt.count(even.positions_changed, "position"),
         f"{fmt.money(even.implementation_cost)} of labor"),
        ("Pays back", fmt.days_to_recover(even.days_to_recover), "at the expected lift"),
        ("Automatic layout", "–" if auto is None else fmt.signed_money(auto - found.present_value),
         "breaks a wish" if auto is None else "a day, for comparison"),
    ))  # fmt: skip


def _costs(found: Optimized, catalog: Catalog) -> None:
    """Said where margins are asked for and a cost is missing: such a product counts at its whole price."""
    products = [catalog[i] for i in found.plan.product_ids if i in catalog]
    bare = [p.name for p in products if p.margin_share is None]
    if found.goals.margin > 0 and bare:
        who = bare[0] if len(bare) == 1 else f"{bare[0]} and {len(bare) - 1} more"
        frame.fallback(f"The cost of {who} is not known: the whole price counts as margin there.")


def _lines(wb: Workbench, saved: SavedPlanogram, found: Optimized, search: Search) -> Planogram:
    """The lines with a box each, what the chosen ones bring together, and saving them; the plan they make."""
    with st.container(border=True, key="card_lines"):
        frame.title(
            f"{fmt.count(len(found.lines), 'change')}, the best first",
            "Money a day that each adds to those above it; leave out what you do not want",
        )
        keys = [line.key for line in found.lines[:FIRST_LINES] if _line(line, search)]
        rest = found.lines[FIRST_LINES:]
        if rest:
            money = fmt.signed_money(sum(line.daily_revenue for line in rest))
            with st.expander(f"{fmt.count(len(rest), 'smaller change')}, {money} a day together"):
                keys += [line.key for line in rest if _line(line, search)]
        everything = len(keys) == len(found.lines)
        chosen = found.plan if everything else found.accept(keys)
        if not everything:
            _chosen_money(wb.money(saved.id, chosen), len(keys), len(found.lines))
        _save(wb, saved, found, chosen, keys, search)
    return chosen


def _line(line: Line, search: Search) -> bool:
    """One change with its box: whether it is taken."""
    with st.container(gap=None, key=f"line_{search.prediction_id}_{line.key}"):
        money = frame.md(fmt.signed_money(line.daily_revenue))
        taken = st.checkbox(
            f"**{money}** {frame.md(line.what)}", value=True, key=f"take_{search.prediction_id}_{line.key}"
        )
        st.html(f'<div class="wb-quiet wb-why">{frame.text(line.why)}{_steps(line)}</div>')
    return taken


def _steps(line: Line) -> str:
    """What goes with a change whose short form does not name everything, folded away."""
    if len(line.steps) <= SHORT:
        return ""
    items = "".join(f"<li>{frame.text(step)}</li>" for step in line.steps)
    return f"<details><summary>All {len(line.steps)} changes of it</summary><ul>{items}</ul></details>"


def _chosen_money(money: PlanMoney, taken: int, all_of_them: int) -> None:
    gain = money.delta
    amount, bounds = fmt.signed_parts(gain.value, gain.lower, gain.upper)
    frame.quiet(f"{taken} of {all_of_them} changes: {amount} a day {bounds}")


def _save(
    wb: Workbench, saved: SavedPlanogram, found: Optimized, chosen: Planogram, keys: list[int], search: Search
) -> None:
    everything = len(keys) == len(found.lines)
    if search.kept_as is not None:
        frame.quiet(f"Saved as version {search.kept_as}. Look again for what could be better still.")
    elif saved.version != search.version:
        frame.fallback(
            f"Version {saved.version} was saved meanwhile; this starts from version {search.version}."
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        what = "all" if everything else fmt.count(len(keys), "change")
        st.button(
            f"Save {what} as a new version", type="primary", icon=":material/check:",
            disabled=not keys or search.kept_as is not None,
            on_click=lambda: _keep(wb, chosen, everything, search),
        )  # fmt: skip
        if st.button("Open in the editor", icon=":material/edit:", disabled=not keys):
            session.propose(saved.id, chosen, "Optimized layout")
            st.switch_page(nav.EDITOR, query_params=session.link_params(saved.id))
        tables.download(_line_table(found), "Download the changes", f"optimized_changes_{saved.id}")
        tables.download(_layout_table(wb, chosen), "Download the layout", f"optimized_layout_{saved.id}")
    if search.refused is not None:
        frame.show_error(search.refused)


def _keep(wb: Workbench, chosen: Planogram, everything: bool, search: Search) -> None:
    """Save; where someone saved first or it is not allowed, that is told and the result stays."""
    try:
        kept = wb.save(search.planogram_id, search.version, chosen, "Optimized layout")
    except WorkbenchError as error:
        search.refused = error
        return
    search.kept_as, search.refused = kept.version, None
    if search.prediction_id is not None:
        wb.feedback(search.prediction_id, "accepted" if everything else "modified")
    session.keep_draft(search.planogram_id, None)
    session.look_at(search.planogram_id)
    st.toast(f"Saved as version {kept.version}.", icon=":material/check:")


def _shelves(saved: SavedPlanogram, chosen: Planogram, found: Optimized, catalog: Catalog) -> None:
    same = set(found.before.positions) & set(chosen.positions)
    left, right = st.columns(2, gap="small")
    sides = (left, "Now", found.before, chosen), (right, "Then", chosen, found.before)
    for column, word, plan, other in sides:
        arriving = plan is chosen
        marked = optimize_shelves.marks(plan, other, same, arriving=arriving)
        with column, st.container(border=True, key=f"card_shelf_{word}", height="stretch"):
            frame.title(word, f"{fmt.count(len(plan.product_ids), 'product')} on {saved.name}")
            st.html(optimize_shelves.drawing(plan, catalog, marked, word))
            st.html(optimize_shelves.legend(arriving))


def _proof(found: Optimized) -> None:
    """The bound and the gap in plain words."""
    if found.gap <= 1e-6:
        title = f"Proven: place by place, nothing beats {fmt.price(found.bound)} a day"
        gap = "and the best one reaches it exactly"
    else:
        title = f"At most {found.gap:.1%} short of the best, place by place"
        gap = f"and the best one found reaches {fmt.price(found.objective_value)}"
    frame.title(title, f"Solved in {found.solve_time_ms / 1000:.1f} s · {found.learned_from}")
    bound, now = fmt.price(found.bound), fmt.price(found.baseline_value)
    best, present = fmt.price(found.value), fmt.price(found.present_value)
    st.html(
        '<p class="wb-risk">Counting each product by its place, facings, price and what it takes from its '
        f"category, no layout brings more than {bound} a day, {gap}; the present one brings {now}. "
        "Neighbors are left out there, and products that little is known about count with care.</p>"
        '<p class="wb-risk">From there the layout was improved on all that what-if knows, neighbors and '
        f"substitution included: {best} a day against {present} now. The best of all layouts seen is "
        f"{frame.text(found.source)}.</p>"
    )
    if found.stopped_early:
        frame.fallback("You stopped the search: this is the best until then.")
    if found.required_data is not None:
        frame.fallback(str(found.required_data.get("message", "Little history here.")))


def _risks(found: Optimized) -> None:
    frame.title("What may make it less", "And what to do about it")
    st.html(
        "".join(
            f'<p class="wb-risk"><b class="wb-{frame.text(risk.impact)}">{frame.text(risk.impact)}</b>'
            f"{frame.text(risk.factor)}<br><span>{frame.text(risk.mitigation)}</span></p>"
            for risk in found.prediction.risk_factors
        )
    )


def _not_placed(saved: SavedPlanogram, found: Optimized, catalog: Catalog) -> None:
    """Those that could stand here first, each with its reason."""
    if not found.not_placed:
        frame.title("Every product to choose from has a place", "")
        return
    zone = found.plan.fixture.temperature_zone
    near = sum(catalog[n.product_id].temperature in (None, zone) for n in found.not_placed)
    far = len(found.not_placed) - near
    frame.title(
        f"{fmt.count(near, 'product')} that could stand here {'is' if near == 1 else 'are'} left out",
        "The nearest first, each with its reason" + (f"; {far} more need another temperature" if far else ""),
    )
    said = "".join(
        f'<p class="wb-risk">{frame.text(catalog[n.product_id].name)}<br>'
        f"<span>{frame.text(n.reason)}</span></p>"
        for n in found.not_placed[:NOT_PLACED_SHOWN]
    )
    st.html(f'<div class="wb-columns">{said}</div>')
    rows = pd.DataFrame(
        {
            "Product": [catalog[n.product_id].name for n in found.not_placed],
            "Why not": [n.reason for n in found.not_placed],
        }
    )
    tables.download(rows, f"Download all {len(rows)} with their reasons", f"not_placed_{saved.id}")


def _line_table(found: Optimized) -> pd.DataFrame:
    return pd.DataFrame([
        {"Change": line.what, "Steps": "; ".join(line.steps), "Why": line.why,
         "Revenue a day": round(line.daily_revenue, 4), "Slots": ", ".join(line.slots)}
        for line in found.lines
    ])  # fmt: skip


def _layout_table(wb: Workbench, plan: Planogram) -> pd.DataFrame:
    catalog = wb.catalog()
    return pd.DataFrame([
        {"Slot": p.slot, "Label": plan.fixture.label(p.row, p.column), "Product": catalog[p.product_id].name,
         "Facings": p.facings, "Price": p.price or catalog[p.product_id].price}
        for p in plan.positions
    ])  # fmt: skip
