"""The photo audit judged on rendered shelves whose brands were in no training.

    python -m ml.eval.renders --count 6 --pictures runs/renders --write docs/vision.md

Each shelf is photographed plainly, with strong blur, tilted, and behind signs and hands; with departures
from its plan that are known. What is hidden by half or more is judged neither way, nor is what stands on the
shelves beside.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.compliance.audit import audit
from core.compliance.findings import Audit, Kind
from core.compliance.reading import SHOWN_FROM, Box, Reading, ShelfReader
from core.errors import BadInput, WorkbenchError
from ml.eval.detection import Judged, average_precision, corners
from ml.rendering.cases import Case, held_out
from ml.rendering.departures import UNKNOWN
from ml.rendering.shelf import HARD, Settings, render
from ml.rendering.truth import Image8, Rendered, Shown
from ml.tools.files import write_json
from ml.vision.detector import iou

SAME, JUDGED_FROM = 0.5, 0.5
WIDTH, DEPARTURES = 1800, 4
TARGETS = {"recall": 0.98, "map50": 0.95, "top1": 0.93, "count_mae": 0.30, "violations_f1": 0.95}
TOLD = {"missing": Kind.OUT_OF_STOCK, "fewer_facings": Kind.WRONG_FACINGS, "replaced": Kind.WRONG_PRODUCT,
        "unknown": Kind.WRONG_PRODUCT, "swapped": Kind.WRONG_POSITION}
MARKS = ("<!-- renders -->", "<!-- /renders -->")
Floats = NDArray[np.float32]
Told = tuple[str, int]


@dataclass(frozen=True, eq=False)
class Outcome:
    """One photo: its detections met with the truth, names, counts, and violations told and true."""

    case: int
    judged: Judged
    named: int
    right: int
    variants: int
    variants_right: int
    off: tuple[int, ...]
    told: frozenset[Told]
    true: frozenset[Told]
    seconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: how one way to photograph does. ``top1``: of the packages that were found."""

    photos: int
    packages: int
    recall: float
    precision: float
    map50: float
    top1: float
    variants_top1: float
    count_mae: float
    violations_precision: float
    violations_recall: float
    violations_f1: float
    seconds: float

    def as_dict(self) -> dict[str, float]:
        return {name: round(float(getattr(self, name)), 4) for name in self.__slots__}


def photograph(case: Case, name: str) -> Rendered:
    """The photo of a case in one of the ways of ``HARD``."""
    settings: Settings = replace(HARD[name], width=WIDTH, departures=DEPARTURES, art_px=320)
    return render(case.plan, case.catalog, 100 * case.number + sorted(HARD).index(name), settings,
                  articles=case.articles, outsiders=case.outsiders, beside=case.beside)


def judge(case: Case, made: Rendered, reading: Reading, found: Audit) -> Outcome:
    """A reading and its audit against the truth of the photo."""
    judged, pairs = _met(made, reading)
    names = [(s.product_id, reading.facings[f].product_id) for f, s in pairs if s.product_id != UNKNOWN]
    families = Counter(a.brand for a in case.articles.values())
    close = {k for k, a in case.articles.items() if families[a.brand] >= 6}
    hidden = _hidden(case, made)
    return Outcome(
        case.number, judged, len(names), sum(a == b for a, b in names),
        sum(a in close for a, _ in names), sum(a == b for a, b in names if a in close),
        _miscounted(made, reading), frozenset(t for t in _told(found) if t[1] not in hidden),
        frozenset(t for t in _true(made) if t[1] not in hidden), reading.elapsed_ms / 1000,
    )


def _met(made: Rendered, reading: Reading) -> tuple[Judged, list[tuple[int, Shown]]]:
    """Detections met with the packages of the fixture; those that meet what is not judged, or lie outside of
    the fixture, are left out. And the pairs (facing, package)."""
    boxes = _array([f.box for f in reading.facings])
    confidence = np.array([f.confidence for f in reading.facings], np.float32)
    overlap = iou(corners(boxes), corners(_array([s.box for s in made.packages])))
    is_judged = np.array([s.row >= 0 and s.visible >= JUDGED_FROM for s in made.packages])
    met = np.full(len(boxes), -1)
    for i in np.argsort(-confidence, kind="stable"):
        if overlap.shape[1] and overlap[i].max() >= SAME:
            met[i] = int(overlap[i].argmax())
            overlap[:, met[i]] = -1
    outline = np.array(made.outline, np.float32)
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    inside = np.array([_inside(outline, (float(x), float(y))) for x, y in middles], bool)
    counts = np.where(met >= 0, is_judged[met] if len(is_judged) else False, inside)
    pairs = [(int(i), made.packages[met[i]]) for i in np.flatnonzero(counts & (met >= 0))]
    kept = np.flatnonzero(counts)
    order = kept[np.argsort(-confidence[kept], kind="stable")]
    return Judged(confidence[order], met[order], int(is_judged.sum())), pairs


def _array(boxes: Sequence[Box]) -> Floats:
    return np.array(boxes, np.float32).reshape(-1, 4)


def _miscounted(made: Rendered, reading: Reading) -> tuple[int, ...]:
    """By how many each product that stands or is seen in the fixture is counted wrong."""
    outline = np.array(made.outline, np.float32)
    true = Counter(s.product_id for s in made.packages if s.row >= 0 and s.visible >= JUDGED_FROM)
    seen: Counter[int] = Counter()
    for f in reading.facings:
        middle = (f.box[0] + f.box[2] / 2, f.box[1] + f.box[3] / 2)
        is_doubtful = any(
            s.visible < JUDGED_FROM and _holds(s.box, middle) for s in made.packages if s.row >= 0
        )
        if f.product_id is not None and f.confidence >= SHOWN_FROM and not is_doubtful \
                and _inside(outline, middle):
            seen[f.product_id] += 1
    return tuple(abs(true[k] - seen[k]) for k in set(true) | set(seen) if k != UNKNOWN)


def _inside(outline: Floats, point: tuple[float, float]) -> bool:
    return bool(cv2.pointPolygonTest(outline, point, False) >= 0)


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[0] + box[2] and box[1] <= point[1] <= box[1] + box[3]


def _hidden(case: Case, made: Rendered) -> frozenset[int]:
    """Products with a place that is hidden by half or more, or a neighbor's."""
    seen = {(s.row, s.column) for s in made.packages if s.row >= 0 and s.visible >= JUDGED_FROM}
    seen |= {(g.row, g.column) for g in made.gaps if g.visible >= JUDGED_FROM}
    return frozenset(
        p.product_id for p in case.plan.positions
        if any((p.row, p.column + n * p.cells // p.facings) not in seen for n in range(p.facings))
    )


def _true(made: Rendered) -> list[Told]:
    """Violations as (kind, product): each product is planned at one place."""
    told: list[Told] = []
    for d in made.departures:
        products = (d.expected, d.actual) if d.type == "swapped" else (d.expected,)
        told += [(TOLD[d.type].value, p) for p in products if p is not None]
    return told


def _told(found: Audit) -> list[Told]:
    stocks = [(v.kind, v.expected or v.actual) for v in found.violations]
    return [(kind.value, s.product_id if s is not None and s.product_id is not None else UNKNOWN)
            for kind, s in stocks]


def score(outcomes: Sequence[Outcome]) -> Row:
    """All photos of one way together."""
    judged = [o.judged for o in outcomes]
    true, found = sum(j.true for j in judged), sum(len(j.met) for j in judged)
    met = sum(int((j.met >= 0).sum()) for j in judged)
    hits = sum(len(o.told & o.true) for o in outcomes)
    told, real = sum(len(o.told) for o in outcomes), sum(len(o.true) for o in outcomes)
    precision, recall = _share(hits, told), _share(hits, real)
    off = [n for o in outcomes for n in o.off]
    return Row(
        len(outcomes), true, _share(met, true), _share(met, found), average_precision(judged),
        _share(sum(o.right for o in outcomes), sum(o.named for o in outcomes)),
        _share(sum(o.variants_right for o in outcomes), sum(o.variants for o in outcomes)),
        float(np.mean(off)) if off else 0.0, precision, recall, _share(2 * hits, told + real),
        float(np.median([o.seconds for o in outcomes])) if outcomes else 0.0,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


@dataclass(eq=False)
class Evaluation:
    """Photos read, audited and judged; pictures are kept where a folder is given."""

    reader: ShelfReader
    pictures: Path | None = None
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)

    def take(self, case: Case, name: str) -> Outcome:
        made = photograph(case, name)
        _, data = cv2.imencode(".jpg", made.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
        reading = self.reader.read(data.tobytes(), case.gallery, case.plan)
        outcome = judge(case, made, reading, audit(reading, case.plan, case.catalog))
        self.outcomes.setdefault(name, []).append(outcome)
        if self.pictures is not None:
            self.pictures.mkdir(parents=True, exist_ok=True)
            drawn = annotated(made, reading, outcome)
            cv2.imwrite(str(self.pictures / f"{case.number:02d}_{name}.jpg"), drawn[..., ::-1])
        return outcome

    def table(self) -> dict[str, Row]:
        return {name: score(found) for name, found in self.outcomes.items()}


def annotated(made: Rendered, reading: Reading, outcome: Outcome) -> Image8:
    """Green: true packages; blue: found; red: found where there is none; yellow and white: gaps, true and
    told."""
    image = made.image.copy()
    truth = _array([s.box for s in made.packages])
    for s in made.packages:
        _frame(image, s.box, (40, 200, 60) if s.row >= 0 else (90, 120, 90), 1)
    for f in reading.facings:
        is_met = len(truth) and iou(corners(_array([f.box])), corners(truth)).max() >= SAME
        _frame(image, f.box, (60, 90, 255) if is_met else (255, 40, 40), 2 if is_met else 4)
        text = str(f.product_id) if f.product_id is not None else "?"
        cv2.putText(image, text, (int(f.box[0]) + 3, int(f.box[1]) + 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5,
                    (255, 255, 255), 1, cv2.LINE_AA)
    for g in made.gaps:
        _frame(image, g.box, (250, 220, 40), 3)
    for gap in reading.gaps:
        _frame(image, gap.box, (255, 255, 255), 2)
    wrong = sorted(outcome.told ^ outcome.true)
    cv2.putText(image, f"told wrongly or not at all: {wrong}"[:170], (8, image.shape[0] - 10),
                cv2.FONT_HERSHEY_SIMPLEX, 0.55, (255, 60, 60), 2, cv2.LINE_AA)
    return image


def _frame(image: Image8, box: Box, color: tuple[int, int, int], width: int) -> None:
    x, y, w, h = (round(v) for v in box)
    cv2.rectangle(image, (x, y), (x + w, y + h), color, width)


def lines(table: dict[str, Row]) -> list[str]:
    """The table as Markdown."""
    heads = ("way", "photos", "packages", "recall", "precision", "mAP@50", "top-1", "top-1 of variants",
             "count MAE", "violations P / R", "F1", "s")
    made = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for name, r in table.items():
        made.append(
            f"| {name} | {r.photos} | {r.packages} | {r.recall:.3f} | {r.precision:.3f} | {r.map50:.3f} "
            f"| {r.top1:.3f} | {r.variants_top1:.3f} | {r.count_mae:.2f} | {r.violations_precision:.2f} / "
            f"{r.violations_recall:.2f} | {r.violations_f1:.3f} | {r.seconds:.1f} |"
        )
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """0 where every target is met, 1 where one is not, 2 for input that cannot be used."""
    from ml.vision.detector import load_detector
    from ml.vision.reader import PhotoReader

    parser = argparse.ArgumentParser(prog="ml.eval.renders", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--count", type=int, default=6, help="shelves, each photographed in every way")
    parser.add_argument("--ways", nargs="+", choices=tuple(HARD), default=list(HARD))
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--write", type=Path, help="page whose table between the marks is renewed")
    given = parser.parse_args(argv)
    evaluation = Evaluation(PhotoReader(load_detector=load_detector), given.pictures)
    try:
        for number in range(given.first, given.first + given.count):
            case = held_out(number)
            for name in given.ways:
                evaluation.take(case, name)
    except WorkbenchError as error:
        print(f"{error} {error.hint}", file=sys.stderr)
        return 2
    table = evaluation.table()
    print("\n".join(lines(table)))
    if given.output:
        write_json(given.output, {name: row.as_dict() for name, row in table.items()})
    if given.write:
        renew(given.write, [*lines(table), "", f"Read by {evaluation.reader.name}."])
    return int(not all(is_met(row) for row in table.values()))


def renew(page: Path, table: Sequence[str]) -> None:
    """Put a table between the marks of a page. Raises BadInput for a page without them."""
    before, _, rest = page.read_text("utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    if not rest or MARKS[1] not in rest:
        raise BadInput(f"{page} has no place for the table.", f"Write “{MARKS[0]}” and “{MARKS[1]}” into it.")
    page.write_text("\n".join((f"{before}{MARKS[0]}", *table, f"{MARKS[1]}{after}")), "utf-8")


def is_met(row: Row) -> bool:
    """Whether a way to photograph reaches every target."""
    return row.count_mae <= TARGETS["count_mae"] and all(
        getattr(row, name) >= least for name, least in TARGETS.items() if name != "count_mae"
    )


if __name__ == "__main__":
    raise SystemExit(main())
