"""Products, categories, stores, machines, fixtures, projects: listed, created, changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.errors import NotFound
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, RuleSet
from core.planogram.product import Product
from core.store import catalog, places, planograms, records, sites
from core.store.catalog import CategoryCard
from core.store.places import DeviceCard, FixtureCard, ProjectCard, StoreCard
from core.trust.access import Role
from core.workbench.door import Door


class CatalogDoor(Door):
    """What is sold and where. Reading is free; changing takes a manager."""

    def catalog(self) -> dict[int, Product]:
        with self._session() as session:
            return catalog.load_catalog(session)

    def products_of(self, category_ids: Sequence[int] | None = None) -> list[Product]:
        """The catalog's products, or those of some categories. Raises NotFound for an unknown one."""
        with self._session() as session:
            products = list(catalog.load_catalog(session).values())
            if category_ids is None:
                return products
            names = {c.id: c.name for c in catalog.categories(session)}
        for category_id in category_ids:
            if category_id not in names:
                raise NotFound(f"There is no category {category_id}.", "Look at the list of categories.")
        wanted = {names[category_id] for category_id in category_ids}
        return [p for p in products if p.category in wanted]

    def categories(self) -> list[CategoryCard]:
        with self._session() as session:
            return catalog.categories(session)

    def create_product(self, name: str, category: str, **fields: Any) -> Product:
        self._require(Role.MANAGER, "create a product")
        with self._session() as session:
            product = catalog.create_product(session, name, category, **fields)
            sites.touch_sites(session)
            records.audit(session, "create", "product", product.id)
            return product

    def patch_product(self, product_id: int, **changes: Any) -> Product:
        self._require(Role.MANAGER, "change a product")
        with self._session() as session:
            product = catalog.patch_product(session, product_id, **changes)
            sites.touch_sites(session)
            records.audit(session, "change", "product", product_id, fields=sorted(changes))
            return product

    def stores(self, store_id: int | None = None) -> list[StoreCard]:
        with self._session() as session:
            return places.stores(session, store_id)

    def create_store(self, name: str, **fields: Any) -> StoreCard:
        self._require(Role.MANAGER, "create a store")
        with self._session() as session:
            return places.create_store(session, name, **fields)

    def patch_store(self, store_id: int, **changes: Any) -> StoreCard:
        self._require(Role.MANAGER, "change a store")
        with self._session() as session:
            return places.patch_store(session, store_id, **changes)

    def devices(self, device_id: int | None = None) -> list[DeviceCard]:
        with self._session() as session:
            return places.devices(session, device_id)

    def create_device(self, name: str, *cabinets: Fixture, **fields: Any) -> DeviceCard:
        """A machine whose every cabinet has an empty planogram to fill."""
        self._require(Role.MANAGER, "create a machine")
        with self._session() as session:
            device = places.create_device(session, name, *cabinets, **fields)
            for cabinet, fixture in zip(device.cabinets, cabinets, strict=True):
                planograms.create(
                    session, places.plan_name(device.name, cabinet.index, len(cabinets) > 1),
                    Planogram(fixture, (), RuleSet.AS_FOUND), cabinet_id=cabinet.id, is_primary=True,
                    comment=planograms.EMPTY,
                )
            records.audit(session, "create", "device", device.id)
            return places.devices(session, device.id)[0]

    def patch_device(self, device_id: int, **changes: Any) -> DeviceCard:
        self._require(Role.MANAGER, "change a machine")
        with self._session() as session:
            return places.patch_device(session, device_id, **changes)

    def fixtures(self, fixture_id: int | None = None) -> list[FixtureCard]:
        with self._session() as session:
            return places.fixtures(session, fixture_id)

    def create_fixture(self, name: str, fixture: Fixture) -> FixtureCard:
        self._require(Role.MANAGER, "create a fixture")
        with self._session() as session:
            return places.create_fixture(session, name, fixture)

    def patch_fixture(
        self, fixture_id: int, name: str | None = None, fixture: Fixture | None = None
    ) -> FixtureCard:
        self._require(Role.MANAGER, "change a fixture")
        with self._session() as session:
            return places.patch_fixture(session, fixture_id, name, fixture)

    def projects(self, project_id: int | None = None) -> list[ProjectCard]:
        with self._session() as session:
            return places.projects(session, project_id)

    def create_project(self, name: str, store_id: int | None = None) -> ProjectCard:
        self._require(Role.MANAGER, "create a project")
        with self._session() as session:
            return places.create_project(session, name, store_id)

    def patch_project(self, project_id: int, **changes: Any) -> ProjectCard:
        self._require(Role.MANAGER, "change a project")
        with self._session() as session:
            return places.patch_project(session, project_id, **changes)
