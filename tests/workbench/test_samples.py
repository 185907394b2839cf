"""A photo audit for who has no photo: drawn packshots and a drawn shelf, of the demo's products alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from core.compliance.samples import Departed, Sample
from core.errors import NotAllowed, RuleViolation
from core.models import Models
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.planogram.product import Catalog
from core.settings import Settings
from core.store import tables as t
from core.store.database import Actor, Database
from core.workbench import Workbench
from core.workbench.door import equip
from tests.support.readers import FakeReader, photo_of

TAKEN_OUT = Departed("missing", 0, 0, 1, None)


class FakeStudio:
    """Noise for a photo, and what it was asked for."""

    def __init__(self) -> None:
        self.drawn: list[int] = []
        self.shown: list[tuple[Mapping[int, bytes], int]] = []

    def packshot(self, catalog: Catalog, product_id: int) -> bytes:
        self.drawn.append(product_id)
        return photo_of(seed=product_id, kind="PNG")

    def photograph(self, plan: Planogram, catalog: Catalog, packshots: Mapping[int, bytes], seed: int) -> Sample:
        self.shown.append((packshots, seed))
        return Sample(photo_of(seed=seed), (TAKEN_OUT,))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A demo company with two shelves of two products, and a fifth product that is its own."""
    made = Database(f"sqlite:///{tmp_path / 'wb.db'}")
    made.migrate()
    with made.admin_session() as session:
        session.add(t.Company(name="Acme", is_demo=True))
        session.flush()
        session.add(t.User(company_id=1, email="a@acme.test", name="Manager", role="manager"))
    wb = Workbench(made, Actor(1, 1, "manager", "Manager"), Settings(_env_file=None))  # type: ignore[call-arg]
    for i in range(5):
        wb.create_product(f"Product {i + 1}", "Snacks" if i < 4 else "Soda", width_in=6.0, height_in=8.0)
    with made.admin_session() as session:
        session.execute(text("UPDATE product SET is_demo = true WHERE id < 5"))
    for name, ids in (("Front", (1, 2)), ("Own", (1, 5))):
        wb.create_planogram(name, Planogram(Fixture.shelves(36.0, 2, 40.0, 18.0), tuple(
            Position(i, row, 0, 3, 0.0, 18.0, facings=3) for row, i in enumerate(ids))))
    yield made
    made.close()


@pytest.fixture
def studio(database: Database) -> FakeStudio:
    made = FakeStudio()
    equip(database, Models(reader=FakeReader(), studio=made))
    return made


def door(database: Database, role: str = "manager") -> Workbench:
    return Workbench(database, Actor(1, 1, role, "Dana"), Settings(_env_file=None))  # type: ignore[call-arg]


def test_a_sample_is_drawn_audited_and_says_that_it_is_drawn(database: Database, studio: FakeStudio) -> None:
    """With what was drawn into it in words, and progress that never goes back."""
    told: list[float] = []
    made = door(database).audit_sample(1, report=lambda share, _: told.append(share))
    assert made.card.is_drawn
    assert made.audit.notes[-1] == "Drawn into the sample: Product 1 taken out at A1."
    assert told == sorted(told)
    assert door(database).audits(1)[0][0].is_drawn


def test_packshots_are_drawn_once_for_the_products_of_the_categories(database: Database, studio: FakeStudio) -> None:
    """Those of the demo that have no picture; another sample is another photo."""
    wb = door(database)
    wb.add_product_images(2, [photo_of(seed=99)])
    wb.audit_sample(1)
    wb.audit_sample(1)
    assert studio.drawn == [1, 3, 4]
    (first, seed), (second, other) = studio.shown
    assert set(first) == set(second) == {1, 2, 3, 4}
    assert first[2] == photo_of(seed=99)
    assert seed != other


def test_only_shelves_of_demo_products_are_drawn(database: Database, studio: FakeStudio) -> None:
    """A shelf with a product of one's own needs a real photo; so does a workbench without a studio."""
    wb = door(database)
    assert wb.can_sample(wb.open(1).plan)
    assert not wb.can_sample(wb.open(2).plan)
    with pytest.raises(RuleViolation):
        wb.audit_sample(2)
    with pytest.raises(NotAllowed):
        door(database, "driver").audit_sample(1)
    assert studio.drawn == []
    equip(database, Models(reader=FakeReader()))
    assert not wb.can_sample(wb.open(1).plan)
    with pytest.raises(RuleViolation):
        wb.audit_sample(1)


def test_a_taken_photo_is_not_a_sample(database: Database, studio: FakeStudio) -> None:
    """Only what was drawn is marked."""
    assert not door(database).audit_photo(1, photo_of()).card.is_drawn


def test_a_shelf_of_ones_own_is_not_taken_for_the_demos(database: Database, studio: FakeStudio) -> None:
    """Products of another world stay out of the gallery; a mixed shelf may show both."""
    reader = FakeReader()
    equip(database, Models(reader=reader, studio=studio))
    wb = door(database)
    wb.create_planogram("Mine", Planogram(Fixture.shelves(36.0, 1, 20.0, 18.0), (
        Position(5, 0, 0, 1, 0.0, 6.0),)))
    for product in range(1, 6):
        wb.add_product_images(product, [photo_of(seed=product)])
    for plan in (1, 2, 3):
        wb.audit_photo(plan, photo_of())
    assert [sorted(p.product_id for p in gallery.products) for gallery, _ in reader.shown] == [
        [1, 2, 3, 4], [1, 2, 3, 4, 5], [5]
    ]


def test_a_drawing_stands_in_for_what_is_planned_alone(database: Database, studio: FakeStudio) -> None:
    """Product 4 is not planned and has a picture, product 3 has none: no photo looks like its drawing."""
    reader = FakeReader()
    equip(database, Models(reader=reader, studio=studio))
    wb = door(database)
    wb.add_product_images(4, [photo_of(seed=4)])
    wb.audit_photo(1, photo_of())
    (gallery, _), = reader.shown
    assert [p.product_id for p in gallery.products] == [1, 2, 4]
