"""Reads a PDF in a process of its own: ``python -m ml.documents.pdf_worker`` takes the file on its standard
input and writes JSON.

A PDF may be made to break its reader, so this one has little memory and time, and dies alone.
"""

from __future__ import annotations

import base64
import io
import json
import sys
from typing import Any

MAX_PAGES, MAX_CHARACTERS = 20, 20_000
LONG_SIDE = 2_000
"""Pixels of a page's picture."""
MEMORY_BYTES, CPU_S = 1_500 * 2**20, 30


def main() -> None:
    _limit()
    content = sys.stdin.buffer.read()
    json.dump(_read(content), sys.stdout)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows; the parent's time limit is left
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))


def _read(content: bytes) -> dict[str, Any]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        return {"error": "password" if "assword" in str(error) else "broken"}
    if len(document) > MAX_PAGES:
        return {"error": "pages", "pages": len(document)}
    try:
        return {"pages": [_page(document[i]) for i in range(len(document))]}
    except pdfium.PdfiumError:
        return {"error": "broken"}


def _page(page: Any) -> dict[str, Any]:
    width, height = page.get_size()
    scale = LONG_SIDE / max(width, height, 1.0)
    picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=88)
    return {
        "width": picture.width, "height": picture.height,
        "picture": base64.b64encode(target.getvalue()).decode(),
        "words": _words(page, scale, height),
    }


def _words(page: Any, scale: float, height: float) -> list[list[Any]]:
    """[text, x, y, width, height] of each word in pixels of the picture."""
    text = page.get_textpage()
    found: list[list[Any]] = []
    open_word = False
    for i in range(min(text.count_chars(), MAX_CHARACTERS)):
        letter = text.get_text_range(i, 1)
        left, bottom, right, top = text.get_charbox(i, loose=True)
        if not letter.strip() or right <= left or top <= bottom:
            open_word = False
            continue
        box = (left * scale, (height - top) * scale, right * scale, (height - bottom) * scale)
        if open_word and _follows(found[-1], box):
            last = found[-1]
            last[0] += letter
            last[1:3] = [min(last[1], box[0]), min(last[2], box[1])]
            last[3:5] = [max(last[3], box[2]), max(last[4], box[3])]
        else:
            found.append([letter, *box])
        open_word = True
    return [[w[0], w[1], w[2], w[3] - w[1], w[4] - w[2]] for w in found]


def _follows(word: list[Any], box: tuple[float, float, float, float]) -> bool:
    """Whether a letter stands right behind a word, on its line."""
    high = word[4] - word[2]
    level = min(word[4], box[3]) - max(word[2], box[1]) > 0.5 * min(high, box[3] - box[1])
    return level and -0.5 * high < box[0] - word[3] < 0.3 * high


if __name__ == "__main__":
    main()
