"""Public holidays as the days that change demand, by country and region (the ``holidays`` package)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.settings import Settings

DayArray = NDArray[np.datetime64]
DEFAULT_COUNTRY = "US"


def country_of(is_demo: bool) -> str:
    """Whose holidays count at the demo's places, and at the company's own (setting ``country``)."""
    return DEFAULT_COUNTRY if is_demo else Settings().country


def holidays_between(first: date, last: date, country: str = DEFAULT_COUNTRY) -> Mapping[date, str]:
    """Holiday → its name, both days included. ``country``: ISO code, with a region as in ``US-NJ``.

    Raises BadInput for a country that is not known.
    """
    if last < first:
        return {}
    found = _of_years(country, first.year, last.year)
    return {day: name for day, name in found.items() if first <= day <= last}


def is_holiday(days: DayArray, country: str = DEFAULT_COUNTRY) -> NDArray[np.bool_]:
    """Whether each day (any shape) is a public holiday. Raises BadInput as ``holidays_between``."""
    if not days.size:
        return np.zeros(days.shape, bool)
    first, last = days.min().astype(date), days.max().astype(date)
    known = np.array(sorted(holidays_between(first, last, country)), dtype="datetime64[D]")
    return np.isin(days.astype("datetime64[D]"), known)


@lru_cache(maxsize=64)
def _of_years(country: str, first: int, last: int) -> Mapping[date, str]:
    import holidays  # some 20 ms, and only what forecasts or learns needs it

    name, _, region = country.partition("-")
    try:
        found = holidays.country_holidays(name, subdiv=region or None, years=range(first, last + 1))
    except NotImplementedError as error:
        raise BadInput(
            f"“{country}” is not a country whose holidays are known.",
            "Write an ISO code such as US or US-NJ.",
        ) from error
    return dict(sorted(found.items()))
