"""The map without tiles."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from pages.parts.fleet_map import groups
from pages.parts.outlines import View, counties, land


@dataclass
class Spot:
    site_id: int
    longitude: float | None
    latitude: float | None
    revenue_day: float = 10.0
    attention: tuple[object, ...] = field(default=())


@given(st.lists(st.tuples(st.floats(-120, -70), st.floats(25, 49), st.floats(0, 500)), max_size=40))
def test_every_site_is_in_exactly_one_bubble(places):
    """Nothing is lost and nothing is counted twice."""
    sites = [Spot(i, x, y, money) for i, (x, y, money) in enumerate(places)]
    found = [s.site_id for group in groups(sites) for s in group]
    assert sorted(found) == list(range(len(sites)))


def test_sites_of_one_city_share_a_bubble_seen_from_afar():
    """Two cities a continent apart, three machines in each."""
    sites = [Spot(i, x + i * 0.01, y) for i, (x, y) in enumerate([(-122.3, 47.6)] * 3 + [(-71.1, 42.3)] * 3)]
    assert sorted(len(g) for g in groups(sites)) == [3, 3]


def test_sites_without_a_place_are_left_out():
    """A site may not be on the map yet."""
    assert groups([Spot(1, None, None)]) == []


def test_outlines_are_cut_to_the_view():
    """Colorado and what lies near it, with county borders only when near enough."""
    near = View(-105.2, 39.5, -104.7, 39.9)
    assert 0 < len(land(near)) < 12
    assert counties(near)
    assert not counties(View(-125.0, 24.0, -66.0, 50.0))
    assert len(land(View(-180.0, -90.0, 180.0, 90.0))) > 250
