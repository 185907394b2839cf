"""Run folders: what was trained, from which data, by which settings, and how well it does.

``runs/<stage>/<time>-<data hash>/run.json`` is the record; ``runs/<stage>/latest`` points to the newest run
and ``runs/<stage>/best`` to the finished one with the best score. The record is whole at any moment, so that
a run that was killed can be told and taken up again.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from core.errors import BadInput
from ml.tools.files import read_json, write_json

ROOT = Path("runs")
RECORD = "run.json"
PACKAGES = ("torch", "torchvision", "ultralytics", "timm", "onnx", "onnxruntime", "numpy")


def start_run(stage: str, config: Mapping[str, Any], data_hash: str, root: Path = ROOT) -> Path:
    """Make the folder of a new run with its record, and let ``latest`` point to it."""
    now = datetime.now(UTC)
    base = f"{now:%Y%m%d-%H%M%S}-{data_hash[:8]}"
    names = (base if not n else f"{base}-{n}" for n in range(1000))
    folder = next(f for f in (root / stage / name for name in names) if not f.exists())
    folder.mkdir(parents=True)
    write_json(
        folder / RECORD,
        {
            "stage": stage,
            "status": "running",
            "started": now.isoformat(timespec="seconds"),
            "data_hash": data_hash,
            "config": dict(config),
            "commit": _commit(),
            "versions": _versions(),
            "metrics": {},
        },
    )
    _point(root / stage / "latest", folder)
    return folder


def read_run(folder: Path) -> dict[str, Any]:
    """The record of a run. Raises BadInput where there is none."""
    if not (folder / RECORD).is_file():
        raise BadInput(f"{folder} is no run: it has no {RECORD}.", "Give a folder below runs.")
    return read_json(folder / RECORD)


def update_run(folder: Path, **changes: Any) -> dict[str, Any]:
    """Change fields of the record and return it; metrics are added to those that it has."""
    record = read_run(folder)
    metrics = {**record.get("metrics", {}), **changes.pop("metrics", {})}
    record |= changes | {"metrics": metrics}
    write_json(folder / RECORD, record)
    return record


def finish_run(folder: Path, metrics: Mapping[str, float], score: str) -> dict[str, Any]:
    """Record the end of a run, and let ``best`` point to it where no other has a better ``score``."""
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    record = update_run(folder, status="finished", finished=finished, metrics=dict(metrics))
    best = folder.parent / "best"
    if not best.exists() or read_run(best)["metrics"].get(score, -1.0) <= metrics.get(score, -1.0):
        _point(best, folder)
    return record


def joined_hash(hashes: Sequence[str]) -> str:
    """One hash for several data sets, in their order."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def run_of(weights: Path) -> Path | None:
    """The run that weights belong to, whether they lie in it or in its folder ``weights``."""
    real = weights.resolve()
    return next((folder for folder in (real.parent, real.parent.parent) if (folder / RECORD).is_file()), None)


def _point(link: Path, folder: Path) -> None:
    """Let a link point to a folder beside it, at one stroke."""
    scratch = link.with_name(f".{link.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    scratch.symlink_to(folder.name, target_is_directory=True)
    scratch.replace(link)


def _commit() -> str:
    """Of the code that trains; empty outside a repository."""
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
