"""The gallery as it is searched: every view of every product at one size, with its features."""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Gallery
from core.errors import WorkbenchError
from ml.vision.features import Features, Floats, Pixels, extract, none
from ml.vision.photo import load

SIDE = 256
"""Root of the area of a view, in pixels: finer print is not seen in a photo of a whole shelf."""

WHITE, FRINGE = 240, 3
"""Least brightness of paper, and pixels beside it that are of its color in part."""

FORMAT = 1
"""Of the cache's files; raised with anything that changes what is in them."""

KEPT = 4
TREES, CHECKS = 4, 64
"""Of the forest of k-d trees (Muja and Lowe 2014): leaves looked at for each feature."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One picture of a product. ``product`` is its place in the gallery; ``pixels`` (h, w, 3) RGB;
    ``inches``: width and height of what it shows, None where not known."""

    product: int
    pixels: Pixels
    features: Features
    inches: tuple[float, float] | None = None
    confirmed: bool = False

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def per_inch(self) -> float | None:
        """Pixels an inch: the root of the areas' ratio, as a package's inches and its picture often differ a
        little in shape."""
        if self.inches is None:
            return None
        return float(np.sqrt(self.width * self.height / (self.inches[0] * self.inches[1])))


@dataclass(frozen=True, eq=False)
class Index:
    """A gallery that is ready to be searched. ``left_out``: products without a picture that can be read."""

    gallery: Gallery
    views: tuple[View, ...]
    left_out: tuple[str, ...] = ()

    @cached_property
    def owner(self) -> NDArray[np.intp]:
        """(g,) the view of each feature."""
        return np.repeat(np.arange(len(self.views)), [len(v.features) for v in self.views])

    @cached_property
    def features(self) -> Features:
        """All views' features, one after another."""
        parts = [v.features for v in self.views]
        if not parts:
            return none()
        return Features(*(np.concatenate([getattr(p, name) for p in parts])
                          for name in ("xy", "size", "angle", "vectors", "color")))

    @cached_property
    def drawn(self) -> NDArray[np.bool_]:
        """(v,) which views are packshots; all where none is. A crop of a photo has no more pixels than that
        photo, so it does not tell how large packages have to be to be seen."""
        packshots = np.array([not v.confirmed for v in self.views], bool)
        return packshots if packshots.any() else ~packshots

    @cached_property
    def papers(self) -> tuple[NDArray[np.bool_], ...]:
        """(h, w) of each view where it shows no package but the paper around it; nowhere for a crop of a
        photo, whose surroundings are of all colors."""
        return tuple(
            np.zeros(v.pixels.shape[:2], bool) if v.confirmed else paper(v.pixels) for v in self.views
        )

    @cached_property
    def _forest(self) -> Any:
        import cv2

        # The trees are grown at random: the same photo has to give the same reading.
        cv2.setRNGSeed(1)
        return cv2.flann_Index(self.features.vectors, {"algorithm": 1, "trees": TREES})

    def nearest(self, vectors: Floats, k: int) -> tuple[NDArray[np.intp], Floats]:
        """(n, k) features of the gallery nearest to (n, 128), and their squared distances, nearest first."""
        count = len(self.features)
        if count < 2 or not len(vectors):
            return np.zeros((len(vectors), 0), np.intp), np.zeros((len(vectors), 0), np.float32)
        found, distance = self._forest.knnSearch(vectors, min(k, count), params={"checks": CHECKS})
        return np.asarray(found, np.intp), np.asarray(distance, np.float32)


def prepare(gallery: Gallery) -> Index:
    """All views of a gallery at one size, cut to what they show. A view that cannot be read is left out."""
    views: list[View] = []
    left_out = []
    for place, product in enumerate(gallery.products):
        width, height = product.width_in, product.height_in
        inches = (width, height) if width and height else None
        before = len(views)
        for n, content in enumerate((*product.views, *product.confirmed)):
            try:
                pixels = normal_size(trimmed(load(content, 4 * SIDE).pixels))
            except WorkbenchError:
                continue
            views.append(View(place, pixels, extract(pixels), inches, n >= len(product.views)))
        if len(views) == before:
            left_out.append(product.name)
    return Index(gallery, tuple(views), tuple(left_out))


def trimmed(pixels: Pixels) -> Pixels:
    """A packshot without the even margin around the package: rows and columns at the border that all have the
    color of the corners."""
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1]].astype(int)
    paper = np.median(corners, axis=0)
    if np.abs(corners - paper).max() > 12:
        return pixels
    shows = (np.abs(pixels.astype(int) - paper).max(axis=2) > 24)
    # A single grain of dust or of JPEG noise is no package.
    rows, columns = (np.nonzero(shows.mean(axis=axis) > 0.01)[0] for axis in (1, 0))
    if len(rows) < 8 or len(columns) < 8:
        return pixels
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def paper(pixels: Pixels) -> NDArray[np.bool_]:
    """(h, w) where a picture shows white paper that reaches one of its corners, and a little around it."""
    import cv2

    height, width = pixels.shape[:2]
    found = np.zeros((height + 2, width + 2), np.uint8)
    how = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | 1 << 8
    slack = (255 - WHITE,) * 3
    for x, y in ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)):
        if pixels[y, x].min() >= WHITE:
            cv2.floodFill(pixels.copy(), found, (x, y), 0, slack, slack, how)
    around = np.ones((2 * FRINGE + 1, 2 * FRINGE + 1), np.uint8)
    return np.asarray(cv2.dilate(found[1:-1, 1:-1], around) > 0)


def normal_size(pixels: Pixels) -> Pixels:
    """A picture brought to ``SIDE``² pixels, its shape kept; never enlarged more than twice."""
    import cv2

    height, width = pixels.shape[:2]
    factor = min(2.0, SIDE / float(np.sqrt(height * width)))
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(pixels, size, interpolation=way), np.uint8)


@dataclass(eq=False)
class Indexes:
    """The indexes of the last few galleries, in memory and, with a ``folder``, in files."""

    folder: Path | None = None
    _known: OrderedDict[str, Index] = field(default_factory=OrderedDict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def of(self, gallery: Gallery) -> Index:
        """The index of a gallery, made when its version is first seen."""
        with self._lock:
            index = self._known.pop(gallery.version, None)
            if index is None:
                index = self._read(gallery) or self._written(prepare(gallery))
            self._known[gallery.version] = index
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            return index

    def _path(self, gallery: Gallery) -> Path | None:
        code = hashlib.sha256(f"{FORMAT} {gallery.version}".encode()).hexdigest()[:24]
        return self.folder / f"{code}.npz" if self.folder is not None else None

    def _read(self, gallery: Gallery) -> Index | None:
        path = self._path(gallery)
        if path is None or not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as saved:
                return unpacked(gallery, saved)
        except (OSError, ValueError, KeyError, IndexError, EOFError):
            path.unlink(missing_ok=True)
            return None

    def _written(self, index: Index) -> Index:
        path = self._path(index.gallery)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            content = io.BytesIO()
            np.savez_compressed(content, allow_pickle=False, **packed(index))
            part = path.with_suffix(".part")
            part.write_bytes(content.getvalue())
            part.replace(path)
        return index


def packed(index: Index) -> dict[str, NDArray[Any]]:
    """An index as plain arrays."""
    f = index.features
    return {
        "product": np.array([v.product for v in index.views], np.int64),
        "shape": np.array([(v.height, v.width) for v in index.views], np.int64).reshape(-1, 2),
        "confirmed": np.array([v.confirmed for v in index.views], bool),
        "count": np.array([len(v.features) for v in index.views], np.int64),
        "pixels": np.concatenate([v.pixels.ravel() for v in index.views] or [np.zeros(0, np.uint8)]),
        "left_out": np.array(index.left_out, np.str_),
        "xy": f.xy, "size": f.size, "angle": f.angle, "vectors": f.vectors.astype(np.float16),
        "color": f.color,
    }


def unpacked(gallery: Gallery, saved: Any) -> Index:
    """The index that ``packed`` gave."""
    pixels, shape, count = saved["pixels"], saved["shape"], saved["count"]
    all_features = Features(saved["xy"], saved["size"], saved["angle"], saved["vectors"].astype(np.float32),
                            saved["color"])
    views = []
    at = place = 0
    for i, product in enumerate(saved["product"].tolist()):
        (height, width), n = shape[i], int(count[i])
        part = np.arange(place, place + n)
        known = gallery.products[product]
        inches = (known.width_in, known.height_in) if known.width_in and known.height_in else None
        size = int(height * width * 3)
        views.append(View(product, pixels[at : at + size].reshape(height, width, 3), all_features.take(part),
                          inches, bool(saved["confirmed"][i])))
        at, place = at + size, place + n
    return Index(gallery, tuple(views), tuple(saved["left_out"].tolist()))
