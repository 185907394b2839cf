"""Taking a photo of a shelf, by upload or camera, and choosing which audit to look at."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import WorkbenchError
from core.pictures import LIMIT_BYTES
from pages.parts import frame

if TYPE_CHECKING:
    from core.store.audits import SavedAudit
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench

UPLOAD, CAMERA = "Upload a photo", "Use the camera"
MOST_MB = LIMIT_BYTES // 2**20
_AUDIT, _READ = "audit", "wb_audit_read"


def show(wb: Workbench, plan: SavedPlanogram, *, is_first: bool) -> bool:
    """The place to drop a photo, folded away once there is an audit. Whether a new photo was audited, which
    is then looked at."""
    with st.expander("New photo", expanded=is_first, icon=":material/add_a_photo:"):
        way = st.segmented_control(
            "Photo", (UPLOAD, CAMERA), default=UPLOAD, key="audit_way", required=True,
            label_visibility="collapsed",
        )
        if way == CAMERA:
            sent = st.camera_input("Photo", key=f"audit_camera_{plan.id}", label_visibility="collapsed")
        else:
            sent = st.file_uploader(
                "Photo of the shelf", key=f"audit_upload_{plan.id}", max_upload_size=MOST_MB,
                label_visibility="collapsed",
            )
            frame.quiet(f"JPEG, PNG or WebP, up to {MOST_MB} MB and 50 megapixels.")
        return sent is not None and _audit(wb, plan, sent.getvalue())


def _audit(wb: Workbench, plan: SavedPlanogram, photo: bytes) -> bool:
    """Once for each photo and version of the plan: a rerun of the page reads nothing anew."""
    mark = (plan.id, plan.version, hashlib.sha256(photo).hexdigest())
    if st.session_state.get(_READ) == mark:
        return False
    try:
        with st.spinner(f"Reading the photo and comparing it with {frame.md(plan.name)} …", show_time=True):
            made = wb.audit_photo(plan.id, photo, plan.version)
    except WorkbenchError as error:
        frame.show_error(error)
        return False
    st.session_state[_READ] = mark
    look_at(made.id)
    return True


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
