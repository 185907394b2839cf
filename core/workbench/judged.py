"""An audit as people have corrected it: the same photo, with what they said of it put in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.compliance.corrections import Correction, Says, apply, settled
from core.compliance.findings import Audit, Violation
from core.compliance.fixes import Fix, audited
from core.compliance.reading import Box, Reading
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from core.store.audits import SavedAudit, Verdict
from core.store.labels import LabelItem

SAME = 0.6
"""Intersection over union from which a drawn box is that of a package that was found."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What people's verdicts and names make of an audit, and what is left to do."""

    reading: Reading
    audit: Audit
    fixes: tuple[Fix, ...]


def judged(saved: SavedAudit, named: Sequence[LabelItem], plan: Planogram, catalog: Catalog) -> Judged:
    """``named``: packages of the photo that people have named. A finding that was dismissed asks for
    nothing."""
    reading = apply(saved.reading, list(_corrections(saved, named)))
    found, asked = audited(reading, plan, catalog)
    dismissed = {v.violation for v in saved.verdicts.values() if v.verdict == "dismissed"}
    todo = [
        fix for fix in asked
        if not fix.violation_ids or not dismissed.issuperset(fix.violation_ids)
    ]
    return Judged(reading, found, tuple(todo))


def _corrections(saved: SavedAudit, named: Sequence[LabelItem]) -> Iterator[Correction]:
    for verdict in saved.verdicts.values():
        violation = saved.audit.violation(verdict.violation)
        if violation is not None:
            yield from _said(violation, verdict)
    for item in named:
        if item.status == "labelled":
            yield _naming(saved.reading, item.box, item.product_id)


def _said(violation: Violation, verdict: Verdict) -> Iterator[Correction]:
    if verdict.verdict != "corrected":
        yield from settled(violation, verdict.verdict == "confirmed")
    elif "product_id" in verdict.correction and "box" not in verdict.correction and not violation.facings:
        for box in violation.boxes:
            yield Correction(Says.PACKAGE, box=box, product_id=verdict.correction["product_id"])


def _naming(reading: Reading, box: Box, product_id: int | None) -> Correction:
    """Of a package that was found, or of one that was not."""
    found = [_overlap(facing.box, box) for facing in reading.facings]
    if found and max(found) >= SAME:
        return Correction(Says.IS, found.index(max(found)), product_id=product_id)
    return Correction(Says.PACKAGE, box=box, product_id=product_id)


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    tall = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(wide, 0.0) * max(tall, 0.0)
    return both / max(a[2] * a[3] + b[2] * b[3] - both, 1e-9)
