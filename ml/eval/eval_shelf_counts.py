"""How well products on shelves are counted: mean absolute error per product and photo.

    python -m ml.eval.eval_shelf_counts --pipeline-config ml/configs/pipeline.yaml --test-dir ml/data/test
    python -m ml.eval.eval_shelf_counts --predictions predictions.json --ground-truth ground_truth.json

Counts are JSON, {photo: {product: number}}. A test folder holds ``images`` and ``ground_truth.json``; the
pipeline's gallery names products by its folders. A product counts in every photo in which it stands or is
said to stand, so that a product that is nowhere cannot make the error small.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.compliance.reading import SHOWN_FROM, Gallery, Reading
from core.errors import BadInput, WorkbenchError
from ml.inference.packshots import read_gallery
from ml.inference.pipeline_v2 import TargetSection, pipeline, pipeline_config
from ml.tools.files import pictures, read_json, write_json
from ml.training.config import read_yaml

Counts = Mapping[str, Mapping[str, int]]


def compare_counts(predicted: Counts, true: Counts) -> dict[str, Any]:
    """Mean absolute error and bias of the counts, in all and by product, and the share of counts that are
    right. Raises BadInput where the photos are not the same or there is nothing to count."""
    if predicted.keys() != true.keys():
        odd = sorted(predicted.keys() ^ true.keys())[0]
        raise BadInput(f"{odd} is not in both predictions and ground truth.", "Give the same photos.")
    off: dict[str, list[int]] = defaultdict(list)
    for photo, counts in true.items():
        for product in counts.keys() | predicted[photo].keys():
            have, want = predicted[photo].get(product, 0), counts.get(product, 0)
            if have or want:
                off[product].append(have - want)
    every = [error for errors in off.values() for error in errors]
    if not every:
        raise BadInput("There is no product in any photo.", "Check the ground truth.")
    return {
        "photos": len(true),
        "counts": len(every),
        "count_mae": round(sum(map(abs, every)) / len(every), 4),
        "bias": round(sum(every) / len(every), 4),
        "exact": round(sum(error == 0 for error in every) / len(every), 4),
        "products": {
            product: {
                "photos": len(errors),
                "count_mae": round(sum(map(abs, errors)) / len(errors), 4),
                "bias": round(sum(errors) / len(errors), 4),
            }
            for product, errors in sorted(off.items())
        },
    }


def counts_of(reading: Reading, gallery: Gallery) -> dict[str, int]:
    """How many facings of each product a reading shows as a fact."""
    names = {product.product_id: product.name for product in gallery.products}
    shown = (f.product_id for f in reading.facings if f.confidence >= SHOWN_FROM)
    return dict(Counter(names[number] for number in shown if number is not None))


def read_counts(path: Path) -> dict[str, dict[str, int]]:
    """Raises BadInput for what is no JSON of counts."""
    content = read_json(path)
    for photo, counts in content.items():
        if not isinstance(counts, dict) or not all(type(n) is int and n >= 0 for n in counts.values()):
            raise BadInput(f"{path} has no counts of {photo}.", "As in {photo: {product: number}}.")
    return content


def pipeline_counts(config_path: Path, test: Path) -> tuple[Counts, Counts]:
    """What the pipeline counts in a test folder, and what is there."""
    config = pipeline_config(read_yaml(config_path))
    if not config.gallery.path:
        raise BadInput(f"{config_path} names no gallery.", "Set gallery.path to the folder of packshots.")
    gallery = read_gallery(Path(config.gallery.path))
    true = read_counts(test / "ground_truth.json")
    reader = pipeline(config)
    predicted = {
        path.name: counts_of(reader.read(path.read_bytes(), gallery), gallery)
        for path in pictures(test / "images")
        if path.name in true
    }
    return predicted, true


def main(argv: Sequence[str] | None = None) -> int:
    """0; 1 where the target is missed; 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(
        prog="ml.eval.eval_shelf_counts", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("--pipeline-config", type=Path)
    parser.add_argument("--test-dir", type=Path)
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--ground-truth", type=Path)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args(argv)
    target = TargetSection().count_mae_max
    predicted: Counts
    true: Counts
    try:
        if given.predictions and given.ground_truth:
            predicted, true = read_counts(given.predictions), read_counts(given.ground_truth)
        elif given.pipeline_config and given.test_dir:
            target = pipeline_config(read_yaml(given.pipeline_config)).targets.count_mae_max
            predicted, true = pipeline_counts(given.pipeline_config, given.test_dir)
        else:
            parser.error("give --pipeline-config and --test-dir, or --predictions and --ground-truth")
        result = compare_counts(predicted, true)
    except WorkbenchError as error:
        print(f"{error} {error.hint}", file=sys.stderr)
        return 2
    if given.output:
        write_json(given.output, {**result, "target": target})
    print(json.dumps({key: value for key, value in result.items() if key != "products"}))
    return 0 if result["count_mae"] <= target else 1


if __name__ == "__main__":
    raise SystemExit(main())
