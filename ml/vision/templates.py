"""Packages found by how they look as a whole, from afar: what is left of a shelf in a blurred photo.

Print is lost first; the colors of a front and where they are stay, even where focus and shake take every
letter. So each view of the gallery is slid over the photo at the size that its inches have there, at a few
pixels an inch, and compared by normalized cross-correlation (Lewis 1995) of CIE Lab over what the packshot
shows, without its white ground. No network, and nothing learned but what a likeness is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.planogram.planogram import Planogram
from ml.vision.features import Floats, Pixels
from ml.vision.gallery import Index, View
from ml.vision.photo import Photo
from ml.vision.resolve import ONE_PLACE, OVERLAP
from ml.vision.voting import Hypothesis, Ints, Pose, Reals, box_of

SMALL_PX = 14.0
"""Root of the area of the gallery's smaller packages (its lower quartile), in pixels, at which colors are
compared: a logo is two pixels wide, and a shake of a third of an inch is one."""

LAB = (0.5, 1.0, 1.0)
"""Weights of Lab: a shelf's shade changes lightness."""

PLAIN = 4.0
"""Variance, in ΔE², that is added to that of a front and of the photo: one without a pattern is like
anything that has none."""

LEAST = 0.45
"""Correlation from which a front may be there."""

WHITE_FROM, LEAST_SOLID = 250, 0.3
"""Level of a packshot's white ground, and the least share of a picture that is not ground."""

ALIKE, OFFSET = 8.8, -9.1
"""Logit that a package is there, for each unit of Fisher's transform of the correlation and at none: the
likeliest for 2,029 fronts that ten rendered photos, five of them blurred, kept apart."""

SIZE = 0.7
"""Power of the area by which a front counts where two overlap: less than one, as what is near is alike."""

ASKED = 12
"""Views by which the scale of a photo is found."""

STEP = 0.12
WIDTHS, USUAL_IN, ANY_WIDTHS = (0.75, 2.0), 48.0, (0.25, 4.0)
"""Inches that a photo may be wide, of the fixture's, and without a plan of a usual one's."""

CLOSE = 0.2
"""Correlation below the best at a place down to which another product may be there."""

MOST_HERE = 6


def seen_by_color(index: Index, photo: Photo, pose: Pose, known: Reals) -> list[tuple[Hypothesis, ...]]:
    """Places where views of the gallery look like the photo, the clearest first, apart from one another and
    from ``known`` (m, 4) boxes of the working size. At each place the products that may be there, the most
    alike first. ``match`` of a hypothesis is its correlation, ``alike`` the probability that a package is
    there by that alone, before it is asked whether one can stand there. It has no witnesses."""
    root = np.array([np.sqrt(v.width * v.height) for v in index.views]) * pose.scale
    if not len(root):
        return []
    factor = min(1.0, SMALL_PX / float(np.quantile(root, 0.25)))
    found = list(fronts(index, shrunk(photo.pixels, factor), pose, factor))
    if not found:
        return []
    boxes = np.array([h.box for h in found])
    match = np.array([h.match for h in found])
    # The information in as many pixels that correlate (Gaussian variables), but for the power.
    weight = -np.log(1 - np.minimum(match, 0.99) ** 2) * (boxes[:, 2] * boxes[:, 3]) ** SIZE
    return [place_of(index, found, boxes, match, i) for i in standing_apart(boxes, weight, known)]


def pose_by_color(index: Index, photo: Photo, expected: Planogram | None = None) -> Pose | None:
    """The scale at which views of the gallery look most like a photo, or its planned products if there is a
    plan, of which the photo then shows most of the width. None for a gallery whose inches nobody knows.

    Likeness falls off smoothly to both sides, so few scales tell: by 12 % first, then the top of a parabola.
    """
    per_inch = np.array([np.nan if v.per_inch is None else v.per_inch for v in index.views])
    of = [index.gallery.products[v.product].product_id for v in index.views]
    asked = np.nonzero(np.isfinite(per_inch) & (np.isin(of, expected.product_ids) if expected else True))[0]
    if not len(asked):
        return None
    asked = asked[:: -(-len(asked) // ASKED)]
    width = photo.pixels.shape[1]
    usual = expected.fixture.width_in if expected else USUAL_IN
    low, high = WIDTHS if expected else ANY_WIDTHS
    steps = np.arange(np.log(low), np.log(high), STEP)
    likeness = [_at_scale(index, photo, asked, width / usual / np.exp(step)) for step in steps]
    best = steps[int(np.argmax(likeness))]
    sides = [_at_scale(index, photo, asked, width / usual / np.exp(best + d)) for d in (-STEP / 2, STEP / 2)]
    bend = sides[0] + sides[1] - 2 * max(likeness)
    best += STEP / 4 * float(np.clip((sides[0] - sides[1]) / min(bend, -1e-6), -1, 1))
    scale = width / usual / np.exp(best) / per_inch
    return Pose(0.0, np.where(np.isfinite(scale), scale, np.nanmedian(scale)))


def _at_scale(index: Index, photo: Photo, asked: Ints, per_inch: float) -> float:
    """How much alike a photo of so many pixels an inch is to the views asked, in the mean."""
    views = [index.views[i] for i in asked]
    scale = np.array([per_inch / (v.per_inch or 1.0) for v in views])
    root = float(np.median([np.sqrt(v.width * v.height) for v in views] * scale))
    factor = min(1.0, SMALL_PX / root)
    small = shrunk(photo.pixels, factor)
    best = [likeness.max() for _, likeness, _ in likenesses(views, small, scale * factor)]
    return float(np.sum(best) / len(views))


def fronts(index: Index, lab: Floats, pose: Pose, factor: float) -> Iterator[Hypothesis]:
    """Every place where a view is alike, in a photo made smaller by ``factor``."""
    none = np.zeros(0, np.intp)
    for n, likeness, (w, h) in likenesses(index.views, lab, pose.scale * factor):
        view = index.views[n]
        for x, y, match in peaks(likeness, (w, h)):
            matrix = np.array([[w / view.width, 0, x], [0, h / view.height, y]]) / factor
            box = box_of(matrix, np.array([view.width, view.height], float))
            yield Hypothesis(n, matrix, none, none, box, 1.0, chance(match), match)


def chance(match: float) -> float:
    """Probability that a package is where a front correlates so."""
    return float(1 / (1 + np.exp(-(ALIKE * np.arctanh(min(match, 0.99)) + OFFSET))))


def standing_apart(boxes: Reals, weight: Reals, known: Reals) -> list[int]:
    """Which of (n, 4) boxes to keep, by falling weight: each of which no more than ``OVERLAP`` is covered by
    those before it and by ``known`` (m, 4) boxes, all together, and that covers no more of any of them."""
    known = np.asarray(known, float).reshape(-1, 4)
    result: list[int] = []
    covered = covers(boxes, known).sum(axis=1)
    hidden = covers(known, boxes).max(axis=0, initial=0.0)
    for i in np.argsort(-weight, kind="stable"):
        if covered[i] <= OVERLAP and hidden[i] <= OVERLAP:
            result.append(int(i))
            covered += covers(boxes, boxes[i : i + 1])[:, 0]
            hidden = np.maximum(hidden, covers(boxes[i : i + 1], boxes)[0])
    return result


def covers(boxes: Reals, others: Reals) -> Reals:
    """(n, m) share of each of (n, 4) boxes that each of (m, 4) others covers."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum((boxes[:, :2] + boxes[:, 2:])[:, None], (others[:, :2] + others[:, 2:])[None])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=2) / (boxes[:, 2] * boxes[:, 3])[:, None])


def place_of(
    index: Index, found: Sequence[Hypothesis], boxes: Reals, match: Reals, best: int,
) -> tuple[Hypothesis, ...]:
    """The products that may be where one front is: of each the view that is most alike."""
    near = np.nonzero(match >= match[best] - CLOSE)[0]
    same = near[one_place(boxes[best], boxes[near])]
    chosen: dict[int, Hypothesis] = {}
    for i in same[np.argsort(-match[same], kind="stable")]:
        chosen.setdefault(index.views[found[i].view].product, found[i])
    return tuple(chosen.values())[:MOST_HERE]


def one_place(box: Reals, others: Reals) -> NDArray[np.bool_]:
    """(m,) whether (m, 4) others are where a box is."""
    both = covers(others, box[None])[:, 0] * others[:, 2] * others[:, 3]
    return np.asarray(both > ONE_PLACE * (box[2] * box[3] + others[:, 2] * others[:, 3] - both))


def shrunk(pixels: Pixels, factor: float) -> Floats:
    """(h, w, 3) weighted Lab of a picture made smaller."""
    import cv2

    size = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.cvtColor(small / 255, cv2.COLOR_RGB2LAB) * np.array(LAB, np.float32), np.float32)


def likenesses(
    views: Sequence[View], lab: Floats, scale: Reals,
) -> Iterator[tuple[int, Floats, tuple[int, int]]]:
    """For each of v views that fits into ``lab`` (h, w, 3): its number, its correlation (−1 to 1) at every
    place of its upper left corner, and its width and height. ``scale``: (v,) pixels a view's pixel."""
    from scipy import fft

    height, width = lab.shape[:2]
    shape = fft.next_fast_len(height, real=True), fft.next_fast_len(width, real=True)
    # One plane after the other: sums over channels that lie side by side take most of the time.
    planes = np.ascontiguousarray((lab - lab.mean(axis=(0, 1))).transpose(2, 0, 1))
    channels = fft.rfft2(planes, shape)
    squares = fft.rfft2((planes**2).sum(axis=0), shape)
    for n, view in enumerate(views):
        size = max(3, round(view.width * scale[n])), max(3, round(view.height * scale[n]))
        if size[0] >= width or size[1] >= height:
            continue
        front, solid = small_front(view, size)
        count = float(solid.sum())
        window = np.conj(fft.rfft2(solid, shape))
        both = fft.irfft2((channels * np.conj(fft.rfft2(front, shape))).sum(axis=0), shape)
        sums = fft.irfft2(channels * window, shape)
        spread = np.maximum(fft.irfft2(squares * window, shape) - (sums**2).sum(axis=0) / count, 0)
        norm = np.sqrt((spread + PLAIN * count) * (float((front**2).sum()) + PLAIN * count))
        yield n, np.asarray((both / norm)[: height - size[1] + 1, : width - size[0] + 1], np.float32), size


def small_front(view: View, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """A view of ``size`` (w, h) as (3, h, w) weighted Lab about its mean, 0 on its ground, and (h, w) 1 where
    it shows its package."""
    import cv2

    small = cv2.resize(view.pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    lab = (cv2.cvtColor(small / 255, cv2.COLOR_RGB2LAB) * np.array(LAB, np.float32)).transpose(2, 0, 1)
    shown = np.asarray(cv2.resize(solid(view.pixels), size, interpolation=cv2.INTER_AREA) > 0.6, np.float32)
    shown = shown if shown.any() else np.ones_like(shown)
    mean = (lab * shown).sum(axis=(1, 2)) / shown.sum()
    return np.asarray((lab - mean[:, None, None]) * shown, np.float32), shown


def solid(pixels: Pixels) -> Floats:
    """(h, w) 1 where a picture shows its package: white that touches its border is ground."""
    import cv2

    white = (pixels.min(axis=2) >= WHITE_FROM).astype(np.uint8)
    framed = cv2.copyMakeBorder(white, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    parts = cv2.connectedComponents(framed, connectivity=4)[1]
    shown = np.asarray(((parts != parts[0, 0]) | (framed == 0))[1:-1, 1:-1], np.float32)
    return shown if shown.mean() > LEAST_SOLID else np.ones_like(shown)


def peaks(likeness: Floats, size: tuple[int, int]) -> Iterator[tuple[int, int, float]]:
    """(x, y, correlation) of the places that are more alike than all within a fourth of ``size`` (w, h)."""
    import cv2

    around = np.ones((2 * (size[1] // 4) + 1, 2 * (size[0] // 4) + 1), np.uint8)
    highest = cv2.dilate(likeness, around)
    for y, x in zip(*np.nonzero((likeness >= highest) & (likeness >= LEAST)), strict=True):
        yield int(x), int(y), float(likeness[y, x])
