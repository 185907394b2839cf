"""The queue of packages to be named, as files that training reads: ``active_learning_queue/`` beside the
database holds a JSON and a crop for each.

The database is the truth; the files follow it, each written at once or not at all. A file::

    {"item_id": 12, "company_id": 1, "crop": "<sha256>.jpg", "photo": "<sha256>",
     "box": [x, y, width, height], "candidates": [{"product_id": 3, "probability": 0.61}], "confidence": 0.61,
     "status": "labelled", "label": {"product_id": 3, "name": "…"}, "source": "audit", "labelled_by": 7,
     "labelled_at": "…", "created_at": "…"}

``label`` is null until there is one; its ``product_id`` is null for what is not in the catalog. People are
named by their number alone, so that erasing one leaves nothing of them here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any

from core.store.database import Database
from core.store.labels import LabelItem
from core.store.pictures import path_of

FOLDER = "active_learning_queue"


def folder_of(database: Database) -> Path:
    """Where the queue of a database lies."""
    home = database.path.parent if database.path is not None else Path("data")
    return home / FOLDER


def write(database: Database, company_id: int, items: Iterable[LabelItem]) -> None:
    """Bring the files of these items up to date."""
    folder = folder_of(database)
    folder.mkdir(parents=True, exist_ok=True)
    for item in items:
        crop = path_of(database, item.crop_hash)
        if crop.exists() and not (folder / f"{item.crop_hash}.jpg").exists():
            _put(folder / f"{item.crop_hash}.jpg", crop.read_bytes())
        text = json.dumps(_content(item, company_id), ensure_ascii=False, indent=1)
        _put(folder / f"{item.id}.json", text.encode())


def remove(database: Database, crops: Mapping[int, str]) -> None:
    """Take the files of items (id → hash of the crop) away that are no longer there; not those of another
    database's item of this number."""
    for item_id, crop_hash in crops.items():
        path = folder_of(database) / f"{item_id}.json"
        if path.exists() and crop_hash in path.read_text("utf-8"):
            path.with_name(f"{crop_hash}.jpg").unlink(missing_ok=True)
            path.unlink()


def _content(item: LabelItem, company_id: int) -> dict[str, Any]:
    named = {"product_id": item.product_id, "name": item.product} if item.status == "labelled" else None
    return {
        "item_id": item.id, "company_id": company_id, "crop": f"{item.crop_hash}.jpg",
        "photo": item.photo_hash, "box": list(item.box), "confidence": item.confidence,
        "status": item.status, "source": item.source,
        "candidates": [{"product_id": c.product_id, "probability": c.probability} for c in item.candidates],
        "label": named, "labelled_by": item.user_id,
        "labelled_at": item.labelled_at.isoformat() if item.labelled_at else None,
        "created_at": item.created_at.isoformat(),
    }


def _put(path: Path, content: bytes) -> None:
    partial = path.with_suffix(f".{token_hex(8)}.part")
    partial.write_bytes(content)
    partial.replace(path)
