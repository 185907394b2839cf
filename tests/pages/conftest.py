"""A small demo company for page tests, and the pages run on it without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import Settings
from core.store import users
from core.store.database import Database
from core.store.demo.build import build_demo
from core.workbench import Workbench
from pages.parts import start

ROOT = Path(__file__).resolve().parents[2]
SLOW_S = 60


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A door to a company of six machines and two stores with four months of sales."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'workbench.db'}")
    database.migrate()
    build_demo(database, days=120, machines=6, stores=2, today=date(2026, 6, 1))
    actor = users.demo_actor(database)
    assert actor is not None
    wb = Workbench(database, actor, Settings(demo=True))
    wb.learn(True)
    yield wb
    database.close()


@pytest.fixture
def ready_house(demo: Workbench, monkeypatch: pytest.MonkeyPatch) -> start.House:
    """A house that has started, on the small demo company."""
    house = start.House(Settings(), demo.database)
    monkeypatch.setattr(start, "house", lambda: house)
    assert house.wait(60).ready
    return house


@pytest.fixture
def open_page(ready_house: start.House) -> Callable[..., AppTest]:
    """Runs the page script on a page, with URL parameters."""

    def run(path: str, **params: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=SLOW_S)
        app.query_params.update(params)
        app.run()
        if path != "home.py":
            app.switch_page(path).run()
        return app

    return run
