"""A shelf photo read with nothing but the packshots: what stands where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box, Candidate, Facing, Gallery, Reading
from core.planogram.planogram import Planogram
from ml.vision import photo as photos
from ml.vision.features import Features, Pixels, extract
from ml.vision.gallery import Index, Indexes
from ml.vision.gaps import find_gaps
from ml.vision.resolve import Rows, Spot, places, rows, settled
from ml.vision.variants import cast, strangeness, weigh
from ml.vision.voting import Pose, Reals, common_pose, hypotheses, vote

MOST_FEATURES = 14_000
"""Of a photo: a shelf of sixty packages has about half as many."""

SURE = 20
"""Witnesses from which a hypothesis is taken for granted where light and scale are measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """All that was measured in one photo on the way to its reading."""

    photo: photos.Photo
    scene: Features
    pose: Pose | None
    spots: tuple[Spot, ...]
    rows: Rows


@dataclass(eq=False)
class PhotoReader:
    """A ``core.compliance.reading.ShelfReader``. ``cache``: a folder for the galleries' features."""

    cache: Path | None = None
    _indexes: Indexes = field(init=False)

    def __post_init__(self) -> None:
        self._indexes = Indexes(self.cache)

    @property
    def name(self) -> str:
        """The methods and their versions."""
        return "local features 1"

    def read(self, photo: bytes, gallery: Gallery, expected: Planogram | None = None) -> Reading:
        """Find and name what stands on a shelf. See ``ShelfReader``."""
        started = perf_counter()
        picture = photos.load(photo)
        index = self._indexes.of(gallery)
        sight = see(picture, index)
        boxes = [spot.box for spot in sight.spots]
        in_photo = picture.to_photo(boxes)
        facings = tuple(
            facing(index, spot, within(box, picture), int(row), float(other))
            for spot, box, row, other
            in zip(sight.spots, in_photo, sight.rows.row, strange(index, sight.spots), strict=True)
        )
        facings = tuple(sorted(facings, key=lambda f: (f.row, f.box[0])))
        lines = tuple(
            ((0.0, a / picture.scale), (float(picture.width), a / picture.scale + b * picture.width))
            for a, b in sight.rows.lines
        )
        gaps = find_gaps(picture, lines, [f.box for f in facings])
        fallbacks = tuple(f"{name} has no picture to recognize it by." for name in index.left_out)
        return Reading(picture.width, picture.height, facings, gaps, lines, methods=(self.name,),
                       fallbacks=fallbacks, elapsed_ms=1_000 * (perf_counter() - started))


def see(picture: photos.Photo, index: Index) -> Sight:
    """Find what of a gallery stands in a photo."""
    picture = replace(picture, pixels=brightened(picture.pixels))
    scene = extract(picture.pixels, MOST_FEATURES)
    votes = vote(index, scene)
    pose = common_pose(index, votes)
    if pose is None:
        return Sight(picture, scene, None, (), rows(np.zeros((0, 4)), 0.0))
    found = places(index, hypotheses(index, scene, votes, pose))
    light = cast(index, scene, [place[0] for place in found if place[0].count >= SURE])
    spots = [Spot(place, weigh(index, picture, scene, place, light)) for place in found]
    kept, lines = settled(spots, pose.turn)
    return Sight(picture, scene, pose, tuple(kept), lines)


def brightened(pixels: Pixels) -> Pixels:
    """A photo whose brightest places are white: the contrast that features are found by is measured against
    the range of a well-lit photo."""
    brightest = float(np.percentile(pixels[::4, ::4], 99.5))
    if brightest >= 230:
        return pixels
    table = np.clip(np.arange(256) * (250 / max(brightest, 16.0)), 0, 255).astype(np.uint8)
    return table[pixels]


def within(box: Reals, picture: photos.Photo) -> Box:
    """A box cut at the photo's borders."""
    x0, y0 = max(0.0, float(box[0])), max(0.0, float(box[1]))
    x1 = min(float(picture.width), float(box[0] + box[2]))
    y1 = min(float(picture.height), float(box[1] + box[3]))
    return x0, y0, max(1.0, x1 - x0), max(1.0, y1 - y0)


def strange(index: Index, spots: Sequence[Spot]) -> NDArray[np.float64]:
    """(n,) share of the print of each spot that its fellows of the same name show and it does not."""
    result = np.zeros(len(spots))
    view = np.array([s.candidates[s.evidence.best].view for s in spots], np.intp)
    for name in np.unique(view):
        group = np.nonzero(view == name)[0]
        chosen = [(spots[i].evidence, spots[i].evidence.best) for i in group]
        result[group] = strangeness(np.array([e.seen[b] for e, b in chosen]),
                                    np.array([e.known[b] for e, b in chosen]))
    return result


def facing(index: Index, spot: Spot, box: Box, row: int, other: float) -> Facing:
    """What a spot shows, named; ``other`` is the share of its print that its fellows do not have."""
    share = spot.evidence.shares * (0.97 if other < 0.2 else 0.1)
    order = np.argsort(-share)
    products = [index.gallery.products[index.views[c.view].product].product_id for c in spot.candidates]
    candidates = tuple(Candidate(products[i], float(share[i])) for i in order)
    return Facing(box, round(spot.confidence, 3), row, candidates=candidates, found_by="local features")
