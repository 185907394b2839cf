"""What every part of the door shares: the database, the user, and what the process keeps in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.cache import Cache
from core.models import Models, Vectors
from core.settings import Settings
from core.site.posterior import FleetFit
from core.site.site import Site
from core.store.database import Actor, Database, races_told
from core.store.tenant import TenantSession
from core.trust.access import Role, require
from core.trust.limits import Limit, Limiter

if TYPE_CHECKING:
    from core.ask.plan import Plan
    from core.capabilities.search import SearchIndex
    from core.workbench.gallery import Shelfware


@dataclass(frozen=True)
class Memory:
    """Caches of one database in this process, shared by all its users; every key names the company."""

    sites: Cache[Site] = field(default_factory=lambda: Cache(48))
    fits: Cache[FleetFit | None] = field(default_factory=lambda: Cache(8))
    views: Cache[object] = field(default_factory=lambda: Cache(64))
    forecasts: Cache[object] = field(default_factory=lambda: Cache(6))
    searches: Cache[SearchIndex] = field(default_factory=lambda: Cache(4))
    meanings: Cache[Vectors] = field(default_factory=lambda: Cache(2000))
    """What queries mean, by model and text."""
    questions: Cache[Plan | None] = field(default_factory=lambda: Cache(1000))
    """The last question of each talk."""
    galleries: Cache[Shelfware] = field(default_factory=lambda: Cache(3))
    reading: Lock = field(default_factory=Lock)
    """Held while the words of new products are read by the model."""
    limiter: Limiter = field(default_factory=Limiter)
    models: Models = field(default_factory=Models)
    keeping: Lock = field(default_factory=Lock)
    """Held while forecasts are made to be kept, so that nobody makes them twice."""


_memories: WeakKeyDictionary[Database, Memory] = WeakKeyDictionary()


def equip(database: Database, models: Models) -> None:
    """Hand the process's models to the doors of this database."""
    _memories[database] = replace(_memories.get(database, Memory()), models=models)


class Door:
    """The base of the door's parts."""

    def __init__(self, database: Database, actor: Actor, settings: Settings | None = None) -> None:
        self.database = database
        self.actor = actor
        self.settings = settings or Settings()

    @property
    def memory(self) -> Memory:
        """That of the database as it is now: models may be handed in after the first doors have opened."""
        return _memories.setdefault(self.database, Memory())

    @contextmanager
    def _session(self) -> Iterator[TenantSession]:
        with races_told(), self.database.session(self.actor) as session:
            yield session

    def charge(self, limit: Limit) -> None:
        """Count one request of this user. Raises TooManyRequests where limits are on and this one is full."""
        if self.settings.limits_on:
            self.memory.limiter.take((self.actor.company_id, self.actor.user_id), limit)

    def _require(self, role: Role, action: str) -> None:
        require(self.actor.role, role, action)
