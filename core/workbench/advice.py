"""What is wrong with a plan and what would make it better: issues with their fixes, and the overview."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from core.capabilities.categories import CategorySuggestion, Wanted, suggest_categories
from core.capabilities.facings import FacingsSuggestion, suggest_facings
from core.capabilities.location import Context, Personalized, personalize
from core.capabilities.location.range import Goals
from core.capabilities.location.rivals import Here
from core.capabilities.overview import Overview, overview
from core.capabilities.overview.facts import PlanFacts, Stand, facts_of
from core.capabilities.overview.spoken import LanguageWriter
from core.capabilities.overview.words import TEMPLATE, Writer
from core.capabilities.validate import Validation, validate
from core.errors import BadInput, NotFound
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram
from core.site.site import Site
from core.site.zones import FloatArray
from core.store import acknowledged, catalog, places, planograms, records, results, sites
from core.store.language import StoreLedger
from core.store.places import DeviceCard, StoreCard
from core.store.tenant import TenantSession
from core.trust.access import Role
from core.workbench.door import Door
from core.workbench.library import site_of

FACT_DAYS, HOUR_DAYS = 28, 56
"""Days of sales by which plans are compared, and by which the hours of a place are told."""


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

    def overview(
        self, planogram_id: int | str, plan: Planogram | None = None, *, by_rule: bool = False
    ) -> Overview:
        """How the plan uses its space, how it compares with the company's best, and what to do first. A
        draft is put into words by rules; so is a saved plan with ``by_rule``, at once."""
        with self._session() as session:
            saved = planograms.load(session, planogram_id)
            site = site_of(session, self.memory, saved)
            facts = self.plan_facts(session, saved.is_demo)
            known = acknowledged.acknowledged(session, saved.id)
        writer = self._writer(site) if plan is None and not by_rule else TEMPLATE
        return overview(plan or saved.plan, site, facts, tuple(known), writer, own_id=saved.id)

    def _writer(self, site: Site) -> Writer:
        """Who puts a saved plan into words: the router, where a language model is set up."""
        language = self.memory.models.language
        if not language.models:
            return TEMPLATE
        ledger = StoreLedger(self.database, self.actor)
        names = [product.name for product in site.catalog.values()]
        return LanguageWriter(lambda task: language.answer(task, ledger), names)

    def facings(
        self, product_id: int, planogram_id: int | str, plan: Planogram | None = None
    ) -> FacingsSuggestion:
        """How many facings a product deserves on a plan. Raises BadInput and NotFound."""
        with self._session() as session:
            saved = planograms.load(session, planogram_id)
            site = site_of(session, self.memory, saved)
        return suggest_facings(plan or saved.plan, site, product_id)

    def suggest_categories(
        self, fixture: Fixture, season: str | None = None, store_id: int | None = None,
        device_id: int | None = None,
    ) -> tuple[CategorySuggestion, ...]:
        """What a new plan should hold, by plans like it: at a store, in a machine, or anywhere. Raises
        NotFound for an unknown place."""
        with self._session() as session:
            products = catalog.load_catalog(session)
            ids = {c.name: c.id for c in catalog.categories(session)}
            wanted, is_demo = Wanted(fixture, season), not sites.any_site(session, demo=False)
            place = place_of(session, store_id, device_id)
            if place is not None:
                wanted = Wanted(fixture, season, place.venue_type, place.site_id, place.name)
                is_demo = place.is_demo
            facts = self.plan_facts(session, is_demo)
        return suggest_categories(wanted, facts, products, ids)

    def personalize(
        self, device_id: int, goals: Goals | None = None, context: Context | None = None
    ) -> Personalized:
        """What a machine's place should carry. Raises NotFound for an unknown machine, or one without a
        plan."""
        with self._session() as session:
            found = places.devices(session, device_id)
            if not found:
                raise NotFound(f"There is no machine {device_id}.", "Choose one from the list.")
            device = found[0]
            ids = [c.planogram_id for c in device.cabinets if c.planogram_id is not None]
            plans = planograms.load_all(session, ids)
            if not plans:
                raise NotFound(f"{device.name} has no planogram yet.", "Make one, or import its sales.")
            here = Here(
                device.site_id, device.venue_type,
                tuple((p.id, p.plan, site_of(session, self.memory, p)) for p in plans),
                _hourly(session, device.site_id, device.is_demo),
            )
            facts = self.plan_facts(session, device.is_demo)
            products, people = catalog.load_catalog(session), _people(session)
        return personalize(here, facts, products, goals or Goals(), context or Context(), people)

    def plan_facts(self, session: TenantSession, is_demo: bool) -> list[PlanFacts]:
        """How every plan of one origin did over the last weeks, from memory until something changes."""
        key = (self.actor.company_id, "plan facts", is_demo, sites.fleet_version(session),
               catalog.catalog_version(session))
        view = self.memory.views.get(key, lambda: _plan_facts(session, is_demo))
        assert isinstance(view, list)
        return view


def place_of(
    session: TenantSession, store_id: int | None, device_id: int | None
) -> StoreCard | DeviceCard | None:
    """The named place, or None where none is named."""
    if store_id is None and device_id is None:
        return None
    found: list[StoreCard] | list[DeviceCard] = (
        places.stores(session, store_id) if store_id is not None else places.devices(session, device_id)
    )
    if not found:
        what = f"store {store_id}" if store_id is not None else f"machine {device_id}"
        raise NotFound(f"There is no {what}.", "Choose one from the list.")
    return found[0]


def _hourly(session: TenantSession, site_id: int, is_demo: bool) -> FloatArray:
    until = results.newest_day(session, is_demo) or date.today()
    return results.hourly_units(session, site_id, until - timedelta(days=HOUR_DAYS - 1), until)


def _people(session: TenantSession) -> dict[int, Mapping[str, float]]:
    """Demographics by site, the figures among them."""
    return {
        s.site_id: {k: float(v) for k, v in s.demographics.items()
                    if isinstance(v, int | float) and not isinstance(v, bool)}
        for s in places.stores(session)
    }


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
