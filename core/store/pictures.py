"""Pictures that were checked, named by the hash of their content, kept beside the database."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

from core.pictures import LIMIT_BYTES, Picture, check
from core.store.database import Database

__all__ = ["LIMIT_BYTES", "Picture", "check", "keep", "path_of"]


def keep(database: Database, content: bytes, picture: Picture) -> None:
    """Keep a picture that was checked; the same one again is the same file."""
    path = path_of(database, picture.content_hash)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{token_hex(8)}.part")
        partial.write_bytes(content)
        partial.replace(path)


def path_of(database: Database, content_hash: str) -> Path:
    """Where the picture of a hash lies."""
    home = database.path.parent if database.path is not None else Path("data")
    return home / "pictures" / content_hash[:2] / content_hash
