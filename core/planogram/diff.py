"""What changed between two planograms: the same answer for history, approval and instructions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields

from core.planogram.planogram import Planogram, Position

Pair = tuple[Position, Position]


@dataclass(frozen=True, slots=True)
class Added:
    product_id: int
    slot: str
    facings: int


@dataclass(frozen=True, slots=True)
class Removed:
    product_id: int
    slot: str
    facings: int


@dataclass(frozen=True, slots=True)
class Moved:
    """``x_from_in`` and ``x_to_in`` tell apart places that share a slot on a free shelf."""

    product_id: int
    slot_from: str
    slot_to: str
    x_from_in: float
    x_to_in: float


@dataclass(frozen=True, slots=True)
class Refaced:
    """Facings (wide, high, deep) or, on a free shelf, the width changed."""

    product_id: int
    slot: str
    facings_from: int
    facings_to: int
    high_from: int
    high_to: int


@dataclass(frozen=True, slots=True)
class Repriced:
    """``None``: the product's own price."""

    product_id: int
    slot: str
    price_from: float | None
    price_to: float | None


@dataclass(frozen=True, slots=True)
class Restocked:
    """Capacity, quantity and par level, each ``None`` where not known."""

    product_id: int
    slot: str
    stock_from: tuple[int | None, int | None, int | None]
    stock_to: tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Relocked:
    product_id: int
    slot: str
    locked: bool


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """Empty exactly when both plans are equal. ``settings`` names changes of fixture or rule set."""

    added: tuple[Added, ...] = ()
    removed: tuple[Removed, ...] = ()
    moved: tuple[Moved, ...] = ()
    refaced: tuple[Refaced, ...] = ()
    repriced: tuple[Repriced, ...] = ()
    restocked: tuple[Restocked, ...] = ()
    relocked: tuple[Relocked, ...] = ()
    settings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(self.counts.values())

    @property
    def counts(self) -> dict[str, int]:
        """Number of changes of each kind."""
        return {f.name: len(getattr(self, f.name)) for f in fields(self)}

    @property
    def summary(self) -> str:
        """One sentence, such as "2 added, 1 moved, 3 prices changed."."""
        words = {
            "added": ("added", "added"), "removed": ("removed", "removed"), "moved": ("moved", "moved"),
            "refaced": ("facing changed", "facings changed"), "repriced": ("price changed", "prices changed"),
            "restocked": ("stock level changed", "stock levels changed"),
            "relocked": ("lock changed", "locks changed"),
            "settings": ("setting changed", "settings changed"),
        }
        parts = [f"{n} {words[kind][n > 1]}" for kind, n in self.counts.items() if n]
        return ", ".join(parts) + "." if parts else "No changes."


def diff(before: Planogram, after: Planogram) -> PlanDiff:
    """What has to be done to get from ``before`` to ``after``, in the order of the positions.

    A product that stands in several places is matched place by place: those that stayed first, then the
    nearest.
    """
    pairs, gone, new = match(before, after)
    return PlanDiff(
        tuple(Added(p.product_id, p.slot, p.facings) for p in new),
        tuple(Removed(p.product_id, p.slot, p.facings) for p in gone),
        tuple(
            Moved(a.product_id, a.slot, b.slot, a.x_in, b.x_in) for a, b in pairs if _place(a) != _place(b)
        ),
        tuple(
            Refaced(a.product_id, b.slot, a.facings, b.facings, a.facings_high, b.facings_high)
            for a, b in pairs if _size(a) != _size(b)
        ),
        tuple(
            Repriced(a.product_id, b.slot, a.price, b.price) for a, b in pairs if a.price != b.price
        ),
        tuple(
            Restocked(a.product_id, b.slot, _stock(a), _stock(b)) for a, b in pairs if _stock(a) != _stock(b)
        ),
        tuple(Relocked(a.product_id, b.slot, b.locked) for a, b in pairs if a.locked != b.locked),
        _settings(before, after),
    )


def match(before: Planogram, after: Planogram) -> tuple[list[Pair], list[Position], list[Position]]:
    """(pairs of the same product, only before, only after), each in plan order."""
    old: dict[int, list[Position]] = defaultdict(list)
    new: dict[int, list[Position]] = defaultdict(list)
    for p in before.positions:
        old[p.product_id].append(p)
    for p in after.positions:
        new[p.product_id].append(p)
    shelf = before.fixture.shelf_height_in
    pairs: list[Pair] = []
    gone: list[Position] = []
    added: list[Position] = []
    for product_id in old.keys() | new.keys():
        matched, left, came = _nearest(old[product_id], new[product_id], shelf)
        pairs += matched
        gone += left
        added += came
    pairs.sort(key=lambda pair: (pair[1].row, pair[1].x_in, pair[1].product_id))
    return pairs, sorted(gone, key=_order), sorted(added, key=_order)


def _nearest(
    old: list[Position], new: list[Position], shelf_height_in: float
) -> tuple[list[Pair], list[Position], list[Position]]:
    """Greedy by distance in inches, equal positions first."""
    choices = sorted(
        (a != b, abs(a.row - b.row) * shelf_height_in + abs(a.x_in - b.x_in), i, j)
        for i, a in enumerate(old) for j, b in enumerate(new)
    )
    left, came = dict(enumerate(old)), dict(enumerate(new))
    pairs = []
    for _, _, i, j in choices:
        if i in left and j in came:
            pairs.append((left.pop(i), came.pop(j)))
    return pairs, list(left.values()), list(came.values())


def _settings(before: Planogram, after: Planogram) -> tuple[str, ...]:
    changed = []
    if before.fixture != after.fixture:
        changed.append("fixture")
    if before.rule_set is not after.rule_set:
        changed.append(f"rule set: {before.rule_set} → {after.rule_set}")
    return tuple(changed)


def _order(p: Position) -> tuple[int, float, int]:
    return p.row, p.x_in, p.product_id


def _place(p: Position) -> tuple[int, int, float]:
    return p.row, p.column, p.x_in


def _size(p: Position) -> tuple[int, float, int, int, int]:
    return p.cells, p.width_in, p.facings, p.facings_high, p.facings_deep


def _stock(p: Position) -> tuple[int | None, int | None, int | None]:
    return p.capacity, p.quantity, p.par_level
