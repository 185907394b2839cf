"""Stores, machines, products, categories, fixtures, projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, File, Query, UploadFile
from pydantic import BaseModel, ConfigDict

from core.errors import BadInput, NotFound, TooLarge
from core.planogram.product import Product
from core.planogram.scoring import scores_of
from core.rest.auth import Bench
from core.rest.lists import Limit, Offset, page
from core.rest.reading import CheckedRoute, Whole
from core.rest.shapes import Json, card_json, fixture_from, fixture_json, product_json, season_of
from core.store.pictures import LIMIT_BYTES
from core.store.places import FixtureCard
from core.store.product_file import LIMIT_BYTES as PRODUCT_FILE_BYTES
from core.workbench import Workbench

router = APIRouter(route_class=CheckedRoute)
MAX_CABINETS, MAX_VIEWS = 10, 24
_RESERVED = frozenset({"id", "store_id_", "product_id", "device_id", "project_id", "fixture_id", "self"})


_ALIASES = {"type": "venue_type", "temperature_zone": "temperature", "sales_velocity": "velocity"}
"""What other systems call a field."""


class Named(BaseModel):
    """Any field of the thing; unknown ones are refused with the list of those there are."""

    model_config = ConfigDict(extra="allow")

    name: str


class Changes(BaseModel):
    """The fields to change; those left out stay."""

    model_config = ConfigDict(extra="allow")


def _fields(body: BaseModel, *taken: str) -> dict[str, Any]:
    fields = {**(body.model_extra or {}), **body.model_dump(include=set(type(body).model_fields))}
    for name in taken:
        fields.pop(name, None)
    for other, own in _ALIASES.items():
        if other in fields and own not in fields:
            fields[own] = fields.pop(other)
    if reserved := sorted(fields.keys() & _RESERVED):
        raise BadInput(f"“{reserved[0]}” cannot be set.", "Leave it out: it is given by the address.")
    return fields


@router.get("/stores", tags=["Stores"])
def stores(wb: Bench, limit: Limit = 50, offset: Offset = 0) -> Json:
    """Stores by name."""
    return page(wb.stores(), limit, offset, card_json)


@router.post("/stores", tags=["Stores"], status_code=201)
def create_store(wb: Bench, body: Named) -> Json:
    """A new store."""
    return card_json(wb.create_store(body.name, **_fields(body, "name")))


@router.patch("/stores/{store_id}", tags=["Stores"])
def patch_store(wb: Bench, store_id: Whole, body: Changes) -> Json:
    """Change a store."""
    return card_json(wb.patch_store(store_id, **_fields(body)))


@router.get("/devices", tags=["Machines"])
def devices(wb: Bench, limit: Limit = 50, offset: Offset = 0) -> Json:
    """Machines by name, each with its cabinets."""
    return page(wb.devices(), limit, offset, card_json)


@router.post("/devices", tags=["Machines"], status_code=201)
def create_device(wb: Bench, body: Named) -> Json:
    """A new machine with its ``cabinets`` [{rows, columns, temperature_zone}], or one as ``fixture``."""
    fields = _fields(body, "name")
    one = fields.pop("fixture", None)
    cabinets = fields.pop("cabinets", None) or ([one] if one is not None else [])
    readable = isinstance(cabinets, list) and all(isinstance(c, Mapping) for c in cabinets)
    if not readable or len(cabinets) > MAX_CABINETS:
        raise BadInput("The cabinets cannot be read.",
                       f"Give a list of up to {MAX_CABINETS} cabinets, each with rows and columns.")
    return card_json(wb.create_device(body.name, *(fixture_from(c) for c in cabinets), **fields))


@router.patch("/devices/{device_id}", tags=["Machines"])
def patch_device(wb: Bench, device_id: Whole, body: Changes) -> Json:
    """Change a machine."""
    return card_json(wb.patch_device(device_id, **_fields(body)))


@router.get("/categories", tags=["Products"])
def categories(wb: Bench, limit: Limit = 50, offset: Offset = 0) -> Json:
    """Categories with the number of their products."""
    return page(wb.categories(), limit, offset, card_json)


@router.get("/products", tags=["Products"])
def products(
    wb: Bench, limit: Limit = 50, offset: Offset = 0, season: Annotated[str | None, Query()] = None
) -> Json:
    """The catalog with the score of each product."""
    catalog = wb.catalog()
    scores = scores_of(catalog, season_of(season))
    return page(list(catalog.values()), limit, offset, lambda p: product_json(p, scores[p.id]))


@router.get("/products/search", tags=["Products"])
def search(wb: Bench, q: str, k: Annotated[int, Query(ge=1, le=100)] = 10) -> Json:
    """Products by words and what they mean, typing errors included."""
    found = wb.search_products(q, k)
    return {"items": [card_json(hit) for hit in found.hits], "mode": found.mode}


class RankRequest(BaseModel):
    category_ids: list[Whole] | None = None
    season: str | None = None
    store_id: Whole | None = None


@router.post("/products/rank", tags=["Products"])
def rank(wb: Bench, body: RankRequest) -> Json:
    """Products, the most deserving first."""
    ranked = wb.rank_products(body.category_ids, season_of(body.season), body.store_id)
    return {"items": [card_json(r) for r in ranked]}


@router.post("/products", tags=["Products"], status_code=201)
def create_product(wb: Bench, body: Named) -> Json:
    """A new product; its category is made where there is none of this name."""
    fields = _product_fields(wb, body)
    del fields["name"]
    return _scored(wb.create_product(body.name, fields.pop("category", "Other"), **fields))


@router.patch("/products/{product_id}", tags=["Products"])
def patch_product(wb: Bench, product_id: Whole, body: Changes) -> Json:
    """Change a product."""
    return _scored(wb.patch_product(product_id, **_product_fields(wb, body)))


def _scored(product: Product) -> Json:
    return product_json(product, scores_of({product.id: product})[product.id])


def _product_fields(wb: Workbench, body: BaseModel) -> dict[str, Any]:
    """The fields, with the category by name also where its id was sent. Raises NotFound."""
    fields = _fields(body)
    if "category_id" in fields:
        wanted = fields.pop("category_id")
        names = {card.id: card.name for card in wb.categories()}
        if isinstance(wanted, bool) or wanted not in names:
            raise NotFound(f"There is no category {wanted}.", "Look at the list of categories.")
        fields["category"] = names[wanted]
    return fields


@router.post("/products/import", tags=["Products"])
def import_products(wb: Bench, file: Annotated[UploadFile, File()]) -> Json:
    """Products from CSV, Excel or JSON, matched by UPC, else by name."""
    done = wb.import_products(file.file.read(PRODUCT_FILE_BYTES + 1))
    rejected = [{"line": line, "error": error} for line, error in done.rejected]
    return {**card_json(done), "rejected": rejected}


@router.post("/products/{product_id}/images", tags=["Products"], status_code=201)
def add_image(wb: Bench, product_id: Whole, image: Annotated[list[UploadFile], File()]) -> Json:
    """One or more views of a product, JPEG, PNG or WebP."""
    if len(image) > MAX_VIEWS:
        raise TooLarge(f"{len(image)} views are too many.", f"Send at most {MAX_VIEWS} at once.")
    ids = wb.add_product_images(product_id, [view.file.read(LIMIT_BYTES + 1) for view in image])
    return {"image_id": ids[0], "image_ids": ids}


@router.get("/fixtures", tags=["Fixtures"])
def fixtures(wb: Bench, limit: Limit = 50, offset: Offset = 0) -> Json:
    """Fixture templates."""
    return page(wb.fixtures(), limit, offset, _fixture_card)


@router.post("/fixtures", tags=["Fixtures"], status_code=201)
def create_fixture(wb: Bench, body: Named) -> Json:
    """A new template."""
    return _fixture_card(wb.create_fixture(body.name, fixture_from(_geometry(body) or {})))


@router.patch("/fixtures/{fixture_id}", tags=["Fixtures"])
def patch_fixture(wb: Bench, fixture_id: Whole, body: Changes) -> Json:
    """Change a template; plans made from it keep the geometry they have."""
    fields = dict(body.model_extra or {})
    name = fields.pop("name", None)
    was = [card for card in wb.fixtures() if card.id == fixture_id]
    geometry = fields.pop("fixture", None) or fields
    if geometry and was:
        geometry = {**_geometry_of(was[0]), **geometry}
    return _fixture_card(wb.patch_fixture(fixture_id, name, fixture_from(geometry) if geometry else None))


def _geometry(body: BaseModel) -> Mapping[str, Any] | None:
    fields = dict(body.model_extra or {})
    given = fields.pop("fixture", None)
    if given is not None and not isinstance(given, Mapping):
        raise BadInput("The fixture cannot be read.", "Give width_in and shelf_count.")
    return given if given is not None else fields


def _geometry_of(card: FixtureCard) -> dict[str, Any]:
    shape = fixture_json(card.fixture)
    machine = shape["placement"] == "slots"
    names = ("row_columns", "cell_width_in", "temperature_zone") if machine else (
        "width_in", "height_in", "depth_in", "shelf_count", "cell_width_in", "shape", "temperature_zone")
    return {name: shape[name] for name in names}


def _fixture_card(card: FixtureCard) -> Json:
    return {"id": card.id, "name": card.name, "is_demo": card.is_demo, **fixture_json(card.fixture)}


@router.get("/projects", tags=["Projects"])
def projects(wb: Bench, limit: Limit = 50, offset: Offset = 0) -> Json:
    """Projects by name."""
    return page(wb.projects(), limit, offset, card_json)


@router.post("/projects", tags=["Projects"], status_code=201)
def create_project(wb: Bench, body: Named) -> Json:
    """A new project, of a store or of none."""
    fields = _fields(body, "name")
    store_id = fields.pop("store_id", None)
    if fields:
        raise BadInput(f"A project has no field “{min(fields)}” to set.", "Set name and store_id.")
    return card_json(wb.create_project(body.name, store_id))


@router.patch("/projects/{project_id}", tags=["Projects"])
def patch_project(wb: Bench, project_id: Whole, body: Changes) -> Json:
    """Change a project."""
    return card_json(wb.patch_project(project_id, **_fields(body)))
