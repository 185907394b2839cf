"""What can be laid over the shelf: a number or a color of every position, with its scale and its source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from core.planogram.planogram import Planogram
from core.site.site import Site
from core.site.zones import FloatArray
from pages.parts import format as fmt
from pages.parts.shelf_editor import look, payload
from pages.parts.shelf_editor.answers import Figures
from pages.parts.shelf_editor.payload import Json

if TYPE_CHECKING:
    from core.workbench.fix_lists import LastAudit

_ENDS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
_TEMPERATURE_COLORS = {"ambient": "#b8862b", "refrigerated": "#3f8fc4", "frozen": "#5b5fc7", "any": "#7d8694"}


_SEEN_COLORS = {
    "As planned": "#2f9e6e", "Please check": "#7d8694", "Low facings": "#0072b2", "Missing": "#d55e00",
    "Stands elsewhere": "#9a6700", "Wrong product": "#c2307f", "Not in the photo": "#a9b0bb",
}  # fmt: skip
"""As the findings are drawn on the photo (``core.compliance.annotate``)."""

_SEEN_CHIPS = {
    "Please check": "Check", "Low facings": "Low", "Missing": "Missing", "Stands elsewhere": "Moved",
    "Wrong product": "Wrong", "Not in the photo": "Not seen",
}  # fmt: skip


def build(
    plan: Planogram,
    site: Site,
    figures: Figures,
    placed: FloatArray,
    warned: int,
    audited: LastAudit | None = None,
) -> list[Json]:
    """What can be laid over the shelf, in the order of the toolbar; ``more``: behind the menu."""
    learned = site.response.provenance.phrase
    catalog = site.catalog
    value = np.exp(site.response.point.slot[0])
    own_value = site.response.zones.weights(plan) @ value if plan.positions else np.zeros(0)
    known = [catalog.get(p.product_id) for p in plan.positions]
    share = np.array([q.margin_share if q else None for q in known], float)
    needs = [str(q.temperature or "any") if q else "any" for q in known]
    supply = _supply(plan, figures.units)
    colors = {c: look.category_color(c) for c in {q.category for q in catalog.values()}}
    return [
        _flat("plain", "Plain", "Drawn packages"),
        _scale("score", "Score", "Placement score", "score", placed, 0.0, 100.0, learned),
        _scale("revenue", "Revenue", "Revenue a day", "money", figures.revenue, 0.0, None, learned),
        _scale(
            "heat",
            "Heat",
            "Sales against an average place",
            "times",
            own_value,
            float(value.min(initial=1.0)),
            float(value.max(initial=1.0)),
            learned,
            zones=value,
        ),
        _scale(
            "supply",
            "Days of supply",
            "Days until empty",
            "days",
            supply,
            0.0,
            14.0,
            "stock ÷ expected sales",
        ),
        _scale("margin", "Margin", "Margin a day", "money", figures.revenue * share, 0.0, None, learned),
        _blocks("category", "Category", "Category", None, colors),
        _flat("warnings", "Warnings", f"{fmt.count(warned, 'warning')}: rules that are not kept"),
        _scale("velocity", "Velocity", "Units a day", "units", figures.units, 0.0, None, learned)
        | {"more": True},
        _blocks("brand", "Brand", "Brand", None, {}) | {"more": True},
        _blocks("temperature", "Temperature", "Temperature need", needs, _TEMPERATURE_COLORS)
        | {"more": True},
        *([] if audited is None else [_audited(plan, audited)]),
    ]


def _audited(plan: Planogram, last: LastAudit) -> Json:
    """What the newest photo says of each position that stands as it stood then. ``chips``: what is written on
    a tile; ``link``: to the audit."""
    card = last.card
    values = [last.seen.get((p.product_id, p.row, round(p.x_in, 2))) for p in plan.positions]
    score = "" if card.score is None else f", {fmt.share(card.score)} as planned"
    drawn = "Drawn sample" if card.is_drawn else "Photo"
    title = f"{drawn} of {fmt.day(card.at.date())}{score}"
    address = f"photo_audit?planogram={card.planogram_id}&audit={card.id}"
    return _blocks("audit", "Last audit", title, None, _SEEN_COLORS) | {
        "values": values,
        "chips": _SEEN_CHIPS,
        "link": address,
        "more": True,
    }


def _supply(plan: Planogram, units: FloatArray) -> FloatArray:
    stock = np.array([math.nan if p.quantity is None else p.quantity for p in plan.positions], float)
    return np.divide(stock, units, out=np.full(len(units), np.nan), where=units > 1e-6)


def _flat(name: str, label: str, title: str) -> Json:
    return {
        "name": name,
        "label": label,
        "title": title,
        "kind": "plain",
        "values": None,
        "zones": None,
        "more": False,
        "source": "",
    }


def _blocks(name: str, label: str, title: str, values: list[str] | None, colors: Mapping[str, str]) -> Json:
    return _flat(name, label, title) | {"kind": "blocks", "values": values, "colors": dict(colors)}


def _scale(
    name: str,
    label: str,
    title: str,
    unit: str,
    values: FloatArray,
    low: float,
    high: float | None,
    source: str,
    zones: FloatArray | None = None,
) -> Json:
    finite = values[np.isfinite(values)] if len(values) else values
    top = _round_up(float(finite.max(initial=0.0))) if high is None else high
    return _flat(name, label, title) | {
        "kind": "scale",
        "format": unit,
        "low": payload.rounded(low, 3),
        "high": payload.rounded(max(top, low + 1e-3), 3),
        "values": [payload.rounded(v, 3) for v in values.tolist()],
        "source": source,
        "wash": zones is not None,
        "zones": None if zones is None else [payload.rounded(v, 3) for v in zones.tolist()],
    }


def _round_up(value: float) -> float:
    """The next round number: a scale with readable ends."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(m * power for m in _ENDS if m * power >= value * 0.999)
