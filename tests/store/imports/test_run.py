"""A file goes in: all its good rows, once, with what they tell of machines and planograms."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from core.errors import BadInput, Conflict
from core.planogram.planogram import Planogram
from core.store import life, plan_talk, planograms
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.imports.lock import import_lock
from core.store.imports.run import ImportReport, import_sales
from core.store.sales import summary

HEADER = "Status,Device ID,Machine,Product,Category,Transaction,TransDate,RCoil,RPrice,RQty,LineTotal"
GOOD = [
    "Processed,D1,Lobby,Cola,Drinks,1,1/13/2022,110,1.5,1,1.5",
    "Processed,D1,Lobby,Chips,Snacks,2,1/2/2022,148,2,2,4",
    "Processed,D2,Gym,Cola,Drinks,3,1/3/2022,110,1.75,1,1.75",
]
Import = Callable[..., ImportReport]


@pytest.fixture
def send(database: Database, acme: Actor, tmp_path: Path) -> Import:
    """Import lines as a file of the company Acme."""

    def _send(lines: Sequence[str], header: str = HEADER, **options: Any) -> ImportReport:
        path = tmp_path / "sales.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return import_sales(database, acme, path, path.name, **options)

    return _send


def counts(database: Database) -> dict[str, int]:
    """Rows of every table."""
    with database.engine.connect() as connection:
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in sorted(t.metadata.tables)
        }


def test_the_good_rows_go_in_and_the_report_adds_up(database: Database, acme: Actor, send: Import) -> None:
    """Lines, totals, machines, products, period and planograms of a small export."""
    report = send(GOOD)
    assert (report.rows_read, report.rows_imported, report.rows_duplicate, report.rows_rejected) == (
        3,
        3,
        0,
        0,
    )
    assert [d.name for d in report.devices] == ["Lobby", "Gym"]
    assert all(len(d.planogram_ids) == 1 for d in report.devices)
    assert report.products_created == 2
    assert report.period == (date(2022, 1, 2), date(2022, 1, 13))
    assert report.mapping["slot"] == "RCoil"
    with database.session(acme) as session:
        total = summary(session)
        assert (total.units, total.revenue, total.rows) == (4, 7.25, 3)
        plan = planograms.load(session, report.devices[0].planogram_ids[0])
    assert plan.key == f"{report.devices[0].id}_0"
    assert plan.rule_set == "as found"
    assert [(p.slot, plan.plan.fixture.label(p.row, p.column), p.price) for p in plan.plan.positions] == [
        ("A1", "110", 1.5),
        ("D9", "148", 2.0),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Processed,D1,Lobby,Cola,,9,1/13/2022,110,free,1,", "Price “free” is not a number."),
        (
            "Processed,D1,Lobby,,,9,1/14/2022,133,1.5,1,1.5",
            "No product is named: 1.50 sold from slot 133 at Lobby on 2022-01-14",
        ),
        ("Processed,D1,Lobby,Cola,,9,32/13/2022,110,1.5,1,1.5", "Date “32/13/2022” is not a date."),
        ("Processed,D1,Lobby,Cola,,9,,110,1.5,1,1.5", "No date is given."),
        ("Processed,D1,Lobby,Cola,,9,1/13/2022,110,1.5,-1,-1.5", "negative"),
        ("Processed,D1,Lobby,Cola,,9,1/13/2022,110,,1,", "No price is given."),
        ("Processed,,,Cola,,9,1/13/2022,110,1.5,1,1.5", "No machine or store is named."),
        ("Failed,D1,Lobby,Cola,,9,1/13/2022,110,1.5,1,1.5", "Status “Failed” means that nothing was sold."),
        ("Processed,D1,Lobby,Cola", "The row has 4 values where the header has 11 columns."),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_bad_row_is_rejected_by_its_line_and_the_good_ones_go_in(
    send: Import, row: str, reason: str
) -> None:
    """The line is that of the file; what the bad row alone names is not made."""
    report = send([GOOD[0], row.replace("Cola", "Only here") if "Cola" in row else row, *GOOD[1:]])
    assert (report.rows_read, report.rows_imported, report.rows_rejected) == (4, 3, 1)
    assert [e.line for e in report.rejected] == [3]
    assert reason in report.rejected[0].error
    assert report.products_created == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("dates", "accepted"),
    [
        (["1/2/2022", "1/13/2022"], ["2022-01-02", "2022-01-13"]),
        (["1/2/2022", "13/1/2022"], ["2022-01-13", "2022-02-01"]),
        (["1/2/2022", "13/1/2022", "1/14/2022", "3/3/2022"], ["2022-01-13", "2022-01-14", "2022-03-03"]),
        (["1/2/2022", "2022-05-06"], ["2022-05-06"]),
        (["1.2.2022", "Feb 3, 2022"], ["2022-02-01", "2022-02-03"]),
    ],
    ids=["us", "european", "both", "none", "decided"],
)
def test_each_date_is_decided_by_itself_or_by_the_file(
    database: Database, acme: Actor, send: Import, dates: list[str], accepted: list[str]
) -> None:
    """Where the file shows both orders, or none, the ambiguous row is rejected."""
    report = send([f'Lobby,"{day}",Cola,1.50' for day in dates], header="Machine,Date,Product,Price")
    with database.session(acme) as session:
        items = summary(session, by="day").items or ()
    assert [item["day"] for item in items] == accepted
    assert report.rows_rejected == len(dates) - len(accepted)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_german_file_is_read_in_its_own_marks(database: Database, acme: Actor, send: Import) -> None:
    """Semicolons, decimal commas and day first, told by the header's language."""
    report = send(
        ["Mitte;3/4/2022;Käse;2;1,50;3,00", "Mitte;4/4/2022;Käse;1;1.234,50;"],
        header="Filiale;Datum;Artikel;Menge;Preis;Betrag",
    )
    assert (report.rows_imported, report.period) == (2, (date(2022, 4, 3), date(2022, 4, 4)))
    assert report.revenue_e4 == 12_375_000
    assert [(s.name, s.planogram_ids) for s in report.stores] == [("Mitte", ())]
    assert not report.devices


def test_the_same_file_again_adds_nothing(database: Database, send: Import) -> None:
    """Not a line, a product, a version, nor a new data version; only the record of the import."""
    send(GOOD)
    before = counts(database)
    with database.engine.connect() as connection:
        versions = connection.execute(text("SELECT id, data_version FROM site ORDER BY id")).all()
    report = send(GOOD)
    assert (report.rows_imported, report.rows_duplicate, report.products_created) == (0, 3, 0)
    assert [len(d.planogram_ids) for d in report.devices] == [1, 1]
    assert counts(database) == before | {"sales_import": 2}
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT id, data_version FROM site ORDER BY id")).all() == versions


def test_overlapping_files_count_every_sale_once(database: Database, acme: Actor, send: Import) -> None:
    """Identical lines of one file are different sales; the same lines in the next file are not."""
    twice = GOOD[0].replace(",1,1/13", ",,1/13")
    assert send([twice, twice]).rows_imported == 2
    assert send([GOOD[1], twice, twice, twice]).rows_imported == 2
    with database.session(acme) as session:
        assert summary(session).rows == 4


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_names_stay_as_they_stand_and_are_never_merged(database: Database, acme: Actor, send: Import) -> None:
    """Case, spaces and spelling tell products apart."""
    names = ["Coke", "coke", "Coke ", "Coke  Zero", "Coke Zero", "Cöke"]
    report = send(
        [f" Lobby x1 - ATT,2022-01-05,{name},1.50" for name in names], header="Machine,Date,Product,Price"
    )
    assert [d.name for d in report.devices] == [" Lobby x1 - ATT"]
    with database.session(acme) as session:
        assert {i["name"] for i in summary(session, by="product").items or ()} == set(names)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_product_renamed_here_is_still_known_by_the_file(
    database: Database, acme: Actor, send: Import
) -> None:
    """The text of the source is kept as an alias."""
    send(GOOD)
    with database.session(acme) as session:
        session.get_one(t.Product, 1).name = "Cola 12 oz"
    report = send(["Processed,D1,Lobby,Cola,Drinks,7,1/14/2022,110,1.5,1,1.5"])
    assert (report.rows_imported, report.products_created) == (1, 0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_machine_is_known_by_its_number_or_by_its_name(send: Import) -> None:
    """A file without numbers meets the machine that has one, and the other way round."""
    first = send(["Lobby,2022-01-05,Cola,1.50"], header="Machine,Date,Product,Price")
    second = send(["D1,Lobby,2022-01-06,Cola,1.50"], header="Device ID,Machine,Date,Product,Price")
    third = send(["Lobby,2022-01-07,Cola,1.50"], header="Machine,Date,Product,Price")
    assert first.devices[0].id == second.devices[0].id == third.devices[0].id


def test_a_dry_run_reports_the_same_and_changes_nothing(database: Database, send: Import) -> None:
    """Machines that it would make have no id yet."""
    before = counts(database)
    dry = send(GOOD, dry_run=True)
    assert counts(database) == before
    assert (dry.rows_imported, dry.products_created, dry.import_id) == (3, 2, None)
    assert [(d.id, d.name) for d in dry.devices] == [(None, "Lobby"), (None, "Gym")]
    send(GOOD)
    assert send(GOOD, dry_run=True).rows_duplicate == 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_without_one_good_row_makes_nothing(database: Database, send: Import) -> None:
    """Only the record of the import with its errors."""
    before = counts(database)
    report = send(["Processed,D1,Lobby,Cola,Drinks,1,1/13/2022,110,free,1,"])
    assert (report.rows_imported, report.rows_rejected, report.devices, report.period) == (0, 1, (), None)
    assert counts(database) == before | {"sales_import": 1}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_mapping_that_does_not_fit_changes_nothing(database: Database, send: Import) -> None:
    """The error comes before anything is written."""
    before = counts(database)
    with pytest.raises(BadInput):
        send(GOOD, mapping={"price": "Cost"})
    assert counts(database) == before


def test_another_company_sees_nothing_of_it(database: Database, other: Actor, send: Import) -> None:
    """And imports the same file as its own."""
    send(GOOD)
    with database.session(other) as session:
        assert summary(session).rows == 0
    assert counts(database)["device"] == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_demo_rows_are_left_alone(database: Database, acme: Actor, send: Import) -> None:
    """A demo product or machine of the same name is not the company's own."""
    with database.session(acme) as session:
        category = t.Category(name="Drinks", is_demo=True)
        session.add(category)
        session.flush()
        session.add(t.Product(name="Cola", category_id=category.id or 0, is_demo=True))
        site = t.Site(kind="device", name="Lobby", is_demo=True)
        session.add(site)
        session.flush()
        session.add(t.Device(site_id=site.id or 0, is_demo=True))
    report = send(GOOD)
    assert report.products_created == 2
    assert 1 not in [d.id for d in report.devices]


def test_files_imported_at_once_end_as_one_after_the_other(
    database: Database, acme: Actor, tmp_path: Path
) -> None:
    """The second waits for the first; shared machines and products are made once."""
    paths = []
    for i in range(3):
        path = tmp_path / f"{i}.csv"
        rows = [
            f"Processed,D1,Lobby,Product {k % 7},Snacks,{k},1/{1 + k % 28}/2022,{110 + k % 9},2,1,2"
            for k in range(i * 20, i * 20 + 60)
        ]
        path.write_text("\n".join([HEADER, *rows, GOOD[0]]))
        paths.append(path)
    reports: list[ImportReport] = []
    threads = [
        threading.Thread(target=lambda p=path: reports.append(import_sales(database, acme, p, p.name)))
        for path in paths
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = counts(database)
    assert len(reports) == 3
    assert (found["sales_line"], found["device"], found["product"]) == (101, 1, 8)
    assert sum(r.rows_imported for r in reports) == 101


def test_a_lock_that_does_not_come_free_is_told(database: Database) -> None:
    """After the wait, as a conflict; another company is not held up."""
    with import_lock(database, 1):
        with import_lock(database, 2, wait_s=0.1):
            pass
        with pytest.raises(Conflict), import_lock(database, 1, wait_s=0.1):
            pass


def test_what_people_saved_stays_last_when_more_sales_come(database: Database, send: Import) -> None:
    """The inferred history grows in front of it; its content is untouched."""
    with database.admin_session() as session:
        session.add(t.User(company_id=1, email="ann@acme.test", name="Ann", role="manager"))
    ann = Actor(1, 1, "manager", "Ann")
    plan_id = (
        send([f"Processed,D1,Lobby,Cola,Drinks,{d},1/{d}/2022,110,1.5,1,1.5" for d in range(1, 20)])
        .devices[0]
        .planogram_ids[0]
    )
    with database.session(ann) as session:
        base = planograms.load(session, plan_id)
        mine: Planogram = base.plan.with_positions(())
        planograms.save(session, plan_id, base.version, mine, "emptied")
    send([f"Processed,D1,Lobby,Chips,Snacks,{d},2/{d}/2022,110,2,1,2" for d in range(1, 20)])
    with database.session(ann) as session:
        history = planograms.versions(session, plan_id)
        last = planograms.load(session, plan_id)
    assert [(v.version, v.comment, v.effective_from) for v in history] == [
        (3, "emptied", None),
        (2, "Inferred from sales", date(2022, 2, 1)),
        (1, "Inferred from sales", date(2022, 1, 1)),
    ]
    assert (last.version, last.plan.positions, last.created_by) == (3, (), "Ann")


def test_what_was_said_of_an_inferred_version_stays_when_it_is_inferred_anew(
    database: Database, acme: Actor, send: Import
) -> None:
    """With the plan; a prepared draft stays prepared under its new number."""
    def days(month: int, product: str) -> list[str]:
        return [f"Processed,D1,Lobby,{product},Drinks,{month}{d},{month}/{d}/2022,110,1.5,1,1.5"
                for d in range(1, 20)]

    plan_id = send(days(3, "Cola")).devices[0].planogram_ids[0]
    with database.session(acme) as session:
        plan_talk.add_comment(session, plan_id, "Too sweet", version=1)
        planograms.save(session, plan_id, 1, planograms.load(session, plan_id).plan.with_positions(()))
        life.advance(session, plan_id, "prepared")
    send(days(1, "Water"))
    with database.session(acme) as session:
        (said,) = plan_talk.comments(session, plan_id)
        assert (said.text, said.version) == ("Too sweet", None)
        now = life.life(session, plan_id)
        assert (now.last_version, now.prepared, now.implemented) == (3, 3, 2)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_new_selections_extend_the_grid_and_keep_the_old_slots(
    database: Database, acme: Actor, send: Import
) -> None:
    """Sales of the first file stay where they were."""
    send(GOOD)
    report = send(
        [
            "Processed,D1,Lobby,Nuts,Snacks,8,1/20/2022,155,2,1,2",
            "Processed,D1,Lobby,Gum,Snacks,9,1/20/2022,210,1,1,1",
        ]
    )
    assert len(report.devices[0].planogram_ids) == 2
    with database.session(acme) as session:
        items = summary(session, [report.devices[0].id or 0], by="slot").items or ()
        plan = planograms.load(session, report.devices[0].planogram_ids[0])
    assert [(i["cabinet_index"], i["slot"], i["label"]) for i in items] == [
        (0, "A1", "110"),
        (0, "D9", "148"),
        (0, "E6", "155"),
        (1, "A1", "210"),
    ]
    assert {p.slot for p in plan.plan.positions} == {"A1", "D9", "E6"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_workbook_counts_as_the_same_sales(
    send: Import, database: Database, acme: Actor, tmp_path: Path
) -> None:
    """Native dates and numbers make the same lines as their texts."""
    send(GOOD)
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    for row in GOOD:
        cells: list[Any] = row.split(",")
        month, day, year = map(int, cells[6].split("/"))
        cells[5:] = [int(cells[5]), date(year, month, day), int(cells[7]), *(float(c) for c in cells[8:])]
        book.active.append(cells)
    book.save(tmp_path / "sales.xlsx")
    report = import_sales(database, acme, tmp_path / "sales.xlsx", "sales.xlsx")
    assert (report.rows_read, report.rows_duplicate, report.rows_rejected) == (3, 3, 0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_progress_is_told_from_start_to_end(send: Import) -> None:
    """Shares that only rise, each with what is being done."""
    heard: list[tuple[float, str]] = []
    send(GOOD, progress=lambda share, doing: heard.append((share, doing)))
    assert [share for share, _ in heard] == sorted(share for share, _ in heard)
    assert (heard[0][0], heard[-1]) == (0.0, (1.0, "Done"))
