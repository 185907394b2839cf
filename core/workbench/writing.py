"""Computed results put into words: at once by rules, more freely by a language model where one is set up.

Each method yields pieces of the text as they come, and at last what counts: a ``Written`` whose every number
and name was held against the data. Without a model that is all there is, and it comes at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.capabilities import category_words, whatif_words
from core.capabilities.categories import CategorySuggestion
from core.capabilities.category_words import Together
from core.capabilities.overview import Overview, spoken
from core.capabilities.overview.words import Facts
from core.capabilities.whatif import RevenuePrediction
from core.compliance import spoken as audit_words
from core.compliance.findings import Audit
from core.language import Answer, LanguageTask
from core.planogram.fixture import Fixture
from core.store import catalog, sites
from core.store.language import StoreLedger
from core.workbench.advice import AdviceDoor, place_of

RULE = "rule"


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it is shown. ``by``: the model that wrote it, "" where rules did · ``instead_of``: why the
    rules wrote although a model is set up, "" where none is."""

    text: str
    by: str = ""
    instead_of: str = ""


Telling = Iterator[str | Written]


class WritingDoor(AdviceDoor):
    """Where language helps. Nothing here is needed, and nothing is stated that was not computed."""

    @property
    def language_models(self) -> tuple[str, ...]:
        """The language models that are set up; empty where rules write everything."""
        return self.memory.models.language.models

    def write_overview(self, found: Overview) -> Telling:
        """An overview in a paragraph."""
        facts = Facts(found.metrics, found.comparison, found.among, found.rank, found.improvements)
        return self._told(spoken.task(facts, self._product_names()))

    def explain_whatif(self, found: RevenuePrediction, name: str = "The proposed plan") -> Telling:
        """Why a proposed plan earns what it is expected to earn, and how sure that is."""
        return self._told(whatif_words.task(found, name, self._product_names()))

    def sum_up_audit(self, found: Audit, place: str, dismissed: Sequence[str] = ()) -> Telling:
        """An audit in two sentences for the store; ``dismissed``: ids of findings that a person has put
        aside."""
        return self._told(audit_words.task(found, place, self._product_names(), dismissed))

    def categories_together(
        self, chosen: CategorySuggestion, fixture: Fixture, store_id: int | None = None,
        device_id: int | None = None,
    ) -> Together:
        """How plans like this one arrange the categories of a suggestion: at a store, in a machine, or
        anywhere. Raises NotFound for an unknown place."""
        with self._session() as session:
            place = place_of(session, store_id, device_id)
            is_demo = not sites.any_site(session, demo=False) if place is None else place.is_demo
            facts = self.plan_facts(session, is_demo)
            products = catalog.load_catalog(session)
        venue = place.venue_type if place else ""
        return category_words.together(chosen, fixture, facts, products, venue)

    def reason_categories(self, found: Together) -> Telling:
        """Why these categories stand next to one another."""
        return self._told(category_words.task(found))

    def _told(self, task: LanguageTask) -> Telling:
        ledger = StoreLedger(self.database, self.actor)
        for piece in self.memory.models.language.stream(task, ledger):
            yield written(piece) if isinstance(piece, Answer) else piece

    def _product_names(self) -> tuple[str, ...]:
        """Of all products, so that one which is not among the facts is noticed."""
        if not self.language_models:
            return ()
        with self._session() as session:
            return tuple(product.name for product in catalog.load_catalog(session).values())


def written(answer: Answer) -> Written:
    """An answer of the router as it is shown."""
    if answer.model != RULE:
        return Written(answer.text, answer.model)
    return Written(answer.text, "", "No language model gave an answer that holds" if answer.degraded else "")


def last(telling: Telling) -> Written:
    """What counts of a telling."""
    whole = Written("")
    for piece in telling:
        whole = piece if isinstance(piece, Written) else whole
    return whole
