"""A fit that tells the newest days clearly worse than the kept one does not take its place, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from core.site.site import PlanPeriod, SiteHistory
from core.store import sites
from core.store.database import Actor, Database
from core.store.tenant import TenantSession
from core.workbench import library

NEW_DAYS = 40


@pytest.fixture
def session(database: Database, manager: Actor) -> Iterator[TenantSession]:
    with database.writing_session(manager) as opened:
        yield opened


def earlier(history: SiteHistory) -> SiteHistory:
    """As it was known some weeks ago."""
    last = history.periods[-1].end - timedelta(NEW_DAYS)
    periods = tuple(PlanPeriod(p.start, min(p.end, last), p.plan) for p in history.periods if p.start <= last)
    return replace(history, periods=periods, daily=history.daily[history.daily["day"] <= np.datetime64(last)])


def broken(history: SiteHistory) -> SiteHistory:
    """The first half of the new days read as if each piece were a case of sixty."""
    end, day = np.datetime64(history.periods[-1].end), history.daily["day"].to_numpy()
    wrong = (day > end - NEW_DAYS) & (day <= end - NEW_DAYS // 2)
    units = np.where(wrong, history.daily["units"] * 60, history.daily["units"])
    return replace(history, daily=history.daily.assign(units=units))


def test_a_worse_fit_is_refused_and_the_refusal_is_kept(
    session: TenantSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kept bytes stay, the decision tells why, and ``anyway`` overrides it."""
    histories = sites.load_history(session, demo=True, baskets=True)
    told = [earlier(h) for h in histories]
    monkeypatch.setattr(library.sites, "load_history", lambda *_, **__: told)
    assert library.refit(session, True, calibrated=False) is not None
    name = library.fit_name(True)
    before = sites.load_fit(session, name)
    assert before is not None

    told = [broken(h) for h in histories]
    stayed = library.refit(session, True, calibrated=False)
    after = sites.load_fit(session, name)
    assert after is not None
    assert stayed is not None
    assert after[1] == before[1]
    assert {p.last_day for p in stayed.posteriors.values()} == {
        earlier(h).periods[-1].end.isoformat() for h in histories if h.site_id in stayed.posteriors
    }
    first, refused = after[2]["decisions"]
    assert (first["replaces"], refused["replaces"]) == (True, False)
    assert "worse" in refused["reason"]
    assert refused["new_log_score"] < refused["kept_log_score"]

    library.refit(session, True, anyway=True, calibrated=False)
    forced = sites.load_fit(session, name)
    assert forced is not None
    assert forced[1] != before[1]
    assert [d["replaces"] for d in forced[2]["decisions"]] == [True, False, True]
