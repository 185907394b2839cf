"""A place as lists show it: a machine or a store of the fleet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """``id`` is the machine's or the store's own; ``planogram_ids`` cabinet by cabinet."""

    site_id: int
    kind: str
    id: int
    name: str
    venue_type: str
    latitude: float | None
    longitude: float | None
    is_demo: bool
    planogram_ids: tuple[int, ...]
