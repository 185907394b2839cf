"""``POST /query`` as other programs use it: real HTTP, both databases, every field, and an end to what is slow."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from core.ask.plan import MAX_ROWS
from core.rest import create_api
from core.settings import Settings
from core.store import reading
from core.store import tables as t
from core.store.database import Database
from core.trust.access import Tokens
from tests.support import ask_world, postgres

KEY = "contract"
FIELDS = {"answer", "rows", "columns", "plan", "sql", "sources", "confidence", "answered_by", "context_id",
          "suggestions"}
DAYS, SLOTS = 700, 150
"""Of the place with many sales, so that a question takes a while."""


@dataclass(frozen=True)
class Service:
    """A server on loopback, and the database behind it."""

    url: str
    database: Database

    def ask(self, **body: Any) -> tuple[int, dict[str, Any]]:
        """Status and reply."""
        token = Tokens(KEY).issue(1)
        request = urllib.request.Request(
            f"{self.url}/query", json.dumps(body).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    if request.param == "sqlite":
        yield from _serving(f"sqlite:///{tmp_path_factory.mktemp('contract') / 'w.db'}")
        return
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    with postgres.server() as url:
        yield from _serving(postgres.create_database(url, "contract"))


def _serving(url: str) -> Iterator[Service]:
    database = Database(url)
    database.migrate()
    ask_world.build(database, companies=(1, 2))
    with database.admin_session() as session:
        session.add(t.User(id=1, company_id=1, email="asks@acme.test", role="viewer"))
    _sell_much(database)
    settings = Settings(_env_file=None, secret_key=KEY, demo=False, rate_limits=False)  # type: ignore[call-arg]
    server = uvicorn.Server(uvicorn.Config(create_api(database, settings), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Service(f"http://127.0.0.1:{port}", database)
    server.should_exit = True
    thread.join(10)
    database.close()


def _sell_much(database: Database) -> None:
    """Every slot of place 4 sells one on each day of long ago."""
    numbers = ("(WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < {most}) SELECT n FROM r)"
               if database.is_sqlite else "(SELECT generate_series(0, {most}) AS n)")
    days, slots = numbers.format(most=DAYS - 1), numbers.format(most=SLOTS - 1)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO daily_sales (company_id, site_id, day, slot, product_id, units, revenue_e4, stockout) "
            f"SELECT 1, 4, 10000 + d.n, 1 + s.n, 1, 1, 10000, false FROM {days} AS d CROSS JOIN {slots} AS s"
        )


def test_an_answer_has_every_field(service: Service) -> None:
    """Of a ranking: each by its type and meaning."""
    status, found = service.ask(question="top 3 products by revenue and units of all time")
    assert status == 200
    assert set(found) >= FIELDS
    assert found["plan"]["form"] == "ranking"
    assert [c["name"] for c in found["columns"]] == ["product_id", "product", "revenue", "units"]
    assert [c["role"] for c in found["columns"]] == ["key", "name", "measure", "measure"]
    assert [set(row) for row in found["rows"]] == [{c["name"] for c in found["columns"]}] * 3
    revenue = [row["revenue"] for row in found["rows"]]
    assert revenue == sorted(revenue, reverse=True)
    assert revenue[0] > DAYS * SLOTS
    assert found["rows"][0]["product"] in found["answer"]
    assert found["sql"].lstrip().startswith(("SELECT", "WITH"))
    assert "Beef Jerky" not in found["sql"]
    sources = found["sources"]
    assert sources["tables"]
    assert sources["rows_read"] > DAYS * SLOTS
    assert sources["period"]["from"] < sources["period"]["to"] == sources["today"]
    assert sources["data_version"]
    assert found["chart"] == "bar"
    assert found["confidence"] == 1.0
    assert found["answered_by"] == "rules"
    assert isinstance(found["context_id"], str)
    assert found["suggestions"] == []


@pytest.mark.parametrize(("question", "chart", "form"), [
    ("revenue of all time", None, "value"), ("revenue by month of all time", "line", "trend"),
    ("stores that carry Beef Jerky", None, "list"), ("how many products does store S-1 carry", None, "count"),
    ("what is missing from store S-1", None, "missing"), ("share of space by brand", "bar", "ranking"),
])
def test_every_form_is_answered(service: Service, question: str, chart: str | None, form: str) -> None:
    """With the chart that fits it; the same plan sent back gives the same rows."""
    status, found = service.ask(question=question)
    assert status == 200
    assert found["answer"], found
    assert (found["plan"]["form"], found["chart"]) == (form, chart)
    status, again = service.ask(plan=found["plan"], question="whatever")
    assert status == 200
    assert again["rows"] == found["rows"]
    assert again["answered_by"] == "plan"


def test_what_cannot_be_answered_has_null_and_what_can(service: Service) -> None:
    """All fields are there; the suggestions are questions that are answered."""
    status, found = service.ask(question="what will revenue be next year?")
    assert status == 200
    assert set(found) >= FIELDS | {"reason"}
    assert [found[name] for name in ("answer", "plan", "sql", "sources", "chart")] == [None] * 5
    assert (found["rows"], found["columns"], found["confidence"]) == ([], [], 0.0)
    assert found["reason"]
    assert found["suggestions"]
    for text in found["suggestions"]:
        assert service.ask(question=text)[1]["answer"], text


def test_a_talk_goes_on_under_its_name(service: Service) -> None:
    """``context_id`` is given back as it came, and made where none came."""
    _, first = service.ask(question="revenue of all time")
    _, then = service.ask(question="and by category", context_id=first["context_id"])
    assert then["context_id"] == first["context_id"]
    assert then["plan"]["by"] == ["category"]
    assert service.ask(question="revenue")[1]["context_id"] != first["context_id"]


def test_rows_are_bounded(service: Service) -> None:
    """No answer has more than a thousand rows, and says where there are more."""
    plan = {"form": "ranking", "measures": ["units"], "by": ["slot", "product"], "period": {"kind": "all"}}
    status, found = service.ask(plan={**plan, "limit": MAX_ROWS})
    assert status == 200
    assert SLOTS <= len(found["rows"]) <= MAX_ROWS
    status, found = service.ask(plan={**plan, "limit": 7})
    assert (len(found["rows"]), found["truncated"]) == (7, True)
    status, found = service.ask(plan={**plan, "limit": MAX_ROWS + 1})
    assert status == 400
    assert found["hint"]


def test_what_takes_too_long_ends_with_a_hint(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database stops the statement; the next question is answered as ever, and nothing was kept of it."""
    plan = {"form": "ranking", "measures": ["units", "revenue", "stockouts"], "by": ["slot", "product"],
            "period": {"kind": "all"}}
    with monkeypatch.context() as patch:
        patch.setattr("core.ask.answer.reader", partial(reading.reader, timeout_s=0.004))
        status, found = service.ask(plan=plan)
    assert status == 413, found
    assert found["success"] is False
    assert "second" in found["error"]
    assert found["hint"]
    assert service.ask(plan=plan)[0] == 200


def test_the_limit_of_time_is_seconds() -> None:
    """As docs/ask.md says."""
    assert reading.TIMEOUT_S == 5.0
    assert "stopped after 5 seconds" in (Path(__file__).parents[2] / "docs" / "ask.md").read_text(encoding="utf-8")
