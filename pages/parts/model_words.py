"""Words and tables of the Models page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.capabilities.model_use import KindUse, ModelUse
    from core.language import Choice, ModelEntry
    from core.store.language import PolicyCard
    from core.workbench.model_use import Acceptance

KINDS = {
    "label": "Labels", "category_reasoning": "Why categories fit",
    "instructions_tone": "Wording of instructions", "overview": "Overviews of plans",
    "audit_summary": "Summaries of audits", "whatif_explanation": "Explanations of what-ifs",
    "ask_plan": "Questions in words", "answer_text": "Answers in words", "document": "Planograms on paper",
    "photo_check": "Second looks at photos", "analysis": "Analyses of plans",
    "creative": "Themes and wording", "general": "Anything else",
}  # fmt: skip
OUTCOMES = {
    "started": "never ended", "rejected": "answer not good enough", "rate limited": "too many requests",
    "overloaded": "server overloaded", "timeout": "too slow", "unreachable": "not reachable",
    "cut off": "broke off", "garbled": "not its protocol", "refused": "refused",
    "not allowed": "key not accepted",
    "over budget": "stopped by a budget", "fell back": "a rule answered instead",
}  # fmt: skip
BUDGETS = {"user_day": "You, today", "day": "Everyone, today", "month": "This month"}
ALLOWED = {"request": "A request", "user_day": "A user a day", "day": "A day", "month": "A month"}
ORIGINS = {
    "tuned": "weekly tuning", "checked": "weekly look, nothing changed", "rolled back": "put back",
    "roll-out": "roll-out", "budgets": "budgets", "person": "roll-out",
}  # fmt: skip
TIERS = ("a rule", "a local model", "a mid-tier model", "a premium model")


def kind(name: str) -> str:
    return KINDS.get(name, name.replace("_", " ").capitalize())


def usd(amount: float) -> str:
    """Also what is far below a cent: "$0.0007"."""
    return f"${amount:.1g}" if 0.0 < amount < 0.0095 and amount >= 0.0001 else (
        "under $0.0001" if 0.0 < amount < 0.0001 else fmt.money(amount))


def wait(ms: float | None) -> str:
    """ "120 ms", "3.4 s"."""
    if ms is None:
        return fmt.NOTHING
    return f"{ms:.0f} ms" if ms < 995 else f"{ms / 1000:.1f} s"


def headline(use: ModelUse, month_usd: float, cap_usd: float) -> tuple[str, str]:
    """The share that cost nothing, and this month's money against its budget."""
    whole = use.whole
    share = fmt.share(whole.local_share or 0.0)
    return (
        f"{share} of {fmt.count(whole.answers, 'answer')} came from rules and local models",
        f"{usd(month_usd)} of {fmt.money(cap_usd)} spent this month",
    )


def figures(use: ModelUse) -> list[tuple[str, str, str]]:
    """Label, value and note of the tiles."""
    whole = use.whole
    each = whole.cost_usd / whole.answers if whole.answers else 0.0
    share = whole.cached / whole.answers if whole.answers else 0.0
    fell = whole.fell_back / whole.answers if whole.answers else 0.0
    return [
        ("An answer costs", usd(each), f"{usd(whole.cost_usd)} in {len(use.days)} days"),
        ("Waiting", wait(whole.p50_ms), f"95 of 100 within {wait(whole.p95_ms)}"),
        ("Quality", fmt.NOTHING if whole.quality is None else f"{whole.quality:.2f}",
         "of 1, by the validator"),
        ("From the cache", fmt.share(share), f"{whole.cached:,} asked before"),
        ("Simpler answers", fmt.percent(100 * fell), f"{whole.fell_back:,} by a rule for want of better"),
    ]  # fmt: skip


def cost_title(use: ModelUse) -> str:
    if not use.whole.cost_usd:
        return f"Nothing was spent in {len(use.days)} days"
    top = use.kinds[0]
    part = top.cost_usd / use.whole.cost_usd
    what = kind(top.task).lower()
    return f"{usd(use.whole.cost_usd)} in {len(use.days)} days; {what} took {fmt.share(part)}"


def premium_line(use: ModelUse) -> str:
    """What a premium model alone would have cost."""
    if use.all_premium_usd is None:
        return "No model has answered yet, so it cannot be said what a premium model alone would have cost."
    times = use.all_premium_usd / use.whole.cost_usd if use.whole.cost_usd else 0.0
    more = f", {times:.1f} times as much" if times >= 1.05 else ""
    return (
        f"A premium model alone would have cost about {usd(use.all_premium_usd)}{more}. Reckoned from the "
        f"length of {fmt.share(use.measured)} of the answers, the others by the mean of their kind."
    )


def kind_table(use: ModelUse) -> pd.DataFrame:
    def row(found: KindUse) -> dict[str, Any]:
        return {
            "Kind of work": kind(found.task), "Answers": found.answers,
            "Local": None if found.local_share is None else 100 * found.local_share,
            "Cost": found.cost_usd, "Median": _seconds(found.p50_ms),
            "95 of 100 within": _seconds(found.p95_ms), "Quality": found.quality,
            "From the cache": found.cached, "Simpler": found.fell_back,
            "Failed calls": found.failed,
        }
    return pd.DataFrame([row(found) for found in use.kinds])


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000.0


def cost_table(use: ModelUse) -> pd.DataFrame:
    """Day and kind, dollars, where anything was spent."""
    return pd.DataFrame(
        [(day, kind(found.task), use.cost[k, d]) for k, found in enumerate(use.kinds)
         for d, day in enumerate(use.days) if use.cost[k, d] > 0],
        columns=["Day", "Kind of work", "Cost"],
    )  # fmt: skip


def fault_lines(use: ModelUse) -> list[str]:
    """How calls failed, the most frequent first."""
    found = sorted(use.faults.items(), key=lambda item: -item[1])
    return [f"{OUTCOMES.get(name, name)}: {count:,}" for name, count in found]


def acceptance_lines(found: Sequence[Acceptance]) -> list[str]:
    def who(by: str) -> str:
        return {"rules": "the rules", "plan": "edited queries"}.get(by, by)

    return [
        f"{who(a.by).capitalize()}: {a.right} of {a.judged} said to be right" + mood(a.mood) for a in found
    ]


def mood(value: float | None) -> str:
    if value is None:
        return ""
    return "; remarks in favor" if value > 0.2 else "; remarks against" if value < -0.2 else "; mixed remarks"


def drift_line(found: Sequence[Mapping[str, Any]]) -> str:
    if not found:
        return "Drift cannot be told yet: it takes 20 calls in this week and 20 in the four before."
    moved = [d for d in found if d["grade"] != "none"]
    if not moved:
        return "Nothing drifts: this week's calls are like those of the four weeks before."
    parts = ", ".join(f"{d['what']} ({d['grade']}, index {d['index']:.2f})" for d in moved)
    return f"This week differs from the four before in {parts}."


def route_lines(choice: Choice) -> tuple[str, str]:
    """Where a text would go, and why."""
    first = choice.models[0]
    if first == "rule":
        return "A rule would answer, at no cost", _why(choice)
    dollars = choice.estimated_usd_e6 / 1e6
    cost = f"for about {usd(dollars)}" if dollars else "at no cost"
    return f"{first}, {TIERS[choice.tier]}, would answer {cost}", _why(choice)


def _why(choice: Choice) -> str:
    words = "; ".join(choice.reasons)
    after = f" If it fails: {', then '.join(choice.models[1:])}." if len(choice.models) > 1 else ""
    return f"Complexity {choice.complexity:.2f} of 1: {words}.{after}"


def registry_table(entries: Sequence[ModelEntry]) -> pd.DataFrame:
    """What is installed first."""
    ordered = sorted(entries, key=lambda e: (not e.installed, e.purpose, e.title))
    return pd.DataFrame([
        {
            "Model": e.title, "For": e.purpose.capitalize(), "Status": status(e),
            "Without it": e.stand_in or fmt.NOTHING, "How to get it": "" if e.installed else e.how,
            "Runs": e.where, "Size": size(e), "Cost": price(e), "License": e.license,
        }
        for e in ordered
    ])  # fmt: skip


def status(entry: ModelEntry) -> str:
    if not entry.installed:
        return "not installed"
    return "in use" if entry.in_use else "installed"


def size(entry: ModelEntry) -> str:
    if entry.size_mb is None:
        return fmt.NOTHING
    return f"{entry.size_mb:,.0f} MB" if entry.size_mb >= 1 else "under 1 MB"


def price(entry: ModelEntry) -> str:
    """Per million tokens."""
    if not entry.price_in and not entry.price_out:
        return "free"
    return f"${entry.price_in:g} in, ${entry.price_out:g} out"


def report_lines(card: PolicyCard) -> list[str]:
    """What a weekly look saw, in words."""
    steps = [
        f"{kind(s['kind'])}, {s['tier']}: {s['good']} of {s['judged']} near the threshold were good; "
        + ("it stays at " if s["after"] == s["before"] else f"it moves from {s['before']:.2f} to ")
        + f"{s['after']:.2f}"
        for s in card.report.get("steps", ())
    ]
    drift = [d for d in card.report.get("drift", ()) if d["grade"] != "none"]
    return steps + ([drift_line(drift)] if drift else [])


def version_table(cards: Sequence[PolicyCard]) -> pd.DataFrame:
    return pd.DataFrame([
        {
            "Version": c.policy.version, "When": fmt.ago(c.created_at), "By": ORIGINS.get(c.origin, c.origin),
            "What was seen": "; ".join(report_lines(c)) or _settings(c),
        }
        for c in cards
    ])  # fmt: skip


def _settings(card: PolicyCard) -> str:
    parts = [f"{model} for {percent:g}% of users" for model, percent in card.policy.roll_out.items()]
    parts += [f"{ALLOWED[n].lower()} at most {fmt.money(x)}" for n, x in card.policy.budgets.items()]
    seen = "nothing that speaks for a change" if card.origin == "checked" else "the thresholds of the start"
    return "; ".join(parts) or seen
