"""One full and one small world for all tests here."""

from __future__ import annotations

import pytest

from core.store.demo.world import World, simulate
from tests.store.demo.demo_support import SMALL


@pytest.fixture(scope="session")
def world() -> World:
    return simulate(3)


@pytest.fixture(scope="session")
def small() -> World:
    return simulate(4, **SMALL)
