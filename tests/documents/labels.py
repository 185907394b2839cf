"""How well price labels of several shops are read on drawn shelves: right and wrong prices, by how the photo is.

``python -m tests.documents.labels --write docs/documents.md`` reads the judged photos, half of whose designs nothing was mended
by; ``--dev`` those that may be looked at.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.compliance.audit import audit
from core.compliance.findings import Audit
from core.compliance.prices import with_prices
from core.compliance.reading import Candidate, Facing, Reading
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from ml.documents.tags import PriceTagReader
from ml.rendering import shelf
from tests.documents.evaluate import _plans, _put, _workbench
from tests.support.price_labels import DESIGNS, HELD_DESIGNS, Design

VIEWS = {
    "plain": shelf.Settings(1_800, turn=4.0, nod=2.0, strength=0.25),
    "tilted": shelf.Settings(1_800, turn=16.0, nod=6.0, roll=4.0, strength=0.3),
    "blurred": shelf.Settings(1_800, turn=6.0, nod=3.0, strength=0.3, blur_px=1.2, motion_px=2.5),
}
SHIFTS = (-0.5, -0.3, 0.2, 0.5, 1.0)
HEAD = ("| photos | shelves | labels | read | read rightly | **read wrongly** | wrong labels | told | **told falsely** | a photo |\n"
        "|---|---|---|---|---|---|---|---|---|---|")


@dataclass(slots=True)
class Score:
    """``read``: labels that count; ``misread``: those whose price is another than what is printed; ``wrong``: labels
    that say another price than the plan, ``told`` of them with the printed price, ``false`` where the label is right
    or says something else."""

    photos: int = 0
    labels: int = 0
    read: int = 0
    misread: int = 0
    wrong: int = 0
    told: int = 0
    false: int = 0
    seconds: float = 0.0

    def row(self, name: str) -> str:
        return (f"| {name} | {self.photos} | {self.labels} | {self.read} | {self.read - self.misread} | {self.misread} | "
                f"{self.wrong} | {self.told} | {self.false} | {self.seconds / max(self.photos, 1):.0f} s |")


def _priced(plan: Planogram, catalog: Catalog, rng: np.random.Generator) -> tuple[Planogram, Planogram, set[int]]:
    """(what the plan says, what the labels say, products whose label is wrong); one price for each product."""
    said: dict[int, float] = {}
    changed = set()
    for p in plan.positions:
        if p.product_id not in said:
            price = round(p.price or catalog[p.product_id].price, 2)
            if rng.random() < 0.25:
                changed.add(p.product_id)
                price = round(max(price + float(rng.choice(SHIFTS)), 0.5), 2)
            said[p.product_id] = price
    own = {p.product_id: round(p.price or catalog[p.product_id].price, 2) for p in reversed(plan.positions)}
    planned = replace(plan, positions=tuple(replace(p, price=own[p.product_id]) for p in plan.positions))
    hung = replace(plan, positions=tuple(replace(p, price=said[p.product_id]) for p in plan.positions))
    changed = {i for i in changed if abs(own[i] - said[i]) > 0.001}
    return planned, hung, changed


def photo(plan: Planogram, catalog: Catalog, seed: int, settings: shelf.Settings, design: Design) -> tuple[bytes, Reading]:
    """A drawn shelf with the labels of one shop, and a reading with all that stands there known."""
    rng = np.random.default_rng((seed, 31))
    named = {product.name: product.id for product in catalog.values()}
    prices = {p.product_id: p.price or 0.0 for p in plan.positions}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "label", lambda name, _printed: design(name, prices[named[name]], rng))
        made = shelf.render(plan, catalog, seed, settings, prices={i: f"{v:.2f}" for i, v in prices.items()})
    facings = tuple(Facing(s.box, 0.95, s.row, candidates=(Candidate(s.product_id, 0.95),))
                    for s in made.packages if s.row >= 0 and s.visible > 0.5)
    target = io.BytesIO()
    Image.fromarray(made.image).save(target, "JPEG", quality=88)
    return target.getvalue(), Reading(made.image.shape[1], made.image.shape[0], facings, shelves=made.shelves)


def _audited(reading: Reading, plan: Planogram, catalog: Catalog) -> Audit:
    return with_prices(audit(reading, plan, catalog), reading, plan, catalog)


def measured(
    plans: list[Planogram], catalog: Catalog, name: str, count: int, first: int, designs: tuple[Design, ...],
    keep: Path | None,
) -> Score:
    score = Score()
    for n in range(count):
        seed, design = first + n, designs[(first + n) % len(designs)]
        plan = plans[(n + len(name)) % len(plans)]
        planned, hung, changed = _priced(plan, catalog, np.random.default_rng((seed, 5)))
        content, reading = photo(hung, catalog, seed, VIEWS[name], design)
        started = time.perf_counter()
        reading = replace(reading, tags=PriceTagReader().read(content, reading))
        score.seconds += time.perf_counter() - started
        truth, found = _audited(reading, hung, catalog), _audited(reading, planned, catalog)
        printed = {p.product_id: p.price or 0.0 for p in hung.positions}
        told = {w.product_id for w in found.wrong_prices
                if w.product_id in changed and abs(w.label - printed[w.product_id]) < 0.006}
        score.photos += 1
        score.labels += len(plan.positions)
        score.read += truth.labels
        score.misread += len(truth.wrong_prices)
        score.wrong += len(changed)
        score.told += len(told)
        score.false += len(found.wrong_prices) - len(told)
        if keep is not None:
            (keep / f"labels_{name}_{seed}.jpg").write_bytes(content)
            print(f"  {name} {seed} {design.__name__}: {truth.labels} of {len(plan.positions)} read, "
                  f"{[(w.label, w.planned, round(w.confidence, 2)) for w in truth.wrong_prices]} misread", flush=True)
    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the document whose table is renewed")
    parser.add_argument("--photos", type=int, default=6, help="photos of each kind")
    parser.add_argument("--dev", type=Path, help="read those that may be looked at, and keep them in this folder")
    asked = parser.parse_args()
    rows = [HEAD]
    with tempfile.TemporaryDirectory() as folder:
        wb = _workbench(Path(folder))
        catalog = wb.catalog()
        plans = [plan for _, plan in _plans(wb, 8, most=30)]
        for name in VIEWS:
            first, designs = (7_000, HELD_DESIGNS) if asked.dev is None else (300, DESIGNS)
            rows.append(measured(plans, catalog, name, asked.photos, first, designs, asked.dev).row(name))
            print(rows[-1], flush=True)
    if asked.write is not None:
        _put(asked.write, "shops", "\n".join(rows))


if __name__ == "__main__":
    main()
