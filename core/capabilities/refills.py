"""How a place is served, read from what its products do: how often, and up to which level."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.forecast.panel import BoolArray, FloatArray, IntArray, Panel
from core.forecast.supply import Supply

LEAST_GAPS = 6
LATELY_DAYS = 180
LONGEST_GAP = 30
SAME_VISIT = 1.6
"""A gap of more than this many times a short one is taken for several visits, of which some left no trace."""
MORE_THAN_PAR = 0.2
"""Share of a planogram's slots that held or sold more than their par level, above which it means little."""


def service_days(panel: Panel, place: IntArray) -> Mapping[int, int]:
    """Site of the panel → days between two refills. ``place`` (S,): equal where one visit serves all.

    A day is one of service when a product that was empty the evening before is there again. Visits that
    found nothing empty leave no trace, so long gaps are left out: the mean of the gaps that are not much
    longer than the short ones. A place with too few of them has the median of its kind of venue; a kind
    without any is left out.
    """
    first = max(0, panel.steps - LATELY_DAYS)
    out = _empty_in_the_evening(panel)[:, first:]
    back = np.zeros(out.shape, bool)
    back[:, 1:] = out[:, :-1] & (panel.units[:, first + 1 :] > 0)
    usual = {int(p): _usual_gap(back[place == p]) for p in np.unique(place)}
    venue = dict(zip(place.tolist(), panel.venue.tolist(), strict=True))
    by_venue: dict[int, list[float]] = {}
    for p, days in usual.items():
        if days is not None:
            by_venue.setdefault(venue[p], []).append(days)
    found = {}
    for site, p in zip(panel.site.tolist(), place.tolist(), strict=True):
        own = usual[p]
        if own is None and venue[p] in by_venue:
            own = float(np.median(by_venue[venue[p]]))
        if own is not None:
            found[site] = max(1, round(own))
    return found


def filled_to(supply: Supply) -> FloatArray:
    """What a refill fills each slot up to, (S,), NaN where nothing is known.

    The par level, if it was set after the last sales or if what happened bears it out. Where at many slots of
    a planogram more was there, or sold on one day, than their par level, the slots are filled to the brim.
    """
    panel, par = supply.panel, np.where(supply.par > 0, supply.par, np.nan)
    lately = panel.units[:, max(0, panel.steps - LATELY_DAYS) :].max(axis=1)
    told = np.isfinite(supply.par_then) & supply.standing
    more = told & ((supply.held > supply.par_then) | (lately > supply.par_then))
    _, site = np.unique(panel.site, return_inverse=True)
    share = np.bincount(site, more) / np.maximum(np.bincount(site, told), 1.0)
    brim = (share[site] >= MORE_THAN_PAR) & (supply.par == supply.par_then)
    known = np.where(np.isfinite(par), par, supply.capacity)
    return np.where(brim & np.isfinite(supply.capacity), supply.capacity, known)


def _usual_gap(back: BoolArray) -> float | None:
    """Days between services, from which products came back when, (n, T); None where too few did."""
    gaps = np.diff(np.flatnonzero(back.any(axis=0)))
    gaps = gaps[gaps <= LONGEST_GAP]
    if len(gaps) < LEAST_GAPS:
        return None
    short = float(np.quantile(gaps, 0.3))
    return float(gaps[gaps <= SAME_VISIT * short].mean())


def _empty_in_the_evening(panel: Panel) -> BoolArray:
    """Days on which a product that stood there was empty at the end, (S, T)."""
    known: FloatArray = panel.exposure
    stood = np.maximum.accumulate(known > 0, axis=1)
    stood &= np.maximum.accumulate((known > 0)[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(panel.censored | (stood & (known == 0)))
