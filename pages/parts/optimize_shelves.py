"""Two layouts as drawn shelves, one beside the other: packages on boards, what changes marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from html import escape

from core.planogram.fixture import Placement
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.planogram.space import row_length, span
from core.units import row_letter
from pages.parts import packages

MOST_DRAWN = 8
"""Packages drawn of one position; more facings are told by their number."""


MOST_NAMED = 10
"""Positions in a row up to which there is room for names below them."""


def drawing(plan: Planogram, catalog: Catalog, marked: Mapping[Position, str], title: str) -> str:
    """HTML of the shelves. ``marked``: position → "new", "moved", "more" or "gone"; the rest steps back."""
    rows = "".join(_row(plan, catalog, marked, row) for row in range(plan.fixture.rows))
    widest = max(plan.fixture.row_columns)
    most = max(Counter(p.row for p in plan.positions).values(), default=0)
    named = " wb-named" if most <= MOST_NAMED else ""
    return (
        f'<div class="wb-scroll"><div class="wb-boards{named}" role="img" aria-label="{escape(title)}" '
        f'style="min-width:{max(widest * 1.7, 16):.0f}rem">{rows}</div></div>'
    )


def _row(plan: Planogram, catalog: Catalog, marked: Mapping[Position, str], row: int) -> str:
    longest = max(row_length(plan.fixture, r) for r in range(plan.fixture.rows))
    tiles = "".join(_tile(plan, catalog, p, marked.get(p, "")) for p in plan.positions if p.row == row)
    own = row_length(plan.fixture, row)
    share = 100.0 if plan.fixture.placement is Placement.SLOTS else 100.0 * own / longest
    return (
        f'<div class="wb-board"><span>{row_letter(row)}</span>'
        f'<div><div class="wb-stand" style="width:{share:.2f}%">{tiles}</div></div></div>'
    )


def _tile(plan: Planogram, catalog: Catalog, p: Position, mark: str) -> str:
    start, end = span(p, plan.fixture)
    own = row_length(plan.fixture, p.row)
    left, width = 100.0 * start / own, 100.0 * (end - start) / own
    product = catalog.get(p.product_id)
    name = product.name if product else f"Product {p.product_id}"
    picture = f'<img src="{packages.picture(product)}" alt="">' if product else ""
    facings = picture * min(p.facings, MOST_DRAWN)
    told = f"{p.slot} · {name}" + (f" · {p.facings} facings" if p.facings > 1 else "")
    return (
        f'<div class="wb-pack wb-{mark or "stays"}" style="left:{left:.2f}%;width:{width:.2f}%" '
        f'title="{escape(told)}"><p>{facings}</p><small>{escape(p.slot)}</small>'
        f"<em>{escape(packages.short_name(product) if product else name)}</em></div>"
    )


def marks(
    plan: Planogram, other: Planogram, same: Collection[Position], arriving: bool
) -> dict[Position, str]:
    """What each position of a plan is, seen from the other one."""
    stood = {p.product_id for p in other.positions}
    kept = set(same)
    found = {}
    for p in plan.positions:
        if p not in kept:
            strange = p.product_id not in stood
            found[p] = ("new" if strange else "moved") if arriving else ("gone" if strange else "leaves")
    return found


def legend(arriving: bool) -> str:
    """What the frames mean."""
    words = (
        (("new", "new here"), ("moved", "from another place"))
        if arriving
        else (
            ("gone", "goes"),
            ("leaves", "moves to another place"),
        )
    )
    return (
        '<div class="wb-legend">'
        + "".join(f'<span class="wb-key wb-{name}"></span><span>{text}</span>' for name, text in words)
        + "</div>"
    )
