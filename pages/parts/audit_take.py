"""Taking a photo of a shelf, by upload or camera, and choosing which audit to look at."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from core.pictures import LIMIT_BYTES, check
from core.trust.access import Role
from pages.parts import frame, jobs

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.store.audits import SavedAudit
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench

UPLOAD, CAMERA = "Upload a photo", "Use the camera"
MOST_MB = LIMIT_BYTES // 2**20
USUAL_S = 8.0
_AUDIT, _READ, _JOB, _FOR = "audit", "wb_audit_read", "wb_audit_job", "wb_audit_for"


def working() -> bool:
    """Whether a photo of this session is being read."""
    job = jobs.current(_JOB)
    return job is not None and not job.done.is_set()


def arrived(plan: SavedPlanogram) -> None:
    """Turn the page to the audit that has just been made, or tell why there is none."""
    job = jobs.take(_JOB)
    if job is None:
        return
    if job.error is not None:
        frame.show_error(job.error)
    elif job.result.card.planogram_id == plan.id:
        look_at(job.result.id)
    else:
        st.toast(f"The photo of {frame.md(job.result.card.planogram)} is read.", icon=":material/check:")


def show(wb: Workbench, plan: SavedPlanogram, *, is_first: bool) -> None:
    """The place to drop a photo, folded away once there is an audit; while one is read, how far that is."""
    if working():
        with st.container(border=True, key="card_audit_progress"):
            frame.title(f"A photo of {st.session_state.get(_FOR, plan.name)}")
            jobs.follow(_JOB)
        return
    with st.expander("New photo", expanded=is_first, icon=":material/add_a_photo:"):
        way = st.segmented_control(
            "Photo", (UPLOAD, CAMERA), default=UPLOAD, key="audit_way", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        prices = wb.reads_prices and st.checkbox(
            "Read the price labels too", key="audit_prices", help="Takes some seconds more."
        )
        if way == CAMERA:
            sent = st.camera_input("Photo", key=f"audit_camera_{plan.id}", label_visibility="collapsed")
        else:
            sent = st.file_uploader(
                "Photo of the shelf", key=f"audit_upload_{plan.id}", max_upload_size=MOST_MB,
                label_visibility="collapsed",
            )  # fmt: skip
            frame.quiet(f"JPEG, PNG or WebP, up to {MOST_MB} MB and 50 megapixels.")
        if Role.named(wb.actor.role) >= Role.MANAGER and wb.can_sample(plan.plan):
            _offer(wb, plan)
    if sent is not None:
        _read(wb, plan, sent.getvalue(), prices)


def _offer(wb: Workbench, plan: SavedPlanogram) -> None:
    """A photo for who has none."""
    with st.container(horizontal=True, vertical_alignment="center", key="audit_sample_row"):
        if st.button("Try it with a sample photo", icon=":material/draw:", key="audit_sample"):
            _begin(plan, "Drawing a sample photo", lambda tell: wb.audit_sample(plan.id, plan.version, tell))
        frame.quiet("A photo of this demo shelf is drawn, with five things wrong on it.")


def _read(wb: Workbench, plan: SavedPlanogram, photo: bytes, prices: bool) -> None:
    """Once for each photo, version of the plan and way to read: a rerun of the page reads nothing anew. A
    file that is no photo is told at once."""
    mark = (plan.id, plan.version, prices, hashlib.sha256(photo).hexdigest())
    if st.session_state.get(_READ) == mark:
        return
    with frame.telling():
        check(photo)
        st.session_state[_READ] = mark
        _begin(plan, "Reading the photo",
               lambda tell: wb.audit_photo(plan.id, photo, plan.version, tell, prices=prices))


def _begin(plan: SavedPlanogram, name: str, work: Callable[[jobs.Progress], SavedAudit]) -> None:
    st.session_state[_FOR] = plan.name
    jobs.start(_JOB, name, work, USUAL_S)
    st.rerun()


def look_at(audit_id: int) -> None:
    """Turn the page to an audit; a link to it stands in the URL."""
    st.query_params[_AUDIT] = str(audit_id)


def chosen(wb: Workbench, plan: SavedPlanogram) -> SavedAudit | None:
    """The audit of the URL where it is one of this plan, else the plan's newest; None without one."""
    asked = st.query_params.get(_AUDIT, "")
    if asked.isdecimal() and len(asked) < 16:
        found = frame.attempt(lambda: wb.audit(int(asked)))
        if found is not None and found.card.planogram_id == plan.id:
            return found
    cards, _ = wb.audits(plan.id, limit=1)
    return wb.audit(cards[0].id) if cards else None
