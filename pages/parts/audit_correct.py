"""What really stands there: the box drawn on the photo, the product chosen."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.compliance.crops import upright
from core.errors import BadInput
from pages.parts import audit_opinion, frame, product_picker

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from core.compliance.reading import Box
    from core.store.audits import SavedAudit
    from core.workbench import Workbench

IN_CATALOG, NOT_IN_CATALOG = "A product of the catalog", "Not in the catalog"
AROUND = 0.9
"""How much of the photo is shown around a box, in its own widths and heights."""
_WIDE, _WIDE_PHONE, _HIGH = 520, 300, 460


@st.dialog("What stands here?", width="large")
def ask(wb: Workbench, saved: SavedAudit, photo: bytes, violation_id: str | None, facing: int | None) -> None:
    """A correction of a finding, or the name of a package that no finding is about."""
    violation = saved.audit.violation(violation_id) if violation_id else None
    facings = violation.facings if violation else (facing or 0,)
    boxes = [saved.reading.facings[i].box for i in facings]
    if violation is not None:
        frame.title(violation.text)
        boxes = list(violation.boxes or (violation.box,))
    left, right = st.columns((1.25, 1.0), gap="medium")
    with left:
        frame.quiet("All boxes get the name you choose: move, draw or delete them first.")
        drawn = _canvas(photo, boxes, f"{saved.id}_{violation_id or facing}")
    with right:
        names, product_id, note = _choice(wb, saved, facings, f"{violation_id or facing}")
        if violation_id:
            audit_opinion.of_finding(wb, saved, violation_id)
        pressed = st.button("Keep it", type="primary", disabled=not (drawn and names), key="audit_keep")
    if pressed and drawn:
        with frame.telling():
            _keep(wb, saved, violation_id, drawn, product_id, note)
            st.rerun()


def _choice(
    wb: Workbench, saved: SavedAudit, facings: tuple[int, ...], key: str
) -> tuple[bool, int | None, str]:
    """(whether something was chosen, product or None for not in the catalog, note)."""
    what = st.segmented_control(
        "It is",
        (IN_CATALOG, NOT_IN_CATALOG),
        default=IN_CATALOG,
        required=True,
        label_visibility="collapsed",
        key=f"audit_what_{key}",
    )
    product_id = None
    if what == IN_CATALOG:
        catalog = wb.catalog()
        likely = _likely(saved, facings)
        ids = [*likely, *sorted((i for i in catalog if i not in likely), key=lambda i: catalog[i].name)]
        product_id = product_picker.pick(wb, "Product", ids, catalog, f"audit_is_{key}")
    note = st.text_input("Note", placeholder="Optional", max_chars=500, key=f"audit_note_{key}")
    return what == NOT_IN_CATALOG or product_id is not None, product_id, note


def _keep(
    wb: Workbench,
    saved: SavedAudit,
    violation_id: str | None,
    drawn: list[Box],
    product_id: int | None,
    note: str,
) -> None:
    if violation_id is None:
        for box in drawn:
            wb.correct(saved.id, box, product_id)
        return
    said: dict[str, Any] = {"product_id": product_id, "box": list(drawn[0])}
    wb.judge_violation(saved.id, violation_id, "corrected", said | ({"note": note} if note else {}))
    for box in drawn[1:]:
        wb.correct(saved.id, box, product_id)


def _likely(saved: SavedAudit, facings: tuple[int, ...]) -> list[int]:
    """Products that a package may be, the likeliest first."""
    found = [c for i in facings for c in saved.reading.facings[i].candidates]
    return list(dict.fromkeys(c.product_id for c in sorted(found, key=lambda c: -c.probability)))[:5]


def _canvas(photo: bytes, boxes: list[Box], key: str) -> list[Box]:
    """The boxes as they are drawn now, in pixels of the upright photo."""
    from streamlit_drawable_canvas import boxes_to_drawing, st_canvas

    piece, left, top, scale = _piece(photo, boxes)
    start = [
        {
            "label": "",
            "left": (x - left) * scale,
            "top": (y - top) * scale,
            "width": w * scale,
            "height": h * scale,
        }
        for x, y, w, h in boxes
    ]
    color = "#d55e00"
    result = st_canvas(
        fill_color="rgba(213, 94, 0, 0.12)", stroke_width=3, stroke_color=color, background_image=_png(piece),
        drawing_mode="labeled_rect", initial_drawing=boxes_to_drawing(start, stroke_color=color),
        width=piece.width, height=piece.height, key=f"audit_canvas_{key}",
    )  # fmt: skip
    drawn = [(b["left"], b["top"], b["width"], b["height"]) for b in result.boxes] or [
        (b["left"], b["top"], b["width"], b["height"]) for b in start
    ]
    return [
        (x / scale + left, y / scale + top, w / scale, h / scale) for x, y, w, h in drawn if w > 2 and h > 2
    ]


def _piece(photo: bytes, boxes: list[Box]) -> tuple[Picture, float, float, float]:
    """The photo around the boxes, and where its corner and how large its pixels are in the photo."""
    picture, per_px = upright(photo)
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    x0, y0 = max(0.0, left - AROUND * (right - left)), max(0.0, top - AROUND * (bottom - top))
    x1 = min(picture.width / per_px, right + AROUND * (right - left))
    y1 = min(picture.height / per_px, bottom + AROUND * (bottom - top))
    if x1 - x0 < 2 or y1 - y0 < 2:
        raise BadInput("The box lies outside the photo.", "Audit the photo anew.")
    scale = min((_WIDE_PHONE if frame.is_phone() else _WIDE) / (x1 - x0), _HIGH / (y1 - y0))
    crop = picture.crop(tuple(round(v * per_px) for v in (x0, y0, x1, y1)))
    return crop.resize((round((x1 - x0) * scale), round((y1 - y0) * scale))), x0, y0, scale


def _png(picture: Picture) -> bytes:
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
