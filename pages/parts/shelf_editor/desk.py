"""One person's work on one planogram: what the editor's events do, and the payload that answers them.

The path of a drop runs only through ``events`` and ``answers``: no SQL, nothing loaded. Opening, saving,
comparing and restoring go through the workbench. Nothing here knows the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from core.capabilities.score import PlacementScore
from core.capabilities.valuation import Estimate
from core.errors import BadInput, Conflict, WorkbenchError
from core.planogram.diff import PlanDiff, diff
from core.planogram.merge import merge
from core.planogram.planogram import Planogram
from core.site.site import Site
from pages.parts.shelf_editor import answers, events, merging, payload, shown

if TYPE_CHECKING:
    from core.capabilities.search import Found
    from core.capabilities.validate import Validation
    from core.store.planograms import SavedPlanogram, VersionCard
    from core.workbench.fix_lists import LastAudit

FOUND_SHOWN, LIKELY = 12, 0.3
"""Hits of a search that the list takes up, and the likeness from which it does."""
Event = Mapping[str, Any]


class Plans(Protocol):
    """What the desk needs of the workbench."""

    def open(self, planogram_id: int | str, version: int | None = None) -> SavedPlanogram: ...
    def save(
        self, planogram_id: int, base_version: int, plan: Planogram, comment: str = ""
    ) -> SavedPlanogram: ...
    def save_as(self, planogram_id: int, name: str, plan: Planogram, comment: str = "") -> SavedPlanogram: ...
    def restore(self, planogram_id: int, version: int) -> SavedPlanogram: ...
    def versions(self, planogram_id: int) -> list[VersionCard]: ...
    def changes(self, planogram_id: int) -> dict[int, PlanDiff]: ...
    def search_products(self, query: str, k: int = 10) -> Found: ...
    def acknowledged(self, planogram_id: int) -> frozenset[str]: ...
    def acknowledge(
        self, planogram_id: int, key: str, plan: Planogram | None = None, *, taken_back: bool = False
    ) -> Validation: ...


@dataclass(frozen=True, slots=True)
class LastMove:
    """The step that was made last: what it is worth, and the score of the placement where it was one."""

    id: int
    title: str
    gain: Estimate
    score: PlacementScore | None


class Desk:
    """The state between two events. ``goto``: another planogram that the page should open now."""

    def __init__(
        self,
        saved: SavedPlanogram,
        site: Site,
        plans: Plans,
        *,
        may_edit: bool = True,
        overlay: str = "revenue",
    ) -> None:
        self.saved = saved
        self.plans = plans
        self.overlay = overlay
        self.read_only = not may_edit or saved.version != saved.last_version
        self.goto: int | None = None
        self._site = answers.ready(site, saved.plan)
        self._few = answers.quick(self._site)
        self.products = payload.products(self._site.catalog, saved.plan.fixture, self._site)
        self._count = 0
        self.audited: LastAudit | None = None
        """What the newest photo of this plan shows; set by the page, never on the path of a drop."""
        self._begin(saved)

    def _begin(self, saved: SavedPlanogram, client: str = "", ack: int = 0) -> None:
        """Start anew from a saved version."""
        self.saved = saved
        self.session = events.EditSession.start(saved.version, saved.plan).acknowledged(client, ack)
        self.figures = answers.first_figures(saved.plan, saved.plan, self._site)
        self._known = self.plans.acknowledged(saved.id)
        self.ranking = answers.rank(saved.plan, self._site, self._few, self._known)
        self.last: LastMove | None = None
        self.notice: dict[str, Any] | None = None
        self.conflict: dict[str, Any] | None = None
        self.theirs: SavedPlanogram | None = None
        self.compared: tuple[int, PlanDiff, Planogram] | None = None
        self.shown_versions: list[VersionCard] = []
        self.shown_changes: dict[int, PlanDiff] = {}
        self.detail: answers.Detail | None = None
        self.found: payload.Json | None = None

    @property
    def plan(self) -> Planogram:
        return self.session.plan

    @property
    def site(self) -> Site:
        return self._site

    def adopt(self, plan: Planogram, title: str) -> None:
        """Take over a plan that another page proposes, as one step that can be undone."""
        if self.read_only:
            self._refuse()
        else:
            self._change(self.session.did(events.Step(plan, title)))

    # --- what people do ---

    def handle(self, message: Event) -> None:
        """Apply the events of a message that are new. What goes wrong is told and changes nothing."""
        for event in events.fresh_events(self.session, message):
            try:
                self._do(event)
            except WorkbenchError as error:
                self._say("error", error.message, error.hint)
            client = str(message.get("client", ""))
            self.session = self.session.acknowledged(client, int(event["seq"]))

    def _do(self, event: Event) -> None:
        kind = str(event.get("type"))
        if kind in _LOOKING:
            _LOOKING[kind](self, event)
        elif self.read_only:
            self._refuse()
        elif kind in _KEEPING:
            _KEEPING[kind](self, event)
        else:
            self._edit(event)

    def _edit(self, event: Event) -> None:
        before = self.session
        self._change(events.apply(before, event, self._site.catalog))
        if self.session.edits == before.edits or events.is_edit(event):
            return
        self.last = None
        undone = event.get("type") == "undo"
        title = before.present.title if undone else self.session.present.title
        self._say("info", f"Undone: {title}." if undone else f"Done again: {title}.")

    def _apply(self, event: Event) -> None:
        """Make one of the moves that the card advises."""
        index = event.get("move")
        moves = self.ranking.moves if self.ranking.plan is self.plan else ()
        if not isinstance(index, int) or not 0 <= index < len(moves):
            raise BadInput("The plan has changed since this move was advised.", "Choose from the new list.")
        move = moves[index]
        self._change(self.session.did(events.Step(move.plan, move.text)))

    def _fix(self, event: Event) -> None:
        """Mend an issue by the edit that was offered."""
        fix = self.ranking.fix(self.plan, event.get("key"))
        self._change(self.session.did(events.Step(fix.applied(self.plan, self._site.catalog), fix.title)))

    def _acknowledge(self, event: Event) -> None:
        """Live with a warning, or no longer."""
        back = event.get("back") is True
        judged = self.plans.acknowledge(self.saved.id, str(event.get("key")), self.plan, taken_back=back)
        self._known = self.plans.acknowledged(self.saved.id)
        if self.ranking.plan is self.plan:
            self.ranking = replace(self.ranking, judged=judged)

    def _change(self, session: events.EditSession) -> None:
        """Go on with an edited plan: its figures, and what the step is worth with its score."""
        before = self.session
        if session.edits == before.edits:
            return
        self.session = session
        self.figures, gain = answers.next_figures(self.figures, self.plan, self._site)
        self.detail = None
        step, score = session.present, None
        if step.product_id is not None and step.slot is not None:
            score = answers.scored(before.plan, self._few, step.product_id, step.slot, step.source)
        self._count += 1
        self.last = LastMove(self._count, step.title, gain, score if score and score.valid else None)

    def _rank(self, _event: Event) -> None:
        if self.ranking.plan is not self.plan:
            self.ranking = answers.rank(self.plan, self._site, self._few, self._known)

    def _select(self, event: Event) -> None:
        product_id, at = event.get("product"), event.get("at")
        if product_id in self._site.catalog:
            position = events.find(self.plan, at) if at else None
            self.detail = answers.detail(self.plan, self._site, int(str(product_id)), position)

    def _search(self, event: Event) -> None:
        """Products beyond those whose name holds what was typed: misspelled, or meant."""
        text = str(event.get("text", ""))
        hits = self.plans.search_products(text, FOUND_SHOWN).hits
        self.found = {"text": text, "products": [h.product_id for h in hits if h.score >= LIKELY]}

    def _overlay(self, event: Event) -> None:
        self.overlay = str(event.get("name", "plain"))

    def _history(self, _event: Event) -> None:
        self.shown_versions = self.plans.versions(self.saved.id)
        self.shown_changes = self.plans.changes(self.saved.id)

    def _compare(self, event: Event) -> None:
        version = event.get("version")
        if not isinstance(version, int):
            self.compared = None
            return
        other = self.plans.open(self.saved.id, version).plan
        self.compared = (version, diff(other, self.plan), other)

    def _save(self, event: Event) -> None:
        comment = str(event.get("comment", ""))
        try:
            saved = self.plans.save(self.saved.id, self.session.base_version, self.plan, comment)
        except Conflict:
            self._meet(self.plans.open(self.saved.id))
            return
        self.saved = saved
        self.session = self.session.rebased(saved.version, self.plan)
        self.figures = self.figures.from_now()
        self.compared = None
        if self.shown_versions:
            self._history({})
        self._say("info", f"Saved as version {saved.version}.")

    def _meet(self, theirs: SavedPlanogram) -> None:
        """Someone else saved first: tell what both did, and ask."""
        self.theirs = theirs
        self.conflict = merging.told(
            self.saved.name, self.session.saved, self.plan, theirs, self.session.base_version,
            self._site.catalog,
        )

    def _merge(self, event: Event) -> None:
        """Go on from what was saved, with the person's own changes as one step that is not yet saved."""
        theirs, chosen = self.theirs, event.get("keep")
        if theirs is None or not isinstance(chosen, list):
            raise BadInput("There is nothing to merge.", "Save first.")
        mine = [i for i in chosen if isinstance(i, int)]
        merged = merge(self.session.saved, self.plan, theirs.plan, self._site.catalog, mine).plan
        self._begin(theirs, self.session.client, self.session.ack)
        self._change(self.session.did(events.Step(merged, f"Merged with version {theirs.version}")))
        self.compared = (theirs.version, diff(theirs.plan, merged), theirs.plan)
        self._say("info", f"Merged with version {theirs.version}. Yours is marked: save to keep it.")

    def _save_as(self, event: Event) -> None:
        saved = self.plans.save_as(
            self.saved.id, str(event.get("name", "")), self.plan, str(event.get("comment", ""))
        )
        self.conflict = None
        self.goto = saved.id

    def _reload(self, _event: Event) -> None:
        self._begin(self.plans.open(self.saved.id), self.session.client, self.session.ack)
        self._say("info", f"Version {self.saved.version} is open.")

    def _restore(self, event: Event) -> None:
        version = event.get("version")
        if not isinstance(version, int):
            return
        saved = self.plans.restore(self.saved.id, version)
        self._begin(saved, self.session.client, self.session.ack)
        self._history({})
        self._say("info", f"Version {version} is restored as version {saved.version}.")

    def _refuse(self) -> None:
        hint = "Open the newest version, as a manager, to change it."
        self._say("error", "This plan is open for reading.", hint)

    def _say(self, kind: str, message: str, hint: str = "") -> None:
        self._count += 1
        self.notice = {"id": self._count, "kind": kind, "message": message, "hint": hint}

    # --- what the browser is shown ---

    def payload(self) -> payload.Json:
        """The desk as the component reads it."""
        return shown.whole(self)

    @property
    def plan_key(self) -> str:
        """The same as long as it is the same plan that is worked on."""
        return f"{self.saved.id}/{self.saved.version if self.read_only else 'last'}"


_LOOKING: dict[str, Callable[[Desk, Event], None]] = {
    "pairs": Desk._rank,
    "select": Desk._select,
    "search": Desk._search,
    "overlay": Desk._overlay,
    "history": Desk._history,
    "compare": Desk._compare,
    "reload": Desk._reload,
}
_KEEPING: dict[str, Callable[[Desk, Event], None]] = {
    "apply": Desk._apply,
    "fix": Desk._fix,
    "acknowledge": Desk._acknowledge,
    "save": Desk._save,
    "merge": Desk._merge,
    "saveAs": Desk._save_as,
    "restore": Desk._restore,
}
