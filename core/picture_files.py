"""Picture files as people have them: many at once, or a ZIP folder of them."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from core.errors import BadInput, TooLarge
from core.pictures import LIMIT_BYTES

MOST_FILES = 1_000
LIMIT_TOTAL_BYTES = 500 * 1024 * 1024
_UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, IndexError, OSError,
               RuntimeError, ValueError)
"""What ``zipfile`` raises for folders that are broken, have a password or are packed in unknown ways, and
for names in them that are no text."""
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


def opened(files: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """(name, content) of every picture, those in ZIP folders taken out; by its ending alone, not yet checked.

    Raises BadInput for a ZIP folder that cannot be read or is encrypted, TooLarge for more than
    ``MOST_FILES`` pictures or ``LIMIT_TOTAL_BYTES`` of them.
    """
    found: list[tuple[str, bytes]] = []
    total = 0
    for name, content in (one for file in files for one in _one(*file)):
        total += len(content)
        if len(found) == MOST_FILES:
            raise TooLarge(f"There are more than {MOST_FILES:,} pictures.", "Send them in several parts.")
        if total > LIMIT_TOTAL_BYTES:
            raise TooLarge(f"The pictures have more than {LIMIT_TOTAL_BYTES / 2**20:,.0f} MB together.",
                           "Send them in several parts, or smaller.")
        found.append((name, content))
    return found


def _one(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if not name.lower().endswith(".zip"):
        yield name, content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            for entry in folder.infolist():
                path = PurePosixPath(entry.filename)
                hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
                if not entry.is_dir() and not hidden and path.suffix.lower() in ENDINGS:
                    # Never more than a picture may have, whatever size the folder claims for it.
                    with folder.open(entry) as file:
                        yield path.name, file.read(LIMIT_BYTES + 1)
    except _UNREADABLE as error:
        raise BadInput(f"The ZIP folder {name} cannot be read.",
                       "Pack it anew, without a password.") from error
