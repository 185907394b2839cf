"""Photos of shelves: read, held against their plans, judged by people, and learned from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from core.compliance.annotate import annotated, marks_of
from core.compliance.crops import cut
from core.compliance.reading import Box, Facing, Reading, ShelfReader
from core.compliance.samples import DRAWN
from core.compliance.trend import Trend, trend
from core.errors import Conflict, NotFound, RuleViolation
from core.pictures import Picture, check
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from core.store import audits, catalog, label_files, labels, pictures, planograms, records, validate
from core.store.audits import AuditCard, SavedAudit, Verdict
from core.store.database import races_told
from core.store.labels import LabelItem, NewItem
from core.store.planograms import SavedPlanogram
from core.store.tenant import TenantSession
from core.trust.access import Role
from core.workbench.door import Door
from core.workbench.gallery import Shelfware, build, known
from core.workbench.lessons import correction_of, lessons
from core.workbench.library import Progress, untold
from core.workbench.turns import Turns

SURE_FROM = 0.8
"""A facing whose name is less likely than this is shown to a person."""
MAX_QUEUED = 40
"""Doubtful facings of one photo that join the queue, the least sure first."""
MAX_IN_TREND = 20_000
"""Audits, the newest, of which a trend is made."""
READ_FROM, TAGS_FROM, COMPARED_FROM = 0.1, 0.7, 0.92
"""Shares of an audit's work before a photo, then its price labels are read, and before it is compared."""
TURNS = Turns()
"""One photo at a time is read or drawn in this process."""
_following = Lock()
"""Held from a look at what was named until its files say so."""


@dataclass(frozen=True, slots=True)
class Judging:
    """A verdict in place of an ``earlier`` one, whose packages in the boxes ``forgotten`` lose their name:
    its person has thought better of it."""

    violation: str
    correction: Mapping[str, Any]
    earlier: Verdict | None = None
    forgotten: tuple[Box, ...] = ()


class AuditsDoor(Door):
    """From a photo to what is to be done. Looking is free; a driver may audit, judge and name."""

    def audit_photo(
        self, planogram_id: int | str, photo: bytes, version: int | None = None, report: Progress = untold,
        *, prices: bool = False,
    ) -> SavedAudit:
        """Read a photo and hold it against the plan, by default as it was saved last; keep all of it. With
        ``prices`` the price labels too, where they can be read.

        Raises BadInput, TooLarge or UnsupportedType for what is no photo, RuleViolation where no reader is
        installed, TooManyRequests while other photos are being read.
        """
        self._require(Role.DRIVER, "audit a shelf")
        check(photo)
        self._reader()
        with self._session() as session:
            saved = planograms.load(session, planogram_id, version)
        return self._audited(saved, photo, report, prices=prices)

    @property
    def reads_prices(self) -> bool:
        """Whether price labels on photos can be read."""
        return self.memory.models.tags is not None

    def _audited(
        self, saved: SavedPlanogram, photo: bytes, report: Progress, drawn: str = "", prices: bool = False
    ) -> SavedAudit:
        """``drawn``: what is said of a photo that was drawn, "" for one that was taken."""
        from core.compliance.audit import audit
        from core.compliance.prices import with_prices

        checked, reader = check(photo), self._reader()
        report(READ_FROM, "Looking through the pictures of products")
        with self._session() as session:
            products = catalog.load_catalog(session)
            shelfware = self._shelfware(session, products, saved.plan)
        reading = self._read_photo(reader, photo, shelfware, saved.plan, report)
        if prices:
            reading = self._with_tags(photo, reading, report)
        report(COMPARED_FROM, f"Comparing what stands there with {saved.name}")
        result = with_prices(audit(reading, saved.plan, products), reading, saved.plan, products)
        if drawn:
            reading = replace(reading, methods=(DRAWN, *reading.methods))
            result = replace(result, notes=(*result.notes, drawn))
        pictures.keep(self.database, photo, checked)
        queued = self._doubtful(photo, checked, reading)
        with self._session() as session:
            made = audits.add(session, saved.id, saved.version, checked, reading, result)
            ids = labels.add(session, [replace(item, audit_id=made.id) for item in queued])
            self._note(session, "audit", reading, planogram_id=saved.id, audit=made.id)
            waiting = [labels.item(session, i) for i in ids]
        self._follow(waiting)
        return made

    def audit_again(self, audit_id: int) -> SavedAudit:
        """Read the photo of an audit anew, with all that was learned since, against the plan as it is now."""
        self._require(Role.DRIVER, "audit a shelf")
        content, _ = self.audit_picture(audit_id)
        before = self.audit(audit_id)
        return self.audit_photo(before.card.planogram_id, content, prices=bool(before.reading.tags))

    def recognize(self, photo: bytes) -> Reading:
        """What stands on a photo, among all products; nothing is kept but what is in doubt. Raises as
        ``audit_photo``."""
        self._require(Role.DRIVER, "read a photo")
        checked, reader = check(photo), self._reader()
        with self._session() as session:
            shelfware = self._shelfware(session, catalog.load_catalog(session))
        reading = self._read_photo(reader, photo, shelfware)
        queued = self._doubtful(photo, checked, reading)
        if queued:
            pictures.keep(self.database, photo, checked)
        with self._session() as session:
            ids = labels.add(session, [replace(item, source="recognized") for item in queued])
            self._note(session, "recognize", reading)
            waiting = [labels.item(session, i) for i in ids]
        self._follow(waiting)
        return reading

    def audit(self, audit_id: int) -> SavedAudit:
        """Raises NotFound."""
        with self._session() as session:
            return audits.load(session, audit_id)

    def audits(
        self, planogram_id: int | str | None = None, store_id: int | None = None,
        device_id: int | None = None, limit: int | None = None, offset: int = 0,
    ) -> tuple[list[AuditCard], int]:
        """One page of audits, the newest first, and how many there are. Raises NotFound for the plan."""
        with self._session() as session:
            plan = None if planogram_id is None else planograms.load(session, planogram_id).id
            return audits.find(session, planogram_id=plan, store_id=store_id, device_id=device_id,
                               limit=limit, offset=offset)

    def compliance_trend(self, store_id: int | None = None, device_id: int | None = None) -> Trend:
        """Compliance and availability by week, of all and by place, for the regional manager."""
        with self._session() as session:
            cards, _ = audits.find(session, store_id=store_id, device_id=device_id, limit=MAX_IN_TREND)
        return trend(cards)

    def audit_picture(self, audit_id: int) -> tuple[bytes, str]:
        """(content, media type) of the photo as it was sent. Raises NotFound."""
        card = self.audit(audit_id).card
        return self._picture(card.photo_hash, f"The photo of audit {audit_id}"), card.media_type

    def annotated(self, audit_id: int) -> bytes:
        """The photo as JPEG with boxes and short labels on it. Raises NotFound."""
        saved = self.audit(audit_id)
        dismissed = [v.violation for v in saved.verdicts.values() if v.verdict == "dismissed"]
        photo = self._picture(saved.card.photo_hash, f"The photo of audit {audit_id}")
        return annotated(photo, marks_of(saved.audit, dismissed))

    def judge_violation(
        self, audit_id: int, violation_id: str, verdict: str, correction: Any = None
    ) -> SavedAudit:
        """Confirm, dismiss or correct a finding; what it tells of packages is learned from.

        Raises NotFound for the audit, the violation or a product, BadInput for an unknown verdict and for a
        correction that says nothing.
        """
        self._require(Role.DRIVER, "judge an audit")
        saved = self.audit(audit_id)
        violation = saved.audit.violation(violation_id)
        if violation is None:
            raise NotFound(f"Audit {audit_id} has no violation {violation_id}.", "Look at its violations.")
        validate.choice(verdict, "verdict", audits.VERDICTS)
        said = correction_of(verdict, correction)
        earlier = saved.verdicts.get(violation_id)
        forgotten: list[Box] = []
        if earlier is not None:
            was = correction_of("", dict(earlier.correction))
            forgotten = [box for box, _ in lessons(saved, violation, earlier.verdict, was)]
        taught = lessons(saved, violation, verdict, said)
        self._teach(saved, taught, verdict, Judging(violation_id, said.raw, earlier, tuple(forgotten)))
        return self.audit(audit_id)

    def correct(self, audit_id: int, box: Box, product_id: int | None) -> LabelItem:
        """Say of any package on an audit's photo what it is; None: no product of the catalog. Raises
        NotFound, and BadInput for a box outside the photo."""
        self._require(Role.DRIVER, "name a package")
        return self._teach(self.audit(audit_id), [(box, product_id)], "corrected")[0]

    def learning_queue(
        self, status: str = "open", limit: int = 50, offset: int = 0
    ) -> tuple[list[LabelItem], int]:
        """One page of the packages to be named, the least sure first, or of those that were; and how many
        there are."""
        with self._session() as session:
            return labels.queue(session, status, limit, offset)

    def learning_counts(self) -> dict[str, int]:
        """Packages that are open, labelled and skipped."""
        with self._session() as session:
            return labels.counts(session)

    def crop(self, item_id: int) -> bytes:
        """A package as JPEG, as it was cut out of its photo. Raises NotFound."""
        with self._session() as session:
            found = labels.item(session, item_id)
        return self._picture(found.crop_hash, f"The picture {item_id}")

    def label(self, item_id: int, product_id: int | None) -> LabelItem:
        """Name a package; None: it is no product of the catalog. Raises NotFound."""
        return self._named("label", item_id, lambda s: labels.label(s, item_id, product_id))

    def skip(self, item_id: int) -> LabelItem:
        """Take a package that nobody can tell out of the queue. Raises NotFound."""
        return self._named("skip", item_id, lambda s: labels.skip(s, item_id))

    def reopen(self, item_id: int) -> LabelItem:
        """Take a label back. Raises NotFound."""
        return self._named("reopen", item_id, lambda s: labels.reopen(s, item_id))

    def _named(
        self, action: str, item_id: int, change: Callable[[TenantSession], LabelItem]
    ) -> LabelItem:
        self._require(Role.DRIVER, "name a package")
        with self._session() as session:
            done = change(session)
            records.audit(session, action, "package", item_id, product_id=done.product_id)
        self._follow([done])
        return done

    def _teach(
        self, saved: SavedAudit, taught: Sequence[tuple[Box, int | None]], verdict: str,
        judging: Judging | None = None,
    ) -> list[LabelItem]:
        """Keep a verdict, and the packages that it names, or nothing of both. Raises Conflict where somebody
        else has judged the same meanwhile."""
        card = saved.card
        forgotten = judging.forgotten if judging is not None else ()
        boxes = [*(box for box, _ in taught), *forgotten]
        photo = self._picture(card.photo_hash, f"The photo of audit {card.id}") if boxes else b""
        crops = cut(photo, boxes)
        kept = [check(crop) for crop in crops]
        for crop, picture in zip(crops[: len(taught)], kept, strict=False):
            pictures.keep(self.database, crop, picture)
        with races_told(), self.database.writing_session(self.actor) as session:
            if judging is not None:
                self._judge(session, card.id, verdict, judging)
            again = _reopened(session, card.photo_hash, {p.content_hash for p in kept[len(taught):]})
            ids = labels.add(session, [
                NewItem(card.photo_hash, picture.content_hash, box, audit_id=card.id, source=verdict)
                for (box, _), picture in zip(taught, kept, strict=False)
            ])
            named = [labels.label(session, i, product_id, verdict)
                     for i, (_, product_id) in zip(ids, taught, strict=True)]
            records.audit(session, verdict, "audit", card.id, packages=len(named),
                          violation=None if judging is None else judging.violation)
        self._follow([*again, *named])
        return named

    def _follow(self, changed: Sequence[LabelItem]) -> None:
        """Bring the files up to these items as they are by now: others may have named them since."""
        with _following:
            with self._session() as session:
                now = [labels.item(session, i) for i in dict.fromkeys(item.id for item in changed)]
            label_files.write(self.database, self.actor.company_id, now)

    def _judge(self, session: TenantSession, audit_id: int, verdict: str, judging: Judging) -> None:
        audits.hold(session, audit_id)
        now = {v.violation: v for v in audits.verdicts(session, audit_id)}.get(judging.violation)
        if now != judging.earlier:
            raise Conflict("Someone else judged the same finding at this moment.",
                           "Look at it again and repeat.")
        audits.judge(session, audit_id, judging.violation, verdict, judging.correction)

    def _reader(self) -> ShelfReader:
        """Raises RuleViolation where photos cannot be read."""
        if not self.settings.ai_v2_enabled:
            raise RuleViolation("Reading photos is turned off.",
                                "Set AI_V2_ENABLED=true and start the workbench again.")
        reader = self.memory.models.reader
        if reader is None:
            raise RuleViolation("No reader of photos is installed.",
                                "Run pip install -r requirements.txt and start the workbench again.")
        return reader

    def _shelfware(
        self, session: TenantSession, products: Catalog, plan: Planogram | None = None
    ) -> Shelfware:
        """The gallery for a photo of this plan, from memory until a picture or a name changes."""
        of = known(session, _of_world(products, catalog.demo_ids(session), plan), plan)
        return self.memory.galleries.get(
            (self.actor.company_id, of.version), lambda: build(self.database, of))

    def _read_photo(
        self, reader: ShelfReader, photo: bytes, shelfware: Shelfware, plan: Planogram | None = None,
        report: Progress = untold,
    ) -> Reading:
        with TURNS.take("reading other photos"):
            report(READ_FROM + 0.05, "Reading the photo")
            reading = reader.read(photo, shelfware.gallery, plan)
        notes = shelfware.notes(None if plan is None else plan.product_ids)
        return replace(reading, fallbacks=(*reading.fallbacks, *notes))

    def _with_tags(self, photo: bytes, reading: Reading, report: Progress) -> Reading:
        """The reading with its price labels; as it is where they cannot be read."""
        tags = self.memory.models.tags
        if tags is None or not reading.quality.ok:
            return reading
        with TURNS.take("reading other photos"):
            report(TAGS_FROM, "Reading the price labels")
            found = tags.read(photo, reading)
        return replace(reading, tags=found, methods=(*reading.methods, tags.name))

    def _doubtful(self, photo: bytes, kept: Picture, reading: Reading) -> list[NewItem]:
        """Facings to be shown to a person, with their crops kept; none of a photo that cannot be used."""
        if not reading.quality.ok:
            return []
        doubtful = sorted((f for f in reading.facings if f.probability < SURE_FROM), key=_surety)[:MAX_QUEUED]
        crops = cut(photo, [f.box for f in doubtful])
        items = []
        for facing, crop in zip(doubtful, crops, strict=True):
            picture = check(crop)
            pictures.keep(self.database, crop, picture)
            items.append(NewItem(kept.content_hash, picture.content_hash, facing.box, facing.candidates[:5],
                                 facing.probability))
        return items

    def _note(self, session: TenantSession, action: str, reading: Reading, **detail: Any) -> None:
        records.add_inference(session, f"photo {action}", ", ".join(reading.methods), reading.elapsed_ms)
        records.audit(session, action, "photo", detail.get("audit", ""), facings=len(reading.facings),
                      **detail)

    def _picture(self, content_hash: str, what: str) -> bytes:
        path = pictures.path_of(self.database, content_hash)
        if not path.exists():
            raise NotFound(f"{what} is gone.", "Its file was taken from the folder of pictures; audit anew.")
        return path.read_bytes()


def _reopened(session: TenantSession, photo_hash: str, crops: Collection[str]) -> list[LabelItem]:
    """Take the names of these packages of a photo back."""
    if not crops:
        return []
    return [labels.reopen(session, item.id) for item in labels.of_photo(session, photo_hash)
            if item.crop_hash in crops and item.status == "labelled"]


def _of_world(products: Catalog, demo: frozenset[int], plan: Planogram | None) -> Catalog:
    """The demo's products for a plan of the demo's, and the company's own for one of its own; both where
    that cannot be told: a package must not be taken for one that no shelf of this world has."""
    expected = () if plan is None else plan.product_ids
    if not expected:
        return products
    kinds = {i in demo for i in expected}
    return {i: p for i, p in products.items() if (i in demo) in kinds}


def _surety(facing: Facing) -> tuple[float, float]:
    return facing.probability, -facing.confidence
