"""The process hands its models to every door, after the first pages."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from core.models import HashedWords, Models, Vectors
from core.workbench import Workbench
from core.workbench.door import equip
from pages.parts import start
from tests.support.readers import FakeReader


@dataclass
class Signalling:
    """A model that says when it was asked."""

    name: str = "signalling 1"
    learned: bool = True
    asked: threading.Event = field(default_factory=threading.Event)

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked.set()
        return HashedWords().embed(texts)


def test_models_reach_the_doors_once_ready(
    ready_house: start.House, demo: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made in the background, handed over, and given the catalog to read."""
    monkeypatch.setattr(start, "FIRST_PAGES_S", 0.0)
    model = Signalling()
    try:
        ready_house.equip(lambda: Models(model))
        assert model.asked.wait(20)
        assert ready_house.workbench(demo.actor).memory.models.embedder is model
    finally:
        equip(demo.database, Models())


def test_photos_can_be_read_before_the_first_pages_are_over(
    ready_house: start.House, demo: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their reader does not wait for the words."""
    over = threading.Event()
    monkeypatch.setattr(ready_house, "_closed", over)
    reader = FakeReader()
    try:
        ready_house.equip(lambda: Models(Signalling(), reader))
        for _ in range(200):
            memory = ready_house.workbench(demo.actor).memory
            if memory.models.reader is not None or over.wait(0.05):
                break
        assert memory.models.reader is reader
        assert not memory.models.embedder.learned
    finally:
        over.set()
        equip(demo.database, Models())


def test_a_model_that_fails_stops_nothing(
    ready_house: start.House, demo: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doors keep their stand-ins, and the log says what it was."""
    told = threading.Event()
    monkeypatch.setattr(start, "FIRST_PAGES_S", 0.0)
    monkeypatch.setattr(start.telemetry, "log", lambda: _Log(told))

    def broken() -> Models:
        raise OSError("the weights are cut short")

    ready_house.equip(broken)
    assert told.wait(20)
    assert not ready_house.workbench(demo.actor).memory.models.embedder.learned


@dataclass
class _Log:
    told: threading.Event

    def exception(self, event: str) -> None:
        assert event == "models_failed"
        self.told.set()
