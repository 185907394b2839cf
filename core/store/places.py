"""Stores, machines, fixtures and projects: lists in a fixed number of queries, create and change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select, update

from core.errors import BadInput, NotFound
from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.places import is_whole
from core.store import tables as t
from core.store import validate
from core.store.plan_rows import add_fixture, fixture_of, fixture_values, identity
from core.store.tenant import TenantSession

MAX_DEMOGRAPHICS = 10_000

_site: Any = t.Site
_store: Any = t.Store
_device: Any = t.Device
_cabinet: Any = t.Cabinet
_fixture: Any = t.Fixture
_plan: Any = t.Planogram
_project: Any = t.Project
_version: Any = t.PlanogramVersion


@dataclass(frozen=True, slots=True)
class StoreCard:
    id: int
    site_id: int
    name: str
    code: str | None
    address: str
    venue_type: str
    latitude: float | None
    longitude: float | None
    demographics: Mapping[str, Any]
    traffic_by_hour: tuple[float, ...]
    is_demo: bool


@dataclass(frozen=True, slots=True)
class CabinetCard:
    id: int
    index: int
    rows: int
    columns: int
    temperature_zone: TemperatureZone
    planogram_id: int | None


@dataclass(frozen=True, slots=True)
class DeviceCard:
    id: int
    site_id: int
    name: str
    source_name: str | None
    store_id: int | None
    model: str
    venue_type: str
    latitude: float | None
    longitude: float | None
    is_demo: bool
    cabinets: tuple[CabinetCard, ...]


@dataclass(frozen=True, slots=True)
class FixtureCard:
    id: int
    name: str
    fixture: Fixture
    is_demo: bool


@dataclass(frozen=True, slots=True)
class ProjectCard:
    id: int
    name: str
    store_id: int | None
    planograms: int
    is_demo: bool


def stores(session: TenantSession, store_id: int | None = None) -> list[StoreCard]:
    """Stores by name, or the one with this id."""
    statement = select(_store, _site).join(_site, _site.id == _store.site_id).order_by(_site.name, _store.id)
    if store_id is not None:
        statement = statement.where(_store.id == store_id)
    return [
        StoreCard(
            store.id, site.id, site.name, store.code, store.address, site.venue_type, site.latitude,
            site.longitude, store.demographics, tuple(store.traffic_by_hour), store.is_demo,
        )
        for store, site in session.execute(statement)
    ]


def devices(session: TenantSession, device_id: int | None = None) -> list[DeviceCard]:
    """Machines by name with their cabinets, or the one with this id; two queries."""
    statement = select(_device, _site).join(_site, _site.id == _device.site_id)
    cabinets = (
        select(_cabinet, _fixture, _plan.id)
        .join(_fixture, _fixture.id == _cabinet.fixture_id)
        .outerjoin(_plan, (_plan.cabinet_id == _cabinet.id) & _plan.is_primary)
        .order_by(_cabinet.device_id, _cabinet.cabinet_index)
    )
    if device_id is not None:
        statement = statement.where(_device.id == device_id)
        cabinets = cabinets.where(_cabinet.device_id == device_id)
    cards: dict[int, list[CabinetCard]] = {}
    for cabinet, row, planogram_id in session.execute(cabinets):
        fixture = fixture_of(row)
        cards.setdefault(cabinet.device_id, []).append(CabinetCard(
            cabinet.id, cabinet.cabinet_index, fixture.rows, fixture.columns,
            fixture.temperature_zone, planogram_id,
        ))
    return [
        DeviceCard(
            device.id, site.id, site.name, site.source_name, device.store_id, device.model,
            site.venue_type, site.latitude, site.longitude, device.is_demo, tuple(cards.get(device.id, ())),
        )
        for device, site in session.execute(statement.order_by(_site.name, _device.id))
    ]


def fixtures(session: TenantSession, fixture_id: int | None = None) -> list[FixtureCard]:
    """Fixture templates by name, or the fixture with this id."""
    chosen = _fixture.is_template if fixture_id is None else _fixture.id == fixture_id
    rows = session.scalars(select(_fixture).where(chosen).order_by(_fixture.name, _fixture.id))
    return [FixtureCard(row.id, row.name, fixture_of(row), row.is_demo) for row in rows]


def projects(session: TenantSession, project_id: int | None = None) -> list[ProjectCard]:
    """Projects by name with the number of their planograms, or the one with this id."""
    statement = (
        select(_project.id, _project.name, _project.store_id, func.count(_plan.id), _project.is_demo)
        .outerjoin(_plan, _plan.project_id == _project.id)
        .group_by(_project.id, _project.name, _project.store_id, _project.is_demo)
        .order_by(_project.name, _project.id)
    )
    if project_id is not None:
        statement = statement.where(_project.id == project_id)
    return [ProjectCard(*row) for row in session.execute(statement)]


def create_store(session: TenantSession, name: str, **fields: Any) -> StoreCard:
    """A new store with its site. Raises BadInput for a value that makes no sense."""
    validate.only_fields(fields, _STORE.keys() | _SITE.keys() - {"name"}, "store")
    _check_code(session, fields.get("code"), 0)
    site = t.Site(kind="store", **_checked(_SITE, {"name": name, **fields}))
    session.add(site)
    session.flush()
    store = t.Store(site_id=identity(site.id), **_checked(_STORE, fields))
    session.add(store)
    session.flush()
    return stores(session, store.id)[0]


def patch_store(session: TenantSession, store_id: int, **changes: Any) -> StoreCard:
    """Change a store. Raises NotFound and BadInput; nothing is changed then."""
    validate.only_fields(changes, _STORE.keys() | _SITE.keys(), "store")
    store = session.get(t.Store, store_id)
    if store is None:
        raise _missing("store", store_id)
    _check_code(session, changes.get("code"), store_id)
    _change(session, store, _checked(_STORE, changes), store.site_id, _checked(_SITE, changes))
    return stores(session, store_id)[0]


def create_device(
    session: TenantSession, name: str, *cabinets: Fixture, **fields: Any
) -> DeviceCard:
    """A new machine with its site and its cabinets. Raises BadInput."""
    validate.only_fields(fields, _DEVICE.keys() | _SITE.keys() - {"name"}, "device")
    _check_store(session, fields.get("store_id"))
    site = t.Site(kind="device", **_checked(_SITE, {"name": name, **fields}))
    session.add(site)
    session.flush()
    device = t.Device(site_id=identity(site.id), **_checked(_DEVICE, fields))
    session.add(device)
    session.flush()
    device_id = identity(device.id)
    for fixture in cabinets:
        add_cabinet(session, device_id, fixture)
    return devices(session, device_id)[0]


def add_cabinet(session: TenantSession, device_id: int, fixture: Fixture, *, is_demo: bool = False) -> int:
    """Give a machine one more cabinet; returns its id."""
    last: int | None = session.execute(
        select(func.max(_cabinet.cabinet_index)).where(_cabinet.device_id == device_id)
    ).scalar()
    index = 0 if last is None else last + 1
    fixture_id = add_fixture(session, fixture, name=f"Cabinet {index + 1}", is_demo=is_demo)
    row = t.Cabinet(device_id=device_id, cabinet_index=index, fixture_id=fixture_id)
    session.add(row)
    session.flush()
    return identity(row.id)


def plan_name(device_name: str, index: int, is_one_of_many: bool) -> str:
    """What the plan of a cabinet is called until someone gives it another name."""
    return f"{device_name}, cabinet {index + 1}" if is_one_of_many else device_name


def patch_device(session: TenantSession, device_id: int, **changes: Any) -> DeviceCard:
    """Change a machine. Raises NotFound and BadInput; nothing is changed then."""
    validate.only_fields(changes, _DEVICE.keys() | _SITE.keys(), "device")
    device = session.get(t.Device, device_id)
    if device is None:
        raise _missing("device", device_id)
    _check_store(session, changes.get("store_id"))
    _change(session, device, _checked(_DEVICE, changes), device.site_id, _checked(_SITE, changes))
    return devices(session, device_id)[0]


def create_fixture(session: TenantSession, name: str, fixture: Fixture) -> FixtureCard:
    """A new template."""
    fixture_id = add_fixture(session, fixture, name=validate.name(name), is_template=True)
    return fixtures(session, fixture_id)[0]


def patch_fixture(
    session: TenantSession, fixture_id: int, name: str | None = None, fixture: Fixture | None = None
) -> FixtureCard:
    """Change a template. Plans and cabinets made from it keep the geometry they have."""
    row = session.get(t.Fixture, fixture_id)
    if row is None or not row.is_template:
        raise _missing("fixture", fixture_id)
    if fixture is not None and fixture != fixture_of(row):
        _keep_old_geometry(session, row)
        for column, value in fixture_values(fixture).items():
            setattr(row, column, value)
    if name is not None:
        row.name = validate.name(name)
    session.flush()
    return fixtures(session, fixture_id)[0]


def create_project(session: TenantSession, name: str, store_id: int | None = None) -> ProjectCard:
    _check_store(session, store_id)
    row = t.Project(name=validate.name(name), store_id=store_id)
    session.add(row)
    session.flush()
    return projects(session, identity(row.id))[0]


def patch_project(session: TenantSession, project_id: int, **changes: Any) -> ProjectCard:
    """Change name or store. Raises NotFound and BadInput; nothing is changed then."""
    validate.only_fields(changes, {"name", "store_id"}, "project")
    row = session.get(t.Project, project_id)
    if row is None:
        raise _missing("project", project_id)
    _check_store(session, changes.get("store_id"))
    if "name" in changes:
        row.name = validate.name(changes["name"])
    if "store_id" in changes:
        row.store_id = changes["store_id"]
    session.flush()
    return projects(session, project_id)[0]


def _demographics(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput(f"Demographics “{value}” are not a table.", "Give names with values.")
    if len(json.dumps(value, default=str)) > MAX_DEMOGRAPHICS:
        raise BadInput(f"{len(value):,} demographic figures are too much.",
                       f"Keep them under {MAX_DEMOGRAPHICS:,} characters.")
    return dict(value)


_SITE: dict[str, Callable[[Any], Any]] = {
    "name": validate.name,
    "venue_type": lambda v: validate.text(v, "Venue type"),
    "latitude": lambda v: validate.optional_number(v, "Latitude", least=-90, most=90),
    "longitude": lambda v: validate.optional_number(v, "Longitude", least=-180, most=180),
}
_STORE: dict[str, Callable[[Any], Any]] = {
    "code": lambda v: validate.text(v or "", "Store code") or None,
    "address": lambda v: validate.text(v, "Address"),
    "demographics": _demographics,
    "traffic_by_hour": lambda v: validate.shares(v, "Traffic by hour", 24),
}
_DEVICE: dict[str, Callable[[Any], Any]] = {
    "store_id": lambda v: v,
    "model": lambda v: validate.text(v, "Model"),
}


def _checked(rules: Mapping[str, Callable[[Any], Any]], values: Mapping[str, Any]) -> dict[str, Any]:
    return {field: rules[field](value) for field, value in values.items() if field in rules}


def _change(
    session: TenantSession,
    row: Any,
    changes: Mapping[str, Any],
    site_id: int,
    site_changes: Mapping[str, Any],
) -> None:
    """Set columns of a store or machine and of its site, whose caches are then stale."""
    site: Any = session.get_one(t.Site, site_id)
    for target, values in ((row, changes), (site, site_changes)):
        for column, value in values.items():
            setattr(target, column, value)
    site.data_version += 1
    session.flush()


def _check_store(session: TenantSession, store_id: int | None) -> None:
    if store_id is not None and not _is_store(session, store_id):
        raise BadInput(f"There is no store {store_id}.", "Choose one from the list.")


def _is_store(session: TenantSession, store_id: Any) -> bool:
    known = is_whole(store_id) and abs(store_id) <= validate.MAX_ID
    return known and session.get(t.Store, store_id) is not None


def _check_code(session: TenantSession, code: Any, own_id: int) -> None:
    if code and session.execute(select(_store.id).where(_store.code == code, _store.id != own_id)).first():
        raise BadInput(f"Store code {code} is taken.", "Give every store its own code.")


def _keep_old_geometry(session: TenantSession, row: t.Fixture) -> None:
    """Move versions and cabinets that use a template to a copy, before the template changes."""
    users = ((_version, _version.fixture_id), (_cabinet, _cabinet.fixture_id))
    if not any(session.execute(select(exists().where(column == row.id)).select_from(t.Company)).scalar()
               for _, column in users):
        return
    copy_id = add_fixture(session, fixture_of(row), name=row.name, is_demo=row.is_demo)
    for model, column in users:
        session.execute(
            update(model).where(column == row.id).values(fixture_id=copy_id)
            .execution_options(synchronize_session=False)
        )


def _missing(noun: str, number: int) -> NotFound:
    return NotFound(f"There is no {noun} {number}.", "Choose one from the list.")
