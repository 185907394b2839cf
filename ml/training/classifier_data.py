"""Pictures of SKUs, altered as cameras alter them, and batches of SKUs that are easily confused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from ml.tools.files import pictures
from ml.vision.embedding import Floats, Pixels, turned

Ints = NDArray[np.int64]
PARTS = ("train", "val", "test")


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Pictures in an order, and the class of each. ``classes``: their names, sorted."""

    files: tuple[Path, ...]
    labels: Ints
    classes: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """Pictures of each class."""
        numbers = np.bincount(self.labels, minlength=len(self.classes)).tolist()
        return dict(zip(self.classes, numbers, strict=True))


def image_folder(folder: Path, classes: tuple[str, ...] | None = None) -> Labelled:
    """The pictures of ``folder/<class>/``. With ``classes``, others are refused.

    Raises BadInput for pictures outside of a class, or of a class that is not known.
    """
    files = pictures(folder)
    loose = next((path for path in files if path.parent == folder), None)
    if loose is not None:
        raise BadInput(f"{loose} is in no folder of a SKU.", "Make a folder for each SKU.")
    names = [path.relative_to(folder).parts[0] for path in files]
    known = classes or tuple(sorted(set(names)))
    place = {name: k for k, name in enumerate(known)}
    strange = sorted(set(names) - set(place))
    if strange:
        raise BadInput(f"{folder} has a SKU {strange[0]!r} that train has not.", "Both hold the same SKUs.")
    return Labelled(tuple(files), np.array([place[n] for n in names], np.int64), known)


def read_picture(path: Path) -> Pixels:
    """(h, w, 3) RGB. Raises BadInput for a file that is none."""
    content = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if content is None:
        raise BadInput(f"{path} cannot be read as a picture.", "Take it out of the data set.")
    return np.asarray(cv2.cvtColor(content, cv2.COLOR_BGR2RGB), np.uint8)


def altered(pixels: Pixels, side: int, rng: np.random.Generator) -> Pixels:
    """(side, side, 3): a crop as another photo has it: turned, nearer, cut, in other light, less sharp."""
    height, width = pixels.shape[:2]
    cut = rng.uniform(0, 0.08, 4)
    top, bottom = int(cut[0] * height), max(int((1 - cut[1]) * height), int(cut[0] * height) + 1)
    left, right = int(cut[2] * width), max(int((1 - cut[3]) * width), int(cut[2] * width) + 1)
    seen = turned(np.ascontiguousarray(pixels[top:bottom, left:right]), side, float(rng.normal(0, 8)),
                  float(rng.uniform(0.85, 1.0)))
    if rng.random() < 0.3:
        small = int(side * rng.uniform(0.25, 0.7))
        seen = turned(turned(seen, small), side)
    light = np.exp(rng.normal(0, 0.2)) * np.exp(rng.normal(0, 0.06, 3))
    bent = 255 * (np.arange(256) / 255) ** np.exp(rng.normal(0, 0.15))
    table = np.clip(bent[:, None] * light, 0, 255).astype(np.uint8)
    return np.stack([table[:, c][seen[..., c]] for c in range(3)], axis=2)


def confusable_batches(
    labels: Ints, prototypes: Floats, size: int, together: int, images: int, rng: np.random.Generator
) -> Iterator[Ints]:
    """Batches of at most ``size`` places that go through every class once: of classes whose prototypes are
    the nearest to each other, ``together`` at a time, with ``images`` pictures of each.

    ``prototypes``: (classes, d) unit vectors. A batch that holds what is hard to tell teaches more than one
    of classes at random (Schroff et al. 2015, "FaceNet", on hard negatives).
    """
    members = [np.flatnonzero(labels == k) for k in range(len(prototypes))]
    left = [int(k) for k in rng.permutation(len(prototypes)) if len(members[k])]
    batch: list[Ints] = []
    while left:
        near = np.argsort(-(prototypes[left] @ prototypes[left[0]]), kind="stable")[:together]
        group = [left[int(i)] for i in near]
        batch += [rng.choice(members[k], images, replace=len(members[k]) < images) for k in group]
        left = [k for k in left if k not in group]
        if sum(map(len, batch)) + together * images > size:
            yield np.concatenate(batch)
            batch = []
    if batch:
        yield np.concatenate(batch)


def random_batches(count: int, size: int, rng: np.random.Generator) -> Iterator[Ints]:
    """Every place once, in random order; a last one alone is left out, as its spread is not known."""
    order = rng.permutation(count)
    yield from (order[start : start + size] for start in range(0, count, size) if count - start > 1)
