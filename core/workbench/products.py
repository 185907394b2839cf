"""Products found, ranked, read from files and pictured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.capabilities.rank import Ranked, expected_money, rank_products
from core.capabilities.search import Hit, search_products
from core.errors import NotFound, WorkbenchError
from core.store import catalog, pictures, planograms, records, sites
from core.store.imports.lock import import_lock
from core.store.product_file import ProductRow, read_products
from core.store.tenant import TenantSession
from core.trust.access import Role
from core.workbench.catalog import CatalogDoor
from core.workbench.library import site_of

SITES_RANKED = 6
"""How many planograms of a store are asked what a product would sell there."""


@dataclass(frozen=True, slots=True)
class ProductImport:
    """``rejected``: (line, why); ``product_ids`` in file order, None where a row was rejected."""

    rows_read: int
    created: int
    updated: int
    rejected: tuple[tuple[int, str], ...]
    product_ids: tuple[int | None, ...]


class ProductsDoor(CatalogDoor):
    """What can be asked of the catalog as a whole."""

    def search_products(self, query: str, k: int = 10) -> tuple[Hit, ...]:
        return search_products(self.catalog().values(), query, k)

    def rank_products(
        self, category_ids: Sequence[int] | None = None, season: str | None = None,
        store_id: int | None = None,
    ) -> tuple[Ranked, ...]:
        """The best products first, for a store by what they would sell there."""
        products = self.products_of(category_ids)
        if store_id is None:
            return rank_products(products, season)
        if not self.stores(store_id):
            raise NotFound(f"There is no store {store_id}.", "Choose one from the list.")
        with self._session() as session:
            cards = planograms.cards(session, store_id=store_id)[:SITES_RANKED]
            sites = [site_of(session, self.memory, planograms.load(session, c.id)) for c in cards]
        return rank_products(products, season, expected_money(sites))

    def import_products(self, content: bytes) -> ProductImport:
        """Create or update products, matched by UPC, else by name; a bad row never stops the good ones."""
        self._require(Role.MANAGER, "import products")
        rows = read_products(content)
        company_id = self.actor.company_id
        with import_lock(self.database, company_id), self.database.writing_session(self.actor) as session:
            result = _import(session, rows)
            sites.touch_sites(session)
            records.audit(session, "import", "product", rows=result.rows_read, created=result.created)
        return result

    def add_product_images(self, product_id: int, views: Sequence[bytes]) -> list[int]:
        """Keep pictures of a product, all or none; returns their ids."""
        self._require(Role.MANAGER, "add a picture")
        with self._session() as session:
            catalog.patch_product(session, product_id)
            checked = [pictures.check(view) for view in views]
            for view, picture in zip(views, checked, strict=True):
                pictures.keep(self.database, view, picture)
            return [
                catalog.add_image(session, product_id, p.content_hash, p.media_type, p.width_px, p.height_px)
                for p in checked
            ]


def _import(session: TenantSession, rows: Sequence[ProductRow]) -> ProductImport:
    known = catalog.load_catalog(session)
    by_upc = {p.upc: p.id for p in known.values() if p.upc}
    by_name = {p.name.strip().lower(): p.id for p in known.values()}
    rejected: list[tuple[int, str]] = []
    ids: list[int | None] = []
    created = updated = 0
    for row in rows:
        fields = dict(row.fields)
        name = str(fields.get("name", ""))
        found = by_upc.get(str(fields.get("upc", ""))) or by_name.get(name.lower())
        try:
            if row.error:
                raise WorkbenchError(row.error)
            with session.begin_nested():
                if found is None:
                    category = fields.pop("category")
                    product = catalog.create_product(session, fields.pop("name"), category, **fields)
                    created += 1
                else:
                    product = catalog.patch_product(session, found, **fields)
                    updated += 1
        except WorkbenchError as error:
            rejected.append((row.line, error.message))
            ids.append(None)
            continue
        ids.append(product.id)
        by_name[product.name.lower()] = product.id
        if product.upc:
            by_upc[product.upc] = product.id
    return ProductImport(len(rows), created, updated, tuple(rejected), tuple(ids))
