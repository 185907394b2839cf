"""Photo audit: a picture of the shelf against its plan, what is wrong on it, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.trust.access import Role
from pages.parts import (
    audit_counts,
    audit_findings,
    audit_fixes,
    audit_history,
    audit_take,
    empty,
    frame,
    nav,
    session,
    told,
)
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.store.audits import SavedAudit
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench

FINDINGS, FIXES, COUNTS, HISTORY = "Findings", "Fix list", "Facings and shares", "History"


def show() -> None:
    now = session.context()
    if now.planogram_id is None:
        empty.no_sites()
        return
    wb = session.workbench()
    plan = wb.open(now.planogram_id, now.version)
    head = st.container()
    audit_take.arrived(plan)
    saved = audit_take.chosen(wb, plan)
    if Role.named(wb.actor.role) >= Role.DRIVER:
        audit_take.show(wb, plan, is_first=saved is None)
    with head:
        _headline(wb, plan, saved)
    if saved is None:
        _nothing_yet(wb, plan)
        return
    _notes(saved)
    _pictures(wb, plan)
    _in_words(wb, plan, saved)
    view = st.segmented_control(
        "What to look at", (FINDINGS, FIXES, COUNTS, HISTORY), default=FINDINGS, key="audit_view",
        bind="query-params", required=True, label_visibility="collapsed",
    )  # fmt: skip
    if view == FIXES:
        audit_fixes.show(wb, plan, saved)
    elif view == COUNTS:
        audit_counts.show(saved)
    elif view == HISTORY:
        audit_history.show(wb, plan, saved.id)
    else:
        audit_findings.show(wb, saved)


def _in_words(wb: Workbench, plan: SavedPlanogram, saved: SavedAudit) -> None:
    """The audit in two sentences for the store."""
    from core.compliance.spoken import summed_up

    audit = wb.judged(saved.id).audit if saved.verdicts else saved.audit
    dismissed = tuple(v.violation for v in saved.verdicts.values() if v.verdict == "dismissed")
    words = summed_up(audit, dismissed)
    about = ("audit", saved.id, words)
    told.show(wb, words, about, lambda: wb.sum_up_audit(audit, plan.name, dismissed))


def _headline(wb: Workbench, plan: SavedPlanogram, saved: SavedAudit | None) -> None:
    if saved is None:
        frame.headline(
            f"Photograph {plan.name} and get a fix list",
            "Every product that is missing, wrong, moved or short of facings, in seconds.",
        )
        return
    audit = wb.judged(saved.id).audit if saved.verdicts else saved.audit
    dismissed = {v.violation for v in saved.verdicts.values() if v.verdict == "dismissed"}
    if audit.compliance_score is None:
        frame.headline(f"The photo of {plan.name} shows none of its planned facings", audit.summary)
        return
    left = sum(v.id not in dismissed for v in audit.violations)
    low, high = (fmt.share(v).rstrip("%") for v in (audit.score_low or 0.0, audit.score_high or 0.0))
    between = "" if low == high else f"({low}–{high}%) "
    frame.headline(
        f"{plan.name}: {fmt.share(audit.compliance_score)} stands as planned, "
        + (f"{fmt.count(left, 'thing')} to mend" if left else "nothing to mend"),
        f"{between}{_taken(saved)}",
    )


def _taken(saved: SavedAudit) -> str:
    if saved.card.is_drawn:
        return f"a sample photo, drawn {fmt.ago(saved.card.at)}"
    return f"photographed {fmt.ago(saved.card.at)} by {saved.card.by}"


def _notes(saved: SavedAudit) -> None:
    """What makes the result less sure, before the result."""
    for problem in saved.reading.quality.problems:
        unusable = problem.severity == "unusable"
        st.warning(
            f"{frame.md(problem.text)} {frame.md(problem.hint)}",
            icon=":material/no_photography:" if unusable else ":material/photo_camera:",
        )
    for reason in saved.reading.fallbacks:
        frame.fallback(reason)
    if saved.card.is_drawn:
        frame.fallback("A drawn sample, not a photo of a real shelf")
    for note in saved.audit.notes:
        frame.quiet(note)


def _pictures(wb: Workbench, plan: SavedPlanogram) -> None:
    """Where packshots are missing, the way to add them: nothing makes audits surer."""
    missing = set(plan.plan.product_ids) - wb.pictured()
    if missing and Role.named(wb.actor.role) >= Role.MANAGER:
        st.page_link(
            nav.DATA, label=f"Add the pictures of {fmt.count(len(missing), 'product')}",
            icon=":material/add_photo_alternate:",
        )  # fmt: skip


def _nothing_yet(wb: Workbench, plan: SavedPlanogram) -> None:
    with st.container(border=True, key="card_audit_how"):
        frame.title(
            "A good photo", "Stand straight before the shelf, all of it in the picture, without flash."
        )
        frame.quiet(
            "What stands there is recognized by the pictures of your products and held against "
            f"{plan.name}. You confirm or correct with a tap, and the next audit is better for it."
        )
    _pictures(wb, plan)
    audit_history.show(wb, plan, None)


with frame.telling():
    show()
