"""A planogram from a document: sent, read, held beside its draft, what is unsure answered, then saved."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from core.capabilities.draft import Band
from core.planogram.fixture import Placement
from core.trust.access import Role
from pages.parts import format as fmt
from pages.parts import frame, jobs, nav, new_planogram_asked, paper_view, session
from pages.parts import new_planogram_form as form
from pages.parts.paper_desk import Desk

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from core.capabilities.draft import Draft
    from core.workbench import Workbench

UPLOAD, CAMERA = "Upload a file", "Use the camera"
MOST_MB = 20
USUAL_S = 12.0
_JOB, _READ, _DESK, _NAME = "wb_paper_job", "wb_paper_read", "wb_paper", "wb_paper_name"
NEXT = {
    nav.EDITOR: ("Save and edit", ":material/grid_view:"),
    nav.OPTIMIZE: ("Save and optimize", ":material/auto_awesome:"),
}


def show(wb: Workbench, head: DeltaGenerator) -> None:
    """The whole way, in the state that it is in."""
    _arrived()
    job = jobs.current(_JOB)
    if job is not None:
        with head:
            frame.headline("The document is being read", "its products are looked up in your catalog")
        with st.container(border=True, key="card_paper_progress"):
            frame.title(st.session_state.get(_NAME, "A document"))
            jobs.follow(_JOB)
        return
    desk: Desk | None = st.session_state.get(_DESK)
    if desk is None:
        _take(wb, head)
    else:
        _work(wb, head, desk)


def _arrived() -> None:
    job = jobs.take(_JOB)
    if job is None:
        return
    if job.error is not None:
        frame.show_error(job.error)
    else:
        st.session_state[_DESK] = Desk(job.result, st.session_state.get(_NAME, ""))


def _take(wb: Workbench, head: DeltaGenerator) -> None:
    """Where a document is dropped."""
    with head:
        frame.headline("Send a planogram on paper and get it as a draft",
                       "a PDF, a photo or a spreadsheet; you look it over before anything is saved")
    if Role.named(wb.actor.role) < Role.MANAGER:
        frame.quiet("A manager can begin a planogram from a document.")
        return
    with st.container(border=True, key="card_paper"):
        way = UPLOAD
        if wb.reads_photos_of_paper:
            way = st.segmented_control(
                "Document", (UPLOAD, CAMERA), default=UPLOAD, key="paper_way", required=True,
                label_visibility="collapsed",
            )  # fmt: skip
        if way == CAMERA:
            sent = st.camera_input("Photo of the paper", key="paper_camera", label_visibility="collapsed")
        else:
            sent = st.file_uploader("Planogram", key="paper_upload", max_upload_size=MOST_MB,
                                    label_visibility="collapsed")
        frame.quiet(_formats(wb))
        _offer(wb)
    with st.container(border=True, key="card_paper_how"):
        frame.title(
            "What can be read",
            "Drawings with shelf rows and product names, lists by shelf and position, and what this workbench"
            " exports. Codes (UPC) make every product certain; without them names decide.",
        )
    if sent is not None:
        _read(wb, sent.name or "Photo", sent.getvalue())


def _formats(wb: Workbench) -> str:
    if wb.reads_photos_of_paper:
        return f"PDF, photo or scan (JPEG, PNG, WebP), Excel or CSV, up to {MOST_MB} MB and 20 pages."
    return (f"PDF with text, Excel or CSV, up to {MOST_MB} MB and 20 pages. Photos and scans cannot be read, "
            "as what reads letters in pictures is not installed here.")


def _offer(wb: Workbench) -> None:
    """A document for who has none at hand."""
    now = session.context().planogram_id
    if now is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="paper_sample_row"):
        if st.button("Try it with a print", icon=":material/picture_as_pdf:", key="paper_sample"):
            printed = wb.export_planogram(now, "pdf")
            _begin(wb, printed.name, printed.content)
        frame.quiet("The PDF of the planogram that you are looking at is read back.")


def _read(wb: Workbench, name: str, content: bytes) -> None:
    """Once for each file: a rerun of the page reads nothing anew."""
    mark = hashlib.sha256(content).hexdigest()
    if st.session_state.get(_READ) == mark:
        return
    st.session_state[_READ] = mark
    _begin(wb, name, content)


def _begin(wb: Workbench, name: str, content: bytes) -> None:
    st.session_state[_NAME] = name
    jobs.start(_JOB, "Reading the document", lambda tell: wb.read_paper(content, tell), USUAL_S)
    st.rerun()


def _work(wb: Workbench, head: DeltaGenerator, desk: Desk) -> None:
    """The document beside its draft, what is to be answered, and saving."""
    drafted = wb.draft_of_paper(desk.read, None, desk.answers, desk.upside_down)
    with head:
        _headline(drafted, desk)
    _bar(desk)
    for note in desk.read.paper.notes:
        frame.fallback(note)
    side, draft_side = st.columns([1, 1.35], gap="small")
    with draft_side:
        shelves, asked = st.container(), st.container()
        with st.expander("Place, season and fixture", icon=":material/straighten:"):
            if desk.read.paper.is_numbered:
                _direction(desk)
            wish = form.ask(wb, drafted.plan.fixture)
        save = st.container(border=True, key="card_paper_save")
    if wish.fixture != drafted.plan.fixture:
        drafted = wb.draft_of_paper(desk.read, wish.fixture, desk.answers, desk.upside_down)
    catalog = wb.catalog()
    st.html(paper_view.links(len(drafted.found)))
    with side:
        paper_view.document(desk, drafted)
    with shelves:
        paper_view.draft(drafted, catalog, desk)
    with asked:
        new_planogram_asked.show(wb, desk, drafted, catalog)
    _left_out(drafted)
    with save:
        _save(wb, desk, drafted, wish)


def _headline(drafted: Draft, desk: Desk) -> None:
    written = [i for i, r in enumerate(drafted.found) if r.band is not Band.EMPTY]
    known = sum(i in drafted.picks for i in written)
    open_ones = desk.open(drafted)
    left = f"{fmt.count(len(open_ones), 'place')} to look at" if open_ones else "nothing left to ask"
    fixture = drafted.plan.fixture
    is_machine = fixture.placement is Placement.SLOTS
    rows = fmt.count(fixture.rows, "tray" if is_machine else "shelf", "trays" if is_machine else "shelves")
    frame.headline(
        f"{known} of {fmt.count(len(written), 'place')} recognized, {left}", f"{rows}; nothing is saved yet"
    )


def _bar(desk: Desk) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="paper_bar"):
        if st.button("Another document", icon=":material/arrow_back:", key="paper_again"):
            _forget()
            st.rerun()
        if st.button("Undo", icon=":material/undo:", disabled=not desk.history, key="paper_undo"):
            desk.undo()
            st.rerun()
        how = ", ".join(desk.read.paper.methods)
        frame.quiet(f"{desk.name} · read by {how}" if how else desk.name)


def _direction(desk: Desk) -> None:
    top, bottom = "at the top", "at the bottom"
    where = st.segmented_control(
        "Shelf 1 is", (top, bottom), default=bottom if desk.upside_down else top, key="paper_direction",
        required=True,
    )  # fmt: skip
    if (where == bottom) != desk.upside_down:
        desk.upside_down = where == bottom
        st.rerun()


def _left_out(drafted: Draft) -> None:
    """What of the document is not in the draft, and why."""
    told = [(drafted.found[n.cell].cell.text or drafted.found[n.cell].cell.upc, n.reason)
            for n in drafted.not_placed]
    strays = [s.text for s in drafted.paper.strays]
    if told:
        with st.container(border=True, key="card_paper_left"):
            frame.title(f"{fmt.count(len(told), 'product')} found no place in the draft")
            paper_view.table(told, ("Product", "Why"), "not_placed")
    if strays:
        with st.expander(f"{fmt.count(len(strays), 'line')} of the document not used"):
            frame.quiet(" · ".join(dict.fromkeys(strays)))


def _save(wb: Workbench, desk: Desk, drafted: Draft, wish: form.Wish) -> None:
    own = desk.read.paper.title or desk.name.rpartition(".")[0] or desk.name
    name = st.text_input("Name", own[:120], max_chars=120, key=f"paper_title_{desk.key}")
    unsure = desk.open(drafted)
    known = sum(i in drafted.picks for i in unsure)
    if unsure:
        frame.quiet(f"Of the {fmt.count(len(unsure), 'place')} to look at, {known} would be saved with the "
                    f"likeliest product and {len(unsure) - known} empty.")
    pressed = None
    with st.container(horizontal=True, gap="small"):
        for page, (label, icon) in NEXT.items():
            kind = "primary" if page == nav.EDITOR else "secondary"
            ready = bool(name.strip()) and bool(drafted.plan.positions)
            if st.button(label, type=kind, icon=icon, disabled=not ready, key=f"paper_save_{page}"):
                pressed = page
    if pressed is None:
        return
    with frame.telling():
        saved = wb.create_planogram(
            name.strip(), drafted.plan, season=wish.season, site_id=wish.place.site_id,
            comment=f"Read from {desk.name}"[:500],
        )  # fmt: skip
        _forget()
        session.look_at(saved.id)
        st.switch_page(pressed, query_params=session.link_params(saved.id))


def _forget() -> None:
    for key in (_DESK, _READ, _NAME, "paper_upload", "paper_camera"):
        st.session_state.pop(key, None)
