"""Replay a seeded log of requests through the router, and judge the validator and the redaction, on real wires
and a real database; the servers are stand-ins on loopback. ``make eval-router`` writes docs/models.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from core.language import MICRO, Answer, Caps, LanguageTask, Tier
from core.store import language
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.language import StoreLedger, Usage
from core.telemetry import set_level
from core.trust.redact import redact
from ml.backends import Backend
from ml.claude import Claude
from ml.openai_compatible import OpenAICompatible
from ml.quality import judge_text
from ml.router import FAILED, Router
from tests.language.requests import Requests, requests
from tests.language.told import told
from tests.support.language_server import FAULTS, Reply, language_server
from tests.support.ledgers import MemoryLedger
from tests.support.private_texts import texts

SEED, COUNT, THREADS, MANY, USERS = 20_261, 2_400, 4, 20, 12
SHARED_MEMORY = Path("/dev/shm")
FOLDER = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
"""Where the database lies while it is measured: a disk that others use tells nothing of the router."""
WIDE = Caps(user_day=200 * MICRO, day=200 * MICRO)
VALIDATED = 1_500
BEGIN, END = "<!-- eval-router: begin -->", "<!-- eval-router: end -->"
PREMIUM_IN, PREMIUM_OUT = 2.0, 10.0


@dataclass(frozen=True)
class Replay:
    answers: list[tuple[LanguageTask, Answer]]
    usage: Usage
    by_task: dict[tuple[object, ...], Usage]
    outcomes: Counter[str]
    seconds: float
    all_premium_usd: float


def replay(log: Requests, caps: Caps, folder: Path, threads: int = THREADS) -> Replay:
    """All requests, so many ``threads`` at once."""
    database = Database(f"sqlite:///{folder}/eval.db")
    database.migrate()
    actors = _people(database)
    with language_server(lambda sent: log.reply(sent.model, sent)) as server:
        chat = f"{server.url}/v1"
        router = Router((
            Backend(OpenAICompatible("small", chat, "small"), Tier.LOCAL, 0.0, 0.0, sees=False),
            Backend(OpenAICompatible("mid", chat, "mid"), Tier.MID, 0.27, 1.10),
            Backend(Claude("large", "k", server.url, thinking_room=800), Tier.PREMIUM, PREMIUM_IN, PREMIUM_OUT,
                    thinking_room=800),
        ), caps)
        router.prepare()
        begun = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            def ask(i: int) -> Answer:
                return router.answer(log.tasks[i], StoreLedger(database, actors[i % USERS]))
            answers = list(pool.map(ask, range(len(log.tasks))))
        took = time.perf_counter() - begun
    now = t.now()
    span = (now - timedelta(hours=2), now + timedelta(hours=1))
    with database.session(actors[0]) as session:
        usage = language.usage(session, *span)[()]
        by_task = language.usage(session, *span, ("task",))
        calls = language.calls(session, span[0])
    database.close()
    bought = [(c.call.tokens_in, c.call.tokens_out) for c in calls if c.call.outcome == "ok" and c.call.tokens_out]
    mean = np.mean([a * PREMIUM_IN + b * PREMIUM_OUT for a, b in bought]) / MICRO
    return Replay(list(zip(log.tasks, answers, strict=True)), usage, by_task,
                  Counter(c.call.outcome for c in calls), took, float(mean) * usage.answers)


def _people(database: Database) -> list[Actor]:
    with database.admin_session() as session:
        session.add(t.Company(name="Acme"))
        session.flush()
        people = [t.User(company_id=1, email=f"u{i}@acme.test", name=f"U{i}", role="manager") for i in range(USERS)]
        session.add_all(people)
        session.flush()
        return [Actor(person.id, 1, "manager", person.name) for person in people]


def faults() -> list[tuple[str, float]]:
    """(fault, seconds to the marked answer beyond the time the task allows) with every server failing so."""
    found = []
    for fault in FAULTS:
        with language_server(Reply("Some text that goes on for a while.", fault, retry_after="0.1")) as server:
            router = Router((
                Backend(OpenAICompatible("small", f"{server.url}/v1", "small"), Tier.LOCAL, 0.0, 0.0),
                Backend(Claude("large", "k", server.url), Tier.PREMIUM, PREMIUM_IN, PREMIUM_OUT),
            ))
            task = LanguageTask("overview", {"n": 1}, lambda: "By rule.", within_s=2.0)
            begun = time.perf_counter()
            answer = router.answer(task, MemoryLedger())
            over = time.perf_counter() - begun - task.within_s
            if not answer.degraded or answer.text != "By rule.":
                raise AssertionError(f"{fault}: {answer}")
            found.append((fault, max(over, 0.0)))
    return found


def validator(count: int) -> list[tuple[str, int, int]]:
    """(kind, texts, of them rejected) of right texts and of those with one planted mistake."""
    seeds = range(900_000, 900_000 + count)
    rows = []
    for kind in ("", "number", "name", "code"):
        made = [x for x in (told(seed, kind) for seed in seeds) if x.planted == kind]
        rejected = sum(not judge_text(x.text, x.data, names=x.names).ok for x in made)
        rows.append((kind or "nothing", len(made), rejected))
    return rows


def redaction(count: int) -> tuple[int, int, int]:
    """Texts, secrets that were left, product names or codes that were harmed."""
    left = harmed = 0
    for made in texts(count, seed=99):
        rest = redact(made.text).text
        harmed += sum(kept not in rest for kept in made.kept)
        for kept in made.kept:
            rest = rest.replace(kept, "")
        left += made.secret.casefold() in rest.casefold()
    return count, left, harmed


def report(count: int) -> tuple[str, bool]:
    """Markdown, and whether every target is met."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        main = replay(requests(count, SEED), WIDE, Path(folder))
    tight = replace(WIDE, month=150_000)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        small = replay(requests(count // 4, SEED + 1), tight, Path(folder), MANY)
    u = main.usage
    analyses = [a.cost_usd for task, a in main.answers if task.kind == "analysis" and not a.cache]
    degraded = sum(a.degraded for _, a in main.answers)
    broken = sum(a.reason == FAILED for _, a in (*main.answers, *small.answers))
    waits = np.array([a.latency_ms for _, a in main.answers])
    told_rows, (n, left, harmed), fault_rows = validator(VALIDATED), redaction(1200), faults()
    planted = [(made, rejected) for kind, made, rejected in told_rows if kind != "nothing"]
    caught = sum(r for _, r in planted) / sum(m for m, _ in planted)
    passed = 1 - told_rows[0][2] / told_rows[0][1]
    checks = [
        ("Requests replayed", f"{u.answers:,}", "≥ 2,000", u.answers >= 2000),
        ("Answered by rules or a local model", f"{(u.local_share or 0):.1%}", "≥ 80 %", (u.local_share or 0) >= 0.8),
        ("Answered from the cache, where a fifth of the requests repeat", f"{u.cached / u.answers:.1%}", "", True),
        ("Mean cost of a request", f"${u.cost_usd / u.answers:.5f}", "< $0.005", u.cost_usd / u.answers < 0.005),
        ("Dearest whole analysis, all its calls", f"${max(analyses):.4f}", "< $0.05", max(analyses) < 0.05),
        ("Cost with the premium model alone, about", f"${main.all_premium_usd:.2f} against ${u.cost_usd:.2f}", "", True),
        ("Mean quality of what was judged", f"{u.quality or 0:.2f}", "> 0.75", (u.quality or 0) > 0.75),
        ("Marked simpler answers", f"{degraded / u.answers:.2%}", "< 1 %", degraded / u.answers < 0.01),
        ("Answers that the router's own defects cost", f"{broken}", "0", broken == 0),
        ("Spent under a budget of $0.15, 20 threads", f"${small.usage.cost_usd:.4f}", "≤ $0.15",
         small.usage.cost_usd <= 0.15),
        ("… calls that the budget stopped", f"{small.outcomes['over budget']:,}", "> 0", small.outcomes["over budget"] > 0),
        ("Longest wait for a marked answer after the time allowed, all servers failing",
         f"{max(s for _, s in fault_rows):.2f} s", "< 2 s", max(s for _, s in fault_rows) < 2),
        ("Planted mistakes caught", f"{caught:.1%}", "≥ 95 %", caught >= 0.95),
        ("Right texts that pass", f"{passed:.1%}", "≥ 95 %", passed >= 0.95),
        (f"Secrets left in {n:,} texts", f"{left}", "0", left == 0),
        ("Product names and codes harmed", f"{harmed}", "0", harmed == 0),
    ]
    lines = ["| measured | found | target | |", "|---|---|---|---|"]
    lines += [f"| {a} | {b} | {c} | {'met' if ok else '**missed**'} |" for a, b, c, ok in checks]
    lines += ["", "| kind | answers | local | cost | quality | failed calls |", "|---|---|---|---|---|---|"]
    for (kind,), x in sorted(main.by_task.items(), key=lambda item: -item[1].answers):
        lines.append(f"| {kind} | {x.answers} | {(x.local_share or 0):.0%} | ${x.cost_usd:.3f} | "
                     f"{'' if x.quality is None else f'{x.quality:.2f}'} | {x.failed_calls} |")
    lines += ["", "| mistake | texts | rejected |", "|---|---|---|"]
    lines += [f"| {kind} | {made:,} | {rejected / max(made, 1):.1%} |" for kind, made, rejected in told_rows]
    ends = ", ".join(f"{name} {n:,}" for name, n in main.outcomes.most_common())
    lines += ["", f"How the calls ended: {ends}. {len(main.answers):,} requests took {main.seconds:.0f} s with {THREADS} "
              f"threads on stand-in servers; half within {np.median(waits):.0f} ms, 95 of 100 within "
              f"{np.quantile(waits, 0.95):.0f} ms, of which most is waiting for two cores."]
    groups: dict[str, int] = defaultdict(int)
    for _, a in main.answers:
        groups["cache" if a.cache else a.tier.name.lower()] += 1
    lines.append("Answered by: " + ", ".join(f"{k} {v:,}" for k, v in groups.items()) + ".")
    return "\n".join(lines), all(ok for *_, ok in checks)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    set_level("CRITICAL")
    text, met = report(asked.count)
    print(text)
    if asked.write:
        before, _, rest = asked.write.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        asked.write.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
