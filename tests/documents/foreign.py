"""How well planograms that others wrote are read, by kind of document.

``python -m tests.documents.foreign --write docs/documents.md`` reads the judged set, whose seeds, headings, typefaces and
looks nothing was mended by; ``--dev`` reads those that may be looked at.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.capabilities.draft import Band, Draft
from core.errors import WorkbenchError
from core.workbench import Workbench
from tests.documents.evaluate import _put, _workbench
from tests.support import foreign_camera as camera
from tests.support import foreign_files as files
from tests.support.foreign import Invented, drawn_page, invent, list_page

KINDS: dict[str, Callable[[Invented], bytes]] = {
    "a PDF with text, a list": files.pdf_list,
    "a PDF with text, a drawing": files.pdf_drawing,
    "Excel, a list": files.workbook_list,
    "Excel, drawn in cells": files.workbook_grid,
    "CSV": files.csv_list,
    "a scanned PDF": files.pdf_scan,
    "a list, photographed": lambda plan: camera.phone(list_page(plan), plan.rng),
    "a drawing, photographed": lambda plan: camera.phone(drawn_page(plan), plan.rng),
    "a spreadsheet, off a screen": lambda plan: camera.off_screen(files.screen(plan), plan.rng),
    "drawn by hand, photographed": lambda plan: camera.phone(drawn_page(plan, by_hand=True), plan.rng),
    "a picture of colored boxes": lambda plan: camera.png(drawn_page(plan, colored=True)),
}
JUDGED, DEV = 5_000, 100
HEAD = ("| document | documents | products | right | in its row | in its place | to look at | lost | **certain and wrong** | "
        "a document |\n|---|---|---|---|---|---|---|---|---|---|")


@dataclass(slots=True)
class Score:
    """Products by what came of them. ``right``: in the draft; ``in_row``: on their shelf; ``in_place``: with their
    neighbors' number to the left and their facings; ``unsure``: marked to be looked at, whether proposed or not;
    ``lost``: neither in the draft nor asked; ``wrong``: taken for certain where no such product is written."""

    documents: int = 0
    products: int = 0
    right: int = 0
    in_row: int = 0
    in_place: int = 0
    unsure: int = 0
    lost: int = 0
    wrong: int = 0
    seconds: float = 0.0

    def add(self, plan: Invented, drafted: Draft | None, seconds: float) -> None:
        true = {(r, n, e.product.id, e.facings) for r, row in enumerate(plan.rows) for n, e in enumerate(row)}
        ids = {t[2] for t in true}
        self.documents += 1
        self.products += len(true)
        self.seconds += seconds
        made = _standing(drafted) if drafted is not None else set()
        self.right += len(ids & {m[2] for m in made})
        self.in_row += len({(t[0], t[2]) for t in true} & {(m[0], m[2]) for m in made})
        self.in_place += len(true & made)
        bands = [] if drafted is None else [(r.band, r.product_id) for r in drafted.found]
        asked = sum(b in (Band.CHECK, Band.UNKNOWN) for b, _ in bands)
        self.unsure += asked
        self.wrong += sum(b is Band.SURE and i not in ids for b, i in bands)
        self.lost += max(len(ids) - len(ids & {i for b, i in bands if b is Band.SURE}) - asked, 0)

    def row(self, name: str) -> str:
        return (f"| {name} | {self.documents} | {self.products} | {self.right} | {self.in_row} | {self.in_place} | "
                f"{self.unsure} | {self.lost} | {self.wrong} | {self.seconds / max(self.documents, 1):.1f} s |")


def _standing(drafted: Draft) -> set[tuple[int, int, int, int]]:
    """(row, how manieth of its row, product, facings). What is not known still counts as a neighbor."""
    found, order = set(), dict[int, int]()
    rows: list[tuple[int, float, int, int]] = [(h.row, h.start, 0, 0) for h in drafted.holes]
    unit = 1.0 if not drafted.plan.positions else drafted.plan.positions[0].x_in / max(drafted.plan.positions[0].column, 1) or 6.0
    rows += [(p.row, p.x_in / unit, p.product_id, p.facings) for p in drafted.plan.positions]
    for row, _, product, facings in sorted(rows):
        at = order.setdefault(row, 0)
        order[row] += 1
        if product:
            found.add((row, at, product, facings))
    return found


def measured(wb: Workbench, kind: str, count: int, first: int, held: bool, keep: Path | None = None) -> Score:
    """Documents of one kind, read and drafted."""
    score = Score()
    for seed in range(first, first + count):
        plan = invent(wb.catalog(), seed, held)
        content = KINDS[kind](plan)
        started = time.perf_counter()
        try:
            drafted = wb.draft_of_paper(wb.read_paper(content))
        except WorkbenchError as error:
            drafted = None
            print(f"  {kind} {seed}: {error.message}")
        before = (score.in_place, score.wrong, score.products)
        score.add(plan, drafted, time.perf_counter() - started)
        if keep is not None:
            told = f"{score.in_place - before[0]} of {score.products - before[2]} in place, {score.wrong - before[1]} wrong"
            print(f"  {kind} {seed}: {told}", flush=True)
            (keep / f"{kind.replace(' ', '_').replace(',', '')}_{seed}").write_bytes(content)
    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the document whose table is renewed")
    parser.add_argument("--documents", type=int, default=8, help="documents of each kind")
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    parser.add_argument("--dev", type=Path, help="read those that may be looked at, and keep them in this folder")
    asked = parser.parse_args()
    rows = [HEAD]
    with tempfile.TemporaryDirectory() as folder:
        wb = _workbench(Path(folder))
        for kind in KINDS:
            if asked.only not in kind:
                continue
            first = JUDGED if asked.dev is None else DEV
            rows.append(measured(wb, kind, asked.documents, first, asked.dev is None, asked.dev).row(kind))
            print(rows[-1], flush=True)
    if asked.write is not None:
        _put(asked.write, "foreign", "\n".join(rows))


if __name__ == "__main__":
    main()
