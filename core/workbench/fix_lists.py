"""What to do at the shelf after an audit, on the screen and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.store import catalog, labels, planograms
from core.workbench.audits import AuditsDoor
from core.workbench.catalog import CatalogDoor

if TYPE_CHECKING:
    from core.compliance.fixes import Fix
    from core.workbench.judged import Judged


class FixListsDoor(AuditsDoor, CatalogDoor):
    """From findings to work."""

    def judged(self, audit_id: int) -> Judged:
        """The audit as people's verdicts and names have corrected it, and what is left to do. Raises
        NotFound."""
        from core.workbench.judged import judged

        saved = self.audit(audit_id)
        with self._session() as session:
            plan = planograms.load(session, saved.card.planogram_id, saved.card.version).plan
            named = labels.of_audit(session, audit_id)
            products = catalog.load_catalog(session)
        return judged(saved, named, plan, products)

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
