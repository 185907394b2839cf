"""The detector on dense real shelves that no one rendered.

    python -m ml.eval.shelf_dev --output results/shelf_dev

Eight photos whose reference boxes come from a network that learned from a large set of real shelves, not from
people: so this says how far two networks agree, and the pictures that it writes say who is right. The photos
are for evaluation only; nothing is trained or tuned on them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import SHOWN_FROM
from core.errors import BadInput, WorkbenchError
from ml.eval.detection import Floats, Judged, Score, judge, summary
from ml.tools.files import read_json, write_json
from ml.vision.detector import MODEL, Detector, Pixels

RECALL, PRECISION = 0.75, 0.7
"""What the detector must reach."""
TOLD = ("packages", "recall", "precision", "average_precision")
BOTH, OURS, REFERENCE = (60, 160, 60), (30, 110, 230), (220, 40, 60)
"""Colors (RGB) of boxes that both find, that only we find, that only the reference finds."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo, (height, width, 3) RGB, and its reference boxes, (n, 4): x, y, width, height."""

    name: str
    pixels: Pixels
    reference: Floats


def folder() -> Path:
    """Where the photos lie: below ``WORKBENCH_REAL_DATA``, by default beside the project."""
    return Path(os.environ.get("WORKBENCH_REAL_DATA", "../shared/data")) / "shelf_dev"


def photos(place: Path) -> list[Photo]:
    """Raises BadInput where they are not there."""
    from PIL import Image

    reference = read_json(place / "reference_boxes.json")
    found = []
    for name in sorted(reference):
        if not (place / name).is_file():
            raise BadInput(f"There is no photo {place / name}.", "Check WORKBENCH_REAL_DATA.")
        with Image.open(place / name) as image:
            pixels = np.asarray(image.convert("RGB"), np.uint8)
        found.append(Photo(name, pixels, np.array(reference[name]["xywh"], np.float32).reshape(-1, 4)))
    return found


def compare(detector: Detector, shown: Sequence[Photo], out: Path | None = None) -> dict[str, Score]:
    """Agreement by photo and, as "all", of all; the photos with their boxes are written to ``out``."""
    judged: dict[str, Judged] = {}
    for photo in shown:
        seen = detector.detect(photo.pixels)
        sure = seen.confidence >= SHOWN_FROM
        judged[photo.name] = judge(seen.boxes, seen.confidence, photo.reference)
        if out is not None:
            one = judge(seen.boxes[sure], seen.confidence[sure], photo.reference)
            order = np.argsort(-seen.confidence[sure], kind="stable")
            _write(out / f"{Path(photo.name).stem}.png", drawn(photo, seen.boxes[sure][order], one))
    scores = {name: summary([one], SHOWN_FROM) for name, one in judged.items()}
    return {**scores, "all": summary(list(judged.values()), SHOWN_FROM)}


def drawn(photo: Photo, boxes: Floats, judged: Judged) -> Pixels:
    """The photo with what both find, what only we find and what only the reference finds."""
    import cv2

    canvas = cv2.resize(photo.pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    missed = np.setdiff1d(np.arange(len(photo.reference)), judged.met)
    groups = (
        (photo.reference[missed], REFERENCE), (boxes[judged.met < 0], OURS), (boxes[judged.met >= 0], BOTH),
    )
    for group, color in groups:
        for x, y, width, height in (2 * group).round().astype(int).tolist():
            cv2.rectangle(canvas, (x, y), (x + width, y + height), color, 2)
    return np.asarray(canvas, np.uint8)


def _write(path: Path, pixels: NDArray[np.uint8]) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def main(argv: Sequence[str] | None = None) -> int:
    """0; 1 where recall or precision falls short; 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="ml.eval.shelf_dev", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--output", type=Path, help="folder for the numbers and the annotated photos")
    given = parser.parse_args(argv)
    try:
        scores = compare(Detector(given.model, least=0.05), photos(folder()), given.output)
    except WorkbenchError as error:
        print(f"{error} {error.hint}", file=sys.stderr)
        return 2
    told = {name: score.as_dict() for name, score in scores.items()}
    for name, numbers in told.items():
        print(name, json.dumps({key: numbers[key] for key in TOLD}))
    if given.output:
        write_json(given.output / "shelf_dev.json", told)
    return 0 if scores["all"].recall >= RECALL and scores["all"].precision >= PRECISION else 1


if __name__ == "__main__":
    raise SystemExit(main())
