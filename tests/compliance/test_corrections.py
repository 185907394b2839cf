"""What people say of a reading, put into it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.compliance.audit import audit
from core.compliance.corrections import Correction, Says, apply, settled
from core.compliance.findings import Kind
from core.compliance.reading import Candidate
from core.errors import BadInput
from tests.compliance.shelves import catalog_of, free_plan, read, stands_of, with_room

CATALOG = catalog_of([4.0, 5.0, 3.0, 4.5])
PLAN = free_plan([[(1, 2), (2, 2)], [(3, 3), (4, 2)]], CATALOG)
ROOMS = stands_of(PLAN)


def test_a_name_that_a_person_gives_is_sure() -> None:
    """The product of a package is what the person says; the reading before stays as it was."""
    before = read(PLAN, with_room(ROOMS, 1, 2), CATALOG)
    after = apply(before, [Correction(Says.IS, 1, product_id=1)])
    assert after.facings[1].candidates == (Candidate(1, 1.0),)
    assert before.facings[1].product_id == 2
    assert not audit(after, PLAN, CATALOG).violations


def test_a_package_that_is_none_leaves_an_empty_room() -> None:
    """What stood there in the reading is a gap."""
    after = apply(read(PLAN, ROOMS, CATALOG), [Correction(Says.NOTHING, 5)])
    (v,) = audit(after, PLAN, CATALOG).violations
    assert v.kind is Kind.WRONG_FACINGS


def test_a_box_that_is_none_beside_a_real_one_leaves_no_gap() -> None:
    """Two boxes on one package: one of them goes."""
    reading = read(PLAN, ROOMS, CATALOG)
    twice = replace(reading, facings=(*reading.facings, reading.facings[3]))
    after = apply(twice, [Correction(Says.NOTHING, len(reading.facings))])
    assert not after.gaps
    assert after.facings == reading.facings


def test_a_package_that_was_missed_is_added_to_its_row() -> None:
    """The person draws its box; it stands on the shelf of its neighbors and fills the gap."""
    full = read(PLAN, ROOMS, CATALOG)
    missed = read(PLAN, with_room(ROOMS, 6, None), CATALOG)
    after = apply(missed, [Correction(Says.PACKAGE, box=full.facings[6].box, product_id=3)])
    assert after.facings[-1].row == 1
    assert not after.gaps
    assert not audit(after, PLAN, CATALOG).violations


def test_a_question_becomes_a_fact_when_a_person_confirms_it() -> None:
    """Nothing was found there and nothing stands there: out of the question list into the violations."""
    reading = read(PLAN, ROOMS, CATALOG, missed=[2])
    (asked,) = audit(reading, PLAN, CATALOG).to_check
    (v,) = audit(apply(reading, settled(asked, True)), PLAN, CATALOG).violations
    assert v.kind is asked.kind
    assert v.confidence == 1.0


@pytest.mark.parametrize("product", [None, 0, 4])
def test_a_dismissed_violation_is_not_told_again(product: int | None) -> None:
    """A gap that is none, a wrong name and a package that is known after all."""
    reading = read(PLAN, with_room(ROOMS, 6, product), CATALOG)
    (v,) = audit(reading, PLAN, CATALOG).violations
    assert not audit(apply(reading, settled(v, False)), PLAN, CATALOG).violations


def test_the_last_word_on_a_package_counts() -> None:
    """A person may change their mind."""
    says = [Correction(Says.NOTHING, 0), Correction(Says.IS, 0, product_id=2)]
    assert apply(read(PLAN, ROOMS, CATALOG), says).facings[0].product_id == 2


@pytest.mark.parametrize("wrong", [
    Correction(Says.IS, 99, product_id=1), Correction(Says.NOTHING), Correction(Says.PACKAGE),
    Correction(Says.EMPTY, box=(-50.0, 0.0, 20.0, 20.0)), Correction(Says.EMPTY, box=(float("nan"), 0.0, 1.0, 1.0)),
])
def test_what_cannot_be_meant_is_said(wrong: Correction) -> None:
    """A package that is not there, and boxes outside the photo."""
    with pytest.raises(BadInput):
        apply(read(PLAN, ROOMS, CATALOG), [wrong])
