"""Use of language models through the door: what they cost, how well they did, what may be spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import isfinite
from typing import Any

from core.capabilities.model_use import ModelUse, model_use
from core.errors import BadInput
from core.language import MICRO, Policy, Tier
from core.store import language, questions, records
from core.store import model_use as store
from core.store import tables as t
from core.store.model_use import Budget
from core.trust.access import Role
from core.workbench.door import Door

WEEK, BEFORE = timedelta(days=7), timedelta(days=28)
BUDGETS = ("request", "user_day", "day", "month")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What people said of answers: ``right`` of ``judged``, by who gave the answer ``by``; ``mood``: how the
    remarks that came with it feel, −1 to 1, None without a model or a remark."""

    by: str
    right: int
    judged: int
    mood: float | None = None


class ModelUseDoor(Door):
    """Cost, quality, acceptance and drift of language models, and their budgets."""

    def model_use(self, days: int = 30) -> ModelUse:
        """Of the last ``days`` of UTC, today among them. Raises BadInput for none or more than a year."""
        if not 1 <= days <= 366:
            raise BadInput(f"{days} days cannot be looked at.", "Give 1 to 366.")
        with self._session() as session:
            calls = store.call_columns(session, t.now().date() - timedelta(days=days - 1), days)
        return model_use(calls, days, self._premium())

    def _premium(self) -> tuple[float, float] | None:
        """Price of the cheapest premium model that the registry knows."""
        prices = [
            (e.price_in, e.price_out) for e in self.memory.models.language.catalog() if e.tier is Tier.PREMIUM
        ]
        return min(prices, key=lambda price: price[1], default=None)

    @property
    def model_faults(self) -> tuple[str, ...]:
        """What does not work now, in sentences: models that rest, a cache that is down."""
        return self.memory.models.language.faults

    def model_budgets(self) -> tuple[Budget, ...]:
        """What is spent of this user's day and of the company's day and month."""
        with self._session() as session:
            caps = self.memory.models.language.caps.within(language.newest_policy(session).budgets)
            return store.budgets(session, t.now(), caps)

    def budget_limits(self) -> Mapping[str, tuple[float, float]]:
        """Budget → dollars in force, and the most that the settings of this installation allow."""
        most = self.memory.models.language.caps
        with self._session() as session:
            now = most.within(language.newest_policy(session).budgets)
        return {name: (getattr(now, name) / MICRO, getattr(most, name) / MICRO) for name in BUDGETS}

    def set_model_budgets(self, budgets: Mapping[str, float]) -> Policy:
        """Dollars for a ``request``, a ``user_day``, a ``day`` and a ``month``; those not named stay. More
        than the settings allow has no effect. Raises BadInput and NotAllowed."""
        self._require(Role.ADMIN, "change budgets")
        for name, usd in budgets.items():
            if name not in BUDGETS:
                raise BadInput(f"There is no budget “{name[:40]}”.", f"Choose among {', '.join(BUDGETS)}.")
            if not isfinite(usd) or usd < 0:
                raise BadInput(f"{usd:g} dollars is no budget.", "Give 0 or more.")
        with self._session() as session:
            policy = language.newest_policy(session)
            changed = replace(policy, budgets={**policy.budgets, **budgets})
            saved = language.save_policy(session, changed, "budgets")
            records.audit(session, "set budgets", "router", saved.version, **budgets)
            return saved

    def model_acceptance(self, days: int = 30) -> tuple[Acceptance, ...]:
        """Of the last ``days``, those with the most answers judged first."""
        since = t.now() - timedelta(days=days)
        with self._session() as session:
            counts = questions.accepted(session, since)
            said = [s for s in questions.question_feedback(session) if s.comment and s.at >= since]
        moods = self._moods({s.answered_by for s in said}, [(s.answered_by, s.comment) for s in said])
        found = [Acceptance(by, right, n, moods.get(by)) for by, (right, n) in counts.items()]
        return tuple(sorted(found, key=lambda a: (-a.judged, a.by)))

    def _moods(self, whose: set[str], said: list[tuple[str, str]]) -> Mapping[str, float]:
        scorer = self.memory.models.sentiment
        if scorer is None or not said:
            return {}
        scores = scorer.scores([comment for _, comment in said])
        by = {name: [s for (n, _), s in zip(said, scores, strict=True) if n == name] for name in whose}
        return {name: sum(felt) / len(felt) for name, felt in by.items()}

    def model_drift(self) -> tuple[Mapping[str, Any], ...]:
        """How far this week's calls are from those of the four weeks before: ``what``, ``index`` (population
        stability index) and ``grade`` (none, notable, grave); nothing where either side has too few."""
        now = t.now()
        with self._session() as session:
            logged = language.calls(session, now - WEEK - BEFORE)
            policy = language.newest_policy(session)
        week = [c.call for c in logged if c.at >= now - WEEK]
        before = [c.call for c in logged if c.at < now - WEEK]
        _, report = self.memory.models.language.tune(week, before, policy)
        return tuple(report.get("drift", ()))
