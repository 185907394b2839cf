"""Data sets of rendered shelves: ``python -m ml.rendering.dataset --kind detector --out ml/data/detector``.

``detector``: scenes with YOLO labels in {train,val,test}/{images,labels} and a ``data.yaml``.
``classifier``: crops as they come out of scenes, one folder a product, in {train,val,test}. The three parts
have no brand in common, except that a classifier's val and test show the train products anew. A picture
depends on the seed and its number alone, not on how many workers drew it.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from core.compliance.reading import KINDS
from core.errors import BadInput
from ml.rendering.articles import Article, assortment
from ml.rendering.effects import photographed, random_effects
from ml.rendering.fonts import installed
from ml.rendering.hard import hard_effects, hard_scene
from ml.rendering.scenes import random_scene
from ml.rendering.stage import paint
from ml.rendering.truth import Image8, Shown

T = TypeVar("T")
PARTS = ("train", "val", "test")
HELD_OUT = 0.1
"""Share of the pictures in val, and in test."""
SEEN_FROM, SMALLEST_PX = 0.35, 4.0
"""A facing is labelled where this share of it is seen, and it is not smaller than this in the picture."""
RECIPE = 4
"""Raised whenever the same seed gives other pictures."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to draw. ``brands``: how many there are to choose from in the train part; ``is_hard``: shelves as
    in ``ml.rendering.hard``."""

    out: Path
    size: int = 640
    seed: int = 1
    brands: int = 240
    is_hard: bool = False


@cache
def stock(seed: int, part: str, brands: int) -> tuple[Article, ...]:
    """The articles of one part; no two parts or seeds share a brand."""
    few = brands if part == "train" else max(brands // 4, 8)
    return assortment(3 * seed + PARTS.index(part), few)


def picture(order: Order, part: str, number: int) -> tuple[Image8, tuple[Shown, ...]]:
    """One scene and the facings in it that are labelled."""
    rng = np.random.default_rng((order.seed, PARTS.index(part), number))
    draw, effects = (hard_scene, hard_effects) if order.is_hard else (random_scene, random_effects)
    scene = draw(rng, stock(order.seed, part, order.brands), order.size, order.size)
    image, shown, _ = paint(scene)
    seed = int(rng.integers(2**31))
    return photographed(image, effects(rng), seed), tuple(s for s in shown if labelled(s))


def labelled(shown: Shown) -> bool:
    return shown.visible >= SEEN_FROM and min(shown.box[2:]) >= SMALLEST_PX


def label_lines(shown: Sequence[Shown], width: int, height: int) -> list[str]:
    """YOLO labels: class, then middle, width and height of the box as shares of the picture."""
    lines = []
    for s in shown:
        x, y, w, h = s.box
        numbers = (x + w / 2) / width, (y + h / 2) / height, w / width, h / height
        lines.append(f"{KINDS.index(s.kind)} " + " ".join(f"{min(max(n, 0), 1):.6f}" for n in numbers))
    return lines


def write_detector(order: Order, count: int, workers: int = 1) -> dict[str, int]:
    """Pictures and labels; returns how many pictures each part has."""
    counts = _counts(count)
    for part in PARTS:
        for folder in ("images", "labels"):
            (order.out / part / folder).mkdir(parents=True, exist_ok=True)
    _each(partial(_write_one, order), [(part, k) for part in PARTS for k in range(counts[part])], workers)
    names = "\n".join(f"  {i}: {kind}" for i, kind in enumerate(KINDS))
    parts = "\n".join(f"{part}: {part}/images" for part in PARTS)
    (order.out / "data.yaml").write_text(f"path: {order.out.resolve()}\n{parts}\nnames:\n{names}\n")
    _write_manifest(order, "detector", counts)
    return counts


def _write_one(order: Order, job: tuple[str, int]) -> None:
    part, number = job
    image, shown = picture(order, part, number)
    name = f"{part}_{number:05d}"
    cv2.imwrite(str(order.out / part / "images" / f"{name}.jpg"), image[..., ::-1],
                [cv2.IMWRITE_JPEG_QUALITY, 94])
    lines = label_lines(shown, image.shape[1], image.shape[0])
    (order.out / part / "labels" / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines))


def write_classifier(order: Order, count: int, products: int, workers: int = 1) -> dict[str, int]:
    """About ``count`` crops of ``products`` products, cut out of scenes; returns how many each part has."""
    scenes = _counts(max(count // 40, 3))
    jobs = [(part, k) for part in PARTS for k in range(scenes[part])]
    done = _each(partial(_write_crops, order, products), jobs, workers)
    counts = {part: sum(n for (p, _), n in zip(jobs, done, strict=True) if p == part) for part in PARTS}
    _write_manifest(order, "classifier", counts)
    return counts


def _write_crops(order: Order, products: int, job: tuple[str, int]) -> int:
    part, number = job
    rng = np.random.default_rng((order.seed, 9, PARTS.index(part), number))
    articles = stock(order.seed, "train", order.brands)[:products]
    scene = random_scene(rng, articles, order.size, order.size)
    image, shown, _ = paint(scene)
    image = photographed(image, random_effects(rng), int(rng.integers(2**31)))
    names = {a.id: f"sku_{a.id:04d}_{a.name}_{a.flavor}".lower().replace(" ", "_") for a in articles}
    written = 0
    for k, s in enumerate(s for s in shown if s.visible > 0.6 and min(s.box[2:]) >= 16):
        x, y, w, h = (round(v) for v in s.box)
        folder = order.out / part / names[s.product_id]
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / f"{number:05d}_{k:03d}.jpg"), image[y : y + h, x : x + w, ::-1])
        written += 1
    return written


def _counts(count: int) -> dict[str, int]:
    if count < 3:
        raise BadInput(f"{count} pictures cannot be parted into three.", "Ask for at least 3.")
    held = {part: max(round(count * HELD_OUT), 1) for part in PARTS[1:]}
    return {"train": count - sum(held.values()), **held}


def _each(draw: Callable[[tuple[str, int]], T], jobs: Sequence[tuple[str, int]], workers: int) -> list[T]:
    if workers <= 1:
        return [draw(job) for job in jobs]
    with ProcessPoolExecutor(workers, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        return list(pool.map(draw, jobs, chunksize=8))


def _write_manifest(order: Order, kind: str, counts: dict[str, int]) -> None:
    brands = {part: [f"{3 * order.seed + PARTS.index(part)}"] for part in PARTS}
    manifest = {
        "kind": kind, "recipe": RECIPE, "seed": order.seed, "size": order.size, "brands": order.brands,
        "hard": order.is_hard, "pictures": counts, "assortments": brands, "classes": list(KINDS),
        "fonts": list(installed()), "opencv": cv2.__version__, "numpy": np.__version__,
    }
    (order.out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kind", choices=("detector", "classifier"), default="detector")
    parser.add_argument("--count", type=int, default=1500, help="pictures (detector) or crops (classifier)")
    parser.add_argument("--size", type=int, default=640, help="width and height of a scene in pixels")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--brands", type=int, default=240)
    parser.add_argument("--hard", action="store_true", help="shelves that are hard to read (detector)")
    parser.add_argument("--products", type=int, default=120, help="products of a classifier's data set")
    parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 16))
    asked = parser.parse_args(arguments)
    order = Order(asked.out, asked.size, asked.seed, asked.brands, asked.hard)
    if asked.kind == "detector":
        counts = write_detector(order, asked.count, asked.workers)
    else:
        counts = write_classifier(order, asked.count, asked.products, asked.workers)
    print(" · ".join(f"{part} {n}" for part, n in counts.items()))


if __name__ == "__main__":
    main()
