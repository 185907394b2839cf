"""What leaves the training of the classifier: a network for ONNX Runtime with its card, and embeddings."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.errors import BadInput
from ml.tools.files import write_json
from ml.training.arcface import Embedder
from ml.training.classifier_data import Labelled
from ml.vision.embedding import Embedding, Floats, Pixels, turned

OPSET = 17
HALF_FROM = 256
"""Weights from this many numbers on are stored with 11 significant bits and computed with 24."""

FINEST_HALF = 6e-5
"""Below this, numbers of half precision have fewer bits."""

TOLERANCE = 0.02
"""Largest distance between the unit vectors of the exported network and of the trained one: 1.1 degrees."""


def export_onnx(embedder: Embedder, path: Path, facts: Mapping[str, Any]) -> Path:
    """Write ``path`` and its card beside it, and hold it to what the trained network says.

    ``facts``: what else the card tells, such as the data's hash and what was measured. Raises BadInput where
    the exported network says something else.
    """
    import onnx

    side = embedder.pyramid.image_size
    embedder.eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    sample = torch.from_numpy(_noise(2, side))
    _trace(embedder, sample, path)
    model = onnx.load(path)
    _halve(model)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    content = path.read_bytes()
    card = {
        "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "image_size": side,
        "dimensions": embedder.dimensions,
        "input": f"crops: (n, {side}, {side}, 3) uint8 RGB",
        "output": f"vectors: (n, {embedder.dimensions}) float32 of length 1",
        "opset": OPSET,
    }
    write_json(path.with_suffix(".json"), {"name": path.stem, **facts, **card})
    _same(embedder, Embedding(path, threads=1))
    return path


@torch.inference_mode()
def vectors_of(embedder: Embedder, crops: Sequence[Pixels]) -> Floats:
    """(n, d) unit vectors of crops of any size."""
    side = embedder.pyramid.image_size
    seen = embedder.eval()(torch.from_numpy(np.stack([turned(crop, side) for crop in crops])))
    return np.asarray(seen.numpy(), np.float32)


def export_embeddings(known: Labelled, vectors: Floats, folder: Path, root: Path) -> Path:
    """Write ``embeddings.npy`` (n, d) of unit vectors, and ``embeddings.json`` that says whose they are.
    ``root``: the folder of the pictures, from which their paths are given."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "embeddings.npy", vectors)
    rows = [{"file": f.relative_to(root).as_posix(), "class": known.classes[k]}
            for f, k in zip(known.files, known.labels.tolist(), strict=True)]
    write_json(folder / "embeddings.json",
               {"dimensions": int(vectors.shape[1]), "classes": list(known.classes), "rows": rows})
    return folder / "embeddings.npy"


def _trace(embedder: Embedder, sample: torch.Tensor, path: Path) -> None:
    with warnings.catch_warnings():
        # The exporter without dynamo is the one that needs no further package.
        warnings.simplefilter("ignore")
        torch.onnx.export(embedder, (sample,), path, input_names=["crops"], output_names=["vectors"],
                          dynamic_axes={"crops": {0: "n"}, "vectors": {0: "n"}}, opset_version=OPSET,
                          dynamo=False)


def _noise(count: int, side: int) -> Pixels:
    """Soft spots of color: noise of single pixels is nothing that a network has seen."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (count, 8, 8, 3), np.uint8)
    return np.ascontiguousarray(np.resize(np.repeat(np.repeat(coarse, side // 8 + 1, 1), side // 8 + 1, 2)
                                          [:, :side, :side], (count, side, side, 3)))


def _same(embedder: Embedder, exported: Embedding) -> None:
    crops = _noise(3, embedder.pyramid.image_size)
    expected = vectors_of(embedder, list(crops))
    worst = float(np.linalg.norm(exported.embed(list(crops)) - expected, axis=1).max())
    if not worst <= TOLERANCE:
        raise BadInput(f"The exported network differs by {worst:.1e} from the trained one.",
                       f"At most {TOLERANCE:.0e} is allowed; look at the versions of torch and onnx.")


def _halve(model: Any) -> None:
    """Store the large weights in half precision, each with a cast that the runtime folds when it loads."""
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or int(np.prod(tensor.dims)) < HALF_FROM:
            continue
        name, values = tensor.name, numpy_helper.to_array(tensor)
        largest = float(np.abs(values).max())
        if not FINEST_HALF < largest < float(np.finfo(np.float16).max):
            continue
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
