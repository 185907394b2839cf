"""What the pieces of a question say, gathered before they become a plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.ask.dimensions import DIMENSIONS
from core.ask.period import Period
from core.ask.plan import Compare, Condition, Filter, Having
from core.ask.words.pieces import Linked, Piece
from core.ask.words.vocabulary import Meaning, Vocabulary

GOODS = ("product", "brand", "category", "temperature")
PLACES = ("place", "store", "machine", "venue", "kind")


class Unclear(Exception):
    """Something must be asked back: ``question``, what can be chosen, and the words that it stands for."""

    def __init__(self, question: str, choices: tuple[Meaning, ...] = (), said: str = "") -> None:
        super().__init__(question)
        self.question, self.choices, self.said = question, choices, said


class Outside(Exception):
    """Something cannot be answered."""


@dataclass
class Draft:
    """Parts of a plan as they are found; ``used`` are the pieces that are explained."""

    linked: Linked
    vocabulary: Vocabulary
    subject: str | None = None
    one: bool = False
    count: bool = False
    missing: bool = False
    trend: bool = False
    share: bool = False
    listed: bool = False
    by_name: bool = False
    ranked: bool = False
    best: str | None = None
    change: str | None = None
    measures: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    per: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    clauses: list[Condition] = field(default_factory=list)
    having: list[Having] = field(default_factory=list)
    limit: int | None = None
    period: Period | None = None
    compare: Compare | None = None
    against: Period | None = None
    versus: bool = False
    used: set[int] = field(default_factory=set)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self.linked.pieces

    def piece(self, i: int) -> Piece | None:
        return self.pieces[i] if 0 <= i < len(self.pieces) else None

    def is_(self, i: int, kind: str, *values: str) -> bool:
        piece = self.piece(i)
        return piece is not None and i not in self.used and piece.is_(kind, *values)

    def free(self) -> list[int]:
        return [i for i in range(len(self.pieces)) if i not in self.used]

    def take(self, *indices: int) -> None:
        self.used.update(indices)


def filter_of(piece: Piece, vocabulary: Vocabulary) -> Filter | None:
    """The filter that a piece says, if it says one."""
    if piece.kind == "name":
        found: Filter = piece.value.filter
        return found
    if piece.kind in ("zone", "shape", "temperature", "status"):
        return Filter(piece.kind, (piece.value,))
    if piece.kind == "family":
        meaning = vocabulary.families.get(piece.value)
        return meaning.filter if meaning else None
    return None


def united(filters: list[Filter], vocabulary: Vocabulary) -> Filter | None:
    """One filter that passes what any of them passes, if there is one."""
    first = filters[0]
    if all(f.dimension == first.dimension and f.negated == first.negated for f in filters):
        values = tuple(dict.fromkeys(v for f in filters for v in f.values))
        return replace(first, values=values)
    if all(f.dimension in GOODS and not f.negated for f in filters):
        ids = frozenset().union(*(vocabulary.passing([f]) for f in filters))
        return Filter("product", tuple(sorted(ids))) if 0 < len(ids) <= 1000 else None
    return None


def scope_of(dimension: str) -> str:
    return DIMENSIONS[dimension].scope.value
