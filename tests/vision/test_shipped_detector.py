"""The detector that comes with the workbench."""

import json

import numpy as np

from ml.vision.detector import MODEL, Detector, load_detector


def test_it_is_small_and_is_what_its_card_describes() -> None:
    """At most 12 MB, with its licence, and what it learned from."""
    detector, why = load_detector()
    assert detector is not None, why
    assert MODEL.stat().st_size <= 12_000_000
    card = json.loads(MODEL.with_suffix(".json").read_text())
    assert card["licence"] == "AGPL-3.0-or-later"
    assert len(card["data_hash"]) == 64


def test_it_finds_packages_on_a_drawn_shelf_and_none_on_a_blank_wall() -> None:
    """A row of cartons with print, as plain as can be."""
    shelf = np.full((240, 480, 3), 215, np.uint8)
    rng = np.random.default_rng(3)
    for k in range(8):
        x, color = 20 + 55 * k, rng.integers(20, 230, 3)
        shelf[90:180, x : x + 48] = color
        shelf[105:125, x + 6 : x + 42] = 255 - color
        shelf[140:170, x + 12 : x + 36] = rng.integers(0, 255, (30, 24, 3))
    shelf[180:195] = 120
    seen = Detector(threads=1).detect(shelf)
    inside = (seen.boxes[:, 1] > 60) & (seen.boxes[:, 1] + seen.boxes[:, 3] < 210)
    assert inside.sum() >= 4
    assert len(Detector(threads=1).detect(np.full((240, 480, 3), 215, np.uint8)).boxes) == 0
