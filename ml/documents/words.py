"""Words on a page, and how they join to phrases and lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

NEAR = 0.6
"""Gap between two words of one phrase, at most so many heights of the smaller one."""
SAME_LINE = 0.5
"""Share of the lower height by which two phrases on one line overlap."""


@dataclass(frozen=True, slots=True)
class Word:
    """Text with its box in pixels of the page's picture. ``confidence``: 1 where it was not read from
    pixels."""

    text: str
    x: float
    y: float
    width: float
    height: float
    confidence: float = 1.0

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def beside(self, other: Word) -> float:
        """Share of the narrower one's width that both have in common, below 0 where there is a gap."""
        shared = min(self.right, other.right) - max(self.x, other.x)
        return shared / max(min(self.width, other.width), 1e-6)

    def level(self, other: Word) -> float:
        """Share of the lower one's height that both have in common, below 0 where there is a gap."""
        shared = min(self.bottom, other.bottom) - max(self.y, other.y)
        return shared / max(min(self.height, other.height), 1e-6)


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Straight lines drawn on a page, in pixels: ``upright`` (n, 3) x, top, bottom; ``level`` (m, 3) y,
    left, right."""

    upright: NDArray[np.float64]
    level: NDArray[np.float64]

    def parts(self, a: Word, b: Word) -> bool:
        """Whether a line stands between two words, upright between neighbors or level between what is one
        below the other."""
        (ax, ay), (bx, by) = a.middle, b.middle
        x0, x1, y0, y1 = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        u, v = self.upright, self.level
        between = (u[:, 0] > x0) & (u[:, 0] < x1) & (u[:, 1] <= y1) & (u[:, 2] >= y0)
        below = (v[:, 0] > y0) & (v[:, 0] < y1) & (v[:, 1] <= x1) & (v[:, 2] >= x0)
        return bool(between.any() or below.any())

    def cuts(self, word: Word) -> list[float]:
        """Where upright lines run through a word."""
        u = self.upright
        y = word.middle[1]
        inside = (u[:, 0] > word.x) & (u[:, 0] < word.right) & (u[:, 1] <= y) & (u[:, 2] >= y)
        return sorted(float(x) for x in u[inside, 0])


    def without_strokes(self, words: Sequence[Word]) -> Rules:
        """Without upright lines no longer than the word that they stand in: strokes of its letters."""
        if not words or not len(self.upright):
            return self
        box = np.array([(w.x, w.y, w.right, w.bottom) for w in words])
        x, top, bottom = self.upright.T[:, :, None]
        slack = 0.15 * (box[:, 3] - box[:, 1])
        inside = (x > box[:, 0]) & (x < box[:, 2]) & (top > box[:, 1] - slack) & (bottom < box[:, 3] + slack)
        return Rules(self.upright[~inside.any(axis=1)], self.level)


NO_RULES = Rules(np.zeros((0, 3)), np.zeros((0, 3)))


@dataclass(frozen=True, slots=True)
class Page:
    """A page with what stands on it. ``picture``: JPEG or PNG of ``width`` × ``height``, upright."""

    picture: bytes
    width: int
    height: int
    phrases: tuple[Word, ...]
    rules: Rules = NO_RULES


def joined(words: Sequence[Word]) -> Word:
    """Words from left to right as one phrase, as unsure as its least sure word."""
    left, top = min(w.x for w in words), min(w.y for w in words)
    right, bottom = max(w.right for w in words), max(w.bottom for w in words)
    text = " ".join(w.text for w in words)
    return Word(text, left, top, right - left, bottom - top, min(w.confidence for w in words))


def phrases(words: Iterable[Word], rules: Rules = NO_RULES) -> tuple[Word, ...]:
    """Words that stand close together on one line, joined; never across a drawn line."""
    made = []
    for line in lines(words):
        run = [line[0]]
        for word in line[1:]:
            before = run[-1]
            near = word.x - before.right <= NEAR * min(before.height, word.height)
            if near and not rules.parts(before, word):
                run.append(word)
            else:
                made.append(joined(run))
                run = [word]
        made.append(joined(run))
    return tuple(made)


def lines(words: Iterable[Word]) -> list[list[Word]]:
    """Words by lines from the top, each from left to right."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.middle[1], w.x)):
        near = [line for line in found[-4:] if _on(line, word)]
        if near:
            near[-1].append(word)
        else:
            found.append([word])
    return [sorted(line, key=lambda w: w.x) for line in found]


def _on(line: Sequence[Word], word: Word) -> bool:
    return all(w.level(word) >= SAME_LINE for w in line[-3:])


def scaled(words: Iterable[Word], by: float) -> tuple[Word, ...]:
    """Words with their boxes times ``by``."""
    return tuple(
        replace(w, x=w.x * by, y=w.y * by, width=w.width * by, height=w.height * by) for w in words
    )
