"""The language models that are set up here, each with its adapter, tier and price."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.language import LanguageModel, LanguageRequest, LanguageTask, Tier, Usage
from core.language_settings import LanguageSettings
from ml.breaker import Breaker
from ml.claude import Claude
from ml.huggingface import HuggingFace
from ml.openai_compatible import OpenAICompatible, Structured
from ml.registry import ModelEntry, registry

PICTURE_TOKENS = 4_800
"""Most that a picture counts as, at the largest size that providers keep."""
BYTES_A_TOKEN = 3.5
READ_AGAIN, WRITTEN = 0.1, 1.25
"""Price of a token read from a provider's cache, and written to it, against one read anew."""
THINKING_ROOM = 800
SMOL_KINDS = frozenset({"label"})


@dataclass(frozen=True, eq=False)
class Backend:
    """A model behind its adapter. ``sees``: takes pictures; ``price_in`` and ``price_out``: dollars for a
    million tokens, which are millionths of a dollar for one."""

    model: LanguageModel
    tier: Tier
    price_in: float
    price_out: float
    sees: bool = True
    kinds: frozenset[str] | None = None
    """What it is asked for; None for everything."""
    structured: bool = True
    """Whether its answers can be held to a schema."""
    thinking_room: int = 0
    breaker: Breaker = field(default_factory=Breaker)

    @property
    def name(self) -> str:
        return self.model.name

    def most(self, request: LanguageRequest) -> int:
        """The most that a call can cost, in millionths of a dollar: no tokenizer makes more tokens of a text
        than it has bytes."""
        tokens = _bytes(request) + 64 + PICTURE_TOKENS * len(request.pictures)
        room = request.max_tokens + self.thinking_room
        return int(tokens * self.price_in * WRITTEN + room * self.price_out) + 1 if self.costs else 0

    def likely(self, request: LanguageRequest) -> int:
        """What a call will cost, about."""
        tokens = _bytes(request) / BYTES_A_TOKEN + PICTURE_TOKENS / 3 * len(request.pictures)
        return round(tokens * self.price_in + request.max_tokens / 2 * self.price_out)

    def cost(self, usage: Usage) -> int:
        """What a call cost, rounded up."""
        tokens = usage.fresh + usage.cached * READ_AGAIN + usage.written * WRITTEN
        return -int(-(tokens * self.price_in + usage.out * self.price_out) // 1)

    def can(self, task: LanguageTask) -> bool:
        """Whether it is able to do a task at all."""
        return (
            (self.sees or not task.pictures) and (self.structured or task.schema is None)
            and (self.kinds is None or task.kind in self.kinds)
        )

    @property
    def costs(self) -> bool:
        return self.price_in > 0 or self.price_out > 0


def _bytes(request: LanguageRequest) -> int:
    schema = len(str(request.schema)) if request.schema is not None else 0
    return len(request.system.encode()) + schema + sum(len(t.text.encode()) + 8 for t in request.turns)


def backends(settings: LanguageSettings) -> tuple[Backend, ...]:
    """The language models that have a key or an address, the cheapest first."""
    entries = {e.name: e for e in registry(settings) if e.tier is not None and e.in_use and e.installed}
    made = [_backend(entry, settings) for entry in entries.values()]
    return tuple(sorted(made, key=lambda b: (b.tier, b.price_out, b.price_in)))


def _backend(entry: ModelEntry, settings: LanguageSettings) -> Backend:
    name, tier = entry.name, entry.tier or Tier.PREMIUM
    if entry.where == "in process":
        return _in_process(name, settings)
    prices = (entry.price_in, entry.price_out)
    if name in (settings.claude_small, settings.claude_middle, settings.claude_large):
        thinks = not name.startswith(("claude-3", "claude-haiku-4", "claude-sonnet-4", "claude-opus-4"))
        room = THINKING_ROOM if thinks else 0
        key = settings.anthropic_api_key.get_secret_value()
        claude = Claude(
            name, key, settings.anthropic_base_url, effort="low" if thinks else "", thinking_room=room
        )
        return Backend(claude, tier, *prices, thinking_room=room)
    if name == settings.hf_model:
        token = settings.hf_token.get_secret_value()
        return Backend(HuggingFace(name, token, name, settings.hf_endpoint), tier, *prices, sees=False)
    url, key, structured = _server(name, settings)
    return Backend(
        OpenAICompatible(name, url, name, key, structured=structured), tier, *prices,
        sees=name == settings.openai_model,
    )


def _in_process(name: str, settings: LanguageSettings) -> Backend:
    """A GGUF file: one's own answers whatever is asked in words, SmolLM2 chooses labels alone."""
    from ml.local.llama import SMOL, LlamaCpp, packaged

    own = settings.local_gguf
    path = packaged() if name == SMOL else own
    assert path is not None, "the registry says that it is installed"
    kinds = SMOL_KINDS if name == SMOL else None
    return Backend(LlamaCpp(name, path), Tier.LOCAL, 0.0, 0.0, sees=False, structured=False, kinds=kinds)


def _server(name: str, settings: LanguageSettings) -> tuple[str, str, Structured]:
    """Address, key and what it can be held to, of a server of the chat protocol."""
    if name == settings.local_llm_model:
        return settings.local_llm_url, settings.local_llm_api_key.get_secret_value(), "schema"
    if name == settings.deepseek_model:
        return settings.deepseek_base_url, settings.deepseek_api_key.get_secret_value(), "object"
    return settings.openai_base_url, settings.openai_api_key.get_secret_value(), "schema"
