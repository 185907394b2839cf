"""One run of the SKU classifier: what happens in an epoch, what is kept, and how well it names."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.errors import BadInput
from ml.training import runs
from ml.training.arcface import ArcFace, Embedder, Pyramid, freeze, set_training
from ml.training.classifier_config import ClassifierConfig, classifier_config
from ml.training.classifier_data import (
    Ints,
    Labelled,
    altered,
    confusable_batches,
    random_batches,
    read_picture,
)
from ml.vision.embedding import Floats, turned

LAST, BEST, PYRAMIDS = "last.pt", "best.pt", "pyramids.npy"
NEIGHBORS = 5
BATCH = 32


@dataclass(eq=False)
class Trainer:
    """All that a run changes. ``best``: the highest top-1 on val, ``stale``: epochs since."""

    config: ClassifierConfig
    data: dict[str, Labelled]
    embedder: Embedder
    arcface: ArcFace
    optimizer: torch.optim.Optimizer
    device: str
    epoch: int = 0
    best: float = -1.0
    stale: int = 0

    def save(self, path: Path) -> None:
        """Written whole or not at all."""
        scratch = path.with_name(f".{path.name}.{os.getpid()}")
        torch.save({
            "config": self.config.as_dict(), "classes": list(self.data["train"].classes),
            "embedder": self.embedder.state_dict(), "arcface": self.arcface.state_dict(),
            "optimizer": self.optimizer.state_dict(), "epoch": self.epoch, "best": self.best,
            "stale": self.stale,
        }, scratch)
        scratch.replace(path)

    def restore(self, saved: dict[str, Any]) -> None:
        self.embedder.load_state_dict(saved["embedder"])
        self.arcface.load_state_dict(saved["arcface"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.epoch, self.best, self.stale = saved["epoch"], saved["best"], saved["stale"]


def new_trainer(config: ClassifierConfig, data: dict[str, Labelled]) -> Trainer:
    """A trainer before its first epoch; the same seed gives the same."""
    settings = config.training
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    device = settings.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    model = config.model
    pyramid = Pyramid(model.backbone, model.image_size, model.pretrained)
    embedder = Embedder(pyramid, model.embedding_dim).to(device)
    head = config.metric_head
    arcface = ArcFace(model.embedding_dim, len(data["train"].classes), head.margin, head.scale).to(device)
    deep = freeze(pyramid, model.trained_stages)
    fresh = [*arcface.parameters(), *(embedder.head.parameters() if embedder.head is not None else ())]
    optimizer = torch.optim.AdamW(
        [{"params": fresh, "rate": settings.learning_rate}]
        + ([{"params": deep, "rate": settings.backbone_rate}] if deep else []),
        lr=settings.learning_rate, weight_decay=settings.weight_decay,
    )
    return Trainer(config, data, embedder, arcface, optimizer, device)


def load_embedder(weights: Path) -> tuple[Embedder, tuple[str, ...], ClassifierConfig]:
    """The network of a checkpoint, the names of its classes, and its configuration."""
    saved = read_checkpoint(weights)
    config = classifier_config(saved["config"])
    model = config.model
    embedder = Embedder(Pyramid(model.backbone, model.image_size, False), model.embedding_dim)
    embedder.load_state_dict(saved["embedder"])
    return embedder.eval(), tuple(saved["classes"]), config


def read_checkpoint(weights: Path) -> dict[str, Any]:
    """Raises BadInput for a file that is missing or no checkpoint of the classifier."""
    try:
        saved = torch.load(weights, map_location="cpu", weights_only=True)
        if {"config", "classes", "embedder"} <= set(saved):
            return dict(saved)
    except FileNotFoundError as error:
        raise BadInput(f"There are no weights {weights}.", "They lie in runs/classifier/latest.") from error
    except (RuntimeError, EOFError, ValueError, TypeError, OSError) as error:
        raise BadInput(f"{weights} cannot be read as weights.", "Take best.pt of another run.") from error
    raise BadInput(f"{weights} holds no SKU classifier.", "Take best.pt of a run in runs/classifier.")


def fit(trainer: Trainer, folder: Path) -> dict[str, float]:
    """Train to the end, from wherever the trainer stands, and measure the best epoch: on test, or on val
    where there is no test. ``last.pt`` is whole after every epoch."""
    settings = trainer.config.training
    train, val = trainer.data["train"], trainer.data["val"]
    known = _altered_pyramids(trainer, folder / PYRAMIDS) if not trainer.config.model.trained_stages else None
    if trainer.epoch == 0:
        _begin(trainer, known[0].astype(np.float32) if known is not None else _pyramids(trainer, train.files))
    clean = _pyramids(trainer, val.files) if known is not None else None
    if trainer.epoch == 0:
        trainer.best = _top1(trainer, known, clean)
        trainer.save(folder / BEST)
        runs.update_run(folder, metrics={"val_top1_before": trainer.best})
    while trainer.epoch < settings.epochs and trainer.stale < settings.patience:
        loss = _epoch(trainer, known)
        trainer.epoch += 1
        top1 = _top1(trainer, known, clean)
        better = top1 > trainer.best
        trainer.best, trainer.stale = max(top1, trainer.best), 0 if better else trainer.stale + 1
        if better:
            trainer.save(folder / BEST)
        trainer.save(folder / LAST)
        runs.update_run(folder, epochs_done=trainer.epoch, metrics={"loss": loss, "val_top1": top1})
        print(f"epoch {trainer.epoch}: loss {loss:.3f}, val top-1 {top1:.3f}", flush=True)
    trainer.embedder.load_state_dict(read_checkpoint(folder / BEST)["embedder"])
    part = "test" if "test" in trainer.data else "val"
    asked = _pyramids(trainer, trainer.data[part].files) if known is not None else None
    top1 = _top1(trainer, known, asked, part)
    (folder / PYRAMIDS).unlink(missing_ok=True)
    return {"val_top1": trainer.best, f"{part}_top1": top1, "top1": top1}


def _begin(trainer: Trainer, pyramids: Floats) -> None:
    """Where the descent starts from: Fisher's discriminant, and the classes' means in it."""
    labels = trainer.data["train"].labels
    trainer.embedder.begin(pyramids, labels)
    vectors = torch.from_numpy(_projected(trainer, pyramids)).to(trainer.device)
    trainer.arcface.begin(vectors, torch.from_numpy(labels).to(trainer.device))


def embedded(trainer: Trainer, files: Sequence[Path]) -> Floats:
    """(n, d) unit vectors of pictures as they are."""
    return _projected(trainer, _pyramids(trainer, files))


def nearest_accuracy(asked: Floats, labels: Ints, gallery: Floats, owners: Ints, k: int = NEIGHBORS) -> float:
    """Share of (n, d) unit vectors whose class gets the most of their k nearest of the gallery, a nearer one
    counting for more."""
    near = gallery @ asked.T
    order = np.argsort(-near, axis=0, kind="stable")[: min(k, len(gallery))]
    votes = np.zeros((len(asked), int(max(owners.max(), labels.max())) + 1))
    for row in order:
        votes[np.arange(len(asked)), owners[row]] += np.exp(10 * near[row, np.arange(len(asked))])
    return float((votes.argmax(axis=1) == labels).mean())


def _top1(trainer: Trainer, known: np.ndarray | None, clean: Floats | None, part: str = "val") -> float:
    """On a part, from what is known of the frozen backbone or anew."""
    train, val = trainer.data["train"], trainer.data[part]
    if known is None or clean is None:
        gallery, asked = embedded(trainer, train.files), embedded(trainer, val.files)
    else:
        gallery, asked = _projected(trainer, known[0].astype(np.float32)), _projected(trainer, clean)
    return nearest_accuracy(asked, val.labels, gallery, train.labels)


def _epoch(trainer: Trainer, known: np.ndarray | None) -> float:
    """Once through the data; returns the mean loss. What is drawn depends on the seed and the epoch alone."""
    settings, labels = trainer.config.training, trainer.data["train"].labels
    rng = np.random.default_rng((settings.seed, trainer.epoch))
    torch.manual_seed(settings.seed * 100_003 + trainer.epoch)
    share = 0.5 * (1 + math.cos(math.pi * trainer.epoch / settings.epochs))
    for group in trainer.optimizer.param_groups:
        group["lr"] = group["rate"] * max(share, 0.01)
    set_training(trainer.embedder, True)
    losses = []
    for places in _batches(trainer, rng):
        if known is not None:
            view = rng.integers(len(known), size=len(places))
            pyramids = torch.from_numpy(known[view, places].astype(np.float32)).to(trainer.device)
        else:
            pyramids = trainer.embedder.pyramid(_crops(trainer, places, rng))
        vectors = trainer.embedder.project(pyramids)
        truth = torch.from_numpy(labels[places]).to(trainer.device)
        loss = functional.cross_entropy(trainer.arcface(vectors, truth), truth)
        trainer.optimizer.zero_grad()
        loss.backward()
        trainer.optimizer.step()
        losses.append(float(loss.detach()))
    return float(np.mean(losses))


def _batches(trainer: Trainer, rng: np.random.Generator) -> Iterator[Ints]:
    """Random ones, and with mining after each of them one of confusable SKUs."""
    mining, size = trainer.config.hard_negative_mining, trainer.config.training.batch_size
    labels = trainer.data["train"].labels
    plain = random_batches(len(labels), size, rng)
    if not mining.enabled:
        yield from plain
        return
    prototypes = trainer.arcface.prototypes().detach().cpu().numpy()
    hard = confusable_batches(labels, prototypes, size, mining.confusable, mining.images, rng)
    for batch in plain:
        yield batch
        following = next(hard, None)
        if following is not None:
            yield following


def _crops(trainer: Trainer, places: Ints, rng: np.random.Generator) -> Tensor:
    files, side = trainer.data["train"].files, trainer.config.model.image_size
    return torch.from_numpy(np.stack([altered(read_picture(files[i]), side, rng) for i in places])) \
        .to(trainer.device)


def _altered_pyramids(trainer: Trainer, path: Path) -> np.ndarray:
    """(views, n, d) float16: each picture as it is, then altered; read again where a run is taken up."""
    train, side = trainer.data["train"], trainer.config.model.image_size
    shape = (trainer.config.data.views + 1, len(train.files), trainer.embedder.pyramid.dimensions)
    if path.exists():
        kept = np.load(path, allow_pickle=False)
        if kept.shape == shape:
            return np.asarray(kept)
    views = [_pyramids(trainer, train.files).astype(np.float16)]
    for view in range(1, shape[0]):
        seed = trainer.config.training.seed, view
        crops = (altered(read_picture(f), side, np.random.default_rng((*seed, i)))
                 for i, f in enumerate(train.files))
        views.append(_through(trainer, crops).astype(np.float16))
    made = np.stack(views)
    with path.with_suffix(".part").open("wb") as file:
        np.save(file, made)
    path.with_suffix(".part").replace(path)
    return made


def _pyramids(trainer: Trainer, files: Sequence[Path]) -> Floats:
    side = trainer.config.model.image_size
    return _through(trainer, (turned(read_picture(f), side) for f in files))


@torch.inference_mode()
def _through(trainer: Trainer, crops: Iterator[np.ndarray]) -> Floats:
    """(n, d) pyramids of crops, a few at a time."""
    set_training(trainer.embedder, False)
    found, waiting = [], []
    for crop in crops:
        waiting.append(crop)
        if len(waiting) == BATCH:
            found.append(_some(trainer, waiting))
            waiting = []
    return np.concatenate([*found, _some(trainer, waiting)] if waiting else found)


def _some(trainer: Trainer, crops: list[np.ndarray]) -> Floats:
    seen = trainer.embedder.pyramid(torch.from_numpy(np.stack(crops)).to(trainer.device))
    return np.asarray(seen.cpu().numpy(), np.float32)


@torch.inference_mode()
def _projected(trainer: Trainer, pyramids: Floats) -> Floats:
    trainer.embedder.eval()
    vectors = trainer.embedder.project(torch.from_numpy(pyramids).to(trainer.device))
    return np.asarray(vectors.cpu().numpy(), np.float32)
