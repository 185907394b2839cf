"""What is wrong with a plan and what would make it better: issues with their fixes, and the overview."""

from __future__ import annotations

from datetime import timedelta

from core.capabilities.overview import Overview, overview
from core.capabilities.overview_facts import PlanFacts, Stand, facts_of
from core.capabilities.validate import Validation, validate
from core.errors import BadInput, NotFound
from core.planogram.planogram import Planogram
from core.store import acknowledged, catalog, planograms, records, results, sites
from core.store.tenant import TenantSession
from core.trust.access import Role
from core.workbench.door import Door
from core.workbench.library import site_of

FACT_DAYS = 28
"""Days of sales by which plans are compared."""


class AdviceDoor(Door):
    """Judgement of a plan. ``plan`` is an unsaved draft; without one, the saved plan."""

    def validate(self, planogram_id: int | str, plan: Planogram | None = None) -> Validation:
        """Every rule that the plan breaks, with a fix where one was found."""
        with self._session() as session:
            saved = planograms.load(session, planogram_id)
            site = site_of(session, self.memory, saved)
            known = acknowledged.acknowledged(session, saved.id)
        return validate(plan or saved.plan, site, known)

    def acknowledged(self, planogram_id: int) -> frozenset[str]:
        """Keys of the issues that somebody lives with."""
        with self._session() as session:
            return acknowledged.acknowledged(session, planogram_id)

    def acknowledge(
        self, planogram_id: int | str, key: str, plan: Planogram | None = None, *, taken_back: bool = False
    ) -> Validation:
        """Live with a warning until its facts change, or no longer. Raises NotFound for an issue that the
        plan does not have, BadInput for an error, which has to be mended."""
        self._require(Role.MANAGER, "acknowledge an issue")
        found = self.validate(planogram_id, plan)
        issue = next((i for i in found.issues if i.key == key), None)
        if issue is None:
            raise NotFound(f"This plan has no issue {key}.", "Validate it again: its facts have changed.")
        if issue.severity == "error":
            raise BadInput(f"A broken rule cannot be acknowledged: {issue.message}",
                           issue.hint or "Mend it first.")
        with self._session() as session:
            saved = planograms.load(session, planogram_id)
            if taken_back:
                acknowledged.take_back(session, saved.id, key)
            else:
                acknowledged.acknowledge(session, saved.id, key, issue.rule)
            records.audit(session, "take back" if taken_back else "acknowledge", "issue", key,
                          planogram=saved.id, rule=str(issue.rule))
        return self.validate(planogram_id, plan)

    def overview(self, planogram_id: int | str, plan: Planogram | None = None) -> Overview:
        """How the plan uses its space, how it compares with the company's best, and what to do first."""
        with self._session() as session:
            saved = planograms.load(session, planogram_id)
            site = site_of(session, self.memory, saved)
            facts = self.plan_facts(session, saved.is_demo)
            known = acknowledged.acknowledged(session, saved.id)
        return overview(plan or saved.plan, site, facts, tuple(known), own_id=saved.id)

    def plan_facts(self, session: TenantSession, is_demo: bool) -> list[PlanFacts]:
        """How every plan of one origin did over the last weeks, from memory until something changes."""
        key = (self.actor.company_id, "plan facts", is_demo, sites.fleet_version(session),
               catalog.catalog_version(session))
        view = self.memory.views.get(key, lambda: _plan_facts(session, is_demo))
        assert isinstance(view, list)
        return view


def _plan_facts(session: TenantSession, is_demo: bool) -> list[PlanFacts]:
    cards = [c for c in planograms.cards(session) if c.is_demo == is_demo]
    stands = [
        Stand(p.id, p.name, p.site_id, p.site_name, p.venue_type, p.season, p.plan)
        for p in planograms.load_all(session, [c.id for c in cards])
    ]
    until = results.newest_day(session, is_demo)
    if until is None:
        return facts_of(stands, results.NOTHING, FACT_DAYS, catalog.load_catalog(session))
    totals = results.product_totals(session, until - timedelta(days=FACT_DAYS - 1), until)
    return facts_of(stands, totals, FACT_DAYS, catalog.load_catalog(session))
