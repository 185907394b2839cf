"""A simulated company: sites, a year of planograms, sales from real coils, and the truth behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.planogram.planogram import Planogram
from core.planogram.product import Product
from core.site.site import PlanPeriod, SiteHistory
from core.site.zones import IntArray
from core.store.demo import parameters, rhythm
from core.store.demo.anomalies import Jam, plant_jam, plant_wrong_set
from core.store.demo.assortment import build_catalog
from core.store.demo.places import STORE_VENUES, VENUES, CabinetModel
from core.store.demo.plans import PlannedPeriod
from core.store.demo.sales import Demand, Lines, SlotDays, Spots, sell, to_lines
from core.store.demo.scene import Cabinet, Place, cabinets_of, draw_places, draw_plans, draw_truth
from core.store.demo.truth import Truth

LAST_DAY = date(2026, 6, 30)
RECEIPT_DAYS, BASKET_LIFT = 45, 1.6
STORE_MERGE, MACHINE_MERGE = 0.25, 0.12

Progress = Callable[[float, str], None]


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
    """All of it. Lines and slot-days refer to ``spots``, whose ``site`` indexes ``sites``; visits (K, D)."""

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


def simulate(
    seed: int,
    *,
    days: int = 400,
    machines: int = 44,
    stores: int = 12,
    last_day: date = LAST_DAY,
    progress: Progress | None = None,
) -> World:
    """The world of a seed: the same arguments give the same world, to the last vend."""
    tell = progress or (lambda share, text: None)
    streams = [np.random.default_rng([seed, k]) for k in range(8)]
    calendar = [last_day - timedelta(days - 1 - i) for i in range(days)]
    catalog = build_catalog()
    places = draw_places(machines, stores, streams[0])
    cabinets = cabinets_of(places)
    truth = draw_truth(seed, catalog, cabinets, parameters.draw_products(catalog, streams[1]), streams[2])
    tell(0.05, "Drawing up planograms")
    truth, periods = draw_plans(truth, catalog, cabinets, calendar, streams[3])
    truth, jam = plant_jam(truth, cabinets, periods, calendar)
    truth, periods = plant_wrong_set(truth, cabinets, periods, calendar)
    spots = _spots(truth, periods)
    visits = _visits(cabinets, days, streams[4])
    demand = _demand(truth, cabinets, calendar, spots, jam, streams[5])
    slot_days = sell(spots, demand, visits, streams[6], lambda x: tell(0.25 + 0.4 * x, "Selling, day by day"))
    tell(0.65, "Filling baskets")
    lines = _lines(truth, cabinets, spots, slot_days, days, streams[7])
    tell(0.8, "Writing histories")
    sites = _sites(places, cabinets, periods, calendar, spots, slot_days.final_stock)
    world = World(
        seed, calendar[0], last_day, _with_velocity(catalog, spots, slot_days), tuple(places), sites, [],
        truth, spots, slot_days, lines, visits,
    )  # fmt: skip
    world = replace(world, histories=_histories(world))
    tell(1.0, "The world is there")
    return world


def _spots(truth: Truth, periods: list[list[PlannedPeriod]]) -> Spots:
    """All positions of all periods end to end, in the order of sites, periods and positions."""
    plans = [(k, period) for k, site in enumerate(periods) for period in site]
    terms = [truth.terms(k + 1, period.plan) for k, period in plans]
    count = [len(x.product) for x in terms]
    period_values = np.array([(k, period.start, period.end) for k, period in plans])
    site, start, end = np.repeat(period_values, count, axis=0).T
    row, column, capacity = np.array(
        [(p.row, p.column, p.capacity or 0) for _, period in plans for p in period.plan.positions]
    ).T
    category = np.concatenate([x.category for x in terms])
    return Spots(
        site=site,
        product=np.concatenate([x.product for x in terms]),
        category=category,
        group=site * len(truth.categories) + category,
        row=row,
        column=column,
        start=start,
        end=end,
        capacity=capacity,
        price=np.concatenate([x.price for x in terms]),
        attraction=np.concatenate([x.attraction for x in terms]),
    )


def _visits(cabinets: list[Cabinet], days: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Service mornings (K, D): every 2 to 7 days by venue type, the same for all cabinets of a place."""
    visits = np.zeros((len(cabinets), days), bool)
    at_place: dict[int, IntArray] = {}
    for k, cabinet in enumerate(cabinets):
        if cabinet.place not in at_place:
            every = VENUES[cabinet.venue].visits
            gaps = np.clip(rng.normal(every, 0.8, days).round(), 2, 7).astype(np.int64)
            at_place[cabinet.place] = np.cumsum(gaps) - gaps[0]
        when = at_place[cabinet.place]
        visits[k, when[when < days]] = True
    return visits


def _demand(
    truth: Truth,
    cabinets: list[Cabinet],
    calendar: list[date],
    spots: Spots,
    jam: Jam,
    rng: np.random.Generator,
) -> Demand:
    days, sigma = len(calendar), truth.site_shock
    place = np.array([c.place for c in cabinets])
    shock = np.exp(rng.normal(-(sigma**2) / 2, sigma, (int(place.max()) + 1, days)))[place]
    years = (np.arange(days) - (days - 1) / 2) / 365
    season = rhythm.season_days(truth.season, calendar)
    return Demand(
        season=season / season.mean(axis=1, keepdims=True),
        site_day=rhythm.venue_days(calendar)[truth.site_venue] * shock,
        trend=np.exp(truth.trend[:, None] * years),
        fault=jam.factor(spots.site, spots.row),
        fault_since=jam.since,
        diversion=truth.diversion,
        reference=truth.reference_inclusive.ravel(),
        dispersion=truth.dispersion,
    )


def _lines(
    truth: Truth,
    cabinets: list[Cabinet],
    spots: Spots,
    slot_days: SlotDays,
    days: int,
    rng: np.random.Generator,
) -> Lines:
    """Machines report every vend; stores give receipts for the last weeks and daily totals before."""
    store = np.isin([c.venue for c in cabinets], STORE_VENUES)
    merge = np.exp(BASKET_LIFT * truth.affinity)
    np.fill_diagonal(merge, 0.0)
    return to_lines(
        slot_days,
        spots,
        place=np.array([c.place for c in cabinets]),
        venue=truth.site_venue,
        totals_until=np.where(store, max(0, days - RECEIPT_DAYS), 0),
        shares=rhythm.hour_shares(),
        merge=merge,
        base_merge=np.where(store, STORE_MERGE, MACHINE_MERGE),
        rng=rng,
    )


def _sites(
    places: list[Place],
    cabinets: list[Cabinet],
    periods: list[list[PlannedPeriod]],
    calendar: list[date],
    spots: Spots,
    final_stock: IntArray,
) -> tuple[SiteInfo, ...]:
    """The sites with their plans; the current ones know what the slots still hold."""
    current = spots.end == len(calendar) - 1
    result = []
    for k, cabinet in enumerate(cabinets):
        place = places[cabinet.place]
        versions = [PlanVersion(calendar[p.start], p.plan, p.comment) for p in periods[k]]
        now, stock = versions[-1].plan, final_stock[current & (spots.site == k)]
        stocked = [replace(p, quantity=int(q)) for p, q in zip(now.positions, stock, strict=True)]
        versions[-1] = replace(versions[-1], plan=now.with_positions(stocked))
        kind = cabinet.model.kind if place.machine else cabinet.model.name.lower()
        name = f"{place.name} {kind}"
        result.append(SiteInfo(k + 1, cabinet.place, cabinet.cabinet, name, cabinet.model, tuple(versions)))
    return tuple(result)


def _histories(world: World) -> list[SiteHistory]:
    """What estimation reads of each site, from the slot-days and the baskets."""
    spots, slot_days, lines, numbers = (
        world.spots,
        world.slot_days,
        world.lines,
        np.arange(len(world.sites) + 1),
    )
    site_of = spots.site[slot_days.spot]
    order = np.lexsort((slot_days.spot, slot_days.day, site_of))
    spot, cuts = slot_days.spot[order], np.searchsorted(site_of[order], numbers)
    frame = pd.DataFrame(
        {
            "day": np.datetime64(world.first_day, "D") + slot_days.day[order],
            "product_id": world.truth.product_ids[spots.product[spot]],
            "row": spots.row[spot],
            "column": spots.column[spot],
            "units": slot_days.units[order],
            "revenue": (slot_days.units[order] * spots.price[spot]).round(2),
            "stockout": slot_days.stockout[order],
        }
    )
    kept = np.flatnonzero(lines.transaction > 0)
    kept = kept[np.argsort(spots.site[lines.spot[kept]], kind="stable")]
    basket_cuts = np.searchsorted(spots.site[lines.spot[kept]], numbers)
    product = world.truth.product_ids[spots.product[lines.spot[kept]]]
    baskets = pd.DataFrame({"transaction": lines.transaction[kept], "product_id": product})
    return [
        SiteHistory(
            site_id=s.site_id,
            name=s.name,
            venue_type=world.places[s.place].venue_type,
            fixture=s.model.fixture,
            periods=_periods(s, world.last_day),
            daily=frame.iloc[cuts[k] : cuts[k + 1]].reset_index(drop=True),
            baskets=baskets.iloc[basket_cuts[k] : basket_cuts[k + 1]].reset_index(drop=True),
            is_demo=True,
        )
        for k, s in enumerate(world.sites)
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
