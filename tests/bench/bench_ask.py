"""Questions in words over the demo company, from the text to the answer sentence, by form and length of period.

Each call asks another question: parsed, compiled, checked, run and told. The
reference is what one would write by hand for the same rows: every day of sales joined with the names, then
grouped, run by ``sqlite3`` on the same file.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.ask.answer import answer
from core.ask.language import Understood, understand
from core.ask.words.vocabulary import build
from core.store.database import Actor, Database
from core.store.demo.build import build_demo
from core.store.names import names
from tests.bench.report import Figure, print_figures, quickest, timed

LIMIT_MS = 300.0
TODAY = date(2026, 11, 21)
TIMES = 7
YEAR, MONTH = "20778 - 365", "20778 - 30"
MEASURES = ("revenue", "units", "margin", "stockouts", "average price", "margin rate", "revenue")
RECENT = ("last 30 days", "last month", "this month", "last week", "last 14 days", "in October", "yesterday")
LONG = ("this year", "last 12 months", "last 11 months", "last 300 days", "of all time", "last 52 weeks",
        "last 365 days")
FAMILIES = ("chips", "drinks", "snacks", "energy drinks", "candy", "frozen products", "water")
JOINED = (
    "SELECT {key}, sum(d.revenue_e4) / 10000.0 FROM daily_sales d JOIN site s ON s.id = d.site_id "
    "JOIN product p ON p.id = d.product_id JOIN category c ON c.id = p.category_id "
    "WHERE d.company_id = 1 AND d.day >= {since} AND {where} GROUP BY 1 ORDER BY 2 DESC"
)


@dataclass(frozen=True, slots=True)
class Form:
    """``asks(i)``: the i-th question · ``reference``: a statement for the like, empty where there is none."""

    name: str
    asks: Callable[[int], str]
    reference: str = ""


def _by_hand(key: str, since: str, where: str = "true") -> str:
    return JOINED.format(key=key, since=since, where=where)


FORMS = (
    Form("value, some weeks", lambda i: f"{MEASURES[i % 7]} {RECENT[i // 7 % 7]}", _by_hand("1", MONTH)),
    Form("value, a year", lambda i: f"{MEASURES[i % 7]} {LONG[i // 7 % 7]}", _by_hand("1", YEAR)),
    Form("ranking, some weeks", lambda i: f"top {i % 9 + 1} products by {MEASURES[i % 7]} {RECENT[i // 7 % 7]}",
         _by_hand("p.name", MONTH)),
    Form("ranking, a year", lambda i: f"top {i % 9 + 1} products by {MEASURES[i % 7]} {LONG[i // 7 % 7]}",
         _by_hand("p.name", YEAR)),
    Form("of some products, a year", lambda i: f"{MEASURES[i % 2]} of {FAMILIES[i // 2 % 7]} by store "
         f"{LONG[i // 14 % 7]}", _by_hand("s.name", YEAR, "c.name LIKE '%chips'")),
    Form("trend by month", lambda i: f"{MEASURES[i % 4]} by month {LONG[i // 4 % 7]}",
         _by_hand("strftime('%Y-%m', d.day * 86400, 'unixepoch')", YEAR)),
    Form("share, a year", lambda i: f"share of {MEASURES[i % 2]} by category {LONG[i // 2 % 7]}",
         _by_hand("c.name", YEAR)),
    Form("compared, a year", lambda i: f"{MEASURES[i % 3]} by brand {LONG[i // 3 % 7]} compared with a year ago",
         _by_hand("p.brand", YEAR)),
    Form("per facing, a year", lambda i: f"{MEASURES[i % 3]} per facing by planogram {LONG[i // 3 % 7]}"),
    Form("by slot, a year", lambda i: f"{MEASURES[i % 2]} by row at machine {i // 2 % 20 + 1} {LONG[i % 7]}",
         _by_hand("(d.slot - 1) / 256 % 256", YEAR, "s.id = 20")),
    Form("has, has not", lambda i: f"stores that carry {FAMILIES[i % 7]} but not {FAMILIES[(i + 1 + i // 7) % 7]}"),
    Form("not sold, a year", lambda i: f"products that did not sell at store {i % 10 + 1} {LONG[i // 10 % 7]}"),
    Form("missing from", lambda i: f"what is missing from store {i % 10 + 1}'s {('end cap', 'cooler')[i // 10 % 2]}"),
    Form("not answered", lambda i: f"what will {MEASURES[i % 7]} be next {('month', 'week', 'year')[i // 7 % 3]}"),
)


def main() -> list[Figure]:
    """p50 and p95 of every form. Raises SystemExit where fewer than half of a form's questions are answered."""
    with tempfile.TemporaryDirectory(prefix="bench-ask-") as folder:
        path = Path(folder) / "ask.db"
        database = Database(f"sqlite:///{path}")
        database.migrate()
        build_demo(database, today=TODAY)
        actor = Actor(None, 1, "viewer")
        with database.session(actor) as session:
            vocabulary = build(names(session))
        today = vocabulary.names.last_day or TODAY
        understood = 0

        def ask(text: str) -> None:
            nonlocal understood
            outcome = understand(text, vocabulary, today, None)
            if isinstance(outcome, Understood):
                answer(database, actor, outcome.plan)
                understood += 1

        figures = []
        with sqlite3.connect(path) as by_hand:
            for form in FORMS:
                understood = 0
                told = ""
                if form.reference:
                    took = quickest(lambda sql=form.reference: by_hand.execute(sql).fetchall(), 3)  # type: ignore[misc]
                    told = f"the rows alone, in SQL by hand: {took:.0f} ms"
                figures.append(timed(f"ask: {form.name}", LIMIT_MS, lambda i, f=form: ask(f.asks(i)), TIMES, told))  # type: ignore[misc]
                if understood < TIMES and form.name != "not answered":
                    raise SystemExit(f"Only {understood} questions of “{form.name}” were understood.")
        database.close()
    return figures


if __name__ == "__main__":
    print_figures(main())
