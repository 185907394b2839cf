"""What to do at the shelf after an audit, on the screen and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.store import catalog, planograms
from core.workbench.audits import AuditsDoor

if TYPE_CHECKING:
    from core.compliance.fixes import Fix


class FixListsDoor(AuditsDoor):
    """From findings to work."""

    def audit_fixes(self, audit_id: int) -> tuple[Fix, ...]:
        """What to do, in order, but for what people have dismissed. Raises NotFound."""
        from core.compliance.fixes import fixes

        saved = self.audit(audit_id)
        with self._session() as session:
            plan = planograms.load(session, saved.card.planogram_id, saved.card.version).plan
            products = catalog.load_catalog(session)
        dismissed = {v.violation for v in saved.verdicts.values() if v.verdict == "dismissed"}
        found = fixes(saved.audit, saved.reading, plan, products)
        return tuple(f for f in found if not f.violation_ids or not dismissed.issuperset(f.violation_ids))

    def audit_pdf(self, audit_id: int, paper: str = "letter") -> bytes:
        """The fix list with the marked photo, for print and phone. Raises NotFound."""
        from core.compliance import fix_pdf

        saved = self.audit(audit_id)
        with self._session() as session:
            products = catalog.load_catalog(session)
        at = f"{saved.card.at:%B} {saved.card.at.day}, {saved.card.at.year}"
        return fix_pdf.write(
            self.audit_fixes(audit_id), saved.audit, products, self.annotated(audit_id),
            name=saved.card.planogram, about=f"Photo of {at} by {saved.card.by}", paper=paper,
        )
