"""What is asked: items, strips and options as arrays. A strip is a shelf row or the tray of a machine."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.errors import BadInput

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

ANYWHERE = np.nan
"""``Options.at`` of an option that may stand anywhere along its strip."""


@dataclass(frozen=True, eq=False)
class Strips:
    """Shelf rows from first to last, (S,): ``width`` in inches or cells, ``weight`` that each carries."""

    width: FloatArray
    weight: FloatArray

    @classmethod
    def of(cls, width: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> Strips:
        """Strips that carry any weight where none is given."""
        widths = np.asarray(width, dtype=float)
        carries = np.full(len(widths), np.inf) if weight is None else np.asarray(weight, dtype=float)
        return cls(widths, carries)

    def __len__(self) -> int:
        return len(self.width)


@dataclass(frozen=True, eq=False)
class Items:
    """Products, (I,).

    ``min_facings``, ``max_facings``: of a product that is placed, over all its places · ``max_places``: how
    many options of it may be chosen · ``required``: it must be placed · ``block``: its block, -1 for none.

    ``gain_width``, ``gain_slope`` (I, K): what its ``amount`` over all places is worth beside the options'
    own values: the first ``gain_width[:, 0]`` units of amount bring ``gain_slope[:, 0]`` each, the next
    ones ``gain_slope[:, 1]``, …, beyond them nothing. Slopes fall and are not negative: it is concave.

    ``place_share`` (I, R): what its best, second best, … place is worth as a share of the option's own
    value, from 1 falling; places beyond R count like the last. Without columns every place counts in full.
    """

    min_facings: IntArray
    max_facings: IntArray
    max_places: IntArray
    required: BoolArray
    block: IntArray
    gain_width: FloatArray
    gain_slope: FloatArray
    place_share: FloatArray

    @classmethod
    def of(
        cls,
        count: int,
        *,
        min_facings: npt.ArrayLike = 1,
        max_facings: npt.ArrayLike = 1_000,
        max_places: npt.ArrayLike = 1,
        required: npt.ArrayLike = False,
        block: npt.ArrayLike = -1,
        gain_width: npt.ArrayLike | None = None,
        gain_slope: npt.ArrayLike | None = None,
        place_share: npt.ArrayLike | None = None,
    ) -> Items:
        """``count`` items; every argument is one number for all of them or an array."""
        none = np.zeros((count, 0))
        return cls(
            min_facings=np.broadcast_to(np.asarray(min_facings, dtype=np.int64), (count,)),
            max_facings=np.broadcast_to(np.asarray(max_facings, dtype=np.int64), (count,)),
            max_places=np.broadcast_to(np.asarray(max_places, dtype=np.int64), (count,)),
            required=np.broadcast_to(np.asarray(required, dtype=bool), (count,)),
            block=np.broadcast_to(np.asarray(block, dtype=np.int64), (count,)),
            gain_width=none if gain_width is None else np.asarray(gain_width, dtype=float),
            gain_slope=none if gain_slope is None else np.asarray(gain_slope, dtype=float),
            place_share=none if place_share is None else np.asarray(place_share, dtype=float),
        )

    def __len__(self) -> int:
        return len(self.block)

    def take(self, keep: BoolArray | IntArray) -> Items:
        """Some of the items, in the order asked for."""
        return Items(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))

    @property
    def has_gain(self) -> bool:
        return bool(self.gain_slope.size and (self.gain_slope > 0).any())

    @property
    def has_share(self) -> BoolArray:
        """Items (I,) whose further places are worth less than the first."""
        if not self.place_share.size:
            return np.zeros(len(self), dtype=bool)
        return np.asarray((self.place_share != 1.0).any(axis=1) & (self.max_places > 1))

    def share(self, rank: IntArray, item: IntArray) -> FloatArray:
        """Shares (M,) of the ``rank``-th places, from 0, of items."""
        if not self.place_share.size:
            return np.ones(len(rank))
        return np.asarray(self.place_share[item, np.minimum(rank, self.place_share.shape[1] - 1)])

    def gain(self, amount: FloatArray) -> FloatArray:
        """What amounts (I,) are worth, (I,)."""
        if not self.gain_slope.size:
            return np.zeros(len(self))
        edge = np.concatenate([np.zeros((len(self), 1)), np.cumsum(self.gain_width, axis=1)], axis=1)
        used = np.clip(amount[:, None] - edge[:, :-1], 0.0, self.gain_width)
        return np.asarray((used * self.gain_slope).sum(axis=1))


@dataclass(frozen=True, eq=False)
class Options:
    """What may be chosen, (N,): ``item`` on ``strip``, its left edge ``at`` (NaN: anywhere along the strip).

    ``width`` and ``weight`` it takes, ``facings`` it shows, ``value`` it adds, ``amount`` it adds to its
    item's gain. ``most``: how many times side by side, each adding all of these. ``locked``: must be chosen.
    """

    item: IntArray
    strip: IntArray
    at: FloatArray
    width: FloatArray
    weight: FloatArray
    facings: IntArray
    value: FloatArray
    amount: FloatArray
    most: IntArray
    locked: BoolArray

    @classmethod
    def of(
        cls,
        item: npt.ArrayLike,
        strip: npt.ArrayLike,
        width: npt.ArrayLike,
        value: npt.ArrayLike,
        *,
        at: npt.ArrayLike = ANYWHERE,
        weight: npt.ArrayLike = 0.0,
        facings: npt.ArrayLike = 1,
        amount: npt.ArrayLike = 0.0,
        most: npt.ArrayLike = 1,
        locked: npt.ArrayLike = False,
    ) -> Options:
        """Every argument but ``item`` is one number for all options or an array."""
        items = np.asarray(item, dtype=np.int64)

        def floats(given: npt.ArrayLike) -> FloatArray:
            return np.broadcast_to(np.asarray(given, dtype=float), items.shape)

        def whole(given: npt.ArrayLike) -> IntArray:
            return np.broadcast_to(np.asarray(given, dtype=np.int64), items.shape)

        return cls(
            item=items, strip=whole(strip), at=floats(at), width=floats(width), weight=floats(weight),
            facings=whole(facings), value=floats(value), amount=floats(amount), most=whole(most),
            locked=np.broadcast_to(np.asarray(locked, dtype=bool), items.shape),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.item)

    def take(self, keep: BoolArray | IntArray) -> Options:
        """Some of the options, in the order asked for."""
        return Options(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Problem:
    """Choose options so that nothing overlaps and the sum of values and gains is greatest.

    Where items have blocks, each block stands in one window: neighboring strips, the same stretch along each
    of them, at least one item of the block on each, nothing of another block within. Items without a block
    stand together as if they were one. Every option is then free along its strip, or locked.
    """

    strips: Strips
    items: Items
    options: Options
    has_blocks: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "has_blocks", bool((self.items.block >= 0).any()))
        _check(self)


def block_of(problem: Problem) -> IntArray:
    """Each item's block, numbered from 0; items without one are the last block together."""
    named = np.unique(problem.items.block[problem.items.block >= 0])
    block = np.searchsorted(named, problem.items.block)
    return np.where(problem.items.block < 0, len(named), block).astype(np.int64)


def _check(problem: Problem) -> None:
    """Raise BadInput where the arrays contradict each other; having no solution is no contradiction."""
    strips, items, options = problem.strips, problem.items, problem.options
    _refuse(len(options) > 0 and not 0 <= options.item.min() <= options.item.max() < len(items),
            "An option names an item that is not there.")  # fmt: skip
    _refuse(len(options) > 0 and not 0 <= options.strip.min() <= options.strip.max() < len(strips),
            "An option names a strip that is not there.")  # fmt: skip
    finite = (strips.width, options.width, options.weight, options.value, options.amount,
              items.gain_width, items.gain_slope)  # fmt: skip
    whole = all(np.isfinite(array).all() for array in finite)
    _refuse(not whole, "A width, weight or value is not a finite number.")
    _refuse(bool((options.width <= 0).any()), "An option has no width.")
    _refuse(bool((options.most < 1).any() or (options.facings < 1).any()), "An option shows no facing.")
    _refuse(bool((options.weight < 0).any() or (options.amount < 0).any()), "A weight or amount is negative.")
    _refuse(items.gain_width.shape != items.gain_slope.shape, "Gains have as many widths as slopes.")
    shares = items.place_share
    _refuse(bool((np.diff(shares, axis=1) > 1e-9).any() or (shares < 0).any() or (shares[:, :1] != 1).any()),
            "Shares of places begin with 1, fall from one to the next and are not negative.")  # fmt: skip
    shared = items.has_share[options.item]
    _refuse(bool((options.value[shared] < 0).any() or (options.most[shared] > 1).any()),
            "An option whose further places count less is worth 0 or more and chosen once.")  # fmt: skip
    _refuse(bool((np.diff(items.gain_slope, axis=1) > 1e-9).any() or (items.gain_slope < 0).any()),
            "Slopes of a gain fall from one to the next and are not negative.")  # fmt: skip
    repeated = options.most[~np.isnan(options.at)] > 1
    _refuse(bool(repeated.any()), "An option with a fixed place is chosen once.")
    free = np.isnan(options.at)
    mixed = ~free & ~options.locked & (problem.has_blocks | np.isin(options.strip, options.strip[free]))
    _refuse(bool(mixed.any()), "Beside options that stand anywhere, one with a fixed place is locked.")


def _refuse(broken: bool, sentence: str) -> None:
    if broken:
        raise BadInput(sentence, "This is a mistake of the program that posed the problem.")
