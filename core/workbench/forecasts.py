"""From the store to forecasts: one forecast of the whole fleet, kept until its data change.

Every place is a part of its fleet's forecast, so that places add up to the fleet and learn from it. The
demo's places and the user's own are two fleets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

import numpy as np

from core.calendar import DEFAULT_COUNTRY, country_of, is_holiday
from core.capabilities.backcast import Backcast, backcast
from core.capabilities.demand import LONGEST_HORIZON
from core.capabilities.refills import filled_to, service_days
from core.errors import BadInput
from core.forecast.fleet import choose, forecast
from core.forecast.forecast import Forecast
from core.forecast.methods import METHODS
from core.forecast.panel import FloatArray, Panel
from core.forecast.parts import of_steps
from core.forecast.pool import FORECAST_VERSION, Pool
from core.forecast.supply import Supply
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from core.site.posterior import FleetFit
from core.store import catalog, sites
from core.store.demand import StoredSupply, load_supply
from core.store.tenant import TenantSession
from core.workbench.door import Memory
from core.workbench.library import fit_name, fleet_fit, knowing

LOOK_AHEAD = LONGEST_HORIZON + 8
"""Days forecast at once: the longest horizon and the refill after it."""
CHOSEN_FOR = 28
KNOWN_DAYS = 90
"""A product that has stood for so long speaks for itself; others lean on the response."""


@dataclass(frozen=True, eq=False)
class Made:
    """What is computed of a panel: its forecast over ``LOOK_AHEAD`` days, how the last weeks would have been
    forecast, how it was done, and whose holidays count."""

    panel: Panel
    forecast: Forecast
    backcast: Backcast
    pool: Pool
    country: str = DEFAULT_COUNTRY

    @cached_property
    def holiday_effect(self) -> FloatArray:
        """What each day ahead would be as a public holiday, (1 or S, H): factor."""
        days = self.forecast.mean.shape[1]
        gap = (self.forecast.first_day - self.panel.end).days
        panel = with_holidays(self.panel, gap + days, self.country)
        marked = panel.inputs["holiday"].copy()
        marked[:, panel.steps :] = 1.0
        panel = replace(panel, inputs={**panel.inputs, "holiday": marked})
        made = forecast(panel, gap + days, pool=self.pool)
        return made.factors.get("holiday", np.ones((1, gap + days)))[:, gap:]


@dataclass(frozen=True, eq=False)
class FleetForecast:
    """A fleet's supply, and what is computed of its panel, series in the same order."""

    supply: Supply
    computed: Made

    @property
    def forecast(self) -> Forecast:
        return self.computed.forecast

    @property
    def made(self) -> Backcast:
        return self.computed.backcast

    @property
    def pool(self) -> Pool:
        return self.computed.pool

    @property
    def holiday_effect(self) -> FloatArray:
        return self.computed.holiday_effect


def stored_supply(
    session: TenantSession, memory: Memory, is_demo: bool, also: Sequence[int] = ()
) -> StoredSupply | None:
    """What one origin's places sold, with what their response expects of the products that are new there;
    from memory where nothing changed. ``also``: drafts that stand nowhere yet."""
    learned_at = sites.fit_time(session, fit_name(is_demo))
    version = sites.fleet_version(session)
    key = (session.company_id, "supply", is_demo, version, learned_at, tuple(also))

    def read() -> StoredSupply | None:
        stored = load_supply(session, demo=is_demo, also=also)
        if stored is None:
            return None
        return _with_priors(session, memory, _with_service(stored), is_demo, learned_at)

    found = memory.forecasts.get(key, read)
    assert found is None or isinstance(found, StoredSupply)
    return found


def fleet_forecast(
    session: TenantSession, memory: Memory, is_demo: bool, first: date | None = None,
    also: Sequence[int] = (),
) -> FleetForecast | None:
    """The forecast of all places of one origin, and of the drafts in ``also``, that begins after their last
    day, or on ``first`` with nothing known from then on; None where nothing stands anywhere. From memory
    where neither sales nor what stands where changed: par levels do not change what is wanted.

    Raises BadInput for a first day that no data are before, or too long after them.
    """
    stored = stored_supply(session, memory, is_demo, also)
    if stored is None or not stored.supply.series or not stored.supply.panel.steps:
        return None
    supply, end = stored.supply, stored.supply.panel.end
    first = first or end
    if (first - end).days > LONGEST_HORIZON:
        raise BadInput(
            f"{first} is {(first - end).days} days after the last day of sales, {supply.last_day}.",
            f"Begin at most {LONGEST_HORIZON} days after it.",
        )
    key = (session.company_id, "forecast", is_demo, stored.digest, first)
    made = memory.forecasts.get(key, lambda: _make(session, supply, is_demo, first))
    assert isinstance(made, Made)
    return FleetForecast(supply.until(first) if first < end else supply, made)


def _make(session: TenantSession, supply: Supply, is_demo: bool, first: date) -> Made:
    country = country_of(is_demo)
    pool = _pool(session, supply.panel, is_demo, country)
    if first < supply.panel.end:
        supply = supply.until(first)
    gap = (first - supply.panel.end).days
    panel = with_holidays(supply.panel, LOOK_AHEAD + gap, country)
    made = of_steps(forecast(panel, LOOK_AHEAD + gap, pool=pool), gap, gap + LOOK_AHEAD)
    return Made(supply.panel, made, backcast(panel, pool), pool, country)


def with_holidays(panel: Panel, horizon: int, country: str = DEFAULT_COUNTRY) -> Panel:
    """The panel with the public holidays of its days and of ``horizon`` more. Raises BadInput for a country
    that is not known."""
    days = np.datetime64(panel.start) + np.arange(panel.steps + horizon)
    known = {**panel.inputs, "holiday": is_holiday(days, country)[None].astype(np.float32)}
    return replace(panel, inputs=known)


def _pool(session: TenantSession, panel: Panel, is_demo: bool, country: str) -> Pool:
    """How to forecast this fleet: as kept, where it was found for the same sales, else found and kept."""
    name = f"forecast {FORECAST_VERSION} {'demo' if is_demo else 'own'}"
    found_for = {"end": panel.end.isoformat(), "units": float(panel.units.sum(dtype=np.float64)),
                 "series": panel.series, "methods": list(METHODS), "country": country}
    kept = sites.load_fit(session, name)
    if kept is not None and kept[2] == found_for:
        return Pool.from_bytes(kept[1])
    pool = choose(with_holidays(panel, CHOSEN_FOR, country), CHOSEN_FOR)
    sites.save_fit(session, name, pool.to_bytes(), found_for)
    return pool


def _with_service(stored: StoredSupply) -> StoredSupply:
    """Read from the sales how places are served: how often, and up to which level."""
    supply, panel = stored.supply, stored.supply.panel
    _, place = np.unique([supply.places[p] for p in panel.site.tolist()], return_inverse=True)
    own = {**supply.service_days, **service_days(panel, place)}
    return replace(stored, supply=replace(supply, service_days=own, filled=filled_to(supply)))


def _with_priors(
    session: TenantSession, memory: Memory, stored: StoredSupply, is_demo: bool, learned_at: datetime | None
) -> StoredSupply:
    """Give series with little history of their own the rate that the place's response expects."""
    supply, panel = stored.supply, stored.supply.panel
    young = supply.standing & (panel.exposure.sum(axis=1) < KNOWN_DAYS)
    rate = np.full(panel.series, np.nan)
    products = catalog.load_catalog(session) if young.any() else {}
    fit = fleet_fit(session, memory, is_demo, learned_at) if young.any() else None
    fit = knowing(session, fit, products)
    for planogram_id in np.unique(panel.site[young]).tolist():
        plan = stored.plans[planogram_id]
        told = _expected(fit, _kin(stored, planogram_id), plan, stored.venues[planogram_id], products)
        for i in np.flatnonzero(young & (panel.site == planogram_id)).tolist():
            rate[i] = told.get(int(panel.product[i]), np.nan)
    return replace(stored, supply=replace(supply, panel=replace(panel, prior_rate=rate)))


def _kin(stored: StoredSupply, planogram_id: int) -> list[int]:
    """The planogram itself, then the others of its place."""
    places = stored.supply.places
    return [planogram_id, *(k for k, name in places.items() if name == places[planogram_id])]


def _expected(
    fit: FleetFit | None, kin: Sequence[int], plan: Planogram, venue: str, products: Catalog
) -> dict[int, float]:
    """Product → units an average day that the response expects of a plan: that of the first of ``kin`` with
    the same fixture, else the venue's; from published studies and stated velocities without any sales."""
    known = None if fit is None else next(
        (k for k in kin if k in fit.posteriors and fit.posteriors[k].fixture == plan.fixture), None
    )
    if fit is None:
        from core.site.estimate import prior_response  # only a company without any sales needs it

        response = prior_response(plan.fixture, products, draws=1)
    elif known is not None:
        response = fit.response(known, draws=1, catalog=products)
    else:
        response = fit.response_for(plan.fixture, venue, products, draws=1)
    rates = response.rates(response.layout(plan))[0]
    told: dict[int, float] = {}
    for position, rate in zip(plan.positions, rates.tolist(), strict=True):
        told[position.product_id] = told.get(position.product_id, 0.0) + rate
    return told
