"""A machine on the editor's desk without a browser or a database, and events as the browser sends them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from core.capabilities.search import Found, SearchIndex
from core.capabilities.validate import Validation, validate
from core.errors import Conflict
from core.planogram.diff import PlanDiff, diff
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram
from pages.parts.shelf_editor.desk import Desk
from tests.support.sites import make_catalog, make_plan, make_site

FIXTURE = Fixture.machine((4, 4, 4))
CATALOG = make_catalog(14)
PLAN = make_plan(FIXTURE, [1, 2, 3, 4, 5, 6, 7, 0, 8, 9, 0, 0])
SITE = make_site(FIXTURE, CATALOG, slot={"A1": 0.4, "C4": -0.3}, reference=PLAN, draws=60)


@dataclass
class Version:
    """As much of a saved planogram as the desk reads."""

    plan: Planogram
    version: int = 1
    last_version: int = 1
    id: int = 7
    name: str = "Lobby snacks"
    created_at: datetime = datetime(2026, 1, 2, tzinfo=UTC)
    created_by: str = "Dana"
    comment: str = ""
    positions: int = 0
    status: str = "draft"
    effective_from: date | None = None


class Shelf:
    """The workbench's saving and opening, in memory."""

    def __init__(self, plan: Planogram) -> None:
        self.saved = [Version(plan)]
        self.named: list[str] = []
        self.lived_with: set[str] = set()

    def open(self, planogram_id: int | str, version: int | None = None) -> Any:
        found = self.saved[(version or len(self.saved)) - 1]
        return replace(found, last_version=len(self.saved))

    def save(self, planogram_id: int, base_version: int, plan: Planogram, comment: str = "") -> Any:
        if base_version != len(self.saved):
            raise Conflict("Someone saved version 2 meanwhile.", "Reload it or save yours as new.")
        self.saved.append(Version(plan, len(self.saved) + 1, comment=comment))
        return self.open(planogram_id)

    def save_as(self, planogram_id: int, name: str, plan: Planogram, comment: str = "") -> Any:
        self.named.append(name)
        return replace(Version(plan), id=8, name=name)

    def restore(self, planogram_id: int, version: int) -> Any:
        return self.save(planogram_id, len(self.saved), self.saved[version - 1].plan)

    def versions(self, planogram_id: int) -> Any:
        return list(self.saved)

    def changes(self, planogram_id: int) -> dict[int, PlanDiff]:
        pairs = zip(self.saved, self.saved[1:], strict=False)
        return {after.version: diff(before.plan, after.plan) for before, after in pairs}

    def acknowledged(self, planogram_id: int) -> frozenset[str]:
        return frozenset(self.lived_with)

    def acknowledge(
        self, planogram_id: int, key: str, plan: Planogram | None = None, *, taken_back: bool = False
    ) -> Validation:
        (self.lived_with.discard if taken_back else self.lived_with.add)(key)
        return validate(plan or self.saved[-1].plan, SITE, self.lived_with)

    def search_products(self, query: str, k: int = 10) -> Found:
        return SearchIndex(CATALOG.values()).search(query, k)


def at(slot: str, plan: Planogram = PLAN) -> dict[str, Any]:
    """The place of an event."""
    row, column = FIXTURE.locate(slot)
    return {"row": row, "column": column, "x": column * FIXTURE.cell_width_in}


def do(work: Desk, *asked: dict[str, Any], client: str = "browser") -> None:
    """Send events as the browser does, numbered on from what was acknowledged."""
    first = work.session.ack + 1 if work.session.client == client else 1
    numbered = [{**event, "seq": first + i} for i, event in enumerate(asked)]
    work.handle({"client": client, "events": numbered})


def standing(plan: Planogram) -> dict[str, int]:
    return {p.slot: p.product_id for p in plan.positions}


MOVE = {"type": "move", "from": at("A1"), "to": at("B4")}
SWAP = {"type": "swap", "a": at("A1"), "b": at("C2")}
