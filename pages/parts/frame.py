"""The frame around every page: stylesheet, first line, section titles, errors, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import WorkbenchError
from core.telemetry import log
from pages.parts.charts import HIDDEN_TOOLS, palette

_HERE = Path(__file__).parent
_MARK = (("#a59c74", 2, 4), ("#2f52d0", 13, 4), ("#f0d53c", 2, 15), ("#8a9ad8", 13, 15))


def dress() -> None:
    """Put the stylesheet on the page; call once a run, before anything is shown.

    With an element beside it, as styles alone go to the container of toasts and dialogs, and a fragment that
    shows one of those would take the stylesheet away.
    """
    c = palette(is_dark())
    colors = (
        f":root{{--wb-card:{c.card};--wb-accent:{c.accent};--wb-on-accent:{c.on_accent};"
        f"--wb-gain:{c.gain};--wb-loss:{c.loss};--wb-line:{c.line};--wb-quiet:{c.quiet}}}"
    )
    with st.container(key="wb_dress"):
        st.html(f"<span></span><style>{_sheet()}{colors}</style>")


@cache
def _sheet() -> str:
    return (_HERE / "style.css").read_text(encoding="utf-8")


def is_phone() -> bool:
    """As far as the browser says so: the server does not know the width of the window."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def chart(figure: Any, key: str) -> None:
    """A plotly chart as it is; its tools show on hover, and not at all on a phone."""
    config = {"displaylogo": False, "modeBarButtonsToRemove": HIDDEN_TOOLS}
    if is_phone():
        config["displayModeBar"] = False
    st.plotly_chart(figure, theme=None, config=config, key=key)


def is_dark() -> bool:
    return st.context.theme.type == "dark"


@cache
def logo(dark: bool) -> str:
    """Product mark and name as SVG: four rounded squares, as slots on a shelf."""
    ink = "#e8eaf0" if dark else "#12151d"
    blocks = "".join(
        f'<rect x="{x}" y="{y}" width="9.6" height="9.6" rx="2.2" fill="{color}"/>' for color, x, y in _MARK
    )
    words = "".join(
        f'<text x="34" y="{y}" font-family="Inter,-apple-system,Segoe UI,sans-serif" font-weight="650"'
        f' font-size="14.5" fill="{ink}">{word}</text>'
        for word, y in (("Planogram", 12.5), ("Workbench", 29))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="128" height="34" viewBox="0 0 128 34">'
        f'<g transform="translate(0 2)">{blocks}</g>{words}</svg>'
    )


@cache
def mark() -> str:
    """The mark alone, for the browser's tab."""
    blocks = "".join(
        f'<rect x="{x - 1}" y="{y - 3}" width="10" height="10" rx="2.2" fill="{color}"/>'
        for color, x, y in _MARK
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">{blocks}</svg>'
    )


def headline(
    text: str,
    quiet: str = "",
    action: str = "",
    page: Any = None,
    params: Mapping[str, str] | None = None,
    anchor: str = "",
    on_click: Callable[[], None] | None = None,
) -> None:
    """The first line of a page: the one number that matters, its interval in quiet type, one action.

    The action opens ``page``, or goes down this one to the element of id ``anchor``, or does ``on_click``.
    """
    body = f'<h1 class="wb-head">{escape(text)}'
    body += f" <span>{escape(quiet)}</span>" if quiet else ""
    body += f' <a href="#{escape(anchor)}">{escape(action)} ↓</a></h1>' if anchor else "</h1>"
    if not action or anchor:
        st.html(body)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="head"):
        st.html(body, width="content")
        if on_click is not None:
            arrow = ":material/arrow_forward:"
            st.button(action, icon=arrow, icon_position="right", type="tertiary", on_click=on_click)
            return
        st.page_link(
            page,
            label=f"**{action}**",
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params=dict(params or {}),
        )


def title(text: str, quiet: str = "") -> None:
    """The title of a card: the finding, then what it is in quiet type."""
    st.html(
        f'<p class="wb-title">{escape(text)}</p>'
        + (f'<p class="wb-quiet">{escape(quiet)}</p>' if quiet else "")
    )


def quiet(text: str) -> None:
    """A line in quiet type: sources, legends, ages."""
    st.html(f'<p class="wb-quiet">{escape(text)}</p>')


def fallback(reason: str) -> None:
    """The quiet mark of a simpler answer, with its reason."""
    st.badge(reason, icon=":material/info:", color="gray")


def md(text: str) -> str:
    """Text as data inside markdown: nothing in a name turns into markup or a formula."""
    return "".join("\\" + c if c in r"\`*_{}[]()#+-.!|~$<>:" else c for c in text)


def show_error(error: WorkbenchError) -> None:
    """What is wrong and what to do, in place."""
    hint = f"  \n{md(error.hint)}" if error.hint else ""
    st.error(f"**{md(error.message)}**{hint}", icon=":material/error:")


@contextmanager
def telling() -> Iterator[None]:
    """Show a WorkbenchError raised inside where it happened; everything else passes."""
    try:
        yield
    except WorkbenchError as error:
        show_error(error)


@contextmanager
def guarded() -> Iterator[None]:
    """As ``telling``; and what nobody foresaw is logged and told without its inside."""
    try:
        with telling():
            yield
    except Exception as error:  # noqa: BLE001 - the last line before Streamlit's own error box
        log().exception("page_failed")
        show_error(WorkbenchError(
            f"This page could not be shown: {type(error).__name__}.",
            "Nothing was changed. Load the page again; if it stays, the log of the workbench says why.",
        ))


def attempt(action: Callable[[], Any]) -> Any:
    """The action's result, or None after its error has been shown."""
    with telling():
        return action()
    return None


def text(words: str) -> str:
    """Text as data inside HTML."""
    return escape(words)
