"""What a plan earns a day, and what it earns more than another one."""

from __future__ import annotations

from dataclasses import dataclass

from core.capabilities.change import paired_delta
from core.capabilities.valuation import (
    CONFIDENCE_LEVEL,
    Estimate,
    estimate,
    layout_of,
    money_of,
    season_ahead,
)
from core.capabilities.widen import covering
from core.planogram.planogram import Planogram
from core.site.site import Site


def delta(
    current: Planogram, proposed: Planogram, site: Site, level: float = CONFIDENCE_LEVEL
) -> Estimate:
    """What a change is worth in money a day over the next 30 days, with its interval.

    Raises BadInput for a product that is not in the catalog.
    """
    site = covering(site, (current, proposed))
    season = season_ahead(site)
    point = float(paired_delta(current, proposed, site, season, None)[0])
    draws = paired_delta(current, proposed, site, season, site.response.draws)
    return estimate(point, draws, level)


@dataclass(frozen=True, slots=True)
class PlanMoney:
    """Money a day of a plan, and what it is more than the saved one."""

    daily: Estimate
    delta: Estimate
    learned_from: str
    days: int


def delta_money(
    current: Planogram, proposed: Planogram, site: Site, level: float = CONFIDENCE_LEVEL
) -> PlanMoney:
    """The figures of the editor's card: the plan's money a day and its difference to the saved plan."""
    site = covering(site, (current, proposed))
    response, season = site.response, season_ahead(site)
    layout = layout_of(proposed, site)
    daily = estimate(
        float(money_of(site, layout, None, season).sum()),
        money_of(site, layout, response.draws, season).sum(axis=1), level,
    )
    gain = delta(current, proposed, site, level)
    return PlanMoney(daily, gain, response.provenance.phrase, site.history_days)
