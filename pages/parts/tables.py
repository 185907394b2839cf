"""Tables that can be taken along: downloads as CSV."""

from __future__ import annotations

from io import BytesIO

import pandas as pd
import streamlit as st


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


def csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read names right; formula-like cells are quoted."""
    safe = frame.copy()
    for name in safe.select_dtypes("object").columns:
        text = safe[name].astype(str)
        safe[name] = text.where(~text.str.match(r"^[=+\-@\t\r]"), "'" + text).where(frame[name].notna(), None)
    buffer = BytesIO()
    safe.to_csv(buffer, index=False, encoding="utf-8-sig")
    return buffer.getvalue()
