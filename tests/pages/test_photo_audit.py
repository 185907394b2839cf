"""The pages Photo audit and Label queue, with a reader that sees what a test says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.compliance.reading import Gallery, Reading
from core.models import Models
from core.planogram.planogram import Planogram
from core.store.pictures import path_of
from core.workbench import Workbench
from core.workbench.door import equip
from pages.parts.audit_photo import payload
from tests.support.readers import FakeReader, named, photo_of


class Blind(FakeReader):
    """Finds neither packages nor shelves."""

    def read(self, photo: bytes, gallery: Gallery, expected: Planogram | None = None) -> Reading:
        return replace(super().read(photo, gallery, expected), facings=(), shelves=())


@pytest.fixture
def reader(demo: Workbench) -> Iterator[FakeReader]:
    fake = FakeReader()
    equip(demo.database, Models(reader=fake))
    yield fake
    equip(demo.database, Models())


@pytest.fixture
def shelf(demo: Workbench) -> int:
    """A store's shelf of the demo company."""
    return next(c.id for c in demo.planograms() if c.device_id is None)


def texts(app: AppTest) -> str:
    return " ".join(str(h.value) for h in app.get("html"))


def test_without_an_audit_the_page_says_how_to_begin(open_page, demo: Workbench, reader: FakeReader) -> None:
    """A plan nobody has photographed yet."""
    card = demo.planograms()[-1]
    app = open_page("photo_audit.py", planogram=str(card.id))
    assert not app.exception
    assert f"Photograph {card.name}" in texts(app)


def test_the_newest_audit_is_told_in_the_first_line(
    open_page, demo: Workbench, reader: FakeReader, shelf: int
) -> None:
    """One product stands where another belongs; fix list, counts and history follow it."""
    plan = demo.open(shelf).plan
    other = next(i for i in demo.catalog() if i not in plan.product_ids)
    reader.change = lambda facings: (named(facings[0], other), *facings[1:])
    saved = demo.audit_photo(shelf, photo_of(plan.fixture.rows))
    app = open_page("photo_audit.py", planogram=str(shelf))
    assert not app.exception
    assert "1 thing to mend" in texts(app)
    view = next(g for g in app.get("button_group") if g.label == "What to look at")
    for name in ("Fix list", "Facings and shares", "History"):
        view.set_value(name).run()
        assert not app.exception, name
        view = next(g for g in app.get("button_group") if g.label == "What to look at")
    assert len(demo.audit_fixes(saved.id)) >= 1
    assert demo.audit_pdf(saved.id).startswith(b"%PDF")


def test_a_viewer_can_look_and_not_judge(demo: Workbench, reader: FakeReader, shelf: int) -> None:
    """The payload says so, and holds every package that was seen."""
    saved = demo.audit_photo(shelf, photo_of(demo.open(shelf).plan.fixture.rows, seed=2))
    photo, _ = demo.audit_picture(saved.id)
    built = payload.build(saved, photo, dark=False, may=False)
    assert built["may"] is False
    assert len(built["boxes"]) == len(saved.reading.facings)
    assert built["none"] == "Everything that the photo shows stands as planned."


def test_a_dismissed_finding_is_marked_in_the_list(demo: Workbench, reader: FakeReader, shelf: int) -> None:
    """With who did it."""
    reader.change = lambda facings: facings[1:]
    saved = demo.audit_photo(shelf, photo_of(demo.open(shelf).plan.fixture.rows, seed=3))
    found = (*saved.audit.violations, *saved.audit.to_check)[0]
    judged = demo.judge_violation(saved.id, found.id, "dismissed")
    photo, _ = demo.audit_picture(saved.id)
    told = payload.build(judged, photo, dark=True, may=True)["findings"][0]
    assert told["verdict"] == "dismissed"
    assert "dismissed by" in told["sure"]


def test_a_photo_is_shown_upright_and_small(demo: Workbench) -> None:
    """Whatever its size."""
    from io import BytesIO

    with Image.open(BytesIO(payload.small(photo_of(9), 500))) as picture:
        assert max(picture.size) == 500


def test_a_package_in_doubt_is_named_with_one_tap(
    open_page, demo: Workbench, reader: FakeReader, shelf: int
) -> None:
    """The likeliest products are offered; the chosen one leaves the queue."""
    reader.change = lambda facings: (
        replace(facings[0], candidates=(replace(facings[0].candidates[0], probability=0.6),)), *facings[1:])
    demo.audit_photo(shelf, photo_of(demo.open(shelf).plan.fixture.rows, seed=4))
    before = demo.learning_counts()
    app = open_page("label_queue.py")
    assert not app.exception
    tap = next(b for b in app.button if str(b.key).startswith("label_") and str(b.key).split("_")[1].isdecimal())
    tap.click().run()
    assert not app.exception
    after = demo.learning_counts()
    assert after["open"] == before["open"] - 1
    assert after["labelled"] == before.get("labelled", 0) + 1


def test_findings_are_told_though_the_photos_file_is_gone(
    open_page, demo: Workbench, reader: FakeReader, shelf: int
) -> None:
    """In a table; the label queue and the fix list go on as well."""
    plan = demo.open(shelf).plan
    other = next(i for i in demo.catalog() if i not in plan.product_ids)
    reader.change = lambda facings: (named(facings[0], other), *facings[1:])
    saved = demo.audit_photo(shelf, photo_of(plan.fixture.rows, seed=11))
    path_of(demo.database, saved.card.photo_hash).unlink()
    for view in ("Findings", "Fix list"):
        app = open_page("photo_audit.py", planogram=str(shelf), audit_view=view)
        assert not app.exception, view
        assert "The photo of audit" in app.error[0].value, view
        if view == "Findings":
            assert "As they were told when the photo was there" in texts(app)
            assert demo.catalog()[other].name in texts(app)


def test_a_photo_of_no_planned_product_is_not_called_in_order(
    open_page, demo: Workbench, reader: FakeReader, shelf: int
) -> None:
    """Nothing found to mend is not the same as nothing found."""
    equip(demo.database, Models(reader=Blind()))
    saved = demo.audit_photo(shelf, photo_of(demo.open(shelf).plan.fixture.rows, seed=12))
    assert saved.audit.compliance_score is None
    app = open_page("photo_audit.py", planogram=str(shelf), audit_view="Fix list")
    assert "No fix list" in texts(app)
    assert "stands as planned" not in texts(app)
    counts = open_page("photo_audit.py", planogram=str(shelf), audit_view="Facings and shares")
    assert not counts.exception
    assert not counts.dataframe
