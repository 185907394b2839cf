"""Makes ``docs/screenshots``: every page, light and dark, desk and phone. Run by ``make screenshots``.

Starts its own workbench on a database of its own, so that the pictures show the demo company as it is built.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from pages.parts.nav import HOME, PAGES
from tests.browser import conftest as workbench
from tests.support.chromium import CHROMIUM, FLAGS

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "screenshots"
FIRST_MS = 420_000
"""The first forecast after a start reads all sales, however busy the machine is."""
START_S = 900.0
"""However busy the machine is."""
SIZES = ((1440, 900), (390, 844))
COLORS = 256
VIEWS = {"demand": {"demand_fleet": "?of=Fleet"}, "editor": {"editor_3d": "?view=3d"}}
"""Further pictures of a page, name → what its address ends in."""
ENDS = {"photo_audit": "?planogram=60", "ask": "?q=Revenue+by+category+compared+with+last+month"}
"""What the address of a page itself ends in: a cooler of the demo, a question."""
READY = {"optimize": ".wb-boards", "editor_3d": "canvas[data-frames]", "ask": ".st-key-ask_tools"}
"""What a picture waits for where the first line is there before its work is done."""


PRESSED = {
    "model_check": ("Judge the past 12 weeks", "were off by"),
    "photo_audit": ("Try it with a sample photo", "stands as planned"),
}
"""Buttons that stand where the daily job is off, and what the first line then says."""
LONG_MS = 900_000


def main(only: list[str]) -> None:
    """Take all pictures, or those of the pages named."""
    from playwright.sync_api import sync_playwright

    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        server = workbench.start(folder)
        try:
            workbench.wait_ready(server, folder, START_S)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for entry in PAGES:
                if not only or Path(entry.path).stem in only:
                    _page(browser, server.url, entry.path)
            browser.close()
        finally:
            workbench.stop(server)


def _page(browser: Any, url: str, path: str) -> None:
    stem = Path(path).stem
    address = url if path == HOME else f"{url}/{stem}"
    for name, view in {stem: ENDS.get(stem, ""), **VIEWS.get(stem, {})}.items():
        _views(browser, f"{address}{view}", name)


def _views(browser: Any, address: str, name: str) -> None:
    """Light and dark, desk and phone."""
    for width, height in SIZES:
        for theme in ("light", "dark"):
            context = workbench.new_context(browser, width, height, theme)
            page = context.new_page()
            page.set_default_timeout(FIRST_MS)
            page.goto(address)
            page.locator(READY.get(name, ".wb-head")).first.wait_for(timeout=FIRST_MS)
            if name in PRESSED:
                _press(page, *PRESSED[name])
            workbench.settle(page)
            target = OUT / f"{name}_{theme}_{width}x{height}.png"
            target.write_bytes(_smaller(page.screenshot()))
            print(target.relative_to(ROOT), f"{target.stat().st_size / 1024:.0f} kB")
            context.close()


def _press(page: Any, button: str, said: str) -> None:
    """Have the page do its work, where nobody did before."""
    workbench.settle(page)
    found = page.get_by_role("button", name=button)
    if found.count() and found.is_visible():
        found.click()
    page.locator(".wb-head", has_text=said).first.wait_for(timeout=LONG_MS)


def _smaller(png: bytes) -> bytes:
    """The same picture with a palette: a third of the bytes, no difference to the eye."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(
        COLORS, kmeans=1, dither=Image.Dither.NONE
    )
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
