"""Drawn shelves: rows of cells."""

from __future__ import annotations

from ml.documents.drawing import read_drawings
from tests.documents.pages import page, uprights


def test_words_one_below_the_other_are_one_cell() -> None:
    """Place, price, name and facings, each as what it is."""
    drawn = read_drawings([page((100, [(0, "A1"), (300, "A2"), (600, "A3")]), (122, [(0, "$1.50"), (300, "$2.00"), (600, "$3.00")]),
                                (144, [(0, "Cola Zero"), (300, "Lime Soda"), (600, "Grape")]), (166, [(0, "12 oz"), (300, "x2"), (600, "12 oz")]))])
    first, second, third = drawn.cells
    assert (first.text, first.slot, first.price) == ("Cola Zero 12 oz", "A1", 1.5)
    assert (second.text, second.facings) == ("Lime Soda", 2)
    assert (third.row, third.order) == (0, 2)


def test_brands_on_drawn_packages_are_no_cells_where_others_have_tags() -> None:
    """They stand above the tags and name no place."""
    drawn = read_drawings([page((20, [(0, "Cola"), (300, "Lime")]), (100, [(0, "A1"), (300, "A2"), (600, "A3")]),
                                (122, [(0, "Cola Zero"), (300, "Lime Soda"), (600, "Grape Soda")]))])
    assert [c.text for c in drawn.cells] == ["Cola Zero", "Lime Soda", "Grape Soda"]
    assert {s.text for s in drawn.strays} == {"Cola", "Lime"}


def test_a_line_between_two_shelves_parts_their_rows() -> None:
    """And a lone title is no shelf."""
    drawn = read_drawings([page((0, [(0, "Snack run")]), (100, [(0, "Cola"), (300, "Lime")]), (200, [(0, "Grape"), (300, "Peach")]))])
    assert [(c.text, c.row) for c in drawn.cells] == [("Cola", 0), ("Lime", 0), ("Grape", 1), ("Peach", 1)]
    assert [s.text for s in drawn.strays] == ["Snack run"]
    assert drawn.rows == 2


def test_a_phrase_read_across_a_drawn_line_is_cut_at_it() -> None:
    """The names of two cells never become one product's."""
    rules = uprights((115.0, 90.0, 200.0))
    drawn = read_drawings([page((100, [(0, "Cola Zero X Lime Soda Y")]), rules=rules)])
    assert [c.text for c in drawn.cells] == ["Cola Zero X", "Lime Soda Y"]


def test_widths_are_shares_of_the_widest_row() -> None:
    """By the lines around the cells."""
    rules = uprights(*((x, 90.0, 200.0) for x in (0, 200, 600)))
    cola, lime = read_drawings([page((100, [(60, "Cola"), (350, "Lime")]), rules=rules)]).cells
    assert (cola.start, round(cola.width or 0, 2)) == (0.0, 0.33)
    assert (round(lime.start or 0, 2), round(lime.width or 0, 2)) == (0.33, 0.67)
