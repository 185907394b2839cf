"""Two people's edits of one plan, merged slot by slot.

A three-way merge in the manner of diff3 (Khanna, Kunal and Pierce 2007), on positions instead of lines:
what one side alone changed is taken from it; what both changed alike is taken once; the rest is a conflict
that holds both sides. Where a product stands and how many facings it has is merged apart from its price, its
stock and its lock, so that a new price and a new place of one product are no conflict.

Edits that need each other (a swap, a product and the one that made room for it) are one group, and groups of
both sides that want the same room are one conflict: whichever side is taken, the result keeps the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.planogram.diff import match
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog
from core.planogram.rules import added_violations
from core.planogram.space import ROUNDING, relocated, row_length, span, tolerance


@dataclass(frozen=True, slots=True)
class Change:
    """One position before and after; None: it was not there, or is gone."""

    before: Position | None
    after: Position | None

    @property
    def product_id(self) -> int:
        return (self.after or self.before).product_id  # type: ignore[union-attr]

    @property
    def slots(self) -> tuple[str, ...]:
        """Where it was and where it is."""
        return tuple(dict.fromkeys(p.slot for p in (self.before, self.after) if p is not None))


@dataclass(frozen=True, slots=True)
class Clash:
    """What both sides changed differently. ``kind``: place, price, stock, lock, or plan for everything."""

    kind: str
    slots: tuple[str, ...]
    mine: tuple[Change, ...]
    theirs: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The plan, and every clash; those that were not decided for mine are theirs in it."""

    plan: Planogram
    clashes: tuple[Clash, ...]


@dataclass(frozen=True, eq=False)
class _Side:
    """What one side made of each position of the base (None: gone), and what it added."""

    kept: tuple[Position | None, ...]
    added: tuple[Position, ...]


_Node = tuple[str, int]
"""("mine" or "theirs", index): an edit of the base's position, or from ``len(base)`` on an addition."""

_VALUES: dict[str, Callable[[Position], Hashable]] = {
    "price": lambda p: p.price,
    "stock": lambda p: (p.capacity, p.quantity, p.par_level),
    "lock": lambda p: p.locked,
}


def merge(
    base: Planogram, mine: Planogram, theirs: Planogram, catalog: Catalog, keep_mine: Collection[int] = ()
) -> Merged:
    """Both sides' edits of ``base`` in one plan. ``keep_mine``: indexes of the clashes to decide for mine;
    the clashes are the same whatever is chosen."""
    if base == theirs or mine == theirs:
        return Merged(mine, ())
    if base == mine:
        return Merged(theirs, ())
    rule_set = _either(base.rule_set, mine.rule_set, theirs.rule_set)
    if mine.fixture == theirs.fixture and isinstance(rule_set, RuleSet):
        work = _Merge(base, mine, theirs, rule_set)
        if not added_violations(theirs, work.result(()), catalog):
            return Merged(work.result(keep_mine), work.clashes)
    return _all_or_nothing(base, mine, theirs, bool(keep_mine))


class _Merge:
    """One merge of positions; ``clashes`` and what they decide are found once."""

    def __init__(self, base: Planogram, mine: Planogram, theirs: Planogram, rule_set: RuleSet) -> None:
        self.base, self.rule_set = base.positions, rule_set
        self.fixture = theirs.fixture
        self.theirs_plan = theirs
        self.mine, self.theirs = _side(base, mine), _side(base, theirs)
        self.sides = {"mine": self.mine, "theirs": self.theirs}
        self.nodes = [*self._edits("mine"), *self._edits("theirs")]
        self.clusters = self._clusters()
        values = [(i, kind) for i in range(len(self.base)) for kind in _VALUES if self._differs(i, kind)]
        self.values = {key: len(self.clusters) + n for n, key in enumerate(values)}
        self.cluster_of = {node: n for n, cluster in enumerate(self.clusters) for node in cluster}
        self.clashes = (
            *(self._place_clash(cluster) for cluster in self.clusters),
            *(self._value_clash(i, kind) for i, kind in values),
        )

    def result(self, keep_mine: Collection[int]) -> Planogram:
        """The merged plan with these clashes decided for mine, the others for theirs."""
        chosen = frozenset(keep_mine)
        found = [self._merged(i, chosen) for i in range(len(self.base))]
        added = [p for name in self.sides for p in self._additions(name, chosen)]
        positions = (p for p in (*found, *added) if p is not None)
        return Planogram(self.fixture, tuple(positions), self.rule_set)

    # --- one position ---

    def _merged(self, i: int, chosen: frozenset[int]) -> Position | None:
        standing = self._placed(i, chosen)
        if standing is None:
            return None
        for kind in _VALUES:
            winner = self._value_from(i, kind, chosen) or standing
            standing = _with_value(standing, winner, kind)
        return standing

    def _placed(self, i: int, chosen: frozenset[int]) -> Position | None:
        """Where it stands and how large it is; None: gone."""
        cluster = self.cluster_of.get(("mine", i), self.cluster_of.get(("theirs", i)))
        if cluster is not None:
            return (self.mine if cluster in chosen else self.theirs).kept[i]
        return self._mixed(i)

    def _mixed(self, i: int) -> Position | None:
        """Both sides' geometry of a position that they do not quarrel over."""
        was, a, b = self.base[i], self.mine.kept[i], self.theirs.kept[i]
        if a is None or b is None:
            return None
        if _shape(a) == _shape(was):
            return b
        if _shape(b) == _shape(was) or _shape(a) == _shape(b):
            return a
        place = a if _place(b) == _place(was) else b
        size = a if _size(b) == _size(was) else b
        return relocated(size, self.fixture, place.row, span(place, self.fixture)[0])

    def _value_from(self, i: int, kind: str, chosen: frozenset[int]) -> Position | None:
        was, a, b = self.base[i], self.mine.kept[i], self.theirs.kept[i]
        if a is None or b is None:
            return a or b
        if (i, kind) in self.values:
            return a if self.values[i, kind] in chosen else b
        read = _VALUES[kind]
        return b if read(a) == read(was) else a

    def _differs(self, i: int, kind: str) -> bool:
        was, a, b = self.base[i], self.mine.kept[i], self.theirs.kept[i]
        if a is None or b is None:
            return False
        read = _VALUES[kind]
        return len({read(was), read(a), read(b)}) == 3 if kind != "lock" else False

    def _additions(self, name: str, chosen: frozenset[int]) -> Iterator[Position]:
        for n, p in enumerate(self.sides[name].added):
            cluster = self.cluster_of.get((name, len(self.base) + n))
            if cluster is None and name == "mine" and p in self.theirs.added:
                continue
            if cluster is None or (cluster in chosen) == (name == "mine"):
                yield p

    # --- clashes ---

    def _edits(self, name: str) -> list[_Node]:
        """Positions whose geometry a side changed, that it took away, or added."""
        kept = self.sides[name].kept
        changed = [i for i, p in enumerate(kept) if p is None or _shape(p) != _shape(self.base[i])]
        count = len(self.base)
        return [(name, i) for i in (*changed, *range(count, count + len(self.sides[name].added)))]

    def _after(self, node: _Node) -> Position | None:
        side, i = self.sides[node[0]], node[1]
        return side.kept[i] if i < len(self.base) else side.added[i - len(self.base)]

    def _before(self, node: _Node) -> Position | None:
        return self.base[node[1]] if node[1] < len(self.base) else None

    def _clusters(self) -> list[tuple[_Node, ...]]:
        """Edits that are decided together, of those that clash; in plan order."""
        clashing = [*self._quarrels(), *self._crowded()]
        group = _Groups(self.nodes)
        for name in self.sides:
            for one, other in self._needs(name):
                group.join(one, other)
        for one, other in (*clashing, *self._alike()):
            group.join(one, other)
        wanted = {group.of(one) for one, _ in clashing}
        found = [tuple(m) for root, m in group.members().items() if root in wanted]
        return sorted(found, key=lambda c: min(self._order(node) for node in c))

    def _order(self, node: _Node) -> tuple[int, float, int]:
        p = self._before(node) or self._after(node)
        return (p.row, p.x_in, p.product_id) if p is not None else (0, 0.0, 0)

    def _needs(self, name: str) -> Iterator[tuple[_Node, _Node]]:
        """(edit, the edit that made room for it) of one side."""
        nodes = [n for n in self.nodes if n[0] == name]
        for one in nodes:
            for other in nodes:
                a, b = self._after(one), self._before(other)
                if one != other and a is not None and b is not None and self._touch(a, b):
                    yield one, other

    def _alike(self) -> Iterator[tuple[_Node, _Node]]:
        """Edits of one position, or one addition, by both sides: they are decided together."""
        edited = set(self.nodes)
        for one in self.nodes:
            if one[0] == "mine" and not self._is_new(one) and ("theirs", one[1]) in edited:
                yield one, ("theirs", one[1])
        count = len(self.base)
        for n, p in enumerate(self.mine.added):
            if p in self.theirs.added:
                yield ("mine", count + n), ("theirs", count + self.theirs.added.index(p))

    def _quarrels(self) -> Iterator[tuple[_Node, _Node]]:
        """Edits of one position that do not go together."""
        for i, was in enumerate(self.base):
            a, b = self.mine.kept[i], self.theirs.kept[i]
            untorn = a in (b, was) or b == was
            if not untorn and (a is None or b is None or self._torn(was, a, b)):
                yield ("mine", i), ("theirs", i)

    def _torn(self, was: Position, a: Position, b: Position) -> bool:
        """Whether both moved or resized a position differently, or one locked what the other changed."""
        moved_a, moved_b = _shape(a) != _shape(was), _shape(b) != _shape(was)
        held = (a.locked and moved_b and not moved_a) or (b.locked and moved_a and not moved_b)
        if held and not was.locked:
            return True
        if not (moved_a and moved_b) or _shape(a) == _shape(b):
            return False
        return any(len({read(was), read(a), read(b)}) == 3 for read in (_place, _size))

    def _crowded(self) -> Iterator[tuple[_Node, _Node]]:
        """Edits of both sides that want the same room, or the one place of a product."""
        ours = [n for n in self.nodes if n[0] == "mine"]
        others = [n for n in self.nodes if n[0] == "theirs"]
        for one in ours:
            for other in others:
                if one[1] == other[1] and one[1] < len(self.base):
                    if not self._fits_mixed(one[1]):
                        yield one, other
                elif self._collide(one, other):
                    yield one, other

    def _collide(self, one: _Node, other: _Node) -> bool:
        a, b = self._after(one), self._after(other)
        if a is None or b is None or (a == b and self._is_new(one) and self._is_new(other)):
            return False
        repeated = self.rule_set is RuleSet.STRICT and a.product_id == b.product_id
        return self._touch(a, b) or (repeated and self._is_new(one) and self._is_new(other))

    def _is_new(self, node: _Node) -> bool:
        return node[1] >= len(self.base)

    def _fits_mixed(self, i: int) -> bool:
        """Whether a place from one side and a size from the other find room beside everything else."""
        p = self._mixed(i)
        if p is None or p in (self.mine.kept[i], self.theirs.kept[i]):
            return True
        start, end = span(p, self.fixture)
        if start < -ROUNDING or end > row_length(self.fixture, p.row) + tolerance(self.fixture) + ROUNDING:
            return False
        others: list[Position | None] = [q for side in self.sides.values() for q in side.added]
        for kept in (self.base, self.mine.kept, self.theirs.kept):
            others += [q for k, q in enumerate(kept) if k != i]
        return not any(q is not None and self._touch(p, q) for q in others)

    def _touch(self, a: Position, b: Position) -> bool:
        if a.row != b.row:
            return False
        (a0, a1), (b0, b1) = span(a, self.fixture), span(b, self.fixture)
        return min(a1, b1) - max(a0, b0) > tolerance(self.fixture) + ROUNDING

    def _place_clash(self, cluster: Sequence[_Node]) -> Clash:
        indexes = sorted({i for _, i in cluster if i < len(self.base)})

        def changes(name: str) -> tuple[Change, ...]:
            kept = self.sides[name].kept
            edited = [Change(self.base[i], kept[i]) for i in indexes if kept[i] != self.base[i]]
            new = [Change(None, self._after(n)) for n in cluster if n[0] == name and self._is_new(n)]
            return (*edited, *new)

        mine, theirs = changes("mine"), changes("theirs")
        slots = dict.fromkeys(s for c in (*mine, *theirs) for s in c.slots)
        return Clash("place", tuple(slots), mine, theirs)

    def _value_clash(self, i: int, kind: str) -> Clash:
        was, a, b = self.base[i], self.mine.kept[i], self.theirs.kept[i]
        standing = b or was
        return Clash(kind, (standing.slot,), (Change(was, a),), (Change(was, b),))


class _Groups:
    """Disjoint sets of nodes."""

    def __init__(self, nodes: Sequence[_Node]) -> None:
        self._parent = {node: node for node in nodes}

    def of(self, node: _Node) -> _Node:
        self._parent.setdefault(node, node)
        while self._parent[node] != node:
            node = self._parent[node]
        return node

    def join(self, one: _Node, other: _Node) -> None:
        self._parent[self.of(one)] = self.of(other)

    def members(self) -> dict[_Node, list[_Node]]:
        found: dict[_Node, list[_Node]] = defaultdict(list)
        for node in self._parent:
            found[self.of(node)].append(node)
        return found


def _side(base: Planogram, side: Planogram) -> _Side:
    pairs, _, new = match(base, side)
    at: dict[Position, list[int]] = defaultdict(list)
    for i, p in enumerate(base.positions):
        at[p].append(i)
    kept: list[Position | None] = [None] * len(base.positions)
    for before, after in pairs:
        kept[at[before].pop(0)] = after
    return _Side(tuple(kept), tuple(new))


def _either(was: Hashable, a: Hashable, b: Hashable) -> Hashable:
    """What one side alone changed, or both alike; None where they differ."""
    if a in (was, b):
        return b
    return a if b == was else None


def _all_or_nothing(base: Planogram, mine: Planogram, theirs: Planogram, keep_mine: bool) -> Merged:
    """One clash of the whole plans: their fixtures or rules do not go together."""

    def changes(side: Planogram) -> tuple[Change, ...]:
        pairs, gone, new = match(base, side)
        changed = [Change(a, b) for a, b in pairs if a != b]
        return (*changed, *(Change(p, None) for p in gone), *(Change(None, p) for p in new))

    ours, others = changes(mine), changes(theirs)
    slots = dict.fromkeys(s for c in (*ours, *others) for s in c.slots)
    return Merged(mine if keep_mine else theirs, (Clash("plan", tuple(slots), ours, others),))


def _with_value(p: Position, winner: Position, kind: str) -> Position:
    if kind == "price":
        return replace(p, price=winner.price)
    if kind == "lock":
        return replace(p, locked=winner.locked)
    return replace(p, capacity=winner.capacity, quantity=winner.quantity, par_level=winner.par_level)


def _place(p: Position) -> Hashable:
    return p.row, p.column, p.x_in


def _size(p: Position) -> Hashable:
    return p.cells, p.width_in, p.facings, p.facings_high, p.facings_deep


def _shape(p: Position) -> Hashable:
    return _place(p), _size(p)
