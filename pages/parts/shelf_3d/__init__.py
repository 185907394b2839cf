"""The 3-D view of a plan: products in true size on their shelves, drawn by WebGL in the browser.

``shelf_3d(payload, key=…)`` mounts it; the payload comes from ``scene.scene``. It is for looking: nothing
that is done in it changes the plan or asks the server. The drawn packages, colors and number formats are
those of the editor's own scripts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_FRONT = Path(__file__).parent / "front"
_EDITOR = Path(__file__).parents[1] / "shelf_editor" / "front"
_SHARED = ("dom", "scale", "packages")
_SCRIPTS = (
    "matrix", "scene", "meshes", "furniture", "art", "camera", "renderer", "painter", "pointer", "view",
)


@cache
def _source() -> dict[str, str]:
    """The component's markup, style and one script, read once a process."""
    files = [*(_EDITOR / f"{name}.js" for name in _SHARED), *(_FRONT / f"{name}.js" for name in _SCRIPTS)]
    return {
        "html": (_FRONT / "view.html").read_text("utf-8"),
        "css": (_FRONT / "view.css").read_text("utf-8"),
        "js": "\n".join(file.read_text("utf-8") for file in files),
    }


_component = st.components.v2.component("planogram_shelf_3d", **_source())


def shelf_3d(payload: Mapping[str, Any], *, key: str) -> None:
    """Show the view. It keeps its camera while the plan stays the same."""
    _component(key=key, data=json.dumps(payload, separators=(",", ":"), allow_nan=False).encode())
