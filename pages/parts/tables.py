"""Tables that can be taken along: downloads as CSV."""

from __future__ import annotations

from html import escape
from io import BytesIO
from typing import Literal

import pandas as pd
import streamlit as st

_FORMULA = r"\s*[=+\-@＝＋－＠]|[\t\r\n]"
"""How texts begin that a spreadsheet takes for a formula, after spaces and in full width too."""


ROW_PX = 31
"""Height of a row at the base font of the theme."""


def height(rows: int, most_px: int) -> int | Literal["content"]:
    """Of a grid: as high as its rows, and scrolled where that is more than ``most_px``."""
    return "content" if ROW_PX * (rows + 1) + 2 <= most_px else most_px


def download(frame: pd.DataFrame, label: str, name: str, key: str | None = None) -> None:
    """A quiet button that hands the table over as CSV, made when it is pressed."""
    st.download_button(
        label,
        lambda: csv(frame),
        f"{name}.csv",
        "text/csv",
        key=key or f"download_{name}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def wrapped(frame: pd.DataFrame, most: int = 200) -> None:
    """A table of sentences, each read in full: Streamlit's own grid cuts them off. The rest is counted."""
    head = "".join(f"<th>{escape(str(name))}</th>" for name in frame.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>"
        for row in frame.head(most).itertuples(index=False)
    )
    left = len(frame) - most
    more = f'<p class="wb-quiet">and {left:,} more in the download</p>' if left > 0 else ""
    st.html(
        f'<div class="wb-sentences" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>'
        f"</table></div>{more}"
    )


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else escape(str(value))


def csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read names right; formula-like cells are quoted."""
    safe = frame.copy()
    for name in safe.select_dtypes(["object", "string", "category"]).columns:
        text = safe[name].astype(str).astype(object).str.replace("\r", "\n")  # a lone return is not quoted
        safe[name] = text.where(~text.str.match(_FORMULA), "'" + text).where(frame[name].notna(), None)
    buffer = BytesIO()
    safe.to_csv(buffer, index=False, encoding="utf-8-sig")
    return buffer.getvalue()
