"""Stage 2: train, resume and export the classifier of SKUs.

    python -m ml.training.train_classifier --config ml/configs/classifier.yaml
    python -m ml.training.train_classifier --resume runs/classifier/latest/last.pt
    python -m ml.training.train_classifier --export-embeddings --weights runs/classifier/latest/best.pt \\
        --data-path ml/data/classifier/train --output-dir models/classifier
    python -m ml.training.train_classifier --export-onnx --weights runs/classifier/latest/best.pt

A crop is named by its nearest neighbors among the embeddings of pictures whose SKU is known, so a new SKU
needs pictures and no training. Each run has a folder with its data hash, configuration and metrics.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadInput, WorkbenchError
from ml.tools.hash_dataset import hash_dataset
from ml.training import runs
from ml.training.classifier_config import ClassifierConfig, classifier_config
from ml.training.config import CONFIGS, read_yaml

if TYPE_CHECKING:
    from ml.training.classifier_data import Labelled
    from ml.training.classifier_run import Trainer

STAGE = "classifier"
OUT = Path("models/classifier")
LICENCE = "AGPL-3.0-or-later; the backbone began with EfficientNet-Lite's ImageNet weights, Apache-2.0"


def train(config: ClassifierConfig, root: Path = runs.ROOT) -> Path:
    """Train from a configuration and return the run's folder. Raises BadInput for data or settings that
    cannot be used, before a folder is made."""
    from ml.training.classifier_run import new_trainer

    data, data_hash = classifier_data(config)
    trainer = new_trainer(config, data)
    folder = runs.start_run(STAGE, config.as_dict(), data_hash, root)
    few = [sku for sku, n in data["train"].counts().items() if n < config.data.min_images_per_sku]
    if few:
        least = config.data.min_images_per_sku
        print(f"{len(few)} of {len(data['train'].classes)} SKUs have < {least} pictures.", flush=True)
    runs.update_run(folder, skus=len(data["train"].classes), skus_below_minimum=len(few))
    _finish(trainer, folder)
    return folder


def resume(weights: Path) -> Path:
    """Take up a run that was ended, from the last epoch that it finished. ``weights``: its last.pt, or its
    folder. Raises BadInput where there is none, or its data have changed."""
    from ml.training.classifier_run import LAST, new_trainer, read_checkpoint

    folder = weights.resolve() if weights.is_dir() else runs.run_of(weights)
    if folder is None or not (folder / runs.RECORD).is_file():
        raise BadInput(f"{weights} belongs to no run.", "Give last.pt of a folder in runs/classifier.")
    record = runs.read_run(folder)
    if record["status"] == "finished":
        raise BadInput(f"The run {folder.name} is finished.", "Start another with --config.")
    config = classifier_config(record["config"])
    data, data_hash = classifier_data(config)
    if data_hash != record["data_hash"]:
        raise BadInput(f"The data of the run {folder.name} have changed since it began.",
                       "Restore them, or start another run with --config.")
    trainer = new_trainer(config, data)
    if (folder / LAST).exists():
        trainer.restore(read_checkpoint(folder / LAST))
    _finish(trainer, folder)
    return folder


def classifier_data(config: ClassifierConfig) -> tuple[dict[str, Labelled], str]:
    """Pictures of each part by SKU, and the hash of all the data. Raises BadInput where there is nothing to
    train on or to choose by."""
    from ml.training.classifier_data import PARTS, image_folder

    root = Path(config.data.path)
    digest = hash_dataset(root).hash
    for part in PARTS[:2]:
        if not (root / part).is_dir():
            raise BadInput(f"{root} has no folder {part}.", f"Put pictures into {part}/<sku>/.")
    parts = {"train": image_folder(root / "train")}
    for part in PARTS[1:]:
        if (root / part).is_dir() and any((root / part).iterdir()):
            parts[part] = image_folder(root / part, parts["train"].classes)
    if len(parts["train"].classes) < 2:
        raise BadInput(f"{root / 'train'} has one SKU.", "A classifier needs two or more to tell apart.")
    return parts, digest


def export_onnx(weights: Path, out: Path | None = None) -> Path:
    """Write ``classifier.onnx`` with its card ``classifier.json``; ``weights`` may be the word imagenet, for
    the backbone alone. Raises BadInput for weights that cannot be used."""
    from ml.training.classifier_export import export_onnx as write

    embedder, _, facts = _network(weights)
    folder = runs.run_of(weights)
    return write(embedder, (out or (folder / "export" if folder else OUT)) / "classifier.onnx", facts)


def export_embeddings(weights: Path, data: Path, out: Path) -> Path:
    """Write the embeddings of every picture in ``data/<sku>/``: a gallery to name crops by."""
    import numpy as np

    from ml.training import classifier_export
    from ml.training.classifier_data import image_folder, read_picture
    from ml.training.classifier_run import BATCH

    embedder, _, _ = _network(weights)
    found = image_folder(data)
    vectors = [
        classifier_export.vectors_of(embedder, [read_picture(f) for f in found.files[at : at + BATCH]])
        for at in range(0, len(found.files), BATCH)
    ]
    return classifier_export.export_embeddings(found, np.concatenate(vectors), out, data)


def _network(weights: Path) -> tuple[Any, ClassifierConfig, dict[str, Any]]:
    from ml.training.arcface import Embedder, Pyramid
    from ml.training.classifier_run import load_embedder

    if str(weights) == "imagenet":
        config = ClassifierConfig()
        pyramid = Pyramid(config.model.backbone, config.model.image_size, True)
        facts = {"name": f"{config.model.backbone} pyramid 1", "licence": LICENCE, "learned_from": "ImageNet"}
        return Embedder(pyramid, 0).eval(), config, facts
    embedder, _, config = load_embedder(weights)
    folder = runs.run_of(weights)
    record = runs.read_run(folder) if folder is not None else {}
    kept = {key: record[key] for key in ("data_hash", "config", "metrics", "started", "commit", "versions")
            if key in record}
    name = f"{config.model.backbone} {config.model.embedding_dim} {record.get('data_hash', '')[:8]}".strip()
    return embedder, config, {"name": name, "licence": LICENCE, **kept}


def _finish(trainer: Trainer, folder: Path) -> None:
    """Train to the end and close the record."""
    from ml.training.classifier_run import fit

    found = fit(trainer, folder)
    runs.finish_run(folder, found, "top1")
    wanted = trainer.config.targets.top1_accuracy_min
    verdict = "reached" if found["top1"] >= wanted else "missed"
    print(f"{folder}: top-1 {found['top1']:.3f}; the target of {wanted:g} is {verdict}.")


def main(argv: Sequence[str] | None = None) -> int:
    """0; 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="ml.training.train_classifier", description="Name SKUs.")
    parser.add_argument("--config", type=Path, help=f"settings of a new run; one lies in {CONFIGS.name}")
    parser.add_argument("--resume", type=Path, help="last.pt of a run that was ended, or its folder")
    parser.add_argument("--export-onnx", action="store_true", help="write the network for ONNX Runtime")
    parser.add_argument("--export-embeddings", action="store_true", help="write vectors of known pictures")
    parser.add_argument("--weights", type=Path, help="best.pt of a run, or imagenet")
    parser.add_argument("--data-path", type=Path, help="pictures in <sku>/; for a new run, the data set")
    parser.add_argument("--output-dir", type=Path, help="where exports go")
    given = parser.parse_args(argv)
    try:
        _run(given)
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _run(given: argparse.Namespace) -> None:
    if (given.export_onnx or given.export_embeddings) and given.weights is None:
        raise BadInput("An export needs weights.", "Give --weights runs/classifier/latest/best.pt.")
    if given.export_embeddings:
        if given.data_path is None:
            raise BadInput("Embeddings are of pictures.", "Give --data-path ml/data/classifier/train.")
        print(export_embeddings(given.weights, given.data_path, given.output_dir or OUT))
    if given.export_onnx:
        print(export_onnx(given.weights, given.output_dir))
    if given.resume is not None:
        resume(given.resume)
    elif given.config is not None:
        content = read_yaml(given.config)
        if given.data_path is not None:
            content = {**content, "data": {**(content.get("data") or {}), "path": str(given.data_path)}}
        train(classifier_config(content))
    elif not (given.export_onnx or given.export_embeddings):
        raise BadInput("Nothing was asked for.", "Give --config, --resume or an export.")


if __name__ == "__main__":
    raise SystemExit(main())
