"""What the model check says in words: first line, findings of its charts, tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.capabilities.misses import UNKNOWN
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.capabilities.accuracy import Scores
    from core.capabilities.misses import Miss
    from core.capabilities.model_check import Drift, Drifting, Grain, Labels, ModelCheck
    from core.store.judgement import FitCard

SPAN = {"place": "a place and week", "product": "a product and week", "month": "a product and 4 weeks"}
AGAINST = "dashed: repeating the last sales, dotted: the noise of counting, which none can avoid"
HONEST = 0.03
"""An interval that holds its share within so much is called honest."""
LEANING = 0.03


def headline(check: ModelCheck, drift: Drift, weeks: int) -> tuple[str, str]:
    """The one sentence, and what it adds in quiet type."""
    scores = check.scores
    if scores is None:
        return "No forecast of this choice can be judged yet", "choose a longer period or another class"
    past = f"of the last {weeks} weeks" if weeks else "so far"
    text = (
        f"Forecasts {past} were off by {fmt.share(scores.wape)} {SPAN[check.choice.grain]}; "
        f"90% intervals held {fmt.share(scores.coverage[0.9])}"
    )
    return text, drifts(drift)


def drifts(drift: Drift) -> str:
    """Whether anything drifts, in a few words."""
    now = drift.now
    if not now:
        return "nothing drifts"
    if len(now) == 1:
        return f"{lean(now[0])} since {fmt.day(now[0].since)}"
    return f"{len(now)} things drift, since {fmt.day(min(d.since for d in now))} at the earliest"


def lean(found: Drifting) -> str:
    """ "Library north sells 23% more than forecast"."""
    if found.kind == "spread":
        return "misses are of another size than before"
    who = {
        "fleet": "all places together", "venue": f"{len(found.members)} places of kind “{found.name}”",
    }.get(found.kind, found.name)  # fmt: skip
    verb = "sell" if found.kind in ("fleet", "venue") else "sells"
    if found.until is not None:
        verb = "sold"
    side = "more" if found.percent > 0 else "less"
    return f"{who} {verb} {fmt.percent(abs(found.percent))} {side} than forecast"


def drift_title(now: int, past: int) -> str:
    """ "Nothing drifts; 3 did and stopped"."""
    text = "Nothing drifts" if not now else f"{fmt.count(now, 'thing')} drift{'s' if now == 1 else ''}"
    return text + (f"; {past} did and stopped" if past else "")


def figures(scores: Scores, grain: Grain) -> list[tuple[str, str, str]]:
    """Label, figure and note of the five numbers."""
    against = "" if scores.naive is None else f"repeating the last: {fmt.share(scores.naive)}"
    return [
        (f"Off by, {SPAN[grain]}", fmt.share(scores.wape), against),
        ("Leans", fmt.percent(100 * scores.bias, signed=True),
         "too much expected" if scores.bias > 0 else "too little expected"),
        ("80% intervals held", fmt.share(scores.coverage[0.8]), _give(scores, 0.8)),
        ("95% intervals held", fmt.share(scores.coverage[0.95]), _give(scores, 0.95)),
        ("Scaled error (MASE)", "–" if scores.mase is None else f"{scores.mase:.2f}",
         f"pinball loss {fmt.share(scores.pinball)}"),
    ]  # fmt: skip


def error_title(scores: Scores) -> str:
    """What share of the error that can be saved is saved."""
    if scores.naive is None or scores.naive <= scores.floor:
        return f"Off by {fmt.share(scores.wape)}; counting noise alone makes {fmt.share(scores.floor)}"
    saved = (scores.naive - scores.wape) / (scores.naive - scores.floor)
    if saved <= 0:
        return "Repeating the last sales would have been as good"
    return f"Forecasts avoid {fmt.share(saved)} of the error that can be avoided"


def bias_title(scores: Scores) -> str:
    if abs(scores.bias) < LEANING:
        return "Forecasts lean neither way"
    side = "more" if scores.bias > 0 else "less"
    return f"Forecasts expect {fmt.percent(abs(100 * scores.bias))} {side} than is sold"


def held_title(scores: Scores) -> str:
    gap = scores.coverage[0.8] - 0.8
    give = 2 * scores.spread[0.8] if math.isfinite(scores.spread[0.8]) else HONEST
    verdict = "honest" if abs(gap) <= max(HONEST, give) else "too wide" if gap > 0 else "too narrow"
    return f"Intervals are {verdict}: those of 80% held {fmt.share(scores.coverage[0.8])}"


def curve_title(scores: Scores) -> tuple[str, str]:
    """Whether the intervals are honest, and how far off those of 80% are."""
    text, _, told = held_title(scores).partition(": ")
    return text, told[:1].upper() + told[1:]


def class_table(scores: Mapping[str, Scores], heading: str) -> pd.DataFrame:
    """One row a class; percentages as numbers, so that the table sorts."""
    return pd.DataFrame([
        {
            heading: name or "not known", "Judged": s.rows, "Units": s.units, "Off by": 100 * s.wape,
            "Before": None if s.naive is None else 100 * s.naive, "Noise": 100 * s.floor,
            "Leans": 100 * s.bias, "MASE": s.mase, "Pinball": 100 * s.pinball,
            "80% held": 100 * s.coverage[0.8], "95% held": 100 * s.coverage[0.95],
        }
        for name, s in scores.items()
    ])  # fmt: skip


def class_title(scores: Mapping[str, Scores], noun: str) -> str:
    """The class that is worst off against what counting noise alone would leave."""
    if len(scores) < 2:
        return f"By {noun}"
    worst = max(scores, key=lambda name: scores[name].wape - scores[name].floor)
    leaning = max(scores, key=lambda name: abs(scores[name].bias))
    if abs(scores[leaning].bias) > 3 * LEANING:
        side = "more" if scores[leaning].bias > 0 else "less"
        return f"{capital(leaning)}: {fmt.percent(abs(100 * scores[leaning].bias))} {side} expected than sold"
    off, noise = fmt.share(scores[worst].wape), fmt.share(scores[worst].floor)
    return f"{capital(worst)} could gain most: off by {off}, noise {noise}"


def miss_table(misses: Sequence[Miss], labels: Labels) -> pd.DataFrame:
    return pd.DataFrame([
        {
            "Place": labels.sites.get(m.site_id, ""), "Product": labels.products.get(m.product_id, ""),
            "Week of": m.week, "Expected": m.expected, "Sold": m.actual,
            "95% interval": f"{m.lower:.0f}{fmt.DASH}{m.upper:.0f}", "Likely reason": m.reason,
        }
        for m in misses
    ])  # fmt: skip


def miss_title(misses: Sequence[Miss]) -> str:
    chance = sum(m.reason.startswith("chance") for m in misses)
    unknown = sum(m.reason == UNKNOWN for m in misses)
    text = f"{len(misses) - chance - unknown} of the {fmt.count(len(misses), 'worst miss', 'worst misses')}"
    return f"{text} have a reason in the data" + (f", {chance} may be chance" if chance else "")


def week_table(check: ModelCheck) -> pd.DataFrame:
    return pd.DataFrame([
        {
            "Week of": w.week, "Units sold": w.scores.units, "Units expected": w.scores.expected,
            "Off by %": 100 * w.scores.wape,
            "Same span before %": None if w.scores.naive is None else 100 * w.scores.naive,
            "Counting noise %": 100 * w.scores.floor, "Leans %": 100 * w.scores.bias,
            "80% held %": 100 * w.scores.coverage[0.8], "95% held %": 100 * w.scores.coverage[0.95],
        }
        for w in check.over_time
    ])  # fmt: skip


def drift_table(found: Sequence[Drifting]) -> pd.DataFrame:
    return pd.DataFrame([
        {
            "What": {"fleet": "All places", "spread": "Size of the misses"}.get(d.kind, d.name),
            "Places": ", ".join(d.members),
            "Kind": d.kind, "Since": d.since, "Until": d.until, "Against forecast": d.percent,
            "Chance without drift": d.p,
        }
        for d in found
    ])  # fmt: skip


def outcome_table(
    found: Sequence[tuple[int, Mapping[str, Any]]], names: Mapping[int, str]
) -> pd.DataFrame:
    """What-ifs that were carried out: predicted, earned, and over which days."""
    return pd.DataFrame([
        {
            "Planogram": names.get(planogram_id, "removed"), "Version": actual["version"],
            "From": date.fromisoformat(actual["first"]), "To": date.fromisoformat(actual["last"]),
            "Predicted a day": actual["predicted"],
            "Interval": f"{actual['lower']:.2f}{fmt.DASH}{actual['upper']:.2f}",
            "Earned a day": actual["daily_revenue"], "Held": bool(actual["held"]),
        }
        for planogram_id, actual in found
    ])  # fmt: skip


def fit_table(fits: Sequence[FitCard]) -> pd.DataFrame:
    """What was learned, when, from what, and what was decided about it; every decision that is known has a
    row, the newest first."""
    rows = [row for fit in fits for row in _decisions(fit)]
    rows.sort(key=lambda row: row[0], reverse=True)
    return pd.DataFrame([
        {"Model": model_name(fit.version), "When": fmt.ago(when), "From": source, "Decision": decision}
        for when, fit, source, decision in rows
    ])  # fmt: skip


def _decisions(fit: FitCard) -> list[tuple[datetime, FitCard, str, str]]:
    """When, the model, what it was learned from and the decision; a model without any has one row."""
    source = fit_source(fit.learned_from)
    kept = fit.learned_from.get("decisions")
    if not isinstance(kept, list) or not kept:
        return [(fit.created_at, fit, source, "kept for these sales")]
    told = [(datetime.fromisoformat(str(d["at"])), fit, "", decision(d)) for d in kept]
    return [*told[:-1], (told[-1][0], fit, source, told[-1][3])]


def decision(facts: Mapping[str, Any]) -> str:
    """ "Replaced the one before: it tells 1,204 sales totals of 28 days better (log score +0.021 a unit)"."""
    head = "Taken" if facts.get("replaces") else "Refused"
    reason = str(facts.get("reason", "")).rstrip(".")
    text = f"{head}: {reason[:1].lower()}{reason[1:]}"
    if "new_log_score" not in facts or "kept_log_score" not in facts:
        return text
    gain = float(facts["new_log_score"]) - float(facts["kept_log_score"])
    sign = "+" if gain >= 0 else fmt.MINUS
    judged = f"{facts['counts']:,} totals of {facts['days']} days"
    return f"{text} (log score {sign}{abs(gain):.3f} a unit, {judged})"


def model_name(version: str) -> str:
    """ "response 1.1 demo" → "Response 1.1, demo places"."""
    name, _, origin = version.rpartition(" ")
    where = {"demo": "demo places", "own": "your places"}.get(origin)
    text = f"{name}, {where}" if where else version
    return text[:1].upper() + text[1:]


def fit_source(learned_from: Mapping[str, object]) -> str:
    """What the facts kept with a fit say it was learned from."""
    told = []
    if isinstance(plans := learned_from.get("planograms"), int):
        told.append(fmt.count(plans, "planogram"))
    if isinstance(series := learned_from.get("series"), int):
        told.append(f"{series:,} products at places")
    if isinstance(end := learned_from.get("end"), str):
        told.append(f"to {fmt.day(date.fromisoformat(end))}")
    return ", ".join(told) or "–"


def stability(index: float | None) -> str:
    """The stability index in words."""
    if index is None:
        return "Too few weeks to compare the spread of errors with earlier ones"
    word = "as before" if index < 0.1 else "changed" if index < 0.25 else "much changed"
    return f"Spread of errors in the last 4 weeks: {word} (stability index {index:.2f}; 0.10 is notable)"


def capital(text: str) -> str:
    """The first letter in capitals, the rest as it is."""
    return text[:1].upper() + text[1:]


def span(drift: Drifting, today: date | None = None) -> str:
    """ "since Oct 14" or "Aug 29 – Sep 12"."""
    if drift.until is None:
        return f"since {fmt.day(drift.since, today)}"
    return fmt.days(drift.since, drift.until, today)


def _give(scores: Scores, level: float) -> str:
    error = scores.spread[level]
    chance = f", ± {fmt.percent(200 * error)}" if math.isfinite(error) else ""
    return f"of {scores.rows:,}{chance}"
