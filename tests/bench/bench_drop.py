"""From the drop of a product to the frame that shows its score and its money, 200 slots, in Chromium.

The page is the editor's own component, desk and fragment on a made-up machine of 10 × 20 slots with 1,000
draws; only the database is left out, which a drop does not use. Time runs in the browser, from pointerup to
the frame after the card has changed. Reference of the same run: a component that only sends a number and
gets it back, which is what the framework takes by itself.
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
DROPS, WARM_UP, LIMIT_MS = 40, 5, 200.0
SETTLE_MS = 900

STOPWATCH = """
() => {
  const root = [...document.querySelectorAll("*")].map((e) => e.shadowRoot).find((s) => s && s.querySelector(".editor"));
  window.times = [];
  let dropped = 0;
  root.addEventListener("pointerup", () => { dropped = performance.now(); }, true);
  const card = root.querySelector("[data-ref=cardBody]");
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
    if (dropped) window.times.push(performance.now() - dropped);
    dropped = 0;
  }))).observe(card, { attributes: true, attributeFilter: ["data-move"] });
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
    sys.path.insert(0, str(ROOT))
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
    """A desk on the machine of ``bench_capabilities``, without a database."""
    from types import SimpleNamespace

    from pages.parts.shelf_editor.desk import Desk
    from tests.bench.bench_capabilities import bench_world

    plan, site = bench_world()
    saved = SimpleNamespace(id=1, name="Bench machine", version=1, last_version=1, plan=plan)
    return Desk(saved, site, SimpleNamespace())  # type: ignore[arg-type]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(browser: Any, url: str) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds of each drop, and of each round trip of the reference."""
    view = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    for _ in range(120):
        try:
            view.goto(url)
            break
        except Exception as error:
            if "ERR_CONNECTION_REFUSED" not in str(error):
                raise
            time.sleep(0.25)
    view.wait_for_selector(".tile", timeout=60_000)
    view.wait_for_timeout(1500)
    view.evaluate(STOPWATCH)
    rng = np.random.default_rng(3)
    for n in range(DROPS + WARM_UP):
        source = (
            view.locator(".item:not([hidden])").nth(n % 5)
            if n % 4 == 0
            else view.locator(".tile").nth(int(rng.integers(180)))
        )
        drag(view, source, view.locator(".tile").nth(int(rng.integers(180))))
        view.wait_for_timeout(SETTLE_MS)
    echoes = [view.evaluate("window.sendEcho()") for _ in range(DROPS)]
    return np.array(view.evaluate("window.times"))[WARM_UP:], np.array(echoes[WARM_UP:])


def drag(view: Any, source: Any, target: Any) -> None:
    a, b = source.bounding_box(), target.bounding_box()
    view.mouse.move(a["x"] + a["width"] / 2, a["y"] + a["height"] / 2)
    view.mouse.down()
    view.mouse.move(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2, steps=5)
    view.mouse.up()


def main() -> None:
    from playwright.sync_api import sync_playwright

    from tests.support.chromium import CHROMIUM, FLAGS

    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", __file__, "--server.port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            drops, echoes = measure(browser, f"http://127.0.0.1:{port}/")
            browser.close()
    finally:
        server.terminate()
        server.wait(10)
    for name, times in (
        ("drop → score and money, 200 slots", drops),
        ("framework alone, one number", echoes),
    ):
        print(
            f"{name:<36} p50 {np.median(times):6.1f} ms   p95 {np.quantile(times, 0.95):6.1f} ms   n {len(times)}"
        )
    print(f"{'limit of the drop':<36} p95 {LIMIT_MS:6.1f} ms")


if __name__ == "__main__":
    page()
