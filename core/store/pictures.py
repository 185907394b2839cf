"""Product pictures: checked, named by the hash of their content, kept beside the database."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from core.errors import BadInput, TooLarge, UnsupportedType
from core.store.database import Database

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
LIMIT_BYTES = 20 * 1024 * 1024
LIMIT_PIXELS = 50_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was kept. Pixels."""

    content_hash: str
    media_type: str
    width_px: int
    height_px: int


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


def check(content: bytes) -> Picture:
    """What a JPEG, PNG or WebP is.

    Raises BadInput for an empty or broken file, UnsupportedType for another kind, TooLarge for too many
    bytes or pixels.
    """
    from PIL import Image, UnidentifiedImageError

    if not content:
        raise BadInput("The picture is empty.", "Send a JPEG, PNG or WebP.")
    if len(content) > LIMIT_BYTES:
        raise TooLarge(f"The picture has {len(content) / 1e6:,.0f} MB, more than {LIMIT_BYTES / 1e6:,.0f}.",
                       "Send a smaller one.")
    try:
        with Image.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
            width, height, kind = image.width, image.height, image.format or ""
            if width * height > LIMIT_PIXELS:
                raise TooLarge(f"The picture has {width} × {height} pixels.",
                               "Send one of up to 50 megapixels.")
            image.verify()
    except UnidentifiedImageError as error:
        raise UnsupportedType("The file is not a picture that can be read.",
                              "Send a JPEG, PNG or WebP.") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadInput("The picture is broken.", "Save it anew and send it again.") from error
    return Picture(hashlib.sha256(content).hexdigest(), MEDIA_TYPES[kind], width, height)
