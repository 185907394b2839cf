"""Selling from real coils: stock runs down, is refilled at visits, and hides demand when it is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.site.zones import FloatArray, IntArray

BoolArray = NDArray[np.bool_]
SECONDS_A_DAY = 86_400


@dataclass(frozen=True, eq=False)
class Spots:
    """Every position of every plan period, end to end, shape (N,) each. ``group`` = site × C + category;
    ``start`` and ``end``: first and last day in force; ``attraction``: log units a day as in ``truth``."""

    site: IntArray
    product: IntArray
    category: IntArray
    group: IntArray
    row: IntArray
    column: IntArray
    start: IntArray
    end: IntArray
    capacity: IntArray
    price: FloatArray
    attraction: FloatArray


@dataclass(frozen=True, eq=False)
class Demand:
    """What moves demand from day to day: factors ``season`` (C, D), ``site_day`` (K, D), ``trend`` (P, D)
    and, from ``fault_since`` on, ``fault`` (N,); ``diversion`` (C,), ``reference`` (K × C,) log
    inclusive values; ``dispersion``: variance of a slot-day's noise."""

    season: FloatArray
    site_day: FloatArray
    trend: FloatArray
    fault: FloatArray
    fault_since: int
    diversion: FloatArray
    reference: FloatArray
    dispersion: float


@dataclass(frozen=True, eq=False)
class SlotDays:
    """Slot-days that sold or were out of stock. ``spot``: index into Spots; ``final_stock`` (N,)."""

    spot: IntArray
    day: IntArray
    units: IntArray
    stockout: BoolArray
    final_stock: IntArray


def sell(
    spots: Spots,
    demand: Demand,
    visits: BoolArray,
    rng: np.random.Generator,
    progress: Callable[[float], None],
) -> SlotDays:
    """Simulate all days. ``visits`` (K, D): service in the morning, which fills every slot."""
    days = visits.shape[1]
    stock = spots.capacity.copy()
    gamma = demand.diversion[spots.category]
    weight = np.exp(spots.attraction)
    parts: list[tuple[IntArray, IntArray, IntArray, BoolArray]] = []
    for day in range(days):
        idx = np.flatnonzero((spots.start <= day) & (spots.end >= day))
        stock[idx] = np.where(visits[spots.site[idx], day], spots.capacity[idx], stock[idx])
        group, held = spots.group[idx], stock[idx]
        open_weight = weight[idx] * (held > 0)
        inclusive = np.log(np.bincount(group, open_weight, len(demand.reference)) + 1e-12)[group]
        rate = open_weight * np.exp(-gamma[idx] * (inclusive - demand.reference[group]))
        rate *= demand.season[spots.category[idx], day] * demand.site_day[spots.site[idx], day]
        rate *= demand.trend[spots.product[idx], day] * (
            demand.fault[idx] if day >= demand.fault_since else 1.0
        )
        noise = rng.gamma(1 / demand.dispersion, demand.dispersion, len(idx))
        sold = _sell_day(rng, rate, noise, held, group, gamma[idx], len(demand.reference))
        stock[idx] = held - sold
        out = stock[idx] == 0
        keep = (sold > 0) | out
        parts.append((idx[keep], np.full(int(keep.sum()), day), sold[keep], out[keep]))
        if day % 50 == 0:
            progress(day / days)
    spot, when, units, stockout = (np.concatenate(column) for column in zip(*parts, strict=True))
    return SlotDays(spot, when, units, stockout, stock)


def _sell_day(
    rng: np.random.Generator,
    rate: FloatArray,
    noise: FloatArray,
    held: IntArray,
    group: IntArray,
    diversion: FloatArray,
    groups: int,
) -> IntArray:
    """Units sold: what is wanted up to what is held; part of the rest goes to substitutes in the group."""
    wanted = rng.poisson(rate * noise)
    sold = np.minimum(wanted, held)
    unmet = np.bincount(group, (wanted - sold) * diversion, groups)
    left = held - sold
    if unmet.any():
        pull = rate * (left > 0)
        total = np.bincount(group, pull, groups)
        share = unmet[group] * pull / np.where(total > 0, total, 1.0)[group]
        sold = sold + np.minimum(rng.poisson(share), left)
    return sold


@dataclass(frozen=True, eq=False)
class Lines:
    """Sales lines, shape (L,) each, sorted by place and time. ``sold_at``: seconds since the first midnight
    of the history; ``transaction`` counts from 1, 0 where the source has only daily totals."""

    spot: IntArray
    sold_at: IntArray
    units: IntArray
    transaction: IntArray


def to_lines(
    slot_days: SlotDays,
    spots: Spots,
    place: IntArray,
    venue: IntArray,
    totals_until: IntArray,
    shares: FloatArray,
    merge: FloatArray,
    base_merge: FloatArray,
    rng: np.random.Generator,
) -> Lines:
    """Turn slot-days into vends and baskets, or into one line a day before ``totals_until`` (K,).

    ``place`` (K,): sites that share a basket; ``merge`` (P, P): how much likelier than chance two products
    are bought together; ``base_merge`` (K,): chance that two vends in a row are one purchase.
    """
    sold = slot_days.units > 0
    spot, day, units = slot_days.spot[sold], slot_days.day[sold], slot_days.units[sold]
    daily = day < totals_until[spots.site[spot]]
    vend_spot = np.repeat(spot[~daily], units[~daily])
    vend_day = np.repeat(day[~daily], units[~daily])
    time = vend_day * SECONDS_A_DAY + _seconds(vend_spot, spots, venue, shares, rng)
    order = np.argsort(place[spots.site[vend_spot]] * (SECONDS_A_DAY * 4096) + time, kind="stable")
    vend_spot, vend_day, time = vend_spot[order], vend_day[order], time[order]
    first = _first_of_basket(vend_spot, vend_day, spots, place, merge, base_merge, rng)
    number = np.cumsum(first)
    time = time[np.flatnonzero(first)][number - 1] if len(number) else time
    return Lines(
        np.concatenate([vend_spot, spot[daily]]),
        np.concatenate([time, day[daily] * SECONDS_A_DAY + 22 * 3600]),
        np.concatenate([np.ones(len(vend_spot), np.int64), units[daily]]),
        np.concatenate([number, np.zeros(int(daily.sum()), np.int64)]),
    )


def _seconds(
    spot: IntArray, spots: Spots, venue: IntArray, shares: FloatArray, rng: np.random.Generator
) -> IntArray:
    """Second of the day of each vend, by venue type and daypart of the category."""
    v, c = venue[spots.site[spot]], spots.category[spot]
    key = v * shares.shape[1] + c
    flat = (shares.reshape(-1, 24) + np.arange(shares.shape[0] * shares.shape[1])[:, None]).ravel()
    hour = np.searchsorted(flat, key + rng.random(len(spot))) - key * 24
    return np.asarray(np.clip(hour, 0, 23) * 3600 + rng.integers(0, 3600, len(spot)))


def _first_of_basket(
    spot: IntArray,
    day: IntArray,
    spots: Spots,
    place: IntArray,
    merge: FloatArray,
    base_merge: FloatArray,
    rng: np.random.Generator,
) -> BoolArray:
    """True where a new transaction begins. At most three items, no product twice."""
    if not len(spot):
        return np.zeros(0, bool)
    product, site = spots.product[spot], spots.site[spot]
    where = place[site]
    chance = np.minimum(base_merge[site[1:]] * merge[product[1:], product[:-1]], 0.85)
    joined = np.zeros(len(spot), bool)
    joined[1:] = (where[1:] == where[:-1]) & (day[1:] == day[:-1]) & (rng.random(len(spot) - 1) < chance)
    start = np.maximum.accumulate(np.where(joined, 0, np.arange(len(spot))))
    joined &= (np.arange(len(spot)) - start) % 3 != 0
    again = np.zeros(len(spot), bool)
    again[2:] = joined[2:] & joined[1:-1] & (product[2:] == product[:-2])
    return np.asarray(~(joined & ~again))
