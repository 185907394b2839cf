"""Roll-out, budgets and versions of the router, on the Models page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, tables
from pages.parts import model_words as words

if TYPE_CHECKING:
    from core.store.language import PolicyCard
    from core.workbench import Workbench

ONLY_ADMINS = "An administrator may change this."


def may(wb: Workbench) -> bool:
    from core.trust.access import Role

    return Role.named(wb.actor.role) >= Role.ADMIN


def versions(wb: Workbench) -> None:
    """What the weekly look saw and changed, and any version put back in force."""
    cards = wb.router_policies()
    if not cards:
        frame.title(
            "The router still works with the thresholds of the start",
            "Once a week it looks at how its answers were judged and moves each threshold by one step at "
            "most, where at least 20 answers near it speak for that. The report is kept here and can be "
            "taken back.",
        )
        return
    newest = cards[0]
    looked = next((c for c in cards if c.origin in ("tuned", "checked")), None)
    last = f"last looked at {fmt.ago(looked.created_at)}" if looked else "never tuned yet"
    frame.title(f"Version {newest.policy.version} of the router's settings is in force", last)
    for line in words.report_lines(looked)[:6] if looked else ():
        st.html(f'<p class="wb-risk">{frame.text(line)}</p>')
    table = words.version_table(cards)
    tables.wrapped(table, most=12)
    tables.download(table, "Download the versions", "router_versions")
    if may(wb):
        _put_back(wb, cards)
    else:
        frame.quiet(ONLY_ADMINS)


def _put_back(wb: Workbench, cards: list[PolicyCard]) -> None:
    earlier = [c.policy.version for c in cards[1:]] + [0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        version = st.selectbox(
            "Put back", list(dict.fromkeys(earlier)), key="put_back", width=240,
            format_func=lambda v: f"Version {v}" if v else "The settings of the start",
        )  # fmt: skip
        told = f"Version {version} is in force again." if version else "The start is in force again."
        st.button("Put back in force", icon=":material/undo:",
                  on_click=partial(_do, lambda: wb.roll_back_router(version), told))


def budgets(wb: Workbench) -> None:
    """What may be spent; a person may only set less than the installation allows."""
    limits = wb.budget_limits()
    if not may(wb):
        frame.quiet(f"A request may cost {words.usd(limits['request'][0])} at most. {ONLY_ADMINS}")
        return
    with st.popover("Change the budgets", icon=":material/tune:"), st.form("budgets", border=False):
        given = {
            name: st.number_input(
                f"{label}, at most", 0.0, most, now, step=most / 20, format="%.2f", key=f"budget_{name}",
                help=f"This installation allows {words.usd(most)}.",
            )
            for name, label in words.ALLOWED.items() for now, most in (limits[name],)
        }  # fmt: skip
        pressed = st.form_submit_button("Save", type="primary")
        if pressed and _do(lambda: wb.set_model_budgets(given), "The budgets are in force."):
            st.rerun()


def roll_out(wb: Workbench) -> None:
    """A language model for some of the users first."""
    models = wb.language_models
    cards = wb.router_policies()
    shares = cards[0].policy.roll_out if cards else {}
    parts = [f"{m} to {shares[m]:g}% of users" for m in models if shares.get(m, 100.0) < 100.0]
    frame.title(
        "; ".join(parts) or f"All users get {fmt.count(len(models), 'language model')}",
        "Who has a model keeps it as the percentage grows; 0 takes it back.",
    )
    if not may(wb):
        frame.quiet(f"{', '.join(models)}. {ONLY_ADMINS}")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.selectbox("Model", models, key="roll_model", width=240)
        percent = st.number_input(
            "Percent of users", 0, 100, round(shares.get(model, 100.0)), 5, key=f"roll_{model}", width=160,
        )
        st.button("Roll out", icon=":material/group:", on_click=partial(
            _do, lambda: wb.roll_out_model(model, float(percent)), f"{model} goes to {percent}% of users."))


def _do(action: Callable[[], object], told: str) -> bool:
    """Carry out and tell; an error is told in its place. Whether it was done."""
    done = frame.attempt(action) is not None
    if done:
        st.toast(frame.md(told), icon=":material/check:")
    return done
