"""EfficientNet-Lite0 with ImageNet's weights as the first part of a detector, in stages at strides 4 to 32.

``ml/configs/shelf_lite.yaml`` names it as a model of torchvision, where ``register`` puts it. Batch norms are
folded into the convolutions: frozen, they are no more than that, and half of the time of a pass is theirs.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

NAME = "shelf_efficientnet_lite0"
BACKBONE = "efficientnet_lite0"
STAGES = ((0, 1, 2), (3,), (4, 5), (6,))
"""Which of timm's stages, the stem counted as the first, end at strides 4, 8, 16 and 32."""
WIDTHS = (24, 40, 112, 192)
LAST_DEPTH = 1
"""Blocks of the last of these stages: more of them tell sorts of things apart, not where they are."""


class Normalized(nn.Module):
    """Pictures of 0 to 1 as the backbone was taught to see them."""

    mean: Tensor
    std: Tensor

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def forward(self, pictures: Tensor) -> Tensor:
        return (pictures - self.mean) / self.std


def lite_stages(weights: Any = None, **_: Any) -> nn.Sequential:
    """One module a stride, each to be fed by the one before. ``weights``: None or empty for random ones.
    Raises BadInput where they are not installed."""
    from ml.training.arcface import _backbone

    net: Any = _backbone(BACKBONE, bool(weights)).eval()
    config = net.pretrained_cfg
    stem = nn.Sequential(Normalized(config["mean"], config["std"]), net.conv_stem, net.bn1)
    parts = [stem, *net.blocks]
    parts[STAGES[-1][-1]] = parts[STAGES[-1][-1]][:LAST_DEPTH]
    stages = nn.Sequential(*(nn.Sequential(*(parts[k] for k in stage)) for stage in STAGES))
    _fold(stages)
    return nn.Sequential(stages)  # it is unwrapped, as torchvision's own begin with their features


def register() -> None:
    """Make the stages known to torchvision, and so to Ultralytics' ``TorchVision``; once is enough."""
    from torchvision.models import _api

    if NAME not in _api.list_models():
        _api.register_model(NAME)(lite_stages)


def _fold(module: nn.Module) -> None:
    """Every batch norm into the convolution before it."""
    from timm.layers.norm_act import BatchNormAct2d
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    before: tuple[str, nn.Conv2d] | None = None
    for name, child in list(module.named_children()):
        if isinstance(child, nn.Conv2d):
            before = name, child
        elif isinstance(child, BatchNormAct2d) and before is not None:
            setattr(module, before[0], fuse_conv_bn_eval(before[1], child))
            active = isinstance(child.act, nn.ReLU6)
            setattr(module, name, nn.ReLU6(inplace=True) if active else nn.Identity())
            before = None
        else:
            _fold(child)
