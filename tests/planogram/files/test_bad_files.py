"""Files as people damage them: told in one sentence, never a crash, never a plan that breaks a rule."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, UnsupportedType, WorkbenchError
from core.planogram import files
from core.planogram.files import Format
from core.planogram.files.match import match
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product
from core.planogram.rules import violations

CATALOG = {i: Product(i, f"Snack {i}", "Chips", upc=f"00{i}") for i in (1, 2, 3)}
PLAN = Planogram(
    Fixture.machine((4, 4)), tuple(Position(i, 1, i, 1, i * 2.8, 2.8) for i in (1, 2, 3)), RuleSet.AS_FOUND
)
WRITTEN = {kind: files.write(kind, PLAN, CATALOG, name="Shelf") for kind in Format}
TABLE = "slot,product,facings\n"


def test_a_workbook_damaged_anywhere_is_told_or_still_read():
    """Zeros over five bytes: in a header, in what is compressed, in the archive's directory."""
    written, told = WRITTEN[Format.XLSX], 0
    for at in range(0, len(written) - 5, 41):
        try:
            files.read(written[:at] + bytes(5) + written[at + 5 :])
        except WorkbenchError:
            told += 1
    assert told > 10


@pytest.mark.parametrize("kind", [Format.CSV, Format.JSON, Format.PSA, Format.XLSX])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_damage_is_told_or_leaves_a_lawful_plan(kind, data):
    """Bytes cut, overwritten or put in anywhere."""
    content = bytearray(WRITTEN[kind])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        size = data.draw(st.sampled_from([0, 1, 5, len(content)]))
        content[at : at + size] = data.draw(st.binary(max_size=6))
        if not content:
            break
    try:
        for file in files.read(bytes(content)):
            assert violations(match(file, CATALOG).plan, CATALOG) == ()
    except WorkbenchError as error:
        assert error.message.endswith((".", "”."))


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
def test_no_bytes_are_too_strange(content):
    """Anything at all is a planogram or a plain refusal."""
    for head in (b"", b'{"fixture":{},', b"PROSPACE SCHEMATIC FILE\r\nPlanogram,", TABLE.encode()):
        try:
            for file in files.read(head + content):
                match(file, CATALOG)
        except WorkbenchError as error:
            assert error.message


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ("A1,Snack 1,1\nA2,Nobody,1", 3, "Nobody is not in the catalog"),
        ("A1,Snack 1,0", 2, "Facings cannot be 0"),
        ("A1,Snack 1,two", 2, "is not a number"),
        ("A1,Snack 1,1\nA1,Snack 2,1", 3, "overlaps"),
        (",Snack 1,1\nB2,Snack 2,1", 2, "names no slot"),
    ],
)
def test_a_bad_row_is_told_with_its_line(rows, line, words):
    """The header is line 1; the good rows are read."""
    try:
        matched = match(files.read((TABLE + rows).encode())[0], CATALOG)
        told = [(p.line, p.error) for p in matched.problems]
    except BadInput as error:
        told = [(line, error.message)]
    assert told[0][0] == line
    assert words in told[0][1] or "is not a slot" in told[0][1]


def test_a_bare_table_makes_a_machine():
    """Slot and product are enough; the notes say what was taken for granted."""
    file = files.read(b"Coil;Product name;Qty\nA1;Snack 1;4\nB3;Snack 2;\n")[0]
    matched = match(file, CATALOG)
    assert file.fixture.row_columns == (1, 3)
    assert [(p.slot, p.product_id, p.quantity) for p in matched.plan.positions] == [("A1", 1, 4), ("B3", 2, None)]
    assert file.notes


def test_an_edited_slot_moves_the_product():
    """People change the slot in a spreadsheet and leave the inches."""
    text = files.write(Format.CSV, PLAN, CATALOG).decode("utf-8-sig").replace("B2,", "A4,")
    plan = match(files.read(text.encode())[0], CATALOG).plan
    assert [(p.slot, p.x_in) for p in plan.positions] == [("A4", 3 * 2.8), ("B3", 5.6), ("B4", 3 * 2.8)]


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\x89PNG\r\n", b"DXS*9259630009*VA*V0/6*1\n"])
def test_other_kinds_of_files_are_named(content):
    """So that the person knows what was sent."""
    with pytest.raises(UnsupportedType):
        files.read(content)


def test_a_workbook_of_somebody_else_is_read():
    """The first sheet with slot and product counts, whatever it is called."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["a note"])
    sheet = book.create_sheet("Plan")
    for row in (["Slot", "Product", "Facings"], ["A1", "Snack 1", 1], ["A2", "Snack 3", 2]):
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    matched = match(files.read(target.getvalue())[0], CATALOG)
    assert [(p.slot, p.product_id, p.facings) for p in matched.plan.positions] == [("A1", 1, 1)]
    assert "does not lie inside" in matched.problems[0].error


def test_the_rest_json_of_a_planogram_is_read():
    """What GET /api/planograms/{id} answers can be sent back, products by their ids."""
    body = b"""{"id": 4, "name": "Lobby", "rule_set": "as found", "fixture": {"shape": "straight", "rows": 1,
      "columns": 3, "row_columns": [3], "width_in": 8.4, "height_in": 60, "depth_in": 20, "cell_width_in": 2.8,
      "placement": "slots"}, "positions": [{"slot": "A2", "row": 0, "column": 1, "cells": 1, "product_id": 2}]}"""
    plan = match(files.read(body)[0], CATALOG).plan
    assert [(p.slot, p.product_id) for p in plan.positions] == [("A2", 2)]


def test_json_as_it_is_sent_to_make_a_plan_is_read():
    """Width and number of shelves are enough for a fixture."""
    body = b"""{"name": "Shelf", "fixture": {"shape": "straight", "width_in": 36, "height_in": 72, "depth_in": 18,
      "shelf_count": 3}, "positions": [{"slot": "B2", "product_id": 3, "facings": 2}]}"""
    file = files.read(body)[0]
    assert file.fixture == Fixture.shelves(36, 3)
    assert [(p.slot, p.facings, p.cells) for p in match(file, CATALOG).plan.positions] == [("B2", 2, 2)]


def test_more_positions_than_any_shelf_has_are_refused():
    """Before any work is done with them."""
    row = "A1,Snack 1,1\n" * 5001
    with pytest.raises(BadInput, match="too many"):
        match(files.read((TABLE + row).encode())[0], CATALOG)
