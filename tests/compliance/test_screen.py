"""What is learned from labels is screened for those that cannot be right."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance

from core.compliance.screen import Labelled, distances, layout_of, screen


def package(color: str, band: str = "white", size: tuple[int, int] = (120, 180)) -> Image.Image:
    """A box with a band across and a disc."""
    picture = Image.new("RGB", size, color)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, size[1] * 0.55, size[0], size[1] * 0.8), fill=band)
    pen.ellipse((size[0] * 0.2, size[1] * 0.1, size[0] * 0.8, size[1] * 0.45), fill="gold")
    return picture


def encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def seen(picture: Image.Image, light: float = 0.7, seed: int = 0) -> bytes:
    """As on a photo: darker, noisy, a little off."""
    pixels = np.asarray(ImageEnhance.Brightness(picture).enhance(light), float)
    noisy = pixels + np.random.default_rng(seed).normal(0, 8, pixels.shape)
    return encoded(Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)))


PACKS = {1: package("crimson"), 2: package("navy"), 3: package("forestgreen", "yellow")}
VIEWS = {i: [layout_of(encoded(p))] for i, p in PACKS.items()}


def labelled(shown: int, named: int, person: int | None = None, seed: int = 0) -> Labelled:
    """A crop of product ``shown`` that somebody named ``named``."""
    return Labelled(named, layout_of(seen(PACKS[shown], 0.6 + 0.1 * (seed % 4), seed)), person)


def test_a_crop_looks_most_like_its_own_package_in_any_light() -> None:
    """The layout bears light and noise."""
    for light in (0.4, 0.7, 1.2):
        crops = [layout_of(seen(p, light, i)) for i, p in PACKS.items()]
        assert distances(crops, [VIEWS[i][0] for i in PACKS]).argmin(1).tolist() == [0, 1, 2]


def test_right_labels_are_kept() -> None:
    """Nothing is held back."""
    found = screen([labelled(i, i, seed=s) for i in PACKS for s in range(4)], VIEWS)
    assert all(found.kept)
    assert not found.products
    assert not found.people


def test_one_wrong_label_is_left_out_and_the_others_stay() -> None:
    """The product goes on learning from the rest."""
    found = screen([labelled(1, 1), labelled(1, 1, seed=1), labelled(2, 1, seed=2)], VIEWS)
    assert found.kept == (True, True, False)
    assert not found.products


def test_a_product_whose_labels_flipped_is_held_back_as_a_whole() -> None:
    """Most of what was named so shows another product."""
    found = screen([labelled(1, 1), labelled(2, 1, seed=1), labelled(2, 1, seed=2), labelled(3, 3)], VIEWS)
    assert found.kept == (False, False, False, True)
    assert found.products == {1}


def test_a_person_who_names_most_wrongly_teaches_nothing() -> None:
    """Nor by the few names that happen to look right."""
    wrong = [labelled(1 + s % 3, 1 + (s + 1) % 3, person=7, seed=s) for s in range(6)]
    careful = [labelled(i, i, person=8, seed=s) for i in PACKS for s in range(8)]
    found = screen([*wrong, labelled(1, 1, person=7, seed=9), *careful], VIEWS)
    assert found.people == {7}
    assert found.kept == (False,) * 7 + (True,) * 24


def test_a_product_without_a_picture_is_not_judged() -> None:
    """There is nothing to hold its crops against."""
    found = screen([labelled(1, 9), labelled(2, 9, seed=1)], VIEWS)
    assert found.kept == (True, True)
    assert screen([labelled(1, 1)], {}).kept == (True,)
    assert screen([], VIEWS).kept == ()


def test_a_new_design_may_look_like_its_brand() -> None:
    """A variant in the colors of its siblings is no mistake; in those of another brand it is."""
    crops = [labelled(2, 1), labelled(2, 1, seed=1)]
    assert screen(crops, VIEWS, {1: "acme", 2: "acme", 3: "other"}).kept == (True, True)
    assert screen(crops, VIEWS, {1: "acme", 2: "other", 3: "other"}).kept == (False, False)
    assert screen(crops, VIEWS, {1: "", 2: "", 3: ""}).kept == (False, False)
