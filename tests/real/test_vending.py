"""The real vending export of 2022, against figures computed here from the file itself."""

from __future__ import annotations

import csv
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text

from core.store import planograms
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.imports.run import ImportReport, import_sales
from core.store.sales import summary

ROOT = Path(__file__).parents[2]
FILE = (
    Path(os.environ.get("WORKBENCH_REAL_DATA", ROOT.parent / "shared" / "data"))
    / "vending_2022/sales_jan_sep.csv"
)
ACTOR = Actor(None, 1, "admin")
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FILE.exists(), reason=f"the real vending export is not at {FILE}"),
]


@pytest.fixture(scope="module")
def source() -> list[dict[str, str]]:
    """The rows of the file as the csv module reads them."""
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, ImportReport]]:
    """The file in an empty database."""
    database = _empty(tmp_path_factory.mktemp("vending") / "vending.db")
    yield database, import_sales(database, ACTOR, FILE, FILE.name)
    database.close()


def _empty(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with database.admin_session() as session:
        session.add(t.Company(name="Vending"))
    return database


def _day(row: dict[str, str]) -> date:
    return datetime.strptime(row["TransDate"], "%m/%d/%Y").date()


def test_every_row_with_a_product_goes_in_and_the_others_are_told(
    imported: tuple[Database, ImportReport], source: list[dict[str, str]]
) -> None:
    """By their line in the file and their amount."""
    _, report = imported
    nameless = {line: row for line, row in enumerate(source, start=2) if not row["Product"]}
    assert (report.rows_read, report.rows_imported) == (len(source), len(source) - len(nameless))
    assert report.rows_rejected == len(report.rejected) == len(nameless)
    for error in report.rejected:
        amount = Decimal(nameless.pop(error.line)["LineTotal"])
        assert f"{amount:.2f}" in error.error


def test_revenue_units_and_rows_equal_the_file_to_the_cent(
    imported: tuple[Database, ImportReport], source: list[dict[str, str]]
) -> None:
    """In all, by machine, by day, by product and by machine and coil."""
    database, report = imported
    good = [row for row in source if row["Product"]]
    total = sum(Decimal(row["LineTotal"]) for row in good)
    assert Decimal(report.revenue_e4) / 10_000 == total
    with database.session(ACTOR) as session:
        found = summary(session)
        assert (Decimal(str(found.revenue)), found.units, found.rows) == (
            total,
            sum(int(row["RQty"]) for row in good),
            len(good),
        )
        for device in report.devices:
            mine = [row for row in good if row["Machine"] == device.name]
            by_slot = summary(session, [device.id or 0], by="slot")
            assert by_slot.rows == len(mine)
            expected: dict[str, Decimal] = defaultdict(Decimal)
            for row in mine:
                expected[row["RCoil"]] += Decimal(row["LineTotal"])
            assert {i["label"]: Decimal(str(i["revenue"])) for i in by_slot.items or ()} == expected
        by_day = {i["day"]: Decimal(str(i["revenue"])) for i in summary(session, by="day").items or ()}
        by_product = {i["name"]: i["units"] for i in summary(session, by="product").items or ()}
    days: dict[str, Decimal] = defaultdict(Decimal)
    products: Counter[str] = Counter()
    for row in good:
        days[_day(row).isoformat()] += Decimal(row["LineTotal"])
        products[row["Product"]] += int(row["RQty"])
    assert by_day == days
    assert by_product == products


def test_the_five_machines_have_their_coils_as_slots(
    imported: tuple[Database, ImportReport], source: list[dict[str, str]]
) -> None:
    """Tray from the second digit, column from the third, the coil kept as the label."""
    database, report = imported
    assert {d.name for d in report.devices} == {row["Machine"] for row in source}
    assert len(report.devices) == 5
    with database.session(ACTOR) as session:
        for device in report.devices:
            (plan_id,) = device.planogram_ids
            fixture = planograms.load(session, plan_id).plan.fixture
            coils = {row["RCoil"] for row in source if row["Machine"] == device.name and row["Product"]}
            labels = {fixture.label(r, c): (r, c) for r, c in fixture.cells() if fixture.label(r, c)}
            assert labels == {coil: (int(coil[1]) - 1, int(coil[2])) for coil in coils}


def test_the_current_planogram_holds_what_each_coil_sold_last(
    imported: tuple[Database, ImportReport], source: list[dict[str, str]]
) -> None:
    """At the price of that sale, where the last day saw one product only."""
    database, report = imported
    last: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in source:
        if row["Product"]:
            key = (row["Machine"], row["RCoil"])
            day = [] if not last.get(key) or _day(last[key][0]) < _day(row) else last[key]
            last[key] = [*day, row]
    with database.session(ACTOR) as session:
        names = {p.id: p.name for p in session.scalars(select(t.Product))}
        for device in report.devices:
            plan = planograms.load(session, device.planogram_ids[0]).plan
            for p in plan.positions:
                rows = last[device.name, plan.fixture.label(p.row, p.column)]
                if len({row["Product"] for row in rows}) == 1:
                    assert names[p.product_id] == rows[0]["Product"]
                    assert p.price in {float(row["RPrice"]) for row in rows}


def test_the_history_explains_the_sales(
    imported: tuple[Database, ImportReport], source: list[dict[str, str]]
) -> None:
    """Of all sales, 97 % at least are of the product that the history shows in the coil on that day."""
    database, report = imported
    explained = 0
    with database.session(ACTOR) as session:
        ids = {p.name: p.id for p in session.scalars(select(t.Product))}
        for device in report.devices:
            (plan_id,) = device.planogram_ids
            history = sorted(planograms.versions(session, plan_id), key=lambda v: v.version)
            days = [v.effective_from for v in history]
            assert days == sorted(set(days))
            plans = [planograms.load(session, plan_id, v.version).plan for v in history]
            for row in source:
                if row["Machine"] == device.name and row["Product"]:
                    at = max((i for i, day in enumerate(days) if day and day <= _day(row)), default=-1)
                    position = (
                        plans[at].at(int(row["RCoil"][1]) - 1, int(row["RCoil"][2])) if at >= 0 else None
                    )
                    explained += position is not None and position.product_id == ids[row["Product"]]
    assert explained >= 0.97 * report.rows_imported


def test_a_second_import_adds_nothing(imported: tuple[Database, ImportReport]) -> None:
    """All rows are duplicates; sales and planogram versions stay as they were."""
    database, report = imported

    def state() -> list[object]:
        with database.engine.connect() as connection:
            return [
                connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4, 5, 6, 7")).all()
                for table in ("sales_line", "daily_sales", "planogram_version", "position", "site", "product")
            ]

    before = state()
    again = import_sales(database, ACTOR, FILE, FILE.name)
    assert (again.rows_imported, again.rows_duplicate) == (0, report.rows_imported)
    assert again.devices == report.devices
    assert state() == before


def test_killing_the_process_and_importing_again_ends_in_the_same_state(
    imported: tuple[Database, ImportReport], tmp_path: Path
) -> None:
    """SIGKILL in the middle of saving."""
    program = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from core.store.database import Actor, Database\nfrom core.store.imports.run import import_sales\n"
        "stop = lambda share, _: os.kill(os.getpid(), signal.SIGKILL) if share > 0.7 else None\n"
        "import_sales(Database(sys.argv[1]), Actor(None, 1, 'admin'), Path(sys.argv[2]), 'sales_jan_sep.csv', "
        "progress=stop, block_bytes=65536)\n"
    )
    database = _empty(tmp_path / "killed.db")
    url = f"sqlite:///{tmp_path / 'killed.db'}"
    killed = subprocess.run([sys.executable, "-c", program, url, str(FILE)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    with database.engine.connect() as connection:
        assert 0 < connection.execute(text("SELECT count(*) FROM sales_line")).scalar_one() < 7304
    report = import_sales(database, ACTOR, FILE, FILE.name, block_bytes=65536)
    assert report.rows_imported == imported[1].rows_imported
    for columns in (
        "* FROM sales_line",
        "* FROM daily_sales",
        "* FROM position",
        "* FROM device",
        "* FROM cabinet",
        "* FROM site",
        "id, name, category_id, price_e4, velocity FROM product",
        "planogram_id, version, effective_from FROM planogram_version",
    ):
        with database.engine.connect() as one, imported[0].engine.connect() as other:
            query = text(f"SELECT {columns}")
            assert set(one.execute(query)) == set(other.execute(query)), columns


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_file_saved_again_by_another_program_adds_nothing(
    imported: tuple[Database, ImportReport], source: list[dict[str, str]], tmp_path: Path, ending: str
) -> None:
    """Without its mark, with other line ends, quoted: the same sales."""
    path = tmp_path / "saved.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(source[0]), quoting=csv.QUOTE_ALL, lineterminator=ending)
        writer.writeheader()
        writer.writerows(source)
    copied = tmp_path / "copy.db"
    with closing(sqlite3.connect(imported[0].path or "")) as one, closing(sqlite3.connect(copied)) as other:
        one.backup(other)
    report = import_sales(Database(f"sqlite:///{copied}"), ACTOR, path, path.name)
    assert (report.rows_imported, report.rows_rejected) == (0, imported[1].rows_rejected)
