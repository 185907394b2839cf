"""A planogram as a photo of its shelf: with light, angle, blur and occlusion, and with departures on demand.

A curved or cornered front is shown unrolled, as the flat editor shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from core.planogram.fixture import Placement
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from core.planogram.standing import BOARD_IN, along_in
from ml.rendering import goods
from ml.rendering.articles import Article
from ml.rendering.camera import Camera, aimed
from ml.rendering.clutter import background, overlays, price_tags
from ml.rendering.departures import KINDS, ROOM, UNKNOWN, Stand, departed
from ml.rendering.effects import Effects, photographed, random_effects
from ml.rendering.furniture import Look, Room
from ml.rendering.labels import label
from ml.rendering.packages import Sprite, sprite_of
from ml.rendering.scenes import Shop, neighbor, random_look
from ml.rendering.stage import Bay, Item, Scene, paint
from ml.rendering.truth import Departure, Image8, Point, Rendered, Shown, ShownGap

MARGIN = 0.94
"""Share of the picture that the fixture fills in the direction in which it fits tightest."""
BEND = 0.01
CABINET = Look((60, 62, 66), (40, 42, 46), (28, 30, 34), ((235, 235, 230),), shade=0.25, walls=True)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a shelf is photographed. ``turn``, ``nod`` and ``roll``: largest angles of the camera, degrees;
    ``signs`` and ``hands`` before the shelf; ``effects``: None for random ones of ``strength``;
    ``departures``: how many, of which kinds; ``neighbors``: whether other shelves stand beside; ``art_px``:
    height in which packages are drawn; ``pushed_back``: share of facings that are."""

    width: int = 1280
    turn: float = 6.0
    nod: float = 3.0
    roll: float = 1.0
    signs: int = 0
    hands: int = 0
    effects: Effects | None = None
    strength: float = 0.5
    blur_px: float = 0.0
    motion_px: float = 0.0
    departures: int = 0
    kinds: tuple[str, ...] = KINDS
    neighbors: bool = True
    art_px: int = 256
    pushed_back: float = 0.1


PLAIN = Settings()
BLURRED = replace(PLAIN, blur_px=2.4, motion_px=7.0)
TILTED = replace(PLAIN, turn=22.0, nod=9.0, roll=7.0)
OCCLUDED = replace(PLAIN, signs=7, hands=2)
HARD = {"plain": PLAIN, "blurred": BLURRED, "tilted": TILTED, "occluded": OCCLUDED}


@dataclass(frozen=True, eq=False)
class _Stock:
    """What the shelf is filled from: sprites by product, packages in no catalog, goods of other shelves."""

    of: Mapping[int, Sprite]
    outsiders: tuple[Sprite, ...]
    beside: tuple[Article, ...]
    products: Catalog = field(default_factory=dict)
    prices: Mapping[int, str] = field(default_factory=dict)


def render(
    plan: Planogram, catalog: Catalog, seed: int, settings: Settings = PLAIN, *,
    articles: Mapping[int, Article] | None = None, views: Mapping[int, bytes] | None = None,
    outsiders: Sequence[Article] = (), beside: Sequence[Article] = (),
    prices: Mapping[int, str] | None = None,
) -> Rendered:
    """A photo of a planogram's shelf with its truth; the same for the same arguments.

    ``views``: a packshot by product; ``articles``: how the others are drawn, by product; what is in neither
    is drawn as the editor draws it. ``outsiders``: what an unknown product may be; ``beside``: what stands on
    the shelves to the left and right. ``prices``: what the price label of a product says.
    Raises BadInput for a packshot that is no picture.
    """
    rng = np.random.default_rng((seed, 51))
    widths = [a.size_in[0] for a in outsiders]
    stands, told = departed(plan, catalog, settings.departures, rng, settings.kinds, widths)
    made = goods.sprites(catalog, articles or {}, views or {}, settings.art_px)
    strange = tuple(sprite_of(a, settings.art_px) for a in outsiders)
    stock = _Stock(made, strange, tuple(beside), catalog, prices or {})
    scene = _scene(plan, stands, stock, settings, rng)
    image, shown, _ = paint(scene)
    gaps = _gaps(plan, stands, stock, scene)
    shelves, outline = _edges(plan, scene.camera)
    photo = _photo(image, settings, rng)
    return Rendered(photo, _own_first(shown), gaps, shelves, told, _words(settings, told), outline)


def _scene(
    plan: Planogram, stands: Sequence[Stand], stock: _Stock, settings: Settings, rng: np.random.Generator
) -> Scene:
    is_machine = plan.fixture.placement is Placement.SLOTS
    look = CABINET if is_machine else replace(random_look(rng), walls=False)
    camera = _camera(plan, settings, rng)
    bays = [_bay(plan, row, stands, stock, look, settings, rng) for row in range(plan.fixture.rows)]
    wide, high = plan.fixture.width_in, plan.fixture.height_in
    if settings.neighbors and stock.beside and not is_machine:
        shop = Shop(stock.beside, high, plan.fixture.depth_in, look, 0.03, 0.1, 0.1, 0.03, 1, 1.0, 0.01, 128)
        for left in (-36.5, wide + 0.5):
            bays += neighbor(rng, shop, left, left + 36)
    posts = tuple((x, -0.5, high + 2, look.board) for x in (-0.3, wide + 0.3))
    before = overlays(rng, camera.width, camera.height, settings.signs, settings.hands)
    scenery = background(rng, camera, high + 4)
    return Scene(camera, tuple(bays), scenery, posts, price_tags(rng, look.tags, scale=2), before)


def _camera(plan: Planogram, settings: Settings, rng: np.random.Generator) -> Camera:
    """Before the middle of the fixture, as near as it still fits whole."""
    wide, high = plan.fixture.width_in, plan.fixture.height_in + 3
    height = int(np.clip(settings.width * high / wide, 0.5 * settings.width, 1.6 * settings.width))
    most = np.deg2rad([settings.turn, settings.nod, settings.roll])
    turn, nod, roll = (most * rng.uniform(-1, 1, 3)).tolist()
    corners = np.array([[0, -3, 0], [wide, -3, 0], [wide, high, 0], [0, high, 0]], float)
    span, distance = wide, 1.25 * max(wide, high)
    at = (wide / 2, high / 2 - 1)
    camera = aimed(settings.width, height, at, span, distance, turn, nod, roll, BEND)
    for _ in range(4):
        seen = np.abs(camera.project(corners) / (settings.width, height) - 0.5).max() * 2
        span *= seen / MARGIN
        camera = aimed(settings.width, height, at, span, distance, turn, nod, roll, BEND)
    return camera


def _bay(
    plan: Planogram, row: int, stands: Sequence[Stand], stock: _Stock, look: Look, settings: Settings,
    rng: np.random.Generator,
) -> Bay:
    fixture = plan.fixture
    top, bottom = row * fixture.shelf_height_in, (row + 1) * fixture.shelf_height_in - BOARD_IN
    items: list[Item] = []
    for stand in stands:
        if stand.row == row and stand.product_id is not None:
            items += _facing(stand, stock, bottom, bottom - top, fixture.depth_in, settings, rng)
    own = [p for p in plan.positions if p.row == row]
    tags = tuple(along_in(fixture, p)[0] + 1.0 for p in own)
    coils: tuple[tuple[float, float], ...] = ()
    if fixture.placement is Placement.SLOTS:
        coils = tuple(along_in(fixture, p) for p in own)
    labels: tuple[Image8, ...] = ()
    if stock.prices:
        labels = tuple(label(stock.products[p.product_id].name, stock.prices[p.product_id]) for p in own)
    room = Room(0.0, fixture.width_in, top, bottom, fixture.depth_in, BOARD_IN, look, tags, coils=coils,
                own_tags=labels)
    return Bay(room, tuple(items))


def _facing(
    stand: Stand, stock: _Stock, bottom: float, clear: float, depth: float, settings: Settings,
    rng: np.random.Generator,
) -> list[Item]:
    """The packages of one facing: those on top of one another and one behind."""
    product_id = stand.product_id if stand.product_id is not None else UNKNOWN
    sprite = _sprite(stand, stock)
    room = stand.right - stand.left
    piled = stand.high if sprite.size_in[1] * stand.high <= clear else 1
    scale = min(1.0, clear / (sprite.size_in[1] * piled), room / sprite.size_in[0])
    sprite = goods.resized(sprite, scale if scale < 0.995 else 1.0)
    wide, high, deep = sprite.size_in
    slack = max(room - wide, 0.0)
    x = (stand.left + stand.right) / 2 + float(rng.uniform(-0.3, 0.3)) * min(slack, 0.6)
    z = abs(float(rng.normal(0.2, 0.15)))
    if rng.random() < settings.pushed_back:
        z = float(rng.uniform(0.3, 1.5))
    turn = float(rng.normal(0, 0.03)) if slack > 0.05 * wide else 0.0
    items = []
    for level in range(piled):
        low = bottom - level * high
        items.append(Item(sprite, product_id, x, low, z, stand.row, stand.column, turn, 0.0,
                          float(rng.uniform(0.95, 1.04))))
        if z + 2 * deep + 0.3 < depth and rng.random() < 0.85:
            items.append(Item(sprite, product_id, x, low, z + deep + 0.3, stand.row, stand.column, tone=0.6,
                              is_front=False))
    return items


def _sprite(stand: Stand, stock: _Stock) -> Sprite:
    if stand.product_id != UNKNOWN and stand.product_id is not None:
        return stock.of[stand.product_id]
    room = (stand.right - stand.left) * ROOM
    fitting = [s for s in stock.outsiders if s.size_in[0] <= room]
    return fitting[(stand.position * 7) % len(fitting)]


def _gaps(
    plan: Planogram, stands: Sequence[Stand], stock: _Stock, scene: Scene
) -> tuple[ShownGap, ...]:
    """Where facings are missing: the room that they would take, pixels."""
    height, width = scene.background.shape[:2]
    free = np.ones((height, width), np.uint8)
    for overlay in scene.overlays:
        cv2.fillPoly(free, [np.round(overlay.quad).astype(np.int32)], 0)
    found = []
    for s in stands:
        if s.product_id is not None:
            continue
        bottom = (s.row + 1) * plan.fixture.shelf_height_in - BOARD_IN
        high = min(stock.of[s.planned_id].size_in[1] * s.high, plan.fixture.shelf_height_in - BOARD_IN)
        corners = [[x, y, 0.2] for x in (s.left, s.right) for y in (bottom - high, bottom)]
        at = np.clip(scene.camera.project(corners), 0, (width, height))
        low, size = at.min(axis=0), np.ptp(at, axis=0)
        x, y = low.astype(int)
        seen = free[y : y + max(int(size[1]), 1), x : x + max(int(size[0]), 1)]
        box = (float(low[0]), float(low[1]), float(size[0]), float(size[1]))
        found.append(ShownGap(box, s.row, s.column, s.planned_id, float(seen.mean()) if seen.size else 0.0))
    return tuple(found)


def _edges(plan: Planogram, camera: Camera) -> tuple[tuple[tuple[Point, ...], ...], tuple[Point, ...]]:
    """The front edge of each shelf, and the corners of the fixture."""
    fixture = plan.fixture
    along = np.linspace(0, fixture.width_in, 5)
    bottoms = (np.arange(fixture.rows) + 1) * fixture.shelf_height_in - BOARD_IN
    x = np.tile(along, fixture.rows)
    edges = np.stack([x, np.repeat(bottoms, 5), np.zeros_like(x)], axis=1)
    wide, high = fixture.width_in, fixture.height_in
    corners = np.array([[0, 0, 0], [wide, 0, 0], [wide, high, 0], [0, high, 0]], float)
    at = [(float(x), float(y)) for x, y in camera.project(np.concatenate([edges, corners]))]
    shelves = tuple(tuple(at[5 * r : 5 * r + 5]) for r in range(fixture.rows))
    return shelves, tuple(at[-4:])


def _photo(image: Image8, settings: Settings, rng: np.random.Generator) -> Image8:
    effects = settings.effects or random_effects(rng, settings.strength)
    effects = replace(effects, blur_px=max(effects.blur_px, settings.blur_px),
                      motion_px=max(effects.motion_px, settings.motion_px))
    return photographed(image, effects, int(rng.integers(2**31)))


def _own_first(shown: Sequence[Shown]) -> tuple[Shown, ...]:
    """The fixture's facings by row and place, then those beside it."""
    return tuple(sorted(shown, key=lambda s: (s.row < 0, s.row, s.box[0])))


def _words(settings: Settings, told: Sequence[Departure]) -> tuple[str, ...]:
    named = {"blur": settings.blur_px, "motion": settings.motion_px, "hands": settings.hands,
             "signs": settings.signs}
    return (*(f"{name} {value:g}" for name, value in named.items() if value),
            *(f"{d.type} at row {d.row + 1}" for d in told))
