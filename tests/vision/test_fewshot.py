"""Naming crops from a few pictures, on points whose truth is known."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compliance.reading import Gallery, GalleryProduct
from ml.vision.embedding import VIEWS
from ml.vision.fewshot import Views, as_views, classify, scores, views_of

D = 40


def unit(x: np.ndarray) -> np.ndarray:
    return (x / np.linalg.norm(x, axis=-1, keepdims=True)).astype(np.float32)


def world(seed: int, products: int, shift: float = 0.0, noise: float = 0.04) -> tuple[np.ndarray, ...]:
    """Packshots of products, and three photo crops of each, all off by one shift."""
    rng = np.random.default_rng(seed)
    base = unit(np.ones(D) + rng.normal(0, 0.6, (products, D)))
    off = shift * unit(rng.normal(size=D))
    crops = unit(np.repeat(base, 3, 0) + off + rng.normal(0, noise, (3 * products, D)))
    return base, crops, np.repeat(np.arange(products), 3)


def packshots(base: np.ndarray) -> Views:
    return as_views(base[:, None], range(len(base)), [False] * len(base), len(base))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 12), st.integers(1, 9), st.integers(0, 3))
def test_probabilities_are_probabilities(seed: int, crops: int, products: int, without: int) -> None:
    """None negative, no row above 1, and none for a product without a picture."""
    rng = np.random.default_rng(seed)
    views = as_views(unit(rng.normal(size=(products, 2, D))), range(products),
                     (rng.random(products) < 0.5).tolist(), products + without)
    found = classify(unit(rng.normal(size=(crops, D))), views)
    assert found.shape == (crops, products + without)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found.sum(axis=1) <= 1 + 1e-9).all()
    assert not found[:, products:].any()


def test_an_empty_gallery_knows_nothing() -> None:
    """Every crop is unknown."""
    views = as_views(np.zeros((0, 1, D), np.float32), [], [], 3)
    assert not classify(unit(np.ones((2, D))), views).any()


def test_each_crop_is_named_and_the_order_of_the_gallery_does_not_matter() -> None:
    """Products given in another order get the same probabilities."""
    base, crops, truth = world(1, 8)
    found = classify(crops, packshots(base))
    assert (found.argmax(axis=1) == truth).all()
    order = np.random.default_rng(0).permutation(8)
    again = classify(crops, as_views(base[order][:, None], order, [False] * 8, 8))
    assert np.allclose(found, again, atol=1e-6)


def test_what_a_whole_photo_has_in_common_does_not_count() -> None:
    """Crops off by more than products are apart are named by what is left."""
    right = []
    for seed in range(10):
        base, crops, truth = world(seed, 10, shift=0.8)
        right.append((classify(crops, packshots(base)).argmax(axis=1) == truth).mean())
        plain = ((crops @ base.T).argmax(axis=1) == truth).mean()
        assert right[-1] >= plain - 0.1
    assert np.mean(right) > 0.9


def test_a_photo_of_one_product_alone_is_not_taken_for_the_common_shift() -> None:
    """Twelve facings of the same: taking off their mean would leave nothing of them."""
    for seed in range(10):
        base, crops, truth = world(seed, 10)
        rng = np.random.default_rng(seed)
        one = unit(crops[[0] * 12] + rng.normal(0, 0.02, (12, D)))
        assert (classify(one, packshots(base)).argmax(axis=1) == truth[0]).all()


def test_a_crop_of_no_product_is_more_likely_unknown() -> None:
    """Its probability of being none of them is higher than that of crops that are one."""
    base, crops, _ = world(3, 12)
    strange = classify(unit(np.random.default_rng(9).normal(size=(20, D))), packshots(base))
    assert np.median(strange.sum(axis=1)) < classify(crops, packshots(base)).sum(axis=1).min()


def test_scores_of_the_right_product_are_near_one() -> None:
    """As the regression was asked for."""
    base, crops, truth = world(4, 6, noise=0.01)
    known, score, likeness = scores(crops, packshots(base))
    assert known.tolist() == list(range(6))
    own = np.arange(len(crops)), truth
    assert np.abs(score[own] - (1 - 1 / 6)).max() < 0.25
    assert likeness[own].min() > 0.9


def test_a_gallery_is_looked_at_picture_by_picture() -> None:
    """Packshots and confirmed crops of each product; what cannot be read is left out."""
    def png(value: int) -> bytes:
        return cv2.imencode(".png", np.full((20, 16, 3), value, np.uint8))[1].tobytes()

    class Colors:
        def embed(self, crops):  # type: ignore[no-untyped-def]
            return np.array([[c[0, 0, 0], 1] for c in crops], np.float32)

        def embed_views(self, pictures):  # type: ignore[no-untyped-def]
            return np.repeat(self.embed(pictures)[:, None], len(VIEWS), 1)

    gallery = Gallery((
        GalleryProduct(7, "A", views=(png(10), b"nothing"), confirmed=(png(20),)),
        GalleryProduct(8, "B"),
        GalleryProduct(9, "C", views=(png(30),)),
    ), "1")
    views = views_of(gallery, Colors())
    assert views.products == 3
    assert views.product[::len(VIEWS)].tolist() == [0, 0, 2]
    assert views.confirmed[::len(VIEWS)].tolist() == [False, True, False]
    assert views.vectors[::len(VIEWS), 0].tolist() == [10, 20, 30]
