"""Home: the fleet at a glance, what needs attention, one click to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import charts, empty, frame, life_home, nav, session, tables, tiles
from pages.parts import format as fmt
from pages.parts.fleet_map import fleet_map

if TYPE_CHECKING:
    from core.fleet.glance import Attention, FleetView, SiteCard

LIST_LENGTH = 8
GRAVE = 0.7
_NEAR = "home_near"


def show() -> None:
    fleet = session.workbench().fleet()
    if not fleet.sites:
        empty.no_sites()
        return
    daily = _daily(fleet, session.context().days)
    _headline(fleet, daily)
    _numbers(fleet, daily)
    kept = st.container()
    left, right = st.columns([1.9, 1], gap="small")
    with left:
        _map(fleet)
    with right:
        waiting = session.workbench().open_answers()
        _attention(fleet, LIST_LENGTH - life_home.lines(waiting))
        life_home.show(waiting)
    _trend(daily)
    _sites(fleet)
    with kept:  # at last: answering them may take a while, and the rest does not wait for it
        tiles.show()


def _headline(fleet: FleetView, daily: pd.DataFrame) -> None:
    pairs = _first_of_each(fleet)
    earned = daily["revenue"].tail(session.context().days).mean() if len(daily) else 0.0
    sites = fmt.count(len(fleet.sites), "site")
    waiting = sum(site.needs_attention for site in fleet.sites)
    if not waiting:
        notes = f"; {fmt.count(len(pairs), 'note')} below" if pairs else ""
        earn = "earns" if len(fleet.sites) == 1 else "earn"
        frame.headline(f"{sites} {earn} {fmt.money(earned)} a day", f"none needs attention{notes}")
        return
    site, item = pairs[0]
    frame.headline(
        f"{waiting} of {sites} {'needs' if waiting == 1 else 'need'} attention",
        f"the fleet earns {fmt.money(earned)} a day",
        f"start with {site.name}",
        nav.page_path(item.page),
        _params(site, item),
    )


def _first_of_each(fleet: FleetView) -> list[tuple[SiteCard, Attention]]:
    """Each site once, with the gravest of what it has, the gravest first."""
    first: dict[int, tuple[SiteCard, Attention]] = {}
    for site, item in fleet.attention:
        first.setdefault(site.site_id, (site, item))
    return list(first.values())


def _numbers(fleet: FleetView, daily: pd.DataFrame) -> None:
    days = session.context().days
    grave = sum(site.needs_attention for site in fleet.sites)
    stockouts = sum(site.stockouts_week for site in fleet.sites)
    with st.grid(4, min_column_width=150):
        _moving("Revenue a day", daily["revenue"], fmt.money, days)
        _moving("Units a day", daily["units"], fmt.units, days)
        _standing("Need attention", f"{grave}", f"of {fmt.count(len(fleet.sites), 'site')}")
        _standing("Sold out", f"{stockouts:,}", "slot days in 7 days")


def _moving(label: str, values: pd.Series, say: Callable[[float], str], days: int) -> None:
    """A number that changes from period to period, with its seven-day course."""
    now, then = values.tail(days).mean(), values.iloc[:-days].tail(days).mean()
    known = bool(then == then and then)
    st.metric(
        label,
        say(now),
        _change(now, then) if known else None,
        delta_description=f"vs the {days} days before" if known else None,
        delta_color="blue" if not known or now >= then else "orange",
        chart_data=[float(v) for v in values.rolling(7, min_periods=1).mean().tail(days)],
        border=True,
        height="stretch",
    )


def _standing(label: str, value: str, of: str) -> None:
    st.metric(label, value, of, delta_color="off", delta_arrow="off", border=True, height="stretch")


def _daily(fleet: FleetView, days: int) -> pd.DataFrame:
    """``day``, ``revenue``, ``units`` of the period and, for comparison, of the one before it."""
    if 2 * days <= len(fleet.daily) or fleet.end is None:
        return fleet.daily
    start = fleet.end - timedelta(days=2 * days - 1)
    items = session.workbench().sales_summary(start=start, end=fleet.end, by="day").items or ()
    daily = pd.DataFrame(items, columns=["day", "revenue", "units"])
    daily["day"] = pd.to_datetime(daily["day"])
    return daily if len(daily) else fleet.daily


def _change(now: float, before: float) -> str:
    """With an ASCII minus, by which the metric chooses its arrow."""
    return f"{100 * (now / before - 1):+.1f}%"


def _map(fleet: FleetView) -> None:
    """A bubble of several sites zooms in on them; a single site opens its planogram."""
    near = set(st.session_state.get(_NEAR, ()))
    sites = [s for s in fleet.sites if s.site_id in near] or list(fleet.sites)
    with st.container(border=True, key="card_map"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            frame.title(
                _where(fleet),
                "Area: revenue a day. Orange: sites that need attention. Select one to look closer.",
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


def _trend(daily: pd.DataFrame) -> None:
    days = daily.tail(max(session.context().days, 28))
    with st.container(border=True, key="card_trend"):
        frame.title(
            _finding(days), f"Revenue of all sites, {fmt.days(days['day'].iloc[0], days['day'].iloc[-1])}"
        )
        figure = charts.trend(days["day"], days["revenue"], "that day", frame.is_dark())
        frame.chart(figure, key="trend")
        tables.download(days, "Download the days", "revenue_by_day")


def _finding(days: pd.DataFrame) -> str:
    """What the revenue did over the period, first week against last."""
    first, last = days["revenue"].head(7).mean(), days["revenue"].tail(7).mean()
    if not first or abs(last / first - 1) < 0.02:
        return f"Revenue holds: {fmt.money(last)} a day in the last week"
    verb = "rose" if last > first else "fell"
    change = fmt.percent(abs(100 * (last / first - 1)))
    return f"Revenue {verb} {change} to {fmt.money(last)} a day in the last week"


def _attention(fleet: FleetView, most: int) -> None:
    pairs = _first_of_each(fleet)
    with st.container(border=True, key="card_attention"):
        frame.title(
            "What needs attention", "" if pairs else "Nothing at the moment: all sites sell as expected."
        )
        grave = sum(site.needs_attention for site in fleet.sites)
        for site, item in pairs[:most]:
            st.page_link(
                nav.page_path(item.page),
                label=f"**{frame.md(site.name)}**  \n{frame.md(item.message)}",
                icon=_icon(item.severity),
                width="stretch",
                query_params=_params(site, item),
            )
        if len(pairs) > most:
            notes = len(pairs) - max(most, grave)
            more = [fmt.count(max(grave - most, 0), "site"), fmt.count(notes, "smaller note")]
            rest = " and ".join(text for text in more if not text.startswith("0 "))
            frame.quiet(f"and {rest} in the table below")


def _params(site: SiteCard, item: Attention) -> dict[str, str]:
    planogram_id = item.planogram_id or next(iter(site.planogram_ids), None)
    return session.link_params(planogram_id) if planogram_id else {}


def _icon(severity: float) -> str:
    if severity >= GRAVE:
        return ":material/error:"
    from core.fleet.glance import NOTABLE

    return ":material/warning:" if severity >= NOTABLE else ":material/lightbulb:"


def _sites(fleet: FleetView) -> None:
    sites = sorted(fleet.sites, key=lambda s: -s.revenue_day)
    frame_of_sites = pd.DataFrame(
        {
            "Site": [s.name for s in sites],
            "Type": [s.venue_type.capitalize() for s in sites],
            "Revenue a day": [s.revenue_day for s in sites],
            "Change": pd.Series([None if s.change is None else 100 * s.change for s in sites], dtype=float),
            "Last 28 days": [list(s.trend) for s in sites],
            "Attention": [s.attention[0].message if s.attention else "" for s in sites],
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
            height=tables.height(len(frame_of_sites), 420),
            column_config={
                "Site": st.column_config.TextColumn(width="medium"),
                "Type": st.column_config.TextColumn(width=150),
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
        _open(sites[rows[0]])


def _best(fleet: FleetView) -> str:
    best = max(fleet.sites, key=lambda s: s.revenue_day)
    return f"{best.name} earns most: {fmt.money(best.revenue_day)} a day"


show()
