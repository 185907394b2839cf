"""Models: what language models are asked and cost, where a text would go, what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, session, tables
from pages.parts import model_admin as admin
from pages.parts import model_charts as charts
from pages.parts import model_words as words

if TYPE_CHECKING:
    from core.capabilities.model_use import ModelUse
    from core.workbench import Workbench

PERIODS = {"7 days": 7, "30 days": 30, "90 days": 90}
EXAMPLE = "Why does the lobby machine sell less than the gym, and should we change it?"
STATES = ("All", "In use", "Not installed")
WITHOUT = (
    "Nothing is broken without one. With one, overviews, what-ifs and audits are worded more freely, harder "
    "questions are understood, and unsure packages on photos get a second look. Here you would see what each "
    "kind of work costs a day against its budget, how long people wait, how good the answers are, what "
    "failed, and whether anything drifts."
)


def show() -> None:
    wb = session.workbench()
    head = st.container()
    use = wb.model_use(PERIODS[_period(wb)])
    spent = {budget.name: budget for budget in wb.model_budgets()}
    with head:
        if use.whole.answers:
            frame.headline(*words.headline(use, spent["month"].spent_usd, spent["month"].cap_usd))
        else:
            _nothing(wb, len(use.days))
    for fault in wb.model_faults:
        frame.fallback(frame.md(fault))
    if use.whole.answers:
        _used(wb, use)
    _routing(wb)
    with st.container(border=True, key="card_registry"):
        _registry(wb)
    with st.container(border=True, key="card_versions"):
        admin.versions(wb)


def _period(wb: Workbench) -> str:
    """Nothing to choose where no model is set up and none was asked."""
    longest = max(PERIODS, key=PERIODS.__getitem__)
    if not wb.language_models and not wb.model_use(PERIODS[longest]).whole.answers:
        return longest
    period = st.segmented_control(
        "Period", list(PERIODS), default="30 days", key="use_days", bind="query-params", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return period or "30 days"


def _routing(wb: Workbench) -> None:
    """Where a text would go, and for whom; the latter only where there is a model to give."""
    left, right = st.columns([1.35, 1], gap="small") if wb.language_models else (st.container(), None)
    with left, st.container(border=True, key="card_route", height="stretch"):
        _route(wb)
    if right is not None:
        with right, st.container(border=True, key="card_rollout", height="stretch"):
            admin.roll_out(wb)


def _nothing(wb: Workbench, days: int) -> None:
    """No call in the period: by rules alone, or not yet."""
    models = wb.language_models
    if models:
        frame.headline("No language model was asked", f"in {days} days; {', '.join(models)} waits for work")
    else:
        frame.headline("Rules write every text here, for $0", "no language model is set up")
    with st.container(border=True, key="card_empty", width=760):
        frame.title("What a language model would add", WITHOUT)
        frame.quiet(
            "A local server costs nothing: set WORKBENCH_LOCAL_LLM_URL to Ollama, vLLM or llama.cpp. The "
            "table below says how to get each of the others."
        )


def _used(wb: Workbench, use: ModelUse) -> None:
    with st.grid(5, min_column_width=150):
        for label, value, note in words.figures(use):
            st.metric(label, value, note, delta_color="off", delta_arrow="off", border=True, height="stretch")
    left, right = st.columns([1.75, 1], gap="small") if use.whole.cost_usd else (None, st.container())
    if left is not None:
        with left, st.container(border=True, key="card_cost", height="stretch"):
            _cost(wb, use)
    with right, st.container(border=True, key="card_budget", height="stretch"):
        _budgets(wb, use)
    with st.container(border=True, key="card_kinds"):
        _kinds(use)
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="card_faults", height="stretch"):
        _faults(use)
    with right, st.container(border=True, key="card_people", height="stretch"):
        _people(wb, use)


def _cost(wb: Workbench, use: ModelUse) -> None:
    frame.title(words.cost_title(use), "Dollars a day by kind of work; rules and local models cost nothing")
    day = wb.budget_limits()["day"][0]
    frame.chart(charts.cost_by_day(use, day, frame.is_dark(), frame.is_phone()), key="cost")
    tables.download(words.cost_table(use), "Download the costs", "model_costs_by_day")


def _budgets(wb: Workbench, use: ModelUse) -> None:
    found = wb.model_budgets()
    month = found[-1]
    share = month.spent_usd / month.cap_usd if month.cap_usd else 1.0
    frame.title(
        f"{fmt.percent(100 * share)} of this month's budget is spent",
        "Days and months of UTC. A call that could reach beyond a budget is not made; a rule answers.",
    )
    for budget in reversed(found):
        full = min(budget.spent_usd / budget.cap_usd, 1.0) if budget.cap_usd else 1.0
        label = f"{words.BUDGETS[budget.name]}: {words.usd(budget.spent_usd)} of {fmt.money(budget.cap_usd)}"
        st.progress(full, text=frame.md(label))
    frame.quiet(words.premium_line(use))
    admin.budgets(wb)


def _kinds(use: ModelUse) -> None:
    table = words.kind_table(use)
    frame.title(
        f"{fmt.count(len(use.kinds), 'kind')} of work, the dearest first",
        "Local: answered by rules or local models · simpler: a rule answered for want of better",
    )
    st.dataframe(
        table, hide_index=True, height=tables.height(len(table), 388),
        column_config={
            "Answers": st.column_config.NumberColumn(format="localized"),
            "Local": st.column_config.NumberColumn(format="%.0f%%"),
            "Cost": st.column_config.NumberColumn(format="$%.4f"),
            "Median": st.column_config.NumberColumn(format="%.2f s"),
            "95 of 100 within": st.column_config.NumberColumn(format="%.2f s"),
            "Quality": st.column_config.NumberColumn(format="%.2f"),
        },
    )  # fmt: skip
    tables.download(table, "Download the kinds", "model_use_by_kind")


def _faults(use: ModelUse) -> None:
    calls = sum(use.faults.values())
    lines = words.fault_lines(use)
    failed = f"{fmt.count(calls, 'call')} brought no usable answer"
    frame.title(
        failed if calls else "Every call brought a usable answer",
        "None of these reached a page as an error: the next model was asked, or a rule answered",
    )
    st.html('<ul class="wb-list">' + "".join(f"<li>{frame.text(line)}</li>" for line in lines) + "</ul>")


def _people(wb: Workbench, use: ModelUse) -> None:
    found = wb.model_acceptance(len(use.days))
    judged, right = sum(a.judged for a in found), sum(a.right for a in found)
    frame.title(
        f"People found {fmt.share(right / judged)} of {fmt.count(judged, 'judged answer')} right" if judged
        else "Nobody has judged an answer yet",
        "Each answer of Ask can be called right or wrong",
    )
    lines = words.acceptance_lines(found)
    st.html('<ul class="wb-list">' + "".join(f"<li>{frame.text(line)}</li>" for line in lines) + "</ul>")
    frame.quiet(words.drift_line(wb.model_drift()))


@st.fragment
def _route(wb: Workbench) -> None:
    title = st.container()
    with st.container(horizontal=True, vertical_alignment="top"):
        text = st.text_area(
            "A text", EXAMPLE, height=96, max_chars=4_000, key="route_text", width="stretch",
        )
        kind = st.selectbox(
            "Kind of work", list(words.KINDS), index=list(words.KINDS).index("answer_text"),
            format_func=words.kind, key="route_kind", width=220,
        )
    where, why = words.route_lines(wb.route(kind, text))
    with title:
        frame.title("Where would this go?", "Nothing is called to find out, and nothing leaves.")
    st.html(f'<p class="wb-big" style="font-size:1.1rem">{frame.text(where)}</p>')
    frame.quiet(why)


@st.fragment
def _registry(wb: Workbench) -> None:
    entries = wb.models()
    there = sum(e.installed for e in entries)
    frame.title(
        f"{there} of {fmt.count(len(entries), 'model')} are installed",
        "All are optional; without one, what stands beside it does its work. Prices are per million tokens.",
    )
    if not entries:
        return
    with st.container(horizontal=True):
        state = st.segmented_control("Shown", STATES, default="All", key="state", required=True,
                                     label_visibility="collapsed")
        purposes = ["All purposes", *dict.fromkeys(e.purpose.capitalize() for e in entries)]
        purpose = st.selectbox("For", purposes, key="purpose", width=220, label_visibility="collapsed")
    chosen = [
        e for e in entries
        if purpose in ("All purposes", e.purpose.capitalize())
        and (state == "All" or (state == "In use" and e.installed and e.in_use)
             or (state == "Not installed" and not e.installed))
    ]  # fmt: skip
    table = words.registry_table(chosen)
    columns = [name for name in table.columns if name != "How to get it"]
    if frame.is_phone():  # what fits on the screen first
        columns.sort(key=lambda name: name not in ("Model", "Status"))
    st.dataframe(
        table, hide_index=True, height=tables.height(len(table), 423), column_order=columns,
        column_config={"Model": st.column_config.TextColumn(width=190 if frame.is_phone() else 330)},
    )
    tables.download(table, "Download the models", "models")
    missing = {e.title: e.how for e in entries if not e.installed}
    if missing:
        title = st.selectbox("How to get one that is missing", list(missing), key="how_to_get", width=420)
        st.code(missing[title].replace("; ", "\n"), language="bash", wrap_lines=True)


show()
