"""What a shelf photo shows, in values that no model and no file format leaks into.

Boxes are ``(x, y, width, height)`` in pixels of the upright photo, after its EXIF turn and before any
rectification; rows count shelves from the top, from 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from core.planogram.planogram import Planogram

Box = tuple[float, float, float, float]

SHOWN_FROM = 0.5
"""A name or a detection below this probability is never shown as a fact."""

KINDS = ("bottle", "can", "glass", "unknown_container", "packaged")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that a facing may be, with its calibrated probability."""

    product_id: int
    probability: float


@dataclass(frozen=True, slots=True)
class Facing:
    """One package seen from the front. ``candidates``: the likeliest first; what their probabilities leave
    to 1 is the probability that it is none of the gallery."""

    box: Box
    confidence: float
    row: int
    kind: str = "packaged"
    candidates: tuple[Candidate, ...] = ()
    found_by: str = ""

    @property
    def product_id(self) -> int | None:
        """The product that it is more likely than not; None for one that is not known."""
        best = self.candidates[0] if self.candidates else None
        return best.product_id if best is not None and best.probability >= SHOWN_FROM else None

    @property
    def probability(self) -> float:
        """Of the likeliest product; 0 without one."""
        return self.candidates[0].probability if self.candidates else 0.0

    @property
    def unknown(self) -> float:
        """Probability that it is no product of the gallery."""
        return max(0.0, 1.0 - sum(c.probability for c in self.candidates))


@dataclass(frozen=True, slots=True)
class Gap:
    """Room on a shelf where nothing stands at the front."""

    box: Box
    row: int
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class PriceTag:
    """A price label on the edge of a row's shelf, as it is printed: ``price`` for ``units`` ("2 for $5")."""

    box: Box
    row: int
    price: float
    confidence: float
    units: int = 1
    text: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a photo and what to do better. ``severity``: "warning", or "unusable"."""

    code: str
    text: str
    hint: str
    severity: str = "warning"


@dataclass(frozen=True, slots=True)
class Quality:
    """Whether a photo can be judged by, and what would make it better."""

    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(p.severity == "unusable" for p in self.problems)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one photo shows. ``shelves``: for each row the edge on which it stands, as points
    ((x, y), …) from left to right. ``methods``: what read it, with versions; ``fallbacks``: what could not
    be used and what stood in, in words for the screen. ``hidden``: where something is before the shelf (a
    sign, a hand), so that what stands behind it cannot be seen. ``tags``: price labels, where they were asked
    for."""

    width: int
    height: int
    facings: tuple[Facing, ...]
    gaps: tuple[Gap, ...] = ()
    shelves: tuple[tuple[tuple[float, float], ...], ...] = ()
    quality: Quality = field(default_factory=Quality)
    methods: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()
    elapsed_ms: float = 0.0
    hidden: tuple[Box, ...] = ()
    tags: tuple[PriceTag, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.shelves) or 1 + max((f.row for f in self.facings), default=-1)


@dataclass(frozen=True, slots=True)
class GalleryProduct:
    """A product as it is recognized: views of it as encoded pictures (PNG, JPEG, WebP), clean packshots
    first, then crops that people have confirmed. Inches; None where not known."""

    product_id: int
    name: str
    brand: str = ""
    words: tuple[str, ...] = ()
    width_in: float | None = None
    height_in: float | None = None
    views: tuple[bytes, ...] = ()
    confirmed: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Gallery:
    """The products a photo is read against. ``version`` changes with any view, and keys caches."""

    products: tuple[GalleryProduct, ...]
    version: str


class ShelfReader(Protocol):
    """Photo in, reading out."""

    @property
    def name(self) -> str:
        """The methods and their versions."""

    def read(self, photo: bytes, gallery: Gallery, expected: Planogram | None = None) -> Reading:
        """Find and name what stands on a shelf. ``expected`` is a prior for rows and names, never more.

        Raises BadInput, TooLarge or UnsupportedType for a file that is no picture that can be read.
        """


class TagReader(Protocol):
    """Photo and what was read of it in, price labels out."""

    @property
    def name(self) -> str:
        """The methods and their versions."""

    def read(self, photo: bytes, reading: Reading) -> tuple[PriceTag, ...]:
        """The price labels on the edges of the reading's shelves. Raises as ``ShelfReader.read``."""
