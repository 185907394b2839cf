"""From the drop of a product to the frame that shows its score and its money, 200 cells, in Chromium.

The page is the editor's own component, desk and fragment on a made-up machine of 10 × 20 slots with 1,000
draws; only the database is left out, which a drop does not use. Time runs in the browser, from pointerup to
the end of the frame in which the card tells of that very edit as Python has answered it: the tile that lands
before the answer does not count. A wall of 400 cells is measured the same way. Reference of the same run:
a component on the same page that sends a number and gets it back, which is what the framework takes by itself.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.report import ROUNDS, Figure  # noqa: E402 - this file is also the script of the measured page

SIZES = ((200, 190), (400, 380))
"""Cells, and how many of them hold a product: a machine of 10 × 20, which cannot be larger, a wall of 10 × 40."""
LIMITS_MS = (200.0, 400.0)
DROPS, WARM_UP = 20, 4
"""Drops of a round, and drops before the first."""
SETTLE_MS = 900
"""Between two drops, as a person's hand takes at least: the table of best places is renewed in it."""

STOPWATCH = """
() => {
  const root = [...document.querySelectorAll("*")].map((e) => e.shadowRoot).find((s) => s && s.querySelector(".editor"));
  const card = root.querySelector("[data-ref=cardBody]");
  window.times = [];
  let dropped = 0, told = card.dataset.move;
  root.addEventListener("pointerup", (e) => { dropped = e.timeStamp; told = card.dataset.move; }, true);
  new MutationObserver(() => {
    if (!dropped || card.dataset.move === told || !root.querySelector("[data-test=score]")) return;
    const from = dropped;
    dropped = 0;
    requestAnimationFrame(() => setTimeout(() => window.times.push(performance.now() - from)));
  }).observe(card, { attributes: true, attributeFilter: ["data-move"], childList: true });
}
"""
ECHO = """
export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector("div");
  window.echoed?.(data.count);
  window.sendEcho = () => new Promise((done) => {
    const from = performance.now();
    window.echoed = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
    setTriggerValue("ping", from);
  });
  box.textContent = data.count;
}
"""


def page() -> None:
    """The page that is measured."""
    import streamlit as st

    from pages.parts import frame
    from pages.parts.shelf_editor import sent, shelf_editor

    st.set_page_config(layout="wide")
    if "desk" not in st.session_state:
        st.session_state.desk = desk()
        st.session_state.count = 0
    echo = st.components.v2.component("echo", html="<div>\n</div>", js=ECHO)

    def count() -> None:
        st.session_state.count += 1

    @st.fragment
    def reference() -> None:
        echo(key="echo", data={"count": st.session_state.count}, on_ping_change=count)

    @st.fragment
    def editor() -> None:
        work = st.session_state.desk
        frame.headline(*work.so_what())
        shelf_editor(work.payload(), key="editor", on_edit=lambda: work.handle(sent("editor")))

    editor()
    reference()


def desk() -> Any:
    """A desk without a database; its size comes with the address of the page."""
    from types import SimpleNamespace

    import streamlit as st

    from pages.parts.shelf_editor.desk import Desk

    plan, site = world(*SIZES[int(st.query_params.get("size", "0"))])
    saved = SimpleNamespace(id=1, name="Bench machine", version=1, last_version=1, plan=plan)
    return Desk(saved, site, SimpleNamespace())  # type: ignore[arg-type]


def world(cells: int, standing: int) -> tuple[Any, Any]:
    """``standing`` products on ten rows, with affinity and substitution, and 70 more in the list."""
    from core.planogram.fixture import Fixture
    from tests.support.sites import make_catalog, make_plan, make_site

    rng = np.random.default_rng(1)
    products = standing + 70
    columns = cells // 10
    fixture = Fixture.machine((columns,) * 10) if columns <= 20 else Fixture.shelves(6.0 * columns, 10)
    catalog = make_catalog(products, tuple(f"category {i}" for i in range(21)))
    plan = make_plan(fixture, rng.permutation(np.arange(1, products + 1))[:standing].tolist())
    pairs = rng.integers(1, products + 1, (3 * products, 2))
    affinity = {(int(a), int(b)): float(rng.normal(0.0, 0.5)) for a, b in pairs if a != b}
    site = make_site(fixture, catalog, slot=rng.normal(0.0, 0.2, cells), affinity=affinity, neighbor=0.1,
                     diversion=0.3, reference=plan, draws=1000)
    return plan, site


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(view: Any) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds of each drop (rounds, drops), and of each round trip of the reference."""
    view.wait_for_selector(".tile", timeout=60_000)
    view.wait_for_timeout(1500)
    view.evaluate(STOPWATCH)
    seen = view.locator(".scroll").bounding_box()
    tiles = [t for t in view.locator(".tile").all() if within(t.bounding_box(), seen)]
    rng = np.random.default_rng(3)
    wanted, tries = WARM_UP + ROUNDS * DROPS, 0
    while (done := view.evaluate("window.times.length")) < wanted:
        tries += 1
        if tries > 2 * wanted:
            raise SystemExit(f"Only {done} of {tries} drops were answered.")
        a, b = rng.choice(len(tiles), 2, replace=False)
        drag(view, view.locator(".item:not([hidden])").nth(tries % 5) if tries % 4 == 0 else tiles[a], tiles[b])
        view.wait_for_timeout(SETTLE_MS)
    echoes = [view.evaluate("window.sendEcho()") for _ in range(DROPS)]
    return np.array(view.evaluate("window.times"))[WARM_UP:wanted].reshape(ROUNDS, DROPS), np.array(echoes)


def within(box: Any, seen: Any) -> bool:
    """The middle of a tile is inside what is seen of the shelf."""
    return bool(seen["y"] < box["y"] + box["height"] / 2 < seen["y"] + seen["height"] - 5)


def drag(view: Any, source: Any, target: Any) -> None:
    a, b = source.bounding_box(), target.bounding_box()
    view.mouse.move(a["x"] + a["width"] / 2, a["y"] + a["height"] / 2)
    view.mouse.down()
    view.mouse.move(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2, steps=5)
    view.mouse.up()


def main() -> list[Figure]:
    from playwright.sync_api import sync_playwright

    from tests.support.chromium import CHROMIUM, FLAGS

    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", __file__, "--server.port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            view = browser.new_page(viewport={"width": 1440, "height": 900})
            found = []
            for size, ((cells, _), limit) in enumerate(zip(SIZES, LIMITS_MS, strict=True)):
                view.goto(f"http://127.0.0.1:{port}/?size={size}")
                found.append(figure(cells, limit, *measure(view)))
            browser.close()
    finally:
        server.terminate()
        server.wait(10)
    return found


def figure(cells: int, limit_ms: float, rounds: np.ndarray, echoes: np.ndarray) -> Figure:
    """The quietest round counts, as everywhere in this folder."""
    p50, p95 = min(np.quantile(rounds, [0.5, 0.95], axis=1).T, key=lambda both: both[1])
    alone = np.quantile(echoes, [0.5, 0.95])
    reference = f"framework alone, one number: p50 {alone[0]:.0f} ms, p95 {alone[1]:.0f} ms"
    return Figure(f"drop → score and money on screen, {cells} cells", "ms", limit_ms, float(p50), float(p95), reference)


def wait_for(port: int, limit_s: float = 60.0) -> None:
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"The measured page did not start within {limit_s:.0f} s.")


if __name__ == "__main__":
    page()
