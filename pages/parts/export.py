"""Taking a plan along as a file, and bringing one in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.errors import WorkbenchError
from core.planogram.tone import TONES
from core.trust.access import Role
from pages.parts import format as fmt
from pages.parts import frame, nav, picker, session, tables

if TYPE_CHECKING:
    from core.store.planograms import SavedPlanogram, VersionCard
    from core.workbench import Workbench
    from core.workbench.files import PlanImport

FORMATS = {
    "pdf": ("PDF", ":material/picture_as_pdf:"), "png": ("Picture", ":material/image:"),
    "xlsx": ("Excel", ":material/table:"), "csv": ("CSV", ":material/csv:"),
    "json": ("JSON", ":material/code:"), "psa": ("Space planning (.psa)", ":material/shelves:"),
}
GUIDES = {"pdf": ("PDF", ":material/picture_as_pdf:"), "md": ("Text", ":material/notes:"),
          "json": ("JSON", ":material/code:")}
TYPES = ["csv", "xlsx", "json", "psa", "txt", "tsv"]
EMPTY_SHELF = "An empty shelf"
VERSIONS_OFFERED = 30
_LOOKED, _DONE = "plan_file_looked", "plan_file_done"


# --- out ---


@st.fragment
def menu(wb: Workbench, saved: SavedPlanogram, unsaved: int = 0) -> None:
    """A button that opens the formats and the instructions of a plan; nothing is asked before it is open."""
    opened = st.popover("Download", icon=":material/download:", key="download_menu", on_change="rerun")
    if not opened.open:
        return
    with opened:
        frame.title(f"{saved.name}, version {saved.version}", _unsaved(unsaved))
        with st.container(horizontal=True, gap="small"):
            for kind, (label, icon) in FORMATS.items():
                _button(wb, saved, kind, label, icon)
        frame.title("Instructions for the store", "Pictures with numbers, and steps to check off")
        others = [v for v in wb.versions(saved.id) if v.version != saved.version][:VERSIONS_OFFERED]
        start = st.selectbox("What stands there now", [None, *others], format_func=_from, key="guide_from")
        tone = st.segmented_control("Tone", TONES, default=TONES[0], key="guide_tone", required=True,
                                    format_func=str.capitalize, help=_tones_help(wb))
        with st.container(horizontal=True, gap="small"):
            for kind, (label, icon) in GUIDES.items():
                _guide(wb, saved, kind, label, icon, start, tone or TONES[0])


def _unsaved(changes: int) -> str:
    if not changes:
        return "Made when you press"
    verb = "is" if changes == 1 else "are"
    return f"As saved: {fmt.count(changes, 'change')} that you have not saved {verb} not in it"


def _from(version: VersionCard | None) -> str:
    if version is None:
        return EMPTY_SHELF
    return f"Version {version.version}, {fmt.day(version.effective_from or version.created_at.date())}"


def _button(wb: Workbench, saved: SavedPlanogram, kind: str, label: str, icon: str) -> None:
    from core.workbench.files import MEDIA_TYPES, file_name

    st.download_button(
        label, lambda: wb.export_planogram(saved.id, kind, saved.version).content,
        file_name(saved.name, kind), MEDIA_TYPES[kind], key=f"export_{kind}", icon=icon, on_click="ignore",
    )  # fmt: skip


def _guide(
    wb: Workbench, saved: SavedPlanogram, kind: str, label: str, icon: str, start: VersionCard | None,
    tone: str,
) -> None:
    from core.workbench.files import MEDIA_TYPES, file_name

    before = None if start is None else start.version
    about = "instructions" if before is None else f"reset from version {before}"
    st.download_button(
        label, lambda: wb.instructions(saved.id, kind, before, saved.version, tone).content,
        file_name(saved.name, kind, about), MEDIA_TYPES[kind], key=f"guide_{kind}", icon=icon,
        on_click="ignore",
    )  # fmt: skip


def _tones_help(wb: Workbench) -> str:
    """Who words the steps."""
    from pages.parts import told

    by = frame.md(wb.language_models[0]) if wb.language_models else ""
    return f"Friendly and terse are worded by {by}, with every number and name kept." if by else \
        f"{told.BY_RULES} {told.ADVICE}"


# --- in ---


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file would bring, for one answer to "create the missing products?"."""

    file_id: str
    with_products: bool
    found: PlanImport | None
    error: WorkbenchError | None


def bring_in(wb: Workbench) -> None:
    """Import a plan: drop it, see what it holds and what would be left out, take it in."""
    done: PlanImport | None = st.session_state.get(_DONE)
    if done is not None:
        _taken_in(done)
        return
    frame.title(
        "Import a plan",
        "A planogram as CSV, Excel, JSON or PSA becomes a new draft. Columns slot and product are enough.",
    )
    if Role.named(wb.actor.role) < Role.MANAGER:
        frame.quiet("A manager can import plans.")
        return
    upload = st.file_uploader("Plan file", type=TYPES, max_upload_size=32, label_visibility="collapsed",
                              key="plan_file")
    if upload is None:
        return
    looked = _look(wb, upload, with_products=False)
    if looked.error is not None or (looked.found and looked.found.rejected):
        wish = st.toggle("Create products that are missing", value=False, key=f"make_{upload.file_id}")
        looked = _look(wb, upload, with_products=wish) if wish else looked
    if looked.error is not None:
        frame.show_error(looked.error)
    elif looked.found is not None:
        _offer(wb, upload, looked)


def _look(wb: Workbench, upload: Any, *, with_products: bool) -> Looked:
    """What the file would bring; computed once for each answer."""
    kept: dict[bool, Looked] = st.session_state.setdefault(_LOOKED, {})
    old = kept.get(with_products)
    if old is not None and old.file_id == upload.file_id:
        return old
    found = error = None
    try:
        found = wb.import_planograms(
            upload.getvalue(), upload.name, create_products=with_products, dry_run=True)
    except WorkbenchError as raised:
        error = raised
    kept[with_products] = Looked(upload.file_id, with_products, found, error)
    return kept[with_products]


def _offer(wb: Workbench, upload: Any, looked: Looked) -> None:
    found = looked.found
    assert found is not None
    first = found.planograms[0]
    fixture = first.plan.fixture
    parts = [
        fmt.count(found.rows_imported, "position"), f"{fixture.rows} rows, {fixture.width_in:g} in wide",
        f"{fmt.count(found.products_created, 'new product')}" if found.products_created else "",
        fmt.count(len(found.planograms), "plan") if len(found.planograms) > 1 else "",
    ]
    frame.title(first.name, " · ".join(p for p in parts if p))
    _left_out(found)
    sites = {c.site_id: c.site_name for c in wb.planograms() if c.site_id is not None}
    where = st.selectbox("Where it stands", [None, *sorted(sites, key=sites.__getitem__)], key="plan_site",
                         format_func=lambda site_id: sites.get(site_id, picker.NO_PLACE))
    if st.button("Import the plan", type="primary", icon=":material/download_done:"):
        with frame.telling():
            st.session_state[_DONE] = wb.import_planograms(
                upload.getvalue(), upload.name, site_id=where, create_products=looked.with_products)
            session.look_at(st.session_state[_DONE].planograms[0].id)
            st.session_state.pop(_LOOKED, None)
            st.rerun()


def _left_out(found: PlanImport) -> None:
    for note in found.notes:
        frame.quiet(note)
    if found.rejected:
        rows = pd.DataFrame([{"Line": r.line, "What is wrong": r.error} for r in found.rejected])
        frame.title(f"{fmt.count(len(rows), 'row')} left out")
        tables.wrapped(rows, 50)
        tables.download(rows, "Download the list", "plan_rows_left_out")


def _taken_in(done: PlanImport) -> None:
    names = ", ".join(saved.name for saved in done.planograms[:3])
    frame.title(f"{names} is here as a draft" if len(done.planograms) == 1 else f"{names} are here as drafts",
                f"{fmt.count(done.rows_imported, 'position')} imported")
    _left_out(done)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(nav.EDITOR, label="**Open in the editor**", icon=":material/grid_view:",
                     query_params=session.link_params(done.planograms[0].id))
        st.button("Import another plan", icon=":material/add:", on_click=_forget)


def _forget() -> None:
    st.session_state.pop(_DONE, None)
