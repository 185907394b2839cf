"""A photo against a plan behind the door: kept, judged, learned from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.compliance.findings import Kind
from core.compliance.reading import Problem, Quality
from core.errors import BadInput, NotAllowed, NotFound, RuleViolation, UnsupportedType
from core.models import Models
from core.store.database import Database
from core.workbench import Workbench
from core.workbench.door import equip
from tests.support import audited
from tests.support.audited import door
from tests.support.readers import FakeReader, named, photo_of


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six products on a shelf of three rows."""
    names = [f"Product {i + 1}" for i in range(6)]
    return audited.build(tmp_path_factory.mktemp("audits") / "template.db", names)


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Iterator[Database]:
    with audited.copied(template, tmp_path) as made:
        yield made


@pytest.fixture
def reader(database: Database) -> FakeReader:
    fake = FakeReader()
    equip(database, Models(reader=fake))
    return fake


@pytest.fixture
def wb(database: Database, reader: FakeReader) -> Workbench:
    return door(database)


def swap_first(to: int | None) -> Any:
    return lambda facings: (named(facings[0], to), *facings[1:])


def test_a_shelf_as_planned_is_right_and_can_be_opened_again(wb: Workbench, database: Database) -> None:
    """After a restart it is the same audit."""
    made = wb.audit_photo(1, photo_of())
    assert (made.audit.compliance_score, made.audit.violations) == (1.0, ())
    again = Database(f"sqlite:///{database.path}")
    assert door(again).audit(made.id) == made
    again.close()


def test_what_departs_is_kept_with_who_and_when(wb: Workbench, reader: FakeReader) -> None:
    """The card tells the figures."""
    reader.change = swap_first(6)
    made = wb.audit_photo(1, photo_of())
    card = wb.audits(planogram_id=1)[0][0]
    assert card == made.card
    assert (card.planogram, card.version, card.by, card.facings, card.expected_facings) == (
        "Front", 1, "Driver", 18, 18)
    assert card.violations == len(made.audit.violations) >= 1
    assert 0 < (card.score or 0) < 1


def test_the_photo_and_its_findings_can_be_looked_at(wb: Workbench, reader: FakeReader, database: Database) -> None:
    """By a viewer too."""
    reader.change = swap_first(None)
    photo = photo_of()
    made = wb.audit_photo(1, photo)
    viewer = door(database, "viewer")
    assert viewer.audit_picture(made.id) == (photo, "image/jpeg")
    assert viewer.annotated(made.id)[:3] == b"\xff\xd8\xff"
    with pytest.raises(NotAllowed):
        viewer.audit_photo(1, photo)
    with pytest.raises(NotAllowed):
        viewer.judge_violation(made.id, made.audit.violations[0].id, "confirmed")


def test_what_is_in_doubt_joins_the_queue_once(wb: Workbench, reader: FakeReader, database: Database) -> None:
    """In the database and as files; the same photo again adds nothing."""
    reader.change = lambda f: (named(f[0], 3, 0.6), named(f[1], None), *f[2:])
    made = wb.audit_photo(1, photo_of())
    wb.audit_photo(1, photo_of())
    items, total = wb.learning_queue()
    assert [i.candidates for i in items] == [(), ((items[1].candidates[0]),)]
    assert total == 2
    assert {i.audit_id for i in items} == {made.id}
    assert wb.crop(items[0].id)[:3] == b"\xff\xd8\xff"
    assert database.path is not None
    files = sorted((database.path.parent / "active_learning_queue").glob("*.json"))
    content = json.loads(files[0].read_text())
    assert content["label"] is None
    assert (files[0].parent / content["crop"]).read_bytes() == wb.crop(content["item_id"])


def test_a_label_has_its_provenance_and_can_be_taken_back(wb: Workbench, reader: FakeReader, database: Database) -> None:
    """By whom and when; the file says the same."""
    reader.change = swap_first(None)
    wb.audit_photo(1, photo_of())
    item = wb.learning_queue()[0][0]
    done = wb.label(item.id, 4)
    assert (done.status, done.product, done.by) == ("labelled", "Product 4", "Driver")
    assert done.labelled_at is not None
    assert database.path is not None
    path = database.path.parent / "active_learning_queue" / f"{item.id}.json"
    assert json.loads(path.read_text())["label"] == {"product_id": 4, "name": "Product 4"}
    assert wb.learning_counts() == {"open": 0, "labelled": 1, "skipped": 0}
    assert wb.reopen(item.id).status == "open"
    assert json.loads(path.read_text())["label"] is None
    assert wb.label(item.id, None).not_in_catalog
    assert wb.skip(item.id).status == "skipped"
    with pytest.raises(NotFound, match="no product 99"):
        wb.label(item.id, 99)
    with pytest.raises(NotFound):
        wb.label(999, 1)


def test_a_corrected_package_joins_the_gallery(wb: Workbench, reader: FakeReader) -> None:
    """The next photo is read against it; the others' pictures stay as they were."""
    reader.change = swap_first(6)
    made = wb.audit_photo(1, photo_of())
    before = reader.shown[-1][0]
    wrong = made.audit.violations[0]
    saved = wb.judge_violation(made.id, wrong.id, "corrected", {"product_id": 5, "note": "new design"})
    assert saved.verdicts[wrong.id].correction == {"product_id": 5, "note": "new design"}
    wb.audit_photo(1, photo_of())
    after = reader.shown[-1][0]
    assert after.version != before.version
    assert [len(p.confirmed) for p in after.products] == [0, 0, 0, 0, 1, 0]
    others = [(p.product_id, p.views) for p in after.products if p.product_id != 5]
    assert others == [(p.product_id, p.views) for p in before.products if p.product_id != 5]


def test_a_confirmed_finding_confirms_the_name_it_was_found_by(wb: Workbench, reader: FakeReader) -> None:
    """A dismissed one teaches nothing, and a verdict thought better of takes its lesson back."""
    reader.change = swap_first(6)
    made = wb.audit_photo(1, photo_of())
    wrong = next(v for v in made.audit.violations if v.actual is not None and v.facings)
    wb.judge_violation(made.id, wrong.id, "confirmed")
    labelled, _ = wb.learning_queue("labelled")
    assert [(i.product_id, i.source) for i in labelled] == [(wrong.actual.product_id, "confirmed")]
    wb.judge_violation(made.id, wrong.id, "dismissed")
    assert wb.learning_queue("labelled")[1] == 0
    assert wb.audit(made.id).verdicts[wrong.id].verdict == "dismissed"


def test_any_package_on_the_photo_can_be_named(wb: Workbench) -> None:
    """Drawn over it, found or not."""
    made = wb.audit_photo(1, photo_of())
    done = wb.correct(made.id, (30.0, 30.0, 90.0, 120.0), 2)
    assert (done.product_id, done.source, done.audit_id) == (2, "corrected", made.id)
    with pytest.raises(BadInput, match="not within the photo"):
        wb.correct(made.id, (5000.0, 30.0, 90.0, 120.0), 2)


@pytest.mark.parametrize(("verdict", "correction", "error"), [
    ("perhaps", None, BadInput), ("corrected", None, BadInput), ("corrected", {}, BadInput),
    ("corrected", {"color": "red"}, BadInput), ("corrected", {"box": [1, 2, 3]}, BadInput),
    ("corrected", {"box": [1, 2, 0, 4]}, BadInput), ("corrected", {"product_id": "x"}, BadInput),
    ("corrected", {"product_id": 99}, NotFound), ("corrected", [1], BadInput),
])
def test_a_verdict_that_says_nothing_changes_nothing(
    wb: Workbench, reader: FakeReader, verdict: str, correction: Any, error: type[Exception]
) -> None:
    """Nor one that cannot be."""
    reader.change = swap_first(6)
    made = wb.audit_photo(1, photo_of())
    with pytest.raises(error):
        wb.judge_violation(made.id, made.audit.violations[0].id, verdict, correction)
    assert wb.audit(made.id).verdicts == {}
    assert wb.learning_queue("labelled")[1] == 0
    with pytest.raises(NotFound, match="no violation"):
        wb.judge_violation(made.id, "nothing", "confirmed")


def test_a_photo_that_cannot_be_used_teaches_and_asks_nothing(wb: Workbench, reader: FakeReader) -> None:
    """It is kept with what is wrong with it."""
    reader.quality = Quality((Problem("dark", "The photo is too dark.", "Use the flash.", "unusable"),))
    reader.change = swap_first(None)
    made = wb.audit_photo(1, photo_of())
    assert not made.card.usable
    assert made.reading.quality == reader.quality
    assert wb.learning_queue()[1] == 0


def test_recognizing_keeps_only_what_is_in_doubt(wb: Workbench, reader: FakeReader, database: Database) -> None:
    """No audit is made."""
    assert database.path is not None
    assert len(wb.recognize(photo_of(1)).facings) == 4
    assert not (database.path.parent / "pictures").exists()
    reader.change = swap_first(None)
    wb.recognize(photo_of(1))
    items, _ = wb.learning_queue()
    assert [(i.source, i.audit_id) for i in items] == [("recognized", None)]
    assert wb.audits() == ([], 0)


def test_products_without_a_picture_are_told(wb: Workbench) -> None:
    """Their drawn package stands in."""
    made = wb.audit_photo(1, photo_of())
    assert any("6 products without a picture" in note for note in made.reading.fallbacks)


def test_without_a_reader_the_way_to_one_is_told(database: Database) -> None:
    """Before anything is kept; also where it is turned off."""
    with pytest.raises(RuleViolation, match="No reader") as told:
        door(database).audit_photo(1, photo_of())
    assert "requirements.txt" in told.value.hint
    with pytest.raises(RuleViolation, match="turned off"):
        door(database, ai_v2_enabled=False).recognize(photo_of())


def test_a_broken_picture_is_refused_before_it_is_read(wb: Workbench, reader: FakeReader) -> None:
    """And nothing is kept."""
    with pytest.raises(UnsupportedType):
        wb.audit_photo(1, b"hello, world")
    assert (reader.shown, wb.audits()) == ([], ([], 0))


def test_the_same_photo_can_be_read_anew(wb: Workbench, reader: FakeReader) -> None:
    """Against the plan as it is now."""
    reader.change = swap_first(6)
    first = wb.audit_photo(1, photo_of())
    reader.change = lambda f: f
    second = wb.audit_again(first.id)
    assert second.card.photo_hash == first.card.photo_hash
    assert second.audit.compliance_score == 1.0
    assert [c.id for c in wb.audits()[0]] == [second.id, first.id]


def test_findings_have_the_kinds_that_were_made(wb: Workbench, reader: FakeReader) -> None:
    """A swapped package is a wrong product, a gone one is missing."""
    reader.change = swap_first(None)
    kinds = {v.kind for v in wb.audit_photo(1, photo_of()).audit.violations}
    assert kinds == {Kind.WRONG_PRODUCT}


def test_what_people_said_is_put_into_the_audit(wb: Workbench, reader: FakeReader) -> None:
    """A corrected name ends the finding, a dismissed one asks for nothing; what was read stays as it was."""
    reader.change = lambda f: (named(f[0], 6), *f[1:])
    made = wb.audit_photo(1, photo_of())
    wrong = made.audit.violations[0]
    assert wb.audit_fixes(made.id)
    wb.judge_violation(made.id, wrong.id, "dismissed")
    assert wb.audit_fixes(made.id) == ()
    wb.judge_violation(made.id, wrong.id, "corrected", {"product_id": 1})
    now = wb.judged(made.id)
    assert (now.audit.compliance_score, now.audit.violations, now.fixes) == (1.0, (), ())
    again = wb.audit(made.id)
    assert (again.reading, again.audit) == (made.reading, made.audit)


def test_a_package_that_was_not_found_is_put_in_by_drawing_over_it(wb: Workbench, reader: FakeReader) -> None:
    """The missing facing stands after all."""
    reader.change = lambda f: f[1:]
    made = wb.audit_photo(1, photo_of())
    assert (made.audit.compliance_score or 0) < 1
    wb.correct(made.id, (4.0, 20.0, 192.0, 210.0), 1)
    assert wb.judged(made.id).audit.compliance_score == 1.0


def test_the_fix_list_can_be_printed(wb: Workbench, reader: FakeReader) -> None:
    """With the photo."""
    reader.change = swap_first(None)
    assert wb.audit_pdf(wb.audit_photo(1, photo_of()).id).startswith(b"%PDF")


def test_the_last_audit_is_laid_over_the_plan(wb: Workbench, reader: FakeReader, database: Database) -> None:
    """By place; a photo that cannot be used is passed over, and a dismissed finding is right."""
    assert wb.last_audit(1) is None
    reader.change = lambda f: (named(f[0], None), named(f[1], None), named(f[2], None), *f[3:])
    made = wb.audit_photo(1, photo_of())
    reader.quality = Quality((Problem("blur", "Too blurred.", "Hold still.", "unusable"),))
    wb.audit_photo(1, photo_of(seed=2))
    last = wb.last_audit(1)
    assert last is not None
    assert last.card.id == made.id
    assert last.seen[1, 0, 0.0] == "Wrong product"
    assert set(last.seen.values()) == {"Wrong product", "As planned"}
    for violation in made.audit.violations:
        wb.judge_violation(made.id, violation.id, "dismissed")
    again = wb.last_audit(1)
    assert again is not None
    assert set(again.seen.values()) == {"As planned"}
