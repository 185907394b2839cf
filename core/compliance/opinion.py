"""What a vision model thinks a package is: a third opinion, beside the reader's and the person's.

It is asked only where the reader is unsure, or about a finding that a person wants looked at. It chooses
among candidates, and decides nothing: findings, score and fixes stay as they are until a person says so.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.compliance.crops import cut, upright
from core.compliance.findings import Violation
from core.compliance.reading import Box, Facing, GalleryProduct
from core.language import LanguageTask, Picture

if TYPE_CHECKING:
    from PIL.Image import Image as Drawing

KIND, WITHIN_S, MOST_TOKENS = "photo_check", 20.0, 120
UNSURE_BELOW = 0.6
"""A name less likely than this may be asked about without a finding."""
CANDIDATES, FACINGS = 5, 6
"""Most candidates of a package, and packages of one request."""
NONE = "none"
SURENESS = ("sure", "likely", "guess")
LONGEST_PX = 1568
_CROP_PX, _VIEW_PX, _GAP_PX, _LABEL_PX = 512, 300, 16, 30


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model says of one facing (its index in the reading). ``product_id`` None: none of the
    candidates; ``name`` in words. ``reader`` is what the reader said. ``sure`` is one of ``SURENESS``, in the
    model's own words; ``by`` is the model."""

    facing: int
    product_id: int | None
    name: str
    reader: str
    sure: str
    by: str

    @property
    def agrees(self) -> bool:
        """Whether it says what the reader said."""
        return self.name == self.reader


def to_ask(facings: Sequence[Facing], violation: Violation | None = None) -> tuple[int, ...]:
    """Which facings may be asked about: those of a finding, else those of which the reader is unsure, the
    least sure first; at most ``FACINGS``."""
    if violation is not None:
        return violation.facings[:FACINGS]
    unsure = [i for i, f in enumerate(facings) if f.candidates and f.probability < UNSURE_BELOW]
    return tuple(sorted(unsure, key=lambda i: facings[i].probability)[:FACINGS])


def candidates_of(facing: Facing, expected: int | None = None) -> tuple[int, ...]:
    """The products to choose from: the reader's likeliest, and what the plan has there, by their ids so that
    their order tells nothing."""
    likely = [c.product_id for c in sorted(facing.candidates, key=lambda c: -c.probability)]
    first = [expected] if expected is not None and expected not in likely[:CANDIDATES] else []
    return tuple(sorted([*first, *likely][:CANDIDATES]))


def task(sheet: bytes, products: Sequence[GalleryProduct]) -> LanguageTask:
    """What is asked of the router: a picture of the package beside those of the candidates; the answer is one
    of their ids or ``NONE``. Without a model nobody is asked, and nothing is said."""
    schema: Mapping[str, Any] = {
        "type": "object", "additionalProperties": False, "required": ["product", "sure"],
        "properties": {
            "product": {"type": "string", "enum": [*(str(p.product_id) for p in products), NONE]},
            "sure": {"type": "string", "enum": list(SURENESS)},
        },
    }
    facts = {"candidates": [{"id": str(p.product_id), "name": p.name, "brand": p.brand} for p in products]}
    return LanguageTask(
        KIND, facts, lambda: None, schema=schema, pictures=(Picture(sheet, "image/jpeg"),),
        max_tokens=MOST_TOKENS, within_s=WITHIN_S, may_rule=False, tries=2,
    )


def sheet(photo: bytes, box: Box, products: Sequence[GalleryProduct]) -> bytes:
    """One JPEG of at most ``LONGEST_PX``: the package cut out of the photo, and a picture of each candidate
    with its id above it. Nothing else of the photo is in it, and no metadata. Raises BadInput for a box
    outside the photo."""
    from PIL import Image, ImageDraw

    crop = _opened(cut(photo, [box])[0], _CROP_PX)
    views = [(f"{p.product_id}", _opened(view, _VIEW_PX)) for p in products
             for view in (*p.views, *p.confirmed)[:1]]
    across = min(len(views), 3)
    down = -(-len(views) // max(across, 1))
    tile = _VIEW_PX + _GAP_PX
    width = _CROP_PX + 2 * _GAP_PX + across * tile
    height = max(_CROP_PX, down * (tile + _LABEL_PX)) + _LABEL_PX + 2 * _GAP_PX
    canvas = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(canvas)
    pen.text((_GAP_PX, _GAP_PX), "The package", fill="black", font_size=22)
    canvas.paste(crop, (_GAP_PX, _GAP_PX + _LABEL_PX))
    for i, (label, view) in enumerate(views):
        left = _CROP_PX + 2 * _GAP_PX + (i % across) * tile
        top = _GAP_PX + (i // across) * (tile + _LABEL_PX)
        pen.text((left, top), label, fill="black", font_size=22)
        canvas.paste(view, (left, top + _LABEL_PX))
    canvas.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    canvas.save(target, "JPEG", quality=88)
    return target.getvalue()


def blank() -> bytes:
    """A picture of nothing, to ask whether anybody would look at one."""
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(target, "JPEG")
    return target.getvalue()


def _opened(content: bytes, longest: int) -> Drawing:
    """A picture on white whose long side is ``longest``, without what came with its file."""
    picture, _ = upright(content)
    scale = longest / max(picture.size)
    return picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
