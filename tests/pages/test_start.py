"""Demo mode follows the address that the server is really bound to; the daily job reaches everyone."""

from __future__ import annotations

import pytest
import streamlit as st
from pydantic import ValidationError

from core.settings import Settings
from core.store import users
from core.store.database import Actor, Database
from core.workbench import Workbench
from pages.parts.daily import run
from pages.parts.start import bound_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """No setting of the machine that runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOST", "DEMO", "SECRET_KEY"):
        monkeypatch.delenv(f"WORKBENCH_{name}", raising=False)


@pytest.mark.parametrize(("address", "demo"), [
    ("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), (None, False), ("", False),
    ("192.0.2.7", False)])
def test_demo_mode_is_on_where_only_this_machine_gets_in(monkeypatch, address: str | None, demo: bool) -> None:
    """No address means all of them. What else was set stays."""
    monkeypatch.setattr(st, "get_option", lambda name: address)
    settings = bound_settings(Settings(host="127.0.0.1", secret_key="hush", upload_limit_mb=7))
    assert settings.demo_mode is demo
    assert settings.limits_on is not demo
    assert (settings.signing_key, settings.upload_limit_mb) == ("hush", 7)


def test_demo_mode_that_was_asked_for_is_not_silently_off(monkeypatch) -> None:
    """The start ends with the reason, by setting as by environment."""
    monkeypatch.setattr(st, "get_option", lambda name: "0.0.0.0")
    with pytest.raises(ValidationError, match="demo mode is refused"):
        bound_settings(Settings(demo=True))
    monkeypatch.setenv("WORKBENCH_DEMO", "true")
    with pytest.raises(ValidationError, match="demo mode is refused"):
        bound_settings(Settings())
    monkeypatch.setenv("WORKBENCH_DEMO", "false")
    assert not bound_settings(Settings()).demo_mode


def test_a_forecast_that_fails_stops_no_other(monkeypatch) -> None:
    """Of two companies with places of their own and the demo's, each gets its turn."""
    asked = []

    def keep(self, is_demo: bool) -> int:
        asked.append((self.actor.company_id, is_demo))
        if not is_demo:
            raise RuntimeError("a bad day")
        return 1

    monkeypatch.setattr(Workbench, "keep_forecasts", keep)
    monkeypatch.setattr(users, "everyone", lambda database: [Actor(None, 1), Actor(None, 2)])
    monkeypatch.setattr(Workbench, "finish_learning", lambda self, is_demo: False)
    run(Database("sqlite://"), Settings(demo=True))
    assert asked == [(1, False), (1, True), (2, False), (2, True)]
