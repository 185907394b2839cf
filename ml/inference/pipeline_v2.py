"""Both stages on one photo: packages found by the trained network, named by comparison with packshots.

    python -m ml.inference.pipeline_v2 shelf.jpg --config ml/configs/pipeline.yaml --output annotated.jpg
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from core.compliance.annotate import QUIET, UNSURE, Mark, annotated
from core.compliance.reading import SHOWN_FROM, Candidate, Facing, Gallery, Reading, ShelfReader
from core.errors import BadInput, WorkbenchError
from core.planogram.planogram import Planogram
from ml.inference.packshots import read_gallery
from ml.training.config import CONFIGS, known, read_yaml, section
from ml.vision.detector import Detections, Detector, Floats, load_detector

CONFIG = CONFIGS / "pipeline.yaml"
COVERED = 0.4
"""A found package of which this share is covered by a named one is the same, or stands behind it."""


@dataclass(frozen=True, slots=True)
class DetectorSection:
    """``model``: in place of the one that comes with the workbench."""

    enabled: bool = True
    model: str | None = None
    confidence: float = SHOWN_FROM
    threads: int = 2

    def __post_init__(self) -> None:
        if not SHOWN_FROM <= self.confidence <= 1:
            raise BadInput(f"detector.confidence is {self.confidence}.", f"From {SHOWN_FROM} to 1.")


@dataclass(frozen=True, slots=True)
class GallerySection:
    """``path``: one folder of packshots a product."""

    path: str | None = None


@dataclass(frozen=True, slots=True)
class TargetSection:
    """``count_mae_max``: mean absolute error of a product's count in a photo."""

    count_mae_max: float = 0.3


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """How photos are read."""

    detector: DetectorSection = DetectorSection()
    gallery: GallerySection = GallerySection()
    targets: TargetSection = TargetSection()


def pipeline_config(content: Mapping[str, Any]) -> PipelineConfig:
    """Check a configuration. Raises BadInput for a key that nothing reads or a value of another type."""
    known(content, PipelineConfig, "the configuration")
    return PipelineConfig(
        section(DetectorSection, content, "detector"),
        section(GallerySection, content, "gallery"),
        section(TargetSection, content, "targets"),
    )


@dataclass(eq=False)
class Pipeline:
    """A ``ShelfReader`` of two: ``reader`` names what it finds; what ``detector`` finds beside that is shown
    as a package that is not known. ``missing``: why there is no detector."""

    reader: ShelfReader
    detector: Detector | None
    missing: str = ""

    @property
    def name(self) -> str:
        """The methods and their versions."""
        return self.reader.name + (f" · {self.detector.name}" if self.detector else "")

    def read(self, photo: bytes, gallery: Gallery, expected: Planogram | None = None) -> Reading:
        """Find and name what stands on a shelf. See ``ShelfReader``."""
        from ml.vision import photo as photos

        started = perf_counter()
        if self.detector is None:
            reading = self.reader.read(photo, gallery, expected)
            return replace(reading, fallbacks=(*reading.fallbacks, *filter(None, [self.missing])))
        picture = photos.load(photo)
        seen = self.detector.detect(picture.pixels)
        seen = seen._replace(boxes=np.asarray(picture.to_photo(seen.boxes.astype(float)), np.float32))
        if gallery.products:
            reading = with_unknown(self.reader.read(photo, gallery, expected), seen)
        else:
            reading = unnamed(seen, picture.width, picture.height)
        methods = tuple(dict.fromkeys((*reading.methods, self.detector.name)))
        return replace(reading, methods=methods, elapsed_ms=1_000 * (perf_counter() - started))


def pipeline(config: PipelineConfig, model: Path | None = None) -> Pipeline:
    """The reader of a configuration; ``model`` goes before the configuration's."""
    from ml.vision.reader import PhotoReader

    if not config.detector.enabled:
        return Pipeline(PhotoReader(), None)
    chosen = model or (Path(config.detector.model) if config.detector.model else None)
    detector, missing = load_detector(chosen)
    if detector is not None:
        detector = replace(detector, threads=config.detector.threads, least=config.detector.confidence)
    return Pipeline(PhotoReader(), detector, missing)


def with_unknown(reading: Reading, seen: Detections) -> Reading:
    """A reading, with the packages that its reader did not find; they stand in the row whose packages are
    nearest in height."""
    named = np.array([f.box for f in reading.facings], np.float32).reshape(-1, 4)
    new = np.flatnonzero(covered(seen.boxes, named) < COVERED)
    row = nearest_row(seen.boxes[new], named, np.array([f.row for f in reading.facings], np.int_))
    facings = (*reading.facings, *_facings(seen, new, row))
    return replace(reading, facings=tuple(sorted(facings, key=lambda f: (f.row, f.box[0]))))


def unnamed(seen: Detections, width: int, height: int) -> Reading:
    """What a detector alone can tell."""
    from ml.vision.resolve import rows

    found = rows(seen.boxes.astype(float), 0.0)
    shelves = tuple(((0.0, a), (float(width), a + b * width)) for a, b in found.lines)
    facings = _facings(seen, range(len(seen.boxes)), found.row)
    return Reading(
        width, height, tuple(sorted(facings, key=lambda f: (f.row, f.box[0]))),
        shelves=shelves, fallbacks=("There are no packshots, so nothing is named.",),
    )


def covered(boxes: Floats, others: Floats) -> Floats:
    """(n,) the largest share of each of (n, 4) boxes that one of (m, 4) others covers, or of the other that
    it covers: a label read as a package lies within it."""
    if not len(boxes) or not len(others):
        return np.zeros(len(boxes), np.float32)
    first = np.maximum(boxes[:, None, :2], others[None, :, :2])
    last = np.minimum((boxes[:, :2] + boxes[:, 2:])[:, None], (others[:, :2] + others[:, 2:])[None])
    both = (last - first).clip(0).prod(axis=2)
    smaller = np.minimum(boxes[:, 2:].prod(axis=1)[:, None], others[:, 2:].prod(axis=1)[None])
    return np.asarray((both / np.maximum(smaller, 1e-6)).max(axis=1), np.float32)


def nearest_row(boxes: Floats, others: Floats, row: np.ndarray[Any, np.dtype[np.int_]]) -> list[int]:
    """Of each box, the row of the other that stands nearest: by height first, since shelves are wide."""
    if not len(others):
        return [0] * len(boxes)
    foot, foot_of = boxes[:, 1] + boxes[:, 3], others[:, 1] + others[:, 3]
    beside = np.abs((boxes[:, 0] + boxes[:, 2] / 2)[:, None] - (others[:, 0] + others[:, 2] / 2)[None])
    away = np.abs(foot[:, None] - foot_of[None]) + 0.1 * beside
    return [int(r) for r in row[away.argmin(axis=1)]]


def _facings(
    seen: Detections, which: Sequence[int] | np.ndarray[Any, np.dtype[np.int_]], row: Sequence[int] | Any
) -> list[Facing]:
    return [
        Facing(
            (x, y, width, height), float(seen.confidence[i]), int(r), seen.kinds[i], found_by="detector"
        )
        for i, r in zip(which, row, strict=True)
        for x, y, width, height in [tuple(float(v) for v in seen.boxes[i])]
    ]


def marks(reading: Reading, gallery: Gallery) -> list[Mark]:
    """What was found, with the names of what is known."""
    names = {product.product_id: product.name for product in gallery.products}
    return [
        Mark(f.box, UNSURE if f.product_id is None else QUIET, text=names.get(f.product_id or 0, ""))
        for f in reading.facings
        if f.confidence >= SHOWN_FROM
    ]


def told(reading: Reading, gallery: Gallery) -> dict[str, Any]:
    """A reading in plain values, for JSON: what is not known has no product."""
    names = {product.product_id: product.name for product in gallery.products}

    def name(candidate: Candidate) -> dict[str, Any]:
        return {"product": names.get(candidate.product_id), "probability": round(candidate.probability, 3)}

    return {
        "width": reading.width,
        "height": reading.height,
        "facings": [
            {
                "box": [round(v, 1) for v in f.box], "row": f.row, "kind": f.kind,
                "confidence": round(f.confidence, 3), "product": names.get(f.product_id or 0),
                "candidates": [name(c) for c in f.candidates],
            }
            for f in reading.facings
        ],
        "gaps": [{"box": [round(v, 1) for v in gap.box], "row": gap.row} for gap in reading.gaps],
        "methods": list(reading.methods),
        "fallbacks": list(reading.fallbacks),
        "elapsed_ms": round(reading.elapsed_ms),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """0; 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(
        prog="ml.inference.pipeline_v2", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("photo", type=Path)
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--gallery", type=Path, help="packshots in place of the configuration's")
    parser.add_argument("--output", type=Path, help="write the annotated photo here, as JPEG")
    parser.add_argument("--json", type=Path, help="write the reading here")
    given = parser.parse_args(argv)
    try:
        config = pipeline_config(read_yaml(given.config))
        if not given.photo.is_file():
            raise BadInput(f"There is no photo {given.photo}.", "Check the path.")
        place = given.gallery or (Path(config.gallery.path) if config.gallery.path else None)
        gallery = read_gallery(place) if place else Gallery((), "")
        photo = given.photo.read_bytes()
        reading = pipeline(config).read(photo, gallery)
        if given.output:
            given.output.parent.mkdir(parents=True, exist_ok=True)
            given.output.write_bytes(annotated(photo, marks(reading, gallery)))
        if given.json:
            given.json.write_text(json.dumps(told(reading, gallery), indent=1) + "\n", encoding="utf-8")
    except WorkbenchError as error:
        print(f"{error} {error.hint}", file=sys.stderr)
        return 2
    found, named = len(reading.facings), sum(f.product_id is not None for f in reading.facings)
    print(f"{found} packages in {reading.rows} rows, {named} named; {reading.elapsed_ms:.0f} ms.")
    for line in reading.fallbacks:
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
