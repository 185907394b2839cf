"""Files of data sets: what counts as data, and JSON that is whole or not there."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import BadInput

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
LEFT_BY_TRAINERS = ".cache"


def data_files(folder: Path) -> list[Path]:
    """Every file below a folder in the order of its path; hidden ones and trainers' caches left out.

    Raises BadInput where the folder is missing or holds none.
    """
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.", "Give the folder that holds the data set.")
    found = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix != LEFT_BY_TRAINERS
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not found:
        raise BadInput(f"The folder {folder} holds no data.", "Put pictures into it first.")
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def pictures(folder: Path) -> list[Path]:
    """The data files that are pictures by their name, in order. Raises BadInput where there is none."""
    found = [path for path in data_files(folder) if path.suffix.lower() in PICTURES]
    if not found:
        raise BadInput(f"The folder {folder} holds no picture.", f"Known are {', '.join(sorted(PICTURES))}.")
    return found


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file so that a reader, or a process killed in between, sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    scratch.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Raises BadInput for a file that is missing, or is no JSON object."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path}.", "Check the path.") from error
    except ValueError as error:
        raise BadInput(f"{path} is no JSON: {error}.", "Check that it is the right file.") from error
    if not isinstance(content, dict):
        raise BadInput(f"{path} holds no JSON object.", "Check that it is the right file.")
    return content
