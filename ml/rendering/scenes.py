"""Random shelves without a planogram, as shops have them: what the detector learns from.

Bays side by side, rows with a theme, brands in blocks, stacks, rows behind, gaps, hooks, loose and turned
packages, tags, fences, floor, ceiling and whatever else stands around.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml.rendering.articles import SHAPES, Article
from ml.rendering.artwork import Color, hsv
from ml.rendering.camera import Camera, aimed
from ml.rendering.clutter import background, overlays, price_tags
from ml.rendering.furniture import Look, Room
from ml.rendering.packages import sprite_of
from ml.rendering.stage import Bay, Item, Overlay, Scene

Generator = np.random.Generator
Stocked = dict[tuple[str, ...], list[Article]]
THEMES = (
    ("bottle", "pump", "tube", "spray"), ("box", "small_box"), ("flat_box", "tin"), ("bag", "pouch"),
    ("jar", "tub", "canister"), ("can", "bottle"), ("glass", "jar"), ("small_box", "tube", "pump"),
    ("jug", "bottle", "spray"), ("wrap", "multipack"), ("carton", "bottle"), ("box", "pouch", "canister"),
    ("bar", "flat_box", "small_box"), ("blister", "small_box"), ("tin", "jar", "can"), ("can", "multipack"),
)


@dataclass(frozen=True, slots=True)
class Shop:
    """How a shop keeps its shelves. ``gaps``, ``pushed``, ``turned``: shares of facings; ``spacing`` between
    packages and ``clearance`` above them in inches; ``behind``: rows behind; ``messy``: how far packages
    lean, radians; ``piled``: how many times higher than usual things are piled; ``themes``: shapes that stand
    together, a row each."""

    articles: tuple[Article, ...]
    tall: float
    depth: float
    look: Look
    gaps: float
    spacing: float
    pushed: float
    turned: float
    behind: int
    clearance: float
    messy: float
    art_px: int
    piled: int = 1
    themes: tuple[tuple[str, ...], ...] = THEMES


def random_scene(
    rng: Generator, articles: Sequence[Article], width: int, height: int, art_px: int = 160,
    span_in: tuple[float, float] = (30.0, 140.0), keep: Callable[[Generator, Shop], Shop] | None = None,
) -> Scene:
    """A shelf scene of ``width`` × ``height`` pixels with packages among ``articles``, drawn ``art_px`` high;
    the picture's width shows between ``span_in`` inches of shelf. ``keep``: what else the shop does."""
    span = float(np.exp(rng.uniform(*np.log(span_in))))
    shop = _shop(rng, articles, art_px)
    shop = keep(rng, shop) if keep else shop
    camera = _camera(rng, width, height, span, shop.tall)
    bays, uprights = _run(rng, shop, camera, span)
    before: tuple[Overlay, ...] = ()
    if rng.random() < 0.3:
        before = overlays(rng, width, height, int(rng.integers(0, 5)), int(rng.random() < 0.35))
    scenery = background(rng, camera, shop.tall + float(rng.uniform(0, 6)))
    return Scene(camera, bays, scenery, uprights, price_tags(rng, shop.look.tags), before)


def neighbor(rng: Generator, shop: Shop, left: float, right: float) -> list[Bay]:
    """A unit beside a fixture that is looked at: its rows and packages count as row −1."""
    bays = _unit(rng, shop, _department(rng, shop), left, right)
    return [replace(b, items=tuple(replace(i, row=-1) for i in b.items)) for b in bays]


def random_look(rng: Generator) -> Look:
    """Colors of a fixture: white, gray, wood, black or colored."""
    board = hsv(float(rng.random()), float(rng.uniform(0, 0.08)), float(rng.uniform(0.55, 0.95)))
    if rng.random() < 0.15:
        board = hsv(0.08, 0.5, float(rng.uniform(0.4, 0.8)))
    rail = board if rng.random() < 0.6 else hsv(float(rng.choice([0.0, 0.6, 0.33, 0.13])), 0.8, 0.6)
    if rng.random() < 0.12:
        rail = (30, 30, 32)
    is_dark = rng.random() < 0.3
    back = hsv(float(rng.random()), 0.1, float(rng.uniform(0.05, 0.3) if is_dark else rng.uniform(0.5, 0.95)))
    papers: tuple[Color, ...] = ((250, 250, 248),) * 3
    extra = hsv(float(rng.choice([0.14, 0.0, 0.05, 0.3])), 0.85, 0.95)
    return Look(
        board, rail, back, (*papers, extra), bool(rng.random() < 0.3),
        float(rng.uniform(0.1, 0.75)) if rng.random() < 0.85 else 0.0,
        str(rng.choice(["", "clear", "wire"], p=[0.8, 0.13, 0.07])), float(rng.uniform(0.8, 2.2)),
        bool(rng.random() < 0.25),
    )


def _shop(rng: Generator, articles: Sequence[Article], art_px: int) -> Shop:
    return Shop(
        tuple(articles), float(rng.uniform(58, 92)), float(rng.uniform(10, 20)), random_look(rng),
        float(rng.choice([0.0, 0.03, 0.1, 0.3], p=[0.35, 0.35, 0.22, 0.08])),
        float(np.exp(rng.uniform(np.log(0.02), np.log(0.6)))), float(rng.uniform(0, 0.25)),
        float(rng.uniform(0, 0.12)), int(rng.integers(0, 4)),
        float(np.exp(rng.uniform(np.log(0.4), np.log(4)))), float(rng.choice([0.008, 0.03])), art_px,
    )


def _camera(rng: Generator, width: int, height: int, span: float, tall: float) -> Camera:
    distance = span * float(rng.uniform(0.75, 1.5))
    view = span * height / width
    yaw = float(np.clip(rng.normal(0, 0.22), -0.7, 0.7))
    middle = tall / 2 if view > tall else float(rng.uniform(0.35 * view, tall - 0.35 * view))
    at = (float(rng.uniform(-20, 20)), middle + float(rng.normal(0, 0.06)) * view)
    pitch = float(np.clip((tall / 2 - at[1]) / tall * 0.4 + rng.normal(0.02, 0.09), -0.35, 0.35))
    roll, bend = float(rng.normal(0, 0.02)), float(rng.normal(0, 0.015))
    return aimed(width, height, at, span, distance, yaw, pitch, roll, bend)


def _run(
    rng: Generator, shop: Shop, camera: Camera, span: float
) -> tuple[tuple[Bay, ...], tuple[tuple[float, float, float, Color], ...]]:
    """Units of shelves side by side, as far as the camera sees and sometimes a little less."""
    reach = span * (0.75 + 1.2 * abs(camera.yaw))
    x = float(rng.uniform(-0.6, -0.3)) * span if rng.random() < 0.3 else -reach
    end = float(rng.uniform(0.3, 0.6)) * span if rng.random() < 0.3 else reach
    unit = float(rng.choice([36.0, 39.4, 48.0, 52.0]))
    bays: list[Bay] = []
    uprights = []
    while x < end - 10:
        right = min(x + unit, end)
        if rng.random() < 0.12:
            shop = replace(shop, look=random_look(rng))
        bays += _unit(rng, shop, _department(rng, shop), x, right)
        if rng.random() < 0.4:
            uprights.append((x, 0.0, shop.tall, shop.look.board))
        x = right
    return tuple(bays), tuple(uprights)


def _department(rng: Generator, shop: Shop) -> Stocked:
    """Some themes with the articles that a unit has of them."""
    articles, themes = shop.articles, shop.themes
    chosen = rng.choice(len(themes), int(rng.integers(1, 5)), replace=False)
    stocked: Stocked = {}
    for k in chosen:
        fitting = [a for a in articles if a.shape in themes[k]]
        brands = list(dict.fromkeys(a.brand for a in fitting))
        if brands:
            many = min(int(rng.integers(2, 13)), len(brands))
            keep = set(rng.choice(brands, many, replace=False).tolist())
            stocked[themes[k]] = [a for a in fitting if a.brand in keep]
    return stocked or {tuple(SHAPES): list(articles[:40])}


def _unit(rng: Generator, shop: Shop, stocked: Stocked, left: float, right: float) -> list[Bay]:
    """One unit from its top to the floor."""
    bays: list[Bay] = []
    top, thick = 0.0, float(rng.uniform(0.9, 2.0))
    themes = list(stocked)
    while top < shop.tall - 4:
        goods = stocked[themes[int(rng.integers(len(themes)))]]
        block = [goods[int(rng.integers(len(goods)))] for _ in range(int(rng.integers(2, 16)))]
        row, is_hung = len(bays), block[0].shape == "blister" and rng.random() < 0.7
        if is_hung:
            bottom, items = _hung(rng, shop, block, left, right, top, row)
        else:
            highest = max(max(a.size_in[1] for a in block), float(rng.uniform(4, 9)))
            bottom = top + highest + shop.clearance * float(rng.uniform(0.5, 1.6))
            items = _stocked_row(rng, shop, block, left, right, bottom, bottom - top, row)
        tags = np.arange(left + 2, right - 1, rng.uniform(2.5, 8)) + rng.normal(0, 0.4)
        room = Room(left, right, top, bottom, shop.depth, thick, shop.look, tuple(tags.tolist()),
                    is_open=row == 0 and not is_hung)
        bays.append(Bay(room, items))
        top = bottom + thick
    return bays


def _hung(
    rng: Generator, shop: Shop, block: Sequence[Article], left: float, right: float, top: float, row: int
) -> tuple[float, tuple[Item, ...]]:
    """Cards on hooks, in lines below one another; where the room ends, and the cards."""
    cards = [a for a in block if a.shape == "blister"]
    pitch = max(a.size_in[0] for a in cards) + float(rng.uniform(0.2, 1.5))
    items: list[Item] = []
    at = top
    for line in range(int(rng.integers(1, 4))):
        high = max(a.size_in[1] for a in cards) + float(rng.uniform(0.5, 2.5))
        for column, x in enumerate(np.arange(left + pitch / 2, right - pitch / 2, pitch)):
            if rng.random() < max(shop.gaps, 0.05):
                continue
            card = cards[(line * 3 + column // int(rng.integers(1, 5))) % len(cards)]
            sprite, z = sprite_of(card, shop.art_px), float(rng.uniform(0, 5))
            lean, turn = float(rng.normal(0, 0.03)), float(rng.normal(0, 0.12))
            hangs = at + card.size_in[1] + 0.6
            items.append(Item(sprite, card.id, float(x), hangs, z, row, column, turn, lean, 1 - 0.03 * z))
            items.append(Item(sprite, card.id, float(x), hangs, z + 1, row, column, tone=0.7, is_front=False))
        at += high
    return at + 1, tuple(items)


def _stocked_row(
    rng: Generator, shop: Shop, block: Sequence[Article], left: float, right: float, bottom: float,
    clear: float, row: int,
) -> tuple[Item, ...]:
    """Blocks of facings from left to right until the board is full."""
    items: list[Item] = []
    x, column, k = left + float(rng.uniform(0.1, 1.5)), 0, 0
    while x + block[k % len(block)].size_in[0] <= right - 0.2:
        article = block[k % len(block)]
        wide = article.size_in[0]
        facings = 1 + int(rng.integers(0, max(1, min(7, int(22 / wide)))) * rng.random() ** 0.5)
        stacks = _stacked(rng, article, clear, shop.piled)
        for _ in range(facings):
            if x + wide > right - 0.2:
                break
            if rng.random() < shop.gaps:
                x += wide * float(rng.uniform(0.5, 1.5))
                continue
            items += _pile(rng, shop, article, x + wide / 2, bottom, row, column, stacks)
            x, column = x + wide + float(rng.exponential(shop.spacing)) * (0.2 + 0.1 * wide), column + 1
        k += 1
        if rng.random() < shop.gaps:
            x += float(rng.uniform(1, 10))
    return tuple(items)


def _stacked(rng: Generator, article: Article, clear: float, piled: int) -> int:
    most = min(SHAPES[article.shape].stacks * piled, int((clear - 0.2) / article.size_in[1]))
    return int(rng.integers(1, most + 1)) if most > 1 and rng.random() < 0.8 else 1


def _pile(
    rng: Generator, shop: Shop, article: Article, x: float, bottom: float, row: int, column: int, stacks: int
) -> list[Item]:
    """One facing: what stands in front, on top of it and behind it."""
    sprite = sprite_of(article, shop.art_px)
    high, deep = article.size_in[1], max(article.size_in[2], 0.4)
    z = abs(float(rng.normal(0.3, 0.3)))
    if rng.random() < shop.pushed:
        z = float(rng.uniform(0.5, 0.6 * shop.depth))
    turn = float(rng.normal(0, 0.04))
    if rng.random() < shop.turned and article.shape not in ("box", "flat_box"):
        turn = float(rng.normal(0, 0.35))
    tone = 1 - 0.35 * z / shop.depth
    items = []
    for level in range(stacks):
        shift = float(rng.normal(0, 0.02)) * article.size_in[0]
        lean = float(rng.normal(0, shop.messy)) if stacks == 1 else 0.0
        items.append(Item(sprite, article.id, x + shift, bottom - level * high, z, row, column, turn, lean,
                          tone * float(rng.uniform(0.93, 1.05))))
    for back in range(1, shop.behind + 1):
        behind = z + back * (deep + 0.2)
        if behind > shop.depth - 1 or rng.random() < 0.1:
            break
        offset, twist = float(rng.normal(0, 0.15)), float(rng.normal(0, 0.05))
        levels = stacks if rng.random() < 0.8 else 1
        items += [
            Item(sprite, article.id, x + offset, bottom - level * high, behind, row, column, twist, 0.0,
                 max(0.85 - 0.2 * back, 0.3), is_front=False)
            for level in range(levels)
        ]
    return items
