"""A simulated company: sites, a year of planograms, sales from real coils, and the truth behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.planogram.planogram import Planogram
from core.planogram.product import Product
from core.site.site import PlanPeriod, SiteHistory
from core.site.zones import FloatArray, IntArray
from core.store.demo import parameters, rhythm
from core.store.demo.assortment import CATEGORIES, build_catalog
from core.store.demo.places import (
    CITIES,
    MACHINE_VENUES,
    MIX,
    MODEL_CYCLE,
    MODELS,
    STORE_VENUES,
    VENUES,
    CabinetModel,
    store_fixtures,
)
from core.store.demo.plans import PlannedPeriod, Planner, mislaid, year_of_plans
from core.store.demo.sales import Demand, Lines, SlotDays, Spots, sell, to_lines
from core.store.demo.truth import Anomaly, Truth

LAST_DAY = date(2026, 6, 30)
DISPERSION, SITE_SHOCK, BASKET_LIFT = .12, .1, 1.6
JAM_DAYS, JAM_FACTOR, MISLAID_DAYS, RECEIPT_DAYS = 25, .04, 110, 60

Progress = Callable[[float, str], None]


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


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A planogram from the day it took effect, and why it was made."""

    effective_from: date
    plan: Planogram
    comment: str


@dataclass(frozen=True, eq=False)
class SiteInfo:
    """A cabinet of a machine or a fixture of a store. ``place``: index into ``World.places``."""

    site_id: int
    place: int
    cabinet: int
    name: str
    model: CabinetModel
    versions: tuple[PlanVersion, ...]


@dataclass(frozen=True, eq=False)
class World:
    """All of it. Lines and slot-days refer to ``spots``, whose ``site`` indexes ``sites``; visits are (K, D)."""

    seed: int
    first_day: date
    last_day: date
    catalog: dict[int, Product]
    places: tuple[Place, ...]
    sites: tuple[SiteInfo, ...]
    histories: list[SiteHistory]
    truth: Truth
    spots: Spots
    slot_days: SlotDays
    lines: Lines
    visits: NDArray[np.bool_]

    @property
    def devices(self) -> tuple[Place, ...]:
        return tuple(p for p in self.places if p.machine)

    @property
    def stores(self) -> tuple[Place, ...]:
        return tuple(p for p in self.places if not p.machine)


@dataclass(frozen=True, eq=False)
class _Cabinet:
    place: int
    cabinet: int
    venue: int
    model: CabinetModel


def simulate(seed: int, *, days: int = 400, machines: int = 44, stores: int = 12, last_day: date = LAST_DAY,
             progress: Progress | None = None) -> World:
    """The world of a seed: the same arguments give the same world, to the last vend."""
    tell = progress or (lambda share, text: None)
    streams = [np.random.default_rng([seed, k]) for k in range(8)]
    calendar = [last_day - timedelta(days - 1 - i) for i in range(days)]
    catalog = build_catalog()
    places = [*(_machine_place(i, streams[0]) for i in range(machines)),
              *(_store_place(i, streams[0]) for i in range(stores))]
    cabinets = _cabinets(places)
    effects = parameters.draw_products(catalog, streams[1])
    truth = _truth(seed, catalog, cabinets, effects, streams[2])
    tell(.05, "Drawing up planograms")
    seasons = {i: _season_name(day) for i, day in enumerate(calendar)}
    truth, periods = _plans(truth, catalog, cabinets, days, seasons, streams[3])
    truth, periods, fault = _plant_anomalies(truth, cabinets, periods, calendar)
    spots = _spots(truth, periods)
    visits = _visits(cabinets, days, streams[4])
    tell(.25, "Selling, day by day")
    demand = _demand(truth, cabinets, calendar, streams[5], fault(spots))
    slot_days = sell(spots, demand, visits, streams[6], lambda x: tell(.25 + .4 * x, "Selling, day by day"))
    tell(.65, "Filling baskets")
    lines = _lines(truth, cabinets, spots, slot_days, days, streams[7])
    tell(.8, "Writing histories")
    sites = _sites(places, cabinets, periods, calendar, spots, slot_days.final_stock)
    histories = _histories(places, sites, spots, slot_days, lines, calendar[0], last_day)
    catalog = _with_velocity(catalog, spots, slot_days)
    tell(1.0, "Done")
    return World(seed, calendar[0], last_day, catalog, tuple(places), sites, histories, truth, spots, slot_days,
                 lines, visits)


def _machine_place(i: int, rng: np.random.Generator) -> Place:
    city, state, hoods = CITIES[i % len(CITIES)]
    hood, lat, lon, zip_code = hoods[(i // len(CITIES)) % len(hoods)]
    venue = VENUES[MACHINE_VENUES[i % len(MACHINE_VENUES)]]
    lat, lon = (round(float(x + rng.uniform(-.004, .004)), 5) for x in (lat, lon))
    return Place(f"{hood} {venue.noun}", f"M-{i + 1:03d}", venue.name, city, state, hood, zip_code, lat, lon,
                 MODEL_CYCLE[i % len(MODEL_CYCLE)])


def _store_place(i: int, rng: np.random.Generator) -> Place:
    city, state, hoods = CITIES[i % len(CITIES)]
    hood, lat, lon, zip_code = hoods[-1 - i // len(CITIES)]
    venue = VENUES[STORE_VENUES[i % len(STORE_VENUES)]]
    lat, lon = (round(float(x + rng.uniform(-.004, .004)), 5) for x in (lat, lon))
    return Place(f"{hood} {venue.noun}", f"S-{i + 1:03d}", venue.name, city, state, hood, zip_code, lat, lon)


def _cabinets(places: list[Place]) -> list[_Cabinet]:
    venue = {v.name: k for k, v in enumerate(VENUES)}
    stores_before = sum(1 for p in places if p.machine)
    return [
        _Cabinet(i, c, venue[place.venue_type], model)
        for i, place in enumerate(places)
        for c, model in enumerate(MODELS[place.machine] if place.machine else store_fixtures(i - stores_before))
    ]


def _truth(seed: int, catalog: Mapping[int, Product], cabinets: list[_Cabinet],
           effects: parameters.ProductEffects, rng: np.random.Generator) -> Truth:
    """Everything but the level of the sites, which their first plan decides."""
    venue = np.array([c.venue for c in cabinets])
    slots = parameters.draw_slots([c.model for c in cabinets], rng)
    base = effects.appeal + effects.taste[venue][:, effects.category]
    base = base + parameters.draw_deviations(len(cabinets), effects, rng)
    products = list(catalog.values())
    return Truth(
        seed, tuple(s.name for s in CATEGORIES), tuple(v.name for v in VENUES), np.array([p.id for p in products]),
        tuple(p.name for p in products), effects.category, effects.price, np.arange(1, len(cabinets) + 1), venue,
        base, np.concatenate(slots), np.cumsum([0, *map(len, slots)]), effects.space, effects.price_elasticity,
        effects.diversion, effects.affinity, parameters.NEIGHBOR_EFFECT,
        np.zeros((len(cabinets), len(CATEGORIES))), effects.season, np.array([v.weekday for v in VENUES]),
        effects.trend, DISPERSION, SITE_SHOCK,
        tuple((products[a].id, products[b].id) for a, b in effects.twins), (),
    )


def _season_name(day: date) -> str:
    return ("winter", "spring", "summer", "fall")[day.month % 12 // 3]


def _plans(truth: Truth, catalog: Mapping[int, Product], cabinets: list[_Cabinet], days: int,
           seasons: Mapping[int, str], rng: np.random.Generator) -> tuple[Truth, list[list[PlannedPeriod]]]:
    """A year of plans for every site, and the truth with its levels set by the first of them."""
    base, reference = truth.base.copy(), truth.reference_inclusive.copy()
    result = []
    for k, cabinet in enumerate(cabinets):
        venue = VENUES[cabinet.venue]
        guess = base[k] + rng.normal(0, .2, base.shape[1])
        guess -= np.log(np.exp(guess).mean())
        liking = {int(p): float(x) for p, x in zip(truth.product_ids, guess, strict=True)}
        planner = Planner(catalog, liking, venue.markup, venue.visits, rng)
        assortment = planner.first(cabinet.model, MIX[cabinet.model.kind])
        periods = year_of_plans(planner, assortment, days, rng, seasons)
        result.append(periods)
        terms = truth.terms(k + 1, periods[0].plan)
        target = venue.vends * cabinet.model.volume * rng.lognormal(-.02, .2)
        level = np.log(target / np.exp(terms.attraction).sum())
        base[k] += level
        members = np.bincount(truth.category, np.exp(base[k])) / np.bincount(truth.category)
        present = np.isin(np.arange(len(members)), terms.category)
        reference[k] = np.where(present, truth.inclusive(terms) + level, np.log(2 * members))
    return replace(truth, base=base, reference_inclusive=reference), result


def _plant_anomalies(
    truth: Truth, cabinets: list[_Cabinet], periods: list[list[PlannedPeriod]], calendar: list[date],
) -> tuple[Truth, list[list[PlannedPeriod]], Callable[[Spots], Callable[[int], FloatArray]]]:
    """A jammed machine and a cooler laid out the wrong way round."""
    days = len(calendar)
    anomalies = []
    jam_day, jammed, rows = days - min(JAM_DAYS, days // 3), -1, np.zeros(0, np.int64)
    machines = [k for k, c in enumerate(cabinets) if c.model.name in ("Meridian 48", "Meridian 36")]
    if machines:
        jammed = machines[len(machines) // 2]
        rows = _busiest_rows(truth, jammed, periods[jammed][-1].plan)
        letters = " and ".join(chr(65 + int(r)) for r in rows)
        anomalies.append(Anomaly(jammed + 1, "collapse", calendar[jam_day].isoformat(),
                                 f"A hidden jam: rows {letters} vend almost nothing, and no stockout is reported."))
    coolers = [k for k, c in enumerate(cabinets) if c.model.kind == "cooler"]
    if coolers:
        k = coolers[len(coolers) // 2]
        since = days - min(MISLAID_DAYS, days // 2)
        periods = [*periods[:k], _with_mislaid(truth, k, periods[k], since), *periods[k + 1 :]]
        anomalies.append(Anomaly(k + 1, "layout", calendar[since].isoformat(),
                                 "A beverage set the wrong way round: slow sellers have the eye-level shelves and the "
                                 "facings, best sellers one facing on the worst shelf."))

    def fault_of(spots: Spots) -> Callable[[int], FloatArray]:
        healthy = np.ones(len(spots.site))
        faulty = np.where((spots.site == jammed) & np.isin(spots.row, rows), JAM_FACTOR, 1.0)
        return lambda day: faulty if day >= jam_day else healthy

    return replace(truth, anomalies=tuple(anomalies)), periods, fault_of


def _busiest_rows(truth: Truth, site: int, plan: Planogram) -> IntArray:
    """The rows that together make at least 45 % of a site's units."""
    rates = truth.true_rates(site + 1, plan)
    by_row = np.bincount([p.row for p in plan.positions], rates, plan.fixture.rows)
    order = np.argsort(-by_row)
    needed = int(np.searchsorted(np.cumsum(by_row[order]) / by_row.sum(), .45)) + 1
    return np.asarray(np.sort(order[:needed]), np.int64)


def _with_mislaid(truth: Truth, site: int, periods: list[PlannedPeriod], since: int) -> list[PlannedPeriod]:
    kept = [replace(p, end=min(p.end, since - 1)) for p in periods if p.start < since]
    good = kept[-1].plan
    facings = np.array([p.facings for p in good.positions])
    slot = truth.slot_effects(site + 1)
    wrong = mislaid(good, slot, truth.true_rates(site + 1, good) / facings)
    return [*kept, PlannedPeriod(since, periods[-1].end, wrong, "New beverage set")]


def _spots(truth: Truth, periods: list[list[PlannedPeriod]]) -> Spots:
    columns: list[tuple[NDArray[np.float64], ...]] = []
    for k, site_periods in enumerate(periods):
        for period in site_periods:
            terms = truth.terms(k + 1, period.plan)
            at = np.array([(p.row, p.column, p.capacity or 0) for p in period.plan.positions], float)
            n = len(terms.product)
            columns.append((np.full(n, k), terms.product, terms.category, at[:, 0], at[:, 1], np.full(n, period.start),
                            np.full(n, period.end), at[:, 2], terms.price, terms.attraction))
    site, product, category, row, column, start, end, capacity, price, attraction = (
        np.concatenate(parts) for parts in zip(*columns, strict=True)
    )
    whole = [x.astype(np.int64) for x in (site, product, category, row, column, start, end, capacity)]
    group = whole[0] * len(truth.categories) + whole[2]
    return Spots(*whole[:3], group, *whole[3:], price, attraction)


def _visits(cabinets: list[_Cabinet], days: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Service mornings: every 2 to 7 days by venue type, together for all cabinets of a place, never exactly."""
    visits = np.zeros((len(cabinets), days), bool)
    at_place: dict[int, IntArray] = {}
    for k, cabinet in enumerate(cabinets):
        if cabinet.place not in at_place:
            every = VENUES[cabinet.venue].visits
            gaps = np.clip(rng.normal(every, .8, days).round(), 2, 7).astype(np.int64)
            at_place[cabinet.place] = np.cumsum(gaps) - gaps[0]
        when = at_place[cabinet.place]
        visits[k, when[when < days]] = True
    return visits


def _demand(truth: Truth, cabinets: list[_Cabinet], calendar: list[date], rng: np.random.Generator,
            fault: Callable[[int], FloatArray]) -> Demand:
    days = len(calendar)
    venue_day = rhythm.venue_days(calendar)[truth.site_venue]
    place = np.array([c.place for c in cabinets])
    shock = np.exp(rng.normal(-(SITE_SHOCK**2) / 2, SITE_SHOCK, (int(place.max()) + 1, days)))[place]
    years = (np.arange(days) - (days - 1) / 2) / 365
    season = rhythm.season_days(truth.season, calendar)
    season = season / season.mean(axis=1, keepdims=True)
    return Demand(season, venue_day * shock, np.exp(truth.trend[:, None] * years), fault, truth.diversion,
                  truth.reference_inclusive.ravel(), truth.dispersion)


def _lines(truth: Truth, cabinets: list[_Cabinet], spots: Spots, slot_days: SlotDays, days: int,
           rng: np.random.Generator) -> Lines:
    """Machines report every vend; stores give receipts for the last weeks and daily totals before."""
    store = np.array([VENUES[c.venue].name in ("convenience store", "grocery store") for c in cabinets])
    merge = np.exp(BASKET_LIFT * truth.affinity)
    np.fill_diagonal(merge, 0.0)
    return to_lines(
        slot_days, spots, np.array([c.place for c in cabinets]), truth.site_venue,
        np.where(store, max(0, days - RECEIPT_DAYS), 0), rhythm.hour_shares(), merge, np.where(store, .25, .12), rng,
    )


def _sites(places: list[Place], cabinets: list[_Cabinet], periods: list[list[PlannedPeriod]],
           calendar: list[date], spots: Spots, final_stock: IntArray) -> tuple[SiteInfo, ...]:
    last = {k: final_stock[(spots.site == k) & (spots.end == len(calendar) - 1)] for k in range(len(cabinets))}
    result = []
    for k, cabinet in enumerate(cabinets):
        place = places[cabinet.place]
        versions = [PlanVersion(calendar[p.start], p.plan, p.comment) for p in periods[k]]
        now = versions[-1].plan
        stocked = [replace(p, quantity=int(q)) for p, q in zip(now.positions, last[k], strict=True)]
        versions[-1] = replace(versions[-1], plan=now.with_positions(stocked))
        kind = cabinet.model.kind if place.machine else cabinet.model.name
        result.append(SiteInfo(k + 1, cabinet.place, cabinet.cabinet, f"{place.name} {kind}", cabinet.model,
                               tuple(versions)))
    return tuple(result)


def _histories(places: list[Place], sites: tuple[SiteInfo, ...], spots: Spots, slot_days: SlotDays, lines: Lines,
               first_day: date, last_day: date) -> list[SiteHistory]:
    first = np.datetime64(first_day, "D")
    site_of = spots.site[slot_days.spot]
    order = np.lexsort((slot_days.spot, slot_days.day, site_of))
    spot, cuts = slot_days.spot[order], np.searchsorted(site_of[order], np.arange(len(sites) + 1))
    frame = pd.DataFrame({
        "day": first + slot_days.day[order], "product_id": spots.product[spot] + 1, "row": spots.row[spot],
        "column": spots.column[spot], "units": slot_days.units[order],
        "revenue": (slot_days.units[order] * spots.price[spot]).round(2), "stockout": slot_days.stockout[order],
    })
    receipts = lines.transaction > 0
    baskets = pd.DataFrame({"transaction": lines.transaction[receipts],
                            "product_id": spots.product[lines.spot[receipts]] + 1})
    by_site = spots.site[lines.spot[receipts]]
    return [
        SiteHistory(
            s.site_id, s.name, places[s.place].venue_type, s.model.fixture, _periods(s, last_day),
            frame.iloc[cuts[k] : cuts[k + 1]].reset_index(drop=True), baskets[by_site == k].reset_index(drop=True),
            is_demo=True,
        )
        for k, s in enumerate(sites)
    ]


def _periods(site: SiteInfo, last_day: date) -> tuple[PlanPeriod, ...]:
    starts = [v.effective_from for v in site.versions]
    ends = [*(day - timedelta(1) for day in starts[1:]), last_day]
    return tuple(PlanPeriod(a, b, v.plan) for a, b, v in zip(starts, ends, site.versions, strict=True))


def _with_velocity(catalog: dict[int, Product], spots: Spots, slot_days: SlotDays) -> dict[int, Product]:
    """The catalog with each product's mean units a day where it stood."""
    n = len(catalog)
    units = np.bincount(spots.product[slot_days.spot], slot_days.units, n)
    stood = np.bincount(spots.product, spots.end - spots.start + 1, n)
    velocity = np.round(units / np.maximum(stood, 1), 2)
    return {p.id: replace(p, velocity=float(velocity[i])) for i, p in enumerate(catalog.values())}


