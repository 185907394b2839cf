"""Photos held against plans: what was read, what was found, and what people made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.compliance.findings import Audit
from core.compliance.reading import Reading
from core.compliance.samples import DRAWN
from core.errors import Conflict, NotFound
from core.store import tables as t
from core.store import validate
from core.store.performance import keep_compliance
from core.store.pictures import Picture
from core.store.plan_cards import with_place
from core.store.plan_rows import identity
from core.store.tenant import TenantSession

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VERDICTS = t.VERDICTS

_audit: Any = t.PhotoAudit
_verdict: Any = t.AuditVerdict
_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_site: Any = t.Site
_device: Any = t.Device
_store: Any = t.Store
_project: Any = t.Project
_user: Any = t.User


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person made of a violation. ``correction``: what was sent with it, such as the product that
    really stands there."""

    violation: str
    verdict: str
    correction: Mapping[str, Any]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditCard:
    """An audit in a list. ``score`` and ``availability`` (0–1) are None where the photo shows nothing of the
    plan; a photo that is not ``usable`` should not be judged by. ``version`` is None where it is no
    longer there; ``judged``: violations that a person has looked at."""

    id: int
    planogram_id: int
    planogram: str
    version: int | None
    site_id: int | None
    site_name: str
    store_id: int | None
    device_id: int | None
    at: datetime
    by: str
    usable: bool
    score: float | None
    availability: float | None
    facings: int
    expected_facings: int
    violations: int
    judged: int
    photo_hash: str
    media_type: str
    methods: str
    elapsed_ms: float

    @property
    def is_drawn(self) -> bool:
        """Whether the photo is a sample that was drawn from the plan."""
        return self.methods.startswith(DRAWN)


@dataclass(frozen=True, slots=True)
class SavedAudit:
    """An audit with all that was read and found; ``verdicts`` by id of the violation."""

    card: AuditCard
    reading: Reading
    audit: Audit
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return self.card.id


def add(
    session: TenantSession, planogram_id: int, version: int, photo: Picture, reading: Reading, audit: Audit
) -> SavedAudit:
    """Keep an audit of a photo that is kept, and what it says beside what its plan sells. Raises Conflict
    where the version has gone meanwhile."""
    wanted = select(_version.id).where(_version.planogram_id == planogram_id, _version.version == version)
    version_id = session.execute(wanted).scalar_one_or_none()
    if version_id is None:
        raise Conflict("The plan was changed while its photo was read.", "Audit the photo again.")
    row = t.PhotoAudit(
        planogram_id=planogram_id, planogram_version_id=version_id,
        photo_hash=photo.content_hash, media_type=photo.media_type, width_px=reading.width,
        height_px=reading.height, reading=_readings().dump_python(reading, mode="json"),
        result=_audits().dump_python(audit, mode="json"), usable=reading.quality.ok,
        score=audit.compliance_score, availability=audit.availability, facings=len(reading.facings),
        expected_facings=audit.planned, violations=len(audit.violations),
        methods=", ".join(reading.methods), elapsed_ms=reading.elapsed_ms, user_id=session.actor.user_id,
    )
    session.add(row)
    session.flush()
    if row.usable and row.score is not None:
        keep_compliance(session, planogram_id, row.created_at.date(), row.score)
    return load(session, identity(row.id))


def load(session: TenantSession, audit_id: int) -> SavedAudit:
    """Raises NotFound."""
    chosen = _audit.id == (audit_id if abs(audit_id) <= validate.MAX_ID else 0)
    found = cards(session, chosen, limit=1)
    if not found:
        raise NotFound(f"There is no audit {audit_id}.", "Look at the list of audits.")
    reading, result = session.execute(select(_audit.reading, _audit.result).where(chosen)).one()
    return SavedAudit(
        found[0], _readings().validate_python(reading), _audits().validate_python(result),
        {v.violation: v for v in verdicts(session, audit_id)},
    )


def find(
    session: TenantSession, *, planogram_id: int | None = None, store_id: int | None = None,
    device_id: int | None = None, limit: int | None = None, offset: int = 0,
) -> tuple[list[AuditCard], int]:
    """Audits, the newest first, of a plan, a machine, or a store with its machines; and how many there
    are."""
    chosen = _audit.id.is_not(None)
    if planogram_id is not None:
        chosen = chosen & (_audit.planogram_id == planogram_id)
    if device_id is not None:
        chosen = chosen & (_device.id == device_id)
    if store_id is not None:
        chosen = chosen & (
            (_store.id == store_id) | (_device.store_id == store_id) | (_project.store_id == store_id))
    counted = with_place(select(func.count(_audit.id)).select_from(_audit).join(
        _plan, _plan.id == _audit.planogram_id)).where(chosen)
    return cards(session, chosen, limit, offset), int(session.execute(counted).scalar_one())


def cards(session: TenantSession, chosen: Any, limit: int | None = None, offset: int = 0) -> list[AuditCard]:
    """Chosen audits, the newest first, in one query."""
    judged = (
        select(func.count()).select_from(_verdict).where(_verdict.audit_id == _audit.id)
        .scalar_subquery()
    )
    statement = with_place(
        select(
            _audit.id, _audit.planogram_id, _plan.name, _version.version, _plan.site_id,
            func.coalesce(_site.name, ""), func.coalesce(_store.id, _device.store_id, _project.store_id),
            _device.id, _audit.created_at, func.coalesce(_user.name, ""), _audit.usable, _audit.score,
            _audit.availability, _audit.facings, _audit.expected_facings, _audit.violations, judged,
            _audit.photo_hash, _audit.media_type, _audit.methods, _audit.elapsed_ms,
        ).select_from(_audit).join(_plan, _plan.id == _audit.planogram_id)
    )
    rows = session.execute(
        statement.outerjoin(_version, _version.id == _audit.planogram_version_id)
        .outerjoin(_user, _user.id == _audit.user_id)
        .where(chosen).order_by(_audit.id.desc()).limit(limit).offset(offset)
    )
    return [AuditCard(*row) for row in rows]


def judge(
    session: TenantSession, audit_id: int, violation: str, verdict: str, correction: Mapping[str, Any]
) -> None:
    """Keep a verdict in place of an earlier one. Raises BadInput for an unknown one."""
    validate.choice(verdict, "verdict", VERDICTS)
    row = session.get(t.AuditVerdict, (audit_id, violation))
    if row is None:
        row = t.AuditVerdict(audit_id=audit_id, violation=violation, verdict=verdict)
        session.add(row)
    row.verdict, row.correction = verdict, dict(correction)
    row.user_id, row.created_at = session.actor.user_id, t.now()
    session.flush()


def hold(session: TenantSession, audit_id: int) -> None:
    """Let nobody else judge an audit until the end of the transaction; SQLite has one writer anyway."""
    session.execute(select(_audit.id).where(_audit.id == audit_id).with_for_update(of=_audit))


def verdicts(session: TenantSession, audit_id: int) -> list[Verdict]:
    """What people made of an audit's violations, in their order."""
    rows = session.execute(
        select(_verdict.violation, _verdict.verdict, _verdict.correction, func.coalesce(_user.name, ""),
               _verdict.created_at)
        .outerjoin(_user, _user.id == _verdict.user_id)
        .where(_verdict.audit_id == audit_id).order_by(_verdict.violation)
    )
    return [Verdict(*row) for row in rows]


@cache
def _readings() -> TypeAdapter[Reading]:
    from pydantic import TypeAdapter

    return TypeAdapter(Reading)


@cache
def _audits() -> TypeAdapter[Audit]:
    from pydantic import TypeAdapter

    return TypeAdapter(Audit)
