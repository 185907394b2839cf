"""Selection texts become cells that never move again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.planogram.fixture import TemperatureZone
from core.store.imports.slots import Cell, arrange, cells_of, clean_label, fixture_for

LABELS = st.sets(
    st.one_of(
        st.from_regex(r"[A-H][1-9]", fullmatch=True),
        st.from_regex(r"[1-2][0-6][0-9]", fullmatch=True),
        st.integers(1, 60).map(str),
        st.text("XYZ ", min_size=1, max_size=3).map(str.strip).filter(bool),
    ),
    min_size=1,
    max_size=60,
)


@pytest.mark.parametrize(
    ("labels", "label", "cell"),
    [
        (["110", "148", "165"], "148", Cell(0, 3, 8)),
        (["111", "148", "165"], "148", Cell(0, 3, 7)),
        (["110", "148", "210"], "210", Cell(1, 0, 0)),
        (["101", "110", "212", "305"], "212", Cell(0, 1, 11)),
        (["A1", "B4"], "B4", Cell(0, 1, 3)),
        (["A0", "B4"], "B4", Cell(0, 1, 4)),
        (["11", "18", "34"], "34", Cell(0, 2, 3)),
        ([str(n) for n in range(1, 41)], "34", Cell(0, 3, 3)),
        (["Top left", "Top right"], "Top right", Cell(0, 0, 1)),
    ],
)
def test_a_label_goes_where_its_scheme_says(labels: list[str], label: str, cell: Cell) -> None:
    """Coils, rows by letter, trays by ten, plain counting, free texts."""
    assert arrange(labels)[label] == cell


@given(LABELS, LABELS)
def test_labels_never_share_a_cell_and_never_move(first: set[str], second: set[str]) -> None:
    """What is known keeps its cell whatever comes later."""
    before = arrange(first)
    after = arrange(second, before)
    assert len(set(after.values())) == len(after) == len(first | second)
    assert {label: after[label] for label in first} == before


@given(LABELS)
def test_the_grid_of_every_cabinet_gives_the_cells_back(labels: set[str]) -> None:
    """Fixture and cells are two forms of one thing."""
    cells = arrange(labels)
    fixtures = {
        cabinet: fixture_for(cells, cabinet, TemperatureZone.AMBIENT, 2.8)
        for cabinet in {cell.cabinet for cell in cells.values()}
    }
    assert cells_of(fixtures) == cells


@pytest.mark.parametrize(
    ("text", "label"), [(" 148 ", "148"), ("148.0", "148"), ("b4", "B4"), ("N/A", ""), ("-", "")]
)
def test_a_label_is_cleaned_of_what_exports_add(text: str, label: str) -> None:
    """Spaces, the decimals of a number column, and marks for none."""
    assert clean_label(text) == label
