"""Settings come from the environment, and demo mode never leaves the machine."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from core.settings import DEFAULT_DATABASE_URL, Settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """No setting of the machine that runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "HOST", "PORT", "DEMO", "SECRET_KEY", "RATE_LIMITS", "UPLOAD_LIMIT_MB", "COUNTRY"):
        monkeypatch.delenv(f"WORKBENCH_{name}", raising=False)


def test_the_defaults_need_nothing() -> None:
    """SQLite beside the code, on this machine alone, with the demo."""
    settings = Settings()
    assert (settings.database_url, settings.host) == (DEFAULT_DATABASE_URL, "127.0.0.1")
    assert settings.demo_mode


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the prefix WORKBENCH_."""
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", "postgresql://db/x")
    assert Settings().database_url == "postgresql://db/x"


@pytest.mark.parametrize(("host", "allowed"), [
    ("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False),
    ("192.168.1.5", False), ("workbench.example", False)])
def test_demo_mode_is_for_loopback_only(host: str, allowed: bool) -> None:
    """Anywhere else a request needs a token."""
    settings = Settings(host=host)
    assert settings.demo_mode is allowed
    assert settings.limits_on is not allowed


def test_asking_for_demo_mode_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not silently switched off."""
    monkeypatch.setenv("WORKBENCH_DEMO", "true")
    monkeypatch.setenv("WORKBENCH_HOST", "0.0.0.0")
    with pytest.raises(ValidationError, match="demo mode is refused"):
        Settings()


def test_the_secret_is_not_shown() -> None:
    """Neither in text nor by accident; without one, a key is made for this process."""
    settings = Settings(secret_key="hush")
    assert "hush" not in repr(settings)
    assert settings.signing_key == "hush"
    made = Settings()
    assert len(made.signing_key) > 30
    assert made.signing_key == made.signing_key
    assert made.signing_key != Settings().signing_key


@pytest.mark.parametrize("bad", [{"upload_limit_mb": 0}, {"rate_limits": "often"}], ids=str)
def test_values_out_of_range_are_refused(bad) -> None:
    """At the start, not on first use."""
    with pytest.raises(ValidationError):
        Settings(**bad)


@pytest.mark.parametrize("name", ["Germany", "us", "DE_BY"])
def test_a_country_is_an_iso_code(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With a region where wanted; anything else is refused at the start."""
    monkeypatch.setenv("WORKBENCH_COUNTRY", name)
    with pytest.raises(ValidationError, match="country"):
        Settings()
    monkeypatch.setenv("WORKBENCH_COUNTRY", "DE-BY")
    assert Settings().country == "DE-BY"


def test_the_reader_of_photos_is_set_as_the_training_guide_has_it(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """AI_V2_… from the environment or the file .env, kept when the settings are made anew."""
    assert Settings().ai_v2_enabled
    monkeypatch.setenv("AI_V2_ENABLED", "false")
    (tmp_path / ".env").write_text("AI_V2_DETECTOR_MODEL=models/detector/best.onnx\n")
    read = Settings()
    assert (read.ai_v2_enabled, str(read.ai_v2_detector_model)) == (False, "models/detector/best.onnx")
    again = Settings(**{name: getattr(read, name) for name in read.model_fields_set})
    assert again == read
