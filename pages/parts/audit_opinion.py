"""What a vision model thinks a package is, where one is set up: a third opinion, which decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.trust.access import Role
from pages.parts import format as fmt
from pages.parts import frame

if TYPE_CHECKING:
    from core.compliance.opinion import Opinion
    from core.store.audits import SavedAudit
    from core.workbench import Workbench

_KEPT = "audit_opinions"
SENT = "Only the package, cut out, and pictures of your products are sent. It changes nothing by itself."
_MANNER = {"sure": "it is sure", "likely": "it finds that likely", "guess": "it is guessing"}


def of_finding(wb: Workbench, saved: SavedAudit, violation_id: str) -> None:
    """Beside the choice of what really stands there."""
    violation = saved.audit.violation(violation_id)
    if violation is None or not violation.facings or not _may(wb):
        return
    found = _asked(wb, saved, violation_id, "Ask a vision model")
    if found is not None:
        st.html("".join(_line(o) for o in found) or _nothing())


@st.fragment
def of_unsure(wb: Workbench, saved: SavedAudit, photo: bytes) -> None:
    """The packages that the reader could not name for sure, looked at by a model."""
    unsure = wb.unsure(saved)
    if not unsure or not _may(wb):
        return
    with st.container(border=True, key="card_audit_opinion"):
        frame.title(f"{fmt.count(len(unsure), 'package')} the reader is least sure of", SENT)
        found = _asked(wb, saved, None, "Ask a vision model what they are")
        if found is not None:
            _rows(saved, photo, found)


def _may(wb: Workbench) -> bool:
    return Role.named(wb.actor.role) >= Role.DRIVER and wb.can_look


def _asked(
    wb: Workbench, saved: SavedAudit, violation_id: str | None, label: str
) -> tuple[Opinion, ...] | None:
    """What it said, None before it is asked."""
    kept: dict[tuple[int, str | None], tuple[Opinion, ...]] = st.session_state.setdefault(_KEPT, {})
    key = saved.id, violation_id
    if key not in kept and st.button(label, icon=":material/visibility:", key=f"opinion_{key}", help=SENT):
        with st.spinner("Looking"):
            found = frame.attempt(lambda: wb.third_opinion(saved.id, violation_id))
        if found is not None:
            kept[key] = found
    return kept.get(key)


def _rows(saved: SavedAudit, photo: bytes, found: tuple[Opinion, ...]) -> None:
    from core.compliance.crops import cut

    if not found:
        st.html(_nothing())
        return
    boxes = [saved.reading.facings[o.facing].box for o in found]
    with st.grid(3, min_column_width=240):
        for opinion, crop in zip(found, cut(photo, boxes), strict=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.image(crop, width=64)
                st.html(_line(opinion))
    frame.quiet("Tap a package on the photo to name it.")


def _line(o: Opinion) -> str:
    said = f"{o.by} says {o.name}; {_MANNER.get(o.sure, o.sure)}."
    reader = "The reader says the same." if o.agrees else f"The reader: {o.reader}."
    return f'<p class="wb-risk">{frame.text(said)}<br><span>{frame.text(reader)}</span></p>'


def _nothing() -> str:
    return '<p class="wb-quiet">No answer came that holds. Your own eyes decide.</p>'
