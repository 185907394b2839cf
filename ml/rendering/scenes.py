"""Random shelves without a planogram, as shops have them: what the detector learns from.

Bays side by side, rows with a theme, brands in blocks, stacks, rows behind, gaps, loose and turned packages,
tags, floor, ceiling and whatever else stands around.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ml.rendering.articles import SHAPES, Article
from ml.rendering.artwork import Color, hsv
from ml.rendering.camera import Camera, aimed
from ml.rendering.packages import Sprite, sprite_of
from ml.rendering.stage import Bay, Item, Look, Scene
from ml.rendering.truth import Image8

Generator = np.random.Generator
THEMES = (
    ("bottle", "pump", "tube", "spray"), ("box", "small_box"), ("flat_box", "tin"), ("bag", "pouch"),
    ("jar", "tub", "canister"), ("can", "bottle"), ("glass", "jar"), ("small_box", "tube", "pump"),
    ("jug", "bottle", "spray"), ("wrap", "multipack"), ("carton", "bottle"), ("box", "pouch", "canister"),
    ("bar", "flat_box", "small_box"), ("blister", "small_box"), ("tin", "jar", "can"), ("can", "multipack"),
)


@dataclass(frozen=True, slots=True)
class Habits:
    """How a shop keeps its shelves. Shares from 0 to 1 and inches."""

    gaps: float
    spacing: float
    pushed: float
    turned: float
    behind: int
    tight: float


def random_scene(rng: Generator, articles: Sequence[Article], width: int, height: int, art_px: int = 160) -> Scene:
    """A shelf scene of ``width`` × ``height`` pixels with packages among ``articles``."""
    span = float(np.exp(rng.uniform(np.log(45), np.log(165))))
    tall = float(rng.uniform(58, 92))
    depth = float(rng.uniform(10, 20))
    camera = _camera(rng, width, height, span, tall)
    habits = Habits(
        float(rng.choice([0.0, 0.03, 0.1, 0.3], p=[0.3, 0.35, 0.25, 0.1])), float(rng.uniform(0.02, 0.6)),
        float(rng.uniform(0, 0.25)), float(rng.uniform(0, 0.1)), int(rng.integers(0, 3)),
        float(rng.uniform(0.5, 4.0)),
    )
    look = random_look(rng)
    bays, uprights = _unit_run(rng, articles, camera, span, tall, depth, look, habits, art_px)
    return Scene(camera, bays, _background(rng, camera, tall), (), uprights, random_tags(rng, look))


def random_look(rng: Generator) -> Look:
    """Colors of a fixture: white, gray, wood, black or colored."""
    gray = float(rng.uniform(0.55, 0.95))
    board = hsv(float(rng.random()), float(rng.uniform(0, 0.08)), gray)
    if rng.random() < 0.15:
        board = hsv(0.08, 0.5, float(rng.uniform(0.4, 0.8)))
    rail = board if rng.random() < 0.6 else hsv(float(rng.choice([0.0, 0.6, 0.33, 0.13])), 0.8, 0.6)
    if rng.random() < 0.12:
        rail = (30, 30, 32)
    dark = rng.random() < 0.3
    back = hsv(float(rng.random()), 0.1, float(rng.uniform(0.05, 0.3) if dark else rng.uniform(0.5, 0.95)))
    tags: tuple[Color, ...] = ((250, 250, 248),) * 3
    extra = hsv(float(rng.choice([0.14, 0.0, 0.05, 0.3])), 0.85, 0.95)
    return Look(board, rail, back, (*tags, extra), bool(rng.random() < 0.3),
                float(rng.uniform(0.1, 0.75)) if rng.random() < 0.85 else 0.0)


def random_tags(rng: Generator, look: Look, count: int = 9) -> tuple[Image8, ...]:
    """Price tags, premultiplied RGBA: paper with dark marks."""
    made = []
    for k in range(count):
        h, w = (24, int(rng.integers(30, 60))) if k % 4 else (40, int(rng.integers(34, 60)))
        paper = look.tags[int(rng.integers(len(look.tags)))]
        tag = np.empty((h, w, 4), np.uint8)
        tag[:] = (*paper, 255)
        ink = (25, 25, 30, 255) if rng.random() < 0.8 else (190, 20, 30, 255)
        cv2.putText(tag, f"{rng.integers(1, 20)}.{rng.integers(10, 99)}", (int(w * 0.3), int(h * 0.75)),
                    cv2.FONT_HERSHEY_SIMPLEX, 0.013 * h * rng.uniform(0.8, 1.2), ink, 1, cv2.LINE_AA)
        for y in range(3, h // 2, 4):
            cv2.line(tag, (2, y), (int(w * rng.uniform(0.3, 0.8)), y), (90, 90, 95, 255), 1)
        made.append(tag)
    return tuple(made)


def _camera(rng: Generator, width: int, height: int, span: float, tall: float) -> Camera:
    distance = span * float(rng.uniform(0.75, 1.5))
    view = span * height / width
    yaw = float(np.clip(rng.normal(0, 0.22), -0.7, 0.7))
    middle = tall / 2 if view > tall else float(rng.uniform(0.35 * view, tall - 0.35 * view))
    at = (float(rng.uniform(-20, 20)), middle + float(rng.normal(0, 0.06)) * view)
    pitch = float(np.clip((tall / 2 - at[1]) / tall * 0.4 + rng.normal(0.02, 0.09), -0.35, 0.35))
    return aimed(width, height, at, span, distance, yaw, pitch, float(rng.normal(0, 0.02)),
                 float(rng.normal(0, 0.015)))


def _unit_run(
    rng: Generator, articles: Sequence[Article], camera: Camera, span: float, tall: float, depth: float,
    look: Look, habits: Habits, art_px: int,
) -> tuple[tuple[Bay, ...], tuple[tuple[float, float, float, Color], ...]]:
    """Units of shelves side by side, as far as the camera sees and mostly a little less."""
    reach = span * (0.75 + 1.2 * abs(camera.yaw))
    x, end = -reach, reach
    if rng.random() < 0.35:
        x = float(rng.uniform(-0.6, -0.3)) * span
    if rng.random() < 0.35:
        end = float(rng.uniform(0.3, 0.6)) * span
    unit = float(rng.choice([36.0, 39.4, 48.0, 52.0]))
    bays: list[Bay] = []
    uprights = []
    while x < end - 10:
        right = min(x + unit, end)
        theme_articles = _department(rng, articles)
        bays += _unit(rng, theme_articles, x, right, tall, depth, look, habits, art_px)
        if rng.random() < 0.5:
            uprights.append((x, 0.0, tall, look.board))
        x = right
    return tuple(bays), tuple(uprights)


def _department(rng: Generator, articles: Sequence[Article]) -> dict[tuple[str, ...], list[Article]]:
    """Some themes with the articles that a unit has of them."""
    chosen = rng.choice(len(THEMES), int(rng.integers(1, 5)), replace=False)
    stocked: dict[tuple[str, ...], list[Article]] = {}
    for k in chosen:
        fitting = [a for a in articles if a.shape in THEMES[k]]
        brands = list(dict.fromkeys(a.brand for a in fitting))
        if not brands:
            continue
        keep = set(rng.choice(brands, min(int(rng.integers(2, 9)), len(brands)), replace=False).tolist())
        stocked[THEMES[k]] = [a for a in fitting if a.brand in keep]
    return stocked or {tuple(SHAPES): list(articles[:40])}


def _unit(
    rng: Generator, stocked: dict[tuple[str, ...], list[Article]], left: float, right: float, tall: float,
    depth: float, look: Look, habits: Habits, art_px: int,
) -> list[Bay]:
    bays: list[Bay] = []
    top, row, thick = 0.0, 0, float(rng.uniform(0.9, 2.0))
    themes = list(stocked)
    while top < tall - 4:
        goods = stocked[themes[int(rng.integers(len(themes)))]]
        block = [goods[int(rng.integers(len(goods)))] for _ in range(int(rng.integers(2, 10)))]
        highest = max(a.size_in[1] * min(SHAPES[a.shape].stacks, 3) for a in block)
        bottom = top + highest + habits.tight * float(rng.uniform(0.4, 1.6))
        items = _stocked_row(rng, block, left, right, top, bottom, depth, row, habits, art_px)
        tags = tuple(float(x) for x in np.arange(left + 2, right - 1, rng.uniform(2.5, 8)) + rng.normal(0, 0.4))
        bays.append(Bay(left, right, top, bottom, depth, thick, look, items, tags, row, is_open=row == 0))
        top, row = bottom + thick, row + 1
    return bays


def _stocked_row(
    rng: Generator, block: Sequence[Article], left: float, right: float, top: float, bottom: float,
    depth: float, row: int, habits: Habits, art_px: int,
) -> tuple[Item, ...]:
    """Blocks of facings from left to right until the board is full."""
    items: list[Item] = []
    x, column, k = left + float(rng.uniform(0.3, 2)), 0, 0
    while True:
        article = block[k % len(block)]
        wide = article.size_in[0]
        if x + wide > right - 0.3:
            break
        facings = int(rng.integers(1, max(2, min(8, int(26 / wide)))))
        stacks = _stacked(rng, article, bottom - top)
        sprite = sprite_of(article, art_px)
        for _ in range(facings):
            if x + wide > right - 0.3:
                break
            if rng.random() < habits.gaps:
                x += wide * float(rng.uniform(0.5, 1.5))
                continue
            items += _pile(rng, sprite, article, x + wide / 2, bottom, depth, row, column, stacks, habits)
            x, column = x + wide + float(rng.exponential(habits.spacing)) * (0.2 + 0.1 * wide), column + 1
        k += 1
        if rng.random() < habits.gaps:
            x += float(rng.uniform(1, 10))
    return tuple(items)


def _stacked(rng: Generator, article: Article, clear: float) -> int:
    most = min(SHAPES[article.shape].stacks, int(clear / article.size_in[1]))
    return int(rng.integers(1, most + 1)) if most > 1 and rng.random() < 0.75 else 1


def _pile(
    rng: Generator, sprite: Sprite, article: Article, x: float, bottom: float, depth: float, row: int,
    column: int, stacks: int, habits: Habits,
) -> list[Item]:
    """One facing: what stands in front, on top of it and behind it."""
    high, deep = article.size_in[1], max(article.size_in[2], 0.4)
    z = abs(float(rng.normal(0.3, 0.3)))
    if rng.random() < habits.pushed:
        z = float(rng.uniform(0.5, 0.6 * depth))
    turn = float(rng.normal(0, 0.04))
    if rng.random() < habits.turned and article.shape not in ("box", "flat_box"):
        turn = float(rng.normal(0, 0.35))
    items = []
    for level in range(stacks):
        shift = float(rng.normal(0, 0.02)) * article.size_in[0]
        tone = float(rng.uniform(0.93, 1.05)) * (1 - 0.35 * z / depth)
        lean = float(rng.normal(0, 0.012)) if stacks == 1 else 0.0
        items.append(Item(sprite, article.id, x + shift, bottom - level * high, z, row, column, turn, lean, tone))
    for back in range(1, habits.behind + 1):
        behind = z + back * (deep + 0.2)
        if behind > depth - 1 or rng.random() < 0.1:
            break
        levels = stacks if rng.random() < 0.8 else 1
        for level in range(levels):
            items.append(Item(sprite, article.id, x + float(rng.normal(0, 0.15)), bottom - level * high, behind,
                              row, column, float(rng.normal(0, 0.05)), 0.0, 0.85 - 0.2 * back, is_front=False))
    return items


def _background(rng: Generator, camera: Camera, tall: float) -> Image8:
    """What is around the shelves: wall or aisle above, floor below, blurred clutter at the sides."""
    height, width = camera.height, camera.width
    wall = np.array(hsv(float(rng.random()), float(rng.uniform(0, 0.4)), float(rng.uniform(0.1, 0.95))), float)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = np.clip(wall * np.linspace(rng.uniform(0.7, 1.2), 1, height)[:, None, None], 0, 255)
    for _ in range(int(rng.integers(0, 30))):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        w, h = rng.uniform(0.02, 0.25, 2) * (width, height)
        color = hsv(float(rng.random()), float(rng.uniform(0, 0.9)), float(rng.uniform(0.1, 0.95)))
        cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), color, -1)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(1.5, 10))), np.uint8)
    for _ in range(int(rng.integers(0, 5))):
        a, b = rng.uniform(0, width, 2), rng.uniform(0, 0.25 * height, 2)
        cv2.line(image, (int(a[0]), int(b[0])), (int(a[1]), int(b[1])), (250, 250, 245), int(rng.integers(1, 8)),
                 cv2.LINE_AA)
    floor = camera.project([[-400, tall + 3, 4], [400, tall + 3, 4]])
    color = hsv(0.09, float(rng.uniform(0, 0.3)), float(rng.uniform(0.25, 0.85)))
    points = [floor[0], floor[1], (width * 3, height * 4), (-width * 3, height * 4)]
    cv2.fillPoly(image, [np.clip(np.array(points), -30000, 30000).astype(np.int32)], color)
    return image
