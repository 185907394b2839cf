"""The embedding of crops, as it is shipped."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from ml.rendering.articles import brand_articles
from ml.rendering.artwork import draw_front
from ml.vision.embedding import BATCH, SHIPPED, VIEWS, Embedding, turned

MOST_BYTES = 15_000_000


@pytest.fixture(scope="module")
def shipped() -> Embedding:
    return Embedding(threads=1)


def spots(seed: int, height: int = 90, width: int = 60) -> np.ndarray:
    """A package of large colored fields."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 4, 3), np.uint8)
    return np.repeat(np.repeat(coarse, height // 6, 0), width // 4, 1)


def test_vectors_have_length_one_and_keep_their_order(shipped: Embedding) -> None:
    """Also over the border of a batch; each is what it is alone."""
    crops = [spots(k) for k in range(BATCH + 2)]
    vectors = shipped.embed(crops)
    assert vectors.shape == (len(crops), shipped.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    for k in (0, BATCH - 1, BATCH + 1):
        assert np.abs(shipped.embed([crops[k]])[0] - vectors[k]).max() < 1e-4


def test_the_same_package_in_other_light_is_nearer_than_another(shipped: Embedding) -> None:
    """Darker and smaller, against seven other brands."""
    fronts = [draw_front(brand_articles(seed, 1)[0], 90, 130) for seed in range(8)]
    seen = [(front[::2, ::2] * 0.7).astype(np.uint8) for front in fronts]
    near = shipped.embed(seen) @ shipped.embed(fronts).T
    assert (near.argmax(axis=1) == np.arange(8)).all()


def test_no_crops_give_no_vectors(shipped: Embedding) -> None:
    """With the length that any vector would have."""
    assert shipped.embed([]).shape == (0, shipped.dimensions)
    assert shipped.embed_views([]).shape == (0, len(VIEWS), shipped.dimensions)


def test_the_first_view_of_a_picture_is_the_picture(shipped: Embedding) -> None:
    """So that a gallery also tells how a crop of it would be seen."""
    views = shipped.embed_views([spots(1), spots(2)])
    assert views.shape == (2, len(VIEWS), shipped.dimensions)
    assert np.abs(views[:, 0] - shipped.embed([spots(1), spots(2)])).max() < 1e-4
    assert np.abs(views[:, 1] - views[:, 0]).max() > 1e-3


def test_the_shipped_file_is_small_and_the_one_of_its_card() -> None:
    """Its card says where it came from and under which licence."""
    card = json.loads(SHIPPED.with_suffix(".json").read_text())
    assert SHIPPED.stat().st_size == card["bytes"] <= MOST_BYTES
    assert card["licence"]
    assert card["learned_from"]


def test_a_file_that_is_not_the_one_of_its_card_is_never_loaded(tmp_path: Path) -> None:
    """One bit is enough."""
    path = Path(shutil.copy(SHIPPED, tmp_path / "embedding.onnx"))
    shutil.copy(SHIPPED.with_suffix(".json"), tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(BadInput, match="not the file"):
        Embedding(path).embed([spots(0)])


@pytest.mark.parametrize("card", ["", "{}", '{"name": 1, "sha256": "", "image_size": "x", "dimensions": 1}'])
def test_a_network_without_a_card_is_refused(tmp_path: Path, card: str) -> None:
    """By a sentence, not a traceback of JSON."""
    (tmp_path / "a.json").write_text(card)
    with pytest.raises(BadInput, match="no card"):
        Embedding(tmp_path / "a.onnx").embed([spots(0)])


@pytest.mark.parametrize("shape", [(0, 4, 3), (4, 0, 3), (4, 4), (4, 4, 4)])
def test_what_is_no_crop_is_refused(shipped: Embedding, shape: tuple[int, ...]) -> None:
    """Empty, gray, or with transparency."""
    with pytest.raises(BadInput, match="no picture"):
        shipped.embed([np.zeros(shape, np.uint8)])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 700), st.integers(1, 700), st.floats(-45, 45), st.floats(0.5, 1.0))
def test_a_view_of_one_color_is_of_that_color(height: int, width: int, degrees: float, share: float) -> None:
    """However far it is turned: beyond the border it is mirrored, never black."""
    view = turned(np.full((height, width, 3), (200, 90, 30), np.uint8), 32, degrees, share)
    assert view.shape == (32, 32, 3)
    assert np.abs(view.astype(int) - [200, 90, 30]).max() <= 1


def test_a_view_is_turned_counterclockwise_about_its_middle() -> None:
    """The top of a package leans to the left; its middle stays."""
    pixels = np.zeros((101, 101, 3), np.uint8)
    pixels[:50, 48:53] = 255
    view = turned(pixels, 101, 30.0)[..., 0].astype(float)
    _, columns = np.nonzero(view[:20] > 128)
    assert columns.mean() < 42
    assert view[48, 50] > 128
