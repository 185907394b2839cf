"""Which of several look-alike products stands at a place, by the print in which they differ.

The flavors of one brand share most of their art, and shared art says nothing. What counts is a piece of
print, with its color, that the photo has at about the place where one candidate has it and no other does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.vision.features import Features, Floats
from ml.vision.gallery import Index, View
from ml.vision.voting import Hypothesis, Ints, Reals

NEAR = 0.1
"""Distance within which a piece of print is looked for, of the root of the package's area: prints of one
design differ by that from one edition to the next."""

SAME, OTHER = 0.3, 0.45
"""Squared distances of unit vectors below which print is the same, and above which it is another one."""

TINT = 15.0
"""Difference of CIE Lab chroma, in units of ΔE, that weighs as much as a tenth of a squared distance."""

FAR = 9.0

OCTAVES = 0.6
"""By how much print may differ in size."""


CELLS = (5, 3)
"""Rows and columns of the cells of a package's front, each about as large as a label."""

FEWEST = 5
"""Features of a cell from which its share says something."""

SHOWN = 0.4
"""Share of a cell's features that a packshot explains, from which the cell shows the packshot's print."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the print says at one place. For each of c candidates: ``explained``, the share of the photo's
    features there that it has too, and ``own``, how many it alone has. ``features``: how many there are.
    ``seen`` and ``known``, (c, *CELLS): features in each cell of the candidate's front, and how many of them
    it explains."""

    explained: Reals
    own: Ints
    features: int
    seen: Ints
    known: Ints

    @property
    def best(self) -> int:
        """The candidate with the most print of its own, of those the one that explains the most."""
        return int(np.argmax(self.own + self.explained)) if len(self.own) else 0


def cast(index: Index, scene: Features, sure: Sequence[Hypothesis]) -> Floats:
    """(4, 3) what the photo's light makes of the gallery's colors: Lab with a 1 appended, times this, is the
    photo's Lab. Reweighted least squares over the matches of ``sure`` hypotheses; unchanged without any."""
    if sum(h.count for h in sure) < 12:
        return np.eye(4, 3, dtype=np.float32)
    train = np.concatenate([h.train for h in sure])
    seen = scene.color[np.concatenate([h.inliers for h in sure])]
    color = np.column_stack([index.features.color[train], np.ones(len(train))])
    weight = np.ones((len(train), 1))
    # A weak pull to unchanged colors, for a gallery of one color.
    pull = np.diag([30.0, 30.0, 30.0, 1.0])
    for _ in range(5):
        terms = color.T @ (weight * color) + pull
        found = np.linalg.solve(terms, color.T @ (weight * seen) + pull @ np.eye(4, 3))
        weight = 1 / np.maximum(np.linalg.norm((color @ found - seen)[:, 1:], axis=1, keepdims=True), 3.0)
    return np.asarray(found, np.float32)


def weigh(
    index: Index, scene: Features, candidates: Sequence[Hypothesis], light: Floats,
) -> Evidence:
    """The evidence for candidates of one place, the likeliest first, whose box is looked at."""
    x, y, w, h = candidates[0].box
    inside = np.nonzero((scene.xy[:, 0] > x) & (scene.xy[:, 0] < x + w)
                        & (scene.xy[:, 1] > y) & (scene.xy[:, 1] < y + h))[0]
    c = len(candidates)
    if not len(inside):
        nothing = np.zeros((c, *CELLS), np.intp)
        return Evidence(np.zeros(c), np.zeros(c, np.intp), 0, nothing, nothing)
    part = scene.take(inside)
    near = np.stack([distances(part, index.views[h.view], h.matrix, light) for h in candidates])
    others = np.stack([np.delete(near, i, axis=0).min(axis=0, initial=FAR) for i in range(c)])
    own = ((near < SAME) & (others > OTHER)).sum(axis=1)
    cell = np.stack([cells(part, index.views[h.view], h.matrix) for h in candidates])
    seen, known = (np.stack([np.bincount(cell[i], weight[i], CELLS[0] * CELLS[1]) for i in range(c)])
                   .reshape(c, *CELLS).astype(np.intp) for weight in (np.ones_like(near), near < SAME))
    return Evidence((near < SAME).mean(axis=1), own.astype(np.intp), len(inside), seen, known)


def cells(scene: Features, view: View, matrix: Reals) -> Ints:
    """(n,) the cell of a view's front in which each of n features lies."""
    place = (scene.xy - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T / (view.width, view.height)
    column, row = np.clip((place * CELLS[::-1]).astype(int), 0, np.array(CELLS[::-1]) - 1).T
    return np.asarray(row * CELLS[1] + column, np.intp)


def strangeness(seen: Ints, known: Ints) -> Reals:
    """(n,) share of the print that most packages of one name show and this one does not, for n ≥ 3 packages
    with (n, *CELLS) features ``seen`` and ``known`` to the packshot; 0 for fewer.

    A cell counts where half of the others show the packshot's print; it is missing where less than half of
    that is there and chance gives so little once in a hundred times (binomial). Light, blur and what an
    edition changed are the same for all, so they cancel; a flavor that is not in the gallery does not. One
    cell alone may be a wrinkle or a price tag, so it counts nothing.
    """
    from scipy.special import bdtr

    n = len(seen)
    if n < 3:
        return np.zeros(n)
    share = np.where(seen >= FEWEST - 1, (known + 0.5) / (seen + 1), np.nan)
    result = np.zeros(n)
    for i in range(n):
        others = np.delete(share, i, axis=0)
        usual = np.zeros(CELLS)
        some = np.isfinite(others).any(axis=0)
        usual[some] = np.nanmedian(others[:, some], axis=0)
        counts = (seen[i] >= FEWEST) & (usual >= SHOWN)
        missing = counts & (known[i] < 0.5 * usual * seen[i]) & (bdtr(known[i], seen[i], usual) < 0.01)
        weight = usual * np.minimum(seen[i], 30)
        if missing.sum() > 1:
            result[i] = weight[missing].sum() / weight[counts].sum()
    return result


def distances(scene: Features, view: View, matrix: Reals, light: Floats) -> NDArray[np.float32]:
    """(n,) squared distance of each of n features of the photo to the most alike one of a view that stands
    near by, look and color together; ``FAR`` where none does."""
    own = view.features
    if not len(own):
        return np.full(len(scene), FAR, np.float32)
    place = (own.xy @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    growth = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    reach = NEAR * growth * float(np.sqrt(view.width * view.height))
    color = np.column_stack([own.color, np.ones(len(own), np.float32)]) @ light
    tint = squared(scene.color[:, 1:] / TINT, color[:, 1:] / TINT)
    look = 2 - 2 * (scene.vectors @ own.vectors.T) + 0.1 * np.minimum(tint, 4)
    size = np.abs(np.log2(scene.size)[:, None] - np.log2(own.size * growth)[None])
    far = (squared(scene.xy, place) > reach**2) | (size > OCTAVES)
    look[far] = FAR
    return np.asarray(look.min(axis=1), np.float32)


def squared(a: Floats, b: Floats) -> Floats:
    """(n, m) squared distances of (n, d) and (m, d) points."""
    return np.asarray(((a[:, None] - b[None]) ** 2).sum(axis=2), np.float32)
