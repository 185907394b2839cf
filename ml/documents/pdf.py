"""Pages of a PDF: the words of its text layer and a picture of each page."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import BadInput, TooLarge, UnsupportedType
from ml.documents.pdf_worker import MAX_PAGES
from ml.documents.words import Word

PATIENCE_S = 60.0
SEND = "Save it anew as a PDF, or send a photo of the paper."


@dataclass(frozen=True, slots=True)
class PdfPage:
    """``words``: empty for a scan. ``picture``: JPEG."""

    picture: bytes
    width: int
    height: int
    words: tuple[Word, ...]


def read_pdf(content: bytes) -> tuple[PdfPage, ...]:
    """The pages of a PDF, read in a process with little memory and time. Scripts in it are never run.

    Raises BadInput for one that is broken or has a password, TooLarge for one with too many pages or one
    that takes too much, UnsupportedType where no reader of PDFs is installed.
    """
    from importlib.util import find_spec

    if find_spec("pypdfium2") is None:
        raise UnsupportedType("No reader of PDFs is installed.", "Install pypdfium2, or send a spreadsheet.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ml.documents.pdf_worker"], input=content, capture_output=True,
            timeout=PATIENCE_S, cwd=Path(__file__).parents[2], check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooLarge("Reading this PDF takes too long.", SEND) from error
    if done.returncode != 0 or not done.stdout:
        raise TooLarge("Reading this PDF takes more memory or time than a planogram does.", SEND)
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise _refusal(answer)
    return tuple(_page(page) for page in answer["pages"])


def _refusal(answer: dict[str, Any]) -> BadInput | TooLarge:
    if answer["error"] == "password":
        return BadInput("The PDF is locked with a password.", "Save it without one and send it again.")
    if answer["error"] == "pages":
        return TooLarge(f"The PDF has {answer['pages']:,} pages.",
                        f"Send up to {MAX_PAGES} that show one planogram.")
    return BadInput("The PDF is broken.", SEND)


def _page(page: dict[str, Any]) -> PdfPage:
    words = tuple(Word(str(w[0]), *(float(v) for v in w[1:5])) for w in page["words"])
    return PdfPage(base64.b64decode(page["picture"]), int(page["width"]), int(page["height"]), words)
