"""The audited photo with its boxes and, linked to them, the list of findings to confirm or dismiss.

``audit_photo(payload, key=…, on_act=…)`` mounts it; the payload comes from ``payload.build``. A tap arrives
as ``{"seq", "do": "confirmed" | "dismissed" | "correct" | "name", "finding": id or None, "box": index or
None}``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_FRONT = Path(__file__).parent / "front"
_EDITOR = Path(__file__).parents[1] / "shelf_editor" / "front"
_SCRIPTS = ("zoom", "boxes", "findings", "main")


@cache
def _source() -> dict[str, str]:
    """The component's markup, style and one script, read once a process."""
    files = [_EDITOR / "dom.js", *(_FRONT / f"{name}.js" for name in _SCRIPTS)]
    return {
        "html": (_FRONT / "photo.html").read_text("utf-8"),
        "css": (_FRONT / "photo.css").read_text("utf-8"),
        "js": "\n".join(file.read_text("utf-8") for file in files),
    }


_component = st.components.v2.component("planogram_audit_photo", **_source())


def audit_photo(payload: Mapping[str, Any], *, key: str, on_act: Callable[[], None]) -> None:
    """Show photo and findings. ``on_act`` runs when somebody taps, before the fragment: see ``sent``."""
    data = json.dumps(payload, separators=(",", ":"), allow_nan=False).encode()
    _component(key=key, data=data, on_act_change=on_act)


def sent(key: str) -> Mapping[str, Any]:
    """The tap that ``on_act`` was called for; empty where the photo has left the page meanwhile."""
    value = st.session_state.get(key, {}).get("act")
    return value if isinstance(value, Mapping) else {}
