"""Second thoughts about an audit: what fails changes nothing, and what is changed is seen everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from reportlab.pdfbase import pdfmetrics
from sqlalchemy import delete

from core.errors import BadInput, Conflict, NotFound, WorkbenchError
from core.models import Models
from core.store import label_files
from core.store import tables as t
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
    return audited.build(tmp_path_factory.mktemp("verdicts") / "template.db", names)


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Iterator[Database]:
    with audited.copied(template, tmp_path) as made:
        yield made


@pytest.fixture
def reader(database: Database) -> FakeReader:
    """Takes the first package for product 6."""
    fake = FakeReader(change=lambda f: (named(f[0], 6), *f[1:]))
    equip(database, Models(reader=fake))
    return fake


@pytest.fixture
def wb(database: Database, reader: FakeReader) -> Workbench:
    return door(database)


@pytest.mark.parametrize(("correction", "error"), [
    ({"product_id": 99}, NotFound), ({"product_id": 2, "box": [9000, 0, 10, 10]}, BadInput),
    ({"product_id": 2, "box": [1e308, 1e308, 1e308, 1e308]}, BadInput),
])
def test_a_second_correction_that_fails_leaves_the_first(
    wb: Workbench, correction: dict[str, Any], error: type[WorkbenchError]
) -> None:
    """Its verdict, its label and what the label says to training."""
    made = wb.audit_photo(1, photo_of())
    wrong = made.audit.violations[0].id
    wb.judge_violation(made.id, wrong, "corrected", {"product_id": 1})
    before, labels = wb.audit(made.id), wb.learning_queue("labelled")
    with pytest.raises(error):
        wb.judge_violation(made.id, wrong, "corrected", correction)
    assert wb.audit(made.id) == before
    assert wb.learning_queue("labelled") == labels
    (item,) = labels[0]
    file = label_files.folder_of(wb.database) / f"{item.id}.json"
    assert json.loads(file.read_text("utf-8"))["label"]["product_id"] == 1


def test_a_correction_counts_for_every_audit_of_the_photo(wb: Workbench) -> None:
    """A photo that was sent twice is two audits of the same packages."""
    first, second = wb.audit_photo(1, photo_of()), wb.audit_photo(1, photo_of())
    wb.judge_violation(second.id, second.audit.violations[0].id, "corrected", {"product_id": 1})
    assert wb.judged(second.id).audit.compliance_score == 1.0
    assert wb.judged(first.id).audit.compliance_score == 1.0
    wb.judge_violation(second.id, second.audit.violations[0].id, "dismissed")
    assert wb.learning_queue("labelled")[1] == 0


def test_what_lies_over_the_plan_follows_a_changed_verdict(wb: Workbench) -> None:
    """As many findings are judged as before, but not as before."""
    made = wb.audit_photo(1, photo_of())
    wrong = made.audit.violations[0].id
    wb.judge_violation(made.id, wrong, "dismissed")
    assert _seen(wb) == {"As planned"}
    wb.judge_violation(made.id, wrong, "confirmed")
    assert "Wrong product" in _seen(wb)


def test_what_lies_over_the_plan_follows_names_from_the_queue(wb: Workbench, reader: FakeReader) -> None:
    """A package that was named there is not judged, but known."""
    reader.change = lambda f: (*(named(one, 6, 0.55) for one in f[:3]), *f[3:])
    wb.audit_photo(1, photo_of())
    assert "Please check" in _seen(wb)
    for item in wb.learning_queue()[0]:
        wb.label(item.id, 1)
    assert _seen(wb) == {"As planned"}


def _seen(wb: Workbench) -> set[str]:
    last = wb.last_audit(1)
    assert last is not None
    return set(last.seen.values())


def test_a_plan_that_goes_while_its_photo_is_read_is_told(
    wb: Workbench, reader: FakeReader, database: Database
) -> None:
    """An import may infer its history anew meanwhile."""
    def take_away() -> None:
        with database.admin_session() as session:
            session.execute(delete(t.Position))
            session.execute(delete(t.PlanogramVersion))

    reader.before = take_away
    with pytest.raises(Conflict, match="changed"):
        wb.audit_photo(1, photo_of())
    assert wb.audits() == ([], 0)


def test_two_who_judge_one_finding_leave_one_word(wb: Workbench, database: Database) -> None:
    """Each says something else at the same moment: who is told so changes nothing, and what is labelled is what
    the verdict that stays says."""
    made = wb.audit_photo(1, photo_of())
    wrong = made.audit.violations[0].id
    said = {"confirmed": None, "dismissed": None, "corrected": {"product_id": 1}}
    start = Barrier(len(said))

    def judge(verdict: str) -> None:
        start.wait()
        with suppress(Conflict):
            door(database, "manager").judge_violation(made.id, wrong, verdict, said[verdict])

    for _ in range(4):
        with ThreadPoolExecutor(len(said)) as pool:
            list(pool.map(judge, said))
        labels = [(i.source, i.product_id) for i in wb.learning_queue("labelled")[0]]
        stays = wb.audit(made.id).verdicts[wrong].verdict
        assert labels == {"confirmed": [("confirmed", 6)], "corrected": [("corrected", 1)], "dismissed": []}[stays]


def test_files_follow_whoever_named_a_package_last(wb: Workbench, database: Database, reader: FakeReader) -> None:
    """Ten at once: what training reads is what the database holds."""
    reader.change = lambda f: (named(f[0], 6, 0.55), *f[1:])
    wb.audit_photo(1, photo_of())
    (item,), _ = wb.learning_queue()
    file = label_files.folder_of(database) / f"{item.id}.json"
    for _ in range(3):
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda n: door(database).label(item.id, 1 + n % 6), range(20)))
        (kept,), _ = wb.learning_queue("labelled")
        assert json.loads(file.read_text("utf-8"))["label"]["product_id"] == kept.product_id


def test_fix_lists_can_be_printed_by_many_at_once(wb: Workbench) -> None:
    """In a process that has printed nothing yet."""
    made = wb.audit_photo(1, photo_of())
    pdfmetrics._fonts.clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _n: wb.audit_pdf(made.id)[:4], range(8)))
    assert found == [b"%PDF"] * 8
