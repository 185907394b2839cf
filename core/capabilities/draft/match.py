"""Which products a paper's cells name, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.capabilities.draft.names import Names, words_of
from core.capabilities.search import SearchIndex
from core.paper import Cell
from core.planogram.product import Catalog

SURE, CHECK = 0.9, 0.7
CHOICES = 3
LOOKED_AT = 12
"""Products that search proposes for a name."""
BY_CODE = 0.99
OTHER_CODE = 0.85
"""Most that a name is worth whose code is not that of the product."""
CONTRADICTED = 0.6
"""What a code is worth whose product has another name."""
AGREES = 0.35
"""Likeness of names from which a code and a name are not at odds."""
APART = 0.12
"""By how much the best name has to be ahead of the next to be sure of it."""
EXACT = 0.995
"""Likeness of a name of which every word and the size agree; another product's is never read so by chance."""


class Band(StrEnum):
    """How a cell was recognized: taken, taken but to be looked at, not known, or meant to be empty."""

    SURE = "sure"
    CHECK = "check"
    UNKNOWN = "unknown"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Choice:
    """A product that a cell may name; ``confidence`` 0–1."""

    product_id: int
    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Recognized:
    """A cell with what it may name, the likeliest first."""

    cell: Cell
    choices: tuple[Choice, ...]

    @property
    def confidence(self) -> float:
        return self.choices[0].confidence if self.choices else 0.0

    @property
    def band(self) -> Band:
        if not (self.cell.text or self.cell.upc):
            return Band.EMPTY
        if self.confidence >= SURE:
            return Band.SURE
        return Band.CHECK if self.confidence >= CHECK else Band.UNKNOWN

    @property
    def product_id(self) -> int | None:
        """What is put in the draft: the likeliest product, where it is likely enough."""
        return self.choices[0].product_id if self.band in (Band.SURE, Band.CHECK) else None


def recognize(cells: Sequence[Cell], catalog: Catalog, index: SearchIndex) -> tuple[Recognized, ...]:
    """The products of cells, by their codes and names; ``index`` proposes, names decide."""
    names = Names(catalog.values())
    by_code = {_plain_code(p.upc): p.id for p in catalog.values() if p.upc}
    known: dict[tuple[str, str], tuple[tuple[int, float], ...]] = {}
    found = []
    for cell in cells:
        key = (cell.text, cell.upc)
        if key not in known:
            known[key] = tuple(_likely(cell, by_code, names, index))
        choices = tuple(
            Choice(i, catalog[i].name, round(sure if sure >= BY_CODE else sure * _legible(cell), 3))
            for i, sure in known[key] if i in catalog
        )
        found.append(Recognized(cell, choices))
    return tuple(found)


def _legible(cell: Cell) -> float:
    """What unsure letters take off: nothing where they were read well, as a whole name speaks for itself."""
    return min(1.0, 0.5 + 0.6 * cell.confidence)


def _likely(
    cell: Cell, by_code: dict[str, int], names: Names, index: SearchIndex
) -> Iterable[tuple[int, float]]:
    """(product, confidence), the likeliest first, at most ``CHOICES``."""
    written = words_of(cell.text)
    proposed = [h.product_id for h in index.search(cell.text, LOOKED_AT).hits]
    coded = by_code.get(_plain_code(cell.upc)) if cell.upc else None
    if coded is not None and coded not in proposed:
        proposed.append(coded)
    fits = sorted(((names.likeness(written, i), i) for i in proposed), key=lambda f: (-f[0], f[1]))
    if coded is not None:
        return _by_code(coded, fits, bool(written.words))
    most = OTHER_CODE if _is_code(cell.upc) else 1.0
    return [(i, min(sure, most)) for i, sure in _by_name(fits)]


def _by_code(
    coded: int, fits: Sequence[tuple[float, int]], has_name: bool
) -> list[tuple[int, float]]:
    """What a known code says, held against the name beside it."""
    own = next(fit for fit, i in fits if i == coded)
    others = [(i, fit * CONTRADICTED) for fit, i in fits if i != coded]
    top = max((fit for fit, i in fits if i != coded), default=0.0)
    agrees = not has_name or (own >= AGREES and own >= top - APART)
    return [(coded, BY_CODE if agrees else CONTRADICTED), *others][:CHOICES]


def _by_name(fits: Sequence[tuple[float, int]]) -> list[tuple[int, float]]:
    """What names say: less the nearer the next one is."""
    top = fits[0][0] if fits else 0.0
    second = fits[1][0] if len(fits) > 1 else 0.0
    ahead = 1.0 if second < EXACT <= top else min(max((top - second) / APART, 0.0), 1.0)
    made = [(i, fit) for fit, i in fits[:CHOICES] if fit > 0.2]
    return [(i, fit * (0.6 + 0.4 * ahead) if n == 0 else fit * 0.6) for n, (i, fit) in enumerate(made)]


def _plain_code(code: str) -> str:
    """Digits without the zeros before and, of 12 and more, without the check digit's place kept: a UPC and
    its EAN or GTIN are the same number."""
    return code.lstrip("0")


def _is_code(code: str) -> bool:
    """Whether digits are a GTIN by their check digit (GS1 General Specifications, 7.9)."""
    if not (code.isdecimal() and len(code) in (8, 12, 13, 14)):
        return False
    body = code.zfill(14)
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(body[:-1]))
    return (10 - total % 10) % 10 == int(body[-1])
