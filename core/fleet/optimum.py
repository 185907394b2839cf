"""The best layouts of many places, one after the other, and what they bring together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from core.capabilities.optimize import Optimized, Wishes, optimize
from core.capabilities.optimize.progress import Step
from core.capabilities.valuation import Estimate
from core.errors import WorkbenchError
from core.planogram.planogram import Planogram
from core.site.site import Site

OnPlace = Callable[[float, str, float], bool]
"""Is told the share done, the place at work and money a day found so far; returns False to stop."""


@dataclass(frozen=True, eq=False)
class Place:
    """A planogram and where it stands; ``load`` gives the site when its turn comes, ``usual`` is as in
    ``Wishes``."""

    planogram_id: int
    name: str
    version: int
    plan: Planogram
    load: Callable[[], Site]
    usual: tuple[int, ...] | None = None


@dataclass(frozen=True, eq=False)
class PlaceOptimum:
    """One place's best layout, or the ``problem`` that leaves it none."""

    planogram_id: int
    name: str
    version: int
    found: Optimized | None
    problem: str = ""


@dataclass(frozen=True, eq=False)
class FleetOptimum:
    """Best layouts of places, the most gain first. ``left``: names of those a stop left out."""

    places: tuple[PlaceOptimum, ...]
    left: tuple[str, ...] = ()

    @property
    def gain(self) -> Estimate:
        """Worth a day more together. Its interval adds up those of the places, as if all missed alike: one
        fit knows them all, so it may."""
        gains = [p.found.gain for p in self.places if p.found is not None]
        return Estimate(*(sum(getattr(g, name) for g in gains) for name in ("value", "lower", "upper")))

    @property
    def positions_changed(self) -> int:
        found = [p.found for p in self.places if p.found is not None]
        return sum(f.prediction.break_even.positions_changed for f in found)

    @property
    def cost(self) -> float:
        """Money to carry all of them out."""
        found = [p.found for p in self.places if p.found is not None]
        return sum(f.prediction.break_even.implementation_cost for f in found)


def optimize_places(
    places: Iterable[Place], wishes: Wishes, progress: OnPlace | None = None
) -> FleetOptimum:
    """Each place by itself with the same wishes; one whose wishes conflict is told and the others go on.
    ``wishes.time_limit_s`` is for each of them."""
    waiting, done, so_far = list(places), [], 0.0
    for k, place in enumerate(waiting):
        keep_going = True

        def on_step(step: Step, k: int = k, place: Place = place, so_far: float = so_far) -> bool:
            nonlocal keep_going
            if progress is not None and keep_going:
                more = so_far + max(step.worth - step.present, 0.0)
                keep_going = progress((k + step.share) / len(waiting), place.name, more)
            return keep_going

        done.append(_optimum(place, wishes, on_step))
        found = done[-1].found
        so_far += found.gain.value if found is not None else 0.0
        if not keep_going:
            break
    ordered = sorted(done, key=lambda p: -p.found.gain.value if p.found is not None else 0.0)
    return FleetOptimum(tuple(ordered), tuple(p.name for p in waiting[len(done) :]))


def _optimum(place: Place, wishes: Wishes, on_step: Callable[[Step], bool]) -> PlaceOptimum:
    asked = replace(wishes, usual=place.usual)
    try:
        found = optimize(place.plan, place.load(), asked, on_step)
    except WorkbenchError as error:
        return PlaceOptimum(place.planogram_id, place.name, place.version, None, error.message)
    return PlaceOptimum(place.planogram_id, place.name, place.version, found)
