"""The shelf as a grid of cells."""

from pages.parts.shelf_grid import Cell, legend, shelf, value_limits


def test_rows_of_different_length_keep_their_own_columns():
    """A tray with two wide coils shows two cells, not three."""
    cells = [Cell(0, 0, 1.0), Cell(0, 1, 2.0), Cell(0, 2, 3.0), Cell(1, 0, 4.0), Cell(1, 1, 5.0)]
    html = shelf(cells, str)
    assert html.count("repeat(3,") == 1
    assert html.count("repeat(2,") == 1
    assert html.count('class="wb-cell"') == 5


def test_markup_in_a_product_name_stays_text():
    """Names are data, wherever they come from."""
    html = shelf([Cell(0, 0, 1.0, "<img src=x onerror=alert(1)>", "<b>")], str)
    assert "<img" not in html
    assert "&lt;img" in html


def test_a_zone_without_a_value_is_left_open():
    """Not known is not zero."""
    html = shelf([Cell(0, 0, None, "Cola"), Cell(0, 1, 1.0)], str)
    assert html.count("wb-none") == 1


def test_marked_cells_carry_their_number():
    """The swaps are found on the shelf by their numbers."""
    assert "<em>2</em>" in shelf([Cell(0, 0, 1.0)], str, marked={(0, 0): "2"})


def test_limits_are_apart_even_where_all_values_are_equal():
    """Otherwise the scale would divide by zero."""
    assert value_limits([Cell(0, 0, 3.0), Cell(0, 1, 3.0)]) == (3.0, 4.0)
    assert value_limits([]) == (0.0, 1.0)


def test_legend_names_both_ends():
    """A color scale without numbers says nothing."""
    html = legend(1.0, 2.0, lambda v: f"${v:.2f}", "A day")
    assert "$1.00" in html
    assert "$2.00" in html
