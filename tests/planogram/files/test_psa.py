"""Files of other space-planning programs: read as they are meant, written back as they were."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import BadInput
from core.planogram import edit
from core.planogram.files import psa
from core.planogram.files.match import match
from core.planogram.files.psa_rows import join, row, split
from core.planogram.files.psa_shelves import turned
from core.planogram.planogram import RuleSet
from core.planogram.product import Product
from core.planogram.rules import violations

COLA, CHIPS, SOUP = ("0049000042566", "C1"), ("", "4006381333931"), ("0012", "S9")


def product(key, name, width, height=8.0, depth=3.0, cells=None):
    return row("Product", {1: key[0], 2: key[1], 3: name, 5: str(width), 6: str(height), 7: str(depth),
                           232: "Brand", 13: "Aisle 4", 33: "1.99", **(cells or {})})


def fixture(name, x, width, y, kind="0"):
    return row("Fixture", {1: kind, 2: name, 4: str(x), 5: str(width), 6: str(y), 7: "1", 9: "18"})


def position(key, x, width, y, facings=("1", "1", "1"), cells=None):
    return row("Position", {1: key[0], 2: key[1], 4: str(x), 5: str(width) if width else "", 6: str(y),
                            14: facings[0], 15: facings[1], 16: facings[2], **(cells or {})})


HEAD = ["PROSPACE SCHEMATIC FILE   ", ";V2008.0.0.14", "; Codepage=1252", row("Project", {1: "Été 2026"})]
PRODUCTS = [product(COLA, "Cola, 12 \"oz\" crème", 2.5), product(CHIPS, "Chips\\dip", 6.0),
            product(SOUP, "Soup", 3.0, 4.0, cells={44: "77", 60: "12"})]
PLAN = row("Planogram", {1: "Aisle 4, left", 2: "9", 3: "96", 4: "72", 5: "18", 60: "keep me", 261: "tail"})
SHELVES = [
    "Performance,1,2,3",
    row("Segment", {1: "A", 4: "48"}), row("Segment", {1: "B", 3: "48", 4: "48"}),
    fixture("top left", 0, 48, 40),
    position(COLA, 1.25, 7.5, 41, ("3", "2", "4"), {100: "note"}),
    "Drawing,1,a text that goes\\",
    "on in the next line",
    fixture("top right", 48, 48, 40),
    position(CHIPS, 50, 12, 41, ("2", "1", "1")),
    "Divider,1,2",
    fixture("bottom", 0, 96, 4),
    position(SOUP, 0, 0, 5, ("4", "1", "2"), {13: "2"}),
    position(COLA, 0.5, 5.0, 9, ("2", "1", "1")),
    fixture("sign", 0, 96, 60, kind="13"),
    "Mystery,row,of,2031",
]
FILE = "\r\n".join([*HEAD, *PRODUCTS, PLAN, *SHELVES, ""]).encode("cp1252")


def catalog():
    return {
        1: Product(1, "Cola", "Soft drinks", upc=COLA[0], width_in=2.5, height_in=4.8),
        2: Product(2, "Chips", "Chips", upc=CHIPS[1], width_in=6.0),
        3: Product(3, "Soup", "Soup", upc=SOUP[0], width_in=3.0),
        4: Product(4, "Tea", "Tea", upc="777", width_in=3.0, height_in=6.0),
    }


def test_a_foreign_file_is_read_as_a_free_shelf():
    """Neighboring boards are one row, what is stacked has a row of its own, facings are wide, high, deep."""
    file = psa.read(FILE)
    matched = match(file, catalog())
    fixture = file.fixture
    assert (file.name, file.rule_set, fixture.placement) == ("Aisle 4, left", RuleSet.AS_FOUND, "free")
    assert (fixture.width_in, fixture.height_in, fixture.depth_in) == (96.0, 72.0, 18.0)
    assert (fixture.rows, fixture.cell_width_in) == (3, 0.1)
    assert matched.problems == ()
    assert violations(matched.plan, catalog()) == ()
    found = [
        (p.product_id, p.row, p.x_in, p.width_in, p.facings, p.facings_high, p.facings_deep, p.capacity)
        for p in matched.plan.positions
    ]
    assert found == [
        (1, 0, 1.25, 7.5, 3, 2, 4, 24), (2, 0, 50.0, 12.0, 2, 1, 1, 2), (1, 1, 0.5, 5.0, 2, 1, 1, 2),
        (3, 2, 0.0, 12.0, 4, 1, 2, 96),
    ]
    assert any("on top" in note for note in file.notes)


def test_products_are_read_with_escapes_and_letters_of_windows():
    """Commas, quotes and backslashes in names; an id that is a barcode counts as the UPC."""
    names = {f.product.name: f.product for f in psa.read(FILE).products}
    assert set(names) == {'Cola, 12 "oz" crème', "Chips\\dip", "Soup"}
    assert names["Chips\\dip"].upc == CHIPS[1]
    assert (names["Soup"].price, names["Soup"].brand, names["Soup"].category) == (1.99, "Brand", "Aisle 4")


def test_written_back_unchanged_it_is_the_same_file():
    """Every row and cell, also those that nobody here knows."""
    file = psa.read(FILE)
    plan = match(file, catalog()).plan
    written = psa.write(plan, catalog(), name=file.name, source=file.source)
    assert written == FILE


def test_an_edit_changes_only_the_rows_that_it_concerns():
    """A removed row goes, a new product and a new row come, a refaced row keeps its other cells."""
    file = psa.read(FILE)
    plan = match(file, catalog()).plan
    plan = edit.remove(plan, catalog(), plan.positions[1])
    plan = edit.set_facings(plan, catalog(), plan.positions[0], 2)
    plan = edit.place(plan, catalog(), 4, 0, x_in=60.0, facings=2)
    written = psa.write(plan, catalog(), name=file.name, source=file.source).decode("cp1252").split("\r\n")
    before = FILE.decode("cp1252").split("\r\n")
    gone = [line for line in before if line not in written]
    new = [line for line in written if line not in before]
    assert gone == [SHELVES[4], SHELVES[8]]
    assert [line.partition(",")[0] for line in new] == ["Product", "Position", "Position"]
    refaced = split(new[1])
    assert (refaced[14], refaced[15], refaced[100]) == ("2", "2", "note")
    assert split(new[2])[1:3] == ["777", "4"]
    again = match(psa.read("\r\n".join(written).encode("cp1252")), catalog())
    assert again.problems == ()
    assert again.plan.positions == plan.positions


def test_what_the_format_has_no_column_for_survives_in_a_foreign_file():
    """Stock, price, lock and rule set of an edited import come back."""
    file = psa.read(FILE)
    plan = match(file, catalog()).plan
    plan = edit.set_price(edit.lock(plan, plan.positions[0]), plan.positions[1], 3.25)
    written = psa.write(plan, catalog(), name="New name", season="winter", source=file.source)
    again = psa.read(written)
    assert match(again, catalog()).plan == plan
    assert (again.name, again.season) == ("New name", "winter")
    assert b"Mystery,row,of,2031" in written
    assert "keep me" in split(written.decode("cp1252").split("\r\n")[7])


def test_a_file_in_centimeters_is_read_in_inches():
    """A planogram 183 cm high is no building."""
    text = FILE.decode("cp1252").replace(PLAN, row("Planogram", {1: "cm", 3: "240", 4: "183", 5: "45"}))
    file = psa.read(text.encode("cp1252"))
    assert file.fixture.height_in == pytest.approx(183 / 2.54)
    assert any("centimeters" in note for note in file.notes)
    plan = match(file, catalog()).plan
    assert match(psa.read(psa.write(plan, catalog(), name="cm", source=file.source)), catalog()).plan == plan


def test_each_peg_row_is_a_row():
    """On a pegboard positions hang at their own height."""
    lines = [*HEAD, *PRODUCTS, PLAN, fixture("pegs", 0, 96, 0, kind="7"),
             position(COLA, 2, 5, 60), position(SOUP, 8, 3, 60.1), position(CHIPS, 2, 6, 30)]
    plan = match(psa.read("\n".join(lines).encode("cp1252")), catalog()).plan
    assert [(p.product_id, p.row) for p in plan.positions] == [(1, 0), (3, 0), (2, 1)]


def test_bad_rows_are_told_with_their_lines():
    """A width that is no number, an unknown product and a row before any fixture; the rest is read."""
    lines = [*HEAD, *PRODUCTS, PLAN, position(COLA, 1, 2.5, 5), fixture("a", 0, 96, 4),
             position(COLA, "left", 2.5, 5), position(("404", "x"), 3, 2.5, 5), position(SOUP, 9, 3, 5)]
    matched = match(psa.read("\r\n".join(lines).encode("cp1252")), catalog())
    assert [p.product_id for p in matched.plan.positions] == [3]
    assert [(p.line, p.error.split(" ")[0]) for p in matched.problems] == [(9, "The"), (11, "“left”"), (12, "A")]
    assert "UPC 404" in matched.problems[2].error


@pytest.mark.parametrize("content", [b"", b"PROSPACE SCHEMATIC FILE\r\n", b"Slot,Product\nA1,Cola\n"])
def test_a_file_without_a_planogram_is_refused(content):
    """Not a plan: nothing is guessed."""
    with pytest.raises(BadInput):
        psa.read(content)


def test_all_planograms_of_a_file_are_read():
    """Each with its own fixtures."""
    second = row("Planogram", {1: "Second", 3: "48", 4: "60", 5: "18"})
    lines = [*HEAD, *PRODUCTS, PLAN, *SHELVES, second, fixture("a", 0, 48, 4), position(SOUP, 0, 3, 5)]
    plans = psa.read_all("\r\n".join(lines).encode("cp1252"))
    assert [(p.name, len(p.positions)) for p in plans] == [("Aisle 4, left", 4), ("Second", 1)]


def test_escapes_round_trip():
    """Comma, backslash, quote, tab and line break; an escape that nobody knows stays as it is."""
    cells = ["Project", "a,b", "\\", '"', "\t", "one\r\ntwo", "", "ends\\"]
    assert split(join(cells)) == cells
    assert split(r"Project,\q,a\,b,tail\\") == ["Project", r"\q", "a,b", "tail\\"]


def test_a_turned_product_shows_another_side():
    """Front, front turned, side, top and base of a box 1 × 2 × 3."""
    box = (1.0, 2.0, 3.0)
    seen = {code: turned(box, code) for code in (0, 1, 2, 4, 8, 10, 12)}
    assert seen == {0: (1, 2, 3), 1: (2, 1, 3), 2: (3, 2, 1), 4: (1, 3, 2), 8: (3, 2, 1), 10: (1, 3, 2), 12: (1, 2, 3)}


def test_a_plan_of_ours_that_another_program_moved_is_read_where_it_stands_now(ok_machine, ok_catalog):
    """A position shifted off the grid is told, the rest is kept."""
    lines = psa.write(ok_machine, ok_catalog, name="M").decode("cp1252").split("\r\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("Position"))
    cells = split(lines[at])
    cells[4] = "1.1"
    matched = match(psa.read("\r\n".join([*lines[:at], join(cells), *lines[at + 1 :]]).encode()), ok_catalog)
    assert [p.line for p in matched.problems] == [at + 1]
    assert replace(matched.plan, positions=ok_machine.positions) == ok_machine
    assert matched.plan.positions == ok_machine.positions[1:]
