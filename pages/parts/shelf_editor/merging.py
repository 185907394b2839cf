"""What a person is told and asked when someone else saved first, as the component reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.planogram.diff import diff
from core.planogram.merge import Change, Clash, merge
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from pages.parts import format as fmt
from pages.parts.shelf_editor.payload import Json

if TYPE_CHECKING:
    from core.store.planograms import SavedPlanogram

_ASKED = {
    "place": "", "price": "price", "stock": "stock", "lock": "lock", "plan": "whole plan",
}


def told(
    name: str, base: Planogram, mine: Planogram, theirs: SavedPlanogram, base_version: int, catalog: Catalog
) -> Json:
    """Who saved what since ``base_version``, whether both sets of changes go together, and each clash with
    both sides in words."""
    clashes = merge(base, mine, theirs.plan, catalog).clashes
    who = theirs.created_by or "Someone"
    return {
        "message": f"{who} saved version {theirs.version} while you worked on version {base_version}.",
        "mine": diff(base, mine).summary,
        "theirs": diff(base, theirs.plan).summary,
        "who": who,
        "version": theirs.version,
        "name": f"{name} (mine)",
        "clashes": [_asked(c, catalog) for c in clashes],
    }


def _asked(clash: Clash, catalog: Catalog) -> Json:
    what = _ASKED[clash.kind]
    many = "" if len(clash.slots) <= 4 else f" and {len(clash.slots) - 4} more"
    place = ", ".join(clash.slots[:4]) + many
    title = f"{place}, {what}" if what and place else place or what
    return {
        "title": title,
        "mine": [_words(c, catalog, clash.kind) for c in clash.mine] or ["As it was"],
        "theirs": [_words(c, catalog, clash.kind) for c in clash.theirs] or ["As it was"],
    }


def _words(change: Change, catalog: Catalog, kind: str) -> str:
    """One change, such as "Cola Zero: A1 → B4"."""
    before, after = change.before, change.after
    product = catalog.get(change.product_id)
    name = product.name if product else f"Product {change.product_id}"
    if before is None or after is None:
        there = after or before
        assert there is not None
        return f"{name} {'placed at' if before is None else 'removed from'} {there.slot}"
    if kind == "price":
        return f"{name} for {'its own price' if after.price is None else fmt.price(after.price)}"
    if kind == "stock":
        return f"{name}: {_stock(after)}"
    return f"{name}: {_moved(before, after)}"


def _moved(before: Position, after: Position) -> str:
    parts = []
    if (before.row, before.x_in) != (after.row, after.x_in):
        parts.append(f"{before.slot} → {after.slot}")
    if before.facings != after.facings:
        parts.append(f"{before.facings} → {fmt.count(after.facings, 'facing')}")
    if before.price != after.price:
        parts.append("other price")
    if before.locked != after.locked:
        parts.append("locked" if after.locked else "unlocked")
    return ", ".join(parts) or "other stock or size"


def _stock(p: Position) -> str:
    figures = (("holds", p.capacity), ("has", p.quantity), ("par level", p.par_level))
    return ", ".join(f"{word} {value}" for word, value in figures if value is not None) or "stock not known"
