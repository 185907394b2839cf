"""A ledger in memory, for tests of the router that need no database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock

from core.language import Call, Caps, KeptAnswer, OverBudget, Policy


@dataclass
class MemoryLedger:
    """Keeps calls in a list; ``now_policy`` is in force; ``spent`` counts against the caps."""

    user: str = "1/7"
    company: str = "1"
    now_policy: Policy = field(default_factory=Policy)
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, KeptAnswer] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def policy(self) -> Policy:
        return self.now_policy

    def reserve(self, call: Call, most_usd_e6: int, caps: Caps) -> int:
        with self.lock:
            spent = sum(c.cost_usd_e6 for c in self.calls)
            if most_usd_e6 > caps.request or spent + most_usd_e6 > min(caps.user_day, caps.day, caps.month):
                raise OverBudget("the budget is spent")
            self.calls.append(replace(call, cost_usd_e6=most_usd_e6))
            return len(self.calls) - 1

    def settle(self, call_id: int, call: Call) -> None:
        with self.lock:
            self.calls[call_id] = call

    def note(self, call: Call) -> int:
        with self.lock:
            self.calls.append(call)
            return len(self.calls) - 1

    def kept(self, key: str) -> KeptAnswer | None:
        return self.answers.get(key)

    def keep(self, key: str, answer: KeptAnswer) -> None:
        self.answers[key] = answer
