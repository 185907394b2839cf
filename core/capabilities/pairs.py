"""Placement scores: 0–100 from named parts with visible weights, for one pair or for all at once.

The parts of a score are each in [0, 1]; a part times its weight is its contribution in points, and the
contributions add up to the score. Weights are the house's, not estimated: money first, because it is
what the response knows best; the others say why, and carry the score where there is no history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from core.capabilities.moves import Moves, moves, sources_of
from core.capabilities.shelf import BoolArray, Shelf, Targets, shelf_of, target_names, zone_targets
from core.capabilities.widen import covering
from core.planogram.planogram import Planogram
from core.site.priors import place_profile
from core.site.site import Site
from core.site.zones import FloatArray, IntArray, Zones

ILLEGAL_CAP = 15.0
"""A place that a hard rule forbids scores no higher, however good it would be."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Points of each part of the score; they add up to 100."""

    money: float = 30.0
    velocity: float = 20.0
    visibility: float = 15.0
    temperature: float = 10.0
    clustering: float = 9.0
    affinity: float = 8.0
    cannibalization: float = 8.0

    def without_money(self) -> Weights:
        """The rule score: the other parts scaled up to 100."""
        scale = 100.0 / (100.0 - self.money)
        rest = {f.name: getattr(self, f.name) * scale for f in fields(self)}
        return Weights(**{**rest, "money": 0.0})


WEIGHTS = Weights()
RULE_WEIGHTS = WEIGHTS.without_money()
PARTS = tuple(f.name for f in fields(Weights))


@dataclass(frozen=True, eq=False)
class PairScores:
    """Every product at every target, arrays (P, T).

    ``score`` 0–100 · ``daily_gain`` money a day, NaN where ``legal`` is false · ``slots`` (T,) names in
    the order of the columns · ``parts`` (P, T, 7) in points, in the order of ``PARTS``, before the cap ·
    ``rules_only``: no history carries the money, so the score is the rule score.
    """

    product_ids: tuple[int, ...]
    slots: tuple[str, ...]
    score: FloatArray
    daily_gain: FloatArray
    legal: BoolArray
    parts: FloatArray
    moves: Moves
    rules_only: bool

    def row(self, product_id: int) -> int:
        """Index of a product along P. Raises ValueError when it was not asked for."""
        return self.product_ids.index(product_id)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A good place for a product."""

    slot: str
    score: float
    daily_gain: float


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The best places for a held product, best first."""

    product_id: int
    optimal_positions: tuple[Suggestion, ...]
    rules_only: bool
    learned_from: str


def score_pairs(
    plan: Planogram, site: Site, product_ids: Sequence[int] | None = None,
    sources: Mapping[int, tuple[int, int]] | None = None, targets: Targets | None = None,
) -> PairScores:
    """Scores and gains of moving products (default: the site's catalog) to every zone of the site.

    A product that stands on the plan moves from there (``sources``: which of its positions, by cell), one
    that does not replaces what stands at the target. Raises BadInput for a product not in the catalog.
    """
    if product_ids is None:
        product_ids = sorted(site.response.index.keys() & site.catalog.keys())
    ids = tuple(product_ids)
    site = covering(site, (plan,), ids)
    shelf = shelf_of(plan, site)
    where = zone_targets(plan, site) if targets is None else targets
    return _scored(shelf, ids, sources_of(shelf, ids, sources), where)


def own_scores(plan: Planogram, site: Site) -> FloatArray:
    """Score of every position of the plan where it stands, shape (n,)."""
    site = covering(site, (plan,))
    shelf, n = shelf_of(plan, site), len(plan.positions)
    zones = zone_targets(plan, site)
    columns = np.fromiter((p.column for p in plan.positions), np.int64, n)
    where = Targets(
        np.append(zones.row, shelf.row), np.append(zones.column, columns),
        np.append(zones.edge, shelf.start), np.append(zones.middle, shelf.start + shelf.length / 2.0),
    )
    pairs = _scored(shelf, tuple(p.product_id for p in plan.positions), np.arange(n), where)
    own: FloatArray = pairs.score[np.arange(n), len(zones) + np.arange(n)]
    return own


def _scored(shelf: Shelf, ids: tuple[int, ...], source: IntArray, where: Targets) -> PairScores:
    """Scores of moving the position ``source`` of each product (−1: a new one) to the targets."""
    table = moves(shelf, ids, where, source)
    rules_only = shelf.site.history_days <= 0
    weights = RULE_WEIGHTS if rules_only else WEIGHTS
    points = part_values(shelf, ids, table) * np.array([getattr(weights, name) for name in PARTS])
    total = points.sum(axis=2)
    score = np.where(table.legal, total, np.minimum(total, ILLEGAL_CAP))
    gain = np.where(table.legal, table.gain, np.nan)
    names = target_names(shelf.plan.fixture, where)
    return PairScores(ids, names, score, gain, table.legal, points, table, rules_only)


def suggest_positions(
    plan: Planogram, site: Site, product_id: int, k: int = 3, source: tuple[int, int] | None = None
) -> Suggestions:
    """The k best legal places for a product, best first: by money, without history by score.

    Raises BadInput for a product that is not in the catalog.
    """
    pairs = score_pairs(plan, site, [product_id], {product_id: source} if source else None)
    best = tuple(
        Suggestion(pairs.slots[t], float(pairs.score[0, t]), float(pairs.daily_gain[0, t]))
        for t in best_targets(pairs, 0, k)
    )
    learned = site.response.provenance.phrase_of(product_id)
    return Suggestions(product_id, best, pairs.rules_only, learned)


def best_targets(pairs: PairScores, row: int, k: int) -> list[int]:
    """Columns of the k best legal places of one product, best first; a position of several cells is one
    place, every free cell its own."""
    worth = pairs.score[row] if pairs.rules_only else pairs.daily_gain[row]
    legal = np.flatnonzero(pairs.legal[row])
    best: dict[int, int] = {}
    for t in legal[np.argsort(-worth[legal], kind="stable")].tolist():
        displaced = int(pairs.moves.displaced[row, t])
        best.setdefault(displaced if displaced >= 0 else -1 - t, t)
        if len(best) == k:
            break
    return list(best.values())


def part_values(shelf: Shelf, product_ids: Sequence[int], table: Moves) -> FloatArray:
    """Each part of the score in [0, 1], shape (P, T, 7) in the order of ``PARTS``."""
    response = shelf.site.response
    p = np.fromiter((response.index[i] for i in product_ids), np.int64, len(product_ids))[:, None]
    neighbor = float(response.point.neighbor[0])
    zone = shelf.plan.fixture.temperature_zone
    temperature = np.array([shelf.site.catalog[i].temperature in (None, zone) for i in product_ids], float)
    affinities = [response.padded_affinity[p, side] for side in (table.left, table.right)]
    friendly = sum(np.maximum(a, 0.0) for a in affinities)
    hostile = sum(np.maximum(-a, 0.0) for a in affinities)
    named = {
        "money": _money_part(table),
        "velocity": 1.0 - np.abs(_speed_rank(shelf, p) - _slot_rank(shelf, table.slot)),
        "visibility": _visibility_part(shelf, table.slot),
        "temperature": temperature[:, None],
        "clustering": _clustering_part(shelf, p, table),
        "affinity": 0.5 + 0.5 * np.tanh(2.0 * friendly) if neighbor else 0.5,
        "cannibalization": np.exp(-2.0 * hostile),
    }
    values = np.empty((*table.slot.shape, len(PARTS)))
    for k, name in enumerate(PARTS):
        values[:, :, k] = named[name]
    return values


def pair_affinity(affinity: FloatArray, a: IntArray, b: IntArray) -> FloatArray:
    """Affinity of two products by index, 0 where b is −1."""
    result: FloatArray = np.where(b >= 0, affinity[a, b], 0.0)
    return result


def _money_part(table: Moves) -> FloatArray:
    """Where the gain lies between the worst and the best legal place of the product, its own included."""
    stands = table.source >= 0
    best = np.where(table.legal, table.gain, -np.inf).max(axis=1, initial=-np.inf)
    worst = np.where(table.legal, table.gain, np.inf).min(axis=1, initial=np.inf)
    best = np.where(stands, np.maximum(best, 0.0), best)
    worst = np.where(stands, np.minimum(worst, 0.0), worst)
    known = np.isfinite(best) & (best - worst > 1e-9)
    best, worst = np.where(known, best, 1.0)[:, None], np.where(known, worst, 0.0)[:, None]
    part = np.where(known[:, None], (table.gain - worst) / (best - worst), 1.0)
    clipped: FloatArray = np.clip(np.where(table.legal, part, 0.0), 0.0, 1.0)
    return clipped


def _speed_rank(shelf: Shelf, product: IntArray) -> FloatArray:
    """Share of the plan's products that sell slower at an equal place, in [0, 1]; ties count half."""
    base = shelf.site.response.point.base[0]
    others = np.flatnonzero(np.bincount(shelf.layout.product, minlength=1))
    if len(others) < 2:
        return np.full(product.shape, 0.5)
    return _share_below(np.sort(base[others]), base[product])


def _slot_rank(shelf: Shelf, slot: FloatArray) -> FloatArray:
    values = np.sort(shelf.site.response.point.slot[0])
    if len(values) < 2 or values[-1] - values[0] < 1e-9:
        return np.full(slot.shape, 0.5)
    return _share_below(values, slot)


def _share_below(ordered: FloatArray, values: FloatArray) -> FloatArray:
    """Mid-rank of values in a sorted array, scaled so that its extremes are 0 and 1."""
    low = np.searchsorted(ordered, values - 1e-12, side="left")
    high = np.searchsorted(ordered, values + 1e-12, side="right")
    rank = (low + np.maximum(high - 1, low)) / 2.0
    share: FloatArray = np.clip(rank / (len(ordered) - 1), 0.0, 1.0)
    return share


def _visibility_part(shelf: Shelf, slot: FloatArray) -> FloatArray:
    values = shelf.site.response.point.slot[0]
    spread = float(np.ptp(values))
    if spread < 1e-9:
        return np.full(slot.shape, 0.5)
    part: FloatArray = np.clip((slot - values.min()) / spread, 0.0, 1.0)
    return part


def _clustering_part(shelf: Shelf, product: IntArray, table: Moves) -> FloatArray:
    """Share of the new neighbors of the product's own category; 1 where none of it stands elsewhere."""
    category = shelf.site.response.category
    own = category[product]
    padded = np.append(category, -1)
    sides = (table.left, table.right)
    present = sum((side >= 0).astype(float) for side in sides)
    alike = sum((padded[side] == own).astype(float) for side in sides)
    share = np.divide(alike, present, out=np.full(table.left.shape, 0.5), where=present > 0)
    counts = np.bincount(shelf.layout.category, minlength=len(shelf.site.response.categories))
    # What leaves is the product itself, which counts no more.
    elsewhere = counts[own[:, 0]] - (table.source >= 0)
    part: FloatArray = np.where(elsewhere[:, None] > 0, share, 1.0)
    return part


def reach(zones: Zones) -> FloatArray:
    """Visibility and reach of each zone from published studies, 1 at the best, shape (S,)."""
    profile: FloatArray = np.exp(place_profile(zones).sum(axis=1))
    best: FloatArray = profile / profile.max()
    return best
