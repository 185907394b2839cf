"""Home: the fleet at a glance, what needs attention, one click to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import charts, empty, frame, nav, session, tables
from pages.parts import format as fmt
from pages.parts.fleet_map import fleet_map

if TYPE_CHECKING:
    from core.fleet.glance import Attention, FleetView, SiteCard

LIST_LENGTH = 8
GRAVE, NOTABLE = 0.7, 0.4
_BEFORE = "on the period before"
_NEAR = "home_near"


def show() -> None:
    fleet = session.workbench().fleet()
    if not fleet.sites:
        empty.no_sites()
        return
    _headline(fleet)
    _numbers(fleet)
    left, right = st.columns([1.9, 1], gap="small")
    with left:
        _map(fleet)
    with right:
        _attention(fleet)
    _trend(fleet)
    _sites(fleet)


def _headline(fleet: FleetView) -> None:
    pairs = fleet.attention
    today = sum(site.revenue_day for site in fleet.sites)
    sites = fmt.count(len(fleet.sites), "site")
    if not pairs:
        frame.headline(f"{sites} earn {fmt.money(today)} a day", "nothing needs attention")
        return
    waiting = len({site.site_id for site, _ in pairs})
    site, item = pairs[0]
    frame.headline(
        f"{waiting} of {sites} {'needs' if waiting == 1 else 'need'} attention",
        f"the fleet earns {fmt.money(today)} a day",
        f"start with {site.name}",
        nav.page_path(item.page),
        _params(site, item),
    )


def _numbers(fleet: FleetView) -> None:
    days = fleet.daily.tail(session.context().days)
    before = fleet.daily.iloc[: -len(days)].tail(len(days))
    waiting = sum(1 for site in fleet.sites if site.attention)
    with st.grid(4, min_column_width=150):
        for label, column, say in (
            ("Revenue a day", "revenue", fmt.money),
            ("Units a day", "units", fmt.units),
        ):
            now, then = days[column].mean(), before[column].mean()
            st.metric(
                label,
                say(now),
                _change(now, then),
                delta_description=_BEFORE,
                delta_color="blue" if not then or now >= then else "orange",
                chart_data=_weekly(days[column]),
                border=True,
                height="stretch",
            )
        st.metric(
            "Need attention",
            f"{waiting}",
            f"of {fmt.count(len(fleet.sites), 'site')}",
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )
        stockouts = sum(site.stockouts_week for site in fleet.sites)
        st.metric(
            "Sold out",
            f"{stockouts:,}",
            "slot days in the last week",
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )


def _weekly(values: pd.Series) -> list[float]:
    """Seven-day means, so that a small line shows the course and not the weekend."""
    return [float(v) for v in values.rolling(7, min_periods=1).mean()]


def _change(now: float, before: float) -> str | None:
    """With an ASCII minus, by which the metric chooses its arrow."""
    return f"{100 * (now / before - 1):+.1f}%" if before else None


def _map(fleet: FleetView) -> None:
    """A bubble of several sites zooms in on them; a single site opens its planogram."""
    near = set(st.session_state.get(_NEAR, ()))
    sites = [s for s in fleet.sites if s.site_id in near] or list(fleet.sites)
    with st.container(border=True, key="card_map"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            frame.title(
                _where(fleet), "Area: revenue a day. Orange: sites that need attention. Select one to look closer."
            )
            if near:
                st.button(
                    "All sites", icon=":material/zoom_out_map:", on_click=st.session_state.pop, args=(_NEAR,)
                )
        picked = fleet_map(sites, frame.is_dark(), key=f"fleet_map_{len(sites)}")
    if len(picked) > 1 and set(picked) != near:
        st.session_state[_NEAR] = picked
        st.rerun()
    if len(picked) == 1:
        _open(next(s for s in fleet.sites if s.site_id == picked[0]))


def _where(fleet: FleetView) -> str:
    """Which kind of place earns most of the money."""
    totals = (
        pd.Series([s.revenue_day for s in fleet.sites]).groupby([s.venue_type for s in fleet.sites]).sum()
    )
    part = fmt.share(totals.max() / max(totals.sum(), 1e-9))
    return f"{str(totals.idxmax()).capitalize()} sites earn {part} of the money"


def _open(site: SiteCard) -> None:
    if site.planogram_ids:
        session.look_at(site.planogram_ids[0])
        st.switch_page(nav.EDITOR, query_params=session.link_params(site.planogram_ids[0]))


def _trend(fleet: FleetView) -> None:
    days = fleet.daily.tail(max(session.context().days, 28))
    with st.container(border=True, key="card_trend"):
        frame.title(
            _finding(days), f"Revenue of all sites, {fmt.days(days['day'].iloc[0], days['day'].iloc[-1])}"
        )
        figure = charts.trend(days["day"], days["revenue"], "that day", frame.is_dark())
        st.plotly_chart(figure, theme=None, config=charts.CONFIG, key="trend")
        tables.download(days, "Download the days", "revenue_by_day")


def _finding(days: pd.DataFrame) -> str:
    """What the revenue did over the period, first week against last."""
    first, last = days["revenue"].head(7).mean(), days["revenue"].tail(7).mean()
    if not first or abs(last / first - 1) < 0.02:
        return f"Revenue holds at {fmt.money(last)} a day"
    verb = "rose" if last > first else "fell"
    return f"Revenue {verb} {fmt.percent(abs(100 * (last / first - 1)))} to {fmt.money(last)} a day"


def _attention(fleet: FleetView) -> None:
    pairs = fleet.attention
    with st.container(border=True, key="card_attention"):
        frame.title(
            "What needs attention", "" if pairs else "Nothing at the moment: all sites sell as expected."
        )
        for site, item in pairs[:LIST_LENGTH]:
            st.page_link(
                nav.page_path(item.page),
                label=f"**{frame.md(site.name)}**  \n{frame.md(item.message)}",
                icon=_icon(item.severity),
                width="stretch",
                query_params=_params(site, item),
            )
        if len(pairs) > LIST_LENGTH:
            frame.quiet(f"and {len(pairs) - LIST_LENGTH} more in the table below")


def _params(site: SiteCard, item: Attention) -> dict[str, str]:
    planogram_id = item.planogram_id or next(iter(site.planogram_ids), None)
    return session.link_params(planogram_id) if planogram_id else {}


def _icon(severity: float) -> str:
    if severity >= GRAVE:
        return ":material/error:"
    return ":material/warning:" if severity >= NOTABLE else ":material/lightbulb:"


def _sites(fleet: FleetView) -> None:
    frame_of_sites = pd.DataFrame(
        {
            "Site": [s.name for s in fleet.sites],
            "Type": [s.venue_type for s in fleet.sites],
            "Revenue a day": [s.revenue_day for s in fleet.sites],
            "Change": [None if s.change is None else 100 * s.change for s in fleet.sites],
            "Last 28 days": [list(s.trend) for s in fleet.sites],
            "Attention": [s.attention[0].message if s.attention else "" for s in fleet.sites],
        }
    )
    with st.container(border=True, key="card_sites"):
        frame.title(_best(fleet), "Select a row to open its planogram.")
        picked = st.dataframe(
            frame_of_sites,
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
            key="sites",
            height=min(38 + 35 * len(frame_of_sites), 420),
            column_config={
                "Site": st.column_config.TextColumn(width="medium"),
                "Revenue a day": st.column_config.NumberColumn(format="$%.2f"),
                "Change": st.column_config.NumberColumn(
                    format="%+.0f%%", help="the last two weeks against the eight before"
                ),
                "Last 28 days": st.column_config.LineChartColumn(y_min=0),
                "Attention": st.column_config.TextColumn(width="large"),
            },
        )
        tables.download(frame_of_sites.drop(columns="Last 28 days"), "Download the sites", "sites")
    rows = picked.selection.rows if picked else []
    if rows:
        _open(fleet.sites[rows[0]])


def _best(fleet: FleetView) -> str:
    best = max(fleet.sites, key=lambda s: s.revenue_day)
    return f"{best.name} earns most: {fmt.money(best.revenue_day)} a day"


show()
