"""Planograms as a merchandiser would set them, and how they change during the year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product
from core.planogram.space import new_position
from core.site.zones import FloatArray, IntArray
from core.store.demo.assortment import CATEGORIES
from core.store.demo.places import CabinetModel

MERGE_CHANCE, EXCHANGE_SHARE, MIN_PERIOD_DAYS, PROMOTION_DAYS = 0.65, 0.25, 18, 21
MAX_COILS, MAX_FACINGS = 3, 4


@dataclass
class Assortment:
    """What a site carries while its plans are being drawn up: blocks from the top, each an ordered list of
    [product id, facings], and today's prices."""

    model: CabinetModel
    blocks: list[tuple[int, list[tuple[int, int]]]]
    prices: dict[int, float] = field(default_factory=dict)

    @property
    def fixture(self) -> Fixture:
        return self.model.fixture


@dataclass(frozen=True)
class PlannedPeriod:
    """A plan in force from ``start`` to ``end``, days from 0, both included, and why it was made."""

    start: int
    end: int
    plan: Planogram
    comment: str


class Planner:
    """Draws the plans of one site. ``liking`` (P,): log appeal as this site's merchandiser guesses it."""

    def __init__(
        self,
        catalog: Catalog,
        liking: Mapping[int, float],
        markup: float,
        visits: int,
        rng: np.random.Generator,
    ) -> None:
        self._catalog, self._liking, self._markup, self._visits, self._rng = (
            catalog,
            liking,
            markup,
            visits,
            rng,
        )
        self._of_category: dict[str, list[int]] = {}
        for p in catalog.values():
            self._of_category.setdefault(p.category, []).append(p.id)

    def first(self, model: CabinetModel, mix: tuple[tuple[str, float], ...]) -> Assortment:
        """A first assortment that fills the fixture."""
        weights = np.array([w for _, w in mix]) * np.exp(self._rng.normal(0, 0.15, len(mix)))
        cells = _largest_remainders(weights, model.fixture.cell_count)
        index = {spec.name: i for i, spec in enumerate(CATEGORIES)}
        assortment = Assortment(
            model,
            [
                (index[name], self._members(self._of_category[name], int(n), model))
                for (name, _), n in zip(mix, cells, strict=True)
                if n
            ],
        )
        for product in self._catalog.values():
            assortment.prices[product.id] = round(product.price * self._markup * 20) / 20
        return assortment

    def reset(self, a: Assortment) -> None:
        """Exchange some products, change the order of some blocks and of the products in them."""
        for b, (c, members) in enumerate(a.blocks):
            kept = list(members)
            spare = [p for p in self._of_category[CATEGORIES[c].name] if p not in dict(members)]
            spare.sort(key=lambda p: self._liking[p] + self._rng.gumbel())
            for i in range(len(kept)):
                if spare and self._rng.random() < EXCHANGE_SHARE:
                    kept[i] = (spare.pop(), kept[i][1])
            if self._rng.random() < 0.6:
                kept = [kept[i] for i in self._rng.permutation(len(kept))]
            a.blocks[b] = (c, kept)
        for _ in range(max(1, len(a.blocks) // 4)):
            if len(a.blocks) > 1:
                i = int(self._rng.integers(len(a.blocks) - 1))
                a.blocks[i], a.blocks[i + 1] = a.blocks[i + 1], a.blocks[i]

    def reface(self, a: Assortment) -> None:
        """Take facings from one product and give them to another of the same block."""
        for _, members in a.blocks:
            donors = [i for i, (_, f) in enumerate(members) if f > 1]
            if donors and len(members) > 1:
                i = donors[int(self._rng.integers(len(donors)))]
                j = int(self._rng.integers(len(members)))
                if i != j and members[j][1] < MAX_FACINGS:
                    members[i] = (members[i][0], members[i][1] - 1)
                    members[j] = (members[j][0], members[j][1] + 1)

    def reprice(self, a: Assortment) -> None:
        """Raise the price of about a third of the products by 4 to 12 %."""
        for p in a.prices:
            if self._rng.random() < 0.35:
                a.prices[p] = max(
                    a.prices[p] + 0.05, round(a.prices[p] * self._rng.uniform(1.04, 1.12) * 20) / 20
                )

    def promote(self, a: Assortment) -> dict[int, float]:
        """Cut the price of one block by about a fifth; returns the prices to go back to."""
        regular = dict(a.prices)
        _, members = a.blocks[int(self._rng.integers(len(a.blocks)))]
        for p, _ in members:
            a.prices[p] = round(a.prices[p] * 0.8 * 20) / 20
        return regular

    def plan(self, a: Assortment) -> Planogram:
        """Lay the blocks out from the top left, row by row; the fixture comes out full."""
        as_found = a.fixture.placement is Placement.SLOTS
        spots = self._coils(a) if as_found else self._facings(a)
        positions = [self._position(a, *spot) for spot in spots]
        return Planogram(a.fixture, tuple(positions), RuleSet.AS_FOUND if as_found else RuleSet.STRICT)

    def _members(self, candidates: list[int], cells: int, model: CabinetModel) -> list[tuple[int, int]]:
        """Products with their facings, which add up to ``cells``; good sellers are likelier, and get more."""
        machine = model.fixture.placement is Placement.SLOTS
        distinct = min(len(candidates), max(1, round(cells * (0.78 if machine else 0.55))))
        liking = np.array([self._liking[p] for p in candidates])
        chosen = np.argsort(-(1.6 * liking + self._rng.gumbel(size=len(liking))))[:distinct]
        facings = np.ones(distinct, int)
        limit = MAX_COILS if machine else MAX_FACINGS
        order = np.argsort(-liking[chosen])
        for i in range(cells - distinct):
            facings[order[i % distinct]] += 1
        facings = np.minimum(facings, max(limit, -(-cells // distinct)))
        shuffled = self._rng.permutation(distinct)
        return [(candidates[int(chosen[i])], int(facings[i])) for i in shuffled]

    def _coils(self, a: Assortment) -> list[tuple[int, int, int, int]]:
        """(product, row, column, facings) in a machine: a second coil stands beside the first."""
        coils = [p for _, members in a.blocks for p, n in members for _ in range(n)]
        cells = a.fixture.cells()
        spots: list[tuple[int, int, int, int]] = []
        for p, (row, column) in zip(coils, cells, strict=False):
            if spots and spots[-1][:2] == (p, row) and self._joined(a, p):
                spots[-1] = (*spots[-1][:3], spots[-1][3] + 1)
            else:
                spots.append((p, row, column, 1))
        return spots

    def _joined(self, a: Assortment, product: int) -> bool:
        """Whether a site joins neighboring coils of a product: a habit that lasts, so no draw."""
        return (product * 7 + a.fixture.cell_count * 3 + len(a.blocks)) % 100 < 100 * MERGE_CHANCE

    def _facings(self, a: Assortment) -> list[tuple[int, int, int, int]]:
        """(product, row, column, facings) on a shelf: each product once, cut where a row ends."""
        wanted = [(p, n) for _, members in a.blocks for p, n in members]
        spare = [
            p
            for c, members in a.blocks
            for p in self._of_category[CATEGORIES[c].name]
            if p not in dict(members)
        ]
        wanted += [(p, 1) for p in sorted(spare, key=lambda p: -self._liking[p])]
        spots: list[tuple[int, int, int, int]] = []
        row = column = 0
        for p, n in wanted:
            if row == a.fixture.rows:
                break
            n = min(n, a.fixture.row_columns[row] - column)
            spots.append((p, row, column, n))
            column += n
            if column == a.fixture.row_columns[row]:
                row, column = row + 1, 0
        return spots

    def _position(self, a: Assortment, product: int, row: int, column: int, facings: int) -> Position:
        item = self._catalog[product]
        capacity = facings * units_deep(item, a.fixture)
        par = min(
            capacity, max(2, round(0.35 * capacity + 0.5 * self._visits * np.exp(self._liking[product])))
        )
        return replace(
            new_position(item, a.fixture, row, float(column), facings),
            capacity=capacity,
            par_level=par,
            price=a.prices[product],
        )


def units_deep(product: Product, fixture: Fixture) -> int:
    """Units behind one facing: a coil's, or what depth and shelf height of a shelf allow."""
    coil = next(spec.coil for spec in CATEGORIES if spec.name == product.category)
    if fixture.placement is Placement.SLOTS:
        return coil
    deep = max(1, int(fixture.depth_in // product.depth_in))
    high = max(1, min(2, int((fixture.shelf_height_in - 1) // product.height_in)))
    wide = max(1, int(fixture.cell_width_in // product.width_in))
    return min(deep * high * wide, 24)


def year_of_plans(
    planner: Planner, a: Assortment, seasons: Sequence[str], rng: np.random.Generator
) -> list[PlannedPeriod]:
    """4 to 7 periods (fewer in a short history): resets, price updates, facings, a promotion.

    ``seasons`` names the season of each day, for the comments.
    """
    days = len(seasons)
    count = int(np.clip(days // MIN_PERIOD_DAYS, 2, rng.integers(4, 8)))
    edges = np.round((np.arange(1, count) + rng.uniform(-0.22, 0.22, count - 1)) * days / count).astype(int)
    starts = [0, *(int(e) for e in edges), days]
    kinds = ["first", *_changes(count - 1, rng)]
    periods: list[PlannedPeriod] = []
    regular: dict[int, float] | None = None
    for k, kind in enumerate(kinds):
        comment = _change(planner, a, kind, seasons[starts[k]])
        end = starts[k + 1] - 1
        if kind == "promotion":
            regular = planner.promote(a)
            if end - starts[k] > 2 * PROMOTION_DAYS and len(periods) + len(kinds) - k < 7:
                periods.append(
                    PlannedPeriod(starts[k], starts[k] + PROMOTION_DAYS - 1, planner.plan(a), comment)
                )
                a.prices, regular, comment = regular, None, "Promotion ends"
                periods.append(PlannedPeriod(starts[k] + PROMOTION_DAYS, end, planner.plan(a), comment))
                continue
        periods.append(PlannedPeriod(starts[k], end, planner.plan(a), comment))
        if regular is not None:
            a.prices, regular = regular, None
    return periods


def _changes(count: int, rng: np.random.Generator) -> list[str]:
    """At least two resets; what else there is, is drawn, and the order too."""
    others = ["reset", "price", "facings", "promotion", "reset"]
    extra = [others[int(i)] for i in rng.choice(5, max(0, count - 2), replace=False)]
    kinds = ["reset"] * min(2, count) + extra
    return [kinds[int(i)] for i in rng.permutation(len(kinds))]


def _change(planner: Planner, a: Assortment, kind: str, season: str) -> str:
    if kind == "reset":
        planner.reset(a)
        return f"{season.capitalize()} reset"
    if kind == "price":
        planner.reprice(a)
        return "Price update"
    if kind == "facings":
        planner.reface(a)
        return "Facings by sales"
    return "Three weeks of lower prices" if kind == "promotion" else "First set"


def _largest_remainders(weights: FloatArray, total: int) -> IntArray:
    """Whole numbers in proportion to ``weights`` that add up to ``total``."""
    exact = weights / weights.sum() * total
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact)[: total - whole.sum()]] += 1
    return np.asarray(whole, np.int64)
