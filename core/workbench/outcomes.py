"""What-if predictions are compared with what came of them where the plan was really changed so."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import pandas as pd

from core.capabilities.whatif_outcome import Outcome, Stood, judged_days, outcome, put_in_place
from core.store import judgement, planograms, sites
from core.store.judgement import OpenPrediction
from core.store.tenant import TenantSession


def judge_predictions(session: TenantSession) -> int:
    """Fill in what came of predictions whose plan stood long enough; returns how many that were."""
    judged = 0
    for asked in judgement.open_predictions(session):
        found = _came_true(session, asked)
        if found is not None:
            judgement.set_actual(session, asked.id, _json(found))
            judged += 1
    return judged


def _came_true(session: TenantSession, asked: OpenPrediction) -> Outcome | None:
    stood = put_in_place(asked.request, _stood(session, asked.planogram_id, asked.created_at))
    if stood is None:
        return None
    history = sites.load_history(session, [asked.planogram_id], stood.since)
    if not history:
        return None
    daily = history[0].daily
    covered = pd.Timestamp(daily["day"].max()).date()
    days = judged_days(stood, covered, int(asked.request.get("prediction_horizon_days") or 30))
    if days is None:
        return None
    inside = (daily["day"] >= pd.Timestamp(days[0])) & (daily["day"] <= pd.Timestamp(days[1]))
    return outcome(stood, days, float(daily.loc[inside, "revenue"].sum()), asked.result)


def _stood(session: TenantSession, planogram_id: int, since: datetime) -> list[Stood]:
    """The versions that came to be known as put in place after the prediction, in the order of their days."""
    cards = [card for card in planograms.versions(session, planogram_id) if card.effective_from is not None]
    cards.sort(key=lambda card: (card.effective_from or date.min, card.version))
    ends = [card.effective_from for card in cards[1:]] + [None]
    held = planograms.plans(session, planogram_id)
    return [
        Stood(card.version, held[card.version], card.effective_from or date.min, end)
        for card, end in zip(cards, ends, strict=True) if card.created_at >= since
    ]


def _json(found: Outcome) -> dict[str, Any]:
    return {
        **asdict(found), "first": found.first.isoformat(), "last": found.last.isoformat(), "held": found.held
    }
