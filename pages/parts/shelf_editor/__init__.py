"""The drag-and-drop shelf editor: product list, shelf and card in one component.

``shelf_editor(payload, key=…, on_edit=…)`` mounts it. The payload comes from ``payload.build``; what
people do arrives as numbered events, which ``events.apply`` turns into a new planogram.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_FRONT = Path(__file__).parent / "front"
_SCRIPTS = (
    "dom", "scale", "packages", "model", "shapes", "shelf", "list", "drag", "keys", "card", "merge", "main",
)


@cache
def _source() -> dict[str, str]:
    """The component's markup, style and one script, read once a process."""
    return {
        "html": (_FRONT / "editor.html").read_text("utf-8"),
        "css": (_FRONT / "editor.css").read_text("utf-8"),
        "js": "\n".join((_FRONT / f"{name}.js").read_text("utf-8") for name in _SCRIPTS),
    }


_component = st.components.v2.component("planogram_shelf_editor", **_source())


def shelf_editor(payload: Mapping[str, Any], *, key: str, on_edit: Callable[[], None]) -> None:
    """Show the editor. ``on_edit`` runs before the fragment when events arrive: read them with ``sent``.

    The payload travels as bytes: one serialization, and no second one for the element's identity.
    """
    data = json.dumps(payload, separators=(",", ":"), allow_nan=False).encode()
    _component(key=key, data=data, on_edit_change=on_edit)


def sent(key: str) -> Mapping[str, Any]:
    """The message that ``on_edit`` was called for: ``{client, events: [{seq, type, …}]}``; empty where the
    editor has left the page meanwhile, as when another view was chosen while a message was on its way."""
    value = st.session_state.get(key, {}).get("edit")
    return value if isinstance(value, Mapping) else {}
