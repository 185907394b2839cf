"""Small pages of words, as a reader of PDFs or pictures hands them over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.documents.words import NO_RULES, Page, Rules, Word


def page(*lines: tuple[float, Sequence[tuple[float, str]]], rules: Rules = NO_RULES, size: float = 20.0) -> Page:
    """Lines of (x, text) at heights, letters of 10 pixels."""
    words = tuple(Word(text, x, y, 10.0 * len(text), size) for y, line in lines for x, text in line)
    return Page(b"", 1_000, 1_000, words, rules)


def uprights(*lines: tuple[float, float, float]) -> Rules:
    """Upright lines (x, top, bottom)."""
    return Rules(np.array(lines, float), np.zeros((0, 3)))
