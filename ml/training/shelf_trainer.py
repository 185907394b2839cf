"""Ultralytics' trainer of YOLO, set up for shelves, two processor cores and a process that may be killed.

Import it only after ``ml.training.quiet.quiet_yolo``: the package reads its environment when it is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ultralytics.data import build_yolo_dataset
from ultralytics.data.dataset import YOLODataset
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.utils.torch_utils import strip_optimizer, unwrap_model

from ml.training.config import DetectorConfig
from ml.training.crops import Light, scenes_of, take_piece
from ml.training.measure import measure


class Pieces(torch.utils.data.Dataset[dict[str, Any]]):
    """Some pieces of each scene, others in each epoch."""

    collate_fn = staticmethod(YOLODataset.collate_fn)

    def __init__(self, pictures: list[Path], config: DetectorConfig) -> None:
        self.scenes = scenes_of(pictures)
        self.config = config
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.scenes) * self.config.training.pieces

    def __getitem__(self, index: int) -> dict[str, Any]:
        training = self.config.training
        rng = np.random.default_rng((training.seed, self.epoch, index))
        scene = self.scenes[index % len(self.scenes)]
        piece = take_piece(scene, rng, training.image_size, training.scales, Light())
        labels = torch.from_numpy(piece.labels)
        pixels = np.ascontiguousarray(piece.pixels[..., ::-1].transpose(2, 0, 1))
        return {
            "img": torch.from_numpy(pixels),
            "cls": labels[:, :1],
            "bboxes": labels[:, 1:],
            "batch_idx": torch.zeros(len(labels)),
        }


class ShelfTrainer(DetectionTrainer):
    """``config``, ``pictures`` to train on and those that checkpoints are ``chosen_by`` are set on a subclass
    by ``shelf_trainer``."""

    config: DetectorConfig
    pictures: list[Path]
    chosen_by: list[Path]

    def build_dataset(self, img_path: str, mode: str = "train", batch: int | None = None) -> Any:
        if mode == "train":
            return Pieces(self.pictures, self.config)
        asked = copy(self.args)
        asked.imgsz = self.config.training.validation_size
        stride = max(int(unwrap_model(self.model).stride.max()), 32)
        return build_yolo_dataset(asked, img_path, batch, self.data, mode=mode, rect=True, stride=stride)

    def validate(self) -> tuple[dict[str, float], float]:
        """Our own measure: Ultralytics' gives up on pictures for which its suppression takes long, and so
        judges a dense shelf on a busy machine as if nothing were found."""
        found = measure(self.ema.ema, self.chosen_by, self.config.training.validation_size)
        fitness = (found["map50"] + found["average_precision"]) / 2
        if self.best_fitness is None or self.best_fitness < fitness:
            self.best_fitness = fitness
        return {f"metrics/{name}": value for name, value in found.items()}, fitness

    def final_eval(self) -> None:
        """Only take the optimizer out of the checkpoints; the run measures the best one itself."""
        for path in (self.last, self.best):
            if path.exists():
                strip_optimizer(path)

    def save_model(self) -> bool:
        """Checkpoints are written beside and then put in place: a kill leaves the last whole one."""
        last, best = self.last, self.best
        self.last, self.best = (path.with_name(f".{path.name}.part") for path in (last, best))
        try:
            saved = bool(super().save_model())
            for scratch, path in ((self.last, last), (self.best, best)):
                if scratch.exists():
                    scratch.replace(path)
        finally:
            self.last, self.best = last, best
        return saved


def shelf_trainer(
    config: DetectorConfig, parts: Mapping[str, list[Path]], overrides: dict[str, Any]
) -> ShelfTrainer:
    """A trainer of this configuration on these pictures, with its threads bounded."""
    chosen = {"config": config, "pictures": parts["train"], "chosen_by": parts["val"]}
    made = type("ShelfTrainer", (ShelfTrainer,), chosen)
    trainer: ShelfTrainer = made(overrides=overrides)
    trainer.add_callback("on_train_start", _started)
    trainer.add_callback("on_train_epoch_start", _epoch_started)
    return trainer


def _started(trainer: ShelfTrainer) -> None:
    torch.set_num_threads(trainer.config.training.threads)
    trainer.model.to(memory_format=torch.channels_last)


def _epoch_started(trainer: ShelfTrainer) -> None:
    trainer.train_loader.dataset.epoch = trainer.epoch
