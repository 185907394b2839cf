"""The fleet at a glance finds what is wrong and keeps quiet about chance."""

import numpy as np
import pandas as pd
import pytest

from core.fleet.glance import BEFORE_DAYS, RECENT_DAYS, WINDOW_DAYS, glance
from core.site.place import Place

LAST_DAY = 20_000
PLACE = Place(1, "device", 7, "North Campus library", "university", 40.0, -75.0, False, (11,))


def daily(units_by_shelf: dict[int, np.ndarray], price: float = 2.0, stockouts: int = 0) -> pd.DataFrame:
    """A frame as the store gives it, from units a day of each shelf over the window."""
    days = np.arange(LAST_DAY - WINDOW_DAYS + 1, LAST_DAY + 1)
    frames = [
        pd.DataFrame({"site_id": 1, "day": days, "shelf": shelf, "units": units,
                      "revenue": units * price, "stockouts": stockouts})
        for shelf, units in units_by_shelf.items()
    ]
    return pd.concat(frames, ignore_index=True)


def test_steady_sales_need_no_attention() -> None:
    """Poisson noise around a constant rate is not a finding."""
    units = np.random.default_rng(5).poisson(30, WINDOW_DAYS)
    view = glance([PLACE], daily({0: units}), LAST_DAY)
    assert view.attention == ()
    assert view.sites[0].revenue_day == pytest.approx(units[-RECENT_DAYS:].mean() * 2.0)


def test_a_collapse_of_sales_is_told_with_its_money() -> None:
    """Sixty percent less for two weeks: one finding that names the loss a day."""
    units = np.concatenate([np.full(BEFORE_DAYS, 30), np.full(RECENT_DAYS, 12)])
    (site, item), = glance([PLACE], daily({0: units}), LAST_DAY).attention
    assert site.name == "North Campus library"
    assert "fell 60%" in item.message
    assert "$36 a day" in item.message


def test_a_row_that_stopped_selling_is_found_by_its_letter() -> None:
    """Shelf 2 is row C; the other rows sell on."""
    alive = np.full(WINDOW_DAYS, 20)
    silent = np.concatenate([np.full(WINDOW_DAYS - 7, 5), np.zeros(7, int)])
    found = glance([PLACE], daily({0: alive, 2: silent}), LAST_DAY).attention
    assert [item.kind for _, item in found] == ["silent row"]
    assert found[0][1].message.startswith("Row C has sold nothing")


def test_many_stockouts_in_the_last_week_are_told() -> None:
    """One product out on each of seven days counts seven times."""
    units = np.full(WINDOW_DAYS, 20)
    (_, item), = glance([PLACE], daily({0: units}, stockouts=1), LAST_DAY).attention
    assert "7 times on 7 of the last 7 days" in item.message


def test_a_fleet_without_sales_has_cards_and_no_period() -> None:
    """The empty state keeps every place listed."""
    view = glance([PLACE], pd.DataFrame(), None)
    assert view.sites[0].change is None
    assert view.start is None
