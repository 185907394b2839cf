"""Questions in words over a fresh demo company: how many get the right rows, and how fast.

``make eval-ask``. Rows are compared as docs/ask.md section 5 says; words of an answer are not judged. The sealed
sets are read with ``--sealed`` alone.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import re
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from core.ask.answer import Answer, answer
from core.ask.language import AskBack, Cannot, Outcome, Understood, understand
from core.ask.plan import Plan, from_json
from core.ask.words.tokens import stems
from core.ask.words.vocabulary import Vocabulary, build
from core.errors import WorkbenchError
from core.store.database import Actor, Database
from core.store.demo.build import build_demo
from core.store.names import names

HERE = Path(__file__).parent
OPEN, PAGE = HERE / "open_questions.json", HERE.parents[1] / "docs/ask.md"
SEALED = {"First sealed questions": HERE / "sealed_questions.b64",
          "Second sealed questions": HERE / "sealed_questions_2.b64",
          "Third sealed questions": HERE / "sealed_questions_3.b64",
          "Fourth sealed questions": HERE / "sealed_questions_4.b64"}
TODAY = date(2026, 11, 21)
KINDS = ("right", "asked back", "cannot", "WRONG", "error")
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Bench:
    """A demo company with what is asked of it."""

    database: Database
    actor: Actor
    vocabulary: Vocabulary
    path: str
    today: date


@dataclass(frozen=True)
class Result:
    record: Record
    verdict: str
    seconds: float
    told: str


def make(folder: Path) -> Bench:
    """A fresh demo company."""
    path = folder / "ask.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    build_demo(database, today=TODAY)
    company = sqlite3.connect(path).execute("SELECT min(id) FROM company").fetchone()[0]
    actor = Actor(None, company, "viewer")
    with database.session(actor) as session:
        vocabulary = build(names(session))
    return Bench(database, actor, vocabulary, str(path), TODAY - timedelta(days=1))


def judge(bench: Bench, record: Record, texts: Mapping[str, Record]) -> Result:
    """Ask the question as a person would, and compare what comes."""
    previous = _previous(bench, record, texts)
    started = time.perf_counter()
    outcome = understand(record["text"], bench.vocabulary, bench.today, previous)
    found, error = None, ""
    if isinstance(outcome, Understood):
        try:
            found = answer(bench.database, bench.actor, outcome.plan)
        except WorkbenchError as problem:
            error = str(problem)
    seconds = time.perf_counter() - started
    return Result(record, _verdict(bench, record, outcome, found, error), seconds, _told(outcome) + error)


def _previous(bench: Bench, record: Record, texts: Mapping[str, Record]) -> Plan | None:
    after = record.get("after")
    if not after:
        return None
    chain = [after] if isinstance(after, str) else list(after)
    plan = None
    for said in chain:
        if said in texts:
            plan = _previous(bench, texts[said], texts)
            said = texts[said]["text"]
        found = understand(said, bench.vocabulary, bench.today, plan)
        plan = found.plan if isinstance(found, Understood) else None
    return plan


def _told(outcome: Outcome) -> str:
    if isinstance(outcome, Understood):
        return outcome.words
    return outcome.question if isinstance(outcome, AskBack) else outcome.reason


def _verdict(bench: Bench, record: Record, outcome: Outcome, found: Answer | None, error: str) -> str:
    if isinstance(outcome, AskBack):
        return "right" if _asks(record) else "asked back"
    if isinstance(outcome, Cannot):
        return "right" if _refuses(record) else "cannot"
    if error:
        return "error"
    assert found is not None
    if _asks(record) or _refuses(record):
        return "WRONG"
    if "sql" not in record and from_json(_resolved(bench, record["plan"])) == found.plan:
        return "right"
    return "right" if same_rows(found, *_gold(bench, record)) else "WRONG"


def _asks(record: Record) -> bool:
    return str(record["kind"]).startswith(("ask", "ambig"))


def _refuses(record: Record) -> bool:
    return str(record["kind"]).startswith(("cannot", "unansw"))


def _gold(bench: Bench, record: Record) -> tuple[list[str], list[str], list[tuple[Any, ...]], bool]:
    """Keys, measures, rows of both in that order, and whether their order counts: of a gold SELECT, whose
    plan is told in its author's own words, or of a gold plan."""
    if "sql" not in record:
        gold = answer(bench.database, bench.actor, from_json(_resolved(bench, record["plan"])))
        keys = [gold.columns[i].name for i in gold.keys]
        measures = [gold.columns[i].name for i in gold.measures]
        kept = [*gold.keys, *gold.measures]
        rows = [tuple(row[i] for i in kept) for row in gold.rows]
        return keys, measures, rows, gold.plan.form in ("ranking", "trend", "missing")
    keys, measures = list(record["keys"]), list(record["measures"])
    with sqlite3.connect(f"file:{bench.path}?mode=ro", uri=True) as connection:
        cursor = connection.execute(record["sql"], {"company": bench.actor.company_id})
        named = [c[0] for c in cursor.description]
        kept = [named.index(name) for name in (*keys, *measures)]
        rows = [tuple(row[i] for i in kept) for row in cursor.fetchall()]
    return keys, measures, rows, bool(record.get("ordered"))


def _resolved(bench: Bench, plan: Any) -> Any:
    """Names after "@" as the ids that they are: the gold's own look-up, by whole names alone."""
    if isinstance(plan, list):
        return [_resolved(bench, part) for part in plan]
    if not isinstance(plan, dict):
        return plan
    made = {key: _resolved(bench, value) for key, value in plan.items()}
    if "dimension" in made:
        made["values"] = [i for v in made["values"] for i in _ids(bench, made["dimension"], v)]
    return made


def _ids(bench: Bench, dimension: str, value: Any) -> list[Any]:
    if not isinstance(value, str) or not value.startswith("@"):
        return [value]
    known, text = bench.vocabulary.names, value[1:]
    if text.startswith("word:"):
        return [p.id for p in known.products if set(text[5:].split("+")) <= set(stems(p.name))]
    tables = {
        "product": [(p.name, p.id) for p in known.products], "category": [(n, i) for i, n in known.categories],
        "place": [(n, p.site_id) for p in known.places for n in (p.name, p.code)],
        "planogram": [(n, i) for i, n in known.planograms], "project": [(n, i) for i, n in known.projects],
    }
    found = [i for name, i in tables[dimension] if name == text]
    assert found, value
    return found


def same_rows(
    found: Answer, keys: Sequence[str], measures: Sequence[str], rows: Sequence[tuple[Any, ...]], ordered: bool
) -> bool:
    """Whether an answer has these rows, keys and measures: see "Columns, units and rounding"."""
    index = {c.name: i for i, c in enumerate(found.columns)}
    if {found.columns[i].name for i in found.keys} != set(keys) or not set(measures) <= set(index):
        return False
    got = [tuple(row[index[name]] for name in (*keys, *measures)) for row in found.rows]
    if len(got) != len(rows):
        return False
    count = len(keys)
    share = [name.endswith(("_share", "_rate", "compliance", "availability")) for name in measures]

    def alike(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
        return all(_plain(x) == _plain(y) for x, y in zip(a[:count], b[:count], strict=True)) and all(
            _close(x, y, 0.00005 if s else 0.005)
            for x, y, s in zip(a[count:], b[count:], share, strict=True))

    if ordered:
        return all(alike(a, b) for a, b in zip(got, rows, strict=True))

    def sort(values: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return sorted(values, key=lambda r: [str(_plain(v)) for v in r[:count]])

    return all(alike(a, b) for a, b in zip(sort(got), sort(rows), strict=True))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value


def _close(a: Any, b: Any, slack: float) -> bool:
    if a is None or b is None:
        return a is None and b is None
    return abs(float(a) - float(b)) <= max(slack, 1e-6 * max(abs(float(a)), abs(float(b))) if slack > 1e-4 else 0)


def sealed(path: Path) -> list[Record]:
    """A sealed set. Raises ValueError where it is not what was committed."""
    data = gzip.decompress(base64.b64decode(path.read_text()))
    if hashlib.sha256(data).hexdigest() not in re.findall(r"[0-9a-f]{64}", PAGE.read_text()):
        raise ValueError("The sealed questions are not those whose hash docs/ask.md names.")
    found = json.loads(data)
    return list(found["questions"] if isinstance(found, dict) else found)


def report(results: Sequence[Result]) -> str:
    """One table by form, and the times."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for r in results:
        table[r.record["form"]][r.verdict] += 1
        table["all"][r.verdict] += 1
    lines = ["| form | questions | right | asked back | cannot | wrong | error |", "|---|--:|--:|--:|--:|--:|--:|"]
    for form, counts in table.items():
        lines.append(f"| {form} | {sum(counts.values())} | " + " | ".join(str(counts[k]) for k in KINDS) + " |")
    answerable = [r for r in results if not _asks(r.record) and not _refuses(r.record)]
    closed = [r for r in results if r not in answerable]
    right = sum(r.verdict == "right" for r in answerable)
    told = sum(r.verdict == "WRONG" for r in closed)
    times = np.array([r.seconds for r in results]) * 1000
    lines.append("")
    lines.append(f"Answerable: {right} of {len(answerable)} have the right rows ({right / len(answerable):.1%}). "
                 f"Of the {len(closed)} others {told} were answered. "
                 f"Question to rows: median {np.median(times):.0f} ms, p95 {np.percentile(times, 95):.0f} ms.")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sealed", action="store_true", help="the sealed sets too")
    parser.add_argument("--details", action="store_true", help="each question that is not right")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = make(Path(folder))
        sets = [("Open questions", json.loads(OPEN.read_text()))]
        sets += [(title, sealed(path)) for title, path in SEALED.items()] if options.sealed else []
        for title, records in sets:
            texts = {str(r["id"]): r for r in records}
            results = [judge(bench, r, texts) for r in records]
            sys.stdout.write(f"\n{title}\n\n{report(results)}\n")
            for r in results if options.details else ():
                if r.verdict != "right":
                    sys.stdout.write(f"{r.verdict:10} {r.record['id']} {r.record['text']} → {r.told}\n")
        bench.database.close()


if __name__ == "__main__":
    main()
