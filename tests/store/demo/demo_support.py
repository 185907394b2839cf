"""What the demo tests share: a small world and how it gets into a database."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from core.store.database import Database
from core.store.demo.build import DemoSummary, build_demo

SMALL = {"days": 60, "machines": 8, "stores": 3}
TODAY = date(2026, 7, 1)


def build(database: Database, folder: Path) -> DemoSummary:
    """The small world of seed 4, its truth in ``folder``."""
    return build_demo(database, seed=4, today=TODAY, truth_path=folder / "truth.npz", **SMALL)


def count(database: Database, model: Any, *where: Any) -> int:
    """Rows of a table that fulfil the conditions."""
    with database.admin_session() as session:
        return session.execute(select(func.count()).select_from(model).where(*where)).scalar_one()
