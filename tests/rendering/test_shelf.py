"""A planogram's photo: what stands where, and departures that the truth tells."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.errors import BadInput
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Product
from ml.rendering import goods
from ml.rendering.articles import assortment, brand_articles
from ml.rendering.departures import KINDS, UNKNOWN, as_planned, departed
from ml.rendering.shelf import HARD, Settings, render
from ml.rendering.truth import Rendered

ARTICLES = [*brand_articles(70, 6, 0, ["box"]), *brand_articles(71, 6, 6, ["can"])]
ARTICLES = [replace(a, size_in=(4.0, 7.0, 3.0)) for a in ARTICLES]
BY_ID = {a.id: a for a in ARTICLES}
CATALOG = {a.id: goods.product_of(a) for a in ARTICLES}
OUTSIDERS = [replace(a, size_in=(3.5, 6.0, 2.0)) for a in assortment(90, 3)]
SMALL = Settings(width=320, art_px=64, neighbors=False)


def plan() -> Planogram:
    """Two shelves of 36 inches with four products of two facings each."""
    fixture = Fixture.shelves(36, 2, 20, 12, cell_width_in=1.0)
    return Planogram(fixture, tuple(
        Position(4 * row + k, row, 9 * k, 9, 9.0 * k, 9.0, facings=2) for row in range(2) for k in range(4)
    ))


def photo(seed: int = 1, settings: Settings = SMALL) -> Rendered:
    return render(plan(), CATALOG, seed, settings, articles=BY_ID, outsiders=OUTSIDERS, beside=OUTSIDERS)


def test_a_photo_shows_every_facing_of_the_plan_in_its_place() -> None:
    """Row by row from left to right, each seen whole and inside of the picture."""
    made = photo()
    assert [(s.row, s.product_id) for s in made.packages] == [(r, 4 * r + k // 2) for r in range(2) for k in range(8)]
    boxes = np.array([s.box for s in made.packages])
    height, width = made.image.shape[:2]
    assert boxes[:, :2].min() >= 0
    assert (boxes[:, :2] + boxes[:, 2:] <= (width, height)).all()
    assert min(s.visible for s in made.packages) > 0.9
    assert len(made.shelves) == 2
    assert not made.gaps


def test_the_same_seed_gives_the_same_photo() -> None:
    """And another seed another one."""
    first, again, other = photo(3), photo(3), photo(4)
    assert np.array_equal(first.image, again.image)
    assert first.packages == again.packages
    assert not np.array_equal(first.image, other.image)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_departures_are_what_differs_from_the_plan(kind: str, seed: int) -> None:
    """The facings that stand elsewhere than planned are exactly those that the truth tells."""
    stands, told = departed(plan(), CATALOG, 1, np.random.default_rng(seed), (kind,), [3.5])
    changed = {s.position for s, p in zip(stands, as_planned(plan()), strict=True) if s.product_id != p.product_id}
    (d,) = told
    position = next(i for i, p in enumerate(plan().positions) if (p.row, p.column) == (d.row, d.column))
    assert d.type == kind
    assert position in changed
    assert len(changed) == (2 if kind == "swapped" else 1)
    there = [s.product_id for s in stands if s.position == position]
    if kind == "missing":
        assert there == [None, None]
    elif kind == "fewer_facings":
        assert there == [d.expected, None]
    else:
        assert there == [d.actual, d.actual] != [d.expected, d.expected]
        assert (d.actual == UNKNOWN) == (kind == "unknown")


def test_missing_facings_are_gaps_in_the_truth_and_in_the_picture() -> None:
    """A gap for each, where no package stands."""
    made = photo(2, replace(SMALL, departures=2, kinds=("missing",)))
    assert len(made.gaps) == 4
    assert len(made.packages) == 12
    for gap in made.gaps:
        middle = gap.box[0] + gap.box[2] / 2
        beside = [s for s in made.packages if s.row == gap.row and s.box[0] < middle < s.box[0] + s.box[2]]
        assert not beside


@pytest.mark.parametrize("name", sorted(HARD))
def test_hard_photos_keep_their_truth_inside(name: str) -> None:
    """Blurred, tilted or hidden: boxes stay in the picture, and signs and hands take from what is seen."""
    made = photo(5, replace(HARD[name], width=320, art_px=64))
    own = [s for s in made.packages if s.row >= 0]
    assert len(own) >= 12
    assert all(s.box[0] >= 0 and s.box[0] + s.box[2] <= 320.01 for s in own)
    if name == "occluded":
        assert min(s.visible for s in own) < 0.9
    assert any(s.row < 0 for s in made.packages)


def test_a_machine_shows_its_slots_behind_coils() -> None:
    """A cabinet with one package a slot."""
    fixture = Fixture.machine((4, 4), pitch_in=4.2, height_in=20)
    slots = Planogram(fixture, tuple(
        Position(4 * r + c, r, c, 1, 4.2 * c, 4.2) for r in range(2) for c in range(4)
    ))
    made = render(slots, CATALOG, 1, SMALL, articles=BY_ID)
    assert [s.column for s in made.packages] == [0, 1, 2, 3] * 2


def test_a_packshot_is_cut_from_its_white_ground() -> None:
    """The package keeps its colors and its size in inches; the ground is gone."""
    picture = np.full((80, 60, 3), 255, np.uint8)
    picture[10:70, 15:45] = (200, 30, 30)
    picture[30:40, 25:35] = 255
    _, data = cv2.imencode(".png", picture[..., ::-1])
    sprite = goods.sprite_of_picture(data.tobytes(), ARTICLES[0])
    level = sprite.levels[0]
    assert level.shape[:2] == (62, 32)
    assert level[31, 16, 3] == 255
    assert sprite.size_in == ARTICLES[0].size_in
    with pytest.raises(BadInput, match="packshot"):
        goods.sprite_of_picture(b"no picture", ARTICLES[0])


def test_views_are_what_is_shown() -> None:
    """With a packshot for a product its photo is made of the packshot."""
    picture = np.full((70, 40, 3), (10, 200, 10), np.uint8)
    _, data = cv2.imencode(".png", picture[..., ::-1])
    made = render(plan(), CATALOG, 1, replace(SMALL, strength=0), articles=BY_ID, views={0: data.tobytes()})
    first = made.packages[0]
    x, y, w, h = (round(v) for v in first.box)
    middle = made.image[y + h // 2, x + w // 2].astype(int)
    assert first.product_id == 0
    assert middle[1] > middle[0] + 60


def test_a_catalog_product_is_drawn_as_in_the_editor() -> None:
    """Shape, color and size of the editor's drawing; variants of a brand share it."""
    chips = [Product(k, f"Ridgeway {f} chips", "Potato chips", "Ridgeway", width_in=6, height_in=9, depth_in=2)
             for k, f in enumerate(("Salted", "Paprika"))]
    first, second = (goods.article_of(p) for p in chips)
    assert first.shape == "bag"
    assert first.brand == second.brand
    assert first.color == second.color
    assert (first.flavor, second.flavor) == ("SALTED CHIPS", "PAPRIKA CHIPS")
    assert goods.article_of(chips[0]) == first
    shots = goods.packshots({p.id: p for p in chips}, 64)
    assert shots[0] != shots[1]
    assert goods.sprite_of_picture(shots[0], first).size_in == first.size_in


def test_a_gallery_has_a_view_of_each_article() -> None:
    """PNG files whose version changes with the goods."""
    gallery = goods.gallery_of(ARTICLES[:3], 64)
    assert [p.product_id for p in gallery.products] == [0, 1, 2]
    assert all(p.views[0].startswith(b"\x89PNG") for p in gallery.products)
    assert gallery.version != goods.gallery_of(ARTICLES[:2], 64).version
