"""What to do at the shelf after an audit, on the screen and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from core.store import audits, catalog, labels, planograms
from core.workbench.audits import AuditsDoor
from core.workbench.catalog import CatalogDoor

if TYPE_CHECKING:
    from core.compliance.fixes import Fix
    from core.store.audits import AuditCard
    from core.workbench.judged import Judged


NEWEST = 5
"""Audits among which the newest usable one is looked for."""
Place = tuple[int, int, float]
"""Product, row from 0, inches from the left end, to two digits."""


@dataclass(frozen=True, slots=True)
class LastAudit:
    """The newest usable audit of a plan, as people have judged it; ``seen``: in words, by place of its
    plan."""

    card: AuditCard
    seen: Mapping[Place, str]


class FixListsDoor(AuditsDoor, CatalogDoor):
    """From findings to work."""

    def judged(self, audit_id: int) -> Judged:
        """The audit as people's verdicts and names have corrected it, and what is left to do. Raises
        NotFound."""
        from core.workbench.judged import judged

        saved = self.audit(audit_id)
        with self._session() as session:
            plan = planograms.load(session, saved.card.planogram_id, saved.card.version).plan
            named = labels.of_photo(session, saved.card.photo_hash)
            products = catalog.load_catalog(session)
        return judged(saved, named, plan, products)

    def last_audit(self, planogram_id: int) -> LastAudit | None:
        """What the newest usable photo of a plan says of its positions; None without one. Raises NotFound."""
        card = next((c for c in self.audits(planogram_id, limit=NEWEST)[0] if c.usable), None)
        if card is None or card.version is None:
            return None
        with self._session() as session:
            said = tuple((v.violation, v.at) for v in audits.verdicts(session, card.id))
            named = tuple((i.id, i.labelled_at) for i in labels.of_photo(session, card.photo_hash))
            known = catalog.catalog_version(session)
        key = ("last audit", self.actor.company_id, card.id, card.version, said, named, known)
        return cast(LastAudit, self.memory.views.get(key, lambda: self._last_audit(card)))

    def _last_audit(self, card: AuditCard) -> LastAudit:
        from core.compliance.positions import seen_by_position

        now, verdicts = self.judged(card.id), self.audit(card.id).verdicts.values()
        dismissed = {v.violation for v in verdicts if v.verdict == "dismissed"}
        with self._session() as session:
            plan = planograms.load(session, card.planogram_id, card.version).plan
            products = catalog.load_catalog(session)
        seen = seen_by_position(now.reading, now.audit, plan, products, dismissed)
        places = ((p.product_id, p.row, round(p.x_in, 2)) for p in plan.positions)
        return LastAudit(card, {place: str(one) for place, one in zip(places, seen, strict=True)})

    def audit_fixes(self, audit_id: int) -> tuple[Fix, ...]:
        """What to do, in order, but for what people have dismissed. Raises NotFound."""
        return self.judged(audit_id).fixes

    def audit_pdf(self, audit_id: int, paper: str = "letter") -> bytes:
        """The fix list with the marked photo, for print and phone. Raises NotFound."""
        from core.compliance import fix_pdf

        saved, now = self.audit(audit_id), self.judged(audit_id)
        at = f"{saved.card.at:%B} {saved.card.at.day}, {saved.card.at.year}"
        return fix_pdf.write(
            now.fixes, now.audit, self.catalog(), self.annotated(audit_id),
            name=saved.card.planogram, about=f"Photo of {at} by {saved.card.by}", paper=paper,
        )
