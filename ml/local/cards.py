"""What the files of known models hash to, and that a file is what its card says before it is loaded.

Weights come from packages and hubs, and some formats run code when they are opened, so nothing with a card is
opened before it was checked.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from core.errors import WorkbenchError

CARD = "card.json"
"""In a model's own folder: ``{"sha256": {"model.onnx": "…"}}``."""

_KNOWN: dict[str, dict[str, str]] = {
    "whisper-tiny.en": {
        "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
    },
    "alt-profanity-check": {
        "model.joblib": "aeafc04849d4d93db4721cf30a86ebf22085595294b8a07d51918e7fa98f538b",
        "vectorizer.joblib": "19c5200dc6a41f026e0558e2f164f5fe8d8f58e502b46b37e4385037fcfa4831",
    },
    "smollm2-135m": {
        "SmolLM2-135M-Instruct.Q4_1.gguf": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    },
    "vader": {"vader_lexicon.txt": "1ec9c6e9ee19aade328f8beb393a6afa71a5bb3acf7d3cc22d4ef568df374bf5"},
}


def verify(model: str, folder: Path) -> None:
    """Raises WorkbenchError where a file of the model is missing or is not the one that its card describes.
    A card in the folder itself counts where the workbench has none; a model without any passes."""
    for name, expected in (_KNOWN.get(model) or own_card(folder)).items():
        path = folder / name
        if not path.is_file():
            raise WorkbenchError(f"{model} is not complete: {name} is missing.", "Install it again.")
        stat = path.stat()
        if digest(path, stat.st_size, stat.st_mtime_ns) != expected:
            raise WorkbenchError(
                f"{name} of {model} is not the file that its card describes.",
                "Install the model again, in the version that requirements-local.txt names.",
            )


def own_card(folder: Path) -> dict[str, str]:
    """File name → SHA-256 of the folder's own card; empty where it has none. Raises WorkbenchError for a card
    that cannot be read or names files outside the folder."""
    path = folder / CARD
    if not path.is_file():
        return {}
    try:
        files = {str(name): str(code) for name, code in json.loads(path.read_text("utf-8"))["sha256"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise WorkbenchError(f"{path.name} of {folder.name} cannot be read.", "Write it anew.") from error
    inside = folder.resolve()
    if not all((folder / name).resolve().is_relative_to(inside) for name in files):
        raise WorkbenchError(f"{path.name} of {folder.name} names files elsewhere.", "Write it anew.")
    return files


@cache
def digest(path: Path, _size: int, _changed: int) -> str:
    """SHA-256 of a file, computed once for as long as it does not change."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
