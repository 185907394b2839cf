"""The real shelf photo of crackers and cookies, read and compared with what a person saw.

``python -m ml.eval.crackers`` prints the table; the truth is in ``tests/real/crackers_truth.json``.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box, Facing, Gallery, GalleryProduct, Reading, ShelfReader

TRUTH = Path(__file__).parents[2] / "tests" / "real" / "crackers_truth.json"
FOUND = 0.5
"""Intersection over union from which a box is the one of the truth."""


@dataclass(frozen=True)
class Crackers:
    """The photo's folder, with planogram and packshots, and the truth."""

    folder: Path
    truth: Path = TRUTH

    @property
    def photo(self) -> bytes:
        return (self.folder / "photo.jpg").read_bytes()

    @cached_property
    def gallery(self) -> Gallery:
        """The thirteen products of the planogram, with inches and one packshot each."""
        plan = json.loads((self.folder / "planogram.json").read_text())
        return Gallery(tuple(
            GalleryProduct(int(p["Id"]), p["Name"], width_in=p["W"], height_in=p["H"],
                           views=((self.folder / "packshots" / f"{p['Name']}.png").read_bytes(),))
            for p in plan["Products"]
        ), "crackers 1")

    @cached_property
    def seen(self) -> tuple[tuple[Box, int, int | None], ...]:
        """What a person saw: box, row and product, None for one that is not in the catalog."""
        known = {p.name: p.product_id for p in self.gallery.products}
        told = json.loads(self.truth.read_text())["facings"]
        return tuple((_box(f["box"]), f["row"], known[f["product"]] if f["product"] else None) for f in told)

    @cached_property
    def gaps(self) -> tuple[Box, ...]:
        return tuple(_box(g["box"]) for g in json.loads(self.truth.read_text())["gaps"])


@dataclass(frozen=True, slots=True)
class Score:
    """How a reading compares. ``unknown``: packages that are not in the catalog, and how many of them are
    told so; ``wrong``: in words."""

    there: int
    found: int
    false: int
    named: int
    rows: int
    gaps_there: int
    gaps_found: int
    gaps_false: int
    unknown_there: int
    unknown_told: int
    wrong: tuple[str, ...]


def _box(corners: Sequence[float]) -> Box:
    left, top, right, bottom = map(float, corners)
    return left, top, right - left, bottom - top


def pairs(boxes: Sequence[Box], truth: Sequence[Box]) -> dict[int, int]:
    """For each box of the truth that is found, which of the boxes it is; the best overlap first."""
    iou = overlap(np.array(boxes, float).reshape(-1, 4), np.array(truth, float).reshape(-1, 4))
    result: dict[int, int] = {}
    while iou.size and iou.max() >= FOUND:
        i, t = np.unravel_index(int(iou.argmax()), iou.shape)
        result[int(t)] = int(i)
        iou[i, :], iou[:, t] = 0.0, 0.0
    return result


def overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, m) intersection over union of (n, 4) and (m, 4) boxes."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    both = np.clip(high - low, 0, None).prod(axis=2)
    areas = a[:, 2:].prod(axis=1)[:, None] + b[:, 2:].prod(axis=1)[None]
    return np.asarray(both / np.maximum(areas - both, 1e-9))


def score(reading: Reading, case: Crackers) -> Score:
    """A reading of the photo against the truth."""
    of = pairs([f.box for f in reading.facings], [box for box, _, _ in case.seen])
    names = {p.product_id: p.name for p in case.gallery.products} | {None: "not in the catalog"}
    wrong, named, rows, told = [], 0, 0, 0
    for t, (box, row, product) in enumerate(case.seen):
        if t not in of:
            wrong.append(f"row {row + 1}: {names[product]} at {box[0]:.0f} is not found")
            continue
        facing = reading.facings[of[t]]
        rows += facing.row == row
        named += facing.product_id == product
        told += product is None and facing.product_id is None
        if facing.product_id != product:
            wrong.append(f"row {row + 1}: {names[product]} at {box[0]:.0f} is called "
                         f"{names[facing.product_id]}")
    wrong += [_false(reading.facings[i], names) for i in range(len(reading.facings)) if i not in of.values()]
    gaps = pairs([g.box for g in reading.gaps], case.gaps)
    wrong += [f"gap at {b[0]:.0f}, {b[1]:.0f} is not found" for t, b in enumerate(case.gaps) if t not in gaps]
    wrong += [f"row {g.row + 1}: a gap at {g.box[0]:.0f} that is none"
              for i, g in enumerate(reading.gaps) if i not in gaps.values()]
    return Score(len(case.seen), len(of), len(reading.facings) - len(of), named, rows, len(case.gaps),
                 len(gaps), len(reading.gaps) - len(gaps), sum(p is None for _, _, p in case.seen), told,
                 tuple(wrong))


def _false(facing: Facing, names: dict[int | None, str]) -> str:
    what = names[facing.product_id] if facing.product_id is not None else "a package"
    return f"row {facing.row + 1}: {what} at {facing.box[0]:.0f}, {facing.box[1]:.0f} that is none"


def table(result: Score, seconds: float, busy: float) -> str:
    """The score as lines of Markdown; ``busy``: seconds that processor cores worked on it, all together."""
    r = result
    share = r.named / r.found if r.found else 0.0
    lines = [
        "| | seen | of |", "|---|---|---|",
        f"| packages found | {r.found} | {r.there} |", f"| boxes that are none | {r.false} | |",
        f"| named rightly | {r.named} ({share:.1%}) | {r.found} |",
        f"| in the right row | {r.rows} | {r.found} |",
        f"| not in the catalog, told so | {r.unknown_told} | {r.unknown_there} |",
        f"| gaps found | {r.gaps_found} | {r.gaps_there} |", f"| gaps that are none | {r.gaps_false} | |",
        f"| seconds | {seconds:.1f} | |", f"| seconds of one processor core | {busy:.1f} | |", "",
        *(f"- {w}" for w in r.wrong),
    ]
    return "\n".join(lines)


def annotated(reading: Reading, case: Crackers, long_side: int = 2_000) -> bytes:
    """The photo as PNG with what was read: named packages green, unknown ones magenta, gaps cyan."""
    import cv2

    from ml.vision.photo import load

    photo = load(case.photo, long_side)
    picture = np.ascontiguousarray(photo.pixels[:, :, ::-1])
    names = {p.product_id: p.name for p in case.gallery.products}
    for facing in reading.facings:
        known = facing.product_id is not None
        label = f"{names[facing.product_id][:22]} {facing.probability:.2f}" if facing.product_id is not None \
            else f"? {facing.probability:.2f}"
        _draw(picture, facing.box, photo.scale, (60, 200, 0) if known else (255, 0, 255), label)
    for gap in reading.gaps:
        _draw(picture, gap.box, photo.scale, (255, 255, 0), f"gap {gap.confidence:.2f}")
    for shelf in reading.shelves:
        points = (np.array(shelf) * photo.scale).round().astype(np.int32)
        cv2.polylines(picture, [points.reshape(-1, 1, 2)], False, (0, 140, 255), 2)
    return bytes(cv2.imencode(".png", picture)[1].tobytes())


def _draw(
    picture: NDArray[np.uint8], box: Box, scale: float, color: tuple[int, int, int], label: str,
) -> None:
    import cv2

    x, y, w, h = (round(v * scale) for v in box)
    cv2.rectangle(picture, (x + 1, y + 1), (x + w - 2, y + h - 2), color, 2)
    for ink, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(picture, label, (x + 4, y + 14), cv2.FONT_HERSHEY_SIMPLEX, 0.38, ink, thick, cv2.LINE_AA)


def data_folder() -> Path:
    """Where the real data lies: ``WORKBENCH_REAL_DATA``, else beside the checkout."""
    return Path(os.environ.get("WORKBENCH_REAL_DATA", "../shared/data")) / "photo_crackers"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the photo three times, print the table and write the picture."""
    from ml.vision.reader import PhotoReader

    parser = argparse.ArgumentParser(prog="python -m ml.eval.crackers", description=__doc__)
    parser.add_argument("--data", type=Path, default=data_folder(), help="folder of the photo")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/crackers"), help="for the picture")
    options = parser.parse_args(arguments)
    if not (options.data / "photo.jpg").exists():
        parser.error(f"There is no photo in {options.data}: set WORKBENCH_REAL_DATA to the real data.")
    case = Crackers(options.data)
    reader: ShelfReader = PhotoReader()
    readings, busy = [], []
    for _ in range(3):
        before = process_time()
        readings.append(reader.read(case.photo, case.gallery))
        busy.append(process_time() - before)
    seconds = median(r.elapsed_ms for r in readings[1:]) / 1_000
    print(table(score(readings[0], case), seconds, median(busy[1:])))
    options.output_dir.mkdir(parents=True, exist_ok=True)
    path = options.output_dir / "crackers.png"
    path.write_bytes(annotated(readings[0], case))
    print(f"\nAnnotated photo: {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
