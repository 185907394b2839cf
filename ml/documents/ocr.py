"""Words of a picture, read by PP-OCR (Cui et al. 2025, "PaddleOCR 3.0"; RapidOCR's ONNX files).

The networks come with their package, run on the processor and fetch nothing.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
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
    words = [word for line in found.word_results for word in line]
    boxed = zip(found.txts, found.scores, found.boxes, found.word_results, strict=False)
    made = []
    for text, score, box, parts in boxed:
        if score < LEAST:
            continue
        made += _words(text, float(score), np.asarray(box, float), parts)
    return tuple(made) if words or made else ()


def _words(text: str, score: float, box: NDArray[np.float64], parts: Any) -> list[Word]:
    """The words of one line, each with its own box where the network tells it."""
    own = [p for p in parts or () if p and p[2] is not None and str(p[0]).strip()]
    if "".join(str(p[0]) for p in own).replace(" ", "") != text.replace(" ", ""):
        return [_word(text, score, box)]
    return [_word(str(p[0]), score, _high(np.asarray(p[2], float), box)) for p in own]


def _high(part: NDArray[np.float64], line: NDArray[np.float64]) -> NDArray[np.float64]:
    """A word's box as high as its line at that place."""
    x0, x1 = part[:, 0].min(), part[:, 0].max()
    return np.array([[x0, line[:2, 1].min()], [x1, line[:2, 1].min()], [x1, line[2:, 1].max()],
                     [x0, line[2:, 1].max()]])


def _word(text: str, score: float, box: NDArray[np.float64]) -> Word:
    (x0, y0), (x1, y1) = box.min(axis=0), box.max(axis=0)
    return Word(text.strip(), float(x0), float(y0), float(x1 - x0), float(y1 - y0), score)


@cache
def _engine() -> Any:
    import logging

    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    threads = "EngineConfig.onnxruntime.intra_op_num_threads"
    return RapidOCR(params={
        "Global.log_level": "error", "Global.use_cls": False, "Global.max_side_len": LONG_SIDE, threads: 2,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    })
