"""One call of a model within a time that it cannot exceed, whatever its server does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from core.language import Completion, LanguageModel, LanguageRequest, ModelFault, Usage
from core.telemetry import log
from ml import faults

NOTHING = Usage()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a call. ``problem``: what was wrong with the answer; ``value`` and ``quality`` once it was
    judged; ``cost`` in millionths of a dollar."""

    model: str
    outcome: str
    text: str = ""
    usage: Usage = NOTHING
    fault: ModelFault | None = None
    cut_short: bool = False
    problem: str = ""
    value: Any = None
    quality: float | None = None
    cost: int = 0


def attempted(
    model: LanguageModel, request: LanguageRequest, within_s: float, emit: Callable[[str], None]
) -> Attempt:
    """Call a model. A server that sends a byte now and then keeps every timeout of the network from ending
    the call; so it runs in a thread of its own, which is left behind when the time is over."""
    done: SimpleQueue[Attempt] = SimpleQueue()
    over = threading.Event()

    def run() -> None:
        try:
            whole = _drained(model, request, within_s, lambda piece: None if over.is_set() else emit(piece))
            done.put(Attempt(model.name, "ok", whole.text, whole.usage, cut_short=whole.stopped == "length"))
        except ModelFault as fault:
            done.put(Attempt(model.name, fault.kind, fault=fault, problem=str(fault)))
        except Exception as error:  # noqa: BLE001 - whatever an SDK lets through must not end the request; it is logged
            log().exception("model_failed", model=model.name)
            fault = ModelFault("garbled", f"{model.name} failed: {type(error).__name__}", billed=True)
            done.put(Attempt(model.name, fault.kind, fault=fault, problem=str(fault)))

    threading.Thread(target=run, name=f"call {model.name}", daemon=True).start()
    try:
        return done.get(timeout=within_s)
    except Empty:
        over.set()
        fault = faults.too_late(model.name)
        return Attempt(model.name, fault.kind, fault=fault, problem=str(fault))


def _drained(
    model: LanguageModel, request: LanguageRequest, within_s: float, emit: Callable[[str], None]
) -> Completion:
    pieces = model.stream(request, within_s)
    while True:
        try:
            emit(next(pieces))
        except StopIteration as end:
            whole: Completion = end.value
            return whole
