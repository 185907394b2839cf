"""What the browser is shown of a desk: its payload, its overlays, the first line of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.capabilities import confidence
from core.planogram.planogram import RuleSet
from core.site.zones import FloatArray
from pages.parts import format as fmt
from pages.parts.shelf_editor import comparison, payload
from pages.parts.shelf_editor import overlays as overlay

if TYPE_CHECKING:
    from pages.parts.shelf_editor.desk import Desk

CURRENCY = "$"


def whole(desk: Desk) -> payload.Json:
    """All that the component reads, as one JSON value."""
    plan, site, session, ranking = desk.plan, desk.site, desk.session, desk.ranking
    stale = ranking.plan is not plan
    found = ranking.findings
    return {
        "client": session.client,
        "ack": session.ack,
        "currency": CURRENCY,
        "readOnly": desk.read_only,
        "strict": plan.rule_set is RuleSet.STRICT,
        "canSave": session.changed and not desk.read_only,
        "changes": session.unsaved,
        "overlay": desk.overlay,
        "can": {"undo": bool(session.past), "redo": bool(session.future)},
        "plan": {"key": desk.plan_key, "name": desk.saved.name},
        "fixture": payload.fixture(plan.fixture),
        "catalogVersion": f"{site.data_version}/{len(site.catalog)}",
        "products": desk.products,
        "positions": payload.positions(plan, site.catalog, found),
        "warnings": payload.warnings(plan, found),
        "layoutScore": round(ranking.judged.score),
        "overlays": overlays(desk),
        "pairs": None if stale else payload.pairs(ranking),
        "pairsStale": stale,
        "money": payload.money(desk.figures),
        "last": _last(desk),
        "moves": None if stale else payload.next_moves(ranking.moves, site.catalog),
        "detail": payload.detail(desk.detail) if desk.detail else None,
        "found": desk.found,
        "versions": comparison.version_rows(desk.shown_versions, desk.shown_changes),
        "compare": _comparison(desk),
        "notice": desk.notice,
        "conflict": desk.conflict,
    }


def overlays(desk: Desk) -> list[payload.Json]:
    """What can be laid over the products, on the shelf and in the room."""
    found = len(desk.ranking.findings)
    return overlay.build(desk.plan, desk.site, desk.figures, _placed_scores(desk), found, desk.audited)


def _placed_scores(desk: Desk) -> FloatArray:
    """Scores of the ranking for positions that it knows, and of the move just made for its own."""
    old = desk.ranking
    places = ((p.product_id, p.row, p.x_in) for p in old.plan.positions)
    known = dict(zip(places, old.placed.tolist(), strict=True))
    score = desk.last.score if desk.last and old.plan is not desk.plan else None
    return np.array(
        [
            score.placement_score
            if score and (p.product_id, p.slot) == (score.product_id, score.slot)
            else known.get((p.product_id, p.row, p.x_in), np.nan)
            for p in desk.plan.positions
        ]
    )


def _last(desk: Desk) -> payload.Json | None:
    last = desk.last
    if last is None:
        return None
    gain, score = last.gain, last.score
    changed = abs(gain.value) >= 0.005 or gain.upper - gain.lower >= 0.005
    said = score.feedback if score else None
    trust = f"{score.confidence_word.capitalize()} confidence · {score.learned_from}" if score else ""
    return {
        "id": last.id,
        "title": last.title,
        "score": round(score.placement_score, 1) if score else None,
        "confidence": trust,
        "gain": round(gain.value, 4),
        "money": fmt.signed_parts(gain.value, gain.lower, gain.upper)[1] if changed else "",
        "pros": list(said.pros) if said else [],
        "cons": list(said.cons) if said else [],
        "hints": list(said.suggestions) if said else [],
    }


def _comparison(desk: Desk) -> payload.Json | None:
    if desk.compared is None:
        return None
    version, changes, other = desk.compared
    return comparison.compare(version, changes, other, desk.plan)


def so_what(desk: Desk) -> tuple[str, str]:
    """The first line of the page: the number that matters; in quiet type its interval and the action."""
    name, potential = desk.saved.name, desk.ranking.potential
    words = confidence.in_words(confidence.of_site(desk.site))
    if potential is None or potential.lower <= 0:
        daily = desk.figures.daily
        rest = "no single change is worth more than its uncertainty"
        amount = fmt.estimate(daily.value, daily.lower, daily.upper).split(" (")[0]
        return f"{name} earns {amount} a day", f"({payload.between(daily)}); {rest}"
    amount = fmt.estimate(potential.value, potential.lower, potential.upper).split(" (")[0]
    changes = fmt.count(len(desk.ranking.moves), "change")
    return (
        f"{name} could earn {amount} a day more",
        f"({payload.between(potential)}, {words} confidence): make {changes}",
    )
