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
from tests.bench.report import Figure, print_figures

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
    """Seconds of ``.import`` into a table with the same key, as safe against a power cut, and its rows."""
    script = (
        "PRAGMA journal_mode = WAL;\nPRAGMA synchronous = FULL;\n"
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


def main(rows: int = 1_000_000) -> list[Figure]:
    """Our time as a multiple of SQLite's, both in seconds beside it."""
    if shutil.which("sqlite3") is None:
        raise SystemExit("The sqlite3 command is missing: apt-get install sqlite3.")
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
    if {timings[-1][1], timings[-1][3]} != {rows}:
        raise SystemExit(f"Of {rows:,} rows SQLite has {timings[-1][1]:,} and we have {timings[-1][3]:,}.")
    return [Figure(
        f"import of {rows:,} sales rows, checked, numbered, added up, planograms inferred",
        "× SQLite", LIMIT, ours_s / theirs_s,
        reference=f"ours {ours_s:.1f} s; sqlite3 .import, same key, {theirs_s:.1f} s",
    )]


if __name__ == "__main__":
    print_figures(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
