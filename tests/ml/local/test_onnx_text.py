"""Encoders from a folder, with a tiny network of random weights whose outputs are reckoned here again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import WorkbenchError
from core.settings import Settings
from ml.local.available import CROSS_ENCODER, DISTILBERT, relevance, sentiment
from ml.local.onnx_text import Classifier, CrossEncoder, FirstToken
from ml.second_look import SecondLook

onnx = pytest.importorskip("onnx")

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cola", "sold", "best", "which", "?"]
RNG = np.random.default_rng(7)
TABLE = RNG.standard_normal((len(PIECES), 5)).astype(np.float32)
KIND = RNG.standard_normal((2, 5)).astype(np.float32)


def network(path: Path, classes: int | None) -> np.ndarray | None:
    """Word vectors and vectors of the two parts; their masked mean through one layer, or the tokens as they are."""
    from onnx import TensorProto, helper, numpy_helper

    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["n", "t"])
              for n in ("input_ids", "attention_mask", "token_type_ids")]
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Gather", ["kind", "token_type_ids"], ["parts"]),
        helper.make_node("Add", ["words", "parts"], ["tokens"]),
    ]
    start = [numpy_helper.from_array(TABLE, "table"), numpy_helper.from_array(KIND, "kind")]
    layer = None
    if classes is not None:
        layer = RNG.standard_normal((5, classes)).astype(np.float32)
        start += [numpy_helper.from_array(layer, "layer"), numpy_helper.from_array(np.array([2]), "last"),
                  numpy_helper.from_array(np.array([1]), "middle")]
        nodes += [
            helper.make_node("Cast", ["attention_mask"], ["real"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["real", "last"], ["mask"]),
            helper.make_node("Mul", ["tokens", "mask"], ["kept"]),
            helper.make_node("ReduceSum", ["kept", "middle"], ["sums"], keepdims=0),
            helper.make_node("MatMul", ["sums", "layer"], ["out"]),
        ]
        shape = ["n", classes]
    else:
        nodes.append(helper.make_node("Identity", ["tokens"], ["out"]))
        shape = ["n", "t", 5]
    output = helper.make_tensor_value_info("out", TensorProto.FLOAT, shape)
    model = helper.make_model(
        helper.make_graph(nodes, "tiny", inputs, [output], start), opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )
    path.mkdir(parents=True)
    onnx.save(model, path / "model.onnx")
    (path / "vocab.txt").write_text("\n".join(PIECES))
    return layer


def sums(first: list[int], second: list[int] | None = None) -> np.ndarray:
    """What the network adds up for pieces in square brackets."""
    ids = [2, *first, 3] + ([*second, 3] if second is not None else [])
    kinds = [0] * (len(first) + 2) + [1] * (len(second) + 1 if second is not None else 0)
    return (TABLE[ids] + KIND[kinds]).sum(axis=0)


def test_a_cross_encoder_reads_query_and_text_together(tmp_path: Path) -> None:
    """As one sequence of two parts, whatever else is in the batch."""
    layer = network(tmp_path / CROSS_ENCODER, 1)
    model = relevance(Settings(models_folder=tmp_path))
    assert isinstance(model, CrossEncoder)
    found = model.scores("Which sold best?", ["Cola", "Cola sold best"])
    query = [7, 5, 6, 8]
    wanted = [sums(query, [4]) @ layer, sums(query, [4, 5, 6]) @ layer]
    assert found == pytest.approx([float(1 / (1 + np.exp(-x[0]))) for x in wanted], abs=1e-5)


def test_a_classifier_takes_the_place_of_the_lexicon(tmp_path: Path) -> None:
    """Where its folder is there; −1 to 1."""
    layer = network(tmp_path / DISTILBERT, 2)
    model = sentiment(Settings(models_folder=tmp_path))
    assert isinstance(model, Classifier)
    logits = sums([4]) @ layer
    chance = float(1 / (1 + np.exp(logits[0] - logits[1])))
    assert model.scores(["cola", ""])[0] == pytest.approx(2 * chance - 1, abs=1e-5)


def test_an_embedder_takes_the_first_token_as_a_unit(tmp_path: Path) -> None:
    """Zeros for a text without a word."""
    network(tmp_path / "bge", None)
    found = FirstToken("bge", tmp_path / "bge").embed(["cola", "", "which cola sold best ?"])
    first = (TABLE[2] + KIND[0]) / np.linalg.norm(TABLE[2] + KIND[0])
    assert found[0] == pytest.approx(first, abs=1e-5)
    assert found[2] == pytest.approx(first, abs=1e-5)
    assert not found[1].any()


def test_relevance_counts_as_a_part_of_quality(tmp_path: Path) -> None:
    """Only where there is a question."""
    network(tmp_path / CROSS_ENCODER, 1)
    look = SecondLook(None, relevance(Settings(models_folder=tmp_path)))
    near = relevance(Settings(models_folder=tmp_path)).scores("which ?", ["cola"])[0]
    assert look.quality(0.8, "which ?", "cola") == pytest.approx(0.85 * 0.8 + 0.15 * near)
    assert look.quality(0.8, "", "cola") == 0.8


def test_a_broken_network_is_told_in_one_sentence(tmp_path: Path) -> None:
    """Not with the runtime's own error."""
    folder = tmp_path / CROSS_ENCODER
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"junk")
    (folder / "vocab.txt").write_text("\n".join(PIECES))
    with pytest.raises(WorkbenchError, match="could not be loaded"):
        CrossEncoder(CROSS_ENCODER, folder).scores("a", ["b"])
