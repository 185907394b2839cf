"""What-if: several plans side by side, what each would earn and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import charts, empty, frame, nav, session, tables, told
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.capabilities.whatif import RevenuePrediction
    from core.planogram.planogram import Planogram
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench

HORIZONS = {"1 week": 7, "30 days": 30, "90 days": 90}
LEVELS = {"8 in 10": 0.8, "9 in 10": 0.9, "19 in 20": 0.95}
OLDER_VERSIONS = 3
BARS = 7
CAUSES = {
    "place": "Place", "facings": "Facings", "neighbors": "Neighbors", "price": "Price", "added": "Added",
    "removed": "Removed", "substitution": "Substitution",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scenario:
    """A plan to compare; ``name`` is unique on the page, ``what`` says it in a sentence."""

    name: str
    what: str
    plan: Planogram


def show() -> None:
    now = session.context()
    if now.planogram_id is None:
        empty.no_planogram()
        return
    wb = session.workbench()
    saved = wb.open(now.planogram_id, now.version)
    scenarios = _scenarios(wb, saved)
    if not scenarios:
        empty.state(
            "There is nothing to compare this plan with yet.",
            "Change the plan in the editor, or save another version of it.",
            "Open the editor",
            nav.EDITOR,
        )
        return
    head = st.container()
    chosen, horizon, level = _controls(scenarios)
    if not chosen:
        frame.quiet("Choose at least one plan to compare.")
        return
    with st.skeleton(height=420):
        results = [(s, _predict(wb, saved, s, horizon, level)) for s in chosen]
    with head:
        _headline(saved, results)
    _cards(results)
    _compare(results, saved)
    _explain(wb, saved, results)


def _scenarios(wb: Workbench, saved: SavedPlanogram) -> list[Scenario]:
    """The unsaved draft, built-in proposals, other plans of the same place, older versions."""
    found = []
    draft = session.draft(saved.id)
    if draft is not None and draft != saved.plan:
        found.append(Scenario("Your draft", "What the editor holds and is not saved yet.", draft))
    found += [Scenario(p.name, p.what, p.plan) for p in wb.proposals(saved.id, saved.plan)]
    for card in wb.planograms():
        if card.site_id == saved.site_id and card.id != saved.id:
            other = wb.open(card.id)
            if other.plan.fixture == saved.plan.fixture:
                found.append(Scenario(card.name, f"Another plan of {saved.site_name}.", other.plan))
    versions = sorted((v.version for v in wb.versions(saved.id) if v.version != saved.version), reverse=True)
    for version in versions[:OLDER_VERSIONS]:
        other = wb.open(saved.id, version)
        what = other.comment or f"Saved {fmt.day(other.created_at.date())}."
        found.append(Scenario(f"Version {version}", what, other.plan))
    return list({s.name: s for s in found}.values())


def _controls(scenarios: list[Scenario]) -> tuple[list[Scenario], int, float]:
    names = [s.name for s in scenarios]
    proposed = [name for name in names if not name.startswith("Version ")]
    picked = st.pills(
        "Compare the saved plan with", names, selection_mode="multi", default=proposed or names[:1],
        key="compare", bind="query-params",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        horizon = st.segmented_control(
            "Looking ahead", list(HORIZONS), default="30 days", key="ahead", bind="query-params",
            required=True,
        )  # fmt: skip
        level = st.segmented_control(
            "Interval holds the truth", list(LEVELS), default="9 in 10", key="level", bind="query-params",
            required=True,
        )  # fmt: skip
    chosen = [s for s in scenarios if s.name in (picked or [])]
    return chosen, HORIZONS[horizon or "30 days"], LEVELS[level or "9 in 10"]


def _predict(
    wb: Workbench, saved: SavedPlanogram, scenario: Scenario, horizon: int, level: float
) -> RevenuePrediction:
    """The prediction, kept for this session so that looking at another card computes nothing again."""
    kept = st.session_state.setdefault("what_if_kept", {})
    key = (saved.id, saved.version, saved.plan, scenario.plan, horizon, level)
    if key not in kept:
        if len(kept) > 64:
            kept.clear()
        kept[key] = wb.predict_revenue(
            saved.id, scenario.plan, current=saved.plan, horizon_days=horizon, confidence_level=level
        )
    return kept[key]


Results = list[tuple[Scenario, "RevenuePrediction"]]


def _headline(saved: SavedPlanogram, results: Results) -> None:
    scenario, result = max(results, key=lambda pair: pair[1].delta.value)
    if result.delta.value <= 0:
        frame.headline(f"{saved.name} as it stands earns most", "none of the plans below would earn more")
        return
    amount, bounds = fmt.more_parts(result.delta.value, result.delta.lower, result.delta.upper)
    frame.headline(f"{scenario.name}: {amount} a day more at {saved.site_name or saved.name}", bounds)


def _cards(results: Results) -> None:
    with st.grid(4, min_column_width=170):
        for scenario, result in results:
            with st.container(border=True, key=f"card_scenario_{scenario.name}", height="stretch"):
                _card(scenario, result)


def _card(scenario: Scenario, result: RevenuePrediction) -> None:
    delta, lift, even = result.delta, result.lift, result.break_even
    amount, bounds = fmt.signed_parts(delta.value, delta.lower, delta.upper)
    tone = "wb-up" if delta.value > 0 else "wb-down"
    sure = "" if delta.lower > 0 or delta.upper < 0 else '<p class="wb-quiet">may be no change at all</p>'
    recover = fmt.days_to_recover(even.days_to_recover)
    st.html(
        f'<p class="wb-title">{frame.text(scenario.name)}</p>'
        f'<p class="wb-quiet">{frame.text(scenario.what)}</p>'
        f'<p class="wb-big {tone}">{amount} <small>a day</small></p>'
        f'<p class="wb-quiet wb-num">{bounds} · {fmt.lift(lift.value)}</p>{sure}'
        f'<p class="wb-quiet wb-num">{fmt.count(even.positions_changed, "position")} to touch, '
        f"{fmt.money(even.implementation_cost)} · pays back: {recover}</p>"
    )


def _compare(results: Results, saved: SavedPlanogram) -> None:
    with st.container(border=True, key="card_compare"):
        deltas = [r.delta for _, r in results]
        sure = sum(d.lower > 0 for d in deltas)
        frame.title(
            f"{fmt.count(sure, 'plan')} of {len(results)} {'earns' if sure == 1 else 'earn'} more "
            "even at the low end",
            f"Money a day against {saved.name}, version {saved.version}, which earns "
            f"{_now(results[0][1])}; open dots may be no change",
        )
        figure = charts.intervals(
            [s.name for s, _ in results],
            [d.value for d in deltas],
            [d.lower for d in deltas],
            [d.upper for d in deltas],
            "money a day, more or less",
            frame.is_dark(),
            [fmt.signed_parts(d.value, d.lower, d.upper)[0] for d in deltas],
        )
        frame.chart(figure, key="compare_chart")
        tables.download(_table(results), "Download the comparison", f"what_if_{saved.id}")


def _now(result: RevenuePrediction) -> str:
    day = result.baseline.interval
    return fmt.estimate(day.value, day.lower, day.upper, "a day")


def _table(results: Results) -> pd.DataFrame:
    return pd.DataFrame([
        {
            "Plan": s.name, "Revenue a day": r.proposed.daily_revenue, "More a day": r.delta.value,
            "Lower": r.delta.lower, "Upper": r.delta.upper, "Lift %": r.lift.value,
            "Lift lower %": r.lift.lower, "Lift upper %": r.lift.upper,
            "Cost to carry out": r.break_even.implementation_cost,
            "Days to recover": r.break_even.days_to_recover, "Confidence": r.model.confidence_score,
        }
        for s, r in results
    ])  # fmt: skip


def _explain(wb: Workbench, saved: SavedPlanogram, results: Results) -> None:
    names = [s.name for s, _ in results]
    best = max(range(len(results)), key=lambda i: results[i][1].delta.value)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Explain", names, index=best, width=260)
        scenario, result = results[names.index(name) if name in names else best]
        if st.button("Open in the editor", icon=":material/edit:", type="primary"):
            session.propose(saved.id, scenario.plan, scenario.name)
            st.switch_page(nav.EDITOR, query_params=session.link_params(saved.id))
    _in_words(wb, saved, scenario.name, result)
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="card_causes", height="stretch"):
        _causes(result)
    with right, st.container(border=True, key="card_products", height="stretch"):
        _products(result)
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="card_risks", height="stretch"):
        _risks(result)
    with right, st.container(border=True, key="card_source", height="stretch"):
        _source(result)


def _in_words(wb: Workbench, saved: SavedPlanogram, name: str, result: RevenuePrediction) -> None:
    """Why it earns that, in a paragraph."""
    from core.capabilities.whatif_words import explained

    words = explained(result, name)
    with st.container(border=True, key="card_in_words"):
        frame.title("Why, in words")
        about = ("what-if", saved.id, saved.version, words)
        told.show(wb, words, about, lambda: wb.explain_whatif(result, name))


def _causes(result: RevenuePrediction) -> None:
    causes = {CAUSES.get(k, k): v for k, v in result.causes.items() if abs(v) >= 0.0005}
    if not causes:
        frame.title("Nothing changes", "The two plans earn the same.")
        return
    main = max(causes, key=lambda k: abs(causes[k]))
    frame.title(f"{main} makes the most of it", "By cause, money a day; the steps add up to the total")
    figure = charts.waterfall(list(causes), list(causes.values()), "Together", frame.is_dark())
    frame.chart(figure, key="causes_chart")


def _products(result: RevenuePrediction) -> None:
    changed = sorted(
        (p for p in result.products if abs(p.delta_daily_revenue) >= 0.0005),
        key=lambda p: -abs(p.delta_daily_revenue),
    )
    if not changed:
        frame.title("No product changes", "")
        return
    gain = max(changed, key=lambda p: p.delta_daily_revenue)
    frame.title(
        f"{gain.name} gains most" if gain.delta_daily_revenue > 0 else "Every product loses",
        "By product, money a day; the steps add up to the total",
    )
    shown, rest = changed[:BARS], changed[BARS:]
    labels = [p.name for p in shown]
    values = [p.delta_daily_revenue for p in shown]
    if rest:
        labels.append(f"{len(rest)} others")
        values.append(sum(p.delta_daily_revenue for p in rest))
    figure = charts.waterfall(
        labels, values, "Together", frame.is_dark(), sideways=True, phone=frame.is_phone()
    )
    frame.chart(figure, key="products_chart")


def _risks(result: RevenuePrediction) -> None:
    frame.title("What may make it less", "And what to do about it")
    st.html("".join(
        f'<p class="wb-risk"><b class="wb-{frame.text(risk.impact)}">{frame.text(risk.impact)}</b>'
        f"{frame.text(risk.factor)}<br><span>{frame.text(risk.mitigation)}</span></p>"
        for risk in result.risk_factors
    ))


def _source(result: RevenuePrediction) -> None:
    model, even = result.model, result.break_even
    word = fmt.confidence(model.confidence_score)
    frame.title(f"{word.capitalize()} confidence", model.learned_from)
    day, odds = result.proposed.observed, fmt.nine_in_ten(result.confidence_level)
    facts = (
        ("Earns then", fmt.estimate(result.proposed.daily_revenue, day.lower, day.upper, "a day"),
         f"The mean day of the next {result.horizon_days} days, chance included, {odds}"),
        ("Costs to carry out", fmt.money(even.implementation_cost), "Labor to touch the changed positions"),
        ("Pays back", fmt.days_to_recover(even.days_to_recover), "At the expected lift"),
        ("Data quality", fmt.confidence(model.data_quality_score), "Days of history, less days out of stock"),
        ("Takes into account", ", ".join(model.factors_considered), f"{model.draws:,} draws"),
    )  # fmt: skip
    rows = "".join(
        f'<tr title="{frame.text(tip)}"><td>{frame.text(label)}</td><td>{frame.text(value)}</td></tr>'
        for label, value, tip in facts
    )
    st.html(f'<table class="wb-facts">{rows}</table>')


show()
