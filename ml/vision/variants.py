"""Which of several look-alike products stands at a place, by the print in which they differ.

The flavors of one brand share most of their art, and shared art says nothing. What counts is a piece of
print, with its color, that the photo has at about the place where one candidate has it and no other does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box
from ml.vision.features import Features, Floats, Pixels
from ml.vision.gallery import Index, View
from ml.vision.photo import Photo
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


THUMBNAIL = 40
"""Root of the area, in pixels, at which colors are compared: a label is a few pixels high."""

SHIFT = 2
"""Pixels of that size within which a piece of print may have moved: a twentieth of the package."""

JUST_UNLIKE, MOST_UNLIKE = 8.0, 40.0
"""ΔE from which colors differ by more than paper and light make them, and the most that a piece counts, so
that a price tag over a package does not outweigh the rest."""

OWN_WEIGHT, TINT_WEIGHT = 3.0, 6.0

OWN_BESIDE_PIXELS, TINT_BESIDE_PIXELS, PIXEL_WEIGHT = 1.4, 5.7, 15.0
"""The same among near twins, with what the pixels tell in which they differ (``ml.vision.twins``): a
conditional logit of 590 packages of ten rendered photos (plain, tilted, occluded)."""

MATCH_WEIGHT, BLURRED_TINT_WEIGHT = 80.0, 1.2
"""The same where no print tells of any candidate: the likeliest for 157 packages of four rendered photos with
strong blur."""

MATCH_BESIDE_PIXELS, BLURRED_PIXEL_WEIGHT = 70.0, 7.0
"""The same with pixels, chosen on 156 packages of five rendered photos with strong blur."""

CROP_FITS = 3.0
"""Log odds by which a crop of a photo looks more like a photo than a packshot does, where both say equally
much: the intercept of a conditional logit of 126 packages of six rendered photos, half of whose products had
a crop. It is taken off wherever the two are set against each other."""

SOME_PAPER = 0.1
"""Share of a thumbnail's pixel that is a packshot's paper, from which the pixel says nothing of a package."""

CELLS = (5, 3)
"""Rows and columns of the cells of a package's front, each about as large as a label."""

ENOUGH = 20
"""Features of a package that look like the packshot's from which they tell how light falls on it."""

FEWEST = 5
"""Features of a cell from which its share says something."""

SHOWN = 0.4
"""Share of a cell's features that a packshot explains, from which the cell shows the packshot's print."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the print says at one place. For each of c candidates: ``explained``, the share of the photo's
    features there that it has too, and ``own``, how many it alone has. ``features``: how many there are.
    ``tint``: how much better its colors fit than those of the next, −1 to 1 (see ``tints``).
    ``seen`` and ``known``, (c, *CELLS): features in each cell of the candidate's front, and how many of them
    it explains. ``match``: correlations with the photo's colors, where these alone tell of the candidates.
    ``gains`` (c,): how much more each tells of the photo where it differs from its near twins; see
    ``ml.vision.twins``. ``of_photo``: which are crops of photos; empty where none is."""

    explained: Reals
    own: Ints
    tint: Reals
    features: int
    seen: Ints
    known: Ints
    match: Reals | None = None
    gains: Reals | None = None
    of_photo: tuple[bool, ...] = ()

    @property
    def shares(self) -> Reals:
        """(c,) how the candidates share the probability that it is one of them: a conditional logit of the
        print that each alone has, of how much better its colors fit than those of the others, and of the
        pixels in which they differ."""
        print_of = np.log(self.own + 1.0)
        if self.gains is None:
            score = OWN_WEIGHT * print_of + TINT_WEIGHT * self.tint if self.match is None \
                else MATCH_WEIGHT * self.match + BLURRED_TINT_WEIGHT * self.tint
        elif self.match is None:
            score = OWN_BESIDE_PIXELS * print_of + TINT_BESIDE_PIXELS * self.tint \
                + PIXEL_WEIGHT * self.gains
        else:
            score = MATCH_BESIDE_PIXELS * self.match + BLURRED_PIXEL_WEIGHT * self.gains
        if any(self.of_photo) and not all(self.of_photo):
            score = score - CROP_FITS * np.array(self.of_photo)
        share = np.exp(score - score.max())
        return np.asarray(share / share.sum())

    @property
    def best(self) -> int:
        """The likeliest candidate."""
        return int(np.argmax(self.shares))


def cast(index: Index, scene: Features, sure: Sequence[Hypothesis]) -> Floats:
    """(2, 4, 3) what takes the colors of packshots, and those of confirmed crops, to the photo's: Lab with a
    1 appended, times this, is Lab in the light of the photo. From the matches of ``sure`` hypotheses."""
    return np.stack([_cast(index, scene, [h for h in sure if index.views[h.view].confirmed == of_photo])
                     for of_photo in (False, True)])


def unlit() -> Floats:
    """The light in which all colors stay as they are."""
    return np.stack([np.eye(4, 3, dtype=np.float32)] * 2)


def _cast(index: Index, scene: Features, sure: Sequence[Hypothesis]) -> Floats:
    """(4, 3) by reweighted least squares; unchanged where there are none."""
    if not sure:
        return np.eye(4, 3, dtype=np.float32)
    printed = index.features.color[np.concatenate([h.train for h in sure])]
    seen = scene.color[np.concatenate([h.inliers for h in sure])]
    terms = np.column_stack([printed, np.ones(len(printed))])
    weight = np.ones((len(terms), 1))
    # A weak pull to unchanged colors, for a gallery of one color.
    pull = np.diag([100.0, 100.0, 100.0, 0.01])
    for _ in range(5):
        square = terms.T @ (weight * terms) + pull
        found = np.linalg.solve(square, terms.T @ (weight * seen) + pull @ np.eye(4, 3))
        miss = np.linalg.norm((terms @ found - seen)[:, 1:], axis=1, keepdims=True)
        weight = 1 / np.maximum(miss, 3.0)
    return np.asarray(found, np.float32)


def weigh(
    index: Index, photo: Photo, scene: Features, candidates: Sequence[Hypothesis], light: Floats,
) -> Evidence:
    """The evidence for candidates of one place, the likeliest first, whose box is looked at. ``light``: see
    ``cast``."""
    x, y, w, h = candidates[0].box
    inside = np.nonzero((scene.xy[:, 0] > x) & (scene.xy[:, 0] < x + w)
                        & (scene.xy[:, 1] > y) & (scene.xy[:, 1] < y + h))[0]
    c = len(candidates)
    match = None if any(h.count for h in candidates) else np.array([h.match for h in candidates])
    if not len(inside):
        nothing = np.zeros((c, *CELLS), np.intp)
        return Evidence(np.zeros(c), np.zeros(c, np.intp), np.zeros(c), 0, nothing, nothing, match)
    part = scene.take(inside)
    looks = [unlikeness(part, index.views[h.view], h.matrix) for h in candidates]
    colors = [relit(index.views[h.view].features.color, index.views[h.view], light) for h in candidates]
    near = np.stack([distances(part, part.color, *of) for of in zip(looks, colors, strict=True)])
    even = np.stack([distances(part, evenly_lit(part, *of), *of) for of in zip(looks, colors, strict=True)])
    crop, shown = thumbnails(index, photo, candidates, light)
    differ = {(i, j): unlike(shown[i], shown[j]) + unlike(shown[j], shown[i])
              for i in range(c) for j in range(i)}
    leave_paper(index, candidates, differ)
    of_photo = [index.views[h.view].confirmed for h in candidates]
    own = alone(near, differ, of_photo, pieces(part, candidates[0].box, crop.shape[:2])).sum(axis=1)
    cell = np.stack([cells(part, index.views[h.view], h.matrix) for h in candidates])
    seen, known = (np.stack([np.bincount(cell[i], weight[i], CELLS[0] * CELLS[1]) for i in range(c)])
                   .reshape(c, *CELLS).astype(np.intp) for weight in (np.ones_like(near), even < SAME))
    tint = tints(crop, shown, differ, of_photo)
    return Evidence((near < SAME).mean(axis=1), own.astype(np.intp), tint, len(inside), seen, known, match,
                    of_photo=tuple(of_photo))


def leave_paper(
    index: Index, candidates: Sequence[Hypothesis], differ: Mapping[tuple[int, int], Floats],
) -> None:
    """Between a crop of a photo and a packshot, make it unknown (NaN) how they differ where the packshot has
    paper: there the crop shows what stands behind a package, and so does the photo."""
    import cv2

    for (i, j), apart in differ.items():
        one, other = candidates[i].view, candidates[j].view
        if index.views[one].confirmed != index.views[other].confirmed:
            around = index.papers[one] if index.views[other].confirmed else index.papers[other]
            share = cv2.resize(around.astype(np.float32), apart.shape[1::-1], interpolation=cv2.INTER_AREA)
            apart[share > SOME_PAPER] = np.nan


def alone(
    near: Floats, differ: Mapping[tuple[int, int], Floats], of_photo: Sequence[bool], at: Ints,
) -> NDArray[np.bool_]:
    """(c, n) which of n pieces of print each of c candidates has and no other: by the (c, n) squared
    distances ``near``, and ``at``, the pixel of the thumbnails in which each lies.

    A crop of a photo looks like a photo in everything, a packshot does not. So between a crop and a packshot
    a piece counts only where the two of them differ by more than paper and light make.
    """
    unlike_i = near > OTHER
    result = near < SAME
    for (i, j), apart in differ.items():
        counts = (apart > 2 * JUST_UNLIKE).ravel()[at] if of_photo[i] != of_photo[j] else True
        result[i] &= unlike_i[j] & counts
        result[j] &= unlike_i[i] & counts
    return result


def pieces(part: Features, box: Box, shape: tuple[int, int]) -> Ints:
    """(n,) the pixel of a thumbnail of ``shape`` (h, w) of a box, in which each feature lies, row by row."""
    x, y, w, h = box
    place = (part.xy - (x, y)) * (shape[1] / w, shape[0] / h)
    column, row = np.clip(place.astype(int), 0, np.array(shape[::-1]) - 1).T
    return np.asarray(row * shape[1] + column, np.intp)


def tints(
    crop: Floats, shown: Sequence[Floats], differ: Mapping[tuple[int, int], Floats], of_photo: Sequence[bool],
) -> Reals:
    """(c,) how much better each candidate's colors fit the photo than those of the one that comes closest to
    it: 1 where the photo looks just like this one's picture, −1 where it looks just like another's. From
    thumbnails (h, w, 3) of the photo and of the candidates, and how two of these differ.

    Each small piece of the photo is compared with what the picture has at about that place, so that a label
    that an edition has moved still fits.
    """
    c = len(shown)
    if c < 2:
        return np.zeros(c)
    miss = [unlike(crop, picture) for picture in shown]
    against = np.full((c, c), np.inf)
    for (i, j), apart in differ.items():
        # Below what paper and light make differ, two pictures are the same there.
        where, same = apart > 2 * JUST_UNLIKE, apart <= 2 * JUST_UNLIKE
        better = miss[j] - miss[i]
        if of_photo[i] != of_photo[j] and same.any():
            # A crop fits a photo better than a packshot does even where the two show the same.
            better = better - better[same].mean()
        gain = float(better[where].sum() / max(float(apart[where].sum()) / 2, 1.0))
        against[i, j], against[j, i] = gain, -gain
    return np.clip(against.min(axis=1), -1, 1)


def thumbnails(
    index: Index, photo: Photo, candidates: Sequence[Hypothesis], light: Floats,
) -> tuple[Floats, list[Floats]]:
    """(h, w, 3) Lab of the photo at the first candidate's box, and of each candidate as it would look there;
    ``THUMBNAIL``² pixels."""
    x, y, w, h = candidates[0].box
    factor = THUMBNAIL / float(np.sqrt(w * h))
    size = (max(8, round(w * factor)), max(8, round(h * factor)))
    move = np.array([[size[0] / w, 0, -x * size[0] / w], [0, size[1] / h, -y * size[1] / h], [0, 0, 1]])
    maps = (move @ np.vstack([c.matrix, [0, 0, 1]]) for c in candidates)
    shown = [relit(small_lab(index.views[c.view].pixels, m, size), index.views[c.view], light)
             for c, m in zip(candidates, maps, strict=True)]
    return small_lab(photo.pixels, move, size), shown


def relit(lab: Floats, view: View, light: Floats) -> Floats:
    """(…, 3) Lab of a view in the light of the photo; see ``cast``."""
    own = light[int(view.confirmed)]
    return np.asarray(lab @ own[:3] + own[3], np.float32)


def small_lab(pixels: Pixels, matrix: Reals, size: tuple[int, int]) -> Floats:
    """(h, w, 3) Lab of a picture seen through an affine map (3, 3) that makes it smaller."""
    import cv2

    inverse = np.linalg.inv(matrix)
    corners = np.array([[0, 0, 1], [size[0], 0, 1], [0, size[1], 1], [size[0], size[1], 1]]) @ inverse.T
    low = np.maximum(np.floor(corners.min(axis=0)[:2]).astype(int) - 2, 0)
    high = np.ceil(corners.max(axis=0)[:2]).astype(int) + 3
    part = pixels[low[1] : max(int(high[1]), low[1] + 1), low[0] : max(int(high[0]), low[0] + 1)]
    if not part.size:
        return np.zeros((size[1], size[0], 3), np.float32)
    grow = 1 / np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    even = cv2.GaussianBlur(part, (0, 0), max(0.3, 0.45 * grow))
    moved = matrix @ np.array([[1, 0, low[0]], [0, 1, low[1]], [0, 0, 1.0]])
    seen = cv2.warpAffine(even, moved[:2], size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(seen.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def unlike(a: Floats, b: Floats) -> Floats:
    """(h, w) how much each small piece of a Lab picture (h, w, 3) differs from the most alike one about there
    in another, in ΔE with lightness at half weight; at most ``MOST_UNLIKE``."""
    import cv2

    weight = np.array([0.5, 1, 1], np.float32)
    around = np.pad(b, ((SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), mode="edge")
    best = np.full(a.shape[:2], MOST_UNLIKE, np.float32)
    for down in range(2 * SHIFT + 1):
        for right in range(2 * SHIFT + 1):
            apart = (a - around[down : down + a.shape[0], right : right + a.shape[1]]) * weight
            best = np.minimum(best, cv2.blur(np.sqrt(np.einsum("hwc,hwc->hw", apart, apart)), (3, 3)))
    return best


def cells(scene: Features, view: View, matrix: Reals) -> Ints:
    """(n,) the cell of a view's front in which each of n features lies."""
    place = (scene.xy - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T / (view.width, view.height)
    column, row = np.clip((place * CELLS[::-1]).astype(int), 0, np.array(CELLS[::-1]) - 1).T
    return np.asarray(row * CELLS[1] + column, np.intp)


def strangeness(seen: Ints, known: Ints) -> Reals:
    """(n,) share of the print that most packages of one name show and this one does not, for n ≥ 4 packages
    with (n, *CELLS) features ``seen`` and ``known`` to the packshot; 0 for fewer,
    as two fellows are no majority.

    A cell counts where half of the others show the packshot's print; it is missing where less than half of
    that is there and chance gives so little once in a hundred times (binomial). Light, blur and what an
    edition changed are the same for all, so they cancel; a flavor that is not in the gallery does not. One
    cell alone may be a wrinkle or a price tag, so it counts nothing.
    """
    from scipy.special import bdtr

    n = len(seen)
    if n < 4:
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


def unlikeness(scene: Features, view: View, matrix: Reals) -> Floats:
    """(n, m) squared distances of n features of the photo to m of a view by their look alone; ``FAR`` to
    those that do not stand near by or are of another size."""
    own = view.features
    place = (own.xy @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    growth = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    reach = NEAR * growth * float(np.sqrt(view.width * view.height))
    look = 2 - 2 * (scene.vectors @ own.vectors.T)
    size = np.abs(np.log2(scene.size)[:, None] - np.log2(own.size * growth)[None])
    far = (squared(scene.xy, place) > reach**2) | (size > OCTAVES)
    look[far] = FAR
    return np.asarray(look, np.float32)


def distances(scene: Features, seen: Floats, look: Floats, color: Floats) -> NDArray[np.float32]:
    """(n,) squared distance of each of n features of the photo to the most alike one of m of a view, look
    (n, m) and color together, (n, 3) as ``seen`` and (m, 3) as the view has it; at most ``FAR``."""
    if not look.shape[1]:
        return np.full(len(scene), FAR, np.float32)
    tint = squared(seen[:, 1:] / TINT, color[:, 1:] / TINT)
    return np.asarray(np.minimum(look + 0.1 * np.minimum(tint, 4), FAR).min(axis=1), np.float32)


def evenly_lit(scene: Features, look: Floats, color: Floats) -> Floats:
    """(n, 3) colors of n features of the photo without the slope that light has over the package: a glossy
    front mirrors the ceiling above and the shelf below. By the print whose look is the view's, a plane is
    fitted to how the colors differ (reweighted least squares, Tukey); its mean stays, as another product may
    differ by it."""
    if not look.shape[1]:
        return scene.color
    best = look.argmin(axis=1)
    same = np.flatnonzero(look[np.arange(len(look)), best] < SAME)
    if len(same) < ENOUGH:
        return scene.color
    center = scene.xy[same].mean(axis=0)
    extent = np.maximum(np.ptp(scene.xy[same], axis=0), 1.0)
    place = np.column_stack([(scene.xy - center) / extent, np.ones(len(scene))])
    terms, off = place[same], scene.color[same] - color[best[same]]
    weight = np.ones((len(same), 1))
    plane = np.zeros((3, 3))
    for _ in range(5):
        square = terms.T @ (weight * terms) + np.diag([1.0, 1.0, 1e-6])
        plane = np.linalg.solve(square, terms.T @ (weight * off))
        miss = np.linalg.norm((terms @ plane - off)[:, 1:], axis=1, keepdims=True)
        weight = np.clip(1 - (miss / (3 * TINT)) ** 2, 0.01, None) ** 2
    return np.asarray(scene.color - place[:, :2] @ plane[:2], np.float32)


def squared(a: Floats, b: Floats) -> Floats:
    """(n, m) squared distances of (n, d) and (m, d) points."""
    # About their middle, so that the product of large coordinates does not swallow small distances.
    a, b = a - b.mean(axis=0), b - b.mean(axis=0)
    both = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None] - 2 * (a @ b.T)
    return np.asarray(np.maximum(both, 0), np.float32)
