"""Drawings of plans: every position once, nothing outside, files that open."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from PIL import Image

from core.planogram import drawing_packages
from core.planogram.drawing import TAG_PT, Mark, clipped, strips, wrapped
from core.planogram.files import pdf, pdf_instructions, png
from core.planogram.fixture import Fixture
from core.planogram.instructions import instructions
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product
from tests.planogram.strategies import catalogs, empty_plans
from tests.planogram.test_edit_properties import filled

CATALOG = {i: Product(i, f"Snack {i} ½ “ok”", "Potato chips", "Harbor", price=2.0) for i in range(1, 9)}
MACHINE = Planogram(
    Fixture.machine((3, 5)),
    tuple(Position(i, (i > 3) * 1, (i - 1) % 3 if i < 4 else i - 4, 1, ((i - 1) % 3 if i < 4 else i - 4) * 2.8, 2.8,
                   price=2.0) for i in range(1, 8)),
    RuleSet.AS_FOUND,
)


@dataclass
class Recorder:
    """A pen that remembers."""

    packages: list[tuple[float, float, float, float]] = field(default_factory=list)
    faded: int = 0
    texts: list[str] = field(default_factory=list)
    circles: list[tuple[float, float, float]] = field(default_factory=list)

    def rect(self, x, y, width, height, fill, edge="", radius=0.0):
        assert width >= 0
        assert height >= 0

    def circle(self, x, y, radius, fill, edge=""):
        self.circles.append((x, y, radius))

    def text(self, x, y, text, size, *, is_bold=False, color="", anchor="left"):
        self.texts.append(text)

    def width(self, text, size, is_bold=False):
        return 0.5 * size * len(text)

    def package(self, product, x, y, width, height, is_faded=False):
        self.packages.append((x, y, width, height))
        self.faded += is_faded


@settings(max_examples=40, deadline=None)
@given(empty_plans, catalogs())
def test_every_facing_is_drawn_once_and_inside_its_strip(empty, catalog):
    """Also where a long shelf is cut into strips."""
    plan = filled(empty, catalog)
    for narrowest in (0.0, 40.0):
        pen = Recorder()
        for strip in strips(plan, catalog, 500.0, narrowest_pt=narrowest):
            before = len(pen.packages)
            strip.draw(pen, 10.0, 20.0)
            for x, y, width, height in pen.packages[before:]:
                assert 10 + TAG_PT - 0.6 <= x <= x + width <= 510.6
                assert 20 - 1e-6 <= y <= y + height <= 20 + strip.room_pt + 1e-6
        assert len(pen.packages) == sum(p.facings * min(p.facings_high, 6) for p in plan.positions)


def test_marks_number_what_is_to_be_done_and_the_rest_stands_back():
    """One circle for the mark, every other package faded."""
    first = MACHINE.positions[0]
    marks = {p: Mark("7") if p == first else Mark(is_faded=True) for p in MACHINE.positions}
    pen = Recorder()
    for strip in strips(MACHINE, CATALOG, 400.0, marks=marks):
        strip.draw(pen, 0, 0)
    assert (len(pen.circles), pen.texts.count("7"), pen.faded) == (1, 1, 6)
    assert pen.texts.count("empty") == 1


@pytest.mark.parametrize("shape", sorted(drawing_packages._drawings()))
def test_every_package_has_its_color_and_a_clear_ground(shape):
    """Dense in the middle, in the color asked for; nothing in the corners of what is not a box."""
    picture = drawing_packages._picture(shape, "#2f6fb0", "", 0.8, False)
    middle = [picture.getpixel((picture.width // 2, y)) for y in range(picture.height // 3, picture.height * 9 // 10)]
    assert any(a > 200 and b > r for r, _, b, a in middle)
    assert picture.getpixel((0, picture.height - 1))[3] < 40
    assert drawing_packages._picture(shape, "#2f6fb0", "", 0.8, True).size == picture.size


def test_a_picture_is_a_png_of_the_whole_plan():
    """Wide enough to read, with every tray."""
    picture = Image.open(io.BytesIO(png.write(MACHINE, CATALOG, name="Lobby", about="Version 2")))
    assert picture.format == "PNG"
    assert picture.width > 800


def pages_of(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", content))


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_a_plan_as_pdf_has_pages_of_its_paper(paper):
    """Letter or A4, upright."""
    content = pdf.write(MACHINE, CATALOG, name="Lobby", about="Version 2", paper=paper)
    assert content.startswith(b"%PDF-")
    assert pages_of(content) == 1
    assert (b"612 792" in content) == (paper == "letter")


def test_long_instructions_flow_over_pages():
    """A shelf of two hundred products takes many; an empty plan one."""
    catalog = {i: Product(i, f"Product {i} with a name that takes more than one line of the page", "Water",
                          width_in=3.0, price=1.0) for i in range(1, 201)}
    fixture = Fixture.shelves(150, 4, cell_width_in=3.0)
    plan = Planogram(fixture, tuple(
        Position(i, (i - 1) // 50, (i - 1) % 50, 1, (i - 1) % 50 * 3.0, 3.0) for i in range(1, 201)), RuleSet.AS_FOUND)
    long = pdf_instructions.write(instructions(plan, catalog), catalog, name="Aisle", about="Version 1")
    bare = Planogram(fixture, (), RuleSet.AS_FOUND)
    short = pdf_instructions.write(instructions(bare, catalog), catalog, name="Aisle", about="Version 1")
    assert pages_of(long) > 15
    assert pages_of(short) == 1


def test_a_reset_as_pdf_is_written_for_every_kind_of_step():
    """Taken out, held, moved, new, with other facings and prices."""
    shuffled = [MACHINE.positions[i] for i in (1, 0, 3, 2)]
    places = MACHINE.positions[:4]
    after = tuple(
        Position(p.product_id, at.row, at.column, 1, at.x_in, 2.8, price=3.5)
        for p, at in zip(shuffled, places, strict=True)
    )
    plan = Planogram(MACHINE.fixture, (*after, Position(8, 1, 4, 1, 11.2, 2.8)), RuleSet.AS_FOUND)
    found = instructions(plan, CATALOG, MACHINE)
    assert {"take out", "hold", "move", "place", "reprice"} <= {s.act.value for s in found.steps}
    assert pages_of(pdf_instructions.write(found, CATALOG, name="Lobby", about="x")) >= 2


def test_words_are_cut_and_wrapped_to_their_room():
    """No line is wider than its room, no letter is lost by wrapping."""
    pen = Recorder()
    assert clipped(pen, "abcdefghij", 20, 8) == "abcd…"
    lines = wrapped(pen, "one two three four", 40, 8)
    assert lines == ["one two", "three four"]
