"""How well packages are found: recall and precision at IoU ≥ 0.5, and average precision.

    python -m ml.eval.detection --data ml/data/detector --part test

Judges the file that is shipped, as it is used (both looks, doubles removed), and of every kind as one: what
stands on a shelf matters before what it is made of. Each true box is met at most once; the surest box chooses
first (Everingham et al. 2010). Average precision is the area under the best precision at each recall or more.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import KINDS
from core.errors import BadInput, WorkbenchError
from ml.tools.files import pictures, write_json
from ml.training.crops import labels_of, read_labels
from ml.vision.detector import MODEL, Detections, Detector, Pixels, iou

SAME = 0.5
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """One picture: of each found box its confidence, and the true box it met, or -1; how many true there are;
    and of the met ones how many have the right kind."""

    confidence: Floats
    met: NDArray[np.int_]
    true: int
    right_kind: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """Of a set of pictures, at the confidence from which a detection is shown; ``count_mae``: of the number
    of packages in a picture; ``kinds``: share of the met boxes of the right kind; ``map50``: average
    precision of each kind by itself, in the mean of the kinds that are there."""

    pictures: int
    packages: int
    recall: float
    precision: float
    average_precision: float
    count_mae: float
    kinds: float = 1.0
    map50: float = 1.0

    def as_dict(self) -> dict[str, float]:
        return {name: round(float(getattr(self, name)), 4) for name in self.__slots__}


def judge(boxes: Floats, confidence: Floats, true: Floats, same: float = SAME) -> Judged:
    """Meet found boxes with true ones, (n, 4) and (m, 4): x, y, width, height."""
    order = np.argsort(-confidence, kind="stable")
    overlap = iou(corners(boxes[order]), corners(true))
    met = np.full(len(boxes), -1, np.int_)
    for i in range(len(boxes)):
        if len(true) and overlap[i].max() >= same:
            met[i] = overlap[i].argmax()
            overlap[:, met[i]] = -1.0
    return Judged(confidence[order], met, len(true))


def corners(boxes: Floats) -> Floats:
    """x, y, width, height → x0, y0, x1, y1."""
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)


def summary(judged: Sequence[Judged], least: float = 0.0) -> Score:
    """Over all pictures: recall, precision and counts of what is at least as sure as ``least``; average
    precision of everything."""
    true = sum(j.true for j in judged)
    sure = [j.confidence >= least for j in judged]
    met = sum(int((j.met[s] >= 0).sum()) for j, s in zip(judged, sure, strict=True))
    shown = sum(int(s.sum()) for s in sure)
    off = [abs(int(s.sum()) - j.true) for j, s in zip(judged, sure, strict=True)]
    all_met = sum(int((j.met >= 0).sum()) for j in judged)
    return Score(
        pictures=len(judged),
        packages=true,
        recall=met / true if true else 1.0,
        precision=met / shown if shown else 1.0,
        average_precision=average_precision(judged),
        count_mae=float(np.mean(off)) if off else 0.0,
        kinds=sum(j.right_kind for j in judged) / all_met if all_met else 1.0,
    )


def average_precision(judged: Sequence[Judged]) -> float:
    """Area under precision over recall; 1 where there is nothing to find."""
    true = sum(j.true for j in judged)
    if not true:
        return 1.0
    confidence = np.concatenate([j.confidence for j in judged])
    good = np.concatenate([j.met >= 0 for j in judged])[np.argsort(-confidence, kind="stable")]
    recall = np.cumsum(good) / true
    precision = np.cumsum(good) / np.arange(1, len(good) + 1)
    best_later = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * best_later))


def evaluate(
    detect: Callable[[Pixels], Detections], scenes: Iterable[tuple[Pixels, Floats]], least: float
) -> Score:
    """Judge a detector on pictures with their labels (n, 5): kind, then x, y, width, height in pixels."""
    judged: list[Judged] = []
    of_kind: list[list[Judged]] = [[] for _ in KINDS]
    for pixels, labels in scenes:
        seen = detect(pixels)
        one = judge(seen.boxes, seen.confidence, labels[:, 1:])
        kinds = np.array([KINDS.index(k) for k in seen.kinds], np.int_)
        order = np.argsort(-seen.confidence, kind="stable")
        hit = one.met >= 0
        right = int((kinds[order][hit] == labels[one.met[hit], 0]).sum())
        judged.append(Judged(one.confidence, one.met, one.true, right))
        for number, found in enumerate(of_kind):
            chosen = kinds == number
            true = labels[labels[:, 0] == number, 1:]
            found.append(judge(seen.boxes[chosen], seen.confidence[chosen], true))
    there = [average_precision(found) for found in of_kind if any(one.true for one in found)]
    return replace(summary(judged, least), map50=float(np.mean(there)) if there else 1.0)


def judgments(
    detect: Callable[[Pixels], Detections], scenes: Iterable[tuple[Pixels, Floats]]
) -> list[Judged]:
    """Each picture judged by itself, whatever kind its packages are of."""
    return [
        judge(seen.boxes, seen.confidence, labels[:, 1:])
        for seen, labels in ((detect(pixels), labels) for pixels, labels in scenes)
    ]


def labelled(paths: Iterable[Path]) -> Iterable[tuple[Pixels, Floats]]:
    """Pictures with their labels in pixels, one after the other. Raises BadInput for one that is broken."""
    import cv2

    for path in paths:
        bgr = cv2.imread(str(path))
        if bgr is None:
            raise BadInput(f"{path} cannot be read.", "Look for a damaged file.")
        height, width = bgr.shape[:2]
        labels = read_labels(labels_of(path)) * np.array([1, width, height, width, height], np.float32)
        labels[:, 1:3] -= labels[:, 3:5] / 2
        yield np.ascontiguousarray(bgr[..., ::-1], np.uint8), labels


def main(argv: Sequence[str] | None = None) -> int:
    """0; 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="ml.eval.detection", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", default="test")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args(argv)
    try:
        detector = Detector(given.model, least=0.05)
        score = evaluate(detector.detect, labelled(pictures(given.data / given.part / "images")), 0.5)
    except WorkbenchError as error:
        print(f"{error} {error.hint}", file=sys.stderr)
        return 2
    print(json.dumps(score.as_dict()))
    if given.output:
        write_json(given.output, score.as_dict())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
