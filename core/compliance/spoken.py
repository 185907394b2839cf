"""An audit in two sentences for the store: by rules, or as a language model's task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from core.compliance.findings import Audit, Kind, Violation
from core.language import LanguageTask

KIND, MOST_TOKENS, WITHIN_S = "audit_summary", 220, 6.0
TOLD = 12
"""Departures that are told, the gravest first."""
_GRAVITY = {"high": 0, "medium": 1, "low": 2}
_NOUNS = {
    Kind.MISSING_PRODUCT: "missing", Kind.WRONG_PRODUCT: "replaced", Kind.WRONG_POSITION: "moved",
    Kind.EXTRA_PRODUCT: "not in the plan", Kind.WRONG_FACINGS: "with wrong facings",
    Kind.OUT_OF_STOCK: "out of stock",
}


def summed_up(found: Audit, dismissed: Sequence[str] = ()) -> str:
    """How the shelf stands, then what to do first; by what is sure."""
    if found.compliance_score is None:
        return found.summary
    left = _left(found, dismissed)
    head = f"{found.right:,} of {found.planned:,} planned facings stand right."
    if not left:
        more = f" {_count(len(found.to_check), 'place')} should be looked at." if found.to_check else ""
        return f"{head}{more or ' Nothing has to be mended.'}"
    kinds = Counter(v.kind for v in left)
    parts = ", ".join(f"{n} {_NOUNS[kind]}" for kind, n in kinds.most_common())
    first = left[0].text.rstrip(".")
    return f"{head} {_count(len(left), 'thing')} to mend ({parts}), first of all: {first}."


def task(
    found: Audit, place: str, names: Sequence[str] = (), dismissed: Sequence[str] = ()
) -> LanguageTask:
    """What is asked of the router. ``place``: the plan's name; ``names``: those of all products."""
    return LanguageTask(
        KIND, told(found, place, dismissed), lambda: summed_up(found, dismissed), names=tuple(names),
        max_tokens=MOST_TOKENS, within_s=WITHIN_S,
    )


def told(found: Audit, place: str, dismissed: Sequence[str] = ()) -> dict[str, Any]:
    """All that may be said, as plain values; what a person has dismissed is left out."""
    left = _left(found, dismissed)
    return {
        "plan": place,
        "compliance_score": found.compliance_score,
        "compliance_interval": (found.score_low, found.score_high),
        "planned_facings_seen": found.planned, "facings_right": found.right,
        "facings_not_in_the_photo": found.not_seen,
        "share_of_products_available": found.availability,
        "departures": len(left), "places_to_check": len(found.to_check),
        "departures_by_kind": [
            {"kind": _NOUNS[kind], "number": n} for kind, n in Counter(v.kind for v in left).most_common()
        ],
        "violations": [_violation(v) for v in left[:TOLD]],
        "shelves": [
            {"label": r.name, "facings_right": r.right, "facings_planned": r.planned}
            for r in found.rows if r.is_seen
        ],
    }


def _left(found: Audit, dismissed: Sequence[str]) -> list[Violation]:
    """Departures that nobody has dismissed, the gravest first."""
    gone = set(dismissed)
    left = [v for v in found.violations if v.id not in gone]
    return sorted(left, key=lambda v: _GRAVITY.get(v.severity, 3))


def _violation(v: Violation) -> dict[str, Any]:
    about = v.expected or v.actual
    return {
        "product": about.name if about else "", "kind": _NOUNS[v.kind],
        "seen_instead": v.actual.name if v.actual and v.expected and v.actual.name != v.expected.name else "",
        "slot": (v.spot.label or v.spot.slot) if v.spot else "",
        "facings_planned": v.expected.facings if v.expected else None,
        "facings_seen": v.actual.facings if v.actual else None,
        "how_grave": v.severity, "told": v.text,
    }


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"
