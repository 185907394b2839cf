"""Encoders of text from a folder: those that can be had on a hub alone, once somebody has brought them.

A folder below ``WORKBENCH_MODELS_FOLDER`` holds ``model.onnx`` (or ``onnx/model.onnx``, as hubs keep it) and
``vocab.txt``, or ``tokenizer.json`` where the package ``tokenizers`` is installed. Nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import WorkbenchError
from ml.local.cards import verify
from ml.text.wordpiece import WordPieces

LONGEST = 512
BATCH = 32
_Ints = NDArray[np.int64]
_Floats = NDArray[np.float32]


def model_file(folder: Path) -> Path | None:
    """The network of a folder, None where it has none."""
    return next((p for p in (folder / "model.onnx", folder / "onnx" / "model.onnx") if p.is_file()), None)


def complete(folder: Path) -> bool:
    """Whether a folder holds a network and what reads texts for it."""
    reads = (folder / "vocab.txt").is_file() or (
        (folder / "tokenizer.json").is_file() and find_spec("tokenizers") is not None)
    return model_file(folder) is not None and reads and find_spec("onnxruntime") is not None


class OnnxText:
    """The first output of an encoder for texts, or for pairs of them. Raises WorkbenchError where its files
    cannot be used."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._lock = Lock()

    def prepare(self) -> None:
        with self._lock:
            _ = self._session, self._reader

    def outputs(self, texts: Sequence[tuple[str, ...]]) -> list[_Floats]:
        """One array for each text or pair, in order: (c,) of a classifier, (t, d) of an encoder."""
        self.prepare()
        codes = [self._code(parts) for parts in texts]
        found: list[_Floats] = [np.empty(0, np.float32)] * len(codes)
        order = sorted(range(len(codes)), key=lambda i: len(codes[i][0]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            batch = self._run([codes[i] for i in chosen])
            for i, row in zip(chosen, batch, strict=True):
                found[i] = row[: len(codes[i][0])] if row.ndim == 2 else row
        return found

    def _run(self, codes: Sequence[tuple[list[int], list[int]]]) -> _Floats:
        longest = max(len(ids) for ids, _ in codes)

        def padded(rows: Sequence[list[int]]) -> _Ints:
            return np.array([row + [0] * (longest - len(row)) for row in rows], np.int64)

        given = {
            "input_ids": padded([ids for ids, _ in codes]),
            "attention_mask": padded([[1] * len(ids) for ids, _ in codes]),
            "token_type_ids": padded([kinds for _, kinds in codes]),
        }
        wanted = {i.name for i in self._session.get_inputs()}
        result: _Floats = self._session.run(None, {k: v for k, v in given.items() if k in wanted})[0]
        return result

    def _code(self, parts: tuple[str, ...]) -> tuple[list[int], list[int]]:
        """Numbers of the pieces, and which part each belongs to."""
        if not isinstance(self._reader, WordPieces):
            read = self._reader.encode(*parts)
            return list(read.ids)[:LONGEST], list(read.type_ids)[:LONGEST]
        first = self._reader.encode(parts[0], LONGEST // 2 if len(parts) > 1 else LONGEST)
        second = self._reader.encode(parts[1], LONGEST - len(first) + 1)[1:] if len(parts) > 1 else []
        return first + second, [0] * len(first) + [1] * len(second)

    @cached_property
    def _reader(self) -> Any:
        if (self._folder / "vocab.txt").is_file():
            return WordPieces.read(self._folder / "vocab.txt")
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / "tokenizer.json"))

    @cached_property
    def _session(self) -> Any:
        path = model_file(self._folder)
        if path is None:
            raise WorkbenchError(f"{self.name} has no model.onnx.", f"Bring it to {self._folder.name}.")
        verify(self.name, self._folder)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        try:
            return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise WorkbenchError(f"{self.name} could not be loaded.", "Bring its files again.") from error


class CrossEncoder(OnnxText):
    """A ``core.small_models.Reranker``: reads a query and a text together, such as ms-marco-MiniLM."""

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        found = self.outputs([(query, text) for text in texts])
        return [float(1.0 / (1.0 + np.exp(-np.clip(row[-1], -60, 60)))) for row in found]


class Classifier(OnnxText):
    """A ``core.small_models.TextScorer`` of two classes: the chance of the second, such as RoBERTa of
    toxicity; ``centered`` puts it between −1 and 1, as DistilBERT of feeling is used."""

    def __init__(self, name: str, folder: Path, *, centered: bool = False) -> None:
        super().__init__(name, folder)
        self._centered = centered

    def scores(self, texts: Sequence[str]) -> list[float]:
        logits = [row.astype(np.float64) for row in self.outputs([(text,) for text in texts])]
        chances = [float(1.0 / (1.0 + np.exp(np.clip(row[0] - row[1], -60, 60)))) for row in logits]
        return [2.0 * chance - 1.0 for chance in chances] if self._centered else chances


class FirstToken(OnnxText):
    """A ``core.models.Embedder`` that takes the first token for the text, as the BGE models do."""

    learned = True

    def embed(self, texts: Sequence[str]) -> _Floats:
        rows = [row[0] for row in self.outputs([(text,) for text in texts])]
        vectors = np.asarray(rows, np.float32).reshape(len(texts), -1)
        blank = np.array([not text.strip() for text in texts], bool)
        unit: _Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        unit[blank] = 0.0
        return unit
