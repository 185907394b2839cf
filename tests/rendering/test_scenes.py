"""Random shelves: the same picture twice, boxes where the pixels are, labels that can be read back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.compliance.reading import KINDS
from core.errors import BadInput
from ml.rendering.articles import SHAPES, Article, assortment, brand_articles
from ml.rendering.camera import aimed
from ml.rendering.dataset import (
    Order,
    label_lines,
    labelled,
    picture,
    stock,
    write_classifier,
    write_detector,
)
from ml.rendering.effects import photographed, random_effects
from ml.rendering.hard import TRAY, hard_scene
from ml.rendering.packages import Sprite, as_sprite, sprite_of
from ml.rendering.scenes import random_scene
from ml.rendering.stage import Item, Scene, paint
from ml.rendering.truth import Shown

ARTICLES = assortment(1, 12)


def scene(seed: int, size: int = 256) -> Scene:
    return random_scene(np.random.default_rng(seed), ARTICLES, size, size, art_px=48)


def test_a_seed_gives_the_same_picture_twice() -> None:
    """Scene, painting and photo effects follow from seeds alone."""
    first, second = (paint(scene(3)) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert first[1] == second[1]
    effects = random_effects(np.random.default_rng(3))
    assert np.array_equal(photographed(first[0], effects, 3), photographed(second[0], effects, 3))


@pytest.mark.parametrize("seed", range(6))
def test_every_box_lies_inside_of_the_picture(seed: int) -> None:
    """What a picture's edge cuts is cut in the truth too."""
    _, shown, _ = paint(scene(seed))
    assert shown
    boxes = np.array([s.box for s in shown])
    assert boxes[:, :2].min() >= 0
    assert (boxes[:, :2] + boxes[:, 2:]).max() <= 256
    assert all(0 < s.visible <= 1 for s in shown)


@pytest.mark.parametrize(("yaw", "roll"), [(0.0, 0.0), (0.4, 0.0), (-0.3, 0.06)])
def test_boxes_match_the_pixels_of_flat_colors(yaw: float, roll: float) -> None:
    """A package painted in one color covers its box to within a pixel."""
    camera = aimed(320, 240, (0.0, -4.0), 30.0, 60.0, yaw, 0.1, roll, 0.02)
    red = np.zeros((60, 40, 4), np.uint8)
    red[:] = (255, 0, 0, 255)
    sprite = as_sprite(red, (4.0, 6.0, 2.0), "packaged", "flat")
    items = tuple(Item(sprite, k, x, 0.0, 1.0, 0, k) for k, x in enumerate((-8.0, 0.0, 8.0)))
    template = scene(1)
    bay = replace(template.bays[0], items=items)
    bay = replace(bay, room=replace(bay.room, is_open=True, look=replace(bay.room.look, fence="")))
    image, shown, marks = paint(replace(template, camera=camera, bays=(bay,), overlays=(), uprights=(), tags=(),
                                        background=np.full((240, 320, 3), 90, np.uint8)))
    assert len(shown) == 3
    red_pixels = (image[..., 0] > 200) & (image[..., 1] < 60)
    for s in shown:
        x, y, w, h = s.box
        rows, columns = np.nonzero(red_pixels[:, int(x) - 3 : int(x + w) + 4])
        found = columns.min() + int(x) - 3, rows.min(), columns.max() + int(x) - 2, rows.max() + 1
        assert np.allclose(found, (x, y, x + w, y + h), atol=1.3)
        assert s.visible > 0.95
    assert (marks > 0).sum() == pytest.approx(red_pixels.sum(), rel=0.05)


def test_a_hidden_package_says_how_much_of_it_is_seen() -> None:
    """Half behind another one: half visible."""
    sprite = as_sprite(np.full((40, 40, 4), 255, np.uint8), (6.0, 6.0, 1.0), "packaged", "flat")
    template = scene(1)
    items = (Item(sprite, 1, 0.0, 0.0, 2.0, 0, 0), Item(sprite, 2, 3.0, 0.0, 1.9, 0, 1))
    room = replace(template.bays[0].room, is_open=True, look=replace(template.bays[0].room.look, fence=""))
    camera = aimed(300, 200, (0.0, -3.0), 30.0, 3000.0)
    _, shown, _ = paint(Scene(camera, (replace(template.bays[0], room=room, items=items),),
                              np.zeros((200, 300, 3), np.uint8)))
    assert {s.product_id: round(s.visible, 1) for s in shown} == {1: 0.5, 2: 1.0}


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_shape_is_drawn_in_its_proportion(shape: str) -> None:
    """A sprite fills its bounds and keeps width to height."""
    article = brand_articles(5, 1, shapes=[shape])[0]
    sprite = sprite_of(article, 96)
    height, width = sprite.levels[0].shape[:2]
    wide, high, _ = article.size_in
    assert (width - 2) / (height - 2) == pytest.approx(wide / high, rel=0.12)
    left, top, right, bottom = sprite.bounds
    assert right - left > 0.85
    assert bottom - top > 0.9
    assert sprite.kind in KINDS


def test_variants_share_their_art_and_differ_in_their_accent() -> None:
    """Two flavors of a brand are closer to each other than to any other brand, but not the same."""
    family = brand_articles(8, 6, shapes=["box"])
    assert len({a.flavor for a in family}) == 6
    stranger = replace(brand_articles(9, 1, shapes=["box"])[0], size_in=family[0].size_in)

    def pixels(article: Article) -> np.ndarray:
        sprite: Sprite = sprite_of(article, 96)
        return sprite.levels[0].astype(float)

    own = np.abs(pixels(family[0]) - pixels(family[1])).mean()
    other = np.abs(pixels(family[0]) - pixels(stranger)).mean()
    assert 0.5 < own < 0.6 * other


def test_parts_of_a_data_set_share_no_brand() -> None:
    """Neither with each other nor with those of another seed."""
    brands = [{a.brand for a in stock(seed, part, 12)} for seed in (1, 2) for part in ("train", "val", "test")]
    assert sum(map(len, brands)) == len(set.union(*brands))


def test_detector_labels_can_be_read_back(tmp_path: Path) -> None:
    """Every picture has a label file of lines "class x y w h" inside of 0 to 1, and they match the truth."""
    order = Order(tmp_path, size=160, seed=4, brands=8)
    assert write_detector(order, 4) == {"train": 2, "val": 1, "test": 1}
    images = sorted(tmp_path.glob("*/images/*.jpg"))
    assert len(images) == 4
    for image in images:
        lines = (image.parent.parent / "labels" / f"{image.stem}.txt").read_text().splitlines()
        values = np.array([[float(v) for v in line.split()] for line in lines])
        assert set(values[:, 0]) <= set(range(len(KINDS)))
        assert values[:, 1:].min() >= 0
        assert values[:, 1:].max() <= 1
    _, shown = picture(order, "train", 0)
    assert label_lines(shown, 160, 160) == (tmp_path / "train/labels/train_00000.txt").read_text().splitlines()
    assert all(labelled(s) for s in shown)


def test_classifier_crops_lie_in_one_folder_a_product(tmp_path: Path) -> None:
    """ImageFolder layout, crops of a usable size."""
    counts = write_classifier(Order(tmp_path, size=320, seed=4, brands=6), 60, products=5)
    crops = list(tmp_path.glob("train/*/*.jpg"))
    assert counts["train"] == len(crops) > 0
    assert len({c.parent.name for c in crops}) <= 5


def test_too_few_pictures_are_refused(tmp_path: Path) -> None:
    """Two pictures cannot be parted into three."""
    with pytest.raises(BadInput, match="2 pictures"):
        write_detector(Order(tmp_path), 2)


def test_a_hard_shelf_is_the_same_twice_and_tells_of_no_tray() -> None:
    """Its packages follow from the seed, and an empty tray is none of them."""
    def shown(seed: int) -> tuple[Shown, ...]:
        return paint(hard_scene(np.random.default_rng(seed), ARTICLES, 200, 200, art_px=48))[1]

    found = [shown(seed) for seed in range(4)]
    assert found == [shown(seed) for seed in range(4)]
    told = [s.product_id for one in found for s in one]
    assert told
    assert TRAY not in told


def test_some_hard_shelves_have_an_empty_tray() -> None:
    """Some of eight hard scenes have one, which counts as no facing."""
    scenes = [hard_scene(np.random.default_rng(seed), ARTICLES, 200, 200, art_px=48) for seed in range(8)]
    trays = [item for s in scenes for bay in s.bays for item in bay.items if item.product_id == TRAY]
    assert trays
    assert not any(item.is_front for item in trays)


def test_hard_pictures_are_drawn_by_order(tmp_path: Path) -> None:
    """The same seed and number, but another picture; the manifest tells."""
    order = Order(tmp_path, size=96, seed=5, brands=10, is_hard=True)
    usual, _ = picture(replace(order, is_hard=False), "train", 0)
    hard, _ = picture(order, "train", 0)
    assert not np.array_equal(usual, hard)
    write_detector(order, 3)
    assert json.loads((tmp_path / "manifest.json").read_text())["hard"] is True
