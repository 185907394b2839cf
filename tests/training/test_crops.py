"""Pieces of shelf scenes to train on."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from ml.training.crops import SEEN_FROM, Light, Scene, read_labels, take_piece


def scene(boxes: np.ndarray, side: int = 200) -> Scene:
    """Black, with white packages at x, y, width, height in pixels."""
    picture = np.zeros((side, side, 3), np.uint8)
    for x, y, w, h in boxes.astype(int):
        picture[y : y + h, x : x + w] = 255
    labels = np.concatenate(
        [np.zeros((len(boxes), 1)), (boxes[:, :2] + boxes[:, 2:] / 2), boxes[:, 2:]], axis=1
    )
    labels[:, 1:] /= side
    return Scene(cv2.imencode(".png", picture)[1].tobytes(), labels.astype(np.float32))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000), lowest=st.floats(0.4, 1.5), size=st.sampled_from([64, 96, 160]),
    stretch=st.sampled_from([1.0, 1.5]),
)
def test_labels_stay_on_their_packages(seed: int, lowest: float, size: int, stretch: float) -> None:
    """Wherever the piece is cut, however it is scaled, stretched and mirrored: every label is all white."""
    boxes = np.array([[x, y, 20, 30] for x in range(5, 180, 40) for y in range(5, 160, 50)], float)
    light = Light(brightness=0, contrast=0, color=0, stretch=stretch, worn=0)
    piece = take_piece(scene(boxes), np.random.default_rng(seed), size, (lowest, lowest * 1.5), light)
    assert piece.pixels.shape == (size, size, 3)
    assert ((piece.labels[:, 1:] >= 0) & (piece.labels[:, 1:] <= 1)).all()
    for _, x, y, w, h in piece.labels:
        first = np.ceil(np.array([x - w / 2, y - h / 2]) * size + 1).astype(int)
        last = np.floor(np.array([x + w / 2, y + h / 2]) * size - 1).astype(int)
        assert piece.pixels[first[1] : last[1], first[0] : last[0]].min(initial=255) > 200


def test_what_is_cut_off_too_far_is_painted_over() -> None:
    """Neither told as nothing nor asked for: no white is left without a label."""
    boxes = np.array([[0, 40, 60, 60]], float)
    for seed in range(30):
        piece = take_piece(scene(boxes), np.random.default_rng(seed), 64, (1.0, 1.0))
        if not len(piece.labels):
            assert (piece.pixels < 200).all()
        else:
            assert piece.labels[0, 3:].prod() * 64**2 >= SEEN_FROM * 3600 - 130


def test_a_piece_depends_on_its_seed_alone() -> None:
    """So that a run can be made again."""
    one = scene(np.array([[50, 50, 40, 40]], float))
    first, again, other = (
        take_piece(one, np.random.default_rng(seed), 96, (0.5, 1.5), Light()) for seed in (1, 1, 2)
    )
    assert (first.pixels == again.pixels).all()
    assert (first.labels == again.labels).all()
    assert not np.array_equal(first.pixels, other.pixels)


def test_a_worn_piece_keeps_its_labels_and_loses_its_edges() -> None:
    """Smaller and large again, then compressed."""
    boxes = np.array([[60, 60, 40, 40]], float)
    plain, worn = (
        take_piece(scene(boxes), np.random.default_rng(3), 160, (1.0, 1.0), Light(0, 0, 0, 1, share))
        for share in (0.0, 1.0)
    )
    assert (plain.labels == worn.labels).all()
    between = [((p.pixels > 40) & (p.pixels < 215)).mean() for p in (plain, worn)]
    assert between[1] > between[0]


@pytest.mark.parametrize("line", ["0 0.5 0.5 0.1", "0 a b c d", "0 1.5 0.5 0.1 0.1", "0 nan 0.5 0.1 0.1"])
def test_what_is_no_label_is_refused(tmp_path: Path, line: str) -> None:
    """Rather than learned from."""
    (tmp_path / "a.txt").write_text(f"{line}\n")
    with pytest.raises(BadInput):
        read_labels(tmp_path / "a.txt")


def test_a_scene_without_labels_shows_nothing(tmp_path: Path) -> None:
    """A hard negative: everything in it must be left alone."""
    assert read_labels(tmp_path / "none.txt").shape == (0, 5)


def test_a_damaged_picture_is_refused() -> None:
    """With a sentence."""
    with pytest.raises(BadInput):
        take_piece(Scene(b"no picture", np.zeros((0, 5), np.float32)), np.random.default_rng(0), 64, (1, 1))
