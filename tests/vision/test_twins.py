"""Near twins told apart by the pixels in which they differ."""

from __future__ import annotations

import numpy as np
import pytest

from core.compliance.reading import Gallery, GalleryProduct
from ml.vision.gallery import Indexes
from ml.vision.photo import from_pixels
from ml.vision.twins import CLEAR, Twins
from ml.vision.variants import unlit
from ml.vision.voting import Hypothesis, box_of
from tests.vision.test_reader import front, png

cv2 = pytest.importorskip("cv2")


def labeled(word: str, ground: int = 5) -> np.ndarray:
    """(180, 120, 3) one design with a word on its label."""
    picture = front(ground).copy()
    cv2.rectangle(picture, (10, 130), (110, 150), (60, 40, 140), -1)
    cv2.putText(picture, word, (14, 146), 0, 0.5, (250, 250, 250), 1, cv2.LINE_AA)
    return picture


GALLERY = Gallery(tuple(
    GalleryProduct(n, name, width_in=5.0, height_in=7.5, views=(png(picture),))
    for n, (name, picture) in enumerate((("Lime", labeled("LIME")), ("Onion", labeled("ONION")),
                                         ("Other", front(6))), 1)
), "twins 1")


def gains(picture: np.ndarray, of: tuple[int, ...], shift: int = 0) -> np.ndarray:
    """What the pixels of a photo of a picture tell of views."""
    index = Indexes(None).of(GALLERY)
    photo = np.full((240, 200, 3), 200, np.uint8)
    photo[30:210, 40 + shift : 160 + shift] = picture
    none = np.zeros(0, np.intp)
    candidates = []
    for v in of:
        size = np.array([index.views[v].width, index.views[v].height], float)
        matrix = np.array([[120 / size[0], 0, 40], [0, 180 / size[1], 30]])
        candidates.append(Hypothesis(v, matrix, none, none, box_of(matrix, size)))
    return Twins(index, unlit()).gains(from_pixels(photo), candidates, 0)


def test_the_word_that_is_printed_tells_twins_apart() -> None:
    """Whichever of the two is asked first."""
    assert gains(labeled("LIME"), (0, 1))[0] > 0.1
    assert gains(labeled("ONION"), (0, 1))[0] < -0.1
    assert gains(labeled("ONION"), (1, 0))[0] > 0.1


def test_light_and_a_few_pixels_of_shift_change_nothing() -> None:
    """A photo is darker and redder than a packshot, and no map is exact."""
    seen = (labeled("ONION") * np.array([0.7, 0.5, 0.4])).astype(np.uint8)
    assert gains(seen, (1, 0), shift=2)[0] > 0.1


def test_what_covers_the_word_leaves_the_twins_alike() -> None:
    """A hand before the label tells of neither."""
    seen = labeled("LIME")
    seen[120:160] = (190, 140, 110)
    assert abs(gains(seen, (0, 1))[0]) < 0.02


def test_pictures_that_differ_in_most_are_not_compared() -> None:
    """Of them print tells, wherever an edition has moved it."""
    assert not gains(labeled("LIME"), (0, 2)).any()


def test_gains_are_opposite_and_bounded() -> None:
    """What one of two gains the other loses."""
    told = gains(labeled("LIME"), (0, 1))
    assert told[0] == pytest.approx(-told[1])
    assert np.abs(told).max() <= CLEAR
