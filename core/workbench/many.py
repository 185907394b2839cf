"""Many plans at once: a layout copied to similar places, one change made on all of them, and undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.capabilities.money import delta
from core.capabilities.valuation import Estimate
from core.errors import BadInput, Conflict, WorkbenchError
from core.planogram.bulk import BulkEdit, change, describe
from core.planogram.copying import Difference, adapt, likeness
from core.planogram.diff import PlanDiff, diff
from core.planogram.planogram import Planogram
from core.planogram.rules import check_edit
from core.store import batches, catalog, planograms, records
from core.store.batches import Batch, NewVersion, Undone
from core.store.planograms import SavedPlanogram
from core.trust.access import Role
from core.workbench.door import Door
from core.workbench.library import site_of

MAX_PLANS = 1000
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Similar:
    """A plan that another's layout could be copied to. ``likeness``: shared cells, 0 to 1."""

    planogram_id: int
    name: str
    site_name: str
    venue_type: str
    same_venue: bool
    likeness: float


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would be saved for one plan, or why nothing can be. ``places``: how many positions change."""

    planogram_id: int
    name: str
    site_name: str
    base_version: int
    before: Planogram
    after: Planogram
    places: int
    changes: PlanDiff
    differences: tuple[Difference, ...] = ()
    error: str = ""

    @property
    def changed(self) -> bool:
        return not self.error and self.after != self.before


class ManyDoor(Door):
    """Plans changed together."""

    def similar(self, planogram_id: int | str) -> list[Similar]:
        """Other plans whose fixture shares cells with this one's, the most alike first: those of the same
        kind of place, then by shared cells."""
        with self._session() as session:
            source = planograms.load(session, planogram_id)
            others = planograms.load_all(session)
        found = [
            Similar(p.id, p.name, p.site_name, p.venue_type, p.venue_type == source.venue_type,
                    likeness(source.plan, p.plan))
            for p in others if p.id != source.id and p.status != "archived" and p.is_demo == source.is_demo
        ]
        alike = [s for s in found if s.likeness > 0]
        return sorted(alike, key=lambda s: (-round(s.likeness, 2), not s.same_venue, s.name, s.planogram_id))

    def preview_copy(
        self, planogram_id: int | str, target_ids: Sequence[int], *, keep_prices: bool = True,
        only_known: bool = False,
    ) -> list[Proposed]:
        """The plan's layout as it would be at each target. ``only_known``: of products that stood there
        before."""
        _require_number(target_ids)
        with self._session() as session:
            source = planograms.load(session, planogram_id)
            targets = [p for p in planograms.load_all(session, list(target_ids)) if p.id != source.id]
            products = catalog.load_catalog(session)
            seen = batches.products_seen(session, [p.id for p in targets]) if only_known else {}
        found = []
        for target in targets:
            made = adapt(source.plan, target.plan, products, seen.get(target.id), keep_prices=keep_prices)
            found.append(_proposed(target, made.plan, differences=made.differences))
        return found

    def preview_edit(self, wanted: BulkEdit, planogram_ids: Sequence[int]) -> list[Proposed]:
        """What the edit would do to each plan; a plan that does not allow it says why."""
        _require_number(planogram_ids)
        with self._session() as session:
            plans = planograms.load_all(session, list(planogram_ids))
            products = catalog.load_catalog(session)
        describe(wanted, products)
        found = []
        for saved in plans:
            try:
                made = change(saved.plan, products, wanted)
            except WorkbenchError as error:
                found.append(_proposed(saved, saved.plan, error=f"{error.message} {error.hint}".strip()))
                continue
            found.append(_proposed(saved, made.plan, made.places))
        return found

    def describe_edit(self, wanted: BulkEdit) -> str:
        """The edit in words."""
        with self._session() as session:
            return describe(wanted, catalog.load_catalog(session))

    def worth(self, proposed: Sequence[Proposed], progress: Progress | None = None) -> dict[int, Estimate]:
        """What each changed plan would earn a day more than now, by planogram id."""
        changed = [p for p in proposed if p.changed]
        found = {}
        for number, item in enumerate(changed):
            if progress is not None:
                progress(number / len(changed), f"Estimating {item.name}")
            with self._session() as session:
                site = site_of(session, self.memory, planograms.load(session, item.planogram_id))
            found[item.planogram_id] = delta(item.before, item.after, site)
        return found

    def save_many(self, title: str, proposed: Sequence[Proposed]) -> Batch:
        """Save every changed plan in one transaction, each as a new version with ``title`` as its comment.

        Raises BadInput where nothing changes, Conflict when someone saved one of them since the preview,
        RuleViolation for what a plan breaks; nothing is saved then.
        """
        self._require(Role.MANAGER, "change many plans")
        changed = [p for p in proposed if p.changed]
        if not changed:
            raise BadInput("No plan changes.", "Choose plans that the change concerns.")
        with self._session() as session:
            products = catalog.load_catalog(session)
            for item in changed:
                now = planograms.load(session, item.planogram_id)
                if now.version != item.base_version:
                    raise Conflict(f"{now.name} was saved as version {now.version} meanwhile.",
                                   "Look at the preview again.")
                check_edit(now.plan, item.after, products)
            made = [NewVersion(p.planogram_id, p.base_version, p.after) for p in changed]
            batch = batches.save_all(session, title, made)
            ids = [p.planogram_id for p in changed]
            records.audit(session, "change many", "batch", batch.id, title=title, planograms=ids)
            return batch

    def batches(self, limit: int = 20) -> list[Batch]:
        """The newest changes of many plans first."""
        with self._session() as session:
            return batches.batches(session, limit)

    def undo_many(self, batch_id: int) -> Undone:
        """Bring the versions from before a change of many plans back, except where someone saved since."""
        self._require(Role.MANAGER, "undo a change of many plans")
        with self._session() as session:
            undone = batches.undo(session, batch_id)
            records.audit(session, "undo many", "batch", batch_id, restored=len(undone.restored))
            return undone


def total_of(worths: Sequence[Estimate]) -> Estimate:
    """The sum over places. The ends are summed too, as if all places erred together, because they learn from
    each other: the interval is rather too wide than too narrow."""
    level = worths[0].level if worths else 0.9
    return Estimate(
        sum(w.value for w in worths), sum(w.lower for w in worths), sum(w.upper for w in worths), level
    )


def _proposed(
    saved: SavedPlanogram, after: Planogram, places: int | None = None,
    differences: tuple[Difference, ...] = (), error: str = "",
) -> Proposed:
    changes = diff(saved.plan, after)
    counted = sum(changes.counts.values()) if places is None else places
    return Proposed(
        saved.id, saved.name, saved.site_name, saved.version, saved.plan, after, counted, changes,
        differences, error,
    )


def _require_number(planogram_ids: Sequence[int]) -> None:
    if not planogram_ids:
        raise BadInput("No plan is chosen.", "Choose at least one.")
    if len(planogram_ids) > MAX_PLANS:
        raise BadInput(f"{len(planogram_ids):,} plans are too many.", f"Choose at most {MAX_PLANS:,}.")
