"""The configuration of the SKU classifier, read from YAML and checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from core.errors import BadInput
from ml.training.config import section


@dataclass(frozen=True, slots=True)
class Backbone:
    """``backbone``: efficientnet_lite0 to _lite2, or an EfficientNet by timm's name. ``trained_stages``: how
    many of its last stages learn; with 0 its vectors are computed once, which two cores can do."""

    backbone: str = "efficientnet_lite0"
    pretrained: bool = True
    image_size: int = 224
    embedding_dim: int = 512
    trained_stages: int = 0

    def __post_init__(self) -> None:
        if self.image_size < 32 or self.image_size % 32:
            raise BadInput(f"model.image_size is {self.image_size}.", "It must be a multiple of 32.")
        if self.embedding_dim < 2:
            raise BadInput(f"model.embedding_dim is {self.embedding_dim}.", "At least 2; 512 is usual.")


@dataclass(frozen=True, slots=True)
class MetricHead:
    """ArcFace's additive angle in radians, and the scale of its logits."""

    type: str = "arcface"
    margin: float = 0.5
    scale: float = 64.0

    def __post_init__(self) -> None:
        if self.type != "arcface":
            raise BadInput(f"model.metric_head.type is {self.type!r}.", "It must be arcface.")
        if not 0 <= self.margin < 1.6 or self.scale <= 0:
            raise BadInput(f"A margin of {self.margin} at a scale of {self.scale} cannot be learned.",
                           "Usual are 0.5 and 64.")


@dataclass(frozen=True, slots=True)
class HardNegatives:
    """Batches of SKUs that are easily taken for each other. ``confusable``: how many such SKUs stand together
    in a batch; ``images``: pictures of each."""

    enabled: bool = True
    confusable: int = 8
    images: int = 4


@dataclass(frozen=True, slots=True)
class ClassifierData:
    """``path``: {train,val,test}/<sku>/ pictures. ``views``: how many altered copies of each picture are made
    where the backbone is frozen. SKUs with fewer than ``min_images_per_sku`` are named in the record."""

    path: str = "ml/data/classifier"
    min_images_per_sku: int = 300
    views: int = 3


@dataclass(frozen=True, slots=True)
class ClassifierTraining:
    """``patience``: epochs without a better top-1 on val after which it ends."""

    epochs: int = 20
    batch_size: int = 64
    learning_rate: float = 0.0001
    backbone_rate: float = 0.00003
    weight_decay: float = 0.0005
    patience: int = 6
    threads: int = 2
    seed: int = 0
    device: str = "auto"

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "threads", "patience"):
            if getattr(self, name) < 1:
                raise BadInput(f"training.{name} is {getattr(self, name)}.", "It must be at least 1.")


@dataclass(frozen=True, slots=True)
class ClassifierTargets:
    """What the classifier must reach on the test part."""

    top1_accuracy_min: float = 0.93


@dataclass(frozen=True, slots=True)
class ClassifierConfig:
    """Everything that decides what a run learns, beside the data and the code."""

    model: Backbone = field(default_factory=Backbone)
    metric_head: MetricHead = field(default_factory=MetricHead)
    data: ClassifierData = field(default_factory=ClassifierData)
    hard_negative_mining: HardNegatives = field(default_factory=HardNegatives)
    training: ClassifierTraining = field(default_factory=ClassifierTraining)
    targets: ClassifierTargets = field(default_factory=ClassifierTargets)

    def as_dict(self) -> dict[str, Any]:
        """As in the file: the head below the model, the mining below the data."""
        whole = asdict(self)
        whole["model"]["metric_head"] = whole.pop("metric_head")
        whole["data"]["hard_negative_mining"] = whole.pop("hard_negative_mining")
        return whole


def classifier_config(content: Mapping[str, Any]) -> ClassifierConfig:
    """Check a configuration. Raises BadInput for a key that nothing reads or a value of another type."""
    sections = ("model", "data", "training", "targets")
    for key in content:
        if key not in sections:
            known = ", ".join(sections)
            raise BadInput(f"Nothing reads {key!r} in the configuration.", f"Known are {known}.")
    outer, head = _apart(content, "model", "metric_head")
    data, mining = _apart(content, "data", "hard_negative_mining")
    return ClassifierConfig(
        model=section(Backbone, outer, "model"),
        metric_head=section(MetricHead, head, "metric_head"),
        data=section(ClassifierData, data, "data"),
        hard_negative_mining=section(HardNegatives, mining, "hard_negative_mining"),
        training=section(ClassifierTraining, content, "training"),
        targets=section(ClassifierTargets, content, "targets"),
    )


def _apart(content: Mapping[str, Any], outer: str, inner: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A section without the one inside of it, and the inner one."""
    given = content.get(outer) or {}
    if not isinstance(given, Mapping):
        raise BadInput(f"{outer} is no section of settings.", "Put its settings below it, indented.")
    return {outer: {k: v for k, v in given.items() if k != inner}}, {inner: given.get(inner)}
