"""Where packages stand, and of what kind: the network that this project trained on its own renders.

A fully convolutional YOLO (``ml/configs/shelf_lite.yaml``) in ONNX Runtime. It knows packages of about 15 to
100 px, so a photo is looked at once to see how large its packages are, then at the size that brings them to
what the network knows best, as it is and mirrored, at a smaller and at a larger one. What these looks say is
merged.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import KINDS, SHOWN_FROM
from core.errors import WorkbenchError
from ml.vision.merging import SAME_PACKAGE, Boxes, merged, without_doubles
from ml.vision.merging import iou as iou

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

MODEL = Path(__file__).resolve().parent.parent / "models" / "detector.onnx"
STRIDE = 32
GRAY = 114
FIRST_LOOK = 640
"""Long side of the photo at the first look, px."""
SMALLEST_LOOK, LARGEST_LOOK = 320, 1920
USUAL_PX = 30.0
"""Root of the area of a package at the scale that the network knows best."""
SCALE_SLACK = 1.15
"""The first look serves as the middle one where packages are as large as usual, but for this factor."""
LOOKS = (0.7, 1.0, 1.4)
"""Sizes of the looks that are merged, as shares of the middle one. That one is looked at mirrored too: on
rendered validation scenes this raised average precision from 0.933 to 0.941, on hard ones from 0.851 to
0.873, and left it as it was on a real photo."""
HEARD, SURE = 0.02, 0.4
"""Least score of what takes part in a vote; least share of the best score of what tells how large a photo's
packages are."""
MOST = 1200
"""Boxes that are looked at before doubles are removed: six times the packages of a full shelf."""


class Calibration(NamedTuple):
    """What the logit of a score is multiplied by, and what is added to it."""

    slope: float = 1.0
    shift: float = 0.0


AS_IT_IS = Calibration()


class Detections(NamedTuple):
    """``boxes`` (n, 4): x, y, width, height in pixels; ``kinds``: of ``core.compliance.reading.KINDS``;
    ``confidence`` (n,): the probability that a package stands there, the likeliest first."""

    boxes: Floats
    kinds: tuple[str, ...]
    confidence: Floats


@dataclass(eq=False)
class Detector:
    """The network at ``path``, read when the first photo comes. ``threads``: of the processor at most.

    Raises WorkbenchError where the file is missing, or is not the one that its card describes.
    """

    path: Path = MODEL
    threads: int = 2
    least: float = SHOWN_FROM

    def __post_init__(self) -> None:
        self._calibration = Calibration(**verify(self.path).get("calibration", {}))

    @property
    def name(self) -> str:
        """The model with its version, which is the first figures of its hash."""
        return f"{self.path.stem} {_digest(self.path)[:8]}"

    def detect(self, pixels: Pixels) -> Detections:
        """Find packages in a picture, (height, width, 3) RGB."""
        first = self.look(pixels, FIRST_LOOK)
        middle = _middle_look(first, FIRST_LOOK / max(pixels.shape[:2]))
        sides = {round(min(max(middle * share, SMALLEST_LOOK), LARGEST_LOOK)) for share in LOOKS}
        looks = [first if side == FIRST_LOOK else self.look(pixels, side) for side in sorted(sides)]
        looks.append(self.look_mirrored(pixels, round(min(max(middle, SMALLEST_LOOK), LARGEST_LOOK))))
        return shown(merged(looks, len(KINDS)), self.least, self._calibration)

    def look(self, pixels: Pixels, long_side: int) -> Boxes:
        """Find packages at one scale, the picture as large as ``long_side`` px: scores as the network has
        them, from ``HEARD`` or less."""
        height, width = pixels.shape[:2]
        scale = long_side / max(height, width)
        raw = self._session.run(None, {self._input: prepared(pixels, scale)})[0][0].T
        return found(raw, scale, (width, height), min(HEARD, self.least))

    def look_mirrored(self, pixels: Pixels, long_side: int) -> Boxes:
        """The same of the picture's mirror image, with the boxes where they are in the picture."""
        seen = self.look(np.ascontiguousarray(pixels[:, ::-1]), long_side)
        x0, y0, x1, y1 = seen.corners.T
        width = pixels.shape[1]
        return seen._replace(corners=np.stack([width - x1, y0, width - x0, y1], axis=1))

    @cached_property
    def _session(self) -> InferenceSession:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return ort.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])

    @property
    def _input(self) -> str:
        return str(self._session.get_inputs()[0].name)


def load_detector(path: Path | None = None) -> tuple[Detector | None, str]:
    """The detector, or None with the reason, in words for the screen."""
    try:
        return Detector(path or MODEL), ""
    except WorkbenchError as error:
        return None, f"{error.message} {error.hint}"


def verify(path: Path) -> dict[str, Any]:
    """The card of a model. Raises WorkbenchError for one that is missing or has another hash than its card
    says."""
    if not path.is_file():
        raise WorkbenchError(
            f"There is no detector {path.name}.", "Train and export one with ml.training.train_detector."
        )
    card = path.with_suffix(".json")
    if not card.is_file():
        raise WorkbenchError(f"The detector {path.name} has no card.", f"Export it again, with {card.name}.")
    content: dict[str, Any] = json.loads(card.read_text(encoding="utf-8"))
    if content.get("sha256") != _digest(path):
        raise WorkbenchError(
            f"The detector {path.name} is not the file that its card describes.", "Export or fetch it again."
        )
    return content


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def prepared(pixels: Pixels, scale: float) -> Floats:
    """A picture as the network reads it: (1, 3, h, w) in 0 … 1, scaled, and filled up to whole strides."""
    import cv2

    height, width = (max(round(side * scale), 1) for side in pixels.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(pixels, (width, height), interpolation=how)
    canvas = np.full((-(-height // STRIDE) * STRIDE, -(-width // STRIDE) * STRIDE, 3), GRAY, np.uint8)
    canvas[:height, :width] = small
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32) / np.float32(255)


def _middle_look(first: Boxes, scale: float) -> float:
    """Long side at which packages are as large as the network knows them best."""
    if not len(first.score):
        return FIRST_LOOK
    corners = first.corners[first.score >= SURE * first.score.max()]
    sides = corners[:, 2:] - corners[:, :2]
    factor = USUAL_PX / (float(np.median(np.sqrt(sides.prod(axis=1)))) * scale)
    return FIRST_LOOK if 1 / SCALE_SLACK < factor < SCALE_SLACK else FIRST_LOOK * factor


def found(raw: Floats, scale: float, extent: tuple[int, int], least: float) -> Boxes:
    """What the network's answers say, without doubles. ``raw`` (n, 4 + kinds): middle, width and height of a
    box in scaled pixels, then the score of each kind; ``extent``: width and height of the picture."""
    score = 1 - np.prod(1 - raw[:, 4:].clip(0, 1), axis=1)
    order = np.flatnonzero(score >= least)
    order = order[np.argsort(-score[order], kind="stable")][:MOST]
    middle, half = raw[order, :2], raw[order, 2:4] / 2
    unscaled = np.concatenate([middle - half, middle + half], axis=1) / scale
    corners = unscaled.clip(0, np.array([*extent, *extent])).astype(np.float32)
    kept = without_doubles(corners, SAME_PACKAGE)
    kinds = raw[order[kept], 4:].argmax(axis=1)
    return Boxes(corners[kept], kinds, score[order[kept]].astype(np.float32))


def shown(boxes: Boxes, least: float, calibrated: Calibration = AS_IT_IS) -> Detections:
    """Those that are packages with a probability of ``least`` or more."""
    chance = 1 / (1 + np.exp(-(calibrated.slope * logit(boxes.score) + calibrated.shift)))
    told = chance >= least
    first, last = boxes.corners[told, :2], boxes.corners[told, 2:]
    kinds = tuple(KINDS[k] for k in boxes.kinds[told])
    return Detections(np.concatenate([first, last - first], axis=1), kinds, chance[told].astype(np.float32))


def logit(score: Floats) -> Floats:
    """Log odds of scores from 0 to 1, which are kept a millionth away from both."""
    inside = np.asarray(score, np.float64).clip(1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)), np.float32)
