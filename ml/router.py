"""The router: every request goes to the cheapest way that is good enough, rules → local → mid → premium.

What a server, a network or a budget does never reaches a page: a failed call is repeated where that may
help, then the next model is asked, and at last the task's own rule answers, marked as the simpler answer.
Every call and every answer is noted in the ledger with its cost, its quality and the reason for it.
"""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any

from core.language import (
    MICRO,
    Answer,
    Call,
    Caps,
    Choice,
    Json,
    KeptAnswer,
    LanguageRequest,
    LanguageTask,
    Ledger,
    ModelEntry,
    ModelFault,
    OverBudget,
    Policy,
    Tier,
)
from core.language_settings import LanguageSettings
from core.telemetry import log, meters
from ml.answer_cache import AnswerCache
from ml.attempt import Attempt, attempted
from ml.backends import Backend, backends
from ml.breaker import FAILURES, OPEN_S, pause_s
from ml.complexity import Complexity, complexity
from ml.local.available import relevance, toxicity
from ml.prompts import build, content_key, repair, template
from ml.quality import Verdict, judge_text, plain
from ml.registry import registry
from ml.second_look import SecondLook
from ml.structured import read

RULE = "rule"
FAILED = "the router failed; see the log"
SHORTEST_TRY_S = 0.3
"""With less time than this left no call is begun."""
TRY_SHARE = 0.6
"""Of the time left, what a call may take while there are others to ask."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A task on its way: the request as it is sent, how hard it is, by what policy, until when."""

    task: LanguageTask
    request: LanguageRequest
    weight: Complexity
    policy: Policy
    wanted: Tier
    key: str
    until: float
    emit: Callable[[str], None]

    def call(self, backend: Backend, reason: str) -> Call:
        return Call(
            self.task.kind, backend.name, backend.tier, "started", reason, complexity=self.weight.score,
            prompt=template(self.task.kind).id, policy=self.policy.version,
        )

    def free(self, model: str, tier: Tier, outcome: str, reason: str, **more: Any) -> Call:
        return Call(
            self.task.kind, model, tier, outcome, reason, complexity=self.weight.score,
            prompt=template(self.task.kind).id, policy=self.policy.version, **more,
        )


class Router:
    """A ``core.language.Language`` over ``backends``. ``entries`` tells what models
    there are of all kinds; ``clock``, ``sleep`` and ``rng`` are for tests."""

    def __init__(
        self, backends: Sequence[Backend], caps: Caps | None = None, cache: AnswerCache | None = None, *,
        entries: Callable[[], tuple[ModelEntry, ...]] = tuple,
        clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep,
        rng: random.Random | None = None, second_look: SecondLook | None = None,
    ) -> None:
        self._backends = tuple(backends)
        self._caps = caps or Caps()
        self._cache = cache or AnswerCache()
        self._entries = entries
        self._clock = clock
        self._sleep = sleep
        self._rng = rng or random.Random()
        self._second_look = second_look or SecondLook()

    @property
    def models(self) -> tuple[str, ...]:
        """The language models that are set up."""
        return tuple(b.name for b in self._backends)

    @property
    def caps(self) -> Caps:
        """The budgets of the settings."""
        return self._caps

    @property
    def faults(self) -> tuple[str, ...]:
        """What does not work now, in sentences."""
        resting = (f"{b.name} failed {FAILURES} times in a row and rests for up to {OPEN_S:.0f} s."
                   for b in self._backends if b.breaker.is_open)
        return tuple(filter(None, (*resting, self._cache.fault)))

    def prepare(self) -> None:
        for backend in self._backends:
            backend.model.prepare()
        if self._backends:
            self._second_look.prepare()

    def answer(self, task: LanguageTask, ledger: Ledger) -> Answer:
        return self._safely(task, ledger, lambda _piece: None)

    def stream(self, task: LanguageTask, ledger: Ledger) -> Iterator[str | Answer]:
        queue: SimpleQueue[str | Answer | Exception] = SimpleQueue()

        def run() -> None:
            try:
                queue.put(self._safely(task, ledger, queue.put))
            except Exception as error:  # noqa: BLE001 - the rule itself is broken; who listens must not wait for ever
                queue.put(error)

        threading.Thread(target=run, name="language", daemon=True).start()
        while True:
            piece = queue.get()
            if isinstance(piece, Exception):
                raise piece
            yield piece
            if isinstance(piece, Answer):
                return

    def choose(self, task: LanguageTask, ledger: Ledger) -> Choice:
        job = self._job(task, ledger, lambda _piece: None)
        if self._rule_will_do(job):
            return Choice((RULE,), Tier.RULES, job.weight.score, job.weight.reasons, 0)
        chain = self._chain(job, ledger)
        first = chain[0] if chain else None
        return Choice(
            (*(b.name for b in chain), RULE), first.tier if first else Tier.RULES, job.weight.score,
            job.weight.reasons, first.likely(job.request) if first else 0,
        )

    def catalog(self) -> tuple[ModelEntry, ...]:
        return self._entries()

    def tune(self, calls: Sequence[Call], before: Sequence[Call], policy: Policy) -> tuple[Policy, Json]:
        from ml.learning import tune

        tuned = tune(calls, before, policy)
        return tuned.policy if tuned.changed else policy, tuned.report()

    def _safely(self, task: LanguageTask, ledger: Ledger, emit: Callable[[str], None]) -> Answer:
        """Even a ledger that cannot be written must not reach a page."""
        begun = self._clock()
        try:
            found = self._answer(self._job(task, ledger, emit), ledger)
        except Exception:  # noqa: BLE001 - a defect here must leave the page its simpler answer; the log says what
            log().exception("language_failed", kind=task.kind)
            meters().fallbacks.labels("language").inc()
            found = Answer(task.rule(), RULE, Tier.RULES, FAILED, degraded=True)
        return replace(found, latency_ms=1000.0 * (self._clock() - begun))

    def _job(self, task: LanguageTask, ledger: Ledger, emit: Callable[[str], None]) -> _Job:
        request, policy = build(task), ledger.policy()
        weight = complexity(task, request)
        if weight.score <= policy.local_limit(task.kind):
            wanted = Tier.LOCAL
        else:
            wanted = Tier.MID if weight.score <= policy.mid_limit(task.kind) else Tier.PREMIUM
        key = content_key(ledger.company, request)
        return _Job(task, request, weight, policy, wanted, key, self._clock() + task.within_s, emit)

    def _rule_will_do(self, job: _Job) -> bool:
        return job.task.may_rule and job.weight.score <= job.policy.rules_up_to

    def _answer(self, job: _Job, ledger: Ledger) -> Answer:
        if self._rule_will_do(job):
            reason = f"complexity {job.weight.score:.2f}: a rule is enough"
            return self._ruled(job, ledger, reason, degraded=False)
        if (hit := self._cache.get(job.key, ledger)) is not None:
            kept = hit.answer
            ledger.note(job.free(
                kept.model, kept.tier, "ok", f"from the cache in {hit.level}", quality=kept.quality,
                cache=hit.level,
            ))
            return Answer(kept.value, kept.model, kept.tier, f"the same was asked before ({hit.level})",
                          quality=kept.quality, cache=hit.level)
        chain = self._chain(job, ledger)
        done: list[Attempt] = []
        for backend in chain:
            tried = self._ask(backend, job, ledger, done, last=backend is chain[-1])
            done += tried
            if tried and tried[-1].outcome == "ok":
                return self._accepted(backend, job, ledger, done)
        if not chain:
            return self._ruled(job, ledger, "no model is set up or allowed", degraded=bool(self._backends))
        why = "; ".join(dict.fromkeys(f"{a.model}: {a.outcome}" for a in done)) or "no time was left"
        return self._ruled(job, ledger, why, degraded=True, done=done)

    def _chain(self, job: _Job, ledger: Ledger) -> list[Backend]:
        """From the wanted tier up, cheapest first, then down: a lower model may still do better than none."""
        fit = [
            b for b in self._backends
            if b.can(job.task) and in_roll_out(b.name, ledger.user, job.policy) and not b.breaker.is_open
        ]
        up = [b for b in fit if b.tier >= job.wanted]
        down = [b for b in reversed(fit) if b.tier < job.wanted]
        return up + down

    def _ask(
        self, backend: Backend, job: _Job, ledger: Ledger, before: Sequence[Attempt], *, last: bool
    ) -> list[Attempt]:
        """Call one model until it answers well, cannot, or no time is left; one that is not the ``last``
        leaves some time to the next. Returns what was tried."""
        reason = _reason(backend, job, before)
        done: list[Attempt] = []
        request, repaired = job.request, False
        for tried in range(job.task.tries):
            left = job.until - self._clock()
            if left < SHORTEST_TRY_S or not backend.breaker.allows():
                break
            emit = job.emit if not before and not done else (lambda _piece: None)
            caps = self._caps.within(job.policy.budgets)
            caps = replace(caps, request=caps.request - sum(a.cost for a in (*before, *done)))
            within_s = left if last else TRY_SHARE * left
            made = self._call(backend, replace(job, request=request), ledger, reason, within_s, emit, caps)
            done.append(made)
            if made.outcome == "rejected" and job.task.schema is not None and not repaired:
                repaired, request = True, repair(job.request, made.text, made.problem)
                reason = f"repair: {made.problem}"
                continue
            fault = made.fault
            if fault is None or not fault.passes or (fault.kind == "timeout" and not last):
                break
            if not self._wait(tried, fault, job):
                break
            reason = f"again after {fault.kind}"
        return done

    def _wait(self, tried: int, fault: ModelFault, job: _Job) -> bool:
        """Wait before the next try; False where that would take too long."""
        pause = pause_s(tried, fault.retry_after_s, self._rng)
        if pause + SHORTEST_TRY_S > job.until - self._clock():
            return False
        self._sleep(pause)
        return True

    def _call(
        self, backend: Backend, job: _Job, ledger: Ledger, reason: str, within_s: float,
        emit: Callable[[str], None], caps: Caps,
    ) -> Attempt:
        """One call, reserved before and settled after."""
        call = job.call(backend, reason)
        most = backend.most(job.request)
        try:
            call_id = ledger.reserve(call, most, caps) if most else None
        except OverBudget as refusal:
            ledger.note(replace(call, outcome="over budget", reason=str(refusal)))
            return Attempt(backend.name, "over budget", problem=str(refusal))
        begun = self._clock()
        made = attempted(backend.model, job.request, within_s, emit)
        if made.outcome == "ok":
            made = _judged(made, job, self._second_look)
        cost = most if made.fault is not None and made.fault.billed else backend.cost(made.usage)
        made = replace(made, cost=min(cost, most) if most else 0)
        if made.fault is None:
            backend.breaker.succeeded()
        elif made.fault.passes or made.fault.kind == "not allowed":
            backend.breaker.failed()
        ended = replace(
            call, outcome=made.outcome, latency_ms=1000.0 * (self._clock() - begun), cost_usd_e6=made.cost,
            tokens_in=made.usage.tokens_in, tokens_out=made.usage.out, quality=made.quality,
            reason=reason if not made.problem else f"{reason}; {made.problem}"[:500],
        )
        if call_id is None:
            ledger.note(ended)
        else:
            ledger.settle(call_id, ended)
        return made

    def _accepted(self, backend: Backend, job: _Job, ledger: Ledger, done: Sequence[Attempt]) -> Answer:
        last = done[-1]
        self._cache.put(job.key, KeptAnswer(last.value, backend.name, backend.tier, last.quality), ledger)
        return Answer(
            last.value, backend.name, backend.tier, _reason(backend, job, done[:-1]),
            degraded=backend.tier < job.wanted, quality=last.quality,
            cost_usd_e6=sum(a.cost for a in done), calls=len(done),
        )

    def _ruled(
        self, job: _Job, ledger: Ledger, reason: str, *, degraded: bool, done: Sequence[Attempt] = ()
    ) -> Answer:
        begun = self._clock()
        value = job.task.rule()
        if degraded:
            meters().fallbacks.labels("language").inc()
        ledger.note(job.free(
            RULE, Tier.RULES, "fell back" if degraded else "ok", reason[:500],
            latency_ms=1000.0 * (self._clock() - begun),
        ))
        called = [a for a in done if a.outcome != "over budget"]
        return Answer(value, RULE, Tier.RULES, reason, degraded=degraded,
                      cost_usd_e6=sum(a.cost for a in done), calls=len(called))


def in_roll_out(model: str, user: str, policy: Policy) -> bool:
    """Whether a user gets a model that is being rolled out. A user who has it keeps it as the percentage
    grows; users are drawn anew for each model."""
    percent = policy.roll_out.get(model, 100.0)
    drawn = int.from_bytes(hashlib.sha256(f"{model}/{user}".encode()).digest()[:8], "big") / 2.0**64
    return 100.0 * drawn < percent


def _reason(backend: Backend, job: _Job, before: Sequence[Attempt]) -> str:
    if before:
        return f"after {before[-1].model}: {before[-1].outcome}"
    words = ", ".join(job.weight.reasons)
    tier = job.wanted.name.lower()
    away = "" if backend.tier == job.wanted else f"; none of tier {tier} is there"
    return f"complexity {job.weight.score:.2f} asks for tier {tier} ({words}){away}"


def _judged(made: Attempt, job: _Job, second_look: SecondLook) -> Attempt:
    """The attempt with its value and quality, or rejected with what is wrong."""
    task = job.task
    if task.schema is not None:
        value, problem = read(made.text, task.schema, task.check)
        if problem:
            return replace(made, outcome="rejected", problem=problem, quality=0.0)
        return replace(made, value=value, quality=1.0)
    text = plain(made.text)
    if not text or made.cut_short:
        return replace(made, outcome="rejected", problem="it is empty or broke off", quality=0.0)
    verdict: Verdict = judge_text(text, task.facts, names=task.names, question=task.question)
    if offense := second_look.offense(text, task.names):
        return replace(made, outcome="rejected", problem=offense, quality=0.0)
    quality = second_look.quality(verdict.score, task.question, text)
    if not verdict.ok or quality < job.policy.quality_floor:
        problem = "; ".join(verdict.problems)[:300] or f"quality {quality:.2f}"
        return replace(made, outcome="rejected", problem=problem, quality=quality)
    return replace(made, value=text, quality=quality)


def router_of(settings: LanguageSettings) -> Router:
    """The router over what the settings name."""
    caps = Caps(*(
        round(MICRO * usd) for usd in (
            settings.budget_request_usd, settings.budget_user_day_usd, settings.budget_day_usd,
            settings.budget_month_usd,
        )
    ))
    return Router(
        backends(settings), caps, AnswerCache(settings.redis_url), entries=lambda: registry(settings),
        second_look=SecondLook(toxicity(settings), relevance(settings)),
    )
