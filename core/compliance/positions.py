"""What a photo says of each position of its plan, to lay over the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from enum import StrEnum

import numpy as np

from core.compliance.align import align
from core.compliance.findings import Audit, Kind
from core.compliance.judge import State, judge
from core.compliance.reading import Reading
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog


class Seen(StrEnum):
    """Of a position, in words for the screen; the first that holds, in this order."""

    NOT_SEEN = "Not in the photo"
    WRONG = "Wrong product"
    MOVED = "Stands elsewhere"
    MISSING = "Missing"
    LOW = "Low facings"
    UNSURE = "Please check"
    RIGHT = "As planned"


_OF_KIND = {
    Kind.WRONG_PRODUCT: Seen.WRONG, Kind.WRONG_POSITION: Seen.MOVED, Kind.MISSING_PRODUCT: Seen.MISSING,
    Kind.OUT_OF_STOCK: Seen.MISSING, Kind.WRONG_FACINGS: Seen.LOW,
}
_ORDER = list(Seen)


def seen_by_position(
    reading: Reading, found: Audit, plan: Planogram, catalog: Catalog, dismissed: Collection[str] = ()
) -> tuple[Seen, ...]:
    """One value a position, in the plan's order. ``found``: the audit of the same reading, plan and catalog;
    ``dismissed``: ids of violations that a person has dismissed."""
    aligned = align(reading, plan, catalog)
    state, of = judge(aligned).state, aligned.planned.position
    told: dict[int, Seen] = {}
    for violation in (*found.to_check, *found.violations):
        if violation.id not in dismissed and violation.kind in _OF_KIND:
            seen = _OF_KIND[violation.kind] if violation.is_fact else Seen.UNSURE
            told |= dict.fromkeys(violation.units, seen)
    units: dict[int, list[Seen]] = defaultdict(list)
    for unit, position in enumerate(of.tolist()):
        units[position].append(told.get(unit, Seen.RIGHT))
    hidden = {p for p in range(len(plan.positions)) if np.all(state[of == p] == State.NOT_SEEN)}
    return tuple(Seen.NOT_SEEN if p in hidden else _worst(units[p]) for p in range(len(plan.positions)))


def _worst(seen: list[Seen]) -> Seen:
    """Of all facings of a position: some of them missing are low facings."""
    worst = min(seen, key=_ORDER.index, default=Seen.NOT_SEEN)
    return Seen.LOW if worst is Seen.MISSING and set(seen) != {Seen.MISSING} else worst
