"""The detector in ONNX Runtime."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.errors import WorkbenchError
from ml.vision.detector import STRIDE, Detector, found, iou, load_detector, prepared, verify, without_doubles


def answers(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 9)


def constant_model(path: Path, rows: np.ndarray) -> Path:
    """A model in ONNX with its card that answers the same to every picture."""
    onnx = pytest.importorskip("onnx")
    make = onnx.helper
    given_answer = onnx.numpy_helper.from_array(rows.T[None].astype(np.float32), "answer")
    nothing = onnx.numpy_helper.from_array(np.array(0, np.float32), "nothing")
    graph = make.make_graph(
        [
            make.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
            make.make_node("Mul", ["mean", "nothing"], ["zero"]),
            make.make_node("Add", ["answer", "zero"], ["output"]),
        ],
        "constant",
        [make.make_tensor_value_info("images", onnx.TensorProto.FLOAT, [1, 3, "h", "w"])],
        [make.make_tensor_value_info("output", onnx.TensorProto.FLOAT, [1, 9, len(rows)])],
        [given_answer, nothing],
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 18)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    card = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(card))
    return path


def test_boxes_come_back_in_pixels_of_the_picture(tmp_path: Path) -> None:
    """Whatever size the network looks at, and cut at the picture's edge."""
    rows = answers((40, 40, 40, 40, 0.9, 0, 0, 0, 0), (4, 80, 40, 40, 0, 0, 0, 0, 0.8))
    detector = Detector(constant_model(tmp_path / "d.onnx", rows))
    seen = detector.detect(np.zeros((320, 640, 3), np.uint8))
    assert seen.boxes.tolist() == [[20, 20, 40, 40], [0, 60, 24, 40]]
    assert seen.kinds == ("bottle", "packaged")
    assert seen.confidence == pytest.approx([0.9, 0.8])
    half = detector.detect(np.zeros((160, 320, 3), np.uint8))
    assert half.boxes.tolist() == [[10, 10, 20, 20], [0, 30, 12, 20]]


def test_a_second_look_is_taken_where_packages_are_small(tmp_path: Path, monkeypatch) -> None:
    """At the size that brings them to what the network knows best, within bounds."""
    looks = []
    small = constant_model(tmp_path / "small.onnx", answers((9, 9, 8, 8, 0.9, 0, 0, 0, 0)))
    usual = constant_model(tmp_path / "usual.onnx", answers((99, 99, 34, 34, 0.9, 0, 0, 0, 0)))
    look = Detector.look
    monkeypatch.setattr(Detector, "look", lambda self, p, side: looks.append(side) or look(self, p, side))
    for path in (small, usual):
        looks.append(path.stem)
        Detector(path).detect(np.zeros((640, 640, 3), np.uint8))
    assert looks == ["small", 640, 1920, "usual", 640]


def test_nothing_is_shown_below_the_least_probability(tmp_path: Path) -> None:
    """0.5, unless another is asked for."""
    path = constant_model(tmp_path / "d.onnx", answers((40, 40, 30, 30, 0.4, 0, 0, 0, 0)))
    picture = np.zeros((100, 100, 3), np.uint8)
    assert Detector(path).detect(picture).kinds == ()
    assert len(Detector(path, least=0.3).detect(picture).boxes) == 1


def test_kinds_that_compete_add_up_to_a_package() -> None:
    """A network that wavers between two kinds is still sure that something stands there."""
    seen = found(answers((40, 40, 30, 30, 0.4, 0.4, 0, 0, 0)), 1.0, (100, 100), 0.5)
    assert seen.confidence == pytest.approx([0.64])


def test_of_doubles_the_surest_stays() -> None:
    """Whatever kind they are of; neighbors that touch stay both."""
    rows = answers(
        (40, 40, 20, 40, 0.6, 0, 0, 0, 0),
        (41, 40, 20, 40, 0, 0.9, 0, 0, 0),
        (61, 40, 20, 40, 0.7, 0, 0, 0, 0),
    )
    seen = found(rows, 1.0, (100, 100), 0.5)
    assert seen.kinds == ("can", "bottle")


corner_pairs = arrays.arrays(
    np.float32, st.tuples(st.integers(0, 12), st.just(4)), elements=st.integers(0, 50).map(float)
).map(lambda b: np.concatenate([np.minimum(b[:, :2], b[:, 2:]), np.maximum(b[:, :2], b[:, 2:]) + 1], axis=1))


@settings(max_examples=50, deadline=None)
@given(corner_pairs)
def test_what_is_left_overlaps_little_and_covers_what_is_gone(corners: np.ndarray) -> None:
    """Greedy suppression, told by its two properties."""
    kept = without_doubles(corners, 0.5)
    overlap = iou(corners, corners)
    among = overlap[np.ix_(kept, kept)] - np.eye(len(kept))
    assert (among <= 0.5).all()
    for gone in set(range(len(corners))) - set(kept.tolist()):
        assert any(overlap[gone, k] > 0.5 and k < gone for k in kept)


def test_a_picture_is_scaled_and_filled_up_to_whole_strides() -> None:
    """Nothing is stretched."""
    ready = prepared(np.full((100, 50, 3), 255, np.uint8), 0.5)
    assert ready.shape == (1, 3, 64, 32)
    assert ready.shape[2] % STRIDE == 0
    assert (ready[0, :, :50, :25] == 1).all()
    assert (ready[0, :, 50:] < 0.5).all()


def test_a_model_that_is_missing_or_changed_is_not_loaded(tmp_path: Path) -> None:
    """The reason is told; nothing stops."""
    assert load_detector(tmp_path / "none.onnx")[0] is None
    path = constant_model(tmp_path / "d.onnx", answers((40, 40, 30, 30, 0.9, 0, 0, 0, 0)))
    assert load_detector(path)[0] is not None
    path.write_bytes(path.read_bytes() + b" ")
    detector, why = load_detector(path)
    assert detector is None
    assert "not the file" in why
    path.with_suffix(".json").unlink()
    with pytest.raises(WorkbenchError, match="no card"):
        verify(path)
