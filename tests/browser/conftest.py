"""A running workbench with the demo company, and Chromium to look at it with."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings
from core.store import users
from core.store.database import Database
from core.store.demo.build import build_demo
from core.workbench import Workbench
from tests.support.chromium import CHROMIUM, FLAGS

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 180.0
EXPECT_MS = 20_000
"""How long a thing on screen may take to come true, on a machine that is busy with other tests."""
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@dataclass(frozen=True)
class Server:
    """A workbench that answers at ``url``; ``database_url`` is its own, thrown away afterwards."""

    url: str
    database_url: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status_of(url: str) -> int:
    """HTTP status, 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)
    except OSError:
        return 0


def start(folder: Path, **environment: str) -> Server:
    """Start the app on a free port with its database in ``folder``; returns at once."""
    port = free_port()
    database_url = f"sqlite:///{folder / 'workbench.db'}"
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT, stdout=log, stderr=log,
            env={
                **os.environ, "WORKBENCH_DATABASE_URL": database_url, "WORKBENCH_DAILY_JOB": "false", **environment
            },
        )
    return Server(f"http://127.0.0.1:{port}", database_url, process)


def wait_ready(server: Server, folder: Path, limit_s: float = START_LIMIT_S) -> float:
    """Seconds until /health answers 200; fails with the end of the log otherwise."""
    began = time.monotonic()
    while time.monotonic() - began < limit_s:
        if status_of(f"{server.url}/health") == 200:
            return time.monotonic() - began
        if server.process.poll() is not None:
            break
        time.sleep(0.25)
    log = (folder / "server.log").read_text(errors="replace")[-2000:]
    pytest.fail(f"the workbench was not ready within {limit_s:.0f} s:\n{log}")


def stop(server: Server) -> None:
    server.process.terminate()
    try:
        server.process.wait(10)
    except subprocess.TimeoutExpired:
        server.process.kill()


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A workbench that answers, on the database of ``folder``; stopped on leaving."""
    server = start(folder)
    try:
        wait_ready(server, folder)
        yield server
    finally:
        stop(server)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One workbench for all browser tests, its demo company built once."""
    with running(tmp_path_factory.mktemp("workbench")) as answering:
        yield answering


@pytest.fixture(scope="session")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A workbench with four machines and two stores, ninety days old, that tests may change."""
    folder = tmp_path_factory.mktemp("small")
    database = Database(f"sqlite:///{folder / 'workbench.db'}")
    database.migrate()
    build_demo(database, seed=5, days=90, machines=4, stores=2)
    actor = users.demo_actor(database)
    assert actor is not None
    Workbench(database, actor, Settings(demo=True)).learn(is_demo=True)
    database.close()
    with running(folder) as answering:
        yield answering


def new_context(browser: Any, width: int = 1440, height: int = 900, theme: str = "light") -> Any:
    """A browser of its own: a phone below 500 pixels, with motion reduced so that pictures are still."""
    phone = {"is_mobile": True, "has_touch": True, "user_agent": PHONE} if width < 500 else {}
    return browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", **phone
    )


def settle(page: Any, extra_ms: int = 1200) -> None:
    """Wait until the page script has ended, nothing is a skeleton any more, and charts are drawn."""
    page.locator(".stMainBlockContainer .stElementContainer:visible").first.wait_for()
    page.wait_for_selector('.stApp[data-test-script-state="notRunning"]')
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_timeout(extra_ms)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium under Playwright; skipped where it is not installed."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (make system installs it)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=EXPECT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


NewPage = Callable[..., Any]


@pytest.fixture
def new_page(chromium: Any) -> Iterator[NewPage]:
    """Opens pages, each in a context of its own (another person's browser); closes them afterwards."""
    contexts = []

    def open_page(width: int = 1440, height: int = 900, theme: str = "light") -> Any:
        context = new_context(chromium, width, height, theme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: NewPage) -> Any:
    """A page at 1440 × 900, light."""
    return new_page()
