"""The context in the sidebar: site → planogram → version → period."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, session

if TYPE_CHECKING:
    from core.store.planograms import PlanogramCard, VersionCard
    from core.workbench import Workbench

NO_PLACE = "No place yet"
"""Where drafts stand that were imported or made for no site."""
_PERIOD_NAMES = {7: "Last 7 days", 28: "Last 28 days", 90: "Last 90 days", 365: "Last 12 months"}


def show(wb: Workbench) -> None:
    """Draw the pickers and keep the session's context in step with them."""
    cards = wb.planograms()
    if not cards:
        return
    card = _current(cards)
    wanted = session.context().planogram_id
    if card.id != wanted:
        if wanted is not None:
            told = f"Planogram {wanted} is not there; this is {frame.md(card.name)}."
            st.toast(told, icon=":material/info:")
        session.look_at(card.id)
    with st.sidebar.container(key="context", gap="xsmall"):
        _site(cards, card)
        _planogram([c for c in cards if c.site_name == card.site_name], card)
        _version(wb.versions(card.id))
        _period()


def _current(cards: list[PlanogramCard]) -> PlanogramCard:
    """The planogram that is wanted, else the first that stands somewhere, else any."""
    wanted = session.context().planogram_id
    placed = next((c for c in cards if c.site_name), cards[0])
    return next((c for c in cards if c.id == wanted), placed)


def _site(cards: list[PlanogramCard], card: PlanogramCard) -> None:
    first = {}
    for c in cards:
        first.setdefault(c.site_name, c.id)
    st.session_state.pick_site = card.site_name
    st.selectbox(
        "Site",
        sorted(first, key=lambda name: (not name, name)),
        key="pick_site",
        format_func=lambda name: name or NO_PLACE,
        on_change=lambda: session.look_at(first[st.session_state.pick_site]),
    )


def _planogram(cards: list[PlanogramCard], card: PlanogramCard) -> None:
    if len(cards) < 2:
        return
    names = {c.id: _within(c) for c in cards}
    st.session_state.pick_planogram = card.id
    st.selectbox(
        "Planogram",
        list(names),
        key="pick_planogram",
        format_func=names.__getitem__,
        on_change=lambda: session.look_at(st.session_state.pick_planogram),
    )


def _within(card: PlanogramCard) -> str:
    """The name without its site's, which stands above it: the sidebar is narrow."""
    rest = card.name.removeprefix(card.site_name or "").strip(" ,-·")
    return rest[:1].upper() + rest[1:] if rest else card.name


def _version(versions: list[VersionCard]) -> None:
    """Newest first; the newest is what a link without a version opens."""
    newest = max((v.version for v in versions), default=None)
    by_number = {v.version: v for v in sorted(versions, key=lambda v: -v.version)}
    if len(by_number) < 2:
        return
    chosen = session.context().version or newest
    st.session_state.pick_version = chosen if chosen in by_number else newest

    def say(number: int) -> str:
        return f"Version {number} · {fmt.day(by_number[number].created_at.date())}"

    def turn() -> None:
        picked = st.session_state.pick_version
        session.look_at(session.context().planogram_id, None if picked == newest else picked)

    st.selectbox("Version", list(by_number), key="pick_version", format_func=say, on_change=turn)


def _period() -> None:
    st.session_state.pick_days = session.context().days

    def turn() -> None:
        session.set_context(replace(session.context(), days=st.session_state.pick_days))

    st.selectbox(
        "Period", session.PERIODS, key="pick_days", format_func=_PERIOD_NAMES.__getitem__, on_change=turn
    )
