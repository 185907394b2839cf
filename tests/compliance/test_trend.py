"""Compliance over time, by place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from core.compliance.trend import trend


@dataclass(frozen=True)
class Card:
    """As much of an audit as the trend asks for."""

    planogram_id: int
    at: datetime
    score: float | None
    site_id: int | None = 1
    site_name: str = "Lobby"
    expected_facings: int = 10
    availability: float | None = None
    usable: bool = True


def on(day: int, hour: int = 9) -> datetime:
    """In June 2026, which begins on a Monday."""
    return datetime(2026, 6, day, hour, tzinfo=UTC)


def test_a_shelf_counts_once_a_week_by_its_last_photo() -> None:
    """However often it was photographed."""
    found = trend([Card(1, on(3), 1.0), Card(1, on(2), 0.2), Card(2, on(4), 0.5)])
    assert found.overall is not None
    assert [(w.week, w.plans, w.score) for w in found.overall.weeks] == [(date(2026, 6, 1), 2, 0.75)]


def test_larger_shelves_weigh_more() -> None:
    """By their planned facings; what is not known does not count."""
    found = trend([Card(1, on(1), 1.0, expected_facings=30, availability=0.9), Card(2, on(1), 0.0)])
    assert found.overall is not None
    assert found.overall.score == pytest.approx(0.75)
    assert found.overall.weeks[0].availability == pytest.approx(0.9)


def test_places_are_told_apart_the_least_compliant_first() -> None:
    """With the change from the last week with photos."""
    found = trend([
        Card(1, on(1), 0.5), Card(1, on(22), 0.8), Card(2, on(22), 0.6, site_id=2, site_name="Hall"),
    ])
    assert [(p.name, p.score, p.change) for p in found.places] == [
        ("Hall", 0.6, None), ("Lobby", 0.8, pytest.approx(0.3))]


def test_photos_that_cannot_be_used_tell_nothing() -> None:
    """Nor those that show nothing of the plan."""
    found = trend([Card(1, on(1), 0.5, usable=False), Card(1, on(1), None)])
    assert (found.overall, found.places) == (None, ())
