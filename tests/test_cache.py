"""The cache computes once, stays bounded and keeps no failure."""

from threading import Barrier, Thread

import pytest

from core.cache import Cache


def test_a_value_is_computed_once_however_many_threads_ask() -> None:
    """Eight threads at once: one call of the maker, one value for all."""
    cache: Cache[object] = Cache(4)
    calls: list[int] = []
    found: list[object] = []
    barrier = Barrier(8)

    def make() -> object:
        calls.append(1)
        return object()

    def ask() -> None:
        barrier.wait()
        found.append(cache.get("key", make))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len({id(value) for value in found}) == 1


def test_the_least_recently_used_value_goes_first() -> None:
    """With room for two, reading the older one saves it."""
    cache: Cache[str] = Cache(2)
    for key in ("a", "b", "a", "c"):
        cache.get(key, lambda key=key: key)
    assert cache.get("a", lambda: "made again") == "a"
    assert cache.get("b", lambda: "made again") == "made again"


def test_a_failure_is_raised_and_not_kept() -> None:
    """The next asker tries again."""
    cache: Cache[int] = Cache(2)

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cache.get("key", fail)
    assert cache.get("key", lambda: 3) == 3


def test_who_comes_as_a_value_is_made_does_not_make_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even between its making and its keeping."""
    cache: Cache[int] = Cache(4)
    made: list[int] = []
    keep = Cache.put

    def slow(self: Cache[int], key: str, value: int) -> None:
        late = Thread(target=lambda: cache.get("key", lambda: made.append(2) or 2))
        late.start()
        late.join(0.2)
        keep(self, key, value)
        others.append(late)

    others: list[Thread] = []
    monkeypatch.setattr(Cache, "put", slow)
    assert cache.get("key", lambda: made.append(1) or 1) == 1
    for late in others:
        late.join()
    assert made == [1]
