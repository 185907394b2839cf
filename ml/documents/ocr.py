"""Words of a picture, read by PP-OCR (Cui et al. 2025, "PaddleOCR 3.0"; RapidOCR's ONNX files).

The networks come with their package, run on the processor and fetch nothing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.documents.words import Word

NAME = "RapidOCR PP-OCRv6 small"
MISSING = "Reading letters in pictures takes what requirements-local.txt names; it is not installed."
LEAST = 0.5
"""What is read less surely is left out."""
LONG_SIDE = 2_000
GAP = 1.1
"""Heights of a line between two words from which they are two phrases."""
_turn = Lock()


def installed() -> bool:
    """Whether letters in pictures can be read."""
    return all(find_spec(name) is not None for name in ("rapidocr", "pyclipper", "shapely", "omegaconf"))


def read_words(picture: NDArray[np.uint8]) -> tuple[Word, ...]:
    """Words of a picture (h, w, 3) in RGB with their boxes in its pixels; one picture at a time."""
    with _turn:
        found = _engine()(np.ascontiguousarray(picture[..., ::-1]), return_word_box=True)
    if found.txts is None:
        return ()
    boxed = zip(found.txts, found.scores, found.boxes, found.word_results, strict=False)
    made = []
    for text, score, box, parts in boxed:
        if score < LEAST:
            continue
        made += [w for w in _words(text, float(score), np.asarray(box, float), parts) if w.text]
    return tuple(made)


SPECKS = " ·•"
"""Read from specks and lines beside what is written."""


def _words(text: str, score: float, box: NDArray[np.float64], parts: Any) -> list[Word]:
    """A line as one phrase, parted where there is a wide gap between its words."""
    (x0, y0), (x1, y1) = box.min(axis=0), box.max(axis=0)
    whole = Word(text.strip(SPECKS), float(x0), float(y0), float(x1 - x0), float(y1 - y0), score)
    own = [(str(p[0]).strip(), np.asarray(p[2], float)) for p in parts or () if p and p[2] is not None]
    letters = text.replace(" ", "")
    if len(own) < 2 or "".join(t for t, _ in own).replace(" ", "") != letters:
        return [whole]
    made, start, done, left = [], 0, 0, float(x0)
    for (piece, here), (_, after) in pairwise(own):
        done += len(piece.replace(" ", ""))
        if float(after[:, 0].min() - here[:, 0].max()) > GAP * whole.height:
            at = _position(text, done)
            right = float(here[:, 0].max())
            made.append(replace(whole, text=text[start:at].strip(SPECKS), x=left, width=right - left))
            start, left = at, float(after[:, 0].min())
    return [*made, replace(whole, text=text[start:].strip(SPECKS), x=left, width=float(x1) - left)]


def _position(text: str, letters: int) -> int:
    """Where in a text so many letters, spaces aside, end."""
    seen = 0
    for at, letter in enumerate(text):
        seen += letter != " "
        if seen == letters:
            return at + 1
    return len(text)


@cache
def _engine() -> Any:
    import logging

    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    runtime = "EngineConfig.onnxruntime"
    return RapidOCR(params={
        "Global.log_level": "error", "Global.use_cls": False, "Global.max_side_len": LONG_SIDE,
        # As large as it is: by itself it would enlarge a narrow strip to 736 pixels high.
        "Det.limit_type": "max", "Det.limit_side_len": LONG_SIDE,
        f"{runtime}.intra_op_num_threads": 2, f"{runtime}.inter_op_num_threads": 1,
    })
