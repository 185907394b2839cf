"""Below the editor: the steps that a plan took, what is said of it, photos of the shelf, and its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.trust.access import Role
from pages.parts import format as fmt
from pages.parts import frame, life_strip, life_versions, life_words, overview_panel, tables

if TYPE_CHECKING:
    from core.planogram.planogram import Planogram
    from core.store.life import Life
    from core.store.plan_talk import Comment
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench

TALK, OVERVIEW, VERSIONS = "Status and talk", "Overview", "Versions side by side"
NO_REASON, NO_SLOT = "A comment", "The whole plan"
PHOTOS_SHOWN, PHOTO_MB = 6, 20


@st.fragment
def show(wb: Workbench, saved: SavedPlanogram) -> None:
    """The panel of one plan."""
    life_strip.follow()
    st.html(f'<div id="{life_strip.PANEL}"></div>')
    view = st.segmented_control("Below the editor", (TALK, OVERVIEW, VERSIONS), default=TALK, key="life_view",
                                required=True, label_visibility="collapsed")
    if view == VERSIONS:
        life_versions.show(wb, saved)
        return
    if view == OVERVIEW:
        overview_panel.show(wb, saved)
        return
    now = wb.life(saved.id)
    said = wb.comments(saved.id)
    may_speak = Role.named(wb.actor.role) >= Role.DRIVER
    left, middle, right = st.columns((0.9, 1.3, 1.0), gap="small")
    with left, st.container(border=True, key="card_life_steps"):
        _steps(wb, now)
    with middle, st.container(border=True, key="card_life_talk"):
        _talk(wb, saved, said, may_speak)
    with right, st.container(border=True, key="card_life_photos"):
        _photos(wb, saved.id, now, may_speak)


# --- steps ---


def _steps(wb: Workbench, now: Life) -> None:
    frame.title(life_words.where(now), "Which version is where")
    if now.steps:
        rows = "".join(
            f"<li><b>{frame.text(life_words.step(s))}</b>"
            + (f"<span>{frame.text(s.note)}</span>" if s.note else "") + "</li>"
            for s in now.steps[:8]
        )
        st.html(f'<ol class="wb-steps">{rows}</ol>')
        columns = ["Status", "Version", "Day", "By", "Note", "Noted"]
        taken = [(s.status, s.version, s.day, s.by, s.note, s.at) for s in now.steps]
        table = pd.DataFrame(taken, columns=columns)
        tables.download(table, "Download the steps", f"steps of {now.name}")
    else:
        frame.quiet("No step has been noted yet. Prepare a version when the store may put it in place.")
    if Role.named(wb.actor.role) >= Role.MANAGER:
        back = [s for s in now.next if s in ("draft", "archived")]
        for status in back:
            st.button(life_words.button(status, now), type="tertiary", icon=life_words.ICONS[status],
                      help=life_words.explained(status, now), key=f"life_back_{status}",
                      on_click=_take_back, args=(wb, now, status))
    problem = st.session_state.pop("life_problem", None)
    if problem is not None:
        frame.show_error(problem)


def _take_back(wb: Workbench, now: Life, status: str) -> None:
    life_strip.take(wb, now, status, None, "")


# --- talk ---


def _talk(wb: Workbench, saved: SavedPlanogram, said: list[Comment], may_speak: bool) -> None:
    open_ = [c for c in said if c.is_open]
    answers = sum(c.reason is not None for c in open_)
    quiet = "Comments, and answers of the store that something cannot be done"
    if open_:
        wait = fmt.count(len(open_), "comment waits", "comments wait")
        told = f"{wait}, {answers} from the store" if answers else wait
    else:
        told = "Nothing waits for an answer"
    frame.title(told, quiet)
    if may_speak:
        _say(wb, saved)
    first = (c for c in said if c.answer_to is None)
    threads = sorted(first, key=lambda c: (not c.is_open, c.reason is None, -c.id))
    for thread in threads[:20]:
        _thread(wb, saved.id, thread, [c for c in said if c.answer_to == thread.id], may_speak)
    if said:
        table = pd.DataFrame([
            {"Version": c.version, "Slot": c.slot, "Product": c.product, "Reason": c.reason, "Text": c.text,
             "By": c.by, "At": c.at, "Closed": c.resolved_at} for c in said
        ])
        tables.download(table, "Download what was said", f"comments on {saved.name}")


def _say(wb: Workbench, saved: SavedPlanogram) -> None:
    from core.store.plan_talk import REASONS

    reasons = {NO_REASON: None, **{f"Store: {words}": code for code, words in REASONS.items()}}
    places = _places(saved.plan, wb)
    with st.form("life_say", clear_on_submit=True, border=False):
        text = st.text_area("What is to be said", max_chars=2000, height=68, label_visibility="collapsed",
                            placeholder="Say something, or tell why the store cannot do it")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            slot = st.selectbox("About", places, format_func=lambda s: places[s])
            reason = st.selectbox("Kind", list(reasons))
            sent = st.form_submit_button("Send", type="primary")
    if sent and frame.attempt(
        lambda: wb.comment(saved.id, text, slot=slot, reason=reasons[reason])
    ) is not None:
        life_strip.forget(saved.id)
        life_strip.follow()


def _places(plan: Planogram, wb: Workbench) -> dict[str | None, str]:
    catalog = wb.catalog()
    known = [(p.slot, catalog[p.product_id]) for p in plan.positions if p.product_id in catalog]
    return {None: NO_SLOT, **{slot: f"{slot} {product.name}" for slot, product in known}}


def _thread(
    wb: Workbench, planogram_id: int, first: Comment, answers: list[Comment], may_speak: bool
) -> None:
    from core.store.plan_talk import REASONS

    with st.container(key=f"said_{first.id}", gap="xxsmall"):
        why = frame.text(REASONS[first.reason]) if first.reason else ""
        reason = f'<b class="wb-reason">Store: {why}</b> ' if why else ""
        closed = "" if first.is_open else f" · closed by {frame.text(first.resolved_by or 'someone')}"
        more = "".join(
            f"<p>{frame.text(a.text)}<span>{frame.text(life_words.about(a))}</span></p>" for a in answers
        )
        st.html(
            f'<div class="wb-said{"" if first.is_open else " wb-closed"}"><p>{reason}{frame.text(first.text)}'
            f"<span>{frame.text(life_words.about(first))}{closed}</span></p>"
            f'{f"<div>{more}</div>" if more else ""}</div>'
        )
        if may_speak:
            _answer(wb, planogram_id, first)


def _answer(wb: Workbench, planogram_id: int, first: Comment) -> None:
    with st.container(horizontal=True, gap="small"):
        with st.popover("Answer", type="tertiary", width="content", key=f"answer_{first.id}"):
            text = st.text_input("Answer", max_chars=2000, key=f"answer_text_{first.id}")
            st.button("Send", key=f"answer_send_{first.id}", type="primary", disabled=not text,
                      on_click=_do, args=(wb, planogram_id, "comment", text, first.id))
        label = "Close" if first.is_open else "Open again"
        st.button(label, type="tertiary", key=f"close_{first.id}", on_click=_do,
                  args=(wb, planogram_id, "close" if first.is_open else "open", "", first.id))


def _do(wb: Workbench, planogram_id: int, what: str, text: str, comment_id: int) -> None:
    from core.errors import WorkbenchError

    try:
        if what == "comment":
            wb.comment(planogram_id, text, answer_to=comment_id)
        else:
            wb.resolve_comment(planogram_id, comment_id, what == "close")
    except WorkbenchError as error:
        st.session_state.life_problem = error
    life_strip.forget(planogram_id)


# --- photos ---


def _photos(wb: Workbench, planogram_id: int, now: Life, may_add: bool) -> None:
    kept = wb.proofs(planogram_id)
    version = now.prepared or now.implemented or now.last_version
    proven = [p for p in kept if p.version == version]
    told = f"{fmt.count(len(proven), 'photo')} of version {version}" if proven else (
        f"No photo of version {version} yet")
    frame.title(told, "Photos of the shelf as it stands")
    if may_add:
        with st.form("life_proof", clear_on_submit=True, border=False):
            files = st.file_uploader("Photos", ["jpg", "jpeg", "png", "webp"], accept_multiple_files=True,
                                     label_visibility="collapsed", max_upload_size=PHOTO_MB)
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
                note = st.text_input("Note on the photos", max_chars=500, placeholder="Note, optional",
                                     label_visibility="collapsed")
                sent = st.form_submit_button("Add photos")
        if sent and files and frame.attempt(
            lambda: wb.add_proof(planogram_id, [f.getvalue() for f in files], note)
        ) is not None:
            st.rerun(scope="app")
    shown = kept[:PHOTOS_SHOWN]
    wide = min(len(shown), 2)
    for start in range(0, len(shown), 2):
        for column, photo in zip(st.columns(wide, gap="small"), shown[start : start + 2], strict=False):
            with column, frame.telling():
                content, _ = wb.proof_photo(planogram_id, photo.id)
                st.image(content, width="stretch")
                which = "An earlier version" if photo.version is None else f"Version {photo.version}"
                parts = (photo.note, f"{which}, {photo.by or 'someone'}, {fmt.ago(photo.at)}")
                frame.quiet(" · ".join(p for p in parts if p))
