"""The first steps of a new planogram: the place, the season, the fixture with its presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.capabilities.categories import UNSORTED
from core.planogram.fixture import MAX_WIDTH_IN, Fixture, Placement, Shape, TemperatureZone
from core.planogram.product import SEASONS
from pages.parts import format as fmt
from pages.parts import frame, session

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from core.store.planograms import PlanogramCard
    from core.workbench import Workbench

NOWHERE = "No place yet"
AS_WRITTEN = "As in the document"
OWN_SHELF, OWN_MACHINE = "A shelf of my own", "A machine of my own"
SHELF = Fixture.shelves(48.0, 5, 72.0, 18.0)
MACHINE = Fixture.machine((8,) * 5)
ANY_SEASON = "All year"


@dataclass(frozen=True, slots=True)
class Place:
    """A store or machine, or none. ``cards``: the plans that are there already."""

    name: str
    site_id: int | None = None
    store_id: int | None = None
    device_id: int | None = None
    cards: tuple[PlanogramCard, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the new plan is for. ``like``: the planogram whose fixture it takes unchanged, if it does."""

    place: Place
    season: str | None
    fixture: Fixture
    fixture_name: str
    like: int | None = None

    @property
    def key(self) -> str:
        """The same as long as the same is asked."""
        return f"{self.place.site_id}|{self.season}|{hash(self.fixture)}"


def ask(wb: Workbench, own: Fixture | None = None) -> Wish:
    """Show the inputs; ``own``: a fixture to offer first, as a document tells it. Raises BadInput for one
    that cannot be."""
    with st.container(border=True, key="card_place"):
        frame.title("Where and when")
        place = _place(wb)
        season = st.segmented_control(
            "Season", [ANY_SEASON, *(s.capitalize() for s in SEASONS)], default=ANY_SEASON, key="new_season",
            required=True, bind="query-params",
        )  # fmt: skip
    with st.container(border=True, key="card_fixture"):
        frame.title("On which fixture")
        name, fixture, like = _fixture(wb, place, own)
    chosen = None if season in (None, ANY_SEASON) else str(season).lower()
    return Wish(place, chosen, fixture, name, like)


def _place(wb: Workbench) -> Place:
    cards = wb.planograms()
    by_site: dict[int, list[PlanogramCard]] = {}
    for card in cards:
        if card.site_id is not None:
            by_site.setdefault(card.site_id, []).append(card)
    places = {NOWHERE: Place(NOWHERE)}
    for s in wb.stores():
        places[s.name] = Place(s.name, s.site_id, store_id=s.id, cards=tuple(by_site.get(s.site_id, ())))
    for d in wb.devices():
        places[d.name] = Place(d.name, d.site_id, device_id=d.id, cards=tuple(by_site.get(d.site_id, ())))
    here = next((c.site_name for c in cards if c.id == session.context().planogram_id), NOWHERE)
    names = [NOWHERE, *sorted(name for name in places if name != NOWHERE)]
    index = names.index(here) if here in places else 0
    chosen = st.selectbox("Place", names, index=index, key="new_place")
    return places[chosen or NOWHERE]


def _fixture(wb: Workbench, place: Place, own: Fixture | None) -> tuple[str, Fixture, int | None]:
    """(name, fixture, the planogram that it is like)."""
    presets: dict[str, tuple[Fixture, int | None]] = {} if own is None else {AS_WRITTEN: (own, None)}
    for saved in wb.open_all([c.id for c in place.cards]):
        presets[f"As {saved.name}"] = (saved.plan.fixture, saved.id)
    for card in wb.fixtures():
        presets[card.name] = (card.fixture, None)
    presets |= {OWN_SHELF: (SHELF, None), OWN_MACHINE: (MACHINE, None)}
    kept = f"{place.site_id}" if own is None else f"{place.site_id}_{hash(own)}"
    name = st.selectbox("Preset", list(presets), key=f"new_preset_{kept}") or OWN_SHELF
    preset, like = presets[name]
    with st.container(key=f"new_size_{kept}_{name}"):
        made = _sizes(preset, f"{kept}_{name}")
    frame.quiet(f"{_room(made)}, {made.temperature_zone}.")
    return name.removeprefix("As "), made, like if made == preset else None


def _sizes(preset: Fixture, key: str) -> Fixture:
    """The preset, or what it becomes by the inputs."""
    zone = TemperatureZone(st.segmented_control(
        "Temperature", [z.value for z in TemperatureZone], default=preset.temperature_zone.value,
        key=f"zone_{key}", required=True, format_func=str.capitalize,
    ) or preset.temperature_zone)  # fmt: skip
    if preset.placement is Placement.SLOTS:
        return _machine(preset, zone, key)
    shape = Shape(st.selectbox(
        "Shape", [s.value for s in Shape], index=list(Shape).index(preset.shape), key=f"shape_{key}",
        format_func=str.capitalize,
    ) or preset.shape)  # fmt: skip
    left, right = st.columns(2, gap="small")
    width = _inches(left, "Width, in", preset.width_in, f"width_{key}")
    shelves = right.number_input("Shelves", 1, max(10, preset.rows), preset.rows, key=f"rows_{key}")
    height = _inches(left, "Height, in", preset.height_in, f"high_{key}")
    depth = _inches(right, "Depth, in", preset.depth_in, f"deep_{key}")
    return Fixture.shelves(width, int(shelves), height, depth, zone, shape, preset.cell_width_in)


def _inches(at: DeltaGenerator, label: str, value: float, key: str) -> float:
    return at.number_input(label, 1.0, MAX_WIDTH_IN, float(value), 2.0, format="%g", key=key)


def _machine(preset: Fixture, zone: TemperatureZone, key: str) -> Fixture:
    left, right = st.columns(2, gap="small")
    rows = int(left.number_input("Rows", 1, 10, preset.rows, key=f"rows_{key}"))
    columns = int(right.number_input("Slots in a row", 1, 20, preset.columns, key=f"columns_{key}"))
    if (rows, columns, zone) == (preset.rows, preset.columns, preset.temperature_zone):
        return preset
    return Fixture.machine((columns,) * rows, zone, pitch_in=preset.cell_width_in)


def _room(fixture: Fixture) -> str:
    if fixture.placement is Placement.SLOTS:
        return f"{fmt.count(fixture.cell_count, 'slot')} in {fmt.count(fixture.rows, 'row')}"
    feet = fixture.width_in * fixture.rows / 12.0
    return f"{fmt.count(fixture.rows, 'shelf', 'shelves')}, {feet:,.0f} ft of shelf, {fixture.shape}"


def title(wish: Wish) -> str:
    """What a new plan is called until somebody names it."""
    season = f"{wish.season.capitalize()} " if wish.season else ""
    where = f", {wish.place.name}" if wish.place.site_id is not None else ""
    base = "planogram" if wish.fixture_name in (OWN_SHELF, OWN_MACHINE) else wish.fixture_name
    text = f"{base}, new" if base.startswith(wish.place.name) else f"{base}{where}"
    return (season + text if season else text[:1].upper() + text[1:])[:120]


def category_ids(wb: Workbench) -> Mapping[str, int]:
    """Name → id of the categories that have products to choose by."""
    return {c.name: c.id for c in wb.categories() if c.products and c.name != UNSORTED}
