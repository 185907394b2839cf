"""Public holidays are those of the country that is set; the demo's places stay where they were made."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from core.calendar import country_of, holidays_between, is_holiday
from core.errors import BadInput

DAYS = np.array(["2026-07-04", "2026-10-03", "2026-11-26"], "datetime64[D]")


def test_holidays_differ_by_country_and_region() -> None:
    """Independence Day and Thanksgiving there, German Unity Day here, Epiphany in some states only."""
    assert is_holiday(DAYS).tolist() == [True, False, True]
    assert is_holiday(DAYS, "DE").tolist() == [False, True, False]
    epiphany = date(2026, 1, 6)
    assert epiphany in holidays_between(epiphany, epiphany, "DE-BY")
    assert not holidays_between(epiphany, epiphany, "DE")


def test_the_setting_is_of_the_own_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's sales were made with American holidays."""
    monkeypatch.setenv("WORKBENCH_COUNTRY", "DE-BY")
    assert (country_of(False), country_of(True)) == ("DE-BY", "US")


def test_an_unknown_country_is_refused() -> None:
    """With what to write instead."""
    with pytest.raises(BadInput, match="XX"):
        is_holiday(DAYS, "XX")
