"""Packshots and sample photos for who has none."""

from __future__ import annotations

import io

from PIL import Image

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Product
from ml.rendering.studio import SOURCE, DrawnStudio

CATALOG = {
    i: Product(i, f"Brand{i} Crunch 2 oz", "Cookies", f"Brand{i}", "2 oz", width_in=5.0, height_in=8.0) for i in range(1, 7)
}
PLAN = Planogram(Fixture.shelves(24.0, 2, 30.0, 12.0), tuple(
    Position(2 * r + c + 1, r, 2 * c, 2, 12.0 * c, 12.0, facings=2) for r in range(2) for c in range(2)))


def test_a_packshot_says_that_it_is_drawn() -> None:
    """And is the same each time."""
    studio = DrawnStudio()
    made = studio.packshot(CATALOG, 1)
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.info["Source"] == SOURCE
    assert studio.packshot(CATALOG, 1) == made
    assert studio.packshot(CATALOG, 2) != made


def test_a_sample_is_a_marked_jpeg_with_a_few_departures_from_the_plan() -> None:
    """Another one with another seed."""
    studio = DrawnStudio()
    packshots = {i: studio.packshot(CATALOG, i) for i in CATALOG}
    made = studio.photograph(PLAN, CATALOG, packshots, 3)
    with Image.open(io.BytesIO(made.photo)) as picture:
        assert picture.format == "JPEG"
        assert "Drawn" in picture.getexif()[0x010E]
        assert max(picture.size) > 900
    planned = {(p.row, p.column): p.product_id for p in PLAN.positions}
    assert made.departures
    assert all(planned[d.row, d.column] == d.expected for d in made.departures)
    assert studio.photograph(PLAN, CATALOG, packshots, 4).photo != made.photo
