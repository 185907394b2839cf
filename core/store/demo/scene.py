"""The stage of a world: its places and cabinets, their level of demand and a year of plans for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from core.planogram.product import Product
from core.store.demo import parameters
from core.store.demo.assortment import CATEGORIES
from core.store.demo.places import (
    CITIES,
    MACHINE_VENUES,
    MIX,
    MODEL_CYCLE,
    MODELS,
    STORE_VENUES,
    VENUES,
    CabinetModel,
    Neighborhood,
    Venue,
    store_fixtures,
)
from core.store.demo.plans import PlannedPeriod, Planner, year_of_plans
from core.store.demo.truth import Truth

DISPERSION, SITE_SHOCK = 0.12, 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """A store, or a venue with one machine. ``machine``: model name, empty for a store."""

    name: str
    code: str
    venue_type: str
    city: str
    state: str
    neighborhood: str
    zip_code: str
    latitude: float
    longitude: float
    machine: str = ""

    @property
    def kind(self) -> str:
        return "device" if self.machine else "store"


@dataclass(frozen=True, eq=False)
class Cabinet:
    """A cabinet or store fixture: indices of its place, among the place's own, and of the venue type."""

    place: int
    cabinet: int
    venue: int
    model: CabinetModel


def _machine_place(i: int, rng: np.random.Generator) -> Place:
    hoods = CITIES[i % len(CITIES)]
    venue = VENUES[MACHINE_VENUES[i % len(MACHINE_VENUES)]]
    model = MODEL_CYCLE[i % len(MODEL_CYCLE)]
    return _place(hoods[(i // len(CITIES)) % len(hoods)], venue, f"M-{i + 1:03d}", model, rng)


def _store_place(i: int, rng: np.random.Generator) -> Place:
    hoods = CITIES[i % len(CITIES)]
    venue = VENUES[STORE_VENUES[i % len(STORE_VENUES)]]
    return _place(hoods[-1 - (i // len(CITIES)) % len(hoods)], venue, f"S-{i + 1:03d}", "", rng)


def _place(hood: Neighborhood, venue: Venue, code: str, machine: str, rng: np.random.Generator) -> Place:
    latitude, longitude = np.array([hood.latitude, hood.longitude]) + rng.uniform(-0.004, 0.004, 2)
    return Place(
        f"{hood.name} {venue.noun}",
        code,
        venue.name,
        hood.city,
        hood.state,
        hood.name,
        hood.zip_code,
        round(float(latitude), 5),
        round(float(longitude), 5),
        machine,
    )


def draw_places(machines: int, stores: int, rng: np.random.Generator) -> list[Place]:
    """The machines' venues, then the stores."""
    return [
        *(_machine_place(i, rng) for i in range(machines)),
        *(_store_place(i, rng) for i in range(stores)),
    ]


def cabinets_of(places: list[Place]) -> list[Cabinet]:
    """The cabinets and store fixtures of all places; ids of sites count them from 1."""
    venue = {v.name: k for k, v in enumerate(VENUES)}
    stores_before = sum(1 for p in places if p.machine)
    return [
        Cabinet(i, c, venue[place.venue_type], model)
        for i, place in enumerate(places)
        for c, model in enumerate(
            MODELS[place.machine] if place.machine else store_fixtures(i - stores_before)
        )
    ]


def draw_truth(
    seed: int,
    catalog: Mapping[int, Product],
    cabinets: list[Cabinet],
    effects: parameters.ProductEffects,
    rng: np.random.Generator,
) -> Truth:
    """Everything but the level of the sites, which their first plan decides."""
    venue = np.array([c.venue for c in cabinets])
    slots = parameters.draw_slots([c.model for c in cabinets], rng)
    base = effects.appeal + effects.taste[venue][:, effects.category]
    base = base + parameters.draw_deviations(len(cabinets), effects, rng)
    products = list(catalog.values())
    return Truth(
        seed=seed,
        categories=tuple(s.name for s in CATEGORIES),
        venues=tuple(v.name for v in VENUES),
        product_ids=np.array([p.id for p in products]),
        product_names=tuple(p.name for p in products),
        category=effects.category,
        reference_price=effects.price,
        site_ids=np.arange(1, len(cabinets) + 1),
        site_venue=venue,
        base=base,
        slots=np.concatenate(slots),
        slot_start=np.cumsum([0, *map(len, slots)]),
        space=effects.space,
        price_elasticity=effects.price_elasticity,
        diversion=effects.diversion,
        affinity=effects.affinity,
        neighbor=parameters.NEIGHBOR_EFFECT,
        reference_inclusive=np.zeros((len(cabinets), len(CATEGORIES))),
        season=effects.season,
        weekday=np.array([v.weekday for v in VENUES]),
        trend=effects.trend,
        dispersion=DISPERSION,
        site_shock=SITE_SHOCK,
        twins=tuple((products[a].id, products[b].id) for a, b in effects.twins),
        anomalies=(),
    )


def _season(day: date) -> str:
    return ("winter", "spring", "summer", "fall")[day.month % 12 // 3]


def draw_plans(
    truth: Truth,
    catalog: Mapping[int, Product],
    cabinets: list[Cabinet],
    calendar: list[date],
    rng: np.random.Generator,
) -> tuple[Truth, list[list[PlannedPeriod]]]:
    """A year of plans for every site, and the truth with its levels set by the first of them."""
    base, reference = truth.base.copy(), truth.reference_inclusive.copy()
    seasons = [_season(day) for day in calendar]
    result = []
    for k, cabinet in enumerate(cabinets):
        venue = VENUES[cabinet.venue]
        guess = base[k] + rng.normal(0, 0.2, base.shape[1])
        guess -= np.log(np.exp(guess).mean())
        liking = {int(p): float(x) for p, x in zip(truth.product_ids, guess, strict=True)}
        planner = Planner(catalog, liking, venue.markup, venue.visits, rng)
        assortment = planner.first(cabinet.model, MIX[cabinet.model.kind])
        periods = year_of_plans(planner, assortment, seasons, rng)
        result.append(periods)
        terms = truth.terms(k + 1, periods[0].plan)
        target = venue.vends * cabinet.model.volume * rng.lognormal(-0.02, 0.2)
        level = np.log(target / np.exp(terms.attraction).sum())
        base[k] += level
        members = np.bincount(truth.category, np.exp(base[k])) / np.bincount(truth.category)
        present = np.isin(np.arange(len(members)), terms.category)
        reference[k] = np.where(present, truth.inclusive(terms) + level, np.log(2 * members))
    return replace(truth, base=base, reference_inclusive=reference), result
