"""What a planogram file says, before its products are looked up in a catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import BadInput
from core.planogram.fixture import Fixture
from core.planogram.planogram import RuleSet
from core.planogram.product import Product

MAX_POSITIONS = 5_000


def require_few(positions: int) -> None:
    """Raises BadInput for more positions than any shelf has."""
    if positions > MAX_POSITIONS:
        raise BadInput(f"{positions:,} positions are too many.", f"Send at most {MAX_POSITIONS:,} a plan.")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that cannot be taken over: its line in the file (from 1; in JSON the number of the position)
    and why, in one sentence."""

    line: int
    error: str


@dataclass(frozen=True, slots=True)
class FileProduct:
    """A product as the file describes it. ``product.id`` is the id in the system that wrote the file, 0
    where it gives none; ``given`` names the fields that the file fills."""

    line: int
    product: Product
    given: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FilePosition:
    """A position as the file describes it. ``product`` indexes the file's products; ``item`` holds place,
    facings and stock as ``core.planogram.parse.position_from_payload`` reads them."""

    line: int
    product: int
    item: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A planogram read from a file. ``notes`` say how something that the file leaves open was read;
    ``source`` is the text of a space-planning file, so that writing it again keeps what nobody here
    knows."""

    name: str
    season: str | None
    fixture: Fixture
    rule_set: RuleSet
    products: tuple[FileProduct, ...]
    positions: tuple[FilePosition, ...]
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class FileOut:
    """A file to hand over: its name for people, its media type and its bytes."""

    name: str
    media_type: str
    content: bytes
