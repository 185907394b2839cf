"""Planograms with their versions: open, save, create, compare, restore, list.

A save is one transaction that succeeds only if the version it started from is still the last.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update

from core.errors import BadInput, Conflict, NotFound, RuleViolation
from core.planogram.planogram import Planogram
from core.store import tables as t
from core.store import validate
from core.store.life import life
from core.store.plan_cards import PlanogramCard, cards, key_of, with_place
from core.store.plan_rows import (
    add_fixture,
    add_positions,
    fixture_of,
    identity,
    load_plans,
    require_products,
)
from core.store.tenant import TenantSession

__all__ = [
    "PlanogramCard", "SavedPlanogram", "VersionCard", "cards", "create", "load", "load_all", "patch",
    "restore", "save", "versions",
]

EMPTY = "Empty until it is filled"
"""Comment of the version that the plan of a new cabinet starts with; what its sales show replaces it."""
MAX_COMMENT = 2000
MAX_SEASON = 100

_KEY = re.compile(r"^(\d{1,9})_(\d{1,3})$")
_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_site: Any = t.Site
_device: Any = t.Device
_store: Any = t.Store
_cabinet: Any = t.Cabinet
_project: Any = t.Project
_user: Any = t.User
_position: Any = t.Position


@dataclass(frozen=True, slots=True)
class SavedPlanogram:
    """A plan as one of its saved versions. ``key`` is ``{device_id}_{cabinet_index}`` of the plan
    that stands in a cabinet, else None; ``last_version`` is what a save has to start from; ``status`` is
    that of this version."""

    id: int
    key: str | None
    name: str
    version: int
    last_version: int
    status: str
    season: str | None
    plan: Planogram
    site_id: int | None
    site_name: str
    venue_type: str
    device_id: int | None
    store_id: int | None
    project_id: int | None
    created_at: datetime
    created_by: str
    comment: str
    effective_from: date | None
    is_demo: bool

    @property
    def rule_set(self) -> str:
        return self.plan.rule_set.value


@dataclass(frozen=True, slots=True)
class VersionCard:
    """A version in a history: who, when, why, how many positions, and where in the plan's life it is."""

    version: int
    created_at: datetime
    created_by: str
    comment: str
    effective_from: date | None
    positions: int
    status: str = "draft"


def load(session: TenantSession, id_or_key: int | str, version: int | None = None) -> SavedPlanogram:
    """A planogram by id or ``{device_id}_{cabinet_index}``, as its last or the named version.

    Raises NotFound when the company has no such planogram or version, BadInput for a malformed key.
    """
    wanted = _version.version == (_plan.last_version if version is None else _findable(version))
    found = _load(session, _named(id_or_key), wanted)
    if not found:
        if version is not None and session.execute(select(_plan.id).select_from(_plan).outerjoin(
            _cabinet, _cabinet.id == _plan.cabinet_id).where(_named(id_or_key))).first():
            raise NotFound(f"Planogram {id_or_key} has no version {version}.", "Look at its versions.")
        raise NotFound(f"There is no planogram {id_or_key}.", "Choose one from the list.")
    if found[0].version != found[0].last_version:
        return replace(found[0], status=life(session, found[0].id).status_of(found[0].version))
    return found[0]


def load_all(session: TenantSession, ids: Collection[int] | None = None) -> list[SavedPlanogram]:
    """The last version of every (named) planogram, by name, in three queries whatever their number."""
    chosen = _plan.id.in_(ids) if ids is not None else _plan.id.is_not(None)
    return _load(session, chosen, _version.version == _plan.last_version)


def create(
    session: TenantSession,
    name: str,
    plan: Planogram,
    *,
    season: str | None = None,
    status: str = "draft",
    site_id: int | None = None,
    project_id: int | None = None,
    cabinet_id: int | None = None,
    is_primary: bool = False,
    comment: str = "",
    effective_from: date | None = None,
    is_demo: bool = False,
) -> SavedPlanogram:
    """A new planogram with ``plan`` as its version 1.

    Raises BadInput for an empty name, an unknown status, place, project or product.
    """
    comment = validate.text(comment, "A comment", MAX_COMMENT)
    require_products(session, plan)
    site_id = _site_of(session, site_id, project_id, cabinet_id)
    row = t.Planogram(
        name=validate.name(name), season=_season(season),
        status=validate.choice(status, "status", t.STATUSES), site_id=site_id,
        project_id=project_id, cabinet_id=cabinet_id, is_primary=is_primary, last_version=1, is_demo=is_demo,
    )
    session.add(row)
    session.flush()
    planogram_id = identity(row.id)
    fixture_id = add_fixture(session, plan.fixture, name=row.name, is_demo=is_demo)
    _add_version(session, planogram_id, 1, plan, fixture_id, comment, effective_from)
    _touch_site(session, site_id)
    return load(session, planogram_id)


def save(
    session: TenantSession,
    planogram_id: int,
    base_version: int,
    plan: Planogram,
    comment: str = "",
    effective_from: date | None = None,
) -> SavedPlanogram:
    """Save ``plan`` as the version after ``base_version`` and mark the site's data as changed.

    Raises Conflict when ``base_version`` is no longer the last one, NotFound when there is no such
    planogram, BadInput for an unknown product; nothing is saved then.
    """
    comment = validate.text(comment, "A comment", MAX_COMMENT)
    require_products(session, plan)
    _take_version(session, planogram_id, base_version)
    fixture_id = _fixture_for(session, planogram_id, base_version, plan)
    _add_version(session, planogram_id, base_version + 1, plan, fixture_id, comment, effective_from)
    if effective_from is not None:
        session.execute(update(_plan).where(_plan.id == planogram_id).values(status="implemented"))
    touch(session, planogram_id)
    return load(session, planogram_id, base_version + 1)


def restore(
    session: TenantSession, planogram_id: int, version: int, base_version: int | None = None
) -> SavedPlanogram:
    """Save an old version again as the newest. ``base_version`` defaults to the last one."""
    old = load(session, planogram_id, version)
    base = old.last_version if base_version is None else base_version
    return save(session, planogram_id, base, old.plan, f"Restored version {version}")


def patch(session: TenantSession, planogram_id: int, **changes: Any) -> SavedPlanogram:
    """Change name, season, status or project. Raises NotFound and BadInput; no new version is made."""
    if unknown := sorted(changes.keys() - {"name", "season", "status", "project_id"}):
        raise BadInput(
            f"A planogram has no field “{unknown[0]}”.", "Change its name, season, status or project."
        )
    row = session.get(t.Planogram, planogram_id)
    if row is None:
        raise NotFound(f"There is no planogram {planogram_id}.", "Choose one from the list.")
    if "name" in changes:
        changes["name"] = validate.name(changes["name"])
    if "season" in changes:
        changes["season"] = _season(changes["season"])
    if "status" in changes:
        validate.choice(changes["status"], "status", t.STATUSES)
    _require(session, _project, changes.get("project_id"), "project")
    for field, value in changes.items():
        setattr(row, field, value)
    row.updated_at = t.now()
    session.flush()
    return load(session, planogram_id)


def versions(session: TenantSession, planogram_id: int) -> list[VersionCard]:
    """All versions, the newest first. Raises NotFound when there is no such planogram."""
    counted = (
        select(_position.planogram_version_id.label("id"), func.count(_position.ordinal).label("n"))
        .join(_version, _version.id == _position.planogram_version_id)
        .where(_version.planogram_id == planogram_id)
        .group_by(_position.planogram_version_id)
        .subquery()
    )
    rows = session.execute(
        select(
            _version.version, _version.created_at, func.coalesce(_user.name, ""), _version.comment,
            _version.effective_from, func.coalesce(counted.c.n, 0),
        )
        .outerjoin(_user, _user.id == _version.created_by)
        .outerjoin(counted, counted.c.id == _version.id)
        .where(_version.planogram_id == planogram_id)
        .order_by(_version.version.desc())
    ).all()
    if not rows:
        raise NotFound(f"There is no planogram {planogram_id}.", "Choose one from the list.")
    now = life(session, planogram_id)
    return [replace(VersionCard(*row), status=now.status_of(row[0])) for row in rows]


def touch(session: TenantSession, planogram_id: int) -> None:
    """Mark the data of the plan's site as changed."""
    _touch_site(session, session.execute(select(_plan.site_id).where(_plan.id == planogram_id)).scalar())


def plans(session: TenantSession, planogram_id: int) -> dict[int, Planogram]:
    """What every version held, by version number, the oldest first."""
    rows = session.execute(
        select(_version.version, _version.id, _version.fixture_id, _version.rule_set)
        .where(_version.planogram_id == planogram_id)
        .order_by(_version.version)
    ).all()
    held = load_plans(session, [(row[1], row[2], row[3]) for row in rows])
    return {row[0]: held[row[1]] for row in rows}


def _named(id_or_key: int | str) -> ColumnElement[bool]:
    if isinstance(id_or_key, int):
        return _plan.id == _findable(id_or_key)  # type: ignore[no-any-return]
    if id_or_key.isascii() and id_or_key.isdigit() and len(id_or_key) < 10:
        return _plan.id == int(id_or_key)  # type: ignore[no-any-return]
    match = _KEY.match(id_or_key)
    if match is None:
        raise BadInput(
            f"“{id_or_key}” does not name a planogram.", "Give its id, or device_cabinet such as 12_0."
        )
    return and_(
        _cabinet.device_id == int(match[1]), _cabinet.cabinet_index == int(match[2]), _plan.is_primary
    )


def _findable(number: int) -> int:
    """The number, or 0, which nothing has, for one that a database cannot look for."""
    return number if abs(number) <= validate.MAX_ID else 0


def _load(
    session: TenantSession, chosen: ColumnElement[bool], wanted: ColumnElement[bool]
) -> list[SavedPlanogram]:
    statement = with_place(
        select(
            _plan, _version, _cabinet.device_id, _cabinet.cabinet_index,
            func.coalesce(_site.name, ""), func.coalesce(_site.venue_type, ""), _device.id,
            func.coalesce(_store.id, _device.store_id, _project.store_id), func.coalesce(_user.name, ""),
        ).select_from(_plan)
    )
    rows = session.execute(
        statement.join(_version, and_(_version.planogram_id == _plan.id, wanted))
        .outerjoin(_user, _user.id == _version.created_by)
        .where(chosen)
        .order_by(_plan.name, _plan.id)
        .execution_options(populate_existing=True)
    ).all()
    plans = load_plans(session, [(row[1].id, row[1].fixture_id, row[1].rule_set) for row in rows])
    return [
        SavedPlanogram(
            id=plan.id, key=key_of(plan.is_primary, key_device, index), name=plan.name,
            version=version.version, last_version=plan.last_version, status=plan.status,
            season=plan.season, plan=plans[version.id], site_id=plan.site_id, site_name=site_name,
            venue_type=venue_type, device_id=device_id, store_id=store_id, project_id=plan.project_id,
            created_at=version.created_at, created_by=author, comment=version.comment,
            effective_from=version.effective_from, is_demo=plan.is_demo,
        )
        for plan, version, key_device, index, site_name, venue_type, device_id, store_id, author in rows
    ]


def _take_version(session: TenantSession, planogram_id: int, base_version: int) -> None:
    """Move ``last_version`` on, unless someone else did: the race is decided by this one statement."""
    taken: Any = session.execute(
        update(_plan)
        .where(
            _plan.id == planogram_id, _plan.last_version == base_version, _plan.status != "archived"
        )
        .values(last_version=base_version + 1, updated_at=t.now(), status="draft")
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        found = session.execute(
            select(_plan.last_version, _plan.name).where(_plan.id == planogram_id)
        ).first()
        if found is None:
            raise NotFound(f"There is no planogram {planogram_id}.", "Choose one from the list.")
        last, name = found
        if last == base_version:
            raise RuleViolation(f"{name} is archived.", "Make it a draft again, or save as a new plan.")
        raise Conflict(
            f"Version {last} was saved while you worked on version {base_version}.",
            "Reload to see it, or save yours under a new name.",
        )


def _fixture_for(session: TenantSession, planogram_id: int, base_version: int, plan: Planogram) -> int:
    """The fixture row of the base version if the geometry is unchanged, else a new row."""
    fixture: Any = t.Fixture
    row = session.scalars(
        select(fixture)
        .join(_version, _version.fixture_id == fixture.id)
        .where(_version.planogram_id == planogram_id, _version.version == base_version)
    ).one()
    if fixture_of(row) == plan.fixture:
        return identity(row.id)
    return add_fixture(session, plan.fixture, name=row.name, is_demo=row.is_demo)


def _add_version(
    session: TenantSession,
    planogram_id: int,
    version: int,
    plan: Planogram,
    fixture_id: int,
    comment: str,
    effective_from: date | None,
) -> None:
    row = t.PlanogramVersion(
        planogram_id=planogram_id, version=version, fixture_id=fixture_id,
        rule_set=plan.rule_set.value, comment=comment, effective_from=effective_from,
        created_by=session.actor.user_id,
    )
    session.add(row)
    session.flush()
    add_positions(session, identity(row.id), plan)


def _site_of(
    session: TenantSession, site_id: int | None, project_id: int | None, cabinet_id: int | None
) -> int | None:
    """The site of a new planogram: as named, else that of its cabinet's machine or its project's store.

    Raises BadInput for a site, project or cabinet that does not exist, or a cabinet of another site.
    """
    _require(session, _site, site_id, "site")
    _require(session, _project, project_id, "project")
    _require(session, _cabinet, cabinet_id, "cabinet")
    if cabinet_id is not None:
        joined = select(_device.site_id).join(_cabinet, _cabinet.device_id == _device.id)
        of_machine: int = session.execute(joined.where(_cabinet.id == cabinet_id)).scalar_one()
        if site_id not in (None, of_machine):
            raise BadInput(f"Cabinet {cabinet_id} does not stand at site {site_id}.", "Leave out the site.")
        return of_machine
    if site_id is None and project_id is not None:
        joined = select(_store.site_id).join(_project, _project.store_id == _store.id)
        return session.execute(joined.where(_project.id == project_id)).scalar()
    return site_id


def _season(season: str | None) -> str | None:
    return None if season is None else validate.text(season, "A season", MAX_SEASON) or None


def _require(session: TenantSession, model: Any, value: int | None, noun: str) -> None:
    if value is not None and session.execute(select(model.id).where(model.id == value)).first() is None:
        raise BadInput(f"There is no {noun} {value}.", "Choose one from the list.")


def _touch_site(session: TenantSession, site_id: int | None) -> None:
    """Raise the data version of a site, so that what is cached about it is read anew."""
    session.execute(
        update(_site)
        .where(_site.id == site_id)
        .values(data_version=_site.data_version + 1)
        .execution_options(synchronize_session=False)
    )
