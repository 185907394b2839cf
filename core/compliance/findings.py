"""What an audit says, as values: violations, what is seen, counts, shares of shelf, rows.

Boxes are in pixels of the upright photo. A *spot* is a place of the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.compliance.reading import SHOWN_FROM, Box, Quality


class Kind(StrEnum):
    """How a shelf departs from its plan."""

    MISSING_PRODUCT = "missing_product"
    WRONG_PRODUCT = "wrong_product"
    WRONG_POSITION = "wrong_position"
    EXTRA_PRODUCT = "extra_product"
    WRONG_FACINGS = "wrong_facings"
    OUT_OF_STOCK = "out_of_stock"


class Standing(StrEnum):
    """How a package that is seen stands to the plan. ``PILED`` lies on one of its kind; ``OUTSIDE`` is next
    to the fixture or in a row that the plan does not have."""

    RIGHT = "right"
    WRONG = "wrong"
    MOVED = "moved"
    EXTRA = "extra"
    UNSURE = "unsure"
    PILED = "piled"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the plan: row and column from 0, ``slot`` "B4", ``label`` the machine's own selection or "",
    ``x_in`` inches from the left end, ``words`` as people in the store find it."""

    row: int
    column: int
    slot: str
    label: str
    x_in: float
    words: str

    @property
    def grid_position(self) -> dict[str, int]:
        """{"x": column, "y": row}."""
        return {"x": self.column, "y": self.row}


@dataclass(frozen=True, slots=True)
class Stock:
    """A product at a spot. ``product_id`` is None for a package that is not in the catalog or not known."""

    product_id: int | None
    name: str
    spot: Spot | None = None
    facings: int = 1


@dataclass(frozen=True, slots=True)
class Violation:
    """One departure. ``expected`` is None for an extra product, ``actual`` where nothing stands.

    wrong_position: ``expected.spot`` is where the product belongs, ``actual.spot`` where it stands.
    wrong_facings: both ``facings`` count the product's facings side by side. ``box`` is where it is seen or,
    for what is missing, should stand; ``boxes`` the same one package each. ``facings`` are indices into the
    reading's facings, ``units`` into the facings of the plan (see ``planned``). ``severity``: "high",
    "medium" or "low". ``text`` is one sentence.
    """

    id: str
    kind: Kind
    text: str
    severity: str
    confidence: float
    box: Box
    boxes: tuple[Box, ...]
    expected: Stock | None = None
    actual: Stock | None = None
    facings: tuple[int, ...] = ()
    units: tuple[int, ...] = ()

    @property
    def is_fact(self) -> bool:
        """Whether it is sure enough to be told as one."""
        return self.confidence >= SHOWN_FROM

    @property
    def spot(self) -> Spot | None:
        """Where in the store to look."""
        if self.kind is Kind.WRONG_POSITION or self.expected is None:
            return self.actual.spot if self.actual else None
        return self.expected.spot


@dataclass(frozen=True, slots=True)
class Detected:
    """A package that is seen, in the order of the reading's facings (``index``). ``row`` and ``column`` are
    those of the plan, None in a row that the plan does not have. ``name`` is None for a product below an even
    chance; ``confidence`` is that of the detection, ``probability`` that of the name. ``violation_id`` is
    the violation that it belongs to."""

    index: int
    product_id: int | None
    name: str | None
    box: Box
    row: int | None
    column: int | None
    slot: str | None
    confidence: float
    probability: float
    standing: Standing
    violation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Facings:
    """Facings of one product, those of the plan that are in the photo. ``product_id`` None: packages that are
    not in the catalog or not known."""

    product_id: int | None
    name: str
    planned: int
    seen: int
    right: int


@dataclass(frozen=True, slots=True)
class Share:
    """Share of shelf by product, brand or category (``by``): inches and facings, planned and seen, and their
    shares of all (0–1). Only the part of the plan that is in the photo counts."""

    by: str
    name: str
    planned_in: float
    seen_in: float
    planned_facings: int
    seen_facings: int
    planned_share: float
    seen_share: float


@dataclass(frozen=True, slots=True)
class RowResult:
    """How a row of the plan was found. ``is_seen`` is False for one that is not in the photo; ``score`` is
    None there. ``violations`` are the ids of those that are facts."""

    row: int
    name: str
    is_seen: bool
    planned: int
    right: int
    not_seen: int
    score: float | None
    violations: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class WrongPrice:
    """A price label that says another price than the plan. ``label`` is the price of one unit, ``text`` one
    sentence."""

    product_id: int
    name: str
    slot: str
    label: float
    planned: float
    box: Box
    confidence: float
    text: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What a photo says of a plan.

    ``compliance_score`` (0–1; None where no planned facing is in the photo) is the share of planned facings
    that stand right, each weighted by its inches and how well its shelf is seen; ``score_low`` and
    ``score_high`` hold it with 90 % by the probabilities of detections and names. ``definition`` says so in
    words. ``violations`` are facts (confidence of at least 0.5), ``to_check`` what a person should look at.
    ``availability`` is the share of planned products of which at least one facing stands. ``not_seen`` counts
    planned facings outside the photo or behind something, which are never missing; ``hidden`` those of them
    that something is before. ``summary`` is one sentence, ``notes`` more. ``labels``: price labels that were
    read and held against the plan, of which ``wrong_prices`` say something else.
    """

    compliance_score: float | None
    score_low: float | None
    score_high: float | None
    definition: str
    violations: tuple[Violation, ...]
    to_check: tuple[Violation, ...]
    detected: tuple[Detected, ...]
    facings: tuple[Facings, ...]
    shares: tuple[Share, ...]
    availability: float | None
    rows: tuple[RowResult, ...]
    planned: int
    right: int
    not_seen: int
    summary: str
    notes: tuple[str, ...]
    quality: Quality
    hidden: int = 0
    wrong_prices: tuple[WrongPrice, ...] = ()
    labels: int = 0

    @property
    def places(self) -> int:
        """Planned facings, seen or not."""
        return self.planned + self.not_seen

    def violation(self, violation_id: str) -> Violation | None:
        """The violation or thing to check of an id."""
        return next((v for v in (*self.violations, *self.to_check) if v.id == violation_id), None)
