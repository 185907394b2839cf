"""A plan's way from draft over prepared to implemented, and which version is where.

A version is *prepared* when it is frozen to be put in place, while drafting may go on behind it; at most one
version of a plan is. It is *implemented* since the day from which it really stands; the one before it then
stood until that day. Both are told by the steps and by ``effective_from`` alone, so that no two versions of
one place can be in circulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from core.errors import Conflict, NotFound, RuleViolation
from core.store import tables as t
from core.store import validate
from core.store.tenant import TenantSession

MAX_NOTE = 500
NEXT: dict[str, tuple[str, ...]] = {
    "draft": ("prepared", "archived"),
    "prepared": ("implemented", "draft", "archived"),
    "implemented": ("archived",),
    "archived": ("draft",),
}
"""Status of a version → what it can come to."""

_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_step: Any = t.PlanStep
_user: Any = t.User
_variant: Any = t.PlanVariant
_cabinet: Any = t.Cabinet


@dataclass(frozen=True, slots=True)
class Step:
    """A version came to a status. ``day``: since when it holds; ``version`` None: it is no longer there."""

    id: int
    status: str
    version: int | None
    day: date
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Life:
    """Where a plan is. ``prepared`` and ``implemented`` are version numbers, the latter standing ``since``;
    ``variant_of``: the plan of the place that this one was made for, where it is another; ``steps`` newest
    first."""

    planogram_id: int
    name: str
    archived: bool
    last_version: int
    prepared: int | None
    implemented: int | None
    since: date | None
    stood: frozenset[int]
    """Versions that stood or stand in the place."""
    variant_of: int | None
    in_cabinet: bool
    steps: tuple[Step, ...]

    @property
    def status(self) -> str:
        """Of the newest version."""
        return self.status_of(self.last_version)

    def status_of(self, version: int) -> str:
        """draft, prepared, implemented; archived is what stood earlier, and all of an archived plan."""
        if self.archived:
            return "archived"
        if version == self.implemented:
            return "implemented"
        if version in self.stood:
            return "archived"
        return "prepared" if version == self.prepared else "draft"

    @property
    def next(self) -> tuple[str, ...]:
        """What the newest version can come to, and "implemented" where an earlier one is prepared."""
        ahead = NEXT[self.status]
        if self.in_cabinet:
            ahead = tuple(s for s in ahead if s != "archived")
        if self.variant_of is not None:
            return tuple(s for s in ahead if s != "implemented")
        waiting = not self.archived and self.prepared is not None and "implemented" not in ahead
        return ("implemented", *ahead) if waiting else ahead


def life(session: TenantSession, planogram_id: int) -> Life:
    """Where a plan is. Raises NotFound."""
    plan = session.execute(
        select(_plan.name, _plan.status, _plan.last_version, _plan.is_primary, _plan.site_id,
               _variant.of_planogram_id)
        .outerjoin(_variant, _variant.planogram_id == _plan.id)
        .where(_plan.id == (planogram_id if abs(planogram_id) <= validate.MAX_ID else 0))
    ).first()
    if plan is None:
        raise NotFound(f"There is no planogram {planogram_id}.", "Choose one from the list.")
    name, status, last_version, in_cabinet, site_id, variant_of = plan
    if variant_of is None and not in_cabinet and site_id is not None:
        variant_of = _plan_of_machine(session, site_id)
    stood = session.execute(
        select(_version.effective_from, _version.version)
        .where(_version.planogram_id == planogram_id, _version.effective_from.is_not(None))
        .order_by(_version.effective_from, _version.version)
    ).all()
    steps = _steps(session, planogram_id)
    waiting = steps[0].version if steps and steps[0].status == "prepared" else None
    numbers = frozenset(version for _, version in stood)
    return Life(
        planogram_id, name, status == "archived", last_version,
        prepared=None if waiting in numbers else waiting,
        implemented=stood[-1][1] if stood else None, since=stood[-1][0] if stood else None,
        stood=numbers, variant_of=variant_of, in_cabinet=in_cabinet, steps=steps,
    )


def advance(
    session: TenantSession, planogram_id: int, status: str, version: int | None = None,
    day: date | None = None, note: str = "",
) -> Life:
    """Bring a version to a status: the newest one, or for "implemented" the prepared one by default.

    Raises BadInput for an unknown status, NotFound for an unknown plan or version, RuleViolation for a step
    that cannot follow, Conflict where someone else took it at this moment.
    """
    validate.choice(status, "status", t.STATUSES)
    note = validate.text(note, "A note", MAX_NOTE)
    _lock(session, planogram_id)
    now = life(session, planogram_id)
    number = now.last_version if now.archived or status == "archived" else version or _meant(now, status)
    version_id = _version_id(session, planogram_id, number)
    if status == now.status_of(number):
        raise RuleViolation(f"Version {number} of {now.name} is {status} already.", "Look at its steps.")
    when = day or t.now().date()
    _require_possible(now, status, number, when)
    if status == "implemented":
        _put_in_place(session, version_id, number, when)
    session.add(t.PlanStep(
        planogram_id=planogram_id, planogram_version_id=version_id, status=status, day=when, note=note,
        user_id=session.actor.user_id,
    ))
    _keep_status(session, planogram_id, "archived" if status == "archived" else "draft")
    after = life(session, planogram_id)
    _keep_status(session, planogram_id, after.status)
    return after


def add_variant(session: TenantSession, planogram_id: int, source_id: int) -> None:
    """Note that a plan was saved beside another one; a variant of a variant is one of the first."""
    first = session.execute(
        select(_variant.of_planogram_id).where(_variant.planogram_id == source_id)
    ).scalar()
    session.add(t.PlanVariant(planogram_id=planogram_id, of_planogram_id=first or source_id))
    session.flush()


def place_of(session: TenantSession, planogram_id: int) -> int:
    """The plan of the place that this one was made for. Raises RuleViolation where that is itself."""
    now = life(session, planogram_id)
    if now.variant_of is None:
        raise RuleViolation(f"{now.name} has a place of its own.", "Prepare it instead.")
    return now.variant_of


def _plan_of_machine(session: TenantSession, site_id: int) -> int | None:
    """The plan of a machine's first cabinet, None at a site that is no machine."""
    found: int | None = session.execute(
        select(_plan.id).join(_cabinet, _cabinet.id == _plan.cabinet_id)
        .where(_plan.site_id == site_id, _plan.is_primary).order_by(_cabinet.cabinet_index).limit(1)
    ).scalar()
    return found


def version_in_talk(now: Life) -> int:
    """The version that a person at the shelf speaks of."""
    return now.prepared or now.implemented or now.last_version


def _meant(now: Life, status: str) -> int:
    if status == "implemented":
        if now.prepared is None:
            raise RuleViolation(f"No version of {now.name} is prepared.", "Prepare one first.")
        return now.prepared
    return now.prepared if status == "draft" and now.prepared is not None else now.last_version


def _require_possible(now: Life, status: str, version: int, day: date) -> None:
    """Raises RuleViolation, with what to do instead."""
    was = now.status_of(version)
    if version in now.stood and not now.archived and status != "archived":
        raise RuleViolation(
            f"Version {version} of {now.name} stood already.", "Restore it: that makes a new version of it."
        )
    if status not in NEXT[was]:
        raise RuleViolation(
            f"Version {version} of {now.name} is {was} and cannot become {status}.",
            f"It can become {' or '.join(NEXT[was])}.",
        )
    if status == "archived" and now.in_cabinet:
        raise RuleViolation(f"{now.name} is the plan of a machine, which always has one.",
                            "Put another version in place instead.")
    if status == "implemented":
        _require_place(now, version, day)


def _require_place(now: Life, version: int, day: date) -> None:
    if now.variant_of is not None:
        raise RuleViolation(
            f"{now.name} was made for a place that has a plan.",
            "Hand it over to that plan, so that one plan is in circulation.",
        )
    if day > t.now().date() + timedelta(days=1):  # a day on which it is not yet today anywhere
        raise RuleViolation(f"{day:%B %-d, %Y} has not come yet.", "Say so on the day when it stands there.")
    if now.since is not None and (day, version) <= (now.since, now.implemented or 0):
        raise RuleViolation(
            f"Version {now.implemented} stands since {now.since:%B %-d, %Y}, version {version} cannot have "
            f"come on {day:%B %-d, %Y}.", "Give a later day.",
        )


def _put_in_place(session: TenantSession, version_id: int, number: int, day: date) -> None:
    taken: Any = session.execute(
        update(_version).where(_version.id == version_id, _version.effective_from.is_(None))
        .values(effective_from=day).execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        raise Conflict(f"Someone else put version {number} in place at this moment.", "Look at it again.")


def _lock(session: TenantSession, planogram_id: int) -> None:
    """Let nobody else change the plan's life until the end of the transaction."""
    session.execute(
        update(_plan).where(_plan.id == (planogram_id if abs(planogram_id) <= validate.MAX_ID else 0))
        .values(updated_at=t.now()).execution_options(synchronize_session=False)
    )


def _keep_status(session: TenantSession, planogram_id: int, status: str) -> None:
    session.flush()
    session.execute(
        update(_plan).where(_plan.id == planogram_id).values(status=status)
        .execution_options(synchronize_session=False)
    )


def _version_id(session: TenantSession, planogram_id: int, version: int) -> int:
    found: int | None = session.execute(
        select(_version.id).where(
            _version.planogram_id == planogram_id,
            _version.version == (version if abs(version) <= validate.MAX_ID else 0),
        )
    ).scalar()
    if found is None:
        raise NotFound(f"Planogram {planogram_id} has no version {version}.", "Look at its versions.")
    return found


def _steps(session: TenantSession, planogram_id: int) -> tuple[Step, ...]:
    rows = session.execute(
        select(
            _step.id, _step.status, _version.version, _step.day, _step.created_at,
            func.coalesce(_user.name, ""), _step.note,
        )
        .outerjoin(_version, _version.id == _step.planogram_version_id)
        .outerjoin(_user, _user.id == _step.user_id)
        .where(_step.planogram_id == planogram_id)
        .order_by(_step.id.desc())
    )
    return tuple(Step(*row) for row in rows)
