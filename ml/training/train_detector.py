"""Stage 1: train, resume, validate and export the detector of packages.

    python -m ml.training.train_detector --config ml/configs/detector.yaml
    python -m ml.training.train_detector --resume runs/detector/latest/weights/last.pt
    python -m ml.training.train_detector --validate runs/detector/latest/weights/best.pt
    python -m ml.training.train_detector --export runs/detector/latest/weights/best.pt --output-dir ml/models

A GPU is used where there is one. Each run has a folder with its data hash, configuration and metrics.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.compliance.reading import KINDS
from core.errors import BadInput, WorkbenchError
from ml.training import runs
from ml.training.config import CONFIGS, DetectorConfig, detector_config, read_yaml
from ml.training.data import PARTS, detector_data
from ml.training.quiet import quiet_yolo

STAGE = "detector"


def train(config: DetectorConfig, root: Path = runs.ROOT) -> Path:
    """Train from a configuration and return the run's folder. Raises BadInput for data or settings that
    cannot be used, before a folder is made."""
    parts, data_hash = detector_data(config)
    _architecture(config)
    folder = runs.start_run(STAGE, config.as_dict(), data_hash, root)
    _fit(folder, config, parts, {})
    return folder


def resume(weights: Path) -> Path:
    """Take up a run that was ended. Raises BadInput where there is none, or its data have changed."""
    folder = _run_of(weights)
    record = runs.read_run(folder)
    if record["status"] == "finished":
        raise BadInput(f"The run {folder.name} is finished.", "Start another from its --weights.")
    config = detector_config(record["config"])
    parts, data_hash = detector_data(config)
    if data_hash != record["data_hash"]:
        raise BadInput(
            f"The data of the run {folder.name} have changed since it began.",
            "Restore them, or start another run from its --weights.",
        )
    _fit(folder, config, parts, {"resume": str(weights.resolve()), "save_dir": str(folder)})
    return folder


def validate(weights: Path, data: Path | None = None) -> dict[str, float]:
    """Metrics on the test part, or the validation part where there is none; kept in the record of its run."""
    folder = _run_of(weights)
    config = detector_config(runs.read_run(folder)["config"])
    if data is not None:
        config = detector_config({**config.as_dict(), "data": {"path": str(data)}})
    parts, _ = detector_data(config)
    found = _measured(folder, weights, config, parts)
    runs.update_run(folder, metrics=found)
    return found


def _run_of(weights: Path) -> Path:
    if not weights.is_file():
        raise BadInput(f"There are no weights {weights}.", "They lie in runs/detector/latest/weights.")
    folder = runs.run_of(weights)
    if folder is None:
        raise BadInput(f"{weights} belongs to no run.", "Give weights that lie in a run's folder.")
    return folder


def _architecture(config: DetectorConfig) -> str:
    """What Ultralytics builds the network from. Raises BadInput for a name that is none."""
    name = config.model.architecture
    own = CONFIGS / f"{name}.yaml"
    if own.is_file():
        from ml.training.backbone import register

        register()
        return str(own)
    if Path(name).name != name or not name.startswith("yolo"):
        raise BadInput(f"{name!r} is no architecture.", "Take shelf_nano, yolov8n, yolov8m …")
    return f"{name}.yaml"


def _fit(
    folder: Path, config: DetectorConfig, parts: Mapping[str, list[Path]], resumed: Mapping[str, str]
) -> None:
    """Train into a run's folder and finish its record."""
    quiet_yolo(folder)
    from ml.training.shelf_trainer import shelf_trainer

    runs.update_run(folder, status="running")
    trainer = shelf_trainer(config, parts, {**_arguments(folder, config, parts), **resumed})
    trainer.train()
    best = folder / "weights" / "best.pt"
    runs.finish_run(folder, _measured(folder, best, config, parts), "map50")


def _arguments(folder: Path, config: DetectorConfig, parts: Mapping[str, list[Path]]) -> dict[str, Any]:
    """Of Ultralytics. Mosaics and warps stay off: a scene is rendered with its perspective, and pieces of it
    are cut anew each time."""
    import torch

    training = config.training
    device = training.device
    if device == "auto":
        device = "0" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(training.threads)
    return {
        "model": _architecture(config),
        "pretrained": config.model.weights or False,
        "data": str(_data_file(folder, parts)),
        "project": str(folder.parent.resolve()),
        "name": folder.name,
        "exist_ok": True,
        "epochs": training.epochs,
        "time": training.time_hours,
        "batch": training.batch_size,
        "nbs": training.batch_size,
        "imgsz": training.image_size,
        "optimizer": "AdamW",
        "lr0": training.learning_rate,
        "lrf": 0.01,
        "cos_lr": True,
        "momentum": 0.9,
        "warmup_epochs": training.warmup_epochs,
        "warmup_bias_lr": 0.0,
        "freeze": list(training.frozen),
        "patience": training.patience,
        "seed": training.seed,
        "device": device,
        "workers": 0 if device == "cpu" else 4,
        "amp": "bf16" if device != "cpu" else False,
        "mosaic": 0.0,
        "close_mosaic": 0,
        "plots": False,
        "verbose": False,
    }


def _data_file(folder: Path, parts: Mapping[str, list[Path]]) -> Path:
    """The parts as lists of pictures, in the run's folder."""
    import yaml

    lists = {}
    for name in PARTS:
        if parts[name]:
            lists[name] = f"{name}.txt"
            (folder / lists[name]).write_text("".join(f"{path.resolve()}\n" for path in parts[name]))
    content = {"path": str(folder.resolve()), **lists, "names": dict(enumerate(KINDS))}
    path = folder / "data.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def _measured(
    folder: Path, weights: Path, config: DetectorConfig, parts: Mapping[str, list[Path]]
) -> dict[str, float]:
    """Precision, recall and mean average precision on whole scenes that it has not learned from."""
    quiet_yolo(folder)
    from ultralytics.nn.tasks import load_checkpoint

    from ml.training.measure import measure

    network = load_checkpoint(str(weights), device="cpu")[0]
    return measure(network, parts["test"] or parts["val"], config.training.validation_size)


def missed(config: DetectorConfig, metrics: Mapping[str, float]) -> list[str]:
    """The targets that a detector does not reach, in words."""
    targets = {"recall": config.targets.recall_min, "map50": config.targets.map50_min}
    short = {name: least for name, least in targets.items() if metrics[name] < least}
    return [f"{name} {metrics[name]:.3f} < {least}" for name, least in short.items()]


def main(argv: Sequence[str] | None = None) -> int:
    """0; 1 where --validate finds a target missed; 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(
        prog="ml.training.train_detector", description=(__doc__ or "").split("\n\n")[0]
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--config", type=Path, help="train by this configuration")
    what.add_argument("--resume", type=Path, metavar="LAST.PT", help="go on with a run that was ended")
    what.add_argument("--validate", type=Path, metavar="BEST.PT", help="measure on the test part")
    what.add_argument("--export", type=Path, metavar="BEST.PT", help="write ONNX, and TFLite where it can be")
    parser.add_argument("--data-path", type=Path, help="data set in place of the configuration's")
    parser.add_argument("--weights", type=Path, help="checkpoint to start from")
    parser.add_argument("--output-dir", type=Path, help="of --config: of the runs; of --export: of the model")
    given = parser.parse_args(argv)
    try:
        return _run(given)
    except WorkbenchError as error:
        print(f"{error} {error.hint}", file=sys.stderr)
        return 2


def _run(given: argparse.Namespace) -> int:
    if given.config:
        content = read_yaml(given.config)
        if given.data_path:
            content["data"] = {**(content.get("data") or {}), "path": str(given.data_path)}
        if given.weights:
            content["model"] = {**(content.get("model") or {}), "weights": str(given.weights)}
        _tell(train(detector_config(content), given.output_dir or runs.ROOT))
    elif given.resume:
        _tell(resume(given.resume))
    elif given.export:
        from ml.training.export import export_detector

        for line in export_detector(given.export, given.output_dir):
            print(line)
    else:
        metrics = validate(given.validate, given.data_path)
        config = detector_config(runs.read_run(_run_of(given.validate))["config"])
        print(json.dumps(metrics))
        short = missed(config, metrics)
        print(f"Missed: {', '.join(short)}." if short else "All targets are reached.")
        return 1 if short else 0
    return 0


def _tell(folder: Path) -> None:
    print(f"{folder}: {json.dumps(runs.read_run(folder)['metrics'])}")


if __name__ == "__main__":
    raise SystemExit(main())
