"""The pictures that a detector learns from, is chosen by and is tested on."""

from __future__ import annotations

from pathlib import Path

from core.errors import BadInput
from ml.tools.files import pictures, read_json
from ml.tools.hash_dataset import hash_dataset
from ml.training import runs
from ml.training.config import DetectorConfig

PARTS = ("train", "val", "test")


def detector_data(config: DetectorConfig) -> tuple[dict[str, list[Path]], str]:
    """Pictures of each part and the hash of all the data. Raises BadInput where there is nothing to train on
    or to choose by."""
    folder = Path(config.data.path)
    digests = [hash_dataset(folder).hash]
    if config.data.split:
        frozen = read_json(Path(config.data.split))
        if frozen.get("data_hash") != digests[0]:
            raise BadInput(f"The data have changed since {config.data.split} was frozen.", "Freeze it again.")
        parts = {name: [folder / path for path in frozen["splits"][name]] for name in PARTS}
    else:
        parts = {name: _part(folder / name / "images") for name in PARTS}
    for extra in config.data.extra:
        parts["train"] = parts["train"] + pictures(Path(extra) / "images")
        digests.append(hash_dataset(Path(extra)).hash)
    for name in ("train", "val"):
        if not parts[name]:
            raise BadInput(f"{folder} has no pictures to {name}.", f"Put them into {name}/images.")
    return parts, digests[0] if len(digests) == 1 else runs.joined_hash(digests)


def _part(folder: Path) -> list[Path]:
    return pictures(folder) if folder.is_dir() and any(folder.iterdir()) else []
