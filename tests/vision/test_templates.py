"""Packages of a drawn shelf found by their colors alone."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.compliance.reading import Gallery, GalleryProduct
from ml.vision.gallery import Index, prepare
from ml.vision.photo import Photo, from_pixels
from ml.vision.templates import chance, pose_by_color, seen_by_color, solid, standing_apart
from ml.vision.voting import Pose

cv2 = pytest.importorskip("cv2")
PER_INCH = 20.0
PLACES = {1: (60, 80), 2: (220, 80), 3: (380, 80)}
"""Upper left corner of each product; all are 5 by 7.5 inches."""


def front(seed: int) -> np.ndarray:
    """(180, 120, 3): a colored ground with a lid, three bands and a disk."""
    rng = np.random.default_rng(seed)
    picture = np.full((180, 120, 3), rng.integers(40, 220, 3), np.uint8)
    picture[:12] = 255 - picture[:12]
    for top in (15, 70, 130):
        picture[top : top + 30, 10:110] = rng.integers(0, 255, 3)
    cv2.circle(picture, (int(rng.integers(30, 90)), 100), 22, rng.integers(0, 255, 3).tolist(), -1)
    return picture


def png(picture: np.ndarray) -> bytes:
    """Encoded."""
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return content.getvalue()


@pytest.fixture(scope="module")
def index() -> Index:
    """Three products with a packshot each."""
    return prepare(Gallery(tuple(
        GalleryProduct(n, f"Product {n}", width_in=5.0, height_in=7.5, views=(png(front(n)),)) for n in PLACES
    ), "drawn"))


@pytest.fixture(scope="module")
def photo() -> Photo:
    """All three side by side, out of focus by as much as takes small print."""
    shelf = np.full((320, 560, 3), 150, np.uint8)
    size = round(5 * PER_INCH), round(7.5 * PER_INCH)
    for n, (x, y) in PLACES.items():
        shelf[y : y + size[1], x : x + size[0]] = cv2.resize(front(n), size, interpolation=cv2.INTER_AREA)
    return from_pixels(np.asarray(cv2.GaussianBlur(shelf, (0, 0), 4.0) * 0.8, np.uint8))


def at(per_inch: float, index: Index) -> Pose:
    """Upright, at so many pixels an inch."""
    return Pose(0.0, np.array([per_inch / (v.per_inch or 1) for v in index.views]))


def test_blurred_packages_are_found_and_named(index: Index, photo: Photo) -> None:
    """Each at its place, the right product first, in a photo darker than the packshots."""
    found = seen_by_color(index, photo, at(PER_INCH, index), np.zeros((0, 4)))
    best = {index.views[p[0].view].product + 1: p[0] for p in found if p[0].alike > 0.9}
    assert sorted(best) == [1, 2, 3]
    for n, (x, y) in PLACES.items():
        assert best[n].box == pytest.approx((x, y, 100, 150), abs=6)
        assert best[n].count == 0


def test_known_places_are_left_out(index: Index, photo: Photo) -> None:
    """What print has told of is not told again."""
    known = np.array([[*PLACES[2], 100.0, 150.0]])
    found = seen_by_color(index, photo, at(PER_INCH, index), known)
    assert {index.views[p[0].view].product + 1 for p in found if p[0].alike > 0.9} == {1, 3}


def test_the_scale_of_a_blurred_photo_is_found_without_a_plan(index: Index, photo: Photo) -> None:
    """Within 5 %."""
    pose = pose_by_color(index, photo)
    assert pose is not None
    assert pose.scale * [v.per_inch for v in index.views] == pytest.approx(PER_INCH, rel=0.05)


def test_a_gallery_without_inches_tells_no_scale(photo: Photo) -> None:
    """None, and no guess."""
    gallery = Gallery((GalleryProduct(1, "Product 1", views=(png(front(1)),)),), "no inches")
    assert pose_by_color(prepare(gallery), photo) is None


def test_an_even_wall_shows_no_package(index: Index) -> None:
    """Nothing is like a front of three bands."""
    wall = from_pixels(np.full((320, 560, 3), 150, np.uint8))
    assert seen_by_color(index, wall, at(PER_INCH, index), np.zeros((0, 4))) == []


def test_white_at_the_rim_is_ground_and_white_inside_is_print() -> None:
    """A red ring on white paper with white in its middle."""
    picture = np.full((60, 60, 3), 255, np.uint8)
    cv2.circle(picture, (30, 30), 20, (200, 0, 0), 8)
    shown = solid(picture)
    assert shown[0, 0] == 0
    assert shown[30, 30] == 1


def test_boxes_that_cover_one_another_do_not_both_stay() -> None:
    """The heavier stays; one that two others cover by a third each goes too."""
    boxes = np.array([[0.0, 0, 10, 10], [14, 0, 10, 10], [6.0, 0, 12, 10], [30, 0, 10, 10]])
    assert standing_apart(boxes, np.array([4.0, 3, 2, 1]), np.zeros((0, 4))) == [0, 1, 3]


def test_more_alike_is_more_likely() -> None:
    """From next to nothing to nearly sure."""
    assert chance(0.5) < 0.05 < 0.4 < chance(0.78) < 0.6 < 0.95 < chance(0.9)
