"""Time the import of a million sales rows against SQLite's own CSV import of the same file.

Run as ``python -m tests.bench.bench_import [rows]``. Ours reads, checks, numbers, inserts, derives days
and infers planograms; the other is ``sqlite3``'s ``.import`` into a table with the same primary key.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from core.store import tables as t
from core.store.database import Actor, Database
from core.store.imports.run import import_sales

LIMIT = 3.0
RUNS = 2
"""Of each, in turns; the faster counts, so that a busy machine troubles both alike."""
MACHINES, TRAYS, COLUMNS, PRODUCTS, DAYS = 40, 5, 9, 180, 365
HEADER = "Device ID,Machine,Product,Category,Transaction,Date,Selection,Price,Quantity,Line total"


def write_sales(path: Path, rows: int, seed: int = 7) -> None:
    """Write ``rows`` vends of a fleet whose machines are re-planned four times a year, in time order."""
    random = np.random.default_rng(seed)
    slots = np.array([f"1{tray}{column}" for tray in range(1, TRAYS + 1) for column in range(COLUMNS)])
    plans = random.integers(0, PRODUCTS, (5, MACHINES, len(slots)))
    for season in range(1, 5):
        stay = random.random((MACHINES, len(slots))) < 0.8
        plans[season][stay] = plans[season - 1][stay]
    seconds = np.sort(random.integers(0, DAYS * 86_400, rows))
    machine = random.integers(0, MACHINES, rows)
    slot = random.integers(0, len(slots), rows)
    product = plans[seconds * 5 // (DAYS * 86_400), machine, slot]
    price = 1.0 + 0.25 * (np.arange(PRODUCTS) % 10)
    quantity = np.where(random.random(rows) < 0.02, 2, 1)
    moments = np.datetime_as_string(np.datetime64("2024-01-01T00:00:00") + seconds, unit="s")
    with path.open("w", encoding="utf-8") as file:
        print(HEADER, file=file)
        for i, (m, p, s, q, at) in enumerate(zip(
            machine.tolist(), product.tolist(), slots[slot].tolist(), quantity.tolist(), moments.tolist(),
            strict=True,
        )):
            file.write(
                f"VM{m:05},Machine {m:02},Product {p:03},Category {p % 21},{10_000_000_000 + i},"
                f"{at.replace('T', ' ')},{s},{price[p]:.2f},{q},{price[p] * q:.2f}\n"
            )


def ours(path: Path, folder: Path) -> tuple[float, int]:
    """Seconds of our import into an empty database, and the lines in it."""
    database = Database(f"sqlite:///{folder / 'ours.db'}")
    database.migrate()
    with database.admin_session() as session:
        company = t.Company(name="Bench")
        session.add(company)
        session.flush()
        actor = Actor(None, company.id or 0, "manager")
    start = time.perf_counter()
    report = import_sales(database, actor, path, path.name)
    took = time.perf_counter() - start
    database.close()
    return took, report.rows_imported


def sqlites(path: Path, folder: Path) -> tuple[float, int]:
    """Seconds of ``.import`` into a table with the same key, and the rows in it."""
    script = (
        "PRAGMA journal_mode = WAL;\nPRAGMA synchronous = NORMAL;\n"
        "CREATE TABLE sales (device_id TEXT, machine TEXT, product TEXT, category TEXT, "
        "transaction_code TEXT, sold_at TEXT, slot TEXT, price NUMERIC, quantity INTEGER, amount NUMERIC, "
        "PRIMARY KEY (device_id, sold_at, transaction_code, slot, product, price)) WITHOUT ROWID;\n"
        f".import --csv --skip 1 {path} sales\n"
    )
    name = folder / "theirs.db"
    start = time.perf_counter()
    subprocess.run(["sqlite3", str(name)], input=script, text=True, check=True, capture_output=True)
    took = time.perf_counter() - start
    counted = subprocess.run(
        ["sqlite3", str(name), "SELECT count(*) FROM sales"], text=True, check=True, capture_output=True
    )
    return took, int(counted.stdout)


def main(rows: int = 1_000_000) -> int:
    """Print both times and their ratio; 1 where ours is beyond the limit."""
    if shutil.which("sqlite3") is None:
        print("The sqlite3 command is missing: apt-get install sqlite3.")
        return 1
    with tempfile.TemporaryDirectory(prefix="bench-import-") as name:
        folder = Path(name)
        path = folder / "sales.csv"
        write_sales(path, rows)
        timings = []
        for run in range(RUNS):
            place = folder / str(run)
            place.mkdir()
            timings.append((*sqlites(path, place), *ours(path, place)))
    theirs_s, ours_s = min(t[0] for t in timings), min(t[2] for t in timings)
    theirs_rows, ours_rows = timings[-1][1], timings[-1][3]
    ratio = ours_s / theirs_s
    print(f"sales file: {rows:,} rows")
    print(f"import (parse, check, insert, days, planograms): {ours_s:.2f} s, {ours_rows:,} lines")
    print(f"sqlite3 .import, same key: {theirs_s:.2f} s, {theirs_rows:,} rows")
    print(f"ratio {ratio:.2f}, limit {LIMIT:.0f}: {'ok' if ratio <= LIMIT else 'TOO SLOW'}")
    return 0 if ratio <= LIMIT and ours_rows == theirs_rows == rows else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
