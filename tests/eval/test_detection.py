"""How well packages are found."""

import numpy as np
import pytest

from core.compliance.reading import KINDS
from ml.eval.detection import average_precision, evaluate, judge, summary
from ml.vision.detector import Detections

TRUE = np.array([[0, 0, 10, 20], [20, 0, 10, 20], [40, 0, 10, 20]], np.float32)


def test_a_true_box_is_met_once_by_the_surest() -> None:
    """A second box on the same package is a false one."""
    boxes = np.array([[1, 0, 10, 20], [0, 0, 10, 20], [100, 0, 10, 20]], np.float32)
    judged = judge(boxes, np.array([0.6, 0.9, 0.8], np.float32), TRUE)
    assert judged.confidence.tolist() == pytest.approx([0.9, 0.8, 0.6])
    assert judged.met.tolist() == [0, -1, -1]
    score = summary([judged])
    assert (score.recall, score.precision) == (pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_a_box_that_overlaps_too_little_meets_nothing() -> None:
    """IoU below one half."""
    half_off = TRUE + np.array([5, 0, 0, 0], np.float32)
    assert (judge(half_off, np.ones(3, np.float32), TRUE).met == -1).all()


def test_average_precision_by_hand() -> None:
    """Right, wrong, right, and one never found: ½ · 1 … by thirds: 1/3 · 1 + 1/3 · 2/3."""
    boxes = np.array([[0, 0, 10, 20], [100, 0, 10, 20], [20, 0, 10, 20]], np.float32)
    judged = judge(boxes, np.array([0.9, 0.8, 0.7], np.float32), TRUE)
    assert average_precision([judged]) == pytest.approx(1 / 3 + 2 / 9)
    everything = judge(TRUE, np.ones(3, np.float32), TRUE)
    assert average_precision([everything]) == pytest.approx(1)


def test_what_is_unsure_counts_for_the_curve_alone() -> None:
    """Recall and precision are of what is shown."""
    judged = judge(TRUE, np.array([0.9, 0.8, 0.3], np.float32), TRUE)
    score = summary([judged], 0.5)
    assert score.recall == pytest.approx(2 / 3)
    assert score.average_precision == pytest.approx(1)
    assert score.count_mae == 1


def test_empty_pictures_and_nothing_found_are_judged() -> None:
    """Nothing to find and nothing found is right; something missed is not."""
    nothing = np.zeros((0, 4), np.float32)
    none = np.zeros(0, np.float32)
    assert summary([judge(nothing, none, nothing)]).recall == 1
    assert summary([judge(nothing, none, TRUE)]).recall == 0


def test_kinds_are_judged_of_what_was_met() -> None:
    """A box beside every package has no kind to be right about."""
    found = Detections(TRUE[[2, 0]], (KINDS[1], KINDS[0]), np.array([0.6, 0.9], np.float32))
    labels = np.concatenate([np.array([[0], [2], [0]]), TRUE], axis=1).astype(np.float32)
    score = evaluate(lambda pixels: found, [(np.zeros((30, 60, 3), np.uint8), labels)], 0.5)
    assert score.kinds == 0.5
