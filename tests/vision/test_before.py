"""Hands and signs before a shelf, and what is none."""

from __future__ import annotations

import numpy as np

from ml.vision.before import before, covered
from ml.vision.photo import Photo, from_pixels

SHELVES = (((0.0, 200.0), (600.0, 200.0)), ((0.0, 400.0), (600.0, 400.0)))
PLACE = (260.0, 110.0, 80.0, 90.0)


def shelf() -> np.ndarray:
    """Two shelves with white rails before a gray back, packages on the upper one but for a place."""
    pixels = np.full((500, 600, 3), (120, 125, 130), np.uint8)
    for edge in (200, 400):
        pixels[edge : edge + 24] = (235, 235, 230)
    for i in (0, 1, 2, 4, 5, 6):
        pixels[112:198, 12 + 83 * i : 90 + 83 * i] = (30 + 25 * i, 90, 160 - 20 * i)
    return pixels


def photo(pixels: np.ndarray) -> Photo:
    return from_pixels(pixels.copy())


def test_an_empty_place_has_nothing_before_it() -> None:
    """The shelf's back is seen, and goes on to the sides; so does the rail."""
    assert before(photo(shelf()), SHELVES, [(PLACE, 0)]) == []


def test_a_hand_that_reaches_up_from_below_is_before_the_shelf() -> None:
    """It covers the place, the rail and a part of the lower shelf."""
    pixels = shelf()
    pixels[120:330, 265:335] = (224, 172, 140)
    found = before(photo(pixels), SHELVES, [(PLACE, 0)])
    assert covered(PLACE, found) > 0.6
    assert covered((100.0, 110.0, 80.0, 90.0), found) == 0


def test_a_package_stands_on_its_shelf_and_hides_nothing() -> None:
    """One color all over, down to the edge."""
    pixels = shelf()
    pixels[112:200, 265:335] = (224, 172, 140)
    assert before(photo(pixels), SHELVES, [(PLACE, 0)]) == []


def test_a_place_without_a_shelf_or_beyond_the_photo_tells_nothing() -> None:
    """No row of it is known, or no pixel of it is there."""
    assert before(photo(shelf()), (), [(PLACE, 0)]) == []
    assert before(photo(shelf()), SHELVES, [((700.0, 100.0, 80.0, 90.0), 0)]) == []
