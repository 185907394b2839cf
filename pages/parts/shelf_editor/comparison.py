"""What another version looks like beside the plan on the desk, as the component reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.planogram.diff import Moved, PlanDiff, Refaced, Repriced
from core.planogram.planogram import Planogram, Position
from pages.parts import format as fmt
from pages.parts.shelf_editor.payload import Json, place_of, rounded

if TYPE_CHECKING:
    from core.store.planograms import VersionCard


def compare(version: int, changes: PlanDiff, before: Planogram, after: Planogram) -> Json:
    """Marks on the plan ``after`` for all that differs from ``before``, and what is gone from it."""
    marks = [
        *[_mark("added", "new", after, a.product_id, a.slot) for a in changes.added],
        *[_moved_mark(after, m) for m in changes.moved],
        *[_refaced_mark(after, r) for r in changes.refaced],
        *[_mark("repriced", _prices(r), after, r.product_id, r.slot) for r in changes.repriced],
    ]
    gone = [_on(before, r.product_id, r.slot) for r in changes.removed]
    removed = [
        {
            "product": p.product_id,
            "row": p.row,
            "column": p.column,
            "cells": p.cells,
            "x": rounded(p.x_in, 3),
            "width": rounded(p.width_in, 3),
        }
        for p in gone
        if p is not None
    ]
    words = {
        "added": "added",
        "removed": "removed",
        "moved": "moved",
        "refaced": "with other facings",
        "repriced": "with another price",
    }
    counts = [[kind, f"{n} {words[kind]}"] for kind, n in changes.counts.items() if n and kind in words]
    return {
        "version": version,
        "marks": [m for m in marks if m is not None],
        "removed": removed,
        "counts": counts,
    }


def version_rows(versions: Sequence[VersionCard], changes: Mapping[int, PlanDiff]) -> list[Json]:
    """The history, the newest first: when, who, why, what changed, and where in its life each version is."""
    newest = max((v.version for v in versions), default=0)
    return [
        {
            "version": v.version,
            "when": fmt.ago(v.created_at),
            "who": v.created_by,
            "comment": v.comment,
            "summary": fmt.count(v.positions, "position") + _changed(changes.get(v.version)),
            "status": "stood earlier" if v.status == "archived" and v.effective_from else v.status,
            "current": v.version == newest,
        }
        for v in sorted(versions, key=lambda v: -v.version)
    ]


def _changed(changes: PlanDiff | None) -> str:
    return "" if changes is None else f" · {changes.summary.rstrip('.').lower()}"


def _mark(kind: str, text: str, plan: Planogram, product_id: int, slot: str) -> Json | None:
    position = _on(plan, product_id, slot)
    return None if position is None else {"kind": kind, "text": text, "at": place_of(position)}


def _moved_mark(plan: Planogram, moved: Moved) -> Json | None:
    there = [p for p in plan.of_product(moved.product_id) if p.slot == moved.slot_to]
    if not there:
        return None
    position = min(there, key=lambda p: abs(p.x_in - moved.x_to_in))
    return {"kind": "moved", "text": f"from {moved.slot_from}", "at": place_of(position)}


def _refaced_mark(plan: Planogram, refaced: Refaced) -> Json | None:
    text = f"×{refaced.facings_from} → ×{refaced.facings_to}"
    if refaced.facings_from == refaced.facings_to:
        text = (
            f"{refaced.high_from} → {refaced.high_to} high"
            if refaced.high_from != refaced.high_to
            else "other width"
        )
    return _mark("refaced", text, plan, refaced.product_id, refaced.slot)


def _prices(r: Repriced) -> str:
    return " → ".join("own price" if v is None else fmt.price(v) for v in (r.price_from, r.price_to))


def _on(plan: Planogram, product_id: int, slot: str) -> Position | None:
    return next((p for p in plan.of_product(product_id) if p.slot == slot), None)
