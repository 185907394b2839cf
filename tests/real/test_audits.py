"""Real audits of four machines and two test files: every value is the one that its line holds."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from core.store import tables as t
from core.store.database import Actor, Database
from core.store.imports.dex import is_audit, read_audits
from core.store.imports.dex_run import import_audits

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("WORKBENCH_REAL_DATA", ROOT.parent / "shared" / "data")) / "evadts"
FILES = sorted(FOLDER.glob("*.eva*")) if FOLDER.exists() else []
pytestmark = [
    pytest.mark.real, pytest.mark.skipif(not FILES, reason=f"the real audits are not at {FOLDER}")
]
EVERY = pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)


def lines_of(path: Path) -> list[list[str]]:
    """The blocks as plain text splitting sees them."""
    return [line.strip("\r\n").split("*") for line in path.read_text().split("\n") if line.strip()]


def cell(fields: list[str], number: int) -> str:
    return fields[number].strip() if number < len(fields) else ""


@EVERY
def test_every_line_is_kept_and_none_is_a_problem(path: Path) -> None:
    """Blocks in order with their fields, those that nobody knows included."""
    content = path.read_bytes()
    assert is_audit(content)
    audits = read_audits(content)
    assert [[b.kind, *b.fields] for a in audits for b in a.blocks] == lines_of(path)
    assert [p for a in audits for p in a.problems] == []


@EVERY
def test_selections_hold_what_their_lines_say(path: Path) -> None:
    """PA1 and the PA2 to PA4 below it, amounts by ID401."""
    expected, decimals = [], 2
    for fields in lines_of(path):
        if fields[0] == "ID4":
            decimals = int(fields[1])
        if fields[0] == "PA1":
            expected.append({"PA1": fields})
        elif fields[0] in ("PA2", "PA3", "PA4") and expected:
            expected[-1].setdefault(fields[0], fields)
    found = [s for a in read_audits(path.read_bytes()) for s in a.selections]
    assert len(found) == len(expected)

    def number(fields, at, scale=1):
        text = cell(fields, at)
        return int(text) * scale if text else None

    scale = 10 ** (4 - decimals)
    for s, blocks in zip(found, expected, strict=True):
        pa1, pa2 = blocks["PA1"], blocks.get("PA2", [])
        assert (s.label, s.name, s.price_e4) == (cell(pa1, 1), cell(pa1, 3), number(pa1, 2, scale))
        c = s.counters
        assert (c.units_init, c.value_init) == (number(pa2, 1), number(pa2, 2, scale))
        assert (c.units_reset, c.value_reset) == (number(pa2, 3), number(pa2, 4, scale))
        assert s.test_vends == number(blocks.get("PA3", []), 1)
        assert s.free_vends == number(blocks.get("PA4", []), 1)


def test_identity_and_totals_of_the_coffee_machine() -> None:
    """By eye: rhevendors, read on 27 November 2023 at 10:11."""
    audit = read_audits((FOLDER / "rhevendors.eva_dts").read_bytes())[0]
    assert (audit.serial, audit.model, audit.decimals) == ("RHV0000000000", "LUCEX2Zero", 2)
    assert f"{audit.read_at:%Y-%m-%d %H:%M}" == "2023-11-27 10:11"
    assert (audit.units, audit.value_e4) == (9612, 58_653_000)
    cappuccino = audit.selections[2]
    assert (cappuccino.name, cappuccino.price_e4) == ("CAPPUCCINO BOHNE", 7_000)


@EVERY
def test_every_file_is_imported(path: Path, tmp_path: Path) -> None:
    """A first reading: the machine, what stands in it, no sales, nothing rejected; again: nothing new."""
    database = Database(f"sqlite:///{tmp_path / 'audits.db'}")
    database.migrate()
    with database.admin_session() as session:
        session.add(t.Company(name="Vending"))
    actor = Actor(None, 1, "admin")
    copy = Path(shutil.copy(path, tmp_path / "audit"))
    reports = [import_audits(database, actor, copy, path.name) for _ in range(2)]
    used = [s for a in read_audits(path.read_bytes()) for s in a.selections if s.is_used]
    for report in reports:
        assert (report.rows_read, report.rows_imported, report.rows_rejected) == (len(used), 0, 0)
        assert [bool(d.planogram_ids) for d in report.devices] == ([bool(used)] if report.devices else [])
    assert reports[1].products_created == 0
    database.close()
