"""How well a network in training finds packages: the same judging as of the one that is shipped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.compliance.reading import SHOWN_FROM
from ml.eval.detection import evaluate, labelled
from ml.vision.detector import Detections, Pixels, found, prepared, shown

if TYPE_CHECKING:
    from torch import nn

LEAST = 0.05
"""Least confidence of what counts for average precision."""
KEPT = ("precision", "recall", "average_precision", "map50", "kinds", "count_mae")


def measure(network: nn.Module, pictures: Sequence[Path], long_side: int) -> dict[str, float]:
    """Look once at each labelled picture, ``long_side`` px large: precision and recall at the confidence from
    which detections are shown, average precision of packages and of kinds."""
    import torch

    network.eval()
    weight = next(network.parameters())

    def detect(pixels: Pixels) -> Detections:
        scale = long_side / max(pixels.shape[:2])
        ready = torch.from_numpy(prepared(pixels, scale)).to(weight.device, weight.dtype)
        with torch.no_grad():
            answer = network(ready)
        answer = answer[0] if isinstance(answer, tuple | list) else answer
        raw = answer[0].float().cpu().numpy().T
        return shown(found(raw, scale, (pixels.shape[1], pixels.shape[0]), LEAST), LEAST)

    score = evaluate(detect, labelled(pictures), SHOWN_FROM).as_dict()
    return {name: score[name] for name in KEPT}
