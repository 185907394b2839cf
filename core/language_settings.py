"""Settings of language models: which there are, what they cost, how much may be spent.

Nothing leaves the machine unless a key, a token or an address is set here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class LanguageSettings(BaseSettings):
    """Part of ``core.settings.Settings``; names as environment variables have the prefix ``WORKBENCH_``."""

    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = "https://api.anthropic.com"
    claude_small: str = "claude-haiku-5-5"
    """For answers while somebody waits."""
    claude_middle: str = "claude-sonnet-5-5"
    """For analyses."""
    claude_large: str = "claude-opus-5-5"
    """For what is complex, and for pictures."""

    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-4o"
    deepseek_api_key: SecretStr = SecretStr("")
    deepseek_base_url: str = "https://api.deepseek.com/v1"
    deepseek_model: str = "deepseek-chat"
    local_llm_url: str = ""
    """An OpenAI-compatible server of one's own (Ollama, vLLM, llama.cpp), as ``http://127.0.0.1:11434/v1``."""
    local_llm_model: str = "llama3.2:1b"
    local_llm_api_key: SecretStr = SecretStr("")
    local_gguf: Path | None = None
    """A language model as a GGUF file, run in process by llama-cpp-python."""
    models_folder: Path = Path("data/models")
    """Folders of models that were brought from a hub, each named as in the registry."""
    hf_token: SecretStr = SecretStr("")
    hf_endpoint: str = ""
    """A dedicated endpoint of Hugging Face; empty for its shared service."""
    hf_model: str = "meta-llama/Llama-3.2-1B-Instruct"

    model_prices: dict[str, tuple[Dollars, Dollars]] = Field(default_factory=dict)
    """Dollars for a million tokens in and out, by model, in place of the registry's:
    ``{"gpt-4o": [2.5, 10]}``."""
    budget_request_usd: Dollars = 0.05
    budget_user_day_usd: Dollars = 2.0
    budget_day_usd: Dollars = 20.0
    budget_month_usd: Dollars = 200.0
    """What a company may spend at most; a call that could cost more than is left is not made."""
    redis_url: str = ""
    """Second level of the cache of answers, shared by processes."""
