"""Killing an import in the middle and importing again ends where one import ends."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.store import tables as t
from core.store.database import Actor, Database
from core.store.imports.run import import_sales

BLOCK_BYTES = 4096
ROOT = Path(__file__).parents[3]
KILLED = """
import os, signal, sys
from pathlib import Path
from core.store.database import Actor, Database
from core.store.imports.run import import_sales

def stop(share, doing):
    if share >= float(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

path = Path(sys.argv[2])
import_sales(Database(sys.argv[1]), Actor(None, 1, "admin"), path, path.name, progress=stop, block_bytes=4096)
"""
CLOCKS = {"created_at", "updated_at", "started_at", "finished_at"}


def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without the times at which rows were written."""
    with database.engine.connect() as connection:
        return {
            name: sorted(
                (
                    tuple(row)
                    for row in connection.execute(
                        text(
                            f"SELECT {', '.join(c.name for c in table.c if c.name not in CLOCKS)} FROM {name}"
                        )
                    )
                ),
                key=repr,
            )
            for name, table in t.metadata.tables.items()
        }


@pytest.fixture
def sales_file(tmp_path: Path) -> Path:
    """1,500 vends of two machines, twins and bad rows among them, in about thirty blocks."""
    lines = ["Machine,Date,Time,Selection,Product,Category,Price,Quantity"]
    for i in range(1500):
        day, slot = 1 + i // 75, 110 + i % 17
        product = f"Product {(i % 17 + (i // 700 if i % 3 else 0)) % 19}"
        price = "free" if i % 97 == 0 else f"{1 + i % 5}.25"
        lines.append(f"M{i % 2},2022-01-{day:02},{8 + i % 9}:00,{slot},{product},Snacks,{price},{1 + i % 2}")
        if i % 50 == 0:
            lines.append(lines[-1])
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def _fresh(folder: Path, migrated: Path, name: str) -> tuple[str, Database]:
    url = f"sqlite:///{shutil.copy(migrated, folder / name)}"
    database = Database(url)
    with database.admin_session() as session:
        session.add(t.Company(name="Acme"))
    return url, database


@pytest.mark.parametrize("share", [0.5, 0.65, 0.84, 0.87, 0.92])
def test_a_killed_import_that_is_repeated_leaves_the_state_of_one_import(
    tmp_path: Path, migrated_file: Path, sales_file: Path, share: float
) -> None:
    """SIGKILL before the first, between two, after the last chunk, and before days and planograms."""
    url, database = _fresh(tmp_path, migrated_file, "killed.db")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, url, str(sales_file), str(share)], cwd=ROOT, check=False
    )
    assert done.returncode == -signal.SIGKILL
    with database.engine.connect() as connection:
        lines = connection.execute(text("SELECT count(*) FROM sales_line")).scalar_one()
        assert connection.execute(text("SELECT count(*) FROM daily_sales")).scalar_one() == 0 or share > 0.9
    assert (lines == 0) == (share == 0.5)
    again = import_sales(
        database, Actor(None, 1, "admin"), sales_file, sales_file.name, block_bytes=BLOCK_BYTES
    )

    _, whole = _fresh(tmp_path, migrated_file, "whole.db")
    once = import_sales(whole, Actor(None, 1, "admin"), sales_file, sales_file.name, block_bytes=BLOCK_BYTES)
    assert dump(database) == dump(whole)
    assert (again.rows_imported, again.rows_duplicate, again.rejected) == (
        once.rows_imported,
        0,
        once.rejected,
    )


def test_a_killed_import_repeated_in_other_blocks_holds_the_same_sales(
    tmp_path: Path, migrated_file: Path, sales_file: Path
) -> None:
    """Nothing depends on where the blocks were cut."""
    url, database = _fresh(tmp_path, migrated_file, "killed.db")
    subprocess.run([sys.executable, "-c", KILLED, url, str(sales_file), "0.7"], cwd=ROOT, check=False)
    import_sales(database, Actor(None, 1, "admin"), sales_file, sales_file.name, block_bytes=BLOCK_BYTES * 3)
    _, whole = _fresh(tmp_path, migrated_file, "whole.db")
    import_sales(whole, Actor(None, 1, "admin"), sales_file, sales_file.name)
    assert dump(database) == dump(whole)
