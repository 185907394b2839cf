"""Whether a photo can be audited, and what would make it better.

Each check is one function from what was measured to a problem or none. A problem makes a photo unusable only
where an audit of it would be wrong; else it warns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box, Problem, Quality
from ml.vision.edges import Polyline, clearest_front, row_problem
from ml.vision.perspective import Floats, Perspective, perspective
from ml.vision.photo import Photo, Pixels

UNUSABLE = "unusable"

SMALL_PX, TINY_PX = 480, 160
"""Long side of a photo below which words cannot be read, and below which packages cannot be told."""

BLURRED, SMEARED = 0.5, 0.6
"""Perceived blur from which small print is lost; and, at half the size, from which products are."""

DIM, BLACK = 100, 25
"""Level of the brightest twentieth of a photo below which it is dark, and below which nothing is seen."""

BRIGHT, WASHED_OUT = 0.2, 0.45
"""Share of a photo that is white beyond any shade."""

WHITE = 250
GLARE = 0.01
"""Share of a photo that one white patch covers, from which it hides packages."""

ASKEW, TOO_ASKEW = 8.0, 20.0
"""Degrees by which shelves slope."""

ASLANT = 0.35
"""Change of the shelves' slope over half the photo's width, from which packages hide one another."""

FAR, TOO_FAR = 20.0, 10.0
"""Pixels across the middling package."""

FRONT, AGREEING = 0.3, 0.5
"""A shelf's lines are at least as complete, and this share of all lines at least agrees with them."""

CLEARER = 1.4
"""How much more complete a front is in a photo turned by a quarter, from which it lies on its side."""

FEW = 6
"""Packages from which a photo shows a shelf, whatever its lines."""

TOUCHING = 0.003
"""Of the photo's side: how near its border a package is taken to be cut by it."""


def judge(
    photo: Photo, boxes: Floats | Sequence[Box] = (), shelves: Sequence[Polyline] | None = None,
    expected: int | None = None, view: Perspective | None = None,
) -> Quality:
    """All problems of a photo, those that make it unusable first.

    ``boxes`` (n, 4) of packages and ``shelves``, in the photo's pixels, and the ``expected`` number of
    rows add what can be told by them; without them the picture alone is judged.
    """
    packages = np.asarray(boxes, float).reshape(-1, 4)
    problems = [*light(photo), *sharpness(photo), *size(photo, packages)]
    if not any(p.severity == UNUSABLE for p in problems):
        view = perspective(photo) if view is None else view
        problems += [*scene(photo, packages, view), *cut_off(photo, packages)]
        if shelves and expected is not None:
            problems += [p for p in [row_problem(len(shelves), expected)] if p is not None]
    return Quality(tuple(sorted(problems, key=lambda p: p.severity != UNUSABLE)))


def light(photo: Photo) -> Iterator[Problem]:
    """Too dark, too bright, or a lamp's reflection."""
    gray = photo.gray()
    brightest = float(np.percentile(gray, 95))
    if brightest < DIM:
        yield Problem("dark", f"The photo is {'almost black' if brightest < BLACK else 'dark'}.",
                      "Switch the light on, or tap the shelf on the screen before you press.",
                      UNUSABLE if brightest < BLACK else "warning")
    white = np.asarray(photo.pixels.min(axis=2) >= WHITE)
    share = float(white.mean())
    if share >= BRIGHT:
        yield Problem("overexposed", f"{share:.0%} of the photo is plain white.",
                      "Tap the brightest packages on the screen so that the camera takes less light.",
                      UNUSABLE if share >= WASHED_OUT else "warning")
    else:
        yield from glare(white)


def glare(white: NDArray[np.bool_]) -> Iterator[Problem]:
    """A white patch as large as packages."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(white.astype(np.uint8))
    largest = float(stats[1:, cv2.CC_STAT_AREA].max(initial=0)) / white.size
    if largest >= GLARE:
        yield Problem("glare", f"A reflection hides {largest:.0%} of the photo.",
                      "Step aside until no lamp is mirrored in glass or wrapping, and use no flash.")


def sharpness(photo: Photo) -> Iterator[Problem]:
    """Out of focus, or moved."""
    import cv2

    gray = photo.gray()
    across, down = blur(gray)
    if max(across, down) < BLURRED:
        return
    halved = (max(1, gray.shape[1] // 2), max(1, gray.shape[0] // 2))
    half = np.asarray(cv2.resize(gray, halved, interpolation=cv2.INTER_AREA), np.uint8)
    moved = abs(across - down) > 0.25
    yield Problem("blurred", "The photo is blurred by movement." if moved else "The photo is out of focus.",
                  "Hold the phone with both hands and press when it is still." if moved
                  else "Tap the shelf on the screen to focus, and wipe the lens.",
                  UNUSABLE if max(blur(half)) >= SMEARED else "warning")


def blur(gray: Pixels) -> tuple[float, float]:
    """Perceived blur across and down, 0 sharp to 1: how little of the contrast of neighboring pixels is
    lost when the picture is blurred once more (Crété-Roffet et al., "The blur effect", SPIE 2007)."""
    import cv2

    values = gray.astype(np.float32)
    left = []
    for axis, kernel in ((1, (9, 1)), (0, (1, 9))):
        sharp = np.abs(np.diff(values, axis=axis))
        soft = np.abs(np.diff(cv2.blur(values, kernel), axis=axis))
        contrast = float(sharp.sum())
        left.append(1 - float(np.maximum(sharp - soft, 0).sum()) / contrast if contrast > 0 else 1.0)
    return left[0], left[1]


def size(photo: Photo, packages: Floats) -> Iterator[Problem]:
    """Too few pixels, of the photo or of its packages."""
    side = max(photo.width, photo.height)
    if side < SMALL_PX:
        yield Problem("small", f"The photo has only {photo.width} × {photo.height} pixels.",
                      "Send the photo as the camera took it, not a preview.",
                      UNUSABLE if side < TINY_PX else "warning")
    if len(packages):
        across = float(np.median(np.sqrt(packages[:, 2] * packages[:, 3])))
        if across < FAR:
            yield Problem("too_far", f"Packages are only {across:.0f} pixels across.",
                          "Go closer, or take one photo of each part of the fixture.",
                          UNUSABLE if across < TOO_FAR else "warning")


@dataclass(frozen=True, slots=True)
class Shelflike:
    """How much the lines of a photo are a shelf's."""

    front: float
    agreeing: float

    @property
    def yes(self) -> bool:
        """Whether they are."""
        return self.front >= FRONT and self.agreeing >= AGREEING


def shelflike(view: Perspective) -> Shelflike:
    """How complete the clearest shelf front is, and how many of the lines agree on where shelves lead."""
    return Shelflike(clearest_front(view), view.sure) if len(view.found) > 1 else Shelflike(0.0, 0.0)


def scene(photo: Photo, packages: Floats, view: Perspective) -> Iterator[Problem]:
    """No shelf, on its side, held askew, or taken from the side."""
    if len(packages) < FEW:
        upright, turned = shelflike(view), shelflike(a_quarter_on(photo, view))
        if turned.yes and turned.front > CLEARER * upright.front:
            yield Problem("sideways", "The photo lies on its side.",
                          "Turn it by a quarter and send it again.", UNUSABLE)
            return
        if not upright.yes:
            yield Problem("no_shelf", "No shelf is seen in the photo.", "Photograph the shelf straight on, "
                          "with its front edges and packages in the picture.", UNUSABLE)
            return
    if abs(view.tilt) >= ASKEW:
        yield Problem("tilted", f"The shelves slope by {abs(view.tilt):.0f}°.",
                      "Hold the phone level, facing the middle of the shelf.",
                      UNUSABLE if abs(view.tilt) >= TOO_ASKEW else "warning")
    if abs(view.convergence) >= ASLANT:
        yield Problem("aslant", "The photo is taken from the side.",
                      "Stand in front of the middle of the shelf.")


def a_quarter_on(photo: Photo, view: Perspective) -> Perspective:
    """The perspective of the photo turned by a quarter."""
    turned = Photo(photo.pixels, photo.scale, photo.height, photo.width, photo.detail, photo.detail_scale)
    return perspective(turned, view.found[:, [1, 0, 3, 2]])


def cut_off(photo: Photo, packages: Floats) -> Iterator[Problem]:
    """Packages that the photo's border cuts, where they are many."""
    if len(packages) < FEW:
        return
    x, y, w, h = packages.T
    near_x, near_y = TOUCHING * photo.width, TOUCHING * photo.height
    narrow, low = w < 0.7 * np.median(w), h < 0.7 * np.median(h)
    cut = {
        "at the left": narrow & (x <= near_x), "at the right": narrow & (x + w >= photo.width - near_x),
        "at the top": low & (y <= near_y), "at the bottom": low & (y + h >= photo.height - near_y),
    }
    sides = [side for side, which in cut.items() if which.sum() >= 3]
    if sides:
        yield Problem("cut_off", f"Packages are cut off {' and '.join(sides)}.",
                      "Step back until the whole fixture is in the picture.")
