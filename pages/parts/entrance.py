"""The first HTML of a page: the framework's own, told that the server is at the root of the address.

On a page with a path of its own ("/editor") the framework's script otherwise asks below that path first,
and two requests fail before the page begins to load.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from pages.parts import nav

_TOLD = "<head><script>window.__streamlit = { BACKEND_BASE_URL: location.origin }</script>"


@cache
def _html() -> str:
    text = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    return text.replace("<head>", _TOLD, 1)


async def _answer(_request: Request) -> HTMLResponse:
    return HTMLResponse(_html(), headers={"Cache-Control": "no-cache"})


def routes() -> list[Route]:
    """One a page; none where the workbench is served below a path, where the root is not the server."""
    if st.get_option("server.baseUrlPath"):
        return []
    return [Route(f"/{entry.path.removesuffix('.py')}", _answer) for entry in nav.PAGES]
