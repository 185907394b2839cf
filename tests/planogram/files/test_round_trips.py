"""What is written is read back: any lawful plan, on any fixture, in every format that holds one."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.planogram.files import csv, excel, json, psa
from core.planogram.files.match import match
from core.planogram.planogram import Planogram
from core.planogram.rules import violations
from tests.planogram.strategies import catalogs, empty_plans
from tests.planogram.test_edit_properties import EDITS, run

NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp", "Zs", "Co")), min_size=1, max_size=30).map(
    lambda t: " ".join(t.split()) or "x"
)
FORMATS = pytest.mark.parametrize("kind", [csv, excel, json, psa], ids=lambda m: m.__name__.rsplit(".", 1)[1])


@st.composite
def lawful(draw):
    """A plan with what edits left on it, its catalog with names of any kind, and its own name."""
    catalog = draw(catalogs())
    names = draw(st.lists(NAMES, min_size=len(catalog), max_size=len(catalog)))
    upcs = draw(st.lists(st.sampled_from(["", "1", "0012", "4006381333931"]), min_size=8, max_size=8))
    catalog = {
        i: dataclasses.replace(p, name=name, upc=upc and f"{upc}{i}")
        for (i, p), name, upc in zip(catalog.items(), names, upcs, strict=False)
    }
    plan = [*run(draw(empty_plans), catalog, draw(st.lists(EDITS, max_size=8)))][-1]
    if plan.fixture.placement == "slots" and draw(st.booleans()):
        labels = tuple(tuple(f"{r}{c:02}" for c in range(n)) for r, n in enumerate(plan.fixture.row_columns))
        plan = dataclasses.replace(plan, fixture=dataclasses.replace(plan.fixture, labels=labels))
    return plan, catalog, draw(NAMES)


@FORMATS
@settings(max_examples=25, deadline=None)
@given(lawful())
def test_a_plan_comes_back_as_it_was(kind, given_plan):
    """Fixture, positions, rule set and name are equal, and no row is left out."""
    plan, catalog, name = given_plan
    file = kind.read(kind.write(plan, catalog, name=name, season="summer"))
    matched = match(file, catalog)
    assert file.notes == ()
    assert matched.problems == ()
    assert matched.plan == plan
    assert (file.name, file.season) == (name, "summer")


@FORMATS
@settings(max_examples=10, deadline=None)
@given(lawful())
def test_a_plan_reaches_another_catalog_by_upc(kind, given_plan):
    """Where ids differ, a UPC finds the product; what has none here is reported with its line."""
    plan, catalog, name = given_plan
    elsewhere = {i + 100: dataclasses.replace(p, id=i + 100, name=f"Other {i}") for i, p in catalog.items()}
    matched = match(kind.read(kind.write(plan, catalog, name=name)), elsewhere)
    kept = [p for p in plan.positions if catalog[p.product_id].upc]
    assert [dataclasses.replace(p, product_id=p.product_id - 100) for p in matched.plan.positions] == kept
    assert len(matched.problems) == len(plan.positions) - len(kept)
    assert all("is not in the catalog" in p.error for p in matched.problems)


@FORMATS
def test_an_empty_plan_keeps_its_fixture(kind, ok_machine):
    """No position, but the whole fixture with its labels."""
    empty = Planogram(ok_machine.fixture, (), ok_machine.rule_set)
    assert match(kind.read(kind.write(empty, {}, name="Bare")), {}).plan == empty


@FORMATS
def test_every_listed_row_is_lawful(kind, ok_machine, ok_catalog):
    """The small plan of these tests is one that the rules accept, so that equality means something."""
    assert violations(ok_machine, ok_catalog) == ()
    assert match(kind.read(kind.write(ok_machine, ok_catalog)), ok_catalog).plan == ok_machine
