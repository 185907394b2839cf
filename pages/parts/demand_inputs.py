"""What if: warmer days, an event, a holiday, laid over the forecast. State lives in the URL."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import frame

if TYPE_CHECKING:
    from core.capabilities.outside import Outside

FAHRENHEIT = 1.8
"""Degrees Fahrenheit for one degree Celsius."""
USUAL_C = 20.0
"""Only the difference to the usual counts."""
_NOTHING = {"warmer": 0, "event": None, "event_days": 1, "event_more": 20, "day_off": None}


def show(first_day: date, horizon: int) -> Outside | None:
    """The expander with its inputs; what they say of the days ahead, None where nothing."""
    last = first_day + timedelta(days=horizon - 1)
    told = sum(_given(key) for key in ("warmer", "event", "day_off"))
    label = "What if" + (f" · {told} supposed" if told else ": weather, events, holidays")
    with st.expander(label, told > 0, icon=":material/tune:", key="what_if_inputs"):
        frame.quiet(
            "Neither weather nor events are kept with past sales: their effect is the one stated here, by "
            "category for the weather. Public holidays are known already."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            warmer = st.number_input(
                "Warmer than usual, °F", -25, 25, 0, 1, key="warmer", bind="query-params", width=150,
                help="every day ahead; negative: colder",
            )  # fmt: skip
            event = st.date_input(
                "Event from", None, first_day, last, key="event", bind="query-params", width=150,
                format="MM/DD/YYYY",
            )  # fmt: skip
            days = st.number_input("for days", 1, 28, 1, 1, key="event_days", bind="query-params", width=110)
            more = st.number_input(
                "changes demand by, %", -90, 400, 20, 5, key="event_more", bind="query-params", width=150
            )
            off = st.date_input(
                "Extra holiday on", None, first_day, last, key="day_off", bind="query-params", width=150,
                format="MM/DD/YYYY", help="a day off that is no public holiday, with the effect of past ones",
            )  # fmt: skip
            if told and st.button("Suppose nothing", icon=":material/restart_alt:", on_click=_forget):
                return None
    return _outside(first_day, horizon, warmer, event, days, more, off)


def _outside(
    first_day: date, horizon: int, warmer: float, event: date | None, days: int, more: float, off: date | None
) -> Outside | None:
    from core.capabilities.outside import Event, Holiday, Outside, Weather

    ahead = [first_day + timedelta(days=k) for k in range(horizon)]
    shift = warmer / FAHRENHEIT
    outside = Outside(
        tuple(Weather(day, USUAL_C + shift, usual=USUAL_C) for day in ahead) if warmer else (),
        (Event(event, event + timedelta(days=days - 1), "Event", 1 + more / 100),) if event else (),
        (Holiday(off, "Extra holiday"),) if off else (),
    )
    return outside if outside.told else None


def _given(key: str) -> bool:
    """Whether an input says something; on a link's first run only the URL knows."""
    return st.session_state.get(key, st.query_params.get(key)) not in (None, 0, "")


def _forget() -> None:
    st.session_state.update(_NOTHING)
