"""Products found, ranked, read from files and pictured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Thread

from core.capabilities.packshots import PictureMatch, match_pictures
from core.capabilities.rank import Ranked, expected_money, rank_products
from core.capabilities.search import LONGEST_QUERY, Found, SearchIndex
from core.errors import NotFound, WorkbenchError
from core.models import Embedder
from core.store import catalog, embeddings, pictures, planograms, records, sites
from core.store.imports.lock import import_lock
from core.store.product_file import ProductRow, read_products
from core.store.tenant import TenantSession
from core.telemetry import log
from core.trust.access import Role
from core.workbench.catalog import CatalogDoor
from core.workbench.library import (
    PRODUCT,
    Progress,
    embed_products,
    keep_meanings,
    product_texts,
    site_of,
    untold,
)

SITES_RANKED = 6
"""How many planograms of a store are asked what a product would sell there."""
EMBEDDED_AT_ONCE = 32
"""New names whose meaning a search may wait for: a third of a second."""


@dataclass(frozen=True, slots=True)
class ProductImport:
    """``rejected``: (line, why); ``product_ids`` in file order, None where a row was rejected."""

    rows_read: int
    created: int
    updated: int
    rejected: tuple[tuple[int, str], ...]
    product_ids: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class PicturesKept:
    """``products``: how many have got pictures; ``rejected``: (file, why)."""

    pictures: int
    products: int
    rejected: tuple[tuple[str, str], ...]


class ProductsDoor(CatalogDoor):
    """What can be asked of the catalog as a whole."""

    def search_products(self, query: str, k: int = 10) -> Found:
        """The k products that fit a query best, by its words and by what it means."""
        index, embedder = self.search_index(), self.memory.models.embedder
        asked = query.strip()[:LONGEST_QUERY]
        if index.meaning is None or not asked:
            return index.search(asked, k)
        key = (embedder.name, asked.casefold())
        return index.search(asked, k, self.memory.meanings.get(key, lambda: embedder.embed([asked])[0]))

    def search_index(self) -> SearchIndex:
        """The catalog made ready to be searched, from memory until a product changes. What a few new names
        mean is computed on the way; many are read in the background, and found by their words until then."""
        embedder = self.memory.models.embedder
        with self._session() as session:
            version = catalog.catalog_version(session)
        key = (self.actor.company_id, version, embedder.name)
        return self.memory.searches.get(key, lambda: self._make_index(embedder))

    def _make_index(self, embedder: Embedder) -> SearchIndex:
        with self._session() as session:
            products = catalog.load_catalog(session)
            texts = product_texts(products) if embedder.learned else {}
            known = embeddings.stored(session, PRODUCT, embedder.name, texts)
        missing = {i: text for i, text in texts.items() if i not in known}
        if len(missing) <= EMBEDDED_AT_ONCE:
            known |= keep_meanings(self._session, embedder, missing)
        elif self.memory.reading.acquire(blocking=False):
            Thread(target=self._read, args=(embedder,), name="meanings", daemon=True).start()
        return SearchIndex(products.values(), known)

    def _read(self, embedder: Embedder) -> None:
        try:
            embed_products(self._session, embedder)
        except Exception:  # noqa: BLE001 - search goes on by words; the log says what it was
            log().exception("meanings_failed")
        finally:
            self.memory.reading.release()

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

    def pictured(self) -> frozenset[int]:
        """The products that have a picture."""
        with self._session() as session:
            return frozenset(catalog.views(session))

    def match_pictures(self, file_names: Sequence[str]) -> tuple[PictureMatch, ...]:
        """Which product each picture file shows, by its name."""
        return match_pictures(file_names, self.catalog())

    def add_pictures(
        self, views: Mapping[int, Sequence[tuple[str, bytes]]], report: Progress = untold
    ) -> PicturesKept:
        """Keep the (file name, content) views of many products. A bad one never stops the good ones."""
        self._require(Role.MANAGER, "add pictures")
        kept, products, rejected = 0, 0, []
        for number, (product_id, files) in enumerate(views.items()):
            report(number / len(views), f"Keeping pictures of product {number + 1} of {len(views)}")
            good = 0
            for name, content in files:
                try:
                    self.add_product_images(product_id, [content])
                    good += 1
                except WorkbenchError as error:
                    rejected.append((name, error.message))
            kept, products = kept + good, products + bool(good)
        with self._session() as session:
            records.audit(session, "add pictures", "product", pictures=kept, products=products)
        return PicturesKept(kept, products, tuple(rejected))

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
