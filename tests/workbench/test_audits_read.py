"""A rendered photo through the door with the real reader: from pixels to a fix list, and a name that teaches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import pytest

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
from ml.rendering.articles import assortment
from ml.rendering.shelf import Settings as Camera
from ml.rendering.shelf import render

SIZE_IN = (5.5, 8.0, 3.0)


def test_a_photo_becomes_a_fix_list_and_a_name_teaches(tmp_path: Path) -> None:
    """A package that stands in another's place is found; one that the gallery does not know is known once it
    has been named."""
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
    wb = Workbench(database, Actor(1, 1, "manager", "Ann"), Settings(_env_file=None))  # type: ignore[call-arg]
    drawn = [replace(a, id=i + 1, shape="box", size_in=SIZE_IN) for i, a in enumerate(assortment(4_242, 6, (1, 1))[:6])]
    old = replace(assortment(4_343, 8, (1, 1))[0], id=6, shape="box", size_in=SIZE_IN)
    for article in drawn:
        made = wb.create_product(f"Product {article.id}", "Boxes", brand=article.name, width_in=SIZE_IN[0],
                                 height_in=SIZE_IN[1])
        assert made.id == article.id
        wb.add_product_images(made.id, [goods.packshot(old if article.id == 6 else article)])
    fixture = Fixture.shelves(36.0, 2, 20.0, 16.0, cell_width_in=1.0)
    plan = Planogram(fixture, tuple(
        Position(3 * r + c + 1, r, 12 * c, 12, 12.0 * c, 12.0, facings=2) for r in range(2) for c in range(3)))
    saved = wb.create_planogram("Front", plan)
    stands = [replace(p, product_id={1: 2, 2: 1}.get(p.product_id, p.product_id)) for p in plan.positions]
    scene = render(plan.with_positions(stands), wb.catalog(), 5, Camera(width=1400, turn=2.0, nod=1.0, neighbors=False),
                   articles={a.id: a for a in drawn})
    photo = cv2.imencode(".jpg", scene.image[..., ::-1])[1].tobytes()

    made = wb.audit_photo(saved.id, photo)
    assert {v.spot.slot for v in made.audit.violations if v.spot is not None} >= {"A1", "A13"}
    assert wb.audit_fixes(made.id)
    last = [s for s in scene.packages if s.product_id == 6]
    wb.correct(made.id, last[0].box, 6)
    again = wb.audit_again(made.id)
    known = [f for f in again.reading.facings if f.product_id == 6]
    assert len(known) == 2
    assert not [f for f in made.reading.facings if f.product_id == 6]
    database.close()
