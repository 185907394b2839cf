"""A vision model asked what a package is: few packages, little of the photo, within the budget."""

from __future__ import annotations

from core.compliance import opinion as third
from core.compliance.opinion import Opinion
from core.compliance.reading import GalleryProduct
from core.errors import NotFound, RuleViolation
from core.language import LanguageTask, Picture, Tier
from core.store import catalog, planograms, records
from core.store.audits import SavedAudit
from core.store.language import StoreLedger
from core.trust.access import Role
from core.workbench.audits import AuditsDoor


class OpinionsDoor(AuditsDoor):
    """Third opinions. They change nothing: no finding, no score, no name."""

    @property
    def can_look(self) -> bool:
        """Whether a model that takes pictures is set up and may be asked."""
        language = self.memory.models.language
        if not language.models:
            return False
        shown = (Picture(third.blank(), "image/jpeg"),)
        probe = LanguageTask(third.KIND, {}, lambda: None, pictures=shown, may_rule=False)
        return language.choose(probe, self._ledger()).tier > Tier.RULES

    def unsure(self, saved: SavedAudit) -> tuple[int, ...]:
        """Facings that may be asked about without a finding."""
        return third.to_ask(saved.reading.facings)

    def third_opinion(self, audit_id: int, violation_id: str | None = None) -> tuple[Opinion, ...]:
        """What a vision model thinks the packages of a finding are, or without one those of which the reader
        is unsure; fewer where it gave no answer that holds or the budget is spent. Raises NotFound, and
        RuleViolation where no such model is set up."""
        self._require(Role.DRIVER, "ask for a third opinion")
        saved = self.audit(audit_id)
        violation = saved.audit.violation(violation_id) if violation_id else None
        if violation_id and violation is None:
            raise NotFound(f"Audit {audit_id} has no violation {violation_id}.", "Look at its violations.")
        if not self.can_look:
            raise RuleViolation("No model that takes pictures is set up.",
                                "The Models page says how to add one.")
        photo, _ = self.audit_picture(audit_id)
        with self._session() as session:
            plan = planograms.load(session, saved.card.planogram_id, saved.card.version).plan
            shelfware = self._shelfware(session, catalog.load_catalog(session), plan)
            asked = third.to_ask(saved.reading.facings, violation)
            records.audit(session, "third opinion", "audit", audit_id, violation=violation_id,
                          packages=len(asked))
        known = {p.product_id: p for p in shelfware.gallery.products}
        found = (self._opinion(saved, photo, i, known) for i in asked)
        return tuple(o for o in found if o is not None)

    def _opinion(
        self, saved: SavedAudit, photo: bytes, index: int, known: dict[int, GalleryProduct]
    ) -> Opinion | None:
        facing = saved.reading.facings[index]
        violation = saved.audit.violation(saved.audit.detected[index].violation_id or "")
        expected = violation.expected.product_id if violation and violation.expected else None
        products = [known[i] for i in third.candidates_of(facing, expected) if i in known]
        if not products:
            return None
        task = third.task(third.sheet(photo, facing.box, products), products)
        answer = self.memory.models.language.answer(task, self._ledger())
        if answer.tier is Tier.RULES:
            return None
        said = answer.value["product"]
        product_id = None if said == third.NONE else int(said)
        reader = known.get(facing.product_id or 0)
        return Opinion(
            index, product_id, known[product_id].name if product_id is not None else "none of these",
            reader.name if reader else "not named", answer.value["sure"], answer.model,
        )

    def _ledger(self) -> StoreLedger:
        return StoreLedger(self.database, self.actor)
