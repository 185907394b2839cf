"""Crops of packages as points whose nearness is likeness of looks, computed by ONNX Runtime.

What the network is and how well it does is in the card beside it and in ``docs/vision.md``. The file is
checked against the hash in its card before it is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

SHIPPED = Path(__file__).resolve().parent.parent / "models" / "embedding.onnx"
BATCH = 16
"""Crops at once: about 100 MB of memory."""

VIEWS = ((0.0, 1.0), (15.0, 1.0), (-15.0, 1.0), (0.0, 0.8))
"""How a picture of the gallery is looked at: degrees turned, and share of its sides that is seen."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a network: ``name`` with its version, ``sha256`` of the file, side of its input in
    pixels, length of its vectors."""

    name: str
    sha256: str
    image_size: int
    dimensions: int


@dataclass(eq=False)
class Embedding:
    """An embedding network in a file; it is read when the first crop comes. ``threads``: 0 for all cores."""

    path: Path = SHIPPED
    threads: int = 0

    @property
    def name(self) -> str:
        """The network and its version: vectors of two names are never compared."""
        return self.card.name

    @property
    def dimensions(self) -> int:
        return self.card.dimensions

    @cached_property
    def card(self) -> Card:
        """Raises BadInput for a network without a card."""
        path = self.path.with_suffix(".json")
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
            return Card(read["name"], read["sha256"], int(read["image_size"]), int(read["dimensions"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadInput(f"{path} is no card of a network.", "Export it again with its card.") from error

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise BadInput(f"The network {self.path} cannot be read.", "Export it again.") from error
        if hashlib.sha256(content).hexdigest() != self.card.sha256:
            raise BadInput(f"{self.path} is not the file that its card describes.", "Export it again.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def embed(self, crops: Sequence[Pixels]) -> Floats:
        """(n, d) unit vectors of n crops, each (h, w, 3) uint8 RGB of any size."""
        found = [self._session.run(None, {"crops": batch})[0] for batch in self._batches(crops)]
        return np.concatenate(found) if found else np.zeros((0, self.dimensions), np.float32)

    def embed_views(self, pictures: Sequence[Pixels]) -> Floats:
        """(n, views, d) unit vectors of pictures for the gallery: as they are, turned, and from nearer."""
        seen = [turned(p, self.card.image_size, *view) for p in pictures for view in VIEWS]
        return self.embed(seen).reshape(len(pictures), len(VIEWS), self.dimensions)

    def _batches(self, crops: Sequence[Pixels]) -> Iterator[Pixels]:
        side = self.card.image_size
        for start in range(0, len(crops), BATCH):
            yield np.stack([turned(crop, side) for crop in crops[start : start + BATCH]])


def turned(pixels: Pixels, side: int, degrees: float = 0.0, share: float = 1.0) -> Pixels:
    """(side, side, 3): the middle ``share`` of (h, w, 3), turned counterclockwise, mirrored at its border."""
    import cv2

    height, width = pixels.shape[:2]
    if pixels.ndim != 3 or pixels.shape[2] != 3 or not height or not width:
        raise BadInput(f"A crop of shape {pixels.shape} is no picture.", "It is height × width × 3.")
    if (height, width) == (side, side) and not degrees and share == 1:
        return pixels
    scale = np.array([side / (width * share), side / (height * share)])
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = np.empty((2, 3))
    matrix[:, :2] = scale[:, None] * turn
    matrix[:, 2] = (side - 1) / 2 - matrix[:, :2] @ [(width - 1) / 2, (height - 1) / 2]
    if scale.min() < 0.49:
        # A warp takes four pixels for each: what is made much smaller is averaged first.
        small = max(1, round(width * min(1, 2 * scale[0]))), max(1, round(height * min(1, 2 * scale[1])))
        return turned(np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), np.uint8), side,
                      degrees, share)
    way = cv2.INTER_CUBIC if scale.max() > 1 else cv2.INTER_LINEAR
    # Not BORDER_REFLECT_101: OpenCV 5.0 never returns from it where a side has one pixel.
    return np.asarray(cv2.warpAffine(pixels, matrix, (side, side), flags=way,
                                     borderMode=cv2.BORDER_REFLECT), np.uint8)
