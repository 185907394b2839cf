"""The demo company in the database: built in seconds, in one transaction, from the simulated world."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from core.errors import Conflict
from core.planogram.fixture import Fixture
from core.planogram.product import SEASONS
from core.site.zones import IntArray
from core.store import tables as t
from core.store.database import Database
from core.store.demo import talk
from core.store.demo.bulk import add, add_columns, exclusive, table
from core.store.demo.rhythm import traffic_by_hour
from core.store.demo.sales import SECONDS_A_DAY
from core.store.demo.scene import Place
from core.store.demo.truth import Truth
from core.store.demo.world import PlanVersion, SiteInfo, World, simulate
from core.store.plan_rows import fixture_values, position_values
from core.units import MONEY_SCALE, to_e4

SEED = 20
COMPANY = "Harborview Vending & Market"
USERS = (
    ("admin", "Priya Raman", "admin@harborview.example"),
    ("manager", "Dana Whitfield", "manager@harborview.example"),
    ("manager", "Luis Ortega", "luis@harborview.example"),
    ("driver", "Marcus Lee", "driver@harborview.example"),
    ("viewer", "Hannah Brooks", "viewer@harborview.example"),
)
PROJECTS = (("Summer drinks", "drinks"), ("Fresh and frozen", "food"), ("Front-end candy", "end cap"))

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was built. ``users``: e-mail → id; ``manager_id``: who a demo request acts as."""

    company_id: int
    manager_id: int
    users: dict[str, int]
    sites: int
    planograms: int
    products: int
    sales_lines: int
    daily_rows: int
    first_day: date
    last_day: date
    seconds: float
    truth_path: Path | None


def truth_path_of(database: Database) -> Path | None:
    """Where the truth lies: beside a SQLite file, else nowhere unless told."""
    return None if database.path is None else database.path.with_suffix(".truth.npz")


def has_demo(database: Database) -> bool:
    """Whether any demo site is there."""
    with database.engine.connect() as connection:
        return _any_demo(connection)


def _any_demo(connection: Connection) -> bool:
    site = table(t.Site)
    return connection.execute(select(site.c.id).where(site.c.is_demo).limit(1)).first() is not None


def build_demo(
    database: Database,
    *,
    seed: int = SEED,
    today: date | None = None,
    progress: Progress | None = None,
    truth_path: Path | None = None,
    days: int = 400,
    machines: int = 44,
    stores: int = 12,
) -> DemoSummary:
    """Simulate the demo company up to yesterday and write it, all or nothing.

    The truth goes to ``truth_path``, by default beside a SQLite file. Raises Conflict when a demo is there.
    """
    tell, started = progress or (lambda share, text: None), time.perf_counter()
    last_day = (today or date.today()) - timedelta(days=1)
    world = simulate(
        seed, days=days, machines=machines, stores=stores, last_day=last_day,
        progress=lambda share, text: tell(0.25 * share, text),
    )  # fmt: skip
    with exclusive(database) as connection:
        if _any_demo(connection):
            raise Conflict("The demo company is already there.", "Remove it first.")
        writer = _Writer(connection, world)
        tell(0.26, "Writing products, places and planograms")
        writer.catalog()
        writer.places()
        writer.plans()
        tell(0.35, "Writing days of sales")
        daily_rows = writer.daily()
        lines = writer.lines(lambda share: tell(0.5 + 0.45 * share, "Writing every vend"))
        tell(0.95, "Finishing")
    path = truth_path or truth_path_of(database)
    if path is not None:
        writer.truth().save(path)
    tell(1.0, "The demo company is ready")
    return DemoSummary(
        company_id=writer.company_id,
        manager_id=writer.users["manager@harborview.example"],
        users=writer.users,
        sites=len(world.places),
        planograms=len(writer.planogram_ids),
        products=len(world.catalog),
        sales_lines=lines,
        daily_rows=daily_rows,
        first_day=world.first_day,
        last_day=world.last_day,
        seconds=time.perf_counter() - started,
        truth_path=path,
    )


class _Writer:
    """Writes one world; the methods are called in the order in which they stand here."""

    def __init__(self, connection: Connection, world: World) -> None:
        self._connection, self._world = connection, world
        self.company_id = self._company()
        self.users = self._users()
        self.product_ids = np.zeros(0, np.int64)
        self.place_sites = np.zeros(0, np.int64)
        self.planogram_ids: list[int] = []
        self._now = datetime.now(UTC)

    def _company(self) -> int:
        company = table(t.Company)
        found = self._connection.execute(select(company.c.id).where(company.c.is_demo).limit(1)).scalar()
        return found or add(self._connection, company, [{"name": COMPANY, "is_demo": True}])[0]

    def _users(self) -> dict[str, int]:
        user = table(t.User)
        found = self._connection.execute(
            select(user.c.email, user.c.id).where(user.c.email.in_([email for _, _, email in USERS]))
        )
        known = {row[0]: row[1] for row in found}
        new = [
            {"company_id": self.company_id, "role": role, "name": name, "email": email}
            for role, name, email in USERS
            if email not in known
        ]
        if new:
            ids = add(self._connection, user, new)
            known |= {row["email"]: user_id for row, user_id in zip(new, ids, strict=True)}
        return known

    def _add(self, model: Any, rows: list[dict[str, Any]]) -> list[int]:
        return add(self._connection, table(model), [{"company_id": self.company_id, **row} for row in rows])

    def catalog(self) -> None:
        """Categories, but for those that the company has under the same name, and products."""
        category = table(t.Category)
        found = self._connection.execute(
            select(category.c.name, category.c.id).where(category.c.company_id == self.company_id)
        )
        ids = {row[0]: row[1] for row in found}
        missing = [name for name in self._world.truth.categories if name not in ids]
        if missing:
            new = self._add(t.Category, [{"name": name, "is_demo": True} for name in missing])
            ids |= dict(zip(missing, new, strict=True))
        rows = [
            {
                "category_id": ids[p.category], "name": p.name, "brand": p.brand, "size": p.size,
                "upc": p.upc, "width_in": p.width_in, "height_in": p.height_in, "depth_in": p.depth_in,
                "pack_height_in": p.pack_height_in, "price_e4": to_e4(p.price), "cost_e4": to_e4(p.cost),
                "velocity": p.velocity, "seasonality": dict(p.seasonality),
                "shelf_life_days": p.shelf_life_days,
                "temperature": None if p.temperature is None else p.temperature.value,
                "health_score": p.health_score, "is_demo": True,
            }
            for p in self._world.catalog.values()
        ]  # fmt: skip
        self.product_ids = np.array(self._add(t.Product, rows))

    def places(self) -> None:
        """Sites, and what makes them a store or a machine with cabinets."""
        places = self._world.places
        rows = [
            {"kind": p.kind, "name": p.name, "source_name": p.code, "venue_type": p.venue_type,
             "latitude": p.latitude, "longitude": p.longitude, "is_demo": True}
            for p in places
        ]  # fmt: skip
        sites = self._add(t.Site, rows)
        self.place_sites = np.array(sites)
        stores = [_store_row(i, p, sites[i]) for i, p in enumerate(places) if not p.machine]
        if stores:
            self._add(t.Store, stores)
        machines = [i for i, p in enumerate(places) if p.machine]
        rows = [{"site_id": sites[i], "model": places[i].machine, "is_demo": True} for i in machines]
        devices = dict(zip(machines, self._add(t.Device, rows), strict=True)) if rows else {}
        self._cabinets(devices)

    def _cabinets(self, devices: dict[int, int]) -> None:
        """A fixture for each site of the world, and a cabinet where it is a machine's."""
        infos = self._world.sites
        rows = [
            {"name": s.model.name, "is_demo": True, "is_template": False, **fixture_values(s.model.fixture)}
            for s in infos
        ]
        self._fixtures = self._add(t.Fixture, rows)
        self._add(t.Fixture, _templates(self._world))
        inside = [k for k, s in enumerate(infos) if s.place in devices]
        cabinets = [
            {"device_id": devices[infos[k].place], "cabinet_index": infos[k].cabinet,
             "fixture_id": self._fixtures[k]}
            for k in inside
        ]  # fmt: skip
        self._cabinet_ids = dict(zip(inside, self._add(t.Cabinet, cabinets), strict=True)) if inside else {}

    def plans(self) -> None:
        """Projects, planograms with all their versions, and positions."""
        year = self._world.last_day.year
        projects = self._add(t.Project, [{"name": f"{name} {year}", "is_demo": True} for name, _ in PROJECTS])
        of_kind = {kind: project for (_, kind), project in zip(PROJECTS, projects, strict=True)}
        infos = self._world.sites
        rows = [self._planogram_row(k, s, of_kind.get(s.model.kind)) for k, s in enumerate(infos)]
        self.planogram_ids = self._add(t.Planogram, rows)
        versions = [(k, n, v) for k, s in enumerate(infos) for n, v in enumerate(s.versions)]
        version_rows = [self._version_row(k, n, v) for k, n, v in versions]
        version_ids = self._add(t.PlanogramVersion, version_rows)
        values = [
            row
            for version_id, (_, _, v) in zip(version_ids, versions, strict=True)
            for row in position_values(version_id, v.plan)
        ]
        columns = {name: [row[name] for row in values] for name in values[0]}
        columns["product_id"] = self.product_ids[np.array(columns["product_id"]) - 1].tolist()
        self._add_columns(t.Position, columns)
        self._life(version_ids)

    def _life(self, version_ids: list[int]) -> None:
        """When each version was prepared and put in place, and what people said."""
        sites, role = self._world.sites, {role: self.users[email] for role, _, email in reversed(USERS)}
        ids, last = self.planogram_ids, np.cumsum([len(s.versions) for s in sites]) - 1
        self._add(t.PlanStep, talk.steps(sites, ids, version_ids, role["manager"], role["driver"]))
        newest = [version_ids[i] for i in last.tolist()]
        products = dict(enumerate(self.product_ids.tolist(), start=1))
        for first, answer in talk.comments(sites, ids, newest, products, role, self._world.last_day):
            comment_id = self._add(t.PlanComment, [first])[0]
            if answer is not None:
                self._add(t.PlanComment, [answer | {"answer_to": comment_id}])

    def _planogram_row(self, k: int, s: SiteInfo, project: int | None) -> dict[str, Any]:
        cabinet, since = self._cabinet_ids.get(k), s.versions[-1].effective_from
        return {
            "name": s.name, "season": SEASONS[(since.month - 3) % 12 // 3], "status": "implemented",
            "site_id": int(self.place_sites[s.place]), "project_id": project, "cabinet_id": cabinet,
            "is_primary": cabinet is not None, "last_version": len(s.versions), "is_demo": True,
            "created_at": _morning(s.versions[0].effective_from), "updated_at": _morning(since),
        }  # fmt: skip

    def _version_row(self, k: int, n: int, version: PlanVersion) -> dict[str, Any]:
        authors = [self.users[email] for role, _, email in USERS if role == "manager"]
        return {
            "planogram_id": self.planogram_ids[k], "version": n + 1, "fixture_id": self._fixtures[k],
            "rule_set": version.plan.rule_set.value, "comment": version.comment,
            "effective_from": version.effective_from, "created_by": authors[(k + n) % len(authors)],
            "created_at": _morning(version.effective_from - timedelta(days=2 + (k + n) % 5)),
        }  # fmt: skip

    def daily(self) -> int:
        """Daily sales, in the order of their key; the same days summed up by planogram."""
        world, days = self._world, self._world.slot_days
        slot = self._slots()[days.spot]
        site = self._site_of_spot()[days.spot]
        order = np.lexsort((slot, days.day, site))
        spot, units = days.spot[order], days.units[order]
        revenue = units * self._prices()[spot]
        day = days.day[order] + _epoch_day(world.first_day)
        self._performance(world.spots.site[spot], day, units, revenue, days.stockout[order])
        return self._add_columns(t.DailySales, {
            "site_id": site[order], "day": day, "slot": slot[order],
            "product_id": self.product_ids[world.spots.product[spot]], "units": units, "revenue_e4": revenue,
            "stockout": days.stockout[order],
        })  # fmt: skip

    def _performance(
        self, k: IntArray, day: IntArray, units: IntArray, revenue: IntArray, out: NDArray[np.bool_]
    ) -> None:
        """Revenue, units and stockouts of each planogram on each day."""
        first, last = _epoch_day(self._world.first_day), _epoch_day(self._world.last_day)
        n = last - first + 1
        group, size = k * n + day - first, len(self.planogram_ids) * n
        total = {name: np.bincount(group, values, size).astype(np.int64)
                 for name, values in (("revenue_e4", revenue), ("units", units), ("stockouts", out))}
        calendar = [self._world.first_day + timedelta(days=i) for i in range(n)]
        stamp = [d.isoformat() for d in calendar] * len(self.planogram_ids)
        self._add_columns(t.PlanogramPerformance, {
            "planogram_id": np.repeat(self.planogram_ids, n), "day": stamp, **total,
            "slow_movers": np.zeros(size, np.int64),
        })  # fmt: skip

    def lines(self, progress: Callable[[float], None]) -> int:
        """Every vend and receipt line, site by site in the order of the key."""
        world, lines = self._world, self._world.lines
        site = self._site_of_spot()[lines.spot]
        order = np.lexsort((lines.sold_at, site))
        cuts = np.linspace(0, len(order), 11).astype(int)
        slots, prices = self._slots(), self._prices()
        for part, (start, end) in enumerate(pairwise(cuts)):
            rows = order[start:end]
            spot, units = lines.spot[rows], lines.units[rows]
            codes = lines.transaction[rows].tolist()
            self._add_columns(t.SalesLine, {
                "site_id": site[rows],
                "sold_at": lines.sold_at[rows] + _epoch_day(world.first_day) * SECONDS_A_DAY,
                "transaction_code": [str(code) if code else "" for code in codes], "slot": slots[spot],
                "product_id": self.product_ids[world.spots.product[spot]], "price_e4": prices[spot],
                "k": np.zeros(len(rows), np.int64), "quantity": units, "amount_e4": units * prices[spot],
            })  # fmt: skip
            progress((part + 1) / 10)
        return len(order)

    def truth(self) -> Truth:
        """The world's truth under the ids that the database gave; a site of it is a planogram."""
        products = {i + 1: int(p) for i, p in enumerate(self.product_ids)}
        return self._world.truth.renumbered(products, {k + 1: p for k, p in enumerate(self.planogram_ids)})

    def _add_columns(self, model: Any, columns: dict[str, Any]) -> int:
        n = len(next(iter(columns.values())))
        return add_columns(self._connection, table(model), {"company_id": [self.company_id] * n, **columns})

    def _slots(self) -> IntArray:
        """Slot codes of all spots; a store's fixtures are told apart like cabinets."""
        spots = self._world.spots
        cabinet = np.array([s.cabinet for s in self._world.sites])[spots.site]
        return np.asarray(cabinet * 65_536 + spots.row * 256 + spots.column + 1)

    def _site_of_spot(self) -> IntArray:
        of_site = self.place_sites[[s.place for s in self._world.sites]]
        return np.asarray(of_site[self._world.spots.site])

    def _prices(self) -> IntArray:
        return np.round(self._world.spots.price * MONEY_SCALE).astype(np.int64)


def _epoch_day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 14, tzinfo=UTC)


def _store_row(i: int, place: Place, site_id: int) -> dict[str, Any]:
    street = ("Market Street", "Union Avenue", "Second Street", "Park Road")[i % 4]
    return {
        "site_id": site_id, "code": place.code, "is_demo": True,
        "address": f"{120 + 37 * (i % 23)} {street}, {place.city}, {place.state} {place.zip_code}",
        "demographics": {"median_age": 29 + (i * 7) % 17, "median_income": 48_000 + 3_500 * ((i * 5) % 14),
                         "households_with_children": round(0.18 + 0.02 * ((i * 3) % 9), 2)},
        "traffic_by_hour": traffic_by_hour(place.venue_type),
    }  # fmt: skip


def _templates(world: World) -> list[dict[str, Any]]:
    """Each model once, as a template to make new planograms from."""
    models: dict[str, Fixture] = {}
    for s in world.sites:
        models.setdefault(f"{s.model.name} {s.model.kind}", s.model.fixture)
    return [
        {"name": name, "is_demo": True, "is_template": True, **fixture_values(fixture)}
        for name, fixture in models.items()
    ]
