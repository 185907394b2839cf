"""How well planograms on paper are read: right, asked and wrong places; and price labels on drawn shelves.

``python -m tests.documents.evaluate --write docs/documents.md`` puts the tables into the document.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.capabilities.draft import Band, Draft
from core.compliance.audit import audit
from core.compliance.prices import with_prices
from core.compliance.reading import Candidate, Facing, Reading
from core.models import Models
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from core.store import users
from core.store.database import Database
from core.store.demo.build import build_demo
from core.workbench import Workbench
from core.workbench.door import equip
from ml.documents.reader import DocumentReader
from ml.documents.tags import PriceTagReader
from ml.rendering.shelf import Settings, render
from tests.support import papers

MARK = "<!-- measured: {} -->"
SHIFTS = (-0.5, 0.25, 0.5, 1.0)
"""By how many dollars a wrong label is off."""


@dataclass(slots=True)
class Score:
    """Places of the plans by what came of them. ``right``: taken, and rightly; ``checked``: proposed rightly, to
    be looked at; ``asked``: left to a person; ``wrong``: taken for certain as another product; ``misled``:
    another product proposed, to be looked at; ``lost``: not found in the document; ``placed``: of those taken,
    in their row and order with their facings."""

    documents: int = 0
    places: int = 0
    right: int = 0
    checked: int = 0
    asked: int = 0
    wrong: int = 0
    misled: int = 0
    lost: int = 0
    placed: int = 0
    seconds: float = 0.0

    def add(self, plan: Planogram, drafted: Draft, seconds: float) -> None:
        self.documents += 1
        self.places += len(plan.positions)
        self.seconds += seconds
        left = {row: [p.product_id for p in plan.positions if p.row == row] for row in range(plan.fixture.rows)}
        for found in drafted.found:
            if found.band is Band.EMPTY:
                continue
            here, pick = left.get(found.cell.row, []), found.product_id
            is_right = pick in here
            if is_right:
                here.remove(pick)  # type: ignore[arg-type]
            if found.band is Band.SURE:
                self.right += is_right
                self.wrong += not is_right
            elif found.band is Band.CHECK:
                self.checked += is_right
                self.misled += not is_right
            else:
                self.asked += 1
        self.lost += max(len(plan.positions) - sum(r.band is not Band.EMPTY for r in drafted.found), 0)
        self.placed += len(_sequence(plan) & _sequence(drafted.plan))

    def row(self, name: str) -> str:
        return (f"| {name} | {self.documents} | {self.places} | {self.right} | {self.checked} | {self.asked} | "
                f"{self.lost} | {self.misled} | {self.wrong} | {self.placed} | "
                f"{self.seconds / max(self.documents, 1):.0f} s |")


def _sequence(plan: Planogram) -> set[tuple[int, int, int, int]]:
    """(row, how manieth of its row, product, facings): what a list says of places too."""
    order: dict[int, int] = {}
    found = set()
    for p in plan.positions:
        found.add((p.row, order.setdefault(p.row, 0), p.product_id, p.facings))
        order[p.row] += 1
    return found


HEAD = ("| document | documents | places | right | right, to check | asked | not found | proposed wrongly | "
        "**certain and wrong** | in row and order | a document |\n|---|---|---|---|---|---|---|---|---|---|---|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the document whose tables are renewed")
    parser.add_argument("--plans", type=int, default=3, help="planograms of each kind of document")
    parser.add_argument("--photos", type=int, default=10, help="drawn shelves with price labels")
    parser.add_argument("--only", default="", help="documents whose name holds this")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wb = _workbench(Path(folder))
        read = _documents(wb, asked.plans, asked.only)
        labels = _labels(wb, asked.photos)
    for name, table in (("documents", read), ("labels", labels)):
        print(table, "\n")
        if asked.write is not None:
            _put(asked.write, name, table)


def _workbench(folder: Path) -> Workbench:
    database = Database(f"sqlite:///{folder / 'workbench.db'}")
    database.migrate()
    build_demo(database, seed=7, days=60, machines=3, stores=3)
    actor = users.demo_actor(database)
    assert actor is not None
    equip(database, Models(papers=DocumentReader()))
    return Workbench(database, actor)


def _plans(wb: Workbench, count: int, most: int = 60) -> list[tuple[int, Planogram]]:
    """Machines and shelves by turns."""
    found = [(c.id, wb.open(c.id).plan) for c in wb.planograms()]
    kinds: dict[object, list[tuple[int, Planogram]]] = {}
    for entry in found:
        if 8 <= len(entry[1].positions) <= most:
            kinds.setdefault((entry[1].fixture.placement, entry[1].fixture.columns > 8), []).append(entry)
    turns = [kind[k] for k in range(count) for kind in kinds.values() if k < len(kind)]
    return turns[:count]


def _documents(wb: Workbench, count: int, only: str = "") -> str:
    catalog = wb.catalog()
    plans = _plans(wb, count)
    rows = [HEAD]
    for name, documents in _kinds(wb, plans, catalog):
        if only not in name:
            continue
        score = Score()
        for plan, content in documents:
            started = time.perf_counter()
            read = wb.read_paper(content)
            score.add(plan, wb.draft_of_paper(read), time.perf_counter() - started)
        rows.append(score.row(name))
        print(rows[-1], flush=True)
    return "\n".join(rows)


Documents = Iterator[tuple[Planogram, bytes]]


def _kinds(wb: Workbench, plans: list[tuple[int, Planogram]], catalog: Catalog) -> Iterator[tuple[str, Documents]]:
    def own(kind: str) -> Documents:
        return ((plan, wb.export_planogram(i, kind).content) for i, plan in plans)

    def printed(page: Callable[[Planogram, int], papers.Image8], photo: bool) -> Documents:
        for n, (_, plan) in enumerate(plans):
            pixels = page(plan, n % len(papers.FACES))
            yield plan, papers.photographed(pixels, n) if photo else papers.jpeg(pixels)

    def listed(plan: Planogram, face: int) -> papers.Image8:
        return papers.listed(plan, catalog, face)

    def named(plan: Planogram, face: int) -> papers.Image8:
        return papers.listed(plan, catalog, face, codes=False)

    def drawn(plan: Planogram, face: int) -> papers.Image8:
        return papers.drawn(plan, catalog, face)

    yield "our PDF", own("pdf")
    yield "our Excel file", own("xlsx")
    yield "our PNG, read as a picture", own("png")
    yield "a foreign list with UPC, scanned", printed(listed, False)
    yield "a foreign list with UPC, photographed", printed(listed, True)
    yield "a foreign list of names, photographed", printed(named, True)
    yield "a foreign drawing, scanned", printed(drawn, False)
    yield "a foreign drawing, photographed", printed(drawn, True)


def _labels(wb: Workbench, photos: int) -> str:
    """Price labels on drawn shelves, a quarter of them wrong, in three spellings."""
    catalog = wb.catalog()
    plans = [plan for _, plan in _plans(wb, photos, most=45)]
    held = places = wrong = told = false = 0
    spent = 0.0
    for seed in range(photos):
        plan = plans[seed % len(plans)]
        rng = np.random.default_rng(seed)
        said, printed, changed = _printed(plan, catalog, rng)
        made = render(plan, catalog, seed, Settings(1_800, turn=8.0, nod=3.0, strength=0.3), prices=printed)
        facings = tuple(
            Facing(s.box, 0.95, s.row, candidates=(Candidate(s.product_id, 0.95),))
            for s in made.packages if s.row >= 0 and s.visible > 0.5
        )
        target = io.BytesIO()
        from PIL import Image

        Image.fromarray(made.image).save(target, "JPEG", quality=90)
        reading = Reading(made.image.shape[1], made.image.shape[0], facings, shelves=made.shelves)
        started = time.perf_counter()
        reading = replace(reading, tags=PriceTagReader().read(target.getvalue(), reading))
        spent += time.perf_counter() - started
        found = with_prices(audit(reading, plan, catalog), reading, plan, catalog)
        answers = {w.product_id: w.label for w in found.wrong_prices}
        right = {i for i, label in answers.items() if i in changed and abs(label - said[i]) < 0.005}
        places, held = places + len(plan.positions), held + found.labels
        wrong, told, false = wrong + len(changed), told + len(right), false + len(answers) - len(right)
        print(f"shelf {seed}: {found.labels} of {len(plan.positions)} labels, {len(right)} of {len(changed)} wrong "
              f"ones told, {len(answers) - len(right)} false", flush=True)
    share = f"{told}/{told + false}", f"{told}/{wrong}"
    return ("| shelves | labels | read | wrong labels | told | told falsely | precision | recall | a photo |\n"
            "|---|---|---|---|---|---|---|---|---|\n"
            f"| {photos} | {places} | {held} | {wrong} | {told} | {false} | {share[0]} | {share[1]} | "
            f"{spent / max(photos, 1):.0f} s |")


def _printed(
    plan: Planogram, catalog: Catalog, rng: np.random.Generator
) -> tuple[dict[int, float], dict[int, str], set[int]]:
    """(price on the label by product, how it is printed, products whose label is wrong)."""
    said: dict[int, float] = {}
    printed: dict[int, str] = {}
    changed: set[int] = set()
    prices = {p.product_id: {q.price for q in plan.positions if q.product_id == p.product_id} for p in plan.positions}
    for p in plan.positions:
        if p.product_id in said:
            continue
        price = p.price or catalog[p.product_id].price
        if rng.random() < 0.25 and len(prices[p.product_id]) == 1:
            price = round(max(price + float(rng.choice(SHIFTS)), 0.5), 2)
            changed.add(p.product_id)
        cents = round(price * 100)
        said[p.product_id] = price
        printed[p.product_id] = (f"${price:.2f}", f"{price:.2f}", f"${cents // 100}^{cents % 100:02d}")[rng.integers(3)]
    return said, printed, changed


def _put(document: Path, name: str, table: str) -> None:
    text = document.read_text(encoding="utf-8")
    start, end = MARK.format(name), MARK.format(f"{name} end")
    head, _, rest = text.partition(start)
    _, _, tail = rest.partition(end)
    document.write_text(f"{head}{start}\n{table}\n{end}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
