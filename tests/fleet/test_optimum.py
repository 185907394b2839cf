"""Best layouts of many places: each for itself, conflicts told, a stop keeps what was found."""

from __future__ import annotations

from core.capabilities.optimize import Lock, Wishes, optimize
from core.fleet.optimum import Place, optimize_places
from core.planogram.fixture import Fixture
from tests.support.sites import make_catalog, make_plan, make_site

FIXTURE = Fixture.machine((3, 3))
SITE = make_site(FIXTURE, make_catalog(12))


def place(number: int, cells: list[int]) -> Place:
    return Place(number, f"Machine {number}", 1, make_plan(FIXTURE, cells), lambda: SITE)


def test_each_place_gets_what_it_would_get_alone() -> None:
    """And the sums are those of the places, the most first."""
    places = [place(1, [1, 2, 3, 4, 5, 6]), place(2, [1, 7, 2, 8, 3, 9])]
    found = optimize_places(places, Wishes())
    alone = {p.planogram_id: optimize(p.plan, SITE, Wishes()) for p in places}
    assert {p.planogram_id: p.found.gain.value for p in found.places if p.found} == {
        i: one.gain.value for i, one in alone.items()
    }
    gains = [p.found.gain.value for p in found.places if p.found]
    assert gains == sorted(gains, reverse=True)
    assert found.gain.value == sum(gains)
    assert found.gain.lower <= found.gain.value <= found.gain.upper


def test_a_place_whose_wishes_conflict_is_told_and_the_others_go_on() -> None:
    """A slot that one of them does not have."""
    small = Fixture.machine((2,))
    other = Place(2, "Small", 1, make_plan(small, [1, 2]), lambda: make_site(small, make_catalog(12)))
    found = optimize_places([other, place(1, [1, 2, 3, 4, 5, 6])], Wishes(locks=(Lock("B2", 5),)))
    problems = {p.name: p.problem for p in found.places}
    assert "B2" in problems["Small"]
    assert not problems["Machine 1"]


def test_stopping_keeps_what_was_found() -> None:
    """The others are named."""
    found = optimize_places([place(1, [1, 2, 3]), place(2, [4, 5, 6])], Wishes(), lambda *_: False)
    assert [p.name for p in found.places] == ["Machine 1"]
    assert found.left == ("Machine 2",)
