"""The editor: drag products to slots and see at once what each move is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.trust.access import Role
from pages.parts import empty, export, frame, life_panel, life_strip, session
from pages.parts.shelf_editor import sent, shelf_editor, shown
from pages.parts.shelf_editor.desk import Desk

if TYPE_CHECKING:
    from core.workbench import Workbench

_DESKS = "editor_desks"
SHELF, ROOM = "Shelf", "3-D"
OPENING_HEIGHT = 640
_KEPT = 8
"""Desks of other planograms that a session keeps, with their unsaved edits."""


def show() -> None:
    wanted = session.context()
    if wanted.planogram_id is None:
        empty.no_sites()
        return
    with st.skeleton(height=OPENING_HEIGHT):
        desk = _desk(session.workbench(), wanted.planogram_id, wanted.version)
        desk.audited = session.workbench().last_audit(desk.saved.id)
        desk.overlay = st.query_params.get("overlay", desk.overlay)
    offered = session.take_proposal(desk.saved.id)
    if offered is not None:
        desk.adopt(*offered)
        session.keep_draft(desk.saved.id, desk.plan)
    _editor(desk)
    life_panel.show(session.workbench(), desk.saved)


def _desk(wb: Workbench, planogram_id: int, version: int | None) -> Desk:
    """The person's desk for this plan: the one with unsaved edits, else a fresh one."""
    desks: dict[tuple[int, int | None], Desk] = st.session_state.setdefault(_DESKS, {})
    saved = wb.open(planogram_id, version)
    key = (saved.id, None if saved.version == saved.last_version else saved.version)
    desk = desks.pop(key, None)
    if desk is None or not (desk.session.changed or desk.saved.version == saved.version):
        overlay = st.query_params.get("overlay", desk.overlay if desk else "revenue")
        may_edit = Role.named(wb.actor.role) >= Role.MANAGER
        desk = Desk(saved, wb.site(saved.id), wb, may_edit=may_edit, overlay=overlay)
    desks[key] = desk
    for old in list(desks)[:-_KEPT]:
        del desks[old]
    return desk


@st.fragment
def _editor(desk: Desk) -> None:
    """Everything that a drop changes; no other part of the page runs again."""
    key = f"shelf_editor_{desk.saved.id}"

    def edited() -> None:
        desk.handle(sent(key))
        session.keep_draft(desk.saved.id, desk.plan if desk.session.changed else None)

    if desk.goto is not None:
        session.look_at(desk.goto)
        desk.goto = None
        st.rerun(scope="app")
    if st.query_params.get("overlay") != desk.overlay:
        st.query_params["overlay"] = desk.overlay
    with st.container(key="editor_head", horizontal=True, horizontal_alignment="distribute",
                      vertical_alignment="center"):
        with st.container(width="stretch"):
            frame.headline(*shown.so_what(desk))
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
            export.menu(session.workbench(), desk.saved, desk.session.unsaved)
            view = _view()
    life_strip.show(session.workbench(), desk.saved.id, desk.saved.last_version, desk.session.unsaved)
    if view == ROOM:
        _room(desk)
    else:
        shelf_editor(desk.payload(), key=key, on_edit=edited)


def _view() -> str:
    """Which picture of the plan is shown; kept in the URL."""
    asked = ROOM if st.query_params.get("view") == "3d" else SHELF
    view = st.segmented_control("View", (SHELF, ROOM), default=asked, key="editor_view",
                                required=True, label_visibility="collapsed", width="content")
    if view == ROOM and asked != ROOM:
        st.query_params["view"] = "3d"
    elif view == SHELF and asked != SHELF:
        del st.query_params["view"]
    return view or SHELF


def _room(desk: Desk) -> None:
    """The plan as it would stand in the room, to look at."""
    from pages.parts.shelf_3d import shelf_3d  # read when first looked at
    from pages.parts.shelf_3d.scene import scene

    plan, catalog = desk.plan, desk.site.catalog
    view = scene(plan, catalog, key=desk.plan_key, name=desk.saved.name, overlays=shown.overlays(desk))
    shelf_3d(view, key=f"shelf_3d_{desk.saved.id}")


with frame.telling():
    show()
