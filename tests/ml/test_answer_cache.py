"""Answers kept in three levels, with a real Redis server where one is installed; one that is down costs nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from core.language import KeptAnswer, LanguageTask, Tier
from ml import answer_cache
from ml.answer_cache import MEMORY_S, REDIS_S, AnswerCache
from ml.backends import Backend
from ml.openai_compatible import OpenAICompatible
from ml.router import Router
from tests.support.language_server import Reply, language_server
from tests.support.ledgers import MemoryLedger

ANSWER = KeptAnswer({"label": "café"}, "small", Tier.LOCAL, 0.9)
needs_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server is installed")


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a free port of loopback that keeps nothing on disk."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder: Path = tmp_path_factory.mktemp("redis")
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        _wait(url)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _wait(url: str) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            if Redis.from_url(url).ping():
                return
        except OSError:
            pass
        except Exception as error:  # the client's own class of a refused connection
            if "refused" not in str(error).lower() and "loading" not in str(error).lower():
                raise
        time.sleep(0.05)
    raise AssertionError("the server did not start")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@needs_redis
def test_what_one_process_keeps_another_finds_in_redis(redis_url: str) -> None:
    """For an hour; the second time it has it in memory, and never asks the database."""
    one, other = AnswerCache(redis_url), AnswerCache(redis_url)
    one.put("shared", ANSWER, MemoryLedger())
    empty = MemoryLedger()
    first, second = other.get("shared", empty), other.get("shared", empty)
    assert first is not None
    assert second is not None
    assert (first.level, first.answer, second.level) == ("redis", ANSWER, "memory")
    left = Redis.from_url(redis_url).ttl("workbench:answer:shared")
    assert REDIS_S - 60 < left <= REDIS_S


@needs_redis
def test_memory_holds_five_minutes_redis_an_hour_the_database_a_day(redis_url: str) -> None:
    """Each level answers when the one above it has forgotten."""
    clock, ledger = Clock(), MemoryLedger()
    cache = AnswerCache(redis_url, clock)
    cache.put("aging", ANSWER, ledger)
    levels = []
    for seconds in (MEMORY_S - 1, 2, MEMORY_S - 3):
        clock.now += seconds
        levels.append(_level(cache, "aging", ledger))
    clock.now += MEMORY_S + 1
    Redis.from_url(redis_url).delete("workbench:answer:aging")
    levels.append(_level(cache, "aging", ledger))
    clock.now += MEMORY_S + 1
    ledger.answers.clear()
    levels.append(_level(cache, "aging", ledger))
    assert levels == ["memory", "redis", "memory", "database", None]


@needs_redis
def test_what_lies_in_redis_and_is_no_answer_is_left_aside(redis_url: str) -> None:
    """Of another version, or of somebody else."""
    server = Redis.from_url(redis_url)
    for key, junk in (("a", b"\xff\xfe"), ("b", b"{}"), ("c", b'["x","m",99,null]'), ("d", b'{"value":1}')):
        server.set(f"workbench:answer:{key}", junk)
        assert AnswerCache(redis_url).get(key, MemoryLedger()) is None


@needs_redis
def test_the_router_says_that_redis_held_the_answer(redis_url: str) -> None:
    """Two processes ask the same; one model is called once."""
    task = LanguageTask("answer_text", {"units": 4}, lambda: "rule", question="How many?", may_rule=False)
    ledger = MemoryLedger()
    with language_server(Reply("It sold 4 units.")) as server:
        def router() -> Router:
            model = OpenAICompatible("small", f"{server.url}/v1", "small")
            return Router((Backend(model, Tier.LOCAL, 0.0, 0.0),), cache=AnswerCache(redis_url))

        first = router().answer(task, ledger)
        ledger.answers.clear()
        second = router().answer(task, ledger)
        assert len(server.sent) == 1
    assert (first.cache, second.cache, second.text) == ("", "redis", first.text)
    assert ledger.calls[-1].cache == "redis"


@pytest.mark.parametrize("url", ["redis://127.0.0.1:9/0", "nonsense://x", "redis://127.0.0.1:not-a-port/0"])
def test_a_redis_that_is_down_is_noted_and_left_alone(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory and database work on; after five failures it is not asked for a minute."""
    noted: list[str] = []
    monkeypatch.setattr(answer_cache, "log", lambda: _Log(noted))
    ledger, cache = MemoryLedger(), AnswerCache(url)
    begun = time.monotonic()
    for i in range(20):
        cache.put(f"{i}", ANSWER, ledger)
        assert _level(cache, f"{i}", ledger) == "memory"
        assert _level(AnswerCache(), f"{i}", ledger) == "database"
    assert time.monotonic() - begun < 10.0
    assert noted == ["redis_failed"] * 5
    assert "Redis does not answer" in cache.fault
    assert Router((), cache=cache).faults == (cache.fault,)
    assert AnswerCache().fault == ""


class _Log:
    def __init__(self, noted: list[str]) -> None:
        self._noted = noted

    def warning(self, event: str, **_more: object) -> None:
        self._noted.append(event)


def _level(cache: AnswerCache, key: str, ledger: MemoryLedger) -> str | None:
    found = cache.get(key, ledger)
    return None if found is None else found.level
