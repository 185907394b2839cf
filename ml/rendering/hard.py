"""Shelves that are hard to read: what the detector was seen to get wrong, drawn more often.

Flat packs piled high, dark packages that touch, baskets in which things lie, stickers, signs and empty trays
that are no packages, and photos that were moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ml.rendering.articles import Article
from ml.rendering.artwork import hsv
from ml.rendering.clutter import sign
from ml.rendering.effects import Effects, random_effects
from ml.rendering.packages import Sprite, as_sprite
from ml.rendering.scenes import THEMES, Shop, random_scene
from ml.rendering.stage import Bay, Item, Overlay, Scene

Generator = np.random.Generator
FLAT = (("flat_box",), ("flat_box", "tin"), ("bar", "flat_box"), ("wrap", "multipack"), ("box", "flat_box"))
TRAY = -2
"""In place of a product: an empty tray."""


def hard_scene(
    rng: Generator, articles: Sequence[Article], width: int, height: int, art_px: int = 160
) -> Scene:
    """As ``random_scene``, of a shop that is crowded."""
    scene = random_scene(rng, articles, width, height, art_px, (35.0, 150.0), _crowded)
    bays = tuple(_with_tray(rng, bay) if rng.random() < 0.12 else bay for bay in scene.bays)
    pasted = _stickers(rng, width, height) if rng.random() < 0.5 else ()
    return replace(scene, bays=bays, overlays=scene.overlays + pasted)


def hard_effects(rng: Generator) -> Effects:
    """As ``random_effects``; two photos of five were moved."""
    effects = random_effects(rng)
    if rng.random() < 0.4:
        effects = replace(effects, motion_px=float(rng.uniform(2, 9)))
    return effects


def _crowded(rng: Generator, shop: Shop) -> Shop:
    """Close together and piled up; in some shops all alike dark, in some in baskets."""
    themes = FLAT if rng.random() < 0.5 else THEMES
    shop = replace(shop, spacing=float(rng.uniform(0.01, 0.08)), clearance=float(rng.uniform(0.3, 1.5)),
                   gaps=min(shop.gaps, 0.03), piled=int(rng.integers(1, 4)), themes=themes)
    if rng.random() < 0.35:
        shop = replace(shop, articles=_in_one_color(rng, shop.articles))
    if rng.random() < 0.2:
        look = replace(shop.look, fence="wire", fence_in=float(rng.uniform(2, 6)))
        shop = replace(shop, look=look, messy=0.3, turned=0.5, pushed=0.5, themes=THEMES)
    return shop


def _in_one_color(rng: Generator, articles: Sequence[Article]) -> tuple[Article, ...]:
    """Most brands on nearly the same, most often dark, ground."""
    bright = float(rng.uniform(0.08, 0.35) if rng.random() < 0.75 else rng.uniform(0.8, 0.98))
    hue, full = float(rng.random()), float(rng.uniform(0, 0.8))
    colors: dict[int, str] = {}
    for brand in dict.fromkeys(a.brand for a in articles):
        ground = hsv(hue + float(rng.normal(0, 0.02)), full, bright * float(rng.uniform(0.9, 1.1)))
        colors[brand] = "#{:02x}{:02x}{:02x}".format(*ground) if rng.random() < 0.8 else ""
    return tuple(replace(a, color=colors[a.brand]) for a in articles)


def _with_tray(rng: Generator, bay: Bay) -> Bay:
    """The bay with an empty tray where a package stands."""
    if not bay.items:
        return bay
    at = bay.items[int(rng.integers(len(bay.items)))]
    size = (float(rng.uniform(4, 14)), float(rng.uniform(1, 3)), 6.0)
    tray = Item(_tray(rng, size), TRAY, at.x, bay.room.bottom, 0.1, at.row, at.column, is_front=False)
    reach = (at.sprite.size_in[0] + size[0]) / 2
    return replace(bay, items=(*(i for i in bay.items if abs(i.x - at.x) > reach), tray))


def _tray(rng: Generator, size: tuple[float, float, float]) -> Sprite:
    """A plain front with a rim, in which a part is cut out."""
    wide, high = (max(round(16 * s), 12) for s in size[:2])
    pixels = np.full((high, wide, 4), 255, np.uint8)
    hue, full, bright = float(rng.random()), float(rng.uniform(0, 0.7)), float(rng.uniform(0.2, 0.9))
    color = hsv(hue, full, bright)
    pixels[..., :3] = color
    pixels[: max(high // 8, 1), :, :3] = np.minimum(np.array(color) * 1.2, 255)
    cut = int(rng.uniform(0, 0.6) * high)
    pixels[:cut, wide // 5 : -wide // 5] = 0
    return as_sprite(pixels, size, "packaged", "flat")


def _stickers(rng: Generator, width: int, height: int) -> tuple[Overlay, ...]:
    """Small price stickers, and a sign as large as a shop's own."""
    wide = rng.uniform(0.015, 0.06, int(rng.integers(2, 14))).tolist()
    wide += rng.uniform(0.2, 0.5, int(rng.random() < 0.35)).tolist()
    made = []
    for share in wide:
        w, h = share * width, share * width * float(rng.uniform(0.3, 1.0))
        x, y = rng.uniform(0, 1, 2) * (width, height)
        y = y * 0.15 if share > 0.1 else y
        corners = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
        made.append(Overlay(sign(rng, round(w), round(h)), corners))
    return tuple(made)
