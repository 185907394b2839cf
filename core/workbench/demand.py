"""Demand and stock: a place's forecast, the fleet's, and what is kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from core.capabilities.backcast import accuracy
from core.capabilities.demand import (
    DemandForecast,
    FleetDemand,
    Outlook,
    demand,
    fleet_demand,
    require_horizon,
)
from core.capabilities.outside import Outside, with_outside
from core.capabilities.stock import StockPolicy
from core.errors import NotFound
from core.store import places, planograms
from core.store.demand import StoredSupply, at_demo_place
from core.store.tenant import TenantSession
from core.workbench.door import Door
from core.workbench.forecasts import FleetForecast, fleet_forecast, stored_supply

FORECAST_DAYS = 28


class DemandDoor(Door):
    """What will be wanted, and how much to keep for it."""

    def demand(
        self, planogram_ids: int | str | Sequence[int], days: int = FORECAST_DAYS, first: date | None = None,
        products: Sequence[int] | None = None, policy: StockPolicy | None = None,
        outside: Outside | None = None,
    ) -> DemandForecast:
        """The forecast of a place: one planogram (an id or ``{device_id}_{cabinet_index}``) or several of
        it. It begins on the day after the last day that the place's data cover, or on ``first`` with
        nothing known from then on. Raises NotFound and BadInput."""
        require_horizon(days)
        with self._session() as session:
            ids, is_demo = _planograms(session, planogram_ids)
            stored = stored_supply(session, self.memory, is_demo)
            drafts = [i for i in ids if stored is None or i not in stored.supply.places]
            begin = first or _next_day(stored, ids)
            found = fleet_forecast(session, self.memory, is_demo, begin, drafts)
        if found is None or not set(ids) <= set(found.supply.places):
            raise NotFound("This plan belongs to no place.", "Choose a plan of a machine or a store.")
        outlook = _outlook(found, days, ids)
        if outside is not None and outside.told:
            outlook = with_outside(outlook, outside, found.holiday_effect)
        return demand(outlook, ids, products, policy)

    def device_demand(
        self, device_id: int, days: int = FORECAST_DAYS, first: date | None = None,
        products: Sequence[int] | None = None, policy: StockPolicy | None = None,
        outside: Outside | None = None,
    ) -> DemandForecast:
        """``demand`` of all cabinets of a machine."""
        with self._session() as session:
            cards = places.devices(session, device_id)
            if not cards:
                raise NotFound(f"There is no machine {device_id}.", "Choose one from the list.")
            ids = [c.planogram_id for c in cards[0].cabinets if c.planogram_id is not None]
        if not ids:
            raise NotFound(f"{cards[0].name} has no planogram yet.", "Make one, or import its sales.")
        return self.demand(ids, days, first, products, policy, outside)

    def fleet_demand(
        self, days: int = FORECAST_DAYS, first: date | None = None, policy: StockPolicy | None = None,
        is_demo: bool | None = None,
    ) -> FleetDemand | None:
        """The forecast of all the user's own places, or of the demo's where there are none (or as
        ``is_demo`` says); None where nothing has been sold yet. Raises BadInput."""
        require_horizon(days)
        with self._session() as session:
            wanted = (False, True) if is_demo is None else (is_demo,)
            made = (fleet_forecast(session, self.memory, demo, first) for demo in wanted)
            found = next((f for f in made if f is not None), None)
        return None if found is None else fleet_demand(_outlook(found, days, None), policy)


def _planograms(
    session: TenantSession, planogram_ids: int | str | Sequence[int]
) -> tuple[list[int], bool]:
    """The planograms that are meant, and whether they are at the demo's places. Raises NotFound."""
    if isinstance(planogram_ids, int | str):
        saved = [planograms.load(session, planogram_ids)]
    else:
        saved = planograms.load_all(session, planogram_ids)
        for planogram_id in planogram_ids:
            if planogram_id not in {s.id for s in saved}:
                raise NotFound(f"There is no planogram {planogram_id}.", "Choose one from the list.")
    if not saved:
        raise NotFound("No planogram is named.", "Name at least one.")
    ids = [saved[0].id] if isinstance(planogram_ids, int | str) else list(dict.fromkeys(planogram_ids))
    return ids, at_demo_place(session, ids[0])


def _next_day(stored: StoredSupply | None, ids: Sequence[int]) -> date | None:
    """The day after the last that the data of these planograms cover; None where there are none."""
    ends = [stored.supply.ends[i] for i in ids if i in stored.supply.ends] if stored else []
    return max(ends) + timedelta(days=1) if ends else None


def _outlook(found: FleetForecast, days: int, ids: Sequence[int] | None) -> Outlook:
    panel = found.supply.panel
    among = np.isin(panel.site, list(ids)) if ids is not None else np.ones(panel.series, bool)
    return Outlook(found.supply, found.forecast, days, accuracy(found.made, panel, among))
