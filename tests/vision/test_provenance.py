"""A crop of a photo against a packshot: what each of them says of a package."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.compliance.reading import Gallery, GalleryProduct
from ml.vision.gallery import Index, paper, prepare
from ml.vision.variants import CELLS, CROP_FITS, Evidence, alone, leave_paper, tints
from ml.vision.voting import Hypothesis


def evidence(own: tuple[int, ...], tint: tuple[float, ...], of_photo: tuple[bool, ...]) -> Evidence:
    """Of candidates by the print that each alone has and by their colors."""
    cells = np.zeros((len(own), *CELLS), np.intp)
    return Evidence(np.zeros(len(own)), np.array(own), np.array(tint), 9, cells, cells, of_photo=of_photo)


def test_a_crop_needs_more_than_a_packshot() -> None:
    """What speaks for both alike speaks for the packshot by the edge that any crop has."""
    shares = evidence((3, 3), (0.0, 0.0), (True, False)).shares
    assert np.log(shares[1] / shares[0]) == pytest.approx(CROP_FITS)


def test_a_crop_that_shows_the_package_is_believed() -> None:
    """Its own print and colors outweigh the edge by far."""
    assert evidence((9, 0), (0.5, -0.5), (True, False)).shares[0] > 0.99


def test_of_one_sort_none_has_an_edge() -> None:
    """Packshots among themselves, crops among themselves, and evidence that does not tell."""
    for of_photo in ((False, False), (True, True), ()):
        assert evidence((3, 3), (0.0, 0.0), of_photo).shares.tolist() == [0.5, 0.5]


def packshot() -> np.ndarray:
    """A bottle on white: a dark body, and white beside its neck."""
    pixels = np.full((80, 60, 3), 255, np.uint8)
    pixels[0:40, 20:40] = (40, 90, 60)
    pixels[40:, :] = (40, 90, 60)
    pixels[50:60, 20:40] = 255
    return pixels


def test_paper_is_what_reaches_a_corner() -> None:
    """White beside the neck is paper, a white label is not."""
    found = paper(packshot())
    assert found[10, 5]
    assert found[10, 55]
    assert not found[10, 30]
    assert not found[52:58, 25:35].any()


def test_a_front_that_fills_its_picture_has_no_paper() -> None:
    """A dark box: there is nothing around it."""
    assert not paper(np.full((40, 30, 3), 90, np.uint8)).any()


def indexed() -> Index:
    """A bottle's packshot and, of another product, a crop of the same bottle before a gray shelf."""
    crop = packshot()
    crop[paper(crop)] = 120
    packed = []
    for pixels in (packshot(), crop):
        target = io.BytesIO()
        Image.fromarray(pixels).resize((240, 320)).save(target, "PNG")
        packed.append(target.getvalue())
    return prepare(Gallery((
        GalleryProduct(1, "Packed", "", (), None, None, (packed[0],), ()),
        GalleryProduct(2, "Named", "", (), None, None, (), (packed[1],)),
    ), "provenance"))


def place(view: int) -> Hypothesis:
    none = np.zeros(0, np.intp)
    return Hypothesis(view, np.eye(2, 3), none, none, (0.0, 0.0, 60.0, 80.0))


def test_what_stands_behind_a_package_does_not_speak_for_a_crop() -> None:
    """The photo has a gray shelf beside the neck, as the crop has: neither print nor colors count there."""
    index = indexed()
    shown = [np.zeros((40, 30, 3), np.float32) for _ in range(2)]
    shown[0][:20, :8] = (100, 0, 0)
    apart = np.where(shown[0][..., 0] > 0, 40.0, 0.0).astype(np.float32)
    told = {(1, 0): apart.copy()}
    leave_paper(index, [place(0), place(1)], told)
    assert np.isnan(told[1, 0][5, 3])
    assert told[1, 0][30, 15] == 0
    of_photo = [False, True]
    assert tints(shown[1], shown, {(1, 0): apart}, of_photo)[1] > 0.3
    assert tints(shown[1], shown, told, of_photo)[1] == 0
    near, at = np.array([[9.0], [0.0]], np.float32), np.array([5 * 30 + 3])
    assert alone(near, {(1, 0): apart}, of_photo, at)[1].all()
    assert not alone(near, told, of_photo, at)[1].any()


def test_two_packshots_are_compared_on_their_paper_too() -> None:
    """There their outlines differ, and the photo tells which is right."""
    index = indexed()
    told = {(1, 0): np.full((40, 30), 40, np.float32)}
    leave_paper(index, [place(0), place(0)], told)
    assert not np.isnan(told[1, 0]).any()


def test_packshots_tell_how_large_packages_have_to_be_to_be_seen() -> None:
    """A crop has no more pixels than its photo; where there is nothing else it counts all the same."""
    index = indexed()
    assert index.drawn.tolist() == [True, False]
    assert Index(index.gallery, index.views[1:]).drawn.tolist() == [True]
