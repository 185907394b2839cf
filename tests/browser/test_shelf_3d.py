"""The 3-D view as people use it: every shape drawn, products told and chosen, cameras, and no WebGL."""

from __future__ import annotations

import io
import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage, Server

pytestmark = pytest.mark.browser

DRAWN_MS = 90_000
"""Without a graphics card, on a machine that runs other tests beside, a picture takes its time."""
SHAPES = ("straight", "end cap", "L", "half circle", "circle")
RESTED = """async (canvas) => {
  for (let seen = "", same = 0; same < 4; ) {
    await new Promise((next) => setTimeout(next, 90));
    same = canvas.dataset.frames === seen ? same + 1 : 0;
    seen = canvas.dataset.frames;
  }
}"""
NO_WEBGL = """
  const get = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith("webgl") ? null : get.call(this, kind, ...rest);
  };
"""


def call(server: Server, path: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server.url}/api{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


Made = Callable[[str], int]


@pytest.fixture(scope="module")
def made(server: Server) -> Made:
    """Makes a planogram of a shape, filled by the rules; its id."""
    categories = [c["id"] for c in call(server, "/categories")["items"]]

    def make(shape: str) -> int:
        fixture = {"shape": shape, "width_in": 96, "height_in": 60, "depth_in": 16, "shelf_count": 4}
        body = {"name": f"Display, {shape}", "fixture": fixture, "category_ids": categories[:8]}
        return int(call(server, "/planograms", body)["id"])

    return make


def view(page: Page, server: Server, planogram: int) -> Locator:
    """Open a planogram in 3-D; its canvas, once all is drawn."""
    page.goto(f"{server.url}/editor?planogram={planogram}&view=3d")
    canvas = page.locator(".view3d canvas:visible")
    expect(canvas).to_have_attribute("data-drawn", re.compile("webgl|flat"), timeout=DRAWN_MS)
    if canvas.get_attribute("data-drawn") == "webgl":
        expect(canvas).to_have_attribute("data-art", "done", timeout=DRAWN_MS)
    return canvas


def picture(canvas: Locator) -> np.ndarray:
    """The canvas as people see it, (height, width, 3), once no new frame has come for a while."""
    canvas.evaluate(RESTED)
    return np.asarray(Image.open(io.BytesIO(canvas.screenshot(timeout=DRAWN_MS))).convert("RGB"), float)


def colorful(pixels: np.ndarray) -> float:
    """Share of the picture that is neither grey nor nearly so."""
    return float((np.ptp(pixels, axis=2) > 60).mean())


def find_product(page: Page, canvas: Locator) -> tuple[float, float]:
    """A point of the canvas where a product is told."""
    box = canvas.bounding_box()
    assert box is not None
    for high in (0.5, 0.4, 0.6, 0.3):
        for wide in (0.5, 0.45, 0.55, 0.4):
            x, y = box["x"] + box["width"] * wide, box["y"] + box["height"] * high
            page.mouse.move(x, y)
            if page.locator(".tip").is_visible():
                return x, y
    raise AssertionError("no product was found under the pointer")


def press(page: Page, camera: str) -> None:
    button = page.get_by_role("button", name=camera, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_drawn_with_its_products(server: Server, page: Page, made: Made, shape: str) -> None:
    """Products in color, another picture from every camera, and what it is in words."""
    canvas = view(page, server, made(shape))
    words = {"straight": "Straight shelf", "L": "L-shaped shelf"}.get(shape, shape.capitalize())
    expect(page.locator(".below")).to_contain_text(f"{words}, ")
    front = picture(canvas)
    assert colorful(front) > 0.02
    press(page, "Isometric")
    other = picture(canvas)
    assert colorful(other) > 0.02
    assert np.abs(other - front).mean() > 1


def test_pointing_tells_a_product_and_a_click_shows_it(server: Server, page: Page) -> None:
    """Name, price and facings under the pointer; the card on a click; Escape closes it."""
    canvas = view(page, server, 1)
    x, y = find_product(page, canvas)
    tip = page.locator(".tip")
    expect(tip).to_contain_text(re.compile(r"[A-Z]\d+.* · \$\d+\.\d\d · \d+ facing"))
    name = tip.locator("b").inner_text()
    page.mouse.click(x, y)
    card = page.get_by_role("complementary", name="Selected product")
    expect(card.locator("h3")).to_have_text(name)
    expect(card).to_contain_text("Revenue a day")
    expect(page.locator(".view3d [role=status]")).to_contain_text(name)
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.keyboard.press("n")
    expect(card).to_be_visible()


def test_the_camera_follows_the_mouse_the_wheel_and_the_keys(server: Server, page: Page) -> None:
    """Each of them changes the picture, and Fit brings the first one back."""
    canvas = view(page, server, 1)
    start = picture(canvas)
    box = canvas.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag() -> None:
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + 120, middle[1] - 30, steps=3)
        page.mouse.up()

    moves: list[Callable[[], object]] = [
        drag,
        lambda: page.mouse.wheel(0, 300),
        lambda: canvas.press("ArrowLeft"),
        lambda: canvas.press("+"),
    ]
    before = start
    for move in moves:
        move()
        page.mouse.move(box["x"] + 4, box["y"] + 4)
        after = picture(canvas)
        assert np.abs(after - before).mean() > 0.2
        before = after
    press(page, "Front")
    assert np.abs(picture(canvas) - start).mean() < 0.5


def test_products_take_the_color_of_an_overlay(server: Server, page: Page) -> None:
    """Choosing revenue recolors the products and shows its scale."""
    canvas = view(page, server, 1)
    before = picture(canvas)
    page.get_by_label("Color of the products").select_option("revenue")
    expect(page.locator(".view3d .legend")).to_contain_text("Revenue a day")
    assert np.abs(picture(canvas) - before).mean() > 1


def test_the_switch_keeps_the_editor_s_work(server: Server, page: Page) -> None:
    """From the shelf to 3-D and back: the unsaved change is still there, and the link says which view."""
    page.goto(f"{server.url}/editor?planogram=2")
    expect(page.locator(".tile").first).to_be_visible(timeout=DRAWN_MS)
    page.locator(".tile").first.click()
    page.keyboard.press("l")
    expect(page.locator("[data-ref=unsaved]")).to_be_visible()
    page.get_by_role("radio", name="3-D").click()
    expect(page.locator(".view3d canvas:visible")).to_have_attribute("data-art", "done", timeout=DRAWN_MS)
    expect(page).to_have_url(re.compile("view=3d"))
    page.get_by_role("radio", name="Shelf").click()
    expect(page.locator("[data-ref=unsaved]")).to_be_visible()
    expect(page).not_to_have_url(re.compile("view=3d"))


def test_without_webgl_a_simpler_picture_says_so(server: Server, page: Page, made: Made) -> None:
    """Boxes on a flat canvas, with the same cameras and the same pointing."""
    page.add_init_script(NO_WEBGL)
    canvas = view(page, server, made("half circle"))
    assert canvas.get_attribute("data-drawn") == "flat"
    expect(page.get_by_text("Simpler picture")).to_be_visible()
    front = picture(canvas)
    assert colorful(front) > 0.02
    press(page, "Right")
    assert np.abs(picture(canvas) - front).mean() > 1
    find_product(page, canvas)


def test_a_shelf_with_a_corner_is_marked_in_the_flat_editor(server: Server, page: Page, made: Made) -> None:
    """The unrolled front names its legs and its corner; a straight one has no marks."""
    page.goto(f"{server.url}/editor?planogram={made('L')}")
    strip = page.locator(".frontstrip")
    expect(strip).to_contain_text("left leg", timeout=DRAWN_MS)
    expect(strip).to_contain_text("corner")
    expect(page.locator(".cornerline")).to_have_count(4)
    page.goto(f"{server.url}/editor?planogram=1")
    expect(page.locator(".tile").first).to_be_visible(timeout=DRAWN_MS)
    expect(strip).to_have_count(0)


def test_on_a_phone_the_view_fits_the_width(server: Server, new_page: NewPage) -> None:
    """No sideways scrolling, and a tap chooses a product."""
    page = new_page(390, 844)
    canvas = view(page, server, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = canvas.bounding_box()
    assert box is not None
    assert box["width"] <= 390
    card = page.get_by_role("complementary", name="Selected product")
    for high in (0.3, 0.4, 0.5):
        page.touchscreen.tap(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * high)
        if card.is_visible():
            break
    expect(card).to_be_visible()
