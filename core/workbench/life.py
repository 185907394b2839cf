"""The life of a plan: its status, what is said of it, and photos as proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from core.errors import NotFound, RuleViolation
from core.planogram.findings import Violation
from core.planogram.rules import check, violations
from core.store import catalog, pictures, plan_talk, planograms, records
from core.store import life as lives
from core.store.life import Life
from core.store.plan_talk import Comment, Proof
from core.store.planograms import SavedPlanogram
from core.store.tenant import TenantSession
from core.trust.access import Role
from core.workbench.plans import PlansDoor


class LifeDoor(PlansDoor):
    """From draft to the shelf and back."""

    def life(self, planogram_id: int | str) -> Life:
        """Which version is prepared, which stands there since when, and every step."""
        with self._session() as session:
            return lives.life(session, planograms.load(session, planogram_id).id)

    def set_status(
        self, planogram_id: int | str, status: str, version: int | None = None, day: date | None = None,
        note: str = "",
    ) -> Life:
        """Take the next step. A driver may say that a prepared version stands; the rest is a manager's.

        Raises RuleViolation for what the plan breaks or what cannot follow, as ``core.store.life.advance``.
        """
        self._require_step(status)
        with self._session() as session:
            return self._advance(session, planogram_id, status, version, day, note)

    def patch_planogram(self, planogram_id: int, **changes: Any) -> SavedPlanogram:
        """Change name, season, project or, as ``set_status`` does, the status; all or nothing."""
        status = changes.pop("status", None)
        if status is None:
            return super().patch_planogram(planogram_id, **changes)
        self._require_step(status)
        if changes:
            self._require(Role.MANAGER, "change a planogram")
        with self._session() as session:
            now = planograms.patch(session, planogram_id, **changes)
            if now.status != status:
                self._advance(session, planogram_id, status)
            return planograms.load(session, planogram_id)

    def _require_step(self, status: str) -> None:
        if status == "implemented":
            self._require(Role.DRIVER, "put a plan in place")
        else:
            self._require(Role.MANAGER, "change the status of a plan")

    def _advance(
        self, session: TenantSession, planogram_id: int | str, status: str, version: int | None = None,
        day: date | None = None, note: str = "",
    ) -> Life:
        saved = planograms.load(session, planogram_id, version)
        if status == "prepared":
            check(saved.plan, catalog.load_catalog(session))
        after = lives.advance(session, saved.id, status, version, day, note)
        planograms.touch(session, saved.id)
        step = after.steps[0]
        records.audit(session, status, "planogram", saved.id, version=step.version, day=step.day.isoformat())
        return after

    def what_prepared_asks(self, planogram_id: int, version: int | None = None) -> tuple[Violation, ...]:
        """What has to change before a version can be prepared."""
        with self._session() as session:
            saved = planograms.load(session, planogram_id, version)
            return violations(saved.plan, catalog.load_catalog(session))

    def hand_over(self, planogram_id: int, comment: str = "") -> SavedPlanogram:
        """Save the layout of a variant as the next version of its place's plan, and archive the variant.

        Raises RuleViolation where the plan is no variant or breaks a rule there.
        """
        self._require(Role.MANAGER, "hand a plan over")
        with self._session() as session:
            variant = planograms.load(session, planogram_id)
            into = planograms.load(session, lives.place_of(session, variant.id))
            if variant.plan.fixture != into.plan.fixture:
                raise RuleViolation(f"{variant.name} is drawn for another fixture than {into.name}.",
                                    "Copy its layout there, on the page Many machines.")
            check(variant.plan, catalog.load_catalog(session))
            saved = planograms.save(
                session, into.id, into.version, variant.plan, comment or f"Handed over from {variant.name}"
            )
            lives.advance(session, variant.id, "archived", note=f"Handed over to {into.name}")
            records.audit(session, "hand over", "planogram", saved.id, variant=variant.id)
            return saved

    def comments(self, planogram_id: int | str, open_only: bool = False) -> list[Comment]:
        with self._session() as session:
            found = planograms.load(session, planogram_id).id
            return plan_talk.comments(session, found, open_only=open_only)

    def open_comments(self) -> dict[int, tuple[int, int]]:
        """Planogram → (open comments, of them the store's answers)."""
        with self._session() as session:
            return plan_talk.open_comments(session)

    def open_answers(self, limit: int = 20) -> list[tuple[int, str, Comment]]:
        """(planogram, its name, the store's answer) that wait to be seen to, the newest first."""
        with self._session() as session:
            return plan_talk.open_answers(session, limit)

    def comment(
        self, planogram_id: int | str, text: str = "", *, slot: str | None = None,
        product_id: int | None = None, reason: str | None = None, answer_to: int | None = None,
        version: int | None = None,
    ) -> Comment:
        """Say something of a plan; with a ``reason``, that the store cannot do it so."""
        self._require(Role.DRIVER, "comment on a plan")
        with self._session() as session:
            found = planograms.load(session, planogram_id).id
            made = plan_talk.add_comment(
                session, found, text, slot=slot, product_id=product_id, reason=reason, answer_to=answer_to,
                version=version,
            )
            records.audit(session, "comment", "planogram", found, comment=made.id)
            return made

    def resolve_comment(self, planogram_id: int | str, comment_id: int, resolved: bool = True) -> Comment:
        self._require(Role.DRIVER, "close a comment")
        with self._session() as session:
            found = planograms.load(session, planogram_id).id
            done = plan_talk.resolve(session, found, comment_id, resolved)
            records.audit(session, "resolve" if resolved else "reopen", "comment", done.id)
            return done

    def add_proof(
        self, planogram_id: int | str, photos: Sequence[bytes], note: str = "", version: int | None = None
    ) -> list[Proof]:
        """Keep photos of the shelf as it stands, all or none."""
        self._require(Role.DRIVER, "add a photo")
        with self._session() as session:
            found = planograms.load(session, planogram_id).id
            checked = [pictures.check(photo) for photo in photos]
            made = [plan_talk.add_proof(session, found, picture, note, version) for picture in checked]
            for photo, picture in zip(photos, checked, strict=True):
                pictures.keep(self.database, photo, picture)
            records.audit(session, "proof", "planogram", found, photos=len(made))
            return made

    def proofs(self, planogram_id: int | str) -> list[Proof]:
        with self._session() as session:
            return plan_talk.proofs(session, planograms.load(session, planogram_id).id)

    def proof_photo(self, planogram_id: int | str, proof_id: int) -> tuple[bytes, str]:
        """(content, media type) of a photo. Raises NotFound."""
        with self._session() as session:
            kept = plan_talk.proof(session, planograms.load(session, planogram_id).id, proof_id)
        path = pictures.path_of(self.database, kept.content_hash)
        if not path.exists():
            raise NotFound(f"The file of photo {proof_id} is gone.", "Add the photo again.")
        return path.read_bytes(), kept.media_type
