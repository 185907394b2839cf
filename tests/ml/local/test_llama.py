"""A language model in process: what it is asked for, and its own time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.language import LanguageRequest, LanguageTask, ModelFault, Picture, Tier, Turn, complete
from core.settings import Settings
from ml.backends import SMOL_KINDS, Backend, backends
from ml.local import llama
from ml.local.llama import LlamaCpp

REQUEST = LanguageRequest("label", "Answer with one word.", (Turn("user", "Is cola a drink or a snack?"),), max_tokens=6)
needs_smol = pytest.mark.skipif(not llama.installed(llama.packaged()), reason="llama.cpp and SmolLM2 are not installed")


class Fake:
    """Two words, a second each where it is slow."""

    n_tokens = 12

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def create_chat_completion(self, **asked: object) -> object:
        assert asked["messages"][0] == {"role": "system", "content": REQUEST.system}  # type: ignore[index]
        for word in ("A", " drink"):
            time.sleep(self.seconds)
            yield {"choices": [{"delta": {"content": word}, "finish_reason": None}]}
        yield {"choices": [{"delta": {}, "finish_reason": "stop"}]}


def with_fake(seconds: float = 0.0) -> LlamaCpp:
    model = LlamaCpp("tiny", Path("/nowhere/model.gguf"))
    model.__dict__["_model"] = Fake(seconds)
    return model


def test_its_pieces_are_one_answer() -> None:
    """With what it read and wrote."""
    whole = complete(with_fake(), REQUEST, 5.0)
    assert (whole.text, whole.stopped, whole.usage.tokens_in, whole.usage.out) == ("A drink", "end", 12, 2)


def test_it_stops_when_its_time_is_up_and_can_be_asked_again() -> None:
    """A fault like that of a slow server, and the next request is not locked out."""
    model = with_fake(0.1)
    with pytest.raises(ModelFault, match="in time"):
        complete(model, REQUEST, 0.05)
    assert complete(model, REQUEST, 5.0).text == "A drink"


def test_a_file_that_is_none_is_a_fault_not_an_error() -> None:
    """Whatever the runtime says of it, or that it is not there."""
    with pytest.raises(ModelFault):
        complete(LlamaCpp("tiny", Path(__file__)), REQUEST, 5.0)


def test_it_is_asked_only_for_what_it_can_do() -> None:
    """SmolLM2 for labels, no structure, no pictures."""
    small = Backend(with_fake(), Tier.LOCAL, 0.0, 0.0, sees=False, structured=False, kinds=SMOL_KINDS)
    assert small.can(LanguageTask("label", {}, str))
    assert not small.can(LanguageTask("overview", {}, str))
    assert not small.can(LanguageTask("label", {}, str, schema={"type": "object"}))
    assert not small.can(LanguageTask("label", {}, str, pictures=(Picture(b"x", "image/png"),)))


def test_a_file_of_ones_own_is_a_local_model_where_its_runtime_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Free, and asked before any provider."""
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")
    monkeypatch.setattr(llama, "find_spec", lambda name: object() if name == llama.RUNTIME else None)
    found = backends(Settings(local_gguf=path))
    assert [(b.name, b.tier, b.costs) for b in found] == [("own-gguf", Tier.LOCAL, False)]


@needs_smol
def test_smollm2_answers() -> None:
    """Something, in its time or not: it is small, and the machine may be busy."""
    path = llama.packaged()
    assert path is not None
    try:
        assert complete(LlamaCpp(llama.SMOL, path), REQUEST, 60.0).text.strip()
    except ModelFault as fault:
        assert fault.kind == "timeout"
