"""The API's own page: every route with its fields, in one file, with nothing fetched from elsewhere."""

from __future__ import annotations

from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
details { border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 6px;
  margin: .4rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; } summary b { display: inline-block; min-width: 4rem; }
pre { overflow-x: auto; } h2 { margin-top: 2rem; }
"""


def docs_page(schema: dict[str, Any]) -> str:
    """HTML of an OpenAPI schema."""
    groups: dict[str, list[str]] = {}
    for path, methods in schema["paths"].items():
        for method, route in methods.items():
            groups.setdefault(route.get("tags", ["Other"])[0], []).append(_route(path, method, route, schema))
    info = schema["info"]
    sections = "".join(f"<h2>{escape(name)}</h2>{''.join(routes)}" for name, routes in groups.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])}</h1><p>{escape(info.get('description', ''))}</p>"
        f'<p>Machine readable: <a href="openapi.json">openapi.json</a></p>{sections}</body></html>'
    )


def _route(path: str, method: str, route: dict[str, Any], schema: dict[str, Any]) -> str:
    parts = [f"<p>{escape(route.get('description', ''))}</p>"]
    if parameters := route.get("parameters"):
        rows = "".join(
            f"<li><code>{escape(p['name'])}</code> ({p['in']}{_required(p.get('required'))})</li>"
            for p in parameters
        )
        parts.append(f"<p>Parameters</p><ul>{rows}</ul>")
    for media, content in route.get("requestBody", {}).get("content", {}).items():
        fields = _fields(content.get("schema", {}), schema)
        parts.append(f"<p>Body, <code>{escape(media)}</code></p><ul>{fields}</ul>")
    return (
        f"<details><summary><b>{method.upper()}</b> <code>/api{escape(path)}</code></summary>"
        f"{''.join(parts)}</details>"
    )


def _required(required: bool | None) -> str:
    return ", required" if required else ""


def _fields(schema: dict[str, Any], root: dict[str, Any]) -> str:
    if reference := schema.get("$ref"):
        schema = root["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    required = set(schema.get("required", ()))
    return "".join(
        f"<li><code>{escape(name)}</code>{_required(name in required)}</li>"
        for name in schema.get("properties", {})
    )
