"""Configuration: environment variables with the prefix ``WORKBENCH_``; the defaults need nothing.

The reader of photos is set by ``AI_V2_…``, as the training guide has it.
"""

from __future__ import annotations

import ipaddress
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from core.language_settings import LanguageSettings

DEFAULT_DATABASE_URL = "sqlite:///data/workbench.db"
MEGABYTE = 1024 * 1024


def _ai_v2(name: str, default: Any) -> Any:
    """A setting of the reader of photos: ``AI_V2_…``, with or without the common prefix."""
    return Field(default=default, validation_alias=AliasChoices(f"AI_V2_{name}", f"WORKBENCH_AI_V2_{name}"))


class Settings(LanguageSettings):
    """What can be set from outside. Raises pydantic's ValidationError for a value out of range."""

    model_config = SettingsConfigDict(
        env_prefix="WORKBENCH_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True,
    )

    database_url: str = DEFAULT_DATABASE_URL
    host: str = "127.0.0.1"
    demo: bool = True
    """Build the demo company in an empty database and let a request without a token act as its
    manager. Counts only while the server is bound to loopback."""
    secret_key: SecretStr = SecretStr("")
    """Signs tokens; empty means a key made at the start, so that tokens end with the process."""
    upload_limit_mb: int = Field(default=200, ge=1)
    rate_limits: bool | None = None
    """None: off in demo mode, on otherwise."""
    daily_job: bool = True
    """Run the daily job (``pages.parts.daily``) beside the pages; off where something else runs it."""
    log_level: str = "INFO"
    country: str = Field(default="US", pattern=r"^[A-Z]{2,3}(-[A-Z0-9]{1,3})?$")
    """Whose public holidays count at the company's own places: ISO code, with a region as in ``US-NJ``."""
    ai_v2_enabled: bool = _ai_v2("ENABLED", True)
    """Read photos of shelves."""
    ai_v2_pipeline_config: Path | None = _ai_v2("PIPELINE_CONFIG", None)
    """How photos are read, in place of ``ml/configs/pipeline.yaml``."""
    ai_v2_detector_model: Path | None = _ai_v2("DETECTOR_MODEL", None)
    ai_v2_classifier_model: Path | None = _ai_v2("CLASSIFIER_MODEL", None)
    ai_v2_embeddings_path: Path | None = _ai_v2("EMBEDDINGS_PATH", None)
    """Models in place of those that come with the workbench."""

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        if self.demo and "demo" in self.model_fields_set and not self.on_loopback:
            raise ValueError(
                f"demo mode is refused on {self.host}: bind 127.0.0.1 or set WORKBENCH_DEMO=false"
            )
        return self

    @property
    def on_loopback(self) -> bool:
        """True where only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def demo_mode(self) -> bool:
        return self.demo and self.on_loopback

    @property
    def limits_on(self) -> bool:
        return not self.demo_mode if self.rate_limits is None else self.rate_limits

    @property
    def upload_limit_bytes(self) -> int:
        return self.upload_limit_mb * MEGABYTE

    @cached_property
    def signing_key(self) -> str:
        return self.secret_key.get_secret_value() or secrets.token_urlsafe(32)
