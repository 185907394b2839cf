"""A shelf photo read with nothing but the packshots: what stands where.

A network that finds packages, where there is one, adds those that no packshot explains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import SHOWN_FROM, Box, Facing, Gallery, Gap, Reading
from core.planogram.planogram import Planogram
from ml.vision import photo as photos
from ml.vision.before import before, covered
from ml.vision.closer import closer
from ml.vision.detected import PackageDetector, free_of, recognize, where_planned
from ml.vision.edges import Polyline
from ml.vision.emptied import with_empty
from ml.vision.features import Features, Floats, Pixels, extract
from ml.vision.gallery import Index, Indexes
from ml.vision.gaps import find_gaps
from ml.vision.naming import KNOWN, PLANNED, candidates_of, named, odds_at, planned_odds, strange
from ml.vision.perspective import Straight, straightened
from ml.vision.quality import judge
from ml.vision.resolve import (
    Rows,
    Spot,
    between,
    in_company,
    of_fixture,
    places,
    rows,
    settled,
    uncovered,
)
from ml.vision.sides import sides
from ml.vision.templates import pose_by_color
from ml.vision.twins import Twins
from ml.vision.uncertain import also_by_color
from ml.vision.variants import cast, unlit, weigh
from ml.vision.voting import Pose, Reals, agreeing, common_pose, hypotheses, vote

Seen = TypeVar("Seen", Facing, Gap)

VERSION = 1
MOST_FEATURES = 14_000
"""Of a photo: a shelf of sixty packages has about half as many."""

MOST_FEATURES_ENLARGED = 32_000
"""A shelf of a hundred and forty small packages has as many."""

LARGE_ENOUGH = 0.4
"""Pixels of the photo a pixel of a packshot, which is about as large for all: a package of a hundred pixels.
Smaller ones are enlarged until they are: features of their small print are found only then."""

HARDLY_ANY = 4
"""Packages that are found by their print, below which it tells neither scale nor rows."""

WORTH_IT = 1.1

MOST_ENLARGED = 2.0
"""Times the pixels that the photo has: beyond, there is no more to see."""

AROUND = (1, 99, 0.1)
"""Percentiles of the votes that agree with the pose, and what is added at each side, of the photo's: outside
are ceiling, floor and the shelves beside."""

HIDDEN = 0.4
"""Share of a nameless package that is before the shelf, from which it is no package but a hand."""

OF_GALLERY = 4.0
"""Most odds that the plan gives a package to be the planned product rather than one of no gallery, which may
take any place."""

SURE = 8
"""Witnesses from which a hypothesis is taken for granted where the light is measured."""


def no_detector() -> tuple[PackageDetector | None, str]:
    """None, and nothing to say about it."""
    return None, ""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """All that was measured in one photo on the way to its reading. Boxes are of the working size.
    ``weighed``: all places at which a package may stand, of which ``spots`` are those where one does.
    ``sides``: x of the planned fixture's left and right side, where packages tell. ``light``: see
    ``ml.vision.variants.cast``."""

    photo: photos.Photo
    scene: Features
    pose: Pose | None
    spots: tuple[Spot, ...]
    rows: Rows
    weighed: tuple[Spot, ...] = ()
    sides: tuple[float, float] | None = None
    light: Floats = field(default_factory=unlit)

    @property
    def boxes(self) -> Reals:
        """(n, 4) of the spots."""
        return np.array([s.box for s in self.spots], float).reshape(-1, 4)


@dataclass(eq=False)
class PhotoReader:
    """A ``core.compliance.reading.ShelfReader``. ``cache``: a folder for the galleries' features.
    ``load_detector`` is called with the first photo: a detector or None, and what is to be told."""

    cache: Path | None = None
    load_detector: Callable[[], tuple[PackageDetector | None, str]] = no_detector
    _indexes: Indexes = field(init=False)

    def __post_init__(self) -> None:
        self._indexes = Indexes(self.cache)

    @property
    def name(self) -> str:
        """The methods and their versions."""
        detector = self._second[0]
        return f"local features {VERSION}" + (f", {detector.name}" if detector is not None else "")

    @cached_property
    def _second(self) -> tuple[PackageDetector | None, str]:
        return self.load_detector()

    def read(self, photo: bytes, gallery: Gallery, expected: Planogram | None = None) -> Reading:
        """Find and name what stands on a shelf. See ``ShelfReader``."""
        started = perf_counter()
        picture = photos.load(photo)
        index = self._indexes.of(gallery)
        straight = straightened(picture)
        sight = see(straight.photo, index, expected)
        facings = self._facings(index, sight, expected)
        ends = sight.sides and (sight.sides[0] / sight.photo.scale, sight.sides[1] / sight.photo.scale)
        gaps = find_gaps(straight.photo, edges(sight), [f.box for f in facings], ends)
        facings, gaps = to_original(straight, facings), to_original(straight, gaps)
        shelves = tuple(straight.line_back(a / sight.photo.scale, b) for a, b in sight.rows.lines)
        unknown = [(f.box, f.row) for f in facings if not f.candidates]
        hidden = before(picture, shelves, [*unknown, *((g.box, g.row) for g in gaps)])
        facings = tuple(f for f in facings if f.candidates or covered(f.box, hidden) < HIDDEN)
        boxes = [f.box for f in facings]
        reason = self._second[1]
        fallbacks = [reason] if reason else []
        fallbacks += [f"{name} has no picture to recognize it by." for name in index.left_out]
        wanted = len(expected.fixture.row_columns) if expected is not None else None
        return Reading(
            picture.width, picture.height, facings, gaps, shelves,
            judge(picture, boxes, shelves, wanted, straight.view), (self.name,), tuple(fallbacks),
            1_000 * (perf_counter() - started), tuple(hidden),
        )

    def _facings(self, index: Index, sight: Sight, expected: Planogram | None) -> tuple[Facing, ...]:
        """Named packages, then those that only the detector sees, by row from left to right."""
        odds = planned_odds(expected, len(sight.rows.lines))
        in_photo = sight.photo.to_photo(sight.boxes)
        facings = []
        for i, (spot, other) in enumerate(zip(sight.spots, strange(index, sight.spots), strict=True)):
            row = int(sight.rows.row[i])
            here = odds_at(odds.get(row, {}), expected, row, inches(sight, spot.box, expected))
            facings.append(named(index, spot, within(in_photo[i], sight.photo), row, float(other), here))
        detector = self._second[0]
        if detector is not None and sight.pose is not None:
            facings += also_detected(index, sight, sight.pose, detector, odds, expected)
        return tuple(sorted(facings, key=lambda f: (f.row, f.box[0])))


def see(picture: photos.Photo, index: Index, expected: Planogram | None = None) -> Sight:
    """Find what of a gallery stands in a photo. Where print tells of hardly any package, as in a blurred
    photo, all are found by their colors, at the scale at which planned ones look most like the photo."""
    picture = replace(picture, pixels=brightened(picture.pixels))
    scene = extract(picture.pixels, MOST_FEATURES)
    votes = vote(index, scene)
    pose = common_pose(index, votes)
    if pose is None:
        return Sight(picture, scene, None, (), rows(np.zeros((0, 4)), 0.0))
    most = MOST_ENLARGED * picture.detail_scale / picture.scale
    zoom = min(LARGE_ENOUGH / float(np.median(pose.scale[index.drawn])), most)
    if zoom > WORTH_IT:
        picture, scene = enlarged(picture, zoom, scene.xy[agreeing(votes, pose).scene])
        votes = vote(index, scene)
        pose = common_pose(index, votes) or pose
    found = uncovered(places(index, hypotheses(index, scene, votes, pose)))
    light = cast(index, scene, [place[0] for place in found if place[0].count >= SURE])
    spots = []
    for place in found:
        again = closer(index, picture, place, pose)
        features, place = (scene, place) if again is None else again
        spots.append(Spot(place, weigh(index, picture, features, place, light)))
    kept, _ = settled(spots, pose.turn)
    if len(kept) < HARDLY_ANY:
        pose = pose_by_color(index, picture, expected) or pose
        kept = []
    also = also_by_color(index, picture, scene, pose, spots, kept, light)
    kept, standing = settled([*kept, *also], pose.turn)
    ends = sides_of(index, kept, expected)
    wanted = len(expected.fixture.row_columns) if expected is not None else None
    kept = of_fixture(in_company(between(kept, ends), pose.turn), pose.turn, wanted)
    kept, standing = settled(kept, pose.turn)
    standing = with_empty(picture, standing, np.array([s.box for s in kept], float).reshape(-1, 4), wanted)
    twins = Twins(index, light)
    kept = [twins.told_apart(picture, spot) for spot in kept]
    return Sight(picture, scene, pose, tuple(kept), standing, tuple(spots), ends, light)


def sides_of(index: Index, spots: Sequence[Spot], expected: Planogram | None) -> tuple[float, float] | None:
    """x of the planned fixture's sides, by the products at their places among the spots."""
    products = [index.gallery.products[index.views[s.best.view].product].product_id for s in spots]
    return sides(products, np.array([s.box for s in spots], float).reshape(-1, 4), expected)


def inches(sight: Sight, box: Box | Reals, expected: Planogram | None) -> float | None:
    """How far a box's middle is from the left side of the planned fixture; None where its sides are not
    known."""
    if sight.sides is None or expected is None:
        return None
    left, right = sight.sides
    return float(box[0] + box[2] / 2 - left) / (right - left) * expected.fixture.width_in


def enlarged(photo: photos.Photo, zoom: float, seen: NDArray[np.float32]) -> tuple[photos.Photo, Features]:
    """A photo whose working size is ``zoom`` times as large, and its features around (n, 2) places that were
    seen at the smaller one."""
    import cv2

    height, width = photo.pixels.shape[:2]
    size = (round(width * zoom), round(height * zoom))
    scale = photo.scale * zoom
    how = cv2.INTER_AREA if scale < photo.detail_scale else cv2.INTER_CUBIC
    pixels = brightened(np.asarray(cv2.resize(photo.detail, size, interpolation=how), np.uint8))
    first, last, margin = AROUND
    low, high = np.percentile(seen, (first, last), axis=0)
    room = margin * np.array([width, height])
    x0, y0 = np.maximum((low - room) * zoom, 0).astype(int)
    x1, y1 = np.ceil((high + room) * zoom).astype(int)
    found = extract(np.ascontiguousarray(pixels[y0:y1, x0:x1]), MOST_FEATURES_ENLARGED)
    found = replace(found, xy=found.xy + np.array([x0, y0], np.float32))
    return replace(photo, pixels=pixels, scale=scale), found


def also_detected(
    index: Index, sight: Sight, pose: Pose, detector: PackageDetector, odds: dict[int, dict[int, float]],
    expected: Planogram | None,
) -> list[Facing]:
    """Packages that only a detector has found, named where their pixels tell what they are."""
    facings, twins = [], Twins(index, sight.light)
    rows_seen = len(sight.rows.lines)
    lowest = float(min(v.height * scale for v, scale in zip(index.views, pose.scale, strict=True)))
    for one in free_of(detector, sight.photo, sight.boxes, sight.rows, pose, sight.sides, lowest):
        at = inches(sight, one.box, expected)
        here = odds_at(odds.get(one.row, {}), expected, one.row, at)
        beyond = {p: min(n / PLANNED, OF_GALLERY) for p, n in here.items()}
        one = recognize(twins, sight.photo, sight.scene, pose, one, beyond)
        sure = round(where_planned(one, at, expected, rows_seen, sight.sides), 3)
        if sure < SHOWN_FROM:
            continue
        box = within(sight.photo.to_photo(one.box)[0], sight.photo)
        candidates = () if one.spot is None else candidates_of(
            index, one.spot, KNOWN * one.known, here)
        facings.append(Facing(box, sure, one.row, one.kind, candidates, detector.name))
    return facings


def to_original(straight: Straight, found: Sequence[Seen]) -> tuple[Seen, ...]:
    """What was found in a straightened photo, with its boxes in the original's pixels, and without what has
    its middle beyond the original's borders."""
    boxes = straight.boxes_back([f.box for f in found])
    middle = boxes[:, :2] + boxes[:, 2:] / 2
    inside = ((middle >= 0) & (middle <= (straight.original.width, straight.original.height))).all(axis=1)
    return tuple(replace(f, box=within(box, straight.original))
                 for f, box, here in zip(found, boxes, inside, strict=True) if here)


def edges(sight: Sight) -> tuple[Polyline, ...]:
    """The edges of the rows in the pixels of the straightened photo, from its left border to its right."""
    width, scale = float(sight.photo.width), sight.photo.scale
    return tuple(((0.0, a / scale), (width, a / scale + b * width)) for a, b in sight.rows.lines)


def brightened(pixels: Pixels) -> Pixels:
    """A photo whose brightest places are white: the contrast that features are found by is measured against
    the range of a well-lit photo."""
    brightest = float(np.percentile(pixels[::4, ::4], 99.5))
    if brightest >= 230:
        return pixels
    table = np.clip(np.arange(256) * (250 / max(brightest, 16.0)), 0, 255).astype(np.uint8)
    return table[pixels]


def within(box: NDArray[np.float64] | Sequence[float], picture: photos.Photo) -> Box:
    """A box cut at the photo's borders."""
    x0, y0 = max(0.0, float(box[0])), max(0.0, float(box[1]))
    x1 = min(float(picture.width), float(box[0] + box[2]))
    y1 = min(float(picture.height), float(box[1] + box[3]))
    return x0, y0, max(1.0, x1 - x0), max(1.0, y1 - y0)
