"""Probabilities that mean what they say: of what is told at 0.7, seven in ten are right.

    python -m ml.eval.calibrate --photos 24 --output runs/weights.json

fits the weights by which print becomes a probability to rendered photos (``ml.eval.evidence``), shows them
beside those in use, and judges both on every fourth photo, which is not fitted to. A detector is calibrated
where it is exported: a network's score grows with how well it has learned, so that one trained for an hour
shows almost nothing at 0.5.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ml.eval.detection import Judged
from ml.tools.files import write_json
from ml.vision.detector import AS_IT_IS, Calibration, logit

if TYPE_CHECKING:
    from ml.eval.evidence import Collected, Fellow, Place

FEWEST = 50
"""Detections or packages of each sort, right and wrong ones, below which nothing is fitted."""

HELD_OUT = 4
"""One of so many photos is not fitted to."""

RIDGE = 1.0
"""Strength with which weights are held to none, in samples."""

Reals = NDArray[np.float64]
Weights = Mapping[str, float]


def calibration(judged: Sequence[Judged]) -> Calibration:
    """Slope and shift of the logit of a detector's score (Platt 1999). Where there are too few detections to
    tell, or none of one sort, or the surer ones are not the better ones, the score stays as it is; the order
    of detections never changes."""
    from sklearn.linear_model import LogisticRegression

    score = np.concatenate([one.confidence for one in judged]) if judged else np.zeros(0, np.float32)
    right = np.concatenate([one.met >= 0 for one in judged]) if judged else np.zeros(0, bool)
    if min(int(right.sum()), int((~right).sum())) < FEWEST:
        return AS_IT_IS
    fit = LogisticRegression(C=1e6).fit(logit(score)[:, None], right)
    slope, shift = float(fit.coef_[0, 0]), float(fit.intercept_[0])
    return Calibration(slope, shift) if slope > 0 else AS_IT_IS


def presence(places: Sequence[Place]) -> Weights:
    """Weights of the logit that a package stands at a place (``ml.vision.resolve``): logistic regression,
    places that are packages' and others alike in weight. Empty with too few of either sort."""
    there = np.array([p.is_there for p in places], bool)
    if not _enough(there):
        return {}
    base, witnesses, explained = _logistic(_print_of(places), there)
    return {"BASE": base, "WITNESSES": witnesses, "EXPLAINED": explained}


def naming(places: Iterable[Place]) -> Weights:
    """Weights of what each candidate alone has (``ml.vision.variants``): a conditional logit. Empty with too
    few places that have two candidates."""
    from scipy.optimize import minimize

    asked = [p for p in places if p.right >= 0 and len(p.own) > 1]
    if len(asked) < FEWEST:
        return {}

    def cost(weights: Reals) -> float:
        held = RIDGE * float(weights @ weights) / (100 * len(asked))
        return _naming_loss(asked, float(weights[0]), float(weights[1])) + held

    found = minimize(cost, np.array([3.0, 6.0]), method="Nelder-Mead").x
    return {"OWN_WEIGHT": float(found[0]), "TINT_WEIGHT": float(found[1])}


def strangeness(fellows: Sequence[Fellow], known: float) -> Weights:
    """Where a package is as likely another product as its fellows' (``ml.vision.naming``), and how sharply,
    where a share ``known`` of packages is what its print says: by those that are strange at all, as some
    variants differ by less than can be seen. Empty with too few of either sort, or where the others are no
    stranger."""
    odd = [f for f in fellows if f.strange > 0]
    share, other = np.array([f.strange for f in odd], float), np.array([f.is_other for f in odd], bool)
    if not _enough(other):
        return {}
    base, slope = _logistic(share[:, None], other)
    if slope <= 0:
        return {}
    return {"STRANGE": (float(np.log(known / (1 - known))) - base) / slope, "SOFTNESS": 1 / slope}


def _enough(is_so: NDArray[np.bool_]) -> bool:
    return min(int(is_so.sum()), int((~is_so).sum())) >= FEWEST


def losses(collected: Sequence[Collected], weights: Weights, known: float) -> dict[str, float]:
    """Mean negative logarithm of the probability that is given to what is so, for each kind of weight;
    presence with places of both sorts alike in weight, strangeness with others weighing as they are rare."""
    places = [p for c in collected for p in c.places]
    asked = [p for p in places if p.right >= 0 and len(p.own) > 1]
    there = np.array([p.is_there for p in places], bool)
    says = weights["BASE"] + _print_of(places) @ [weights["WITNESSES"], weights["EXPLAINED"]]
    fellows = [f for c in collected for f in c.fellows]
    other = np.array([f.is_other for f in fellows], bool)
    strange = (np.array([f.strange for f in fellows]) - weights["STRANGE"]) / weights["SOFTNESS"]
    return {
        "presence": _loss(says, there, 0.5),
        "naming": _naming_loss(asked, weights["OWN_WEIGHT"], weights["TINT_WEIGHT"]),
        "strangeness": _loss(strange, other, 1 - known),
    }


def in_use() -> dict[str, float]:
    """The weights that the reader has."""
    from ml.vision import naming as names
    from ml.vision import resolve, variants

    return {
        "BASE": resolve.BASE, "WITNESSES": resolve.WITNESSES, "EXPLAINED": resolve.EXPLAINED,
        "OWN_WEIGHT": variants.OWN_WEIGHT, "TINT_WEIGHT": variants.TINT_WEIGHT,
        "STRANGE": names.STRANGE, "SOFTNESS": names.SOFTNESS,
    }


def fitted(collected: Sequence[Collected], known: float) -> dict[str, float]:
    """All weights by what photos told; those that they do not tell are as in use."""
    places = [p for c in collected for p in c.places]
    fellows = [f for c in collected for f in c.fellows]
    return in_use() | {**presence(places), **naming(places), **strangeness(fellows, known)}


def _print_of(places: Sequence[Place]) -> Reals:
    """(n, 2) e-folds of witnesses over four, and of the share of print that is explained over a tenth."""
    witnesses = np.array([p.witnesses for p in places], float)
    explained = np.array([p.explained for p in places], float)
    return np.column_stack([np.log(np.maximum(witnesses, 1) / 4), np.log((explained + 0.01) / 0.11)])


def _logistic(features: Reals, is_so: NDArray[np.bool_]) -> tuple[float, ...]:
    """Intercept and slopes, both sorts alike in weight."""
    from sklearn.linear_model import LogisticRegression

    fit = LogisticRegression(C=1 / RIDGE, class_weight="balanced").fit(features, is_so)
    return float(fit.intercept_[0]), *(float(slope) for slope in fit.coef_[0])


def _loss(says: Reals, is_so: NDArray[np.bool_], share: float) -> float:
    """Where what is so has this ``share``, however often it was seen."""
    weight = np.where(is_so, share / max(int(is_so.sum()), 1), (1 - share) / max(int((~is_so).sum()), 1))
    return float(weight @ np.logaddexp(0, np.where(is_so, -says, says)))


def _naming_loss(places: Sequence[Place], own: float, tint: float) -> float:
    total = 0.0
    for p in places:
        score = own * np.log(p.own + 1) + tint * p.tint
        total += float(np.logaddexp.reduce(score) - score[p.right])
    return total / max(len(places), 1)


def main(argv: Sequence[str] | None = None) -> int:
    """Print fitted weights beside those in use, and how well both do on photos that were not fitted to."""
    from ml.eval.evidence import FIRST, collected
    from ml.vision.naming import KNOWN

    parser = argparse.ArgumentParser(prog="ml.eval.calibrate", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--photos", type=int, default=24)
    parser.add_argument("--first", type=int, default=FIRST, help="number of the first shelf")
    parser.add_argument("--output", type=Path, help="where the weights are written as JSON")
    given = parser.parse_args(argv)
    photos = list(collected(given.photos, first=given.first))
    print("\n".join(report(photos, KNOWN)))
    if given.output:
        write_json(given.output, fitted(photos, KNOWN))
    return 0


def report(photos: Sequence[Collected], known: float) -> list[str]:
    """Weights fitted to all photos beside those in use, and the losses on those held out."""
    learned = [c for i, c in enumerate(photos) if i % HELD_OUT]
    kept = [c for i, c in enumerate(photos) if not i % HELD_OUT]
    new, old = fitted(photos, known), in_use()
    lines = ["| weight | fitted | in use |", "|---|---|---|"]
    lines += [f"| {name} | {new[name]:.3f} | {old[name]:.3f} |" for name in old]
    fair, now = losses(kept, fitted(learned, known), known), losses(kept, old, known)
    head = f"| loss on {len(kept)} of {len(photos)} photos | fitted to the others | in use |"
    lines += ["", head, "|---|---|---|"]
    return lines + [f"| {name} | {fair[name]:.4f} | {now[name]:.4f} |" for name in fair]


if __name__ == "__main__":
    raise SystemExit(main())
