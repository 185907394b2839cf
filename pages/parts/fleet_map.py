"""The fleet on a map without tiles: land outlines, bubbles by revenue; near sites share a bubble."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame
from pages.parts.charts import palette
from pages.parts.outlines import View, counties, land

if TYPE_CHECKING:
    from core.fleet.glance import SiteCard

HEIGHT = 330
WIDE, NARROW = 800, 340
MERGE_PX = 26


def groups(sites: Sequence[SiteCard]) -> list[list[SiteCard]]:
    """Sites that would overlap on the map, together, so that each bubble can be pointed at.

    Greedy: the richest site opens a group and takes all within ``MERGE_PX`` of it.
    """
    placed = [s for s in sites if s.latitude is not None and s.longitude is not None]
    if not placed:
        return []
    near = MERGE_PX * 360 / 512 / 2 ** _zoom(_view(placed))
    found: list[list[SiteCard]] = []
    for site in sorted(placed, key=lambda s: -s.revenue_day):
        for group in found:
            seat = group[0]
            if math.hypot(seat.longitude - site.longitude, seat.latitude - site.latitude) < near:
                group.append(site)
                break
        else:
            found.append([site])
    return found


def width() -> int:
    """About how wide the map will be: the server knows only whether it is a phone that asks."""
    return NARROW if frame.is_phone() else WIDE


def fleet_map(sites: Sequence[SiteCard], dark: bool, key: str) -> list[int]:
    """Draw the sites; returns the ids of the sites in the bubble that was clicked, else nothing."""
    import pydeck

    bubbles = groups(sites)
    if not bubbles:
        return []
    view = _view([site for group in bubbles for site in group])
    deck = _deck()(
        layers=[*_ground(view, dark), *_bubbles(bubbles, dark)],
        initial_view_state=pydeck.ViewState(
            longitude=(view.west + view.east) / 2,
            latitude=_middle(view),
            zoom=_zoom(view),
            min_zoom=1,
            max_zoom=13,
        ),
        map_provider=None,
        tooltip={"html": "<b>{name}</b><br>{detail}", "style": _tooltip_style(dark)},
    )
    event = st.pydeck_chart(deck, height=HEIGHT, on_select="rerun", key=key)
    picked = (event.selection.get("objects") or {}).get("sites") if event else None
    return [int(i) for i in picked[0]["ids"]] if picked else []


@cache
def _deck() -> Any:
    """pydeck's Deck, but written without indentation: a tenth of the time and a fifth of the text."""
    import pydeck
    from pydeck.bindings.json_tools import default_serialize

    class Deck(pydeck.Deck):
        def to_json(self) -> str:
            return json.dumps(self, sort_keys=True, default=default_serialize, separators=(",", ":"))

    return Deck


def _bubbles(bubbles: list[list[SiteCard]], dark: bool) -> list[Any]:
    import pydeck

    c = palette(dark)
    most = max(sum(s.revenue_day for s in group) for group in bubbles) or 1.0
    rows = [
        _bubble(group, most, c.loss if any(s.needs_attention for s in group) else c.accent)
        for group in bubbles
    ]
    circles = pydeck.Layer(
        "ScatterplotLayer",
        rows,
        id="sites",
        get_position="at",
        get_radius="size",
        radius_units="'pixels'",
        get_fill_color="color",
        get_line_color=_rgb(c.card),
        stroked=True,
        line_width_units="'pixels'",
        get_line_width=1.5,
        pickable=True,
        auto_highlight=True,
    )
    counts = pydeck.Layer(
        "TextLayer",
        [row for row in rows if row["count"]],
        get_position="at",
        get_text="count",
        get_size=12,
        get_color=_rgb(c.on_accent),
        font_family="'Inter, sans-serif'",
        font_weight=600,
    )
    waiting = pydeck.Layer(
        "TextLayer",
        [row for row in rows if row["waiting"]],
        get_position="at",
        get_text="waiting",
        get_size=11,
        get_pixel_offset="offset",
        get_color=[255, 255, 255] if not dark else _rgb(c.on_accent),
        background=True,
        get_background_color=_rgb(c.loss),
        background_padding=[5, 2, 5, 2],
        background_border_radius=8,
        font_family="'Inter, sans-serif'",
        font_weight=600,
    )
    return [circles, counts, waiting]


def _bubble(group: list[SiteCard], most: float, color: str) -> dict[str, Any]:
    revenue = sum(s.revenue_day for s in group)
    waiting = [s for s in group if s.needs_attention]
    name = group[0].name if len(group) == 1 else f"{fmt.count(len(group), 'site')} around {group[0].name}"
    detail = f"{fmt.money(revenue)} a day"
    if waiting:
        detail += (
            f" · {waiting[0].attention[0].message}"
            if len(group) == 1
            else f" · {len(waiting)} {'needs' if len(waiting) == 1 else 'need'} attention"
        )
    size = 6.0 + 14.0 * math.sqrt(max(revenue, 0.0) / most)
    return {
        "waiting": str(len(waiting)) if waiting else "",
        "offset": [size * 0.75, -size * 0.75],
        "ids": [s.site_id for s in group],
        "name": name,
        "detail": detail,
        "at": [group[0].longitude, group[0].latitude],
        "count": str(len(group)) if len(group) > 1 else "",
        "size": size,
        "color": [*_rgb(color), 225],
    }


def _ground(view: View, dark: bool) -> list[Any]:
    import pydeck

    fill, line = ([33, 38, 48], [62, 70, 84]) if dark else ([240, 242, 246], [210, 215, 224])
    layers = [
        pydeck.Layer(
            "PolygonLayer",
            [{"ring": ring} for ring in land(view.wider(max(view.span, 1.0)))],
            get_polygon="ring",
            get_fill_color=fill,
            get_line_color=line,
            line_width_units="'pixels'",
            get_line_width=1,
            stroked=True,
        )
    ]
    borders = counties(view.wider(view.span))
    if borders:
        layers.append(
            pydeck.Layer(
                "PathLayer",
                [{"path": path} for path in borders],
                get_path="path",
                get_color=line,
                width_units="'pixels'",
                get_width=1,
            )
        )
    return layers


def _view(sites: Sequence[SiteCard]) -> View:
    longitude = [float(s.longitude or 0.0) for s in sites]
    latitude = [float(s.latitude or 0.0) for s in sites]
    tight = View(min(longitude), min(latitude), max(longitude), max(latitude))
    return tight.wider(max(tight.span * 0.07, 0.04))


def _zoom(view: View) -> float:
    """Web Mercator zoom at which the view fits a map of ``width()`` × ``HEIGHT`` pixels."""
    across = width() * 360 / 512 / max(view.east - view.west, 1e-3)
    up = HEIGHT * 360 / 512 / max(_mercator(view.north) - _mercator(view.south), 1e-3)
    return min(math.log2(min(across, up)), 12.0)


def _mercator(latitude: float) -> float:
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))


def _middle(view: View) -> float:
    """The latitude in the middle of the projected view."""
    y = (_mercator(view.south) + _mercator(view.north)) / 2
    return math.degrees(2 * math.atan(math.exp(math.radians(y))) - math.pi / 2)


def _rgb(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def _tooltip_style(dark: bool) -> dict[str, str]:
    c = palette(dark)
    return {
        "backgroundColor": c.card,
        "color": c.ink,
        "fontFamily": "Inter, sans-serif",
        "fontSize": "12px",
        "border": f"1px solid {c.line}",
        "borderRadius": "6px",
        "padding": "6px 9px",
        "maxWidth": "260px",
    }
