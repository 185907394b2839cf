"""What is wrong with a plan: every rule it breaks, with its place, a fix of one click, and a score.

Errors are the hard rules; warnings are advice. A person may live with a warning: it is then shown as
acknowledged and no longer counts, until its facts change.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from core.capabilities.overlays import COMPETING, units_a_day
from core.capabilities.validate.edits import Fix
from core.capabilities.validate.fixes import Workshop, mended
from core.capabilities.validate.rules import money_notices, weight
from core.capabilities.widen import covering
from core.planogram.findings import Notice, Rule, Violation
from core.planogram.notices import notices
from core.planogram.planogram import Planogram, Position
from core.planogram.rules import violations
from core.planogram.space import row_length, span
from core.site.site import Site
from core.site.zones import FloatArray

WITH_ERRORS = 59.0
"""The most that a plan with a broken hard rule may score."""

Finding = Violation | Notice
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Issue:
    """A rule that is broken. ``key`` names it as long as its facts stay the same; ``fix`` mends it."""

    rule: Rule
    severity: str
    message: str
    slot: str | None
    product_id: int | None
    hint: str
    key: str
    fix: Fix | None = None
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Validation:
    """``score`` 0–100: 100 less what each issue takes off; see ``validate_rules.weight``."""

    score: float
    issues: tuple[Issue, ...]

    @property
    def open_issues(self) -> tuple[Issue, ...]:
        return tuple(i for i in self.issues if not i.acknowledged)


def validate(
    plan: Planogram, site: Site, acknowledged: Collection[str] = (), *, service_days: float | None = None,
    with_fixes: bool = True,
) -> Validation:
    """Judge a plan at its site; errors first. ``acknowledged``: keys of warnings that somebody lives with.
    ``service_days`` between two refills: for how long par levels have to last, where that is known.

    A fix is offered only where it was tried: it ends the issue, breaks no hard rule and does not lower the
    score, neighbors that compete aside.
    """
    known = _known(plan, site, service_days)
    found = _found(plan, site, known)
    issues = [
        Issue(f.rule, f.severity, f.message, f.slot, f.product_id, f.hint, key := issue_key(f),
              acknowledged=f.severity == "warning" and key in acknowledged)
        for f in found
    ]
    if with_fixes and issues:
        counted = [f for f in found if f.rule is not Rule.COMPETING_APART]  # many, and each of little weight
        quick = replace(known, competing=())
        whole = all(f.severity != "error" for f in found)  # then no edit can break a hard rule
        judge = partial(_soft if whole else _found, site=site, known=quick)
        workshop = Workshop(plan, site, counted, judge)
        fixes = mended(workshop, [f for f, i in zip(found, issues, strict=True) if not i.acknowledged])
        issues = [i if i.acknowledged else replace(i, fix=fixes.get(id(f)))
                  for f, i in zip(found, issues, strict=True)]
    return Validation(_score(plan, issues), tuple(issues))


def findings(plan: Planogram, site: Site, service_days: float | None = None) -> tuple[Finding, ...]:
    """Broken hard rules first, then every soft rule that is not followed, in the order of ``Rule``."""
    return _found(plan, site, _known(plan, site, service_days))


_UNSOUND = frozenset({
    Rule.KNOWN_PRODUCT, Rule.PRODUCT_SIZE, Rule.FACINGS, Rule.OUTSIDE, Rule.FOOTPRINT, Rule.AMOUNT,
})
"""Positions that break these are left out of what the soft rules judge: their place means nothing."""


def _slot(position: Position) -> str | None:
    """None for a place that is none."""
    try:
        return position.slot
    except (TypeError, ValueError, OverflowError):
        return None


@dataclass(frozen=True, eq=False)
class _Known:
    """What the soft rules are judged with; an edit of one product changes next to nothing of it."""

    slot_value: FloatArray | None
    rates: Mapping[int, float]
    forecast: Mapping[int, float]
    competing: Collection[tuple[int, int]]


def _sound(plan: Planogram, broken: Sequence[Violation]) -> Planogram:
    """The plan less the positions whose place or product means nothing."""
    hurt = {(v.slot, v.product_id) for v in broken if v.rule in _UNSOUND}
    if not hurt:
        return plan
    return plan.with_positions(p for p in plan.positions if (_slot(p), p.product_id) not in hurt)


def _known(plan: Planogram, site: Site, service_days: float | None) -> _Known:
    plan = _sound(plan, violations(plan, site.catalog))
    site = covering(site, (plan,))
    response = site.response
    value = np.exp(response.point.slot[0]) if len(response.zones) == plan.fixture.cell_count else None
    rates: dict[int, float] = defaultdict(float, _elsewhere(plan, site))
    for p, units in zip(plan.positions, units_a_day(plan, site), strict=True):
        rates[p.product_id] += units
    ids = plan.product_ids
    index = [response.index[i] for i in ids]
    hostile = np.argwhere(np.triu(response.affinity[np.ix_(index, index)] < -COMPETING, 1))
    return _Known(
        value, rates, {i: rate * (service_days or 0.0) for i, rate in rates.items()},
        tuple((ids[a], ids[b]) for a, b in hostile.tolist()),
    )


def _elsewhere(plan: Planogram, site: Site) -> dict[int, float]:
    """Units a day in an average place of the products that are not on the plan."""
    response, standing = site.response, set(plan.product_ids)
    units = np.exp(response.point.base[0]).tolist()
    known = zip(response.product_ids.tolist(), units, strict=True)
    return {i: value for i, value in known if i not in standing}


def _found(plan: Planogram, site: Site, known: _Known) -> tuple[Finding, ...]:
    broken = violations(plan, site.catalog)
    return (*broken, *_soft(_sound(plan, broken), site, known))


def _soft(plan: Planogram, site: Site, known: _Known) -> tuple[Finding, ...]:
    advice = notices(plan, site.catalog, slot_value=known.slot_value, rates=known.rates,
                     forecast=known.forecast, competing=known.competing)
    return (*advice, *money_notices(plan, site.catalog, known.rates))


def issue_key(finding: Finding) -> str:
    """The same as long as the facts are: figures count by their first digit, so that a new estimate of
    much the same does not bring an acknowledged issue back."""
    facts = _FIGURE.sub(lambda m: f"{float(m[0]):.0e}", finding.message)
    text = f"{finding.rule}|{finding.slot}|{finding.product_id}|{facts}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _score(plan: Planogram, issues: list[Issue]) -> float:
    places = max(len(plan.positions), math.ceil(_used(plan)), 1)
    lost = sum(weight(i.rule, i.severity) for i in issues if not i.acknowledged)
    score = 100.0 * max(0.0, 1.0 - lost / places)
    return min(score, WITH_ERRORS) if any(i.severity == "error" for i in issues) else score


def _used(plan: Planogram) -> float:
    """How many places of average size the fixture has, at least its positions."""
    lengths = [end - start for start, end in (span(p, plan.fixture) for p in plan.positions)]
    room = sum(row_length(plan.fixture, row) for row in range(plan.fixture.rows))
    typical = float(np.median(lengths)) if lengths else 0.0
    return min(room / typical, 10_000.0) if typical > 0 and math.isfinite(typical) else 0.0
