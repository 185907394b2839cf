"""What tells a variant that is not in the gallery."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ml.vision.features import Features
from ml.vision.variants import CELLS, SAME, alone, distances, evenly_lit, strangeness


def fronts(count: int) -> tuple[np.ndarray, np.ndarray]:
    """So many packages with 20 features a cell, of which the packshot knows 15."""
    seen = np.full((count, *CELLS), 20)
    return seen, np.full_like(seen, 15)


def test_fellows_of_one_print_are_not_strange() -> None:
    """All show the same."""
    assert strangeness(*fronts(5)).max() == 0


def test_a_package_that_lacks_its_fellows_label_is_strange() -> None:
    """Six of fifteen cells show another print."""
    seen, known = fronts(6)
    known[0, 2:4] = 1
    found = strangeness(seen, known)
    assert found[0] > 0.3
    assert found[1:].max() == 0


def test_one_cell_is_no_other_product() -> None:
    """A wrinkle or a price tag."""
    seen, known = fronts(6)
    known[0, 0, 1] = 0
    assert strangeness(seen, known).max() == 0


def test_print_that_the_packshot_never_explains_says_nothing() -> None:
    """A new edition: all packages have icons that the packshot lacks."""
    seen, known = fronts(6)
    known[:, 4] = 0
    known[1, 4] = 20
    assert strangeness(seen, known).max() == 0


def test_two_fellows_are_no_majority() -> None:
    """Three packages: none is told strange."""
    seen, known = fronts(3)
    known[0, 2:4] = 0
    assert strangeness(seen, known).max() == 0


def test_worse_light_on_one_package_is_not_another_product() -> None:
    """A third of the print less everywhere."""
    seen, known = fronts(6)
    known[0] = 10
    assert strangeness(seen, known).max() == 0


def printed(shift: Callable[[np.ndarray], np.ndarray]) -> tuple[Features, np.ndarray, np.ndarray]:
    """Features of a front of 200 × 300 pixels whose colors differ from the packshot's by ``shift`` of their
    places, (n, 2) from 0 to 1; what each looks like of the packshot's; and the packshot's colors."""
    rng = np.random.default_rng(1)
    at = rng.uniform(0, 1, (150, 2))
    color = rng.uniform(-30, 30, (150, 3)).astype(np.float32)
    seen = (color + shift(at) + rng.normal(0, 2, (150, 3))).astype(np.float32)
    vectors = np.eye(150, dtype=np.float32)
    one, none = np.ones(150, np.float32), np.zeros(150, np.float32)
    features = Features((at * (200, 300)).astype(np.float32), one, none, vectors, seen)
    return features, (2 - 2 * vectors).astype(np.float32), color


def test_a_reflection_that_grows_over_a_front_is_light_and_not_print() -> None:
    """Bluer by 30 from the top to the bottom: a ceiling mirrored by a glossy box."""
    scene, look, color = printed(lambda at: np.column_stack([0 * at[:, 0], 0 * at[:, 0], -30 * at[:, 1]]))
    before = distances(scene, scene.color, look, color)
    after = distances(scene, evenly_lit(scene, look, color), look, color)
    assert (before > SAME).mean() > 0.1
    assert (after < SAME).all()


def test_a_front_of_another_color_stays_one() -> None:
    """A flavor may differ by the color of its whole box."""
    scene, look, color = printed(lambda at: np.full((len(at), 3), 30.0))
    after = distances(scene, evenly_lit(scene, look, color), look, color)
    assert (after > SAME).all()


def test_a_label_of_another_color_stays_one() -> None:
    """A third of the front, though the print on it looks the same."""
    is_label = np.zeros(150, bool)

    def shift(at: np.ndarray) -> np.ndarray:
        is_label[:] = (at[:, 1] > 0.4) & (at[:, 1] < 0.7)
        return np.where(is_label[:, None], 40.0, 0.0) * np.array([0.0, 1.0, 1.0])

    scene, look, color = printed(shift)
    after = distances(scene, evenly_lit(scene, look, color), look, color)
    assert (after[is_label] > SAME).all()
    assert (after[~is_label] < 0.1).all()


def test_few_features_tell_nothing_of_the_light() -> None:
    """The photo's colors stay as they are."""
    scene, look, color = printed(lambda at: -30 * at[:, [1, 1, 1]])
    few = scene.take(np.arange(10))
    assert np.array_equal(evenly_lit(few, look[:10], color), few.color)


def test_a_crop_and_a_packshot_are_told_apart_only_where_they_differ() -> None:
    """A crop of a photo has all print of another photo, its sibling's packshot little: that alone is nothing."""
    near = np.array([[0.1, 0.1, 0.1], [0.6, 0.6, 0.1]], np.float32)
    differ = {(1, 0): np.array([[50.0, 0.0, 50.0]], np.float32)}
    at = np.array([0, 1, 2])
    assert alone(near, differ, [True, False], at).sum(axis=1).tolist() == [1, 0]
    assert alone(near, differ, [False, False], at).sum(axis=1).tolist() == [2, 0]
