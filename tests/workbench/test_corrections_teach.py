"""Twenty corrections entered in the app, and the next audit of the same shelf: the real reader, by the door."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from core.compliance.reading import Reading
from core.models import Models
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.settings import Settings
from core.store import tables as t
from core.store.database import Actor, Database
from core.workbench import Workbench
from core.workbench.door import equip
from ml import photo_reader
from ml.rendering import goods
from ml.rendering.articles import Article, assortment
from ml.rendering.shelf import Settings as Camera
from ml.rendering.shelf import render
from ml.rendering.truth import Rendered

SIZE_IN = (5.5, 8.0, 3.0)
CORRECTED, ROWS, ACROSS = 20, 4, 7
"""Every second to third product has a new design that the catalog's packshot does not show; in every brand of
several some have not."""


@pytest.fixture
def wb(tmp_path: Path) -> Workbench:
    """A company's workbench with the real reader."""
    reader = photo_reader()
    if reader is None:
        pytest.skip("OpenCV is not installed")
    database = Database(f"sqlite:///{tmp_path / 'wb.db'}")
    database.migrate()
    with database.admin_session() as session:
        session.add(t.Company(name="Acme"))
        session.flush()
        session.add(t.User(company_id=1, email="ann@acme.test", name="Ann", role="manager"))
    equip(database, Models(reader=reader))
    return Workbench(database, Actor(1, 1, "manager", "Ann"), Settings(_env_file=None))  # type: ignore[call-arg]


def drawn(seed: int, variants: tuple[int, int]) -> list[Article]:
    """A box for each place of the shelf."""
    count = ROWS * ACROSS
    made = assortment(seed, count, variants)[:count]
    return [replace(a, id=i + 1, shape="box", size_in=SIZE_IN) for i, a in enumerate(made)]


def jpeg(scene: Rendered) -> bytes:
    """As a phone sends it."""
    return cv2.imencode(".jpg", scene.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


def right(reading: Reading, scene: Rendered, products: set[int]) -> int:
    """How many of the products' packages are named rightly where they stand."""
    count = 0
    for shown in scene.packages:
        x, y, w, h = shown.box
        at = [f for f in reading.facings if x < f.box[0] + f.box[2] / 2 < x + w and y < f.box[1] + f.box[3] / 2 < y + h]
        count += shown.product_id in products and any(f.product_id == shown.product_id for f in at)
    return count


def test_corrections_teach_their_products_and_cost_the_others_nothing(wb: Workbench) -> None:
    """Of 20 products in a new design most are known on the next photo, and no other is lost."""
    articles, old = drawn(5_151, (2, 4)), drawn(5_252, (1, 1))
    new = {a.id for a in articles if a.id % 7 not in (0, 3)}
    assert len(new) == CORRECTED
    for article in articles:
        wb.create_product(f"Product {article.id}", "Boxes", brand=article.name, width_in=SIZE_IN[0],
                          height_in=SIZE_IN[1])
        wb.add_product_images(article.id, [goods.packshot(old[article.id - 1] if article.id in new else article)])
    plan = Planogram(Fixture.shelves(6.0 * ACROSS, ROWS, 11.0 * ROWS, 16.0, cell_width_in=1.0), tuple(
        Position(ACROSS * r + c + 1, r, 6 * c, 6, 6.0 * c, 6.0) for r in range(ROWS) for c in range(ACROSS)))
    saved = wb.create_planogram("Front", plan)
    first, second = (
        render(plan, wb.catalog(), seed, Camera(width=1300, neighbors=False), articles={a.id: a for a in articles})
        for seed in (21, 22)
    )
    others = {a.id for a in articles} - new
    before = wb.audit_photo(saved.id, jpeg(second)).reading
    named = wb.audit_photo(saved.id, jpeg(first))
    for shown in first.packages:
        if shown.product_id in new:
            wb.correct(named.id, shown.box, shown.product_id)
    after = wb.audit_photo(saved.id, jpeg(second)).reading
    assert right(before, second, new) == 0
    assert right(after, second, new) >= 0.8 * CORRECTED
    assert right(after, second, others) >= right(before, second, others) > 0
    wb.database.close()
