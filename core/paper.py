"""What a planogram on paper says, in values that no file format and no model leaks into.

A paper is read into cells, each of which names one product at one place; nothing is looked up in a catalog
here. Boxes are ``(x, y, width, height)`` as shares (0–1) of the picture of their page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Box = tuple[float, float, float, float]
Told = Callable[[float, str], None]
"""What is told the share of the work that is done, 0–1, and what is being done."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One product as it is written. ``row`` counts shelves from the top and ``order`` cells from the left,
    both from 0. ``slot`` is the place as written ("B4", "148", "A at 12.5 in"); ``start`` and ``width`` are
    the cell's left edge and width as shares of its row where it is drawn, None in a list. ``facings`` is
    None where none are written. ``confidence`` (0–1): how sure the reading of the letters is, 1 for text
    that was not read from a picture."""

    text: str
    row: int
    order: int
    upc: str = ""
    slot: str = ""
    facings: int | None = None
    facings_high: int | None = None
    price: float | None = None
    start: float | None = None
    width: float | None = None
    page: int = 0
    box: Box = (0.0, 0.0, 0.0, 0.0)
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as a picture (JPEG or PNG), upright and straightened."""

    picture: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Stray:
    """Words of a paper that were taken for no product."""

    text: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Size:
    """How large the fixture is, in inches, as far as the paper says so."""

    width_in: float
    height_in: float | None = None
    depth_in: float | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A planogram as it is written. ``rows``: shelves or trays that it shows; ``is_machine``: whether it
    speaks of trays and selections; None where it says nothing of it. ``zone`` and ``shape``: the temperature
    and the kind of fixture as written, "" without. ``methods``: what read it; ``notes``: what was left out or
    could not be used, in words for the screen. ``is_numbered``: shelves have numbers of which nothing says
    whether they count from the top, as they are taken to."""

    title: str
    cells: tuple[Cell, ...]
    rows: int
    sheets: tuple[Sheet, ...] = ()
    strays: tuple[Stray, ...] = ()
    size: Size | None = None
    is_machine: bool | None = None
    zone: str = ""
    shape: str = ""
    methods: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_numbered: bool = False


class PaperReader(Protocol):
    """File in, paper out."""

    @property
    def reads_pictures(self) -> bool:
        """Whether photos and scans can be read; else only files that hold their text."""

    def read(self, content: bytes, told: Told) -> Paper:
        """Read a PDF, a photo or a spreadsheet with a planogram; its kind is told by the bytes.

        Raises BadInput for a file that is broken, encrypted or shows no planogram, TooLarge for one with too
        many bytes, pages or pixels, UnsupportedType for another kind, RuleViolation where reading it takes
        what is not installed.
        """
