"""What lets a first-time user try a photo audit: packshots of drawn products, and photos of drawn shelves."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.compliance.samples import Departed, Sample
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog

if TYPE_CHECKING:
    from ml.rendering.truth import Image8, Point

PX_PER_IN = 46.0
"""Of the fixture: what a phone gives that stands before four feet of shelf."""
LEAST_WIDE, MOST_WIDE = 1500, 2800
DEPARTURES = 5
KINDS = ("missing", "replaced", "swapped", "fewer_facings")
RIM = 0.05
"""How much of the room around the fixture is kept, of its width and height."""
QUALITY = 92
SOURCE = "Drawn by the Planogram Workbench; not a photo of a product."


class DrawnStudio:
    """A ``core.compliance.samples.Studio``; what it draws with is imported with the first picture."""

    def packshot(self, catalog: Catalog, product_id: int) -> bytes:
        """See ``Studio``."""
        from PIL import Image
        from PIL.PngImagePlugin import PngInfo

        from ml.rendering.goods import article_of, packshot

        said = PngInfo()
        said.add_text("Source", SOURCE)
        target = io.BytesIO()
        with Image.open(io.BytesIO(packshot(article_of(catalog[product_id])))) as drawn:
            drawn.save(target, "PNG", pnginfo=said)
        return target.getvalue()

    def photograph(
        self, plan: Planogram, catalog: Catalog, packshots: Mapping[int, bytes], seed: int
    ) -> Sample:
        """See ``Studio``."""
        from ml.rendering.shelf import Settings, render

        wide = PX_PER_IN * max(plan.fixture.width_in, plan.fixture.height_in / 1.6)
        width = int(min(max(wide, LEAST_WIDE), MOST_WIDE))
        settings = Settings(width, turn=4.0, nod=2.0, strength=0.3, departures=DEPARTURES, kinds=KINDS)
        prices = {p.product_id: f"${p.price or catalog[p.product_id].price:.2f}" for p in plan.positions}
        made = render(plan, catalog, seed, settings, views=packshots, prices=prices)
        departures = tuple(
            Departed(d.type, d.row, d.column, d.expected, d.actual)
            for d in made.departures if d.expected is not None
        )
        return Sample(_jpeg(_near(made.image, made.outline)), departures)


def _near(image: Image8, outline: tuple[Point, ...]) -> Image8:
    """The picture cut to the fixture, as who photographs a shelf steps near."""
    height, width = image.shape[:2]
    xs, ys = zip(*outline, strict=True)
    rim_x, rim_y = RIM * (max(xs) - min(xs)), RIM * (max(ys) - min(ys))
    left, right = max(0, int(min(xs) - rim_x)), min(width, int(max(xs) + rim_x))
    top, bottom = max(0, int(min(ys) - rim_y)), min(height, int(max(ys) + rim_y))
    return image[top:bottom, left:right]


def _jpeg(image: Image8) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    picture = Image.fromarray(image)
    exif = picture.getexif()
    exif[0x010E] = SOURCE.replace("product", "shelf")
    picture.save(target, "JPEG", quality=QUALITY, exif=exif)
    return target.getvalue()
