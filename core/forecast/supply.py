"""The panel with what stands behind each of its series: whose it is, how much fits, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from core.errors import BadInput
from core.forecast.panel import BoolArray, FloatArray, IntArray, Panel


@dataclass(frozen=True, eq=False)
class Supply:
    """A daily panel whose ``site`` is a planogram id and ``product`` a product id, with, by series (S,):

    ``standing``: whether it stands there on the panel's last day, so that a forecast is asked for ·
    ``capacity``, ``par``, ``held``: units that fit, that a refill should fill up to, that were there at the
    end; ``par_then``: the par level while the sales were made; NaN where not known · ``filled``: what a
    refill really fills up to (``core.capabilities.refills``), NaN where not known · ``cost`` of a unit, 0
    where not known · ``shelf_life`` in days, infinite where it does not spoil · ``slots``: where it stands,
    as people write it.

    ``names`` of products, ``categories`` and ``places`` (planogram → the place's name), ``ends``: the last
    day that a planogram's data cover, where known, ``service_days``: days between its refills.
    """

    panel: Panel
    standing: BoolArray
    capacity: FloatArray
    par: FloatArray
    held: FloatArray
    par_then: FloatArray
    filled: FloatArray
    cost: FloatArray
    shelf_life: FloatArray
    slots: tuple[str, ...]
    names: Mapping[int, str]
    categories: Mapping[int, str]
    places: Mapping[int, str]
    service_days: Mapping[int, int] = field(default_factory=dict)
    ends: Mapping[int, date] = field(default_factory=dict)

    @property
    def series(self) -> int:
        return self.panel.series

    @property
    def last_day(self) -> date:
        """The last day that the data cover."""
        return date.fromordinal(self.panel.end.toordinal() - 1)

    def until(self, day: date) -> Supply:
        """The supply with sales known before ``day`` alone. Raises BadInput where that leaves no day."""
        steps = day.toordinal() - self.panel.start.toordinal()
        if steps < 1:
            raise BadInput(
                f"Nothing is known before {day}; the first sale is of {self.panel.start}.",
                "Give a later day, or leave it out.",
            )
        return replace(self, panel=self.panel.until(min(steps, self.panel.steps)))

    def of(self, series: IntArray | BoolArray) -> Supply:
        """Some of the series."""
        index = np.arange(self.series)[series]
        return replace(
            self,
            panel=self.panel.of(series),
            slots=tuple(self.slots[i] for i in index.tolist()),
            **{name: getattr(self, name)[series] for name in _BY_SERIES},
        )


_BY_SERIES = ("standing", "capacity", "par", "held", "par_then", "filled", "cost", "shelf_life")
