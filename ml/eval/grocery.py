"""How well packages are named from a few photos: ``python -m ml.eval.grocery ../shared/data/grocery_store``.

The data are phone photos of 31 packages in hands and on shelves (Klasson, Zhang and Kjellström 2019, "A
Hierarchical Grocery Store Image Dataset with Visual and Semantic Labels"), and one clean picture of each.
They judge; nothing learns from them. The protocol, fixed before any method was tried: 20 episodes with seeds
0 to 19; in each, 5 random photos of every class are the gallery and all others are asked. 15 classes, drawn
with seed 20221122, are for choosing among methods; the other 16 and all 31 judge what was chosen.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from ml.vision.embedding import SHIPPED, Embedding, Floats, Pixels
from ml.vision.fewshot import as_views, classify
from ml.vision.gallery import trimmed

Ints = NDArray[np.intp]
Reals = NDArray[np.float64]
EPISODES, SHOTS = 20, 5
SPLIT_SEED, CHOSEN_BY = 20221122, 15


@dataclass(frozen=True, slots=True, eq=False)
class Groceries:
    """Photos with the class of each (0 …), and a clean picture of each class."""

    photos: tuple[Path, ...]
    labels: Ints
    clean: tuple[Path, ...]
    names: tuple[str, ...]

    def parts(self) -> dict[str, Ints]:
        """Classes to choose methods by, to judge by, and all."""
        order = np.random.default_rng(SPLIT_SEED).permutation(len(self.names))
        return {"development": np.sort(order[:CHOSEN_BY]), "held out": np.sort(order[CHOSEN_BY:]),
                "all": np.arange(len(self.names))}


def read(folder: Path) -> Groceries:
    """The packages of the data set. Raises BadInput where it is not in ``folder``."""
    try:
        with (folder / "classes.csv").open(encoding="utf-8") as file:
            classes = {int(row[1]): (row[0], row[4]) for row in list(csv.reader(file))[1:]}
        with (folder / "train.csv").open(encoding="utf-8") as file:
            listed = sorted((row[0], int(row[1])) for row in list(csv.reader(file))[1:])
    except (OSError, ValueError, IndexError) as error:
        hint = "It has classes.csv and train.csv."
        raise BadInput(f"{folder} does not hold the grocery photos.", hint) from error
    there = [(folder / path, number) for path, number in listed if (folder / path).exists()]
    numbers = sorted({number for _, number in there})
    return Groceries(
        tuple(path for path, _ in there),
        np.array([numbers.index(number) for _, number in there], np.intp),
        tuple(folder / classes[n][1].lstrip("/") for n in numbers),
        tuple(classes[n][0] for n in numbers),
    )


def episodes(
    labels: Ints, classes: Ints, count: int = EPISODES, shots: int = SHOTS
) -> Iterator[tuple[Ints, Ints]]:
    """Places of the gallery's photos and of those asked, ``count`` times."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        orders = [rng.permutation(np.flatnonzero(labels == k)) for k in classes]
        yield np.concatenate([o[:shots] for o in orders]), np.concatenate([o[shots:] for o in orders])


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """(photos, views, d) and (classes, views, d) vectors of everything; the first view is the picture as it
    is."""

    photos: Floats
    clean: Floats


def look(data: Groceries, embedding: Embedding) -> Seen:
    """Embed every picture."""
    return Seen(embedding.embed_views([picture(p) for p in data.photos]),
                embedding.embed_views([trimmed(picture(p)) for p in data.clean]))


def picture(path: Path) -> Pixels:
    """(h, w, 3) RGB."""
    return np.asarray(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB), np.uint8)


def named(data: Groceries, seen: Seen, classes: Ints, gallery: Ints, asked: Ints, clean: bool) -> Reals:
    """(asked, classes) probabilities from the gallery's photos and, with ``clean``, the clean pictures."""
    place = {int(k): i for i, k in enumerate(classes)}
    vectors, owners = seen.photos[gallery], [place[int(k)] for k in data.labels[gallery]]
    confirmed = [True] * len(gallery)
    if clean:
        vectors = np.concatenate([vectors, seen.clean[classes]])
        owners, confirmed = owners + list(range(len(classes))), confirmed + [False] * len(classes)
    return classify(seen.photos[asked, 0], as_views(vectors, owners, confirmed, len(classes)))


def nearest(data: Groceries, seen: Seen, classes: Ints, gallery: Ints, asked: Ints) -> Reals:
    """(asked, classes) cosines to the nearest photo of the gallery: the plain way, to compare with."""
    near = seen.photos[asked, 0] @ seen.photos[gallery, 0].T
    return np.stack([near[:, data.labels[gallery] == k].max(axis=1) for k in classes], axis=1)


def accuracy(data: Groceries, classes: Ints, asked: Ints, score: Reals) -> float:
    """Share of the asked photos whose class has the highest score."""
    return float((classes[score.argmax(axis=1)] == data.labels[asked]).mean())


def measure(data: Groceries, seen: Seen, count: int = EPISODES) -> dict[str, dict[str, tuple[float, float]]]:
    """For each part of the classes and each way: mean and standard deviation of top-1 over the episodes."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for part, classes in data.parts().items():
        rows: dict[str, list[float]] = {}
        for shots, clean in ((5, False), (5, True), (1, False), (1, True), (0, True)):
            way = f"{shots} photos" + (" and a clean picture" if clean else "")
            for gallery, asked in episodes(data.labels, classes, count if shots else 1, shots):
                score = named(data, seen, classes, gallery, asked, clean)
                rows.setdefault(way, []).append(accuracy(data, classes, asked, score))
                if (shots, clean) == (5, False):
                    plain = accuracy(data, classes, asked, nearest(data, seen, classes, gallery, asked))
                    rows.setdefault("5 photos, nearest neighbor alone", []).append(plain)
        found[part] = {way: (float(np.mean(v)), float(np.std(v))) for way, v in rows.items()}
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table of top-1."""
    parser = argparse.ArgumentParser(prog="ml.eval.grocery", description="Top-1 from a few photos.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--network", type=Path, default=SHIPPED)
    parser.add_argument("--episodes", type=int, default=EPISODES)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args(argv)
    data = read(given.folder)
    found = measure(data, look(data, Embedding(given.network)), given.episodes)
    for part, ways in found.items():
        for way, (mean, spread) in ways.items():
            print(f"{part:12} {way:36} {mean:.3f} ± {spread:.3f}")
    if given.output:
        given.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
