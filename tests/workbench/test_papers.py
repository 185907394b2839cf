"""Documents behind the door: read back what was exported, ask what is unsure, save nothing."""

from __future__ import annotations

import pytest

from core.capabilities.draft import Band
from core.errors import NotAllowed, RuleViolation, WorkbenchError
from core.models import Models
from core.paper import Cell, Paper
from core.workbench import Workbench
from core.workbench.door import equip
from ml.documents.reader import DocumentReader


@pytest.fixture
def bench(wb: Workbench):
    equip(wb.database, Models(papers=DocumentReader()))
    yield wb
    equip(wb.database, Models())


class Written:
    """A reader that hands over the same cells whatever it is sent."""

    reads_pictures = False

    def __init__(self, *cells: Cell) -> None:
        self.cells = cells

    def read(self, content: bytes, told) -> Paper:
        return Paper("Written", self.cells, 1)


def plans_of_both_kinds(bench: Workbench) -> list[int]:
    """A machine and a shelf of the demo."""
    cards = bench.planograms()
    return [next(c.id for c in cards if c.device_id), next(c.id for c in cards if c.store_id)]


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "csv", "json", "psa"])
def test_what_is_exported_is_read_back_as_it_was(bench: Workbench, kind: str) -> None:
    """Fixture, places, products, facings and prices; every product certain."""
    before = len(bench.planograms())
    for planogram_id in plans_of_both_kinds(bench):
        plan = bench.open(planogram_id).plan
        read = bench.read_paper(bench.export_planogram(planogram_id, kind).content)
        made = bench.draft_of_paper(read)
        kept = {(p.slot, p.product_id, p.facings, p.facings_high, p.price) for p in plan.positions}
        assert {(p.slot, p.product_id, p.facings, p.facings_high, p.price) for p in made.plan.positions} == kept
        assert made.plan.fixture == plan.fixture
        assert all(r.band is Band.SURE for r in made.found)
    assert len(bench.planograms()) == before


def test_a_name_that_nobody_knows_is_asked_with_the_likeliest(wb: Workbench) -> None:
    """It is in no draft until somebody answers."""
    product = next(iter(wb.catalog().values()))
    equip(wb.database, Models(papers=Written(Cell(product.name, 0, 0), Cell(f"{product.brand} of a new kind", 0, 1))))
    read = wb.read_paper(b"%PDF")
    made = wb.draft_of_paper(read)
    assert made.plan.product_ids == (product.id,)
    assert made.cells(Band.UNKNOWN) == (1,)
    assert wb.draft_of_paper(read, answers={1: product.id}).picks == {0: product.id, 1: product.id}
    equip(wb.database, Models())


def test_a_viewer_reads_no_document_and_without_a_reader_nobody_does(wb: Workbench, bench: Workbench) -> None:
    """With what to do."""
    from dataclasses import replace

    with pytest.raises(NotAllowed):
        Workbench(wb.database, replace(wb.actor, role="viewer"), wb.settings).read_paper(b"%PDF")
    equip(wb.database, Models())
    with pytest.raises(RuleViolation, match="No reader of documents"):
        wb.read_paper(b"%PDF")


def test_a_broken_document_changes_nothing(bench: Workbench) -> None:
    """Each with a reason; no planogram comes of it."""
    before = len(bench.planograms())
    for content in (b"", b"%PDF-1.7 broken", b"PK\x03\x04", b"x" * 12):
        with pytest.raises(WorkbenchError):
            bench.read_paper(content)
    assert len(bench.planograms()) == before
