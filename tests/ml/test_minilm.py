"""The text model gives what sentence-transformers gives with the same weights."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from core.errors import WorkbenchError
from ml.text import minilm
from ml.text.minilm import MiniLM

needs_weights = pytest.mark.skipif(
    not minilm.installed(), reason="the weights of requirements-models.txt are not installed"
)

REFERENCE = {
    "Beacon Cola Zero 20 oz": (-0.0443, 0.0286, 0.0325, 0.1248, 0.051, 0.0003),
    "Crème brûlée – naïve café, 1.5 oz!": (0.0467, -0.0206, -0.0098, 0.0529, 0.0177, -0.0395),
    "ペットボトル 茶": (-0.0296, 0.0439, 0.0187, 0.0001, -0.0836, 0.0156),
    "Jalapeño & Cheddar (family-size) $3.99": (-0.0189, -0.0215, -0.0499, 0.0811, -0.1045, -0.0034),
    "  tabs\tand\nlines ": (-0.0155, 0.0094, -0.0389, -0.0473, -0.0783, 0.0436),
}
"""First six numbers of sentence-transformers 6.2.0 on torch 2.13.0, normalized."""


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return MiniLM()


@needs_weights
def test_vectors_are_those_of_sentence_transformers(model: MiniLM) -> None:
    """All of one batch, to the digits that were kept."""
    vectors = model.embed([*REFERENCE])
    assert vectors[:, :6] == pytest.approx(np.array([*REFERENCE.values()]), abs=1e-4)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0)


@needs_weights
def test_a_text_means_the_same_beside_longer_ones(model: MiniLM) -> None:
    """Padding does not reach what is padded."""
    texts = ["cola", "a can of diet cola with lemon and less sugar than any other can of cola"]
    assert model.embed(texts)[0] == pytest.approx(model.embed(texts[:1])[0], abs=1e-5)


@needs_weights
def test_meaning_is_nearer_than_letters(model: MiniLM) -> None:
    """A soft drink by another name is nearer than a word with the same letters."""
    soda, pop, sofa = model.embed(["soda", "carbonated soft drink", "sofa"])
    assert soda @ pop > soda @ sofa


@needs_weights
def test_a_text_without_a_word_is_nothing(model: MiniLM) -> None:
    """Zeros, which are like nothing; longer texts are cut, not refused."""
    vectors = model.embed(["", " \t ", "cola " * 2000])
    assert not vectors[:2].any()
    assert np.linalg.norm(vectors[2]) == pytest.approx(1.0, abs=1e-5)
    assert model.embed([]).shape == (0, minilm.WIDTH)


def test_without_its_weights_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence and the command."""
    monkeypatch.setattr(minilm, "PACKAGE", "a_package_that_is_not_there")
    assert not minilm.installed()
    with pytest.raises(WorkbenchError) as error:
        MiniLM()
    assert "requirements-models.txt" in error.value.hint


@needs_weights
def test_no_model_runtime_is_imported() -> None:
    """Neither torch nor transformers, which cost seconds and a gigabyte."""
    code = (
        "import sys; from ml.text.minilm import MiniLM; MiniLM().embed(['cola']);"
        "sys.exit(any(m in sys.modules for m in ('torch', 'transformers', 'sentence_transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
