"""What a person knows of the days ahead: weather, events, holidays, and what each does to demand.

No weather and no events are kept with past sales, so their strength is stated, not learned: the request's
own, else a cautious default, and the forecast says so. Holidays have the strength that this fleet's past
holidays had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from core.capabilities.demand import Outlook
from core.errors import BadInput
from core.forecast.panel import FloatArray
from core.forecast.parts import times
from core.forecast.supply import Supply

EVENT_IMPACTS = {"low": 1.05, "medium": 1.15, "high": 1.3}
CONDITIONS = {"rain": 0.97, "storm": 0.9, "snow": 0.9}
"""Demand on such a day to that of another, by a word in the condition."""
WARMTH = (
    (("ice cream", "frozen", "popsicle"), 0.025),
    (("water", "soda", "juice", "energy", "sport", "tea", "drink", "beverage", "smoothie"), 0.012),
    (("coffee", "hot", "soup"), -0.010),
    (("chocolate", "candy"), -0.008),
)
"""Relative change of demand by °C above the usual, by a word in the category's name; first match counts."""
WARMEST_SHIFT = 15.0
IMPACT_RANGE = (0.05, 20.0)


@dataclass(frozen=True, slots=True)
class Weather:
    """A day's weather: °C and a word such as rain. ``usual``: what is normal then, by default the mean of the
    days given."""

    day: date
    temperature: float | None = None
    condition: str = ""
    usual: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that moves demand from ``first`` to ``last``, by the factor ``impact``."""

    first: date
    last: date
    name: str = ""
    impact: float | None = None


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off. ``impact``: factor, by default what past holidays did."""

    day: date
    name: str = ""
    impact: float | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """All that is told. Raises BadInput for an impact, a temperature or a period that cannot be."""

    weather: tuple[Weather, ...] = ()
    events: tuple[Event, ...] = ()
    holidays: tuple[Holiday, ...] = ()

    def __post_init__(self) -> None:
        for impact in (*(e.impact for e in self.events), *(h.impact for h in self.holidays)):
            if impact is not None and not IMPACT_RANGE[0] <= impact <= IMPACT_RANGE[1]:
                raise BadInput(
                    f"An impact of {impact:g} is not possible.",
                    "Give the factor on demand, such as 1.2 for a fifth more.",
                )
        for event in self.events:
            if event.last < event.first:
                raise BadInput(f"The event ends on {event.last}, before it starts on {event.first}.",
                               "Swap the two days.")
        for day in self.weather:
            if day.temperature is not None and not -60.0 <= day.temperature <= 60.0:
                raise BadInput(f"A temperature of {day.temperature:g} °C is not possible.",
                               "Give degrees Celsius.")

    @property
    def told(self) -> bool:
        return bool(self.weather or self.events or self.holidays)


def with_outside(outlook: Outlook, outside: Outside, holiday_effect: FloatArray) -> Outlook:
    """The outlook with what is told of its days. ``holiday_effect`` (1 or S, H): the factor of each day if it
    were a public holiday; days that the forecast takes for one already keep theirs."""
    days = np.datetime64(outlook.forecast.first_day) + np.arange(outlook.forecast.mean.shape[1])
    factors: dict[str, FloatArray] = {}
    notes: list[str] = []
    if outside.weather:
        factors["weather"], used = _weather(outside.weather, days, outlook.supply)
        notes.append(f"Weather of {used} days, with a stated effect by category: no past weather is known.")
    if outside.events:
        factors["event"], used = _events(outside.events, days)
        stated = sum(e.impact is not None for e in outside.events)
        notes.append(f"Events on {used} days; {stated} of {len(outside.events)} with an impact of their own, "
                     f"others raise demand by {EVENT_IMPACTS['medium'] - 1:.0%}.")
    if outside.holidays:
        known = outlook.forecast.factors.get("holiday", np.ones((1, 1)))
        factors["holiday"], used = _holidays(outside.holidays, days, known, holiday_effect)
        notes.append(f"{used} more holidays, with the effect of past holidays unless one is given.")
    return replace(
        outlook, forecast=times(outlook.forecast, factors), assumptions=(*outlook.assumptions, *notes)
    )


def _weather(
    weather: tuple[Weather, ...], days: np.ndarray, supply: Supply
) -> tuple[FloatArray, int]:
    """Multipliers (S, H), and the days that have any weather."""
    given = [w.temperature for w in weather if w.temperature is not None]
    mean = float(np.mean(given)) if given else 0.0
    shift, wet = np.zeros(len(days)), np.ones(len(days))
    place = _places(days)
    used = 0
    for item in weather:
        if (h := place.get(item.day)) is None:
            continue
        used += 1
        if item.temperature is not None:
            shift[h] = item.temperature - (mean if item.usual is None else item.usual)
        wet[h] = next((f for word, f in CONDITIONS.items() if word in item.condition.lower()), 1.0)
    slope = np.array([warmth(supply.categories.get(int(c), "")) for c in supply.panel.category])
    shift = np.clip(shift, -WARMEST_SHIFT, WARMEST_SHIFT)
    return np.exp(slope[:, None] * shift) * wet, used


def warmth(category: str) -> float:
    """Relative change of a category's demand by °C above the usual."""
    name = category.lower()
    return next((slope for words, slope in WARMTH if any(word in name for word in words)), 0.0)


def _events(events: tuple[Event, ...], days: np.ndarray) -> tuple[FloatArray, int]:
    factor = np.ones((1, len(days)))
    for event in events:
        during = (days >= np.datetime64(event.first)) & (days <= np.datetime64(event.last))
        factor[0, during] *= EVENT_IMPACTS["medium"] if event.impact is None else event.impact
    return factor, int((factor != 1.0).sum())


def _holidays(
    holidays: tuple[Holiday, ...], days: np.ndarray, known: FloatArray, effect: FloatArray
) -> tuple[FloatArray, int]:
    known = np.broadcast_to(known, (len(known), len(days)))
    factor = np.ones((max(len(known), len(effect)), len(days)))
    place = _places(days)
    used = 0
    for item in holidays:
        if (h := place.get(item.day)) is None:
            continue
        used += 1
        wanted = effect[:, h] if item.impact is None else np.array([item.impact])
        factor[:, h] = wanted / np.maximum(known[:, h], 1e-9)
    return factor, used


def _places(days: np.ndarray) -> Mapping[date, int]:
    return {day: i for i, day in enumerate(days.astype(object).tolist())}
