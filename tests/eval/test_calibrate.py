"""Confidence that means what it says."""

import numpy as np
import pytest

from ml.eval.calibrate import calibration
from ml.eval.detection import Judged
from ml.vision.detector import AS_IT_IS, found, logit, shown


def judged(chance_of: object, count: int = 20_000, seed: int = 0) -> Judged:
    """Detections whose chance to be right is a function of their score."""
    rng = np.random.default_rng(seed)
    score = rng.uniform(0.05, 0.95, count).astype(np.float32)
    right = rng.random(count) < chance_of(score)
    return Judged(score, np.where(right, 0, -1), count)


def test_a_network_that_is_too_modest_is_believed_more() -> None:
    """Right at twice its score: afterwards what it says is what is so."""

    def really(score: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-(1.5 * logit(score) + 1.0)))

    fitted = calibration([judged(really)])
    assert fitted == pytest.approx((1.5, 1.0), abs=0.1)
    raw = np.array([[50, 50, 20, 20, 0.4, 0, 0, 0, 0]], np.float32)
    seen = found(raw, 1.0, (100, 100), 0.1)
    told = shown(seen, 0.5, fitted)
    assert told.confidence == pytest.approx(really(np.array([0.4])), abs=0.02)
    assert len(shown(seen, 0.5).boxes) == 0


def test_what_is_right_already_stays() -> None:
    """To within what twenty thousand detections can tell."""
    assert calibration([judged(lambda score: score)]) == pytest.approx(AS_IT_IS, abs=0.1)


@pytest.mark.parametrize(
    "one",
    [judged(lambda s: s, 20), judged(lambda s: s * 0), judged(lambda s: s * 0 + 1), judged(lambda s: 1 - s)],
)
def test_where_nothing_can_be_learned_the_score_stays(one: Judged) -> None:
    """Too few, all wrong, all right, or the surer the worse."""
    assert calibration([one]) == AS_IT_IS
    assert calibration([]) == AS_IT_IS
