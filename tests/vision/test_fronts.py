"""Packages that only a network has found, by their pixels and by the plan."""

from __future__ import annotations

import numpy as np
import pytest

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from ml.vision.detected import UNPLANNED, Detected, where_planned
from ml.vision.fronts import KNOWN_FROM, fronts_at, of_size, recognized
from ml.vision.gallery import Indexes
from ml.vision.photo import from_pixels
from ml.vision.voting import Pose, Reals
from tests.vision.test_reader import GALLERY, front

cv2 = pytest.importorskip("cv2")
INDEX = Indexes(None).of(GALLERY)
POSE = Pose(0.0, np.array([120 / v.width for v in INDEX.views]))
BOX: Reals = np.array([42.0, 27.0, 117.0, 186.0])
PLAN = Planogram(Fixture.shelves(48.0, 2), (Position(1, 0, 0, 24, 0.0, 24.0), Position(3, 1, 0, 24, 0.0, 24.0)))


def blurred(picture: np.ndarray) -> np.ndarray:
    """(240, 200, 3) a photo of a package without any print that is left."""
    photo = np.full((240, 200, 3), 190, np.uint8)
    photo[30:210, 40:160] = picture
    return np.asarray(cv2.GaussianBlur(photo, (0, 0), 4.0), np.uint8)


def test_a_blurred_package_is_named_by_its_pixels() -> None:
    """Although the network's box is rough."""
    for view, product in enumerate((1, 2, 3)):
        places = fronts_at(INDEX, from_pixels(blurred(front(product))), POSE, BOX)
        assert places[0].view == view
        assert recognized(INDEX, places, {}) > 0.9


def test_a_package_of_no_gallery_is_like_none() -> None:
    """However blurred it is."""
    places = fronts_at(INDEX, from_pixels(blurred(front(9))), POSE, BOX)
    assert recognized(INDEX, places, {}) < 0.5


def test_only_products_of_its_size_are_asked() -> None:
    """A package half as high is another one."""
    assert len(of_size(INDEX, POSE, 120.0, 180.0)) == 3
    assert not len(of_size(INDEX, POSE, 120.0, 90.0))
    assert recognized(INDEX, (), {}) == 0.0


def test_what_is_planned_at_a_place_needs_a_little_less() -> None:
    """But never so little that a product that looks otherwise is taken for it."""
    places = fronts_at(INDEX, from_pixels(blurred(front(9))), POSE, BOX)
    at_place = recognized(INDEX, places, {1: 4.0})
    assert recognized(INDEX, places, {}) <= at_place
    assert at_place < 0.5 or places[0].match > KNOWN_FROM - 0.05


def test_a_lone_detection_where_the_plan_has_nothing_counts_less() -> None:
    """By the odds that are written down; elsewhere, and where places are not known, it stays."""
    one = Detected(BOX, "packaged", 0.6, 0)
    assert where_planned(one, 10.0, PLAN, 2) == 0.6
    odds = UNPLANNED * 0.6 / 0.4
    assert where_planned(one, 30.0, PLAN, 2) == pytest.approx(odds / (1 + odds))
    assert where_planned(one, None, PLAN, 2) == where_planned(one, 30.0, PLAN, 3) == 0.6
    assert where_planned(Detected(BOX, "packaged", 0.97, 0), 30.0, PLAN, 2) > 0.8


def test_what_reaches_beyond_the_side_is_of_another_fixture_where_nothing_is_planned() -> None:
    """Seen past the post; where the plan has something the sides may be a little off."""
    one = Detected(BOX, "packaged", 0.9, 0)
    left, width = float(BOX[0]), float(BOX[2])
    ends = (0.0, left + 0.7 * width)
    assert where_planned(one, 30.0, PLAN, 2, ends) == 0
    assert where_planned(one, 10.0, PLAN, 2, ends) == 0.9
    assert where_planned(one, 30.0, PLAN, 2, (0.0, left + width)) > 0.5
