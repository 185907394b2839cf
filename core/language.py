"""What the engine asks of language models: requests, answers, and what is remembered of each call.

``LanguageModel`` is one model behind one wire; ``Language`` the router before them all, which never raises.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, Literal, Protocol

Json = Mapping[str, Any]
MICRO = 1_000_000
"""Millionths of a dollar in one; money is counted in whole ones."""


class Tier(IntEnum):
    """How dear a way to an answer is."""

    RULES = 0
    LOCAL = 1
    MID = 2
    PREMIUM = 3

    @property
    def is_free(self) -> bool:
        return self <= Tier.LOCAL


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as sent. ``media_type`` as in ``image/jpeg``."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Turn:
    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class LanguageRequest:
    """One call of a model. ``system`` is the same for every call of a purpose, so that a provider may cache
    it; ``schema``: JSON schema that the answer must obey, None for plain text; ``pictures`` go with the last
    turn of the user."""

    purpose: str
    system: str
    turns: tuple[Turn, ...]
    schema: Json | None = None
    pictures: tuple[Picture, ...] = ()
    max_tokens: int = 600


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that were billed: read anew, read from the provider's cache, written to it, and put out."""

    fresh: int = 0
    cached: int = 0
    written: int = 0
    out: int = 0

    @property
    def tokens_in(self) -> int:
        return self.fresh + self.cached + self.written


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer. ``stopped``: ``end``, or ``length`` where it ran into ``max_tokens``."""

    text: str
    usage: Usage = Usage()
    stopped: Literal["end", "length"] = "end"


FaultKind = Literal[
    "rate limited", "overloaded", "timeout", "unreachable", "cut off", "garbled", "refused", "not allowed"
]


class ModelFault(Exception):
    """A call that brought no answer. ``retry_after_s``: what the server asked to wait; ``billed``: whether it
    may have cost something all the same."""

    def __init__(
        self, kind: FaultKind, message: str, *, retry_after_s: float | None = None, billed: bool = False
    ) -> None:
        super().__init__(message)
        self.kind: FaultKind = kind
        self.retry_after_s = retry_after_s
        self.billed = billed

    @property
    def passes(self) -> bool:
        """Whether the same call may succeed a little later."""
        return self.kind not in ("refused", "not allowed")


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model that the workbench knows of. ``size_mb`` is None for what runs elsewhere · ``tier`` and prices
    (dollars for a million tokens): of language models · ``in_use``: whether the workbench calls it where it
    is installed; ``stand_in``: what does its work without it · ``how``: the command or setting that brings
    it."""

    name: str
    purpose: str
    title: str
    license: str
    where: Literal["in process", "own server", "provider"]
    how: str
    size_mb: float | None = None
    tier: Tier | None = None
    price_in: float = 0.0
    price_out: float = 0.0
    in_use: bool = True
    stand_in: str = ""
    installed: bool = False

    @property
    def status(self) -> str:
        return "installed" if self.installed else "not installed"


class LanguageModel(Protocol):
    """One model that puts out text."""

    @property
    def name(self) -> str:
        """As in the registry."""

    def prepare(self) -> None:
        """Load what the first call needs, so that nobody waits for it."""

    def stream(self, request: LanguageRequest, within_s: float) -> Generator[str, None, Completion]:
        """Pieces of the answer as they come; returns the whole. Raises ModelFault, never another error of
        the network or of the provider."""


def complete(model: LanguageModel, request: LanguageRequest, within_s: float) -> Completion:
    """The whole answer at once. Raises ModelFault."""
    pieces = model.stream(request, within_s)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            whole: Completion = end.value
            return whole


@dataclass(frozen=True, slots=True)
class LanguageTask:
    """What a page or capability wants put into words, or read out of words.

    ``kind`` names the prompt template (see ``ml.prompts``) · ``facts``: computed values, all that a text may
    state · ``question``: a person's own words · ``names``: every name that the company knows, so that one
    which is not among the facts is noticed · ``rule``: the answer without a model, a text or a JSON value ·
    ``check``: what is wrong with a JSON answer beyond its schema, "" where nothing is · ``creative``: wants
    a free hand · ``may_rule``: whether the rule's answer is as good as any for a simple task.
    """

    kind: str
    facts: Json
    rule: Callable[[], Any]
    question: str = ""
    names: Sequence[str] = ()
    schema: Json | None = None
    check: Callable[[Any], str] | None = None
    pictures: tuple[Picture, ...] = ()
    max_tokens: int = 600
    within_s: float = 8.0
    creative: bool = False
    may_rule: bool = True
    tries: int = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """``value`` is the text, or the checked JSON value where the task has a schema. ``degraded``: a simpler
    way than the one wanted answered; ``reason`` says in words why it was answered this way; ``cache``: the
    level that held it, "" for a new one; ``calls`` models were called for it."""

    value: Any
    model: str
    tier: Tier
    reason: str
    degraded: bool = False
    quality: float | None = None
    cost_usd_e6: int = 0
    latency_ms: float = 0.0
    cache: str = ""
    calls: int = 0

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def cost_usd(self) -> float:
        return self.cost_usd_e6 / MICRO


@dataclass(frozen=True, slots=True)
class Choice:
    """What the router would do: the models in the order in which it would try them."""

    models: tuple[str, ...]
    tier: Tier
    complexity: float
    reasons: tuple[str, ...]
    estimated_usd_e6: int
    """Of the first of the models."""


OUTCOMES = (
    "started", "ok", "rejected", "rate limited", "overloaded", "timeout", "unreachable", "cut off", "garbled",
    "refused", "not allowed", "over budget", "fell back",
)
"""How a call may end. "rejected": it answered, but its text did not pass the validator; "fell back": the
rule answered in its place."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it is remembered; ``reason``: why this model."""

    task: str
    model: str
    tier: Tier
    outcome: str
    reason: str
    latency_ms: float = 0.0
    cost_usd_e6: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    quality: float | None = None
    complexity: float | None = None
    cache: str = ""
    prompt: str = ""
    policy: int = 0


@dataclass(frozen=True, slots=True)
class Caps:
    """Most that may be spent, in millionths of a dollar."""

    request: int = 50_000
    user_day: int = 2 * MICRO
    day: int = 20 * MICRO
    month: int = 200 * MICRO

    def within(self, budgets: Mapping[str, float]) -> Caps:
        """With the budgets (dollars, by field) that are tighter: nobody can spend more than the settings
        allow."""
        tighter = {
            name: min(getattr(self, name), round(MICRO * usd)) for name, usd in budgets.items()
            if name in self.__dataclass_fields__
        }
        return replace(self, **tighter)


class OverBudget(Exception):
    """A call that was not made, because it could cost more than is left."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The router's settings that are learned or set by people; each change is a new version.

    Complexities up to ``rules_up_to`` are answered by the rule, up to ``local_up_to[kind]`` by a local model,
    up to ``mid_up_to[kind]`` by a mid-tier one. ``quality_floor``: below it an answer is not good enough.
    ``roll_out``: percent of the users who get a model; all where it is not named · ``budgets``: dollars by
    field of ``Caps``, which can only be tighter than those of the settings.
    """

    version: int = 0
    rules_up_to: float = 0.2
    local_up_to: Mapping[str, float] = field(default_factory=dict)
    mid_up_to: Mapping[str, float] = field(default_factory=dict)
    quality_floor: float = 0.75
    roll_out: Mapping[str, float] = field(default_factory=dict)
    budgets: Mapping[str, float] = field(default_factory=dict)

    def local_limit(self, kind: str) -> float:
        return self.local_up_to.get(kind, 0.55)

    def mid_limit(self, kind: str) -> float:
        return max(self.mid_up_to.get(kind, 0.75), self.local_limit(kind))


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A good answer kept for the same question."""

    value: Any
    model: str
    tier: Tier
    quality: float | None


class Ledger(Protocol):
    """What is remembered for one user of one company. Every method may be called from many threads."""

    @property
    def company(self) -> str:
        """Keeps answers of companies apart."""

    @property
    def user(self) -> str:
        """Stable name of the user, for gradual roll-out."""

    def policy(self) -> Policy:
        """The one in force."""

    def reserve(self, call: Call, most_usd_e6: int, caps: Caps) -> int:
        """Note a call that begins and set aside the most that it may cost; returns its id. Raises OverBudget
        where that would reach beyond a cap, and notes nothing."""

    def settle(self, call_id: int, call: Call) -> None:
        """Note how a reserved call ended and what it really cost."""

    def note(self, call: Call) -> int:
        """Note a call that costs nothing; returns its id."""

    def kept(self, key: str) -> KeptAnswer | None:
        """An answer of at most a day ago."""

    def keep(self, key: str, answer: KeptAnswer) -> None:
        """Keep an answer for a day."""


class Language(Protocol):
    """The router, as capabilities and the door see it."""

    @property
    def models(self) -> tuple[str, ...]:
        """The language models that are set up; empty where the rules answer everything."""

    @property
    def caps(self) -> Caps:
        """The budgets of the settings."""

    @property
    def faults(self) -> tuple[str, ...]:
        """What does not work now, in sentences."""

    def prepare(self) -> None:
        """Load what the first calls need; to be called in the background."""

    def answer(self, task: LanguageTask, ledger: Ledger) -> Answer:
        """The answer; never raises for what a model, a network or a budget does."""

    def stream(self, task: LanguageTask, ledger: Ledger) -> Iterator[str | Answer]:
        """Pieces of the text as they come, at last the answer, whose text counts and may differ."""

    def choose(self, task: LanguageTask, ledger: Ledger) -> Choice:
        """What ``answer`` would do; calls nothing."""

    def catalog(self) -> tuple[ModelEntry, ...]:
        """Every model that the workbench knows of, of all kinds, with what is installed here."""

    def tune(self, calls: Sequence[Call], before: Sequence[Call], policy: Policy) -> tuple[Policy, Json]:
        """A policy learned from this week's calls, and the report; ``before``: those of the weeks before."""


@dataclass(frozen=True, slots=True)
class RulesOnly:
    """A ``Language`` without models."""

    models: tuple[str, ...] = field(default=(), init=False)
    caps: Caps = field(default=Caps(), init=False)
    faults: tuple[str, ...] = field(default=(), init=False)

    def prepare(self) -> None:
        """There is nothing to load."""

    def answer(self, task: LanguageTask, ledger: Ledger) -> Answer:
        return Answer(task.rule(), "rule", Tier.RULES, "no model is set up")

    def stream(self, task: LanguageTask, ledger: Ledger) -> Iterator[str | Answer]:
        yield self.answer(task, ledger)

    def choose(self, task: LanguageTask, ledger: Ledger) -> Choice:
        return Choice(("rule",), Tier.RULES, 0.0, ("no model is set up",), 0)

    def catalog(self) -> tuple[ModelEntry, ...]:
        return ()

    def tune(self, calls: Sequence[Call], before: Sequence[Call], policy: Policy) -> tuple[Policy, Json]:
        return policy, {}


RULES_ONLY: Language = RulesOnly()
