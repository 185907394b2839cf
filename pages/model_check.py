"""Model check: how good the forecasts were, how honest their intervals, and whether anything drifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from pages.parts import check_charts as charts
from pages.parts import check_words as words
from pages.parts import empty, frame, jobs, nav, session, tables
from pages.parts import format as fmt

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from core.capabilities.model_check import Choice, Drift, Grouping, ModelCheck
    from core.workbench import Workbench
    from core.workbench.judgement import JudgedFleet

GRAINS = {"Place and week": "place", "Product and week": "product", "Product and 4 weeks": "month"}
PERIODS = {"4 weeks": 4, "12 weeks": 12, "A year": 52}
LEADS = {"1 week": 1, "2": 2, "3": 3, "4 weeks": 4, "All": 0}
EVERYTHING = "Everything"
OWN, DEMO = "Your places", "Demo places"
GROUPINGS = {
    "Volume": "volume", "Category": "category", "Kind of place": "venue", "Place": "place",
    "Weeks ahead": "ahead", "Model version": "version",
}  # fmt: skip
VIEWS = ("Error", "Lean", "Intervals")
DRIFT = "drift"
MOST_FINDINGS = 6
WORKING = "The past weeks are being forecast, each from the days before it alone"
FAILED = "The past weeks could not be forecast"
_JOB = "keep_forecasts"
PERCENT = st.column_config.NumberColumn(format="%.0f%%")


def show() -> None:
    wb = session.workbench()
    own, demo = wb.judged_origins()
    if jobs.current(_JOB) is not None:
        _working()
        return
    kept = [wb.judged_fleet(is_demo) for is_demo, any_kept in ((False, own), (True, demo)) if any_kept]
    due = [fleet for fleet in kept if fleet.kept.newest is not None]
    if not due:
        _waiting(wb, kept, can_judge=not demo)
        return
    head = st.container()
    fleet = due[0] if len(due) == 1 else due[_which(wb)]
    choice = _controls(fleet)
    check = wb.model_check(fleet, choice)
    drift = wb.drift(fleet)
    with head:
        text, quiet = words.headline(check, drift, choice.weeks)
        frame.headline(f"{text};", quiet, "see what" if drift.now else "", anchor=DRIFT if drift.now else "")
    if check.scores is None:
        return
    _figures(check)
    left, right = st.columns([1.75, 1], gap="small")
    with left, st.container(border=True, key="card_weeks", height="stretch"):
        _over_time(check)
    with right, st.container(border=True, key="card_calibration", height="stretch"):
        _calibration(check)
    left, right = st.columns([1.75, 1], gap="small")
    with left, st.container(border=True, key="card_classes", height="stretch"):
        _classes(wb, fleet, choice)
    with right, st.container(border=True, key="card_drift", height="stretch"):
        _drift(drift)
    _misses(wb, fleet, choice)
    _outcomes(wb)
    left, right = st.columns([1.2, 1], gap="small")
    with left, st.container(border=True, key="card_fits", height="stretch"):
        _fits(wb)
    with right, st.container(border=True, key="card_runs", height="stretch"):
        _runs(fleet)


def _which(wb: Workbench) -> bool:
    """The origin of the place that is looked at, unless another is chosen."""
    looked_at = session.context().planogram_id
    is_demo = any(card.is_demo for card in wb.planograms() if card.id == looked_at)
    picked = st.segmented_control(
        "Of", [OWN, DEMO], default=DEMO if is_demo else OWN, key="origin", bind="query-params", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return picked == DEMO


def _offer(wb: Workbench, text: str, quiet: str = "") -> None:
    with st.container(border=True, key="card_empty", width=640):
        frame.headline(text, quiet)
        frame.quiet(
            "Forecasts are kept when they are made and compared with what is sold. Past weeks can be "
            "forecast now, each from the days before it alone, so that there is something to judge at once."
        )
        if st.button("Judge the past 12 weeks", type="primary", icon=":material/fact_check:"):
            jobs.start(_JOB, "The judging", lambda tell: _judge(wb, tell))
            st.rerun()


def _judge(wb: Workbench, tell: jobs.Progress) -> None:
    wb.keep_forecasts(False, lambda share, doing: tell(0.3 * share, doing))
    wb.keep_forecasts(True, lambda share, doing: tell(0.3 + 0.7 * share, doing))


def _working() -> None:
    head = st.container()
    job = jobs.follow(_JOB)
    with head:
        frame.headline(WORKING if job is None else FAILED)
    if job is None:
        return
    del st.session_state[_JOB]
    if job.error is None:
        st.rerun()
    frame.show_error(job.error)


def _waiting(wb: Workbench, kept: list[JudgedFleet], can_judge: bool) -> None:
    if not wb.fleet().sites:
        empty.no_sites()
        return
    first = min((run.last_known for fleet in kept for run in fleet.runs), default=None)
    if first is None:
        _offer(wb, "No forecast has been kept yet")
        return
    text, since = "No forecast has come due yet", f"the first was made from sales to {fmt.day(first)}"
    if can_judge and wb.fleet().is_demo:
        _offer(wb, text, since)
        return
    frame.headline(text, since)
    empty.state(
        "A forecast is judged when its week is over and its sales are in.",
        "It takes eight weeks of sales before past weeks can be forecast afterwards.",
        "Import newer sales", nav.DATA,
    )  # fmt: skip


def _controls(fleet: JudgedFleet) -> Choice:
    from core.capabilities.model_check import Choice, choices

    def one(label: str, options: dict[str, Any], default: str, key: str) -> Any:
        picked = st.segmented_control(
            label, list(options), default=default, key=key, bind="query-params", required=True
        )
        return options[picked or default]

    with st.container(horizontal=True, vertical_alignment="top"):
        grain = one("Judged by", GRAINS, "Place and week", "by")
        weeks = one("Period", PERIODS, "12 weeks", "back")
        lead = one("Weeks ahead", LEADS, "1 week", "lead") if grain != "month" else 0
        among = st.selectbox(
            "Class", [EVERYTHING, *choices(fleet.kept, fleet.labels, grain)], key=f"class_{grain}", width=220
        )
    return Choice(grain, weeks, lead, "" if among == EVERYTHING else among)


def _top() -> DeltaGenerator:
    """Title and control of a card: side by side, on a phone one below the other."""
    if frame.is_phone():
        return st.container()
    return st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="top")


def _figures(check: ModelCheck) -> None:
    assert check.scores is not None
    with st.grid(5, min_column_width=150):
        for label, value, note in words.figures(check.scores, check.choice.grain):
            st.metric(label, value, note, delta_color="off", delta_arrow="off", border=True, height="stretch")


@st.fragment
def _over_time(check: ModelCheck) -> None:
    scores = check.scores
    assert scores is not None
    with _top():
        title = st.container(width="stretch")
        view = st.segmented_control(
            "Shown", VIEWS, default="Error", key="shown", bind="query-params", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    weeks, each = [w.week for w in check.over_time], [w.scores for w in check.over_time]
    span = words.SPAN[check.choice.grain]
    with title:
        if view == "Lean":
            frame.title(words.bias_title(scores), "Units expected against units sold, by week")
            lines = [charts.Line("lean", [100 * s.bias for s in each], "main")]
            axis, goal, zero = "more (+) or less (−) expected", 0.0, False
        elif view == "Intervals":
            frame.title(words.held_title(scores), f"Share of actuals inside the interval, {span}")
            lines = [charts.Line("95% held", [100 * s.coverage[0.95] for s in each], "second"),
                     charts.Line("80% held", [100 * s.coverage[0.8] for s in each], "main")]
            axis, goal, zero = "held", 80.0, True
        else:
            frame.title(words.error_title(scores), f"Share of the units sold, {span}; {words.AGAINST}")
            lines = [
                charts.Line("forecast", [100 * s.wape for s in each], "main"),
                charts.Line("last sales", [_percent(s.naive) for s in each], "reference"),
                charts.Line("counting noise", [100 * s.floor for s in each], "floor"),
            ]
            axis, goal, zero = "off by", None, True
    figure = charts.over_time(weeks, lines, axis, frame.is_dark(), goal, zero, frame.is_phone())
    frame.chart(figure, key="weeks")
    tables.download(words.week_table(check), "Download the weeks", "accuracy_by_week")


@st.fragment
def _calibration(check: ModelCheck) -> None:
    scores = check.scores
    assert scores is not None
    with _top():
        title = st.container(width="stretch")
        view = st.segmented_control(
            "Shown", ("Curve", "Histogram"), default="Curve", key="honest", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    with title:
        frame.title(*words.curve_title(scores))
    dark = frame.is_dark()
    if view == "Histogram":
        frame.chart(charts.histogram(check.pit, scores.rows, dark), key="pit")
    else:
        frame.chart(charts.calibration(check.levels, check.held, check.held_error, dark), key="curve")
    table = pd.DataFrame({"Claimed": check.levels, "Held": check.held, "Standard error": check.held_error})
    tables.download(table, "Download the curve", "calibration")


@st.fragment
def _classes(wb: Workbench, fleet: JudgedFleet, choice: Choice) -> None:
    options = [g for g in GROUPINGS if choice.grain != "place" or GROUPINGS[g] not in ("category", "volume")]
    if not any(fleet.labels.venues.values()):
        options.remove("Kind of place")
    with _top():
        title = st.container(width="stretch")
        label = st.selectbox("Classes", options, key=f"grouping_{choice.grain}", width=170,
                             label_visibility="collapsed")
    grouping: Grouping = GROUPINGS[label]  # type: ignore[assignment]
    scores = wb.accuracy_by_class(fleet, choice, grouping)
    table = words.class_table(scores, label)
    with title:
        frame.title(words.class_title(scores, label.lower()),
                    "Before: repeating the same span before · noise: what counting alone leaves")
    st.dataframe(
        table, hide_index=True, height=tables.height(len(table), 318),
        column_config={
            "Units": st.column_config.NumberColumn(format="localized"),
            "Judged": st.column_config.NumberColumn(format="localized"),
            **dict.fromkeys(("Off by", "Before", "Noise", "Pinball", "80% held", "95% held"), PERCENT),
            "Leans": st.column_config.NumberColumn(format="%+.0f%%"),
            "MASE": st.column_config.NumberColumn(format="%.2f"),
        },
    )  # fmt: skip
    tables.download(table, "Download the classes", f"accuracy_by_{grouping}")


def _drift(drift: Drift) -> None:
    now = drift.now
    past = [d for d in drift.found if d.until is not None]
    st.html(
        f'<p class="wb-title" id="{DRIFT}">{words.drift_title(len(now), len(past))}</p><p class="wb-quiet">'
        "Weeks that lean one way for longer than chance would; 1 in 20 may be a false alarm</p>"
    )
    for found in [*now, *past][:MOST_FINDINGS]:
        names = "".join(f"<br>{frame.text(name)}" for name in found.members if len(found.members) > 1)
        st.html(
            f'<p class="wb-risk" title="chance without drift {max(found.p, 0.0001):.4f}">'
            f"{frame.text(words.capital(words.lean(found)))}<br><span>{words.span(found)}</span></p>"
            + (f'<details class="wb-quiet"><summary>Which</summary>{names[4:]}</details>' if names else "")
        )
    if len(drift.found) > MOST_FINDINGS:
        frame.quiet(f"and {len(drift.found) - MOST_FINDINGS} more in the download")
    frame.quiet(words.stability(drift.shift))
    if drift.found:
        tables.download(words.drift_table(drift.found), "Download the findings", "drift")


def _misses(wb: Workbench, fleet: JudgedFleet, choice: Choice) -> None:
    misses = wb.worst_misses(fleet, choice)
    if not misses:
        return
    table = words.miss_table(misses, fleet.labels)
    with st.container(border=True, key="card_misses"):
        frame.title(words.miss_title(misses), "Product weeks outside their 95% interval, by units missed")
        st.dataframe(
            table, hide_index=True, height=tables.height(len(table), 423),
            column_config={
                "Place": st.column_config.TextColumn(width=150),
                "Week of": st.column_config.DateColumn(format="MMM D, YYYY", width=105),
                "Expected": st.column_config.NumberColumn(format="%.0f", width=80),
                "95% interval": st.column_config.TextColumn(width=95),
                "Sold": st.column_config.NumberColumn(width=60),
                "Likely reason": st.column_config.TextColumn(width="large"),
            },
        )  # fmt: skip
        tables.download(table, "Download the misses", "worst_misses")


def _outcomes(wb: Workbench) -> None:
    """What-ifs that were really carried out."""
    found = wb.whatif_outcomes()
    with st.container(border=True, key="card_outcomes"):
        if not found:
            frame.title(
                "No what-if has been carried out yet",
                "When imported sales show that a predicted plan has stood for two weeks, its money is "
                "compared with the prediction here.",
            )
            return
        table = words.outcome_table(found, {card.id: card.name for card in wb.planograms()})
        held = int(table["Held"].sum())
        frame.title(
            f"{held} of {fmt.count(len(table), 'what-if')} that were carried out earned what was predicted",
            "Money a mean day after the change, against the predicted interval",
        )
        st.dataframe(table, hide_index=True, column_config={
            "Predicted a day": st.column_config.NumberColumn(format="$%.2f"),
            "Earned a day": st.column_config.NumberColumn(format="$%.2f"),
        })
        tables.download(table, "Download the outcomes", "whatif_outcomes")


def _fits(wb: Workbench) -> None:
    fits = wb.fits()
    newest = f", the newest {fmt.ago(fits[0].created_at)}" if fits else ""
    told = "Each is compared with the one it would replace, on days that neither has seen"
    frame.title(f"{fmt.count(len(fits), 'model')} learned{newest}", told)
    if fits:
        table = words.fit_table(fits)
        tables.wrapped(table)
        tables.download(table, "Download the models", "models_learned")


def _runs(fleet: JudgedFleet) -> None:
    replayed = sum(r.replayed for r in fleet.runs)
    frame.title(
        f"{fmt.count(len(fleet.runs), 'forecast')} kept, {replayed} of them replayed",
        "Replayed: made later for a past day, from the days before it alone",
    )
    table = pd.DataFrame([
        {
            "Known to": fmt.day(r.last_known), "Made": "replayed" if r.replayed else fmt.ago(r.created_at),
            "Model": f"version {r.model_version}", "Products": r.series,
        }
        for r in fleet.runs
    ])  # fmt: skip
    st.dataframe(
        table, hide_index=True, height=tables.height(len(table), 250),
        column_config={"Products": st.column_config.NumberColumn(format="localized")},
    )  # fmt: skip
    tables.download(table, "Download the forecasts made", "forecasts_made")


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


show()
