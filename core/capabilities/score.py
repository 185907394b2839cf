"""The score of one placement, with its reasons and what it is worth."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from core.capabilities import confidence as trust
from core.capabilities.change import paired_delta
from core.capabilities.feedback import Feedback, feedback_on
from core.capabilities.moves import moved
from core.capabilities.pairs import (
    ILLEGAL_CAP,
    PARTS,
    RULE_WEIGHTS,
    WEIGHTS,
    PairScores,
    best_targets,
    score_pairs,
)
from core.capabilities.shelf import cell_targets, shelf_of, zone_targets
from core.capabilities.valuation import Estimate, estimate, season_ahead
from core.capabilities.widen import covering, known_product
from core.errors import RuleViolation, WorkbenchError
from core.planogram import edit
from core.planogram.planogram import Planogram, Position
from core.site.site import Site

NOTHING = Estimate(0.0, 0.0, 0.0)
BEST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of a score: ``points`` = ``weight`` × ``value``, value in [0, 1]."""

    name: str
    weight: float
    value: float
    points: float


@dataclass(frozen=True, slots=True)
class ZoneAnalysis:
    """``current_zone_value``: sales at the slot relative to an average slot of this fixture."""

    current_zone_value: float
    optimal_zones: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PlacementScore:
    """What a product would do at a slot. ``valid`` is false, with ``error``, for a wrong product or slot.

    ``expected_revenue_delta``: money a day more (less) with its 90 % interval, 0 where a rule forbids the
    move. ``contributions`` add up to ``placement_score``. ``degraded``: only the rules speak, because
    there is no history; then ``fallback_score`` is theirs and ``required_data`` says what is missing.
    """

    valid: bool
    product_id: int
    slot: str
    placement_score: float = 0.0
    confidence: float = 0.0
    confidence_word: str = "weak"
    feedback: Feedback = field(default_factory=Feedback)
    zone_analysis: ZoneAnalysis = field(default_factory=lambda: ZoneAnalysis(0.0, (), ""))
    constraints_passed: bool = False
    violations: tuple[str, ...] = ()
    expected_revenue_delta: Estimate = NOTHING
    contributions: tuple[Contribution, ...] = ()
    degraded: bool = False
    fallback_score: float | None = None
    required_data: dict[str, object] | None = None
    learned_from: str = ""
    description: str = ""
    error: str = ""
    suggestion: str = ""
    response_time_ms: float = 0.0

    def explain(self) -> dict[str, object]:
        """Factors and weights behind the score, as plain values."""
        return {
            "score": self.placement_score,
            "contributions": [asdict(c) for c in self.contributions],
            "confidence": {"value": self.confidence, "word": self.confidence_word},
            "learned_from": self.learned_from,
            "method": "parts in [0, 1] × weights in points; the points add up to the score",
        }


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The edit that the placement means: the plan after it, or why it is refused."""

    plan: Planogram | None
    description: str
    violations: tuple[str, ...]


def score_placement(
    plan: Planogram, site: Site, product_id: int, slot: str, source: str | tuple[int, int] | None = None
) -> PlacementScore:
    """Scores putting a product at a slot (``B4`` or the machine's label).

    A product that stands on the plan is moved from ``source``, by default from where it earns least;
    another one replaces what stands there. Never raises for a wrong product or slot.
    """
    started = time.perf_counter()
    try:
        product = known_product(site, product_id)
        row, column = plan.fixture.locate(slot)
        origin = plan.fixture.locate(source) if isinstance(source, str) else source
        site = covering(site, (plan,), (product_id,))
    except WorkbenchError as problem:
        return PlacementScore(False, product_id, slot, error=problem.message, suggestion=problem.hint,
                              response_time_ms=_since(started))
    pairs, t = _pairs_with(plan, site, product_id, (row, column), origin)
    attempt = _attempt(plan, site, pairs, product_id, (row, column), t)
    result = _scored(plan, site, pairs, t, product_id, attempt)
    said = feedback_on(shelf_of(plan, site), pairs, t, product, attempt.plan, attempt.violations,
                       result.expected_revenue_delta)
    return replace(result, feedback=said, response_time_ms=_since(started))


def _pairs_with(
    plan: Planogram, site: Site, product_id: int, cell: tuple[int, int], origin: tuple[int, int] | None
) -> tuple[PairScores, int]:
    """Scores of the product at every zone, and the column that is the asked-for cell."""
    targets = zone_targets(plan, site)
    hit = np.flatnonzero((targets.row == cell[0]) & (targets.column == cell[1]))
    if not len(hit):
        row, column = np.append(targets.row, cell[0]), np.append(targets.column, cell[1])
        targets = cell_targets(plan.fixture, row, column)
        hit = np.array([len(targets) - 1])
    sources = None if origin is None else {product_id: origin}
    return score_pairs(plan, site, (product_id,), sources, targets), int(hit[0])


def _attempt(
    plan: Planogram, site: Site, pairs: PairScores, product_id: int, cell: tuple[int, int], t: int
) -> _Attempt:
    i, table = int(pairs.moves.source[0]), pairs.moves
    source: Position | None = plan.positions[i] if i >= 0 else None
    if not bool(table.legal[0, t]):
        return _refused(plan, site, product_id, source, cell)
    name = site.catalog[product_id].name
    if bool(table.stays[0, t]):
        return _Attempt(plan, f"{name} stays at {pairs.slots[t]}.", ())
    after = moved(shelf_of(plan, site), table, product_id, 0, cell[0], t)
    j = int(table.displaced[0, t])
    return _Attempt(after, _description(plan, site, name, source, j, pairs.slots[t]), ())


def _description(
    plan: Planogram, site: Site, name: str, source: Position | None, displaced: int, slot: str
) -> str:
    if displaced < 0:
        return f"Puts {name} at {slot}."
    other = site.catalog[plan.positions[displaced].product_id].name
    return f"Swaps {name} with {other}." if source is not None else f"Replaces {other} with {name}."


def _refused(
    plan: Planogram, site: Site, product_id: int, source: Position | None, cell: tuple[int, int]
) -> _Attempt:
    """What the editor says to the same move, and the temperature, which moving does not make worse."""
    needs = _temperature_refusal(site, plan, product_id)
    try:
        edit.drop(plan, site.catalog, cell, source=source, product_id=product_id)
    except WorkbenchError as refused:
        broken = refused.violations if isinstance(refused, RuleViolation) else ()
        said = tuple(v.message for v in broken) or (refused.message,)
        return _Attempt(None, "", said)
    return _Attempt(None, "", needs)


def _temperature_refusal(site: Site, plan: Planogram, product_id: int) -> tuple[str, ...]:
    """A product that already stands too warm breaks no new rule by moving, and still stands wrong."""
    product, zone = site.catalog[product_id], plan.fixture.temperature_zone
    if product.temperature in (None, zone):
        return ()
    return (f"{product.name} needs a {product.temperature} place, this one is {zone}.",)


def _scored(
    plan: Planogram, site: Site, pairs: PairScores, t: int, product_id: int, attempt: _Attempt
) -> PlacementScore:
    response, passed = site.response, attempt.plan is not None
    score = float(pairs.score[0, t])
    total = float(pairs.parts[0, t].sum())
    score = score if passed else min(total, ILLEGAL_CAP)
    confidence = trust.of_product(site, product_id)
    needs = trust.required_data(site.history_days)
    return PlacementScore(
        True, product_id, pairs.slots[t], score, confidence, trust.in_words(confidence),
        zone_analysis=_zone_analysis(site, pairs, t),
        constraints_passed=passed,
        violations=attempt.violations,
        expected_revenue_delta=_money(plan, site, attempt.plan, float(pairs.moves.gain[0, t])),
        contributions=_contributions(pairs, t, score - total),
        degraded=pairs.rules_only,
        fallback_score=score if pairs.rules_only else None,
        required_data=needs,
        learned_from=response.provenance.phrase_of(product_id),
        description=attempt.description,
    )


def _money(plan: Planogram, site: Site, after: Planogram | None, gain: float) -> Estimate:
    if after is None or after is plan:
        return NOTHING
    return estimate(gain, paired_delta(plan, after, site, season_ahead(site), site.response.draws))


def _contributions(pairs: PairScores, t: int, cap: float) -> tuple[Contribution, ...]:
    weights = RULE_WEIGHTS if pairs.rules_only else WEIGHTS
    parts = []
    for name, points in zip(PARTS, pairs.parts[0, t], strict=True):
        weight = getattr(weights, name)
        if weight > 0:
            parts.append(Contribution(name, weight, float(points) / weight, float(points)))
    if cap < 0:
        parts.append(Contribution("hard rule", cap, 1.0, cap))
    return tuple(parts)


def _zone_analysis(site: Site, pairs: PairScores, t: int) -> ZoneAnalysis:
    value = float(np.exp(pairs.moves.slot[0, t]))
    best = best_targets(pairs, 0, BEST_SHOWN)
    slots = tuple(pairs.slots[b] for b in best)
    if not slots:
        return ZoneAnalysis(value, (), "No legal place is left for this product.")
    top = float(np.exp(pairs.moves.slot[0, best[0]]))
    reason = (
        f"{pairs.slots[t]} sells {_percent(value)} an average slot, {slots[0]} {_percent(top)} it"
        f" ({site.response.provenance.phrase})."
    )
    return ZoneAnalysis(value, slots, reason)


def _percent(multiplier: float) -> str:
    share = round((multiplier - 1.0) * 100)
    return "as much as" if share == 0 else f"{abs(share)}% {'above' if share > 0 else 'below'}"


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000.0
