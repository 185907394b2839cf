"""Opening, editing and keeping planograms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from core.planogram.autofill import Autofill, autofill
from core.planogram.diff import PlanDiff, diff
from core.planogram.findings import Violation
from core.planogram.fixture import Fixture
from core.planogram.pars import set_pars
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.product import Product
from core.planogram.rules import check, check_edit, violations
from core.store import catalog, life, planograms, records
from core.store.planograms import PlanogramCard, SavedPlanogram, VersionCard
from core.trust.access import Role
from core.workbench.catalog import CatalogDoor


class PlansDoor(CatalogDoor):
    """Planograms and their versions."""

    def planograms(
        self, device_id: int | None = None, store_id: int | None = None, project_id: int | None = None
    ) -> list[PlanogramCard]:
        with self._session() as session:
            return planograms.cards(
                session, device_id=device_id, store_id=store_id, project_id=project_id
            )

    def open(self, planogram_id: int | str, version: int | None = None) -> SavedPlanogram:
        with self._session() as session:
            return planograms.load(session, planogram_id, version)

    def open_all(self, planogram_ids: Sequence[int]) -> list[SavedPlanogram]:
        """The last versions of these planograms."""
        with self._session() as session:
            return planograms.load_all(session, planogram_ids)

    def save(
        self, planogram_id: int, base_version: int, plan: Planogram, comment: str = ""
    ) -> SavedPlanogram:
        """Raises Conflict when someone saved first, RuleViolation for what the edit breaks."""
        self._require(Role.MANAGER, "save a planogram")
        with self._session() as session:
            before = planograms.load(session, planogram_id)
            check_edit(before.plan, plan, catalog.load_catalog(session))
            saved = planograms.save(session, before.id, base_version, plan, comment)
            records.audit(session, "save", "planogram", saved.id, version=saved.version)
            return saved

    def save_pars(
        self, planogram_id: int, base_version: int, pars: Mapping[int, int], comment: str = ""
    ) -> SavedPlanogram:
        """Save the par level of each named product, shared over its places, as a new version. Raises
        BadInput for what does not fit, and as ``save``."""
        with self._session() as session:
            plan = set_pars(planograms.load(session, planogram_id, base_version).plan, pars)
        return self.save(planogram_id, base_version, plan, comment)

    def save_as(
        self, planogram_id: int, name: str, plan: Planogram, comment: str = ""
    ) -> SavedPlanogram:
        """A new draft at the same place that starts with ``plan``."""
        self._require(Role.MANAGER, "save a planogram")
        with self._session() as session:
            source = planograms.load(session, planogram_id)
            check_edit(source.plan, plan, catalog.load_catalog(session))
            saved = planograms.create(
                session, name, plan, season=source.season, site_id=source.site_id,
                project_id=source.project_id, comment=comment or f"Copied from {source.name}",
            )
            life.add_variant(session, saved.id, source.id)
            records.audit(session, "create", "planogram", saved.id, copy_of=source.id)
            return saved

    def create_planogram(
        self, name: str, plan: Planogram, *, season: str | None = None, project_id: int | None = None,
        site_id: int | None = None, comment: str = "",
    ) -> SavedPlanogram:
        """Raises RuleViolation with every hard rule that ``plan`` breaks."""
        self._require(Role.MANAGER, "create a planogram")
        with self._session() as session:
            check(plan, catalog.load_catalog(session))
            saved = planograms.create(
                session, name, plan, season=season, project_id=project_id, site_id=site_id, comment=comment
            )
            records.audit(session, "create", "planogram", saved.id)
            return saved

    def patch_planogram(self, planogram_id: int, **changes: Any) -> SavedPlanogram:
        self._require(Role.MANAGER, "change a planogram")
        with self._session() as session:
            return planograms.patch(session, planogram_id, **changes)

    def versions(self, planogram_id: int) -> list[VersionCard]:
        with self._session() as session:
            return planograms.versions(session, planogram_id)

    def changes(self, planogram_id: int) -> dict[int, PlanDiff]:
        """What each version but the first changed against the one before, by version number."""
        with self._session() as session:
            held = planograms.plans(session, planogram_id)
        return {
            version: diff(held[before], held[version]) for before, version in pairwise(held)
        }

    def diff(self, planogram_id: int, from_version: int, to_version: int) -> PlanDiff:
        with self._session() as session:
            before = planograms.load(session, planogram_id, from_version)
            after = planograms.load(session, planogram_id, to_version)
        return diff(before.plan, after.plan)

    def restore(self, planogram_id: int, version: int) -> SavedPlanogram:
        self._require(Role.MANAGER, "restore a planogram")
        with self._session() as session:
            saved = planograms.restore(session, planogram_id, version)
            records.audit(session, "restore", "planogram", planogram_id, version=version)
            return saved

    def autofill(
        self, fixture: Fixture, products: Sequence[Product] | None = None,
        category_ids: Sequence[int] | None = None,
    ) -> Autofill:
        """The rule-based layout of the given products, or of the catalog's (by category)."""
        if products is None:
            products = self.products_of(category_ids)
        return autofill(fixture, products)

    def what_strict_asks(self, planogram_id: int, plan: Planogram | None = None) -> tuple[Violation, ...]:
        """What has to change before a plan can follow the strict rule set."""
        with self._session() as session:
            subject = plan or planograms.load(session, planogram_id).plan
            return violations(replace(subject, rule_set=RuleSet.STRICT), catalog.load_catalog(session))
