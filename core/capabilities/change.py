"""Two plans of which one is an edit of the other: only what differs is computed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.capabilities.valuation import layout_of
from core.planogram.planogram import Planogram
from core.site.response import Effects, Layout, neighbor_affinity
from core.site.site import Site
from core.site.zones import FloatArray, IntArray

BoolArray = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Change:
    """``gone`` (rows of ``before``) and ``new`` (rows of ``after``) differ from their like in the other
    plan in place, size, price, facings or neighbors; ``touched`` (C,): their categories."""

    before: Layout
    after: Layout
    gone: BoolArray
    new: BoolArray
    touched: BoolArray


def change(current: Planogram, proposed: Planogram, site: Site) -> Change:
    """What differs. Positions that an edit left alone are told by identity; an equal copy only costs time.

    Raises KeyError for a product that the site's response does not know.
    """
    before = layout_of(current, site)
    match = _matches(current, proposed)
    after = layout_of.peek(proposed, site)
    if after is None:
        after = layout_of.keep(proposed, site, _derived(before, match, proposed, site))
    same = match >= 0
    kept = match[same]
    same[same] = (before.affinity[kept] == after.affinity[same]) & (
        before.total_facings[kept] == after.total_facings[same]
    )
    gone = np.ones(len(current.positions), np.bool_)
    gone[match[same]] = False
    touched = np.zeros(before.member.shape[1], np.bool_)
    touched[before.category[gone]] = True
    touched[after.category[~same]] = True
    return Change(before, after, gone, ~same, touched)


def paired_delta(
    current: Planogram, proposed: Planogram, site: Site, season: FloatArray, effects: Effects | None
) -> FloatArray:
    """Revenue a day of ``proposed`` less that of ``current``, draw by draw, shape (D,).

    Only the categories that the change touches are computed, their sums once and what differs beside
    them: the rest cancels exactly. Raises KeyError as ``change``.
    """
    e = site.response.point if effects is None else effects
    c = change(current, proposed, site)
    if not c.touched.any():
        return np.zeros(len(e))
    keep = c.touched[c.before.category]
    member, worth = c.before.member[keep][:, c.touched], _worth(c.before, season)[keep]
    stood = np.exp(site.response.attraction(_rows(c.before, keep), e))
    arrived = np.exp(site.response.attraction(_rows(c.after, c.new), e))
    left, gone = stood[:, c.gone[keep]], c.gone[keep]
    added, income = c.after.member[c.new][:, c.touched], _worth(c.after, season)[c.new]
    inclusive, value = stood @ member, (stood * worth) @ member
    inclusive_after = inclusive - left @ member[gone] + arrived @ added
    value_after = value - (left * worth[gone]) @ member[gone] + (arrived * income) @ added
    diversion = e.diversion[:, c.touched]
    reference = site.response.reference_inclusive[c.touched]

    def money(inclusive: FloatArray, value: FloatArray) -> FloatArray:
        shift = diversion * (np.log(np.maximum(inclusive, 0.0) + 1e-12) - reference)
        revenue: FloatArray = np.maximum(value, 0.0) * np.exp(-shift)
        return revenue

    difference: FloatArray = (money(inclusive_after, value_after) - money(inclusive, value)).sum(axis=1)
    return difference


def _worth(layout: Layout, season: FloatArray) -> FloatArray:
    worth: FloatArray = layout.price * season[layout.category]
    return worth


def _matches(current: Planogram, proposed: Planogram) -> IntArray:
    """Row in ``current`` of each position of ``proposed``, −1 for one that is not the same object."""
    index = dict(zip(map(id, current.positions), range(len(current.positions)), strict=True))
    found = map(index.get, map(id, proposed.positions), repeat(-1))
    return np.fromiter(found, np.int64, len(proposed.positions))


def _derived(before: Layout, match: IntArray, proposed: Planogram, site: Site) -> Layout:
    """``Response.layout`` of the proposed plan, its unchanged rows taken from the current one's."""
    stays, arrives = np.flatnonzero(match >= 0), np.flatnonzero(match < 0)
    built = site.response.layout(proposed.with_positions(proposed.positions[k] for k in arrives))

    def merged(old: NDArray[T], new: NDArray[T]) -> NDArray[T]:
        result = np.zeros((len(match), *old.shape[1:]), old.dtype)
        result[stays], result[arrives] = old[match[stays]], new
        return result

    product = merged(before.product, built.product)
    facings = merged(before.facings, built.facings)
    everywhere = np.bincount(product, facings, minlength=len(site.response.product_ids))
    row = np.fromiter(map(attrgetter("row"), proposed.positions), np.int64, len(product))
    return Layout(
        product, site.response.category[product], merged(before.weights, built.weights),
        merged(before.log_price, built.log_price), facings, everywhere[product].astype(np.float64),
        neighbor_affinity(row, product, site.response.affinity), merged(before.price, built.price),
        merged(before.member, built.member),
    )


def _rows(layout: Layout, keep: BoolArray) -> Layout:
    return Layout(
        layout.product[keep], layout.category[keep], layout.weights[keep], layout.log_price[keep],
        layout.facings[keep], layout.total_facings[keep], layout.affinity[keep], layout.price[keep],
        layout.member[keep],
    )
