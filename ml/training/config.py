"""Configurations of training, read from YAML and checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from core.errors import BadInput

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """``architecture``: a YAML in ``ml/configs``, or one of Ultralytics' by its name (yolov8n, yolo11n …).
    ``weights``: a checkpoint to start from."""

    architecture: str = "shelf_nano"
    weights: str | None = None


@dataclass(frozen=True, slots=True)
class DataConfig:
    """``path``: {train,val,test}/{images,labels}. ``extra``: more folders {images,labels} to train on, such
    as photos that people labelled. ``split``: a frozen split of ``path``, where folders do not divide it."""

    path: str = "ml/data/detector"
    extra: tuple[str, ...] = ()
    split: str | None = None


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """``scales``: how much a scene is enlarged, from and to, before a piece of ``image_size`` px is cut from
    it; ``pieces``: how many of each scene an epoch takes. ``time_hours``: train for that long instead of
    ``epochs``. ``frozen``: layers of the architecture that stay as they are, by number, or
    by path for a part of one, as in "0.m.1"."""

    epochs: int = 100
    time_hours: float | None = None
    batch_size: int = 16
    image_size: int = 320
    validation_size: int = 640
    pieces: int = 4
    scales: tuple[float, float] = (0.6, 1.6)
    learning_rate: float = 0.002
    warmup_epochs: float = 1.0
    frozen: tuple[str | int, ...] = ()
    patience: int = 50
    threads: int = 2
    seed: int = 0
    device: str = "auto"

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "pieces", "threads"):
            if getattr(self, name) < 1:
                raise BadInput(f"training.{name} is {getattr(self, name)}.", "It must be at least 1.")
        for name in ("image_size", "validation_size"):
            if getattr(self, name) < 32 or getattr(self, name) % 32:
                raise BadInput(f"training.{name} is {getattr(self, name)}.", "It must be a multiple of 32.")
        if len(self.scales) != 2 or not 0 < self.scales[0] <= self.scales[1]:
            raise BadInput(f"training.scales is {list(self.scales)}.", "Give two, as in [0.6, 1.6].")


@dataclass(frozen=True, slots=True)
class DetectorTargets:
    """What a detector must reach on the test part."""

    recall_min: float = 0.98
    map50_min: float = 0.95


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """Everything that decides what a run of the detector learns, beside the data and the code."""

    model: ModelConfig = field(default_factory=ModelConfig)
    data: DataConfig = field(default_factory=DataConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    targets: DetectorTargets = field(default_factory=DetectorTargets)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def detector_config(content: Mapping[str, Any]) -> DetectorConfig:
    """Check a configuration. Raises BadInput for a key that nothing reads or a value of another type."""
    return DetectorConfig(
        model=section(ModelConfig, content, "model"),
        data=section(DataConfig, content, "data"),
        training=section(TrainingConfig, content, "training"),
        targets=section(DetectorTargets, content, "targets"),
    ) if known(content, DetectorConfig, "the configuration") else DetectorConfig()


def read_yaml(path: Path) -> dict[str, Any]:
    """Raises BadInput for a file that is missing, no YAML, or no mapping."""
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError as error:
        raise BadInput(f"There is no configuration {path}.", f"Some lie in {CONFIGS.name}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no YAML: {error}.", "Check that it is the right file.") from error
    if not isinstance(content, dict):
        raise BadInput(f"{path} is no configuration.", "Its sections are named, as in model:, training:.")
    return content


def known(content: Mapping[str, Any], kind: type, where: str) -> bool:
    """True; raises BadInput for a key that nothing reads, which is most often a slip."""
    names = [f.name for f in fields(kind)]
    for key in content:
        if key not in names:
            raise BadInput(f"Nothing reads {key!r} in {where}.", f"Known are {', '.join(names)}.")
    return True


def section(kind: type[T], content: Mapping[str, Any], name: str) -> T:
    """A section as its dataclass; what it leaves out has its default."""
    given = content.get(name) or {}
    if not isinstance(given, Mapping):
        raise BadInput(f"{name} is no section of settings.", "Put its settings below it, indented.")
    known(given, kind, name)
    default = kind()
    values = {}
    for key, value in given.items():
        values[key] = _like(getattr(default, key), value, f"{name}.{key}")
    return kind(**values)


def _like(default: Any, value: Any, where: str) -> Any:
    """A value of the type of its default; an optional one is taken as it is."""
    if isinstance(default, tuple):
        if not isinstance(value, list | tuple):
            raise BadInput(f"{where} is {value!r}.", "It is a list.")
        return tuple(value)
    if isinstance(default, bool) or default is None or value is None:
        return value
    if isinstance(default, int) and isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(default, float) and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(default, str) and isinstance(value, str):
        return value
    raise BadInput(f"{where} is {value!r}.", f"It is of the kind of {default!r}.")
