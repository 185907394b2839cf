"""Language models through the door: what there is, what it costs, what the router would do and learned."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.errors import BadInput
from core.language import Call, Choice, LanguageTask, ModelEntry, Policy, Tier
from core.small_models import Heard, Speech
from core.store import language, records
from core.store import tables as t
from core.store.language import PolicyCard, StoreLedger, Usage
from core.trust.access import Role
from core.workbench.door import Door

WEEK = timedelta(days=7)
LOOKED = ("tuned", "checked", "rolled back")
"""Origins of settings after which a week passes before the log is looked at again."""
LOOKED_BACK = 5 * WEEK
LONGEST_TEXT = 4_000


class LanguageDoor(Door):
    """Models of all kinds, their use, and the router's settings."""

    @property
    def ledger(self) -> StoreLedger:
        """Where this user's calls of language models are noted."""
        return StoreLedger(self.database, self.actor)

    @property
    def speech(self) -> Speech | None:
        """What hears spoken questions; None where no model of speech is installed."""
        return self.memory.models.speech

    def heard(self, wav: bytes) -> Heard:
        """What was said in a WAV file of at most a minute. Raises BadInput for what is none, and where no
        model of speech is installed."""
        if self.speech is None:
            raise BadInput("No speech model is installed here.", "Type the question.")
        begun = time.perf_counter()
        found = self.speech.transcribe(wav)
        self.ledger.note(Call(
            "voice", self.speech.name, Tier.LOCAL, "ok", f"{found.seconds:.0f} s of sound",
            1000.0 * (time.perf_counter() - begun), quality=found.confidence if found.text else None,
        ))
        return found

    def models(self) -> tuple[ModelEntry, ...]:
        """Every model that the workbench knows of, with what is installed here."""
        return self.memory.models.language.catalog()

    def models_usage(
        self, since: datetime, until: datetime, by: tuple[str, ...] = ()
    ) -> Mapping[tuple[Any, ...], Usage]:
        """What models were asked and what it cost, from ``since`` up to ``until``; grouped by ``task``,
        ``model`` or ``tier``. Raises BadInput for a period that ends before it begins."""
        if until < since:
            raise BadInput("The period ends before it begins.", "Exchange the two days.")
        with self._session() as session:
            return language.usage(session, since, until, by)

    def route(self, kind: str, text: str = "") -> Choice:
        """What the router would do with a task of a kind and a text; nothing is called."""
        task = LanguageTask(kind, {}, lambda: "", question=text[:LONGEST_TEXT])
        return self.memory.models.language.choose(task, self.ledger)

    def router_policies(self) -> list[PolicyCard]:
        """Versions of the router's settings with what led to them, the newest first."""
        with self._session() as session:
            return language.policies(session)

    def tune_language(self) -> Policy:
        """Learn from the log, once a week; returns the policy in force. The report of what was seen is kept
        with it, also where nothing is to change; too few calls leave none."""
        now = t.now()
        with self._session() as session:
            policy, known = language.newest_policy(session), language.policies(session)
            if any(c.created_at > now - WEEK and c.origin in LOOKED for c in known):
                return policy
            logged = language.calls(session, now - LOOKED_BACK)
            week = [c.call for c in logged if c.at >= now - WEEK]
            before = [c.call for c in logged if c.at < now - WEEK]
            tuned, report = self.memory.models.language.tune(week, before, policy)
            if not any(report.values()):
                return policy
            origin = "checked" if tuned == policy else "tuned"
            saved = language.save_policy(session, tuned, origin, report)
            records.audit(session, "tune", "router", saved.version, **report)
            return saved

    def roll_back_router(self, version: int) -> Policy:
        """Put an earlier version of the router's settings back in force; budgets stay as they are. Raises
        BadInput and NotAllowed."""
        self._require(Role.ADMIN, "change the router")
        with self._session() as session:
            found = next((c for c in language.policies(session) if c.policy.version == version), None)
            if found is None and version != 0:
                raise BadInput(f"There is no version {version} of the router.", "Choose one from the list.")
            earlier = found.policy if found else Policy()
            now = language.newest_policy(session)
            saved = language.save_policy(session, replace(earlier, budgets=now.budgets), "rolled back")
            records.audit(session, "roll back", "router", saved.version, to=version)
            return saved

    def roll_out_model(self, model: str, percent: float) -> Policy:
        """Give a language model to so many of a hundred users; 0 takes it back. Raises BadInput and
        NotAllowed."""
        self._require(Role.ADMIN, "change the router")
        if not 0.0 <= percent <= 100.0:
            raise BadInput(f"{percent:g} is not a percentage.", "Give 0 to 100.")
        if model not in self.memory.models.language.models:
            raise BadInput(f"No language model “{model[:80]}” is set up.", "Choose one from the list.")
        with self._session() as session:
            policy = language.newest_policy(session)
            changed = replace(policy, roll_out={**policy.roll_out, model: percent})
            saved = language.save_policy(session, changed, "roll-out")
            records.audit(session, "roll out", "model", model, percent=percent)
            return saved
