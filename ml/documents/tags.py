"""Price labels on the edges of shelves: the strip below each row cut out, straightened and read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import PriceTag, Reading

if TYPE_CHECKING:
    from ml.documents.words import Word
    from ml.vision.photo import Photo

ABOVE, BELOW = 0.05, 0.20
"""How far above and below its edge a row's strip reaches, of the usual distance of two rows."""
STRIP_PX, MOST_SCALE, LONG_PX = 110, 2.5, 1_900
"""Height that a strip is brought to, how much it is enlarged for that at most, and the length of one part."""
SMALLEST = 0.55
"""Height of a price, at least so much of the usual one."""
MOSTLY = 0.7
"""Share of written prices from which bare digits beside them are none."""
APART = 0.75
"""Heights of a price by which one may hang above or below the line of its row."""
PLAIN, BARE = 1.0, 0.75
"""What a price is worth that is written with its sign or point, and one of bare digits ("420")."""
_MANY = re.compile(r"(?<!\d)(\d{1,2})\s*(?:for|/)\s*[$€£S]?\s*(\d{1,3}(?:[.,]\d{2})?)(?!\d)", re.IGNORECASE)
_PRICE = re.compile(r"(?:[$€£]\s?(\d{1,3})|(?<![\d.,])(\d{1,3}))\s?[.,·]\s?(\d{2})(?![\d]|\s?[A-Za-z])")
_SIGNED = re.compile(r"(?:[$€£]|(?<!\w)[§S])\s?(\d{3,5})(?!\d)")
_BARE = re.compile(r"^\d{3,4}$")
_RAISED = re.compile(r"^[$€£]?\s?(\d{1,2})\s(\d{2})$")


@dataclass(frozen=True, slots=True)
class Price:
    """A price as it is printed: so much for so many. ``sure``: how clearly it is one, 0–1."""

    amount: float
    units: int
    sure: float


def price_of(text: str) -> Price | None:
    """ "$4.20", "4.20", "420" with small cents, "2 for $5", "2/$5"; None for what is no price."""
    plain = text.strip()
    if found := _MANY.search(plain):
        amount = float(found[2].replace(",", "."))
        units = int(found[1])
        return Price(amount, units, PLAIN) if 1 < units <= 12 and amount > 0 else None
    if found := _PRICE.search(plain):
        return _price(int(found[1] or found[2]), int(found[3]), PLAIN)
    if found := _RAISED.match(plain):
        return _price(int(found[1]), int(found[2]), PLAIN)
    if found := _SIGNED.search(plain):
        return _price(int(found[1][:-2]), int(found[1][-2:]), PLAIN)
    if _BARE.match(plain):
        return _price(int(plain[:-2]), int(plain[-2:]), BARE)
    return None


def _price(whole: int, cents: int, sure: float) -> Price | None:
    amount = whole + cents / 100
    return Price(amount, 1, sure) if amount > 0 else None


class PriceTagReader:
    """A ``core.compliance.reading.TagReader``."""

    @property
    def name(self) -> str:
        """See ``TagReader``."""
        from ml.documents import ocr

        return f"price labels by {ocr.NAME}"

    def read(self, photo: bytes, reading: Reading) -> tuple[PriceTag, ...]:
        """See ``TagReader``."""
        from ml.documents.ocr import read_words
        from ml.vision.photo import load

        picture = load(photo)
        found: list[PriceTag] = []
        for strip in _strips(picture, reading):
            for words, box in _labels(read_words(strip.pixels)):
                found += _tags(words, box, strip)
        return _alike(found)


def _alike(found: list[PriceTag]) -> tuple[PriceTag, ...]:
    """The tags that look like the others of the photo. A size in a name is printed far smaller than
    the price, what is on a package hangs at another height, and bare digits among written ones are none."""
    if not found:
        return ()
    usual = float(np.median([t.box[3] for t in found]))
    large = [t for t in found if t.box[3] >= SMALLEST * usual]
    written = [t for t in large if not _BARE.match(t.text)]
    if len(written) >= MOSTLY * len(large):
        large = written
    return tuple(t for t in large if abs(_off(t, [u for u in large if u.row == t.row])) <= APART * usual)


def _off(tag: PriceTag, row: list[PriceTag]) -> float:
    """How far below the line through the other tags of its row one hangs, in pixels; 0 where there are too
    few to tell. The line by Theil (1950) and Sen (1968), which one tag out of place does not turn."""
    if len(row) < 4:
        return 0.0
    x, y = np.array([(t.box[0] + t.box[2] / 2, t.box[1] + t.box[3] / 2) for t in row]).T
    i, j = np.triu_indices(len(row), 1)
    apart = np.abs(x[i] - x[j]) > 1.0
    if not apart.any():
        return 0.0
    slope = float(np.median((y[i] - y[j])[apart] / (x[i] - x[j])[apart]))
    middle = float(np.median(y - slope * x))
    return tag.box[1] + tag.box[3] / 2 - slope * (tag.box[0] + tag.box[2] / 2) - middle


@dataclass(frozen=True, slots=True, eq=False)
class _Strip:
    """``pixels`` (h, w, 3) of a part of a row's edge; ``back`` (2, 3) takes them to the photo."""

    pixels: NDArray[np.uint8]
    row: int
    back: NDArray[np.float64]

    def box(self, word: Word) -> tuple[float, float, float, float]:
        corners = np.array([(word.x, word.y, 1.0), (word.right, word.y, 1.0), (word.x, word.bottom, 1.0),
                            (word.right, word.bottom, 1.0)]) @ self.back.T
        x0, y0 = corners.min(axis=0).tolist()
        x1, y1 = corners.max(axis=0).tolist()
        return x0, y0, x1 - x0, y1 - y0


def _strips(photo: Photo, reading: Reading) -> list[_Strip]:
    """The edges of all rows, in parts that are short enough to be read in full size."""
    import cv2

    if not reading.shelves:
        return []
    middles = sorted(float(np.mean([y for _, y in shelf])) for shelf in reading.shelves)
    usual = float(np.median(np.diff(middles))) if len(middles) > 1 else reading.height / 3
    made = []
    for row, shelf in enumerate(reading.shelves):
        (x0, y0), (x1, y1) = shelf[0], shelf[-1]
        length = float(np.hypot(x1 - x0, y1 - y0))
        if length < 1:
            continue
        high = (ABOVE + BELOW) * usual
        scale = min(STRIP_PX / high, MOST_SCALE * photo.detail_scale)
        along = np.array([x1 - x0, y1 - y0]) / length
        down = np.array([-along[1], along[0]])
        start = np.array([x0, y0]) - down * ABOVE * usual
        parts = max(1, int(np.ceil(length * scale / LONG_PX)))
        for part in range(parts):
            origin = start + along * (length * part / parts)
            size = (max(1, round(length * scale / parts) + 60), max(1, round(high * scale)))
            back = np.column_stack([along / scale, down / scale, origin])
            to_detail = back * photo.detail_scale
            pixels = cv2.warpAffine(photo.detail, to_detail, size, borderMode=cv2.BORDER_REPLICATE,
                                    flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
            made.append(_Strip(np.asarray(pixels, np.uint8), row, back))
    return made


def _labels(words: tuple[Word, ...]) -> list[tuple[list[Word], Word]]:
    """Words that may be a price, with the cents that stand small beside the whole."""
    from ml.documents.words import joined

    made: list[tuple[list[Word], Word]] = []
    used: set[int] = set()
    ordered = sorted(words, key=lambda w: w.x)
    for i, word in enumerate(ordered):
        if i in used:
            continue
        near = [
            j for j, other in enumerate(ordered) if j not in used and j != i and _is_raised(word, other)
        ]
        group = [word, *(ordered[j] for j in near[:1])]
        used.update(near[:1])
        made.append((group, joined(group)))
    return made


def _is_raised(whole: Word, cents: Word) -> bool:
    """Whether two digits stand small and raised right behind a whole number."""
    high = whole.height
    are_digits = re.fullmatch(r"[$€£]?\s?\d{1,2}", whole.text) and re.fullmatch(r"\d{2}", cents.text)
    behind = -0.2 * high <= cents.x - whole.right < 0.6 * high
    raised = cents.height < 0.8 * high and cents.middle[1] < whole.middle[1] and cents.bottom > whole.y
    return bool(are_digits) and behind and raised


def _tags(words: list[Word], box: Word, strip: _Strip) -> list[PriceTag]:
    price = price_of(" ".join(w.text for w in words))
    if price is None:
        return []
    sure = min(w.confidence for w in words) * price.sure
    return [PriceTag(strip.box(box), strip.row, price.amount, round(sure, 3), price.units, box.text)]
