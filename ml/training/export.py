"""Trained detectors as files that run without torch: ONNX with its card, and TFLite where it can be made."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.compliance.reading import KINDS, SHOWN_FROM
from core.errors import BadInput, WorkbenchError
from ml.eval.calibrate import calibration
from ml.eval.detection import evaluate, judgments, labelled
from ml.tools.files import read_json, write_json
from ml.training import runs
from ml.training.config import detector_config
from ml.training.data import detector_data
from ml.training.measure import LEAST
from ml.training.quiet import quiet_yolo
from ml.vision.detector import Detector

LICENCE = "AGPL-3.0-or-later"
RENDERED = "pictures rendered by ml.rendering"
LEARNED_FROM = {
    "shelf_nano": f"{RENDERED}; no photo",
    "shelf_lite": f"{RENDERED}, upon EfficientNet-Lite0 with the weights that ImageNet taught it",
}
CONVERTERS = ("litert_torch", "ai_edge_litert")
AGREES = 1e-2
"""Largest difference, in pixels or probability, between the ONNX model and the checkpoint."""


def export_detector(weights: Path, out: Path | None = None) -> list[str]:
    """Write ``detector.onnx`` with its card ``detector.json``, and ``detector.tflite`` where its converter is
    installed; returns what was done, in lines. Raises BadInput for weights that belong to no run."""
    folder = runs.run_of(weights) if weights.is_file() else None
    if folder is None:
        raise BadInput(f"{weights} are no weights of a run.", "They lie in runs/detector/latest/weights.")
    out = out or folder / "export"
    out.mkdir(parents=True, exist_ok=True)
    quiet_yolo(folder)
    onnx = out / "detector.onnx"
    with tempfile.TemporaryDirectory(dir=out) as scratch:
        copy = Path(shutil.copy(weights, Path(scratch) / "detector.pt"))
        _onnx(copy).replace(onnx)
        apart = _difference(copy, onnx)
    if apart > AGREES:
        raise WorkbenchError(f"The ONNX model differs from the checkpoint by {apart:.3g}.", "Do not use it.")
    record = runs.read_run(folder)
    described = card(onnx, record)
    write_json(onnx.with_suffix(".json"), described)
    write_json(onnx.with_suffix(".json"), {**described, **_judged(onnx, record["config"])})
    done = f"{onnx}: {onnx.stat().st_size / 1e6:.1f} MB, differs by {apart:.1g} at most."
    return [done, tflite(weights, out)]


def card(model: Path, record: dict[str, Any]) -> dict[str, Any]:
    """What a model is, what it learned from, how well it does, and the hash that proves it."""
    return {
        "name": model.stem,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "bytes": model.stat().st_size,
        "kinds": list(KINDS),
        "input": "(1, 3, height, width) RGB in 0 … 1, sides in multiples of 32",
        "output": "(1, 4 + kinds, n): box by middle, width and height in pixels, then probabilities",
        "licence": LICENCE,
        "learned_from": LEARNED_FROM.get(record["config"]["model"]["architecture"], RENDERED),
        "data_hash": record["data_hash"],
        "config": _without_places(record["config"]),
        "metrics": record["metrics"],
        "trained": record.get("finished") or record["started"],
        "commit": record["commit"],
        "versions": record["versions"],
    }


def _without_places(config: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the names of files and folders alone: where they lay is no one's business."""
    model, data = config["model"], config["data"]
    return {
        **config,
        "model": {**model, "weights": Path(model["weights"]).name if model["weights"] else None},
        "data": {
            "path": Path(data["path"]).name,
            "extra": ["/".join(Path(extra).parts[-2:]) for extra in data["extra"]],
            "split": Path(data["split"]).name if data["split"] else None,
        },
    }


def _judged(model: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """The calibration of the exported model, by the validation part, and how well it then does on the test
    part, as it will be used."""
    parts, _ = detector_data(detector_config(config))
    fitted = calibration(judgments(Detector(model, least=LEAST).detect, labelled(parts["val"])))
    card_path = model.with_suffix(".json")
    write_json(card_path, {**read_json(card_path), "calibration": fitted._asdict()})
    detector = Detector(model, least=LEAST)
    score = evaluate(detector.detect, labelled(parts["test"] or parts["val"]), SHOWN_FROM)
    return {"calibration": fitted._asdict(), "shipped": score.as_dict()}


def tflite(weights: Path, out: Path) -> str:
    """Write ``detector.tflite``; returns what was done, or what is missing for it."""
    missing = [name for name in CONVERTERS if importlib.util.find_spec(name) is None]
    if missing:
        packages = " ".join(name.replace("_", "-") for name in CONVERTERS)
        return (
            f"No TFLite: {', '.join(missing)} is not installed; pip install {packages} in an environment "
            "of its own, then export there."
        )
    from ultralytics import YOLO

    with tempfile.TemporaryDirectory(dir=out) as scratch:
        copy = shutil.copy(weights, Path(scratch) / "detector.pt")
        YOLO(copy).export(format="litert", imgsz=640, device="cpu")
        made = next(Path(scratch).rglob("*.tflite"), None)
        if made is None:
            raise WorkbenchError("The TFLite converter wrote no model.", "See its messages above.")
        path = made.replace(out / "detector.tflite")
    return f"{path}: {path.stat().st_size / 1e6:.1f} MB."


def _onnx(weights: Path) -> Path:
    """Any number of pixels may come in, so that one file serves every photo."""
    from ultralytics import YOLO

    made = YOLO(str(weights)).export(format="onnx", dynamic=True, simplify=True, device="cpu", imgsz=320)
    return Path(made)


def _difference(weights: Path, onnx: Path) -> float:
    """Largest difference between the answers of the checkpoint and of its export, on noise."""
    import onnxruntime as ort
    import torch
    from ultralytics.nn.tasks import load_checkpoint

    network = load_checkpoint(str(weights), device="cpu")[0].float().eval()
    session = ort.InferenceSession(str(onnx), providers=["CPUExecutionProvider"])
    worst = 0.0
    for height, width in ((96, 96), (128, 224)):
        x = np.random.default_rng(0).random((1, 3, height, width), np.float32)
        with torch.no_grad():
            wanted = network(torch.from_numpy(x))
        wanted = (wanted[0] if isinstance(wanted, tuple | list) else wanted).numpy()
        (have,) = session.run(None, {session.get_inputs()[0].name: x})
        worst = max(worst, float(np.abs(have - wanted).max()))
    return worst
