"""What the price labels of a photo say, where they were read."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, tables

if TYPE_CHECKING:
    from core.compliance.findings import WrongPrice
    from core.store.audits import SavedAudit

AROUND = 0.8
"""Of a label's height that is shown around its price."""
WIDE_PX, HIGH_PX = 150, 56


def show(saved: SavedAudit, photo: bytes) -> None:
    """Labels that say another price than the plan, each with its cut-out of the photo."""
    found = saved.audit
    asked = any(m.startswith("price labels") for m in saved.reading.methods)
    if not found.labels and not asked:
        return
    with st.container(border=True, key="card_audit_prices"):
        wrong = found.wrong_prices
        held = f"{fmt.count(found.labels, 'price label')} read"
        if not wrong:
            told = "each says what the plan says" if found.labels else "none belongs to a place of the plan"
            frame.title("Price labels", f"{held}; {told}.")
            return
        count = fmt.count(len(wrong), "price label")
        frame.title(f"{count} to change", f"{held} on the edges of the shelves.")
        cuts = _cuts(photo, wrong)
        st.html("".join(_line(w, cut) for w, cut in zip(wrong, cuts, strict=True)))
        table = pd.DataFrame(
            [(w.slot, w.name, w.label, w.planned, fmt.confidence(w.confidence)) for w in wrong],
            columns=["Place", "Product", "Label says", "Plan", "Evidence"],
        )
        tables.download(table, "Download the list", f"price labels of {saved.card.planogram}")


def _line(wrong: WrongPrice, cut: str) -> str:
    sure = f"{fmt.confidence(wrong.confidence)} evidence"
    return (
        f'<div class="wb-asked"><b>{escape(wrong.slot)}</b><img src="{cut}" alt=""><div>{escape(wrong.text)}'
        f'<br><span title="{wrong.confidence:.0%}">{sure}</span></div></div>'
    )


def _cuts(photo: bytes, wrong: tuple[WrongPrice, ...]) -> list[str]:
    """Addresses of cut-outs of the upright photo."""
    from PIL import Image, ImageOps

    with Image.open(BytesIO(photo)) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    made = []
    for w in wrong:
        x, y, wide, high = w.box
        rim = AROUND * high
        left, top = max(0, round(x - rim)), max(0, round(y - rim))
        right, bottom = round(x + wide + rim), round(y + high + rim)
        part = upright.crop((left, top, min(upright.width, right), min(upright.height, bottom)))
        part = ImageOps.contain(part, (2 * WIDE_PX, 2 * HIGH_PX))
        target = BytesIO()
        part.save(target, "JPEG", quality=80)
        made.append(f"data:image/jpeg;base64,{b64encode(target.getvalue()).decode()}")
    return made
