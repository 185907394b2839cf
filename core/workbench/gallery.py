"""What photos are read against: the pictures of products, and the packages that people have named."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from core.compliance.reading import Gallery, GalleryProduct
from core.compliance.screen import Labelled, Layout, layout_of, screen
from core.planogram.drawing_packages import picture_of
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog, Product
from core.store import catalog, labels
from core.store.database import Database
from core.store.labels import Confirmed
from core.store.pictures import path_of
from core.store.tenant import TenantSession

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_PRODUCTS = 240
"""Products that a photo is read against: those of the plan, then its categories', then the rest."""
MAX_VIEWS, MAX_CONFIRMED = 6, 6
"""Pictures of a product: clean ones and named packages, the newest of each."""
LONGEST_VIEW_PX = 1200
WORDS_LONGER_THAN = 2


@dataclass(frozen=True, slots=True)
class Shelfware:
    """A gallery, and what to tell of it: products known by a drawn package alone, products whose named
    packages are held back because they look like another product, and how many pictures that concerns."""

    gallery: Gallery
    drawn: tuple[int, ...] = ()
    held_back: tuple[int, ...] = ()
    pictures_held_back: int = 0

    def notes(self, expected: Collection[int] | None = None) -> tuple[str, ...]:
        """In words for the screen; of drawn ones those that are expected on the photo."""
        drawn = [i for i in self.drawn if expected is None or i in expected]
        notes = []
        if drawn:
            notes.append(f"{_products(len(drawn))} without a picture: known by a drawn package alone.")
        if self.held_back:
            names = {p.product_id: p.name for p in self.gallery.products}
            which = ", ".join(names.get(i, f"product {i}") for i in self.held_back[:3])
            notes.append(f"Named packages of {which} are held back: they look like another product.")
        elif self.pictures_held_back:
            notes.append(f"{self.pictures_held_back} named packages are held back: "
                         "they look like another product.")
        return tuple(notes)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds to recognize products by, as hashes; ``expected``: the products that a
    drawing may stand in for."""

    products: tuple[Product, ...]
    expected: frozenset[int]
    views: Mapping[int, tuple[str, ...]]
    confirmed: Mapping[int, tuple[Confirmed, ...]]

    @property
    def version(self) -> str:
        """Changes with any picture, name or size of a product in the gallery."""
        digest = hashlib.sha256(repr(sorted(self.expected)).encode())
        for p in self.products:
            marks = (*self.views.get(p.id, ())[:MAX_VIEWS], "|",
                     *(f"{c.item_id}:{c.crop_hash}" for c in self.confirmed.get(p.id, ())))
            facts = (p.id, p.name, p.brand, p.size, p.category, p.width_in, p.height_in, *marks)
            digest.update(repr(facts).encode())
        return digest.hexdigest()[:24]


def known(session: TenantSession, products: Catalog, plan: Planogram | None = None) -> Known:
    """What is known of the products that a photo of this plan may show."""
    views = catalog.views(session)
    chosen = _chosen(products, views, plan)
    named: dict[int, list[Confirmed]] = {}
    for one in labels.confirmed(session, [p.id for p in chosen]):
        named.setdefault(one.product_id, []).append(one)
    expected = frozenset(p.id for p in chosen) if plan is None else frozenset(plan.product_ids)
    confirmed = {i: tuple(found[: 2 * MAX_CONFIRMED]) for i, found in named.items()}
    return Known(chosen, expected, views, confirmed)


def _chosen(
    products: Catalog, views: Mapping[int, Sequence[str]], plan: Planogram | None
) -> tuple[Product, ...]:
    """At most ``MAX_PRODUCTS``: the plan's, then with a picture before without, then of its categories."""
    expected = [i for i in plan.product_ids if i in products] if plan is not None else []
    categories = {products[i].category for i in expected}
    first = set(expected)
    others = [p for p in products.values() if p.id not in first]
    others.sort(key=lambda p: (p.id not in views, p.category not in categories, p.id))
    found = chain((products[i] for i in expected), others)
    return tuple(p for p, _ in zip(found, range(max(MAX_PRODUCTS, len(expected))), strict=False))


def build(database: Database, of: Known) -> Shelfware:
    """Read the pictures and screen the named packages. A picture whose file is gone is left out.

    A drawing stands in for the picture of a planned product, so that its place is judged; what is not
    planned and has no picture is left out, as no photo looks like a drawing.
    """
    shown = {p.id: _read(database, of.views.get(p.id, ())[:MAX_VIEWS]) for p in of.products}
    crops = _screened(database, of, shown)
    unseen = {p.id for p in of.products if not shown[p.id] and not crops.kept.get(p.id)}
    drawn = tuple(p.id for p in of.products if p.id in unseen & of.expected)
    products = tuple(
        GalleryProduct(
            p.id, p.name, p.brand, _words(p), p.width_in, p.height_in,
            (_drawing(p),) if p.id in unseen else tuple(shown[p.id]),
            tuple(crops.kept.get(p.id, ())[:MAX_CONFIRMED]),
        )
        for p in of.products
        if p.id not in unseen or p.id in of.expected
    )
    return Shelfware(Gallery(products, of.version), drawn, crops.products, crops.held_back)


@dataclass(frozen=True, slots=True)
class _Crops:
    kept: dict[int, list[bytes]]
    products: tuple[int, ...]
    held_back: int


def _screened(database: Database, of: Known, shown: Mapping[int, Sequence[bytes]]) -> _Crops:
    """Named packages that may be learned from, by product, the newest first."""
    named = [(one, content) for one in chain.from_iterable(of.confirmed.values())
             for content in _read(database, (one.crop_hash,))]
    if not named:
        return _Crops({}, (), 0)
    clean: dict[int, list[Layout]] = {i: [layout_of(v) for v in views] for i, views in shown.items()}
    brands = {p.id: p.brand.casefold() for p in of.products}
    found = screen([Labelled(o.product_id, layout_of(c), o.user_id) for o, c in named], clean, brands)
    kept: dict[int, list[bytes]] = {}
    for (one, content), good in zip(named, found.kept, strict=True):
        if good:
            kept.setdefault(one.product_id, []).append(content)
    return _Crops(kept, tuple(sorted(found.products)), found.kept.count(False))


def _read(database: Database, hashes: Iterable[str]) -> list[bytes]:
    paths = (path_of(database, content_hash) for content_hash in hashes)
    return [_bounded(path.read_bytes()) for path in paths if path.exists()]


def _bounded(content: bytes) -> bytes:
    """A picture of at most ``LONGEST_VIEW_PX``: a gallery of hundreds has to fit in memory."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        if max(image.size) <= LONGEST_VIEW_PX:
            return content
        image.draft("RGB", (LONGEST_VIEW_PX, LONGEST_VIEW_PX))
        plain = image.convert("RGBA" if "A" in image.mode or "transparency" in image.info else "RGB")
    plain.thumbnail((LONGEST_VIEW_PX, LONGEST_VIEW_PX), Image.Resampling.LANCZOS)
    return _png(plain) if plain.mode == "RGBA" else _jpeg(plain)


def _drawing(product: Product) -> bytes:
    """The package as the editor draws it."""
    return _png(picture_of(product))


def _png(picture: Picture) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def _jpeg(picture: Picture) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=95)
    return target.getvalue()


def _words(product: Product) -> tuple[str, ...]:
    """Words that may be read on the package."""
    said = f"{product.brand} {product.name} {product.size}".replace(",", " ").split()
    return tuple(dict.fromkeys(w.casefold() for w in said if len(w) >= WORDS_LONGER_THAN))


def _products(count: int) -> str:
    return "1 product" if count == 1 else f"{count} products"
