"""What names and questions hold stays text on the ask page: no markup, no formula, in no element."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.settings import Settings
from core.store import tables as t
from core.store import users
from core.store.database import Database
from core.workbench import Workbench
from pages.parts import ask_table, nav, start, tables
from tests.support import attacks

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = (
    "facings by product", "revenue by store of all time", "revenue by week and venue of all time", "units by brand of all time",
    "list all planograms", "top 5 products by units of all time", "revenue by brand of all time compared with a year ago",
    *(f"revenue of {name} of all time" for name in attacks.HOSTILE_PRODUCTS[:3]),
    *(payload for payload in attacks.PAYLOADS if any(mark in payload for mark in "<[:=")),
)
HOSTILE_TAG = re.compile(r"<(script|img|iframe|svg|style|h1|b |a |object|embed)", re.IGNORECASE)


@pytest.fixture(scope="module")
def wb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A door to the company of hostile names."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('markup') / 'w.db'}")
    database.migrate()
    attacks.build(database)
    with database.admin_session() as session:
        session.get(t.Company, 1).is_demo = True  # type: ignore[union-attr]
        session.add(t.User(id=9, company_id=1, email="manager@acme.test", role="manager"))
    actor = users.demo_actor(database)
    assert actor is not None
    yield Workbench(database, actor, Settings(demo=True))
    database.close()


@pytest.fixture(scope="module")
def app(wb: Workbench) -> Iterator[AppTest]:
    """The ask page, one talk for all tests."""
    house = start.House(Settings(), wb.database)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(start, "house", lambda: house)
        assert house.wait(60).ready
        made = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=60)
        made.run()
        made.switch_page(nav.ASK).run()
        assert not made.exception
        yield made


def _texts(app: AppTest) -> dict[str, list[str]]:
    """What is read as HTML, and what as markdown."""
    return {
        "html": [h.value for h in app.html],
        "markdown": [m.value for m in app.markdown] + [b.label for b in app.button] + [m.label for m in app.metric],
    }


def _figures(app: AppTest) -> list[str]:
    return [element.proto.spec for element in app.get("plotly_chart")]


@pytest.mark.parametrize("text", QUESTIONS)
def test_nothing_hostile_is_markup_on_the_page(text: str, app: AppTest) -> None:
    """Neither in the echo of the question, nor in the answer, its rows, its chart or what can be asked next."""
    app.chat_input(key="ask_box").set_value(text).run()
    assert not app.exception
    texts = _texts(app)
    for html in texts["html"]:
        if "<style" not in html or "{{" in html:
            assert not any(mark in html for mark in attacks.MARKS if mark.startswith("<")), html
    for written in texts["markdown"]:
        bare = re.sub(r"\\[^A-Za-z]", "", written)
        assert not HOSTILE_TAG.search(bare), written
        assert not any(mark in bare for mark in attacks.MARKS), written
    for spec in _figures(app):
        assert not HOSTILE_TAG.search(json.dumps(json.loads(spec), ensure_ascii=False)), spec[:500]


def test_the_page_shows_the_names_as_they_are(app: AppTest, wb: Workbench) -> None:
    """Escaped is not removed: the rows hold each hostile name whole."""
    app.chat_input(key="ask_box").set_value("facings by product").run()
    shown = set(app.dataframe[0].value["Product"])
    assert len(shown) > 8
    assert shown <= set(attacks.HOSTILE_PRODUCTS)
    assert any("<img" in name for name in shown)


def test_a_download_holds_no_formula(wb: Workbench) -> None:
    """Cells that a spreadsheet would take for one begin with an apostrophe; names can be told back from them."""
    for plan in ({"form": "list", "of": "product"}, {"form": "list", "of": "place"}, {"form": "list", "of": "brand"}):
        from core.ask.plan import from_json

        found = wb.ask_plan(from_json(plan))
        rows = ask_table.table(found)
        content = tables.csv(rows)
        cells = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
        formulas = 0
        for column in cells:
            for cell, name in zip(cells[column], rows[rows.columns[list(cells).index(column)]], strict=True):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")), cell
                formulas += cell.startswith("'")
                assert cell in ("", str(name), f"'{name}")
        assert formulas or plan["of"] == "brand"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "|x", "%0A=1"])
def test_what_a_spreadsheet_may_run_is_quoted(cell: str) -> None:
    """In text columns of every kind, in the head too; numbers stay numbers."""
    for kind in ("object", "string", "category"):
        frame = pd.DataFrame({"Name": pd.Series([cell, "plain"], dtype=kind), "Units": [-3, 4]})
        lines = pd.read_csv(io.BytesIO(tables.csv(frame)), dtype=str, skipinitialspace=False)
        first = lines["Name"].iloc[0]
        if cell.strip(" ")[0] in "=+-@\t\r\n＝":
            assert first.startswith("'"), (kind, first)
        assert lines["Units"].tolist() == ["-3", "4"]
