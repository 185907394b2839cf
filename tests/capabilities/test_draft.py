"""A planogram on paper as a draft: names, codes, places."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.capabilities.draft import Band, draft, fixture_of, recognize
from core.capabilities.draft.names import Names, words_of
from core.capabilities.search import SearchIndex
from core.errors import BadInput
from core.paper import Cell, Paper, Size
from core.planogram.fixture import MAX_SHELVES, MAX_WIDTH_IN, Placement, Shape, TemperatureZone
from core.planogram.planogram import RuleSet
from core.planogram.product import Catalog, Product
from core.planogram.rules import violations

NAMES = ["Beacon Cola 12 oz", "Beacon Cola Zero 12 oz", "Beacon Cherry Cola 12 oz", "Beacon Cola 20 oz",
         "Citron Grape Soda 12 oz", "Citron Orange Soda 12 oz", "Stonebridge Peanut Butter Pretzels 1.5 oz",
         "Prairie Cheddar 1.5 oz", "Glint Spearmint Gum 15 ct", "Glint Peppermint Gum 15 ct"]
CODES = ["410221000944", "410221000951", "410221000968", "410221000975"]


def catalog() -> Catalog:
    """Ten products, the first four with codes, all 5 inches wide."""
    return {
        i: Product(i, name, "snacks", name.split()[0], upc=CODES[i - 1] if i <= len(CODES) else "", width_in=5.0)
        for i, name in enumerate(NAMES, start=1)
    }


def found(*cells: Cell):
    known = catalog()
    return recognize(cells, known, SearchIndex(known.values()))


def named(text: str, upc: str = "", confidence: float = 1.0):
    return found(Cell(text, 0, 0, upc, confidence=confidence))[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_as_the_catalog_writes_it_is_certain(name: str) -> None:
    """In any case, whatever stands beside it in the catalog."""
    for text in (name, name.upper(), name.replace(" oz", "oz")):
        got = named(text)
        assert got.band is Band.SURE
        assert got.choices[0].name == name


def test_two_sizes_of_one_name_are_asked_where_the_size_is_missing() -> None:
    """Both are offered and neither is taken for certain."""
    got = named("Beacon Cola")
    assert got.band is not Band.SURE
    assert {"Beacon Cola 12 oz", "Beacon Cola 20 oz"} <= {c.name for c in got.choices}


@pytest.mark.parametrize("text", ["Citron Lime Soda 12 oz", "Beacon Vanilla Cola 12 oz", "Prairie Cheddar 9 oz", "Glint Gum 15 ct"])
def test_a_product_that_the_catalog_lacks_is_never_certain(text: str) -> None:
    """One word or the size tells it from what is there."""
    assert named(text).band is not Band.SURE


def test_misread_letters_and_torn_words_are_seen_through() -> None:
    """As print is read by machines."""
    assert named("Stonebridge Peanut Butter Pret zels 1.50Z").product_id == 7
    assert named("Prairie Cheddar 1.5 OZ", confidence=0.7).product_id == 8
    for text in ("PRAIRIE CHEDDAR 1.5 02", "PRAIRIE CHEDDAR1.501", "PRAIRIE CHEDDAR 1. 5 0Z", "Prairie Cheddar1.5.oz"):
        assert named(text).product_id == 8


def test_a_name_that_is_cut_off_is_taken_where_only_one_goes_on_so() -> None:
    """And asked where several do."""
    assert named("Stonebridge Peanut B…").product_id == 7
    assert named("Beacon…").band is Band.UNKNOWN


def test_a_code_decides_and_a_name_at_odds_with_it_is_asked() -> None:
    """A code alone is enough; one of another product's is not."""
    assert named("", CODES[1]).product_id == 2
    assert named("", f"00{CODES[1]}").product_id == 2
    at_odds = named("Prairie Cheddar 1.5 oz", CODES[1])
    assert at_odds.band is Band.UNKNOWN
    assert {c.product_id for c in at_odds.choices} >= {2, 8}


def test_a_name_with_the_code_of_something_else_is_to_be_checked() -> None:
    """The same name may be another size's or supplier's."""
    assert named("Prairie Cheddar 1.5 oz", "036000291452").band is Band.CHECK


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_likeness_is_a_share_for_whatever_is_written(text: str) -> None:
    """0 to 1."""
    names = Names(catalog().values())
    assert all(0.0 <= names.likeness(words_of(text), i) <= 1.0 + 1e-9 for i in range(1, 11))


def paper(*cells: Cell, **more) -> Paper:
    return Paper("Plan", cells, 1 + max(c.row for c in cells), **more)


def drafted(of: Paper, **more):
    return draft(of, found(*of.cells), catalog(), **more)


def test_selections_make_a_machine_with_their_labels() -> None:
    """Each coil where its number is, those between left empty."""
    made = drafted(paper(Cell(NAMES[0], 0, 0, slot="110"), Cell(NAMES[4], 0, 1, slot="112", facings=2), Cell(NAMES[5], 1, 0, slot="121")))
    fixture = made.plan.fixture
    assert fixture.placement is Placement.SLOTS
    assert fixture.labels == (("110", "111", "112", "113"), ("120", "121"))
    assert [(p.slot, p.product_id, p.facings) for p in made.plan.positions] == [("A1", 1, 1), ("A3", 5, 2), ("B2", 6, 1)]
    assert made.plan.rule_set is RuleSet.AS_FOUND


def test_slots_make_shelves_as_wide_as_the_paper_says() -> None:
    """Letters are rows from the top, numbers cells of six inches."""
    made = drafted(paper(Cell(NAMES[0], 0, 0, slot="A2"), Cell(NAMES[4], 1, 0, slot="B1"), size=Size(48.0, 60.0, 18.0), zone="refrigerated"))
    assert (made.plan.fixture.columns, made.plan.fixture.width_in) == (8, 48.0)
    assert made.plan.fixture.temperature_zone is TemperatureZone.REFRIGERATED
    assert [p.slot for p in made.plan.positions] == ["A2", "B1"]


def test_a_list_without_places_is_laid_from_the_left() -> None:
    """With the facings that it names."""
    made = drafted(paper(Cell(NAMES[0], 0, 0, facings=2), Cell(NAMES[4], 0, 1), Cell(NAMES[5], 0, 2)))
    assert [(p.column, p.facings) for p in made.plan.positions] == [(0, 2), (2, 1), (3, 1)]


def test_what_is_not_known_keeps_its_room() -> None:
    """The next product does not move into it; it is told where it stands."""
    made = drafted(paper(Cell(NAMES[0], 0, 0), Cell("Who knows what", 0, 1, facings=2), Cell(NAMES[5], 0, 2)))
    assert [p.column for p in made.plan.positions] == [0, 3]
    assert [(h.cell, h.start, h.end) for h in made.holes] == [(1, 1.0, 3.0)]


def test_boxes_as_wide_as_their_text_tell_the_order_alone() -> None:
    """What stands in them runs over the row as drawn, and fits one beside the other."""
    made = drafted(paper(*(Cell(NAMES[i], 0, i, facings=n, start=i / 3, width=1 / 3) for i, n in enumerate((2, 2, 4)))))
    assert not made.not_placed
    assert [p.column for p in made.plan.positions] == [0, 2, 4]


def test_an_answer_fills_the_room_or_leaves_it_empty() -> None:
    """What a person says counts above what was read."""
    of = paper(Cell(NAMES[0], 0, 0), Cell("Who knows what", 0, 1), Cell(NAMES[5], 0, 2))
    assert drafted(of, answers={1: 8}).plan.product_ids == (1, 8, 6)
    assert drafted(of, answers={0: None}).plan.product_ids == (6,)


def test_shelves_counted_from_the_floor_are_turned_over() -> None:
    """Where a person says so."""
    of = paper(Cell(NAMES[0], 0, 0), Cell(NAMES[4], 1, 0))
    assert [p.row for p in drafted(of, upside_down=True).plan.of_product(1)] == [1]


def test_what_finds_no_room_is_told_and_nothing_overlaps() -> None:
    """A shelf of two cells holds no third product."""
    of = paper(Cell(NAMES[0], 0, 0), Cell(NAMES[4], 0, 1), Cell(NAMES[5], 0, 2))
    small = replace(fixture_of(of), width_in=12.0, row_columns=(2,))
    made = drafted(of, fixture=small)
    assert len(made.plan.positions) == 2
    assert [n.cell for n in made.not_placed] == [2]


def told(of: Paper, **more) -> set[int]:
    """Cells of a draft that are in it or told of."""
    made = drafted(of, **more)
    return {c for cells in made.of for c in cells} | {n.cell for n in made.not_placed}


FAR = {
    "hundreds of facings side by side": paper(
        *(Cell(NAMES[i], 0, i, facings=n) for i, n in enumerate((98, 142, 154, 90)))),
    "a place miles along the shelf": paper(Cell(NAMES[0], 0, 0, slot="A at 99999 in"), Cell(NAMES[4], 1, 0, slot="B at 3 in")),
    "a place without end": paper(Cell(NAMES[0], 0, 0, slot=f"A at {'9' * 400} in"), Cell(NAMES[4], 0, 1, slot="A1"),
                                 Cell(NAMES[5], 0, 2, slot="A2")),
    "selections far apart": paper(Cell(NAMES[0], 0, 0, slot="1"), Cell(NAMES[4], 0, 1, slot="999999999")),
    "selections thousands of digits long": paper(Cell(NAMES[0], 0, 0, slot="9" * 5_000), Cell(NAMES[4], 1, 0, slot="11")),
    "columns and rows without number": paper(Cell(NAMES[0], 0, 0, slot="A999"), Cell(NAMES[4], 0, 1, slot="ZZ1")),
    "more shelves than a fixture has": paper(*(Cell(NAMES[r % 10], r, 0) for r in range(50))),
    "the place before the first": paper(Cell(NAMES[0], 0, 0, slot="A0"), Cell(NAMES[4], 0, 1, slot="A00")),
    "nothing at all in a machine": Paper("Plan", (), 0, is_machine=True),
}


@pytest.mark.parametrize("of", FAR.values(), ids=FAR.keys())
@pytest.mark.parametrize("is_machine", [None, True])
@pytest.mark.parametrize("upside_down", [False, True])
def test_a_fixture_that_is_made_up_is_one_that_can_be(of: Paper, is_machine: bool | None, upside_down: bool) -> None:
    """However far the places of a paper lie; what then finds no room is told."""
    of = replace(of, is_machine=of.is_machine or is_machine)
    assert told(of, upside_down=upside_down) >= {i for i, c in enumerate(of.cells) if c.text in NAMES}


def test_what_lies_beyond_the_widest_fixture_is_told_with_its_reason() -> None:
    """The first 98 + 142 + 154 cells stand, the next find no room."""
    made = drafted(FAR["hundreds of facings side by side"])
    assert made.plan.fixture.width_in == MAX_WIDTH_IN
    assert [n.cell for n in made.not_placed] == [3]
    rows = drafted(FAR["more shelves than a fixture has"])
    assert rows.plan.fixture.rows == MAX_SHELVES
    assert rows.not_placed[0].reason == "It stands in row 41 of the document, and the fixture has 40."
    assert rows.not_placed == drafted(FAR["more shelves than a fixture has"], upside_down=True).not_placed


@pytest.mark.parametrize("is_machine", [None, True])
@pytest.mark.parametrize("size", [Size(99_999.0), Size(48.0, 99_999.0), Size(48.0, 60.0, 99_999.0)])
def test_a_size_that_the_paper_states_and_cannot_be_is_refused(size: Size, is_machine: bool | None) -> None:
    """As it is written, it is not bent to one that can be."""
    with pytest.raises(BadInput, match="99999 in is not possible"):
        drafted(paper(Cell(NAMES[0], 0, 0), size=size, is_machine=is_machine))


@pytest.mark.parametrize("end", [10**6, 700])
def test_room_of_what_is_not_known_ends_with_its_shelf(end: int) -> None:
    """However many facings it is said to have."""
    made = drafted(paper(Cell("Who knows what", 0, 0, facings=end), Cell("Nor this", 0, 1)))
    assert [(h.cell, h.end) for h in made.holes] == [(0, made.plan.fixture.columns)]


SLOTS = ["", "A1", "B3", "A0", "Z99", "ZZ999", "110", "111", "9", "999999999", "9" * 5_000, "A at 3.5 in", "A at 99999 in",
         f"B at {'9' * 400} in", "C at 0 in", "\u0664\u0662", "x" * 3_000]
texts = st.sampled_from([*NAMES, "Who knows", "", "Cola " * 2_000])
counts = st.none() | st.integers(0, 200) | st.integers(-5, 10**6)
shares = st.none() | st.floats(0, 1) | st.floats(-2, 3)
cells = st.lists(st.builds(
    Cell, texts, st.integers(0, 4) | st.integers(0, 60), st.integers(0, 9),
    upc=st.sampled_from(["", "", *CODES, "9" * 5_000]), slot=st.sampled_from(SLOTS), facings=counts, facings_high=counts,
    price=st.none() | st.floats(0, 1e9), start=shares, width=shares), min_size=1, max_size=12)
said = st.fixed_dictionaries({
    "is_machine": st.none() | st.booleans(), "zone": st.sampled_from(["", *TemperatureZone]),
    "shape": st.sampled_from(["", *Shape]),
    "size": st.none() | st.builds(Size, st.floats(6, MAX_WIDTH_IN), st.none() | st.floats(1, MAX_WIDTH_IN),
                                  st.none() | st.floats(1, MAX_WIDTH_IN))})
answered = st.dictionaries(st.integers(-1, 14), st.none() | st.integers(0, 12), max_size=4)


@settings(max_examples=40, deadline=None)
@given(cells, said, answered, st.booleans())
def test_every_draft_keeps_the_rules(written: list[Cell], more: dict, answers: dict, upside_down: bool) -> None:
    """Whatever a paper says, what comes of it can be saved; every known product is in the draft or told."""
    of = paper(*written, **more)
    made = drafted(of, answers=answers, upside_down=upside_down)
    assert not violations(made.plan, catalog())
    placed = {c for of in made.of for c in of}
    assert placed | {n.cell for n in made.not_placed} >= {i for i in made.picks if 0 <= i < len(written)}
    assert all(0 <= h.row < made.plan.fixture.rows and 0 <= h.start < h.end for h in made.holes)
