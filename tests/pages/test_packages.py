"""The drawn packages of tables are those of the shelf."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote

import pytest

from core.planogram.product import Product
from pages.parts import packages
from pages.parts.shelf_editor import look

ALL_SHAPES = ("can", "bottle", "bag", "bar", "box", "carton", "cup", "jar", "tub", "pouch", "gum", "tray", "glass")


@pytest.mark.parametrize("shape", ALL_SHAPES)
def test_every_shape_is_a_drawing_that_a_browser_can_read(shape):
    """Well-formed, in its color, with every gradient that it uses."""
    svg = unquote(packages._picture(shape, "#2f6fb0").partition(",")[2])
    root = ElementTree.fromstring(svg)
    assert root.attrib["color"] == "#2f6fb0"
    assert len(root) > 1
    assert "${" not in svg
    for used in {part.split(")")[0] for part in svg.split("url(#")[1:]}:
        assert f'id="{used}"' in svg


def test_a_product_has_the_color_of_its_tile():
    """The same product looks the same everywhere; an unknown shape is a box."""
    cola = Product(1, "Cola", "Soft drinks", "Beacon")
    assert look.package_color(cola) in unquote(packages.picture(cola))
    assert packages._picture("sphere", "#000000") == packages._picture("box", "#000000")


def test_files_and_prints_draw_the_packages_of_the_shelf():
    """``packages.svg`` of the engine holds the drawings, proportions and labels of the browser's script."""
    script = packages._DRAWINGS.read_text("utf-8")
    aspects, gradients, symbols = packages._drawings()
    root = (packages._DRAWINGS.parents[4] / "core" / "planogram" / "packages.svg").read_text("utf-8")
    for text in (*gradients.values(), *symbols.values()):
        assert text in root
    for shape in aspects:
        numbers = script.split(f"  {shape}: {{ aspect: [")[1].partition("}")[0].replace("]", "").replace(",", "")
        low, _, label = numbers.partition(" label: [")
        assert f'id="pe-{shape}" data-aspect="{low.strip()}" data-label="{label.strip()}"' in root
