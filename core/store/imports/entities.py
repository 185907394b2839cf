"""What a file names → rows of the store: places, products with their categories, and slots.

Texts are matched exactly, never by likeness. Demo rows are never used for a company's own data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, insert, select, update

from core.errors import BadInput
from core.planogram.fixture import Fixture, TemperatureZone
from core.store import tables as t
from core.store.catalog import ensure_categories
from core.store.imports.rows import Place
from core.store.imports.slots import Cell, arrange, cells_of, clean_label, fixture_for
from core.store.plan_rows import add_fixture, fixture_of, identity
from core.store.tenant import TenantSession
from core.units import parse_slot

IntArray = NDArray[np.int64]
UNCATEGORIZED = "Uncategorized"
SLOT_PITCH_IN = 2.8
SOURCE = "sales"

_site: Any = t.Site
_device: Any = t.Device
_store: Any = t.Store
_product: Any = t.Product
_category: Any = t.Category
_alias: Any = t.ProductAlias
_cabinet: Any = t.Cabinet
_fixture: Any = t.Fixture


@dataclass(frozen=True, slots=True)
class SiteRef:
    """A place that the file names: its site, and its machine's or store's own id."""

    site_id: int
    own_id: int
    name: str
    is_device: bool
    is_new: bool


def resolve_places(session: TenantSession, places: Sequence[Place]) -> list[SiteRef]:
    """The site of each place, made where there is none yet."""
    found = _known_sites(session)
    result: list[SiteRef] = []
    made: dict[tuple[bool, str], SiteRef] = {}
    for place in places:
        key = (place.is_device, place.key)
        ref = made.get(key) or _match(session, found, place) or _make(session, place)
        made[key] = ref
        result.append(ref)
    return result


class _Sites:
    """The company's own sites by the texts that may name them."""

    def __init__(self, rows: Iterable[tuple[t.Site, int | None, int | None, str | None]]) -> None:
        self.by_source: dict[tuple[bool, str], SiteRef] = {}
        self.by_name: dict[tuple[bool, str], list[tuple[SiteRef, bool]]] = {}
        for site, device_id, store_id, code in rows:
            is_device = device_id is not None
            ref = SiteRef(identity(site.id), identity(device_id or store_id), site.name, is_device, False)
            for text in {site.source_name, code} - {None}:
                self.by_source[is_device, str(text)] = ref
            self.by_name.setdefault((is_device, site.name), []).append((ref, site.source_name is None))


def _known_sites(session: TenantSession) -> _Sites:
    rows = session.execute(
        select(_site, _device.id, _store.id, _store.code)
        .outerjoin(_device, _device.site_id == _site.id)
        .outerjoin(_store, _store.site_id == _site.id)
        .where(~_site.is_demo, (_device.id.is_not(None)) | (_store.id.is_not(None)))
        .order_by(_site.id)
    )
    return _Sites((site, device_id, store_id, code) for site, device_id, store_id, code in rows)


def _match(session: TenantSession, known: _Sites, place: Place) -> SiteRef | None:
    """By its number; then by its name, where that is all the file or the store has."""
    kind = place.is_device
    ref = known.by_source.get((kind, place.key))
    if ref is not None:
        return ref
    named = known.by_name.get((kind, place.name), [])
    if place.key == place.name:
        return named[0][0] if len(named) == 1 else None
    unnumbered = [r for r, is_free in named if is_free]
    adopted = known.by_source.get((kind, place.name)) or (unnumbered[0] if len(unnumbered) == 1 else None)
    if adopted is not None:
        session.execute(update(_site).where(_site.id == adopted.site_id).values(source_name=place.key))
    return adopted


def _make(session: TenantSession, place: Place) -> SiteRef:
    site = t.Site(kind="device" if place.is_device else "store", name=place.name, source_name=place.key)
    session.add(site)
    session.flush()
    site_id = identity(site.id)
    own = (
        t.Device(site_id=site_id) if place.is_device
        else t.Store(site_id=site_id, code=place.store_id or None)
    )
    session.add(own)
    session.flush()
    return SiteRef(site_id, identity(own.id), place.name, place.is_device, True)


def resolve_products(
    session: TenantSession, names: Sequence[str], category_of: Mapping[str, str]
) -> tuple[list[int], int]:
    """(product id of each name, how many were made). A name is taken as it stands."""
    own = select(_product.name, _product.id).where(~_product.is_demo).order_by(_product.id.desc())
    known: dict[str, int] = dict(map(_pair, session.execute(own)))
    named = (
        select(_alias.text, _alias.product_id)
        .join(_product, _product.id == _alias.product_id)
        .where(_alias.source == SOURCE, ~_product.is_demo)
    )
    aliased: dict[str, int] = dict(map(_pair, session.execute(named)))
    known |= aliased
    new = [name for name in names if name not in known]
    categories = _categories(session, {category_of.get(name, UNCATEGORIZED) for name in new})
    if new:
        made = [
            t.Product(name=name, category_id=categories[category_of.get(name, UNCATEGORIZED)])
            for name in new
        ]
        session.add_all(made)
        session.flush()
        known |= {product.name: identity(product.id) for product in made}
    _remember(session, {name: known[name] for name in names if name not in aliased})
    _file_under(session, {known[n]: category_of[n] for n in names if n in category_of and n not in new})
    return [known[name] for name in names], len(new)


def _pair(row: Row[str, int]) -> tuple[str, int]:
    return row[0], row[1]


def _remember(session: TenantSession, texts: Mapping[str, int]) -> None:
    """Keep the texts as aliases, so that a product renamed here is still known by them."""
    taken = set(session.scalars(select(_alias.text).where(_alias.source == SOURCE)))
    rows = [
        {"product_id": product_id, "source": SOURCE, "text": text}
        for text, product_id in texts.items() if text not in taken
    ]
    if rows:
        session.execute(insert(t.ProductAlias), rows)


def _categories(session: TenantSession, names: Collection[str]) -> dict[str, int]:
    """Ids by name. A category that the demo made becomes the company's own by being used."""
    if not names:
        return {}
    ids = ensure_categories(session, names)
    session.execute(
        update(_category).where(_category.id.in_(list(ids.values())), _category.is_demo)
        .values(is_demo=False).execution_options(synchronize_session=False)
    )
    return ids


def _file_under(session: TenantSession, wanted: Mapping[int, str]) -> None:
    """Give known products without a category the one that the file names."""
    if not wanted:
        return
    loose = set(session.scalars(
        select(_product.id).join(_category, _category.id == _product.category_id)
        .where(_category.name == UNCATEGORIZED, _product.id.in_(list(wanted)))
    ))
    categories = _categories(session, {wanted[product_id] for product_id in loose} - {UNCATEGORIZED})
    for product_id in sorted(loose):
        if wanted[product_id] in categories:
            session.execute(
                update(_product)
                .where(_product.id == product_id)
                .values(category_id=categories[wanted[product_id]])
            )


def resolve_slots(
    session: TenantSession, refs: Sequence[SiteRef], labels: Sequence[str], used: Iterable[tuple[int, int]]
) -> IntArray:
    """Slot code by (place, label), shape (places, labels), 0 where not known; ``used`` names the pairs
    that occur. Cabinets and slots that are new get their grid."""
    result: IntArray = np.zeros((len(refs), max(len(labels), 1)), np.int64)
    by_device: dict[int, set[str]] = {}
    pairs = [(place, label) for place, label in used if labels[label]]
    for place, label in pairs:
        if refs[place].is_device:
            by_device.setdefault(refs[place].own_id, set()).add(labels[label])
    cells = {
        device_id: _place_labels(session, device_id, found) for device_id, found in sorted(by_device.items())
    }
    for place, label in pairs:
        ref = refs[place]
        cell = cells[ref.own_id][labels[label]] if ref.is_device else _shelf_cell(labels[label])
        if cell is not None:
            result[place, label] = t.slot_code(cell.row, cell.column, cell.cabinet)
    return result


def _shelf_cell(label: str) -> Cell | None:
    """A store's slot, where its text is one."""
    try:
        row, column = parse_slot(label)
    except BadInput:
        return None
    return Cell(0, row, column) if row < 256 and column < 256 else None


def _place_labels(session: TenantSession, device_id: int, labels: Collection[str]) -> dict[str, Cell]:
    """The cells of a machine's labels; its cabinets grow where the labels are new."""
    rows: dict[int, tuple[t.Cabinet, t.Fixture]] = {
        cabinet.cabinet_index: (cabinet, fixture)
        for cabinet, fixture in session.execute(
            select(_cabinet, _fixture).join(_fixture, _fixture.id == _cabinet.fixture_id)
            .where(_cabinet.device_id == device_id).order_by(_cabinet.cabinet_index)
        )
    }
    fixtures = {index: fixture_of(row) for index, (_, row) in rows.items()}
    known = {clean_label(text): cell for text, cell in cells_of(fixtures).items()}
    cells = arrange(labels, known)
    grown = set(cells.values()) - set(known.values())
    for index in sorted({cell.cabinet for cell in grown}):
        fixture = _grown(fixtures.get(index), cells, index)
        name = f"Cabinet {index + 1}"
        fixture_id = add_fixture(session, fixture, name=name)
        if index in rows:
            rows[index][0].fixture_id = fixture_id
        else:
            session.add(t.Cabinet(device_id=device_id, cabinet_index=index, fixture_id=fixture_id))
    session.flush()
    return cells


def _grown(old: Fixture | None, cells: Mapping[str, Cell], cabinet: int) -> Fixture:
    """A cabinet's grid with all labels; never smaller than it was."""
    zone = old.temperature_zone if old else TemperatureZone.AMBIENT
    pitch = old.cell_width_in if old else SLOT_PITCH_IN
    new = fixture_for(cells, cabinet, zone, pitch)
    if old is None:
        return new
    rows = max(old.rows, new.rows)
    lengths = [
        max(f.row_columns[r] if r < f.rows else 1 for f in (old, new)) for r in range(rows)
    ]
    labels = tuple(
        tuple(_label(new, r, c) or _label(old, r, c) for c in range(length))
        for r, length in enumerate(lengths)
    )
    return Fixture.machine(tuple(lengths), zone, labels, pitch, old.height_in, old.depth_in)


def _label(fixture: Fixture, row: int, column: int) -> str:
    return fixture.label(row, column) if row < fixture.rows and column < fixture.row_columns[row] else ""
