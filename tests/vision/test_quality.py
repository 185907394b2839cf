"""Picture quality: good photos pass, spoiled ones are told, and only useless ones are refused."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.compliance.reading import Problem
from ml.vision.photo import Pixels, from_pixels, load
from ml.vision.quality import judge
from tests.support.drawn_shelf import drawn, from_the_side, turned

SHELF = drawn()


def told(pixels: Pixels, boxes: object = ()) -> dict[str, str]:
    """Severity by code."""
    return {p.code: p.severity for p in judge(from_pixels(np.ascontiguousarray(pixels)), boxes).problems}  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
def test_a_good_photo_has_no_problem(seed: int) -> None:
    """With packages and without."""
    shelf = drawn(seed=seed)
    assert told(shelf.pixels) == told(shelf.pixels, shelf.boxes) == {}


@pytest.mark.parametrize(("code", "severity", "spoil"), [
    ("blurred", "warning", lambda p: cv2.GaussianBlur(p, (0, 0), 2.0)),
    ("blurred", "unusable", lambda p: cv2.GaussianBlur(p, (0, 0), 6.0)),
    ("blurred", "warning", lambda p: cv2.blur(p, (11, 1))),
    ("dark", "warning", lambda p: (p * 0.3).astype(np.uint8)),
    ("dark", "unusable", lambda p: (p * 0.05).astype(np.uint8)),
    ("overexposed", "warning", lambda p: np.where(np.arange(p.shape[1])[:, None] < 270, 255, p).astype(np.uint8)),
    ("overexposed", "unusable", lambda p: np.minimum(p * 4.0, 255).astype(np.uint8)),
    ("glare", "warning", lambda p: cv2.ellipse(p.copy(), (400, 300), (80, 120), 0, 0, 360, (255, 255, 255), -1)),
    ("sideways", "unusable", lambda p: np.rot90(p)),
    ("small", "warning", lambda p: cv2.resize(p, (400, 373), interpolation=cv2.INTER_AREA)),
    ("small", "unusable", lambda p: p[:100, :120]),
])
def test_a_spoiled_photo_is_told(code: str, severity: str, spoil: object) -> None:
    """What is wrong comes first, with its weight."""
    assert told(spoil(SHELF.pixels)).get(code) == severity  # type: ignore[operator]


@pytest.mark.parametrize(("matrix", "expected"), [
    (turned(4, SHELF.pixels), {}), (turned(12, SHELF.pixels), {"tilted": "warning"}),
    (turned(-21, SHELF.pixels), {"tilted": "unusable"}), (from_the_side(0.25, SHELF.pixels), {"aslant": "warning"}),
])
def test_the_angle_of_a_photo_is_told(matrix: np.ndarray, expected: dict[str, str]) -> None:
    """A little askew is nothing."""
    pixels, boxes = SHELF.seen_through(matrix)
    assert {c: s for c, s in told(pixels, boxes).items() if c in ("tilted", "aslant")} == expected


def natural(name: str) -> Pixels:
    from sklearn.datasets import load_sample_image

    return np.asarray(load_sample_image(name), np.uint8)


def furry() -> Pixels:
    """Something with fur and eyes on grass, drawn."""
    rng = np.random.default_rng(4)
    pixels = np.full((600, 800, 3), (70, 120, 50), np.uint8)
    for _ in range(6_000):
        x, y = rng.integers(0, (800, 600))
        inside = ((x - 400) / 220) ** 2 + ((y - 320) / 230) ** 2 < 1
        color = tuple(int(v) for v in rng.normal((170, 120, 70) if inside else (70, 130, 50), 25).clip(0, 255))
        dx, dy = rng.normal(0, 8, 2).astype(int)
        cv2.line(pixels, (int(x), int(y)), (int(x + dx), int(y + 12 + dy)), color, 2, cv2.LINE_AA)
    for x in (330, 470):
        cv2.circle(pixels, (x, 270), 24, (20, 15, 10), -1, cv2.LINE_AA)
    return pixels


@pytest.mark.parametrize("pixels", [
    natural("flower.jpg"), natural("china.jpg"), furry(), np.full((600, 800, 3), 200, np.uint8),
    np.random.default_rng(1).integers(0, 255, (600, 800, 3), dtype=np.uint8),
], ids=["flower", "temple", "animal", "wall", "noise"])
def test_what_is_no_shelf_is_refused(pixels: Pixels) -> None:
    """Photos of a flower and of a temple, a drawn animal, a wall and noise."""
    quality = judge(from_pixels(pixels))
    assert not quality.ok
    assert quality.problems[0].severity == "unusable"


def test_an_animal_is_told_as_no_shelf() -> None:
    """In these words, not as another fault."""
    assert told(furry()) == {"no_shelf": "unusable"}


def test_many_packages_are_a_shelf_whatever_the_lines_say() -> None:
    """Packages hanging on pegs have no edges below them."""
    assert "no_shelf" not in told(furry(), [(50 * i, 100, 40, 60) for i in range(8)])


@pytest.mark.parametrize(("across", "severity"), [(40, None), (15, "warning"), (7, "unusable")])
def test_packages_too_small_are_told(across: float, severity: str | None) -> None:
    """By the middling one."""
    boxes = [(20 + 100 * i, 300, across, across) for i in range(8)]
    assert told(SHELF.pixels, boxes).get("too_far") == severity


def test_packages_cut_by_the_border_are_told_by_side() -> None:
    """Three narrow ones at the left border are a fixture that goes on there."""
    boxes = [*SHELF.boxes, *((0.0, 200.0 * row + 60, 20.0, 120.0) for row in range(3))]
    (problem,) = judge(from_pixels(SHELF.pixels), boxes).problems
    assert (problem.code, problem.text) == ("cut_off", "Packages are cut off at the left.")


def test_another_number_of_rows_is_told_with_the_plan_at_hand() -> None:
    """Four where six are planned."""
    lines = tuple(((0.0, e), (900.0, e)) for e in SHELF.edges)
    photo = from_pixels(SHELF.pixels)
    assert [p.code for p in judge(photo, SHELF.boxes, lines, 6).problems] == ["rows_differ"]
    assert judge(photo, SHELF.boxes, lines, 4).problems == ()


def test_the_worst_comes_first_and_each_has_words() -> None:
    """A sentence and what to do, for every problem that can be raised."""
    problems = judge(from_pixels(cv2.resize(SHELF.pixels, (400, 373)) // 20)).problems
    assert [p.severity for p in problems] == ["unusable", "warning"]
    assert all(isinstance(p, Problem) and p.text.endswith(".") and p.hint.endswith(".") for p in problems)


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (2, 2)])
def test_the_smallest_photos_are_judged_too(size: tuple[int, int]) -> None:
    """Refused, not crashed on."""
    assert not judge(from_pixels(np.full((*size, 3), 90, np.uint8))).ok


def test_a_photo_can_be_judged_from_its_file(tmp_path: Path) -> None:
    """Load and judge together."""
    done, content = cv2.imencode(".jpg", SHELF.pixels[:, :, ::-1])
    assert done
    assert judge(load(content.tobytes())).ok
