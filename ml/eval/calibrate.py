"""Confidence that means what it says: of detections told at 0.7, seven in ten are right.

A network's score grows with how well it has learned, so that one trained for an hour shows almost nothing at
0.5. Platt (1999): the logit of the score, scaled and shifted so that on labelled pictures, which it has not
learned from, it is right as often as it says. The order of detections does not change.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.eval.detection import Judged
from ml.vision.detector import AS_IT_IS, Calibration, logit

FEWEST = 50
"""Detections, right and wrong ones, below which nothing is calibrated."""


def calibration(judged: Sequence[Judged]) -> Calibration:
    """Slope and shift of the logit. Where there are too few detections to tell, or none of one sort, or the
    surer ones are not the better ones, the score stays as it is."""
    from sklearn.linear_model import LogisticRegression

    score = np.concatenate([one.confidence for one in judged]) if judged else np.zeros(0, np.float32)
    right = np.concatenate([one.met >= 0 for one in judged]) if judged else np.zeros(0, bool)
    if min(int(right.sum()), int((~right).sum())) < FEWEST:
        return AS_IT_IS
    fit = LogisticRegression(C=1e6).fit(logit(score)[:, None], right)
    slope, shift = float(fit.coef_[0, 0]), float(fit.intercept_[0])
    return Calibration(slope, shift) if slope > 0 else AS_IT_IS
